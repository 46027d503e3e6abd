"""Views and in-place writes: how the graph of a base follows a write through one of its views.

`v = b[0]; v.mul_(w)` changes b's memory, so b's history must now lead through the multiplication, at the place that v
shows. The new history of b is a CopySlices node around the operation; v's own history is made anew from b's when it is
asked for (Variable.grad_fn), by replaying the view operations that led from b to v.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from .operation import Array, Operation


def replay(chain: tuple[Operation, ...], array: Array) -> Array:
    """Apply the view operations of `chain`, one after the other, to an array."""
    for op in chain:
        array = replace(op).forward(array)  # type: ignore[type-var]
    return array


class CopySlices(Operation):
    """The history of a base after an in-place operation on one of its views."""

    torch_name = "CopySlices"

    def __init__(self, inner: Operation, base: Any, chain: tuple[Operation, ...]) -> None:
        self.inner = inner
        self.chain = chain
        # The gradient gets the base's order of memory, so that what was a view there is one here.
        self.memory_order = tuple(sorted(range(base.array.ndim), key=lambda d: -abs(base.array.strides[d])))
        base_edge = base.edge()
        self.edges = (base_edge, *inner.edges[1:])
        self.needs_grad = (base_edge is not None, *inner.needs_grad[1:])
        self._remember((base,), (base,))
        self.saved_names = ("inner",) if inner.saved_names else ()
        self.saved_versions = inner.saved_versions

    def backward(self, grad_out: Array) -> tuple:
        """The part of the gradient that the view shows goes through the operation, the rest past it."""
        inverse = np.argsort(self.memory_order)
        grad_base = grad_out.transpose(self.memory_order).copy(order="C").transpose(inverse)
        grad_view = replay(self.chain, grad_base)
        grads = self.inner.backward(grad_view.copy())
        grads = grads if isinstance(grads, tuple) else (grads,)
        grad_view[...] = 0 if grads[0] is None else grads[0]
        return (grad_base if self.needs_grad[0] else None, *grads[1:])
