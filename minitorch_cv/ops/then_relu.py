"""ReLU as the end of another operation: its result is clamped in place, so one map is made and kept instead of two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..autograd.operation import Array, Operation
from .activation_piecewise import relu_gradient, relu_of


@dataclass(eq=False, repr=False)
class ThenRelu(Operation):
    """relu(inner(...)), where inner makes a new array."""

    torch_name = "ReluBackward0"
    inner: Any  # an Operation; what it saves counts as saved by this one

    def forward(self, *arrays: Array | None) -> Array:
        self.inner.needs_grad = self.needs_grad
        y = self.inner.forward(*arrays)
        self.y: Any = relu_of(y, out=y)
        return y

    def backward(self, grad_out: Array) -> Any:
        return self.inner.backward(relu_gradient(self.y, grad_out))
