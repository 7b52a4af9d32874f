"""Writes models with onnx.helper, as people who make such files by hand do, into a folder, each checked by onnx.checker. Prints their names and inputs."""

import json
import os
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

rng = np.random.default_rng(11)
OPSET = 15


class Graph:
    """Nodes and weights of a model with a free batch."""

    def __init__(self, name, shape, ids=0):
        self.name, self.shape, self.ids = name, shape, ids
        self.nodes, self.weights = [], []
        self.opset = OPSET

    def weight(self, *shape, scale=0.4, positive=False):
        value = rng.normal(0, scale, shape).astype("float32")
        return self.constant(np.abs(value) + np.float32(0.5) if positive else value)

    def constant(self, value):
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def __call__(self, kind, *inputs, outputs=1, **attributes):
        made = [f"v{len(self.nodes)}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, inputs, made, **attributes))
        return made[0] if outputs == 1 else made

    def save(self, folder, output, shape):
        kind = TensorProto.INT64 if self.ids else TensorProto.FLOAT
        graph = helper.make_graph(
            self.nodes,
            self.name,
            [helper.make_tensor_value_info("x", kind, ["batch", *self.shape])],
            [helper.make_tensor_value_info(output, TensorProto.FLOAT, ["batch", *shape])],
            self.weights,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)])
        model.ir_version = 8
        onnx.checker.check_model(model, full_check=True)
        onnx.save(model, os.path.join(folder, self.name + ".onnx"))
        return {"name": self.name, "shape": self.shape, "ids": self.ids}


def dense(folder):
    g = Graph("dense", [6])
    y = g("Relu", g("Gemm", "x", g.weight(8, 6), g.weight(8), transB=1, alpha=0.5))
    y = g("Add", g("MatMul", y, g.weight(8, 4)), g.weight(4))
    y = g("Clip", y, g.constant(np.float32(-1)), g.constant(np.float32(2)))
    return g.save(folder, g("Softmax", y, axis=-1), [4])


def pictures(folder):
    g = Graph("pictures", [3, 12, 10])
    y = g("Conv", "x", g.weight(8, 3, 3, 3), g.weight(8), strides=[2, 1], pads=[1, 0, 0, 1])
    y = g("BatchNormalization", y, g.weight(8), g.weight(8), g.weight(8), g.weight(8, positive=True), epsilon=0.01)
    y = g("LeakyRelu", y, alpha=0.1)
    left = g("Conv", y, g.weight(8, 2, 3, 3), group=4, auto_pad="SAME_UPPER")
    y = g("HardSwish", g("Add", y, left))
    y = g("MaxPool", y, kernel_shape=[3, 2], strides=[2, 2], ceil_mode=1)
    y = g("ConvTranspose", y, g.weight(8, 4, 3, 3), g.weight(4), strides=[2, 2], output_padding=[1, 1], pads=[1, 1, 1, 1])
    y = g("PRelu", y, g.weight(4, 1, 1))
    y = g("AveragePool", y, kernel_shape=[2, 2], count_include_pad=1, pads=[1, 0, 0, 1])
    y = g("Concat", g("GlobalAveragePool", y), g("GlobalMaxPool", y), axis=1)
    y = g("Flatten", y)
    return g.save(folder, g("Gemm", y, g.weight(8, 5)), [5])


def recurrent(folder):
    g = Graph("recurrent", [7, 4])
    y = g("Transpose", "x", perm=[1, 0, 2])
    units = 5
    y, _, _ = g(
        "LSTM", y, g.weight(2, 4 * units, 4), g.weight(2, 4 * units, units), g.weight(2, 8 * units),
        outputs=3, hidden_size=units, direction="bidirectional",
    )
    y = g("Reshape", g("Transpose", y, perm=[0, 2, 1, 3]), g.constant(np.array([7, -1, 2 * units])))
    y, _ = g(
        "GRU", y, g.weight(1, 9, 2 * units), g.weight(1, 9, 3), g.weight(1, 18),
        outputs=2, hidden_size=3, linear_before_reset=1, direction="reverse",
    )
    y = g("Squeeze", y, g.constant(np.array([1])))
    _, y = g("RNN", y, g.weight(1, 6, 3), g.weight(1, 6, 6), g.weight(1, 12), outputs=2, hidden_size=6)
    return g.save(folder, g("Squeeze", y, g.constant(np.array([0]))), [6])


def attention(folder):
    """A block of a language model: a table of words, heads, a causal mask, a normalization and a gated product."""
    g = Graph("attention", [8], ids=13)
    g.opset = 17
    width, heads, steps = 12, 3, 8
    each = width // heads
    y = g("Gather", g.weight(13, width), "x", axis=0)
    y = g("Add", y, g.weight(steps, width))
    normal = g("LayerNormalization", y, g.weight(width), g.weight(width), axis=-1, epsilon=1e-5)
    both = g("MatMul", normal, g.weight(width, 3 * width))
    parts = g("Split", both, g.constant(np.array([width] * 3)), outputs=3, axis=-1)
    shape = g.constant(np.array([0, steps, heads, each]))
    q, k, v = [g("Reshape", part, shape) for part in parts]
    q, k, v = g("Transpose", q, perm=[0, 2, 1, 3]), g("Transpose", k, perm=[0, 2, 3, 1]), g("Transpose", v, perm=[0, 2, 1, 3])
    scores = g("Div", g("MatMul", q, k), g.constant(np.float32(np.sqrt(each))))
    scores = g("Where", g.constant(np.tril(np.ones((steps, steps), dtype=bool))), scores, g.constant(np.float32(-1e9)))
    mixed = g("Transpose", g("MatMul", g("Softmax", scores, axis=-1), v), perm=[0, 2, 1, 3])
    y = g("Add", y, g("MatMul", g("Reshape", mixed, g.constant(np.array([0, 0, width]))), g.weight(width, width)))
    gate = g("MatMul", y, g.weight(width, 2 * width))
    half = g("Slice", gate, g.constant(np.array([0])), g.constant(np.array([width])), g.constant(np.array([2])))
    other = g("Slice", gate, g.constant(np.array([width])), g.constant(np.array([2**31 - 1])), g.constant(np.array([-1])))
    y = g("Add", y, g("Mul", half, g("Sigmoid", other)))
    root = g("Sqrt", g("Add", g("ReduceMean", g("Pow", y, g.constant(np.float32(2))), axes=[-1]), g.constant(np.float32(1e-6))))
    return g.save(folder, g("MatMul", g("Div", y, root), g.weight(width, 13)), [steps, 13])


print(json.dumps([make(sys.argv[1]) for make in (dense, pictures, recurrent, attention)]))
