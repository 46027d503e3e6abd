"""Scattering: elements written, or reduced, into the places that an index tensor names along a dimension."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ..autograd.operation import Array
from ..autograd.variable import V, Variable
from .arguments import check_tensor, is_number, normalize_dim
from .index_arguments import check_index_fits, check_indices, in_range
from .index_writing import index_adding
from .numbers import number_array
from .numpy_names import numpy_names
from .scatter_operations import Scatter, ScatterAdd, ScatterReduce


@numpy_names
def scatter(input: V, dim: int, index: Variable, src: Any = None, *, value: Any = None, reduce: str | None = None) -> V:
    """A copy of input with result[i, index[i, j]] = src[i, j] for dim = 1, and so for other dims (torch.scatter).

    Args:     index: int64 or int32, no larger than src, nor, but along dim, than input.
              src, value: a tensor of input's dtype, or a number; one of them.
              reduce: "add" or "multiply" into what is there instead of overwriting it.
    Raises:   RuntimeError: for an index out of range, or of another shape or dtype.
    """
    op, source = _scattering("scatter", input, dim, index, value if src is None else src, reduce)
    return op(input, source)


@numpy_names
def scatter_(
    input: V, dim: int, index: Variable, src: Any = None, *, value: Any = None, reduce: str | None = None
) -> V:
    """Scatter, in place."""
    op, source = _scattering("scatter_", input, dim, index, value if src is None else src, reduce)
    return op.inplace(input, source)


@numpy_names
def scatter_add(input: V, dim: int, index: Variable, src: Variable) -> V:
    """A copy of input with src[i, j] added to result[i, index[i, j]] for dim = 1, and so on (torch.scatter_add).

    Raises:   RuntimeError: for an index out of range, or of another shape or dtype.
    """
    check_tensor("scatter_add", input)
    check_tensor("scatter_add", src, "src")
    return ScatterAdd(*_places("scatter_add", input, dim, index, src))(input, src)


@numpy_names
def scatter_add_(input: V, dim: int, index: Variable, src: Variable) -> V:
    """Add src at the places that index names along dim, in place."""
    check_tensor("scatter_add_", input)
    check_tensor("scatter_add_", src, "src")
    return ScatterAdd(*_places("scatter_add_", input, dim, index, src)).inplace(input, src)


@numpy_names
def scatter_reduce(input: V, dim: int, index: Variable, src: Variable, reduce: str, *, include_self: bool = True) -> V:
    """A copy of input with src reduced into the places that index names along dim (torch.scatter_reduce).

    Args:     reduce: "sum", "prod", "mean", "amax" or "amin".
              include_self: whether what is at the place in input takes part.
    Raises:   RuntimeError: for an index out of range, or of another shape or dtype, and for another reduction.
    """
    return _reducing("scatter_reduce", input, dim, index, src, reduce, include_self)(input, src)


@numpy_names
def scatter_reduce_(input: V, dim: int, index: Variable, src: Variable, reduce: str, *, include_self: bool = True) -> V:
    """Reduce src into the places that index names along dim, in place."""
    return _reducing("scatter_reduce_", input, dim, index, src, reduce, include_self).inplace(input, src)


@numpy_names
def index_reduce(input: V, dim: int, index: Variable, source: Variable, reduce: str, *, include_self: bool = True) -> V:
    """A copy of input with source reduced into the indices of dim that a vector names (torch.index_reduce).

    Args:     index: (n,) int64 or int32; source has n there, and input's size elsewhere.
              reduce: "prod", "mean", "amax" or "amin".
              include_self: whether what is at the place in input takes part.
    Raises:   RuntimeError: for another reduction, and sources of another shape or dtype. IndexError: for an index out
                  of range.
    """
    return _index_reducing("index_reduce", input, dim, index, source, reduce, include_self)(input, source)


@numpy_names
def index_reduce_(
    input: V, dim: int, index: Variable, source: Variable, reduce: str, *, include_self: bool = True
) -> V:
    """Reduce source into the indices of dim that a vector names, in place."""
    return _index_reducing("index_reduce_", input, dim, index, source, reduce, include_self).inplace(input, source)


def _index_reducing(
    op_name: str, input: Variable, dim: int, index: Variable, source: Variable, reduce: str, include_self: bool
) -> ScatterReduce:
    check_tensor(op_name, source, "source")
    if reduce not in ("prod", "mean", "amax", "amin"):
        raise RuntimeError(
            f"{op_name}(): Expected reduce to be one of prod, mean, amax or amin but got {reduce}. index_add() sums."
        )
    adding = index_adding(op_name, input, dim, index, source, 1, IndexError)
    line = [1] * max(source.array.ndim, 1)
    line[adding.dim] = -1
    places = np.broadcast_to(adding.index.reshape(line), np.atleast_1d(source.array).shape)
    return ScatterReduce(adding.dim, places, reduce, bool(include_self))


def _reducing(
    op_name: str, input: Variable, dim: int, index: Variable, src: Variable, reduce: str, include_self: bool
) -> ScatterReduce:
    check_tensor(op_name, input)
    check_tensor(op_name, src, "src")
    if reduce not in ("sum", "prod", "mean", "amax", "amin"):
        raise RuntimeError(f"{op_name}: reduce argument must be either sum, prod, mean, amax or amin, got {reduce}")
    return ScatterReduce(*_places(op_name, input, dim, index, src), reduce, bool(include_self))


def _scattering(
    op_name: str, input: Variable, dim: int, index: Variable, src: Any, reduce: str | None
) -> tuple[Scatter, Variable]:
    """The operation, and src as a tensor, after all checks."""
    check_tensor(op_name, input)
    if reduce not in (None, "add", "multiply"):
        raise RuntimeError(f"{op_name}: reduce argument must be either add or multiply, got {reduce!r}")
    if isinstance(src, Variable):
        if reduce is not None:
            warnings.warn(
                f"The reduce argument of torch.{op_name} with Tensor src is deprecated. Use torch.scatter_reduce "
                "instead for more reduction options.",
                UserWarning,
                stacklevel=4,
            )
        source, places = src, _places(op_name, input, dim, index, src)
    elif is_number(src):
        source, places = input.wrap(number_array(op_name, src, input.dtype)), _places(op_name, input, dim, index, None)
    else:
        raise TypeError(f"{op_name}(): needs src, a Tensor, or value, a Number; got {type(src).__name__}")
    if reduce == "multiply":
        return ScatterReduce(*places, "prod"), source
    return (Scatter if reduce is None else ScatterAdd)(*places), source


def _places(op_name: str, input: Variable, dim: int, index: Variable, src: Variable | None) -> tuple[int, Array]:
    """The dimension and the index of a scatter, checked."""
    shape = input.array.shape
    d = normalize_dim(op_name, dim, len(shape))
    check_indices(op_name, index)
    if index.array.size:
        index_shape = index.array.shape
        check_index_fits(op_name, shape, index_shape, d)
        if src is not None:
            _check_covers(op_name, index_shape, src.array.shape)
    if src is not None and src.array.dtype != input.array.dtype:
        raise RuntimeError(
            f"{op_name}(): Expected self.dtype to be equal to src.dtype, but got {input.dtype.name} and "
            f"{src.dtype.name}"
        )
    return d, np.atleast_1d(in_range(op_name, index.array, shape[d] if shape else 1, d))


def _check_covers(op_name: str, index_shape: tuple[int, ...], src_shape: tuple[int, ...]) -> None:
    if max(len(src_shape), 1) != max(len(index_shape), 1):
        raise RuntimeError(
            f"{op_name}: Index tensor must have the same number of dimensions as src tensor, got index "
            f"{list(index_shape)} and src {list(src_shape)}"
        )
    if any(m > n for m, n in zip(index_shape, src_shape)):
        raise RuntimeError(
            f"{op_name}: Expected index {list(index_shape)} to be no larger size than src {list(src_shape)}"
        )
