"""The loops of Winograd's convolution: transforms of tiles, and products at each of the 36 positions of a transform.

A tile is m x m pixels of a map that a convolution makes, m = 4 for 3x3 weights and 2 for 5x5; its window is the
SIZE x SIZE pixels that it is made from. Tiles are counted row by row through all images; those at the lower and right
edge may hang over. Their transforms lie in working memory as [position][tile][channel]: 36 matrices. The right-hand
side of a product lies in panels, [position][panel][row][PANEL]. Working memory is padded to whole vectors; images are
not.

- `transform_tiles`: the transform of windows, or of tiles of a gradient
- `transform_weight`: that of weights, in panels
- `multiply`: windows @ weights, for each position
- `restore_tiles`: the images behind these products
- `multiply_transposed`: windows^T @ tiles of the gradient, for each position
- `restore_weight`: the weight's gradient behind these products

Arguments that several share:

- shape: (h, w, c) of images, which are flat (n, h, w, c) arrays
- grid: (m, top, left, tile_rows, tile_columns): tile (i, j) of an image begins at its pixel (i*m - top, j*m - left)
- first, last: the tiles, panels, positions or channels first <= t < last
- c0, columns: the channels c0 <= c < c0 + columns, both multiples of VL; those beyond the image's are read as 0
- patch: working memory of POSITIONS*VL numbers
"""

from minitorch_cv.kernels._jit import kernel
from minitorch_cv.kernels.microkernel import packed_rows, rows_by_table
from minitorch_cv.kernels.simd import load, load_part, prefetch_to_store, splat, store, store_part
from minitorch_cv.kernels.target import BLOCK_ROWS, PANEL, VL
from minitorch_cv.kernels.winograd_transforms import (
    ONE,
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
def transform_tiles(images, shape, grid, extent, first, last, c0, columns, target, t0, steps, patch):
    """Transform the extent x extent pixels from the beginning of each tile; those outside of its image are 0.

    Lane l of panel p of tile t goes to target[t0 + position*steps[0] + (t - first)*steps[1] + p*steps[2] + l].
    """
    h, w, c = shape
    m, top, left, tile_rows, tile_columns = grid
    step, tile_step, panel_step = steps
    zero = splat(0.0)
    for t in range(first, last):
        image, tile = t // (tile_rows * tile_columns), t % (tile_rows * tile_columns)
        y, x = tile // tile_columns * m - top, tile % tile_columns * m - left
        source = ((image * h + y) * w + x) * c + c0
        place = t0 + (t - first) * tile_step
        inside = y >= 0 and x >= 0 and y + extent <= h and x + extent <= w
        whole = min(columns, (c - c0) // VL * VL) if inside else 0
        _transform(extent, images, source, w * c, c, target, place, step, panel_step, whole)
        if whole == columns:
            continue
        for p in range(extent * extent):
            store(patch, p * VL, zero)
        for i in range(whole, columns, VL):
            for p in range(max(-y, 0), min(extent, h - y)):
                for q in range(max(-x, 0), min(extent, w - x)):
                    pixel = load_part(images, source + (p * w + q) * c + i, c - c0 - i)
                    store(patch, (p * extent + q) * VL, pixel)
            into = place + i // PANEL * panel_step + i % PANEL
            _transform(extent, patch, 0, extent * VL, VL, target, into, step, 0, VL)


@kernel
def transform_weight(weight, k, turned, lanes, lane_step, depth, depth_step, first, last, packed, step, gathered):
    """Transform k x k weights: panels of `lanes` columns, `depth` rows each.

    Column l of row d is weight[l*lane_step + d*depth_step:][:k*k], backwards if `turned` (by half a turn). It goes to
    packed[position*step + (l // PANEL * depth + d)*PANEL + l % PANEL]. gathered: GATHERED_ROWS*k*k*PANEL numbers.
    """
    taps = k * k
    start, tap_step = (taps - 1, -1) if turned else (0, 1)
    for panel in range(first, last):
        for d0 in range(0, depth, GATHERED_ROWS):
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
def multiply(
    windows, windows_step, depth, packed, b0, packed_step, products, products_step, columns, bias, bias0,
    first, last, tiles, tables,
):  # fmt: skip
    """products[position] (tiles, columns) = windows[position] (tiles, depth) @ packed[position] (depth, columns).

    The matrices of a position lie windows_step, packed_step and products_step behind those of the last; the weights'
    begin at packed[b0]. bias[bias0:] is that of the columns, and bias ends with a panel of zeros. tables: the offsets
    of BLOCK_ROWS rows of windows, of as many rows of products, and a 0.

    The bias is added to the values at the point (1, 1): by A^T and A they become the same number in every pixel.
    """
    zeros0 = len(bias) - PANEL
    for p in range(first, last):
        for n in range(0, columns, PANEL):
            for r in range(0, tiles, BLOCK_ROWS):
                rows_by_table(
                    1, depth, windows, p * windows_step + r * tables[1], tables, 0, tables, 2 * BLOCK_ROWS, 0,
                    packed, b0 + p * packed_step + n * depth, PANEL,
                    products, p * products_step + r * tables[BLOCK_ROWS + 1] + n, tables, BLOCK_ROWS,
                    tiles - r, columns - n, bias, bias0 + n if p == ONE else zeros0, False,
                )  # fmt: skip


@kernel
def restore_tiles(products, p0, step, row_step, images, shape, grid, first, last, c0, columns, patch):
    """The tiles behind products[p0 + position*step + (t - first)*row_step:][:columns], to the pixels of images."""
    h, w, c = shape
    m, _, _, tile_rows, tile_columns = grid
    for t in range(first, last):
        image, tile = t // (tile_rows * tile_columns), t % (tile_rows * tile_columns)
        y, x = tile // tile_columns * m, tile % tile_columns * m
        target = ((image * h + y) * w + x) * c + c0
        place = p0 + (t - first) * row_step
        for i in range(0, columns, VL):
            if m == 4:
                restore_tile_4(products, place + i, SIZE * step, step, patch, 0, VL)
            else:
                restore_tile_2(products, place + i, SIZE * step, step, patch, 0, VL)
            for p in range(min(m, h - y)):
                for q in range(min(m, w - x)):
                    pixel = target + (p * w + q) * c + i
                    store_part(images, pixel, load(patch, (p * m + q) * VL), c - c0 - i)
                    prefetch_to_store(images, pixel + m * c)  # that of the next tile


@kernel
def multiply_transposed(
    windows, windows_step, channels, window_step, tiles, tiles_step, panel_step, sums, sums_step, columns,
    first, last, count, accumulate, tables, zeros,
):  # fmt: skip
    """sums[position] = windows[position]^T (channels, count) @ tiles[position] (count, columns), or added to it.

    The matrices of a position lie windows_step, tiles_step and sums_step behind those of the last. tables: the offsets
    of BLOCK_ROWS rows of sums, and a 0. zeros: a panel of them.
    """
    for p in range(first, last):
        for n in range(0, columns, PANEL):
            for r in range(0, channels, BLOCK_ROWS):
                packed_rows(
                    1, count, windows, p * windows_step + r, tables, 0, tables, BLOCK_ROWS, window_step,
                    tiles, p * tiles_step + n // PANEL * panel_step, PANEL,
                    sums, p * sums_step + r * columns + n, tables, 0,
                    channels - r, columns - n, zeros, 0, accumulate,
                )  # fmt: skip


@kernel
def restore_weight(sums, step, columns, grad, k, c, o, first, last, patch):
    """The weight's gradient (o, c, k, k) behind sums[position] (c, columns), for the inputs first <= i < last."""
    taps = k * k
    for i in range(first, last):
        for n in range(0, o, VL):
            if k == 3:
                restore_weight_3(sums, i * columns + n, SIZE * step, step, patch, 0, VL)
            else:
                restore_weight_5(sums, i * columns + n, SIZE * step, step, patch, 0, VL)
            for lane in range(min(VL, o - n)):
                for tap in range(taps):
                    grad[((n + lane) * c + i) * taps + tap] = patch[tap * VL + lane]
