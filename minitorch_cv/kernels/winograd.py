"""Convolution with 3x3 or 5x5 weights at stride 1 by Winograd's minimal filtering: a quarter of the multiplications.

- `winograd(x, weight, bias, window)` -> (N, O, oh, ow)
- `winograd_backward_input(grad_out, weight, image_size, window)` -> (N, C, H, W)
- `winograd_backward_weight(grad_out, x, window)` -> (O, C, k, k)
- `supports(window)`, `worthwhile(n, c, o, oh, ow, k)`: whether it can, and whether it pays

x: (N, C, H, W), weight: (O, C, k, k), bias: (O,) or None, grad_out: (N, O, oh, ow), all float32; one group. Padding may differ by
side and may be negative.

Images are cut in tiles, F(4x4, 3x3) or F(2x2, 5x5); windows, weights and results are transformed (winograd_transforms.py),
and a convolution becomes 36 matrix products (winograd_kernels.py). Errors are larger than a plain sum's, about 3e-6 of the
result's norm at 512 channels, and a NaN or infinity reaches all pixels of the tiles whose windows see it (all weights between
its channel and the outputs), where a plain sum would confine it to the windows themselves.

Source: Lavin & Gray 2016, "Fast algorithms for convolutional neural networks".
"""

from typing import NamedTuple

import numpy as np

from minitorch_cv.kernels import layout
from minitorch_cv.kernels._threads import run_tasks
from minitorch_cv.kernels.layout import Array
from minitorch_cv.kernels.scratch import scratch
from minitorch_cv.kernels.target import BLOCK_ROWS, PANEL, VL
from minitorch_cv.kernels.window import Pair, Window
from minitorch_cv.kernels.winograd_kernels import (
    GATHERED_ROWS,
    multiply,
    multiply_transposed,
    restore_tiles,
    restore_weight,
    transform_tiles,
    transform_weight,
)
from minitorch_cv.kernels.winograd_transforms import POSITIONS, SIZE

# Each position's matrix begins one line of the cache later than a power of two would have it: the 36 numbers that a transform
# stores would otherwise compete for the same few places of the cache.
_LINE = 16
_GROUP = 64  # channels that are multiplied at a time: 36 matrices of 64 x 64 fit into a second-level cache of 1 MB
_BLOCK_TILES = 56  # at a time, with 64 channels; fewer with more
_BLOCK_BYTES = 5 << 18
_LARGE_WEIGHT = 256 * 256  # from here on a block would rather read the weights once than keep its windows in cache
_CHUNK_BYTES = 12 << 20
_TASKS = 16


def supports(window: Window) -> bool:
    """True for windows of 3x3 or 5x5 points that lie side by side and move by one."""
    return window.size in ((3, 3), (5, 5)) and window.stride == (1, 1) and window.dilation == (1, 1)


def winograd(x: Array, weight: Array, bias: Array | None, window: Window) -> Array:
    """out[n, o, y, x] = bias[o] + the sum of weight[o] * (the window of x[n] at y, x)."""
    (top, _), (left, _) = window.padding_by_side
    out = layout.empty_image(len(x), len(weight), *window.output_size(x.shape[2:]), np.float32)
    _correlate(x, weight, bias, (top, left), out, backward=False)
    return out


def winograd_backward_input(grad_out: Array, weight: Array, image_size: Pair, window: Window) -> Array:
    """The gradient of `winograd` with respect to x, images of `image_size` (H, W).

    It is a convolution of grad_out too, with weights turned by half a turn, inputs for outputs, and what padding leaves of k - 1.
    """
    (top, _), (left, _) = window.padding_by_side
    k = window.size[0]
    grad_x = layout.empty_image(len(grad_out), weight.shape[1], *image_size, np.float32)
    _correlate(grad_out, weight, None, (k - 1 - top, k - 1 - left), grad_x, backward=True)
    return grad_x


class _Grid(NamedTuple):
    """The tiles of a map, as kernels take them."""

    m: int
    top: int
    left: int
    tile_rows: int
    tile_columns: int


def _grid_of(size: Pair, k: int, begin: Pair) -> _Grid:
    """The tiles of maps of `size`, whose first window begins `begin` pixels before the image."""
    m = SIZE + 1 - k
    return _Grid(m, *begin, -(-size[0] // m), -(-size[1] // m))


def _correlate(x: Array, weight: Array, bias: Array | None, begin: Pair, out: Array, backward: bool) -> None:
    """Fill `out` with the correlation of x and weights, or with `backward` weights turned, outputs for inputs."""
    source, target = layout.channels_last(x), layout.channels_last(out)
    n, oh, ow, o = target.shape
    c = source.shape[3]
    grid = _grid_of((oh, ow), weight.shape[2], begin)
    tiles = n * grid.tile_rows * grid.tile_columns
    if not tiles or not o:
        return
    if not c:
        target[...] = 0 if bias is None else bias
        return
    depth, columns = _padded(c, VL), _padded(o, VL)
    packed, packed_step = _transformed_weight(weight, backward)
    bias_row = np.zeros(_padded(o, PANEL) + PANEL, np.float32)
    if bias is not None:
        bias_row[:o] = bias
    pixels, results = source.reshape(-1), target.reshape(-1)
    shape, out_shape = source.shape[1:], target.shape[1:]
    at_once = c * o < _LARGE_WEIGHT
    group = min(_GROUP, columns) if at_once else columns
    block = _BLOCK_BYTES if at_once else _CHUNK_BYTES
    block = block // (POSITIONS * 4 * (depth + group)) // BLOCK_ROWS * BLOCK_ROWS
    block = max(BLOCK_ROWS, min(_BLOCK_TILES if at_once else _padded(tiles, BLOCK_ROWS), block))
    steps = (block * depth + _LINE, depth, PANEL)
    products_step = block * group + _LINE
    tables = np.concatenate((np.arange(BLOCK_ROWS) * depth, np.arange(BLOCK_ROWS) * group, [0]))

    def transform(windows: Array, w0: int, first: int, last: int) -> None:
        patch = scratch(0, POSITIONS * VL)
        transform_tiles(pixels, shape, grid, SIZE, first, last, 0, depth, windows, w0, steps, patch)

    def product(windows: Array, products: Array, o0: int, first: int, last: int, count: int) -> None:
        multiply(windows, steps[0], c, packed, o0 * c, packed_step, products, products_step, min(group, columns - o0),
                 bias_row, o0, first, last, count, tables)  # fmt: skip

    def restore(products: Array, p0: int, o0: int, first: int, last: int) -> None:
        patch = scratch(0, POSITIONS * VL)
        restore_tiles(
            products,
            p0,
            products_step,
            group,
            results,
            out_shape,
            grid,
            first,
            last,
            o0,
            min(group, columns - o0),
            patch,
        )

    if at_once:

        def task(t: int) -> None:
            windows, products = scratch(1, POSITIONS * steps[0]), scratch(2, POSITIONS * products_step)
            first, last = t * block, min(tiles, (t + 1) * block)
            transform(windows, 0, first, last)
            for o0 in range(0, columns, group):
                product(windows, products, o0, 0, POSITIONS, last - first)
                restore(products, 0, o0, first, last)

        run_tasks(task, -(-tiles // block))
        return

    windows = layout.empty((POSITIONS * steps[0],), np.float32)
    products = layout.empty((POSITIONS * products_step,), np.float32)
    for start in range(0, tiles, block):
        end = min(tiles, start + block)
        share = -(-(end - start) // _TASKS)
        parts = -(-(end - start) // share)
        run_tasks(
            lambda t: transform(windows, t * share * depth, start + t * share, min(end, start + (t + 1) * share)), parts
        )
        run_tasks(lambda p: product(windows, products, 0, p, p + 1, end - start), POSITIONS)
        run_tasks(
            lambda t: restore(products, t * share * group, 0, start + t * share, min(end, start + (t + 1) * share)),
            parts,
        )


def _transformed_weight(weight: Array, backward: bool) -> tuple[Array, int]:
    """The transforms of weights in panels, and the distance from position to position."""
    o, c, k, _ = weight.shape
    flat = layout.contiguous(weight).reshape(-1)
    lanes, lane_step, depth, depth_step = (c, k * k, o, c * k * k) if backward else (o, c * k * k, c, k * k)
    panels = -(-lanes // PANEL)
    step = panels * depth * PANEL + _LINE
    packed = layout.empty((POSITIONS * step,), np.float32)
    share = -(-panels // _TASKS)

    def task(t: int) -> None:
        gathered = scratch(0, GATHERED_ROWS * k * k * PANEL)
        last = min(panels, (t + 1) * share)
        transform_weight(
            flat, k, backward, lanes, lane_step, depth, depth_step, t * share, last, packed, step, gathered
        )

    run_tasks(task, -(-panels // share))
    return packed, step


def winograd_backward_weight(grad_out: Array, x: Array, window: Window) -> Array:
    """The gradient of `winograd` with respect to weight: the sum over all windows of grad_out * window.

    A task takes a group of inputs and one of outputs, whose 36 sums stay in cache, and where there are few groups, a share of the tiles.
    """
    k = window.size[0]
    (top, _), (left, _) = window.padding_by_side
    source, grads = layout.channels_last(x), layout.channels_last(grad_out)
    n, oh, ow, o = grads.shape
    c = source.shape[3]
    grid = _grid_of((oh, ow), k, (top, left))
    grad_grid = _grid_of((oh, ow), k, (0, 0))
    tiles = n * grid.tile_rows * grid.tile_columns
    if not tiles or not c or not o:
        return layout.zeros((o, c, k, k), np.float32)

    rows, columns = _shares(c), _shares(o)
    groups = -(-c // rows) * -(-o // columns)
    blocks = -(-tiles // _BLOCK_TILES)
    run = -(-blocks // max(1, _TASKS // groups))
    slices = -(-blocks // run)
    parts = layout.empty((slices, o, c, k, k), np.float32)
    flat, pixels, gradients = parts.reshape(-1), source.reshape(-1), grads.reshape(-1)
    steps = (_BLOCK_TILES * rows + _LINE, rows, PANEL)
    panel_step = _BLOCK_TILES * PANEL
    grad_steps = (_padded(columns, PANEL) // PANEL * panel_step + _LINE, PANEL, panel_step)
    sums_step = rows * columns + _LINE
    tables = np.concatenate((np.arange(BLOCK_ROWS) * columns, [0]))
    zeros = np.zeros(PANEL, np.float32)

    def task(t: int) -> None:
        part, group = divmod(t, groups)
        c0, o0 = group % -(-c // rows) * rows, group // -(-c // rows) * columns
        windows, tiles_of_grad = scratch(1, POSITIONS * steps[0] + BLOCK_ROWS), scratch(2, POSITIONS * grad_steps[0])
        sums, patch = scratch(3, POSITIONS * sums_step), scratch(0, POSITIONS * VL)
        channels = min(rows, c - c0)
        for first in range(part * run * _BLOCK_TILES, min(tiles, (part + 1) * run * _BLOCK_TILES), _BLOCK_TILES):
            last = min(tiles, first + _BLOCK_TILES)
            transform_tiles(pixels, source.shape[1:], grid, SIZE, first, last, c0, rows, windows, 0, steps, patch)
            transform_tiles(
                gradients,
                grads.shape[1:],
                grad_grid,
                grid.m,
                first,
                last,
                o0,
                columns,
                tiles_of_grad,
                0,
                grad_steps,
                patch,
            )
            multiply_transposed(
                windows,
                steps[0],
                channels,
                rows,
                tiles_of_grad,
                grad_steps[0],
                panel_step,
                sums,
                sums_step,
                columns,
                last - first,
                first > part * run * _BLOCK_TILES,
                tables,
                zeros,
            )
        restore_weight(
            sums,
            sums_step,
            columns,
            flat,
            ((part * o + o0) * c + c0) * k * k,
            k,
            channels,
            c,
            min(columns, o - o0),
            patch,
        )

    run_tasks(task, slices * groups)
    return parts[0] if slices == 1 else parts.sum(axis=0)


def _shares(channels: int) -> int:
    """The channels of a group: equal shares of at most _GROUP."""
    return _padded(-(-channels // -(-channels // _GROUP)), VL)


def _padded(count: int, multiple: int) -> int:
    return -(-count // multiple) * multiple
