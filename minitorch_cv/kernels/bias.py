"""The gradient of a convolution's bias.

- `conv2d_backward_bias(grad_out)` -> (O,)

grad_out: (N, O, oh, ow), float32 or float64, any memory order. In channels-last memory of float32 each vector of
channels is added up over a short run of pixels, some runs make a part, and the parts are added in float64: the
rounding error does not grow with the number of pixels. Parts are cut by shape alone. Other arrays are summed in
blocks (summation.py).
"""

import numpy as np

from minitorch_cv.kernels import layout
from minitorch_cv.kernels._jit import kernel
from minitorch_cv.kernels._threads import run_tasks
from minitorch_cv.kernels.layout import Array
from minitorch_cv.kernels.simd import load_part, splat, store_part
from minitorch_cv.kernels.summation import accurate_sum
from minitorch_cv.kernels.target import VL

_TASKS = 16
_TASK_ELEMENTS = 1 << 17  # that are worth handing over
_RUN_ELEMENTS = 1 << 12  # that fit into the first-level cache
_RUNS = 32  # in a part


def conv2d_backward_bias(grad_out: Array) -> Array:
    """The sum over images and pixels."""
    n, o, oh, ow = grad_out.shape
    flags = grad_out.transpose(0, 2, 3, 1).flags
    if grad_out.dtype != np.float32 or not grad_out.size or not flags.c_contiguous:
        return accurate_sum(grad_out, (0, 2, 3))
    pixels = n * oh * ow
    run = min(128, max(32, _RUN_ELEMENTS // o // 4 * 4))
    parts = -(-pixels // (run * _RUNS))
    tasks = max(1, min(_TASKS, parts, grad_out.size // _TASK_ELEMENTS))
    flat = layout.channels_last(grad_out).reshape(-1)
    sums = np.zeros((parts, o), np.float32)

    def task(t: int) -> None:
        _add_pixels(parts * t // tasks, parts * (t + 1) // tasks, run, flat, pixels, o, sums.reshape(-1))

    run_tasks(task, tasks)
    return sums.sum(axis=0, dtype=np.float64).astype(np.float32)


@kernel
def _add_pixels(first, last, run, grad, pixels, channels, sums):  # type: ignore[no-untyped-def]
    """Add the pixels of parts first <= part < last, in runs, to the parts' rows of `sums`."""
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
