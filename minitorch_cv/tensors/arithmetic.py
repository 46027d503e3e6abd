"""Tensor's arithmetic: operators and methods."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..autograd.variable import Variable
from ..ops import arithmetic as ops
from ..ops import powers
from ..ops.arguments import is_number
from ..ops.old_forms import scaled_operand


class ArithmeticMethods(Variable):
    """+ - * / // % ** with numbers and tensors; see ops/arithmetic.py for what each does."""

    __slots__ = ()

    def add(self, other: Any, *old: Any, alpha: float = 1) -> Any:
        """self + alpha * other."""
        if old:
            other, alpha = scaled_operand("add", "alpha", alpha, other, *old), other
        return ops.add(self, other, alpha=alpha)

    def add_(self, other: Any, *old: Any, alpha: float = 1) -> Any:
        """Add alpha * other, in place."""
        if old:
            other, alpha = scaled_operand("add_", "alpha", alpha, other, *old), other
        return ops.add_(self, other, alpha=alpha)

    def sub(self, other: Any, *old: Any, alpha: float = 1) -> Any:
        """self - alpha * other."""
        if old:
            other, alpha = scaled_operand("sub", "alpha", alpha, other, *old), other
        return ops.sub(self, other, alpha=alpha)

    def sub_(self, other: Any, *old: Any, alpha: float = 1) -> Any:
        """Subtract alpha * other, in place."""
        if old:
            other, alpha = scaled_operand("sub_", "alpha", alpha, other, *old), other
        return ops.sub_(self, other, alpha=alpha)

    def mul(self, other: Any) -> Any:
        """self * other."""
        return ops.mul(self, other)

    def mul_(self, other: Any) -> Any:
        """Multiply by other, in place."""
        return ops.mul_(self, other)

    def div(self, other: Any, *, rounding_mode: str | None = None) -> Any:
        """self / other."""
        return ops.div(self, other, rounding_mode=rounding_mode)

    def div_(self, other: Any, *, rounding_mode: str | None = None) -> Any:
        """Divide by other, in place."""
        return ops.div_(self, other, rounding_mode=rounding_mode)

    def floor_divide(self, other: Any) -> Any:
        """self / other, rounded down."""
        return ops.floor_divide(self, other)

    def remainder(self, other: Any) -> Any:
        """self modulo other, with other's sign."""
        return ops.remainder(self, other)

    def remainder_(self, other: Any) -> Any:
        """Take modulo other, in place."""
        return ops.remainder_(self, other)

    def fmod(self, other: Any) -> Any:
        """self modulo other, with self's sign."""
        return ops.fmod(self, other)

    def fmod_(self, other: Any) -> Any:
        """Take modulo other with self's sign, in place."""
        return ops.fmod_(self, other)

    def floor_divide_(self, other: Any) -> Any:
        """Divide by other and round down, in place."""
        return ops.div_(self, other, rounding_mode="floor")

    def pow(self, exponent: Any) -> Any:
        """self ** exponent."""
        return ops.pow(self, exponent)

    def pow_(self, exponent: Any) -> Any:
        """Raise to a power, in place."""
        return ops.pow_(self, exponent)

    def neg(self) -> Any:
        """-self."""
        return ops.neg(self)

    def positive(self) -> Any:
        """self."""
        return ops.positive(self)

    def neg_(self) -> Any:
        """Change the sign, in place."""
        return ops.neg_(self)

    subtract, subtract_, multiply, multiply_ = sub, sub_, mul, mul_
    divide, divide_, true_divide, true_divide_, negative, negative_ = div, div_, div, div_, neg, neg_

    def __add__(self, other: Any) -> Any:
        return ops.add(self, other) if _is_operand(other) else NotImplemented

    def __sub__(self, other: Any) -> Any:
        return ops.sub(self, other) if _is_operand(other) else NotImplemented

    def __rsub__(self, other: Any) -> Any:
        return ops.rsub(self, other) if _is_operand(other) else NotImplemented

    def __mul__(self, other: Any) -> Any:
        return ops.mul(self, other) if _is_operand(other) else NotImplemented

    __radd__, __rmul__ = __add__, __mul__

    def __truediv__(self, other: Any) -> Any:
        return ops.div(self, other) if _is_operand(other) else NotImplemented

    def __rtruediv__(self, other: Any) -> Any:
        return (
            powers.reciprocal(self) * other if _is_operand(other) or isinstance(other, np.ndarray) else NotImplemented
        )

    def __floordiv__(self, other: Any) -> Any:
        return ops.floor_divide(self, other) if _is_operand(other) else NotImplemented

    def __rfloordiv__(self, other: Any) -> Any:
        return ops.floor_divide(other, self) if _is_operand(other) else NotImplemented

    def __mod__(self, other: Any) -> Any:
        return ops.remainder(self, other) if _is_operand(other) else NotImplemented

    def __rmod__(self, other: Any) -> Any:
        return ops.remainder(other, self) if _is_operand(other) else NotImplemented

    def __pow__(self, exponent: Any) -> Any:
        return ops.pow(self, exponent) if _is_operand(exponent) else NotImplemented

    def __rpow__(self, base: Any) -> Any:
        return ops.pow(base, self) if _is_operand(base) else NotImplemented

    def __iadd__(self, other: Any) -> Any:
        return ops.add_(self, other) if _is_operand(other) else NotImplemented

    def __isub__(self, other: Any) -> Any:
        return ops.sub_(self, other) if _is_operand(other) else NotImplemented

    def __imul__(self, other: Any) -> Any:
        return ops.mul_(self, other) if _is_operand(other) else NotImplemented

    def __itruediv__(self, other: Any) -> Any:
        return ops.div_(self, other) if _is_operand(other) else NotImplemented

    def __ifloordiv__(self, other: Any) -> Any:
        return ops.div_(self, other, rounding_mode="floor") if _is_operand(other) else NotImplemented

    def __imod__(self, other: Any) -> Any:
        return ops.remainder_(self, other) if _is_operand(other) else NotImplemented

    def __ipow__(self, exponent: Any) -> Any:
        return ops.pow_(self, exponent) if _is_operand(exponent) else NotImplemented

    def __neg__(self) -> Any:
        return ops.neg(self)

    def __pos__(self) -> Any:
        return ops.positive(self)


def _is_operand(value: Any) -> bool:
    return isinstance(value, Variable) or is_number(value)
