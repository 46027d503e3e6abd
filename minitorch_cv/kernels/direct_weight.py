"""The gradient of a convolution's weight by address: a matrix product over all output pixels.

- `direct_backward_weight(grad_out, x, window, groups)` -> (O, C/groups, kh, kw)

grad_out: (N, O, oh, ow), x: (N, C, H, W), both float32; any stride, dilation and padding.

With one row for each weight of an output channel and one column for each output channel, the gradient is windows^T @ grad_out: a
short and wide result, and a sum over every pixel of the batch. Pixels are taken some hundred at a time (a unit), so that
what is read more than once stays in cache. There are two ways to the left-hand side:

- Windows: in channels-last memory a line of a window is one run of kw*C numbers. BLOCK_ROWS numbers of the run are copied
  for each pixel of the unit, side by side for the micro-kernel, with zeros where the padding is. The copy is used for every panel
  of grad_out's channels; whatever the stride, the micro-kernel reads ahead in memory.
- Planes, where runs are so short that blocks would be half empty (few channels): the lines of the unit are taken apart into
  planes, a plane for each channel and each remainder of the column by the stride. In a plane neighbours in memory are neighbours in
  the output, so that any weight's row is an address, and no row is wasted.

A small result is summed over some slices of the batch apart and then together; a large one is cut into ranges of rows instead.
Either way by shape alone, so that the result does not depend on the number of threads.
"""

import functools
from typing import NamedTuple

import numpy as np

from minitorch_cv.kernels import layout
from minitorch_cv.kernels._jit import kernel
from minitorch_cv.kernels._threads import run_tasks
from minitorch_cv.kernels.layout import Array
from minitorch_cv.kernels.microkernel import packed_rows, packed_rows_narrow, rows_by_table, rows_by_table_narrow
from minitorch_cv.kernels.scratch import scratch
from minitorch_cv.kernels.simd import load_part, splat, store, store_part
from minitorch_cv.kernels.target import BLOCK_ROWS, PANEL, VL
from minitorch_cv.kernels.window import Pair, Window

_UNIT_PIXELS = 256  # a panel of grad_out and a block of windows fit into the first-level cache together
_TASKS = 16
_TASK_PRODUCTS = 1 << 22  # multiply-adds that are worth handing over
_SLICES = 8
_SLICES_ELEMENTS = 1 << 20  # of the sums of all slices
_TILE_ROWS = 256  # rows of a result that are transposed at a time
_FINISH_ELEMENTS = 1 << 16  # of a task


def direct_backward_weight(grad_out: Array, x: Array, window: Window, groups: int = 1) -> Array:
    """The sum over all windows of grad_out * window."""
    n, c, h, w = x.shape
    o, oh, ow = grad_out.shape[1:]
    plan = _plan(n, c // groups, o // groups, (h, w), (oh, ow), window, groups)
    grad_weight = layout.empty((o, c // groups, *window.size), np.float32)
    if not grad_out.size or not grad_weight.size:
        grad_weight.fill(0)
        return grad_weight
    grad = layout.channels_last(grad_out).reshape(-1)
    # With one slice, a result that need not be transposed is the gradient itself.
    direct = plan.swapped and plan.slices == 1
    sums = (
        grad_weight.reshape(-1)
        if direct
        else layout.empty((groups * plan.slices * plan.rows * plan.columns,), np.float32)
    )
    if plan.planes_size:
        image, strides = _flat(x)
    else:
        image, strides = layout.channels_last(x).reshape(-1), np.zeros(0, np.int64)
    parts = plan.slices * plan.ranges

    def task(t: int) -> None:
        group, part = divmod(t, parts)
        number, row_range = divmod(part, plan.ranges)
        units = plan.units * number // plan.slices, plan.units * (number + 1) // plan.slices
        blocks = plan.blocks * row_range // plan.ranges, plan.blocks * (row_range + 1) // plan.ranges
        to = (group * plan.slices + number) * plan.rows * plan.columns
        panels = scratch(0, plan.panels_size)
        if plan.planes_size:
            _add_planes(
                *units, *blocks, image, group * (c // groups), strides, plan.left, plan.phases, plan.lines, plan.taps,
                grad, group * (o // groups), plan.right, plan.cut, sums, to, plan.out_rows, _ZEROS,
                scratch(1, plan.planes_size), panels,
            )  # fmt: skip
        else:
            first, second = group * (c // groups), group * (o // groups)
            left, right = (grad, image) if plan.swapped else (image, grad)
            if plan.swapped:
                first, second = second, first
            _add_windows(
                *units, *blocks, left, first, plan.left, plan.lines, plan.taps, right, second, plan.right, plan.cut,
                sums, to, plan.out_rows, _ZEROS, scratch(1, _block_size(plan)), panels,
            )  # fmt: skip

    run_tasks(task, groups * parts)
    if plan.swapped:
        if not direct:
            np.add.reduce(sums.reshape(groups, plan.slices, -1), axis=1, out=grad_weight.reshape(groups, -1))
    else:
        _finish(sums, plan, groups, grad_weight)
    return grad_weight


class _Plan(NamedTuple):
    """All that depends on shapes only.

    Attributes:
        swapped: rows are output channels and columns the numbers of a window, which must be a pixel.
        rows, columns: of the result of one group.
        units, blocks: how many units the pixels make, and blocks of BLOCK_ROWS (or fewer) the rows.
        slices, ranges: into how many parts the units and the blocks are cut.
        panels_size, planes_size: numbers of the right-hand panels and of the planes (0: no planes) of a unit.
        cut: oh, ow, images; images in a unit, units in an image, output rows in a unit, columns.
        left, right: geometry of the two sides, see `_pack` and `_fill_planes`.
        lines: for windows, (first row, first number of the row, length) of each run of a window; for planes, where the row of each
            weight begins.
        taps: where the output rows of a unit begin in the planes.
        phases: the first column of each plane.
        out_rows: where the rows of a block lie in the result.
    """

    swapped: bool
    rows: int
    columns: int
    units: int
    blocks: int
    slices: int
    ranges: int
    panels_size: int
    planes_size: int
    cut: Array
    left: Array
    right: Array
    lines: Array
    taps: Array
    phases: Array
    out_rows: Array


@functools.lru_cache(maxsize=256)
def _plan(n: int, c: int, o: int, image: Pair, out: Pair, window: Window, groups: int) -> _Plan:
    (h, w), (oh, ow) = image, out
    kh, kw, sh, sw, top, left, dh, dw = window.numbers
    height = max(1, min(oh, _UNIT_PIXELS // max(1, ow)))
    images = max(1, min(n, _UNIT_PIXELS // max(1, height * ow))) if height == oh else 1
    bands = -(-oh // height)
    units = -(-n // images) * bands
    joined = groups == 1 and (dw == 1 or kw == 1)  # a line of a window is one run in memory
    runs = kh if joined else kh * kw
    run = c * kw if joined else c

    of_grad = (oh, ow * o * groups, 1, o * groups, 0, 0)
    of_image = (h, w * c * groups, sh, sw * c * groups, -top, -left * c * groups)
    planes = runs > 1 and 1.2 * _padded(c * kh * kw, BLOCK_ROWS) < runs * _padded(run, BLOCK_ROWS)
    swapped = kh == kw == 1 and _padded(o, BLOCK_ROWS) * _padded(c, VL) < _padded(c, BLOCK_ROWS) * _padded(o, VL)
    rows, columns = (o, c) if swapped else (c * kh * kw, o)
    i, j = np.arange(kh)[:, None], np.arange(kw)
    taps, phases = np.zeros(1, np.int64), np.zeros(1, np.int64)
    planes_size = 0
    if planes:
        phases, phase = np.unique(j * dw % sw, return_inverse=True)
        line_count, plane_width = (height - 1) * sh + (kh - 1) * dh + 1, ow + (kw - 1) * dw // sw
        line = c * len(phases) * plane_width
        of_left = (h, w, c, sh, sw, top, left, line_count, plane_width, rows)
        channel = np.arange(c)[:, None, None] * len(phases) * plane_width
        starts = (channel + i * dh * line + phase * plane_width + j * dw // sw).reshape(-1)
        lines = np.pad(starts, (0, -len(starts) % BLOCK_ROWS), "edge")[:, None]
        taps = (np.arange(images)[:, None] * line_count * line + np.arange(height) * sh * line).reshape(-1)
        planes_size = images * line_count * line
        blocks = len(lines) // BLOCK_ROWS
    elif swapped:
        lines = np.array([(0, 0, o)])
        of_left, of_grad = of_grad, of_image
        blocks = -(-o // BLOCK_ROWS)
    else:
        of_left = of_image
        lines = np.array([(p * dh, q * dw * c * groups, run) for p in range(kh) for q in range(1 if joined else kw)])
        blocks = runs * -(-run // BLOCK_ROWS)
    size = _padded(rows, BLOCK_ROWS) * _padded(columns, VL)
    tasks = min(_TASKS, -(-size * n * oh * ow // _TASK_PRODUCTS))
    slices = max(1, min(tasks, _SLICES, units, _SLICES_ELEMENTS // max(1, size)))
    return _Plan(
        swapped, rows, columns, units, blocks, slices, max(1, min(blocks, tasks // slices)),
        images * height * ow * _padded(columns, VL), planes_size,
        *(
            np.array(numbers, np.int64)
            for numbers in (
                (oh, ow, n, images, bands, height, columns), of_left, of_grad, lines, taps, phases,
                np.arange(BLOCK_ROWS) * columns,
            )
        ),
    )  # fmt: skip


def _padded(count: int, multiple: int) -> int:
    return -(-count // multiple) * multiple


def _block_size(plan: _Plan) -> int:
    oh, ow, _, images, _, height, _ = (int(number) for number in plan.cut)
    return images * height * ow * BLOCK_ROWS


def _flat(x: Array) -> tuple[Array, Array]:
    """The memory of x as one row and its strides in numbers, without a copy if x is contiguous in either order."""
    n, c, h, w = x.shape
    if x.flags.c_contiguous:
        return layout.contiguous(x).reshape(-1), np.array((c * h * w, h * w, w, 1), np.int64)
    return layout.channels_last(x).reshape(-1), np.array((c * h * w, 1, w * c, c), np.int64)


_ZEROS = np.zeros(PANEL, np.float32)


@kernel
def _add_windows(
    first, last, first_block, last_block, left, left_begin, left_numbers, lines, taps, right, right_begin, right_numbers,
    cut, sums, to, out_rows, zeros, block, panels,
):  # type: ignore[no-untyped-def]  # fmt: skip
    """Set the rows of some blocks to their sum over units first <= u < last."""
    oh, ow, n, images, bands, height, columns = cut[0], cut[1], cut[2], cut[3], cut[4], cut[5], cut[6]
    run = lines[0, 2]
    blocks_of_run = (run + BLOCK_ROWS - 1) // BLOCK_ROWS
    for unit in range(first, last):
        image, y = unit // bands * images, unit % bands * height
        last_image, last_y = min(n, image + images), min(oh, y + height)
        pixels = (last_image - image) * (last_y - y) * ow
        for column in range(0, columns, PANEL):
            _pack(
                right, right_numbers, image, last_image, y, last_y, ow, 0, right_begin + column, columns - column,
                VL if columns - column <= VL else PANEL, panels, column * pixels,
            )  # fmt: skip
        for b in range(first_block, last_block):
            line, row = b // blocks_of_run, b % blocks_of_run * BLOCK_ROWS
            _pack(
                left, left_numbers, image, last_image, y, last_y, ow, lines[line, 0], left_begin + lines[line, 1] + row,
                run - row, BLOCK_ROWS, block, 0,
            )  # fmt: skip
            result = to + (line * run + row) * columns
            for column in range(0, columns, PANEL):
                if columns - column <= VL:
                    packed_rows_narrow(
                        1, pixels, block, 0, out_rows, 0, taps, 0, BLOCK_ROWS, panels, column * pixels, VL,
                        sums, result + column, out_rows, 0, run - row, columns - column, zeros, 0, unit > first,
                    )  # fmt: skip
                else:
                    packed_rows(
                        1, pixels, block, 0, out_rows, 0, taps, 0, BLOCK_ROWS, panels, column * pixels, PANEL,
                        sums, result + column, out_rows, 0, run - row, columns - column, zeros, 0, unit > first,
                    )  # fmt: skip


@kernel
def _pack(source, numbers, image, last_image, first_y, last_y, ow, line, begin, count, width, target, to):  # type: ignore[no-untyped-def]
    """Copy `width` numbers for each output pixel, those from `count` on and those beside the image 0.

    They begin at number `begin` of image row `line`, as seen from the window's origin.
    """
    h, length, sh, step = numbers[0], numbers[1], numbers[2], numbers[3]
    line += numbers[4]
    begin += numbers[5]
    count = min(count, width)
    at = to
    for i in range(image, last_image):
        for y in range(first_y, last_y):
            row = y * sh + line
            inside = 0 <= row < h
            origin = (i * h + row) * length
            start = begin
            for _ in range(ow):
                if inside and start >= 0 and start + count <= length:
                    for v in range(0, width, VL):
                        store_part(target, at + v, load_part(source, origin + start + v, count - v), width - v)
                else:
                    for k in range(width):
                        there = inside and k < count and 0 <= start + k < length
                        target[at + k] = source[origin + start + k] if there else np.float32(0)
                start += step
                at += width


@kernel
def _add_planes(
    first, last, first_block, last_block, image, begin, strides, numbers, phases, starts, taps, grad, grad_begin,
    grad_numbers, cut, sums, to, out_rows, zeros, planes, panels,
):  # type: ignore[no-untyped-def]  # fmt: skip
    """Set the rows of some blocks to their sum over units first <= u < last."""
    oh, ow, n, images, bands, height, columns = cut[0], cut[1], cut[2], cut[3], cut[4], cut[5], cut[6]
    rows = numbers[9]
    for unit in range(first, last):
        first_image, y = unit // bands * images, unit % bands * height
        last_image, last_y = min(n, first_image + images), min(oh, y + height)
        pixels = (last_image - first_image) * (last_y - y) * ow
        for column in range(0, columns, PANEL):
            _pack(
                grad, grad_numbers, first_image, last_image, y, last_y, ow, 0, grad_begin + column, columns - column,
                VL if columns - column <= VL else PANEL, panels, column * pixels,
            )  # fmt: skip
        _fill_planes(image, begin * strides[1], strides, first_image, last_image, y, numbers, phases, planes)
        # A last unit of fewer images has fewer taps, one of fewer rows is the only one of its image in the unit
        for b in range(first_block, last_block):
            row = b * BLOCK_ROWS
            for column in range(0, columns, PANEL):
                if columns - column <= VL:
                    rows_by_table_narrow(
                        pixels // ow, ow, planes, 0, starts, row, taps, 0, 1, panels, column * pixels, VL,
                        sums, to + row * columns + column, out_rows, 0, rows - row, columns - column, zeros, 0, unit > first,
                    )  # fmt: skip
                else:
                    rows_by_table(
                        pixels // ow, ow, planes, 0, starts, row, taps, 0, 1, panels, column * pixels, PANEL,
                        sums, to + row * columns + column, out_rows, 0, rows - row, columns - column, zeros, 0, unit > first,
                    )  # fmt: skip


@kernel
def _fill_planes(source, begin, strides, first_image, last_image, first_y, numbers, phases, planes):  # type: ignore[no-untyped-def]
    """planes[image, line, channel, phase, q] = the pixel of column q*sw + phases[phase] of the padded image."""
    h, w, channels, sh, sw = numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]
    top, left, line_count, width = numbers[5], numbers[6], numbers[7], numbers[8]
    at = 0
    for i in range(first_image, last_image):
        for line in range(line_count):
            row = first_y * sh - top + line
            inside = 0 <= row < h
            for c in range(channels):
                for phase in phases:
                    column = phase - left
                    start = min(width, max(0, -(column // sw)))
                    end = max(start, min(width, (w - 1 - column) // sw + 1)) if inside else start
                    for q in range(start):
                        planes[at + q] = 0
                    origin = (
                        begin + i * strides[0] + c * strides[1] + row * strides[2] + (start * sw + column) * strides[3]
                    )
                    step = sw * strides[3]
                    for q in range(end - start):
                        planes[at + start + q] = source[origin + q * step]
                    for q in range(end, width):
                        planes[at + q] = 0
                    at += width


def _finish(sums: Array, plan: _Plan, groups: int, grad_weight: Array) -> None:
    """Add the slices and transpose."""
    per_group, kh, kw = grad_weight.shape[1:]
    # Rows are (i, j, c) for windows, and already (c, i, j) for planes
    points, channels = (1, plan.rows) if plan.planes_size else (kh * kw, per_group)
    count = groups * -(-plan.columns // VL)
    size = max(1, _FINISH_ELEMENTS // (plan.rows * VL))
    flat = grad_weight.reshape(-1)

    def task(t: int) -> None:
        tile = scratch(0, max(points, _TILE_ROWS) * VL)
        _add_and_transpose(
            t * size, min(count, (t + 1) * size), sums, plan.slices, points, channels, plan.columns, flat, tile
        )

    run_tasks(task, -(-count // size))


@kernel
def _add_and_transpose(first, last, sums, slices, points, channels, columns, out, tile):  # type: ignore[no-untyped-def]
    """out[group, o, c, point] = the sum over slices of sums[group, slice, point, c, o]; VL output channels an item."""
    rows = points * channels
    chunk = max(1, _TILE_ROWS // points)
    items = (columns + VL - 1) // VL
    for item in range(first, last):
        group, o = item // items, item % items * VL
        lanes = min(VL, columns - o)
        for first_c in range(0, channels, chunk):
            last_c = min(channels, first_c + chunk)
            for p in range(points):
                for c in range(first_c, last_c):
                    total = splat(np.float32(0))
                    for s in range(slices):
                        at = ((group * slices + s) * rows + p * channels + c) * columns + o
                        total = total + load_part(sums, at, lanes)
                    store(tile, ((c - first_c) * points + p) * VL, total)
            for k in range(lanes):
                to = (group * columns + o + k) * rows + first_c * points
                for r in range((last_c - first_c) * points):
                    out[to + r] = tile[r * VL + k]
