"""Batch normalisation of float32 images and features by vector kernels, with what often follows it: + residual, ReLU.

Three operations one after the other read and write all of a map's memory six times; together they do so in three, and
keep one map for backward instead of two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import Variable
from ..kernels import batch_norm as kernels

# Below, variances would matter whose float32 squares underflow.
_SMALLEST_EPS = 1e-12


def supports(x: Variable, eps: float) -> bool:
    """Whether there are kernels for such an input; channel_norm.py has operations for all others."""
    return kernels.supports(x.array) and eps >= _SMALLEST_EPS


@dataclass(eq=False, repr=False)
class _NormRelu(Operation):
    """relu(norm(x) * weight + bias + residual); without `relu` there must not be a residual."""

    eps: float
    relu: bool

    def name(self) -> str:
        """PyTorch's name of the last operation."""
        return "ReluBackward0" if self.relu else "NativeBatchNormBackward0"

    def _apply(self, x: Array, mean: Array, var: Array, *others: Array | None) -> Array:
        weight, bias, residual = others
        self.norm = kernels.Norm(mean, 1 / np.sqrt(var + self.eps), weight, bias)
        y = self.norm.apply(x, residual, self.relu)
        self.y = None if residual is None else y  # otherwise x alone tells where ReLU let a number pass
        return y

    def _gradients(self, grad_out: Array, count: int | None) -> tuple:
        """Those of x, weight, bias and residual; `count` numbers of x made a channel's statistics, or none did."""
        needs_x, needs_weight, needs_bias, needs_residual = self.needs_grad
        x, grad_out = kernels.in_order(self.x), kernels.in_order(grad_out)
        y, relu = self.y, self.relu
        grad_x: Any = None
        sums = products = passed = None
        if needs_weight or needs_bias or needs_residual or (needs_x and count):
            sums, products, passed = self.norm.gated_sums(grad_out, x, y, relu, keep=needs_residual)
            if passed is not None:
                grad_out, y, relu = passed, None, False
        if needs_x and count:
            grad_x = self.norm.input_gradient(grad_out, x, y, relu, sums / count, products / count)
        elif needs_x:
            grad_x = self.norm.input_gradient(grad_out, x, y, relu, None, None)
        return grad_x, products, sums, passed


@dataclass(eq=False, repr=False)
class BatchNormRelu(_NormRelu):
    """With the statistics of x itself."""

    def forward(self, x: Array, weight: Array | None, bias: Array | None, residual: Array | None) -> Array:
        self.x = x
        self.count = x.size // x.shape[1]
        x = kernels.in_order(x)
        self.mean, self.var = kernels.moments(x)
        return self._apply(x, self.mean, self.var, weight, bias, residual)

    def backward(self, grad_out: Array) -> tuple:
        return self._gradients(grad_out, self.count)


@dataclass(eq=False, repr=False)
class FixedNormRelu(_NormRelu):
    """With given statistics, (C,)."""

    mean: Array
    var: Array

    def forward(self, x: Array, weight: Array | None, bias: Array | None, residual: Array | None) -> Array:
        self.x = x
        return self._apply(x, self.mean.astype(np.float64), self.var.astype(np.float64), weight, bias, residual)

    def backward(self, grad_out: Array) -> tuple:
        return self._gradients(grad_out, None)
