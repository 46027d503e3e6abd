"""Slow and obvious versions of what moves pixels about: padding, shuffling, folding, interpolation. NumPy only."""

from __future__ import annotations

import math

import numpy as np


def pad(x, numbers, mode="constant", value=0.0):
    """One dimension after the other, element by element."""
    for i in range(len(numbers) // 2):
        axis = x.ndim - 1 - i
        x = np.moveaxis(_pad_first(np.moveaxis(x, axis, 0), numbers[2 * i], numbers[2 * i + 1], mode, value), 0, axis)
    return x


def _pad_first(x, before, after, mode, value):
    n = len(x)
    out = np.empty((n + before + after, *x.shape[1:]), x.dtype)
    for position in range(-before, n + after):
        inside = 0 <= position < n
        if inside:
            row = x[position]
        elif mode == "constant":
            row = value
        elif mode == "circular":
            row = x[position % n]
        elif mode == "replicate":
            row = x[0] if position < 0 else x[n - 1]
        else:
            row = x[-position] if position < 0 else x[n - 1 - (position - (n - 1))]
        out[position + before] = row
    return out


def pixel_shuffle(x, r):
    """Channel (c, i, j) becomes pixel (i, j) of each block."""
    *leading, c, h, w = x.shape
    out = np.empty((*leading, c // r**2, h * r, w * r), x.dtype)
    for channel in range(c // r**2):
        for i in range(r):
            for j in range(r):
                out[..., channel, i::r, j::r] = x[..., channel * r * r + i * r + j, :, :]
    return out


def pixel_unshuffle(x, r):
    """Pixel (i, j) of each block becomes channel (c, i, j)."""
    *leading, c, h, w = x.shape
    out = np.empty((*leading, c * r**2, h // r, w // r), x.dtype)
    for channel in range(c):
        for i in range(r):
            for j in range(r):
                out[..., channel * r * r + i * r + j, :, :] = x[..., channel, i::r, j::r]
    return out


def channel_shuffle(x, groups):
    """Take the channels as cards in `groups` hands and gather them by turns."""
    per_group = x.shape[1] // groups
    order = [g * per_group + i for i in range(per_group) for g in range(groups)]
    return x[:, order]


def windows(h, w, size, stride, padding, dilation):
    """For each window, in row-major order, its pixels (row, column), likewise, those in the padding included."""
    oh, ow = ((n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in zip((h, w), size, stride, padding, dilation))
    return [
        [
            (y * stride[0] - padding[0] + i * dilation[0], x * stride[1] - padding[1] + j * dilation[1])
            for i in range(size[0])
            for j in range(size[1])
        ]
        for y in range(oh)
        for x in range(ow)
    ]


def unfold(x, size, dilation=(1, 1), padding=(0, 0), stride=(1, 1)):
    """Window by window, pixel by pixel."""
    n, c, h, w = x.shape
    places = windows(h, w, size, stride, padding, dilation)
    out = np.zeros((n, c, size[0] * size[1], len(places)), x.dtype)
    for column, pixels in enumerate(places):
        for row, (i, j) in enumerate(pixels):
            if 0 <= i < h and 0 <= j < w:
                out[:, :, row, column] = x[:, :, i, j]
    return out.reshape(n, c * size[0] * size[1], len(places))


def fold(cols, image_size, size, dilation=(1, 1), padding=(0, 0), stride=(1, 1)):
    """Each column added to its window's pixels."""
    n, rows, length = cols.shape
    h, w = image_size
    split = cols.reshape(n, rows // (size[0] * size[1]), size[0] * size[1], length)
    out = np.zeros((n, split.shape[1], h, w), cols.dtype)
    for column, pixels in enumerate(windows(h, w, size, stride, padding, dilation)):
        for row, (i, j) in enumerate(pixels):
            if 0 <= i < h and 0 <= j < w:
                out[:, :, i, j] += split[:, :, row, column]
    return out


def keys_cubic(x, a):
    """Keys 1981, equation 4, with `a` as his -1/2."""
    x = abs(x)
    if x < 1:
        return (a + 2) * x**3 - (a + 3) * x**2 + 1
    return a * x**3 - 5 * a * x**2 + 8 * a * x - 4 * a if x < 2 else 0.0


def resize_antialiased(x, sizes, mode):
    """Every new pixel as a mean of the old ones below a filter of its own width, one dimension after the other."""
    radius = {"bilinear": 1, "bicubic": 2, "lanczos": 3}[mode]
    for axis, m in enumerate(sizes, 2):
        old = np.moveaxis(x, axis, 0)
        n = len(old)
        if m == n:
            continue
        new = []
        for i in range(m):
            scale = max(n / m, 1)
            middle = n / m * (i + 0.5)
            weights = []
            for j in range(n):
                d = abs(j + 0.5 - middle) / scale
                inside = max(int(middle - radius * scale + 0.5), 0) <= j < min(int(middle + radius * scale + 0.5), n)
                if mode == "bilinear":
                    height = max(1 - d, 0)
                elif mode == "bicubic":
                    height = keys_cubic(d, -0.5)
                else:
                    height = np.sinc(d) * np.sinc(d / 3)
                weights.append(height if inside else 0)
            new.append(sum(weight * row for weight, row in zip(weights, old)) / sum(weights))
        x = np.moveaxis(np.array(new).reshape(m, *old.shape[1:]), 0, axis)
    return x


def resize(x, sizes, mode, align_corners=False, scales=None):
    """Every new pixel by its place among the old ones, one dimension after the other."""
    for axis, m in enumerate(sizes, 2):
        old = np.moveaxis(x, axis, 0)
        n = len(old)
        ratio = n / m if scales is None else 1 / scales[axis - 2]
        new = []
        for i in range(m):
            if mode == "nearest":
                new.append(old[min(int(i * ratio), n - 1)])
            elif mode == "nearest-exact":
                new.append(old[min(int((i + 0.5) * ratio), n - 1)])
            elif mode == "bicubic":
                place = (i + 0.5) * ratio - 0.5
                if align_corners:
                    place = i * (n - 1) / (m - 1) if m > 1 else 0
                near = [math.floor(place) + step for step in (-1, 0, 1, 2)]
                new.append(sum(old[min(max(j, 0), n - 1)] * keys_cubic(place - j, -0.75) for j in near))
            else:
                place = max((i + 0.5) * ratio - 0.5, 0)
                if align_corners:
                    place = i * (n - 1) / (m - 1) if m > 1 else 0
                before = min(int(place), n - 1)
                share = min(place - before, 1.0)
                new.append(old[before] * (1 - share) + old[min(before + 1, n - 1)] * share)
        x = np.moveaxis(np.array(new).reshape(m, *old.shape[1:]), 0, axis)
    return x
