"""NumPy's decompositions, which never see a number that is not finite: of an infinity LAPACK may not come back."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..autograd.operation import Array
from .matrix_checks import LinAlgError


def _finite(op_name: str, x: Array, looked_at: Array, refuse_nan: bool = True) -> tuple[Array, Array | None]:
    """The identity in place of matrices that are not finite, and which those are; None if all are finite.

    Args:     looked_at: x, or the triangle of it that counts.
              refuse_nan: NaN is an error; infinity is none, as in PyTorch.
    """
    if np.isfinite(looked_at).all():
        return x, None
    if refuse_nan and np.isnan(looked_at).any():
        raise LinAlgError(
            f"{op_name}: The algorithm failed to converge because the input matrix contained non-finite values."
        )
    finite = np.isfinite(looked_at).all(axis=(-2, -1))
    return np.where(finite[..., None, None], x, np.eye(*x.shape[-2:], dtype=x.dtype)), ~finite


def _marked(values: Array, infinite: Array | None) -> Array:
    """The values, but NaN of matrices that were not finite."""
    return values if infinite is None else np.where(infinite[..., None], values.dtype.type(np.nan), values)


def svd(x: Array, full: bool = False, refuse_nan: bool = True) -> tuple[Array, Array, Array]:
    """np.linalg.svd; of a matrix with an infinity the singular values are NaN, and the vectors say nothing.

    Raises:   LinAlgError: for NaN, and if there is no convergence.
    """
    given, infinite = _finite("linalg.svd", x, x, refuse_nan)
    try:
        u, s, vh = np.linalg.svd(given, full_matrices=full)
    except np.linalg.LinAlgError:
        raise _no_convergence("linalg.svd") from None
    return u, _marked(s, infinite), vh


def singular_values(x: Array) -> Array:
    """As svd, without the vectors."""
    given, infinite = _finite("linalg.svd", x, x)
    try:
        return _marked(np.linalg.svd(given, compute_uv=False), infinite)
    except np.linalg.LinAlgError:
        raise _no_convergence("linalg.svd") from None


def eigh(x: Array, triangle: Any = "L") -> tuple[Array, Array]:
    """np.linalg.eigh; of a matrix with an infinity the eigenvalues are NaN, and the vectors say nothing.

    Raises:   LinAlgError: for NaN, and if there is no convergence.
    """
    given, infinite = _finite("linalg.eigh", x, np.tril(x) if triangle == "L" else np.triu(x))
    try:
        values, vectors = np.linalg.eigh(given, triangle)
    except np.linalg.LinAlgError:
        raise _no_convergence("linalg.eigh") from None
    return _marked(values, infinite), vectors


def eigenvalues(x: Array, triangle: Any = "L") -> Array:
    """As eigh, without the vectors."""
    given, infinite = _finite("linalg.eigh", x, np.tril(x) if triangle == "L" else np.triu(x))
    try:
        return _marked(np.linalg.eigvalsh(given, triangle), infinite)
    except np.linalg.LinAlgError:
        raise _no_convergence("linalg.eigh") from None


def _no_convergence(op_name: str) -> LinAlgError:
    return LinAlgError(
        f"{op_name}: The algorithm failed to converge because the input matrix is ill-conditioned or has too many "
        "repeated values."
    )
