"""Pooling layers as ONNX nodes. Images are of one size; only the batch may be any."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...ops.arguments import tuple_of
from ..program import Value
from .activations import Emit
from .graph import Graph, sizes

Numbers = Sequence[int]


def max_pool(g: Graph, x: str, v: Value, size: Numbers, stride: Numbers, padding: Numbers, dilation: Numbers) -> str:
    """The largest number of each window; as many windows as the step's result has numbers."""
    pads = [*padding, *_far_padding(g, v, size, stride, padding, dilation)]
    return g.add("MaxPool", x, kernel_shape=size, strides=stride, pads=pads, dilations=dilation)


def average_pool(
    g: Graph, x: str, v: Value, size: Numbers, stride: Numbers, padding: Numbers, divisor: np.ndarray
) -> str:
    """The sum of each window, padding being zero, divided by a number for each place of a window."""
    pads = [*padding, *_far_padding(g, v, size, stride, padding, [1] * len(size))]
    means = g.add("AveragePool", x, kernel_shape=size, strides=stride, pads=pads, count_include_pad=1)
    factor = np.prod(size) / divisor
    return means if (factor == 1).all() else g.add("Mul", means, g.array(factor, v.dtype))


def _far_padding(g: Graph, v: Value, size: Numbers, stride: Numbers, padding: Numbers, dilation: Numbers) -> list[int]:
    """Padding at the end of each dimension, so that the last window, which may hang over the edge, has its place."""
    d = len(size)
    before, after = sizes(v, len(v.shape) - d, "pooling"), sizes(g.result, len(v.shape) - d, "pooling")
    sides = zip(before, after, size, stride, padding, dilation)
    needed = [(m - 1) * s + spread * (k - 1) + 1 - n - p for n, m, k, s, p, spread in sides]
    return [max(n, 0) for n in needed]


def _settings(m: Any, v: Value, *names: str) -> tuple[int, list[tuple[int, ...]]]:
    """The number of spatial dimensions, and settings with a number for each."""
    kind = type(m).__name__
    spatial = next(d for d in (1, 2) if isinstance_name(m, f"{d}d"))
    if len(v.shape) != spatial + 2:
        raise NotImplementedError(
            f"{kind}: ONNX takes a batch, {spatial + 2} dimensions, but the sample has {len(v.shape)}: give a sample "
            "with a batch dimension"
        )
    return spatial, [tuple_of(spatial, kind, name, getattr(m, name)) for name in names]


def isinstance_name(m: Any, ending: str) -> bool:
    """Whether the layer's class, or one that it is derived from, has a name with this ending."""
    return any(kind.__name__.endswith(ending) for kind in type(m).__mro__)


def _max_pool(g: Graph, m: Any, x: str, v: Value) -> str:
    if m.return_indices:
        raise NotImplementedError(f"{type(m).__name__}: return_indices=True is not supported in ONNX export")
    _, (size, stride, padding, dilation) = _settings(m, v, "kernel_size", "stride", "padding", "dilation")
    return max_pool(g, x, v, size, stride, padding, dilation)


def _avg_pool(g: Graph, m: Any, x: str, v: Value) -> str:
    _, (size, stride, padding) = _settings(m, v, "kernel_size", "stride", "padding")
    counts = _counts(g, v, size, stride, padding, m.count_include_pad)
    override = getattr(m, "divisor_override", None)
    divisor = counts if override is None else np.full_like(counts, override)
    return average_pool(g, x, v, size, stride, padding, divisor)


def _counts(g: Graph, v: Value, size: Numbers, stride: Numbers, padding: Numbers, with_padding: bool) -> np.ndarray:
    """How many pixels each window is said to have: those inside the image, or inside image and padding."""
    first = len(v.shape) - len(size)
    counts = np.ones(())
    before, after = sizes(v, first, "pooling"), sizes(g.result, first, "pooling")
    for n, m, k, s, p in zip(before, after, size, stride, padding):
        starts = np.arange(m) * s - p
        low, high = (-p, n + p) if with_padding else (0, n)
        counts = np.multiply.outer(counts, np.minimum(starts + k, high) - np.maximum(starts, low))
    return counts


def _lp_pool(g: Graph, m: Any, x: str, v: Value) -> str:
    """The root of the sum of powers, as PyTorch forms it: of a sum below zero it is NaN."""
    spatial, (size,) = _settings(m, v, "kernel_size")
    stride = size if m.stride is None else tuple_of(spatial, type(m).__name__, "stride", m.stride)
    if math.isinf(m.norm_type):
        if m.norm_type < 0:
            raise NotImplementedError(f"{type(m).__name__}: norm_type -inf is not supported in ONNX export")
        return max_pool(g, g.add("Abs", x), v, size, stride, [0] * spatial, [1] * spatial)
    powers = g.add("Pow", x, g.number(m.norm_type, v))
    none = [0] * spatial
    # PyTorch takes a mean, over what a window has inside the image, times the whole window's number of pixels
    counts = _counts(g, v, size, stride, none, True)
    sums = average_pool(g, powers, v, size, stride, none, counts / np.prod(size))
    return g.add("Pow", sums, g.number(1 / m.norm_type, v))


def _adaptive(g: Graph, m: Any, x: str, v: Value) -> str:
    spatial, _ = _settings(m, v)
    largest = isinstance_name(m, f"AdaptiveMaxPool{spatial}d")
    if largest and m.return_indices:
        raise NotImplementedError(f"{type(m).__name__}: return_indices=True is not supported in ONNX export")
    return adaptive_pool(g, x, v, largest)


def adaptive_pool(g: Graph, x: str, v: Value, largest: bool) -> str:
    """Parts of an image that are all of one size are windows; others are taken one by one along each dimension."""
    before, after = sizes(v, 2, "adaptive pooling"), sizes(g.result, 2, "adaptive pooling")
    if set(after) == {1}:
        return g.add("GlobalMaxPool" if largest else "GlobalAveragePool", x)
    if all(n % m == 0 for n, m in zip(before, after)):
        size = [n // m for n, m in zip(before, after)]
        return g.add("MaxPool" if largest else "AveragePool", x, kernel_shape=size, strides=size)
    for axis, (n, m) in enumerate(zip(before, after), 2):
        parts = [(i * n // m, -(-(i + 1) * n // m)) for i in range(m)]
        reduce = "ReduceMax" if largest else "ReduceMean"
        x = g.add("Concat", *[_reduced_part(g, x, axis, part, reduce) for part in parts], axis=axis)
    return x


def _reduced_part(g: Graph, x: str, axis: int, part: tuple[int, int], reduce: str) -> str:
    axes = g.integers([axis])
    return g.add(reduce, g.add("Slice", x, g.integers(part[:1]), g.integers(part[1:]), axes), axes)


POOLING: dict[str, Emit] = {
    **{f"MaxPool{d}d": _max_pool for d in (1, 2)},
    **{f"AvgPool{d}d": _avg_pool for d in (1, 2)},
    **{f"LPPool{d}d": _lp_pool for d in (1, 2)},
    **{f"Adaptive{kind}Pool{d}d": _adaptive for kind in ("Avg", "Max") for d in (1, 2)},
}
