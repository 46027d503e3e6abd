"""The largest and smallest elements: amax, amin, aminmax, argmax, argmin, and max and min in their three forms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from ..types import dtype as dt
from ..types import return_types
from .arguments import check_tensor, normalize_dim
from .choosing import maximum, minimum
from .dimensions import Dims, check_not_empty, count, keep_dims, reduced_dims
from .memory_order import tidy
from .numpy_names import numpy_names
from .picking import Pick


@dataclass(eq=False, repr=False)
class Amax(Operation):
    """The largest element over dimensions; elements that tie share the gradient."""

    dims: Dims
    keepdim: bool

    def extreme(self, x: Array) -> Array:
        """The result."""
        return x.max(axis=self.dims, keepdims=self.keepdim)

    def forward(self, x: Array) -> Array:
        self.x: Any = x if self.needs_grad[0] else None
        self.y = tidy(np.asarray(self.extreme(x)))
        return self.y

    def backward(self, grad_out: Array) -> Array:
        x = self.x
        grad, y = (keep_dims(a, x.ndim, self.dims, self.keepdim) for a in (grad_out, self.y))
        chosen = x == y
        return grad * chosen / chosen.sum(axis=self.dims, dtype=x.dtype, keepdims=True)


class Amin(Amax):
    """The smallest element over dimensions; elements that tie share the gradient."""

    def extreme(self, x: Array) -> Array:
        """The result."""
        return x.min(axis=self.dims, keepdims=self.keepdim)


@dataclass(eq=False, repr=False)
class OneOfAll(Operation):
    """The one element of all that `function` finds; elements equal to it, or all NaN, share the gradient."""

    node_name: str
    function: Callable[[Array], Array]

    def name(self) -> str:
        """MaxBackward1 and so on."""
        return self.node_name

    def forward(self, x: Array) -> Array:
        self.x: Any = x if self.needs_grad[0] else None
        self.y = np.asarray(self.function(x))
        return self.y

    def backward(self, grad_out: Array) -> Array:
        x = self.x
        chosen = np.isnan(x) if np.isnan(self.y) else x == self.y
        return np.where(chosen, grad_out / np.add.reduce(chosen, axis=None, dtype=x.dtype), 0)


class MaxAlong(Pick):
    """The largest element along a dimension, the first of several, and its index."""

    torch_name = "MaxBackward0"

    def indices(self, x: Array) -> Array:
        """Of the largest; NaN counts as that."""
        return np.argmax(x, axis=self.dim, keepdims=True)


class MinAlong(Pick):
    """The smallest element along a dimension, the first of several, and its index."""

    torch_name = "MinBackward0"

    def indices(self, x: Array) -> Array:
        """Of the smallest; NaN counts as that."""
        return np.argmin(x, axis=self.dim, keepdims=True)


def _extreme_of_all(op_name: str, function: Callable, input: Variable) -> Any:
    check_not_empty(op_name, input.array.shape, None)
    return OneOfAll(f"{op_name.capitalize()}Backward1", function)(input)


def _extreme_along(op_name: str, kind: type[Pick], input: Variable, dim: Any, keepdim: bool) -> Any:
    axis = normalize_dim(op_name, dim, input.array.ndim)
    check_not_empty(op_name, input.array.shape, (axis,))
    return getattr(return_types, op_name)(*kind(axis, keepdim)(input))


@numpy_names
def max(input: Variable, dim: Any = None, keepdim: bool = False, *, other: Variable | None = None) -> Any:
    """The largest element (torch.max): of all, along a dimension, or of two tensors.

    Args:     dim: an integer, or, as `max(input, other)`, a tensor to compare with element by element.
    Returns:  max(input): a 0-d tensor. max(input, dim): the named tuple (values, indices). max(input, other): maximum.
              NaN counts as the largest; of equal elements along a dimension the first is taken.
    Raises:   RuntimeError, IndexError: if there are no elements to choose from.
    """
    check_tensor("max", input)
    if other is not None or isinstance(dim, Variable):
        return maximum(input, _other_operand("max", dim, other, keepdim))
    if dim is None:
        return _extreme_of_all("max", np.max, input)
    return _extreme_along("max", MaxAlong, input, dim, keepdim)


@numpy_names
def min(input: Variable, dim: Any = None, keepdim: bool = False, *, other: Variable | None = None) -> Any:
    """The smallest element (torch.min): of all, along a dimension, or of two tensors; NaN counts as the smallest.

    Args, Returns, Raises: as max.
    """
    check_tensor("min", input)
    if other is not None or isinstance(dim, Variable):
        return minimum(input, _other_operand("min", dim, other, keepdim))
    if dim is None:
        return _extreme_of_all("min", np.min, input)
    return _extreme_along("min", MinAlong, input, dim, keepdim)


def _other_operand(op_name: str, dim: Any, other: Any, keepdim: bool) -> Any:
    if dim is not None and other is not None:
        raise TypeError(f"{op_name}() takes either a dim or another tensor, got both")
    if keepdim:
        raise TypeError(f"{op_name}() of two tensors takes no keepdim: it compares element by element")
    return dim if other is None else other


def _amax(op_name: str, kind: type[Amax], input: V, dim: Any, keepdim: bool) -> V:
    check_tensor(op_name, input)
    dims = reduced_dims(op_name, dim, input.array.ndim)
    check_not_empty(op_name, input.array.shape, dims)
    return kind(dims, keepdim)(input)


@numpy_names
def amax(input: V, dim: Any = None, keepdim: bool = False) -> V:
    """The largest element over all dimensions or those given; ties share the gradient (torch.amax).

    Raises:   RuntimeError, IndexError: if there are no elements to choose from.
    """
    return _amax("amax", Amax, input, dim, keepdim)


@numpy_names
def amin(input: V, dim: Any = None, keepdim: bool = False) -> V:
    """The smallest element over all dimensions or those given; ties share the gradient (torch.amin).

    Raises:   RuntimeError, IndexError: if there are no elements to choose from.
    """
    return _amax("amin", Amin, input, dim, keepdim)


@numpy_names
def aminmax(input: V, *, dim: int | None = None, keepdim: bool = False) -> Any:
    """The smallest and the largest element, of all or along a dimension (torch.aminmax).

    Returns:  the named tuple (min, max).
    Raises:   RuntimeError, IndexError: if there are no elements to choose from.
    """
    check_tensor("aminmax", input)
    dims = None if dim is None else (normalize_dim("aminmax", dim, input.array.ndim),)
    if dims is None and count(input.array.shape, None) == 0:
        raise RuntimeError(
            "aminmax(): cannot compute aminmax over an empty dimension as the operation has no identity. "
            f"The input's shape is {list(input.array.shape)}."
        )
    check_not_empty("aminmax", input.array.shape, dims)
    dims = dims if input.array.ndim else None
    return return_types.aminmax(Amin(dims, keepdim)(input), Amax(dims, keepdim)(input))  # type: ignore[call-arg]


def _arg(op_name: str, function: Callable, input: V, dim: Any, keepdim: bool) -> V:
    check_tensor(op_name, input)
    if input.dtype is dt.bool_:
        raise RuntimeError(f"{op_name}(): does not support bool input. Convert the tensor first: .int()")
    if dim is None:
        if input.array.size == 0:
            raise IndexError(
                f"{op_name}(): Expected reduction dim to be specified for input.numel() == 0. "
                f"The input's shape is {list(input.array.shape)}."
            )
        return input.wrap(np.asarray(function(input.array, keepdims=keepdim), np.int64))
    axis = normalize_dim(op_name, dim, input.array.ndim)
    check_not_empty(op_name, input.array.shape, (axis,))
    if input.array.ndim == 0:
        return input.wrap(np.zeros((), np.int64))
    return input.wrap(tidy(np.asarray(function(input.array, axis=axis, keepdims=keepdim), np.int64)))


@numpy_names
def argmax(input: V, dim: int | None = None, keepdim: bool = False) -> V:
    """The index of the largest element, the first of several (torch.argmax).

    Args:     dim: None for the index among all, flattened.

    Returns:  int64. NaN counts as the largest.
    Raises:   RuntimeError: for bool. IndexError: if there are no elements to choose from.
    """
    return _arg("argmax", np.argmax, input, dim, keepdim)


@numpy_names
def argmin(input: V, dim: int | None = None, keepdim: bool = False) -> V:
    """The index of the smallest element, the first of several (torch.argmin).

    Args:     dim: None for the index among all, flattened.

    Returns:  int64. NaN counts as the smallest.
    Raises:   RuntimeError: for bool. IndexError: if there are no elements to choose from.
    """
    return _arg("argmin", np.argmin, input, dim, keepdim)
