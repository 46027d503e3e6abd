"""Sums over repeated indices: what the gradients of indexing, and index_add and scatter_add, come down to.

An index here is a tuple with, for each dimension, an array of int64 (in range, counted from the front) or slice(None);
or with one mask for all dimensions.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np

from ..autograd.operation import Array


@dataclass
class _Placement:
    """Where x[index] has its dimensions.

    indexed: the dimensions of x that have index arrays.
    rest:    the others.
    first:   how many of `rest` come before the dimensions of the index arrays in x[index]: these take the place of the
             indexed dimensions if those lie together, and come first if not.
    shape:   that of the index arrays, broadcast.
    """

    indexed: list[int]
    rest: list[int]
    first: int
    shape: tuple[int, ...]


def _placement(index: tuple, ndim: int) -> _Placement:
    indexed = [d for d, item in enumerate(index) if not isinstance(item, slice)]
    rest = [d for d in range(ndim) if d not in indexed]
    together = indexed[-1] - indexed[0] + 1 == len(indexed)
    shape = np.broadcast_shapes(*[index[d].shape for d in indexed])
    return _Placement(indexed, rest, indexed[0] if together else 0, shape)


def indexed_shape(shape: tuple[int, ...], index: tuple) -> tuple[int, ...]:
    """The shape of x[index] for an x of the given shape."""
    if is_mask(index):
        return (int(np.count_nonzero(index[0])),)
    place = _placement(index, len(shape))
    rest = [shape[d] for d in place.rest]
    return (*rest[: place.first], *place.shape, *rest[place.first :])


def is_mask(index: tuple) -> bool:
    """Whether the index is one mask for all dimensions."""
    return len(index) == 1 and not isinstance(index[0], slice) and index[0].dtype == bool


def add_at(target: Array, index: tuple, values: Array) -> None:
    """target[index] += values, every repetition of an index counted; values broadcasts to target[index]."""
    if is_mask(index):
        target[index] += values
        return
    values = np.broadcast_to(values, indexed_shape(target.shape, index))
    if values.size == 0:
        return
    place = _placement(index, target.ndim)
    own = range(len(place.shape))
    values = np.moveaxis(values, [place.first + k for k in own], own).reshape(prod(place.shape), -1)
    arrays = [np.broadcast_to(index[d], place.shape).reshape(-1) for d in place.indexed]
    positions = np.ravel_multi_index(arrays, [target.shape[d] for d in place.indexed])
    moved = target.transpose(place.indexed + place.rest)
    rows = moved.reshape(-1, values.shape[1])
    add_rows(rows, positions, values)
    if not np.may_share_memory(rows, target):
        moved[...] = rows.reshape(moved.shape)


def add_rows(target: Array, rows: Array, values: Array) -> None:
    """target[rows] += values, every repetition of a row counted.

    Args:     target: (V, D), written to.
              rows: (N,) int64, 0 <= rows < V.
              values: (N, D), of the same dtype, N and D not 0.
    """
    if target.shape[1] == 1 and target.dtype.kind == "f":
        target[:, 0] += np.bincount(rows, values[:, 0], len(target)).astype(target.dtype)  # sums in float64
        return
    named = np.zeros(len(target), bool)
    named[rows] = True
    if np.count_nonzero(named) == len(rows):
        target[rows] += values
        return
    order = np.argsort(rows, kind="stable")
    ordered = rows[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    target[ordered[starts]] += np.add.reduceat(values[order], starts, axis=0, dtype=target.dtype)
