"""Losses of distances between vectors: cosine embedding and triplets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from .arguments import as_number, broadcast_shape, check_floating, check_tensor, promote_floating, unbroadcast
from .choosing import minimum
from .distances import pairwise_distance
from .losses_base import chosen_reduction, reduced, spread
from .losses_margin import MarginRankingLoss

_SMALLEST_SQUARE = 1e-12  # what PyTorch adds to each squared length


@dataclass(eq=False, repr=False)
class CosineEmbeddingLoss(Operation):
    """1 - cosine for target 1, max(0, cosine - margin) for target -1, 0 for any other."""

    torch_name = "AddBackward0"
    reduction: str
    margin: float

    def forward(self, x1: Array, x2: Array, target: Array) -> Array:
        self.shapes = (x1.shape, x2.shape)
        self.x1, self.x2 = np.broadcast_arrays(x1, x2)
        self.target = target
        self.squares = [(x * x).sum(axis=-1) + x.dtype.type(_SMALLEST_SQUARE) for x in (self.x1, self.x2)]
        self.product = np.sqrt(self.squares[0] * self.squares[1])
        self.cosine = (self.x1 * self.x2).sum(axis=-1) / self.product
        zero, margin = np.zeros((), x1.dtype), x1.dtype.type(self.margin)
        losses = np.where(target == 1, 1 - self.cosine, zero)
        losses = losses + np.where(target == -1, np.maximum(self.cosine - margin, 0), zero)
        self.count = losses.size
        return reduced(losses, self.reduction)

    def backward(self, grad_out: Array) -> tuple:
        margin, cosine = self.cosine.dtype.type(self.margin), self.cosine
        apart = ((self.target == -1) & (cosine - margin >= 0)).astype(cosine.dtype)
        slope = apart - (self.target == 1).astype(cosine.dtype)
        grad = (spread(grad_out, self.reduction, self.count) * slope)[..., None]
        pairs = ((self.x1, self.x2, self.squares[0]), (self.x2, self.x1, self.squares[1]))
        grads = (
            grad * (other / self.product[..., None] - cosine[..., None] * x / square[..., None])
            for x, other, square in pairs
        )
        needed = zip(grads, self.shapes, self.needs_grad)
        return (*(unbroadcast(g, shape) if wanted else None for g, shape, wanted in needed), None)


def cosine_embedding_loss(
    input1: V,
    input2: Variable,
    target: Variable,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> V:
    """1 - cosine(input1, input2) for target 1, what the cosine exceeds the margin by for target -1, reduced.

    Args:     input1, input2: (N, D), or (D,), broadcast with each other.
              target: (N,), or (), of 1 and -1.
    Raises:   RuntimeError: for shapes that do not fit.
    """
    op_name = "cosine_embedding_loss"
    reduction = chosen_reduction(op_name, reduction, size_average, reduce)
    for arg_name, tensor in (("input1", input1), ("input2", input2), ("target", target)):
        check_tensor(op_name, tensor, arg_name)
    margin = as_number(op_name, "margin", margin)
    if target.ndim > 1:
        raise RuntimeError(f"{op_name}: 0D or 1D target tensor expected, multi-target not supported")
    if not input1.ndim == input2.ndim == target.ndim + 1:
        raise RuntimeError(
            f"{op_name}: {target.ndim}D target tensor expects {target.ndim + 1}D input tensors, but found inputs with "
            f"sizes {list(input1.shape)} and {list(input2.shape)}."
        )
    x1, x2 = promote_floating(op_name, input1, input2)
    check_floating(op_name, x1, "input1")
    broadcast_shape(op_name, broadcast_shape(op_name, x1.shape, x2.shape)[:-1], target.shape)
    return CosineEmbeddingLoss(reduction, margin)(x1, x2, target.detached())


def _check_triplet(op_name: str, anchor: Variable, positive: Variable, negative: Variable, margin: float) -> None:
    for arg_name, tensor in (("anchor", anchor), ("positive", positive), ("negative", negative)):
        check_tensor(op_name, tensor, arg_name)
    if not margin > 0:
        raise ValueError(f"{op_name}: margin must be greater than 0, got {margin}")
    if not anchor.ndim == positive.ndim == negative.ndim:
        raise RuntimeError(
            f"{op_name}: The anchor, positive, and negative tensors are expected to have the same number of dimensions"
            f", but got: anchor {anchor.ndim}D, positive {positive.ndim}D, and negative {negative.ndim}D inputs"
        )


def _of_distances(op_name: str, near: Variable, far: Variable, margin: float, reduction: str) -> Any:
    """max(0, margin + near - far): far shall exceed near by the margin."""
    return MarginRankingLoss(reduction, margin)(*promote_floating(op_name, far, near, 1))


def triplet_margin_loss(
    anchor: V,
    positive: Variable,
    negative: Variable,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> V:
    """max(0, margin + distance(anchor, positive) - distance(anchor, negative)), reduced.

    Args:     anchor, positive, negative: (N, D) or (D,).
              margin: greater than 0.
              p, eps: as in pairwise_distance.
              swap: take distance(positive, negative) where it is smaller than distance(anchor, negative).
    Raises:   ValueError: if margin is not positive. RuntimeError: for different numbers of dimensions.
    Source:   Balntas et al. 2016.
    """
    op_name = "triplet_margin_loss"
    reduction = chosen_reduction(op_name, reduction, size_average, reduce)
    _check_triplet(op_name, anchor, positive, negative, margin)
    near = pairwise_distance(anchor, positive, p, eps)
    far = pairwise_distance(anchor, negative, p, eps)
    if swap:
        far = minimum(far, pairwise_distance(positive, negative, p, eps))
    return _of_distances(op_name, near, far, margin, reduction)


def triplet_margin_with_distance_loss(
    anchor: V,
    positive: Variable,
    negative: Variable,
    *,
    distance_function: Callable[[Any, Any], Any] | None = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> V:
    """Triplet_margin_loss with a distance of your own.

    Args:     distance_function: takes two tensors; pairwise_distance by default.
    Raises:   ValueError: if margin is not positive. RuntimeError: for different numbers of dimensions.
    """
    op_name = "triplet_margin_with_distance_loss"
    reduction = chosen_reduction(op_name, reduction)
    _check_triplet(op_name, anchor, positive, negative, margin)
    distance = pairwise_distance if distance_function is None else distance_function
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = minimum(far, distance(positive, negative))
    return _of_distances(op_name, near, far, margin, reduction)
