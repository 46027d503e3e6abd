"""Tensor's activation functions; PyTorch has these few as methods, the others are in nn.functional."""

from __future__ import annotations

from typing import Any

from ..autograd.variable import Variable
from ..ops import activation_piecewise, softmax


class ActivationMethods(Variable):
    """relu, prelu, hardshrink, softmax, log_softmax; see ops/activation_piecewise.py and ops/softmax.py."""

    __slots__ = ()

    def relu(self) -> Any:
        """max(self, 0)."""
        return activation_piecewise.relu(self)

    def relu_(self) -> Any:
        """Relu, in place."""
        return activation_piecewise.relu(self, inplace=True)

    def prelu(self, weight: Variable) -> Any:
        """`self` where positive, weight * self elsewhere."""
        return activation_piecewise.prelu(self, weight)

    def hardshrink(self, lambd: float = 0.5) -> Any:
        """`self` where it is outside [-lambd, lambd], 0 elsewhere."""
        return activation_piecewise.hardshrink(self, lambd)

    def softmax(self, dim: int, dtype: Any = None) -> Any:
        """exp(self) divided by its sum over a dimension."""
        return softmax.softmax(self, dim, dtype)

    def log_softmax(self, dim: int, dtype: Any = None) -> Any:
        """The logarithm of softmax."""
        return softmax.log_softmax(self, dim, dtype)
