#!/usr/bin/env python3
"""Answers tcmdse's queries (docs/estimators.md) with the Python package hwcomponents.

    pip install hwcomponents hwcomponents_cacti hwcomponents_library
    tcmdse cost --arch A --estimator "python3 tcmdse_hwcomponents.py"

SRAM by CACTI, integer multiply-accumulates by Aladdin, DRAM by its energies per bit. What the package is known to get
wrong is answered "unsupported", so that tcmdse's own tables price it: SRAM above 90 nm (it takes 22 nm's figures) and
below CACTI's least sizes (it scales from larger ones), HBM by that name, LPDDR4's rate.
"""
import contextlib
import io
import json
import sys
from importlib.metadata import version


def main():
    text = sys.stdin.read()
    noise = io.StringIO()  # whatever the package prints must not mix with the answer
    try:
        with contextlib.redirect_stdout(noise):
            answer = estimate(json.loads(text)["query"])
    except Unsupported as e:
        answer = {"unsupported": str(e)}
    except Exception as e:
        answer = {"error": f"{type(e).__name__}: {e}"}
    print(json.dumps(answer))


class Unsupported(Exception):
    pass


def estimate(q):
    models = {"sram": sram, "mac": mac, "dram": dram}
    if q["model"] not in models:
        raise Unsupported(f"no model {q['model']}")
    return models[q["model"]](q)


def figure(field, value, source, note=""):
    out = {"field": field, "value": float(value), "source": source}
    if value == 0 and not note:
        note = "the package says 0"
    if note:
        out["note"] = note
    return out


def sram(q):
    banks, width, size, nm = q.get("banks", 1), q["width_bits"], q["size_bits"], q["technology_nm"]
    if not 22 <= nm <= 90:
        raise Unsupported("hwcomponents_cacti covers 22 to 90 nm (above 90 it takes figures of 22 nm)")
    if banks & (banks - 1):
        raise Unsupported("banks that are no power of two")
    if size / banks < 512 or size / banks / max(width, 8) < 32 or width < 32 or width % 8:
        raise Unsupported("a memory that hwcomponents_cacti scales from another one")
    if q.get("cell", "lstp") != "lstp" or q.get("temperature_k", 300) != 300 or q.get("ports", "1rw") != "1rw":
        raise Unsupported("lstp cells at 300 K with one port only")
    from hwcomponents_cacti import SRAM

    source = f"hwcomponents_cacti {version('hwcomponents_cacti')}"
    s = SRAM(tech_node=round(nm * 1e-9, 12), width=width, size=size, n_banks=banks)
    read, write = s.read(), s.write()
    return {"figures": [
        figure("area", s.area, source),
        figure("leakage", s.leak_power, source),
        figure("read.energy", read.energy, source),
        figure("write.energy", write.energy, source),
        figure("access_time", read.latency, source),
    ]}


def mac(q):
    form, acc = q.get("format", "int8"), q.get("accumulate", "int32")
    if not (form.startswith("int") and acc.startswith("int")):
        raise Unsupported("integers only: Aladdin's floating point counts three pipeline stages")
    from hwcomponents_library.library.aladdin import AladdinIntMAC

    source = f"hwcomponents_library {version('hwcomponents_library')}, Aladdin"
    m = AladdinIntMAC(tech_node=round(q["technology_nm"] * 1e-9, 12), adder_width=int(acc[3:]), multiplier_width=int(form[3:]))
    return {"figures": [
        figure("area", m.area, source),
        figure("leakage", m.leak_power, source),
        figure("energy", m.compute().energy, source),
    ]}


def dram(q):
    import hwcomponents_cacti as h

    kind = q.get("type", "")
    if kind not in ("LPDDR4", "LPDDR", "DDR3", "HBM2", "HBM3", "HBM4"):
        raise Unsupported(f"no DRAM of type {kind!r}")
    width = q.get("width_bits", 0) or 1
    source = f"hwcomponents_cacti {version('hwcomponents_cacti')}"
    bits = 64
    d = getattr(h.hwcomponents_cacti, kind)(width=bits)
    # Bandwidths are left out: LPDDR4's is sixty times too low.
    return {"figures": [
        figure("read.energy", d.read().energy * width / bits, source),
        figure("write.energy", d.write().energy * width / bits, source),
    ]}


main()
