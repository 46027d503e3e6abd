"""Convolution by address: a matrix product whose left-hand matrix, the windows of the image, is never built.

- `direct(x, weight, bias, window, low, kept)` -> (N, O, oh, ow)
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
from minitorch_cv.kernels._team import share
from minitorch_cv.kernels._threads import over_range, over_tasks
from minitorch_cv.kernels.direct_plan import Plan, panel_floats, plan
from minitorch_cv.kernels.keeping import Kept, keep
from minitorch_cv.kernels.layout import Array
from minitorch_cv.kernels.microkernel import rows_by_table, rows_by_table_narrow
from minitorch_cv.kernels.pixel_groups import group_pixels, pixels_at_a_time
from minitorch_cv.kernels.scratch import aligned, own, team_scratch
from minitorch_cv.kernels.simd import load, load_part, splat, store, store_part
from minitorch_cv.kernels.target import BLOCK_ROWS, PANEL, VL
from minitorch_cv.kernels.transposition import transpose_block
from minitorch_cv.kernels.window import Pair, Window

_PANEL_BYTES = 1 << 19  # of a panel of weights that is used at a time: the second-level cache must hold it
_NO_BIAS = np.zeros(0, np.float32)


def direct(
    x: Array, weight: Array, bias: Array | None, window: Window, low: float = -np.inf, kept: Kept | None = None
) -> Array:
    """out[n, o, y, x] = bias[o] + the sum of weight[o] * (the window of x[n] at y, x), but not less than `low`."""
    n, _, h, w = x.shape
    o = len(weight)
    oh, ow = window.output_size((h, w))
    out = layout.empty_image(n, o, oh, ow, np.float32)
    _forward(layout.channels_last(x), layout.channels_last(out), weight, bias, window, low, kept)
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
        _convolve(source, out, weight, None, window, True)
    return grad_x


def _forward(
    source: Array,
    out: Array,
    weight: Array,
    bias: Array | None,
    window: Window,
    low: float = -np.inf,
    kept: Kept | None = None,
) -> None:
    n, h, w, channels = out.shape
    pixels = pixels_at_a_time(channels, source.shape[3], window, w)
    if pixels > 1:
        weight, bias, window = keep(
            kept, ("grouped", window, pixels), lambda: group_pixels(weight, bias, window, pixels)
        )
        out = out.reshape(n, h, w // pixels, pixels * channels)
    _convolve(source, out, weight, bias, window, False, low, kept)


def _convolve(
    source: Array,
    out: Array,
    weight: Array,
    bias: Array | None,
    window: Window,
    backward: bool,
    low: float = -np.inf,
    kept: Kept | None = None,
) -> None:
    """Fill `out` from `source`, both (N, H, W, channels)."""
    if not out.size:
        return
    shapes = plan(source.shape, out.shape, window, backward)
    if shapes.leaves_pixels:
        out.fill(0)
    panels = keep(
        kept, ("panels", window, backward), lambda: _packed(layout.contiguous(weight), bias, shapes, backward)
    )
    flat_source, flat_out = source.reshape(-1), out.reshape(-1)
    for part in shapes.parts:
        over_tasks(
            _run_tasks, len(part.tasks), part.tasks, flat_source, flat_out, panels, part.source_rows, part.out_rows,
            part.taps, part.passes, part.numbers, np.float32(low), *team_scratch(0, part.buffer_size),
        )  # fmt: skip


def _packed(weight: Array, bias: Array | None, shapes: Plan, backward: bool) -> Array:
    """The weights as right-hand sides, pass after pass: [panel][point and channel][column]; the bias; zeros."""
    o, c, kh, kw = weight.shape
    columns, depth = (c, o) if backward else (o, c)
    steps = (c * kh * kw, kh * kw) if backward else (kh * kw, c * kh * kw)
    bias_floats = (-(-columns // PANEL) + 1) * PANEL
    panels = aligned(shapes.panel_points * depth * panel_floats(columns) + bias_floats)
    over_range(
        _pack, -(-columns // VL) + 1, depth * (kh * kw + 1) * VL // 4, weight.reshape(-1), *steps, kh * kw, depth,
        columns, shapes.points, _NO_BIAS if bias is None else layout.contiguous(bias), panels,
        len(panels) - bias_floats, *team_scratch(1, -(-kh * kw // VL) * VL * VL),
    )  # fmt: skip
    return panels


@kernel
def _pack(
    team, size, first, last, weight, row_step, column_step, window, depth, columns, points, bias, panels, bias_at,
    memory, share_size,
):  # fmt: skip
    """VL columns an item; the bias and zeros are the last one.

    `points` holds, pass after pass, the number of points and these. `window` is how many the window has.
    """
    if share(team, size, first, last):
        return
    tile = own(team, memory, share_size)
    for item in range(first, last):
        column = item * VL
        lanes = min(VL, columns - column)
        if lanes <= 0:
            for k in range(bias_at, len(panels)):
                panels[k] = bias[k - bias_at] if k - bias_at < len(bias) else np.float32(0)
            continue
        panel = column // PANEL * PANEL
        width = VL if columns - panel <= VL else PANEL
        origin = column * column_step
        if row_step == 1:  # one point: the rows are columns of the weight
            for d in range(0, depth, VL):
                transpose_block(
                    weight, origin + d, column_step, lanes, min(VL, depth - d),
                    panels, panel * depth + d * width + column - panel, width, VL,
                )  # fmt: skip
            continue
        for d in range(depth):
            for p in range(0, window, VL):
                transpose_block(
                    weight, origin + d * row_step + p, column_step, lanes, min(VL, window - p), tile, p * VL, VL, VL
                )
            at = 0
            begin = 0
            while at < len(points):
                count = points[at]
                target = begin + panel * count * depth + column - panel + d * width
                for p in range(count):
                    store(panels, target + p * depth * width, load(tile, points[at + 1 + p] * VL))
                begin += count * depth * _panel_floats(columns)
                at += 1 + count


@kernel
def _panel_floats(columns):
    """panel_floats of direct_plan.py."""
    rest = columns % PANEL
    return columns - rest + (0 if rest == 0 else VL if rest <= VL else PANEL)


@kernel
def _run_tasks(
    team,
    size,
    first,
    last,
    tasks,
    source,
    out,
    panels,
    source_rows,
    out_rows,
    taps,
    passes,
    numbers,
    low,
    memory,
    share_size,
):
    """Tasks are (first, last unit, first, last column)."""
    if share(team, size, first, last):
        return
    images, bands, first_band, first_image = numbers[0], numbers[1], numbers[2], numbers[3]
    source_h, source_w, channels = numbers[4], numbers[5], numbers[6]
    band_source, first_y, buffer_h, first_x, buffer_w = numbers[7], numbers[8], numbers[9], numbers[10], numbers[11]
    in_place, out_image, out_band, columns = numbers[12], numbers[13], numbers[14], numbers[15]
    buffer = own(team, memory, share_size)
    for task in range(first, last):
        for unit in range(tasks[task, 0], tasks[task, 1]):
            image = first_image + unit // bands * images
            band = first_band + unit % bands
            y = band * band_source + first_y
            to = image * out_image + band * out_band
            origin = 0
            if in_place:
                origin = (image * source_h + y) * source_w * channels
            else:
                for i in range(images):
                    _copy_with_zeros(
                        source, (image + i) * source_h * source_w * channels, source_h, source_w, channels, y, first_x,
                        buffer, i * buffer_h * buffer_w * channels, buffer_h, buffer_w,
                    )  # fmt: skip
            _multiply(
                source if in_place else buffer, origin, out, to, columns, tasks[task, 2], tasks[task, 3], panels,
                source_rows, out_rows, taps, passes, low,
            )  # fmt: skip


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
    source, origin, out, to, columns, first_column, last_column, panels, source_rows, out_rows, taps, passes, low
):
    """One unit: for each pass its output pixels (rows) times its panels of weights."""
    zeros = len(panels) - PANEL
    bias = zeros - (columns + PANEL - 1) // PANEL * PANEL
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
                floor = low if tap + part >= tap_count else np.float32(-np.inf)
                for row in range(0, rows, BLOCK_ROWS):
                    for column in range(group_begin, group_end, PANEL):
                        panel = first_panel + column * tap_count * depth
                        start = bias + column if tap == 0 else zeros  # the bias once
                        if columns - column <= VL:
                            rows_by_table_narrow(
                                count, depth, source, origin, source_rows, first_row + row, taps, first_tap + tap, 1,
                                panels, panel + tap * depth * VL, VL, out, to + column, out_rows, first_row + row,
                                rows - row, columns - column, panels, start, tap > 0,
                                floor,
                            )  # fmt: skip
                        else:
                            rows_by_table(
                                count, depth, source, origin, source_rows, first_row + row, taps, first_tap + tap, 1,
                                panels, panel + tap * depth * PANEL, PANEL, out, to + column, out_rows,
                                first_row + row, rows - row, columns - column, panels, start, tap > 0,
                                floor,
                            )  # fmt: skip
