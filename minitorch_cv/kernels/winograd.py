"""Convolution with 3x3 or 5x5 weights at stride 1 by Winograd's minimal filtering: a quarter of the multiplications.

- `winograd(x, weight, bias, window, low, kept)` -> (N, O, oh, ow)
- `winograd_backward_input(grad_out, weight, image_size, window)` -> (N, C, H, W)
- `winograd_backward_weight(grad_out, x, window)` -> (O, C, k, k)
- `supports(window)`, `worthwhile(n, c, o, oh, ow, k, kept)`: whether this way can be taken, and whether it pays

x: (N, C, H, W), weight: (O, C, k, k), bias: (O,) or None, grad_out: (N, O, oh, ow), all float32; one group. Padding may
differ by side and be negative.

Maps are cut into tiles, F(4x4, 3x3) and F(2x2, 5x5). Windows, weights and tiles are transformed
(winograd_transforms.py), and what is left are 36 matrix products (winograd_kernels.py). With small weights the
transforms of a block of tiles stay in a core's cache; with large ones, chunks of tiles pass through working memory of a
fixed size.

The rounding error is larger than that of plain sums: 1e-6 to 4e-6 of the result's norm. A NaN or an infinity reaches
all pixels of the tiles whose windows see it, and every point of the weight's gradient between its channel and the
outputs; in PyTorch it reaches the windows that see it alone.

Source: Lavin & Gray 2016, "Fast algorithms for convolutional neural networks".
"""

from typing import NamedTuple

import numpy as np

from minitorch_cv.kernels import layout
from minitorch_cv.kernels._threads import board, over_range
from minitorch_cv.kernels.keeping import Kept, keep
from minitorch_cv.kernels.layout import Array
from minitorch_cv.kernels.scratch import team_scratch
from minitorch_cv.kernels.target import BLOCK_ROWS, PANEL, VL
from minitorch_cv.kernels.window import Pair, Window
from minitorch_cv.kernels.winograd_kernels import (
    GATHERED_ROWS,
    add_slices,
    correlate,
    correlate_weight,
    transform_weight,
)
from minitorch_cv.kernels.winograd_transforms import POSITIONS, SIZE

# Between the matrices of two positions lies a line of the cache: their sizes are often powers of two, and the 36
# vectors that a transform stores would compete for the same few places of the cache.
_LINE = 16
# Blocks of tiles whose transforms stay in a core's second-level cache: about 1 MB, with _GROUP results at a time.
_BLOCK_TILES = 56
_FEWEST_BLOCK_TILES = 28
_BLOCK_BYTES = 5 << 18
_GROUP = 64
# With so many weights every block would read their transforms from memory: rather one position after another, for
# chunks of many tiles, each step shared by the team.
_LARGE_WEIGHT = 1 << 16
_LARGE_WEIGHT_GRAD = 1 << 15
_CHUNK_BYTES = 16 << 20
# If the team shares a step: nanoseconds of a part, and what is done in one: numbers transformed, multiply-adds.
_PART_NANOSECONDS = 1 << 13
_TRANSFORMED, _MULTIPLIED = 8, 64
_FEWEST_CHANNELS = 32
_TILES_OF_WEIGHT = 40
_READING = 18
_SLICES = 8  # of the tiles, each with sums of its own for the weight's gradient


def supports(window: Window) -> bool:
    """True for windows of 3x3 or 5x5 points that lie side by side and move by one."""
    return window.size in ((3, 3), (5, 5)) and window.stride == (1, 1) and window.dilation == (1, 1)


def worthwhile(n: int, c: int, o: int, oh: int, ow: int, k: int, kept: bool = False) -> bool:
    """True where this way is faster than a convolution by address, for c and o channels and n maps of (oh, ow).

    `kept`: the transform of the weights is at hand from a call before.

    Measured on two cores with AVX-512: with 16 channels or fewer the transforms take longer than the products they save
    (1.7 times as slow at 16x16 channels, 0.8 at 32x32). The weights' transforms take as long as 40 tiles: one image
    of 14x14 with 256 channels took 1.7 ms for 1.1, 16 images of 13x13 5.9 for 8.8. And tiles may be larger than their
    map: 64 maps of 2x2 with 512 channels took 6.8 ms for 5.3.
    """
    m = SIZE + 1 - k
    tiles = n * -(-oh // m) * -(-ow // m)
    pixels = n * oh * ow
    if kept:
        # of few pixels: reading a weight takes as long as so many multiply-adds, and rows are multiplied in blocks
        tiles, pixels = (_padded(count, BLOCK_ROWS) + _READING for count in (tiles, pixels))
    else:
        tiles += _TILES_OF_WEIGHT
    return min(c, o) >= _FEWEST_CHANNELS and POSITIONS * tiles < pixels * k * k


def winograd(
    x: Array, weight: Array, bias: Array | None, window: Window, low: float = -np.inf, kept: Kept | None = None
) -> Array:
    """out[n, o, y, x] = bias[o] + the sum of weight[o] * (the window of x[n] at y, x), but not less than `low`."""
    (top, _), (left, _) = window.padding_by_side
    out = layout.empty_image(len(x), len(weight), *window.output_size(x.shape[2:]), np.float32)
    _correlate(x, weight, bias, (top, left), out, False, low, kept)
    return out


def winograd_backward_input(grad_out: Array, weight: Array, image_size: Pair, window: Window) -> Array:
    """The gradient of `winograd` with respect to x, images of `image_size` (H, W).

    It is a correlation of grad_out with weights turned by half a turn, inputs for outputs; its padding is k - 1 less
    that of the window.
    """
    (top, _), (left, _) = window.padding_by_side
    k = window.size[0]
    grad_x = layout.empty_image(len(grad_out), weight.shape[1], *image_size, np.float32)
    _correlate(grad_out, weight, None, (k - 1 - top, k - 1 - left), grad_x, True)
    return grad_x


class _Grid(NamedTuple):
    """The tiles of a map, as kernels take them."""

    m: int
    top: int
    left: int
    tile_rows: int
    tile_columns: int


def _grid_of(size: Pair, k: int, top: int = 0, left: int = 0) -> _Grid:
    m = SIZE + 1 - k
    return _Grid(m, top, left, -(-size[0] // m), -(-size[1] // m))


def _correlate(
    x: Array,
    weight: Array,
    bias: Array | None,
    begin: Pair,
    out: Array,
    backward: bool,
    low: float = -np.inf,
    kept: Kept | None = None,
) -> None:
    """Fill `out` with a correlation; its first windows begin `begin` pixels before the image."""
    images, results = layout.channels_last(x), layout.channels_last(out)
    (n, oh, ow, o), c = results.shape, images.shape[3]
    grid = _grid_of((oh, ow), weight.shape[2], *begin)
    tiles = n * grid.tile_rows * grid.tile_columns
    if not results.size:
        return
    if not c:
        results[...] = np.maximum(np.float32(0) if bias is None else bias, np.float32(low))
        return
    depth, columns = _padded(c, VL), _padded(o, VL)
    in_blocks = c * o < _LARGE_WEIGHT
    group = min(_GROUP, columns) if in_blocks else columns
    if in_blocks:
        fitting = _BLOCK_BYTES // (4 * POSITIONS * (depth + group))
        size = max(_FEWEST_BLOCK_TILES, min(_BLOCK_TILES, fitting))
    else:
        size = min(_padded(tiles, BLOCK_ROWS), _CHUNK_BYTES // (4 * POSITIONS * (depth + group)))
    size = max(size // BLOCK_ROWS, 1) * BLOCK_ROWS
    steps, products_step = (size * depth + _LINE, depth, PANEL), size * group + _LINE
    packed, packed_step = keep(kept, ("transform", backward), lambda: _transformed_weight(weight, backward))
    bias_row = np.zeros(_padded(o, PANEL) + PANEL, np.float32)
    if bias is not None:
        bias_row[:o] = bias
    tables = np.concatenate((np.arange(BLOCK_ROWS) * depth, np.arange(BLOCK_ROWS) * group, [0]))
    blocks = -(-tiles // size)
    correlate(
        board(), 1 if in_blocks else blocks, 0, blocks, images.reshape(-1), images.shape[1:], packed, packed_step,
        bias_row, results.reshape(-1), results.shape[1:], grid, tiles, size, columns, group, steps, products_step,
        tables, _part(POSITIONS * (depth + group) // 2, _TRANSFORMED), _part(size * c * group, _MULTIPLIED),
        np.float32(low), *_memory(1, POSITIONS * steps[0], in_blocks),
        *_memory(2, POSITIONS * products_step, in_blocks), *team_scratch(0, POSITIONS * VL),
    )  # fmt: skip


def _transformed_weight(weight: Array, backward: bool) -> tuple[Array, int]:
    """The transforms of weights in panels, and the step from one position's to the next's."""
    o, c, k, _ = weight.shape
    taps, flat = k * k, layout.contiguous(weight).reshape(-1)
    sides = (c, taps, o, c * taps) if backward else (o, c * taps, c, taps)
    panels, depth = -(-sides[0] // PANEL), sides[2]
    step = panels * depth * PANEL + _LINE
    packed = layout.empty((POSITIONS * step,), np.float32)
    gathered = GATHERED_ROWS * taps * PANEL
    over_range(
        transform_weight, panels * -(-depth // GATHERED_ROWS), gathered, flat, k, backward, *sides, packed, step,
        *team_scratch(0, gathered),
    )  # fmt: skip
    return packed, step


def winograd_backward_weight(grad_out: Array, x: Array, window: Window) -> Array:
    """The gradient of `winograd` with respect to weight: the sum over all windows of grad_out * window."""
    images, grads = layout.channels_last(x), layout.channels_last(grad_out)
    (n, oh, ow, o), c, k = grads.shape, images.shape[3], window.size[0]
    (top, _), (left, _) = window.padding_by_side
    grid, grad_grid = _grid_of((oh, ow), k, top, left), _grid_of((oh, ow), k)
    tiles = n * grid.tile_rows * grid.tile_columns
    if not tiles or not c or not o:
        return layout.zeros((o, c, k, k), np.float32)
    rows, columns = _padded(c, VL), _padded(o, VL)
    panels = -(-o // PANEL)
    in_slices = c * o < _LARGE_WEIGHT_GRAD
    size = _BLOCK_TILES if in_slices else _CHUNK_BYTES // (4 * POSITIONS * (rows + panels * PANEL))
    size = min(tiles, max(size, _BLOCK_TILES))
    steps, grad_steps = (size * rows + _LINE, rows, PANEL), (panels * size * PANEL + _LINE, PANEL, size * PANEL)
    sums_step = c * columns + _LINE
    tables, zeros = np.concatenate((np.arange(BLOCK_ROWS) * columns, [0])), np.zeros(PANEL, np.float32)
    slices = min(_SLICES, -(-tiles // size)) if in_slices else 1
    parts = layout.empty((slices, o, c, k, k), np.float32)
    windows_size = POSITIONS * steps[0] + BLOCK_ROWS  # the last rows of a block are read a little beyond their end
    correlate_weight(
        board(), 1, 0, slices, images.reshape(-1), images.shape[1:], grid, grads.reshape(-1), grads.shape[1:],
        grad_grid, parts.reshape(-1), slices, tiles, size, columns, steps, grad_steps, sums_step, tables, zeros,
        _part(POSITIONS * (rows + columns) // 2, _TRANSFORMED), _part(size * c * columns, _MULTIPLIED),
        _part(POSITIONS * columns, _TRANSFORMED), *_memory(1, windows_size, in_slices),
        *_memory(2, POSITIONS * grad_steps[0], in_slices), *_memory(3, POSITIONS * sums_step, in_slices),
        *team_scratch(0, POSITIONS * VL),
    )  # fmt: skip
    if slices == 1:
        return parts[0]
    grad = layout.empty((o, c, k, k), np.float32)
    over_range(add_slices, -(-grad.size // VL), slices + 1, parts.reshape(-1), grad.reshape(-1))
    return grad


def _part(work: int, in_nanosecond: int) -> int:
    """How many items a part of a step is made of, with so much work for each, and so much done in a nanosecond."""
    return max(1, _PART_NANOSECONDS * in_nanosecond // work)


def _memory(slot: int, elements: int, for_each: bool) -> tuple[Array, int]:
    """Working memory for each worker of the team, or for all together."""
    return team_scratch(slot, elements) if for_each else (layout.empty((elements,), np.float32), elements)


def _padded(count: int, multiple: int) -> int:
    return -(-count // multiple) * multiple
