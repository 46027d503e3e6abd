"""One matrix product, `out = a @ b`, in steps from plain loops to all that the library's kernels do.

All functions take `a` (rows, depth), `b` (depth, columns) and `out` (rows, columns): float32 and contiguous. From
`vectors` on, columns must be a multiple of PANEL, and from `four_rows` on rows a multiple of 4 or of BLOCK_ROWS
(kernels/target.py): what a real kernel does at the edges would only hide the idea.
"""

from __future__ import annotations

import numpy as np

from minitorch_cv.kernels._jit import kernel
from minitorch_cv.kernels._team import share
from minitorch_cv.kernels._threads import board
from minitorch_cv.kernels.microkernel import rows_by_table
from minitorch_cv.kernels.scratch import aligned
from minitorch_cv.kernels.simd import fma, load, splat, store
from minitorch_cv.kernels.target import BLOCK_ROWS, PANEL, VL

DEPTH = 256  # of a slab of b: one panel of it, DEPTH x PANEL, and one block of a share the first-level cache
LOWEST = np.float32(-np.inf)  # the micro-kernel can clamp what it stores, for a ReLU; not here
PARTS = 8  # of the rows, for the threads to take


def python_loops(a, b, out):
    """Three loops over lists of Python numbers."""
    a_rows, b_rows = a.tolist(), b.tolist()
    for i, row in enumerate(a_rows):
        for j in range(len(b_rows[0])):
            total = 0.0
            for k in range(len(row)):
                total += row[k] * b_rows[k][j]
            out[i, j] = total


@kernel
def plain_loops(a, b, out):
    """The same three loops, compiled."""
    for i in range(a.shape[0]):
        for j in range(b.shape[1]):
            total = np.float32(0)
            for k in range(a.shape[1]):
                total += a[i, k] * b[k, j]
            out[i, j] = total


@kernel
def rows_of_b(a, b, out):
    """The two inner loops exchanged: b and out are now read along their rows, as they lie in memory."""
    for i in range(a.shape[0]):
        for j in range(b.shape[1]):
            out[i, j] = 0
        for k in range(a.shape[1]):
            for j in range(b.shape[1]):
                out[i, j] += a[i, k] * b[k, j]


def vectors(a, b, out):
    """VL sums at a time, in a register; VL columns of b stay in cache while all rows of a meet them."""
    _vectors(*a.shape, b.shape[1], a.reshape(-1), b.reshape(-1), out.reshape(-1))


@kernel
def _vectors(rows, depth, columns, a, b, out):
    for j in range(0, columns, VL):
        for i in range(rows):
            total = splat(np.float32(0))
            for k in range(depth):
                total = fma(splat(a[i * depth + k]), load(b, k * columns + j), total)
            store(out, i * columns + j, total)


def four_rows(a, b, out):
    """Four rows of such sums: four chains, and four uses of each vector of b."""
    _four_rows(*a.shape, b.shape[1], a.reshape(-1), b.reshape(-1), out.reshape(-1))


@kernel
def _four_rows(rows, depth, columns, a, b, out):
    for j in range(0, columns, VL):
        for i in range(0, rows, 4):
            row = i * depth
            zero = splat(np.float32(0))
            total0, total1, total2, total3 = zero, zero, zero, zero
            for k in range(depth):
                right = load(b, k * columns + j)
                total0 = fma(splat(a[row + k]), right, total0)
                total1 = fma(splat(a[row + depth + k]), right, total1)
                total2 = fma(splat(a[row + 2 * depth + k]), right, total2)
                total3 = fma(splat(a[row + 3 * depth + k]), right, total3)
            store(out, i * columns + j, total0)
            store(out, (i + 1) * columns + j, total1)
            store(out, (i + 2) * columns + j, total2)
            store(out, (i + 3) * columns + j, total3)


def microkernel(a, b, out):
    """The library's register block, BLOCK_ROWS x 2 vectors, on a and b as they lie in memory."""
    a_rows, out_rows = (np.arange(BLOCK_ROWS) * x.shape[1] for x in (a, out))
    _microkernel(*a.shape, b.shape[1], a.reshape(-1), b.reshape(-1), out.reshape(-1), a_rows, out_rows, *_TABLES)


_TABLES = np.zeros(1, np.int64), np.zeros(PANEL, np.float32)  # one tap, at 0; no bias


@kernel
def _microkernel(rows, depth, columns, a, b, out, a_rows, out_rows, taps, bias):
    for j in range(0, columns, PANEL):
        for i in range(0, rows, BLOCK_ROWS):
            rows_by_table(
                1, depth, a, i * depth, a_rows, 0, taps, 0, 1, b, j, columns,
                out, i * columns + j, out_rows, 0, BLOCK_ROWS, PANEL, bias, 0, False, LOWEST,
            )  # fmt: skip


def packed(a, b, out):
    """The same on panels of b, packed, and on slabs of the depth: everything read twice is in a cache."""
    panels = _packed(b)
    _multiply(0, len(a), 0, len(a), *_sizes_and_arrays(a, panels, out))  # 0: no team


def threads(a, b, out):
    """The same kernel, called with the team's board: all the library's threads take bands of rows."""
    size = -(-len(a) // BLOCK_ROWS // PARTS) * BLOCK_ROWS
    _multiply(board(), size, 0, len(a), *_sizes_and_arrays(a, _packed(b), out))


def _packed(b):
    panels = aligned(b.size)
    _pack(*b.shape, b.reshape(-1), panels)
    return panels


def _sizes_and_arrays(a, panels, out):
    a_rows, out_rows = (np.arange(BLOCK_ROWS) * x.shape[1] for x in (a, out))
    return a.shape[1], out.shape[1], a.reshape(-1), panels, out.reshape(-1), a_rows, out_rows, *_TABLES


@kernel
def _pack(depth, columns, b, panels):
    """panels[slab][panel][k][PANEL]."""
    for slab in range(0, depth, DEPTH):
        length = min(DEPTH, depth - slab)
        for j in range(0, columns, PANEL):
            panel = slab * columns + j * length
            for k in range(length):
                for v in range(0, PANEL, VL):
                    store(panels, panel + k * PANEL + v, load(b, (slab + k) * columns + j + v))


@kernel
def _multiply(team, size, first, last, depth, columns, a, panels, out, a_rows, out_rows, taps, bias):
    if share(team, size, first, last):  # this function was called again for each part, by whoever was free
        return
    for slab in range(0, depth, DEPTH):
        length = min(DEPTH, depth - slab)
        for i in range(first, last, BLOCK_ROWS):
            for j in range(0, columns, PANEL):
                rows_by_table(
                    1, length, a, i * depth + slab, a_rows, 0, taps, 0, 1, panels, slab * columns + j * length, PANEL,
                    out, i * columns + j, out_rows, 0, BLOCK_ROWS, PANEL, bias, 0, slab > 0, LOWEST,
                )  # fmt: skip
