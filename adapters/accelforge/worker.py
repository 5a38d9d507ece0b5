"""Runs AccelForge for compare.py: a request a line on standard input, an answer a line on standard output, both JSON.

    {"op": "map", "arch": YAML, "workload": YAML, "objective": "energy"}
        -> {"mapping": [...], "mapper_s", "mapper_cpu_s", "total_s", "energy", "latency", "usage"}, {"infeasible": why}
    {"op": "evaluate", "arch", "workload", "mapping"} -> {"energy", "latency", "usage"}
    {"op": "versions"} -> {"python", package: version ...}
    {"op": "fresh"} -> {}: forget what earlier cases left in caches
    any of them -> {"error": text}, which is "timeout" after `timeout` seconds of CPU time

`mapper_s` is make_pmappings and join_pmappings, which give the mapping; `total_s` adds the reading of the files before
and the evaluation of that mapping after. Imports and compiling (numba) are outside of both: this process imports the package
and maps a small matmul, and each case runs in a fork of it, in one thread.
"""
import json
import os
import platform
import signal
import sys
import tempfile
import time

for _name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "NUMBA", "POLARS_MAX"):
    os.environ[f"{_name}{'' if _name == 'POLARS_MAX' else '_NUM'}_THREADS"] = "1"
ANSWERS = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # whatever the package prints must not mix with answers

from importlib.metadata import version

import accelforge
from accelforge.frontend.mapper.metrics import Metrics
from accelforge.frontend.mapping import Compute, Mapping, Spatial, Storage, Temporal
from accelforge.mapper.FFM.main import map_workload_to_arch
from accelforge.util import set_n_parallel_jobs

METRICS = {"energy": Metrics.ENERGY, "latency": Metrics.LATENCY, "edp": Metrics.ENERGY_DELAY_PRODUCT}


def main():
    set_n_parallel_jobs(1)
    with tempfile.TemporaryDirectory(prefix="accelforge-") as folder:
        os.chdir(folder)  # the package writes where it runs
        listen()


def listen():
    child = None
    for line in sys.stdin:
        request = json.loads(line)
        answer = "{}"
        if request["op"] == "fresh":
            child = stop(child)
        elif request["op"] == "warm":
            for objective in METRICS:
                map_case(request | {"objective": objective})
        else:
            child = child or Child()
            answer = child.ask(line)
            if not answer:
                answer = json.dumps({"error": child.end()})
                child = None
        send(ANSWERS, answer)
    stop(child)


def send(to, text):
    to.write(text.strip() + "\n")
    to.flush()


def stop(child):
    if child:
        os.kill(child.pid, signal.SIGKILL)
        child.end()


class Child:
    """A fork that answers requests."""

    def __init__(self):
        (read_in, write_in), (read_out, write_out) = os.pipe(), os.pipe()
        self.pid = os.fork()
        if not self.pid:
            os.close(write_in)
            os.close(read_out)
            serve(os.fdopen(read_in), os.fdopen(write_out, "w"))
            os._exit(0)
        os.close(read_in)
        os.close(write_out)
        self.to, self.answers = os.fdopen(write_in, "w"), os.fdopen(read_out)

    def ask(self, line):
        """The answer's line, "" where the process ended."""
        try:
            send(self.to, line)
        except OSError:
            return ""
        return self.answers.readline()

    def end(self):
        """Why it ended, once it has."""
        _, status = os.waitpid(self.pid, 0)
        for f in self.to, self.answers:
            try:
                f.close()
            except OSError:
                pass
        return "timeout" if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGPROF else f"the process ended, status {status}"


def serve(requests, answers):
    for line in requests:
        request = json.loads(line)
        signal.setitimer(signal.ITIMER_PROF, request.get("timeout", 0))  # ends the process after so much CPU time
        try:
            answer = {"map": map_case, "evaluate": evaluate, "versions": versions}[request["op"]](request)
        except Exception as e:
            text = f"{type(e).__name__}: {' '.join(str(e).split())}"
            answer = {"infeasible" if "has no pmappings" in text else "error": text[:400]}
        send(answers, json.dumps(answer))


def versions(_):
    names = ["accelforge", "numpy", "pandas", "sympy", "symengine", "islpy-barvinok", "numba"]
    out = {"python": platform.python_version()}
    for n in names:
        try:
            out[n] = version(n)
        except Exception:
            pass
    return out


def read(request):
    for name in "arch", "workload":
        with open(name + ".yaml", "w") as f:
            f.write(request[name])
    return accelforge.Spec.from_yaml("arch.yaml", "workload.yaml")


def map_case(request):
    started = time.perf_counter()
    spec = read(request)
    spec.mapper.metrics = METRICS[request["objective"]]
    begin, cpu = time.perf_counter(), time.process_time()
    found = map_workload_to_arch(spec, print_progress=False, eval_in_detail=False)
    mapper_s, mapper_cpu_s = time.perf_counter() - begin, time.process_time() - cpu
    if not len(found.data):
        return {"infeasible": "no mapping returned"}
    mappings = [nodes(row(_for_model=True).nodes) for row in found.data["Total<SEP>mapping"]]
    costs = [price(request, m) for m in mappings]
    key = {"energy": lambda c: c["energy"], "latency": lambda c: c["latency"], "edp": lambda c: c["energy"] * c["latency"]}
    best = min(range(len(costs)), key=lambda i: key[request["objective"]](costs[i]))
    return costs[best] | {"mapping": mappings[best], "rows": len(mappings), "mapper_s": mapper_s,
                          "mapper_cpu_s": mapper_cpu_s, "total_s": time.perf_counter() - started}


def nodes(objects):
    """AccelForge's mapping as lists (translate.py); what only its joining needs is left out."""
    out = []
    for n in objects:
        if isinstance(n, Storage):
            out.append(["storage", n.component, [str(t) for t in n.tensors]])
        elif isinstance(n, Temporal):
            out.append(["temporal", str(n.rank_variable), int(n.tile_shape)])
        elif isinstance(n, Spatial):
            out.append(["spatial", n.component, str(n.name), str(n.rank_variable), int(n.tile_shape)])
    return out


def evaluate(request):
    return price(request, request["mapping"])


def price(request, mapping):
    spec = read(request)
    made = []
    for n in mapping:
        if n[0] == "storage":
            made.append(Storage(component=n[1], tensors=n[2]))
        elif n[0] == "temporal":
            made.append(Temporal(rank_variable=n[1], tile_shape=n[2]))
        else:
            made.append(Spatial(component=n[1], name=n[2], rank_variable=n[3], tile_shape=n[4]))
    compute = request["arch"].rsplit("!Compute", 1)[1].split("name:")[1].split()[0]
    spec.mapping = Mapping(nodes=made + [Compute(einsum="E", component=compute)])
    found = spec.evaluate_mapping()
    usage = {k: float(v) for k, v in found.resource_usage().items()}
    return {"energy": float(found.energy()), "latency": float(found.latency()), "usage": max(usage.values(), default=0.0)}


if __name__ == "__main__":
    main()
