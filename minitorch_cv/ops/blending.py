"""Sums of products in one step: lerp, addcmul, addcdiv."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from .arguments import as_number, broadcast_shape, check_tensor, inplace_operands, is_number, promote, unbroadcast
from .c_names import C_NAMES
from .numbers import number_array
from .old_forms import scaled_operand
from .pointwise import refuse_integers


class Lerp(Operation):
    """start + weight * (end - start)."""

    is_pointwise = True

    def forward(self, start: Array, end: Array, weight: Array) -> Array:
        self.shapes, self.weight = (start.shape, end.shape), weight
        self.start: Any = start if self.needs_grad[2] else None
        self.end: Any = end if self.needs_grad[2] else None
        step = end - start
        # from whichever end is nearer: exact at both
        return np.where(np.abs(weight) < 0.5, start + weight * step, end - step * (1 - weight))

    def backward(self, grad_out: Array) -> tuple:
        (start_shape, end_shape), weight = self.shapes, self.weight
        grad_weight = None
        if self.needs_grad[2]:
            grad_weight = unbroadcast(grad_out * (self.end - self.start), weight.shape)
        return (
            unbroadcast(grad_out * (1 - weight), start_shape) if self.needs_grad[0] else None,
            unbroadcast(grad_out * weight, end_shape) if self.needs_grad[1] else None,
            grad_weight,
        )


@dataclass(eq=False, repr=False)
class Addcmul(Operation):
    """x + value * a * b."""

    is_pointwise = True
    value: Array

    def forward(self, x: Array, a: Array, b: Array) -> Array:
        self.shape, self.a, self.b = x.shape, a, b
        return x + self.value * a * b

    def backward(self, grad_out: Array) -> tuple:
        a, b, scaled = self.a, self.b, grad_out * self.value
        return (
            unbroadcast(grad_out, self.shape) if self.needs_grad[0] else None,
            unbroadcast(scaled * b, a.shape) if self.needs_grad[1] else None,
            unbroadcast(scaled * a, b.shape) if self.needs_grad[2] else None,
        )


@dataclass(eq=False, repr=False)
class Addcdiv(Operation):
    """x + value * a / b."""

    is_pointwise = True
    value: Array

    def forward(self, x: Array, a: Array, b: Array) -> Array:
        self.shape, self.a, self.b = x.shape, a, b
        return x + self.value * a / b

    def backward(self, grad_out: Array) -> tuple:
        a, b, scaled = self.a, self.b, grad_out * self.value / self.b
        return (
            unbroadcast(grad_out, self.shape) if self.needs_grad[0] else None,
            unbroadcast(scaled, a.shape) if self.needs_grad[1] else None,
            unbroadcast(-scaled * (a / b), b.shape) if self.needs_grad[2] else None,
        )


def _lerp_operands(op_name: str, input: Any, end: Any, weight: Any) -> tuple[Variable, Variable, Variable]:
    check_tensor(op_name, input)
    check_tensor(op_name, end, "end")
    refuse_integers(op_name, input)
    if isinstance(weight, Variable) and weight.dtype is not input.dtype and weight.array.ndim == 0:
        weight = as_number(op_name, "weight", weight)
    for name, other in (("end", end), ("weight", weight)):
        if isinstance(other, Variable) and other.array.dtype != input.array.dtype:
            expected, found = (C_NAMES[t.dtype] for t in (input, other))
            raise RuntimeError(f"{op_name}: expected dtype {expected} for `{name}` but got dtype {found}")
    if not isinstance(weight, Variable):
        if not is_number(weight):
            raise TypeError(f"{op_name}(): argument 'weight' must be Number or Tensor, not {type(weight).__name__}")
        weight = input.wrap(number_array(op_name, weight, input.dtype))
    broadcast_shape(op_name, *(v.array.shape for v in (input, end, weight)))
    return input, end, weight


def lerp(input: V, end: Variable, weight: Variable | float) -> V:
    """input + weight * (end - input): input at weight 0, end at weight 1 (torch.lerp).

    Raises:   RuntimeError: if the dtypes differ. NotImplementedError: for integers.
    """
    return Lerp()(*_lerp_operands("lerp", input, end, weight))


def lerp_(input: V, end: Variable, weight: Variable | float) -> V:
    """Move input towards end, in place."""
    return Lerp().inplace(*_lerp_operands("lerp_", input, end, weight))


def _check_operands(op_name: str, input: Any, tensor1: Any, tensor2: Any) -> None:
    check_tensor(op_name, input)
    check_tensor(op_name, tensor1, "tensor1")
    check_tensor(op_name, tensor2, "tensor2")


def addcmul(input: V, tensor1: Variable, tensor2: Variable, *old: Variable, value: float = 1) -> V:
    """input + value * tensor1 * tensor2 (torch.addcmul)."""
    if old:  # the number first, as before PyTorch 1.5
        value, tensor1, tensor2 = tensor1, tensor2, scaled_operand("addcmul", "value", value, tensor1, tensor2, *old)  # type: ignore[assignment]
    _check_operands("addcmul", input, tensor1, tensor2)
    x, a, b = promote("addcmul", input, tensor1, tensor2)
    return Addcmul(number_array("addcmul", as_number("addcmul", "value", value), x.dtype))(x, a, b)


def addcmul_(input: V, tensor1: Variable, tensor2: Variable, *old: Variable, value: float = 1) -> V:
    """Add value * tensor1 * tensor2, in place."""
    if old:  # the number first, as before PyTorch 1.5
        value, tensor1, tensor2 = tensor1, tensor2, scaled_operand("addcmul_", "value", value, tensor1, tensor2, *old)  # type: ignore[assignment]
    _check_operands("addcmul_", input, tensor1, tensor2)
    a, b = inplace_operands("addcmul_", input, tensor1, tensor2)
    return Addcmul(number_array("addcmul_", as_number("addcmul_", "value", value), input.dtype)).inplace(input, a, b)


def _refuse_integer_division(op_name: str, tensor1: Variable, tensor2: Variable) -> None:
    if tensor1.array.dtype.kind != "f" and tensor2.array.dtype.kind != "f":
        raise RuntimeError(
            f"{op_name}: Integer division with addcdiv is no longer supported: tensor1 is {tensor1.dtype.name}, "
            f"tensor2 is {tensor2.dtype.name}. Convert one with .float()."
        )


def addcdiv(input: V, tensor1: Variable, tensor2: Variable, *old: Variable, value: float = 1) -> V:
    """input + value * tensor1 / tensor2 (torch.addcdiv).

    Raises:   RuntimeError: if tensor1 and tensor2 are both of integers.
    """
    if old:  # the number first, as before PyTorch 1.5
        value, tensor1, tensor2 = tensor1, tensor2, scaled_operand("addcdiv", "value", value, tensor1, tensor2, *old)  # type: ignore[assignment]
    _check_operands("addcdiv", input, tensor1, tensor2)
    _refuse_integer_division("addcdiv", tensor1, tensor2)
    x, a, b = promote("addcdiv", input, tensor1, tensor2)
    return Addcdiv(number_array("addcdiv", as_number("addcdiv", "value", value), x.dtype))(x, a, b)


def addcdiv_(input: V, tensor1: Variable, tensor2: Variable, *old: Variable, value: float = 1) -> V:
    """Add value * tensor1 / tensor2, in place."""
    if old:  # the number first, as before PyTorch 1.5
        value, tensor1, tensor2 = tensor1, tensor2, scaled_operand("addcdiv_", "value", value, tensor1, tensor2, *old)  # type: ignore[assignment]
    _check_operands("addcdiv_", input, tensor1, tensor2)
    _refuse_integer_division("addcdiv_", tensor1, tensor2)
    a, b = inplace_operands("addcdiv_", input, tensor1, tensor2)
    return Addcdiv(number_array("addcdiv_", as_number("addcdiv_", "value", value), input.dtype)).inplace(input, a, b)
