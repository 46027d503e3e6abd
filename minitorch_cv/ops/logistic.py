"""The logistic function of arrays, and its integral: what several activations and losses are made of."""

from __future__ import annotations

import numpy as np

from ..autograd.operation import Array


def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x)); where exp overflows the result is 0."""
    return 1 / (1 + np.exp(-x))


def softplus(x: Array) -> Array:
    """log(1 + exp(x)) without overflow."""
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))
