"""Normalising layers as ONNX nodes, in evaluation mode."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..program import Value
from .activations import Emit
from .graph import Graph, sizes


def _standardised(g: Graph, x: str, v: Value, axes: list[int], eps: float) -> str:
    """x less its mean over some dimensions, divided by the root of their variance."""
    centred = g.add("Sub", x, g.add("ReduceMean", x, g.integers(axes)))
    variance = g.add("ReduceMean", g.add("Mul", centred, centred), g.integers(axes))
    return g.add("Div", centred, g.add("Sqrt", g.add("Add", variance, g.number(eps, v))))


def _affine(g: Graph, m: Any, x: str, shape: tuple[int, ...]) -> str:
    """x times weight plus bias, as far as the layer has them, each in a shape that broadcasts to x."""
    for operator, tensor in (("Mul", m.weight), ("Add", m.bias)):
        if tensor is not None:
            x = g.add(operator, x, g.array(tensor.array.reshape(shape)))
    return x


def _by_channel(v: Value, channels: int) -> tuple[int, ...]:
    return (channels, *[1] * (len(v.shape) - 2))


def _batch_norm(g: Graph, m: Any, x: str, v: Value) -> str:
    if m.running_mean is None:
        axes = [0, *range(2, len(v.shape))]
        return _affine(g, m, _standardised(g, x, v, axes, m.eps), _by_channel(v, m.num_features))
    weight = g.array(np.ones(m.num_features, v.dtype)) if m.weight is None else g.tensor(m.weight)
    bias = g.array(np.zeros(m.num_features, v.dtype)) if m.bias is None else g.tensor(m.bias)
    statistics = g.tensor(m.running_mean), g.tensor(m.running_var)
    return g.add("BatchNormalization", x, weight, bias, *statistics, epsilon=float(m.eps))


def _instance_norm(g: Graph, m: Any, x: str, v: Value) -> str:
    spatial = max(m._ndims) - 2
    if m.running_mean is not None and m.track_running_stats:
        return _batch_norm(g, m, x, v)
    axes = list(range(-spatial, 0))
    return _affine(g, m, _standardised(g, x, v, axes, m.eps), (-1, *[1] * spatial))


def _layer_norm(g: Graph, m: Any, x: str, v: Value) -> str:
    axes = list(range(-len(m.normalized_shape), 0))
    return _affine(g, m, _standardised(g, x, v, axes, m.eps), m.normalized_shape)


def _rms_norm(g: Graph, m: Any, x: str, v: Value) -> str:
    axes = g.integers(range(-len(m.normalized_shape), 0))
    eps = float(np.finfo(v.dtype).eps) if m.eps is None else m.eps
    square = g.add("ReduceMean", g.add("Mul", x, x), axes)
    return _affine(g, m, g.add("Div", x, g.add("Sqrt", g.add("Add", square, g.number(eps, v)))), m.normalized_shape)


def _group_norm(g: Graph, m: Any, x: str, v: Value) -> str:
    rest = sizes(v, 1, "GroupNorm")
    groups = g.reshape(x, (v.shape[0], m.num_groups, rest[0] // m.num_groups, *rest[1:]), "GroupNorm")
    grouped = Value(0, (v.shape[0], m.num_groups, rest[0] // m.num_groups, *rest[1:]), v.dtype)
    even = _standardised(g, groups, v, list(range(2, len(grouped.shape))), m.eps)
    return _affine(g, m, g.reshape(even, v.shape, "GroupNorm"), _by_channel(v, m.num_channels))


def _local_response_norm(g: Graph, m: Any, x: str, v: Value) -> str:
    channels = sizes(v, 1, "LocalResponseNorm")[0]
    distance = np.arange(channels)[None] - np.arange(channels)[:, None]  # from the channel itself to its neighbour
    near = (distance >= -(m.size // 2)) & (distance <= (m.size - 1) // 2)
    flat = g.reshape(g.add("Mul", x, x), (v.shape[0], channels, int(np.prod(v.shape[2:]))), "LocalResponseNorm")  # type: ignore[arg-type]
    means = g.reshape(g.add("MatMul", g.array(near / m.size, v.dtype), flat), v.shape, "LocalResponseNorm")
    base = g.add("Add", g.add("Mul", means, g.number(m.alpha, v)), g.number(m.k, v))
    return g.add("Div", x, g.add("Pow", base, g.number(m.beta, v)))


NORMS: dict[str, Emit] = {
    "BatchNorm1d": _batch_norm,
    "BatchNorm2d": _batch_norm,
    "BatchNorm3d": _batch_norm,
    "GroupNorm": _group_norm,
    "InstanceNorm1d": _instance_norm,
    "InstanceNorm2d": _instance_norm,
    "LayerNorm": _layer_norm,
    "LocalResponseNorm": _local_response_norm,
    "RMSNorm": _rms_norm,
}
