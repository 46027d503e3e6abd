"""Sigmoid and its inverse logit, and the error function."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V
from ..kernels import elementwise, vector_math
from ..kernels.erf import erf as erf_of_array
from .arguments import as_number
from .pointwise import OfInput, OfResult, floating, floating_target


class Sigmoid(OfResult):
    """1 / (1 + exp(-x))."""

    def value(self, x: Array) -> Array:
        if elementwise.supports(x):
            return vector_math.sigmoid(x)
        y = np.negative(x, out=np.empty_like(x))  # all in one piece of memory: making more takes longer than exp
        np.exp(y, out=y)  # overflows to infinity where the result is 0
        y += 1
        return np.reciprocal(y, out=y)

    def slope(self, y: Array) -> Array:
        return (1 - y) * y

    def backward(self, grad_out: Array) -> Array:
        if elementwise.supports(self.y, grad_out):
            return vector_math.sigmoid_backward(self.y, grad_out)
        return super().backward(grad_out)


class Erf(OfInput):
    """2 / sqrt(pi) times the integral of exp(-t * t) from 0 to x."""

    def value(self, x: Array) -> Array:
        wide = x.astype(np.float32) if x.dtype == np.float16 else x
        return erf_of_array(wide).astype(x.dtype, copy=False)

    def slope(self, x: Array) -> Array:
        return np.exp(-x * x) * (2 / math.sqrt(math.pi))


@dataclass(eq=False, repr=False)
class Logit(Operation):
    """log(x / (1 - x)); with eps, of x held in [eps, 1 - eps]."""

    is_pointwise = True
    eps: float | None

    def forward(self, x: Array) -> Array:
        self.x: Any = x if self.needs_grad[0] else None
        held = x if self.eps is None else np.clip(x, self.eps, 1 - self.eps)
        return np.log(held / (1 - held))

    def backward(self, grad_out: Array) -> Array:
        x = self.x
        low, high, beyond = (0.0, 1.0, np.nan) if self.eps is None else (self.eps, 1 - self.eps, 0.0)
        slope = grad_out / np.abs(x * (1 - x))  # abs: +inf also at -0
        return np.where((x >= low) & (x <= high), slope, np.asarray(beyond, x.dtype))


def sigmoid(input: V) -> V:
    """1 / (1 + exp(-input)) (torch.sigmoid)."""
    return Sigmoid()(floating("sigmoid", input))


def sigmoid_(input: V) -> V:
    """Take sigmoid of input, in place."""
    return Sigmoid().inplace(floating_target("sigmoid_", input))


def erf(input: V) -> V:
    """The error function, 2/sqrt(pi) times the integral of exp(-t*t) from 0 to input (torch.erf)."""
    return Erf()(floating("erf", input))


def erf_(input: V) -> V:
    """Take erf of input, in place."""
    return Erf().inplace(floating_target("erf_", input))


def logit(input: V, eps: float | None = None) -> V:
    """log(input / (1 - input)), the inverse of sigmoid (torch.logit).

    Args:     input: in [0, 1]; NaN results outside.
              eps: hold input in [eps, 1 - eps] first.
    """
    return Logit(_check_eps("logit", eps))(floating("logit", input))


def logit_(input: V, eps: float | None = None) -> V:
    """Take logit of input, in place."""
    return Logit(_check_eps("logit_", eps)).inplace(floating_target("logit_", input))


def _check_eps(op_name: str, eps: float | None) -> float | None:
    return None if eps is None else as_number(op_name, "eps", eps)
