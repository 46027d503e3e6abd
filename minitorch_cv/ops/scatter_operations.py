"""The operations behind scatter, scatter_add and scatter_reduce.

They share one picture: an index names, for each of its places, a line of the target along a dimension; the places'
values come from the part of src that the index covers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..autograd.operation import Array, Operation
from .accumulation import add_at
from .index_arguments import along


@dataclass(eq=False, repr=False)
class Scatter(Operation):
    """x with the places that index names along a dimension overwritten by src, which may be one number."""

    dim: int
    index: Array  # at least one dimension

    def forward(self, x: Array, src: Array) -> Array:
        result = x.copy()
        self.forward_inplace(result, src)
        return result

    def forward_inplace(self, target: Array, src: Array) -> None:
        self.src_shape = src.shape
        if self.index.size:
            values = self.used(src)
            self.write(lines(target), values.copy() if np.may_share_memory(values, target) else values)

    def write(self, target: Array, values: Array) -> None:
        """Put the values at the places."""
        target[self.places()] = values

    def backward(self, grad_out: Array) -> tuple:
        grad_x = self.without_places(grad_out) if self.needs_grad[0] else None
        return grad_x, self.gathered(grad_out) if self.needs_grad[1] else None

    def without_places(self, grad: Array) -> Array:
        """The gradient of what is kept of x: zero where it was overwritten."""
        grad_x = np.array(grad)
        if self.index.size:
            lines(grad_x)[self.places()] = 0
        return grad_x

    def gathered(self, grad: Array) -> Array:
        """The gradient of src: each element that the index covers gets what came to its place."""
        grad_src = np.zeros(self.src_shape, grad.dtype)
        if self.index.size:
            found = lines(grad)[self.places()]
            self.used(grad_src)[...] = found if grad_src.ndim else found.sum()
        return grad_src

    def places(self) -> tuple:
        """The index for NumPy."""
        return along(self.dim, self.index)

    def used(self, src: Array) -> Array:
        """The part of src that the index covers; one number goes to all places."""
        return src[tuple([slice(n) for n in self.index.shape])] if src.ndim else src


class ScatterAdd(Scatter):
    """x with src added at the places that index names along a dimension."""

    def write(self, target: Array, values: Array) -> None:
        """Add the values at the places."""
        add_at(target, self.places(), values)

    def backward(self, grad_out: Array) -> tuple:
        return grad_out if self.needs_grad[0] else None, self.gathered(grad_out) if self.needs_grad[1] else None


_AT = {"sum": np.add, "mean": np.add, "prod": np.multiply, "amax": np.maximum, "amin": np.minimum}


@dataclass(eq=False, repr=False)
class ScatterReduce(Scatter):
    """x with src reduced into the places that index names along a dimension."""

    reduce: str
    include_self: bool = True

    def forward_inplace(self, target: Array, src: Array) -> None:
        if any(self.needs_grad):
            self.x, self.src = target.copy(), src.copy()
        super().forward_inplace(target, src)
        if any(self.needs_grad):
            self.result = target

    def write(self, target: Array, values: Array) -> None:
        """Reduce the values into the places."""
        places = self.places()
        if not self.include_self:
            target[places] = _neutral(self.reduce, target.dtype)
        _AT[self.reduce].at(target, places, values)
        if self.reduce == "mean":
            count = self.count(target.shape, np.ones_like(values)).astype(target.dtype)
            target[...] = target / count if target.dtype.kind == "f" else target // count

    def count(self, shape: tuple[int, ...], values: Array) -> Array:
        """How much was sent to each place, itself included if include_self; at least 1."""
        sent = np.ones(shape) if self.include_self else np.zeros(shape)
        add_at(sent, self.places(), values.astype(sent.dtype))
        return np.maximum(sent, 1)

    def backward(self, grad_out: Array) -> tuple:
        grad_x, grad_src = getattr(self, f"_{self.reduce}_backward")(grad_out)
        if not self.include_self:
            grad_x = self.without_places(grad_x)
        return grad_x, grad_src

    def _sum_backward(self, grad_out: Array) -> tuple:
        return grad_out, self.gathered(grad_out)

    def _mean_backward(self, grad_out: Array) -> tuple:
        if self.index.size:
            count = self.count(lines(grad_out).shape, np.ones(self.index.shape))
            grad_out = (grad_out / count.reshape(grad_out.shape)).astype(grad_out.dtype)
        return grad_out, self.gathered(grad_out)

    def _extreme_backward(self, grad_out: Array) -> tuple:
        """The gradient goes in equal parts to all that are the extreme."""
        if not self.index.size:
            return grad_out, self.gathered(grad_out)
        from_x = np.asarray(self.x == self.result)
        from_src = self.used(self.src) == lines(self.result)[self.places()]
        ties = np.array(from_x, grad_out.dtype)
        add_at(lines(ties), self.places(), from_src.astype(grad_out.dtype))
        share = np.asarray(grad_out / ties)
        grad_src = np.zeros(self.src_shape, grad_out.dtype)
        self.used(grad_src)[...] = np.where(from_src, lines(share)[self.places()], 0)
        return np.where(from_x, share, 0), grad_src

    _amax_backward = _amin_backward = _extreme_backward

    def _prod_backward(self, grad_out: Array) -> tuple:
        """Each factor's gradient is the product of the others, which is zero if one of those is."""
        if not self.index.size:
            return grad_out, self.gathered(grad_out)
        places, values = self.places(), self.used(self.src)
        product, zeros = np.where(self.x == 0, 1, self.x), np.array(self.x == 0, np.int64)
        if not self.include_self:
            lines(product)[places], lines(zeros)[places] = 1, 0
        np.multiply.at(lines(product), places, np.where(values == 0, 1, values))
        np.add.at(lines(zeros), places, np.broadcast_to(values == 0, self.index.shape).astype(np.int64))
        others = lines(product * grad_out)
        counted = lines(zeros)

        def through(factor: Array, others: Array, zeros: Array) -> Array:
            rest = np.where(factor == 0, zeros - 1, zeros)
            return np.where(rest == 0, others / np.where(factor == 0, 1, factor), 0)

        grad_src = np.zeros(self.src_shape, grad_out.dtype)
        found = through(values, others[places], counted[places])
        self.used(grad_src)[...] = found if grad_src.ndim else found.sum()
        return through(self.x, product * grad_out, zeros).astype(grad_out.dtype), grad_src


def _neutral(reduce: str, dtype: np.dtype) -> Array:
    """What changes nothing when reduced with."""
    if reduce in ("sum", "mean", "prod"):
        return np.array(1 if reduce == "prod" else 0, dtype)
    if dtype.kind == "f":
        return np.array(-np.inf if reduce == "amax" else np.inf, dtype)
    if dtype.kind == "b":
        return np.array(reduce == "amin")
    limits = np.iinfo(dtype)
    return np.array(limits.min if reduce == "amax" else limits.max, dtype)


def lines(array: Array) -> Array:
    """A view with at least one dimension."""
    return array if array.ndim else array.reshape(1)
