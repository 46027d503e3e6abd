"""Transposing float32 numbers in registers.

`transpose_block(a, i, a_step, rows, columns, b, j, b_step, lanes)`, in a kernel: for r < rows and c < columns, both at
most VL, b[j + c*b_step + r] = a[i + r*a_step + c]. Of every line of b, `lanes` numbers are written: those after `rows`
are 0.

A loop moves one number at a time. Here VL lines are loaded as vectors, and in log2(VL) rounds pairs of vectors exchange
halves, quarters and so on, until each vector holds what was a column: four numbers at a time.
"""

import numpy as np
from llvmlite import ir
from numba import types

from minitorch_cv.kernels import simd
from minitorch_cv.kernels.simd import INT32, INT64, address, first_lanes, load_masked, store_masked
from minitorch_cv.kernels.target import VL


def _stand_in(a, i, a_step, rows, columns, b, j, b_step, lanes):
    block = np.zeros((columns, VL), np.float32)
    block[:, :rows] = a[i + np.arange(rows) * a_step + np.arange(columns)[:, None]]
    b[j + np.arange(columns)[:, None] * b_step + np.arange(lanes)] = block[:, :lanes]


@simd.instruction(_stand_in)
def transpose_block(typing_context, a, i, a_step, rows, columns, b, j, b_step, lanes):
    """See above."""

    def generate(context, builder, signature, arguments):
        a_array, i, a_step, rows, columns, b_array, j, b_step, lanes = arguments
        zero = INT64(0)

        def lanes_if(k, count, lanes):
            """The first lanes of line k, none from line `count` on."""
            return first_lanes(builder, builder.select(builder.icmp_signed("<", INT64(k), count), lanes, zero))

        source = address(context, builder, signature.args[0], a_array, i)
        lines = [
            load_masked(builder, builder.gep(source, [builder.mul(a_step, INT64(r))]), lanes_if(r, rows, columns))
            for r in range(VL)
        ]
        size = 1
        while size < VL:
            for r in range(VL):
                if not r & size:
                    lines[r], lines[r + size] = _exchange(builder, lines[r], lines[r + size], size)
            size *= 2
        target = address(context, builder, signature.args[5], b_array, j)
        for c, line in enumerate(lines):
            pointer = builder.gep(target, [builder.mul(b_step, INT64(c))])
            store_masked(builder, line, pointer, lanes_if(c, columns, lanes))
        return context.get_dummy_value()

    n = types.intp
    return types.void(a, n, n, n, n, b, n, n, n), generate


def _exchange(builder, x, y, size):
    """x and y after exchanging each odd group of `size` lanes of x with the even one before it of y."""
    first, second = [], []
    for lane in range(VL):
        odd = bool(lane & size)
        first.append(VL + lane - size if odd else lane)
        second.append(VL + lane if odd else lane + size)
    return tuple(
        builder.shuffle_vector(x, y, ir.Constant(ir.VectorType(INT32, VL), lanes)) for lanes in (first, second)
    )
