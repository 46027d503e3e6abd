"""Sorting and its relatives: sort, argsort, topk, kthvalue, median, mode. NaN sorts as larger than every number."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.operation import Array
from ..autograd.variable import V, Variable
from ..types import dtype as dt
from ..types import return_types
from .arguments import check_tensor, normalize_dim
from .dimensions import check_not_empty
from .extremes import OneOfAll
from .numpy_names import numpy_names
from .picking import Pick
from .pointwise import refuse_bool


def stable_order(x: Array, axis: int, descending: bool) -> Array:
    """The indices that sort x along an axis; equal elements stay in their order, also when descending."""
    if not descending:
        return np.argsort(x, axis=axis, kind="stable")
    mirrored = np.argsort(np.flip(x, axis), axis=axis, kind="stable")
    return x.shape[axis] - 1 - np.flip(mirrored, axis)


@dataclass(eq=False, repr=False)
class Sort(Pick):
    """All elements in order."""

    descending: bool = False

    def indices(self, x: Array) -> Array:
        """Of all, in order."""
        return stable_order(x, self.dim, self.descending)


@dataclass(eq=False, repr=False)
class Topk(Pick):
    """The k largest or smallest elements, in order."""

    k: int = 1
    largest: bool = True

    def indices(self, x: Array) -> Array:
        """Of the k that come first."""
        size = x.shape[self.dim]
        if self.k == 0:
            return np.empty((*x.shape[: self.dim], 0, *x.shape[self.dim + 1 :]), np.int64)
        last = size - self.k if self.largest else self.k - 1
        parted = np.argpartition(x, last, axis=self.dim)
        chosen = np.take(parted, range(last, size) if self.largest else range(self.k), axis=self.dim)
        chosen = np.sort(chosen, axis=self.dim)  # so that elements that tie stay in their order
        order = stable_order(np.take_along_axis(x, chosen, self.dim), self.dim, self.largest)
        return np.take_along_axis(chosen, order, self.dim)


@dataclass(eq=False, repr=False)
class Kthvalue(Pick):
    """The k-th smallest element."""

    k: int = 1

    def indices(self, x: Array) -> Array:
        """Of the k-th, counted from 1."""
        return np.take(stable_order(x, self.dim, False), [self.k - 1], axis=self.dim)


class Median(Pick):
    """The middle element, the lower one of two; NaN if there is one."""

    def indices(self, x: Array) -> Array:
        """Of the middle, or of the first NaN."""
        middle = np.take(stable_order(x, self.dim, False), [(x.shape[self.dim] - 1) // 2], axis=self.dim)
        missing = np.isnan(x)
        first_nan = np.argmax(missing, axis=self.dim, keepdims=True)
        return np.where(missing.any(axis=self.dim, keepdims=True), first_nan, middle)


class Nanmedian(Pick):
    """The middle of the elements that are not NaN, the lower one of two; NaN if there are no others."""

    def indices(self, x: Array) -> Array:
        """Of the middle one."""
        numbers = np.count_nonzero(~np.isnan(x), axis=self.dim, keepdims=True)
        return np.take_along_axis(stable_order(x, self.dim, False), np.maximum(numbers - 1, 0) // 2, self.dim)


class Mode(Pick):
    """The most frequent element, the smallest of several, where it stands last."""

    def indices(self, x: Array) -> Array:
        """Of the last of the longest run in the sorted elements."""
        order = np.moveaxis(stable_order(x, self.dim, False), self.dim, -1)
        ranked = np.take_along_axis(np.moveaxis(x, self.dim, -1), order, -1)
        places = np.arange(ranked.shape[-1])
        begins = np.ones(ranked.shape, bool)
        begins[..., 1:] = ranked[..., 1:] != ranked[..., :-1]
        run_lengths = places - np.maximum.accumulate(np.where(begins, places, 0), axis=-1)
        end_of_longest = np.argmax(run_lengths, axis=-1, keepdims=True)
        return np.moveaxis(np.take_along_axis(order, end_of_longest, -1), -1, self.dim)


def _dim(op_name: str, input: Variable, dim: Any) -> int:
    check_tensor(op_name, input)
    return normalize_dim(op_name, dim, input.array.ndim)


@numpy_names
def sort(input: Variable, dim: int = -1, descending: bool = False, stable: bool = False) -> Any:
    """The elements in order along a dimension, and where they were (torch.sort).

    Args:     stable: keep equal elements in their order; this library always does.
    Returns:  the named tuple (values, indices).
    """
    axis = _dim("sort", input, dim)
    return return_types.sort(*Sort(axis, descending=bool(descending))(input))


@numpy_names
def argsort(input: V, dim: int = -1, descending: bool = False, *, stable: bool = False) -> V:
    """The indices that put a dimension in order (torch.argsort); arguments as sort."""
    axis = _dim("argsort", input, dim)
    order = stable_order(np.atleast_1d(input.array), axis, bool(descending))
    return input.wrap(order.reshape(input.array.shape))


def msort(input: V) -> V:
    """The elements in order along the first dimension (torch.msort)."""
    return Sort(_dim("msort", input, 0), descending=False)(input)[0]


@numpy_names
def topk(input: Variable, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Any:
    """The k largest or smallest elements along a dimension, and where they were (torch.topk).

    Args:     sorted: in order; this library always gives them so.
    Returns:  the named tuple (values, indices), the first in order first.
    Raises:   RuntimeError: if there are not k elements, and for bool.
    """
    axis = _dim("topk", input, dim)
    k = _integer("topk", k)
    size = input.array.shape[axis] if input.array.ndim else 1
    if not 0 <= k <= size:
        raise RuntimeError(f"topk: selected index k out of range: k is {k}, dimension {axis} has {size} elements")
    if input.dtype is dt.bool_:
        raise RuntimeError("topk does not support bool dtypes on CPU. Convert the tensor first: .int()")
    k = k if input.array.ndim else 1  # in PyTorch a 0-d tensor gives its one element also for k=0
    return return_types.topk(*Topk(axis, k=k, largest=bool(largest))(input))


@numpy_names
def kthvalue(input: Variable, k: int, dim: int = -1, keepdim: bool = False) -> Any:
    """The k-th smallest element along a dimension, counted from 1, and its index (torch.kthvalue).

    Returns:  the named tuple (values, indices).
    Raises:   RuntimeError: if there are not k elements.
    """
    axis = _dim("kthvalue", input, dim)
    k = _integer("kthvalue", k)
    check_not_empty("kthvalue", input.array.shape, (axis,))
    if not 1 <= k <= (input.array.shape[axis] if input.array.ndim else 1):
        raise RuntimeError(f"kthvalue(): selected number k out of range for dimension {axis}: k is {k}")
    return return_types.kthvalue(*Kthvalue(axis, keepdim, k)(input))


def _integer(op_name: str, k: Any) -> int:
    if isinstance(k, bool) or not hasattr(k, "__index__"):
        raise TypeError(f"{op_name}(): argument 'k' must be int, not {type(k).__name__}")
    return operator.index(k)


def _along(op_name: str, kind: type[Pick], input: Variable, dim: Any, keepdim: bool) -> Any:
    axis = _dim(op_name, input, dim)
    check_not_empty(op_name, input.array.shape, (axis,))
    return getattr(return_types, op_name)(*kind(axis, keepdim)(input))


def _middle(x: Array) -> Array:
    """The lower of the two middle elements of all; NaN if there is one, or no element at all."""
    if x.size == 0 or np.isnan(x).any():
        return np.array(np.nan, x.dtype)
    middle = (x.size - 1) // 2
    return np.partition(x.reshape(-1), middle)[middle]


def _middle_number(x: Array) -> Array:
    numbers = x[~np.isnan(x)]
    return _middle(numbers)


def _median(op_name: str, kind: type[Pick], function: Any, input: Variable, dim: Any, keepdim: bool) -> Any:
    refuse_bool(op_name, input)
    if dim is not None:
        return _along(op_name, kind, input, dim, keepdim)
    if input.array.size == 0 and not input.dtype.is_floating_point:
        raise RuntimeError(f"{op_name}(): there is no median of no integers; the shape is {list(input.array.shape)}")
    return OneOfAll(f"{op_name.capitalize()}Backward0", function)(input)


@numpy_names
def median(input: Variable, dim: int | None = None, keepdim: bool = False) -> Any:
    """The middle element, the lower one of two; NaN if there is one (torch.median).

    Returns:  a 0-d tensor; with dim the named tuple (values, indices).
    """
    return _median("median", Median, _middle, input, dim, keepdim)


@numpy_names
def nanmedian(input: Variable, dim: int | None = None, keepdim: bool = False) -> Any:
    """The middle of the elements that are not NaN, the lower one of two (torch.nanmedian).

    Returns:  a 0-d tensor; with dim the named tuple (values, indices).
    """
    return _median("nanmedian", Nanmedian, _middle_number, input, dim, keepdim)


@numpy_names
def mode(input: Variable, dim: int = -1, keepdim: bool = False) -> Any:
    """The most frequent element along a dimension, the smallest of several, and where it stands last (torch.mode).

    Returns:  the named tuple (values, indices).
    """
    return _along("mode", Mode, input, dim, keepdim)
