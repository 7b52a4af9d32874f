"""Writes .keras files as Keras 3 lays them out (keras/src/saving/saving_lib.py), with h5py, and what NumPy makes of their weights.

`python3 networks.py FOLDER` makes pictures.keras, words.keras and networks.json, of each an input and its output. A .keras file is a zip of metadata.json,
config.json and model.weights.h5, in which a layer's weights lie under layers/<its class, counted on>/vars/<i>, whatever the layer is called.
"""

import io
import json
import os
import sys
import zipfile

import h5py
import numpy as np

rng = np.random.default_rng(7)


def weight(*shape):
    return rng.normal(0, 0.5, shape).astype("float32")


def layer(kind, **config):
    return {"module": "keras.layers", "class_name": kind, "config": {"trainable": True, **config}, "registered_name": None}


def dense(name, kernel, **config):
    return layer("Dense", name=name, units=kernel.shape[1], use_bias=True, **{"activation": "linear", **config})


def save(path, config, weights):
    """`weights` are lists of arrays by the paths of what has them; what has none has an empty group, as there."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as h5:
        for way, values in weights.items():
            group = h5.create_group(way + "/vars")
            group.attrs["name"] = way
            for i, value in enumerate(values):
                group[str(i)] = value
        # What it keeps of its optimizer, which is passed over.
        h5.create_group("optimizer/vars")["0"] = np.int64(3)
    # Of one moment, so that the same weights are the same bytes.
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in {
            "metadata.json": json.dumps({"keras_version": "3.9.0", "date_saved": "2026-01-01@00:00:00"}),
            "config.json": json.dumps(config),
            "model.weights.h5": buffer.getvalue(),
        }.items():
            archive.writestr(zipfile.ZipInfo(name), data)


def pictures(path):
    kernel, bias = weight(2, 2, 2, 3), weight(3)
    gamma, beta, mean, variance = weight(3), weight(3), weight(3), np.abs(weight(3)) + np.float32(0.5)
    hidden, hidden_bias, out, out_bias = weight(36, 4), weight(4), weight(4, 4), weight(4)
    window = {"strides": [1, 1], "padding": "valid", "data_format": "channels_last", "dilation_rate": [1, 1]}
    layers = [
        layer("InputLayer", name="in", batch_shape=[None, 5, 4, 2], dtype="float32"),
        layer("Conv2D", name="first", filters=3, kernel_size=[2, 2], groups=1, activation="relu", use_bias=True, **window),
        layer("BatchNormalization", name="norm", axis=-1, momentum=0.99, epsilon=0.001, center=True, scale=True),
        layer("Flatten", name="flat", data_format="channels_last"),
        # Called as the other one lies in the file.
        dense("dense_1", hidden, activation="tanh"),
        dense("dense", out),
    ]
    save(
        path,
        layer("Sequential", name="net", layers=layers),
        {
            "layers/conv2d": [kernel, bias],
            "layers/batch_normalization": [gamma, beta, mean, variance],
            "layers/flatten": [],
            "layers/dense": [hidden, hidden_bias],
            "layers/dense_1": [out, out_bias],
        },
    )
    x = np.cos(np.arange(40, dtype="float32") * np.float32(1.3)).reshape(5, 4, 2)
    y = np.zeros((4, 3, 3))
    for i in range(4):
        for j in range(3):
            y[i, j] = np.einsum("uvc,uvcf->f", x[i : i + 2, j : j + 2], kernel) + bias
    y = (np.maximum(y, 0) - mean) / np.sqrt(variance + 0.001) * gamma + beta
    y = np.tanh(y.reshape(-1) @ hidden + hidden_bias) @ out + out_bias
    # Pictures are channels first in Loam.
    return {"x": np.moveaxis(x, 2, 0).ravel().tolist(), "shape": [2, 5, 4], "y": y.tolist()}


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def lstm(x, kernel, recurrent, bias, units):
    h, c, steps = np.zeros(units), np.zeros(units), []
    for now in x:
        i, f, g, o = np.split(now @ kernel + h @ recurrent + bias, 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        steps.append(h)
    return np.array(steps)


def gru(x, kernel, recurrent, bias, units):
    h = np.zeros(units)
    for now in x:
        xz, xr, xh = np.split(now @ kernel + bias[0], 3)
        hz, hr, hh = np.split(h @ recurrent + bias[1], 3)
        z, r = sigmoid(xz + hz), sigmoid(xr + hr)
        h = z * h + (1 - z) * np.tanh(xh + r * hh)
    return h


def words(path):
    table = weight(11, 4)
    both = [[weight(4, 12), weight(3, 12), weight(12)] for _ in range(2)]
    gates = [weight(6, 15), weight(5, 15), weight(2, 15)]
    # More than eight layers of one group are in several of its blocks.
    inner = [(weight(5, 5), weight(5)) for _ in range(10)]
    # As with keras.config.set_floatx.
    inner[1] = tuple(value.astype("float16") for value in inner[1])
    inner[2] = tuple(value.astype("float64") / 3 for value in inner[2])
    rnn = {"activation": "tanh", "use_bias": True}
    history = lambda name: {
        "class_name": "__keras_tensor__",
        "config": {"shape": [None, 7], "dtype": "float32", "keras_history": [name, 0, 0]},
    }
    node = lambda *names: [{"args": [history(name) for name in names], "kwargs": {}}]
    placed = lambda one, *names: {**one, "name": one["config"]["name"], "inbound_nodes": node(*names) if names else []}
    recurrent = layer("LSTM", name="memory", units=3, return_sequences=True, recurrent_activation="sigmoid", **rnn)
    body = layer(
        "Sequential",
        name="body",
        layers=[layer("InputLayer", name="inner", batch_shape=[None, 5])]
        + [dense(f"d{i}", kernel, activation="tanh") for i, (kernel, _) in enumerate(inner)],
    )
    layers = [
        placed(layer("InputLayer", name="words", batch_shape=[None, 7])),
        placed(layer("Embedding", name="table", input_dim=11, output_dim=4, mask_zero=False), "words"),
        placed(layer("Bidirectional", name="both", layer=recurrent, merge_mode="concat"), "table"),
        placed(
            layer("GRU", name="gates", units=5, return_sequences=False, recurrent_activation="sigmoid", reset_after=True, **rnn),
            "both",
        ),
        placed(body, "gates"),
    ]
    config = {"name": "net", "layers": layers, "input_layers": [["words", 0, 0]], "output_layers": [["body", 0, 0]]}
    weights = {
        "layers/embedding": [table],
        "layers/bidirectional": [],
        "layers/bidirectional/forward_layer/cell": both[0],
        "layers/bidirectional/backward_layer/cell": both[1],
        "layers/gru": [],
        "layers/gru/cell": gates,
    }
    for i, pair in enumerate(inner):
        weights[f"layers/sequential/layers/dense{'_' + str(i) if i else ''}"] = pair
    save(path, layer("Functional", **config), weights)
    x = [(i * i) % 11 for i in range(7)]
    steps = table[x]
    y = np.concatenate([lstm(steps, *both[0], 3), lstm(steps[::-1], *both[1], 3)[::-1]], axis=1)
    y = gru(y, *gates, 5)
    for kernel, bias in inner:
        y = np.tanh(y @ kernel + bias)
    return {"x": x, "shape": [7], "y": y.tolist()}


folder = sys.argv[1]
told = {make.__name__: make(os.path.join(folder, f"{make.__name__}.keras")) for make in (pictures, words)}
with open(os.path.join(folder, "networks.json"), "w") as file:
    json.dump(told, file)
    file.write("\n")
