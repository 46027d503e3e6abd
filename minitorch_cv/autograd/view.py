"""Views and in-place writes: how the graph of a base follows a write through one of its views.

`v = b[0]; v.mul_(w)` changes b's memory, so b's history must now lead through the multiplication, at the place that v
shows. The new history of b is a CopySlices node around the operation; v's own history is made anew from b's when it is
asked for (Variable.grad_fn), by replaying the view operations that led from b to v.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from .node import Array, Node

if TYPE_CHECKING:
    from .operation import Operation

# What to do when the graph cannot follow a write to a view, by where the view comes from (PyTorch's words).
NOT_WRITABLE = {
    "no_grad": "With grad mode enabled this is ambiguous. Put both the view and the inplace operation inside the "
    "no_grad block, or both outside, or write to a clone().",
    "inference_mode": "With grad mode enabled this is ambiguous. Put both the view and the inplace operation inside "
    "the inference_mode block, or both outside, or write to a clone().",
    "multiple": "This view is the output of a function that returns multiple views. Such functions do not allow the "
    "output views to be modified inplace. You should replace the inplace operation by an out-of-place one.",
    "function": "This view was created inside a custom Function (or because an input was returned as-is) and the "
    "autograd logic to handle view+inplace would override the custom backward associated with the custom Function, "
    "leading to incorrect gradients. You can fix this by cloning the output of the custom Function.",
}


def replay(chain: tuple[Operation, ...], array: Array) -> Array:
    """Apply the view operations of `chain`, one after the other, to an array."""
    for op in chain:
        array = replace(op).forward(array)  # type: ignore[type-var]
    return array


class CopySlices(Node):
    """The history of a base after an in-place operation, `inner`, on one of its views."""

    def __init__(self, inner: Node, base: Any, chain: tuple[Operation, ...]) -> None:
        self.inner = inner
        self.chain = chain
        # The gradient gets the base's order of memory, so that what was a view there is one here.
        self.memory_order = tuple(sorted(range(base.array.ndim), key=lambda d: -abs(base.array.strides[d])))
        base_edge = base.edge()
        self.edges = (base_edge, *inner.edges[1:])
        self._enter_graph(type(base), ((base.array.shape, base.array.dtype),))

    def name(self) -> str:
        """torch::autograd::CopySlices, as in PyTorch."""
        return "torch::autograd::CopySlices"

    def backward(self, grad_out: Array) -> tuple:
        """The part of the gradient that the view shows goes through the operation, the rest past it."""
        inverse = np.argsort(self.memory_order)
        grad_base = grad_out.transpose(self.memory_order).copy(order="C").transpose(inverse)
        grad_view = replay(self.chain, grad_base)
        grads = self.inner.backward(grad_view.copy())
        grads = grads if isinstance(grads, tuple) else (grads,)
        grad_view[...] = 0 if grads[0] is None else grads[0]
        return (grad_base if self.edges[0] is not None else None, *grads[1:])

    def check_saved(self) -> None:
        """Raise if the inner operation can no longer be right."""
        self.inner.check_saved()

    def release(self) -> None:
        """Let go of what the inner operation saved."""
        self.inner.release()
