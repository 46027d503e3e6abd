"""Softmax and cross-entropy of the rows of a float32 matrix, in vectors.

- `supports(x)`: whether these kernels take it
- `cross_entropy(x, labels, weight, ignore_index, smoothing)` -> losses, their weights, and the probabilities
- `cross_entropy_backward(probabilities, labels, weight, ignore_index, smoothing, grad)` -> the gradient of x

x, probabilities: (N, C). labels: (N,) int64, each below C or ignore_index. weight: (C,) or None. grad: (N,).
With p = softmax(x), the gradient of a loss is p minus 1 at the label, times weights.
"""

import math

import numpy as np

from minitorch_cv.kernels import layout
from minitorch_cv.kernels._jit import kernel
from minitorch_cv.kernels._team import share
from minitorch_cv.kernels._threads import over_range
from minitorch_cv.kernels.layout import Array
from minitorch_cv.kernels.simd import fma, load_part, maximum, select, splat, store, store_part, total
from minitorch_cv.kernels.target import VL
from minitorch_cv.kernels.vector_math import exp

_COST = 4  # a number takes as long as so many that are only read or written
_NO_WEIGHT = np.zeros(0, np.float32)
_ONES = np.ones(VL, np.float32)


def supports(x: Array) -> bool:
    """Rows of float32 numbers, at least one."""
    return x.ndim == 2 and x.dtype == np.float32 and x.size > 0


def cross_entropy(
    x: Array, labels: Array, weight: Array | None, ignore_index: int, smoothing: float
) -> tuple[Array, Array, Array]:
    """The loss of each row, already times its weight; the weights, 0 for ignored rows; softmax(x)."""
    rows, classes = x.shape
    probabilities = layout.empty(x.shape, np.float32)
    losses, weights = np.empty(rows, np.float32), np.empty(rows, np.float32)
    over_range(
        _cross_entropy, rows, classes * _COST, layout.contiguous(x).reshape(-1), layout.contiguous(labels),
        _plain(weight), ignore_index, np.float32(smoothing), _ONES, probabilities.reshape(-1), losses, weights, classes,
    )  # fmt: skip
    return losses, weights, probabilities


def cross_entropy_backward(
    probabilities: Array, labels: Array, weight: Array | None, ignore_index: int, smoothing: float, grad: Array
) -> Array:
    """The gradient of x."""
    rows, classes = probabilities.shape
    grad_x = layout.empty(probabilities.shape, np.float32)
    over_range(
        _cross_entropy_backward, rows, classes, probabilities.reshape(-1), layout.contiguous(labels), _plain(weight),
        ignore_index, np.float32(smoothing), layout.contiguous(grad), _ONES, grad_x.reshape(-1), classes,
    )  # fmt: skip
    return grad_x


def _plain(weight: Array | None) -> Array:
    return _NO_WEIGHT if weight is None else layout.contiguous(weight)


@kernel
def _cross_entropy(
    team, size, first, last, x, labels, weight, ignore_index, smoothing, ones, probabilities, losses, weights, classes
):  # fmt: skip
    """Rows first <= i < last."""
    if share(team, size, first, last):
        return
    nothing, zero = splat(np.float32(-np.inf)), splat(np.float32(0))
    smooth = smoothing / np.float32(classes)
    lanes = np.empty(VL, np.float32)
    for i in range(first, last):
        row = i * classes
        largest = nothing
        for c in range(0, classes, VL):
            real = load_part(ones, 0, classes - c) > zero
            largest = maximum(largest, select(real, load_part(x, row + c, classes - c), nothing))
        store(lanes, 0, largest)
        top = lanes[0]
        for lane in lanes[1:]:
            if lane > top or lane != lane:
                top = lane
        sums = zero
        for c in range(0, classes, VL):
            real = load_part(ones, 0, classes - c) > zero
            e = select(real, exp(load_part(x, row + c, classes - c) - splat(top)), zero)
            store_part(probabilities, row + c, e, classes - c)
            sums = sums + e
        whole = total(sums)
        log_whole = np.float32(math.log(whole))
        spread = zero
        for c in range(0, classes, VL):
            p = load_part(probabilities, row + c, classes - c) * splat(np.float32(1) / whole)
            store_part(probabilities, row + c, p, classes - c)
            if smoothing > 0:
                below = splat(log_whole) - (load_part(x, row + c, classes - c) - splat(top))
                of_class = load_part(weight if len(weight) > 0 else ones, c if len(weight) > 0 else 0, classes - c)
                spread = fma(of_class, below, spread)
        weights[i] = losses[i] = 0
        if labels[i] != ignore_index:
            weights[i] = weight[labels[i]] if len(weight) > 0 else np.float32(1)
            losses[i] = (log_whole - (x[row + labels[i]] - top)) * weights[i]
            if smoothing > 0:
                losses[i] = losses[i] * (np.float32(1) - smoothing) + total(spread) * smooth


@kernel
def _cross_entropy_backward(
    team, size, first, last, probabilities, labels, weight, ignore_index, smoothing, grad, ones, grad_x, classes
):  # fmt: skip
    """Rows first <= i < last."""
    if share(team, size, first, last):
        return
    weighted = len(weight) > 0
    smooth = smoothing / np.float32(classes)
    all_smooth = np.float32(0)
    if smoothing > 0:
        for c in range(classes):
            all_smooth += smooth * (weight[c] if weighted else np.float32(1))
    for i in range(first, last):
        row = i * classes
        by_label, by_class, by_smooth = np.float32(0), np.float32(0), np.float32(0)
        if labels[i] != ignore_index:
            by_label = grad[i] * (weight[labels[i]] if weighted else np.float32(1)) * (np.float32(1) - smoothing)
            by_class = by_label + grad[i] * all_smooth
            by_smooth = grad[i] * smooth
        for c in range(0, classes, VL):
            g = load_part(probabilities, row + c, classes - c) * splat(by_class)
            if smoothing > 0:
                of_class = load_part(weight if weighted else ones, c if weighted else 0, classes - c)
                g = fma(splat(np.float32(0) - by_smooth), of_class, g)
            store_part(grad_x, row + c, g, classes - c)
        if labels[i] != ignore_index:
            grad_x[row + labels[i]] -= by_label
