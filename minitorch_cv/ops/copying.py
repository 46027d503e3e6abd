"""Copies: clone, and copy_ between tensors of any dtype."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from ..types import memory_format as mf
from .arguments import broadcast_shape, check_tensor, dense_copy, unbroadcast


@dataclass(eq=False, repr=False)
class Clone(Operation):
    """The same numbers in memory of their own."""

    order: str = "K"

    def forward(self, x: Array) -> Array:
        return dense_copy(x, x.dtype, self.order)

    def backward(self, grad_out: Array) -> Array:
        return grad_out


@dataclass(eq=False, repr=False)
class CopyInto(Operation):
    """Overwrite the first input with the second, converting and broadcasting it."""

    torch_name = "CopyBackwards"

    def forward(self, target: Array, source: Array) -> Array:
        self.source_shape = source.shape
        return np.broadcast_to(source, target.shape).astype(target.dtype)

    def forward_inplace(self, target: Array, source: Array) -> None:
        self.source_shape = source.shape
        np.copyto(target, source, casting="unsafe")

    def backward(self, grad_out: Array) -> tuple:
        grad_source = unbroadcast(grad_out, self.source_shape) if self.needs_grad[1] else None
        return np.zeros_like(grad_out) if self.needs_grad[0] else None, grad_source


def clone(input: V, *, memory_format: Any = mf.preserve_format) -> V:
    """A copy that gradients flow through (torch.clone)."""
    check_tensor("clone", input)
    return Clone(mf.numpy_order("clone", memory_format))(input)


def copy_(input: V, src: Variable) -> V:
    """Overwrite input with src, which is broadcast and converted (Tensor.copy_).

    Raises:   RuntimeError: if src does not broadcast to input's shape.
    """
    check_tensor("copy_", input)
    check_tensor("copy_", src, "other")
    if broadcast_shape("copy_", input.array.shape, src.array.shape) != input.array.shape:
        raise RuntimeError(
            f"copy_: output with shape {list(input.array.shape)} doesn't match the broadcast shape "
            f"{list(broadcast_shape('copy_', input.array.shape, src.array.shape))}"
        )
    return CopyInto().inplace(input, src)
