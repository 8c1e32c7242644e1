#!/usr/bin/env python3
"""Fits the net of package glyphs to the pictures of characters that program rare wrote down with -glyphs (make glyph-rows): convolutions
over one character's picture, by the cross entropy over the standard table. Needs PyTorch and onnx (Debian: python3-torch, python3-onnx).

    glyphs.py FOLDER UNIHAN OUT.onnx
"""

import argparse
import gzip
import math
import pathlib
import time

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

from standard import LEVEL_ONE, table

WIDE, HIGH = 60, 48  # what the net sees of a picture
ASIDE, UPRIGHT = 8, 6  # the margin around that
RECORD = np.dtype([("label", "<u4"), ("pix", "u1", (HIGH + 2 * UPRIGHT, WIDE + 2 * ASIDE))])
CHANNELS = (32, 64, 96, 160)
NARROW, INNER = 64, 160
BATCH, RATE, EVERY = 256, 2e-3, 200
NOISE = 4  # grey levels put on a picture at most
HELD = 40  # one sheet in so many is measured on, not learnt from
SEEN_ASIDE, SEEN_UPRIGHT = 5, 3  # how far aside pictures are measured
BLACK, WHITE, LEAST = 0.03, 0.8, 24  # the shares of pixels that are ink and paper, and the least contrast, as package ocr takes them


class Pictures:
    def __init__(self, files, index):
        parts = [np.fromfile(f, RECORD) for f in files]
        parts = [p[np.isin(p["label"], list(index))] for p in parts]
        self.pix = np.concatenate([p["pix"] for p in parts])
        self.row = np.array([index[r] for p in parts for r in p["label"]])

    def __len__(self):
        return len(self.row)

    def some(self, which, rng, aside, upright):
        """Pictures, each shown a little aside."""
        n = len(which)
        x = ASIDE + rng.integers(-aside, aside + 1, n)[:, None, None] + np.arange(WIDE)[None, None, :]
        y = UPRIGHT + rng.integers(-upright, upright + 1, n)[:, None, None] + np.arange(HIGH)[None, :, None]
        return torch.from_numpy(self.pix[which[:, None, None], y, x]).float()[:, None]


def inked(x):
    """Grey levels to shares of ink."""
    v = x.flatten(1).sort(1)[0]
    black, white = (v[:, int(k * v.shape[1])][:, None, None, None] for k in (BLACK, WHITE))
    return 1 - ((x - black) / (white - black).clamp(min=LEAST)).clamp(0, 1)


def conv(a, b, wide, stride=1):
    return nn.Sequential(nn.Conv2d(a, b, wide, stride, wide // 2, bias=False), nn.BatchNorm2d(b), nn.ReLU(inplace=True))


class Net(nn.Module):
    def __init__(self, classes):
        super().__init__()
        a, b, c, d = CHANNELS
        self.see = nn.Sequential(conv(1, a, 5, 2), conv(a, b, 3, 2), conv(b, c, 3), conv(c, d, 3, 2), conv(d, d, 3), conv(d, NARROW, 1))
        self.inner = nn.Sequential(nn.Dropout(0.1), nn.Conv2d(NARROW, INNER, (HIGH // 8, -(-WIDE // 8)), bias=False), nn.BatchNorm2d(INNER))
        self.rows = nn.Conv2d(INNER, classes, 1)

    def forward(self, x):
        return self.rows(self.inner(self.see(x))).flatten(1)


@torch.no_grad()
def measure(net, s, name):
    net.eval()
    rng = np.random.default_rng(5)
    right = np.zeros(len(s), bool)
    for i in range(0, len(s), 512):
        which = np.arange(i, min(i + 512, len(s)))
        right[which] = net(inked(s.some(which, rng, SEEN_ASIDE, SEEN_UPRIGHT))).argmax(1).numpy() == s.row[which]
    net.train()
    common = s.row < LEVEL_ONE
    print(f"{time.strftime('%H:%M:%S')} {name}: {100 * right[common].mean():.2f} % of {common.sum()} common characters, "
          f"{100 * right[~common].mean():.2f} % of {(~common).sum()} rare ones", flush=True)


def learn(net, lesson, exams, pictures):
    rng = np.random.default_rng(1)
    adam = torch.optim.AdamW(net.parameters(), RATE, weight_decay=1e-2)
    last, total, order = pictures // BATCH, 0.0, []
    for done in range(last):
        for group in adam.param_groups:
            group["lr"] = RATE * min(1, (done + 1) / 300) * (0.005 + 0.995 * 0.5 * (1 + math.cos(math.pi * done / last)))
        if len(order) < BATCH:
            order = rng.permutation(len(lesson))
        which, order = np.sort(order[:BATCH]), order[BATCH:]
        x = lesson.some(which, rng, ASIDE, UPRIGHT)
        x = inked(x + NOISE * torch.randn_like(x) * torch.rand(len(x), 1, 1, 1))
        loss = functional.cross_entropy(net(x.to(memory_format=torch.channels_last)), torch.from_numpy(lesson.row[which]))
        adam.zero_grad()
        loss.backward()
        adam.step()
        total += loss.item()
        if (done + 1) % EVERY == 0:
            print(f"{time.strftime('%H:%M:%S')} {done + 1} of {last}: loss {total / EVERY:.4f}", flush=True)
            total = 0.0
    for name, s in exams.items():
        measure(net, s, name)


def folded(net):
    """The net with its norms folded into the convolutions before them."""
    net = net.to(memory_format=torch.contiguous_format).eval()
    for i, m in enumerate(net.see):
        net.see[i] = nn.Sequential(fuse_conv_bn_eval(m[0], m[1]), m[2])
    net.inner = fuse_conv_bn_eval(net.inner[1], net.inner[2])
    return net


def packed(path):
    """Gives a file with the weights of its convolutions as signed bytes, each output's to be multiplied by a step of its own: a quarter of the
    size. Those of the last layer, more than half of all, take seven bits, or the file would be larger than the repository's may be."""
    model = onnx.load(path)
    graph = model.graph
    first, kept = [], []
    for init in graph.initializer:
        w = numpy_helper.to_array(init)
        if w.ndim != 4:
            kept.append(init)
            continue
        step = (np.abs(w).max((1, 2, 3), keepdims=True) / (63 if w.shape[1] == INNER and w.shape[2] == 1 else 127)).astype("<f4")
        kept += [numpy_helper.from_array(np.rint(w / step).astype(np.int8), init.name + ".bytes"), numpy_helper.from_array(step, init.name + ".step")]
        first += [
            helper.make_node("Cast", [init.name + ".bytes"], [init.name + ".whole"], to=TensorProto.FLOAT),
            helper.make_node("Mul", [init.name + ".whole", init.name + ".step"], [init.name]),
        ]
    nodes = first + list(graph.node)
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(kept)
    graph.node.extend(nodes)
    onnx.checker.check_model(model)
    return gzip.compress(model.SerializeToString(), 9, mtime=0)


def main():
    p = argparse.ArgumentParser()
    for name in ("folder", "unihan", "out"):
        p.add_argument(name, type=pathlib.Path)
    p.add_argument("--pictures", type=int, default=1_700_000, help="to learn from")
    p.add_argument("--held", type=pathlib.Path, help="folder of pictures of typefaces that are not learnt from, to measure on")
    o = p.parse_args()
    torch.manual_seed(1)
    runes = table(o.unihan)
    index = {r: i for i, r in enumerate(runes)}
    files = sorted(o.folder.glob("*.seen"))
    lesson = Pictures([f for i, f in enumerate(files) if i % HELD], index)
    exams = {"sheets left out": Pictures([f for i, f in enumerate(files) if i % HELD == 0], index)}
    if o.held:
        exams["other typefaces"] = Pictures(sorted(o.held.glob("*.seen")), index)
    print(f"{len(lesson)} pictures", flush=True)
    net = Net(len(runes)).to(memory_format=torch.channels_last)
    learn(net, lesson, exams, o.pictures)
    net = folded(net)
    print(sum(x.numel() for x in net.parameters()), "numbers", flush=True)
    torch.onnx.export(
        net, torch.zeros(2, 1, HIGH, WIDE), o.out, opset_version=13, input_names=["ink"], output_names=["characters"],
        dynamic_axes={"ink": {0: "n"}, "characters": {0: "n"}},
    )
    o.out.with_name(o.out.name + ".gz").write_bytes(packed(o.out))
    o.out.unlink()
    (o.out.parent / "characters.txt").write_text("".join(map(chr, runes)), encoding="utf-8")


if __name__ == "__main__":
    main()
