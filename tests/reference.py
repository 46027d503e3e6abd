"""The slow, obvious versions of convolution and pooling: nothing but loops, NumPy only."""

from __future__ import annotations

import numpy as np


def sides(padding):
    """((top, bottom), (left, right))."""
    return tuple(p if isinstance(p, tuple) else (p, p) for p in padding)


def pixels(y, x, window, h, w):
    """(p, q, row, column) of each point of the window at output place (y, x) that lies inside the image."""
    (kh, kw), (sh, sw), (dh, dw) = window.size, window.stride, window.dilation
    (top, _), (left, _) = sides(window.padding)
    for p in range(kh):
        for q in range(kw):
            row, column = y * sh - top + p * dh, x * sw - left + q * dw
            if 0 <= row < h and 0 <= column < w:
                yield p, q, row, column


def output_size(window, h, w):
    """How many windows fit, by trying."""
    counts = []
    for length, k, s, d, (near, far) in zip((h, w), window.size, window.stride, window.dilation, sides(window.padding)):
        count = 0
        while count * s + d * (k - 1) < length + near + far:
            count += 1
        counts.append(count)
    return tuple(counts)


def conv2d(x, weight, bias, window, groups=1):
    """One product at a time."""
    n, _, h, w = x.shape
    o, per_group = weight.shape[:2]
    oh, ow = output_size(window, h, w)
    out = np.zeros((n, o, oh, ow), x.dtype)
    for i, f, y, z in np.ndindex(out.shape):
        first_channel = f // (o // groups) * per_group
        total = 0.0 if bias is None else bias[f]
        for p, q, row, column in pixels(y, z, window, h, w):
            for j in range(per_group):
                total += weight[f, j, p, q] * x[i, first_channel + j, row, column]
        out[i, f, y, z] = total
    return out


def conv2d_backward(grad_out, x, weight, window, groups=1):
    """Gradients of x, weight and bias: each product's two factors get each other's share."""
    _, _, h, w = x.shape
    o, per_group = weight.shape[:2]
    grad_x, grad_weight = np.zeros_like(x), np.zeros_like(weight)
    for i, f, y, z in np.ndindex(grad_out.shape):
        first_channel = f // (o // groups) * per_group
        for p, q, row, column in pixels(y, z, window, h, w):
            for j in range(per_group):
                grad_x[i, first_channel + j, row, column] += grad_out[i, f, y, z] * weight[f, j, p, q]
                grad_weight[f, j, p, q] += grad_out[i, f, y, z] * x[i, first_channel + j, row, column]
    return grad_x, grad_weight, grad_out.sum((0, 2, 3))


def max_pool2d(x, window, size):
    """The first largest pixel of each window, NaN above all; and where it is."""
    n, c, h, w = x.shape
    out, indices = np.empty((n, c, *size), x.dtype), np.empty((n, c, *size), np.int64)
    for i, j, y, z in np.ndindex(out.shape):
        best = None
        for _, _, row, column in pixels(y, z, window, h, w):
            value = x[i, j, row, column]
            if best is None or value > best or np.isnan(value):
                best, place = value, row * w + column
        out[i, j, y, z], indices[i, j, y, z] = best, place
    return out, indices


def avg_pool2d(x, window, size, divisor):
    """The sum of each window over its divisor."""
    n, c, h, w = x.shape
    out = np.empty((n, c, *size), x.dtype)
    for i, j, y, z in np.ndindex(out.shape):
        out[i, j, y, z] = sum(x[i, j, row, column] for _, _, row, column in pixels(y, z, window, h, w)) / divisor[y, z]
    return out
