"""Choosing between two tensors element by element: where, maximum, minimum, fmax, fmin."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from ..types import dtype as dt
from .arguments import as_variables, broadcast_shape, check_tensor, dtype_of_operands, is_number, promote, unbroadcast
from .gathering import nonzero
from .numbers import number_array


class Where(Operation):
    """a where the condition holds, b elsewhere."""

    is_pointwise = True

    def forward(self, condition: Array, a: Array, b: Array) -> Array:
        self.condition = condition
        self.shapes = (a.shape, b.shape)
        return np.where(condition, a, b)

    def backward(self, grad_out: Array) -> tuple:
        a, b = self.shapes
        return (
            None,
            unbroadcast(np.where(self.condition, grad_out, 0), a) if self.needs_grad[1] else None,
            unbroadcast(np.where(self.condition, 0, grad_out), b) if self.needs_grad[2] else None,
        )


class Maximum(Operation):
    """The larger of a and b, NaN if either is; where they tie the gradient is halved."""

    is_pointwise = True

    def forward(self, a: Array, b: Array) -> Array:
        self.a, self.b = a, b
        return np.maximum(a, b)

    def loses(self, a: Array, b: Array) -> Array:
        """Where b is chosen over a."""
        return a < b

    def backward(self, grad_out: Array) -> tuple:
        a, b = self.a, self.b
        grad = np.where(a == b, grad_out / 2, grad_out)
        return (
            unbroadcast(np.where(self.loses(a, b), 0, grad), a.shape) if self.needs_grad[0] else None,
            unbroadcast(np.where(self.loses(b, a), 0, grad), b.shape) if self.needs_grad[1] else None,
        )


class Minimum(Maximum):
    """The smaller of a and b, NaN if either is; where they tie the gradient is halved."""

    def forward(self, a: Array, b: Array) -> Array:
        self.a, self.b = a, b
        return np.minimum(a, b)

    def loses(self, a: Array, b: Array) -> Array:
        """Where b is chosen over a."""
        return a > b


class Fmax(Operation):
    """The larger of a and b, or the one that is not NaN; where they tie a gets the gradient."""

    is_pointwise = True

    def forward(self, a: Array, b: Array) -> Array:
        if True in self.needs_grad:
            self.a_wins = (a >= b) | np.isnan(b)
        self.shapes = (a.shape, b.shape)
        return np.fmax(a, b)

    def backward(self, grad_out: Array) -> tuple:
        a, b = self.shapes
        return (
            unbroadcast(np.where(self.a_wins, grad_out, 0), a) if self.needs_grad[0] else None,
            unbroadcast(np.where(self.a_wins, 0, grad_out), b) if self.needs_grad[1] else None,
        )


class Fmin(Fmax):
    """The smaller of a and b, or the one that is not NaN; where they tie a gets the gradient."""

    def forward(self, a: Array, b: Array) -> Array:
        if True in self.needs_grad:
            self.a_wins = (a <= b) | np.isnan(b)
        self.shapes = (a.shape, b.shape)
        return np.fmin(a, b)


def where(condition: Variable, input: Any = None, other: Any = None) -> Any:
    """input where condition holds, other elsewhere, with broadcasting and type promotion (torch.where).

    Args:     condition: bool (or, as in old scripts, uint8).
              input, other: tensors or numbers. Without both: the indices at which condition is not 0.
    Returns:  a tensor; without input and other a tuple of int64 index tensors, one for each dimension.
    Raises:   RuntimeError: for a condition of another dtype. TypeError: for only one of input and other.
    """
    check_tensor("where", condition, "condition")
    if input is None and other is None:
        return nonzero(condition, as_tuple=True)
    for name, value in (("input", input), ("other", other)):
        if not isinstance(value, Variable) and not is_number(value):
            raise TypeError(f"where(): argument '{name}' must be Tensor or Number, not {type(value).__name__}")
    if condition.dtype not in (dt.bool_, dt.uint8):
        raise RuntimeError(
            "where expected condition to be a boolean tensor, but got a tensor with dtype "
            f"{condition.dtype.tensor_type}. Compare it (x != 0, x > 0) or use .bool()."
        )
    if condition.dtype is dt.uint8:
        warnings.warn(
            "where received a uint8 condition tensor. This behavior is deprecated and will be removed in a future "
            "version of PyTorch. Use a boolean condition instead.",
            stacklevel=2,
        )
    d = dtype_of_operands("where", input, other)
    tensors = [v if isinstance(v, Variable) else condition.wrap(number_array("where", v, d)) for v in (input, other)]
    broadcast_shape("where", condition.array.shape, *(v.array.shape for v in tensors))
    return Where()(condition, *as_variables("where", d, *tensors))


def _of_two(op_name: str, op: Operation, input: V, other: Variable) -> V:
    check_tensor(op_name, input)
    check_tensor(op_name, other, "other")
    return op(*promote(op_name, input, other))


def maximum(input: V, other: Variable) -> V:
    """The larger of two tensors, element by element; NaN if either is NaN (torch.maximum)."""
    return _of_two("maximum", Maximum(), input, other)


def minimum(input: V, other: Variable) -> V:
    """The smaller of two tensors, element by element; NaN if either is NaN (torch.minimum)."""
    return _of_two("minimum", Minimum(), input, other)


def fmax(input: V, other: Variable) -> V:
    """The larger of two tensors, element by element, where a number wins over NaN (torch.fmax)."""
    return _of_two("fmax", Fmax(), input, other)


def fmin(input: V, other: Variable) -> V:
    """The smaller of two tensors, element by element, where a number wins over NaN (torch.fmin)."""
    return _of_two("fmin", Fmin(), input, other)
