"""Losses as their definitions read, one element or row at a time: the slow and obvious versions."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np


def reduce(losses: list | np.ndarray, reduction: str) -> np.ndarray:
    """The losses, their sum or their mean."""
    losses = np.asarray(losses, np.float64)
    return losses if reduction == "none" else losses.sum() if reduction == "sum" else losses.mean()


def elementwise(loss: Callable[..., float], reduction: str, *arrays: np.ndarray) -> np.ndarray:
    """A loss of numbers, over broadcast arrays."""
    arrays = np.broadcast_arrays(*arrays)
    out = np.empty(arrays[0].shape)
    for index in np.ndindex(out.shape):
        out[index] = loss(*(float(a[index]) for a in arrays))
    return reduce(out, reduction)


def mse(x: float, t: float) -> float:
    return (x - t) ** 2


def l1(x: float, t: float) -> float:
    return abs(x - t)


def huber(x: float, t: float, delta: float = 1.0) -> float:
    size = abs(x - t)
    return size**2 / 2 if size <= delta else delta * (size - delta / 2)


def smooth_l1(x: float, t: float, beta: float = 1.0) -> float:
    size = abs(x - t)
    return size**2 / (2 * beta) if size < beta else size - beta / 2


def softplus(x: float) -> float:
    return x + math.log1p(math.exp(-x)) if x > 0 else math.log1p(math.exp(x))


def log_or_minus_100(x: float) -> float:
    return max(math.log(x), -100.0) if x > 0 else -100.0


def bce(x: float, t: float, weight: float = 1.0) -> float:
    return -weight * (t * log_or_minus_100(x) + (1 - t) * log_or_minus_100(1 - x))


def bce_with_logits(x: float, t: float, weight: float = 1.0, pos_weight: float = 1.0) -> float:
    return weight * (pos_weight * t * softplus(-x) + (1 - t) * softplus(x))


def soft_margin(x: float, t: float) -> float:
    return softplus(-t * x)


def kl(x: float, t: float) -> float:
    return t * (math.log(t) - x) if t > 0 else 0.0


def kl_of_logs(x: float, t: float) -> float:
    return math.exp(t) * (t - x)


def poisson(x: float, t: float, log_input: bool, full: bool, eps: float = 1e-8) -> float:
    loss = math.exp(x) - t * x if log_input else x - t * math.log(x + eps)
    if full and t > 1:
        loss += t * math.log(t) - t + 0.5 * math.log(2 * math.pi * t)
    return loss


def gaussian(x: float, t: float, var: float, full: bool, eps: float = 1e-6) -> float:
    var = max(var, eps)
    return 0.5 * (math.log(var) + (x - t) ** 2 / var) + (0.5 * math.log(2 * math.pi) if full else 0.0)


def hinge_embedding(x: float, t: float, margin: float = 1.0) -> float:
    return x if t == 1 else max(0.0, margin - x)


def margin_ranking(a: float, b: float, t: float, margin: float = 0.0) -> float:
    return max(0.0, -t * (a - b) + margin)


def log_softmax(row: np.ndarray) -> np.ndarray:
    largest = max(float(v) for v in row)
    log_sum = largest + math.log(sum(math.exp(float(v) - largest) for v in row))
    return np.array([float(v) - log_sum for v in row])


def _positions(x: np.ndarray, target_shape: tuple) -> list:
    """Each position's index into the target, and its row of C numbers."""
    if x.ndim == 1:
        return [((), x)]
    rows = np.moveaxis(x, 1, -1)
    return [(index, rows[index]) for index in np.ndindex(target_shape)]


def nll(
    x: np.ndarray,
    target: np.ndarray,
    weight: np.ndarray | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
    *,
    label_smoothing: float = 0.0,
    of_logits: bool = False,
) -> np.ndarray:
    """Negative log-likelihood, and with of_logits cross-entropy, of class indices."""
    weight = np.ones(x.shape[min(x.ndim - 1, 1)]) if weight is None else weight
    target = target.reshape(()) if x.ndim == 1 else target
    losses = np.zeros(target.shape)
    total_weight = 0.0
    for index, row in _positions(x, target.shape):
        label = int(target[index])
        if label == ignore_index:
            continue
        log_p = log_softmax(row) if of_logits else row
        spread = sum(-weight[c] * log_p[c] for c in range(len(row))) / len(row)
        losses[index] = (1 - label_smoothing) * -weight[label] * log_p[label] + label_smoothing * spread
        total_weight += weight[label]
    return losses.sum() / total_weight if reduction == "mean" else reduce(losses, reduction)


def cross_entropy(x, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0) -> np.ndarray:
    """Cross-entropy of class indices or of probabilities."""
    if target.shape != x.shape:
        return nll(x, target, weight, ignore_index, reduction, label_smoothing=label_smoothing, of_logits=True)
    classes = x.shape[min(x.ndim - 1, 1)]
    weight = np.ones(classes) if weight is None else weight
    shape = () if x.ndim == 1 else (x.shape[0], *x.shape[2:])
    losses = np.zeros(shape)
    targets = dict(_positions(target, shape))
    for index, row in _positions(x, shape):
        log_p = log_softmax(row)
        for c in range(classes):
            share = (1 - label_smoothing) * targets[index][c] + label_smoothing / classes
            losses[index] -= weight[c] * share * log_p[c]
    return reduce(losses, reduction)


def multilabel_soft_margin(x, target, weight=None, reduction="mean") -> np.ndarray:
    weight = np.ones(x.shape[-1]) if weight is None else weight
    losses = np.zeros(x.shape[:-1])
    for index in np.ndindex(x.shape):
        c = index[-1]
        losses[index[:-1]] += bce_with_logits(float(x[index]), float(target[index]), float(weight[c])) / x.shape[-1]
    return reduce(losses, reduction)


def multi_margin(x, target, p=1, margin=1.0, weight=None, reduction="mean") -> np.ndarray:
    losses = []
    for row, label in zip(np.atleast_2d(x), np.atleast_1d(target)):
        loss = 0.0
        for c in range(len(row)):
            if c != label:
                loss += max(0.0, margin - row[label] + row[c]) ** p
        losses.append(loss / len(row) * (1.0 if weight is None else weight[label]))
    return reduce(np.array(losses).reshape(target.shape), reduction)


def multilabel_margin(x, target, reduction="mean") -> np.ndarray:
    losses = []
    for row, targets in zip(np.atleast_2d(x), np.atleast_2d(target)):
        labels = []
        for t in targets:
            if t < 0:
                break
            labels.append(int(t))
        loss = 0.0
        for label in labels:
            for c in range(len(row)):
                if c not in labels:
                    loss += max(0.0, 1 - row[label] + row[c])
        losses.append(loss / len(row))
    return reduce(np.array(losses).reshape(x.shape[:-1]), reduction)


def cosine_embedding(a, b, target, margin=0.0, reduction="mean") -> np.ndarray:
    losses = []
    for u, v, t in zip(np.atleast_2d(a), np.atleast_2d(b), np.atleast_1d(target)):
        cosine = sum(u * v) / math.sqrt((sum(u * u) + 1e-12) * (sum(v * v) + 1e-12))
        losses.append(1 - cosine if t == 1 else max(0.0, cosine - margin) if t == -1 else 0.0)
    return reduce(np.array(losses).reshape(np.shape(target)), reduction)


def distance(u, v, p, eps) -> float:
    differences = [abs(float(a) - float(b) + eps) for a, b in zip(u, v)]
    return max(differences) if p == math.inf else sum(d**p for d in differences) ** (1 / p)


def triplet_margin(anchor, positive, negative, margin=1.0, p=2.0, eps=1e-6, swap=False, reduction="mean") -> np.ndarray:
    losses = []
    for a, b, c in zip(*(np.atleast_2d(x) for x in (anchor, positive, negative))):
        apart = distance(a, c, p, eps)
        if swap:
            apart = min(apart, distance(b, c, p, eps))
        losses.append(max(0.0, margin + distance(a, b, p, eps) - apart))
    return reduce(np.array(losses).reshape(anchor.shape[:-1]), reduction)
