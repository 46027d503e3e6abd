"""What operations on single elements have in common: a value, and a slope known from the input or from the result."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from ..types import dtype as dt
from .arguments import check_tensor, inplace_operands, to_dtype


class OfInput(Operation):
    """y = value(x), whose derivative slope(x) is computed from the input."""

    is_pointwise = True

    def value(self, x: Array) -> Array:
        """The result."""
        raise NotImplementedError

    def slope(self, x: Array) -> Array:
        """The derivative."""
        raise NotImplementedError

    def forward(self, x: Array) -> Array:
        self.x: Any = x if self.needs_grad[0] else None
        return self.value(x)

    def backward(self, grad_out: Array) -> Array:
        return grad_out * self.slope(self.x)


class OfResult(Operation):
    """y = value(x), whose derivative slope(y) is computed from the result."""

    is_pointwise = True

    def value(self, x: Array) -> Array:
        """The result."""
        raise NotImplementedError

    def slope(self, y: Array) -> Array:
        """The derivative, in terms of the result."""
        raise NotImplementedError

    def forward(self, x: Array) -> Array:
        self.y = np.asarray(self.value(x))  # an array also for 0-d, so that the engine guards and frees it
        return self.y

    def backward(self, grad_out: Array) -> Array:
        return grad_out * self.slope(self.y)


class Steps(Operation):
    """A step function: its gradient is zero."""

    is_pointwise = True

    def backward(self, grad_out: Array) -> Array:
        return np.zeros_like(grad_out)


def floating(op_name: str, input: V) -> V:
    """`input` as floats: integers and bool go to the default float dtype."""
    check_tensor(op_name, input)
    return input if input.array.dtype.kind == "f" else to_dtype(input, dt.get_default_dtype())  # type: ignore[return-value]


def floating_target(op_name: str, input: V) -> V:
    """`input`, into which an operation that gives floats shall be written.

    Raises:   RuntimeError: if it holds integers or bool.
    """
    inplace_operands(op_name, input, floating=True)
    return input


def refuse_bool(op_name: str, input: Variable) -> None:
    """Raise unless `input` is a tensor of numbers."""
    check_tensor(op_name, input)
    if input.array.dtype == bool:
        raise NotImplementedError(f"\"{op_name}\" not implemented for 'Bool'. Convert the tensor: .long(), .float()")


def refuse_integers(op_name: str, input: Variable) -> None:
    """Raise unless `input` is a tensor of floats."""
    check_tensor(op_name, input)
    if input.array.dtype.kind != "f":
        raise NotImplementedError(
            f"\"{op_name}\" not implemented for '{input.dtype.tensor_type}'. Convert the tensor: .float(), .double()"
        )
