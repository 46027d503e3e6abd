"""Pick: operations whose results are elements of their input, picked along a dimension, with their indices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..autograd.operation import Array, Operation
from .memory_order import tidy


@dataclass(eq=False, repr=False)
class Pick(Operation):
    """Elements along a dimension, and their indices. Each picked element gets the gradient of its place in the result.

    A subclass says which elements by `indices`. Where one element can be picked twice, it sets `repeats`.
    """

    dim: int
    keepdim: bool = True

    repeats = False

    def indices(self, x: Array) -> Array:
        """The indices along self.dim, int64, as many dimensions as x."""
        raise NotImplementedError

    def forward(self, x: Array) -> tuple[Array, Array]:
        self.shape = x.shape
        lanes = np.atleast_1d(x)
        index = self.indices(lanes)
        values = np.take_along_axis(lanes, index, self.dim)
        if x.ndim == 0:
            values, index = values.reshape(()), index.reshape(())
        elif not self.keepdim:
            values, index = tidy(values.squeeze(self.dim)), tidy(index.squeeze(self.dim))
        self.index = index
        return values, index

    def backward(self, grad_values: Array, grad_indices: None) -> Array:
        grad = np.zeros(self.shape or (1,), grad_values.dtype)
        index = self.index
        if not self.shape:
            index, grad_values = index.reshape(1), grad_values.reshape(1)
        elif not self.keepdim:
            index, grad_values = np.expand_dims(index, self.dim), np.expand_dims(grad_values, self.dim)
        if self.repeats:
            places: list[Array] = list(np.indices(index.shape, sparse=True))
            places[self.dim] = index
            np.add.at(grad, tuple(places), grad_values)
        else:
            np.put_along_axis(grad, index, grad_values, self.dim)
        return grad.reshape(self.shape)
