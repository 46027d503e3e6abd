"""What singular values are good for: pinv, lstsq, matrix_rank, cond."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from ..types import return_types
from . import decompositions
from .arguments import as_number, broadcast_shape, check_tensor, unbroadcast
from .arithmetic import div, mul
from .expanding import expand
from .filling import masked_fill
from .inverses import Inverse
from .matrix_checks import (
    LinAlgError,
    check_flags,
    check_floats,
    check_matrices,
    check_matrix_shape,
    check_square,
    transposed,
)
from .norms import Svdvals, matrix_norm
from .reshaping import reshape, squeeze
from .slicing import select

Number = float | None


@dataclass(frozen=True)
class Cutoff:
    """Which singular values count as 0: those of at most atol, or at most rtol times the largest."""

    atol: Array
    rtol: Array

    def kept(self, s: Array) -> Array:
        """Where the absolute values of `s`, along its last dimension, do not count as 0."""
        largest = s.max(axis=-1, keepdims=True, initial=0)
        atol, rtol = (tolerance.astype(s.dtype)[..., None] for tolerance in (self.atol, self.rtol))
        return s > np.maximum(atol, rtol * largest)


def _default_cutoff(x: Array) -> Cutoff:
    return Cutoff(np.asarray(0.0), np.asarray(max(x.shape[-2:]) * float(np.finfo(x.dtype).eps)))


def _cutoff(op_name: str, x: Variable, atol: Any, rtol: Any) -> Cutoff:
    """By default the largest side times the dtype's precision, unless there is an atol."""
    by_default = _default_cutoff(x.array).rtol
    least = np.asarray(0.0) if atol is None else _tolerance(op_name, x, "atol", atol)
    relative = np.where(least > 0, 0, by_default) if rtol is None else _tolerance(op_name, x, "rtol", rtol)
    return Cutoff(least, relative)


def _tolerance(op_name: str, x: Variable, arg_name: str, tolerance: Any) -> Array:
    """A number, or a tensor of one for each matrix."""
    if not isinstance(tolerance, Variable) or not tolerance.array.ndim or tolerance.requires_grad:
        return np.asarray(float(as_number(op_name, arg_name, tolerance)))
    broadcast_shape(op_name, tolerance.array.shape, x.array.shape[:-2])
    return tolerance.array


def _check_tolerances(op_name: str, **tolerances: Any) -> None:
    """Raise unless all are numbers, or all are tensors."""
    if len({isinstance(t, Variable) for t in tolerances.values() if t is not None}) > 1:
        got = ", ".join(f"{name}={type(t).__name__}" for name, t in tolerances.items())
        raise TypeError(f"{op_name}() received an invalid combination of arguments: {got}; give two numbers or tensors")


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
        return unbroadcast(pseudo_inverse_gradient(self.x, self.y, grad_out), self.x.shape)


def pseudo_inverse(x: Array, cutoff: Cutoff, hermitian: bool = False) -> Array:
    """The pseudo-inverse from singular values, or, of symmetric matrices, from eigenvalues."""
    if hermitian:
        values, right = decompositions.eigh(x)
        left = right
    else:
        left, values, rows = decompositions.svd(x)
        right = transposed(rows)
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

    Attributes:
        cutoff: what the rank depends on.
        pivoted: the rank is that of a QR factorization with pivots (gelsy), else that of the singular values.
    """

    torch_name = "LinalgLstsqBackward0"
    cutoff: Cutoff
    pivoted: bool

    def forward(self, a: Array, b: Array) -> tuple[Array, Array, Array, Array]:
        self.a, self.b = a, b
        if self.pivoted and a.size and b.size:
            self.x, rank = _by_pivoted_qr(a, b, float(self.cutoff.rtol))
            values = np.zeros((*a.shape[:-2], min(a.shape[-2:])), a.dtype)
        else:
            values = decompositions.singular_values(a)
            self.x = pseudo_inverse(a, self.cutoff) @ b
            rank = self.cutoff.kept(values).sum(axis=-1)
        difference = b - a @ self.x
        return self.x, (difference * difference).sum(axis=-2), rank, values

    def backward(self, grad_x: Array, grad_residuals: Array, *_: Any) -> tuple:
        """By way of the pseudo-inverse with its own cutoff, as in PyTorch."""
        grad_a = grad_b = None
        inverse = pseudo_inverse(self.a, _default_cutoff(self.a))
        difference = self.b - self.a @ self.x
        through = 2 * difference * grad_residuals[..., None, :]  # least at X: only A and B themselves count
        if self.needs_grad[0]:
            grad_inverse = grad_x @ transposed(self.b)
            grad_a = pseudo_inverse_gradient(self.a, inverse, grad_inverse)
            grad_a = grad_a - through @ transposed(self.x)
            grad_a = unbroadcast(grad_a, self.a.shape)
        if self.needs_grad[1]:
            grad_b = unbroadcast(transposed(inverse) @ grad_x + through, self.b.shape)
        return grad_a, grad_b


def _by_pivoted_qr(a: Array, b: Array, rcond: float) -> tuple[Array, Array]:
    """Solutions and ranks of a batch, by LAPACK's gelsy."""
    from scipy.linalg import lstsq as least_squares

    solution = np.empty((*a.shape[:-2], a.shape[-1], b.shape[-1]), a.dtype)
    rank = np.empty(a.shape[:-2], np.int64)
    for place in np.ndindex(rank.shape):
        found = least_squares(a[place], b[place], rcond, check_finite=False, lapack_driver="gelsy")
        solution[place], rank[place] = found[0], found[2]
    return solution, rank


def pinv(
    input: V,
    rcond: Any = None,
    hermitian: bool = False,
    *,
    atol: Any = None,
    rtol: Any = None,
) -> V:
    """The pseudo-inverse of a matrix, or of each of a batch (torch.linalg.pinv).

    Args:     input: (..., m, n) float32 or float64.
              rcond: an old name of rtol.
              hermitian: input is symmetric; its lower triangle is looked at.
              atol, rtol: singular values of at most atol, or rtol times the largest, count as 0; by default atol is 0
                  and rtol max(m, n) times the dtype's precision, or 0 if there is an atol. Two numbers, or two tensors
                  of one number for each matrix.
    Returns:  (..., n, m).
    Raises:   LinAlgError: for NaN. RuntimeError: for other shapes and dtypes.
    """
    check_tensor("linalg.pinv", input)
    check_flags("linalg_pinv", hermitian=hermitian)
    if input.array.ndim < 2 or input.array.dtype not in (np.float32, np.float64):
        raise RuntimeError(
            f"linalg.pinv({input.dtype.tensor_type}{{{list(input.array.shape)}}}): expected a tensor with 2 or more "
            "dimensions of float, double, cfloat or cdouble types"
        )
    if hermitian:
        check_square("linalg.pinv", input)
    if rcond is not None and (atol is not None or rtol is not None):
        raise TypeError("linalg_pinv() received an invalid combination of arguments: rcond beside atol or rtol")
    _check_tolerances("linalg_pinv", atol=atol, rtol=rtol)
    return Pinv(_cutoff("linalg.pinv", input, atol, rtol if rcond is None else rcond), hermitian)(input)


def pinverse(input: V, rcond: float = 1e-15) -> V:
    """The pseudo-inverse (torch.pinverse); see linalg.pinv."""
    return pinv(input, rcond)


def lstsq(
    input: Variable,
    b: Variable,
    rcond: Number = None,
    *,
    driver: str | None = None,
) -> Any:
    """The X for which input @ X is nearest to b, the shortest of several (torch.linalg.lstsq).

    Args:     input: A, (..., m, n) float32 or float64.
              b: (..., m, k), or, with a dimension less than A, vectors (..., m); of A's dtype. Batches broadcast.
              rcond: what is at most rcond times the largest counts as 0, singular values, or, for "gelsy", estimates of
                  them from a QR factorization; None: max(m, n) times the dtype's precision.
              driver: "gelsy" (the default); "gelsd" or "gelss", which also give singular values; "gels": A has to be
                  of full rank, or 0 throughout, and no rank is given.
    Returns:  the named tuple (solution (..., n, k), residuals (..., k), rank (...), singular_values (..., min(m, n))).
              Residuals are sums of squares, empty for "gelsy" and unless m > n and all of A's ranks are n.
    Raises:   LinAlgError: for "gels" and less than full rank, and for NaN and infinity. RuntimeError: for other shapes,
                  dtypes and drivers.
    """
    name = "torch.linalg.lstsq"
    check_tensor(name, input)
    check_tensor(name, b, "other")
    shape, other = input.array.shape, b.array.shape
    if len(shape) < 2:
        raise RuntimeError(f"{name}: input must have at least 2 dimensions. Got shape {list(shape)}")
    if len(other) < 1:
        raise RuntimeError(f"{name}: other must have at least 1 dimension.")
    if input.array.dtype != b.array.dtype:
        raise RuntimeError(
            f"{name}: Expected input and other to have the same dtype, but got input's dtype "
            f"{input.dtype.tensor_type} and other's dtype {b.dtype.tensor_type}"
        )
    check_floats(name, input)
    if driver not in (None, "gels", "gelsy", "gelsd", "gelss"):
        raise RuntimeError(f"{name}: parameter `driver` should be one of (gels, gelsy, gelsd, gelss), got {driver!r}")
    vectors = len(shape) - 1 == len(other)
    if (not vectors and len(other) < 2) or shape[-2] != other[-1 if vectors else -2]:
        raise RuntimeError(
            f"{name}: input.size(-2) should match other.size(-2), but the shapes are {list(shape)} and {list(other)}"
        )
    if not (np.isfinite(input.array).all() and np.isfinite(b.array).all()):
        raise LinAlgError(f"{name}: The least squares solution could not be computed because of non-finite values.")
    return _least_squares(input, b, rcond, driver, vectors)


def _least_squares(given: Variable, wanted: Variable, rcond: Number, driver: str | None, vectors: bool) -> Any:
    columns: Any = reshape(wanted, (*wanted.array.shape, 1)) if vectors else wanted
    batch = broadcast_shape("linalg.lstsq", given.array.shape[:-2], columns.array.shape[:-2])
    a = expand(given, (*batch, *given.array.shape[-2:]))
    columns = expand(columns, (*batch, *columns.array.shape[-2:]))
    m, n = a.array.shape[-2:]
    pivoted = driver in (None, "gelsy")
    solution, residuals, rank, values = Lstsq(_cutoff("linalg.lstsq", a, None, rcond), pivoted)(a, columns)
    full = bool((rank.array == min(m, n)).all())
    if driver == "gels":
        zero = ~a.array.any(axis=(-2, -1))
        full = bool((zero | (rank.array == min(m, n))).all())
        residuals = masked_fill(residuals, given.wrap(np.expand_dims(zero, -1)), 0)  # as LAPACK leaves them
        if not full:
            raise LinAlgError(
                "torch.linalg.lstsq: The least squares solution could not be computed because the input matrix does "
                f"not have full rank (the rank is {rank.array.min()}, full would be {min(m, n)})."
            )
        rank = given.wrap(np.empty(0, np.int64))
    nothing = given.wrap(np.empty(0, a.array.dtype))
    return return_types.linalg_lstsq(
        squeeze(solution, -1) if vectors else solution,
        residuals if m > n and full and not pivoted else nothing,
        rank,
        given.wrap(values.array) if driver in ("gelsd", "gelss") else nothing,
    )


def matrix_rank(
    input: V,
    tol: Any = None,
    hermitian: bool = False,
    *,
    atol: Any = None,
    rtol: Any = None,
) -> V:
    """How many singular values do not count as 0, int64 (torch.linalg.matrix_rank).

    Args:     tol: an old name of atol.
              hermitian, atol, rtol: as pinv's.
    """
    check_flags("linalg_matrix_rank", hermitian=hermitian)
    check_matrix_shape("torch.linalg.matrix_rank", input, "input")
    check_floats("torch.linalg.matrix_rank", input)
    if hermitian:
        check_square("torch.linalg.matrix_rank", input)
    _check_tolerances("linalg_matrix_rank", atol=atol, rtol=rtol)
    if tol is not None:
        if atol is not None or rtol is not None:
            raise TypeError(
                "linalg_matrix_rank() received an invalid combination of arguments: tol beside atol or rtol"
            )
        atol, rtol = tol, 0.0
    x = input.array
    values = np.abs(decompositions.eigenvalues(x)) if hermitian else decompositions.singular_values(x)
    kept = _cutoff("torch.linalg.matrix_rank", input, atol, rtol).kept(values)
    return input.wrap(np.asarray(kept.sum(axis=-1, dtype=np.int64)))


def cond(input: V, p: float | str | None = None) -> V:
    """The condition number: the norm of a matrix times that of its inverse (torch.linalg.cond).

    Args:     input: (..., n, n) float32 or float64; for p = 2, -2 and None (..., m, n).
              p: as matrix_norm's ord; None: 2, the largest singular value divided by the smallest.
    Returns:  (...); inf for a singular matrix.
    """
    check_matrix_shape("linalg.cond", input)
    if p in (None, 2, -2):
        check_matrices("linalg.cond", input)
        if 0 in input.array.shape[-2:]:
            return input.wrap(np.zeros(input.array.shape[:-2], input.array.dtype))
        values = Svdvals()(input)
        largest, smallest = select(values, -1, 0), select(values, -1, -1)
        return div(smallest, largest) if p == -2 else div(largest, smallest)
    if p not in ("fro", "nuc", 1, -1, float("inf"), float("-inf")):
        raise RuntimeError(f"linalg.cond got an invalid norm type: {p}; there are fro, nuc, inf, -inf, 1, -1, 2 and -2")
    check_square(f"linalg.cond(ord={p})", input)
    inverse = Inverse(strict=False)(input)
    singular = np.isinf(inverse.array).any(axis=(-2, -1))
    finite = masked_fill(inverse, input.wrap(singular[..., None, None]), 0)
    product = mul(matrix_norm(input, p), matrix_norm(finite, p))
    infinite = singular if p == "nuc" else singular | np.isnan(product.array)
    return masked_fill(product, input.wrap(np.asarray(infinite)), float("inf"))
