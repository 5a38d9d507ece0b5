"""Cases and mappings in AccelForge's terms (docs/accelforge.md has the table), and mappings back. Standard library only.

A mapping of AccelForge tells tile shapes, one of tcmdse numbers of iterations: a loop's iterations are the extent above
it over its tile shape. Storage nodes of several tensors are one node each here.
"""
from cases import index_text


def accelforge_arch(c):
    out = ["arch:", "  nodes:"]
    for n in c["nodes"]:
        kind = {"memory": "Memory", "array": "Container", "compute": "Compute"}[n["kind"]]
        out += [f"  - !{kind}", f"    name: {n['name']}"]
        if n["kind"] == "array":
            out.append("    spatial:")
            for d in n["dims"]:
                out.append(f"    - {{name: {d['name']}, fanout: {d['size']}, reuse: {names_set(d['only_reuse'])}, "
                           f"may_reuse: {names_set(d['multicast'])}}}")
            continue
        out += [f"    leak_power: {n['leak'] / 1e3!r}", "    area: 0"]
        if n["kind"] == "memory":
            out += memory_lines(n)
        else:
            out += ["    actions:", f"    - {{name: compute, energy: {n['energy'] / 1e12!r}, throughput: {n['rate'] * 1e9!r}}}"]
    return "\n".join(out) + "\n"


def memory_lines(n):
    out = [f"    size: {n['size'] or 'inf'}",
           f"    tensors: {{keep: {names_set(n['keep'])}, may_keep: {names_set(n['may_keep'])}}}", "    bits_per_action: 1"]
    if n["bits"]:
        out.append("    bits_per_value: {" + ", ".join(f"{t}: {b}" for t, b in n["bits"].items()) + "}")
    if n["ports"] == "separate":
        out.append("    total_latency: max(a.n_calls / a.throughput for a in actions)")
    out.append("    actions:")
    for a in "read", "write":
        pj, rate = n[a]
        out.append(f"    - {{name: {a}, energy: {pj / 1e12!r}, throughput: {rate * 1e9 if rate else 'inf'}}}")
    return out


def names_set(names):
    return " | ".join(names) if names else "Nothing"


def accelforge_workload(c):
    out = ["workload:", "  bits_per_value: {All: 8}", "  einsums:", "  - name: E", "    tensor_accesses:"]
    for t in c["tensors"]:
        ranks = ", ".join(f"{t['name']}D{i}: {index_text(d)}" for i, d in enumerate(t["dims"]))
        out.append(f"    - {{name: {t['name']}, projection: {{{ranks}}}, bits_per_value: {t['bits']}"
                   + (", output: True}" if t["output"] else "}"))
    shape = ", ".join(f"0 <= {v} < {n}" for v, n in c["vars"].items())
    return "\n".join(out + [f"    iteration_space_shape: [{shape}]", ""])


def to_accelforge(c, nodes):
    """Nodes of `map --json` as [kind, ...] lists, of which the worker makes AccelForge's objects."""
    left, out = dict(c["vars"]), []
    for n in nodes:
        if "keep" in n:
            out.append(["storage", n["keep"], [n["tensor"]]])
            continue
        v = n["for"]
        left[v] //= n["in"]
        if "par" in n:
            array, dim = n["par"].split(".")
            out.append(["spatial", array, dim, v, left[v]])
        else:
            out.append(["temporal", v, left[v]])
    return out


def to_tcmdse(c, nodes):
    """The reverse; ValueError where a tile shape does not divide what is above it. Loops of one iteration are left out."""
    left, out = dict(c["vars"]), []
    for n in nodes:
        if n[0] == "storage":
            out += [{"keep": n[1], "tensor": t} for t in n[2]]
            continue
        v, tile = n[-2], n[-1]
        if tile < 1 or left[v] % tile:
            raise ValueError(f"{v}: a tile of {tile} in {left[v]}")
        count, left[v] = left[v] // tile, tile
        if count > 1:
            out.append(({"par": f"{n[1]}.{n[2]}"} if n[0] == "spatial" else {}) | {"for": v, "in": count})
    if any(n != 1 for n in left.values()):
        raise ValueError(f"extents left at the compute: {left}")
    return out
