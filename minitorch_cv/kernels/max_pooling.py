"""The largest element of each window.

- `max_pool2d(x, places, keep_positions)` -> (N, C, oh, ow), and where each maximum is in its window
- `max_pool2d_backward(grad_out, positions, places)` -> (N, C, H, W)
- `image_indices(positions, places)` -> where each maximum is in its image, as y*W + x, int64

x: (N, C, H, W), float32 or float64. `places` says which pixels each result is made of (places.py). A position p*kw + q
means line p and column q of the largest window, counted from the window's first pixel inside the image; it takes one
byte where it can.

In channels-last memory a vector is a pixel's share of VL channels (simd.py); the last share of a pixel overlaps the one
before, so that only images of fewer than VL channels need masks. The gradient is gathered: each pixel asks the windows
that see it, in ascending order, whether it was their maximum.
"""

import numpy as np

from minitorch_cv.kernels import layout
from minitorch_cv.kernels._jit import kernel
from minitorch_cv.kernels._team import share
from minitorch_cv.kernels._threads import over_range
from minitorch_cv.kernels.layout import Array
from minitorch_cv.kernels.places import Places
from minitorch_cv.kernels.simd import either, equal_bytes, load_lanes, rolled, select, splat, store_bytes, store_lanes
from minitorch_cv.kernels.target import VL

_MOST_BYTE_POSITIONS = 256
_ELEMENTS_AT_A_TIME = 8  # that these kernels handle while a plain loop handles one


def max_pool2d(x: Array, places: Places, keep_positions: bool = True) -> tuple[Array, Array | None]:
    """The maximum of each window, the first one where there are several; NaN is above all, and the last one counts.

    Args:     keep_positions: give the positions too (uint8 or int32, same shape), else None.
    """
    n, c, h, w = x.shape
    oh, ow = places.output_size
    kh, kw = places.most_points
    if kh * kw > _MOST_BYTE_POSITIONS or x.dtype != np.float32:
        x = layout.contiguous(x)
        out = layout.empty((n, c, oh, ow), x.dtype)
        positions = layout.empty(out.shape, np.uint8 if kh * kw <= _MOST_BYTE_POSITIONS else np.int32)
        planes, targets, found = x.reshape(n * c, h, w), out.reshape(n * c, oh, ow), positions.reshape(n * c, oh, ow)
        over_range(_max_pool2d, n * c, h * w + oh * ow, planes, targets, found, places.rows, places.columns,
                   *places.steps, kw)  # fmt: skip
        return out, positions if keep_positions else None
    out = layout.empty_image(n, c, oh, ow, np.float32)
    positions = layout.empty_image(n, c, oh, ow, np.uint8) if keep_positions else np.empty((0, 0, 0, 0), np.uint8)
    flat, flat_out, flat_positions = (layout.channels_last(a).reshape(-1) for a in (x, out, positions))
    cost = ow * max(c, VL) * (kh * kw + 1) // _ELEMENTS_AT_A_TIME
    over_range(
        _max_pool2d_rows, n * oh, cost, flat, flat_out, flat_positions,
        places.rows, places.columns, *places.steps, kw, h, w, c, keep_positions, *places.window_fours(c),
    )  # fmt: skip
    return out, positions if keep_positions else None


def max_pool2d_backward(grad_out: Array, positions: Array, places: Places) -> Array:
    """Add each gradient to the pixel that was the maximum."""
    n, c, oh, ow = grad_out.shape
    h, w = places.image_size
    _, kw = places.most_points
    if positions.dtype != np.uint8 or grad_out.dtype != np.float32:
        grad_out, positions = layout.contiguous(grad_out), layout.contiguous(positions)
        grad_x = layout.zeros((n, c, h, w), grad_out.dtype)
        grads, found = grad_out.reshape(n * c, oh, ow), positions.reshape(n * c, oh, ow)
        over_range(_max_pool2d_backward, n * c, 2 * oh * ow, grads, found, grad_x.reshape(n * c, h, w), places.rows,
                   places.columns, *places.steps, kw)  # fmt: skip
        return grad_x
    grad_x = layout.empty_image(n, c, h, w, np.float32)
    flat, flat_positions, flat_x = (layout.channels_last(a).reshape(-1) for a in (grad_out, positions, grad_x))
    rows, columns = places.windows_of_pixels
    cost = 2 * w * max(c, VL) // _ELEMENTS_AT_A_TIME
    over_range(
        _max_pool2d_backward_rows, n * h, cost, flat, flat_positions, flat_x,
        *rows, *columns, kw, oh, ow, c, *places.pixel_fours(c),
    )  # fmt: skip
    return grad_x


def image_indices(positions: Array, places: Places) -> Array:
    """The positions in the images instead of in the windows; int64, in the memory order of `positions`."""
    (dh, dw), (_, kw) = places.steps, places.most_points
    line, column = np.divmod(positions.astype(np.int64), max(kw, 1))
    first = places.rows[:, :1] * places.image_size[1] + places.columns[:, 0]  # (oh, ow)
    return first + line * (dh * places.image_size[1]) + column * dw


@kernel
def _max_pool2d_rows(
    team, size, first, last, x, out, positions, rows, columns, dh, dw, kw, h, w, c, keep_positions,
    starts, step, x_step, _, wide, lanes,
):  # fmt: skip
    if share(team, size, first, last):
        return
    oh, ow = len(rows), len(columns)
    one = splat(np.float32(1))
    for item in range(first, last):  # output rows of all images
        n, y = item // oh, item % oh
        for s in range(len(starts)):
            z = starts[s, 0]
            pixel = ((n * h + rows[y, 0]) * w + columns[z, 0]) * c
            kind = starts[s, 1]
            width = wide if kind else VL
            for channel in range(0, c, width):
                begin = max(min(channel, c - width), 0)
                line = pixel + begin
                o = (item * ow + z) * c + begin
                number = 0
                if kind:
                    best0 = best1 = best2 = best3 = splat(np.float32(-np.inf))
                    position0 = position1 = position2 = position3 = splat(np.float32(0))
                    for _ in range(rows[y, 0], rows[y, 1], dh):
                        rolled()
                        i = line
                        k = splat(np.float32(number))
                        for _ in range(columns[z, 0], columns[z, 1], dw):
                            rolled()
                            value = load_lanes(x, i, lanes)
                            larger = either(value > best0, value != value)
                            best0 = select(larger, value, best0)
                            position0 = select(larger, k, position0)
                            value = load_lanes(x, i + x_step, lanes)
                            larger = either(value > best1, value != value)
                            best1 = select(larger, value, best1)
                            position1 = select(larger, k, position1)
                            value = load_lanes(x, i + 2 * x_step, lanes)
                            larger = either(value > best2, value != value)
                            best2 = select(larger, value, best2)
                            position2 = select(larger, k, position2)
                            value = load_lanes(x, i + 3 * x_step, lanes)
                            larger = either(value > best3, value != value)
                            best3 = select(larger, value, best3)
                            position3 = select(larger, k, position3)
                            k = k + one
                            i += dw * c
                        line += dh * w * c
                        number += kw
                    store_lanes(out, o, best0, lanes)
                    store_lanes(out, o + step, best1, lanes)
                    store_lanes(out, o + 2 * step, best2, lanes)
                    store_lanes(out, o + 3 * step, best3, lanes)
                    if keep_positions:
                        store_bytes(positions, o, position0, lanes)
                        store_bytes(positions, o + step, position1, lanes)
                        store_bytes(positions, o + 2 * step, position2, lanes)
                        store_bytes(positions, o + 3 * step, position3, lanes)
                else:
                    best = splat(np.float32(-np.inf))
                    position = splat(np.float32(0))
                    for _ in range(rows[y, 0], rows[y, 1], dh):
                        rolled()
                        i = line
                        k = splat(np.float32(number))
                        for _ in range(columns[z, 0], columns[z, 1], dw):
                            rolled()
                            value = load_lanes(x, i, lanes)
                            larger = either(value > best, value != value)
                            best = select(larger, value, best)
                            position = select(larger, k, position)
                            k = k + one
                            i += dw * c
                        line += dh * w * c
                        number += kw
                    store_lanes(out, o, best, lanes)
                    if keep_positions:
                        store_bytes(positions, o, position, lanes)


@kernel
def _max_pool2d_backward_rows(
    team, size, first, last, grad_out, positions, grad_x, row_at, row_window, row_point, column_at, column_window,
    column_point, kw, oh, ow, c, starts, step, out_step, _, wide, lanes,
):  # fmt: skip
    if share(team, size, first, last):
        return
    h, w = len(row_at) - 1, len(column_at) - 1
    zero = splat(np.float32(0))
    for item in range(first, last):  # image rows of all images
        n, row = item // h, item % h
        for s in range(len(starts)):
            column = starts[s, 0]
            kind = starts[s, 1]
            width = wide if kind else VL
            for channel in range(0, c, width):
                begin = max(min(channel, c - width), 0)
                i = (item * w + column) * c + begin
                if kind:
                    grad0 = grad1 = grad2 = grad3 = zero
                    for e in range(row_at[row], row_at[row + 1]):
                        rolled()
                        line = (n * oh + row_window[e]) * ow
                        number = row_point[e] * kw
                        for f in range(column_at[column], column_at[column + 1]):
                            rolled()
                            o = (line + column_window[f]) * c + begin
                            k = number + column_point[f]
                            here = equal_bytes(positions, o, k, lanes)
                            grad0 = grad0 + select(here, load_lanes(grad_out, o, lanes), zero)
                            o += out_step
                            here = equal_bytes(positions, o, k, lanes)
                            grad1 = grad1 + select(here, load_lanes(grad_out, o, lanes), zero)
                            o += out_step
                            here = equal_bytes(positions, o, k, lanes)
                            grad2 = grad2 + select(here, load_lanes(grad_out, o, lanes), zero)
                            o += out_step
                            here = equal_bytes(positions, o, k, lanes)
                            grad3 = grad3 + select(here, load_lanes(grad_out, o, lanes), zero)
                    store_lanes(grad_x, i, grad0, lanes)
                    store_lanes(grad_x, i + step, grad1, lanes)
                    store_lanes(grad_x, i + 2 * step, grad2, lanes)
                    store_lanes(grad_x, i + 3 * step, grad3, lanes)
                else:
                    grad = zero
                    for e in range(row_at[row], row_at[row + 1]):
                        rolled()
                        line = (n * oh + row_window[e]) * ow
                        number = row_point[e] * kw
                        for f in range(column_at[column], column_at[column + 1]):
                            rolled()
                            o = (line + column_window[f]) * c + begin
                            here = equal_bytes(positions, o, number + column_point[f], lanes)
                            grad = grad + select(here, load_lanes(grad_out, o, lanes), zero)
                    store_lanes(grad_x, i, grad, lanes)


@kernel
def _max_pool2d(team, size, first, last, x, out, positions, rows, columns, dh, dw, kw):
    if share(team, size, first, last):
        return
    _, oh, ow = out.shape
    for plane in range(first, last):
        for y in range(oh):
            for z in range(ow):
                best = x.dtype.type(-np.inf)
                position = 0
                number = 0
                for row in range(rows[y, 0], rows[y, 1], dh):
                    k = number
                    for column in range(columns[z, 0], columns[z, 1], dw):
                        value = x[plane, row, column]
                        if value > best or value != value:
                            best = value
                            position = k
                        k += 1
                    number += kw
                out[plane, y, z] = best
                positions[plane, y, z] = position


@kernel
def _max_pool2d_backward(team, size, first, last, grad_out, positions, grad_x, rows, columns, dh, dw, kw):
    if share(team, size, first, last):
        return
    _, oh, ow = grad_out.shape
    for plane in range(first, last):
        for y in range(oh):
            for z in range(ow):
                position = np.int64(positions[plane, y, z])
                row, column = rows[y, 0] + position // kw * dh, columns[z, 0] + position % kw * dw
                grad_x[plane, row, column] += grad_out[plane, y, z]
