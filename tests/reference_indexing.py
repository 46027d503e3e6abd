"""Indexing, gathering and scattering by loops: slow and obvious, NumPy only."""

from __future__ import annotations

import numpy as np


def gather(x, dim, index):
    """result[..., i, ...] = x[..., index[..., i, ...], ...] at dimension dim."""
    result = np.zeros(index.shape, x.dtype)
    for place in np.ndindex(index.shape):
        source = list(place)
        source[dim] = index[place]
        result[place] = x[tuple(source)]
    return result


def scatter(x, dim, index, src, combine):
    """For each place of index: combine what is at the place it names in a copy of x with src there."""
    result = x.copy()
    for place in np.ndindex(index.shape):
        target = list(place)
        target[dim] = index[place]
        result[tuple(target)] = combine(result[tuple(target)], src[place] if np.ndim(src) else src)
    return result


def index_select(x, dim, index):
    """The slices of dim that index names, one after the other."""
    return np.stack([np.moveaxis(x, dim, 0)[i] for i in index], axis=dim)


def index_write(x, dim, index, source, combine):
    """For each number in index: combine that slice of a copy of x with the next slice of source."""
    result = x.copy()
    slices = np.moveaxis(result, dim, 0)
    for position, i in enumerate(index):
        given = np.moveaxis(source, dim, 0)[position] if np.ndim(source) else source
        slices[i] = combine(slices[i], given)
    return result
