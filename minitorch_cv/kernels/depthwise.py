"""Depthwise convolution: every output channel sees one input channel only.

- `depthwise(x, weight, window, bias, low, kept)` -> (N, O, oh, ow)
- `depthwise_backward_input(grad_out, weight, channels, image_size, window)` -> (N, C, H, W)
- `depthwise_backward_weight(grad_out, x, window)` -> (O, 1, kh, kw)

x: (N, C, H, W), weight: (O, 1, kh, kw), bias: (O,) or None, O a multiple of C: output channel o sees input channel
o // (O/C). As a matrix product it would have one row. float32 with O = C takes vectors (depthwise_vector.py), all else
plain loops.
"""

import numpy as np

from minitorch_cv.kernels import layout
from minitorch_cv.kernels._jit import kernel
from minitorch_cv.kernels._team import share
from minitorch_cv.kernels._threads import over_range
from minitorch_cv.kernels.depthwise_vector import (
    vector_depthwise,
    vector_depthwise_backward_input,
    vector_depthwise_backward_weight,
)
from minitorch_cv.kernels.keeping import Kept
from minitorch_cv.kernels.layout import Array
from minitorch_cv.kernels.window import Pair, Window


def depthwise(
    x: Array,
    weight: Array,
    window: Window,
    bias: Array | None = None,
    low: float = -np.inf,
    kept: Kept | None = None,
) -> Array:
    """Convolve each channel with filters of its own; results are not less than `low`."""
    n, c, h, w = x.shape
    o, _, kh, kw = weight.shape
    if x.dtype == np.float32 and c == o:
        return vector_depthwise(x, weight, bias, window, low, kept)
    x, weight = layout.contiguous(x), layout.contiguous(weight)
    oh, ow = window.output_size((h, w))
    out = layout.empty((n, o, oh, ow), x.dtype)
    out[...] = 0 if bias is None else bias[:, None, None]
    spans = window.columns_inside(w, ow)
    over_range(_depthwise, n * o, oh * ow * kh * kw, out, x, weight, spans, *window.numbers)
    return out if low == -np.inf else np.maximum(out, out.dtype.type(low), out=out)


def depthwise_backward_input(grad_out: Array, weight: Array, channels: int, image_size: Pair, window: Window) -> Array:
    """The gradient of `depthwise` with respect to x, images of C `channels` and `image_size` (H, W)."""
    if grad_out.dtype == np.float32 and len(weight) == channels:
        return vector_depthwise_backward_input(grad_out, weight, image_size, window)
    grad_out, weight = layout.contiguous(grad_out), layout.contiguous(weight)
    n, _, oh, ow = grad_out.shape
    grad_x = layout.zeros((n, channels, *image_size), grad_out.dtype)
    spans = window.columns_inside(image_size[1], ow)
    cost = oh * ow * weight.size // max(channels, 1)
    over_range(_depthwise_backward_input, n * channels, cost, grad_x, grad_out, weight, spans, *window.numbers)
    return grad_x


def depthwise_backward_weight(grad_out: Array, x: Array, window: Window) -> Array:
    """The gradient of `depthwise` with respect to weight."""
    if x.dtype == np.float32 and grad_out.shape[1] == x.shape[1]:
        return vector_depthwise_backward_weight(grad_out, x, window)
    grad_out, x = layout.contiguous(grad_out), layout.contiguous(x)
    n, o, oh, ow = grad_out.shape
    kh, kw = window.size
    grad_weight = layout.zeros((o, 1, kh, kw), x.dtype)
    spans = window.columns_inside(x.shape[3], ow)
    over_range(_depthwise_backward_weight, o, n * oh * ow * kh * kw, grad_weight, grad_out, x, spans, *window.numbers)
    return grad_weight


@kernel
def _depthwise(team, size, first, last, out, x, weight, spans, kh, kw, sh, sw, top, left, dh, dw):
    if share(team, size, first, last):
        return
    _, o, oh, _ = out.shape
    _, c, h, _ = x.shape
    for plane in range(first, last):  # of out
        i, f = plane // o, plane % o
        j = f // (o // c)
        for y in range(oh):
            for p in range(kh):
                row = y * sh - top + p * dh
                if 0 <= row < h:
                    for q in range(kw):
                        column = q * dw - left
                        factor = weight[f, 0, p, q]
                        for z in range(spans[q, 0], spans[q, 1]):
                            out[i, f, y, z] += factor * x[i, j, row, column + z * sw]


@kernel
def _depthwise_backward_input(
    team, size, first, last, grad_x, grad_out, weight, spans, kh, kw, sh, sw, top, left, dh, dw
):
    if share(team, size, first, last):
        return
    _, o, oh, _ = grad_out.shape
    _, c, h, _ = grad_x.shape
    for plane in range(first, last):  # of grad_x
        i, j = plane // c, plane % c
        for f in range(j * (o // c), (j + 1) * (o // c)):
            for y in range(oh):
                for p in range(kh):
                    row = y * sh - top + p * dh
                    if 0 <= row < h:
                        for q in range(kw):
                            column = q * dw - left
                            factor = weight[f, 0, p, q]
                            for z in range(spans[q, 0], spans[q, 1]):
                                grad_x[i, j, row, column + z * sw] += factor * grad_out[i, f, y, z]


@kernel
def _depthwise_backward_weight(
    team, size, first, last, grad_weight, grad_out, x, spans, kh, kw, sh, sw, top, left, dh, dw
):
    if share(team, size, first, last):
        return
    n, o, oh, _ = grad_out.shape
    _, c, h, _ = x.shape
    for f in range(first, last):
        j = f // (o // c)
        for i in range(n):
            for y in range(oh):
                for p in range(kh):
                    row = y * sh - top + p * dh
                    if 0 <= row < h:
                        for q in range(kw):
                            column = q * dw - left
                            dot = grad_weight.dtype.type(0)
                            for z in range(spans[q, 0], spans[q, 1]):
                                dot += grad_out[i, f, y, z] * x[i, j, row, column + z * sw]
                            grad_weight[f, 0, p, q] += dot
