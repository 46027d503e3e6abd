"""The mean of each window.

- `avg_pool2d(x, places, divisor)` -> (N, C, oh, ow)
- `avg_pool2d_backward(grad_out, places, divisor)` -> (N, C, H, W)

x: (N, C, H, W), divisor: (oh, ow), all float32 or all float64. `places` says which pixels each result is made of
(places.py). float32 is handled as vectors of channels, see max_pooling.py.
"""

import numpy as np

from minitorch_cv.kernels import layout
from minitorch_cv.kernels._jit import kernel
from minitorch_cv.kernels._team import share
from minitorch_cv.kernels._threads import over_range
from minitorch_cv.kernels.layout import Array
from minitorch_cv.kernels.places import Places
from minitorch_cv.kernels.simd import fma, load_lanes, rolled, splat, store_lanes
from minitorch_cv.kernels.target import VL

_ELEMENTS_AT_A_TIME = 8  # that these kernels handle while a plain loop handles one


def avg_pool2d(x: Array, places: Places, divisor: Array) -> Array:
    """The sum over each window, divided by `divisor`; 0 for a window that sees no pixel."""
    divisor = layout.contiguous(divisor)
    n, c, h, w = x.shape
    oh, ow = places.output_size
    if x.dtype != np.float32:
        x = layout.contiguous(x)
        out = layout.empty((n, c, oh, ow), x.dtype)
        planes, targets = x.reshape(n * c, h, w), out.reshape(n * c, oh, ow)
        over_range(_avg_pool2d, n * c, h * w + oh * ow, planes, targets, places.rows, places.columns, divisor)
        return out
    out = layout.empty_image(n, c, oh, ow, np.float32)
    flat, flat_out = layout.channels_last(x).reshape(-1), layout.channels_last(out).reshape(-1)
    kh, kw = places.most_points
    fours = places.window_fours(c)
    cost = ow * max(c, VL) * (kh * kw + 1) // _ELEMENTS_AT_A_TIME
    over_range(
        _avg_pool2d_rows, n * oh, cost, flat, flat_out, places.rows,
        places.columns, divisor, h, w, c, _are_powers_of_two(divisor), *fours,
    )  # fmt: skip
    return out


def avg_pool2d_backward(grad_out: Array, places: Places, divisor: Array) -> Array:
    """Spread each gradient evenly over the pixels of its window."""
    n, c, oh, ow = grad_out.shape
    h, w = places.image_size
    if grad_out.dtype != np.float32:
        grad_out, divisor = layout.contiguous(grad_out), layout.contiguous(divisor)
        grad_x = layout.zeros((n, c, h, w), grad_out.dtype)
        grads, targets = grad_out.reshape(n * c, oh, ow), grad_x.reshape(n * c, h, w)
        over_range(_avg_pool2d_backward, n * c, h * w + oh * ow, grads, targets, places.rows, places.columns, divisor)
        return grad_x
    grad_x = layout.empty_image(n, c, h, w, np.float32)
    flat, flat_x = layout.channels_last(grad_out).reshape(-1), layout.channels_last(grad_x).reshape(-1)
    rows, columns = places.windows_of_pixels
    fours = places.pixel_fours(c)
    cost = 2 * w * max(c, VL) // _ELEMENTS_AT_A_TIME
    over_range(
        _avg_pool2d_backward_rows, n * h, cost, flat, flat_x,
        rows.at, rows.other, columns.at, columns.other, 1 / divisor, c, *fours,
    )  # fmt: skip
    return grad_x


def _are_powers_of_two(numbers: Array) -> bool:
    return bool((np.frexp(numbers)[0] == 0.5).all())


@kernel
def _avg_pool2d_rows(
    team, size, first, last, x, out, rows, columns, divisor, h, w, c, multiply,
    starts, step, x_step, apart, wide, lanes,
):  # fmt: skip
    if share(team, size, first, last):
        return
    oh, ow = divisor.shape
    zero = splat(np.float32(0))
    one = np.float32(1)
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
                # Sums of sums: fewer roundings add up in a large window.
                if kind:
                    total0 = total1 = total2 = total3 = zero
                    for _ in range(rows[y, 0], rows[y, 1]):
                        rolled()
                        i = line
                        sum0 = sum1 = sum2 = sum3 = zero
                        for _ in range(columns[z, 0], columns[z, 1]):
                            rolled()
                            sum0 = sum0 + load_lanes(x, i, lanes)
                            sum1 = sum1 + load_lanes(x, i + x_step, lanes)
                            sum2 = sum2 + load_lanes(x, i + 2 * x_step, lanes)
                            sum3 = sum3 + load_lanes(x, i + 3 * x_step, lanes)
                            i += c
                        total0 = total0 + sum0
                        total1 = total1 + sum1
                        total2 = total2 + sum2
                        total3 = total3 + sum3
                        line += w * c
                    divisor0, divisor1 = divisor[y, z], divisor[y, z + apart]
                    divisor2, divisor3 = divisor[y, z + 2 * apart], divisor[y, z + 3 * apart]
                    if multiply:  # exact for powers of two, and several times as fast
                        total0 = total0 * splat(one / divisor0)
                        total1 = total1 * splat(one / divisor1)
                        total2 = total2 * splat(one / divisor2)
                        total3 = total3 * splat(one / divisor3)
                    else:
                        total0 = total0 / splat(divisor0)
                        total1 = total1 / splat(divisor1)
                        total2 = total2 / splat(divisor2)
                        total3 = total3 / splat(divisor3)
                    store_lanes(out, o, total0, lanes)
                    store_lanes(out, o + step, total1, lanes)
                    store_lanes(out, o + 2 * step, total2, lanes)
                    store_lanes(out, o + 3 * step, total3, lanes)
                else:
                    total = zero
                    for _ in range(rows[y, 0], rows[y, 1]):
                        rolled()
                        i = line
                        line_sum = zero
                        for _ in range(columns[z, 0], columns[z, 1]):
                            rolled()
                            line_sum = line_sum + load_lanes(x, i, lanes)
                            i += c
                        total = total + line_sum
                        line += w * c
                    store_lanes(out, o, total / splat(divisor[y, z]), lanes)


@kernel
def _avg_pool2d_backward_rows(
    team, size, first, last, grad_out, grad_x, row_at, row_window, column_at, column_window, factor, c,
    starts, step, out_step, apart, wide, lanes,
):  # fmt: skip
    if share(team, size, first, last):
        return
    oh, ow = factor.shape
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
                        y = row_window[e]
                        for f in range(column_at[column], column_at[column + 1]):
                            rolled()
                            z = column_window[f]
                            o = ((n * oh + y) * ow + z) * c + begin
                            grad0 = fma(load_lanes(grad_out, o, lanes), splat(factor[y, z]), grad0)
                            grad1 = fma(load_lanes(grad_out, o + out_step, lanes), splat(factor[y, z + apart]), grad1)
                            grad2 = fma(
                                load_lanes(grad_out, o + 2 * out_step, lanes), splat(factor[y, z + 2 * apart]), grad2
                            )
                            grad3 = fma(
                                load_lanes(grad_out, o + 3 * out_step, lanes), splat(factor[y, z + 3 * apart]), grad3
                            )
                    store_lanes(grad_x, i, grad0, lanes)
                    store_lanes(grad_x, i + step, grad1, lanes)
                    store_lanes(grad_x, i + 2 * step, grad2, lanes)
                    store_lanes(grad_x, i + 3 * step, grad3, lanes)
                else:
                    grad = zero
                    for e in range(row_at[row], row_at[row + 1]):
                        rolled()
                        y = row_window[e]
                        for f in range(column_at[column], column_at[column + 1]):
                            rolled()
                            z = column_window[f]
                            o = ((n * oh + y) * ow + z) * c + begin
                            grad = fma(load_lanes(grad_out, o, lanes), splat(factor[y, z]), grad)
                    store_lanes(grad_x, i, grad, lanes)


@kernel
def _avg_pool2d(team, size, first, last, x, out, rows, columns, divisor):
    if share(team, size, first, last):
        return
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
def _avg_pool2d_backward(team, size, first, last, grad_out, grad_x, rows, columns, divisor):
    if share(team, size, first, last):
        return
    _, oh, ow = grad_out.shape
    for plane in range(first, last):
        for y in range(oh):
            for z in range(ow):
                each = grad_out[plane, y, z] / divisor[y, z]
                for row in range(rows[y, 0], rows[y, 1]):
                    for column in range(columns[z, 0], columns[z, 1]):
                        grad_x[plane, row, column] += each
