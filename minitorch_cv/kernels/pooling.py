"""Maxima and means over windows of an image, sliding or adaptive.

- `max_pool2d(x, places)` -> (N, C, oh, ow), and for each maximum its place in the image as y*W + x, int64
- `max_pool2d_backward(grad_out, indices, image_size)` -> (N, C, H, W)
- `avg_pool2d(x, places, divisor)` -> (N, C, oh, ow)
- `avg_pool2d_backward(grad_out, places, divisor, image_size)` -> (N, C, H, W)

x: (N, C, H, W), divisor: (oh, ow), all float32 or all float64. `places` says which pixels each result is made of:
`sliding_places(window, image_size, output_size)`, or `adaptive_places(image_size, output_size)`.
"""

from typing import NamedTuple

import numpy as np

from minitorch_cv.kernels import layout
from minitorch_cv.kernels._jit import kernel
from minitorch_cv.kernels._threads import over_range
from minitorch_cv.kernels.layout import Array
from minitorch_cv.kernels.window import Pair, Window


class Places(NamedTuple):
    """The pixels of each window that lie inside the image.

    Attributes:
        rows: (oh, 2) int64: windows of output row y see image rows rows[y, 0], rows[y, 0] + step ... below rows[y, 1].
        columns: (ow, 2), likewise.
        steps: (dh, dw).
    """

    rows: Array
    columns: Array
    steps: Pair

    @property
    def output_size(self) -> Pair:
        """(oh, ow)."""
        return len(self.rows), len(self.columns)

    @property
    def counts(self) -> Array:
        """(oh, ow): how many pixels each window has inside the image; for windows without dilation."""
        heights, widths = self.rows[:, 1] - self.rows[:, 0], self.columns[:, 1] - self.columns[:, 0]
        return np.outer(heights, widths)


def sliding_places(window: Window, image_size: Pair, output_size: Pair) -> Places:
    """The places of a window that slides over images of (H, W), `output_size` (oh, ow) times."""
    rows, columns = (
        _spans(np.arange(count) * stride - near, dilation, size, length)
        for count, stride, (near, _), dilation, size, length in zip(
            output_size, window.stride, window.padding_by_side, window.dilation, window.size, image_size, strict=True
        )
    )
    return Places(rows, columns, window.dilation)


def _spans(begin: Array, dilation: int, size: int, length: int) -> Array:
    end = np.minimum(begin + dilation * (size - 1) + 1, length)
    outside = np.maximum(-begin, 0)
    inside = begin + -(-outside // dilation) * dilation  # the first point that is not before the image
    return np.stack([inside, np.maximum(end, inside)], axis=1).astype(np.int64)


def adaptive_places(image_size: Pair, output_size: Pair) -> Places:
    """Cut images of (H, W) into oh * ow parts of nearly equal size; where that does not come out even they overlap."""
    rows, columns = (
        np.stack([index * length // count, -(-(index + 1) * length // count)], axis=1)
        for index, length, count in zip(map(np.arange, output_size), image_size, output_size, strict=True)
    )
    return Places(rows.astype(np.int64), columns.astype(np.int64), (1, 1))


def max_pool2d(x: Array, places: Places) -> tuple[Array, Array]:
    """The maximum of each window, the first one where there are several; NaN is above all, and the last one counts."""
    x = layout.contiguous(x)
    n, c, h, w = x.shape
    oh, ow = places.output_size
    out = layout.empty((n, c, oh, ow), x.dtype)
    indices = layout.empty((n, c, oh, ow), np.int64)
    planes, targets, found = x.reshape(n * c, h, w), out.reshape(n * c, oh, ow), indices.reshape(n * c, oh, ow)
    over_range(_max_pool2d, n * c, h * w + oh * ow, planes, targets, found, places.rows, places.columns, *places.steps)
    return out, indices


def max_pool2d_backward(grad_out: Array, indices: Array, image_size: Pair) -> Array:
    """Add each gradient to the pixel that was the maximum.

    Args:
        indices: (N, C, oh, ow), in range(H*W).
    """
    grad_out, indices = layout.contiguous(grad_out), layout.contiguous(indices)
    n, c, oh, ow = grad_out.shape
    grad_x = layout.zeros((n, c, *image_size), grad_out.dtype)
    grads, places = grad_out.reshape(n * c, oh * ow), indices.reshape(n * c, oh * ow)
    over_range(
        _max_pool2d_backward, n * c, 2 * oh * ow, grads, places, grad_x.reshape(n * c, image_size[0] * image_size[1])
    )
    return grad_x


def avg_pool2d(x: Array, places: Places, divisor: Array) -> Array:
    """The sum over each window, divided by `divisor`; 0 for a window that sees no pixel."""
    x, divisor = layout.contiguous(x), layout.contiguous(divisor)
    n, c, h, w = x.shape
    oh, ow = places.output_size
    out = layout.empty((n, c, oh, ow), x.dtype)
    planes, targets = x.reshape(n * c, h, w), out.reshape(n * c, oh, ow)
    over_range(_avg_pool2d, n * c, h * w + oh * ow, planes, targets, places.rows, places.columns, divisor)
    return out


def avg_pool2d_backward(grad_out: Array, places: Places, divisor: Array, image_size: Pair) -> Array:
    """Spread each gradient evenly over the pixels of its window."""
    grad_out, divisor = layout.contiguous(grad_out), layout.contiguous(divisor)
    n, c, oh, ow = grad_out.shape
    grad_x = layout.zeros((n, c, *image_size), grad_out.dtype)
    grads, targets = grad_out.reshape(n * c, oh, ow), grad_x.reshape(n * c, *image_size)
    cost = targets.shape[1] * targets.shape[2] + oh * ow
    over_range(_avg_pool2d_backward, n * c, cost, grads, targets, places.rows, places.columns, divisor)
    return grad_x


@kernel
def _max_pool2d(first, last, x, out, indices, rows, columns, dh, dw):
    _, oh, ow = out.shape
    w = x.shape[2]
    for plane in range(first, last):
        for y in range(oh):
            for z in range(ow):
                best = x.dtype.type(-np.inf)  # also the result of a window that sees no pixel
                place = rows[y, 0] * w + columns[z, 0]
                for row in range(rows[y, 0], rows[y, 1], dh):
                    for column in range(columns[z, 0], columns[z, 1], dw):
                        value = x[plane, row, column]
                        if value > best or value != value:
                            best = value
                            place = row * w + column
                out[plane, y, z] = best
                indices[plane, y, z] = place


@kernel
def _max_pool2d_backward(first, last, grad_out, indices, grad_x):
    for plane in range(first, last):
        for i in range(grad_out.shape[1]):
            grad_x[plane, indices[plane, i]] += grad_out[plane, i]


@kernel
def _avg_pool2d(first, last, x, out, rows, columns, divisor):
    _, oh, ow = out.shape
    for plane in range(first, last):
        for y in range(oh):
            for z in range(ow):
                total = x.dtype.type(0)
                for row in range(rows[y, 0], rows[y, 1]):
                    for column in range(columns[z, 0], columns[z, 1]):
                        total += x[plane, row, column]
                out[plane, y, z] = total / divisor[y, z]


@kernel
def _avg_pool2d_backward(first, last, grad_out, grad_x, rows, columns, divisor):
    _, oh, ow = grad_out.shape
    for plane in range(first, last):
        for y in range(oh):
            for z in range(ow):
                share = grad_out[plane, y, z] / divisor[y, z]
                for row in range(rows[y, 0], rows[y, 1]):
                    for column in range(columns[z, 0], columns[z, 1]):
                        grad_x[plane, row, column] += share
