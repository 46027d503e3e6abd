"""Element by element, for float32 arrays that are not small: sums, clamping, slopes.

- `supports(x, *others)`: whether these kernels take the arrays; NumPy does what they do for all others
- `add(a, b)`: a + b
- `clamp(x, low, high)`: x held between two bounds, NaN kept; `clamp_backward(grad, x, low, high)`: grad where x is not
  at or beyond a bound
- `sloped(x, values, slope)`: values where x > 0, slope * values elsewhere
- `apply(task, arrays, numbers, out)`: any such kernel (vector_math.py has more), shared among the threads

The result has the first array's order of dimensions in memory. `out` may be one of the arguments.

NumPy works on one core, in new memory if the array is large, and takes several passes for what is one here. These take
memory from the pool (memory.py), which saves more than the second core does: the way to memory is what they wait for.
"""

from collections.abc import Callable

import numpy as np

from minitorch_cv.kernels import layout
from minitorch_cv.kernels._jit import kernel
from minitorch_cv.kernels._team import share
from minitorch_cv.kernels._threads import over_range
from minitorch_cv.kernels.layout import Array
from minitorch_cv.kernels.simd import load, load_part, maximum, minimum, select, splat, store, store_part
from minitorch_cv.kernels.target import VL

_SMALLEST = 1 << 13  # below, NumPy's calls are as quick
_COST = 4  # elements of a plain loop that take as long as a vector here


def supports(x: Array, *others: Array) -> bool:
    """A float32 array without gaps that is not small, and others of its shape, which may lie in memory otherwise."""
    if x.dtype != np.float32 or x.size < _SMALLEST or not _simple(x) or _flat(x) is None:
        return False
    return all(other.dtype == np.float32 and other.shape == x.shape for other in others)


def add(a: Array, b: Array, out: Array | None = None) -> Array:
    """a + b."""
    return apply(_add, (a, b), out=out)


def clamp(x: Array, low: float, high: float, out: Array | None = None) -> Array:
    """x, but not below `low` nor above `high`."""
    return apply(_clamp, (x,), (low, high), out)


def clamp_backward(x: Array, grad: Array, low: float, high: float) -> Array:
    """grad where x is neither <= low nor >= high, 0 elsewhere. NaN is no bound."""
    return apply(_clamp_backward, (x, grad), (low, high))


def sloped(x: Array, values: Array, slope: float, out: Array | None = None) -> Array:
    """Values where x > 0, slope * values elsewhere."""
    return apply(_sloped, (x, values), (slope,), out)


def apply(
    task: Callable[..., None], arrays: tuple[Array, ...], numbers: tuple[float, ...] = (), out: Array | None = None
) -> Array:
    """Call task(team, size, first, last, *arrays, result, *numbers) for the vectors of the flat arrays.

    The result is in the first one's order of memory.
    """
    first = arrays[0]
    result = layout.empty_like(first) if out is None else out
    flat = _flat(first)
    others = [flat if a is first else _flat(_like(first, a)) for a in (*arrays[1:], result)]
    over_range(task, -(-first.size // VL), _COST, flat, *others, *map(np.float32, numbers))
    return result


def _simple(x: Array) -> bool:
    """Whether Numba takes it for the one type that kernels are compiled for."""
    return x.flags.aligned and x.flags.writeable


def _flat(x: Array) -> Array | None:
    """All numbers in the order of memory, or None if there are gaps or repetitions."""
    if x.flags.c_contiguous:
        return x.reshape(-1)
    if x.ndim == 4:  # most others are images
        image = x.transpose(0, 2, 3, 1)
        if image.flags.c_contiguous:
            return image.reshape(-1)
    x = x.transpose(sorted(range(x.ndim), key=lambda d: -x.strides[d]))
    return x.reshape(-1) if x.flags.c_contiguous else None


def _like(x: Array, other: Array) -> Array:
    """`other` in x's order of memory."""
    if other.strides == x.strides and _simple(other):
        return other
    copy = layout.empty_like(x)
    copy[...] = other
    return copy


@kernel
def _add(team, size, first, last, a, b, y):
    if share(team, size, first, last):
        return
    whole = min(last, len(y) // VL)
    for v in range(first, whole):
        store(y, v * VL, load(a, v * VL) + load(b, v * VL))
    for v in range(whole, last):
        n = len(y) - v * VL
        store_part(y, v * VL, load_part(a, v * VL, n) + load_part(b, v * VL, n), n)


@kernel
def _clamp(team, size, first, last, x, y, low, high):
    if share(team, size, first, last):
        return
    bottom, top = splat(low), splat(high)
    whole = min(last, len(y) // VL)
    for v in range(first, whole):
        store(y, v * VL, minimum(maximum(load(x, v * VL), bottom), top))
    for v in range(whole, last):
        n = len(y) - v * VL
        store_part(y, v * VL, minimum(maximum(load_part(x, v * VL, n), bottom), top), n)


@kernel
def _clamp_backward(team, size, first, last, x, grad, grad_x, low, high):
    if share(team, size, first, last):
        return
    bottom, top, zero = splat(low), splat(high), splat(np.float32(0))
    whole = min(last, len(grad_x) // VL)
    for v in range(first, whole):
        value = load(x, v * VL)
        store(grad_x, v * VL, select(value <= bottom, zero, select(value >= top, zero, load(grad, v * VL))))
    for v in range(whole, last):
        n = len(grad_x) - v * VL
        value = load_part(x, v * VL, n)
        grads = select(value <= bottom, zero, select(value >= top, zero, load_part(grad, v * VL, n)))
        store_part(grad_x, v * VL, grads, n)


@kernel
def _sloped(team, size, first, last, x, values, y, slope):
    if share(team, size, first, last):
        return
    zero, factor = splat(np.float32(0)), splat(slope)
    whole = min(last, len(y) // VL)
    for v in range(first, whole):
        value = load(values, v * VL)
        store(y, v * VL, select(load(x, v * VL) > zero, value, value * factor))
    for v in range(whole, last):
        n = len(y) - v * VL
        value = load_part(values, v * VL, n)
        store_part(y, v * VL, select(load_part(x, v * VL, n) > zero, value, value * factor), n)
