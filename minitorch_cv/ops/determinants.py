"""Determinants: det, and slogdet and logdet, which do not overflow."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from ..types import return_types
from .choosing import where
from .comparison import eq
from .inverses import Inverse
from .matrix_checks import check_square, transposed


class Det(Operation):
    """The determinant of each matrix."""

    torch_name = "LinalgDetBackward0"

    def forward(self, x: Array) -> Array:
        self.x: Any = x if self.needs_grad[0] else None
        return np.linalg.det(x)

    def backward(self, grad_out: Array) -> Array:
        """The cofactors: det(x) * inv(x).T, in a form that is right for a singular x too.

        With x = u s v, they are det(u) det(v) u c v, c the products of all singular values but one.
        """
        u, s, v = np.linalg.svd(self.x)
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
        sign, logarithm = np.linalg.slogdet(x)
        return np.asarray(sign, x.dtype), np.asarray(logarithm, x.dtype)

    def backward(self, grad_sign: Array, grad_log: Array) -> Array:
        inverse = Inverse(strict=False)
        inverse.needs_grad = (False,)
        return grad_log[..., None, None] * transposed(inverse.forward(self.x))


def det(A: V) -> V:  # noqa: N803 - torch's name
    """The determinant of a square matrix, or of each of a batch (torch.linalg.det).

    Args:     A: (..., n, n) float32 or float64.
    Returns:  (...).
    """
    check_square("linalg.det", A)
    return Det()(A)


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
