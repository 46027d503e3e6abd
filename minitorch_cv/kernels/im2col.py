"""im2col and col2im: every window of an image laid out as a column, and the sum back.

- `unfold(x, window)`: (N, C, H, W) -> (N, C*kh*kw, L), torch's layout.
- `fold(cols, image_size, window)`: (N, C*kh*kw, L) -> (N, C, H, W), overlapping values summed.
- `im2col(x, window, rows, cols)`, `col2im(cols, window, rows, x)`: the same of some output rows, by the calling thread
  alone, for convolution.

Source: Chellapilla et al. 2006.
"""

from typing import Any

from minitorch_cv.kernels import layout
from minitorch_cv.kernels._jit import kernel
from minitorch_cv.kernels._team import share
from minitorch_cv.kernels._threads import over_range
from minitorch_cv.kernels.layout import Array
from minitorch_cv.kernels.window import Pair, Window


def unfold(x: Array, window: Window) -> Array:
    """Every window of every image as a column.

    Args:
        x: (N, C, H, W).
    Returns: (N, C*kh*kw, L), the L = oh*ow windows in row-major order.
    """
    x = layout.contiguous(x)
    n, c, h, w = x.shape
    (kh, kw), (oh, ow) = window.size, window.output_size((h, w))
    cols = layout.empty((n, c * kh * kw, oh * ow), x.dtype)
    over_range(_im2col, n * c, kh * kw * oh * ow, *_arguments(x, window, range(oh), cols))
    return cols


def fold(cols: Array, image_size: Pair, window: Window) -> Array:
    """The transpose of `unfold`: every column is added to the pixels under its window.

    Args:
        cols: (N, C*kh*kw, L) with L = oh*ow for an image of `image_size`.
        image_size: (H, W).
    Returns: (N, C, H, W).
    """
    cols = layout.contiguous(cols)
    n, k, length = cols.shape
    kh, kw = window.size
    oh, _ = window.output_size(image_size)
    c = k // (kh * kw)
    x = layout.zeros((n, c, *image_size), cols.dtype)
    over_range(_col2im, n * c, kh * kw * length, *_arguments(x, window, range(oh), cols))
    return x


def im2col(x: Array, window: Window, rows: range, cols: Array) -> None:
    """Fill `cols` with the windows of some output rows.

    Args:
        x: (n, c, h, w), contiguous.
        rows: consecutive output rows.
        cols: (n, c*kh*kw, len(rows)*ow), contiguous, or the transpose of a contiguous (c*kh*kw, n, len(rows)*ow).
    """
    planes = x.shape[0] * x.shape[1]
    _im2col(0, planes, 0, planes, *_arguments(x, window, rows, cols))


def col2im(cols: Array, window: Window, rows: range, x: Array) -> None:
    """Add `cols` to the pixels that they came from: the transpose of `im2col`, with the same arguments."""
    planes = x.shape[0] * x.shape[1]
    _col2im(0, planes, 0, planes, *_arguments(x, window, rows, cols))


def _arguments(x: Array, window: Window, rows: range, cols: Array) -> tuple[Any, ...]:
    n, k, length = cols.shape
    _, c, h, w = x.shape
    if cols.flags.c_contiguous:
        flat, image_step, row_step = cols.reshape(-1), k * length, length
    else:
        flat, image_step, row_step = cols.transpose(1, 0, 2).reshape(-1), length, n * length
    ow = length // len(rows)
    spans = window.columns_inside(w, ow)
    planes = x.reshape(n * c, h, w)
    return planes, c, flat, image_step, row_step, rows.start, len(rows), ow, spans, *window.numbers


@kernel
def _im2col(
    team, size, first, last, x, c, cols, image_step, row_step, y0, oh, ow, spans, kh, kw, sh, sw, top, left, dh, dw
):
    """Planes first <= plane < last of x, of which c make an image."""
    if share(team, size, first, last):
        return
    h = x.shape[1]
    for plane in range(first, last):
        i, j = plane // c, plane % c
        for p in range(kh):
            for q in range(kw):
                column = q * dw - left  # of x, under this point of the first window
                begin, end = spans[q, 0], spans[q, 1]
                target = i * image_step + ((j * kh + p) * kw + q) * row_step
                for y in range(y0, y0 + oh):
                    row = y * sh - top + p * dh
                    if row < 0 or row >= h:
                        for z in range(ow):
                            cols[target + z] = 0
                    else:
                        for z in range(begin):
                            cols[target + z] = 0
                        for z in range(begin, end):
                            cols[target + z] = x[plane, row, column + z * sw]
                        for z in range(end, ow):
                            cols[target + z] = 0
                    target += ow


@kernel
def _col2im(
    team, size, first, last, x, c, cols, image_step, row_step, y0, oh, ow, spans, kh, kw, sh, sw, top, left, dh, dw
):
    """Planes first <= plane < last of x, of which c make an image."""
    if share(team, size, first, last):
        return
    h = x.shape[1]
    for plane in range(first, last):
        i, j = plane // c, plane % c
        for p in range(kh):
            for q in range(kw):
                column = q * dw - left
                begin, end = spans[q, 0], spans[q, 1]
                source = i * image_step + ((j * kh + p) * kw + q) * row_step
                for y in range(y0, y0 + oh):
                    row = y * sh - top + p * dh
                    if 0 <= row < h:
                        for z in range(begin, end):
                            x[plane, row, column + z * sw] += cols[source + z]
                    source += ow
