"""Power means over windows: lp_pool1d and lp_pool2d."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V
from .arguments import check_floating, tuple_of
from .arithmetic import neg, pow
from .average_pooling import avg_pool1d, avg_pool2d
from .max_pooling import max_pool1d, max_pool2d
from .powers import abs

Integers = int | tuple[int, ...]


@dataclass(eq=False, repr=False)
class Root(Operation):
    """(x * count) ** (1/degree); where x is 0 its gradient is 0, not infinite."""

    torch_name = "PowBackward0"
    degree: float
    count: int

    def forward(self, x: Array) -> Array:
        self.x = x
        return (x * self.count) ** (1 / self.degree)

    def backward(self, grad_out: Array) -> Array:
        slope = self.count / self.degree * (self.x * self.count) ** (1 / self.degree - 1)
        return np.where(self.x == 0, 0, grad_out * slope)


def lp_pool1d(
    input: V, norm_type: float, kernel_size: Integers, stride: Integers | None = None, ceil_mode: bool = False
) -> V:
    """The norm of each window of sequences (N, C, L) or (C, L); arguments and errors as lp_pool2d."""
    return _lp_pool("lp_pool1d", 1, avg_pool1d, max_pool1d, input, norm_type, kernel_size, stride, ceil_mode)


def lp_pool2d(
    input: V, norm_type: float, kernel_size: Integers, stride: Integers | None = None, ceil_mode: bool = False
) -> V:
    """The norm of each window of images: (the sum of x**norm_type) ** (1/norm_type).

    As in PyTorch there is no gradient where that sum is 0.

    Args:     input: (N, C, H, W) or (C, H, W), float32 or float64.
              norm_type: 1 sums, infinity takes the largest absolute value.
              stride: kernel_size by default.
    Raises:   RuntimeError: if no window fits, or for settings out of range.
    """
    return _lp_pool("lp_pool2d", 2, avg_pool2d, max_pool2d, input, norm_type, kernel_size, stride, ceil_mode)


def _lp_pool(
    op_name: str,
    spatial: int,
    avg_pool: Callable,
    max_pool: Callable,
    input: V,
    norm_type: float,
    kernel_size: Any,
    stride: Any,
    ceil_mode: bool,
) -> Any:
    check_floating(op_name, input)
    if norm_type == math.inf:
        return max_pool(abs(input), kernel_size, stride, ceil_mode=ceil_mode)
    if norm_type == -math.inf:
        return neg(max_pool(neg(abs(input)), kernel_size, stride, ceil_mode=ceil_mode))
    mean = avg_pool(pow(input, norm_type), kernel_size, stride, 0, ceil_mode)
    count = math.prod(tuple_of(spatial, op_name, "kernel_size", kernel_size))
    return Root(norm_type, count)(mean)
