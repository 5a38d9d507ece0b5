"""Random problems for compare.py, and how tcmdse's files say them. Standard library only.

A case is plain data: `vars` (name to size), `tensors` (name, dims as lists of [coefficient, variable], bits, output) and
`nodes`, outermost first, in the units of the files (pJ, Gb/s, mW, bits). What one of the tools cannot say, or means
otherwise, is not drawn: least utilisation, wires with energy, variables of size 1, a finite outermost memory.
"""
import math
import random

# Layers of published networks (sizes as in tcmdse's embedded resnet18, bert-base and mobilenetv2; 128 tokens).
LAYERS = {
    "resnet18 conv1": ("conv", dict(c=3, m=64, p=112, q=112, r=7, s=7), 2),
    "resnet18 l1": ("conv", dict(c=64, m=64, p=56, q=56, r=3, s=3), 1),
    "resnet18 l2s2": ("conv", dict(c=64, m=128, p=28, q=28, r=3, s=3), 2),
    "resnet18 l3ds": ("conv", dict(c=128, m=256, p=14, q=14), 2),
    "resnet18 l4": ("conv", dict(c=512, m=512, p=7, q=7, r=3, s=3), 1),
    "bert-base qkv": ("matmul", dict(m=128, k=768, n=768), 1),
    "bert-base ffn1": ("matmul", dict(m=128, k=768, n=3072), 1),
    "bert-base scores": ("batched", dict(b=12, m=128, k=64, n=128), 1),
    "mobilenet dw56": ("depthwise", dict(c=128, p=56, q=56, r=3, s=3), 1),
}


def generate(count, seed):
    """The same cases for the same seed, whatever the count: three in four small, the rest layers of networks."""
    return [case(seed, i) for i in range(count)]


def case(seed, index):
    r = random.Random(f"tcmdse-accelforge {seed} {index}")
    if index % 4 == 3:
        name = sorted(LAYERS)[index // 4 % len(LAYERS)]
        kind, sizes, stride = LAYERS[name]
        e = einsum(kind, sizes, stride, 1)
        style, nodes = network_arch(r, e["tensors"])
        return dict(name=f"{name} on {style}", **e, nodes=nodes)
    kind = r.choice(["matmul", "matmul", "batched", "conv1d", "conv1d", "conv1d", "conv", "depthwise", "pointwise", "three"])
    e = einsum(kind, small_sizes(r, kind), r.choice([1, 1, 2, 3]), r.choice([1, 1, 2]))
    for t in e["tensors"]:
        t["bits"] = r.choice([8, 8, 8, 4, 16])
    return dict(name=kind, **e, nodes=random_arch(r, e))


VARS = {
    "matmul": "mkn", "batched": "bmkn", "conv1d": "cmpr", "conv": "mpqrs", "depthwise": "cpqrs", "pointwise": "cmp",
    "three": "ijk",
}


def small_sizes(r, kind):
    few = [2, 2, 3, 4, 6] if len(VARS[kind]) > 4 else [2, 3, 4, 6, 8, 12, 16]
    return {v: r.choice([2, 3, 3] if v in "rs" else few) for v in VARS[kind]}


def einsum(kind, sizes, stride, dilation):
    """The Einsum of a kind; a variable without a size is left out of every dimension."""
    rows, cols = [[stride, "p"], [dilation, "r"]], [[stride, "q"], [dilation, "s"]]
    forms = {
        "matmul": ("A m k", "B k n", "Z m n"),
        "batched": ("A b m k", "B b k n", "Z b m n"),
        "conv1d": ("I c rows", "W m c r", "O m p"),
        "conv": ("I c rows cols", "W m c r s", "O m p q"),
        "depthwise": ("I c rows cols", "W c r s", "O c p q"),
        "pointwise": ("I c rows", "W m c", "O m p"),
        "three": ("A i k", "B k j", "C i", "Z i j"),
    }
    tensors = []
    for text in forms[kind]:
        name, *words = text.split()
        dims = [dict(rows=rows, cols=cols).get(w, [[1, w]]) for w in words]
        dims = [[t for t in d if t[1] in sizes] for d in dims]
        tensors.append(dict(name=name, bits=8, dims=[d for d in dims if d], output=text is forms[kind][-1]))
    return dict(vars=dict(sizes), tensors=tensors)


def values(tensor, sizes):
    return math.prod(sum(c * (sizes[v] - 1) for c, v in d) + 1 for d in tensor["dims"])


def memory(name, size, keep, may_keep, read, write, leak=0.0, ports="shared", bits=None):
    """read and write are (pJ/bit, Gb/s), 0 Gb/s unlimited; size in bits, 0 unlimited."""
    return dict(kind="memory", name=name, size=size, keep=keep, may_keep=may_keep, read=read, write=write, leak=leak,
                ports=ports, bits=bits or {})


def compute(energy, rate, leak):
    return dict(kind="compute", name="MAC", energy=energy, rate=rate, leak=leak)


def dim(name, size, only_reuse, multicast):
    return dict(name=name, size=size, only_reuse=only_reuse, multicast=multicast)


def random_arch(r, e):
    names = [t["name"] for t in e["tensors"]]
    inner = r.choice([1, 1, 2, 2, 3])
    rate = lambda: r.choice([0, 1, 4, 8, 32, 100])
    cost = lambda: (r.randrange(10) / 8, rate())
    leak = lambda: r.choice([0, 0, 0.25, 1, 3])
    nodes = [memory("M0", 0, names, [], (r.randrange(4, 40), rate()), (r.randrange(4, 40), rate()), leak(),
                    r.choice(["shared", "separate"]))]
    arrays = 0
    for i in range(1, inner + 2):
        if arrays < 2 and r.randrange(3) == 0:
            arrays += 1
            nodes.append(random_array(r, f"A{i}", names))
        if i <= inner:
            keep, may = random_keep(r, names, inner)
            bits = {names[-1]: r.choice([8, 16, 24])} if r.randrange(5) == 0 else {}
            nodes.append(memory(f"M{i}", random_size(r, e, keep or may), keep, may, cost(), cost(), leak(),
                                r.choice(["shared", "separate"]), bits))
    nodes.append(compute(r.randrange(4), r.choice([0.5, 1, 2]), leak()))
    return nodes


def random_keep(r, names, inner):
    """(keep, may_keep); few choices where there are several memories, so that AccelForge ends within minutes."""
    one = lambda: r.sample(names, 1)
    kind = r.randrange(6)
    if kind == 0 and inner < 3:
        return names, []
    if kind <= 2 or inner == 3:
        keep = one()
        return keep, [n for n in one() if n not in keep and r.randrange(2)]
    if kind == 3 or inner == 2:
        return [], sorted(set(one() + one()))
    return [], names


def random_size(r, e, kept):
    """From a bit less than one value each of what is kept to all of it; one in six unlimited."""
    if r.randrange(6) == 0:
        return 0
    held = [t for t in e["tensors"] if t["name"] in kept]
    least, most = sum(t["bits"] for t in held), sum(t["bits"] * values(t, e["vars"]) for t in held)
    return max(4, round(math.exp(r.uniform(math.log(0.8 * least), math.log(most)))))


def random_array(r, name, names):
    dims = []
    for d in range(r.choice([1, 1, 2])):
        only = r.sample(names, 1) if r.randrange(3) == 0 else []
        multicast = r.choice([[], names, r.sample(names, 1), [names[0], names[-1]]])
        dims.append(dim(f"d{d}", r.choice([2, 2, 3, 4, 6, 8]), only, multicast))
    return dict(kind="array", name=name, dims=dims)


def network_arch(r, tensors):
    """One of five designs after well-known ones, with a buffer of random size."""
    names = [t["name"] for t in tensors]
    i, w, o = names
    glb = 8192 * r.choice([16, 32, 64, 128, 256])
    dram = memory("DRAM", 0, names, [], (r.choice([16, 64, 100]), 64), (r.choice([16, 64, 100]), 64))
    buffer = lambda keep, may, leak: memory("GLB", glb, keep, may, (1, 256), (1.5, 256), leak)
    mac = compute(1, 1, 0.01)
    windows = sum(len(d) > 1 for d in tensors[0]["dims"]) > 1  # two: AccelForge takes minutes where the buffer has choices
    style = r.choice(["input buffer", "tpu-like"] if windows else ["two-level", "nvdla-like", "tpu-like", "buffer and array"])
    if style == "two-level":
        return style, [dram, buffer([], names, 0), mac]
    if style == "input buffer":
        array = dict(kind="array", name="PE", dims=[dim("x", 16, [i], [i]), dim("y", 16, [], [o])])
        return style, [dram, buffer([i], [], 2), array, mac]
    if style == "buffer and array":
        array = dict(kind="array", name="PE", dims=[dim("x", 16, [], names), dim("y", 16, [o], [o])])
        return style, [dram, buffer([], names, 8), array, mac]
    if style == "nvdla-like":
        array = dict(kind="array", name="PE", dims=[dim("x", 16, [i], [i]), dim("y", 16, [o], [o])])
        reg = memory("REG", 8, [w], [], (0.01, 0), (0.01, 0))
        return style, [dram, buffer(names, [], 2), array, reg, mac]
    array = dict(kind="array", name="PE", dims=[dim("x", 32, [i], [i]), dim("y", 32, [o], [o])])
    acc = memory("ACC", 8192 * 16, [o], [], (0.5, 512), (0.5, 512), 1, "separate", {o: 32})
    return style, [dram, buffer([i], [] if windows else [w], 2), acc, array, memory("REG", 8, [w], [], (0.01, 0), (0.01, 0)), mac]


def sizes_text(c):
    return " ".join(f"{v}{n}" for v, n in c["vars"].items())


def nodes_text(c):
    """`M0 > A1[4x2] > M1:keep/may,size`, for the table."""
    out = []
    for n in c["nodes"]:
        if n["kind"] == "array":
            out.append("[" + "x".join(str(d["size"]) for d in n["dims"]) + "]")
        elif n["kind"] == "memory" and n is not c["nodes"][0]:
            may = "(" + "".join(n["may_keep"]) + ")" if n["may_keep"] else ""
            out.append(f"{''.join(n['keep'])}{may}:{n['size'] or 'inf'}")
    return " ".join(out)


def tcmdse_arch(c):
    out = ["name: case", "nodes:"]
    for n in c["nodes"]:
        out.append(f"  - {n['kind']}: {n['name']}")
        if n["kind"] == "memory":
            out += memory_lines(n, n is c["nodes"][0])
        elif n["kind"] == "array":
            out.append("    dims:")
            for d in n["dims"]:
                out.append(f"      - {{name: {d['name']}, size: {d['size']}, only_reuse: {names_yaml(d['only_reuse'])}, "
                           f"multicast: {names_yaml(d['multicast'])}}}")
        else:
            out += [f"    energy: {n['energy']}pJ", f"    throughput: {round(n['rate'] * 1e9)}/s", f"    leakage: {n['leak']}mW"]
    return "\n".join(out) + "\n"


def memory_lines(n, outermost):
    out = [f"    size: {str(n['size']) + 'b' if n['size'] else 'unlimited'}", f"    keep: {'all' if outermost else names_yaml(n['keep'])}"]
    if not outermost:
        out.append(f"    may_keep: {names_yaml(n['may_keep'])}")
    for a in "read", "write":
        pj, rate = n[a]
        out.append(f"    {a}: {{energy: {pj}pJ/bit, bandwidth: {str(rate) + 'Gb/s' if rate else 'unlimited'}}}")
    if n["bits"]:
        out.append("    bits: {" + ", ".join(f"{t}: {b}" for t, b in n["bits"].items()) + "}")
    return out + [f"    ports: {n['ports']}", f"    leakage: {n['leak']}mW"]


def names_yaml(names):
    return "[" + ", ".join(names) + "]" if names else "none"


def index_text(terms):
    return "+".join(v if c == 1 else f"{c}*{v}" for c, v in terms)


def tcmdse_workload(c):
    def access(t):
        return f"{t['name']}[{','.join(index_text(d) for d in t['dims'])}]"
    ins = " * ".join(access(t) for t in c["tensors"] if not t["output"])
    out = next(access(t) for t in c["tensors"] if t["output"])
    return "\n".join([
        "name: case", "layers:", "  - name: layer", f'    einsum: "{out} = {ins}"',
        "    sizes: {" + ", ".join(f"{v}: {n}" for v, n in c["vars"].items()) + "}",
        "    bits: {" + ", ".join(f"{t['name']}: {t['bits']}" for t in c["tensors"]) + "}", ""])
