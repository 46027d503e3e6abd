"""Element by element, for large float32 arrays: sums, clamping, slopes.

- `supports(x, *others)`: whether these kernels take the arrays; NumPy does what they do for all others
- `add(a, b)`: a + b
- `clamp(x, low, high)`: x held between two bounds, NaN kept; `clamp_backward(grad, x, low, high)`: grad where x is not
  at or beyond a bound
- `sloped(x, values, slope)`: values where x > 0, slope * values elsewhere
- `apply(task, arrays, numbers, out)`: any such kernel (vector_math.py has more), spread over threads

The result has the first array's order of dimensions in memory. `out` may be one of the arguments.

NumPy works on one core, and in new memory. These take memory from the pool (memory.py), which saves more than the
second core does: the way to memory is what they wait for.
"""

from collections.abc import Callable

import numpy as np

from minitorch_cv.kernels import layout
from minitorch_cv.kernels._jit import kernel
from minitorch_cv.kernels._threads import run_tasks
from minitorch_cv.kernels.layout import Array
from minitorch_cv.kernels.simd import load, load_part, maximum, minimum, select, splat, store, store_part
from minitorch_cv.kernels.target import VL

_SMALLEST = 1 << 16  # below, NumPy's calls are as quick
_TASK = 1 << 19  # numbers in a task at least: 100 microseconds for a core
_MOST_TASKS = 16


def supports(x: Array, *others: Array) -> bool:
    """A large float32 array without gaps, and others of its shape, which are copied if they lie in memory otherwise."""
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
    """Call task(first, last, *arrays, result, *numbers) for ranges of the flat arrays, in the first one's order."""
    first = arrays[0]
    result = layout.empty_like(first) if out is None else out
    flat = [_flat(_like(first, a)) for a in (*arrays, result)]
    values = [np.float32(n) for n in numbers]
    count = first.size
    tasks = min(max(count // _TASK, 1), _MOST_TASKS)
    length = -(-count // (tasks * VL)) * VL
    run_tasks(lambda t: task(t * length, min(count, (t + 1) * length), *flat, *values), -(-count // length))
    return result


def _simple(x: Array) -> bool:
    """Whether Numba takes it for the one type that kernels are compiled for."""
    return x.flags.aligned and x.flags.writeable


def _flat(x: Array) -> Array | None:
    """All numbers in the order of memory, or None if there are gaps or repetitions."""
    if not x.flags.c_contiguous:
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
def _add(first, last, a, b, y):
    whole = last - (last - first) % VL
    for i in range(first, whole, VL):
        store(y, i, load(a, i) + load(b, i))
    n = last - whole
    store_part(y, whole, load_part(a, whole, n) + load_part(b, whole, n), n)


@kernel
def _clamp(first, last, x, y, low, high):
    bottom, top = splat(low), splat(high)
    whole = last - (last - first) % VL
    for i in range(first, whole, VL):
        store(y, i, minimum(maximum(load(x, i), bottom), top))
    n = last - whole
    store_part(y, whole, minimum(maximum(load_part(x, whole, n), bottom), top), n)


@kernel
def _clamp_backward(first, last, x, grad, grad_x, low, high):
    bottom, top, zero = splat(low), splat(high), splat(np.float32(0))
    whole = last - (last - first) % VL
    for i in range(first, whole, VL):
        v = load(x, i)
        store(grad_x, i, select(v <= bottom, zero, select(v >= top, zero, load(grad, i))))
    n = last - whole
    v = load_part(x, whole, n)
    store_part(grad_x, whole, select(v <= bottom, zero, select(v >= top, zero, load_part(grad, whole, n))), n)


@kernel
def _sloped(first, last, x, values, y, slope):
    zero, factor = splat(np.float32(0)), splat(slope)
    whole = last - (last - first) % VL
    for i in range(first, whole, VL):
        v = load(values, i)
        store(y, i, select(load(x, i) > zero, v, v * factor))
    n = last - whole
    v = load_part(values, whole, n)
    store_part(y, whole, select(load_part(x, whole, n) > zero, v, v * factor), n)
