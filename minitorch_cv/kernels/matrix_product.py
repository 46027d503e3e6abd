"""Matrix products.

- `matrix_product(a, b, bias=None)` -> a @ b + bias in their dtype
- `matrix_products((a, b, bias), ...)`: several of them, computed at the same time

In float32 a product of two matrices goes through the micro-kernel (microkernel.py) unless it is tiny. It is cut into
tasks, each a range of rows and columns of the result, and a task goes through the depth in slabs:

- of the right-hand side a slab is packed for the micro-kernel, [panel][k][PANEL], and stays in the second-level cache
- of the left-hand side BLOCK_ROWS rows are read in place, each of them as a stream, which the processor fetches ahead.
  Columns, as of a transposed matrix, are packed, [block][k][BLOCK_ROWS].

What two tasks pack twice costs little beside what they compute with it. Where the result has so few rows that blocks
of BLOCK_ROWS would be half empty, its transpose is computed.

Work is cut by shape alone, so that the result does not depend on the number of threads.
"""

import functools
import itertools
from typing import NamedTuple

import numpy as np

from minitorch_cv.kernels import layout
from minitorch_cv.kernels._blas import one_blas_thread
from minitorch_cv.kernels._jit import kernel
from minitorch_cv.kernels._threads import run_tasks
from minitorch_cv.kernels.layout import Array
from minitorch_cv.kernels.microkernel import packed_rows, packed_rows_narrow, rows_by_table, rows_by_table_narrow
from minitorch_cv.kernels.scratch import scratch
from minitorch_cv.kernels.simd import load, load_part, store, store_part
from minitorch_cv.kernels.target import BLOCK_ROWS, PANEL, VL
from minitorch_cv.kernels.transposition import transpose_block

Product = tuple[Array, Array, Array | None]

_TINY = 1 << 15  # multiply-adds: below this, a call of NumPy takes less time than preparing ours
_TASK = 4 << 20  # multiply-adds of a part at least
_SHARED = 12 << 20  # below this, all parts are done sooner than another thread begins
_MOST_TASKS = 16
_BAND = 1 << 20  # multiply-adds of a part of NumPy's product
_MOST_BANDS = 8
_DEPTH = 256  # of a block: its rows and a panel fit into the first-level cache together
_SLAB = 1 << 17  # numbers of the right-hand side that are packed at a time
_LEFT_ROWS = 36 * BLOCK_ROWS  # whose columns are packed at a time
_TURNED_ROWS = 512  # of a task whose result is transposed
_TURNED_COLUMNS = 128  # the most of a result that is transposed


def matrix_product(a: Array, b: Array, bias: Array | None = None) -> Array:
    """a @ b + bias.

    Args:   a, b: matrices, or batches of them, in one dtype; float16 is added up in float32.
            bias: (columns of b,).
    """
    return matrix_products((a, b, bias))[0]


def matrix_products(*products: Product) -> list[Array]:
    """a @ b + bias of each (a, b, bias)."""
    blocks = [_Blocks(*product) if _worth_blocks(*product[:2]) else None for product in products]
    tasks = [(product, t) for product in blocks if product for t in range(len(product.plan.tasks))]
    if sum(a.size * b.shape[1] for block, (a, b, _) in zip(blocks, products) if block) < _SHARED:
        for product, t in tasks:
            product.run(t)
    else:
        run_tasks(lambda t: tasks[t][0].run(tasks[t][1]), len(tasks))
    return [block.out if block else _plain(*product) for block, product in zip(blocks, products)]


def _plain(a: Array, b: Array, bias: Array | None) -> Array:
    """By NumPy."""
    if a.dtype == np.float16:
        wide = _plain(a.astype(np.float32), b.astype(np.float32), None).astype(np.float16)
        return wide if bias is None else wide + bias
    if a.size * b.shape[-1] < _BAND or a.dtype.kind != "f":
        out = np.asarray(a @ b)
    elif a.ndim != 2 or b.ndim != 2:
        with one_blas_thread():
            out = np.asarray(a @ b)
    else:
        out = _by_bands(a, b)
    if bias is not None:
        out += bias
    return out


def _by_bands(a: Array, b: Array) -> Array:
    """a @ b by NumPy, shared among the kernels' threads.

    NumPy's threads would do too, but they keep spinning for a while afterwards, and the next kernel would have to share
    the processors with them.
    """
    out = np.empty((a.shape[0], b.shape[1]), a.dtype)
    tall = a.shape[0] >= b.shape[1]
    length = max(out.shape)
    band = -(-length // min(_MOST_BANDS, a.size * b.shape[1] // _BAND))

    def task(t: int) -> None:
        part = slice(t * band, (t + 1) * band)
        if tall:
            np.matmul(a[part], b, out=out[part])
        else:
            out[:, part] = a @ b[:, part]

    with one_blas_thread():
        run_tasks(task, -(-length // band))
    return out


def _worth_blocks(a: Array, b: Array) -> bool:
    return a.ndim == 2 and b.ndim == 2 and a.dtype == np.float32 and a.size * b.shape[1] >= _TINY


class _Blocks:
    """A product in blocks: `run(t)` for each of `plan.tasks` writes a part of `out`."""

    def __init__(self, a: Array, b: Array, bias: Array | None) -> None:
        (m, depth), n = a.shape, b.shape[1]
        left, left_rows = _flat(a)
        right, right_rows = _flat(b)
        self.plan = _plan(m, depth, n, left_rows, right_rows)
        self.out = layout.empty((m, n), np.float32)
        self.left, self.right = (right, left) if self.plan.turned else (left, right)
        self.bias = bias
        self.padded_bias = _ZEROS
        if bias is not None and not self.plan.turned:
            self.padded_bias = np.zeros(n + 2 * PANEL, np.float32)
            self.padded_bias[PANEL : PANEL + n] = bias

    def run(self, t: int) -> None:
        plan = self.plan
        part = plan.tasks[t]
        panels, block = scratch(0, plan.panels_size), scratch(1, plan.block_size)
        multiply = _multiply_rows if plan.left_rows else _multiply_columns
        rest = plan.sizes, plan.offsets, self.left, self.right, self.padded_bias
        if not plan.turned:
            multiply(*part, *rest, self.out.reshape(-1), 0, 0, panels, block)
            return
        first_row, last_row, first_column, last_column = part
        columns = last_column - first_column
        result = scratch(2, (last_row - first_row) * columns)
        multiply(*part, *rest, result, first_row, 0, panels, block)
        transposed = result[: (last_row - first_row) * columns].reshape(-1, columns).T
        target = self.out[:, first_row:last_row]
        if self.bias is None:
            target[...] = transposed
        else:
            np.add(transposed, self.bias[first_row:last_row], out=target)


_ZEROS = np.zeros(PANEL, np.float32)


def _flat(x: Array) -> tuple[Array, bool]:
    """The numbers of a matrix as they lie in memory, and whether row after row."""
    flags = x.flags
    if not flags.c_contiguous and flags.f_contiguous:
        return layout.contiguous(x.T).reshape(-1), False
    return layout.contiguous(x).reshape(-1), True


class _Plan(NamedTuple):
    """All that depends on shapes only.

    Attributes:
        turned: the transpose of the result is computed, that of b on the left.
        left_rows: the left-hand side lies in memory row after row.
        tasks: (first row, last row, first column, last column) of each.
        sizes: the depth, and that of a slab; how far apart left-hand rows (or columns, if these are in memory) lie,
            right-hand rows and columns, and rows of the result.
        offsets: 0; where the rows of a block lie in the result; where all rows lie in the left-hand side.
    """

    turned: bool
    left_rows: bool
    tasks: tuple[tuple[int, int, int, int], ...]
    sizes: Array
    offsets: Array
    panels_size: int
    block_size: int


_OUT, _LEFT = 1, 1 + BLOCK_ROWS  # where the parts of _Plan.offsets begin


@functools.lru_cache(maxsize=256)
def _plan(m: int, depth: int, n: int, a_rows: bool, b_rows: bool) -> _Plan:
    turned = m <= _TURNED_COLUMNS and 1.1 * _padded(n, BLOCK_ROWS) * _padded(m, VL) < _padded(m, BLOCK_ROWS) * _padded(
        n, VL
    )
    rows, columns, left_rows, right_rows = (n, m, not b_rows, not a_rows) if turned else (m, n, a_rows, b_rows)
    tasks = min(_MOST_TASKS, max(1, rows * columns * depth // _TASK))
    widest = max(2 * _DEPTH, _SLAB // min(depth, _DEPTH))
    if turned:
        row_parts, column_parts = max(tasks, -(-rows // _TURNED_ROWS)), 1
    elif rows > columns:
        row_parts, column_parts = tasks, -(-columns // widest)
    else:
        row_parts, column_parts = 1, max(tasks, -(-columns // widest))
    row_cuts, column_cuts = _cuts(rows, BLOCK_ROWS, row_parts), _cuts(columns, PANEL, column_parts)
    width = _padded(max(last - first for first, last in column_cuts), PANEL)
    slab = min(depth, max(_DEPTH, _SLAB // width // _DEPTH * _DEPTH))
    row_step = depth if left_rows else rows
    right_steps = (columns, 1) if right_rows else (1, depth)
    out_step = columns
    left = np.arange(_padded(rows, BLOCK_ROWS)).clip(max=rows - 1) * (depth if left_rows else 1)
    in_block = np.arange(BLOCK_ROWS)
    return _Plan(
        turned,
        left_rows,
        tuple((*row_cut, *column_cut) for row_cut in row_cuts for column_cut in column_cuts),
        np.array((depth, slab, row_step, *right_steps, out_step), np.int64),
        np.concatenate(([0], in_block * out_step, left)).astype(np.int64),
        width * slab,
        _DEPTH * (BLOCK_ROWS if left_rows else min(_padded(rows, BLOCK_ROWS), _LEFT_ROWS)) + VL,
    )


def _padded(count: int, multiple: int) -> int:
    return -(-count // multiple) * multiple


def _cuts(length: int, unit: int, parts: int) -> list[tuple[int, int]]:
    """range(length) in at most so many parts that begin at multiples of `unit`."""
    units = -(-length // unit)
    parts = min(parts, units)
    borders = [min(length, units * t // parts * unit) for t in range(parts + 1)]
    return list(itertools.pairwise(borders))


@kernel
def _multiply_rows(
    first_row, last_row, first_column, last_column, sizes, offsets, left, right, bias, out, out_row, out_column,
    panels, block,
):  # fmt: skip
    """A part of the result, to `out` as if this began at `out_row` and `out_column`; left-hand rows are in memory."""
    depth, slab, _, right_step, column_step, out_step = sizes
    columns = last_column - first_column
    for begin in range(0, depth, slab):
        end = min(depth, begin + slab)
        origin = begin * right_step + first_column * column_step
        _pack_panels(right, origin, right_step, column_step, end - begin, columns, panels)
        for row in range(first_row, last_row, BLOCK_ROWS):
            for k in range(begin, end, _DEPTH):
                length = min(_DEPTH, end - k)
                for column in range(0, columns, PANEL):
                    panel = column * (end - begin) + (k - begin) * PANEL
                    to = (row - out_row) * out_step + first_column + column - out_column
                    first_bias = PANEL + first_column + column if k == 0 and len(bias) > PANEL else 0
                    if columns - column <= VL:
                        rows_by_table_narrow(
                            1, length, left, k, offsets, _LEFT + row, offsets, 0, 1, panels, panel, PANEL,
                            out, to, offsets, _OUT, last_row - row, columns - column, bias, first_bias, k > 0,
                        )  # fmt: skip
                    else:
                        rows_by_table(
                            1, length, left, k, offsets, _LEFT + row, offsets, 0, 1, panels, panel, PANEL,
                            out, to, offsets, _OUT, last_row - row, columns - column, bias, first_bias, k > 0,
                        )  # fmt: skip


@kernel
def _multiply_columns(
    first_row, last_row, first_column, last_column, sizes, offsets, left, right, bias, out, out_row, out_column,
    panels, block,
):  # fmt: skip
    """The same, where left-hand columns are in memory."""
    depth, slab, column_step, right_step, right_column_step, out_step = sizes
    columns = last_column - first_column
    for begin in range(0, depth, slab):
        end = min(depth, begin + slab)
        origin = begin * right_step + first_column * right_column_step
        _pack_panels(right, origin, right_step, right_column_step, end - begin, columns, panels)
        for top in range(first_row, last_row, _LEFT_ROWS):
            bottom = min(last_row, top + _LEFT_ROWS)
            for k in range(begin, end, _DEPTH):
                length = min(_DEPTH, end - k)
                _pack_columns(left, k * column_step + top, column_step, bottom - top, length, block)
                for row in range(top, bottom, BLOCK_ROWS):
                    start = (row - top) * length
                    for column in range(0, columns, PANEL):
                        panel = column * (end - begin) + (k - begin) * PANEL
                        to = (row - out_row) * out_step + first_column + column - out_column
                        first_bias = PANEL + first_column + column if k == 0 and len(bias) > PANEL else 0
                        if columns - column <= VL:
                            packed_rows_narrow(
                                1, length, block, start, offsets, 0, offsets, 0, BLOCK_ROWS, panels, panel, PANEL,
                                out, to, offsets, _OUT, bottom - row, columns - column, bias, first_bias, k > 0,
                            )  # fmt: skip
                        else:
                            packed_rows(
                                1, length, block, start, offsets, 0, offsets, 0, BLOCK_ROWS, panels, panel, PANEL,
                                out, to, offsets, _OUT, bottom - row, columns - column, bias, first_bias, k > 0,
                            )  # fmt: skip


@kernel
def _pack_panels(right, origin, depth_step, column_step, depth, columns, panels):
    """panels[panel][k][column in it] = right[origin + k*depth_step + column*column_step], 0 beyond the columns."""
    if column_step == 1:
        for k in range(depth):
            line = origin + k * depth_step
            for column in range(0, columns, PANEL):
                to = column * depth + k * PANEL
                if columns - column >= PANEL:
                    store(panels, to, load(right, line + column))
                    store(panels, to + VL, load(right, line + column + VL))
                else:
                    store(panels, to, load_part(right, line + column, columns - column))
                    store(panels, to + VL, load_part(right, line + column + VL, columns - column - VL))
    else:
        for column in range(0, columns, VL):
            to = column // PANEL * PANEL * depth + column % PANEL
            for k in range(0, depth, VL):
                transpose_block(
                    right, origin + column * column_step + k, column_step, min(VL, columns - column),
                    min(VL, depth - k), panels, to + k * PANEL, PANEL, VL,
                )  # fmt: skip


@kernel
def _pack_columns(left, origin, step, rows, length, block):
    """block[block of rows][k][row in the block] = left[origin + k*step + row], 0 beyond the rows."""
    for k in range(length):
        for row in range(0, rows, BLOCK_ROWS):
            for v in range(0, BLOCK_ROWS, VL):
                numbers = load_part(left, origin + k * step + row + v, min(BLOCK_ROWS - v, rows - row - v))
                store_part(block, row * length + k * BLOCK_ROWS + v, numbers, BLOCK_ROWS - v)
