"""Depthwise convolution of float32 images, as vectors of channels.

- `vector_depthwise(x, weight, bias, window)` -> (N, C, oh, ow)
- `vector_depthwise_backward_input(grad_out, weight, image_size, window)` -> (N, C, H, W)
- `vector_depthwise_backward_weight(grad_out, x, window)` -> (C, 1, kh, kw)

x: (N, C, H, W), weight: (C, 1, kh, kw), bias: (C,) or None. In channels-last memory a vector is VL channels of a pixel;
the last one overlaps the one before, so that only images of fewer than VL channels need masks (simd.py).

The few image rows that a row of results needs lie in a small ring of copies with zeros at both ends, so that no point
of a window is ever outside. The gradient of the input is the same walk with the roles turned: of the pixels of a row,
those a stride apart meet the same points of the window, a phase. The gradient of the weight keeps the sums of three
points in registers along a row; rows are added up in a fixed number of parts.
"""

import functools
import itertools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from minitorch_cv.kernels import layout
from minitorch_cv.kernels._jit import kernel
from minitorch_cv.kernels._team import share
from minitorch_cv.kernels._threads import over_range, over_tasks
from minitorch_cv.kernels.incidence import Incidence, incidence
from minitorch_cv.kernels.keeping import Kept, keep
from minitorch_cv.kernels.layout import Array
from minitorch_cv.kernels.scratch import aligned, own, team_scratch
from minitorch_cv.kernels.simd import (
    fma,
    load,
    load_lanes,
    load_part,
    maximum,
    rolled,
    splat,
    store,
    store_lanes,
    store_part,
)  # fmt: skip
from minitorch_cv.kernels.target import VL
from minitorch_cv.kernels.window import Pair, Window

_ELEMENTS_AT_A_TIME = 8  # that these kernels handle while a plain loop handles one
_PART_PRODUCTS = 1 << 20  # at least, in one part of the weight's gradient
_MOST_PARTS = 16


class _Walk(NamedTuple):
    """How to go through the rows of a result, and what each meets in the source.

    Attributes:
        rows: for each row of the result, the source's rows.
        phases: (phases, 5) int64: the first position, how many there are, and for the first position the source
            column under its first point, the number of points, and the first point itself.
        steps: from one position of a phase to the next: in the result, and in the source; and from one point to the
            next: in the source, and in the window.
        margins: columns of zeros before and after the source's.
        needs: (rows, 2) int64: the first and last source row that must be at hand for each row of the result.
        ring: how many these are at most.
    """

    rows: Incidence
    phases: Array
    steps: tuple[int, int, int, int]
    margins: Pair
    needs: Array
    ring: int


def _walk(rows: Incidence, phases: Sequence[tuple[int, ...]], steps: tuple[int, int, int, int], width: int) -> _Walk:
    table = np.array(phases, np.int64).reshape(-1, 5)
    _, x_step, x_point, _ = steps
    used = table[(table[:, 1] > 0) & (table[:, 3] > 0)]
    near = max(0, -int(used[:, 2].min(initial=0)))
    last = used[:, 2] + (used[:, 1] - 1) * x_step + (used[:, 3] - 1) * x_point
    far = max(0, int(last.max(initial=0)) - width + 1)
    table[:, 2] += near
    at, pixel, _ = rows
    spans = [(pixel[a], pixel[b - 1]) if b > a else (1 << 62, -1) for a, b in itertools.pairwise(at)]
    needs = np.array(spans, np.int64).reshape(-1, 2)
    # With dilation or padding a later row may need an earlier one.
    needs[:, 0] = np.minimum.accumulate(needs[::-1, 0])[::-1]
    needs[:, 1] = np.maximum.accumulate(needs[:, 1])
    ring = max(int((needs[:, 1] - needs[:, 0]).max(initial=0)) + 1, 1)
    return _Walk(rows, table, steps, (near, far), needs, ring)


@functools.lru_cache(maxsize=256)
def _forward_walk(window: Window, image_size: Pair) -> _Walk:
    _, ow = window.output_size(image_size)
    _, kw, _, sw, _, left, _, dw = window.numbers
    return _walk(_image_rows(window, image_size), [(0, ow, -left, kw, 0)], (1, sw, dw, 1), image_size[1])


@functools.lru_cache(maxsize=256)
def _backward_walk(window: Window, image_size: Pair) -> _Walk:
    h, w = image_size
    _, ow = window.output_size(image_size)
    _, kw, _, sw, _, left, _, dw = window.numbers
    common = np.gcd(sw, dw)
    phases = []
    for first in range(min(sw, w)):
        points = [q for q in reversed(range(kw)) if (first + left - q * dw) % sw == 0]
        column = (first + left - points[0] * dw) // sw if points else 0
        phases.append((first, -(-(w - first) // sw), column, len(points), points[0] if points else 0))
    steps = (sw, 1, int(dw // common), -int(sw // common))
    return _walk(_image_rows(window, image_size).reversed(h), phases, steps, ow)


def _image_rows(window: Window, image_size: Pair) -> Incidence:
    """For each row of outputs, the rows of the image."""
    h, _ = image_size
    oh, _ = window.output_size(image_size)
    kh, _, sh, _, top, _, dh, _ = window.numbers
    point = np.broadcast_to(np.arange(kh), (oh, kh))
    pixel = np.arange(oh)[:, None] * sh - top + point * dh
    return incidence(pixel, point, (pixel >= 0) & (pixel < h))


def vector_depthwise(
    x: Array, weight: Array, bias: Array | None, window: Window, low: float = -np.inf, kept: Kept | None = None
) -> Array:
    """Convolve each channel with its filter; results are not less than `low`."""
    n, c, h, w = x.shape
    out = layout.empty_image(n, c, *window.output_size((h, w)), np.float32)
    _convolve(x, weight, bias, out, _forward_walk(window, (h, w)), low, kept)
    return out


def vector_depthwise_backward_input(grad_out: Array, weight: Array, image_size: Pair, window: Window) -> Array:
    """The gradient of `vector_depthwise` with respect to x, images of `image_size` (H, W)."""
    n, c, _, _ = grad_out.shape
    grad_x = layout.empty_image(n, c, *image_size, np.float32)
    _convolve(grad_out, weight, None, grad_x, _backward_walk(window, image_size))
    return grad_x


def _convolve(
    source: Array,
    weight: Array,
    bias: Array | None,
    out: Array,
    walk: _Walk,
    low: float = -np.inf,
    kept: Kept | None = None,
) -> None:
    n, c, h, w = source.shape
    _, _, oh, ow = out.shape
    kh, kw = weight.shape[2:]
    weights = keep(kept, "channels of a point together", lambda: _by_points(weight, bias))
    flat, flat_out = layout.channels_last(source).reshape(-1), layout.channels_last(out).reshape(-1)
    near, far = walk.margins
    cost = (h * w // max(oh, 1) + ow * (1 + kh * kw // 4)) * max(c, VL) // _ELEMENTS_AT_A_TIME
    over_range(
        _convolve_rows, n * oh, cost, flat, weights, flat_out, *_rings(walk, w, c), walk.needs, walk.ring, near, far,
        *walk.rows, walk.phases, *walk.steps, kw, h, w, oh, ow, c, None if c >= VL else c, np.float32(low),
    )  # fmt: skip


def _by_points(weight: Array, bias: Array | None) -> Array:
    """For each point of the window, and then for the bias, the numbers of all channels."""
    c, _, kh, kw = weight.shape
    weights = aligned((kh * kw + 1) * c)
    table = weights.reshape(kh * kw + 1, c)
    table[:-1] = weight.reshape(c, kh * kw).T
    table[-1] = 0 if bias is None else bias
    return weights


def _rings(walk: _Walk, width: int, channels: int) -> tuple[Array, int]:
    """Memory for every worker's copies of rows of `width` pixels."""
    near, far = walk.margins
    return team_scratch(0, walk.ring * (near + width + far) * channels)


@kernel
def _clear_margins(buffer, rows, near, width, far):
    for row in range(rows):
        begin = row * (near + width + far)
        for i in range(begin, begin + near):
            buffer[i] = np.float32(0)
        for i in range(begin + near + width, begin + near + width + far):
            buffer[i] = np.float32(0)


@kernel
def _copy(target, to, source, begin, size):
    for i in range(0, size - VL + 1, VL):
        store(target, to + i, load(source, begin + i))
    done = size // VL * VL
    store_part(target, to + done, load_part(source, begin + done, size - done), size - done)


@kernel
def _convolve_rows(
    team, size, first, last, x, weights, out, buffers, buffer_size, needs, ring, near, far, row_at, row_pixel,
    row_point, phases, step, x_step, x_point, point, kw, h, w, oh, ow, c, lanes, low,
):  # fmt: skip
    if share(team, size, first, last):
        return
    floor = splat(low)
    buffer = own(team, buffers, buffer_size)
    direct = near + far == 0
    source = x if direct else buffer
    wide = near + w + far
    bias = len(weights) - c
    lines, weight_lines = np.empty(len(weights) // c, np.int64), np.empty(len(weights) // c, np.int64)
    copied = 0
    if not direct:
        _clear_margins(buffer, ring, near * c, w * c, far * c)
    for item in range(first, last):  # rows of all results
        n, y = item // oh, item % oh
        if not direct:
            if y == 0 or item == first:
                copied = 0
            copied = max(copied, needs[y, 0])
            while copied <= needs[y, 1]:
                _copy(buffer, (copied % ring * wide + near) * c, x, (n * h + copied) * w * c, w * c)
                copied += 1
        met = row_at[y + 1] - row_at[y]
        for e in range(met):
            row = row_pixel[row_at[y] + e]
            lines[e] = ((n * h + row) * w if direct else row % ring * wide) * c
            weight_lines[e] = row_point[row_at[y] + e] * kw * c
        for phase in range(len(phases)):
            count, points = phases[phase, 1], phases[phase, 3]
            for turn in range(0, count, 4 if count >= 4 else 1):
                z = min(turn, count - 4) if count >= 4 else turn
                column = phases[phase, 2] + z * x_step
                pixel = (item * ow + phases[phase, 0] + z * step) * c
                for channel in range(0, c, VL):
                    begin = max(min(channel, c - VL), 0)
                    sum0 = sum1 = sum2 = sum3 = load_lanes(weights, bias + begin, lanes)
                    for e in range(met):
                        rolled()
                        i = lines[e] + column * c + begin
                        k = weight_lines[e] + phases[phase, 4] * c + begin
                        if count >= 4:
                            for _ in range(points):
                                rolled()
                                weight = load_lanes(weights, k, lanes)
                                sum0 = fma(load_lanes(source, i, lanes), weight, sum0)
                                sum1 = fma(load_lanes(source, i + x_step * c, lanes), weight, sum1)
                                sum2 = fma(load_lanes(source, i + 2 * x_step * c, lanes), weight, sum2)
                                sum3 = fma(load_lanes(source, i + 3 * x_step * c, lanes), weight, sum3)
                                i += x_point * c
                                k += point * c
                        else:
                            for _ in range(points):
                                rolled()
                                sum0 = fma(load_lanes(source, i, lanes), load_lanes(weights, k, lanes), sum0)
                                i += x_point * c
                                k += point * c
                    o = pixel + begin
                    store_lanes(out, o, maximum(sum0, floor), lanes)
                    if count >= 4:
                        store_lanes(out, o + step * c, maximum(sum1, floor), lanes)
                        store_lanes(out, o + 2 * step * c, maximum(sum2, floor), lanes)
                        store_lanes(out, o + 3 * step * c, maximum(sum3, floor), lanes)


def vector_depthwise_backward_weight(grad_out: Array, x: Array, window: Window) -> Array:
    """The gradient of `vector_depthwise` with respect to weight."""
    n, c, oh, ow = grad_out.shape
    _, _, h, w = x.shape
    kh, kw = window.size
    rows = n * oh
    parts = min(rows * ow * kh * kw * max(c, VL) // _PART_PRODUCTS, _MOST_PARTS)
    height = max(-(-rows // parts) if parts > 1 else rows, 1)
    parts = -(-rows // height)
    vectors = -(-c // VL)
    sums = np.zeros((parts, kh * kw * vectors * VL), np.float32)
    flat_sums = sums.reshape(-1)
    flat, flat_grad = layout.channels_last(x).reshape(-1), layout.channels_last(grad_out).reshape(-1)
    walk = _forward_walk(window, (h, w))
    near, far = walk.margins
    _, x_step, x_point, _ = walk.steps
    over_tasks(
        _backward_weight_rows, parts, rows, height, flat_grad, flat, flat_sums, *_rings(walk, w, c), walk.needs,
        walk.ring, near, far, *walk.rows, int(walk.phases[0, 2]), x_step, x_point, kh, kw, h, w, oh, ow, c,
        None if c >= VL else c,
    )  # fmt: skip
    found = sums.sum(axis=0).reshape(vectors, kh * kw, VL).transpose(0, 2, 1)
    grad_weight = np.empty((c, kh * kw), np.float32)
    whole = c // VL * VL
    grad_weight[:whole] = found[: c // VL].reshape(whole, kh * kw)
    if whole < c:  # the last vector overlaps the one before
        grad_weight[whole:] = found[-1, :c] if c < VL else found[-1, VL - (c - whole) :]
    return grad_weight.reshape(c, 1, kh, kw)


@kernel
def _backward_weight_rows(
    team, size, first, last, rows, height, grad_out, x, sums, buffers, buffer_size, needs, ring, near, far, row_at,
    row_pixel, row_point, column, x_step, x_point, kh, kw, h, w, oh, ow, c, lanes,
):  # fmt: skip
    if share(team, size, first, last):
        return
    first, last = first * height, min(rows, last * height)  # of all outputs' rows, instead of parts
    buffer = own(team, buffers, buffer_size)
    direct = near + far == 0
    source = x if direct else buffer
    wide = near + w + far
    vectors = -(-c // VL)
    lines, sum_lines = np.empty(kh, np.int64), np.empty(kh, np.int64)
    copied = 0
    if not direct:
        _clear_margins(buffer, ring, near * c, w * c, far * c)
    for item in range(first, last):
        n, y = item // oh, item % oh
        if not direct:
            if y == 0 or item == first:
                copied = 0
            copied = max(copied, needs[y, 0])
            while copied <= needs[y, 1]:
                _copy(buffer, (copied % ring * wide + near) * c, x, (n * h + copied) * w * c, w * c)
                copied += 1
        met = row_at[y + 1] - row_at[y]
        for e in range(met):
            row = row_pixel[row_at[y] + e]
            lines[e] = ((n * h + row) * w if direct else row % ring * wide) * c
            sum_lines[e] = row_point[row_at[y] + e] * kw * VL
        for vector in range(vectors):
            begin = max(min(vector * VL, c - VL), 0)
            for e in range(met):
                rolled()
                place = (item // height * vectors + vector) * kh * kw * VL + sum_lines[e]
                for q in range(0, kw, 3):
                    second, third = min(1, kw - 1 - q) * x_point * c, min(2, kw - 1 - q) * x_point * c
                    i = lines[e] + (column + q * x_point) * c + begin
                    g = item * ow * c + begin
                    even0 = even1 = even2 = odd0 = odd1 = odd2 = splat(np.float32(0))
                    for _ in range(ow // 2):
                        rolled()
                        grad = load_lanes(grad_out, g, lanes)
                        even0 = fma(load_lanes(source, i, lanes), grad, even0)
                        even1 = fma(load_lanes(source, i + second, lanes), grad, even1)
                        even2 = fma(load_lanes(source, i + third, lanes), grad, even2)
                        i += x_step * c
                        grad = load_lanes(grad_out, g + c, lanes)
                        odd0 = fma(load_lanes(source, i, lanes), grad, odd0)
                        odd1 = fma(load_lanes(source, i + second, lanes), grad, odd1)
                        odd2 = fma(load_lanes(source, i + third, lanes), grad, odd2)
                        i += x_step * c
                        g += 2 * c
                    if ow % 2:
                        grad = load_lanes(grad_out, g, lanes)
                        even0 = fma(load_lanes(source, i, lanes), grad, even0)
                        even1 = fma(load_lanes(source, i + second, lanes), grad, even1)
                        even2 = fma(load_lanes(source, i + third, lanes), grad, even2)
                    o = place + q * VL
                    store(sums, o, load(sums, o) + (even0 + odd0))
                    if q + 1 < kw:
                        store(sums, o + VL, load(sums, o + VL) + (even1 + odd1))
                    if q + 2 < kw:
                        store(sums, o + 2 * VL, load(sums, o + 2 * VL) + (even2 + odd2))
