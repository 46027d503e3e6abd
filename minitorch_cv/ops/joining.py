"""Joining tensors: along a dimension they have (cat and its kin), or along a new one (stack)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..autograd.memory_order import has_channels_innermost
from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from .arguments import common_dtype, normalize_dim
from .memory_order import empty_in_order_of, tidy
from .numpy_names import numpy_names
from .reshaping import atleast_1d, atleast_2d, atleast_3d, reshape
from .sizes import is_int


@dataclass(eq=False, repr=False)
class Cat(Operation):
    """Tensors one after the other along a dimension."""

    dim: int

    def forward(self, *arrays: Array) -> Array:
        self.shapes = [a.shape for a in arrays]
        joined = [a for a in arrays if a.shape != (0,)] or arrays[:1]
        shape = list(joined[0].shape)
        shape[self.dim] = sum(a.shape[self.dim] for a in joined)
        return np.concatenate(joined, self.dim, out=empty_in_order_of(joined, shape))

    def backward(self, grad_out: Array) -> tuple:
        before = (slice(None),) * self.dim
        grads, start = [], 0
        for shape, needed in zip(self.shapes, self.needs_grad):
            if shape == (0,):
                grads.append(np.zeros(0, grad_out.dtype) if needed else None)
                continue
            end = start + shape[self.dim]
            place = (*before, slice(start, end))
            grads.append(grad_out[place] if needed else None)
            start = end
        return tuple(grads)


@dataclass(eq=False, repr=False)
class Stack(Operation):
    """Tensors of one shape along a new dimension."""

    dim: int

    def forward(self, *arrays: Array) -> Array:
        first = arrays[0]
        if self.dim == 0 and has_channels_innermost(first) and all(a.strides == first.strides for a in arrays):
            order = sorted(range(first.ndim), key=lambda d: -first.strides[d])  # three times as fast as NumPy's own
            stacked = np.stack([a.transpose(order) for a in arrays])
            return stacked.transpose(0, *[1 + order.index(d) for d in range(first.ndim)])
        return tidy(np.stack(arrays, self.dim))

    def backward(self, grad_out: Array) -> tuple:
        before = (slice(None),) * self.dim
        places: list[tuple] = [(*before, i, ...) for i in range(grad_out.shape[self.dim])]
        return tuple([grad_out[place] if needed else None for place, needed in zip(places, self.needs_grad)])


@numpy_names
def cat(tensors: tuple[V, ...], dim: int = 0) -> V:
    """The tensors one after the other along dim; they have the same sizes elsewhere (torch.cat).

    Dtypes are promoted. Tensors of shape (0,) fit everywhere and add nothing.

    Raises:   RuntimeError: for 0-d tensors, or sizes that do not match. ValueError: for no tensors.
    """
    return _cat("cat", tensors, dim)


@numpy_names
def concat(tensors: tuple[V, ...], dim: int = 0) -> V:
    """The same as cat (torch.concat)."""
    return _cat("concat", tensors, dim)


@numpy_names
def concatenate(tensors: tuple[V, ...], dim: int = 0) -> V:
    """The same as cat (torch.concatenate)."""
    return _cat("concatenate", tensors, dim)


def _cat(op_name: str, tensors: tuple[V, ...] | list[V], dim: int) -> V:
    given = _tensor_list(op_name, tensors)
    if not given:
        raise ValueError(f"torch.{op_name}(): expected a non-empty list of Tensors")
    for position, t in enumerate(given):
        if t.array.ndim == 0:
            raise RuntimeError(
                f"{op_name}: zero-dimensional tensor (at position {position}) cannot be concatenated; use stack()"
            )
    shapes = [t.array.shape for t in given]
    first = next((s for s in shapes if s != (0,)), (0,))
    d = normalize_dim(op_name, dim, len(first))
    for position, shape in enumerate(shapes):
        if shape == (0,):
            continue
        if len(shape) != len(first):
            raise RuntimeError(
                f"{op_name}: Tensors must have same number of dimensions: got {len(first)} and {len(shape)} "
                f"(shapes {list(first)} and {list(shape)})"
            )
        for axis, (expected, got) in enumerate(zip(first, shape)):
            if axis != d and expected != got:
                raise RuntimeError(
                    f"{op_name}: Sizes of tensors must match except in dimension {d}. Expected size {expected} but got "
                    f"size {got} for tensor number {position} in the list (shapes {list(first)} and {list(shape)})."
                )
    return Cat(d)(*common_dtype(op_name, given))


@numpy_names
def stack(tensors: tuple[V, ...], dim: int = 0) -> V:
    """Tensors of one shape along a new dimension at position dim (torch.stack).

    Raises:   RuntimeError: for no tensors, or several shapes.
    """
    return _stack("stack", tensors, dim)


def _stack(op_name: str, tensors: tuple[V, ...] | list[V], dim: int) -> V:
    given = _non_empty(op_name, tensors)
    first = given[0].array.shape
    for position, t in enumerate(given):
        if t.array.shape != first:
            raise RuntimeError(
                f"{op_name} expects each tensor to be equal size, but got {list(first)} at entry 0 and "
                f"{list(t.array.shape)} at entry {position}"
            )
    return Stack(normalize_dim(op_name, dim, len(first) + 1))(*common_dtype(op_name, given))


def hstack(tensors: tuple[V, ...]) -> V:
    """Side by side: along dimension 1, or 0 for vectors (torch.hstack)."""
    given = atleast_1d(_non_empty("hstack", tensors))
    return _cat("hstack", given, 0 if given[0].array.ndim == 1 else 1)


def vstack(tensors: tuple[V, ...]) -> V:
    """One below the other: along dimension 0, vectors as rows (torch.vstack)."""
    return _cat("vstack", atleast_2d(_non_empty("vstack", tensors)), 0)


def dstack(tensors: tuple[V, ...]) -> V:
    """One behind the other: along dimension 2 (torch.dstack)."""
    return _cat("dstack", atleast_3d(_non_empty("dstack", tensors)), 2)


def column_stack(tensors: tuple[V, ...]) -> V:
    """Side by side, scalars and vectors as columns (torch.column_stack)."""
    given = _non_empty("column_stack", tensors)
    return _cat("column_stack", [t if t.array.ndim > 1 else reshape(t, (t.array.size, 1)) for t in given], 1)


def _tensor_list(op_name: str, tensors: tuple[V, ...] | list[V]) -> tuple[V, ...]:
    if not isinstance(tensors, (tuple, list)):
        raise TypeError(f"{op_name}(): argument 'tensors' must be tuple of Tensors, not {type(tensors).__name__}")
    for position, t in enumerate(tensors):
        if not isinstance(t, Variable):
            hint = (
                " (torch.tensor(...) makes a tensor of it)" if is_int(t) or isinstance(t, (float, np.ndarray)) else ""
            )
            raise TypeError(
                f"{op_name}(): expected Tensor as element {position} in argument 'tensors', but got "
                f"{type(t).__name__}{hint}"
            )
    return tuple(tensors)


def _non_empty(op_name: str, tensors: tuple[V, ...] | list[V]) -> tuple[V, ...]:
    given = _tensor_list(op_name, tensors)
    if not given:
        raise RuntimeError(f"{op_name} expects a non-empty TensorList")
    return given
