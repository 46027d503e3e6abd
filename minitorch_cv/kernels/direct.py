"""Convolution by address: a matrix product whose left-hand matrix, the windows of the image, is never built.

- `direct(x, weight, bias, window)` -> (N, O, oh, ow)
- `direct_backward_input(grad_out, weight, image_size, window)` -> (N, C, H, W)

x: (N, C, H, W), weight: (O, C, kh, kw), bias: (O,) or None, grad_out: (N, O, oh, ow), all float32; one group, any
stride, dilation and padding.

In channels-last memory a line of a window is one run of kw*C numbers. The micro-kernel takes the windows of some output
pixels as its rows, each given by the address of its first number, and the lines of a window as taps, each given by its
distance from there. Only the weights are packed; images with padding are copied, some rows at a time, into a small
buffer with zeros around them.

The gradient of the input is the same product with the roles turned: input pixel h met the window points i with
(h + top - i*dilation) a multiple of the stride, at output pixel (h + top - i*dilation) / stride. Pixels that meet the
same points form a phase, and each phase is a convolution of stride 1 over grad_out with its own share of the weights.
"""

import dataclasses
import functools
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from minitorch_cv.kernels import layout
from minitorch_cv.kernels._jit import kernel
from minitorch_cv.kernels._threads import run_tasks
from minitorch_cv.kernels.layout import Array
from minitorch_cv.kernels.microkernel import rows_by_table, rows_by_table_narrow
from minitorch_cv.kernels.pixel_groups import group_pixels, pixels_at_a_time
from minitorch_cv.kernels.scratch import aligned, scratch
from minitorch_cv.kernels.simd import load_part, splat, store_part
from minitorch_cv.kernels.target import BLOCK_ROWS, PANEL, VL
from minitorch_cv.kernels.window import Pair, Window

_UNIT_ROWS = range(96, 320)  # output pixels of a unit: enough to use a panel of weights often while it is in cache
_PANEL_BYTES = 1 << 19  # of a panel of weights that is used at a time: the second-level cache must hold it
_FEWEST_TASKS = 8  # where there is enough to do, so that every core gets its share
_MOST_TASKS = 24
_TASK_WORK = 1 << 22  # multiplications, about 20 microseconds: a task of fewer is not worth handing over


def direct(x: Array, weight: Array, bias: Array | None, window: Window) -> Array:
    """out[n, o, y, x] = bias[o] + the sum of weight[o] * (the window of x[n] at y, x)."""
    n, _, h, w = x.shape
    o = len(weight)
    oh, ow = window.output_size((h, w))
    out = layout.empty_image(n, o, oh, ow, np.float32)
    _forward(layout.channels_last(x), layout.channels_last(out), weight, bias, window)
    return out


def direct_backward_input(grad_out: Array, weight: Array, image_size: Pair, window: Window) -> Array:
    """The gradient of `direct` with respect to x, images of `image_size` (H, W)."""
    grad_x = layout.empty_image(len(grad_out), weight.shape[1], *image_size, np.float32)
    source, out = layout.channels_last(grad_out), layout.channels_last(grad_x)
    if window.stride == (1, 1) and pixels_at_a_time(out.shape[3], source.shape[3], window, out.shape[2]) > 1:
        turned = weight[:, :, ::-1, ::-1].transpose(1, 0, 2, 3)
        padding = tuple(
            (dilation * (size - 1) - near, dilation * (size - 1) - far)
            for size, dilation, (near, far) in zip(window.size, window.dilation, window.padding_by_side, strict=True)
        )
        _forward(source, out, turned, None, dataclasses.replace(window, padding=padding))
    else:
        _convolve(source, out, weight, None, window, backward=True)
    return grad_x


def _forward(source: Array, out: Array, weight: Array, bias: Array | None, window: Window) -> None:
    n, h, w, channels = out.shape
    pixels = pixels_at_a_time(channels, source.shape[3], window, w)
    if pixels > 1:
        weight, bias, window = group_pixels(weight, bias, window, pixels)
        out = out.reshape(n, h, w // pixels, pixels * channels)
    _convolve(source, out, weight, bias, window, backward=False)


def _convolve(source: Array, out: Array, weight: Array, bias: Array | None, window: Window, backward: bool) -> None:
    """Fill `out` from `source`, both (N, H, W, channels)."""
    if not out.size:
        return
    plan = _plan(source.shape, out.shape, window, backward)
    if plan.leaves_pixels:
        out.fill(0)
    columns = out.shape[3]
    panels = _packed(layout.contiguous(weight), plan.points, backward)
    count = -(-columns // PANEL)
    bias_row = np.zeros((count + 1) * PANEL, np.float32)  # and a panel of zeros
    if bias is not None:
        bias_row[:columns] = bias
    flat_source, flat_out = source.reshape(-1), out.reshape(-1)
    for share in plan.shares:
        tasks = share.tasks

        def task(t: int, share: "_Share" = share, tasks: list[tuple[int, int, int, int]] = tasks) -> None:
            _run_units(
                *tasks[t], flat_source, flat_out, panels, bias_row, share.source_rows, share.out_rows, share.taps,
                share.passes, share.numbers, scratch(0, share.buffer_size),
            )  # fmt: skip

        run_tasks(task, len(tasks))


class _Phase(NamedTuple):
    """Along one dimension: output positions that meet the same points of the window.

    Attributes:
        positions: of the output, counted from the begin of a unit.
        starts: for each, the source position under the first point, counted from where the unit's own begins.
        steps: from the first point to each, in source positions, ascending.
        points: the window's own number of each point.
    """

    positions: Array
    starts: Array
    steps: Array
    points: Array


def _phases(length: int, size: int, stride: int, near: int, dilation: int, backward: bool) -> list[_Phase]:
    """The phases of `length` output positions, which begin at a multiple of the stride if `backward`."""
    points = np.arange(size)
    if not backward:
        return [_Phase(np.arange(length), np.arange(length) * stride - near, points * dilation, points)]
    phases = []
    for remainder in range(stride):
        met = points[points * dilation % stride == remainder][::-1]
        positions = np.arange((remainder - near) % stride, length, stride)
        if len(positions):
            far = int(met[0]) * dilation if len(met) else 0
            phases.append(_Phase(positions, (positions + near - far) // stride, (far - met * dilation) // stride, met))
    return phases


class _Share(NamedTuple):
    """Units of work of one shape: some output rows of one image, or some whole images.

    Attributes:
        tasks: (first, last unit, first, last column) of each.
        buffer_size: of the copy with zeros around, in numbers; 0 if units are read in place.
        source_rows, out_rows: for each output pixel of a unit, pass after pass, where its window and its result begin.
        taps: where the lines of a window lie, pass after pass.
        passes: for each pass taps, depth, first tap, first row, rows, first number of its panels.
        numbers: the geometry, see `_run_units`.
    """

    tasks: list[tuple[int, int, int, int]]
    buffer_size: int
    source_rows: Array
    out_rows: Array
    taps: Array
    passes: Array
    numbers: Array


class _Plan(NamedTuple):
    """All that depends on shapes only.

    Attributes:
        shares: the work.
        points: for each pass the window points (row * kw + column) that its panels hold.
        leaves_pixels: whether some output pixels meet no point of the window: no pass writes them.
    """

    shares: list[_Share]
    points: tuple[tuple[int, ...], ...]
    leaves_pixels: bool


@functools.lru_cache(maxsize=256)
def _plan(source_shape: tuple[int, ...], out_shape: tuple[int, ...], window: Window, backward: bool) -> _Plan:
    n, out_h, out_w, _ = out_shape
    # Bands of a gradient must begin at the same phase.
    images, band = _unit(n, out_h, out_w, window.stride[0] if backward else 1)
    shares = []
    leaves_pixels = False
    points: tuple[tuple[int, ...], ...] = ()
    for unit_images, height, units, first_image, bands, first_band in _cut(n, out_h, images, band):
        share, points, leaves = _share(
            source_shape, out_shape, window, backward, unit_images, height, band, units, first_image, bands, first_band
        )
        leaves_pixels |= leaves
        shares.append(share)
    return _Plan(shares, points, leaves_pixels)


def _unit(n: int, out_h: int, out_w: int, step: int) -> Pair:
    """(images, output rows of each) of a unit: those that fill the micro-kernel's blocks of rows best."""

    def blocks(pixels: int) -> int:
        return -(-pixels // BLOCK_ROWS)

    def wasted(unit: Pair) -> float:
        images, band = unit
        if band < out_h:
            total = n * (out_h // band * blocks(band * out_w) + blocks(out_h % band * out_w))
        else:
            total = n // images * blocks(images * out_h * out_w) + blocks(n % images * out_h * out_w)
        return total * (1 + 16 / (images * band * out_w))  # a panel of weights costs as much as some rows to fetch

    whole = [(images, out_h) for images in range(1, n + 1) if images * out_h * out_w in _UNIT_ROWS]
    bands = [(1, band) for band in range(step, out_h, step) if band * out_w in _UNIT_ROWS]
    return min(whole + bands, key=wasted, default=(1, out_h) if out_h * out_w >= _UNIT_ROWS.stop else (n, out_h))


def _cut(n: int, out_h: int, images: int, band: int) -> Iterator[tuple[int, int, int, int, int, int]]:
    """(images, height, units, first image, bands of an image, first band) of each kind of unit."""
    full, rest = divmod(out_h, band) if out_h else (0, 0)
    if images > 1 or (full == 1 and not rest):
        if n // images:
            yield images, out_h, n // images, 0, 1, 0
        if n % images:
            yield n % images, out_h, 1, n - n % images, 1, 0
    else:
        yield 1, band, n * full, 0, full, 0
        if rest:
            yield 1, rest, n, 0, 1, full


def _share(
    source_shape: tuple[int, ...], out_shape: tuple[int, ...], window: Window, backward: bool,
    images: int, height: int, band: int, units: int, first_image: int, bands: int, first_band: int,
) -> tuple[_Share, tuple[tuple[int, ...], ...], bool]:  # fmt: skip
    _, source_h, source_w, depth = source_shape
    _, out_h, out_w, columns = out_shape
    kw = window.size[1]
    (top, _), (left, _) = window.padding_by_side
    band_source = band // window.stride[0] if backward else band * window.stride[0]
    vertical = _phases(height, window.size[0], window.stride[0], top, window.dilation[0], backward)
    horizontal = _phases(out_w, kw, window.stride[1], left, window.dilation[1], backward)
    pairs = [(v, h) for v in vertical for h in horizontal]
    used = [(v, h) for v, h in pairs if len(v.points) and len(h.points)]
    if not used:
        return (
            _Share(units, 0, *[np.zeros(0, np.int64)] * 3, np.zeros((0, 6), np.int64), np.zeros(1, np.int64)),
            (),
            True,
        )
    first_y, end_y = _extent([v for v, _ in used])
    first_x, end_x = _extent([h for _, h in used])
    # Read in place where no unit reaches beyond the image.
    start, last_start = first_band * band_source + first_y, (first_band + bands - 1) * band_source + end_y
    in_place = start >= 0 and last_start <= source_h and first_x >= 0 and end_x <= source_w
    if in_place:
        line, image, x0 = source_w * depth, source_h * source_w * depth, 0
    else:
        line, image, x0 = (end_x - first_x) * depth, (end_y - first_y) * (end_x - first_x) * depth, first_x
    source_rows, out_rows, taps, passes, points = [], [], [], [], []
    rows_before = taps_before = panels_before = 0
    width = _panel_floats(columns)
    image_index = np.arange(images)[:, None, None]
    for v, h in used:
        starts = image_index * image + (v.starts - first_y)[:, None] * line + (h.starts - x0) * depth
        targets = image_index * out_h * out_w + v.positions[:, None] * out_w + h.positions
        rows = starts.size
        padding = -rows % BLOCK_ROWS  # the micro-kernel reads whole blocks
        source_rows.append(np.pad(starts.reshape(-1), (0, padding), "edge"))
        out_rows.append(np.pad(targets.reshape(-1) * columns, (0, padding), "edge"))
        if np.array_equal(h.steps, np.arange(len(h.steps))):  # a line of the window is one run
            lines, run = v.steps * line, len(h.steps) * depth
        else:
            lines, run = (v.steps[:, None] * line + h.steps * depth).reshape(-1), depth
        taps.append(lines)
        passes.append((len(lines), run, taps_before, rows_before, rows, panels_before))
        points.append(tuple((v.points[:, None] * kw + h.points).reshape(-1).tolist()))
        rows_before += rows + padding
        taps_before += len(lines)
        panels_before += len(lines) * run * width
    numbers = (
        images, bands, first_band, first_image, source_h, source_w, depth, band_source, first_y, end_y - first_y,
        first_x, end_x - first_x, in_place, out_h * out_w * columns, band * out_w * columns, columns,
    )  # fmt: skip
    work = (
        images
        * height
        * out_w
        * columns
        * depth
        * window.size[0]
        * kw
        // (window.stride[0] * window.stride[1] if backward else 1)
    )
    share = _Share(
        _tasks(units, columns, work),
        0 if in_place else images * image,
        np.concatenate(source_rows).astype(np.int64),
        np.concatenate(out_rows).astype(np.int64),
        np.concatenate(taps).astype(np.int64),
        np.array(passes, np.int64),
        np.array(numbers, np.int64),
    )
    return share, tuple(points), len(used) < len(pairs)


def _tasks(units: int, columns: int, unit_work: int) -> list[tuple[int, int, int, int]]:
    """(first, last unit, first, last column) of tasks, given the multiplications of a unit."""
    panels = -(-columns // PANEL)
    wanted = max(1, min(_MOST_TASKS, units * unit_work // _TASK_WORK))
    rows = -(-units // min(units, wanted))  # units of a task
    runs = -(-units // rows)
    width = panels  # panels of a task: fewer than all only where there are few units
    if runs < _FEWEST_TASKS:
        width = max(1, -(-panels * runs // min(_FEWEST_TASKS, wanted)))
    return [
        (first, min(units, first + rows), panel * PANEL, min(columns, (panel + width) * PANEL))
        for first in range(0, units, rows)
        for panel in range(0, panels, width)
    ]


def _extent(phases: list[_Phase]) -> Pair:
    """The first source position that the phases reach, and the one after the last."""
    first = min(int(phase.starts[0]) for phase in phases)
    end = max(int(phase.starts[-1] + phase.steps[-1]) + 1 for phase in phases)
    return first, end


def _panel_floats(columns: int) -> int:
    """Numbers in one row of all panels: whole panels of PANEL columns, then one of VL if that is enough."""
    rest = columns % PANEL
    return columns // PANEL * PANEL + (0 if rest == 0 else VL if rest <= VL else PANEL)


def _packed(weight: Array, points: tuple[tuple[int, ...], ...], backward: bool) -> Array:
    """The weights as right-hand sides, pass after pass: [panel][point and channel][column]."""
    o, c, kh, kw = weight.shape
    columns, depth = (c, o) if backward else (o, c)
    row_step, column_step = (c * kh * kw, kh * kw) if backward else (kh * kw, c * kh * kw)
    width = _panel_floats(columns)
    panels = aligned(sum(map(len, points)) * depth * width)
    flat = weight.reshape(-1)
    count = -(-columns // PANEL)
    begin = 0
    for pass_points in points:
        table = np.array(pass_points, np.int64)
        # One task for about 64K numbers
        size = max(1, (1 << 16) // max(1, len(table) * depth * PANEL))

        def task(t: int, table: Array = table, begin: int = begin, size: int = size) -> None:
            _pack(
                t * size, min(count, (t + 1) * size), flat, row_step, column_step, depth, columns, table, panels, begin
            )

        run_tasks(task, -(-count // size))
        begin += len(table) * depth * width
    return panels


@kernel
def _pack(first, last, weight, row_step, column_step, depth, columns, points, panels, begin):
    rows = len(points) * depth
    for panel in range(first, last):
        column = panel * PANEL
        width = VL if columns - column <= VL else PANEL
        real = min(width, columns - column)
        for d in range(depth):
            for p in range(len(points)):
                origin = d * row_step + column * column_step + points[p]
                target = begin + panel * rows * PANEL + (p * depth + d) * width
                for k in range(real):
                    panels[target + k] = weight[origin + k * column_step]
                for k in range(real, width):
                    panels[target + k] = 0


@kernel
def _run_units(
    first,
    last,
    first_column,
    last_column,
    source,
    out,
    panels,
    bias,
    source_rows,
    out_rows,
    taps,
    passes,
    numbers,
    buffer,
):
    images, bands, first_band, first_image = numbers[0], numbers[1], numbers[2], numbers[3]
    source_h, source_w, channels = numbers[4], numbers[5], numbers[6]
    band_source, first_y, buffer_h, first_x, buffer_w = numbers[7], numbers[8], numbers[9], numbers[10], numbers[11]
    in_place, out_image, out_band, columns = numbers[12], numbers[13], numbers[14], numbers[15]
    for unit in range(first, last):
        image = first_image + unit // bands * images
        band = first_band + unit % bands
        y = band * band_source + first_y
        to = image * out_image + band * out_band
        if in_place:
            origin = (image * source_h + y) * source_w * channels
            _multiply(
                source,
                origin,
                out,
                to,
                columns,
                first_column,
                last_column,
                panels,
                bias,
                source_rows,
                out_rows,
                taps,
                passes,
            )
        else:
            for i in range(images):
                _copy_with_zeros(
                    source, (image + i) * source_h * source_w * channels, source_h, source_w, channels, y, first_x,
                    buffer, i * buffer_h * buffer_w * channels, buffer_h, buffer_w,
                )  # fmt: skip
            _multiply(
                buffer,
                0,
                out,
                to,
                columns,
                first_column,
                last_column,
                panels,
                bias,
                source_rows,
                out_rows,
                taps,
                passes,
            )


@kernel
def _copy_with_zeros(source, origin, h, w, channels, first_y, first_x, buffer, target, buffer_h, buffer_w):
    """Lines first_y .. first_y + buffer_h of an image, from column first_x on, zero where there is no image."""
    line = buffer_w * channels
    left = max(0, -first_x)
    begin = min(left * channels, line)
    end = min(buffer_w, w - first_x) * channels
    for row in range(buffer_h):
        y = first_y + row
        to = target + row * line
        if y < 0 or y >= h or end <= begin:
            _fill_zero(buffer, to, line)
        else:
            _fill_zero(buffer, to, begin)
            _copy(source, origin + (y * w + first_x + left) * channels, buffer, to + begin, end - begin)
            _fill_zero(buffer, to + end, line - end)


@kernel
def _copy(source, origin, target, to, count):
    for i in range(0, count, VL):
        store_part(target, to + i, load_part(source, origin + i, count - i), count - i)


@kernel
def _fill_zero(target, to, count):
    for i in range(0, count, VL):
        store_part(target, to + i, splat(np.float32(0)), count - i)


@kernel
def _multiply(
    source, origin, out, to, columns, first_column, last_column, panels, bias, source_rows, out_rows, taps, passes
):
    """One unit: for each pass its output pixels (rows) times its panels of weights."""
    for p in range(len(passes)):
        tap_count, depth, first_tap = passes[p, 0], passes[p, 1], passes[p, 2]
        first_row, rows, first_panel = passes[p, 3], passes[p, 4], passes[p, 5]
        # As many taps of a panel, and as many panels, as the second-level cache holds; the windows of a block of rows
        # then stay in the first-level cache while they meet one panel after the other.
        part = max(1, min(tap_count, _PANEL_BYTES // (depth * PANEL * 4)))
        group = max(1, _PANEL_BYTES // (part * depth * PANEL * 4)) * PANEL
        for group_begin in range(first_column, last_column, group):
            group_end = min(last_column, group_begin + group)
            for tap in range(0, tap_count, part):
                count = min(part, tap_count - tap)
                for row in range(0, rows, BLOCK_ROWS):
                    for column in range(group_begin, group_end, PANEL):
                        panel = first_panel + column * tap_count * depth
                        start = column if tap == 0 else len(bias) - PANEL  # the bias once, then zeros
                        if columns - column <= VL:
                            rows_by_table_narrow(
                                count, depth, source, origin, source_rows, first_row + row, taps, first_tap + tap, 1,
                                panels, panel + tap * depth * VL, VL, out, to + column, out_rows, first_row + row,
                                rows - row, columns - column, bias, start, tap > 0,
                            )  # fmt: skip
                        else:
                            rows_by_table(
                                count, depth, source, origin, source_rows, first_row + row, taps, first_tap + tap, 1,
                                panels, panel + tap * depth * PANEL, PANEL, out, to + column, out_rows,
                                first_row + row, rows - row, columns - column, bias, start, tap > 0,
                            )  # fmt: skip
