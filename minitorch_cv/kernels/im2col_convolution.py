"""Convolution as a matrix product of the weights with the windows, laid out as columns (im2col.py).

- `im2col_conv2d(x, weight, bias, window, groups)` -> (N, O, oh, ow)
- `im2col_backward_input(grad_out, weight, image_size, window, groups)` -> (N, C, H, W)
- `im2col_backward_weight(grad_out, x, window, groups)` -> (O, C/groups, kh, kw)

x: (N, C, H, W), weight: (O, C/groups, kh, kw), bias: (O,) or None, grad_out: (N, O, oh, ow), all float32 or float64.
The textbook's way: any groups, C-order memory. Some images at a time are laid out and multiplied by NumPy.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from minitorch_cv.kernels import layout
from minitorch_cv.kernels._blas import one_blas_thread
from minitorch_cv.kernels._threads import run_tasks
from minitorch_cv.kernels.im2col import col2im, im2col
from minitorch_cv.kernels.layout import Array
from minitorch_cv.kernels.window import Pair, Window

_COLS_ELEMENTS = 1 << 18  # of one block: stay in a core's cache between im2col and the product
_FEWEST_BLOCKS = 8  # where there are as many images, so that every core gets its share
_FEW_PIXELS = 128  # below this, one product for several images is faster than one for each, in spite of the copies
_PARTIAL_SUMS = 32  # at most, of the weight's gradient
_PARTIAL_SUMS_ELEMENTS = 1 << 24  # of them together


def im2col_conv2d(x: Array, weight: Array, bias: Array | None, window: Window, groups: int = 1) -> Array:
    """out[n, o, y, x] = bias[o] + the sum of weight[o] * (the window of x[n] at y, x)."""
    x = layout.contiguous(x)
    n, _, h, w = x.shape
    o = len(weight)
    oh, ow = window.output_size((h, w))
    matrix = weight.reshape(groups, o // groups, -1)  # (g, o, k)
    k = matrix.shape[2]
    out = layout.empty((n, groups, o // groups, oh * ow), x.dtype)
    blocks = _blocks(n, oh, groups * k * ow)

    def task(t: int) -> None:
        images, rows = blocks[t]
        pixels = slice(rows.start * ow, rows.stop * ow)
        m, length = images.stop - images.start, pixels.stop - pixels.start
        target = out[images, :, :, pixels]  # (m, g, o, length)
        if m > 1 and length < _FEW_PIXELS:
            cols = layout.empty((groups * k, m, length), x.dtype)
            im2col(x[images], window, rows, cols.transpose(1, 0, 2))
            product = matrix @ cols.reshape(groups, k, m * length)  # (g, o, k) @ (g, k, m*length)
            target[...] = product.reshape(groups, -1, m, length).transpose(2, 0, 1, 3)
        elif window.is_pixel:
            np.matmul(matrix, x[images].reshape(m, groups, k, h * w)[..., pixels], out=target)
        else:
            cols = layout.empty((m, groups * k, length), x.dtype)
            im2col(x[images], window, rows, cols)
            np.matmul(matrix, cols.reshape(m, groups, k, length), out=target)  # (g, o, k) @ (m, g, k, length)
        if bias is not None:
            target += bias.reshape(groups, -1, 1)

    _run(task, len(blocks))
    return out.reshape(n, o, oh, ow)


def im2col_backward_input(grad_out: Array, weight: Array, image_size: Pair, window: Window, groups: int = 1) -> Array:
    """The gradient of `im2col_conv2d` with respect to x, images of `image_size` (H, W)."""
    grad_out = layout.contiguous(grad_out)
    n, o, oh, ow = grad_out.shape
    transposed = weight.reshape(groups, o // groups, -1).transpose(0, 2, 1)  # (g, k, o)
    k = transposed.shape[1]
    grads = grad_out.reshape(n, groups, o // groups, oh * ow)
    grad_x = layout.zeros((n, groups * weight.shape[1], *image_size), grad_out.dtype)
    # Bands of one image overlap in grad_x: one task takes them all, in order.
    bands_of: dict[int, list[_Block]] = {}
    for block in _blocks(n, oh, groups * k * ow):
        bands_of.setdefault(block.images.start, []).append(block)
    blocks = list(bands_of.values())

    def task(t: int) -> None:
        for images, rows in blocks[t]:
            pixels = slice(rows.start * ow, rows.stop * ow)
            m, length = images.stop - images.start, pixels.stop - pixels.start
            grad = grads[images, :, :, pixels]  # (m, g, o, length)
            if m > 1 and length < _FEW_PIXELS:
                joined = grad.transpose(1, 2, 0, 3).reshape(groups, -1, m * length)
                cols = (transposed @ joined).reshape(groups * k, m, length)  # (g, k, o) @ (g, o, m*length)
                col2im(cols.transpose(1, 0, 2), window, rows, grad_x[images])
            elif window.is_pixel:
                np.matmul(transposed, grad, out=grad_x.reshape(n, groups, k, -1)[images, :, :, pixels])
            else:
                cols = (transposed @ grad).reshape(m, groups * k, length)  # (g, k, o) @ (m, g, o, length)
                col2im(cols, window, rows, grad_x[images])

    _run(task, len(blocks))
    return grad_x


def im2col_backward_weight(grad_out: Array, x: Array, window: Window, groups: int = 1) -> Array:
    """The gradient of `im2col_conv2d` with respect to weight: the sum over all windows of grad_out * window."""
    o, c = grad_out.shape[1], x.shape[1]
    grad_out, x = layout.contiguous(grad_out), layout.contiguous(x)
    n, _, oh, ow = grad_out.shape
    k = c // groups * window.size[0] * window.size[1]
    grads = grad_out.reshape(n, groups, o // groups, oh * ow)
    blocks = _blocks(n, oh, groups * k * ow)
    # One partial sum for each run of blocks, so that the order of the sum is the same whoever works on it.
    parts = max(1, min(len(blocks), _PARTIAL_SUMS, _PARTIAL_SUMS_ELEMENTS // max(1, o * k)))
    run = -(-len(blocks) // parts)
    sums = layout.zeros((parts, groups, o // groups, k), x.dtype)

    def task(t: int) -> None:
        for images, rows in blocks[t * run : (t + 1) * run]:
            pixels = slice(rows.start * ow, rows.stop * ow)
            m, length = images.stop - images.start, pixels.stop - pixels.start
            cols = layout.empty((groups * k, m, length), x.dtype)
            im2col(x[images], window, rows, cols.transpose(1, 0, 2))
            grad = grads[images, :, :, pixels].transpose(1, 2, 0, 3).reshape(groups, -1, m * length)
            sums[t] += grad @ cols.reshape(groups, k, m * length).transpose(0, 2, 1)  # (g, o, ml) @ (g, ml, k)

    _run(task, parts)
    return sums.sum(axis=0).reshape(o, c // groups, *window.size)


class _Block(NamedTuple):
    """Some images whole, or a band of one image's output rows."""

    images: slice
    rows: range


def _blocks(n: int, oh: int, row_elements: int) -> list[_Block]:
    """Cut a batch into blocks whose columns fit the cache, given their number of elements for one output row."""
    image_elements = max(1, oh * row_elements)
    if image_elements > _COLS_ELEMENTS:
        height = max(1, _COLS_ELEMENTS // row_elements)
        return [_Block(slice(i, i + 1), range(y, min(oh, y + height))) for i in range(n) for y in range(0, oh, height)]
    m = max(1, min(_COLS_ELEMENTS // image_elements, -(-n // _FEWEST_BLOCKS)))
    return [_Block(slice(i, min(n, i + m)), range(oh)) for i in range(0, n, m)]


def _run(task: Callable[[int], None], count: int) -> None:
    with one_blas_thread():
        run_tasks(task, count)
