"""Gathering: elements picked by an index tensor along a dimension, by flat position or by a mask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from .accumulation import add_at
from .arguments import broadcast_shape, check_tensor, normalize_dim
from .expanding import Expand
from .index_arguments import along, check_index_fits, check_indices, check_vector, in_range, rows_of
from .indexing import Index
from .numpy_names import numpy_names
from .reshaping import Reshape, ravel


@dataclass(eq=False, repr=False)
class Gather(Operation):
    """x[i, index[i, j], k ...]: for each place of index, the element of x that it names along a dimension."""

    dim: int
    index: Array

    def forward(self, x: Array) -> Array:
        self.input_shape = x.shape
        if self.index.size == 0:
            return np.empty(self.index.shape, x.dtype)
        index = np.atleast_1d(self.index)
        return np.atleast_1d(x)[along(self.dim, index)].reshape(self.index.shape)

    def backward(self, grad_out: Array) -> Array:
        grad_x = np.zeros(self.input_shape or (1,), grad_out.dtype)
        if self.index.size:
            index = np.atleast_1d(self.index)
            add_at(grad_x, along(self.dim, index), grad_out.reshape(index.shape))
        return grad_x.reshape(self.input_shape)


@dataclass(eq=False, repr=False)
class IndexSelect(Operation):
    """The indices of a dimension that a vector names, in its order."""

    dim: int
    index: Array

    def forward(self, x: Array) -> Array:
        self.input_shape = x.shape
        return np.take(np.atleast_1d(x), self.index, axis=self.dim)

    def backward(self, grad_out: Array) -> Array:
        grad_x = np.zeros(self.input_shape or (1,), grad_out.dtype)
        add_at(grad_x, rows_of(self.dim, self.index, grad_x.ndim), grad_out)
        return grad_x.reshape(self.input_shape)


@numpy_names
def gather(input: V, dim: int, index: Variable, *, sparse_grad: bool = False) -> V:
    """result[i, j] = input[i, index[i, j]] for dim = 1, and so for other dims (torch.gather).

    Args:     index: int64 or int32, of as many dimensions as input and, but along dim, no larger.
    Raises:   RuntimeError: for an index out of range, or of another shape or dtype.
    """
    check_tensor("gather", input)
    if sparse_grad:
        raise RuntimeError("gather: sparse_grad=True is not supported; this library has no sparse tensors")
    d = normalize_dim("gather", dim, input.array.ndim)
    check_indices("gather", index)
    if index.array.size:
        check_index_fits("gather", input.array.shape, index.array.shape, d)
    return Gather(d, in_range("gather", index.array, _size(input, d), d))(input)


@numpy_names
def take_along_dim(input: V, indices: Variable, dim: int | None = None) -> V:
    """As gather, with input and indices broadcast to each other; without dim, of the flat input (torch.take_along_dim).

    Raises:   RuntimeError: for an index out of range, or of another dtype or number of dimensions.
    """
    check_tensor("take_along_dim", input)
    check_tensor("take_along_dim", indices, "indices")
    if indices.array.dtype != np.int64:
        raise RuntimeError(
            f"torch.take_along_dim(): dtype of indices should be Long but got {indices.dtype.tensor_type}"
        )
    if dim is None:
        flat = ravel(input)
        return Gather(0, in_range("take_along_dim", indices.array.reshape(-1), input.array.size, 0))(flat)
    d = normalize_dim("take_along_dim", dim, input.array.ndim)
    shape, index_shape = list(input.array.shape), list(indices.array.shape)
    if len(shape) != len(index_shape):
        raise RuntimeError(
            "torch.take_along_dim(): input and indices should have the same number of dimensions, but got "
            f"{len(shape)} dimensions for input, and {len(index_shape)} dimensions for indices"
        )
    if not shape:
        raise IndexError(f"take_along_dim: Dimension specified as {dim} but tensor has no dimensions")
    n, shape[d] = shape[d], index_shape[d]
    common = list(broadcast_shape("take_along_dim", tuple(shape), tuple(index_shape)))
    index = np.broadcast_to(indices.array, common)
    common[d] = n
    return Gather(d, in_range("take_along_dim", index, n, d))(Expand(tuple(common))(input))


@numpy_names
def index_select(input: V, dim: int, index: Variable) -> V:
    """The indices of dim that a vector names, in its order, as a copy (torch.index_select).

    Args:     index: int64 or int32, one or no dimension.
    Raises:   IndexError: for an index out of range, negative ones too. RuntimeError: for another dtype.
    """
    check_tensor("index_select", input)
    shape = input.array.shape
    d = normalize_dim("index_select", dim, len(shape))
    check_indices("index_select", index)
    check_vector("index_select", index)
    if not shape and index.array.size != 1:
        raise RuntimeError(f"index_select(): Index to scalar can have only 1 value, got {index.array.size} value(s)")
    n = _size(input, d)
    vector = in_range("index_select(): index out of range in self", index.array.reshape(-1), n, d, IndexError)
    result = IndexSelect(d, vector)(input)
    return result if shape else Reshape(())(result)


def take(input: V, index: Variable) -> V:
    """The elements at positions of the flat input, in the shape of index; negative: from the end (torch.take).

    Raises:   IndexError: for a position out of range. RuntimeError: for another dtype than int64.
    """
    check_tensor("take", input)
    check_tensor("take", index, "index")
    if index.array.dtype != np.int64:
        raise RuntimeError(f"take(): Expected a long tensor for index, but got {index.dtype.tensor_type}")
    n = input.array.size
    positions = index.array
    if n == 0 and positions.size:
        raise IndexError("take(): tried to take from an empty tensor")
    wrong = positions[(positions < -n) | (positions >= n)]
    if wrong.size:
        raise IndexError(f"take(): out of range: tried to access index {int(wrong[0])} on a tensor of {n} elements.")
    return Index((positions + (positions < 0) * n,))(ravel(input))


def masked_select(input: V, mask: Variable) -> V:
    """The elements where mask is True, as a vector; input and mask broadcast to each other (torch.masked_select).

    Raises:   RuntimeError: for a mask that is not bool.
    """
    check_tensor("masked_select", input)
    check_tensor("masked_select", mask, "mask")
    if mask.array.dtype != bool:
        raise RuntimeError(f"masked_select: expected BoolTensor for mask, got {mask.dtype.name}")
    shape = broadcast_shape("masked_select", input.array.shape, mask.array.shape)
    chosen = np.flatnonzero(np.broadcast_to(mask.array, shape))
    return Index((chosen,))(ravel(Expand(shape)(input)))


def nonzero(input: Variable, *, as_tuple: bool = False) -> Any:
    """The indices of all elements that are not zero (torch.nonzero).

    Args:     as_tuple: give one vector for each dimension, with which input can be indexed, instead of a matrix.
    Returns:  int64 (count, ndim), or ndim vectors (count,).
    """
    check_tensor("nonzero", input)
    found = np.nonzero(np.atleast_1d(input.array))
    if as_tuple:
        return tuple([input.wrap(f) for f in found])
    if input.array.ndim == 0:
        return input.wrap(np.zeros((len(found[0]), 0), np.int64))
    return input.wrap(np.stack(found, axis=1))


def argwhere(input: V) -> V:
    """The indices of all elements that are not zero, as a matrix (torch.argwhere)."""
    check_tensor("argwhere", input)
    return nonzero(input)


def _size(x: Variable, d: int) -> int:
    return x.array.shape[d] if x.array.ndim else 1
