#!/usr/bin/env python3
"""Writes small models of operators that exporters emit rarely: fused attention, quantised ones, functions, branches, loops.

    python crafted.py [FOLDER]      # needs onnx
"""
import os
import sys

import onnx
from onnx import TensorProto as T
from onnx import helper as h

out = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))


def info(name, shape, t=T.FLOAT):
    return h.make_tensor_value_info(name, t, shape)


def hollow(name, dims, t=T.FLOAT):
    p = T()
    p.name, p.data_type = name, t
    p.dims.extend(dims)
    return p


def ints(name, xs, dims=None, t=T.INT64):
    return h.make_tensor(name, t, [len(xs)] if dims is None else dims, xs)


def save(name, nodes, inputs, outputs, inits=(), functions=(), opset=23):
    g = h.make_graph(nodes, name, inputs, outputs, initializer=list(inits))
    opsets = [h.make_opsetid("", opset), h.make_opsetid("com.microsoft", 1), h.make_opsetid("own", 1), h.make_opsetid("strange", 1)]
    m = h.make_model(g, opset_imports=opsets, functions=list(functions), producer_name="crafted.py")
    m.ir_version = 10
    with open(os.path.join(out, name + ".onnx"), "wb") as f:
        f.write(m.SerializeToString())


def attention():
    ms = "com.microsoft"
    nodes = [
        h.make_node("Attention", ["q4", "k4", "v4"], ["a23"], name="a23"),
        h.make_node("Attention", ["q3", "k3", "v3", "", "pastk", "pastv"], ["a23p"], name="a23past", q_num_heads=8, kv_num_heads=2),
        h.make_node("Attention", ["x", "wqkv", "bqkv"], ["ms"], name="ms", domain=ms, num_heads=4),
        h.make_node("MultiHeadAttention", ["q3", "kx", "vx"], ["mha"], name="mha", domain=ms, num_heads=8),
        h.make_node("GroupQueryAttention", ["q3", "k3", "v3", "pastk", "pastv", "seqlens", "total"], ["gqa"], name="gqa", domain=ms, num_heads=8, kv_num_heads=2),
        h.make_node("MatMulNBits", ["q3", "packed", "scales"], ["nbits"], name="nbits", domain=ms, K=128, N=96, bits=4, block_size=32),
    ]
    save("attention", nodes,
         [info("q4", [2, 8, 10, 16]), info("k4", [2, 2, 12, 16]), info("v4", [2, 2, 12, 24]), info("q3", [2, 10, 128]), info("k3", [2, 10, 32]),
          info("v3", [2, 10, 32]), info("pastk", [2, 2, 6, 16]), info("pastv", [2, 2, 6, 16]), info("x", [1, 7, 64]), info("kx", [2, 12, 128]),
          info("vx", [2, 12, 128]), info("seqlens", [2], T.INT32), info("total", [1], T.INT32)],
         [info("a23", [2, 8, 10, 24]), info("a23p", [2, 10, 128]), info("ms", [1, 7, 64]), info("mha", [2, 10, 128]), info("gqa", [2, 10, 128]),
          info("nbits", [2, 10, 96])],
         [hollow("wqkv", [64, 192]), hollow("bqkv", [192]), hollow("packed", [96, 4, 16], T.UINT8), hollow("scales", [384])])


def quantised():
    s, z, wz = ints("s", [1.0], [], T.FLOAT), ints("z", [0], [], T.UINT8), ints("wz", [0], [], T.INT8)
    nodes = [
        h.make_node("QuantizeLinear", ["x", "s", "z"], ["xq"], name="quantize"),
        h.make_node("QLinearConv", ["xq", "s", "z", "w", "s", "wz", "s", "z"], ["y"], name="qconv", pads=[0, 0, 1, 1], strides=[2, 2], group=2),
        h.make_node("ConvInteger", ["y", "w2", "z", "wz"], ["yi"], name="convint"),
        h.make_node("Flatten", ["y"], ["flat"], name="flat"),
        h.make_node("MatMulInteger", ["flat", "m", "z", "wz"], ["mi"], name="matmulint"),
        h.make_node("QLinearMatMul", ["flat", "s", "z", "m", "s", "wz", "s", "z"], ["qm"], name="qmatmul"),
        h.make_node("QGemm", ["flat", "s", "z", "mt", "s", "wz"], ["qg"], name="qgemm", domain="com.microsoft", transB=1),
        h.make_node("DequantizeLinear", ["w", "s", "wz"], ["wf"], name="dequantize_w"),
        h.make_node("DequantizeLinear", ["xq", "s", "z"], ["xf"], name="dequantize_x"),
        h.make_node("Conv", ["xf", "wf"], ["qdq"], name="qdq", group=2, auto_pad="SAME_UPPER"),
    ]
    save("quantised", nodes, [info("x", [1, 4, 9, 9])],
         [info("yi", [1, 3, 3, 3], T.INT32), info("mi", [1, 5], T.INT32), info("qm", [1, 5], T.UINT8), info("qg", [1, 6]), info("qdq", [1, 8, 9, 9])],
         [s, z, wz, hollow("w", [8, 2, 3, 3], T.INT8), hollow("w2", [3, 8, 2, 2], T.INT8), hollow("m", [128, 5], T.INT8), hollow("mt", [6, 128], T.INT8)], opset=21)


def control():
    def product(name, x, w, y):
        return h.make_node("MatMul", [x, w], [y], name=name)

    then = h.make_graph([product("then_product", "x", "w", "t")], "then", [], [info("t", [4, 8])])
    other = h.make_graph([product("else_product", "x", "w", "e1"), product("else_product2", "e1", "w", "e2")], "else", [], [info("e2", [4, 8])])
    body = h.make_graph([product("step", "state", "w", "next"), h.make_node("Identity", ["go"], ["go2"])], "body",
                        [info("i", [], T.INT64), info("go", [], T.BOOL), info("state", [4, 8])], [info("go2", [], T.BOOL), info("next", [4, 8])])
    scan_body = h.make_graph([h.make_node("Add", ["s0", "row"], ["s1"]), product("scan_step", "s1", "w", "s2")], "scan",
                             [info("s0", [8]), info("row", [8])], [info("s1", [8]), info("s2", [8])])
    f = h.make_function("own", "Twice", ["a", "b"], ["c"],
                        [h.make_node("MatMul", ["a", "b"], ["t"], name="first"), h.make_node("MatMul", ["t", "b"], ["c"], name="second")],
                        [h.make_opsetid("", 23)])
    g = h.make_function("own", "Gelus", ["a"], ["c"], [], [h.make_opsetid("", 23)], attributes=["perm"])
    n = h.make_node("Transpose", ["a"], ["c"], name="turn")
    ref = n.attribute.add()
    ref.name, ref.ref_attr_name, ref.type = "perm", "perm", onnx.AttributeProto.INTS
    g.node.append(n)
    nodes = [
        h.make_node("Shape", ["x"], ["shape"]),
        h.make_node("Gather", ["shape", "zero"], ["rows"]),
        h.make_node("Equal", ["rows", "four"], ["known"]),
        h.make_node("If", ["known"], ["y1"], name="known_if", then_branch=then, else_branch=other),
        h.make_node("If", ["flag"], ["y2"], name="open_if", then_branch=then, else_branch=other),
        h.make_node("Loop", ["five", "", "x"], ["y3"], name="loop", body=body),
        h.make_node("Loop", ["count", "", "x"], ["y4"], name="open_loop", body=body),
        h.make_node("Scan", ["row0", "x"], ["last", "y5"], name="scan", body=scan_body, num_scan_inputs=1),
        h.make_node("Twice", ["x", "w"], ["y6"], name="twice", domain="own"),
        h.make_node("Gelus", ["y6"], ["y7"], name="turned", domain="own", perm=[1, 0]),
        h.make_node("MatMul", ["y7", "x"], ["y8"], name="after"),
        h.make_node("Frobnicate", ["x"], ["y9"], name="odd", domain="strange"),
        h.make_node("MatMul", ["y9", "w"], ["y10"], name="stated"),
        h.make_node("NonZero", ["x"], ["nz"]),
        h.make_node("Cast", ["nz"], ["nzf"], to=T.FLOAT),
        h.make_node("MatMul", ["pair", "nzf"], ["y11"], name="depends"),
    ]
    m = [info("x", [4, 8]), info("flag", [], T.BOOL), info("count", [], T.INT64), info("row0", [8]), info("pair", [3, 2])]
    save("control", nodes, m, [info("y9", [4, 8])] + [info(f"y{i}", None) for i in (1, 2, 3, 4, 5, 8, 10, 11)],
         [hollow("w", [8, 8]), ints("zero", [0], []), ints("four", [4], []), ints("five", [5], [])], [f, g])


def products():
    nodes = [
        h.make_node("MatMul", ["a", "b"], ["ab"], name="both_batched"),        # [2,3,4,5] x [2,3,5,6]
        h.make_node("MatMul", ["a", "c"], ["ac"], name="right_shared"),        # x [5,6]
        h.make_node("MatMul", ["a", "d"], ["ad"], name="right_broadcast"),     # x [2,1,5,6]
        h.make_node("MatMul", ["e", "b"], ["eb"], name="left_broadcast"),      # [4,5] x [2,3,5,6]
        h.make_node("MatMul", ["f", "g"], ["fg"], name="both_broadcast"),      # [2,1,4,5] x [1,3,5,6]
        h.make_node("MatMul", ["v", "b"], ["vb"], name="vector"),              # [5] x [2,3,5,6]
        h.make_node("MatMul", ["w", "x"], ["wx"], name="weights_left"),        # constant [7,5] x [5,6]
        h.make_node("Gemm", ["x", "w"], ["gemm"], name="gemm_transposed", transA=1, transB=1),  # [5,6]' x [7,5]'
        h.make_node("Einsum", ["a", "b"], ["e1"], name="einsum_batched", equation="bhmk,bhkn->bhmn"),
        h.make_node("Einsum", ["a", "c"], ["e2"], name="einsum_dots", equation="...k,kn->...n"),
        h.make_node("Einsum", ["a", "a"], ["e3"], name="einsum_values", equation="bhmk,bhmk->bhmk"),
        h.make_node("Einsum", ["x", "c", "h"], ["e4"], name="einsum_three", equation="ki,kj,ij->"),
        h.make_node("Einsum", ["a"], ["e5"], name="einsum_turned", equation="bhmk->bkhm"),
    ]
    save("products", nodes, [info("a", [2, 3, 4, 5]), info("b", [2, 3, 5, 6]), info("c", [5, 6]), info("d", [2, 1, 5, 6]), info("e", [4, 5]),
                             info("f", [2, 1, 4, 5]), info("g", [1, 3, 5, 6]), info("v", [5]), info("x", [5, 6]), info("h", [6, 6])],
         [info(n, None) for n in ("ab", "ac", "ad", "eb", "fg", "vb", "wx", "gemm", "e1", "e2", "e3", "e4", "e5")], [hollow("w", [7, 5])])


attention()
quantised()
control()
products()
