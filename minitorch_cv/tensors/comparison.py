"""Tensor's comparisons and logic: operators and methods."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..autograd.variable import Variable
from ..ops import comparison, logic
from ..ops.arguments import is_number


class ComparisonMethods(Variable):
    """== != < <= > >= and & | ^ ~ << >> with numbers and tensors, and the tests of elements."""

    __slots__ = ()

    eq = comparison.eq
    ne = comparison.ne
    lt = comparison.lt
    le = comparison.le
    gt = comparison.gt
    ge = comparison.ge
    not_equal, less, less_equal, greater, greater_equal = ne, lt, le, gt, ge
    eq_ = comparison.eq_
    ne_ = comparison.ne_
    lt_ = comparison.lt_
    le_ = comparison.le_
    gt_ = comparison.gt_
    ge_ = comparison.ge_
    not_equal_, less_, less_equal_, greater_, greater_equal_ = ne_, lt_, le_, gt_, ge_

    isnan = comparison.isnan
    isinf = comparison.isinf
    isfinite = comparison.isfinite
    isposinf = comparison.isposinf
    isneginf = comparison.isneginf
    isreal = comparison.isreal
    signbit = comparison.signbit
    isclose = comparison.isclose
    allclose = comparison.allclose
    equal = comparison.equal

    logical_and = logic.logical_and
    logical_and_ = logic.logical_and_
    logical_or = logic.logical_or
    logical_or_ = logic.logical_or_
    logical_xor = logic.logical_xor
    logical_xor_ = logic.logical_xor_
    logical_not = logic.logical_not
    logical_not_ = logic.logical_not_
    bitwise_and = logic.bitwise_and
    bitwise_and_ = logic.bitwise_and_
    bitwise_or = logic.bitwise_or
    bitwise_or_ = logic.bitwise_or_
    bitwise_xor = logic.bitwise_xor
    bitwise_xor_ = logic.bitwise_xor_
    bitwise_not = logic.bitwise_not
    bitwise_not_ = logic.bitwise_not_
    bitwise_left_shift = logic.bitwise_left_shift
    bitwise_left_shift_ = logic.bitwise_left_shift_
    bitwise_right_shift = logic.bitwise_right_shift
    bitwise_right_shift_ = logic.bitwise_right_shift_

    __hash__ = object.__hash__  # by identity: == compares elements

    def __eq__(self, other: Any) -> Any:  # type: ignore[override]
        if isinstance(other, np.ndarray) and other.dtype.kind in "biuf":
            other = self.wrap(other)
        return comparison.eq(self, other) if _is_operand(other) else NotImplemented

    def __ne__(self, other: Any) -> Any:  # type: ignore[override]
        return comparison.ne(self, other) if _is_operand(other) else NotImplemented

    def __lt__(self, other: Any) -> Any:
        return comparison.lt(self, other) if _is_operand(other) else NotImplemented

    def __le__(self, other: Any) -> Any:
        return comparison.le(self, other) if _is_operand(other) else NotImplemented

    def __gt__(self, other: Any) -> Any:
        return comparison.gt(self, other) if _is_operand(other) else NotImplemented

    def __ge__(self, other: Any) -> Any:
        return comparison.ge(self, other) if _is_operand(other) else NotImplemented

    def __and__(self, other: Any) -> Any:
        return logic.bitwise_and(self, other) if _is_operand(other) else NotImplemented

    def __rand__(self, other: Any) -> Any:
        return logic.bitwise_and(other, self) if _is_operand(other) else NotImplemented

    def __iand__(self, other: Any) -> Any:
        return logic.bitwise_and_(self, other) if _is_operand(other) else NotImplemented

    def __or__(self, other: Any) -> Any:
        return logic.bitwise_or(self, other) if _is_operand(other) else NotImplemented

    def __ror__(self, other: Any) -> Any:
        return logic.bitwise_or(other, self) if _is_operand(other) else NotImplemented

    def __ior__(self, other: Any) -> Any:
        return logic.bitwise_or_(self, other) if _is_operand(other) else NotImplemented

    def __xor__(self, other: Any) -> Any:
        return logic.bitwise_xor(self, other) if _is_operand(other) else NotImplemented

    def __rxor__(self, other: Any) -> Any:
        return logic.bitwise_xor(other, self) if _is_operand(other) else NotImplemented

    def __ixor__(self, other: Any) -> Any:
        return logic.bitwise_xor_(self, other) if _is_operand(other) else NotImplemented

    def __lshift__(self, other: Any) -> Any:
        return logic.bitwise_left_shift(self, other) if _is_operand(other) else NotImplemented

    def __rlshift__(self, other: Any) -> Any:
        return logic.bitwise_left_shift(other, self) if _is_operand(other) else NotImplemented

    def __ilshift__(self, other: Any) -> Any:
        return logic.bitwise_left_shift_(self, other) if _is_operand(other) else NotImplemented

    def __rshift__(self, other: Any) -> Any:
        return logic.bitwise_right_shift(self, other) if _is_operand(other) else NotImplemented

    def __rrshift__(self, other: Any) -> Any:
        return logic.bitwise_right_shift(other, self) if _is_operand(other) else NotImplemented

    def __irshift__(self, other: Any) -> Any:
        return logic.bitwise_right_shift_(self, other) if _is_operand(other) else NotImplemented

    def __invert__(self) -> Any:
        if self.array.dtype.kind == "f":
            raise TypeError("~ (operator.invert) is only implemented on integer and Boolean-type tensors")
        return logic.bitwise_not(self)

    def __contains__(self, element: Any) -> bool:
        if not _is_operand(element):
            raise RuntimeError(
                f"Tensor.__contains__ only supports Tensor or scalar, but you passed in a {type(element)}."
            )
        return bool((comparison.eq(self, element)).array.any())


def _is_operand(value: Any) -> bool:
    return isinstance(value, Variable) or is_number(value)
