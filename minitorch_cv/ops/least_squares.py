"""What singular values are good for: pinv, lstsq, matrix_rank, cond."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from ..types import return_types
from .arguments import as_number, broadcast_shape, check_tensor, unbroadcast
from .arithmetic import div, mul
from .expanding import expand
from .filling import masked_fill
from .inverses import Inverse
from .matrix_checks import LinAlgError, check_floats, check_matrices, check_matrix_shape, check_square, transposed
from .norms import Svdvals, matrix_norm
from .reshaping import reshape, squeeze, unsqueeze
from .slicing import select

Number = float | None


@dataclass(frozen=True)
class Cutoff:
    """Which singular values count as 0: those of at most atol, or at most rtol times the largest."""

    atol: float
    rtol: float

    def kept(self, s: Array) -> Array:
        """Where the absolute values of `s`, along its last dimension, do not count as 0."""
        largest = s.max(axis=-1, keepdims=True, initial=0)
        return s > np.maximum(np.asarray(self.atol, s.dtype), np.asarray(self.rtol, s.dtype) * largest)


def _cutoff(op_name: str, x: Variable, atol: Any, rtol: Any) -> Cutoff:
    """By default the largest side times the dtype's precision, unless there is an atol."""
    atol, rtol = (
        tolerance if tolerance is None else as_number(op_name, name, tolerance)
        for name, tolerance in (("atol", atol), ("rtol", rtol))
    )
    if rtol is None:
        by_default = max(x.array.shape[-2:]) * float(np.finfo(x.array.dtype).eps)
        rtol = 0.0 if atol is not None and atol > 0 else by_default
    return Cutoff(0.0 if atol is None else float(atol), float(rtol))


@dataclass(eq=False, repr=False)
class Pinv(Operation):
    """The pseudo-inverse of each matrix."""

    torch_name = "LinalgPinvBackward0"
    cutoff: Cutoff
    hermitian: bool

    def forward(self, x: Array) -> Array:
        self.x: Any = x if self.needs_grad[0] else None
        self.y = pseudo_inverse(x, self.cutoff, self.hermitian)
        return self.y

    def backward(self, grad_out: Array) -> Array:
        return pseudo_inverse_gradient(self.x, self.y, grad_out)


def pseudo_inverse(x: Array, cutoff: Cutoff, hermitian: bool = False) -> Array:
    """The pseudo-inverse from singular values, or, of symmetric matrices, from eigenvalues."""
    try:
        if hermitian:
            values, right = np.linalg.eigh(x)
            left = right
        else:
            left, values, rows = np.linalg.svd(x, full_matrices=False)
            right = transposed(rows)
    except np.linalg.LinAlgError:
        raise LinAlgError(
            "linalg.pinv: The algorithm failed to converge because the input matrix is ill-conditioned or contains "
            "non-finite values."
        ) from None
    kept = cutoff.kept(np.abs(values))
    inverted = np.where(kept, 1 / np.where(kept, values, 1), 0).astype(x.dtype)
    return (right * inverted[..., None, :]) @ transposed(left)


def pseudo_inverse_gradient(x: Array, y: Array, grad: Array) -> Array:
    """The gradient of x, whose pseudo-inverse y has the gradient `grad`, where the rank does not change.

    Source:   Golub and Pereyra 1973, The differentiation of pseudo-inverses.
    """
    xt, yt, gt = transposed(x), transposed(y), transposed(grad)
    identity = np.eye(x.shape[-2], dtype=x.dtype), np.eye(x.shape[-1], dtype=x.dtype)
    inside = -yt @ grad @ yt
    left = (identity[0] - transposed(y) @ xt) @ gt @ y @ yt
    right = yt @ y @ gt @ (identity[1] - xt @ yt)
    return inside + left + right


@dataclass(eq=False, repr=False)
class Lstsq(Operation):
    """The X for which the columns of A @ X - B are shortest, the shortest such X; and rank and singular values of A.

    A and B are matrices of the same batch.
    """

    torch_name = "LinalgLstsqBackward0"
    cutoff: Cutoff

    def forward(self, a: Array, b: Array) -> tuple[Array, Array, Array, Array]:
        values = np.linalg.svd(a, compute_uv=False)
        self.pinv = pseudo_inverse(a, self.cutoff)
        solution = self.pinv @ b
        self.a, self.b = a, b
        rank = self.cutoff.kept(values).sum(axis=-1)
        difference = b - a @ solution
        return solution, (difference * difference).sum(axis=-2), rank, values

    def backward(self, grad_x: Array, grad_residuals: Array, *_: Any) -> tuple:
        grad_a = grad_b = None
        difference = self.b - self.a @ (self.pinv @ self.b)
        through = 2 * difference * grad_residuals[..., None, :]  # least at X: only A and B themselves count
        if self.needs_grad[0]:
            grad_inverse = grad_x @ transposed(self.b)
            grad_a = pseudo_inverse_gradient(self.a, self.pinv, grad_inverse)
            grad_a = grad_a - through @ transposed(self.pinv @ self.b)
            grad_a = unbroadcast(grad_a, self.a.shape)
        if self.needs_grad[1]:
            grad_b = unbroadcast(transposed(self.pinv) @ grad_x + through, self.b.shape)
        return grad_a, grad_b


def pinv(
    A: V,  # noqa: N803 - torch's name
    rcond: Number = None,
    hermitian: bool = False,
    *,
    atol: Number = None,
    rtol: Number = None,
) -> V:
    """The pseudo-inverse of a matrix, or of each of a batch (torch.linalg.pinv).

    Args:     A: (..., m, n) float32 or float64.
              rcond: an old name of rtol.
              hermitian: A is symmetric; its lower triangle is looked at.
              atol, rtol: singular values of at most atol, or rtol times the largest, count as 0; by default atol is 0
                  and rtol max(m, n) times the dtype's precision, or 0 if there is an atol.
    Returns:  (..., n, m).
    """
    check_tensor("linalg.pinv", A, "A")
    if A.array.ndim < 2 or A.array.dtype not in (np.float32, np.float64):
        raise RuntimeError(
            f"linalg.pinv({A.dtype.tensor_type}{{{list(A.array.shape)}}}): expected a tensor with 2 or more dimensions "
            "of float, double, cfloat or cdouble types"
        )
    if hermitian:
        check_square("linalg.pinv", A)
    if rcond is not None and (atol is not None or rtol is not None):
        raise TypeError("linalg_pinv() received an invalid combination of arguments: rcond beside atol or rtol")
    return Pinv(_cutoff("linalg.pinv", A, atol, rtol if rcond is None else rcond), bool(hermitian))(A)


def pinverse(input: V, rcond: float = 1e-15) -> V:
    """The pseudo-inverse (torch.pinverse); see linalg.pinv."""
    return pinv(input, rcond)


def lstsq(
    A: Variable,  # noqa: N803 - torch's name
    B: Variable,  # noqa: N803 - torch's name
    rcond: Number = None,
    *,
    driver: str | None = None,
) -> Any:
    """The X for which A @ X is nearest to B, the shortest of several (torch.linalg.lstsq).

    Args:     A: (..., m, n) float32 or float64.
              B: (..., m, k), or, with a dimension less than A, vectors (..., m); of A's dtype. Batches broadcast.
              rcond: singular values of at most rcond times the largest count as 0; None: max(m, n) times the dtype's
                  precision.
              driver: "gelsy" (the default), "gelsd" or "gelss", which also gives singular values; "gels": A has to be
                  of full rank, and no rank is given.
    Returns:  the named tuple (solution (..., n, k), residuals (..., k), rank (...), singular_values (..., min(m, n))).
              Residuals are sums of squares, empty for "gelsy" and unless m > n and all of A's ranks are n.
    Raises:   LinAlgError: for "gels" and less than full rank. RuntimeError: for other shapes, dtypes and drivers.
    """
    name = "torch.linalg.lstsq"
    check_tensor(name, A, "input")
    check_tensor(name, B, "other")
    a, b = A.array, B.array
    if a.ndim < 2:
        raise RuntimeError(f"{name}: input must have at least 2 dimensions. Got shape {list(a.shape)}")
    if b.ndim < 1:
        raise RuntimeError(f"{name}: other must have at least 1 dimension.")
    if a.dtype != b.dtype:
        raise RuntimeError(
            f"{name}: Expected input and other to have the same dtype, but got input's dtype {A.dtype.tensor_type} and "
            f"other's dtype {B.dtype.tensor_type}"
        )
    check_floats(name, A)
    if driver not in (None, "gels", "gelsy", "gelsd", "gelss"):
        raise RuntimeError(f"{name}: parameter `driver` should be one of (gels, gelsy, gelsd, gelss), got {driver!r}")
    vectors = a.ndim - 1 == b.ndim
    if (not vectors and b.ndim < 2) or a.shape[-2] != b.shape[-1 if vectors else -2]:
        raise RuntimeError(
            f"{name}: input.size(-2) should match other.size(-2), but the shapes are {list(a.shape)} and "
            f"{list(b.shape)}"
        )
    return _least_squares(A, B, rcond, driver, vectors)


def _least_squares(given: Variable, wanted: Variable, rcond: Number, driver: str | None, vectors: bool) -> Any:
    columns: Any = reshape(wanted, (*wanted.array.shape, 1)) if vectors else wanted
    batch = broadcast_shape("linalg.lstsq", given.array.shape[:-2], columns.array.shape[:-2])
    a = expand(given, (*batch, *given.array.shape[-2:]))
    columns = expand(columns, (*batch, *columns.array.shape[-2:]))
    m, n = a.array.shape[-2:]
    solution, residuals, rank, values = Lstsq(_cutoff("linalg.lstsq", a, None, rcond))(a, columns)
    full = bool((rank.array == min(m, n)).all())
    if driver == "gels":
        if not full:
            raise LinAlgError(
                "torch.linalg.lstsq: The least squares solution could not be computed because the input matrix does "
                f"not have full rank (the rank is {rank.array.min()}, full would be {min(m, n)})."
            )
        rank = given.wrap(np.empty(0, np.int64))
    nothing = given.wrap(np.empty(0, a.array.dtype))
    return return_types.linalg_lstsq(
        squeeze(solution, -1) if vectors else solution,
        residuals if m > n and full and driver not in (None, "gelsy") else nothing,
        rank,
        given.wrap(values.array) if driver in ("gelsd", "gelss") else nothing,
    )


def matrix_rank(
    A: V,  # noqa: N803 - torch's name
    tol: Number = None,
    hermitian: bool = False,
    *,
    atol: Number = None,
    rtol: Number = None,
) -> V:
    """How many singular values do not count as 0, int64 (torch.linalg.matrix_rank).

    Args:     tol: an old name of atol.
              hermitian, atol, rtol: as pinv's.
    """
    check_matrix_shape("torch.linalg.matrix_rank", A, "input")
    check_floats("torch.linalg.matrix_rank", A)
    if hermitian:
        check_square("torch.linalg.matrix_rank", A)
    if tol is not None:
        if atol is not None or rtol is not None:
            raise TypeError(
                "linalg_matrix_rank() received an invalid combination of arguments: tol beside atol or rtol"
            )
        atol, rtol = tol, 0.0
    x = A.array
    values = np.abs(np.linalg.eigvalsh(x)) if hermitian else np.linalg.svd(x, compute_uv=False)
    kept = _cutoff("torch.linalg.matrix_rank", A, atol, rtol).kept(values)
    return A.wrap(np.asarray(kept.sum(axis=-1, dtype=np.int64)))


def cond(A: V, p: float | str | None = None) -> V:  # noqa: N803 - torch's name
    """The condition number: the norm of a matrix times that of its inverse (torch.linalg.cond).

    Args:     A: (..., n, n) float32 or float64; for p = 2, -2 and None (..., m, n).
              p: as matrix_norm's ord; None: 2, the largest singular value divided by the smallest.
    Returns:  (...); inf for a singular matrix.
    """
    check_matrix_shape("linalg.cond", A)
    if p in (None, 2, -2):
        check_matrices("linalg.cond", A)
        if 0 in A.array.shape[-2:]:
            return A.wrap(np.zeros(A.array.shape[:-2], A.array.dtype))
        values = Svdvals()(A)
        largest, smallest = select(values, -1, 0), select(values, -1, -1)
        return div(smallest, largest) if p == -2 else div(largest, smallest)
    if p not in ("fro", "nuc", 1, -1, float("inf"), float("-inf")):
        raise RuntimeError(f"linalg.cond got an invalid norm type: {p}; there are fro, nuc, inf, -inf, 1, -1, 2 and -2")
    check_square(f"linalg.cond(ord={p})", A)
    inverse = Inverse(strict=False)(A)
    singular = A.wrap(np.asarray(np.isinf(inverse.array).any(axis=(-2, -1))))
    finite = masked_fill(inverse, unsqueeze(unsqueeze(singular, -1), -1), 0)
    return masked_fill(mul(matrix_norm(A, p), matrix_norm(finite, p)), singular, float("inf"))
