"""Parameter and Buffer: tensors that a module takes notice of when they are assigned to it."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..autograd.memory_order import exposed, pin
from ..tensors.tensor import Tensor


class Parameter(Tensor):
    """A tensor to be trained: assigned to a module's attribute, it becomes one of the module's parameters.

    Args:     data: shares its memory with the parameter; None makes an empty one.
              requires_grad: whether backward fills `.grad`, also when made inside `no_grad`.
    Raises:   TypeError: if data is no Tensor. RuntimeError: if it is of integers and requires_grad is True.
    """

    printed_as = "tensor"

    def __init__(self, data: Tensor | None = None, requires_grad: bool = True) -> None:
        self._fill(_array_of("Parameter", data))
        pin(self)
        if requires_grad:
            self.requires_grad = True

    def __deepcopy__(self, memo: dict[int, Any]) -> Parameter:
        return type(self)(Tensor.wrap(self.array.copy(order="K")), self.requires_grad)

    def __repr__(self) -> str:  # type: ignore[override]
        return "Parameter containing:\n" + super().__repr__()


class Buffer(Tensor):
    """A tensor that belongs to a module but is not trained: assigned to an attribute, it becomes one of the buffers.

    Args:     data: shares its memory with the buffer; None makes an empty one.
              persistent: whether the module's state_dict holds it.
    Raises:   TypeError: if data is no Tensor.
    """

    printed_as = "tensor"
    persistent: bool

    def __init__(self, data: Tensor | None = None, *, persistent: bool = True) -> None:
        self._fill(_array_of("Buffer", data))
        pin(self)
        if data is not None and data.requires_grad:
            self.requires_grad = True
        self.persistent = persistent


def reset_grad(param: Tensor, set_to_none: bool) -> None:
    """Forget a gradient: make it None, or fill it with zeros."""
    grad = param._grad
    if grad is None:
        return
    if set_to_none:
        param._grad = None
    else:
        grad.array.fill(0)
        grad.bump_version()


def _array_of(kind: str, data: Tensor | None) -> np.ndarray:
    if data is None:
        return np.empty(0, np.float32)
    if not isinstance(data, Tensor):
        raise TypeError(f"{kind}: data must be a Tensor, got {type(data).__name__}. Wrap it: {kind}(torch.tensor(...))")
    return exposed(data)
