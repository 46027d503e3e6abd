"""Matrices as products of triangular and orthogonal ones: cholesky, cholesky_solve, cholesky_inverse, qr."""

from __future__ import annotations

import warnings
from bisect import bisect_left
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from ..types import return_types
from .arguments import unbroadcast
from .inverses import check_equation, substitute
from .matrix_checks import (
    LinAlgError,
    check_flags,
    check_matrices,
    check_same_floats,
    check_square,
    first_failure,
    transposed,
)


@dataclass(eq=False, repr=False)
class Cholesky(Operation):
    """The lower triangular L with L @ L.T = x, of which the lower triangle is looked at; or the upper, of the upper.

    Attributes:
        function_name: what the error message begins with.
    """

    torch_name = "LinalgCholeskyExBackward0"
    upper: bool
    function_name: str

    def forward(self, x: Array) -> Array:
        lower = transposed(x) if self.upper else x
        try:
            self.factor = _factor(lower)
        except np.linalg.LinAlgError:
            where, order = first_failure(lower, _minor_not_positive)
            raise LinAlgError(
                f"{self.function_name}:{where} The factorization could not be completed because the input is not "
                f"positive-definite (the leading minor of order {order} is not positive-definite)."
            ) from None
        return np.ascontiguousarray(transposed(self.factor)) if self.upper else self.factor

    def backward(self, grad_out: Array) -> Array:
        """L**-T phi(L.T @ grad) L**-1, in which phi keeps one triangle and makes it symmetric.

        Source:   Murray 2016, Differentiation of the Cholesky decomposition.
        """
        grad = transposed(grad_out) if self.upper else grad_out
        triangle = np.tril(transposed(self.factor) @ grad)
        phi = (triangle + transposed(np.tril(triangle, -1))) * 0.5
        upper = transposed(self.factor)
        right = substitute(upper, phi, upper=True)  # phi is symmetric: so are the two sides
        return substitute(upper, transposed(right), upper=True)


def _factor(lower: Array) -> Array:
    """np.linalg.cholesky, to which NaN is an error too."""
    factor = np.linalg.cholesky(lower)
    if np.isnan(np.diagonal(factor, axis1=-2, axis2=-1)).any():
        raise np.linalg.LinAlgError
    return factor


def _minor_not_positive(matrix: Array) -> int:
    """The order of the first leading minor that is not positive; 0 if all are.

    All that follow are not positive either: so half of those in question are ruled out at a time.
    """

    def positive(order: int) -> bool:
        try:
            _factor(matrix[:order, :order])
        except np.linalg.LinAlgError:
            return False
        return True

    n = len(matrix)
    return 0 if positive(n) else bisect_left(range(n), True, key=lambda order: not positive(order))


@dataclass(eq=False, repr=False)
class CholeskySolve(Operation):
    """X with A @ X = B for the A whose Cholesky factor is given.

    Attributes:
        upper: the factor is the upper triangular one.
    """

    upper: bool

    def forward(self, b: Array, factor: Array) -> Array:
        self.factor, self.b_shape = factor, b.shape
        self.x = self.solution(b)
        return self.x

    def solution(self, b: Array) -> Array:
        """The X for any B."""
        flipped = transposed(self.factor)
        lower, upper = (flipped, self.factor) if self.upper else (self.factor, flipped)
        return substitute(upper, substitute(lower, b, upper=False), upper=True)

    def backward(self, grad_out: Array) -> tuple:
        """A's gradient is -grad_b @ x.T; L's is that of both factors of A = L @ L.T, not cut to its triangle."""
        grad_b, grad_factor = self.solution(grad_out), None
        if self.needs_grad[1]:
            through = grad_b @ transposed(self.x)
            through = through + transposed(through)
            grad_factor = -(self.factor @ through if self.upper else through @ self.factor)
            grad_factor = unbroadcast(grad_factor, self.factor.shape)
        return unbroadcast(grad_b, self.b_shape) if self.needs_grad[0] else None, grad_factor


class CholeskyInverse(CholeskySolve):
    """The inverse of the A whose Cholesky factor is given."""

    def forward(self, factor: Array) -> Array:  # type: ignore[override]
        self.factor = factor
        self.x = self.solution(np.broadcast_to(np.eye(factor.shape[-1], dtype=factor.dtype), factor.shape))
        return self.x

    def backward(self, grad_out: Array) -> Any:
        """As CholeskySolve's, with A's gradient -x @ grad_out @ x."""
        through = self.x @ (grad_out + transposed(grad_out)) @ self.x
        return -(self.factor @ through if self.upper else through @ self.factor)


@dataclass(eq=False, repr=False)
class Qr(Operation):
    """Q with orthonormal columns and an upper triangular R, Q @ R = x.

    Attributes:
        mode: "reduced": as many columns as x has, or rows if those are fewer; "complete": a square Q; "r": no Q.
    """

    torch_name = "LinalgQrBackward0"
    mode: str

    def forward(self, x: Array) -> tuple[Array, Array]:
        mode: Any = self.mode
        found: Any = np.linalg.qr(x, mode)
        self.q: Array
        self.q, self.r = (np.empty(0, x.dtype), found) if mode == "r" else found
        self.x: Any = x if self.needs_grad[0] and x.shape[-2] < x.shape[-1] else None
        return self.q, self.r

    def backward(self, grad_q: Array, grad_r: Array) -> Array:
        """From the square or tall part of x; a wide x has the columns Q @ R behind it.

        Source:   Roberts and Roberts 2020, QR and LQ decomposition matrix backpropagation algorithms.
        """
        if self.mode == "r":
            raise RuntimeError(
                "linalg_qr_backward: cannot compute gradient when mode='r', which gives no Q. Please use "
                "torch.linalg.qr(A, mode='reduced')"
            )
        if self.q.shape[-1] > self.r.shape[-1]:
            raise RuntimeError(
                "The QR decomposition is not differentiable when mode='complete' and nrows > ncols. Use mode='reduced'"
            )
        n = self.q.shape[-1]
        q, r = self.q, self.r[..., :n]
        if self.x is not None:
            grad_q = grad_q + self.x[..., n:] @ transposed(grad_r[..., n:])
        m = np.triu(grad_r[..., :n] @ transposed(r) - transposed(q) @ grad_q)
        symmetric = m + transposed(np.triu(m, 1))
        left = grad_q + q @ symmetric  # times R**-T
        first = transposed(substitute(r, transposed(left), upper=True))
        if self.x is None:
            return first
        return np.concatenate([first, q @ grad_r[..., n:]], axis=-1)


def linalg_cholesky(input: V, *, upper: bool = False) -> V:
    """The lower triangular L with L @ L.T = A (torch.linalg.cholesky).

    Args:     input: A, (..., n, n) float32 or float64, symmetric and positive definite; one triangle is looked at.
              upper: give the upper triangular L.T.
    Raises:   LinAlgError: if A is not positive definite.
    """
    check_square("linalg.cholesky", input)
    check_flags("linalg_cholesky", upper=upper)
    return Cholesky(upper, "linalg.cholesky")(input)


def cholesky(input: V, upper: bool = False) -> V:
    """The same as linalg.cholesky (torch.cholesky)."""
    check_square("cholesky", input)
    check_flags("cholesky", upper=upper)
    _warn_of_old_name("cholesky")
    return Cholesky(upper, "cholesky")(input)


def cholesky_solve(input: V, input2: Variable, upper: bool = False) -> V:
    """X with A @ X = B, given A's Cholesky factor (torch.cholesky_solve).

    Args:     input: B, (..., n, k).
              input2: L, (..., n, n), with L @ L.T = A, or, if upper, L.T @ L = A. One triangle is looked at; the
                  gradient has numbers in both, as in PyTorch.
    """
    check_square("cholesky_solve", input2)
    check_flags("cholesky_solve", upper=upper)
    check_matrices("cholesky_solve", input, "B")
    check_same_floats("cholesky_solve", input=input, input2=input2)
    check_equation("cholesky_solve", input2, input, True)
    return CholeskySolve(upper)(input, input2)


def cholesky_inverse(input: V, upper: bool = False) -> V:
    """The inverse of A, given its Cholesky factor L (torch.cholesky_inverse); see cholesky_solve."""
    check_square("cholesky_inverse", input)
    check_flags("cholesky_inverse", upper=upper)
    return CholeskyInverse(upper)(input)


def linalg_qr(A: Variable, mode: str = "reduced") -> Any:  # noqa: N803 - torch's name
    """Q with orthonormal columns and an upper triangular R with Q @ R = A (torch.linalg.qr).

    Args:     A: (..., m, n) float32 or float64, with k = min(m, n).
              mode: "reduced": Q (..., m, k), R (..., k, n); "complete": Q (..., m, m), R (..., m, n), without gradient
                  if m > n; "r": R as reduced, an empty Q, and no gradient.
    Returns:  the named tuple (Q, R).
    Raises:   RuntimeError: for another mode, less than two dimensions, and other dtypes.
    """
    check_matrices("linalg.qr", A)
    if mode not in ("reduced", "complete", "r"):
        raise RuntimeError(
            f"qr received unrecognized mode '{mode}' but expected one of 'reduced' (default), 'r', or 'complete'"
        )
    return return_types.linalg_qr(*Qr(mode)(A))


def _warn_of_old_name(name: str) -> None:
    warnings.warn(
        f"torch.{name} is deprecated in favor of torch.linalg.{name} and will be removed in a future PyTorch release.",
        UserWarning,
        stacklevel=3,
    )


def qr(input: Variable, some: bool = True) -> Any:
    """linalg.qr, reduced if `some`, else complete (torch.qr)."""
    check_matrices("linalg.qr", input)
    check_flags("qr", some=some)
    _warn_of_old_name("qr")
    return return_types.qr(*Qr("reduced" if some else "complete")(input))
