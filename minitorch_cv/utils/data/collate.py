"""Collating: samples in, one batch out, of the same structure with a leading batch dimension."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, MutableMapping, MutableSequence, Sequence
from typing import Any

import numpy as np

from ...ops.joining import stack
from ...tensors.creation import as_tensor, tensor
from ...tensors.tensor import Tensor
from ...types.dtype import float64
from .joined import JoinedBatch


def default_collate(batch: Sequence) -> Any:
    """Join samples: tensors, arrays and numbers into one with a batch dimension in front, containers item by item.

    Args:     batch: the samples. The first decides how all are joined: tensors and arrays are stacked, floats become
                float64, ints int64, bools bool; strings and bytes stay a list; mappings, named tuples and sequences
                keep their type (a plain tuple becomes a list).
    Returns:  the joined samples; of a JoinedBatch, which is joined already, its columns.
    Raises:   RuntimeError: if shapes differ, or the lengths of sequences.
              TypeError: for any other type.

    >>> default_collate([(0, 1.5), (2, 3.5)])
    [tensor([0, 2]), tensor([1.5000, 3.5000], dtype=torch.float64)]
    """
    if isinstance(batch, JoinedBatch):
        return batch.columns
    if not len(batch):
        raise IndexError("default_collate: the batch is empty")
    first = batch[0]
    if isinstance(first, Tensor):
        return _stack(batch)
    if isinstance(first, np.ndarray):
        if first.dtype.kind in "SUO":
            raise _unknown(first.dtype)
        return _stack([as_tensor(array) for array in batch])
    if isinstance(first, (np.bool_, np.number)):
        return as_tensor(np.asarray(batch))
    if isinstance(first, float):
        return tensor(batch, dtype=float64)
    if isinstance(first, int):
        return tensor(batch)
    if isinstance(first, (str, bytes)):
        return batch
    if isinstance(first, Mapping):
        return _like_mapping(first, {key: default_collate([sample[key] for sample in batch]) for key in first})
    if isinstance(first, Sequence):
        return _collate_sequences(first, batch)
    raise _unknown(type(first))


def _collate_sequences(first: Sequence, batch: Sequence) -> Any:
    named = isinstance(first, tuple) and hasattr(first, "_fields")
    for entry, sample in enumerate(batch):
        if len(sample) != len(first):
            raise _ragged(
                f"each element in list of batch should be of equal size, but entry 0 has {len(first)} and entry "
                f"{entry} has {len(sample)}; pad them to one length or pass a collate_fn",
                entry,
            )
    columns = [default_collate(column) for column in zip(*batch, strict=True)]
    if named:
        return type(first)(*columns)
    return columns if isinstance(first, tuple) else _like_sequence(first, columns)


def _stack(tensors: Sequence[Tensor]) -> Tensor:
    first = tensors[0].shape
    for entry, other in enumerate(tensors):
        if other.shape != first:
            raise _ragged(
                f"stack expects each tensor to be equal size, but got {list(first)} at entry 0 and {list(other.shape)} "
                f"at entry {entry}; bring them to one size in the dataset's transform (resize, crop, pad) or pass a "
                "collate_fn",
                entry,
            )
    return stack(tuple(tensors), 0)  # type: ignore[return-value]  # of Tensors it makes a Tensor


def _ragged(message: str, entry: int) -> RuntimeError:
    error = RuntimeError(f"default_collate: {message}")
    error.ragged_entries = (0, entry)  # type: ignore[attr-defined]  # the loader knows which items these are
    return error


def _unknown(found: Any) -> TypeError:
    return TypeError(
        f"default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found {found}. Convert "
        "it in the dataset's transform (ToTensor() for a PIL image) or pass a collate_fn"
    )


def default_convert(data: Any) -> Any:
    """Make tensors of NumPy arrays and scalars, also inside containers; leave everything else as it is."""
    if isinstance(data, (np.ndarray, np.generic)) and not isinstance(data, (str, bytes)):
        return data if data.dtype.kind in "SUO" else as_tensor(data)
    if isinstance(data, Mapping):
        return _like_mapping(data, {key: default_convert(data[key]) for key in data})
    if isinstance(data, tuple):
        values = [default_convert(value) for value in data]
        return type(data)(*values) if hasattr(data, "_fields") else values
    if isinstance(data, Sequence) and not isinstance(data, (str, bytes)):
        return _like_sequence(data, [default_convert(value) for value in data])
    return data


def _like_mapping(kind: Mapping, values: dict) -> Any:
    """The values in a mapping of the same type; a plain dict where the type cannot be made from one."""

    def fill(clone: MutableMapping) -> None:
        clone.update(values)

    return _like(kind, MutableMapping, fill, values)


def _like_sequence(kind: Sequence, values: list) -> Any:
    """The values in a sequence of the same type; a plain list where the type cannot be made from one."""

    def fill(clone: MutableSequence) -> None:
        for position, value in enumerate(values):
            clone[position] = value

    return _like(kind, MutableSequence, fill, values)


def _like(kind: Any, mutable: type, fill: Callable[[Any], None], values: Any) -> Any:
    try:
        if not isinstance(kind, mutable):
            return type(kind)(values)
        clone = copy.copy(kind)  # what else the container carries is kept
        fill(clone)
        return clone
    except TypeError:
        return values
