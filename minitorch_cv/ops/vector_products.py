"""Products of vectors and of many matrices, and of blocks: cross, vecdot, multi_dot, matrix_exp, kron, block_diag."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from .arguments import (
    broadcast_shape,
    check_tensor,
    common_dtype,
    dtype_of_operands,
    normalize_dim,
    to_dtype,
    unbroadcast,
)
from .arithmetic import mul
from .c_names import C_NAMES
from .matmul import dot, matmul
from .matrix_checks import check_floats, check_same_floats, check_square, transposed
from .pointwise import refuse_bool
from .reductions import sum as sum_of
from .reshaping import reshape


@dataclass(eq=False, repr=False)
class Cross(Operation):
    """The cross product of vectors of 3, which lie along an axis."""

    torch_name = "LinalgCrossBackward0"
    axis: int

    def forward(self, a: Array, b: Array) -> Array:
        self.a, self.b = a, b
        return np.ascontiguousarray(np.cross(a, b, axis=self.axis))

    def backward(self, grad_out: Array) -> tuple:
        return (
            unbroadcast(np.cross(self.b, grad_out, axis=self.axis), self.a.shape) if self.needs_grad[0] else None,
            unbroadcast(np.cross(grad_out, self.a, axis=self.axis), self.b.shape) if self.needs_grad[1] else None,
        )


class MatrixExp(Operation):
    """The exponential of each matrix, the sum of x**k / k!."""

    torch_name = "LinalgMatrixExpBackward0"

    def forward(self, x: Array) -> Array:
        self.x: Any = x if self.needs_grad[0] else None
        return _exponential(x)

    def backward(self, grad_out: Array) -> Array:
        """The exponential of [[x.T, grad], [0, x.T]] has the gradient in its corner.

        Source:   Al-Mohy and Higham 2009, Computing the Fréchet derivative of the matrix exponential.
        """
        x = transposed(self.x)
        n = x.shape[-1]
        blocks = np.zeros((*x.shape[:-2], 2 * n, 2 * n), x.dtype)
        blocks[..., :n, :n] = blocks[..., n:, n:] = x
        blocks[..., :n, n:] = grad_out
        return np.ascontiguousarray(_exponential(blocks)[..., :n, n:])


def _exponential(x: Array) -> Array:
    from scipy.linalg import expm

    return expm(x.astype(np.float64)).astype(x.dtype, copy=False) if x.size else np.empty_like(x)


def linalg_cross(input: V, other: Variable, *, dim: int = -1) -> V:
    """The cross product of vectors of 3 numbers along a dimension (torch.linalg.cross).

    Args:     input, other: of as many dimensions; the others than dim broadcast.
    Raises:   RuntimeError: if the vectors are of another length, or the dtypes differ.
    """
    refuse_bool("cross", input)
    check_tensor("cross", other, "other")
    a, b = input.array, other.array
    if a.ndim != b.ndim:
        raise RuntimeError(
            f"linalg.cross: inputs must have the same number of dimensions. Got shapes {list(a.shape)} and "
            f"{list(b.shape)}"
        )
    axis = normalize_dim("linalg.cross", dim, a.ndim)
    lengths = [x.shape[axis] if x.ndim else 1 for x in (a, b)]
    if lengths != [3, 3]:
        raise RuntimeError(
            f"linalg.cross: inputs dimension {dim} must have length 3. Got {lengths[0]} and {lengths[1]}"
        )
    broadcast_shape("linalg.cross", a.shape, b.shape)
    if a.dtype != b.dtype:
        raise RuntimeError(
            f"linalg.cross: expected scalar type {input.dtype.tensor_type} but found {other.dtype.tensor_type}. "
            "Convert one with .to(dtype)."
        )
    return Cross(axis)(input, other)


def cross(input: V, other: Variable, dim: int | None = None) -> V:
    """The cross product (torch.cross) along a dimension, by default the first that has size 3; see linalg.cross."""
    check_tensor("cross", input)
    if dim is None:
        if 3 not in input.array.shape:
            raise RuntimeError(f"cross: no dimension of size 3 in input, whose shape is {list(input.array.shape)}")
        dim = input.array.shape.index(3)
        warnings.warn(
            "Using torch.cross without specifying the dim arg is deprecated. Please either pass the dim explicitly or "
            "simply use torch.linalg.cross.",
            UserWarning,
            stacklevel=3,
        )
    return linalg_cross(input, other, dim=dim)


def vecdot(x: V, y: Variable, *, dim: int = -1) -> V:
    """The sums of products of vectors along a dimension (torch.linalg.vecdot); the other dimensions broadcast."""
    check_tensor("linalg.vecdot", x, "x")
    check_tensor("linalg.vecdot", y, "y")
    check_floats("linalg.vecdot", x)
    check_same_floats("linalg.vecdot", x=x, y=y)
    return sum_of(mul(x, y), dim)


def vdot(input: V, other: Variable) -> V:
    """The sum of the products of two vectors' elements (torch.vdot): for real numbers, dot."""
    return dot(input, other)


def multi_dot(tensors: Any) -> Any:
    """The product of several matrices, in the order that takes the fewest multiplications (torch.linalg.multi_dot).

    Args:     tensors: two or more of one dtype; all of two dimensions, but the first and the last may be vectors.
    Raises:   RuntimeError: for one tensor, other dimensions, and shapes and dtypes that do not go together.
    """
    given = tuple(tensors)
    if len(given) < 2:
        raise RuntimeError(f"multi_dot(): expected at least 2 tensors but got {len(given)}")
    for place, t in enumerate(given):
        check_tensor("multi_dot", t, "tensors")
        outer = {0: "the first tensor", len(given) - 1: "the last tensor"}.get(place)
        ndim = t.array.ndim
        if ndim != 2 and (outer is None or ndim != 1):
            expected = f"{outer} must be 1D or 2D" if outer else f"tensor {place} must be 2D"
            raise RuntimeError(f"multi_dot(): {expected} but got {ndim}D")
        if t.array.dtype != given[0].array.dtype:
            raise RuntimeError(
                f"multi_dot(): all tensors must have be the same dtype but tensor 0 is {C_NAMES[given[0].dtype]} and "
                f"tensor {place} {C_NAMES[t.dtype]}"
            )
    for place, (a, b) in enumerate(pairwise(given)):
        if a.array.shape[-1] != b.array.shape[0]:
            raise RuntimeError(
                f"multi_dot(): tensors {place} and {place + 1} with shapes {list(a.array.shape)} and "
                f"{list(b.array.shape)} cannot be multiplied"
            )
    sides = [t.array.shape[0] if t.array.ndim == 2 or place else 1 for place, t in enumerate(given)]
    sides.append(given[-1].array.shape[1] if given[-1].array.ndim == 2 else 1)
    return _in_order(given, _split_places(sides), 0, len(given) - 1)


def _split_places(sides: list[int]) -> dict[tuple[int, int], int]:
    """Where to split each run of matrices first, matrix k being sides[k] by sides[k + 1] (Cormen et al., 15.2)."""
    count = len(sides) - 1
    costs = {(k, k): 0 for k in range(count)}
    splits: dict[tuple[int, int], int] = {}
    for length in range(1, count):
        for first in range(count - length):
            last = first + length
            costs[first, last], splits[first, last] = min(
                (costs[first, k] + costs[k + 1, last] + sides[first] * sides[k + 1] * sides[last + 1], k)
                for k in range(first, last)
            )
    return splits


def _in_order(tensors: tuple, splits: dict[tuple[int, int], int], first: int, last: int) -> Any:
    if first == last:
        return tensors[first]
    k = splits[first, last]
    return matmul(_in_order(tensors, splits, first, k), _in_order(tensors, splits, k + 1, last))


def chain_matmul(*matrices: Any) -> Any:
    """The product of several matrices (torch.chain_matmul), an old form of linalg.multi_dot."""
    for t in matrices:
        check_tensor("chain_matmul", t, "matrices")
        if t.array.ndim != 2:
            raise RuntimeError(f"chain_matmul: Tensor dimension is {t.array.ndim}, expected 2 instead.")
    if not matrices:
        raise RuntimeError("chain_matmul(): Expected one or more matrices")
    if len(matrices) == 1:
        return matrices[0]
    warnings.warn(
        "torch.chain_matmul is deprecated and will be removed in a future PyTorch release. Use torch.linalg.multi_dot "
        "instead, which accepts a list of two or more tensors rather than multiple parameters.",
        UserWarning,
        stacklevel=2,
    )
    return multi_dot(matrices)


def matrix_exp(input: V) -> V:
    """The exponential of a square matrix, the sum of input**k / k! (torch.linalg.matrix_exp); batches too."""
    check_square("linalg.matrix_exp", input)
    return MatrixExp()(input)


def kron(input: V, other: Variable) -> V:
    """The Kronecker product: each element of input times the whole of other (torch.kron).

    Returns:  each dimension as long as those of both together; missing leading ones count as 1.
    """
    check_tensor("kron", input)
    check_tensor("kron", other, "other")
    d = dtype_of_operands("kron", input, other)
    a, b = to_dtype(input, d), to_dtype(other, d)
    ndim = max(a.array.ndim, b.array.ndim)
    shapes = [(1,) * (ndim - t.array.ndim) + t.array.shape for t in (a, b)]
    by_rows = tuple(size for n in shapes[0] for size in (n, 1))
    by_columns = tuple(size for n in shapes[1] for size in (1, n))
    product = mul(reshape(a, by_rows), reshape(b, by_columns))
    return reshape(product, tuple(m * n for m, n in zip(*shapes)))


class BlockDiagonal(Operation):
    """Matrices along the diagonal of one that is zero elsewhere."""

    torch_name = "BlockDiagBackward0"

    def forward(self, *blocks: Array) -> Array:
        self.shapes = [block.shape for block in blocks]
        places, shape = self._places()
        result = np.zeros(shape, blocks[0].dtype)
        for place, block in zip(places, blocks):
            result[place] = block
        return result

    def backward(self, grad_out: Array) -> tuple:
        places, _ = self._places()
        return tuple(
            grad_out[place].reshape(shape) if needed else None
            for place, shape, needed in zip(places, self.shapes, self.needs_grad)
        )

    def _places(self) -> tuple[list, tuple[int, int]]:
        """Rows and columns of each block, and the size of the whole."""
        places = []
        row = column = 0
        for shape in self.shapes:
            rows, columns = (1, 1, *shape)[-2:]
            places.append((slice(row, row + rows), slice(column, column + columns)))
            row, column = row + rows, column + columns
        return places, (row, column)


def block_diag(*tensors: Any) -> Any:
    """One matrix with the given ones along its diagonal, and zeros elsewhere (torch.block_diag).

    Args:     tensors: of two dimensions or fewer; a vector is a row.
    Raises:   RuntimeError: for more dimensions, and no tensors.
    """
    given = tuple(tensors[0]) if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)) else tensors
    if not given:
        raise RuntimeError("torch.block_diag: expected at least one tensor; torch.empty(1, 0) is what PyTorch gives")
    for place, t in enumerate(given):
        check_tensor("block_diag", t, "tensors")
        if t.array.ndim > 2:
            raise RuntimeError(
                f"torch.block_diag: Input tensors must have 2 or fewer dimensions. Input {place} has {t.array.ndim} "
                "dimensions"
            )
    return BlockDiagonal()(*common_dtype("block_diag", given))
