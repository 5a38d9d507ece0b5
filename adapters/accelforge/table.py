"""What compare.py prints: a line a case, and a summary."""
import datetime
import os
import platform
import statistics
from collections import Counter


def head(a, ours, theirs):
    out = [f"tcmdse beside AccelForge: {a.count} cases, seed {a.seed}, {a.timeout:g} s of CPU time a search, "
           f"{datetime.date.today().isoformat()}", " ".join(ours.version().split("\n")[:2])]
    if theirs:
        out.append(", ".join(f"{k} {v}" for k, v in theirs.versions.items()))
    out += [f"{processor()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}; one thread each", "",
            "Optima of tcmdse; d: AccelForge's by tcmdse's less 1, for energy, latency, EDP (=: within 1e-6). CPU seconds for the",
            "three searches: tcmdse's whole processes, AccelForge's mapper calls alone, and their ratio.", "",
            f"{'case':4} {'layer':36} {'sizes':32} {'memories inside the outermost, [arrays]':40} {'energy/J':>10} {'latency/s':>10} "
            f"{'EDP/Js':>10} {'d energy':>9} {'d latency':>9} {'d EDP':>9} {'ours/s':>8} {'theirs/s':>8} {'ratio':>7}  verdict"]
    return "\n".join(out)


def processor():
    try:
        with open("/proc/cpuinfo") as f:
            return next(l.split(":")[1].strip() for l in f if l.startswith("model name"))
    except (OSError, StopIteration):
        return platform.machine()


def value(objective, got):
    if "energy" not in got:
        return None
    return got["energy"] * got["latency"] if objective == "edp" else got[objective]


def line(row):
    o = row["objectives"]
    optima = [number(value(k, g["ours"]), "10.4e") for k, g in o.items()]
    apart = [difference(value(k, g["ours"]), value(k, g.get("theirs", {}))) for k, g in o.items()]
    ours = total(g["ours"].get("process_cpu_s") for g in o.values())
    theirs = total(g.get("theirs", {}).get("mapper_cpu_s") for g in o.values())
    ratio = theirs / ours if ours and theirs else None
    return (f"{row['case']:4} {row['name']:36} {row['sizes']:32} {row['arch']:40} {' '.join(optima)} {' '.join(apart)} "
            f"{number(ours, '8.3f')} {number(theirs, '8.2f')} {number(ratio, '7.0f')}  {verdicts(o)}")


def verdicts(o):
    each = {k: g["verdict"] for k, g in o.items()}
    if len(set(each.values())) == 1:
        return each["energy"]
    return "; ".join(f"{k}: {v}" for k, v in each.items() if v != "equal")


def total(xs):
    xs = list(xs)
    return None if None in xs else sum(xs)


def number(x, form):
    return format(x, form) if x is not None else "-".rjust(int(form.split(".")[0]))


def difference(x, y):
    if x is None or y is None:
        return "-".rjust(9)
    d = y / x - 1
    return ("=" if abs(d) <= 1e-6 else f"{d:+.1e}").rjust(9)


def summary(rows):
    each = [(k, g) for r in rows for k, g in r["objectives"].items()]
    out = ["", f"{len(rows)} cases, {len(each)} searches by each:"]
    out += [f"  {n:4}  {v}" for v, n in Counter(g["verdict"] for _, g in each).most_common()]
    both = [(k, g) for k, g in each if "mapper_s" in g.get("theirs", {}) and "search_s" in g["ours"]]
    if both:
        lower = sum(value(k, g["ours"]) < value(k, g["theirs"]) * (1 - 1e-6) for k, g in both)
        higher = sum(value(k, g["theirs"]) < value(k, g["ours"]) * (1 - 1e-6) for k, g in both)
        out += [f"  optima: {len(both) - lower - higher} equal within 1e-6, {lower} lower by tcmdse, {higher} lower by AccelForge"]
        out += ["Time of AccelForge by time of tcmdse, search by search:"]
        out += [ratios("mapper call by search, wall clock", [g["theirs"]["mapper_s"] / g["ours"]["search_s"] for _, g in both]),
                ratios("files, mapper, evaluation by whole process, wall clock", [g["theirs"]["total_s"] / g["ours"]["process_s"] for _, g in both]),
                ratios("CPU time of mapper call by CPU time of process",
                       [g["theirs"]["mapper_cpu_s"] / g["ours"]["process_cpu_s"] for _, g in both])]
        out += [f"  seconds in all: {sum(g['ours']['search_s'] for _, g in both):.2f} of searches by tcmdse "
                f"({sum(g['ours']['process_s'] for _, g in both):.2f} of processes), "
                f"{sum(g['theirs']['mapper_s'] for _, g in both):.1f} of mapper calls by AccelForge"]
    for v in ("theirs out of time", "infeasible in both"):
        out += [f"{v}: cases {', '.join(which)}"] if (which := [str(r["case"]) for r in rows if any_has(r, v)]) else []
    for r in rows:
        for k, g in r["objectives"].items():
            if g["verdict"] not in ("equal", "mapped", "infeasible", "theirs out of time", "infeasible in both"):
                out.append(f"case {r['case']} {k}: {g['verdict']}: {reason(k, g)}")
    return "\n".join(out)


def any_has(row, verdict):
    return any(g["verdict"] == verdict for g in row["objectives"].values())


def ratios(what, xs):
    return f"  {what}: median {statistics.median(xs):.0f}, from {min(xs):.1f} to {max(xs):.0f}"


def reason(objective, g):
    parts = []
    for name, label in (("ours", "tcmdse"), ("ours_in_theirs", "its mapping in AccelForge"), ("theirs", "AccelForge"),
                        ("theirs_in_ours", "its mapping in tcmdse")):
        got = g.get(name)
        if not got:
            continue
        full = f", a memory filled {got['usage']:.4g} times" if got.get("usage", 0) > 1 + 1e-6 else ""
        text = f"{value(objective, got):.9g}{full}" if "energy" in got else got.get("infeasible") or got.get("error")
        parts.append(f"{label} {text}")
    return "; ".join(parts)
