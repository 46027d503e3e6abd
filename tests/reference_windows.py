"""Slow and obvious versions of transposed convolution and of pooling with all its settings. NumPy only."""

from __future__ import annotations

import math

import numpy as np


def conv_transpose2d(x, weight, bias, stride=(1, 1), padding=(0, 0), output_padding=(0, 0), groups=1, dilation=(1, 1)):
    """Lay the filters down, one number after the other."""
    n, channels, h, w = x.shape
    _, per_group, kh, kw = weight.shape
    size = [
        (length - 1) * s - 2 * p + d * (k - 1) + e + 1
        for length, s, p, d, k, e in zip((h, w), stride, padding, dilation, (kh, kw), output_padding)
    ]
    out = np.zeros((n, per_group * groups, *size), x.dtype) + bias[:, None, None]
    for i, c, y, z in np.ndindex(x.shape):
        first = c // (channels // groups) * per_group
        for f, p, q in np.ndindex(per_group, kh, kw):
            row, column = y * stride[0] - padding[0] + p * dilation[0], z * stride[1] - padding[1] + q * dilation[1]
            if 0 <= row < size[0] and 0 <= column < size[1]:
                out[i, first + f, row, column] += x[i, c, y, z] * weight[c, f, p, q]
    return out


def _spans(length, k, s, p, d, ceil_mode):
    """For each position of a window along one dimension, the places inside the image, and how many with the padding."""
    count = ((length + 2 * p - d * (k - 1) - 1) / s).__floor__() + 1
    if ceil_mode:
        count = math.ceil((length + 2 * p - d * (k - 1) - 1) / s) + 1
        count -= (count - 1) * s >= length + p
    spans = []
    for begin in (i * s - p for i in range(count)):
        places = [begin + j * d for j in range(k)]
        spans.append(([q for q in places if 0 <= q < length], sum(q < length + p for q in places)))
    return spans


def _adaptive_spans(length, count):
    return [(list(range(i * length // count, math.ceil((i + 1) * length / count))), None) for i in range(count)]


def _pool(x, rows, columns, pick):
    n, c = x.shape[:2]
    out = [[[[pick(x[i, f], ys, zs) for zs in columns] for ys in rows] for f in range(c)] for i in range(n)]
    return np.array(out).reshape(n, c, len(rows), len(columns))


def max_pool2d(x, size, stride, padding=(0, 0), dilation=(1, 1), ceil_mode=False):
    rows, columns = (_spans(*numbers, ceil_mode) for numbers in zip(x.shape[2:], size, stride, padding, dilation))
    return _pool(x, rows, columns, lambda plane, ys, zs: plane[np.ix_(ys[0], zs[0])].max())


def avg_pool2d(x, size, stride, padding=(0, 0), ceil_mode=False, count_include_pad=True, divisor_override=None):
    rows, columns = (_spans(*numbers, ceil_mode) for numbers in zip(x.shape[2:], size, stride, padding, (1, 1)))

    def mean(plane, ys, zs):
        count = ys[1] * zs[1] if count_include_pad else len(ys[0]) * len(zs[0])
        return plane[np.ix_(ys[0], zs[0])].sum() / (divisor_override or count)

    return _pool(x, rows, columns, mean)


def adaptive_pool2d(x, size, pick):
    rows, columns = (_adaptive_spans(*numbers) for numbers in zip(x.shape[2:], size))
    return _pool(x, rows, columns, lambda plane, ys, zs: pick(plane[np.ix_(ys[0], zs[0])]))
