"""The compiled loops of the gradient of a convolution's weight; direct_weight.py says what they are for.

- `add_windows(...)`, `add_planes(...)`: the product windows^T @ grad_out, the left-hand side by either way
- `add_and_transpose(...)`: the slices' sums added and brought into the weight's order

All arrays are flat, float32, channels last; tables are int64.
"""

import numpy as np

from minitorch_cv.kernels._jit import kernel
from minitorch_cv.kernels._team import share
from minitorch_cv.kernels.microkernel import packed_rows, packed_rows_narrow, rows_by_table, rows_by_table_narrow
from minitorch_cv.kernels.scratch import own
from minitorch_cv.kernels.simd import load, load_part, splat, store, store_part
from minitorch_cv.kernels.target import BLOCK_ROWS, PANEL, VL

_NO_BOUND = np.float32(-np.inf)
TILE_ROWS = 256  # rows of a result that are transposed at a time


@kernel
def add_windows(
    team, size, first, last, tasks, left, left_numbers, left_lines, starts, taps, right, right_numbers, right_lines,
    cut, sums, out_rows, zeros, blocks, block_size, all_panels, panels_size,
):  # type: ignore[no-untyped-def]  # fmt: skip
    """Each task sets the rows of some blocks to their sum over some units.

    Tasks are (first, last unit, first, last block, where the sums go, first number of a left, of a right pixel).
    """
    if share(team, size, first, last):
        return
    block, panels = own(team, blocks, block_size), own(team, all_panels, panels_size)
    for task in range(first, last):
        _add_windows(
            tasks[task, 0], tasks[task, 1], tasks[task, 2], tasks[task, 3], left, tasks[task, 5], left_numbers,
            left_lines, starts, taps, right, tasks[task, 6], right_numbers, right_lines, cut, sums, tasks[task, 4],
            out_rows, zeros, block, panels,
        )  # fmt: skip


@kernel
def _add_windows(
    first, last, first_block, last_block, left, left_begin, left_numbers, left_lines, starts, taps, right, right_begin,
    right_numbers, right_lines, cut, sums, to, out_rows, zeros, block, panels,
):  # type: ignore[no-untyped-def]  # fmt: skip
    oh, ow, n, images, bands, height, columns = cut[0], cut[1], cut[2], cut[3], cut[4], cut[5], cut[6]
    kh, runs, run, distance = starts[0], starts[1], starts[2], starts[3]
    blocks_of_run = (run + BLOCK_ROWS - 1) // BLOCK_ROWS
    for unit in range(first, last):
        image, y = unit // bands * images, unit % bands * height
        last_image, last_y = min(n, image + images), min(oh, y + height)
        depth = (last_y - y) * ow
        _pack_panels(
            right, right_begin, right_numbers, image, last_image, y, last_y - y, ow, right_lines, columns, panels
        )
        for b in range(first_block, last_block):
            q, row = b // blocks_of_run, b % blocks_of_run * BLOCK_ROWS
            _pack_block(
                left, left_begin + q * distance + row, left_numbers, image, last_image, y, ow, left_lines,
                run - row, block,
            )  # fmt: skip
            for column in range(0, columns, PANEL):
                panel = column * depth * (last_image - image)
                for p in range(kh):
                    line = starts[4 + p] * ow * BLOCK_ROWS
                    result = to + ((p * runs + q) * run + row) * columns + column
                    if columns - column <= VL:
                        packed_rows_narrow(
                            last_image - image, depth, block, line, out_rows, 0, taps, 0, BLOCK_ROWS, panels, panel,
                            VL, sums, result, out_rows, 0, run - row, columns - column, zeros, 0, unit > first,
                            _NO_BOUND,
                        )  # fmt: skip
                    else:
                        packed_rows(
                            last_image - image, depth, block, line, out_rows, 0, taps, 0, BLOCK_ROWS, panels, panel,
                            PANEL, sums, result, out_rows, 0, run - row, columns - column, zeros, 0, unit > first,
                            _NO_BOUND,
                        )  # fmt: skip


@kernel
def _pack_block(source, begin, numbers, image, last_image, first_y, ow, lines, count, block):  # type: ignore[no-untyped-def]
    """BLOCK_ROWS numbers for each pixel of a unit's lines: `count` of its window, 0 where that leaves the image."""
    h, length, sh, step = numbers[0], numbers[1], numbers[2], numbers[3]
    begin += numbers[5]
    count = min(count, BLOCK_ROWS)
    # Runs of pixels first <= z < last lie inside the image, those of z < before or z >= after wholly outside
    first = min(ow, max(0, -(begin // step)))
    last = max(first, min(ow, (length - count - begin) // step + 1))
    at = 0
    for i in range(image, last_image):
        for line in lines:
            row = first_y * sh + numbers[4] + line
            origin = (i * h + row) * length
            if row < 0 or row >= h:
                for v in range(0, ow * BLOCK_ROWS, VL):
                    store(block, at + v, splat(np.float32(0)))
                at += ow * BLOCK_ROWS
            else:
                _copy_edge(source, origin, length, begin, step, count, 0, first, block, at)
                _copy_runs(
                    source, origin + begin + first * step, step, count, last - first, block, at + first * BLOCK_ROWS
                )
                _copy_edge(source, origin, length, begin, step, count, last, ow, block, at)
                at += ow * BLOCK_ROWS


@kernel
def _copy_runs(source, origin, step, count, pixels, block, at):  # type: ignore[no-untyped-def]
    for z in range(pixels):
        for v in range(0, BLOCK_ROWS, VL):  # the numbers after the block are overwritten next
            store(block, at + z * BLOCK_ROWS + v, load_part(source, origin + z * step + v, count - v))


@kernel
def _copy_edge(source, origin, length, begin, step, count, first, last, block, at):  # type: ignore[no-untyped-def]
    for z in range(first, last):
        start = begin + z * step
        for k in range(BLOCK_ROWS):
            inside = k < count and 0 <= start + k < length
            block[at + z * BLOCK_ROWS + k] = source[origin + start + k] if inside else np.float32(0)


@kernel
def _pack_panels(source, begin, numbers, image, last_image, first_y, rows, ow, lines, columns, panels):  # type: ignore[no-untyped-def]
    """The numbers of each pixel of a unit, [panel][pixel][PANEL, or VL if that is enough]."""
    h, length, sh, step = numbers[0], numbers[1], numbers[2], numbers[3]
    pixels = (last_image - image) * rows * ow
    full = columns // PANEL * PANEL
    rest = columns - full
    width = VL if rest <= VL else PANEL
    at = 0
    for i in range(image, last_image):
        for y in range(rows):
            origin = (i * h + first_y * sh + lines[y]) * length + begin
            for _ in range(ow):
                for column in range(0, full, PANEL):
                    to = column * pixels + at * PANEL
                    store(panels, to, load(source, origin + column))
                    store(panels, to + VL, load(source, origin + column + VL))
                if rest > 0:
                    to = full * pixels + at * width
                    store(panels, to, load_part(source, origin + full, rest))
                    if rest > VL:
                        store(panels, to + VL, load_part(source, origin + full + VL, rest - VL))
                origin += step
                at += 1


@kernel
def add_planes(
    team, size, first, last, tasks, image, strides, numbers, phases, starts, taps, grad, grad_numbers, grad_lines,
    cut, sums, out_rows, zeros, all_planes, planes_size, all_panels, panels_size,
):  # type: ignore[no-untyped-def]  # fmt: skip
    """The same from planes: each task sets the rows of some blocks to their sum over some units."""
    if share(team, size, first, last):
        return
    planes, panels = own(team, all_planes, planes_size), own(team, all_panels, panels_size)
    for task in range(first, last):
        _add_planes(
            tasks[task, 0], tasks[task, 1], tasks[task, 2], tasks[task, 3], image, tasks[task, 5], strides, numbers,
            phases, starts, taps, grad, tasks[task, 6], grad_numbers, grad_lines, cut, sums, tasks[task, 4], out_rows,
            zeros, planes, panels,
        )  # fmt: skip


@kernel
def _add_planes(
    first, last, first_block, last_block, image, begin, strides, numbers, phases, starts, taps, grad, grad_begin,
    grad_numbers, grad_lines, cut, sums, to, out_rows, zeros, planes, panels,
):  # type: ignore[no-untyped-def]  # fmt: skip
    oh, ow, n, images, bands, height, columns = cut[0], cut[1], cut[2], cut[3], cut[4], cut[5], cut[6]
    in_place = cut[7]
    rows = numbers[9]
    for unit in range(first, last):
        first_image, y = unit // bands * images, unit % bands * height
        last_image, last_y = min(n, first_image + images), min(oh, y + height)
        lines = (last_image - first_image) * (last_y - y)
        if not in_place:
            _pack_panels(
                grad, grad_begin, grad_numbers, first_image, last_image, y, last_y - y, ow, grad_lines, columns, panels
            )
        _fill_planes(image, begin * strides[1], strides, first_image, last_image, y, numbers, phases, planes)
        right = grad if in_place else panels
        step = grad_numbers[3] if in_place else PANEL
        narrow_step = grad_numbers[3] if in_place else VL
        origin = (first_image * oh + y) * ow * grad_numbers[3] + grad_begin
        for column in range(0, columns, PANEL):
            panel = origin + column if in_place else column * lines * ow
            for b in range(first_block, last_block):
                row = b * BLOCK_ROWS
                result = to + row * columns + column
                if columns - column <= VL:
                    rows_by_table_narrow(
                        lines, ow, planes, 0, starts, row, taps, 0, 1, right, panel, narrow_step,
                        sums, result, out_rows, 0, rows - row, columns - column, zeros, 0, unit > first,
                        _NO_BOUND,
                    )  # fmt: skip
                else:
                    rows_by_table(
                        lines, ow, planes, 0, starts, row, taps, 0, 1, right, panel, step,
                        sums, result, out_rows, 0, rows - row, columns - column, zeros, 0, unit > first,
                        _NO_BOUND,
                    )  # fmt: skip


@kernel
def _fill_planes(source, begin, strides, first_image, last_image, first_y, numbers, phases, planes):  # type: ignore[no-untyped-def]
    """planes[image, line, channel, phase, q] = the pixel of column q*sw + phases[phase] of the padded image."""
    h, w, channels, sh, sw = numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]
    top, left, line_count, width = numbers[5], numbers[6], numbers[7], numbers[8]
    step = sw * strides[3]
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
                    for v in range(0, width, VL):
                        store(planes, at + v, splat(np.float32(0)))
                    origin = (
                        begin + i * strides[0] + c * strides[1] + row * strides[2] + (start * sw + column) * strides[3]
                    )
                    _gather(source, origin, step, end - start, planes, at + start)
                    at += width


@kernel
def _gather(source, origin, step, count, target, to):  # type: ignore[no-untyped-def]
    if step == 1:
        for v in range(0, count, VL):
            store_part(target, to + v, load_part(source, origin + v, count - v), count - v)
    else:
        for q in range(count):
            target[to + q] = source[origin + q * step]


@kernel
def add_and_transpose(team, size, first, last, sums, slices, points, channels, columns, out, tiles, tile_size):  # type: ignore[no-untyped-def]
    """out[group, o, c, point] = the sum over slices of sums[group, slice, point, c, o]; VL output channels an item."""
    if share(team, size, first, last):
        return
    tile = own(team, tiles, tile_size)
    rows = points * channels
    chunk = max(1, TILE_ROWS // points)
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
