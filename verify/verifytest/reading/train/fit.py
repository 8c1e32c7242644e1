#!/usr/bin/env python3
"""Fits the net of package figures to the lines that program train wrote down (make digit-rows): convolutions over a line's picture, by
connectionist temporal classification (Graves et al. 2006). Needs PyTorch (Debian: python3-torch).

    fit.py FOLDER OUT.onnx
"""

import argparse
import math
import pathlib
import random
import struct
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

CLASSES = 19  # blank, the signs in the order of package ocr, anything else
OTHER = CLASSES - 1
HEIGHT, STEP = 48, 4  # pixels of a line's height, and of its width to a step
CHATTED, SEALED = 0, 3  # kinds of sheets: a photo sent through a chat program, a scan with red seals
BATCH = 16
RATE, RATE_AGAIN = 2e-3, 5e-4
EVERY = 250  # batches to a line of the log
HELD = 20  # one sheet in so many is measured on, not learnt from


def seen(path):
    """The lines of a sheet: kind, signs, and pixels, height × width."""
    data, at = path.read_bytes(), 0
    while at < len(data):
        width, signs, kind = struct.unpack_from("<IIB", data, at)
        at += 9
        row = np.frombuffer(data, np.uint8, signs, at)
        at += signs
        pixels = np.frombuffer(data, np.uint8, HEIGHT * width, at)
        at += HEIGHT * width
        yield kind, row, pixels.reshape(HEIGHT, width)


def evened(x):
    """Brings a line's pixels (0..255) to mean 0 and much the same contrast."""
    mean = x.mean((2, 3), keepdim=True)
    return (x - mean) / (((x - mean) ** 2).mean((2, 3), keepdim=True).sqrt() + 4)


def conv2(a, b, stride):
    return nn.Sequential(nn.Conv2d(a, b, 3, stride, 1, bias=False), nn.BatchNorm2d(b), nn.ReLU())


def conv1(a, b, wide):
    return nn.Sequential(nn.Conv1d(a, b, wide, padding=wide // 2, bias=False), nn.BatchNorm1d(b), nn.ReLU())


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.look = nn.Sequential(
            conv2(1, 16, (2, 2)), conv2(16, 32, (2, 2)), conv2(32, 32, 1),
            conv2(32, 64, (2, 1)), conv2(64, 64, 1), conv2(64, 96, (2, 1)),
        )
        self.tell = nn.Sequential(
            nn.Dropout(0.1), conv1(3 * 96, 128, 3), conv1(128, 128, 5), nn.Dropout(0.1), nn.Conv1d(128, CLASSES, 3, padding=1)
        )

    def forward(self, x):
        return self.tell(self.look(x).flatten(1, 2))


class Carried(nn.Module):
    """The net as the program carries it: pixels (0..255) of one line in, logits out, steps × classes."""

    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, line):
        return self.net(evened(line)).transpose(1, 2)


def batch(lines):
    wide = -(-max(x.shape[1] for _, _, x in lines) // STEP) * STEP
    x = torch.zeros(len(lines), 1, HEIGHT, wide).contiguous(memory_format=torch.channels_last)
    for i, (_, _, pixels) in enumerate(lines):
        x[i, :, :, : pixels.shape[1]] = evened(torch.from_numpy(pixels.astype(np.float32))[None, None])[0]
    steps = torch.tensor([-(-p.shape[1] // STEP) for _, _, p in lines])
    rows = torch.from_numpy(np.concatenate([row for _, row, _ in lines]).astype(np.int64))
    return x, steps, rows, torch.tensor([len(row) for _, row, _ in lines])


def losses(logits, steps, rows, signs):
    logs = functional.log_softmax(logits, 1).permute(2, 0, 1)
    return functional.ctc_loss(logs, rows, steps, signs, reduction="none", zero_infinity=True)


@torch.no_grad()
def measure(net, lines):
    """Mean loss, and the share of lines whose signs are all right by the likeliest class of each step."""
    net.eval()
    total, right = 0.0, 0
    for i in range(0, len(lines), 2 * BATCH):
        part = lines[i : i + 2 * BATCH]
        x, steps, rows, signs = batch(part)
        logits = net(x)
        total += losses(logits, steps, rows, signs).sum().item()
        for best, n, (_, row, _) in zip(logits.argmax(1).tolist(), steps, part):
            told = [c for c, before in zip(best[:n], [0] + best[:n]) if c != before and c not in (0, OTHER)]
            right += told == [c for c in row if c != OTHER]
    net.train()
    many = max(1, len(lines))
    return f"{total / many:.3f}, {right / many:.3f} right"


def folded(net):
    """The net with the norms of its batches folded into its convolutions, as the program carries it."""
    net.eval()
    for part in (net.look, net.tell):
        for i, m in enumerate(part):
            if isinstance(m, nn.Sequential):
                part[i] = nn.Sequential(fuse_conv_bn_eval(m[0], m[1]), m[2])
    return net.train()


def carried(path):
    """The net of a file as export wrote it, its norms folded in."""
    import onnx
    from onnx import numpy_helper

    graph = onnx.load(path).graph
    stored = {i.name: torch.from_numpy(numpy_helper.to_array(i).copy()) for i in graph.initializer}
    net = folded(Net())
    convs = [m for m in net.modules() if isinstance(m, (nn.Conv1d, nn.Conv2d))]
    nodes = [n for n in graph.node if n.op_type == "Conv"]
    if len(convs) != len(nodes):
        raise ValueError(f"{path}: {len(nodes)} convolutions, not {len(convs)}")
    with torch.no_grad():
        for conv, node in zip(convs, nodes):
            conv.weight.copy_(stored[node.input[1]])
            conv.bias.copy_(stored[node.input[2]])
    return net


def learn(net, lesson, exam, lines, most=RATE):
    """Learns from so many lines, from each several times or not at all, and prints how it stands."""
    adam = torch.optim.AdamW(net.parameters(), most, weight_decay=1e-2)
    done, total, last = 0, 0.0, lines // BATCH
    while done < last:
        order = sorted(lesson, key=lambda l: l[2].shape[1] * random.uniform(1, 1.1))
        batches = [order[i : i + BATCH] for i in range(0, len(order), BATCH)]
        random.shuffle(batches)
        for part in batches:
            if done == last:
                break
            for group in adam.param_groups:
                group["lr"] = most * min(1, (done + 1) / 300) * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * done / last)))
            x, steps, rows, signs = batch(part)
            loss = losses(net(x), steps, rows, signs).mean()
            adam.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 5)
            adam.step()
            done, total = done + 1, total + loss.item()
            if done % EVERY == 0:
                print(f"{time.strftime('%H:%M:%S')} {done * BATCH} lines: loss {total / EVERY:.3f}", flush=True)
                total = 0.0
    for name, part in exam.items():
        print(f"{name}: {measure(net, part)} of {len(part)}", flush=True)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("folder", type=pathlib.Path)
    p.add_argument("out", type=pathlib.Path)
    p.add_argument("--lines", type=int, default=100_000, help="to learn from")
    p.add_argument("--begun", type=pathlib.Path, help="a net of this program's to go on from, in place of --lines (needs Debian's python3-onnx)")
    p.add_argument("--again", type=int, default=100_000, help="to learn from once more, slowly, with the norms of batches folded in")
    o = p.parse_args()
    torch.manual_seed(1)
    random.seed(1)
    lesson, exam = [], []
    for i, path in enumerate(sorted(o.folder.glob("*.seen"))):
        (exam if i % HELD == HELD - 1 else lesson).extend(seen(path))
    print(f"{len(lesson)} lines to learn from", flush=True)
    net = (carried(o.begun) if o.begun else Net()).to(memory_format=torch.channels_last)  # convolutions take half the time
    print(sum(x.numel() for x in net.parameters()), "numbers", flush=True)
    parts = {"sheets left out": exam, "out of a chat": [l for l in exam if l[0] == CHATTED], "with seals": [l for l in exam if l[0] == SEALED]}
    learn(net, lesson, parts, 0 if o.begun else o.lines)
    if not o.begun:
        folded(net)
    learn(net, lesson, parts, o.again, RATE_AGAIN)
    torch.onnx.export(
        Carried(net.to(memory_format=torch.contiguous_format)).eval(), torch.zeros(1, 1, HEIGHT, 320), o.out, opset_version=13,
        input_names=["line"], output_names=["signs"], dynamic_axes={"line": {3: "width"}, "signs": {1: "steps"}},
    )


if __name__ == "__main__":
    main()
