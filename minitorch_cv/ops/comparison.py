"""Comparisons. Their results are bool (or a Python bool; in place, 0 and 1), and no gradient passes through them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.memory_order import inherit_order
from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from .arguments import as_number, broadcast_shape, check_tensor, dtype_of_operands, is_number, promote


def _compare(op_name: str, relation: Callable, input: V, other: Variable | float) -> V:
    check_tensor(op_name, input)
    return _judged(input, relation, *promote(op_name, input, other))


def _judged(kind: V, function: Callable, *inputs: Variable) -> V:
    made = kind.wrap(np.asarray(function(*[v.array for v in inputs])))
    inherit_order(made, inputs)
    return made


@dataclass(eq=False, repr=False)
class Comparison(Operation):
    """A relation of two operands, computed in one dtype and written in place; its gradients are zero."""

    is_pointwise = True
    relation: np.ufunc
    dtype: np.dtype
    torch_name: str = "EqBackward0"  # with a number; EqBackward1 with a tensor

    def forward(self, x: Array, other: Array) -> Array:
        self.other_shape = other.shape
        return self.relation(x.astype(self.dtype, copy=False), other)

    def backward(self, grad_out: Array) -> tuple:
        grads = np.zeros_like(grad_out), np.zeros(self.other_shape, grad_out.dtype)
        return tuple(grad if needed else None for grad, needed in zip(grads, self.needs_grad))


def _compare_inplace(op_name: str, relation: np.ufunc, input: V, other: Variable | float) -> V:
    check_tensor(op_name, input)
    x, operand = promote(op_name, input, other)
    node = f"{op_name[:2].capitalize()}Backward{int(isinstance(other, Variable))}"
    return Comparison(relation, x.array.dtype, node).inplace(input, operand)


def eq(input: V, other: Variable | float) -> V:
    """input == other, element by element (torch.eq)."""
    return _compare("eq", np.equal, input, other)


def eq_(input: V, other: Variable | float) -> V:
    """Set input to 1 where input == other, to 0 elsewhere, in place."""
    return _compare_inplace("eq_", np.equal, input, other)


def ne(input: V, other: Variable | float) -> V:
    """input != other, element by element (torch.ne)."""
    return _compare("ne", np.not_equal, input, other)


def ne_(input: V, other: Variable | float) -> V:
    """Set input to 1 where input != other, to 0 elsewhere, in place."""
    return _compare_inplace("ne_", np.not_equal, input, other)


def lt(input: V, other: Variable | float) -> V:
    """input < other, element by element (torch.lt)."""
    return _compare("lt", np.less, input, other)


def lt_(input: V, other: Variable | float) -> V:
    """Set input to 1 where input < other, to 0 elsewhere, in place."""
    return _compare_inplace("lt_", np.less, input, other)


def le(input: V, other: Variable | float) -> V:
    """input <= other, element by element (torch.le)."""
    return _compare("le", np.less_equal, input, other)


def le_(input: V, other: Variable | float) -> V:
    """Set input to 1 where input <= other, to 0 elsewhere, in place."""
    return _compare_inplace("le_", np.less_equal, input, other)


def gt(input: V, other: Variable | float) -> V:
    """input > other, element by element (torch.gt)."""
    return _compare("gt", np.greater, input, other)


def gt_(input: V, other: Variable | float) -> V:
    """Set input to 1 where input > other, to 0 elsewhere, in place."""
    return _compare_inplace("gt_", np.greater, input, other)


def ge(input: V, other: Variable | float) -> V:
    """input >= other, element by element (torch.ge)."""
    return _compare("ge", np.greater_equal, input, other)


def ge_(input: V, other: Variable | float) -> V:
    """Set input to 1 where input >= other, to 0 elsewhere, in place."""
    return _compare_inplace("ge_", np.greater_equal, input, other)


def isnan(input: V) -> V:
    """Where input is NaN (torch.isnan)."""
    check_tensor("isnan", input)
    return _judged(input, np.isnan, input)


def isinf(input: V) -> V:
    """Where input is an infinity of either sign (torch.isinf)."""
    check_tensor("isinf", input)
    return _judged(input, np.isinf, input)


def isfinite(input: V) -> V:
    """Where input is neither NaN nor an infinity (torch.isfinite)."""
    check_tensor("isfinite", input)
    return _judged(input, np.isfinite, input)


def isposinf(input: V) -> V:
    """Where input is +infinity (torch.isposinf)."""
    check_tensor("isposinf", input)
    return _judged(input, lambda x: x == np.inf, input)


def isneginf(input: V) -> V:
    """Where input is -infinity (torch.isneginf)."""
    check_tensor("isneginf", input)
    return _judged(input, lambda x: x == -np.inf, input)


def isreal(input: V) -> V:
    """True everywhere: there are no complex numbers here (torch.isreal)."""
    check_tensor("isreal", input)
    return _judged(input, lambda x: np.ones(x.shape, bool), input)


def signbit(input: V) -> V:
    """Where input is negative, or -0. (torch.signbit)."""
    check_tensor("signbit", input)
    return _judged(input, lambda x: np.signbit(x) if x.dtype.kind == "f" else x < 0, input)


def isclose(input: V, other: Variable, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> V:
    """Where |input - other| <= atol + rtol * |other| (torch.isclose).

    Args:     rtol, atol: not negative.
              equal_nan: count two NaN as close.
    Raises:   RuntimeError: if the dtypes differ, or a tolerance is negative.
    """
    close = _close("isclose", input, other, rtol, atol, equal_nan)
    return input.wrap(np.asarray(close))


def allclose(
    input: Variable, other: Variable, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
) -> bool:
    """Whether isclose holds everywhere, as a Python bool (torch.allclose)."""
    return bool(np.all(_close("allclose", input, other, rtol, atol, equal_nan)))


def _close(op_name: str, input: Any, other: Any, rtol: float, atol: float, equal_nan: bool) -> np.ndarray:
    check_tensor(op_name, input)
    check_tensor(op_name, other, "other")
    rtol, atol = as_number(op_name, "rtol", rtol), as_number(op_name, "atol", atol)
    for name, tolerance in (("rtol", rtol), ("atol", atol)):
        if not tolerance >= 0:
            raise RuntimeError(f"{op_name}: {name} must be greater than or equal to zero, but got {tolerance}")
    if input.array.dtype != other.array.dtype:
        raise RuntimeError(
            f"{op_name}: {input.dtype.tensor_type} did not match {other.dtype.tensor_type}. "
            "Convert one of the tensors with .to(other.dtype)."
        )
    broadcast_shape(op_name, input.array.shape, other.array.shape)
    a, b = input.array, other.array
    close = a == b
    if equal_nan:
        close = close | ((a != a) & (b != b))
    if a.dtype.kind != "f":  # in float64, where differences of unsigned numbers do not wrap around
        a, b = a.astype(np.float64), b.astype(np.float64)
    with np.errstate(all="ignore"):
        error = np.abs(a - b)
        return close | (np.isfinite(error) & (error <= atol + np.abs(rtol * b)))


def equal(input: Variable, other: Variable) -> bool:
    """Whether both tensors have the same shape and elements, as a Python bool (torch.equal)."""
    check_tensor("equal", input)
    check_tensor("equal", other, "other")
    return bool(np.array_equal(input.array, other.array))


def isin(
    elements: Variable | float,
    test_elements: Variable | float,
    *,
    assume_unique: bool = False,
    invert: bool = False,
) -> Any:
    """Where elements are among test_elements (torch.isin).

    Args:     assume_unique: neither has an element twice; the result is the same, found faster.
              invert: where they are not.
    """
    d = dtype_of_operands("isin", elements, test_elements)
    if is_number(elements) and is_number(test_elements):
        raise TypeError("isin(): one of elements and test_elements must be a Tensor, got two numbers")
    kind: Any = elements if isinstance(elements, Variable) else test_elements
    sought, known = (
        v.array.astype(d.numpy) if isinstance(v, Variable) else np.asarray(v).astype(d.numpy)
        for v in (elements, test_elements)
    )
    return kind.wrap(np.asarray(np.isin(sought, known, assume_unique=assume_unique, invert=invert)))
