"""Working memory of kernels, aligned to cache lines.

A vector that lies across the border of two cache lines costs two accesses: the micro-kernel runs at 217 instead of 236
GFLOP/s when the arrays it reads begin somewhere else.

- `aligned(elements)`: a new array
- `scratch(slot, elements)`: one that is kept for this thread's next kernel
- `team_scratch(slot, elements)`: memory for every worker of a team, and how much each has; in a kernel,
  `own(team, memory, size)` is the worker's share
- `floats_at(address, size)`, in a kernel: the array that begins at an address
"""

import ctypes
import threading
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils

from minitorch_cv.kernels import layout
from minitorch_cv.kernels._threads import get_num_threads
from minitorch_cv.kernels.simd import address, instruction

_CACHE_LINE = 64
_buffers = threading.local()
_FLOATS = types.Array(types.float32, 1, "C")


def aligned(elements: int) -> np.ndarray:
    """A new float32 array that begins at a cache line."""
    spare = _CACHE_LINE // 4
    memory = layout.empty((elements + spare,), np.float32)
    start = -memory.ctypes.data % _CACHE_LINE // 4
    return memory[start : start + elements]


def scratch(slot: int, elements: int) -> np.ndarray:
    """An aligned float32 array of at least `elements` numbers, with anything in it.

    It is this thread's own until it asks for the same slot again; who needs several buffers numbers them. Keep them
    small enough for a core's cache: they are kept as long as the thread lives.
    """
    buffers: dict = _buffers.__dict__
    buffer = buffers.get(slot)
    if buffer is None or len(buffer) < elements:
        buffer = buffers[slot] = None  # the smaller one goes first: its memory serves the larger
        buffer = buffers[slot] = aligned(elements)
    return buffer


def team_scratch(slot: int, elements: int) -> tuple[np.ndarray, int]:
    """For `own`: a buffer as of `scratch` with room for `elements` numbers of every worker, and the size of a share."""
    size = -(-elements * 4 // _CACHE_LINE) * (_CACHE_LINE // 4)
    return scratch(slot, size * get_num_threads()), size


def _array_at(context: Any, builder: Any, pointer: Any, size: Any) -> Any:
    array = context.make_array(_FLOATS)(context, builder)
    step = context.get_constant(types.intp, 4)
    context.populate_array(
        array,
        data=pointer,
        shape=cgutils.pack_array(builder, [size]),
        strides=cgutils.pack_array(builder, [step]),
        itemsize=step,
        meminfo=None,
        parent=None,
    )
    return array._getvalue()


def _own_stand_in(team: int, memory: np.ndarray, size: int) -> np.ndarray:
    worker = max(-team, 0)
    return memory[worker * size : (worker + 1) * size]


@instruction(_own_stand_in)
def own(typing_context, team, memory, size):  # type: ignore[no-untyped-def]
    """The share of a worker, float32, which is 0 or minus its number."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        team, memory, size = arguments
        worker = builder.select(builder.icmp_signed("<", team, team.type(0)), builder.neg(team), team.type(0))
        start = address(context, builder, signature.args[1], memory, builder.mul(worker, size))
        return _array_at(context, builder, start, size)

    return _FLOATS(types.int64, memory, types.int64), generate


def _stand_in(address: int, size: int) -> np.ndarray:
    return np.ctypeslib.as_array((ctypes.c_float * int(size)).from_address(int(address)))


@instruction(_stand_in)
def floats_at(typing_context, address, size):  # type: ignore[no-untyped-def]
    """The float32 array of so many numbers that begins at an address."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        address, size = arguments
        return _array_at(context, builder, builder.inttoptr(address, ir.FloatType().as_pointer()), size)

    return _FLOATS(types.int64, types.int64), generate
