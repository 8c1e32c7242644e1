#!/usr/bin/env python3
"""Fits the net of package red to the pieces of pictures that the program beside it wrote down (make red-rows): convolutions that give
the luminance of a pixel without the red ink over it. Needs PyTorch and onnx (Debian: python3-torch, python3-onnx).

    fit.py FOLDER OUT.onnx
"""

import argparse
import math
import pathlib
import time

import numpy as np
import torch
from torch import nn

SIDE, EDGE = 96, 6  # pixels of a piece, and of its margin, in which the net sees too little around them
PLANES = 2  # what the net sees
WIDE = 12
BATCH, RATE, EVERY = 16, 3e-3, 200
STROKES = 6  # how much more a dark pixel counts than paper
HELD = 10  # one sheet in so many is measured on, not learnt from


def pieces(path):
    """Pieces of a sheet: what the net sees, what there is without red ink, where the net is asked."""
    return torch.from_numpy(np.fromfile(path, np.int16).reshape(-1, PLANES + 2, SIDE, SIDE))


def split(raw):
    x = raw.float() / 1000
    return [part.contiguous() for part in x.split([PLANES, 1, 1], 1)]


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.see = nn.Sequential(
            nn.Conv2d(PLANES, WIDE, 5), nn.ReLU(), nn.Conv2d(WIDE, WIDE, 3), nn.ReLU(), nn.Conv2d(WIDE, WIDE, 3), nn.ReLU(), nn.Conv2d(WIDE, 1, 5)
        )

    def forward(self, x):
        return x[:, :1, EDGE:-EDGE, EDGE:-EDGE] + self.see(x)


def loss_of(net, part):
    x, want, asked = split(part)
    want, asked = (v[:, :, EDGE:-EDGE, EDGE:-EDGE] for v in (want, asked))
    weight = asked * (1 + STROKES * (1 - want).clamp(0, 1))
    return ((net(x) - want).abs() * weight).sum() / weight.sum().clamp(min=1)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("folder", type=pathlib.Path)
    p.add_argument("out", type=pathlib.Path)
    p.add_argument("--batches", type=int, default=7000)
    o = p.parse_args()
    torch.manual_seed(1)
    lesson, exam = [], []
    for i, path in enumerate(sorted(o.folder.glob("*.red"))):
        (exam if i % HELD == HELD - 1 else lesson).append(pieces(path))
    lesson, exam = torch.cat(lesson), torch.cat(exam)
    print(f"{len(lesson)} pieces to learn from, {len(exam)} left out", flush=True)
    net = Net()
    print(sum(x.numel() for x in net.parameters()), "numbers", flush=True)
    adam = torch.optim.Adam(net.parameters(), RATE)
    total = 0.0
    for done in range(o.batches):
        for group in adam.param_groups:
            group["lr"] = RATE * min(1, (done + 1) / 100) * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * done / o.batches)))
        part = lesson[torch.randint(len(lesson), (BATCH,))]
        loss = loss_of(net, part)
        adam.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1)
        adam.step()
        total += loss.item()
        if (done + 1) % EVERY == 0:
            print(f"{time.strftime('%H:%M:%S')} {done + 1} batches: {total / EVERY:.4f}", flush=True)
            total = 0.0
    with torch.no_grad():
        n = range(0, len(exam), BATCH)
        print(f"left out: off by {sum(loss_of(net, exam[i : i + BATCH]).item() for i in n) / len(n):.4f} of the paper's luminance", flush=True)
    torch.onnx.export(
        net, torch.zeros(1, PLANES, SIDE, SIDE), o.out, opset_version=13, input_names=["seen"], output_names=["light"],
        dynamic_axes={"seen": {2: "height", 3: "width"}, "light": {2: "height", 3: "width"}},
    )


if __name__ == "__main__":
    main()
