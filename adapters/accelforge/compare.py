#!/usr/bin/env python3
"""Runs tcmdse and AccelForge side by side on random problems and layers of networks, and says which is right where they
differ (docs/accelforge.md).

    python3.12 -m venv scratch && scratch/bin/pip install accelforge
    scratch/bin/python compare.py --tcmdse ./tcmdse --count 100 --seed 1

    compare.py --tcmdse ./tcmdse --only-ours     tcmdse alone, and mappings to AccelForge's form and back; needs no package
    compare.py --list                            the cases
    compare.py --write DIR                       their files, in both formats

Each mapper searches for least energy, latency and EDP in one thread. Both optima are priced by both models, so that a
difference is told apart from a miss: a mapping that both models price lower than the other tool's optimum is one.
Exit status 1: AccelForge found a mapping that tcmdse prices lower than its own optimum, or tcmdse failed.
"""
import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import cases
import translate

OBJECTIVES = ["energy", "latency", "edp"]
WRONG = {"OURS WORSE", "ours failed", "translation wrong"}
NEAR = 1e-6  # AccelForge compares in 32-bit floats


def main():
    a = arguments()
    todo = [(i, c) for i, c in enumerate(cases.generate(a.count, a.seed)) if not a.case or i in a.case]
    if a.list:
        for i, c in todo:
            print(f"{i:3} {c['name']} | {cases.sizes_text(c)} | {cases.nodes_text(c)}")
        return 0
    if a.write:
        for i, c in todo:
            write_case(Path(a.write), f"{i:03}", c)
        return 0
    with tempfile.TemporaryDirectory(prefix="compare-") as scratch:
        ours = Tcmdse(a.tcmdse, Path(scratch), a.timeout)
        theirs = None if a.only_ours else Worker(a.python, a.timeout, a.memory)
        try:
            return run(a, todo, ours, theirs)
        finally:
            if theirs:
                theirs.stop()


def arguments():
    p = argparse.ArgumentParser(description=__doc__.split("\n\n")[0], epilog="docs/accelforge.md")
    p.add_argument("--tcmdse", default="tcmdse", help="the program")
    p.add_argument("--python", default=sys.executable, help="a Python with AccelForge (default: this one)")
    p.add_argument("--count", type=int, default=100)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--case", type=int, action="append", help="only this one; may be repeated")
    p.add_argument("--timeout", type=float, default=300, help="seconds of CPU time for one search of AccelForge, and of time for one of tcmdse (default 300)")
    p.add_argument("--memory", type=float, default=8, help="GiB that AccelForge may take (default 8)")
    p.add_argument("--json", help="file for all figures and mappings")
    p.add_argument("--only-ours", action="store_true")
    p.add_argument("--list", action="store_true")
    p.add_argument("--write", metavar="DIR")
    return p.parse_args()


def run(a, todo, ours, theirs):
    import table  # beside this file
    print(table.head(a, ours, theirs), flush=True)
    rows = []
    for i, c in todo:
        row = compare_case(i, c, ours, theirs)
        rows.append(row)
        print(table.line(row), flush=True)
        if a.json:
            Path(a.json).write_text(json.dumps(rows, indent=1) + "\n")
    print(table.summary(rows))
    return 1 if any(o["verdict"] in WRONG for r in rows for o in r["objectives"].values()) else 0


def compare_case(i, c, ours, theirs):
    row = {"case": i, "name": c["name"], "sizes": cases.sizes_text(c), "arch": cases.nodes_text(c), "objectives": {}}
    ours.take(c)
    files = {"arch": translate.accelforge_arch(c), "workload": translate.accelforge_workload(c)}
    late = False
    if theirs:
        theirs.ask({"op": "fresh"})
    for objective in OBJECTIVES:
        got = {"ours": ours.map(objective)}
        if theirs:
            got["theirs"] = {"error": "timeout"} if late else theirs.ask({"op": "map", "objective": objective} | files)
            late = late or got["theirs"].get("error") == "timeout"  # then the other objectives are not tried
            cross(c, files, got, ours, theirs)
            got["verdict"] = verdict(objective, got)
        else:
            got["verdict"] = ours_alone(c, got["ours"], ours)
        row["objectives"][objective] = got
    return row


def cross(c, files, got, ours, theirs):
    """Prices each tool's mapping by the other's model."""
    if "mapping" in got["ours"]:
        nodes = translate.to_accelforge(c, got["ours"]["mapping"]["nodes"])
        got["ours_in_theirs"] = theirs.ask({"op": "evaluate", "mapping": nodes} | files)
    if "mapping" in got["theirs"]:
        try:
            nodes = translate.to_tcmdse(c, got["theirs"]["mapping"])
            got["theirs_in_ours"] = ours.evaluate(nodes)
        except ValueError as e:
            got["theirs_in_ours"] = {"error": str(e)}


def value(objective, costs):
    return costs["energy"] * costs["latency"] if objective == "edp" else costs[objective]


def near(x, y):
    return abs(x - y) <= NEAR * max(abs(x), abs(y))


def same(a, b):
    """Whether two prices of one mapping agree."""
    return "energy" in a and "energy" in b and near(a["energy"], b["energy"]) and near(a["latency"], b["latency"])


def ours_alone(c, got, ours):
    """Without AccelForge: whether a mapping comes back from its form with the same price."""
    if "mapping" not in got:
        return "infeasible" if "infeasible" in got else "ours failed"
    again = translate.to_tcmdse(c, translate.to_accelforge(c, got["mapping"]["nodes"]))
    return "mapped" if same(got, ours.evaluate(again)) else "translation wrong"


def verdict(objective, got):
    ours, theirs = got["ours"], got["theirs"]
    if "error" in ours:
        return "ours failed"
    if "error" in theirs:
        return "theirs out of time" if theirs["error"] == "timeout" else "theirs failed"
    if "infeasible" in ours or "infeasible" in theirs:
        return infeasible(got)
    x, y = value(objective, ours), value(objective, theirs)
    agree = same(ours, got["ours_in_theirs"]) and got["ours_in_theirs"].get("usage", 2) <= 1 + NEAR \
        and same(theirs, got["theirs_in_ours"])
    if near(x, y):
        return "equal" if agree else "equal, models differ"
    if x < y:
        fits = same(ours, got["ours_in_theirs"]) and got["ours_in_theirs"]["usage"] <= 1 + NEAR
        return "theirs worse" if fits else "ours lower, models differ"
    priced = got["theirs_in_ours"]
    return "OURS WORSE" if "energy" in priced and value(objective, priced) < x * (1 - NEAR) else "theirs lower, models differ"


def infeasible(got):
    if "infeasible" in got["ours"] and "infeasible" in got["theirs"]:
        return "infeasible in both"
    if "infeasible" in got["ours"]:
        return "OURS WORSE" if "energy" in got["theirs_in_ours"] else "only theirs maps, models differ"
    fits = same(got["ours"], got["ours_in_theirs"]) and got["ours_in_theirs"]["usage"] <= 1 + NEAR
    return "theirs finds none" if fits else "only ours maps, models differ"


class Tcmdse:
    """The program, on files of one case at a time."""

    def __init__(self, program, scratch, timeout):
        self.program, self.scratch, self.timeout = program, scratch, timeout
        self.env = dict(os.environ, GOMAXPROCS="1")

    def version(self):
        return subprocess.run([self.program, "version"], capture_output=True, text=True, check=True).stdout

    def take(self, c):
        write_case(self.scratch, "case", c, theirs=False)

    def call(self, *args):
        files = ["--arch", str(self.scratch / "case.arch.yaml"), "--workload", str(self.scratch / "case.workload.yaml")]
        before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        try:
            p = subprocess.run([self.program, *args, *files, "--json"], capture_output=True, text=True, env=self.env, timeout=self.timeout)
        except subprocess.TimeoutExpired:
            return {"error": "timeout"}
        wall, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
        if p.returncode:
            text = " ".join(p.stderr.split())
            return {"infeasible" if "no valid mapping" in text else "error": text}
        layer = json.loads(p.stdout)["layers"][0]
        return {"energy": layer["energy_j"], "latency": layer["latency_s"], "process_s": wall, "layer": layer,
                "process_cpu_s": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime}

    def map(self, objective):
        got = self.call("map", "--objective", objective)
        layer = got.pop("layer", None)
        if layer:
            got |= {"mapping": layer["mapping"], "search_s": layer["search"]["seconds"], "optimal": layer["search"]["optimal"]}
        return got

    def evaluate(self, nodes):
        file = self.scratch / "mapping.json"
        file.write_text(json.dumps({"nodes": nodes}))
        got = self.call("evaluate", "--layer", "layer", "--mapping", str(file))
        return {k: got[k] for k in ("energy", "latency", "infeasible", "error") if k in got}


def write_case(folder, name, c, theirs=True):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.arch.yaml").write_text(cases.tcmdse_arch(c))
    (folder / f"{name}.workload.yaml").write_text(cases.tcmdse_workload(c))
    if theirs:
        (folder / f"{name}.accelforge-arch.yaml").write_text(translate.accelforge_arch(c))
        (folder / f"{name}.accelforge-workload.yaml").write_text(translate.accelforge_workload(c))


class Worker:
    """A process with AccelForge (worker.py), started again should it end."""

    def __init__(self, python, timeout, memory):
        self.python, self.timeout, self.memory, self.process = python, timeout, memory, None
        self.versions = self.ask({"op": "versions"})
        if "error" in self.versions:
            self.errors.seek(0)
            sys.exit(f"{python} runs no AccelForge (pip install accelforge, Python 3.12): {self.errors.read()[-300:]}")

    def start(self):
        limit = int(self.memory * 2**30)
        bound = lambda: resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen([self.python, str(Path(__file__).with_name("worker.py"))], text=True, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=self.errors, preexec_fn=bound)
        e = cases.einsum("matmul", dict(m=2, k=2, n=2), 1, 1)
        warm = dict(e, nodes=[cases.memory("M0", 0, ["A", "B", "Z"], [], (1, 1), (1, 1)),
                              cases.memory("M1", 32, ["A"], [], (1, 1), (1, 1)), cases.compute(1, 1, 1)])
        self.exchange({"op": "warm", "arch": translate.accelforge_arch(warm), "workload": translate.accelforge_workload(warm)})

    def ask(self, request):
        if not self.process:
            self.start()
        return self.exchange(request | {"timeout": self.timeout})

    def exchange(self, request):
        if not self.process:
            return {"error": "does not start"}
        late = threading.Timer(20 * self.timeout + 600, self.process.kill)  # for one that hangs: it counts CPU time itself
        late.start()
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
            text = self.process.stdout.readline()
        except OSError:
            text = ""
        late.cancel()
        if text:
            return json.loads(text)
        self.stop()
        return {"error": "the worker ended"}

    def stop(self):
        """Closes its input, at which it ends with its fork; kills it should it not."""
        process, self.process = self.process, None
        if not process:
            return
        process.stdin.close()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


if __name__ == "__main__":
    sys.exit(main())
