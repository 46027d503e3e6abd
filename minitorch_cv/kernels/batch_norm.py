"""Batch normalisation of float32 maps, with a residual branch's sum and ReLU in the same pass over memory.

- `moments(x)`: mean and variance of each channel
- `Norm(mean, var, eps, weight, bias)`: (x - mean) / sqrt(var + eps) * weight + bias, by its methods `apply`,
  `gated_sums` and `input_gradient`
- `supports(x)`, `in_order(x)`: whether these kernels take x; x with its channels last in memory

x, y, grad, residual: float32, (N, C) or (N, C, H, W), of any strides. Statistics and sums: (C,) float64.

All of it is bound by memory: vectors (simd.py) go along the numbers just as they lie there, pixel after pixel and in a
pixel channel after channel. What differs by channel comes from a table in the same order. Its `width` is a multiple of
C and of VL, so that it serves any number of channels without gaps: position i in memory belongs to entry i % width.
"""

import math
from collections.abc import Callable

import numpy as np

from minitorch_cv.kernels import layout
from minitorch_cv.kernels._jit import kernel
from minitorch_cv.kernels._team import share
from minitorch_cv.kernels._threads import over_range, over_tasks
from minitorch_cv.kernels.layout import Array
from minitorch_cv.kernels.scratch import own, team_scratch
from minitorch_cv.kernels.simd import fma, load, load_part, select, splat, store, store_part
from minitorch_cv.kernels.target import VL

_COST = 4  # elements of a plain loop that take as long as a vector here
# Sums run in float32 over so many rows of a table before they go to float64: few enough to keep their digits.
_CHUNK_ROWS = 128
# A part of a sum has so many numbers at least, which take some ten microseconds, and as many rows as a chunk: there are
# two rows of results for each part, which NumPy adds up.
_PART = 1 << 15
_MOST_PARTS = 32
# Sums are of distances from the mean of so many pixels, so that little cancels in sum(d*d)/n - (sum(d)/n)**2.
_SAMPLES = 32
_LARGEST_VARIANCE = 1e28  # of which float32 sums of squares cannot overflow

_OPEN, _BY_INPUT, _BY_OUTPUT = 0, 1, 2  # where ReLU let a number pass: everywhere, or by the sign of ... its result


def supports(x: Array) -> bool:
    """Whether these kernels take x."""
    return x.dtype == np.float32 and x.ndim in (2, 4) and x.size > 0


def in_order(x: Array) -> Array:
    """x with a pixel's channels side by side: itself where its memory is so. Several kernels on one x want it once."""
    return layout.channels_last(x).transpose(0, 3, 1, 2) if x.ndim == 4 else layout.contiguous(x)


def moments(x: Array) -> tuple[Array, Array]:
    """Mean and (biased) variance of each channel."""
    numbers, channels = _flat(x), x.shape[1]
    pixels = numbers.reshape(-1, channels)
    step = -(-len(pixels) // _SAMPLES)
    centre = pixels[::step].mean(axis=0, dtype=np.float64).astype(np.float32)
    width = _width(channels)
    sums, squares = _summed(_moments, len(numbers), width, channels, numbers, _table(width, centre))
    distance = sums / len(pixels)
    mean, var = centre + distance, np.maximum(squares / len(pixels) - distance * distance, 0)
    if not var.max() < _LARGEST_VARIANCE:  # NaN, infinity, or numbers whose squares are none in float32
        wide = pixels.astype(np.float64)
        mean, var = wide.mean(axis=0), wide.var(axis=0)
    return mean, var


class Norm:
    """(x - mean) / sqrt(var + eps) * weight + bias of each channel, forward and backward.

    Args:     mean, var: (C,) float64.
              weight, bias: (C,), or None for 1 and 0.
    """

    def __init__(self, mean: Array, var: Array, eps: float, weight: Array | None, bias: Array | None) -> None:
        self.mean, self.var = mean, var
        self.inverse_std = inverse_std = 1 / np.sqrt(var + eps)
        self.weight = np.ones_like(mean) if weight is None else weight.astype(np.float64)
        centre = mean.astype(np.float32)
        # What float32 cannot hold of the mean, in standard deviations: a large part of them where the mean is large.
        self._rest = (centre - mean) * inverse_std
        shift = self._rest * self.weight + (0 if bias is None else bias)
        self._width = _width(len(mean))
        self._tables = _table(self._width, centre, inverse_std, self.weight, shift)

    def apply(self, x: Array, residual: Array | None, relu: bool) -> Array:
        """The result: normalised, plus residual if there is one, and, with relu, not below 0."""
        y = _empty_like(x)
        numbers = _flat(x)
        added = numbers if residual is None else _flat(residual)
        arrays = numbers, added, residual is not None, relu, self._tables, _flat(y)
        _spread(_normalise, len(numbers), self._width, *arrays)
        return y

    def gated_sums(
        self, grad: Array, x: Array, y: Array | None, relu: bool, keep: bool
    ) -> tuple[Array, Array, Array | None]:
        """Sums of `grad`, and of `grad` times the normalised x, where ReLU let numbers pass.

        Args:     y: the result, if there was a residual; without one, x tells its sign.
                  keep: also give the gradient that passed ReLU, in an array of its own.
        """
        passed = _empty_like(x) if keep else None
        numbers = _flat(x)
        streams = (
            _flat(grad),
            numbers,
            *self._gate(numbers, y, relu),
            keep,
            numbers if passed is None else _flat(passed),
        )
        sums, products = _summed(_gated_sums, len(numbers), self._width, x.shape[1], *streams, self._tables)
        return sums, products + self._rest * sums, passed

    def input_gradient(
        self, grad: Array, x: Array, y: Array | None, relu: bool, sums: tuple[Array, Array] | None
    ) -> Array:
        """The gradient of x.

        Args:     sums: of gated_sums, where mean and var are those of x and so move with it: the gradient is
                      (grad - mean of grad - v * mean of grad*v) * scale, with v the normalised x. None where they are
                      constants: grad * scale.
        """
        scale = self.inverse_std * self.weight
        fixed = sums is None
        pixels = x.size // len(scale)
        mean_grad, mean_product = (np.zeros_like(scale),) * 2 if sums is None else (s / pixels for s in sums)
        slope = -scale * mean_product
        summand = self._rest * slope - scale * mean_grad
        grad_x = _empty_like(x)
        numbers = _flat(x)
        streams = _flat(grad), numbers, *self._gate(numbers, y, relu), fixed
        factors = _table(self._width, scale, slope, summand)
        _spread(_input_gradient, len(numbers), self._width, *streams, self._tables, factors, _flat(grad_x))
        return grad_x

    @staticmethod
    def _gate(numbers: Array, y: Array | None, relu: bool) -> tuple[Array, int]:
        if not relu:
            return numbers, _OPEN
        return (numbers, _BY_INPUT) if y is None else (_flat(y), _BY_OUTPUT)


def _flat(x: Array) -> Array:
    """All numbers of x, in order."""
    return (layout.channels_last(x) if x.ndim == 4 else layout.contiguous(x)).reshape(-1)


def _empty_like(x: Array) -> Array:
    if x.ndim == 2:
        return layout.empty(x.shape, x.dtype)
    n, c, h, w = x.shape
    return layout.empty_image(n, c, h, w, x.dtype)


def _width(channels: int) -> int:
    """The width of tables. At least four vectors, so that one sum is not waited for by the next."""
    width = math.lcm(channels, VL)
    return width * -(-4 * VL // width)


def _table(width: int, *values: Array) -> Array:
    """Tables of values (C,) for each channel, one after the other."""
    channels = len(values[0])
    table = np.empty((len(values), width // channels, channels), np.float32)
    for entries, by_channel in zip(table, values, strict=True):
        entries[:] = by_channel
    return table.reshape(-1)


def _spread(task: Callable[..., None], count: int, width: int, *arguments: object) -> None:
    """Call task(team, size, first, last, width, ...) for the rows of a table that together make range(count)."""
    over_range(task, -(-count // width), width // VL * _COST, width, *arguments)


def _summed(task: Callable[..., None], count: int, width: int, channels: int, *arguments: object) -> Array:
    """Two sums for each channel, (2, C), of a task that adds to entries of two tables, a pair for each part."""
    rows = -(-count // width)
    parts = max(1, min(count // max(_PART, _CHUNK_ROWS * width), _MOST_PARTS))
    rows_of_part = -(-rows // parts)
    parts = -(-rows // rows_of_part)
    totals = np.zeros((parts, 2 * width))
    over_tasks(task, parts, *team_scratch(0, 2 * width), rows_of_part, width, *arguments, totals)
    return totals.sum(axis=0).reshape(2, -1, channels).sum(axis=1)


# ---- the kernels ----------------------------------------------------------------------------------------------------

# What is written is cut into rows first <= row < last of a table laid over the flat arrays. What is summed is cut into
# parts first <= part < last of so many `rows`; `memory` is for sums in float32.


@kernel
def _moments(team, size, first, last, memory, share_size, rows, width, x, centre, totals):
    """Sums of the distances from the centre, and of their squares."""
    if share(team, size, first, last):
        return
    sums = own(team, memory, share_size)
    for part in range(first, last):
        stop = min((part + 1) * rows * width, len(x))
        for begin in range(part * rows * width, stop, _CHUNK_ROWS * width):
            end = min(begin + _CHUNK_ROWS * width, stop)
            whole = end - (end - begin) % VL
            sums[: 2 * width] = np.float32(0)
            t = 0
            for i in range(begin, whole, VL):
                d = load(x, i) - load(centre, t)
                store(sums, t, load(sums, t) + d)
                store(sums, width + t, fma(d, d, load(sums, width + t)))
                t += VL
                if t == width:
                    t = 0
            if whole < end:
                n = end - whole
                d = load_part(x, whole, n) - load_part(centre, t, n)  # 0 beyond the end
                store(sums, t, load(sums, t) + d)
                store(sums, width + t, fma(d, d, load(sums, width + t)))
            for k in range(2 * width):
                totals[part, k] += np.float64(sums[k])


@kernel
def _normalise(team, size, first, last, width, x, residual, add, relu, tables, y):
    """(x - centre) * inverse_std * weight + shift, then the residual, then ReLU (which keeps NaN)."""
    if share(team, size, first, last):
        return
    zero = splat(np.float32(0))
    begin, end = first * width, min(last * width, len(y))
    whole = end - (end - begin) % VL
    t = 0
    for i in range(begin, whole, VL):
        v = (load(x, i) - load(tables, t)) * load(tables, width + t)
        v = fma(v, load(tables, 2 * width + t), load(tables, 3 * width + t))
        if add:
            v = v + load(residual, i)
        if relu:
            v = select(v <= zero, zero, v)
        store(y, i, v)
        t += VL
        if t == width:
            t = 0
    if whole < end:
        n = end - whole
        v = (load_part(x, whole, n) - load(tables, t)) * load(tables, width + t)
        v = fma(v, load(tables, 2 * width + t), load(tables, 3 * width + t))
        if add:
            v = v + load_part(residual, whole, n)
        if relu:
            v = select(v <= zero, zero, v)
        store_part(y, whole, v, n)


@kernel
def _gated_sums(
    team, size, first, last, memory, share_size, rows, width, grad, x, y, gate, keep, passed, tables, totals
):
    """Sums of the gradient that passed ReLU, and of its products with the normalised x."""
    if share(team, size, first, last):
        return
    sums = own(team, memory, share_size)
    zero = splat(np.float32(0))
    for part in range(first, last):
        stop = min((part + 1) * rows * width, len(x))
        for begin in range(part * rows * width, stop, _CHUNK_ROWS * width):
            end = min(begin + _CHUNK_ROWS * width, stop)
            whole = end - (end - begin) % VL
            sums[: 2 * width] = np.float32(0)
            t = 0
            for i in range(begin, whole, VL):
                v = (load(x, i) - load(tables, t)) * load(tables, width + t)
                d = load(grad, i)
                if gate == _BY_INPUT:
                    result = fma(v, load(tables, 2 * width + t), load(tables, 3 * width + t))
                    d = select(result <= zero, zero, d)
                elif gate == _BY_OUTPUT:
                    d = select(load(y, i) <= zero, zero, d)
                if keep:
                    store(passed, i, d)
                store(sums, t, load(sums, t) + d)
                store(sums, width + t, fma(d, v, load(sums, width + t)))
                t += VL
                if t == width:
                    t = 0
            if whole < end:
                n = end - whole
                v = (load_part(x, whole, n) - load_part(tables, t, n)) * load_part(tables, width + t, n)
                d = load_part(grad, whole, n)
                if gate == _BY_INPUT:
                    result = fma(v, load(tables, 2 * width + t), load(tables, 3 * width + t))
                    d = select(result <= zero, zero, d)
                elif gate == _BY_OUTPUT:
                    d = select(load_part(y, whole, n) <= zero, zero, d)
                if keep:
                    store_part(passed, whole, d, n)
                store(sums, t, load(sums, t) + d)
                store(sums, width + t, fma(d, v, load(sums, width + t)))
            for k in range(2 * width):
                totals[part, k] += np.float64(sums[k])


@kernel
def _input_gradient(team, size, first, last, width, grad, x, y, gate, fixed, tables, factors, grad_x):
    """grad * scale, or, where not fixed, grad * scale + normalised x * slope + summand."""
    if share(team, size, first, last):
        return
    zero = splat(np.float32(0))
    begin, end = first * width, min(last * width, len(grad_x))
    whole = end - (end - begin) % VL
    t = 0
    for i in range(begin, whole, VL):
        d = load(grad, i)
        v = (load(x, i) - load(tables, t)) * load(tables, width + t)
        if gate == _BY_INPUT:
            result = fma(v, load(tables, 2 * width + t), load(tables, 3 * width + t))
            d = select(result <= zero, zero, d)
        elif gate == _BY_OUTPUT:
            d = select(load(y, i) <= zero, zero, d)
        if fixed:
            d = d * load(factors, t)
        else:
            d = fma(d, load(factors, t), fma(v, load(factors, width + t), load(factors, 2 * width + t)))
        store(grad_x, i, d)
        t += VL
        if t == width:
            t = 0
    if whole < end:
        n = end - whole
        d = load_part(grad, whole, n)
        v = (load_part(x, whole, n) - load(tables, t)) * load(tables, width + t)
        if gate == _BY_INPUT:
            result = fma(v, load(tables, 2 * width + t), load(tables, 3 * width + t))
            d = select(result <= zero, zero, d)
        elif gate == _BY_OUTPUT:
            d = select(load_part(y, whole, n) <= zero, zero, d)
        if fixed:
            d = d * load(factors, t)
        else:
            d = fma(d, load(factors, t), fma(v, load(factors, width + t), load(factors, 2 * width + t)))
        store_part(grad_x, whole, d, n)
