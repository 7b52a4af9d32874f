"""The networks of networks.ts as PyTorch has them, under the same names.

`python3 networks.py write` makes networks.safetensors, the recorded fixture: each network's state_dict, an input and its output.
`python3 networks.py compare FILE` loads what Loam wrote of the same kind, strictly, and prints the largest relative difference of each output.
`python3 networks.py step FILE OUT` loads it, takes one step of SGD at 0.02 on the mean squared error to the targets, and writes the weights.
"""

import json
import os
import struct
import sys

import torch
from torch import nn


class Last(nn.Module):
    """A recurrent module's last step, as Loam gives it unless asked for all steps."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        steps, _ = self.inner(x)
        if not self.inner.bidirectional:
            return steps[:, -1]
        units = self.inner.hidden_size
        return torch.cat([steps[:, -1, :units], steps[:, 0, units:]], dim=-1)


class Itself(nn.Module):
    """Self-attention, without the attention weights that PyTorch gives besides."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return self.inner(x, x, x, need_weights=False)[0]


class Steps(nn.Module):
    """A module over [batch, channels, steps] in a network whose sequences are [batch, steps, channels]."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return self.inner(x.transpose(1, 2)).transpose(1, 2)


class Separable(nn.Module):
    """A convolution of each channel by itself, and then one of all channels of a pixel."""

    def __init__(self, channels, filters, multiplier, size, padding):
        super().__init__()
        between = channels * multiplier
        self.depthwise = nn.Conv2d(channels, between, size, padding=padding, groups=channels, bias=False)
        self.pointwise = nn.Conv2d(between, filters, 1)

    def forward(self, x):
        return self.pointwise(self.depthwise(x))


class RMSNorm(nn.Module):
    """y = γ·x/√(Σx²/n + ε), arXiv:1910.07467; PyTorch has it as a module from 2.4 on."""

    def __init__(self, features, epsilon=1e-6):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(features))
        self.epsilon = epsilon

    def forward(self, x):
        return self.weight * x / torch.sqrt((x * x).mean(-1, keepdim=True) + self.epsilon)


class Places(nn.Module):
    """A vector for each place, added to what is there."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return x + self.inner(torch.arange(x.shape[1]))


class Tied(nn.Module):
    """A table that is the first layer and the last product."""

    def __init__(self, table, body):
        super().__init__()
        self.table = table
        self.body = body

    def forward(self, x):
        return self.body(self.table(x)) @ self.table.weight.T


def tied():
    places, norm = nn.Embedding(9, 6), RMSNorm(6)
    named = nn.Module()
    net = Tied(nn.Embedding(11, 6), nn.Sequential(Places(places), norm))
    for name, module in {"reversibleEmbedding1": net.table, "positionEmbedding1": places, "rmsNorm1": norm}.items():
        named.add_module(name, module)
    return net, named


def chain(**modules):
    """A Sequential, and of what state_dict should hold, the modules by their names."""
    net = nn.Sequential(*modules.values())
    named = nn.Module()
    for name, module in modules.items():
        inner = getattr(module, "inner", module)
        if list(inner.state_dict()):
            named.add_module(name, inner)
    return net, named


def networks():
    return {
        "pictures": (
            chain(
                conv2d1=nn.Conv2d(2, 6, 3, stride=2, padding=1),
                batchNorm1=nn.BatchNorm2d(6),
                relu1=nn.ReLU(),
                depthwiseConv2d1=nn.Conv2d(6, 6, 3, padding=1, groups=6, bias=False),
                groupNorm1=nn.GroupNorm(3, 6),
                prelu1=nn.PReLU(6),
                conv2dTranspose1=nn.ConvTranspose2d(6, 4, 2, stride=2),
                batchNorm2=nn.BatchNorm2d(4, affine=False),
                flatten1=nn.Flatten(),
                dense1=nn.Linear(4 * 6 * 8, 3),
            ),
            torch.rand(3, 2, 6, 8),
        ),
        "steps": (
            chain(lstm1=Last(nn.LSTM(3, 5, batch_first=True, bidirectional=True)), dense1=nn.Linear(10, 2)),
            torch.rand(2, 4, 3),
        ),
        "gru": (chain(gru1=Last(nn.GRU(3, 4, batch_first=True))), torch.rand(2, 5, 3)),
        "rnn": (chain(simpleRnn1=Last(nn.RNN(3, 4, batch_first=True))), torch.rand(2, 5, 3)),
        "words": (
            chain(
                embedding1=nn.Embedding(11, 8),
                layerNorm1=nn.LayerNorm(8),
                multiHeadAttention1=Itself(nn.MultiheadAttention(8, 2, batch_first=True)),
                dense1=nn.Linear(8, 3),
            ),
            torch.randint(0, 11, (2, 6)),
        ),
        "series": (
            chain(
                conv1d1=Steps(nn.Conv1d(4, 6, 3, stride=2, padding=2, dilation=2, groups=2)),
                rmsNorm1=RMSNorm(6),
                dense1=nn.Linear(6, 2),
            ),
            torch.rand(2, 9, 4),
        ),
        "separable": (chain(separableConv2d1=Separable(3, 4, 2, 3, 1)), torch.rand(2, 3, 6, 5)),
        "tied": (tied(), torch.randint(0, 11, (2, 7))),
    }


def save(path, tensors):
    """What safetensors.torch.save_file does."""
    header, values = {}, b""
    for name, tensor in tensors.items():
        data = tensor.detach().contiguous().numpy().tobytes()
        dtype = {torch.float32: "F32", torch.int64: "I64"}[tensor.dtype]
        header[name] = {"dtype": dtype, "shape": list(tensor.shape), "data_offsets": [len(values), len(values) + len(data)]}
        values += data
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + values)


def load(path):
    """What safetensors.torch.load_file does."""
    data = open(path, "rb").read()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    values = data[8 + length :]
    types = {"F32": torch.float32, "I64": torch.int64}

    def tensor(entry):
        start, end = entry["data_offsets"]
        return torch.frombuffer(bytearray(values[start:end]), dtype=types[entry["dtype"]]).reshape(entry["shape"])

    return {name: tensor(entry) for name, entry in header.items() if name != "__metadata__"}


def write():
    torch.manual_seed(7)
    tensors = {}
    for name, ((net, named), x) in networks().items():
        for value in named.state_dict().values():
            if value.dtype == torch.float32:
                value.copy_(torch.rand(value.shape) * 0.8 + 0.1 if value.dim() == 1 else torch.randn(value.shape) * 0.4)
            else:
                value.fill_(5)
        net.eval()
        tensors |= {f"{name}/{key}": value for key, value in named.state_dict().items()}
        tensors[f"{name}/x"] = x.float()
        tensors[f"{name}/y"] = net(x)
    save(os.path.join(os.path.dirname(os.path.abspath(__file__)), "networks.safetensors"), tensors)


def compare(path):
    tensors = load(path)
    far = {}
    for name, ((net, named), x) in networks().items():
        own = {key.split("/", 1)[1]: value for key, value in tensors.items() if key.startswith(name + "/")}
        given, wanted = own.pop("x"), own.pop("y")
        named.load_state_dict(own)
        net.eval()
        y = net(given.to(x.dtype))
        far[name] = float((y - wanted).abs().max() / wanted.abs().max())
    print(json.dumps(far))


def step(path, out):
    tensors = load(path)
    after = {}
    for name, ((net, named), x) in networks().items():
        own = {key.split("/", 1)[1]: value for key, value in tensors.items() if key.startswith(name + "/")}
        given, target = own.pop("x"), own.pop("y")
        named.load_state_dict(own)
        net.train()
        optimizer = torch.optim.SGD(net.parameters(), lr=0.02)
        nn.functional.mse_loss(net(given.to(x.dtype)), target).backward()
        optimizer.step()
        after |= {f"{name}/{key}": value for key, value in named.state_dict().items()}
    save(out, after)


if sys.argv[1] == "write":
    write()
elif sys.argv[1] == "step":
    step(sys.argv[2], sys.argv[3])
else:
    compare(sys.argv[2])
