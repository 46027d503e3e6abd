"""Roots, squares and reciprocals, and what else depends on a number's size or sign: abs, sign, sgn."""

from __future__ import annotations

import numpy as np

from ..autograd.operation import Array
from ..autograd.variable import V
from ..types import dtype as dt
from .arguments import check_tensor, inplace_operands, to_dtype
from .pointwise import OfInput, OfResult, Steps, floating, floating_target, refuse_bool


class Sqrt(OfResult):
    """The square root."""

    def value(self, x: Array) -> Array:
        return np.sqrt(x)

    def slope(self, y: Array) -> Array:
        return 1 / (2 * y)


class Rsqrt(OfResult):
    """1 / sqrt(x)."""

    def value(self, x: Array) -> Array:
        return 1 / np.sqrt(x)

    def slope(self, y: Array) -> Array:
        return y * y * y * -0.5


class Square(OfInput):
    """x * x."""

    torch_name = "PowBackward0"

    def value(self, x: Array) -> Array:
        return np.square(x)

    def slope(self, x: Array) -> Array:
        return 2 * x


class Reciprocal(OfResult):
    """1 / x."""

    def value(self, x: Array) -> Array:
        return 1 / x

    def slope(self, y: Array) -> Array:
        return -y * y


def sign_of(x: Array) -> Array:
    """-1, 0 or 1; 0 for NaN, as in PyTorch."""
    return (x > 0).astype(x.dtype) - (x < 0).astype(x.dtype) if x.dtype != bool else x.copy()


class Abs(OfInput):
    """The absolute value; its gradient at 0 is 0."""

    def value(self, x: Array) -> Array:
        return np.abs(x)

    def slope(self, x: Array) -> Array:
        return sign_of(x)


class Sign(Steps):
    """-1, 0 or 1."""

    def forward(self, x: Array) -> Array:
        return sign_of(x)


class Sgn(OfInput):
    """-1, 0 or 1, as Sign: for real numbers the two are one."""

    def value(self, x: Array) -> Array:
        return sign_of(x)

    def slope(self, x: Array) -> Array:
        return np.zeros_like(x)


def sqrt(input: V) -> V:
    """The square root; NaN below 0 (torch.sqrt)."""
    return Sqrt()(floating("sqrt", input))


def sqrt_(input: V) -> V:
    """Take the square root of input, in place."""
    return Sqrt().inplace(floating_target("sqrt_", input))


def rsqrt(input: V) -> V:
    """1 / sqrt(input) (torch.rsqrt)."""
    return Rsqrt()(floating("rsqrt", input))


def rsqrt_(input: V) -> V:
    """Take 1 / sqrt of input, in place."""
    return Rsqrt().inplace(floating_target("rsqrt_", input))


def square(input: V) -> V:
    """input * input; bool gives int64 (torch.square)."""
    check_tensor("square", input)
    return Square()(to_dtype(input, dt.int64) if input.array.dtype == bool else input)


def square_(input: V) -> V:
    """Square input, in place."""
    inplace_operands("square_", input, 2)
    return Square().inplace(input)


def reciprocal(input: V) -> V:
    """1 / input (torch.reciprocal)."""
    return Reciprocal()(floating("reciprocal", input))


def reciprocal_(input: V) -> V:
    """Take 1 / input, in place."""
    return Reciprocal().inplace(floating_target("reciprocal_", input))


def abs(input: V) -> V:
    """The absolute value (torch.abs).

    Raises:   NotImplementedError: for bool.
    """
    refuse_bool("abs", input)
    return Abs()(input)


def abs_(input: V) -> V:
    """Take the absolute value of input, in place."""
    refuse_bool("abs_", input)
    return Abs().inplace(input)


def sign(input: V) -> V:
    """-1, 0 or 1 by the sign of input; 0 for NaN (torch.sign)."""
    check_tensor("sign", input)
    return Sign()(input)


def sign_(input: V) -> V:
    """Replace input by its sign, in place."""
    check_tensor("sign_", input)
    return Sign().inplace(input)


def sgn(input: V) -> V:
    """As sign (torch.sgn, which differs for complex numbers only)."""
    check_tensor("sgn", input)
    return Sgn()(input)


def sgn_(input: V) -> V:
    """Replace input by its sign, in place."""
    check_tensor("sgn_", input)
    return Sgn().inplace(input)
