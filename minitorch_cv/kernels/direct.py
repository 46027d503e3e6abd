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

import numpy as np

from minitorch_cv.kernels import layout
from minitorch_cv.kernels._jit import kernel
from minitorch_cv.kernels._threads import run_tasks
from minitorch_cv.kernels.direct_plan import Share, panel_floats, plan
from minitorch_cv.kernels.layout import Array
from minitorch_cv.kernels.microkernel import rows_by_table, rows_by_table_narrow
from minitorch_cv.kernels.pixel_groups import group_pixels, pixels_at_a_time
from minitorch_cv.kernels.scratch import aligned, scratch
from minitorch_cv.kernels.simd import load_part, splat, store_part
from minitorch_cv.kernels.target import BLOCK_ROWS, PANEL, VL
from minitorch_cv.kernels.window import Pair, Window

_PANEL_BYTES = 1 << 19  # of a panel of weights that is used at a time: the second-level cache must hold it


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
        vertical, horizontal = (
            (dilation * (size - 1) - near, dilation * (size - 1) - far)
            for size, dilation, (near, far) in zip(window.size, window.dilation, window.padding_by_side, strict=True)
        )
        _forward(source, out, turned, None, dataclasses.replace(window, padding=(vertical, horizontal)))
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
    shapes = plan(source.shape, out.shape, window, backward)
    if shapes.leaves_pixels:
        out.fill(0)
    columns = out.shape[3]
    panels = _packed(layout.contiguous(weight), shapes.points, backward)
    count = -(-columns // PANEL)
    bias_row = np.zeros((count + 1) * PANEL, np.float32)  # and a panel of zeros
    if bias is not None:
        bias_row[:columns] = bias
    flat_source, flat_out = source.reshape(-1), out.reshape(-1)
    for share in shapes.shares:
        tasks = share.tasks

        def task(t: int, share: "Share" = share, tasks: list[tuple[int, int, int, int]] = tasks) -> None:
            _run_units(
                *tasks[t], flat_source, flat_out, panels, bias_row, share.source_rows, share.out_rows, share.taps,
                share.passes, share.numbers, scratch(0, share.buffer_size),
            )  # fmt: skip

        run_tasks(task, len(tasks))


def _packed(weight: Array, points: tuple[tuple[int, ...], ...], backward: bool) -> Array:
    """The weights as right-hand sides, pass after pass: [panel][point and channel][column]."""
    o, c, kh, kw = weight.shape
    columns, depth = (c, o) if backward else (o, c)
    row_step, column_step = (c * kh * kw, kh * kw) if backward else (kh * kw, c * kh * kw)
    width = panel_floats(columns)
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
