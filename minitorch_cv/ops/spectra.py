"""Eigenvalues of symmetric matrices and singular values, with their vectors: eigh, eigvalsh, svd."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from ..types import return_types
from . import decompositions
from .matrix_checks import check_flags, check_matrices, check_square, transposed
from .norms import Svdvals
from .permuting import transpose


def _differences(values: Array) -> Array:
    """values[j] - values[i] for all pairs, and 1 for a value and itself."""
    n = values.shape[-1]
    return np.where(np.eye(n, dtype=bool), values.dtype.type(1), values[..., None, :] - values[..., :, None])


@dataclass(eq=False, repr=False)
class Eigh(Operation):
    """The eigenvalues of a symmetric matrix, the smallest first, and eigenvectors as columns.

    Attributes:
        triangle: "L" or "U": which triangle is looked at.
        vectors: whether the eigenvectors are a result.
    """

    torch_name = "LinalgEighBackward0"
    triangle: Any
    vectors: bool

    def forward(self, x: Array) -> Any:
        if not self.vectors and not self.needs_grad[0]:
            return decompositions.eigenvalues(x, self.triangle)
        self.values, self.q = decompositions.eigh(x, self.triangle)
        return (self.values, self.q) if self.vectors else self.values

    def backward(self, grad_values: Array, grad_q: Array | None = None) -> Array:
        """q (diag(grad_values) + skew(q.T @ grad_q) / differences) q.T, with skew(x) = (x - x.T) / 2: symmetric.

        Source:   Giles 2008, An extended collection of matrix derivative results.
        """
        if grad_q is None:
            return (self.q * grad_values[..., None, :]) @ transposed(self.q)
        inner = _antisymmetric(transposed(self.q) @ grad_q) / 2 / _differences(self.values)
        diagonal = np.arange(self.values.shape[-1])
        inner[..., diagonal, diagonal] = grad_values
        return self.q @ inner @ transposed(self.q)


@dataclass(eq=False, repr=False)
class Svd(Operation):
    """Left singular vectors as columns, singular values, the largest first, and right singular vectors as rows.

    Attributes:
        full: square U and Vh. What U and Vh have more than singular values has no gradient.
    """

    torch_name = "LinalgSvdBackward0"
    full: bool

    def forward(self, x: Array) -> tuple[Array, Array, Array]:
        u, s, vh = decompositions.svd(x, self.full)
        self.u, self.s, self.vh = u, s, vh
        return u, s, vh

    def backward(self, grad_u: Array, grad_s: Array, grad_vh: Array) -> Array:
        """u (inner) vh, and what leads out of the space of the singular vectors if x is not square.

        Source:   Townsend 2016, Differentiating the singular value decomposition.
        """
        s = self.s
        k = s.shape[-1]
        u, grad_u, v, grad_v = self.u[..., :k], grad_u[..., :k], transposed(self.vh)[..., :k], transposed(grad_vh)
        grad_v = grad_v[..., :k]
        distances = _differences(s * s)
        inner = _antisymmetric(transposed(u) @ grad_u) / distances * s[..., None, :]
        inner += s[..., :, None] * (_antisymmetric(transposed(v) @ grad_v) / distances)
        diagonal = np.arange(k)
        inner[..., diagonal, diagonal] += grad_s
        result = u @ inner
        if self.u.shape[-2] > k:
            over = grad_u / s[..., None, :]
            result = result + over - u @ (transposed(u) @ over)
        result = result @ transposed(v)
        if self.vh.shape[-1] > k:
            over = transposed(grad_v / s[..., None, :])
            result = result + u @ (over - over @ v @ transposed(v))
        return result


def _antisymmetric(x: Array) -> Array:
    return x - transposed(x)


def _check_triangle(triangle: Any) -> str:
    if not isinstance(triangle, str) or triangle.upper() not in ("L", "U"):
        raise RuntimeError(f"Expected UPLO argument to be 'L' or 'U', but got {triangle}")
    return triangle.upper()


def eigh(input: Variable, UPLO: str = "L") -> Any:  # noqa: N803 - torch's name
    """Eigenvalues, the smallest first, and eigenvectors of a symmetric matrix (torch.linalg.eigh).

    Args:     input: (..., n, n) float32 or float64.
              UPLO: which triangle of input is looked at, "L" or "U".
    Returns:  the named tuple (eigenvalues (..., n), eigenvectors (..., n, n), one in each column). Each vector may be
              its negative as well.
    Raises:   LinAlgError: for NaN, and if there is no convergence. RuntimeError: for other shapes, dtypes and UPLO.
    """
    check_square("linalg.eigh", input)
    return return_types.linalg_eigh(*Eigh(_check_triangle(UPLO), True)(input))


def eigvalsh(input: V, UPLO: str = "L") -> V:  # noqa: N803 - torch's name
    """The eigenvalues of a symmetric matrix, the smallest first (torch.linalg.eigvalsh); arguments as eigh's."""
    check_square("linalg.eigh", input)
    return Eigh(_check_triangle(UPLO), False)(input)


def linalg_svd(A: Variable, full_matrices: bool = True, *, driver: str | None = None) -> Any:  # noqa: N803
    """Singular values, the largest first, and their vectors: U @ diag(S) @ Vh = A (torch.linalg.svd).

    Args:     A: (..., m, n) float32 or float64, with k = min(m, n).
              full_matrices: U (..., m, m) and Vh (..., n, n) instead of (..., m, k) and (..., k, n); what they have
                  more has no gradient.
              driver: None; others are for CUDA.
    Returns:  the named tuple (U, S, Vh). A pair of vectors may be its negative as well.
    Raises:   LinAlgError: for NaN, and if there is no convergence. RuntimeError: for other shapes and dtypes, and a
                  driver.
    """
    check_matrices("linalg.svd", A)
    check_flags("linalg_svd", full_matrices=full_matrices)
    if driver is not None:
        raise RuntimeError(
            "torch.linalg.svd: keyword argument `driver=` is only supported on CUDA inputs with cuSOLVER backend."
        )
    return return_types.linalg_svd(*Svd(full_matrices)(A))


def svd(input: Variable, some: bool = True, compute_uv: bool = True) -> Any:
    """linalg.svd with V instead of its transpose (torch.svd).

    Args:     some: reduced U and V; False: square ones.
              compute_uv: False: zeros for U and V.
    Returns:  the named tuple (U, S, V).
    """
    check_matrices("linalg.svd", input)
    check_flags("svd", some=some, compute_uv=compute_uv)
    if not compute_uv:
        m, n = input.array.shape[-2:]
        batch = input.array.shape[:-2]
        u, v = (input.wrap(np.zeros((*batch, side, side), input.array.dtype)) for side in (m, n))
        return return_types.svd(u, Svdvals()(input), v)
    left, values, right = Svd(not some)(input)
    return return_types.svd(left, values, transpose(right, -2, -1))
