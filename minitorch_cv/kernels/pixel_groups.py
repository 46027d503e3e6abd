"""Convolutions of few output channels: several neighbouring pixels at a time.

LeNet's first layer has 6 output channels, and a vector 16 lanes: ten of them would idle. Two neighbouring pixels have
12 numbers, side by side in channels-last memory, and a window that covers both is one column wider.
So a convolution of O channels becomes one of P*O channels with a window of kw + (P-1)*stride columns, moved by
P*stride, in whose weights pixel p has zeros but for its own kw columns.

- `pixels_at_a_time(channels, depth, window, ow)` -> P
- `group_pixels(weight, bias, window, pixels)` -> the weights, bias and window of that convolution
- `grouped_window(window, pixels)` -> its window alone; `ungroup_gradient(grad, filters, window, pixels)` -> from the
  gradient of its weights that of the given ones
"""

import dataclasses
import functools

import numpy as np

from minitorch_cv.kernels.layout import Array
from minitorch_cv.kernels.target import BLOCK_ROWS, PANEL, VL
from minitorch_cv.kernels.window import Window

_CYCLES_OF_A_BLOCK = 70  # besides its multiply-adds; measured
_WORTHWHILE = 1.1  # times fewer cycles, to pay for the wider weights


@functools.lru_cache(maxsize=256)
def pixels_at_a_time(channels: int, depth: int, window: Window, ow: int) -> int:
    """How many output pixels of a row to compute at once: a divisor of its length `ow`, 1 where more do not pay.

    `channels` of the output, `depth` of the input.
    """
    if channels > VL or window.dilation[1] != 1:
        return 1
    (kh, kw), stride = window.size, window.stride[1]

    def cycles(pixels: int) -> float:
        # Two multiply-adds start in a cycle.
        steps = kh * (kw + stride * (pixels - 1)) * depth
        return (steps * -(-pixels * channels // VL) * BLOCK_ROWS / 2 + _CYCLES_OF_A_BLOCK) / pixels

    choices = [pixels for pixels in range(2, PANEL // channels + 1) if ow % pixels == 0]
    best = min(choices, key=cycles, default=1)
    return best if cycles(1) >= _WORTHWHILE * cycles(best) else 1


def group_pixels(weight: Array, bias: Array | None, window: Window, pixels: int) -> tuple[Array, Array | None, Window]:
    """The convolution that computes so many neighbouring pixels of the given one as channels (pixel, channel)."""
    o, c, kh, kw = weight.shape
    moved = grouped_window(window, pixels)
    wide = np.zeros((pixels, o, c, kh, moved.size[1]), weight.dtype)
    for p in range(pixels):
        wide[p, ..., p * window.stride[1] : p * window.stride[1] + kw] = weight
    return wide.reshape(pixels * o, c, *moved.size), None if bias is None else np.tile(bias, pixels), moved


@functools.lru_cache(maxsize=256)
def grouped_window(window: Window, pixels: int) -> Window:
    """A window that covers so many neighbouring ones, moved by all of them."""
    (kh, kw), (sh, sw) = window.size, window.stride
    return dataclasses.replace(window, size=(kh, kw + sw * (pixels - 1)), stride=(sh, pixels * sw))


def ungroup_gradient(grad: Array, filters: int, window: Window, pixels: int) -> Array:
    """The gradient of a weight of so many filters, from that of the weights of group_pixels."""
    kw, step = window.size[1], window.stride[1]
    wide = grad.reshape(pixels, filters, *grad.shape[1:])
    total = wide[0, ..., :kw].copy()
    for p in range(1, pixels):
        total += wide[p, ..., p * step : p * step + kw]
    return total
