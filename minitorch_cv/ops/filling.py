"""Overwriting elements with a number: fill_, zero_, masked_fill, nan_to_num; and heaviside: 0, a value, or 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from ..types import dtype as dt
from .arguments import as_number, broadcast_shape, check_tensor, is_number, to_dtype, unbroadcast
from .memory_order import tidy
from .numbers import number_array
from .undifferentiable import Undifferentiable


class Fill(Operation):
    """The value everywhere."""

    same_everywhere = True

    def forward_inplace(self, target: Array, value: Array) -> None:
        target[...] = value

    def backward(self, grad_out: Array) -> tuple:
        grad_value = np.asarray(grad_out.sum()) if self.needs_grad[1] else None
        return np.zeros_like(grad_out) if self.needs_grad[0] else None, grad_value


class Zero(Operation):
    """Zero everywhere."""

    same_everywhere = True

    def forward_inplace(self, target: Array) -> None:
        target[...] = 0

    def backward(self, grad_out: Array) -> Array:
        return np.zeros_like(grad_out)


class MaskedFill(Operation):
    """The value where the mask holds, x elsewhere."""

    def forward(self, x: Array, mask: Array, value: Array) -> Array:
        self.mask, self.shape = mask, x.shape
        return tidy(np.where(mask, value, x))

    def forward_inplace(self, target: Array, mask: Array, value: Array) -> None:
        self.mask, self.shape = mask, target.shape
        np.copyto(target, value, where=mask)

    def backward(self, grad_out: Array) -> tuple:
        grad_value = np.asarray(np.where(self.mask, grad_out, 0).sum()) if self.needs_grad[2] else None
        grad_x = unbroadcast(np.where(self.mask, 0, grad_out), self.shape) if self.needs_grad[0] else None
        return grad_x, None, grad_value


@dataclass(eq=False, repr=False)
class NanToNum(Operation):
    """x with NaN and the infinities replaced; they get no gradient."""

    is_pointwise = True
    nan: float
    posinf: float | None
    neginf: float | None

    def forward(self, x: Array) -> Array:
        if x.dtype.kind != "f":
            return x.copy()
        self.finite: Any = np.isfinite(x) if self.needs_grad[0] else None
        return np.nan_to_num(x, nan=self.nan, posinf=self.posinf, neginf=self.neginf)

    def backward(self, grad_out: Array) -> Array:
        return np.where(self.finite, grad_out, 0)


def _heaviside(x: Array, values: Array) -> Array:
    at_zero = np.where(x > 0, np.ones((), x.dtype), values)
    return np.where((x < 0) | (x != x), np.zeros((), x.dtype), at_zero)


def _value_for(op_name: str, input: Variable, value: Any) -> Variable:
    """A number or 0-d tensor as a 0-d tensor of input's dtype."""
    if isinstance(value, Variable):
        if value.array.ndim:
            raise RuntimeError(
                f"{op_name} only supports a 0-dimensional value tensor, but got tensor with {value.array.ndim} "
                "dimension(s)."
            )
        return to_dtype(value, input.dtype)
    if not is_number(value):
        raise TypeError(f"{op_name}(): argument 'value' must be Number or Tensor, not {type(value).__name__}")
    return input.wrap(number_array(op_name, value, input.dtype))


def fill_(input: V, value: Variable | float) -> V:
    """Set every element to a number or 0-d tensor, in place (Tensor.fill_).

    Raises:   RuntimeError: for a tensor with dimensions, or a number that the dtype cannot hold.
    """
    check_tensor("fill_", input)
    return Fill().inplace(input, _value_for("fill_", input, value))


def zero_(input: V) -> V:
    """Set every element to 0, in place (Tensor.zero_)."""
    check_tensor("zero_", input)
    return Zero().inplace(input)


def _check_mask(op_name: str, input: Any, mask: Any) -> None:
    check_tensor(op_name, input)
    check_tensor(op_name, mask, "mask")
    if mask.dtype is not dt.bool_:
        raise RuntimeError(
            f"{op_name} only supports boolean masks, but got mask with dtype {mask.dtype.name}. "
            "Compare it (m != 0) or use .bool()."
        )


def masked_fill(input: V, mask: Variable, value: Variable | float) -> V:
    """A copy of input with a number or 0-d tensor wherever mask holds (torch.masked_fill).

    Args:     mask: bool; broadcasts with input.
    Raises:   RuntimeError: for another mask, a value with dimensions, or a number that the dtype cannot hold.
    """
    _check_mask("masked_fill", input, mask)
    broadcast_shape("masked_fill", input.array.shape, mask.array.shape)
    return MaskedFill()(input, mask, _value_for("masked_fill", input, value))


def masked_fill_(input: V, mask: Variable, value: Variable | float) -> V:
    """Set input to a number or 0-d tensor wherever mask holds, in place."""
    _check_mask("masked_fill_", input, mask)
    shape = broadcast_shape("masked_fill_", input.array.shape, mask.array.shape)
    if shape != input.array.shape:
        raise RuntimeError(
            f"masked_fill_: output with shape {list(input.array.shape)} doesn't match the broadcast shape {list(shape)}"
        )
    return MaskedFill().inplace(input, mask, _value_for("masked_fill_", input, value))


def _nan_to_num(op_name: str, nan: float | None, posinf: float | None, neginf: float | None) -> NanToNum:
    def number(name: str, value: Any) -> Any:
        return None if value is None else as_number(op_name, name, value)

    return NanToNum(0.0 if nan is None else number("nan", nan), number("posinf", posinf), number("neginf", neginf))


def fill_diagonal_(input: V, fill_value: float, wrap: bool = False) -> V:
    """Set the diagonal, in place: the elements whose indices are all the same (Tensor.fill_diagonal_).

    Args:     wrap: for a matrix with more rows than columns, begin again below the diagonal, after one row's space.
    Raises:   RuntimeError: for fewer than two dimensions, or more than two that are not equal.
    """
    check_tensor("fill_diagonal_", input)
    shape = input.array.shape
    if len(shape) < 2:
        raise RuntimeError(f"fill_diagonal_: dimensions must larger than 1, got shape {shape}")
    if len(shape) > 2 and len(set(shape)) > 1:
        raise RuntimeError(f"fill_diagonal_: all dimensions of input must be of equal length, got {shape}")
    mask = np.zeros(shape, bool)
    np.fill_diagonal(mask, True, wrap)
    return masked_fill_(input, input.wrap(mask), fill_value)


def nan_to_num(input: V, nan: float | None = None, posinf: float | None = None, neginf: float | None = None) -> V:
    """Replace NaN by 0 and the infinities by the dtype's largest and smallest numbers, or by those given.

    Source:   torch.nan_to_num.
    """
    check_tensor("nan_to_num", input)
    return _nan_to_num("nan_to_num", nan, posinf, neginf)(input)


def nan_to_num_(input: V, nan: float | None = None, posinf: float | None = None, neginf: float | None = None) -> V:
    """Replace NaN and the infinities, in place."""
    check_tensor("nan_to_num_", input)
    return _nan_to_num("nan_to_num_", nan, posinf, neginf).inplace(input)


def heaviside(input: V, values: Variable) -> V:
    """0 where input is below 0, 1 where it is above, values where it is 0 (torch.heaviside).

    Raises:   RuntimeError: if the dtypes differ. NotImplementedError: in backward.
    """
    check_tensor("heaviside", input)
    check_tensor("heaviside", values, "values")
    if input.array.dtype != values.array.dtype:
        raise RuntimeError(
            f"heaviside is not yet implemented for tensors with different dtypes: input is {input.dtype.name}, values "
            f"is {values.dtype.name}"
        )
    broadcast_shape("heaviside", input.array.shape, values.array.shape)
    return Undifferentiable("heaviside", _heaviside)(input, values)
