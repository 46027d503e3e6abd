"""softmax, log_softmax and what is made of them."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V
from ..types import dtype as dt
from ..types.random_source import current_source
from .arguments import as_number, check_floating, check_tensor, normalize_dim, to_dtype
from .arithmetic import add, div
from .memory_order import tidy

Axis = tuple[int, ...]  # the one dimension, or () for a 0-d tensor, which is a class by itself


def shifted_exponentials(x: Array, axis: Axis) -> tuple[Array, Array, Array]:
    """x - max(x), its exponentials (at most 1, so nothing overflows) and their sum."""
    shifted = x - x.max(axis=axis, keepdims=True, initial=-np.inf)
    exponentials = np.exp(shifted)
    return shifted, exponentials, exponentials.sum(axis=axis, keepdims=True)


@dataclass(eq=False, repr=False)
class Softmax(Operation):
    """exp(x) divided by its sum over an axis."""

    axis: Axis

    def forward(self, x: Array) -> Array:
        _, exponentials, total = shifted_exponentials(x, self.axis)
        self.y = tidy(exponentials / total)
        return self.y

    def backward(self, grad_out: Array) -> Array:
        weighted = grad_out * self.y
        return weighted - self.y * weighted.sum(axis=self.axis, keepdims=True)


@dataclass(eq=False, repr=False)
class LogSoftmax(Operation):
    """x minus the logarithm of the sum of exp(x) over an axis."""

    axis: Axis

    def forward(self, x: Array) -> Array:
        shifted, _, total = shifted_exponentials(x, self.axis)
        self.y = tidy(shifted - np.log(total))
        return self.y

    def backward(self, grad_out: Array) -> Array:
        return grad_out - np.exp(self.y) * grad_out.sum(axis=self.axis, keepdims=True)


@dataclass(eq=False, repr=False)
class OneHotOfLargest(Operation):
    """1 at the largest element along an axis, 0 elsewhere; the gradient passes as if nothing had been done."""

    axis: Axis

    def forward(self, x: Array) -> Array:
        if not self.axis:
            return np.ones_like(x)
        largest = np.expand_dims(x.argmax(axis=self.axis[0]), self.axis)
        one_hot = np.zeros_like(x)
        np.put_along_axis(one_hot, largest, 1, self.axis[0])
        return one_hot

    def backward(self, grad_out: Array) -> Array:
        return grad_out


def _axis(op_name: str, dim: Any, ndim: int) -> Axis:
    dim = normalize_dim(op_name, dim, ndim)
    return (dim,) if ndim else ()


def _converted(op_name: str, input: V, dtype: Any) -> Any:
    check_tensor(op_name, input)
    converted = input if dtype is None else to_dtype(input, dt.as_dtype(dtype))
    check_floating(op_name, converted)
    return converted


def softmax(input: V, dim: int, dtype: Any = None) -> V:
    """exp(input) divided by its sum over dimension `dim`, computed without overflow (torch.softmax).

    Args:     dtype: convert input to it first.
    """
    x = _converted("softmax", input, dtype)
    return Softmax(_axis("softmax", dim, x.ndim))(x)


def log_softmax(input: V, dim: int, dtype: Any = None) -> V:
    """The logarithm of softmax, without the loss of precision of taking both in turn; arguments as softmax."""
    x = _converted("log_softmax", input, dtype)
    return LogSoftmax(_axis("log_softmax", dim, x.ndim))(x)


def gumbel_softmax(logits: V, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1) -> V:
    """Softmax of randomly perturbed logits: a differentiable draw of a category with its softmax probability.

    Args:     tau: the smaller, the nearer the result is to one-hot.
              hard: give a one-hot result, whose gradient is that of the soft one.
              eps: ignored by PyTorch too, which warns of another value than the default.
    Source:   Jang et al. 2016, Maddison et al. 2016.
    """
    check_floating("gumbel_softmax", logits, "logits")
    tau = as_number("gumbel_softmax", "tau", tau)
    if eps != 1e-10:
        warnings.warn("`eps` parameter is deprecated and has no effect.", stacklevel=2)
    axis = _axis("gumbel_softmax", dim, logits.ndim)
    drawn = np.asarray(current_source().numpy.standard_exponential(logits.shape))
    gumbel = logits.wrap(-np.log(drawn).astype(logits.array.dtype))
    soft = Softmax(axis)(div(add(logits, gumbel), tau))
    return OneHotOfLargest(axis)(soft) if hard else soft
