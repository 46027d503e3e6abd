"""torch.autograd.Variable: the name of tensors with a gradient before PyTorch 0.4, still found in older scripts."""

from __future__ import annotations

from typing import Any

from . import variable


class _AnyTensor(type):
    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, variable.Variable)


class Variable(metaclass=_AnyTensor):
    """`Variable(tensor, requires_grad=False)` gives a tensor on the same memory; every tensor is an instance.

    Raises:   TypeError: if data is no tensor.
    """

    def __new__(cls, data: Any, requires_grad: bool = False) -> Any:
        """A tensor around the memory of `data`, a leaf."""
        if not isinstance(data, variable.Variable):
            raise TypeError(f"Variable data has to be a tensor, but got {type(data).__name__}")
        made = data.detached()
        made.requires_grad = requires_grad
        return made
