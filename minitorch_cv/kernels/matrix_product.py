"""Matrix products: `matrix_product(a, b, bias, low)` -> max(a @ b + bias, low) in their dtype.

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

from minitorch_cv.kernels import few_rows, layout
from minitorch_cv.kernels._blas import one_blas_thread
from minitorch_cv.kernels._jit import kernel
from minitorch_cv.kernels._team import share
from minitorch_cv.kernels._threads import over_tasks, run_tasks
from minitorch_cv.kernels.layout import Array
from minitorch_cv.kernels.microkernel import packed_rows, packed_rows_narrow, rows_by_table, rows_by_table_narrow
from minitorch_cv.kernels.scratch import own, team_scratch
from minitorch_cv.kernels.simd import load, load_part, maximum, splat, store, store_part
from minitorch_cv.kernels.target import BLOCK_ROWS, PANEL, VL
from minitorch_cv.kernels.transposition import transpose_block

_TINY = 1 << 15  # multiply-adds: below this, a call of NumPy takes less time than preparing ours
_TASK = 1 << 20  # multiply-adds of a part at least
_FEWEST_ROWS = 8 * BLOCK_ROWS  # of a part: each packs the right-hand side for itself
_MANY_ROWS = 32 * BLOCK_ROWS  # of a result that is cut by rows: columns are packed once only
_MOST_TASKS = 16
_BAND = 1 << 20  # multiply-adds of a part of NumPy's product
_MOST_BANDS = 8
_DEPTH = 256  # of a block: its rows and a panel fit into the first-level cache together
_SLAB = 1 << 17  # numbers of the right-hand side that are packed at a time
_LEFT_ROWS = 36 * BLOCK_ROWS  # whose columns are packed at a time
_PACK_ROW, _TURN = 2, 4  # multiply-adds that take as long as packing a number, as transposing one
_TURNED_ROWS = 512  # of a task whose result is transposed
_TURNED_COLUMNS = 48  # the most of a result that is transposed: each part packs all of them


def matrix_product(a: Array, b: Array, bias: Array | None = None, low: float = -np.inf) -> Array:
    """a @ b + bias, but not less than `low`; NaN stays NaN.

    Args:   a, b: matrices, or batches of them, in one dtype; float16 is added up in float32.
            bias: (columns of b,).
    """
    if few_rows.supports(a, b):
        return few_rows.few_rows_product(a, b, bias, low)
    if _worth_blocks(a, b):
        return _by_blocks(a, b, bias, low)
    out = _plain(a, b, bias)
    return out if low == -np.inf else np.maximum(out, out.dtype.type(low), out=out)


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


def _by_blocks(a: Array, b: Array, bias: Array | None, low: float) -> Array:
    """max(a @ b + bias, low) by the micro-kernel."""
    (m, depth), n = a.shape, b.shape[1]
    left, left_rows = _flat(a)
    right, right_rows = _flat(b)
    plan = _plan(m, depth, n, left_rows, right_rows)
    if plan.turned:
        left, right = right, left
    out = layout.empty((m, n), np.float32)
    over_tasks(
        _multiply_rows if plan.left_rows else _multiply_columns, len(plan.tasks), plan.tasks, plan.sizes, plan.offsets,
        left, right, _NO_BIAS if bias is None else layout.contiguous(bias), out.reshape(-1), np.float32(low),
        *team_scratch(0, plan.memory),
    )  # fmt: skip
    return out


_NO_BIAS = np.zeros(0, np.float32)


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
            right-hand rows and columns, and rows of what a task computes; `turned`; where in a worker's memory its
            left-hand block, its bias and its result (if `turned`) begin, after the right-hand panels; columns of b.
        offsets: 0; where the rows of a block lie in the result; where all rows lie in the left-hand side.
        memory: numbers that a worker needs.
    """

    turned: bool
    left_rows: bool
    tasks: Array
    sizes: Array
    offsets: Array
    memory: int


_OUT, _LEFT = 1, 1 + BLOCK_ROWS  # where the parts of _Plan.offsets begin


@functools.lru_cache(maxsize=256)
def _plan(m: int, depth: int, n: int, a_rows: bool, b_rows: bool) -> _Plan:
    turned = m <= _TURNED_COLUMNS and _work(n, m, not b_rows, not a_rows) + _TURN * m * n / depth < _work(
        m, n, a_rows, b_rows
    )
    rows, columns, left_rows, right_rows = (n, m, not b_rows, not a_rows) if turned else (m, n, a_rows, b_rows)
    tasks = min(_MOST_TASKS, max(1, rows * columns * depth // _TASK))
    widest = max(2 * _DEPTH, _SLAB // min(depth, _DEPTH))
    by_rows = min(tasks, max(1, rows // _FEWEST_ROWS))
    if turned:
        row_parts, column_parts = max(by_rows, -(-rows // _TURNED_ROWS)), 1
    elif rows > columns and (rows >= _MANY_ROWS or columns <= PANEL):
        row_parts, column_parts = by_rows, -(-columns // widest)
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
    block_at = width * slab
    block_size = 0 if left_rows else _DEPTH * min(_padded(rows, BLOCK_ROWS), _LEFT_ROWS) + VL
    bias_at = block_at + _padded(block_size, VL)
    result_at = bias_at + width + 2 * PANEL
    result_size = max(last - first for first, last in row_cuts) * columns if turned else 0
    return _Plan(
        turned,
        left_rows,
        np.array([(*row_cut, *column_cut) for row_cut in row_cuts for column_cut in column_cuts], np.int64),
        np.array((depth, slab, row_step, *right_steps, out_step, turned, block_at, bias_at, result_at, n), np.int64),
        np.concatenate(([0], in_block * out_step, left)).astype(np.int64),
        result_at + result_size,
    )


def _work(rows: int, columns: int, left_rows: bool, right_rows: bool) -> float:
    """Multiply-adds for each step of the depth, and what packing takes in such units."""
    packing = columns * (_PACK_ROW if right_rows else _TURN) + (0 if left_rows else rows * _PACK_ROW)
    return _padded(rows, BLOCK_ROWS) * _padded(columns, VL) + packing


def _padded(count: int, multiple: int) -> int:
    return -(-count // multiple) * multiple


def _cuts(length: int, unit: int, parts: int) -> list[tuple[int, int]]:
    """range(length) in at most so many parts that begin at multiples of `unit`."""
    units = -(-length // unit)
    parts = min(parts, units)
    borders = [min(length, units * t // parts * unit) for t in range(parts + 1)]
    return list(itertools.pairwise(borders))


@kernel
def _multiply_rows(team, size, first, last, tasks, sizes, offsets, left, right, bias, out, low, all_memory, share_size):
    """Tasks first <= t < last; left-hand rows are in memory."""
    if share(team, size, first, last):
        return
    memory = own(team, all_memory, share_size)
    depth, slab, right_step, column_step, out_step = sizes[0], sizes[1], sizes[3], sizes[4], sizes[5]
    turned, bias_at, result_at = sizes[6], sizes[8], sizes[9]
    for t in range(first, last):
        first_row, last_row, first_column, last_column = tasks[t, 0], tasks[t, 1], tasks[t, 2], tasks[t, 3]
        columns = last_column - first_column
        floor = np.float32(-np.inf) if turned else low
        target, shift = (memory, result_at - first_row * out_step) if turned else (out, first_column)
        _copy_bias(bias, first_column, columns, turned, memory, bias_at)
        for begin in range(0, depth, slab):
            end = min(depth, begin + slab)
            origin = begin * right_step + first_column * column_step
            _pack_panels(right, origin, right_step, column_step, end - begin, columns, memory)
            for row in range(first_row, last_row, BLOCK_ROWS):
                for k in range(begin, end, _DEPTH):
                    length = min(_DEPTH, end - k)
                    held = floor if k + length == depth else np.float32(-np.inf)
                    for column in range(0, columns, PANEL):
                        panel = column * (end - begin) + (k - begin) * PANEL
                        to = row * out_step + column + shift
                        first_bias = bias_at + PANEL + column if k == 0 else bias_at
                        if columns - column <= VL:
                            rows_by_table_narrow(
                                1, length, left, k, offsets, _LEFT + row, offsets, 0, 1, memory, panel, PANEL, target,
                                to, offsets, _OUT, last_row - row, columns - column, memory, first_bias, k > 0,
                                held,
                            )  # fmt: skip
                        else:
                            rows_by_table(
                                1, length, left, k, offsets, _LEFT + row, offsets, 0, 1, memory, panel, PANEL, target,
                                to, offsets, _OUT, last_row - row, columns - column, memory, first_bias, k > 0,
                                held,
                            )  # fmt: skip
        if turned:
            _turn(memory, result_at, first_row, last_row, columns, bias, out, sizes[10], low)


@kernel
def _multiply_columns(
    team, size, first, last, tasks, sizes, offsets, left, right, bias, out, low, all_memory, share_size
):
    """The same, where left-hand columns are in memory."""
    if share(team, size, first, last):
        return
    memory = own(team, all_memory, share_size)
    depth, slab, step, right_step, column_step, out_step = sizes[0], sizes[1], sizes[2], sizes[3], sizes[4], sizes[5]
    turned, block_at, bias_at, result_at = sizes[6], sizes[7], sizes[8], sizes[9]
    for t in range(first, last):
        first_row, last_row, first_column, last_column = tasks[t, 0], tasks[t, 1], tasks[t, 2], tasks[t, 3]
        columns = last_column - first_column
        floor = np.float32(-np.inf) if turned else low
        target, shift = (memory, result_at - first_row * out_step) if turned else (out, first_column)
        _copy_bias(bias, first_column, columns, turned, memory, bias_at)
        for begin in range(0, depth, slab):
            end = min(depth, begin + slab)
            origin = begin * right_step + first_column * column_step
            _pack_panels(right, origin, right_step, column_step, end - begin, columns, memory)
            for top in range(first_row, last_row, _LEFT_ROWS):
                bottom = min(last_row, top + _LEFT_ROWS)
                for k in range(begin, end, _DEPTH):
                    length = min(_DEPTH, end - k)
                    held = floor if k + length == depth else np.float32(-np.inf)
                    _pack_columns(left, k * step + top, step, bottom - top, length, memory, block_at)
                    for row in range(top, bottom, BLOCK_ROWS):
                        start = block_at + (row - top) * length
                        for column in range(0, columns, PANEL):
                            panel = column * (end - begin) + (k - begin) * PANEL
                            to = row * out_step + column + shift
                            first_bias = bias_at + PANEL + column if k == 0 else bias_at
                            if columns - column <= VL:
                                packed_rows_narrow(
                                    1, length, memory, start, offsets, 0, offsets, 0, BLOCK_ROWS, memory, panel, PANEL,
                                    target, to, offsets, _OUT, bottom - row, columns - column, memory, first_bias,
                                    k > 0, held,
                                )  # fmt: skip
                            else:
                                packed_rows(
                                    1, length, memory, start, offsets, 0, offsets, 0, BLOCK_ROWS, memory, panel, PANEL,
                                    target, to, offsets, _OUT, bottom - row, columns - column, memory, first_bias,
                                    k > 0, held,
                                )  # fmt: skip
        if turned:
            _turn(memory, result_at, first_row, last_row, columns, bias, out, sizes[10], low)


@kernel
def _copy_bias(bias, first, columns, turned, memory, at):
    """PANEL zeros, then the bias of some columns, or zeros, up to whole panels."""
    count = 0 if turned else min(columns, len(bias))
    for k in range(0, PANEL + columns + PANEL, VL):
        store(memory, at + k, splat(np.float32(0)))
    for k in range(0, count, VL):
        store_part(memory, at + PANEL + k, load_part(bias, first + k, count - k), count - k)


@kernel
def _turn(memory, at, first_row, last_row, columns, bias, out, out_step, low):
    """Bring the transpose of some columns of the result to their place, and add the bias."""
    floor = splat(low)
    for row in range(first_row, last_row, VL):
        lanes = min(VL, last_row - row)
        for column in range(0, columns, VL):
            count = min(VL, columns - column)
            transpose_block(
                memory, at + (row - first_row) * columns + column, columns, lanes, count,
                out, column * out_step + row, out_step, lanes,
            )  # fmt: skip
            if len(bias) > 0 or low == 0:
                summand = load_part(bias, row, lanes if len(bias) > 0 else 0)
                for k in range(column, column + count):
                    number = load_part(out, k * out_step + row, lanes) + summand
                    store_part(out, k * out_step + row, maximum(number, floor), lanes)


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
def _pack_columns(left, origin, step, rows, length, block, at):
    """block[at:] as [block of rows][k][row in the block] = left[origin + k*step + row], 0 beyond the rows."""
    for k in range(length):
        for row in range(0, rows, BLOCK_ROWS):
            for v in range(0, BLOCK_ROWS, VL):
                numbers = load_part(left, origin + k * step + row + v, min(BLOCK_ROWS - v, rows - row - v))
                store_part(block, at + row * length + k * BLOCK_ROWS + v, numbers, BLOCK_ROWS - v)
