"""cdist and pdist: the distances of all pairs of points, as nearest neighbours need them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from .arguments import as_number, check_tensor, unbroadcast
from .gathering import IndexSelect
from .norms import p_norm
from .reshaping import reshape

_MODES = (
    "use_mm_for_euclid_dist_if_necessary",
    "use_mm_for_euclid_dist",
    "donot_use_mm_for_euclid_dist",
)
_FEW = 25  # points, up to which PyTorch takes no matrix product in the first mode
_AT_ONCE = 1 << 22  # differences that are kept at a time


@dataclass(eq=False, repr=False)
class PairwiseDistances(Operation):
    """The p-norm of x1[i] - x2[j] for all i and j.

    Attributes:
        by_product: take |a|² - 2ab + |b|², one matrix product, for p=2.
    """

    torch_name = "CdistBackward0"
    p: float
    by_product: bool

    def forward(self, x1: Array, x2: Array) -> Array:
        self.shapes = x1.shape, x2.shape
        batch = np.broadcast_shapes(x1.shape[:-2], x2.shape[:-2])
        self.x1, self.x2 = (np.broadcast_to(x, (*batch, *x.shape[-2:])) for x in (x1, x2))
        if self.by_product:
            squares = [(x * x).sum(axis=-1) for x in (self.x1, self.x2)]
            found = squares[0][..., :, None] + squares[1][..., None, :]
            found -= 2 * (self.x1 @ self.x2.swapaxes(-1, -2))
            self.distances = np.sqrt(np.maximum(found, 0))
            return self.distances
        self.distances = np.empty((*batch, x1.shape[-2], x2.shape[-2]), x1.dtype)
        for part, difference in self._differences():
            self.distances[..., part, :] = p_norm(difference, self.p, (-1,))
        return self.distances

    def _differences(self) -> Iterator[tuple[slice, Array]]:
        """Some rows of x1 at a time, and their differences from all of x2: (..., rows, R, M)."""
        rows = self.x1.shape[-2]
        step = max(1, _AT_ONCE // max(1, self.x2.size))
        for start in range(0, rows, step):
            part = slice(start, min(start + step, rows))
            yield part, self.x1[..., part, None, :] - self.x2[..., None, :, :]

    def backward(self, grad_out: Array) -> tuple[Array | None, ...]:
        with np.errstate(divide="ignore", invalid="ignore"):
            if self.p == 2:
                share = np.where(self.distances > 0, grad_out / self.distances, 0)
                grads = (
                    share.sum(axis=-1)[..., None] * self.x1 - share @ self.x2,
                    share.sum(axis=-2)[..., None] * self.x2 - share.swapaxes(-1, -2) @ self.x1,
                )
            else:
                grads = np.zeros_like(self.x1), np.zeros_like(self.x2)
                for part, difference in self._differences():
                    distance, grad = self.distances[..., part, :, None], grad_out[..., part, :, None]
                    slope = grad * _slope(difference, distance, self.p)
                    grads[0][..., part, :] = slope.sum(axis=-2)
                    grads[1][...] -= slope.sum(axis=-3)
        return tuple(
            unbroadcast(grad, shape) if needed else None
            for grad, shape, needed in zip(grads, self.shapes, self.needs_grad)
        )


def _slope(difference: Array, distance: Array, p: float) -> Array:
    """The derivative of the distance by the difference; 0 where it has none."""
    sign = np.sign(difference)
    if p == 0:
        return np.zeros_like(difference)
    if p == 1:
        return sign
    if math.isinf(p):
        return sign * (np.abs(difference) == distance)
    slope = sign * (np.abs(difference) / distance) ** (p - 1)
    return np.where((distance > 0) & (difference != 0), slope, 0)


def cdist(x1: V, x2: Variable, p: float = 2.0, compute_mode: str | None = _MODES[0]) -> V:
    """The distances of all pairs of points (torch.cdist).

    Args:     x1: (..., P, M), P points of M numbers, float32 or float64; x2: (..., R, M), of the same dtype.
              p: of the p-norm, 0 (how many numbers differ) to infinity (the largest difference).
              compute_mode: whether p=2 is computed by a matrix product, which is fast and less exact:
                'use_mm_for_euclid_dist', 'donot_use_mm_for_euclid_dist', or, the default, for more than 25 points.
    Returns:  (..., P, R).
    Raises:   RuntimeError: for other shapes, dtypes and p. ValueError: for another compute_mode.

    >>> from minitorch_cv import tensor
    >>> cdist(tensor([[0.0, 0.0]]), tensor([[3.0, 4.0], [0.0, 1.0]]))
    tensor([[5., 1.]])
    """
    check_tensor("cdist", x1, "x1")
    check_tensor("cdist", x2, "x2")
    a, b = x1.array, x2.array
    for name, x in (("x1", x1), ("x2", x2)):
        if x.array.dtype.kind != "f":
            raise RuntimeError(f"cdist only supports floating-point dtypes, {name} got: {x.dtype}")
        if x.array.ndim < 2:
            raise RuntimeError(f"cdist only supports at least 2D tensors, {name} got: {x.array.ndim}D")
    if a.dtype != b.dtype:
        raise RuntimeError(f"cdist: x1 is {x1.dtype} and x2 {x2.dtype}, expected the same dtype")
    if a.shape[-1] != b.shape[-1]:
        raise RuntimeError(f"X1 and X2 must have the same number of columns. X1: {a.shape[-1]} X2: {b.shape[-1]}")
    p = as_number("cdist", "p", p)
    if not p >= 0:
        raise RuntimeError(f"cdist only supports non-negative p values, got {p!r}")
    if compute_mode is not None and compute_mode not in _MODES:
        raise ValueError(f"cdist: {compute_mode} is not a valid value for compute_mode; there are {', '.join(_MODES)}")
    many = max(a.shape[-2], b.shape[-2]) > _FEW
    by_product = p == 2 and (compute_mode == _MODES[1] or (compute_mode in (None, _MODES[0]) and many))
    return PairwiseDistances(float(p), by_product)(x1, x2)


def pdist(input: V, p: float = 2) -> V:
    """The distances of all pairs of points of one set, each pair once (F.pdist).

    Args:     input: (N, M), N points of M numbers.
              p: of the p-norm, 0 (how many numbers differ) to infinity (the largest difference).
    Returns:  (N * (N - 1) / 2,): of the first point and all after it, then of the second, and so on.
    Raises:   RuntimeError: for other shapes, integers, and a negative p.
    """
    check_tensor("pdist", input)
    if input.array.ndim != 2:
        raise RuntimeError(f"pdist only supports 2D tensors, got: {input.array.ndim}D")
    if input.array.dtype.kind != "f":
        raise RuntimeError(f"pdist only supports floating-point dtypes, got: {input.dtype}")
    p = as_number("pdist", "p", p)
    if not p >= 0:
        raise RuntimeError(f"pdist only supports non-negative p values, got {p!r}")
    count = len(input.array)
    rows, columns = np.triu_indices(count, 1)
    distances = PairwiseDistances(float(p), False)(input, input)
    return IndexSelect(0, rows * count + columns)(reshape(distances, (count * count,)))
