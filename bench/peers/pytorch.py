"""The training steps of bench/networks.mjs in PyTorch's eager mode, to compare with: python3 bench/peers/pytorch.py
With the argument `shapes`, those of bench/shape-networks.mjs; with `compared`, those of bench/compared-networks.json; a number is how many rounds.

Forward, loss, backward and update on a batch that is already in memory; medians and minima of interleaved rounds, one JSON line a network
and number of threads. Needs python3-torch; nothing else in the project does.
"""

import json
import math
import os
import pathlib
import statistics
import sys
import time

# An OpenBLAS that is older than the processor takes its kernels for AVX2, which are half as fast as those it has for AVX-512.
if "avx512f" in pathlib.Path("/proc/cpuinfo").read_text():
    os.environ.setdefault("OPENBLAS_CORETYPE", "SkylakeX")

import torch
from torch import nn

ROUNDS = next((int(word) for word in sys.argv[1:] if word.isdigit()), 15)
# As long as in bench/measure.mjs, so that the least of both are least of the same.
SAMPLE_SECONDS = 0.02
HERE = pathlib.Path(__file__).parent.parent


def mlp(dropout):
    hidden = []
    inputs = 784
    for _ in range(3):
        hidden += [nn.Linear(inputs, 100), nn.ReLU()] + ([nn.Dropout(0.2)] if dropout else [])
        inputs = 100
    return nn.Sequential(nn.Flatten(), *hidden, nn.Linear(100, 10)), 128


def cnn(dropout):
    drop = [nn.Dropout(0.2)] if dropout else []
    return nn.Sequential(nn.Conv2d(1, 32, 3), nn.ReLU(), *drop, nn.Flatten(), nn.Linear(32 * 26 * 26, 10)), 32


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(64 * 7 * 7, 128), nn.ReLU(), nn.Linear(128, 10),
    ), 64


NETWORKS = {
    "mlp": mlp(True),
    "mlp-nodropout": mlp(False),
    "cnn": cnn(True),
    "cnn-nodropout": cnn(False),
    "lenet": lenet(),
}


def convolution(batch, channels, filters, kernel, stride, padding, size):
    layers = [
        nn.Conv2d(channels, channels, 1), nn.Conv2d(channels, filters, kernel, stride, padding),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(filters, 10),
    ]
    name = f"{batch}, {channels}→{filters}, {kernel}x{kernel}, {stride}, {padding}, {size}"
    return name, (nn.Sequential(*layers), batch, (channels, size, size), 10)


def dense(batch, widths):
    layers = []
    for i, (inputs, units) in enumerate(zip(widths, widths[1:])):
        layers += ([nn.ReLU()] if i else []) + [nn.Linear(inputs, units)]
    name = f"{batch}; {'-'.join(map(str, widths))}"
    return name, (nn.Sequential(*layers), batch, (widths[0],), widths[-1])


class Residual(nn.Module):
    def __init__(self, layers, shortcut):
        super().__init__()
        self.layers = layers
        self.shortcut = shortcut

    def forward(self, x):
        return self.layers(x) + self.shortcut(x)


class Positions(nn.Module):
    def __init__(self, steps, width):
        super().__init__()
        self.table = nn.Parameter(0.02 * torch.randn(steps, width))

    def forward(self, x):
        return x + self.table


class Attention(nn.Module):
    """Causal, its three projections in one product, as nanoGPT has it."""

    def __init__(self, steps, width, heads):
        super().__init__()
        self.heads = heads
        self.projections = nn.Linear(width, 3 * width, bias=False)
        self.output = nn.Linear(width, width, bias=False)
        self.register_buffer("later", torch.ones(steps, steps, dtype=torch.bool).triu(1))

    def forward(self, x):
        batch, steps, width = x.shape
        parts = self.projections(x).view(batch, steps, 3, self.heads, width // self.heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        scores = query @ key.transpose(-2, -1) / math.sqrt(width // self.heads)
        shares = scores.masked_fill(self.later, -math.inf).softmax(-1)
        return self.output((shares @ value).transpose(1, 2).reshape(batch, steps, width))


class Recurrent(nn.Module):
    def __init__(self, cell, every_step):
        super().__init__()
        self.cell = cell
        self.every_step = every_step

    def forward(self, x):
        steps = self.cell(x)[0]
        return steps if self.every_step else steps[:, -1]


def layer_of(shape, layer, **given):
    """One layer of compared-networks.json, and the shape of a sample behind it."""
    if layer == "repeat":
        return chain_of(shape, given["layers"] * given["times"])
    if layer == "residual":
        layers, after = chain_of(shape, given["layers"])
        return Residual(layers, chain_of(shape, given.get("shortcut", []))[0]), after
    if layer in ("conv", "depthwise"):
        filters, groups = (given["filters"], 1) if layer == "conv" else (shape[0], shape[0])
        sides = [
            (side + 2 * pad - kernel) // given["stride"] + 1
            for side, pad, kernel in zip(shape[1:], given["padding"], given["kernel"])
        ]
        made = nn.Conv2d(
            shape[0], filters, given["kernel"], given["stride"], given["padding"], groups=groups, bias=given["bias"]
        )
        return made, [filters, *sides]
    if layer == "batchNorm":
        return (nn.BatchNorm2d if len(shape) == 3 else nn.BatchNorm1d)(shape[0]), shape
    if layer == "globalAverage":
        return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()), [shape[0]]
    if layer == "dense":
        return nn.Linear(shape[-1], given["units"], bias=given.get("bias", True)), [*shape[:-1], given["units"]]
    if layer == "embedding":
        return nn.Embedding(given["count"], given["width"]), [*shape, given["width"]]
    if layer == "lstm":
        cell = nn.LSTM(shape[1], given["units"], batch_first=True)
        # A second bias that is added to the first.
        cell.bias_hh_l0.requires_grad_(False).zero_()
        return Recurrent(cell, True), [shape[0], given["units"]]
    if layer == "gru":
        return Recurrent(nn.GRU(shape[1], given["units"], batch_first=True), False), [given["units"]]
    made = {
        "relu": nn.ReLU,
        "gelu": nn.GELU,
        "layerNorm": lambda: nn.LayerNorm(shape[-1]),
        "positions": lambda: Positions(*shape),
        "attention": lambda: Attention(*shape, given["heads"]),
    }
    return made[layer](), shape


def chain_of(shape, layers):
    made = []
    for one in layers:
        module, shape = layer_of(shape, **one)
        made.append(module)
    return nn.Sequential(*made), shape


def compared(one):
    network, _ = chain_of(one["input"], one["layers"])
    count = sum(weights.numel() for weights in network.parameters() if weights.requires_grad)
    if count != one["parameters"]:
        raise SystemExit(f"{one['name']}: expected {one['parameters']} parameters, got {count}")
    return network, one["batch"]


COMPARED = {}
if "compared" in sys.argv[1:]:
    COMPARED = {one["name"]: one for one in json.loads((HERE / "compared-networks.json").read_text())}
    NETWORKS = {name: compared(one) for name, one in COMPARED.items()}

SHAPES = {}
if "shapes" in sys.argv[1:]:
    listed = json.loads((HERE / "shape-networks.json").read_text())
    SHAPES = dict([convolution(**one) for one in listed["convolutions"]] + [dense(**one) for one in listed["dense"]])
    NETWORKS = {name: shape[:2] for name, shape in SHAPES.items()}


def batch_of(name, batch):
    """What a network trains on, and its loss."""
    if name in SHAPES:
        _, _, inputs, classes = SHAPES[name]
        return torch.randn(batch, *inputs), torch.arange(batch) % classes, nn.CrossEntropyLoss()
    if name in COMPARED:
        one = COMPARED[name]
        shape, target = (batch, *one["input"]), one["target"]
        inputs = torch.randint(one["ids"], shape) if "ids" in one else torch.randn(shape)
        if "values" in target:
            return inputs, torch.randn(batch, target["values"]), nn.MSELoss()
        # The loss of every step, over rows of logits.
        labels = torch.randint(target["classes"], (batch * target.get("steps", 1),))
        entropy = nn.CrossEntropyLoss()
        return inputs, labels, lambda logits, wanted: entropy(logits.flatten(0, -2), wanted)
    return torch.rand(batch, 1, 28, 28), torch.arange(batch) % 10, nn.CrossEntropyLoss()


def step_of(name, network, batch):
    inputs, labels, loss = batch_of(name, batch)
    kind = COMPARED[name]["optimizer"] if name in COMPARED else "Adam"
    weights = [one for one in network.parameters() if one.requires_grad]
    optimizer = getattr(torch.optim, kind)(weights, lr=1e-9)

    def step():
        optimizer.zero_grad()
        loss(network(inputs), labels).backward()
        optimizer.step()

    return step


def measure(step, times):
    began = time.perf_counter()
    for _ in range(times):
        step()
    return (time.perf_counter() - began) * 1e6 / times


for threads in (1, 2):
    torch.set_num_threads(threads)
    steps = {name: step_of(name, network, batch) for name, (network, batch) in NETWORKS.items()}
    times = {}
    for name, step in steps.items():
        measure(step, 5)
        times[name] = max(1, round(SAMPLE_SECONDS * 1e6 / measure(step, 5)))
    samples = {name: [] for name in steps}
    for _ in range(ROUNDS):
        for name, step in steps.items():
            samples[name].append(measure(step, times[name]))
    for name, found in samples.items():
        print(json.dumps({
            "name": name,
            "threads": threads,
            "torch": torch.__version__,
            "microsecondsPerStep": round(statistics.median(found), 1),
            "minMicrosecondsPerStep": round(min(found), 1),
        }))
