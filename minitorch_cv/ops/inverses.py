"""Inverses of matrices, and linear equations: inv, solve, solve_triangular, tensorinv, tensorsolve, matrix_power."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from .arguments import broadcast_shape, check_tensor, unbroadcast
from .choosing import where
from .copying import clone
from .matmul import matmul
from .matrix_checks import (
    LinAlgError,
    check_flags,
    check_matrices,
    check_matrix_shape,
    check_same_floats,
    check_square,
    check_square_shape,
    first_failure,
    transposed,
)
from .permuting import movedim
from .reshaping import reshape
from .sizes import as_integer, is_int


def pivots(matrix: Array) -> Array:
    """The diagonal of U in the factorization P @ L @ U of a matrix."""
    from scipy.linalg import lu_factor

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.diagonal(lu_factor(matrix, check_finite=False)[0])


def zero_pivot(matrix: Array) -> int:
    """The place, from 1 on, of the pivot at which the inversion of a matrix breaks off; 0 if it does not."""
    try:
        np.linalg.inv(matrix)
    except np.linalg.LinAlgError:
        return int(np.nanargmin(np.abs(pivots(matrix)))) + 1
    return 0


@dataclass(eq=False, repr=False)
class Inverse(Operation):
    """The inverse of each matrix.

    Attributes:
        strict: whether a singular matrix is an error; else its inverse counts as infinite.
    """

    torch_name = "LinalgInvExBackward0"
    strict: bool = True

    def forward(self, x: Array) -> Array:
        try:
            self.y = np.linalg.inv(x)
        except np.linalg.LinAlgError:
            if self.strict:
                where, pivot = first_failure(x, zero_pivot)
                raise LinAlgError(
                    f"linalg.inv:{where} The diagonal element {pivot} is zero, the inversion could not be completed "
                    "because the input matrix is singular."
                ) from None
            matrices = x.reshape(-1, *x.shape[-2:])
            found = [np.full_like(m, np.inf) if zero_pivot(m) else np.linalg.inv(m) for m in matrices]
            self.y = np.stack(found).reshape(x.shape)
        return self.y

    def backward(self, grad_out: Array) -> Array:
        y = transposed(self.y)
        return -y @ grad_out @ y


@dataclass(eq=False, repr=False)
class Solve(Operation):
    """X with A @ X = B, or, if not left, X @ A = B; A and B are matrices, and their batches broadcast."""

    torch_name = "LinalgSolveExBackward0"
    left: bool

    def forward(self, a: Array, b: Array) -> Array:
        self.a, self.b_shape = a, b.shape
        try:
            self.x = self.solution(a, b)
        except np.linalg.LinAlgError:
            where, _ = first_failure(a, zero_pivot)
            raise LinAlgError(
                f"torch.linalg.solve:{where} The solver failed because the input matrix is singular."
            ) from None
        return self.x

    def solution(self, a: Array, b: Array) -> Array:
        """The X for any A and B; in backward, for the transposed A."""
        if self.left:
            return np.linalg.solve(a, b)
        return np.ascontiguousarray(transposed(np.linalg.solve(transposed(a), transposed(b))))

    def backward(self, grad_out: Array) -> tuple:
        grad_b = self.solution(transposed(self.a), grad_out)
        grad_a = None
        if self.needs_grad[0]:
            x = transposed(self.x)
            grad_a = unbroadcast(self.used(-(grad_b @ x if self.left else x @ grad_b)), self.a.shape)
        return grad_a, unbroadcast(grad_b, self.b_shape) if self.needs_grad[1] else None

    def used(self, grad_a: Array) -> Array:
        """The gradient of those elements of A that are looked at."""
        return grad_a


@dataclass(eq=False, repr=False)
class SolveTriangular(Solve):
    """Solve for a triangular A, the rest of which is not looked at.

    Attributes:
        upper: the triangle above the diagonal, else the one below.
        unitriangular: take ones for the diagonal.
    """

    torch_name = "LinalgSolveTriangularBackward0"
    upper: bool
    unitriangular: bool

    def forward(self, a: Array, b: Array) -> Array:
        self.b_shape = b.shape
        self.a = np.triu(a) if self.upper else np.tril(a)
        if self.unitriangular:
            diagonal = np.arange(a.shape[-1])
            self.a[..., diagonal, diagonal] = 1
        self.x = self.solution(self.a, b)
        return self.x

    def solution(self, a: Array, b: Array) -> Array:
        upper = self.upper if a is self.a else not self.upper
        if self.left:
            return substitute(a, b, upper)
        return np.ascontiguousarray(transposed(substitute(transposed(a), transposed(b), not upper)))

    def used(self, grad_a: Array) -> Array:
        offset = int(self.unitriangular)
        return np.triu(grad_a, offset) if self.upper else np.tril(grad_a, -offset)


def substitute(a: Array, b: Array, upper: bool) -> Array:
    """X with A @ X = B for triangular A, row by row: forwards for a lower, backwards for an upper one."""
    n = a.shape[-1]
    batch = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    x = np.zeros((*batch, *b.shape[-2:]), b.dtype)
    for row in reversed(range(n)) if upper else range(n):
        known = slice(row + 1, n) if upper else slice(0, row)
        rest = b[..., row, :] - (a[..., row, None, known] @ x[..., known, :])[..., 0, :]
        x[..., row, :] = rest / a[..., row, row, None]
    return x


def inv(A: V) -> V:  # noqa: N803 - torch's name
    """The inverse of a square matrix, or of each of a batch (torch.linalg.inv).

    Args:     A: (..., n, n) float32 or float64.
    Raises:   LinAlgError: for a singular matrix. RuntimeError: for other shapes and dtypes.
    """
    check_square("linalg.inv", A)
    return Inverse()(A)


def inverse(input: V) -> V:
    """The inverse of a square matrix, or of each of a batch (torch.inverse)."""
    return inv(input)


def solve(A: V, B: Variable, *, left: bool = True) -> V:  # noqa: N803 - torch's names
    """X with A @ X = B (torch.linalg.solve).

    Args:     A: (..., n, n) float32 or float64.
              B: (..., n, k), or vectors: (n,), or A's shape without its last dimension; of A's dtype.
              left: False for X @ A = B with B (..., k, n).
    Returns:  X, of B's shape; batches broadcast.
    Raises:   LinAlgError: for a singular A. RuntimeError: for other shapes and dtypes.
    """
    check_square("linalg.solve", A)
    check_flags("linalg_solve", left=left)
    check_tensor("linalg.solve", B, "B")
    check_same_floats("linalg.solve", A=A, B=B)
    shape = B.array.shape
    if len(shape) != 1 and shape != A.array.shape[:-1]:
        check_equation("linalg.solve", A, B, left)
        return Solve(left)(A, B)
    columns: Any = reshape(B, (*shape, 1))
    check_equation("linalg.solve", A, columns, left)
    found = Solve(left)(A, columns)
    return reshape(found, found.array.shape[:-1])


def check_equation(op_name: str, a: Variable, b: Variable, left: bool) -> None:
    """Raise unless the shapes of A and B go together."""
    check_matrix_shape(op_name, b, "B")
    (n, _), (rows, columns) = a.array.shape[-2:], b.array.shape[-2:]
    if n != (rows if left else columns):
        raise RuntimeError(
            f"{op_name}: Incompatible shapes of A and B for the equation {'AX' if left else 'XA'} = B "
            f"({n}x{n} and {rows}x{columns})"
        )
    broadcast_shape(op_name, a.array.shape[:-2], b.array.shape[:-2])


def solve_triangular(
    input: V,
    B: Variable,  # noqa: N803 - torch's name
    *,
    upper: bool,
    left: bool = True,
    unitriangular: bool = False,
) -> V:
    """X with A @ X = B for a triangular A (torch.linalg.solve_triangular); a zero on its diagonal gives infinities.

    Args:     input: A, (..., n, n), of which only one triangle is looked at.
              B: (..., n, k), of A's dtype.
              upper: that triangle is the one above the diagonal.
              left: False for X @ A = B with B (..., k, n).
              unitriangular: take ones for A's diagonal.
    """
    check_square("linalg.solve_triangular", input)
    check_matrices("linalg.solve_triangular", B, "B")
    check_same_floats("linalg.solve_triangular", A=input, B=B)
    check_flags("linalg_solve_triangular", upper=upper, left=left, unitriangular=unitriangular)
    check_equation("linalg.solve_triangular", input, B, left)
    return SolveTriangular(left, upper, unitriangular)(input, B)


def tensorinv(input: V, ind: int = 2) -> V:
    """The inverse of input as a map that takes its last dimensions to its first `ind` (torch.linalg.tensorinv).

    Raises:   RuntimeError: unless ind is positive, and both parts have as many elements.
    """
    check_tensor("linalg.tensorinv", input)
    if not is_int(ind) or ind <= 0:
        raise RuntimeError(f"Expected a strictly positive integer for 'ind', got {ind}")
    first, last = input.array.shape[:ind], input.array.shape[ind:]
    if prod(first) != prod(last):
        raise RuntimeError(
            f"Expected self to satisfy the requirement prod(self.shape[ind:]) == prod(self.shape[:ind]), but got "
            f"{prod(last)} != {prod(first)}"
        )
    return reshape(inv(reshape(input, (prod(first), prod(last)))), (*last, *first))


def tensorsolve(input: V, other: Variable, dims: tuple[int, ...] | None = None) -> V:
    """X with tensordot(input, X, X.ndim) = other (torch.linalg.tensorsolve).

    Args:     input: of other's shape, then X's, with as many elements in each.
              dims: dimensions of input that go to its end first.
    """
    check_tensor("linalg.tensorsolve", input)
    check_tensor("linalg.tensorsolve", other, "other")
    ndim = input.array.ndim
    a: Any = input if dims is None else movedim(input, tuple(dims), tuple(range(ndim - len(dims), ndim)))
    unknown = a.array.shape[other.array.ndim :]
    n = prod(unknown)
    if prod(a.array.shape) != n * n or other.array.size != n:
        raise RuntimeError(
            "Expected self to satisfy the requirement prod(self.shape[other.ndim:]) == prod(self.shape[:other.ndim]), "
            f"but got {n} != {prod(a.array.shape[: other.array.ndim])}"
        )
    return reshape(solve(reshape(a, (n, n)), reshape(other, (n,))), unknown)


def matrix_power(input: V, n: int) -> V:
    """input @ input @ ... n times; for n = 0 the identity, for a negative n of the inverse (torch.linalg.matrix_power).

    Raises:   LinAlgError: for a singular matrix and a negative n.
    """
    check_square_shape("linalg.matrix_power", input)
    n = as_integer("linalg_matrix_power", "n", n)
    base, exponent = (input, int(n)) if n >= 0 else (inv(input), -int(n))
    if exponent == 0:
        everywhere = input.wrap(np.ones(input.array.shape, bool))
        return where(everywhere, input.wrap(np.eye(input.array.shape[-1], dtype=input.array.dtype)), input)
    if exponent == 1:
        return clone(base)
    result: Any = None  # of the powers of two that the exponent has
    while exponent:
        if exponent & 1:
            result = base if result is None else matmul(result, base)
        exponent >>= 1
        base = matmul(base, base) if exponent else base
    return result
