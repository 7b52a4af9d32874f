"""The training steps of bench/networks.mjs in PyTorch's eager mode, to compare with: python3 bench/peers/pytorch.py
With the argument `shapes`, those of bench/shape-networks.mjs.

Forward, loss, backward and update on a batch that is already in memory; medians and minima of interleaved rounds, one JSON line a network
and number of threads. Needs python3-torch; nothing else in the project does.
"""

import json
import pathlib
import statistics
import sys
import time

import torch
from torch import nn

ROUNDS = 15
SAMPLE_SECONDS = 0.15


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


class GruSeries(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(8, 64, batch_first=True)
        self.dense = nn.Linear(64, 1)

    def forward(self, x):
        return self.dense(self.gru(x)[0][:, -1])


class CharLstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(65, 64)
        self.lstm = nn.LSTM(64, 128, batch_first=True)
        self.dense = nn.Linear(128, 65)

    def forward(self, x):
        return self.dense(self.lstm(self.embedding(x))[0]).transpose(1, 2)


NETWORKS = {
    "mlp": mlp(True),
    "mlp-nodropout": mlp(False),
    "cnn": cnn(True),
    "cnn-nodropout": cnn(False),
    "lenet": lenet(),
    "gru-series": (GruSeries(), 64),
    "char-lstm": (CharLstm(), 32),
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


SHAPES = {}
if sys.argv[1:] == ["shapes"]:
    listed = json.loads((pathlib.Path(__file__).parent.parent / "shape-networks.json").read_text())
    SHAPES = dict([convolution(**one) for one in listed["convolutions"]] + [dense(**one) for one in listed["dense"]])
    NETWORKS = {name: shape[:2] for name, shape in SHAPES.items()}


def batch_of(name, batch):
    """What a network trains on, and its loss."""
    if name in SHAPES:
        _, _, inputs, classes = SHAPES[name]
        return torch.randn(batch, *inputs), torch.arange(batch) % classes, nn.CrossEntropyLoss()
    if name == "gru-series":
        return torch.randn(batch, 48, 8), torch.randn(batch, 1), nn.MSELoss()
    if name == "char-lstm":
        return torch.randint(65, (batch, 50)), torch.randint(65, (batch, 50)), nn.CrossEntropyLoss()
    return torch.rand(batch, 1, 28, 28), torch.arange(batch) % 10, nn.CrossEntropyLoss()


def step_of(name, network, batch):
    inputs, labels, loss = batch_of(name, batch)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-9)

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
