#!/usr/bin/env python3
"""Fits the second head of the recogniser (package rare) to what program rare wrote down (make rare-rows): two linear layers beside the
net's own last one, by descent of the cross entropy over the net's own classes, which stay, and the new ones. Needs PyTorch (Debian:
python3-torch).

    fit.py FOLDER MODEL KEYS UNIHAN OUT
"""

import argparse
import hashlib
import math
import pathlib
import random
import struct
import time

import numpy as np
import torch
from torch import nn

from standard import LEVEL_ONE, table

TRUNK = "p2o.AveragePool.1"
IN, TOP = 600, 12  # numbers of a step, and how many of the net's own classes were kept of it
INNER = 160  # numbers between the layers
BATCH = 1024
RATE = 3e-3
EVERY = 100  # batches to a line of the log
NOISE = 0.3  # put on what is seen, in standard deviations
HELD = 25  # one sheet in so many is measured on, not learnt from
DROPPED, DROP = 0.5, 8.0  # share of the samples at which the net itself counts less, and by how much at most
LEAST = 2  # samples of a character that gets a class
# What is added to the classes at the end: chosen on the sheets left out, where it gains more rare characters than it costs.
MORE_COMMON, MORE_RARE = 1.0, 0.5

RECORD = np.dtype([("label", "<u4"), ("mass", "<f4"), ("cls", "<i4", TOP), ("logit", "<f4", TOP), ("x", "<f4", IN)])


def keys(path):
    """Class of each character among the net's own."""
    own = {0: 0}
    for i, line in enumerate(path.read_text(encoding="utf-8").split("\n")):
        if len(line) == 1:
            own.setdefault(ord(line), i + 1)
    return own


class Samples:
    def __init__(self, files, index, own):
        parts = [np.fromfile(f, RECORD) for f in files]
        s = np.concatenate(parts)
        label = s["label"]
        self.row = torch.tensor([index.get(int(r), -1) for r in label])
        self.x = torch.from_numpy(np.ascontiguousarray(s["x"]))
        mass = s["mass"].astype(np.float64)
        cls = np.array([own.get(int(r), -2) for r in label])
        logit = np.where(s["cls"] == cls[:, None], s["logit"], -np.inf).max(1).astype(np.float64)
        rest = mass + np.log(np.maximum(1 - np.exp(np.minimum(logit - mass, 0)), 1e-6))
        known = (self.row.numpy() >= 0) | np.isfinite(logit)
        self.own = torch.from_numpy(np.maximum(logit, -60)).float()
        self.rest = torch.from_numpy(rest).float()
        self.alone = float((s["cls"][:, 0] == cls)[self.row.numpy() >= 0].mean())
        keep = torch.from_numpy(known)
        self.row, self.x, self.own, self.rest = self.row[keep], self.x[keep], self.own[keep], self.rest[keep]

    def __len__(self):
        return len(self.row)


class Head(nn.Module):
    def __init__(self, classes, mean, deviation):
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("deviation", deviation)
        self.lost = nn.Dropout(0.25)
        self.inner = nn.Linear(IN, INNER)
        self.rows = nn.Linear(INNER, classes)
        nn.init.normal_(self.rows.weight, std=0.05)
        nn.init.constant_(self.rows.bias, -6.0)

    def forward(self, x):
        x = (x - self.mean) / self.deviation
        if self.training:
            x = self.lost(x + NOISE * torch.randn_like(x))
        return self.rows(self.inner(x))


def losses(logits, own, rest, row):
    """Cross entropy of what stands there, as the net's own class or as the new one, over all classes of both."""
    every = torch.logaddexp(torch.logaddexp(own, rest), torch.logsumexp(logits, 1))
    new = logits.gather(1, row.clamp(min=0)[:, None])[:, 0]
    new = torch.where(row >= 0, new, torch.full_like(new, -80.0))
    return every - torch.logaddexp(own, new)


@torch.no_grad()
def measure(head, s, level, name):
    head.eval()
    right = {"common": [0, 0], "rare": [0, 0], "between": [0, 0]}
    total = 0.0
    for i in range(0, len(s), BATCH):
        x, own, rest, row = s.x[i : i + BATCH], s.own[i : i + BATCH], s.rest[i : i + BATCH], s.row[i : i + BATCH]
        logits = head(x)
        total += losses(logits, own, rest, row).sum().item()
        best = logits.argmax(1)
        for k in range(len(row)):
            r = row[k].item()
            if r < 0:
                right["between"][1] += 1
                right["between"][0] += int(logits[k].max() < own[k])
            else:
                kind = "common" if level[r] else "rare"
                right[kind][1] += 1
                right[kind][0] += int(best[k] == r)
    head.train()
    print(f"{name}: loss {total / max(1, len(s)):.4f}", {k: f"{100 * a / max(1, b):.2f} % of {b}" for k, (a, b) in right.items()}, flush=True)


def learn(head, s, exam, level, epochs):
    adam = torch.optim.AdamW(head.parameters(), RATE, weight_decay=1e-2)
    last = epochs * (len(s) // BATCH)
    done, total = 0, 0.0
    for epoch in range(epochs):
        order = torch.randperm(len(s))
        for i in range(0, len(s) - BATCH + 1, BATCH):
            for group in adam.param_groups:
                group["lr"] = RATE * min(1, (done + 1) / 200) * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * done / last)))
            pick = order[i : i + BATCH]
            row, own, rest = s.row[pick], s.own[pick], s.rest[pick]
            less = DROP * torch.rand(len(pick)) * (torch.rand(len(pick)) < DROPPED) * (row >= 0)
            loss = losses(head(s.x[pick]), own - less, rest - less, row).mean()
            adam.zero_grad()
            loss.backward()
            adam.step()
            done, total = done + 1, total + loss.item()
            if done % EVERY == 0:
                print(f"{time.strftime('%H:%M:%S')} {done} of {last}: loss {total / EVERY:.4f}", flush=True)
                total = 0.0
        measure(head, exam, level, f"epoch {epoch + 1}, sheets left out")


def half(v):
    return np.clip(v, -65504, 65504).astype("<f2").tobytes()


def written(head, model, runes, level):
    """The file of package rare."""
    w1 = (head.inner.weight.detach() / head.deviation).double().numpy()  # INNER × IN
    shift = head.inner.bias.detach().double().numpy() - w1 @ head.mean.double().numpy()
    rows = head.rows.weight.detach().double().numpy()
    bias = head.rows.bias.detach().double().numpy() + np.where(level, MORE_COMMON, MORE_RARE)
    step = (np.abs(rows).max(1) / 127).astype("<f2")
    whole = np.clip(np.rint(rows / step.astype(np.float64)[:, None]), -128, 127).astype(np.int8)
    trunk = TRUNK.encode()
    return b"".join([
        b"ZYRARE2\n", hashlib.sha256(model).digest(), bytes([len(trunk)]), trunk, struct.pack("<III", IN, INNER, len(runes)),
        half(w1.T), half(shift), np.array(runes, "<u4").tobytes(), half(bias), step.tobytes(), whole.tobytes(),
    ])


def main():
    p = argparse.ArgumentParser()
    for name in ("folder", "model", "keys", "unihan", "out"):
        p.add_argument(name, type=pathlib.Path)
    p.add_argument("--epochs", type=int, default=6)
    o = p.parse_args()
    torch.manual_seed(1)
    random.seed(1)
    own = keys(o.keys)
    files = sorted(o.folder.glob("*.seen"))
    count = {}
    for f in files:
        for r, n in zip(*np.unique(np.fromfile(f, RECORD)["label"], return_counts=True)):
            count[int(r)] = count.get(int(r), 0) + int(n)
    standard = table(o.unihan)
    runes = [r for r in standard if count.get(r, 0) >= LEAST]
    level = np.isin(runes, standard[:LEVEL_ONE])
    index = {r: i for i, r in enumerate(runes)}
    lesson = Samples([f for i, f in enumerate(files) if i % HELD], index, own)
    exam = Samples([f for i, f in enumerate(files) if i % HELD == 0], index, own)
    print(f"{len(runes)} characters, {len(lesson)} samples; the net alone has {100 * lesson.alone:.1f} % of the characters", flush=True)
    head = Head(len(runes), lesson.x.mean(0), lesson.x.std(0) + 1e-3)
    learn(head, lesson, exam, level, o.epochs)
    o.out.write_bytes(written(head, o.model.read_bytes(), runes, level))


if __name__ == "__main__":
    main()
