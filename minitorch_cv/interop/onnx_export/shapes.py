"""Layers that move numbers about, and those that pass them on, as ONNX nodes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...ops.interpolation import resized_dims
from ...ops.resized_dimension import Part
from ..program import Value
from .activations import Emit
from .graph import Graph, sizes
from .pooling import adaptive_pool


def _same(g: Graph, m: Any, x: str, v: Value) -> str:
    return x


def _result_shape(g: Graph, m: Any, x: str, v: Value) -> str:
    return g.reshape(x, g.result.shape, type(m).__name__)


def _pixel_shuffle(g: Graph, m: Any, x: str, v: Value) -> str:
    r = m.upscale_factor
    c, h, w = sizes(v, 1, "PixelShuffle")
    split = g.reshape(x, (v.shape[0], c // r**2, r, r, h, w), "PixelShuffle")
    return _result_shape(g, m, g.add("Transpose", split, perm=[0, 1, 4, 2, 5, 3]), v)


def _pixel_unshuffle(g: Graph, m: Any, x: str, v: Value) -> str:
    r = m.downscale_factor
    c, h, w = sizes(v, 1, "PixelUnshuffle")
    split = g.reshape(x, (v.shape[0], c, h // r, r, w // r, r), "PixelUnshuffle")
    return _result_shape(g, m, g.add("Transpose", split, perm=[0, 1, 3, 5, 2, 4]), v)


def _channel_shuffle(g: Graph, m: Any, x: str, v: Value) -> str:
    c, *rest = sizes(v, 1, "ChannelShuffle")
    split = g.reshape(x, (v.shape[0], m.groups, c // m.groups, *rest), "ChannelShuffle")
    return _result_shape(g, m, g.add("Transpose", split, perm=[0, 2, 1, *range(3, 3 + len(rest))]), v)


def _upsample(g: Graph, m: Any, x: str, v: Value) -> str:
    """By the places and shares that interpolate works out: ONNX's Resize rounds sizes and places otherwise."""
    before, after = sizes(v, 2, "Upsample"), sizes(g.result, 2, "Upsample")
    if m.mode == "area":
        return adaptive_pool(g, x, v, largest=False)
    scales: Any = [None] * len(before)
    if m.scale_factor is not None and not m.recompute_scale_factor:
        scales = m.scale_factor if isinstance(m.scale_factor, tuple) else [m.scale_factor] * len(before)
    return gathered(g, x, resized_dims(before, after, scales, v.dtype, m.mode, bool(m.align_corners)), len(v.shape))


def gathered(g: Graph, x: str, dims: Sequence[Sequence[Part]], ndim: int) -> str:
    """Each dimension after the first two as a sum of parts, elements of the old one times shares."""
    for axis, parts in enumerate(dims, 2):
        taken = []
        for part in parts:
            one = g.add("Gather", x, g.array(part.sources, np.int64), axis=axis)
            if part.shares is not None:
                shares = part.shares.reshape(-1, *[1] * (ndim - axis - 1))
                one = g.add("Mul", one, g.array(shares, g.result.dtype))
            taken.append(one)
        x = taken[0] if len(taken) == 1 else g.add("Sum", *taken)
    return x


SHAPES: dict[str, Emit] = {
    **{f"{kind}Dropout": _same for kind in ("", "Alpha", "FeatureAlpha")},
    **{f"Dropout{d}d": _same for d in (1, 2, 3)},
    "ChannelShuffle": _channel_shuffle,
    "Flatten": _result_shape,
    "Identity": _same,
    "PixelShuffle": _pixel_shuffle,
    "PixelUnshuffle": _pixel_unshuffle,
    "Unflatten": _result_shape,
    "Upsample": _upsample,
    "UpsamplingBilinear2d": _upsample,
    "UpsamplingNearest2d": _upsample,
}
