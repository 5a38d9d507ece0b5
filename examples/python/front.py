#!/usr/bin/env python3
"""Read a sweep with pandas and draw its front: python3 front.py tcmdse-out/results.db front.png

Cells (# %%) run one by one in VS Code, Spyder and Jupyter (jupytext). Needs pandas and matplotlib, and no tcmdse: the
database is one SQLite file, and the views read here stay as they are from version to version (docs/sql.md).
"""
# %%
import sqlite3
import sys

import matplotlib

if len(sys.argv) > 2:
    matplotlib.use("Agg")  # a picture in a file needs no screen
import matplotlib.pyplot as plt
import pandas as pd

pd.set_option("display.float_format", "{:.6g}".format)

database = sys.argv[1] if len(sys.argv) > 1 else "tcmdse-out/results.db"
# mode=ro: looking at a file never changes it, and a sweep may be running on it.
db = sqlite3.connect(f"file:{database}?mode=ro", uri=True)

# %% One row a candidate and network, of the last sweep in the file
sweep, name = db.execute("SELECT sweep_id, name FROM sweeps ORDER BY sweep_id DESC LIMIT 1").fetchone()
candidates = pd.read_sql(
    "SELECT candidate_id, workload, area_mm2, energy_j, latency_s, edp_js, on_front FROM candidate"
    " WHERE sweep_id = ? AND status = 'ok'", db, params=(sweep,))

# %% The parameters beside them, one column a path, values in SI units (sizes in bits)
params = pd.read_sql(
    "SELECT candidate_id, path, value FROM candidate_param WHERE candidate_id IN"
    " (SELECT candidate_id FROM candidate WHERE sweep_id = ?)", db, params=(sweep,))
table = candidates.merge(params.pivot(index="candidate_id", columns="path", values="value"), on="candidate_id")

# %% The front, by area
front = table[table.on_front == 1].sort_values(["workload", "area_mm2"])
print(front.drop(columns=["on_front"]).to_string(index=False))

# %% What each value of each axis allows: its best and its median design
for path in params.path.unique():
    print(table.groupby(["workload", path]).edp_js.agg(["count", "min", "median"]).to_string())

# %% Energy by component of the front's designs, leakage in it; a layer that occurs n times counts n times
components = pd.read_sql(
    "SELECT candidate_id, workload, component, sum(count * (energy_j + leakage_j)) AS energy_j FROM component_result"
    " WHERE candidate_id IN (SELECT candidate_id FROM front WHERE sweep_id = ?) GROUP BY 1, 2, 3", db, params=(sweep,))
shares = components.pivot(index=["workload", "candidate_id"], columns="component", values="energy_j")
print(shares.to_string())

# %% Area against EDP, the front as a staircase
fig, ax = plt.subplots(figsize=(7, 4.5), layout="constrained")
for workload, rows in table.groupby("workload"):
    points = ax.scatter(rows.area_mm2, rows.edp_js, s=14, alpha=0.45, label=f"{workload}: {len(rows)} candidates")
    best = rows[rows.on_front == 1].sort_values("area_mm2")
    ax.step(best.area_mm2, best.edp_js, where="post", color=points.get_facecolor()[0], alpha=1, marker="o", ms=4, label=f"{workload}: front of {len(best)}")
ax.set(xscale="log", yscale="log", xlabel="area (mm²)", ylabel="EDP (J·s)", title=f"{name}: every point mapped optimally")
ax.xaxis.set_major_formatter("{x:.3g}")  # areas as numbers, not as powers of ten
ax.xaxis.set_minor_formatter("{x:.3g}")
ax.legend(fontsize=8)
ax.grid(True, which="both", alpha=0.2)
if len(sys.argv) > 2:
    fig.savefig(sys.argv[2], dpi=150)
else:
    plt.show()
