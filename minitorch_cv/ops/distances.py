"""Similarities and distances of vectors: cosine_similarity, pairwise_distance, dist, normalize."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from .arguments import as_number, check_floating, check_tensor, normalize_dim, promote, promote_floating, unbroadcast
from .arithmetic import add, div, sub
from .clamping import clamp_min
from .norms import vector_norm

Axis = tuple[int, ...]  # one dimension, or () for a 0-d tensor, which is a vector of one element


def _length(x: Array, axis: Axis) -> Array:
    """The Euclidean length along a dimension, which stays with size 1."""
    return np.sqrt((x * x).sum(axis=axis, keepdims=True))


def _direction(x: Array, axis: Axis) -> Array:
    """The derivative of the length: x divided by it, and 0 where it is 0."""
    length = _length(x, axis)
    return x / np.where(length == 0, np.ones((), x.dtype), length)


@dataclass(eq=False, repr=False)
class CosineSimilarity(Operation):
    """The sum along an axis of x1 * x2, each divided by its length, which counts as eps at least."""

    torch_name = "SumBackward1"
    axis: Axis
    eps: float

    def forward(self, x1: Array, x2: Array) -> Array:
        self.shapes = (x1.shape, x2.shape)
        self.x1, self.x2 = np.broadcast_arrays(x1, x2)
        self.lengths = [np.maximum(_length(x, self.axis), x.dtype.type(self.eps)) for x in (self.x1, self.x2)]
        return (self.x1 / self.lengths[0] * (self.x2 / self.lengths[1])).sum(axis=self.axis)

    def backward(self, grad_out: Array) -> tuple:
        grad = np.expand_dims(grad_out, self.axis)
        unit1, unit2 = self.x1 / self.lengths[0], self.x2 / self.lengths[1]
        cosine = (unit1 * unit2).sum(axis=self.axis, keepdims=True)
        pairs = ((self.x1, unit2, self.lengths[0]), (self.x2, unit1, self.lengths[1]))
        return tuple(
            unbroadcast(grad / length * (other - cosine * _direction(x, self.axis)), shape) if needed else None
            for (x, other, length), shape, needed in zip(pairs, self.shapes, self.needs_grad)
        )


def cosine_similarity(x1: V, x2: Variable, dim: int = 1, eps: float = 1e-8) -> V:
    """The cosine of the angle between vectors, -1 to 1.

    Args:     x1, x2: broadcast with each other.
              dim: the dimension that holds the vectors' elements.
              eps: the least length a vector counts with.
    Raises:   RuntimeError: for integers, or shapes that do not broadcast. IndexError: if there is no such dimension.
    """
    check_tensor("cosine_similarity", x1, "x1")
    check_tensor("cosine_similarity", x2, "x2")
    a, b = promote("cosine_similarity", x1, x2)
    if not a.dtype.is_floating_point:
        raise RuntimeError(
            f"cosine_similarity: expected common dtype to be floating point, yet common dtype is {a.dtype.tensor_type}"
        )
    check_floating("cosine_similarity", a, "x1")
    eps = as_number("cosine_similarity", "eps", eps)
    ndim = max(x1.ndim, x2.ndim)
    dim = normalize_dim("cosine_similarity", dim, ndim)
    return CosineSimilarity((dim,) if ndim else (), eps)(a, b)


def pairwise_distance(x1: V, x2: Variable, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> V:
    """The p-norm of x1 - x2 + eps, of vectors along the last dimension.

    Args:     x1, x2: (..., D), broadcast with each other.
              keepdim: keep the last dimension, with size 1.
    """
    check_tensor("pairwise_distance", x1, "x1")
    check_tensor("pairwise_distance", x2, "x2")
    eps = as_number("pairwise_distance", "eps", eps)
    a, b = promote_floating("pairwise_distance", x1, x2)
    check_floating("pairwise_distance", a, "x1")
    return vector_norm(add(sub(a, b), eps), p, -1, keepdim)


def dist(input: V, other: Variable, p: float = 2) -> V:
    """The p-norm of input - other, of all elements (torch.dist).

    Raises:   RuntimeError: for integers.
    """
    check_tensor("dist", input)
    check_tensor("dist", other, "other")
    return vector_norm(sub(input, other), p)


def normalize(input: V, p: float = 2.0, dim: int | tuple[int, ...] = 1, eps: float = 1e-12, out: None = None) -> V:
    """`input` divided by its p-norm along a dimension, which counts as eps at least.

    Raises:   RuntimeError: for integers. IndexError: if there is no such dimension.
              NotImplementedError: if out is given.
    """
    if out is not None:
        raise NotImplementedError("normalize: out= is not supported; copy the result with out.copy_(...)")
    check_floating("normalize", input)
    return div(input, clamp_min(vector_norm(input, p, dim, True), as_number("normalize", "eps", eps)))
