"""Slow and obvious versions of the normalisations. NumPy only."""

from __future__ import annotations

import numpy as np


def _standardised(numbers, eps):
    mean = sum(numbers) / len(numbers)
    var = sum((v - mean) ** 2 for v in numbers) / len(numbers)
    return [(v - mean) / np.sqrt(var + eps) for v in numbers]


def _by_sets(x, eps, sets):
    """Each set of positions of x, standardised by itself."""
    out = np.empty_like(x)
    for positions in sets:
        for position, value in zip(positions, _standardised([x[p] for p in positions], eps)):
            out[position] = value
    return out


def _affine(x, weight, bias):
    for c in range(x.shape[1]):
        x[:, c] = x[:, c] * weight[c] + bias[c]
    return x


def batch_norm(x, weight, bias, eps=1e-5):
    sets = [[p for p in np.ndindex(x.shape) if p[1] == c] for c in range(x.shape[1])]
    return _affine(_by_sets(x, eps, sets), weight, bias)


def group_norm(x, groups, weight, bias, eps=1e-5):
    n, c = x.shape[:2]
    size = c // groups
    sets = [
        [p for p in np.ndindex(x.shape) if p[0] == i and p[1] // size == g] for i in range(n) for g in range(groups)
    ]
    return _affine(_by_sets(x, eps, sets), weight, bias)


def layer_norm(x, dims, weight, bias, eps=1e-5):
    lead = x.ndim - dims
    sets = [[(*i, *j) for j in np.ndindex(x.shape[lead:])] for i in np.ndindex(x.shape[:lead])]
    return _by_sets(x, eps, sets) * weight + bias


def rms_norm(x, weight, eps):
    out = np.empty_like(x)
    for i in np.ndindex(x.shape[:-1]):
        out[i] = x[i] / np.sqrt(sum(v * v for v in x[i]) / x.shape[-1] + eps) * weight
    return out


def local_response_norm(x, size, alpha=1e-4, beta=0.75, k=1.0):
    out = np.empty_like(x)
    for n, c, *pixel in np.ndindex(x.shape):
        neighbours = [d for d in range(c - size // 2, c - size // 2 + size) if 0 <= d < x.shape[1]]
        square = sum(x[(n, d, *pixel)] ** 2 for d in neighbours) / size
        out[(n, c, *pixel)] = x[(n, c, *pixel)] / (k + alpha * square) ** beta
    return out
