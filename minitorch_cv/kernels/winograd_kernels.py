"""The loops of Winograd's convolution: transforms of tiles, and products at each of the 36 positions of a transform.

A tile is m x m pixels of a map that a convolution makes, m = 4 for 3x3 weights and 2 for 5x5; its window is the
SIZE x SIZE pixels that it is made from. Tiles are counted row by row through all images; those at the lower and right
edge may hang over. Their transforms lie in working memory as [position][tile][channel]: 36 matrices. The right-hand
side of a product lies in panels, [position][panel][row][PANEL]. Working memory is padded to whole vectors; images are
not.

- `transform_weight`: the transform of weights, in panels
- `correlate`: the images behind windows @ weights, block of tiles by block
- `correlate_weight`: the weight's gradients behind windows^T @ tiles of the gradient, for slices of all tiles
- `add_slices`: their sum

`correlate` and `correlate_weight` take steps: transform tiles, multiply, transform back. With a `size` of one block or
slice, workers of the team take whole ones and go through the steps alone. With a `size` of all of them, or if there is
one only, nothing is shared by then, and the team shares each step.

Arguments that several have:

- shape: (h, w, c) of images, which are flat (n, h, w, c) arrays
- grid: (m, top, left, tile_rows, tile_columns): tile (i, j) of an image begins at its pixel (i*m - top, j*m - left)
- first, last: the tiles, positions, channels, ... first <= t < last
- begin: the tile at which working memory begins
- columns: channels, a multiple of VL; those beyond the image's are read as 0
- steps: in working memory from one position to the next, from one tile, and from one panel of channels
- block: tiles of a block
- tile_part, position_part, channel_part: how many a part of a step is made of, if the team shares it
- windows, windows_size and the like: the team's memory, and the size of a worker's share; patch_size is POSITIONS*VL
"""

import numpy as np

from minitorch_cv.kernels._jit import kernel
from minitorch_cv.kernels._team import share
from minitorch_cv.kernels.microkernel import packed_rows, rows_by_table
from minitorch_cv.kernels.scratch import own
from minitorch_cv.kernels.simd import load, load_part, maximum, prefetch_to_store, splat, store, store_part
from minitorch_cv.kernels.target import BLOCK_ROWS, PANEL, VL
from minitorch_cv.kernels.winograd_transforms import (
    ONE,
    POSITIONS,
    SIZE,
    restore_tile_2,
    restore_tile_4,
    restore_weight_3,
    restore_weight_5,
    transform_tile_2,
    transform_tile_4,
    transform_weight_3,
    transform_weight_5,
    transform_window,
)

# Weights lie across a panel's lanes: so many rows of a panel are gathered before they are transformed.
GATHERED_ROWS = 8
# For calls of another kernel. A plain number would be taken for the argument's type: the kernel would be compiled for
# this number alone, and `first` would be 0 in all parts of its range.
_NO_BOUND = np.float32(-np.inf)
_FIRST, _LAST, _EXTENT, _LANES = np.int64(0), np.int64(POSITIONS), np.int64(SIZE), np.int64(VL)


@kernel
def transform_weight(
    team, size, first, last, weight, k, turned, lanes, lane_step, depth, depth_step, packed, step, buffers, buffer_size
):
    """Transform k x k weights: panels of `lanes` columns, `depth` rows each, GATHERED_ROWS of a panel at a time.

    Column l of row d is weight[l*lane_step + d*depth_step:][:k*k], backwards if `turned` (by half a turn). It goes to
    packed[position*step + (l // PANEL * depth + d)*PANEL + l % PANEL]. buffers: GATHERED_ROWS*k*k*PANEL numbers each.
    """
    if share(team, size, first, last):
        return
    gathered = own(team, buffers, buffer_size)
    taps = k * k
    start, tap_step = (taps - 1, -1) if turned else (0, 1)
    turns = -(-depth // GATHERED_ROWS)  # for a panel
    for turn in range(first, last):
        panel, d0 = turn // turns, turn % turns * GATHERED_ROWS
        rows = min(GATHERED_ROWS, depth - d0)
        for lane in range(PANEL):
            column = panel * PANEL + lane
            for d in range(rows):
                s = column * lane_step + (d0 + d) * depth_step + start
                for tap in range(taps):
                    value = weight[s + tap * tap_step] if column < lanes else 0.0
                    gathered[(d * taps + tap) * PANEL + lane] = value
        for d in range(rows):
            for v in range(0, PANEL, VL):
                s, t = d * taps * PANEL + v, (panel * depth + d0 + d) * PANEL + v
                if k == 3:
                    transform_weight_3(gathered, s, k * PANEL, PANEL, packed, t, step)
                else:
                    transform_weight_5(gathered, s, k * PANEL, PANEL, packed, t, step)


@kernel
def _transform(extent, source, s0, row_step, column_step, target, t0, step, panel_step, columns):
    """Transform `columns` channels of extent x extent pixels; each PANEL of them goes `panel_step` behind the last."""
    for panel in range(0, columns, PANEL):
        for c in range(panel, min(panel + PANEL, columns), VL):
            t = t0 + panel // PANEL * panel_step + c - panel
            if extent == SIZE:
                transform_window(source, s0 + c, row_step, column_step, target, t, step)
            elif extent == 4:
                transform_tile_4(source, s0 + c, row_step, column_step, target, t, step)
            else:
                transform_tile_2(source, s0 + c, row_step, column_step, target, t, step)


@kernel
def _transform_tiles(
    team, size, first, last, begin, images, shape, grid, extent, columns, target, steps, patches, patch_size
):
    """Transform the extent x extent pixels from the beginning of each tile; those outside of its image are 0.

    Lane l of panel p of tile t goes to target[position*steps[0] + (t - begin)*steps[1] + p*steps[2] + l].
    """
    if share(team, size, first, last):
        return
    patch = own(team, patches, patch_size)
    h, w, c = shape
    m, top, left, tile_rows, tile_columns = grid
    step, tile_step, panel_step = steps
    zero = splat(0.0)
    for t in range(first, last):
        image, tile = t // (tile_rows * tile_columns), t % (tile_rows * tile_columns)
        y, x = tile // tile_columns * m - top, tile % tile_columns * m - left
        source = ((image * h + y) * w + x) * c
        place = (t - begin) * tile_step
        inside = y >= 0 and x >= 0 and y + extent <= h and x + extent <= w
        whole = c // VL * VL if inside else 0
        _transform(extent, images, source, w * c, c, target, place, step, panel_step, whole)
        if whole == columns:
            continue
        for p in range(extent * extent):
            store(patch, p * VL, zero)
        for i in range(whole, columns, VL):
            for p in range(max(-y, 0), min(extent, h - y)):
                for q in range(max(-x, 0), min(extent, w - x)):
                    pixel = load_part(images, source + (p * w + q) * c + i, c - i)
                    store(patch, (p * extent + q) * VL, pixel)
            into = place + i // PANEL * panel_step + i % PANEL
            _transform(extent, patch, _FIRST, extent * _LANES, _LANES, target, into, step, _FIRST, _LANES)


@kernel
def _multiply(
    team, size, first, last, windows, windows_step, depth, packed, b0, packed_step, products, products_step, columns,
    bias, bias0, tiles, tables,
):  # fmt: skip
    """products[position] (tiles, columns) = windows[position] (tiles, depth) @ packed[position] (depth, columns).

    The matrices of a position lie windows_step, packed_step and products_step behind those of the last; the weights'
    begin at packed[b0]. bias[bias0:] is that of the columns.

    The bias is added to the values at the point (1, 1): by A^T and A they become the same number in every pixel.
    """
    if share(team, size, first, last):
        return
    zeros0 = len(bias) - PANEL
    for p in range(first, last):
        for n in range(0, columns, PANEL):
            for r in range(0, tiles, BLOCK_ROWS):
                rows_by_table(
                    1, depth, windows, p * windows_step + r * tables[1], tables, 0, tables, 2 * BLOCK_ROWS, 0,
                    packed, b0 + p * packed_step + n * depth, PANEL,
                    products, p * products_step + r * tables[BLOCK_ROWS + 1] + n, tables, BLOCK_ROWS,
                    tiles - r, columns - n, bias, bias0 + n if p == ONE else zeros0, False, _NO_BOUND,
                )  # fmt: skip


@kernel
def _restore_tiles(
    team, size, first, last, begin, products, step, row_step, images, shape, grid, c0, columns, low, patches,
    patch_size,
):  # fmt: skip
    """The tiles behind products[position*step + (t - begin)*row_step:][:columns], to the pixels' channels from c0.

    Not less than `low`.
    """
    if share(team, size, first, last):
        return
    floor = splat(low)
    patch = own(team, patches, patch_size)
    h, w, c = shape
    m, _, _, tile_rows, tile_columns = grid
    for t in range(first, last):
        image, tile = t // (tile_rows * tile_columns), t % (tile_rows * tile_columns)
        y, x = tile // tile_columns * m, tile % tile_columns * m
        target = ((image * h + y) * w + x) * c + c0
        place = (t - begin) * row_step
        for i in range(0, columns, VL):
            if m == 4:
                restore_tile_4(products, place + i, SIZE * step, step, patch, 0, VL)
            else:
                restore_tile_2(products, place + i, SIZE * step, step, patch, 0, VL)
            for p in range(min(m, h - y)):
                for q in range(min(m, w - x)):
                    pixel = target + (p * w + q) * c + i
                    store_part(images, pixel, maximum(load(patch, (p * m + q) * VL), floor), c - c0 - i)
                    prefetch_to_store(images, pixel + m * c)  # that of the next tile


@kernel
def correlate(
    team, size, first, last, images, shape, packed, packed_step, bias, results, result_shape, grid, tiles, block,
    columns, group, steps, products_step, tables, tile_part, position_part, low, windows, windows_size, products,
    products_size, patches, patch_size,
):  # fmt: skip
    """The blocks of tiles first <= b < last: correlations of images with weights, `group` of `columns` at a time.

    Results are not less than `low`.

    packed, packed_step: from `transform_weight`. bias: that of the columns, then a panel of zeros. tables: the offsets
    of BLOCK_ROWS rows of windows, of as many rows of products, and a 0.
    """
    if share(team, size, first, last):
        return
    windows, products = own(team, windows, windows_size), own(team, products, products_size)
    c = shape[2]
    for b in range(first, last):
        begin, end = b * block, min(tiles, (b + 1) * block)
        _transform_tiles(
            team,
            tile_part,
            begin,
            end,
            begin,
            images,
            shape,
            grid,
            _EXTENT,
            steps[1],
            windows,
            steps,
            patches,
            patch_size,
        )
        for o0 in range(0, columns, group):
            width = min(group, columns - o0)
            _multiply(
                team, position_part, _FIRST, _LAST, windows, steps[0], c, packed, o0 * c, packed_step, products,
                products_step, width, bias, o0, end - begin, tables,
            )  # fmt: skip
            _restore_tiles(
                team, tile_part, begin, end, begin, products, products_step, group, results, result_shape, grid, o0,
                width, low, patches, patch_size,
            )  # fmt: skip


@kernel
def _multiply_transposed(
    team, size, first, last, windows, windows_step, channels, window_step, tiles, tiles_step, panel_step, sums,
    sums_step, columns, count, accumulate, tables, zeros,
):  # fmt: skip
    """sums[position] = windows[position]^T (channels, count) @ tiles[position] (count, columns), or added to it.

    The matrices of a position lie windows_step, tiles_step and sums_step behind those of the last.
    """
    if share(team, size, first, last):
        return
    for p in range(first, last):
        for n in range(0, columns, PANEL):
            for r in range(0, channels, BLOCK_ROWS):
                packed_rows(
                    1, count, windows, p * windows_step + r, tables, 0, tables, BLOCK_ROWS, window_step,
                    tiles, p * tiles_step + n // PANEL * panel_step, PANEL,
                    sums, p * sums_step + r * columns + n, tables, 0,
                    channels - r, columns - n, zeros, 0, accumulate, _NO_BOUND,
                )  # fmt: skip


@kernel
def _restore_weight(team, size, first, last, sums, step, columns, grads, g0, k, c, o, patches, patch_size):
    """The weight's gradient grads[g0:] (o, c, k, k) behind sums[position] (c, columns), for the inputs."""
    if share(team, size, first, last):
        return
    patch = own(team, patches, patch_size)
    taps = k * k
    for i in range(first, last):
        for n in range(0, o, VL):
            if k == 3:
                restore_weight_3(sums, i * columns + n, SIZE * step, step, patch, 0, VL)
            else:
                restore_weight_5(sums, i * columns + n, SIZE * step, step, patch, 0, VL)
            for lane in range(min(VL, o - n)):
                for tap in range(taps):
                    grads[g0 + ((n + lane) * c + i) * taps + tap] = patch[tap * VL + lane]


@kernel
def correlate_weight(
    team, size, first, last, images, shape, grid, grads, grad_shape, grad_grid, weight_grads, slices, tiles, block,
    columns, steps, grad_steps, sums_step, tables, zeros, tile_part, position_part, channel_part, windows,
    windows_size, grad_tiles, grad_tiles_size, sums, sums_size, patches, patch_size,
):  # fmt: skip
    """The slices of all tiles first <= s < last: each one's sum for the weight's gradient, (slices, o, c, k, k).

    columns: o, padded. tables: the offsets of BLOCK_ROWS rows of sums, and a 0. zeros: a panel of them.
    """
    if share(team, size, first, last):
        return
    windows, sums = own(team, windows, windows_size), own(team, sums, sums_size)
    grad_tiles = own(team, grad_tiles, grad_tiles_size)
    c, o = shape[2], grad_shape[2]
    m, _, _, _, _ = grid
    k = SIZE + 1 - m
    blocks = -(-tiles // block)
    for s in range(first, last):
        first_block, end_block = blocks * s // slices, blocks * (s + 1) // slices
        for b in range(first_block, end_block):
            begin, end = b * block, min(tiles, (b + 1) * block)
            _transform_tiles(
                team, tile_part, begin, end, begin, images, shape, grid, _EXTENT, steps[1], windows, steps, patches,
                patch_size,
            )  # fmt: skip
            _transform_tiles(
                team, tile_part, begin, end, begin, grads, grad_shape, grad_grid, m, columns, grad_tiles, grad_steps,
                patches, patch_size,
            )  # fmt: skip
            _multiply_transposed(
                team, position_part, _FIRST, _LAST, windows, steps[0], c, steps[1], grad_tiles, grad_steps[0],
                grad_steps[2], sums, sums_step, columns, end - begin, b > first_block, tables, zeros,
            )  # fmt: skip
        _restore_weight(
            team, channel_part, _FIRST, c, sums, sums_step, columns, weight_grads, s * o * c * k * k, k, c, o, patches,
            patch_size,
        )  # fmt: skip


@kernel
def add_slices(team, size, first, last, slices, out):
    """The vectors first <= v < last of the sum of arrays that lie one behind the other."""
    if share(team, size, first, last):
        return
    length = len(out)
    for v in range(first, last):
        i, n = v * VL, length - v * VL
        total = load_part(slices, i, n)
        for s in range(length, len(slices), length):
            total = total + load_part(slices, s + i, n)
        store_part(out, i, total, n)
