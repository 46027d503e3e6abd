"""Waiting for another thread without going to sleep, for a short time.

To wake a sleeping thread takes the operating system some 50 microseconds, as long as a small kernel runs. A thread that
expects news within that time looks for them again and again, without holding the interpreter's lock.

News mean that the other thread, which holds the interpreter's lock, is about to let it go to run its own kernel.
Whoever asks for the lock before that is put to sleep, so a thread that has seen the news waits for some more.

Functions: `wait_for_change(flags, seen, looks)`, `wait_for(flags, value, looks)`, `looks_in(seconds)`.
"""

import functools
import platform
import time

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import config

from minitorch_cv.kernels._jit import kernel
from minitorch_cv.kernels.simd import INT64, address, instruction, llvm_function

# What Python does from the news to the next kernel: little where work is handed over, more where it is finished.
_SETTLE_AFTER_CHANGE = 2.5e-6
_SETTLE_AFTER_VALUE = 5e-6


@instruction(lambda flags: flags[0])
def _read(typing_context, flags):
    """flags[0], an int64, from memory, whatever the compiler believes to know of it."""

    def generate(context, builder, signature, arguments):
        pointer = address(context, builder, signature.args[0], arguments[0], INT64(0))
        return builder.load_atomic(pointer, "acquire", 8)

    return types.int64(flags), generate


@instruction(lambda: None)
def _breathe(typing_context):
    """Some ten to forty nanoseconds, in which the processor saves power and leaves its resources to others."""

    def generate(context, builder, signature, arguments):
        if platform.machine() in ("x86_64", "AMD64"):
            builder.call(llvm_function(builder, "llvm.x86.sse2.pause", ir.VoidType()), [])
        return context.get_dummy_value()

    return types.void(), generate


@kernel
def _look(flags, value, change, looks, settle):
    """Whether flags[0] was `value` (with `change`: was something else) in one of so many looks."""
    for _ in range(looks):
        if (_read(flags) == value) != change:
            for _ in range(settle):
                _breathe()
            return True
        _breathe()
    return False


def wait_for_change(flags: np.ndarray, seen: int, looks: int) -> bool:
    """Whether flags[0], an int64, became something else than `seen` within so many looks."""
    return _look(flags, seen, True, looks, looks_in(_SETTLE_AFTER_CHANGE))


def wait_for(flags: np.ndarray, value: int, looks: int) -> bool:
    """Whether flags[0], an int64, became `value` within so many looks."""
    return _look(flags, value, False, looks, looks_in(_SETTLE_AFTER_VALUE))


@functools.cache
def looks_in(seconds: float) -> int:
    """How many looks take so long on this machine; none with the JIT off, when looking would hold the interpreter."""
    if config.DISABLE_JIT:  # type: ignore[attr-defined]  # Numba sets its options at run time
        return 0
    flags = np.zeros(1, np.int64)
    _look(flags, 1, False, 1, 0)  # compiled before the clock runs
    fastest = float("inf")
    for _ in range(5):
        began = time.perf_counter()
        _look(flags, 1, False, 500, 0)
        fastest = min(fastest, time.perf_counter() - began)
    return max(1, round(500 * seconds / fastest))
