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
        self.norm = kernels.Norm(mean, var, self.eps, weight, bias)
        y = self.norm.apply(x, residual, self.relu)
        self.y = None if residual is None else y  # otherwise x alone tells where ReLU let a number pass
        return y

    def _gradients(self, x: Array, grad_out: Array, moving: bool) -> tuple:
        """Those of x, weight, bias and residual; whether mean and var are those of x, and so move with it."""
        needs_x, needs_weight, needs_bias, needs_residual = self.needs_grad
        x, grad_out = kernels.in_order(x), kernels.in_order(grad_out)
        y, relu = self.y, self.relu
        sums: Any = None
        passed = grad_x = None
        if needs_weight or needs_bias or needs_residual or (needs_x and moving):
            *sums, passed = self.norm.gated_sums(grad_out, x, y, relu, keep=needs_residual)
            if passed is not None:
                grad_out, y, relu = passed, None, False
        if needs_x:
            grad_x = self.norm.input_gradient(grad_out, x, y, relu, sums if moving else None)
        grad_bias, grad_weight = sums or (None, None)
        return grad_x, grad_weight, grad_bias, passed


@dataclass(eq=False, repr=False)
class BatchNormRelu(_NormRelu):
    """With the statistics of x itself."""

    def forward(self, x: Array, weight: Array | None, bias: Array | None, residual: Array | None) -> Array:
        self.x = x
        x = kernels.in_order(x)
        return self._apply(x, *kernels.moments(x), weight, bias, residual)

    def backward(self, grad_out: Array) -> tuple:
        return self._gradients(self.x, grad_out, moving=True)


@dataclass(eq=False, repr=False)
class FixedNormRelu(_NormRelu):
    """With given statistics, (C,)."""

    mean: Array
    var: Array

    def forward(self, x: Array, weight: Array | None, bias: Array | None, residual: Array | None) -> Array:
        self.x = x
        return self._apply(x, self.mean.astype(np.float64), self.var.astype(np.float64), weight, bias, residual)

    def backward(self, grad_out: Array) -> tuple:
        return self._gradients(self.x, grad_out, moving=False)
