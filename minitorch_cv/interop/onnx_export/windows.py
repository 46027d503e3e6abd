"""Convolutions, Blur, Unfold and Fold as ONNX nodes."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...kernels.window import same_padding
from ...ops.arguments import pair
from ..program import Value
from .activations import Emit
from .graph import Graph, sizes
from .padding import own_pad, pairs_of


def _batched(m: Any, v: Value, dimensions: int) -> None:
    if len(v.shape) != dimensions:
        raise NotImplementedError(
            f"{type(m).__name__}: ONNX takes a batch, {dimensions} dimensions, but the sample has {len(v.shape)}: "
            "give a sample with a batch dimension"
        )


def _pads(pairs: Any) -> list[int]:
    """ONNX's order: all at the beginning of a dimension, then all at its end."""
    return [before for before, _ in pairs] + [after for _, after in pairs]


def _weights(g: Graph, m: Any) -> list[str]:
    return [g.tensor(tensor) for tensor in (m.weight, m.bias) if tensor is not None]


def _conv(g: Graph, m: Any, x: str, v: Value) -> str:
    _batched(m, v, m._spatial + 2)
    numbers = m._pad_numbers()
    pads = _pads(pairs_of(numbers))
    if m.padding_mode != "zeros":
        x = own_pad(g, x, numbers, m.padding_mode, v, type(m).__name__)
        pads = [0] * len(pads)
    settings = {"strides": m.stride, "pads": pads, "dilations": m.dilation, "group": m.groups}
    return g.add("Conv", x, *_weights(g, m), **settings)


def _conv_transpose(g: Graph, m: Any, x: str, v: Value) -> str:
    _batched(m, v, m._spatial + 2)
    return g.add(
        "ConvTranspose",
        x,
        *_weights(g, m),
        strides=m.stride,
        pads=[*m.padding, *m.padding],
        dilations=m.dilation,
        group=m.groups,
        output_padding=m.output_padding,
    )


def _blur(g: Graph, m: Any, x: str, v: Value) -> str:
    _batched(m, v, 4)
    channels = sizes(v, 1, "Blur")[0]
    kernel = m.kernel.array
    padding = m.padding
    if isinstance(padding, str):
        padding = same_padding(kernel.shape, (1, 1)) if padding == "same" else (0, 0)
    pairs = [p if isinstance(p, tuple) else (p, p) for p in padding]
    filters = g.array(np.repeat(kernel[None, None], channels, axis=0))
    return g.add("Conv", x, filters, strides=m.stride, pads=_pads(pairs), group=channels)


def _unfold(g: Graph, m: Any, x: str, v: Value) -> str:
    """A convolution of each channel with filters that pick one pixel of the window each."""
    _batched(m, v, 4)
    channels = sizes(v, 1, "Unfold")[0]
    size, dilation, padding, stride = (
        pair("Unfold", name, getattr(m, name)) for name in ("kernel_size", "dilation", "padding", "stride")
    )
    points = size[0] * size[1]
    picking = np.tile(np.eye(points, dtype=v.dtype).reshape(points, 1, *size), (channels, 1, 1, 1))
    pads = _pads([(p, p) for p in padding])
    windows = g.add("Conv", x, g.array(picking), strides=stride, pads=pads, dilations=dilation, group=channels)
    return g.reshape(windows, g.result.shape, "Unfold")


def _fold(g: Graph, m: Any, x: str, v: Value) -> str:
    _batched(m, v, 3)
    output, size, dilation, padding, stride = (
        pair("Fold", name, getattr(m, name)) for name in ("output_size", "kernel_size", "dilation", "padding", "stride")
    )
    settings: dict[str, Any] = {"dilations": dilation, "pads": [*padding, *padding], "strides": stride}
    return g.add("Col2Im", x, g.integers(output), g.integers(size), **settings)


WINDOWS: dict[str, Emit] = {
    "Blur": _blur,
    "Conv1d": _conv,
    "Conv2d": _conv,
    "ConvTranspose1d": _conv_transpose,
    "ConvTranspose2d": _conv_transpose,
    "Fold": _fold,
    "Unfold": _unfold,
}
