#!/usr/bin/env python3
"""Prints the shapes that onnx.shape_inference finds in the models named: file, value, dimensions, one a line, tab-separated.

TestShapesOfONNX runs it where TCMDSE_ONNX_PYTHON names a Python with the package onnx. Arguments are FILE or
FILE:NAME=N,NAME=N with sizes for open dimensions.
"""
import sys

import onnx
from onnx import shape_inference

for arg in sys.argv[1:]:
    path, _, sizes = arg.partition(":")
    sizes = dict(s.split("=") for s in sizes.split(",") if s)
    m = onnx.load(path, load_external_data=False)
    for v in m.graph.input:
        for d in v.type.tensor_type.shape.dim:
            if d.dim_param in sizes:
                d.dim_value = int(sizes[d.dim_param])
    stated = {v.name for v in m.graph.value_info}
    del m.graph.value_info[:]
    for v in m.graph.output:
        v.type.tensor_type.ClearField("shape")
    m = shape_inference.infer_shapes(m, data_prop=True)
    for v in list(m.graph.value_info) + list(m.graph.output):
        t = v.type.tensor_type
        if t.HasField("shape") and all(d.HasField("dim_value") for d in t.shape.dim):
            print(path, v.name, " ".join(str(d.dim_value) for d in t.shape.dim), sep="\t")
