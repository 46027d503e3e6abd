"""The gradient of a convolution's weight by address: a matrix product over all output pixels.

- `direct_backward_weight(grad_out, x, window, groups)` -> (O, C/groups, kh, kw)

grad_out: (N, O, oh, ow), x: (N, C, H, W), both float32; any stride, dilation and padding.

With one row for each weight of an output channel and one column for each output channel, the gradient is
windows^T @ grad_out, a sum over every pixel of the batch. Pixels are taken some hundred at a time (a unit), so that
what is read more than once stays in cache. There are two ways to the left-hand side:

- Windows: in channels-last memory a line of a window is one run of kw*C numbers. BLOCK_ROWS numbers of the run are
  copied for each pixel of the unit, side by side for the micro-kernel, with zeros where the padding is. All lines of
  the window and all panels of grad_out's channels share the copy.
- Planes, where runs are so short that blocks would be half empty (few channels): the lines of the unit are taken apart
  into planes, one for each channel and each remainder of the column by the stride. In a plane neighbours in memory are
  neighbours in the output, so that the row of any weight is an address, and no row is wasted.

A small result is summed over some slices of the batch apart and then together; a large one is cut into ranges of rows
instead. Either way by shape alone, so that the result does not depend on the number of threads.
"""

import functools
from typing import NamedTuple

import numpy as np

from minitorch_cv.kernels import layout
from minitorch_cv.kernels._threads import over_range, over_tasks
from minitorch_cv.kernels.direct_weight_kernels import TILE_ROWS, add_and_transpose, add_planes, add_windows
from minitorch_cv.kernels.layout import Array
from minitorch_cv.kernels.pixel_groups import grouped_window, ungroup_gradient
from minitorch_cv.kernels.scratch import team_scratch
from minitorch_cv.kernels.target import BLOCK_ROWS, PANEL, VL
from minitorch_cv.kernels.window import Pair, Window

_UNIT_PIXELS = 256  # a panel of grad_out and a block of windows fit into the first-level cache together
_PLANES_PIXELS = 2048  # larger, for the lines that neighbouring units share are copied by both
_PANELS_ELEMENTS = 1 << 17  # of the right-hand side of a unit: the second-level cache must hold it
_TASKS = 16
_PLANES_GAIN = 1.2  # planes pay where they save so many rows
_GROUPS_GAIN = 1.2  # and groups of pixels where they save so many vectors
_FEW_BLOCKS = 4  # of rows, for which packing the right-hand side does not pay
_TASK_PRODUCTS = 1 << 20  # multiply-adds that are worth handing over
_SLICES = 8
_SLICES_ELEMENTS = 1 << 20  # of the sums of all slices
_FINISH_SPEED = 2  # elements that are added and transposed while a plain loop handles one


def direct_backward_weight(grad_out: Array, x: Array, window: Window, groups: int = 1) -> Array:
    """The sum over all windows of grad_out * window."""
    pixels = _pixels_at_a_time(grad_out.shape[1], x.shape[1], window, grad_out.shape[3]) if groups == 1 else 1
    if pixels == 1:
        return _backward_weight(grad_out, x, window, groups)
    n, o, oh, ow = grad_out.shape
    grads = layout.channels_last(grad_out).reshape(n, oh, ow // pixels, pixels * o).transpose(0, 3, 1, 2)
    return ungroup_gradient(_backward_weight(grads, x, grouped_window(window, pixels)), o, window, pixels)


@functools.lru_cache(maxsize=256)
def _pixels_at_a_time(o: int, c: int, window: Window, ow: int) -> int:
    """How many output pixels of a row to take as the channels of one (pixel_groups.py), so that vectors are filled."""
    kh, kw = window.size
    if not 0 < o <= VL or window.dilation[1] != 1:
        return 1

    def work(pixels: int) -> float:
        rows = c * kh * (kw + window.stride[1] * (pixels - 1))
        return _padded(rows, BLOCK_ROWS) * -(-pixels * o // VL) / pixels

    choices = [pixels for pixels in range(2, PANEL // o + 1) if ow % pixels == 0]
    best = min(choices, key=work, default=1)
    return best if work(1) >= _GROUPS_GAIN * work(best) else 1


def _backward_weight(grad_out: Array, x: Array, window: Window, groups: int = 1) -> Array:
    n, c, h, w = x.shape
    o, oh, ow = grad_out.shape[1:]
    grad_weight = layout.empty((o, c // groups, *window.size), np.float32)
    if not grad_out.size or not grad_weight.size:
        grad_weight.fill(0)
        return grad_weight
    plan = _plan(n, c // groups, o // groups, (h, w), (oh, ow), window, groups)
    grad = layout.channels_last(grad_out).reshape(-1)
    image, strides = _flat(x) if plan.planes else (layout.channels_last(x).reshape(-1), _NO_STRIDES)
    # A result that need not be transposed nor added up is the gradient itself
    finished = plan.swapped and plan.slices == 1
    size = groups * plan.slices * plan.rows * plan.columns
    sums = grad_weight.reshape(-1) if finished else layout.empty((size,), np.float32)
    memory = *team_scratch(0, plan.left_size), *team_scratch(1, plan.panels_size)
    if plan.planes:
        over_tasks(
            add_planes, len(plan.tasks), plan.tasks, image, strides, plan.left, plan.phases, plan.starts, plan.taps,
            grad, plan.right, plan.right_lines, plan.cut, sums, plan.out_rows, _ZEROS, *memory,
        )  # fmt: skip
    else:
        left, right = (grad, image) if plan.swapped else (image, grad)
        over_tasks(
            add_windows, len(plan.tasks), plan.tasks, left, plan.left, plan.left_lines, plan.starts, plan.taps,
            right, plan.right, plan.right_lines, plan.cut, sums, plan.out_rows, _ZEROS, *memory,
        )  # fmt: skip
    if not plan.swapped:
        _finish(sums, plan, groups, grad_weight)
    elif not finished:
        np.add.reduce(sums.reshape(groups, plan.slices, -1), axis=1, out=grad_weight.reshape(groups, -1))
    return grad_weight


class _Plan(NamedTuple):
    """All that depends on shapes only.

    Attributes:
        planes: whether the left-hand side comes from planes.
        swapped: rows are output channels and columns the channels of a window, which must be a pixel.
        rows, columns: of the result of one group.
        slices: into how many parts the units are cut.
        tasks: see add_windows; each is a slice of the units and a range of the blocks, of one group.
        left_size, panels_size: numbers of a unit's left-hand side (planes, or one block) and right-hand panels.
        cut: oh, ow, images; images in a unit, units in an image, output rows in a unit; columns; whether the
            right-hand side is read in place.
        left, right: geometry of the two sides, see `_pack` and `_fill_planes`.
        left_lines, right_lines: the image rows that a unit needs, counted from its first.
        starts: for windows, kh, runs in a line, length of a run, distance of runs, then the first left line of each
            line of the window; for planes, where the row of each weight begins.
        taps: where the parts of a unit begin on the left-hand side.
        phases: the first column of each plane.
        out_rows: where the rows of a block lie in the result.
    """

    planes: bool
    swapped: bool
    rows: int
    columns: int
    slices: int
    tasks: Array
    left_size: int
    panels_size: int
    cut: Array
    left: Array
    right: Array
    left_lines: Array
    right_lines: Array
    starts: Array
    taps: Array
    phases: Array
    out_rows: Array


@functools.lru_cache(maxsize=256)
def _plan(n: int, c: int, o: int, image: Pair, out: Pair, window: Window, groups: int) -> _Plan:
    (h, w), (oh, ow) = image, out
    kh, kw, sh, sw, top, left, dh, dw = window.numbers
    joined = groups == 1 and (dw == 1 or kw == 1)  # a line of a window is one run in memory
    runs = 1 if joined else kw
    run = c * kw if joined else c

    planes = kh * kw > 1 and _PLANES_GAIN * _padded(c * kh * kw, BLOCK_ROWS) < kh * runs * _padded(run, BLOCK_ROWS)
    unit_pixels = min(_PLANES_PIXELS if planes else _UNIT_PIXELS, max(1, _PANELS_ELEMENTS // _padded(o, VL)))
    height = max(1, min(oh, unit_pixels // ow))
    height = -(-oh // -(-oh // height))
    images = max(1, min(-(-n // _SLICES) if planes else n, unit_pixels // (height * ow))) if height == oh else 1
    bands = -(-oh // height)
    units = -(-n // images) * bands
    of_grad = (oh, ow * o * groups, 1, o * groups, 0, 0)
    of_image = (h, w * c * groups, sh, sw * c * groups, -top, -left * c * groups)
    right_lines = np.arange(height)
    swapped = (
        window.size == (1, 1)
        and not (top or left or any(map(sum, window.padding_by_side)))
        and _padded(o, BLOCK_ROWS) * _padded(c, VL) < _padded(c, BLOCK_ROWS) * _padded(o, VL)
    )
    rows, columns = (o, c) if swapped else (c * kh * kw, o)
    left_lines = phases = np.zeros(0, np.int64)
    if planes:
        i, j = np.arange(kh)[:, None], np.arange(kw)
        phases, phase = np.unique(j * dw % sw, return_inverse=True)
        line_count, plane_width = (height - 1) * sh + (kh - 1) * dh + 1, ow + (kw - 1) * dw // sw
        line = c * len(phases) * plane_width
        of_left: tuple[int, ...] = (h, w, c, sh, sw, top, left, line_count, plane_width, rows)
        channel = np.arange(c)[:, None, None] * len(phases) * plane_width
        starts = (channel + i * dh * line + phase * plane_width + j * dw // sw).reshape(-1)
        starts = np.pad(starts, (0, -len(starts) % BLOCK_ROWS), "edge")
        taps = (np.arange(images)[:, None] * line_count * line + np.arange(height) * sh * line).reshape(-1)
        left_size = images * line_count * line + VL
        blocks = len(starts) // BLOCK_ROWS
    else:
        if swapped:
            of_left, of_grad, run, right_lines = of_grad, of_image, o, right_lines * sh
            left_lines, line_of = np.arange(height), np.zeros(1, np.int64)
        else:
            # Side by side by their remainder by the stride: what a line of the window meets is then one run of lines
            needed = np.unique(np.arange(height) * sh + np.arange(kh)[:, None] * dh)
            left_lines = needed[np.lexsort((needed, needed % sh))]
            of_left = of_image
            line_of = np.array([int(np.flatnonzero(left_lines == p * dh)[0]) for p in range(kh)])
        starts = np.array((kh, runs, run, dw * c * groups, *line_of))
        taps = np.arange(images) * len(left_lines) * ow * BLOCK_ROWS
        left_size = images * len(left_lines) * ow * BLOCK_ROWS + 2 * VL
        blocks = runs * -(-run // BLOCK_ROWS)
    size = _padded(rows, BLOCK_ROWS) * _padded(columns, VL)
    tasks = min(_TASKS, -(-size * n * oh * ow // _TASK_PRODUCTS))
    slices = max(1, min(tasks, _SLICES, units, _SLICES_ELEMENTS // size))
    firsts = (o, c) if swapped else (c, o)
    in_place = planes and o % VL == 0 and blocks <= _FEW_BLOCKS
    return _Plan(
        planes, swapped, rows, columns, slices,
        _tasks(units, slices, blocks, max(1, min(blocks, tasks // slices)), groups, rows * columns, firsts),
        left_size, images * height * ow * _padded(columns, VL),
        *(
            np.array(numbers, np.int64)
            for numbers in (
                (oh, ow, n, images, bands, height, columns, in_place), of_left, of_grad, left_lines, right_lines,
                starts, taps, phases, np.arange(BLOCK_ROWS) * columns,
            )
        ),
    )  # fmt: skip


def _tasks(
    units: int, slices: int, blocks: int, ranges: int, groups: int, elements: int, firsts: tuple[int, int]
) -> Array:
    """See add_windows; `firsts` is how many channels of either side a group has."""
    return np.array(
        [
            (
                units * s // slices, units * (s + 1) // slices, blocks * r // ranges, blocks * (r + 1) // ranges,
                (group * slices + s) * elements, group * firsts[0], group * firsts[1],
            )
            for group in range(groups)
            for s in range(slices)
            for r in range(ranges)
        ],
        np.int64,
    ).reshape(-1, 7)  # fmt: skip


def _padded(count: int, multiple: int) -> int:
    return -(-count // multiple) * multiple


def _flat(x: Array) -> tuple[Array, Array]:
    """The memory of x as one row and its strides in numbers, without a copy if x is contiguous in either order."""
    _, c, h, w = x.shape
    if x.flags.c_contiguous:
        return layout.contiguous(x).reshape(-1), np.array((c * h * w, h * w, w, 1), np.int64)
    return layout.channels_last(x).reshape(-1), np.array((c * h * w, 1, w * c, c), np.int64)


_ZEROS = np.zeros(PANEL, np.float32)
_NO_STRIDES = np.zeros(0, np.int64)


def _finish(sums: Array, plan: _Plan, groups: int, grad_weight: Array) -> None:
    """Add the slices and transpose."""
    per_group, kh, kw = grad_weight.shape[1:]
    # Rows are (i, j, c) for windows, and already (c, i, j) for planes
    points, channels = (1, plan.rows) if plan.planes else (kh * kw, per_group)
    count = groups * -(-plan.columns // VL)
    over_range(
        add_and_transpose, count, plan.slices * plan.rows * VL // _FINISH_SPEED, sums, plan.slices, points, channels,
        plan.columns, grad_weight.reshape(-1), *team_scratch(0, max(points, TILE_ROWS) * VL),
    )  # fmt: skip
