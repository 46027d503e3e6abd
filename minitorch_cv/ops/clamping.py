"""Holding numbers between bounds: clamp."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from ..types import dtype as dt
from .arguments import as_variables, check_tensor, dtype_of_operands, inplace_operands, is_number, unbroadcast
from .numbers import number_array
from .selection import keep_where


@dataclass(eq=False, repr=False)
class Clamp(Operation):
    """min where x is below it, max where x is above; the gradient passes from bound to bound, both included."""

    is_pointwise = True
    torch_name = "ClampBackward1"
    min: Array | None
    max: Array | None

    def forward(self, x: Array) -> Array:
        self.x: Any = x if self.needs_grad[0] else None
        return np.clip(x, self.min, self.max)

    def backward(self, grad_out: Array) -> Array:
        inside = np.ones(self.x.shape, bool)
        if self.min is not None:
            inside &= self.x >= self.min
        if self.max is not None:
            inside &= self.x <= self.max
        return keep_where(inside, grad_out)


class ClampToTensors(Operation):
    """Clamp with a bound for each element; each bound gets the gradient where it is the result."""

    is_pointwise = True
    torch_name = "ClampBackward0"

    def forward(self, x: Array, low: Any, high: Any) -> Array:
        self.x, self.low, self.high = x, low, high
        return np.clip(x, low, high)

    def backward(self, grad_out: Array) -> tuple:
        x, low, high = self.x, self.low, self.high
        masks: tuple[Any, Any, Any]
        if low is None:
            masks = (x <= high, None, x > high)
        elif high is None:
            masks = (x >= low, x < low, None)
        else:
            masks = ((x >= low) & (x <= high), (x < low) & (low < high), (x > high) | (high < low))
        return tuple(
            unbroadcast(np.where(mask, grad_out, 0), operand.shape) if wanted else None
            for wanted, mask, operand in zip(self.needs_grad, masks, (x, low, high))
        )


def _check_bounds(op_name: str, input: Any, **bounds: Any) -> None:
    check_tensor(op_name, input)
    for name, bound in bounds.items():
        if bound is not None and not isinstance(bound, Variable) and not is_number(bound):
            raise TypeError(f"{op_name}(): argument '{name}' must be Number or Tensor, not {type(bound).__name__}")
    given = [bound for bound in bounds.values() if bound is not None]
    if not given:
        raise RuntimeError(f"torch.{op_name}: At least one of 'min' or 'max' must not be None")
    if any(is_number(bound) for bound in given) and any(isinstance(b, Variable) and b.array.ndim for b in given):
        raise TypeError(
            f"{op_name}(): 'min' and 'max' must both be Tensors or both be Numbers; clamp twice, or wrap one"
        )
    if input.dtype is dt.bool_ and dtype_of_operands(op_name, input, *given) is dt.bool_:
        raise NotImplementedError(f"\"{op_name}\" not implemented for 'Bool'. Convert the tensor: .int(), .float()")


def clamp(input: V, min: Any = None, max: Any = None) -> V:
    """Hold input in [min, max]; where min is above max the result is max (torch.clamp).

    Args:     min, max: numbers or tensors; None for no bound on that side.
    Raises:   RuntimeError: if both are None.
    """
    _check_bounds("clamp", input, min=min, max=max)
    given = [bound for bound in (min, max) if bound is not None]
    d = dtype_of_operands("clamp", input, *given)
    if not any(isinstance(bound, Variable) for bound in given):
        (x,) = as_variables("clamp", d, input)
        low, high = (None if bound is None else number_array("clamp", bound, d) for bound in (min, max))
        return Clamp(low, high)(x)
    x, *rest = as_variables("clamp", d, input, *given)
    return ClampToTensors()(x, *_in_place(min, max, rest))


def clamp_(input: V, min: Any = None, max: Any = None) -> V:
    """Hold input in [min, max], in place."""
    _check_bounds("clamp_", input, min=min, max=max)
    given = [bound for bound in (min, max) if bound is not None]
    operands = inplace_operands("clamp_", input, *given)
    if not any(isinstance(bound, Variable) for bound in given):
        low, high = (None if bound is None else number_array("clamp_", bound, input.dtype) for bound in (min, max))
        return Clamp(low, high).inplace(input)
    return ClampToTensors().inplace(input, *_in_place(min, max, list(operands)))


def _in_place(min: Any, max: Any, given: list[Variable]) -> tuple[Variable | None, Variable | None]:
    """The bounds that are there, at their places."""
    return (None if min is None else given[0], None if max is None else given[-1])


def clamp_min(input: V, min: Variable | float) -> V:
    """The larger of input and min (torch.clamp_min)."""
    _check_bounds("clamp_min", input, min=min)
    return clamp(input, min)


def clamp_min_(input: V, min: Variable | float) -> V:
    """Raise input to min at least, in place."""
    _check_bounds("clamp_min_", input, min=min)
    return clamp_(input, min)


def clamp_max(input: V, max: Variable | float) -> V:
    """The smaller of input and max (torch.clamp_max)."""
    _check_bounds("clamp_max", input, max=max)
    return clamp(input, None, max)


def clamp_max_(input: V, max: Variable | float) -> V:
    """Lower input to max at most, in place."""
    _check_bounds("clamp_max_", input, max=max)
    return clamp_(input, None, max)
