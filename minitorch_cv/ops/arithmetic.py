"""Sums, products, quotients, powers and remainders, with broadcasting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from ..kernels import elementwise
from ..types import dtype as dt
from .arguments import (
    as_number,
    check_tensor,
    dtype_of_operands,
    inplace_operands,
    promote,
    promote_floating,
    unbroadcast,
)


@dataclass(eq=False, repr=False)
class Add(Operation):
    """a + alpha * b."""

    is_pointwise = True
    alpha: int | float = 1

    def forward(self, a: Array, b: Array) -> Array:
        self.shapes = (a.shape, b.shape)
        if self.alpha == 1:
            return elementwise.add(a, b) if elementwise.supports(a, b) and a.strides == b.strides else a + b
        return a + b * np.asarray(self.alpha, b.dtype)

    def backward(self, grad_out: Array) -> tuple:
        a, b = self.shapes
        grad_a = unbroadcast(grad_out, a) if self.needs_grad[0] else None
        if not self.needs_grad[1]:
            return grad_a, None
        return grad_a, unbroadcast(grad_out if self.alpha == 1 else grad_out * self.alpha, b)

    def forward_inplace(self, target: Array, *others: Array) -> None:
        (b,) = others
        if np.broadcast_shapes(target.shape, b.shape) != target.shape:
            super().forward_inplace(target, b)
            return
        self.shapes = (target.shape, b.shape)
        if self.alpha == 1 and elementwise.supports(target, b) and not np.may_share_memory(target, b):
            elementwise.add(target, b, out=target)
            return
        np.add(target, b if self.alpha == 1 else b * np.asarray(self.alpha, b.dtype), out=target)


class Sub(Add):
    """a - b."""

    def forward(self, a: Array, b: Array) -> Array:
        self.shapes = (a.shape, b.shape)
        return a - b if self.alpha == 1 else a - b * np.asarray(self.alpha, b.dtype)

    def backward(self, grad_out: Array) -> tuple:
        a, b = self.shapes
        grad_a = unbroadcast(grad_out, a) if self.needs_grad[0] else None
        return grad_a, unbroadcast(grad_out * -self.alpha, b) if self.needs_grad[1] else None

    forward_inplace = Operation.forward_inplace


@dataclass(eq=False, repr=False)
class Rsub(Sub):
    """a - b, where it is b that is subtracted from; a may be a number."""

    from_number: bool = False

    def name(self) -> str:
        """RsubBackward0, or RsubBackward1 for number - tensor."""
        return f"RsubBackward{self.from_number:d}"


@dataclass(eq=False, repr=False)
class Mul(Operation):
    """a * b."""

    is_pointwise = True

    def forward(self, a: Array, b: Array) -> Array:
        self.shapes = (a.shape, b.shape)
        self.a = a if self.needs_grad[1] else None
        self.b = b if self.needs_grad[0] else None
        return np.multiply(a, b)

    def backward(self, grad_out: Array) -> tuple:
        a, b = self.shapes
        return (
            unbroadcast(grad_out * self.b, a) if self.needs_grad[0] else None,
            unbroadcast(grad_out * self.a, b) if self.needs_grad[1] else None,
        )


@dataclass(eq=False, repr=False)
class Div(Operation):
    """a / b."""

    is_pointwise = True

    def forward(self, a: Array, b: Array) -> Array:
        self.shapes = (a.shape, b.shape)
        self.a = a if self.needs_grad[1] else None
        self.b = b
        return a / b

    def backward(self, grad_out: Array) -> tuple:
        a, b = self.shapes
        grad_a = grad_out / self.b
        return (
            unbroadcast(grad_a, a) if self.needs_grad[0] else None,
            unbroadcast(-grad_a * (self.a / self.b), b) if self.needs_grad[1] else None,
        )


@dataclass(eq=False, repr=False)
class RoundedDiv(Operation):
    """a / b rounded towards zero ("trunc") or down ("floor"): a step function, so its gradient is zero."""

    is_pointwise = True
    torch_name = "DivBackward1"
    rounding_mode: str

    def forward(self, a: Array, b: Array) -> Array:
        self.shapes = (a.shape, b.shape)
        if self.rounding_mode == "floor":
            result = np.floor_divide(a, b)
            # NumPy gives NaN for x // 0; PyTorch gives the quotient: an infinity, or NaN for 0 / 0.
            return result if a.dtype.kind != "f" else np.where(b == 0, a / b, result).astype(a.dtype, copy=False)
        if a.dtype.kind == "f":
            return np.trunc(a / b)
        quotient = np.floor_divide(a, b)
        inexact_and_negative = (quotient * b != a) & ((a < 0) != (b < 0))
        return quotient + inexact_and_negative.astype(quotient.dtype)

    def backward(self, grad_out: Array) -> tuple:
        return tuple(np.zeros(shape, grad_out.dtype) for shape in self.shapes)


@dataclass(eq=False, repr=False)
class Remainder(Operation):
    """a modulo b: with the sign of b (torch.remainder, Python's %), or with the sign of a (torch.fmod)."""

    is_pointwise = True
    sign_of: str

    def name(self) -> str:
        """RemainderBackward0 or FmodBackward0."""
        return "RemainderBackward0" if self.sign_of == "b" else "FmodBackward0"

    def forward(self, a: Array, b: Array) -> Array:
        self.shapes = (a.shape, b.shape)
        if self.needs_grad[1]:
            self.steps = np.floor_divide(a, b) if self.sign_of == "b" else np.trunc(a / b)
        rest = np.fmod(a, b)
        if self.sign_of == "a":
            return rest
        # As PyTorch does: NumPy's remainder gives -0 for 5 % -5.
        return np.where((rest != 0) & ((rest < 0) != (b < 0)), rest + b, rest)

    def backward(self, grad_out: Array) -> tuple:
        a, b = self.shapes
        return (
            unbroadcast(grad_out, a) if self.needs_grad[0] else None,
            unbroadcast(-grad_out * self.steps, b) if self.needs_grad[1] else None,
        )


@dataclass(eq=False, repr=False)
class Pow(Operation):
    """base ** exponent."""

    is_pointwise = True
    base_is_tensor: bool
    exponent_is_tensor: bool

    def name(self) -> str:
        """PowBackward0 for tensor ** number, 1 for two tensors, 2 for number ** tensor."""
        return f"PowBackward{2 if not self.base_is_tensor else int(self.exponent_is_tensor)}"

    def forward(self, base: Array, exponent: Array) -> Array:
        self.base, self.exponent = base, exponent
        power = _integer_power if base.dtype.kind == "i" and (exponent < 0).any() else np.power
        result = np.asarray(power(base, exponent)).astype(base.dtype, copy=False)  # (NumPy makes int8 of bool)
        self.result = result if self.needs_grad[1] else None
        return result

    def backward(self, grad_out: Array) -> tuple:
        grad_base = grad_exponent = None
        base, exponent = self.base, self.exponent
        if self.needs_grad[0]:
            # d/dx x**0 is 0 also where x is 0 and the formula would give 0 * inf
            slope = np.where(exponent == 0, np.zeros((), base.dtype), exponent * np.power(base, exponent - 1))
            grad_base = unbroadcast(grad_out * slope, base.shape)
        if self.needs_grad[1]:
            # where the base is 0 and the exponent is not negative the result does not move with the exponent
            flat = (base == 0) & (exponent >= 0)
            grad_exponent = unbroadcast(
                grad_out * np.where(flat, np.zeros((), base.dtype), self.result * np.log(base)), exponent.shape
            )
        return grad_base, grad_exponent


def _integer_power(base: Array, exponent: Array) -> Array:
    """Integers to integer powers; negative ones, which NumPy refuses, are rounded towards zero: only 1 and -1 stay."""
    negative = exponent < 0
    inverse = np.where(np.abs(base) == 1, np.where(exponent % 2 == 0, 1, base), 0)
    return np.where(negative, inverse, np.power(base, np.where(negative, 0, exponent)))


@dataclass(eq=False, repr=False)
class Neg(Operation):
    """-x."""

    is_pointwise = True

    def forward(self, x: Array) -> Array:
        return np.negative(x)

    def backward(self, grad_out: Array) -> Array:
        return -grad_out


def _factor(op_name: str, alpha: Any, d: dt.dtype) -> Any:
    alpha = as_number(op_name, "alpha", alpha)
    if not d.is_floating_point and isinstance(alpha, float):
        raise RuntimeError(
            f"{op_name}: For integral input tensors, argument alpha must not be a floating point number."
        )
    if isinstance(alpha, bool) and d is not dt.bool_:
        raise RuntimeError(f"{op_name}: Boolean alpha only supported for Boolean results, not for {d.name}.")
    return alpha


def add(input: V, other: Variable | float, *, alpha: float = 1) -> V:
    """input + alpha * other, with broadcasting and type promotion (torch.add)."""
    a, b = promote("add", input, other)
    return Add(_factor("add", alpha, a.dtype))(a, b)


def add_(input: V, other: Variable | float, *, alpha: float = 1) -> V:
    """Add alpha * other to input, in place."""
    (b,) = inplace_operands("add_", input, other)
    return Add(_factor("add_", alpha, input.dtype)).inplace(input, b)


def _is_bool(operand: Variable | float) -> bool:
    return operand.array.dtype == bool if isinstance(operand, Variable) else isinstance(operand, (bool, np.bool_))


def _check_subtraction(op_name: str, a: Variable | float, b: Variable | float) -> None:
    if _is_bool(a) and _is_bool(b):
        raise RuntimeError(
            f"{op_name}: Subtraction, the `-` operator, with two bool tensors is not supported. "
            "Use the `^` or `logical_xor()` operator instead."
        )
    if _is_bool(a) or _is_bool(b):
        raise RuntimeError(
            f"{op_name}: Subtraction, the `-` operator, with a bool tensor is not supported. "
            "If you are trying to invert a mask, use the `~` or `logical_not()` operator instead."
        )


def _check_negation(op_name: str, a: Variable) -> None:
    check_tensor(op_name, a)
    if _is_bool(a):
        raise RuntimeError(
            f"{op_name}: Negation, the `-` operator, on a bool tensor is not supported. "
            "If you are trying to invert a mask, use the `~` or `logical_not()` operator instead."
        )


def _refuse_bool(op_name: str, d: dt.dtype) -> None:
    if d is dt.bool_:
        raise NotImplementedError(f"{op_name} not implemented for 'Bool'; convert the tensors: .long(), .float()")


def sub(input: Variable | float, other: Variable | float, *, alpha: float = 1) -> Any:
    """input - alpha * other, with broadcasting and type promotion (torch.sub)."""
    _check_subtraction("sub", input, other)
    a, b = promote("sub", input, other)
    return Sub(_factor("sub", alpha, a.dtype))(a, b)


def sub_(input: V, other: Variable | float, *, alpha: float = 1) -> V:
    """Subtract alpha * other from input, in place."""
    (b,) = inplace_operands("sub_", input, other)
    _check_subtraction("sub_", input, other)
    return Sub(_factor("sub_", alpha, input.dtype)).inplace(input, b)


def rsub(input: V, other: Variable | float, *, alpha: float = 1) -> V:
    """other - alpha * input (torch.rsub)."""
    _check_subtraction("rsub", input, other)
    b, a = promote("rsub", input, other)
    return Rsub(_factor("rsub", alpha, a.dtype), not isinstance(other, Variable))(a, b)


def mul(input: V, other: Variable | float) -> V:
    """input * other, with broadcasting and type promotion (torch.mul)."""
    return Mul()(*promote("mul", input, other))


def mul_(input: V, other: Variable | float) -> V:
    """Multiply input by other, in place."""
    return Mul().inplace(input, *inplace_operands("mul_", input, other))


def _check_rounding(op_name: str, rounding_mode: str | None) -> None:
    if rounding_mode not in (None, "trunc", "floor"):
        raise RuntimeError(
            f"{op_name} expected rounding_mode to be one of None, 'trunc', or 'floor' but found '{rounding_mode}'"
        )


def _check_divisor(op_name: str, b: Variable) -> None:
    _refuse_bool(op_name, b.dtype)
    if b.array.dtype.kind != "f" and not np.all(b.array):
        raise RuntimeError(f"{op_name}: ZeroDivisionError: integer division by zero")


def div(input: Variable | float, other: Variable | float, *, rounding_mode: str | None = None) -> Any:
    """input / other; integers give floats unless rounding_mode is "trunc" or "floor" (torch.div).

    Raises:   RuntimeError: for another rounding_mode, and for a rounded integer division by zero.
    """
    _check_rounding("div", rounding_mode)
    if rounding_mode is None:
        return Div()(*promote_floating("div", input, other))
    a, b = promote("div", input, other)
    _check_divisor("div", b)
    return RoundedDiv(rounding_mode)(a, b)


def div_(input: V, other: Variable | float, *, rounding_mode: str | None = None) -> V:
    """Divide input by other, in place."""
    _check_rounding("div_", rounding_mode)
    (b,) = inplace_operands("div_", input, other, floating=rounding_mode is None)
    if rounding_mode is None:
        return Div().inplace(input, b)
    _check_divisor("div_", b)
    return RoundedDiv(rounding_mode).inplace(input, b)


def floor_divide(input: Variable | float, other: Variable | float) -> Any:
    """input / other rounded down (torch.floor_divide)."""
    return div(input, other, rounding_mode="floor")


def remainder(input: Variable | float, other: Variable | float) -> Any:
    """input modulo other, with the sign of other, as Python's % (torch.remainder).

    Raises:   RuntimeError: for integers and a divisor of zero.
    """
    a, b = promote("remainder", input, other)
    _check_divisor("remainder", b)
    return Remainder("b")(a, b)


def remainder_(input: V, other: Variable | float) -> V:
    """Take input modulo other, in place."""
    (b,) = inplace_operands("remainder_", input, other)
    _check_divisor("remainder_", b)
    return Remainder("b").inplace(input, b)


def fmod(input: Variable | float, other: Variable | float) -> Any:
    """input modulo other, with the sign of input, as C's fmod (torch.fmod).

    Raises:   RuntimeError: for integers and a divisor of zero.
    """
    a, b = promote("fmod", input, other)
    _check_divisor("fmod", b)
    return Remainder("a")(a, b)


def fmod_(input: V, other: Variable | float) -> V:
    """Take input modulo other with input's sign, in place."""
    (b,) = inplace_operands("fmod_", input, other)
    _check_divisor("fmod_", b)
    return Remainder("a").inplace(input, b)


def _check_powers(op_name: str, exponent: Variable | float, d: dt.dtype) -> None:
    if not (d.is_floating_point or isinstance(exponent, Variable)) and exponent < 0:
        raise RuntimeError(f"{op_name}: Integers to negative integer powers are not allowed.")


def pow(input: Variable | float, exponent: Variable | float) -> Any:
    """input ** exponent, with broadcasting and type promotion (torch.pow).

    Raises:   RuntimeError: for an integer to the power of a negative number; in a tensor they give 0, 1 or -1.
    """
    d = dtype_of_operands("pow", input, exponent)
    if isinstance(exponent, Variable):
        _refuse_bool("pow", d)
    _check_powers("pow", exponent, d)
    kinds = isinstance(input, Variable), isinstance(exponent, Variable)
    return Pow(*kinds)(*promote("pow", input, exponent))


def pow_(input: V, exponent: Variable | float) -> V:
    """Raise input to a power, in place."""
    (b,) = inplace_operands("pow_", input, exponent)
    if isinstance(exponent, Variable):
        _refuse_bool("pow_", input.dtype)
    _check_powers("pow_", exponent, input.dtype)
    return Pow(True, isinstance(exponent, Variable)).inplace(input, b)


def neg(input: V) -> V:
    """-input (torch.neg).

    Raises:   RuntimeError: for bool.
    """
    _check_negation("neg", input)
    return Neg()(input)


def neg_(input: V) -> V:
    """Change the sign of input, in place."""
    _check_negation("neg_", input)
    return Neg().inplace(input)


def positive(input: V) -> V:
    """input itself (torch.positive).

    Raises:   RuntimeError: for bool.
    """
    check_tensor("positive", input)
    if input.array.dtype == bool:
        raise RuntimeError("positive: The `+` operator, on a bool tensor is not supported.")
    return input
