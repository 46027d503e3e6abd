"""The gradient of a convolution's bias.

- `conv2d_backward_bias(grad_out)` -> (O,)

grad_out: (N, O, oh, ow), float32 or float64, any memory order. In channels-last memory of float32 each vector of
channels is added up over a short run of pixels, some runs make a block, and the sums of blocks are added in float64:
the rounding error does not grow with the number of pixels. Blocks are cut by shape alone. Other arrays are summed by
summation.py.
"""

import numpy as np

from minitorch_cv.kernels import layout
from minitorch_cv.kernels._jit import kernel
from minitorch_cv.kernels._team import share
from minitorch_cv.kernels._threads import over_range
from minitorch_cv.kernels.layout import Array
from minitorch_cv.kernels.simd import load_part, splat, store_part
from minitorch_cv.kernels.summation import accurate_sum
from minitorch_cv.kernels.target import VL

_RUN_ELEMENTS = 1 << 12  # that fit into the first-level cache
_RUNS = 16  # in a block, which so takes some 20 microseconds
_COST = 4  # elements of a plain loop that take as long as a vector here


def conv2d_backward_bias(grad_out: Array) -> Array:
    """The sum over images and pixels."""
    n, o, oh, ow = grad_out.shape
    flags = grad_out.transpose(0, 2, 3, 1).flags
    if grad_out.dtype != np.float32 or not grad_out.size or not flags.c_contiguous:
        return accurate_sum(grad_out, (0, 2, 3))
    pixels = n * oh * ow
    run = min(128, max(32, _RUN_ELEMENTS // o // 4 * 4))
    block = run * _RUNS
    blocks = -(-pixels // block)
    sums = np.zeros((blocks, o), np.float32)
    cost = min(block, pixels) * -(-o // VL) * _COST
    flat = layout.channels_last(grad_out).reshape(-1)
    over_range(_add_pixels, blocks, cost, flat, pixels, o, run, sums.reshape(-1))
    return sums.sum(axis=0, dtype=np.float64).astype(np.float32)


@kernel
def _add_pixels(team, size, first, last, grad, pixels, channels, run, sums):  # type: ignore[no-untyped-def]
    """Add the pixels of blocks first <= k < last, in runs, to the blocks' rows of `sums`."""
    if share(team, size, first, last):
        return
    for start in range(first * run * _RUNS, min(pixels, last * run * _RUNS), run):
        end = min(pixels, start + run)
        fours = start + (end - start) // 4 * 4
        to = start // (run * _RUNS) * channels
        for c in range(0, channels, VL):
            n = channels - c
            a, b, d, e = splat(np.float32(0)), splat(np.float32(0)), splat(np.float32(0)), splat(np.float32(0))
            for p in range(start, fours, 4):  # four sums under way, none waits for another
                at = p * channels + c
                a = a + load_part(grad, at, n)
                b = b + load_part(grad, at + channels, n)
                d = d + load_part(grad, at + 2 * channels, n)
                e = e + load_part(grad, at + 3 * channels, n)
            for p in range(fours, end):
                a = a + load_part(grad, p * channels + c, n)
            store_part(sums, to + c, load_part(sums, to + c, n) + ((a + b) + (d + e)), n)
