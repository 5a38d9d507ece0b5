#!/usr/bin/env python3
"""Writes the models of this folder: real networks as PyTorch's two exporters write them, weights taken out.

    python export.py [FOLDER]       # needs torch, torchvision, transformers, onnx, onnxscript, onnxruntime and keras

Made with the versions that each file names as its producer. Initializers of more than 64 values keep their type and
shape only; those that say shapes, axes and scales stay.
"""
import json
import os
import sys
import warnings

import onnx
import torch
import torchvision
from torch import nn

warnings.filterwarnings("ignore")
out = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
KEEP = 64


def strip_tensor(t):
    n = 1
    for d in t.dims:
        n *= d
    if n > KEEP:
        for field in ("raw_data", "float_data", "int32_data", "int64_data", "double_data", "uint64_data", "external_data"):
            t.ClearField(field)
        t.ClearField("data_location")


def strip_graph(g):
    for t in g.initializer:
        strip_tensor(t)
    for n in g.node:
        n.doc_string = ""
        multiplies = n.op_type in ("Conv", "MatMul", "Gemm", "Einsum", "ConvTranspose", "LSTM", "Attention")
        kept = [(m.key, m.value) for m in n.metadata_props if m.key.endswith("name_scopes") and multiplies]
        del n.metadata_props[:]
        for k, v in kept:
            n.metadata_props.add(key=k, value=v)
        for a in n.attribute:
            if a.HasField("t"):
                strip_tensor(a.t)
            if a.HasField("g"):
                strip_graph(a.g)
            for sub in a.graphs:
                strip_graph(sub)
    for v in list(g.value_info) + list(g.input) + list(g.output):
        del v.metadata_props[:]


def save(name, model):
    strip_graph(model.graph)
    for f in model.functions:
        for n in f.node:
            n.doc_string = ""
            del n.metadata_props[:]
        del f.metadata_props[:]
    del model.metadata_props[:]
    del model.graph.metadata_props[:]
    path = os.path.join(out, name + ".onnx")
    data = model.SerializeToString()
    with open(path, "wb") as f:
        f.write(data)
    print(f"{name:32} {len(data):8} bytes")


def export(name, module, inputs, dynamo, dynamic=None, **more):
    module.eval()
    path = os.path.join(out, name + ".full.onnx")
    kw = dict(dynamo=dynamo, **more)
    if dynamic:
        if dynamo:
            kw["dynamic_shapes"] = dynamic
        else:
            kw["dynamic_axes"] = dynamic
    if not dynamo:
        kw.setdefault("opset_version", 17)
    else:
        kw["external_data"] = False
        kw["verbose"] = False
    torch.onnx.export(module, inputs, path, **kw)
    m = onnx.load(path)
    os.remove(path)
    save(name, m)


class Odd(nn.Module):
    """Convolutions of every form: padding of one side, dilation, groups, one and three dimensions, transposed."""

    def __init__(self):
        super().__init__()
        self.pad = nn.ZeroPad2d((1, 2, 0, 3))
        self.dilated = nn.Conv2d(3, 16, (3, 5), stride=(2, 1), dilation=(2, 3), padding=(2, 1))
        self.depthwise = nn.Conv2d(16, 32, 3, groups=16, padding=1)
        self.same = nn.Conv2d(32, 24, 4, padding="same")
        self.up = nn.ConvTranspose2d(24, 8, 2, stride=2)
        self.up3 = nn.ConvTranspose2d(8, 6, 3, stride=2, padding=1, output_padding=1)
        self.line = nn.Conv1d(6, 10, 5, stride=3)
        self.lstm = nn.LSTM(10, 20, num_layers=2, bidirectional=True, batch_first=True)
        self.volume = nn.Conv3d(1, 4, (3, 2, 3), stride=(1, 2, 1))

    def forward(self, x):
        x = self.same(self.depthwise(self.dilated(self.pad(x))))
        x = self.up3(torch.relu(self.up(x)))
        flat = self.line(x.flatten(2))
        y, _ = self.lstm(flat[:, :, :50].transpose(1, 2))
        z = self.volume(y.unsqueeze(1).reshape(1, 1, 10, 10, 20))
        return z, torch.nn.functional.interpolate(x, scale_factor=2, mode="bilinear")


class Block(nn.Module):
    """An encoder layer. (nn.TransformerEncoderLayer itself does not pass PyTorch 2.15's older exporter.)"""

    def __init__(self, width=256, heads=8, wide=1024):
        super().__init__()
        self.attention = nn.MultiheadAttention(width, heads, batch_first=True)
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.up, self.down = nn.Linear(width, wide), nn.Linear(wide, width)

    def forward(self, x):
        y = self.norm1(x)
        x = x + self.attention(y, y, y, need_weights=False)[0]
        return x + self.down(torch.nn.functional.gelu(self.up(self.norm2(x))))


def bert_layer():
    from transformers import BertConfig, BertModel

    class Layer(nn.Module):
        def __init__(self):
            super().__init__()
            self.bert = BertModel(BertConfig(num_hidden_layers=2, attn_implementation="eager"), add_pooling_layer=False)

        def forward(self, ids):
            return self.bert(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state

    return Layer()


def llama_layer():
    from transformers import LlamaConfig, LlamaModel

    class Layer(nn.Module):
        def __init__(self):
            super().__init__()
            self.llama = LlamaModel(LlamaConfig(hidden_size=512, intermediate_size=1024, num_hidden_layers=2, num_attention_heads=8,
                                                num_key_value_heads=2, vocab_size=1000, use_cache=False))

        def forward(self, ids):
            return self.llama(input_ids=ids).last_hidden_state

    return Layer()


def quantised():
    """A small network, quantised to QLinearConv and QLinearMatMul by ONNX Runtime."""
    import numpy as np
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, quantize_static

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.c1 = nn.Conv2d(3, 16, 3, padding=1)
            self.c2 = nn.Conv2d(16, 32, 3, stride=2, groups=4)
            self.fc = nn.Linear(32, 10)

        def forward(self, x):
            x = torch.relu(self.c2(torch.relu(self.c1(x))))
            return torch.matmul(x.mean((2, 3)), self.fc.weight.t())

    class Reader(CalibrationDataReader):
        def __init__(self):
            self.left = [{"x": np.random.randn(1, 3, 32, 32).astype(np.float32)} for _ in range(4)]

        def get_next(self):
            return self.left.pop() if self.left else None

    full = os.path.join(out, "q.full.onnx")
    torch.onnx.export(Net().eval(), (torch.randn(1, 3, 32, 32),), full, dynamo=False, opset_version=17, input_names=["x"])
    for form, name in ((QuantFormat.QOperator, "qlinear"), (QuantFormat.QDQ, "qdq")):
        q = os.path.join(out, "q.int8.onnx")
        quantize_static(full, q, Reader(), quant_format=form)
        save("quantised_" + name, onnx.load(q))
        os.remove(q)
    os.remove(full)


def keras_model():
    """A small network of Keras, on PyTorch."""
    os.environ["KERAS_BACKEND"] = "torch"
    import keras
    from keras import layers as kl

    m = keras.Sequential([keras.Input((32, 32, 3)), kl.Conv2D(16, 3, padding="same", strides=2), kl.BatchNormalization(), kl.ReLU(),
                          kl.DepthwiseConv2D(3, padding="same"), kl.Conv2D(32, 1), kl.Conv2DTranspose(8, 4, strides=2, padding="same"),
                          kl.GlobalAveragePooling2D(), kl.Dense(10)])
    m(torch.zeros(1, 32, 32, 3))
    full = os.path.join(out, "keras.full.onnx")
    m.export(full, format="onnx", verbose=False)
    save("keras", onnx.load(full))
    os.remove(full)


def main():
    image = (torch.randn(1, 3, 224, 224),)
    models = torchvision.models
    jobs = [
        ("resnet18_torchscript", models.resnet18(), image, False, {"x": {0: "batch"}}, dict(input_names=["x"])),
        ("resnet18_dynamo", models.resnet18(), image, True, None, {}),
        ("mobilenet_v2_torchscript", models.mobilenet_v2(), image, False, {"x": {0: "batch"}}, dict(input_names=["x"])),
        ("mobilenet_v2_dynamo", models.mobilenet_v2(), (torch.randn(2, 3, 224, 224),), True, ({0: torch.export.Dim("batch")},), {}),
        ("vit_2layers_torchscript", models.VisionTransformer(224, 16, 2, 12, 768, 3072), image, False, {"x": {0: "batch"}}, dict(input_names=["x"])),
        ("vit_b_16_dynamo", models.vit_b_16(), image, True, None, {}),
        ("efficientnet_b0_dynamo", models.efficientnet_b0(), image, True, None, {}),
        ("transformer_torchscript", Block(), (torch.randn(2, 64, 256),), False, {"x": {0: "batch"}}, dict(input_names=["x"])),
        ("transformer_dynamo", nn.TransformerEncoderLayer(256, 8, 1024, batch_first=True), (torch.randn(2, 64, 256),), True, ({0: torch.export.Dim("batch"), 1: torch.export.Dim("sequence")},), {}),
        ("odd_torchscript", Odd(), (torch.randn(1, 3, 40, 30),), False, None, {}),
        ("odd_dynamo", Odd(), (torch.randn(1, 3, 40, 30),), True, None, {}),
    ]
    only = sys.argv[2:]
    for name, module, inputs, dynamo, dynamic, more in jobs:
        if not only or name in only:
            torch.manual_seed(0)
            try:
                export(name, module, inputs, dynamo, dynamic, **more)
            except Exception as e:
                print(f"{name}: {type(e).__name__}: {str(e)[:300]}")
    ids = torch.ones(1, 384, dtype=torch.long)
    for name, make, dynamo in (("bert_torchscript", bert_layer, False), ("bert_dynamo", bert_layer, True), ("llama_dynamo", llama_layer, True)):
        if not only or name in only:
            try:
                export(name, make(), (ids,), dynamo, None)
            except Exception as e:
                print(f"{name}: {type(e).__name__}: {str(e)[:300]}")
    for name, make in (("quantised", quantised), ("keras", keras_model)):
        if not only or name in only:
            try:
                make()
            except Exception as e:
                print(f"{name}: {type(e).__name__}: {str(e)[:300]}")


main()
