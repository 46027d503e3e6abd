"""Dropout without a mask in memory: whether an element stays is computed from a seed and its place, whenever asked.

`dropout(x, p, seed, out=None)` -> x / (1 - p) where an element stays and x * 0 elsewhere, in x's order of memory.

The random number of element i, counted in the order of x's dimensions whatever the order in memory, is the i-th output
of SplitMix64, which jumps to any place at no cost. So the gradient of x is dropout(gradient, p, seed), and the result
depends neither on the order of memory nor on the number of threads.

Source:   Steele, Lea and Flood 2014, Fast splittable pseudorandom number generators.
"""

import math

import numpy as np

from minitorch_cv.kernels import layout
from minitorch_cv.kernels._jit import kernel
from minitorch_cv.kernels._team import share
from minitorch_cv.kernels._threads import over_range
from minitorch_cv.kernels.layout import Array

_STEP = np.uint64(0x9E3779B97F4A7C15)  # 2**64 divided by the golden ratio
_MIX_1, _MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_30, _27, _31, _32 = (np.uint64(n) for n in (30, 27, 31, 32))
_COST = 2  # an element takes as long as so many that are only read and written


def dropout(x: Array, p: float, seed: int, out: Array | None = None) -> Array:
    """x with elements dropped.

    Args:   x: float32 or float64, any shape but of size 0.
            p: the probability that an element is dropped, less than 1.
            seed: less than 2**64.
            out: where to put the result: x itself.
    """
    by_pixels = x.ndim == 4 and not x.flags.c_contiguous
    numbers = layout.channels_last(x) if by_pixels else layout.contiguous(x)
    in_place = out is x and np.may_share_memory(numbers, x)  # else numbers is a copy
    made = numbers if in_place else layout.empty(numbers.shape, x.dtype)
    channels, pixels = (x.shape[1], math.prod(x.shape[2:])) if by_pixels else (1, x.size)
    over_range(
        _dropout, numbers.size // channels, channels * _COST, numbers.reshape(-1), made.reshape(-1),
        np.uint64(seed), np.uint64(math.floor(p * 2**32)), x.dtype.type(1 / (1 - p)), channels, pixels,
    )  # fmt: skip
    result = made.transpose(0, 3, 1, 2) if by_pixels else made
    if out is None:
        return result
    if not in_place:
        np.copyto(out, result)
    return out


@kernel
def _dropout(team, size, first, last, x, y, seed, threshold, scale, channels, pixels):
    """Pixels first <= q < last, in which channels lie side by side; or elements, with one channel."""
    if share(team, size, first, last):
        return
    nothing = scale - scale
    q = first
    while q < last:
        image = q // pixels
        end = min(last, (image + 1) * pixels)
        before = image * pixels * (channels - 1)
        if channels == 1:
            for i in range(q, end):
                y[i] = x[i] * (scale if _stays(seed, i, threshold) else nothing)
        else:
            for i in range(q, end):
                for c in range(channels):
                    stays = _stays(seed, before + i + c * pixels, threshold)
                    y[i * channels + c] = x[i * channels + c] * (scale if stays else nothing)
        q = end


@kernel
def _stays(seed, place, threshold):
    """Whether the upper 32 bits of the random number that belongs to a place reach the threshold."""
    z = seed + np.uint64(place + 1) * _STEP
    z = (z ^ (z >> _30)) * _MIX_1
    z = (z ^ (z >> _27)) * _MIX_2
    return ((z ^ (z >> _31)) >> _32) >= threshold
