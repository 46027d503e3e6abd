"""torch.autograd.Variable: the name that tensors with a gradient had before PyTorch 0.4, which older scripts still write."""

from __future__ import annotations

from typing import Any

from . import variable


class _AnyTensor(type):
    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, variable.Variable)


class Variable(metaclass=_AnyTensor):
    """`Variable(tensor, requires_grad=False)` gives a tensor that shares `tensor`'s memory; every tensor is an instance.

    Raises:   TypeError: if data is no tensor.
    """

    def __new__(cls, data: Any, requires_grad: bool = False) -> Any:
        """A tensor around the memory of `data`, a leaf."""
        if not isinstance(data, variable.Variable):
            raise TypeError(f"Variable data has to be a tensor, but got {type(data).__name__}")
        made = data.detached()
        made.requires_grad = requires_grad
        return made
