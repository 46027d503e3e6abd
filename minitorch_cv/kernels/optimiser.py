"""Updates of parameters in place: one pass over the parameter, its gradient and its state, for all parameters at once.

`Updates(kernel)` gathers parameters with `add(memory, grad, numbers)`; `run()` then computes them all, shared among the
threads.
The kernels, each with the arrays and the numbers that it takes:

- `sgd`: parameter, gradient, buffer; SGD_NUMBERS
- `adam`: parameter, gradient, the two averages, the largest second one (amsgrad); ADAM_NUMBERS
- `rmsprop`: parameter, gradient, average of squares, buffer, average of gradients; RMSPROP_NUMBERS
- `adagrad`: parameter, gradient, sum of squares; ADAGRAD_NUMBERS

A network has many small parameters, and calling a kernel for each takes longer than its work. So a kernel is called
with a table of addresses, and goes from one parameter to the next by itself. Work is cut by the sizes alone.
"""

import ctypes
import operator
from collections.abc import Callable

import numpy as np

from minitorch_cv.kernels._jit import kernel
from minitorch_cv.kernels._team import share
from minitorch_cv.kernels._threads import over_range
from minitorch_cv.kernels.layout import Array
from minitorch_cv.kernels.scratch import floats_at
from minitorch_cv.kernels.simd import fma, load_part, maximum, splat, sqrt, store_part
from minitorch_cv.kernels.target import VL

SGD_NUMBERS = "sign", "weight_decay", "momentum", "rate", "nesterov", "lr"
ADAM_NUMBERS = "sign", "weight_decay", "shrink", "rest1", "beta2", "rest2", "correction2", "eps", "amsgrad", "step_size"
RMSPROP_NUMBERS = "sign", "weight_decay", "alpha", "rest", "centered", "eps", "momentum", "lr"
ADAGRAD_NUMBERS = "sign", "weight_decay", "eps", "lr"

_RUN = 64  # elements of all parameters together, of which parts are made
_COST = 32  # elements of a plain loop that take as long as so many here
_NOTHING = [0, 0, 0]  # as many addresses as a kernel takes after the gradient at most
_SIZE, _NUMBERS, _ARRAYS = 0, 1, 2  # columns of the table

Numbers = tuple[float, ...]


class Memory:
    """A parameter and its state, as a kernel takes them.

    Attributes:
        size: elements of the parameter.
        supported: whether a kernel can take them: float32, without gaps, in one order of memory.
        addresses: of the arrays, the parameter's first; they are kept alive.
    """

    def __init__(self, arrays: tuple[Array, ...]) -> None:
        value = arrays[0]
        self.size = value.size
        self._arrays = arrays
        self._order: list[int] | None = None  # of the dimensions in memory, if not theirs
        if not value.flags.c_contiguous:
            steps = value.strides
            self._order = sorted(range(value.ndim), key=lambda d: -steps[d])
        flat = [self.flat(array) for array in arrays]
        self.supported = value.size > 0 and all(a is not None and len(a) == value.size for a in flat)
        self.addresses = [_address(a) for a in flat if a is not None] if self.supported else []

    def is_of(self, arrays: tuple[Array, ...]) -> bool:
        """Whether it was made from these."""
        return all(map(operator.is_, self._arrays, arrays))

    def flat(self, array: Array) -> Array | None:
        """An array like the parameter in one dimension; None if it lies in memory otherwise."""
        if self._order is not None:
            array = array.transpose(self._order)
        return array.reshape(-1) if array.dtype == np.float32 and array.flags.carray else None

    def address_of(self, grad: Array) -> int | None:
        """Where a gradient begins whose numbers lie as those of the parameter; None if they do not."""
        flat = self.flat(grad)
        return None if flat is None else _address(flat)


def _address(x: Array) -> int:
    return ctypes.addressof(ctypes.c_char.from_buffer(x.data))  # takes a fourth of the time of x.ctypes.data


class Updates:
    """Updates by one kernel, gathered."""

    def __init__(self, update: Callable[..., None]) -> None:
        self._update = update
        self._clear()

    def _clear(self) -> None:
        self._table: list[list[int]] = []
        self._gradients: list[Array] = []  # kept alive
        self._places: set[int] = set()
        self._rows: dict[Numbers, int] = {}
        self._elements = 0

    def add(self, memory: Memory, grad: Array, at: int, numbers: Numbers) -> None:
        """One more update.

        Args:   memory: of the parameter and what the kernel takes after the gradient; supported.
                grad: of the parameter's shape; `at` is its address_of.
                numbers: those of the kernel.
        """
        place, *others = memory.addresses
        if place in self._places:  # the same parameter once more: one update after the other
            self.run()
        self._places.add(place)
        row = self._rows.setdefault(numbers, len(self._rows))
        self._table.append([memory.size, row, place, at, *others, *_NOTHING[len(others) :]])
        self._gradients.append(grad)
        self._elements += memory.size

    def run(self) -> None:
        """Compute what was gathered."""
        if not self._table:
            return
        table, numbers = np.array(self._table, np.int64), np.array(list(self._rows), np.float32)
        over_range(self._update, -(-self._elements // _RUN), _COST, table, numbers)
        self._clear()


@kernel
def sgd(team, size, first, last, table, numbers):
    """The runs of elements first <= r < last, counted through all parameters."""
    if share(team, size, first, last):
        return
    at = 0
    for t in range(len(table)):
        length = table[t, _SIZE]
        begin, end = max(0, first * _RUN - at), min(length, last * _RUN - at)
        at += length
        if begin >= end:
            continue
        param, gradient = floats_at(table[t, _ARRAYS], length), floats_at(table[t, _ARRAYS + 1], length)
        buffer = floats_at(table[t, _ARRAYS + 2], length)
        sign, weight_decay, momentum, rate, nesterov, lr = numbers[table[t, _NUMBERS]]
        for i in range(begin, end, VL):
            n = end - i
            p, g = load_part(param, i, n), load_part(gradient, i, n) * splat(sign)
            if weight_decay != 0:
                g = fma(splat(weight_decay), p, g)
            if momentum != 0:
                b = fma(splat(momentum), load_part(buffer, i, n), splat(rate) * g)
                store_part(buffer, i, b, n)
                g = fma(splat(momentum), b, g) if nesterov != 0 else b
            store_part(param, i, fma(splat(-lr), g, p), n)


@kernel
def adam(team, size, first, last, table, numbers):
    """The runs of elements first <= r < last, counted through all parameters."""
    if share(team, size, first, last):
        return
    at = 0
    for t in range(len(table)):
        length = table[t, _SIZE]
        begin, end = max(0, first * _RUN - at), min(length, last * _RUN - at)
        at += length
        if begin >= end:
            continue
        param, gradient = floats_at(table[t, _ARRAYS], length), floats_at(table[t, _ARRAYS + 1], length)
        average, squares = floats_at(table[t, _ARRAYS + 2], length), floats_at(table[t, _ARRAYS + 3], length)
        largest = floats_at(table[t, _ARRAYS + 4], length)
        row = numbers[table[t, _NUMBERS]]
        sign, weight_decay, shrink, rest1, beta2, rest2, correction2, eps, amsgrad, step_size = row
        for i in range(begin, end, VL):
            n = end - i
            p, g = load_part(param, i, n) * splat(shrink), load_part(gradient, i, n) * splat(sign)
            if weight_decay != 0:
                g = fma(splat(weight_decay), p, g)
            m = load_part(average, i, n)
            m = fma(splat(rest1), g - m, m)
            store_part(average, i, m, n)
            v = fma(splat(beta2), load_part(squares, i, n), splat(rest2) * (g * g))
            store_part(squares, i, v, n)
            if amsgrad != 0:
                v = maximum(load_part(largest, i, n), v)
                store_part(largest, i, v, n)
            step = m / fma(sqrt(v), splat(correction2), splat(eps))
            store_part(param, i, fma(splat(-step_size), step, p), n)


@kernel
def rmsprop(team, size, first, last, table, numbers):
    """The runs of elements first <= r < last, counted through all parameters."""
    if share(team, size, first, last):
        return
    at = 0
    for t in range(len(table)):
        length = table[t, _SIZE]
        begin, end = max(0, first * _RUN - at), min(length, last * _RUN - at)
        at += length
        if begin >= end:
            continue
        param, gradient = floats_at(table[t, _ARRAYS], length), floats_at(table[t, _ARRAYS + 1], length)
        squares, buffer = floats_at(table[t, _ARRAYS + 2], length), floats_at(table[t, _ARRAYS + 3], length)
        average = floats_at(table[t, _ARRAYS + 4], length)
        sign, weight_decay, alpha, rest, centered, eps, momentum, lr = numbers[table[t, _NUMBERS]]
        for i in range(begin, end, VL):
            n = end - i
            p, g = load_part(param, i, n), load_part(gradient, i, n) * splat(sign)
            if weight_decay != 0:
                g = fma(splat(weight_decay), p, g)
            v = fma(splat(alpha), load_part(squares, i, n), splat(rest) * (g * g))
            store_part(squares, i, v, n)
            if centered != 0:
                m = load_part(average, i, n)
                m = fma(splat(rest), g - m, m)
                store_part(average, i, m, n)
                v = v - m * m
            g = g / (sqrt(v) + splat(eps))
            if momentum != 0:
                g = fma(splat(momentum), load_part(buffer, i, n), g)
                store_part(buffer, i, g, n)
            store_part(param, i, fma(splat(-lr), g, p), n)


@kernel
def adagrad(team, size, first, last, table, numbers):
    """The runs of elements first <= r < last, counted through all parameters."""
    if share(team, size, first, last):
        return
    at = 0
    for t in range(len(table)):
        length = table[t, _SIZE]
        begin, end = max(0, first * _RUN - at), min(length, last * _RUN - at)
        at += length
        if begin >= end:
            continue
        param, gradient = floats_at(table[t, _ARRAYS], length), floats_at(table[t, _ARRAYS + 1], length)
        squares = floats_at(table[t, _ARRAYS + 2], length)
        sign, weight_decay, eps, lr = numbers[table[t, _NUMBERS]]
        for i in range(begin, end, VL):
            n = end - i
            p, g = load_part(param, i, n), load_part(gradient, i, n) * splat(sign)
            if weight_decay != 0:
                g = fma(splat(weight_decay), p, g)
            v = fma(g, g, load_part(squares, i, n))
            store_part(squares, i, v, n)
            store_part(param, i, fma(splat(-lr), g / (sqrt(v) + splat(eps)), p), n)
