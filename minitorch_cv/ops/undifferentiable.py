"""Operations on floats whose derivative does not exist here, and in PyTorch neither."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..autograd.operation import Operation


@dataclass(eq=False, repr=False)
class Undifferentiable(Operation):
    """A function of arrays. Its results require a gradient if an input does, and backward says that there is none."""

    function_name: str
    function: Callable

    def name(self) -> str:
        """torch::autograd::NotImplemented, as in PyTorch."""
        return "torch::autograd::NotImplemented"

    def forward(self, *arrays: Any) -> Any:
        return self.function(*arrays)

    def backward(self, *grads_out: Any) -> Any:
        raise NotImplementedError(f"derivative for {self.function_name} is not implemented; detach() its input")
