"""How a convolution by address (direct.py) is cut into units of work, and the tables of addresses that a unit needs.

A unit is some output rows of one image, or some whole images if they are small. All units of one kind share their
tables, which count from where the unit begins. Everything here depends on shapes alone, and is kept for the next call.

Functions: `plan(source_shape, out_shape, window, backward)` -> Plan, `panel_floats(columns)`.
"""

import functools
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from minitorch_cv.kernels.layout import Array
from minitorch_cv.kernels.target import BLOCK_ROWS, PANEL, VL
from minitorch_cv.kernels.window import Pair, Window

_UNIT_ROWS = range(96, 320)  # output pixels of a unit: enough to use a panel of weights often while it is in cache
_FEWEST_TASKS = 8  # where there is enough to do, so that every core gets its share
_MOST_TASKS = 32
_TASK_WORK = 1 << 20  # multiplications, some 15 microseconds: a task of fewer is not worth handing over


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


class Part(NamedTuple):
    """Units of work of one shape: some output rows of one image, or some whole images.

    Attributes:
        tasks: (first, last unit, first, last column) of each, int64.
        buffer_size: of the copy with zeros around, in numbers; 0 if units are read in place.
        source_rows, out_rows: for each output pixel of a unit, pass after pass, where its window and its result begin.
        taps: where the lines of a window lie, pass after pass.
        passes: for each pass taps, depth, first tap, first row, rows, first number of its panels.
        numbers: the geometry, see `_run_tasks`.
    """

    tasks: Array
    buffer_size: int
    source_rows: Array
    out_rows: Array
    taps: Array
    passes: Array
    numbers: Array


class Plan(NamedTuple):
    """All that depends on shapes only.

    Attributes:
        parts: the work.
        points: for each pass how many points of the window its panels hold, and these (row * kw + column).
        panel_points: of all passes together.
        leaves_pixels: whether some output pixels meet no point of the window: no pass writes them.
    """

    parts: list[Part]
    points: Array
    panel_points: int
    leaves_pixels: bool


@functools.lru_cache(maxsize=256)
def plan(source_shape: tuple[int, ...], out_shape: tuple[int, ...], window: Window, backward: bool) -> Plan:
    """For a source and an output of (N, H, W, channels); `backward` for the gradient of the input."""
    n, out_h, out_w, _ = out_shape
    # Bands of a gradient must begin at the same phase.
    images, band = _unit(n, out_h, out_w, window.stride[0] if backward else 1)
    parts = []
    leaves_pixels = False
    points: tuple[tuple[int, ...], ...] = ()
    for unit_images, height, units, first_image, bands, first_band in _cut(n, out_h, images, band):
        part, points, leaves = _part(
            source_shape, out_shape, window, backward, unit_images, height, band, units, first_image, bands, first_band
        )
        leaves_pixels |= leaves
        parts.append(part)
    return Plan(
        parts,
        np.array([number for points_of_pass in points for number in (len(points_of_pass), *points_of_pass)], np.int64),
        sum(map(len, points)),
        leaves_pixels,
    )


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
    # Rows that are left for a last band must meet all phases: bands share one set of panels.
    fitting = [band for band in range(step, out_h, step) if not 0 < out_h % band < step]
    bands = [(1, band) for band in fitting if band * out_w in _UNIT_ROWS]
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


def _part(
    source_shape: tuple[int, ...], out_shape: tuple[int, ...], window: Window, backward: bool,
    images: int, height: int, band: int, units: int, first_image: int, bands: int, first_band: int,
) -> tuple[Part, tuple[tuple[int, ...], ...], bool]:  # fmt: skip
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
        nothing = np.zeros(0, np.int64)
        return (
            Part(nothing.reshape(0, 4), 0, nothing, nothing, nothing, nothing.reshape(0, 6), nothing),
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
    width = panel_floats(columns)
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
    part = Part(
        _tasks(units, columns, work),
        0 if in_place else images * image,
        np.concatenate(source_rows).astype(np.int64),
        np.concatenate(out_rows).astype(np.int64),
        np.concatenate(taps).astype(np.int64),
        np.array(passes, np.int64),
        np.array(numbers, np.int64),
    )
    return part, tuple(points), len(used) < len(pairs)


def _tasks(units: int, columns: int, unit_work: int) -> Array:
    """(first, last unit, first, last column) of tasks, given the multiplications of a unit."""
    panels = -(-columns // PANEL)
    wanted = max(1, min(_MOST_TASKS, units * unit_work // _TASK_WORK))
    rows = -(-units // min(units, wanted))  # units of a task
    runs = -(-units // rows)
    width = panels  # panels of a task: fewer than all only where there are few units
    if runs < _FEWEST_TASKS:
        width = max(1, -(-panels * runs // min(_FEWEST_TASKS, wanted)))
    return np.array(
        [
            (first, min(units, first + rows), panel * PANEL, min(columns, (panel + width) * PANEL))
            for first in range(0, units, rows)
            for panel in range(0, panels, width)
        ],
        np.int64,
    ).reshape(-1, 4)


def _extent(phases: list[_Phase]) -> Pair:
    """The first source position that the phases reach, and the one after the last."""
    first = min(int(phase.starts[0]) for phase in phases)
    end = max(int(phase.starts[-1] + phase.steps[-1]) + 1 for phase in phases)
    return first, end


def panel_floats(columns: int) -> int:
    """Numbers in one row of all panels: whole panels of PANEL columns, then one of VL if that is enough."""
    rest = columns % PANEL
    return columns // PANEL * PANEL + (0 if rest == 0 else VL if rest <= VL else PANEL)
