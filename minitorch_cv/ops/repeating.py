"""Repeating: whole tensors side by side (repeat, tile), or each element several times (repeat_interleave)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from .arguments import check_tensor, normalize_dim
from .gathering import IndexSelect
from .numpy_names import numpy_names
from .reshaping import ravel
from .sizes import check_not_negative, int_tuple, is_int


@dataclass(eq=False, repr=False)
class Repeat(Operation):
    """Copies side by side: repeats[d] of them along each dimension of the result."""

    repeats: tuple[int, ...]

    def forward(self, x: Array) -> Array:
        self.input_shape = x.shape
        return np.tile(x, self.repeats)

    def backward(self, grad_out: Array) -> Array:
        new = len(self.repeats) - len(self.input_shape)
        split = []  # (r0, n0, r1, n1, ...): copies and elements apart
        for r, n in zip(self.repeats, (1,) * new + self.input_shape):
            split += [r, n]
        return grad_out.reshape(split).sum(axis=tuple(range(0, len(split), 2))).reshape(self.input_shape)


def repeat(input: V, repeats: tuple[int, ...]) -> V:
    """Copies side by side, repeats[d] along dimension d; new dimensions come first (Tensor.repeat).

    Raises:   RuntimeError: for fewer repeats than dimensions, or a negative one.
    """
    check_tensor("repeat", input)
    times = int_tuple("repeat", "repeats", repeats)
    shape = input.array.shape
    if len(times) < len(shape):
        raise RuntimeError(
            "repeat: Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor; got "
            f"repeats {list(times)} for shape {list(shape)}"
        )
    padded = (1,) * (len(times) - len(shape)) + shape
    check_not_negative("repeat", tuple([r * n if r >= 0 else r * max(n, 1) for r, n in zip(times, padded)]))
    return Repeat(times)(input)


def tile(input: V, dims: tuple[int, ...]) -> V:
    """As repeat, with missing leading repeats taken as 1 (torch.tile)."""
    check_tensor("tile", input)
    times = int_tuple("tile", "dims", dims)
    return repeat(input, (1,) * (input.array.ndim - len(times)) + times)


@numpy_names
def repeat_interleave(
    input: V,
    repeats: int | Variable | None = None,
    dim: int | None = None,
    *,
    output_size: int | None = None,
) -> V:
    """Each element (or each index of dim) several times in a row (torch.repeat_interleave).

    Args:     repeats: one number for all, or an integer tensor with one for each; without it, input holds the repeats
                  and the result is each index so many times.
              dim: None: all elements as one dimension.
              output_size: the size of the result, checked.
    Raises:   RuntimeError: for negative repeats, or another number of them than dim has indices.
    """
    check_tensor("repeat_interleave", input)
    if repeats is None:
        times = _check_repeats(input)
        return input.wrap(np.repeat(np.arange(times.size), times))
    if dim is None:
        input, dim = ravel(input), 0
    d = normalize_dim("repeat_interleave", dim, input.array.ndim)
    n = input.array.shape[d] if input.array.ndim else 1
    if isinstance(repeats, Variable):
        times = _check_repeats(repeats)
        if times.size == 1:
            times = np.broadcast_to(times.reshape(()), (n,))
        if times.size != n:
            raise RuntimeError(
                "repeat_interleave: repeats must have the same size as input along dim, but got repeats.size(0) = "
                f"{times.size} and input.size({d}) = {n}"
            )
    elif is_int(repeats):
        if repeats < 0:
            raise RuntimeError(f"repeat_interleave: Repeats must be non-negative, got {repeats}")
        times = np.full(n, repeats)
    else:
        raise TypeError(f"repeat_interleave(): argument 'repeats' must be int or Tensor, not {type(repeats).__name__}")
    total: Any = int(times.sum())
    if output_size is not None and output_size != total:
        raise RuntimeError(
            f"repeat_interleave: allocated size does not match required size: output_size={output_size}, but the "
            f"repeats sum up to {total}"
        )
    return IndexSelect(d, np.repeat(np.arange(n), times))(input)


def _check_repeats(repeats: Variable) -> Array:
    times = repeats.array
    if times.dtype not in (np.int32, np.int64):
        raise NotImplementedError(f"repeat_interleave: repeats has to be Long or Int tensor, got {repeats.dtype.name}")
    if times.ndim > 1:
        raise RuntimeError(f"repeat_interleave: repeats must be 0-dim or 1-dim tensor, got shape {list(times.shape)}")
    if times.size and times.min() < 0:
        raise RuntimeError(f"repeat_interleave: repeats can not be negative, got {int(times.min())}")
    return times
