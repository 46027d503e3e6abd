"""Determinants: det, and slogdet and logdet, which do not overflow."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from ..types import return_types
from . import decompositions
from .choosing import where
from .comparison import eq
from .inverses import Inverse, pivots
from .matrix_checks import check_square, transposed


def _breaks_off(x: Array, signs: Array) -> Array:
    """Where NumPy says 0 since one pivot is 0, although another is not finite: their product is NaN."""
    found = np.zeros(signs.shape, bool)
    for place in map(tuple, np.argwhere((signs == 0) & ~np.isfinite(x).all(axis=(-2, -1)))):
        found[place] = not np.isfinite(pivots(x[place])).all()
    return found


class Det(Operation):
    """The determinant of each matrix."""

    torch_name = "LinalgDetBackward0"

    def forward(self, x: Array) -> Array:
        self.x: Any = x if self.needs_grad[0] else None
        determinants = np.asarray(np.linalg.det(x))
        determinants[_breaks_off(x, determinants)] = np.nan
        return determinants

    def backward(self, grad_out: Array) -> Array:
        """The cofactors: det(x) * inv(x).T, in a form that is right for a singular x too.

        With x = u s v, they are det(u) det(v) u c v, c the products of all singular values but one.
        """
        u, s, v = decompositions.svd(self.x, full=True, refuse_nan=False)
        ones = np.ones_like(s[..., :1])
        before = np.cumprod(np.concatenate([ones, s[..., :-1]], axis=-1), axis=-1)
        after = np.cumprod(np.concatenate([ones, s[..., :0:-1]], axis=-1), axis=-1)[..., ::-1]
        orientation = np.rint(np.linalg.det(u) * np.linalg.det(v)).astype(s.dtype)
        return (u * (before * after * (orientation * grad_out)[..., None])[..., None, :]) @ v


class Slogdet(Operation):
    """The sign of the determinant, and the logarithm of its absolute value."""

    torch_name = "LinalgSlogdetBackward0"

    def forward(self, x: Array) -> tuple[Array, Array]:
        self.x: Any = x if self.needs_grad[0] else None
        sign, logarithm = (np.asarray(found, x.dtype) for found in np.linalg.slogdet(x))
        logarithm[_breaks_off(x, sign)] = np.nan
        sign[np.isnan(logarithm)] = 0
        return sign, logarithm

    def backward(self, grad_sign: Array, grad_log: Array) -> Array:
        inverse = Inverse(strict=False)
        inverse.needs_grad = (False,)
        return grad_log[..., None, None] * transposed(inverse.forward(self.x))


def linalg_det(A: V) -> V:  # noqa: N803 - torch's name
    """The determinant of a square matrix, or of each of a batch (torch.linalg.det).

    Args:     A: (..., n, n) float32 or float64.
    Returns:  (...).
    """
    check_square("linalg.det", A)
    return Det()(A)


def det(input: V) -> V:
    """The same as linalg.det (torch.det)."""
    return linalg_det(input)


def linalg_slogdet(A: Variable) -> Any:  # noqa: N803 - torch's name
    """The sign of the determinant, and log(abs(determinant)): 0 and -inf if singular (torch.linalg.slogdet).

    Returns:  the named tuple (sign, logabsdet).
    """
    check_square("linalg.slogdet", A)
    return return_types.linalg_slogdet(*Slogdet()(A))


def slogdet(input: Variable) -> Any:
    """The same as linalg.slogdet (torch.slogdet)."""
    return return_types.slogdet(*linalg_slogdet(input))


def logdet(input: V) -> V:
    """log(det(input)); NaN if the determinant is negative (torch.logdet)."""
    check_square("logdet", input)
    sign, logarithm = Slogdet()(input)
    return where(eq(sign, -1), float("nan"), logarithm)
