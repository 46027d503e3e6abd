"""logsumexp, vector norms and matrix norms."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from ..kernels.summation import accurate_sum
from ..types import dtype as dt
from ..types.promotion import promote_types
from . import decompositions
from .arguments import as_number, check_tensor, normalize_dim, to_dtype
from .dimensions import Dims, count, keep_dims, reduced_dims
from .extremes import amax, amin
from .memory_order import tidy
from .numpy_names import numpy_names
from .permuting import movedim
from .pointwise import floating
from .powers import sign_of
from .reductions import sum as sum_of
from .reshaping import squeeze, unsqueeze


@dataclass(eq=False, repr=False)
class Logsumexp(Operation):
    """log(sum(exp(x))), without overflow."""

    dims: Dims
    keepdim: bool

    def forward(self, x: Array) -> Array:
        largest = x.max(axis=self.dims, keepdims=True, initial=-np.inf)
        shift = np.where(np.isinf(largest), 0, largest).astype(x.dtype)
        result = np.log(accurate_sum(np.exp(x - shift), self.dims, keepdims=True)) + shift
        self.x: Any = x if self.needs_grad[0] else None
        self.y = result
        return result if self.keepdim else result.reshape(_reduced_shape(x.shape, self.dims))

    def backward(self, grad_out: Array) -> Array:
        return keep_dims(grad_out, self.x.ndim, self.dims, self.keepdim) * np.exp(self.x - self.y)


def _reduced_shape(shape: tuple[int, ...], dims: Dims) -> tuple[int, ...]:
    return () if dims is None else tuple(n for d, n in enumerate(shape) if d not in dims)


def p_norm(x: Array, order: float, dims: Dims, keepdim: bool = False) -> Array:
    """sum(|x|**order) ** (1/order) over dimensions; what VectorNorm says of infinity and 0."""
    if order == math.inf:
        return np.abs(x).max(axis=dims, keepdims=keepdim, initial=0)
    if order == -math.inf:
        return np.abs(x).min(axis=dims, keepdims=keepdim)
    if order == 0:
        return accurate_sum((x != 0).astype(x.dtype), dims, keepdim)
    if order == 1:
        return accurate_sum(np.abs(x), dims, keepdim)
    if order == 2:
        return np.sqrt(accurate_sum(x * x, dims, keepdim))
    return np.power(accurate_sum(np.power(np.abs(x), order), dims, keepdim), 1 / order)


@dataclass(eq=False, repr=False)
class VectorNorm(Operation):
    """sum(|x|**order) ** (1/order); the largest |x| for inf, the smallest for -inf, the number of non-zeros for 0."""

    torch_name = "LinalgVectorNormBackward0"
    order: float
    dims: Dims
    keepdim: bool

    def forward(self, x: Array) -> Array:
        self.x: Any = x if self.needs_grad[0] else None
        self.y = tidy(np.asarray(p_norm(x, self.order, self.dims, self.keepdim)).astype(x.dtype, copy=False))
        return self.y

    def backward(self, grad_out: Array) -> Array | None:
        x, order = self.x, self.order
        grad, y = (keep_dims(a, x.ndim, self.dims, self.keepdim) for a in (grad_out, self.y))
        if order == 0:
            return None
        if order == 1:
            return grad * sign_of(x)
        if order == 2:
            return np.where(y == 0, 0, grad * (x / y))
        if math.isinf(order):
            chosen = (np.abs(x) == y) | np.isnan(x)
            ties = chosen.sum(axis=self.dims, dtype=x.dtype, keepdims=True)
            return np.where(chosen, sign_of(x) * grad / ties, 0)
        powers = sign_of(x) * np.power(np.abs(x), order - 1)
        if order < 1:
            return np.where(x == 0, 0, powers) * grad * np.power(y, 1 - order)
        return np.where(y == 0, 0, powers * grad / np.power(y, order - 1))


@dataclass(eq=False, repr=False)
class Svdvals(Operation):
    """The singular values of matrices, the largest first."""

    torch_name = "LinalgSvdBackward0"

    def forward(self, x: Array) -> Array:
        if not self.needs_grad[0]:
            return decompositions.singular_values(x)
        self.left, values, self.right = decompositions.svd(x)
        return values

    def backward(self, grad_out: Array) -> Array:
        return (self.left * grad_out[..., None, :]) @ self.right


@numpy_names
def logsumexp(input: V, dim: Any, keepdim: bool = False) -> V:
    """log(sum(exp(input))) over a dimension or several, without overflow (torch.logsumexp)."""
    x = floating("logsumexp", input)
    return Logsumexp(reduced_dims("logsumexp", dim, x.array.ndim), keepdim)(x)


def _norm_input(op_name: str, input: Any, dtype: Any) -> Any:
    """A norm's input in the dtype to compute in."""
    check_tensor(op_name, input)
    if not input.dtype.is_floating_point:
        raise RuntimeError(
            f"{op_name}: Expected a floating point or complex tensor as input. Got {input.dtype.tensor_type}. "
            "Convert it first: .float()"
        )
    if dtype is None:
        return input
    d = dt.as_dtype(dtype)
    if not d.is_floating_point or promote_types(input.dtype, d) is not d:
        raise RuntimeError(
            f"{op_name}: the dtype of the input ({input.dtype.tensor_type}) should be convertible without narrowing to "
            f"the specified dtype ({d.tensor_type})"
        )
    return to_dtype(input, d)


@numpy_names
def vector_norm(x: V, ord: float = 2, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> V:
    """The norm of vectors (torch.linalg.vector_norm).

    Args:     ord: sum(|x|**ord) ** (1/ord); inf: the largest |x|, -inf: the smallest, 0: how many are not 0.
              dim: the dimensions that make up a vector; None: all.
    Raises:   RuntimeError: for integers, a dtype that narrows, and an infinite ord of no elements.
    """
    v = _norm_input("linalg.vector_norm", x, dtype)
    ord = as_number("linalg_vector_norm", "ord", ord)
    dims = reduced_dims("linalg.vector_norm", dim, v.array.ndim)
    if (math.isinf(ord) or ord < 0) and count(v.array.shape, dims) == 0:
        where = "an empty tensor" if dims is None else f"dimension {list(dims)}, which is empty,"
        raise RuntimeError(
            f"linalg.vector_norm cannot compute the {ord} norm on {where} because the operation does not have an "
            f"identity (the shape is {list(v.array.shape)})"
        )
    return VectorNorm(float(ord), dims, keepdim)(v)


def svdvals(A: V) -> V:  # noqa: N803 - torch's name
    """The singular values of a matrix (..., m, n), the largest first (torch.linalg.svdvals).

    Raises:   RuntimeError: for less than two dimensions, and for dtypes other than float32 and float64.
    """
    check_tensor("linalg.svdvals", A, "A")
    if A.array.ndim < 2:
        raise RuntimeError(f"linalg.svd: The input tensor A must have at least 2 dimensions. Got {A.array.ndim}.")
    if A.array.dtype not in (np.float32, np.float64):
        raise RuntimeError(f"linalg.svd: Expected a float or double tensor as input. Got {A.dtype.tensor_type}.")
    return Svdvals()(A)


@numpy_names
def matrix_norm(
    input: V,
    ord: float | str = "fro",
    dim: Any = (-2, -1),
    keepdim: bool = False,
    *,
    dtype: Any = None,
) -> V:
    """The norm of matrices (torch.linalg.matrix_norm).

    Args:     ord: "fro": the root of the sum of squares; "nuc": the sum of the singular values; 2, -2: the largest,
                  smallest singular value; 1, -1: the largest, smallest sum of |x| in a column; inf, -inf: in a row.
              dim: rows and columns.
    Raises:   RuntimeError: for another ord, other than two different dims, and integers.
    """
    m = _norm_input("linalg.matrix_norm", input, dtype)
    if m.array.ndim < 2:
        raise RuntimeError(
            f"linalg.matrix_norm: The input tensor A must have at least 2 dimensions, got {m.array.ndim}"
        )
    given = tuple(dim) if isinstance(dim, (tuple, list)) else (dim,)
    if len(given) != 2:
        raise RuntimeError(f"linalg.matrix_norm: dim must be a 2-tuple. Got {' '.join(map(str, given))}")
    rows, columns = (normalize_dim("linalg.matrix_norm", d, m.array.ndim) for d in given)
    if rows == columns:
        raise RuntimeError(f"linalg.matrix_norm: dims must be different. Got {given}")
    if ord == "fro":
        return VectorNorm(2.0, (rows, columns), keepdim)(m)
    if ord == "nuc" or ord in (2, -2):
        return _spectral_norm(m, ord, rows, columns, keepdim)
    if ord not in (1, -1, math.inf, -math.inf):
        raise RuntimeError(
            f"linalg.matrix_norm: Order {ord} not supported; use 'fro', 'nuc', inf, -inf, 1, -1, 2 or -2"
        )
    added, compared = (rows, columns) if ord in (1, -1) else (columns, rows)
    if m.array.shape[compared] == 0:
        return sum_of(m, (rows, columns), keepdim)
    sums = VectorNorm(1.0, (added,), True)(m)
    extreme = (amax if ord > 0 else amin)(sums, compared, True)  # type: ignore[operator]
    return extreme if keepdim else squeeze(extreme, (rows, columns))  # type: ignore[return-value]


def _spectral_norm(m: Variable, ord: float | str, rows: int, columns: int, keepdim: bool) -> Any:
    """The norms that are made of singular values."""
    values = svdvals(movedim(m, (rows, columns), (-2, -1)))
    if ord == "nuc" or values.array.shape[-1] == 0:
        found = sum_of(values, -1)
    else:
        found = (amax if ord == 2 else amin)(values, -1)
    if not keepdim:
        return found
    return movedim(unsqueeze(unsqueeze(found, -1), -1), (-2, -1), (rows, columns))


@numpy_names
def norm(input: V, p: float | str | None = "fro", dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> V:
    """The norm of all elements, or along dimensions (torch.norm).

    Args:     p: a number, as vector_norm's ord; "fro" or None: 2; "nuc": of matrices, the sum of the singular values.
              dim: an integer or several; None for all.
    """
    check_tensor("norm", input)
    if p == "nuc":
        return matrix_norm(input, "nuc", tuple(range(input.array.ndim)) if dim is None else dim, keepdim, dtype=dtype)
    if isinstance(p, str) and p != "fro":
        raise RuntimeError(f"linalg.matrix_norm: Order {p} not supported. norm() takes a number, 'fro' or 'nuc'.")
    if p == "fro" and isinstance(dim, (tuple, list)) and len(dim) > 2:
        raise RuntimeError(f"linalg.matrix_norm: dim must be a 2-tuple. Got {' '.join(map(str, dim))}. Give p=2.")
    return vector_norm(input, 2 if p is None or p == "fro" else p, dim, keepdim, dtype=dtype)  # type: ignore[arg-type]


@numpy_names
def linalg_norm(
    input: V,
    ord: float | str | None = None,
    dim: Any = None,
    keepdim: bool = False,
    *,
    dtype: Any = None,
) -> V:
    """The norm of a vector or a matrix (torch.linalg.norm).

    Args:     ord: as matrix_norm's for a matrix or two dims, as vector_norm's for a vector or one dim; None: 2, of all
                  elements.
              dim: one dimension of vectors, or two of matrices.
    Raises:   RuntimeError: for an ord without dim and an input of other than 1 or 2 dimensions; more than 2 dims.
    """
    check_tensor("linalg.norm", input)
    dims = None if dim is None else tuple(dim) if isinstance(dim, (tuple, list)) else (dim,)
    if dims is not None and len(dims) not in (1, 2):
        raise RuntimeError(f"linalg.norm: If dim is specified, it must be of length 1 or 2. Got {list(dims)}")
    if ord is None:
        return vector_norm(input, 2, dims, keepdim, dtype=dtype)
    if dims is None and input.array.ndim not in (1, 2):
        raise RuntimeError(
            "linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. "
            f"Got {input.array.ndim}D. Use linalg.vector_norm for the norm of all elements."
        )
    of_matrices = isinstance(ord, str) or len(dims if dims is not None else input.array.shape) == 2
    if of_matrices:
        return matrix_norm(input, ord, (-2, -1) if dims is None else dims, keepdim, dtype=dtype)
    return vector_norm(input, ord, dims, keepdim, dtype=dtype)  # type: ignore[arg-type]
