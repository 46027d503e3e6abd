"""Layers that move numbers about, and those that pass them on, as ONNX nodes."""

from __future__ import annotations

from typing import Any

from ..program import Value
from .activations import Emit
from .graph import Graph, sizes


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
    spatial = len(v.shape) - 2
    before, after = sizes(v, 2, "Upsample"), sizes(g.result, 2, "Upsample")
    if m.mode == "area":
        raise NotImplementedError("Upsample: mode='area' is not supported in ONNX export; use nn.AdaptiveAvgPool2d")
    if m.mode in ("nearest", "nearest-exact"):
        exact = m.mode == "nearest-exact"
        settings: dict[str, Any] = {
            "mode": "nearest",
            "nearest_mode": "round_prefer_ceil" if exact else "floor",
            "coordinate_transformation_mode": "half_pixel" if exact else "asymmetric",
        }
    else:
        aligned = "align_corners" if m.align_corners else "pytorch_half_pixel"
        settings = {"mode": "linear", "coordinate_transformation_mode": aligned}
    if m.scale_factor is None or m.recompute_scale_factor or m.align_corners:
        scales = [n / o for n, o in zip(after, before)]
    else:  # the factor itself tells where a pixel of the result lies, not the rounded size
        scales = list(m.scale_factor) if isinstance(m.scale_factor, tuple) else [m.scale_factor] * spatial
    if [int(o * s) for o, s in zip(before, scales)] == list(after):
        return g.add("Resize", x, "", g.array([1.0, 1.0, *scales], "float32"), **settings)
    return g.add("Resize", x, "", "", g.integers(after), axes=list(range(2, 2 + spatial)), **settings)


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
