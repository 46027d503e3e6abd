"""Exponentials and logarithms."""

from __future__ import annotations

import math

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from .arguments import check_tensor, promote, unbroadcast
from .pointwise import OfInput, OfResult, floating, floating_target, refuse_integers


class Exp(OfResult):
    """e ** x."""

    def value(self, x: Array) -> Array:
        return np.exp(x)

    def slope(self, y: Array) -> Array:
        return y


class Exp2(OfResult):
    """2 ** x."""

    def value(self, x: Array) -> Array:
        return np.exp2(x)

    def slope(self, y: Array) -> Array:
        return y * math.log(2)


class Expm1(OfResult):
    """e ** x - 1, exact also near 0."""

    def value(self, x: Array) -> Array:
        return np.expm1(x)

    def slope(self, y: Array) -> Array:
        return y + 1


class Log(OfInput):
    """The natural logarithm."""

    def value(self, x: Array) -> Array:
        return np.log(x)

    def slope(self, x: Array) -> Array:
        return 1 / x


class Log2(OfInput):
    """The logarithm to base 2."""

    def value(self, x: Array) -> Array:
        return np.log2(x)

    def slope(self, x: Array) -> Array:
        return 1 / (x * math.log(2))


class Log10(OfInput):
    """The logarithm to base 10."""

    def value(self, x: Array) -> Array:
        return np.log10(x)

    def slope(self, x: Array) -> Array:
        return 1 / (x * math.log(10))


class Log1p(OfInput):
    """log(1 + x), exact also near 0."""

    torch_name = "Log1PBackward0"

    def value(self, x: Array) -> Array:
        return np.log1p(x)

    def slope(self, x: Array) -> Array:
        return 1 / (1 + x)


class Logaddexp(Operation):
    """log(exp(a) + exp(b)), without overflow."""

    is_pointwise = True

    def forward(self, a: Array, b: Array) -> Array:
        self.a, self.b = a, b
        return np.logaddexp(a, b)

    def backward(self, grad_out: Array) -> tuple:
        a, b = self.a, self.b
        return (
            unbroadcast(grad_out / (1 + np.exp(b - a)), a.shape) if self.needs_grad[0] else None,
            unbroadcast(grad_out / (1 + np.exp(a - b)), b.shape) if self.needs_grad[1] else None,
        )


def exp(input: V) -> V:
    """e ** input (torch.exp)."""
    return Exp()(floating("exp", input))


def exp_(input: V) -> V:
    """Take exp of input, in place."""
    return Exp().inplace(floating_target("exp_", input))


def exp2(input: V) -> V:
    """2 ** input (torch.exp2)."""
    return Exp2()(floating("exp2", input))


def exp2_(input: V) -> V:
    """Take exp2 of input, in place."""
    return Exp2().inplace(floating_target("exp2_", input))


def expm1(input: V) -> V:
    """e ** input - 1, exact also near 0 (torch.expm1)."""
    return Expm1()(floating("expm1", input))


def expm1_(input: V) -> V:
    """Take expm1 of input, in place."""
    return Expm1().inplace(floating_target("expm1_", input))


def log(input: V) -> V:
    """The natural logarithm; -inf at 0, NaN below (torch.log)."""
    return Log()(floating("log", input))


def log_(input: V) -> V:
    """Take log of input, in place."""
    return Log().inplace(floating_target("log_", input))


def log2(input: V) -> V:
    """The logarithm to base 2 (torch.log2)."""
    return Log2()(floating("log2", input))


def log2_(input: V) -> V:
    """Take log2 of input, in place."""
    return Log2().inplace(floating_target("log2_", input))


def log10(input: V) -> V:
    """The logarithm to base 10 (torch.log10)."""
    return Log10()(floating("log10", input))


def log10_(input: V) -> V:
    """Take log10 of input, in place."""
    return Log10().inplace(floating_target("log10_", input))


def log1p(input: V) -> V:
    """log(1 + input), exact also near 0 (torch.log1p)."""
    return Log1p()(floating("log1p", input))


def log1p_(input: V) -> V:
    """Take log1p of input, in place."""
    return Log1p().inplace(floating_target("log1p_", input))


def logaddexp(input: V, other: Variable) -> V:
    """log(exp(input) + exp(other)), without overflow (torch.logaddexp).

    Raises:   NotImplementedError: for integers.
    """
    check_tensor("logaddexp", input)
    check_tensor("logaddexp", other, "other")
    a, b = promote("logaddexp", input, other)
    refuse_integers("logaddexp", a)
    return Logaddexp()(a, b)
