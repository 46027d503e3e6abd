"""What the operations of linear algebra ask of their arguments, and their error, LinAlgError."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..autograd.operation import Array
from ..autograd.variable import Variable
from .arguments import check_tensor


class LinAlgError(RuntimeError):
    """A matrix that has no inverse, no Cholesky factor, or no singular values (torch.linalg.LinAlgError)."""


def check_floats(op_name: str, x: Variable) -> None:
    """Raise unless `x` is float32 or float64."""
    if x.array.dtype.kind != "f":
        raise RuntimeError(
            f"{op_name}: Expected a floating point or complex tensor as input. Got {x.dtype.tensor_type}. "
            "Convert it first: .float()"
        )
    if x.array.dtype not in (np.float32, np.float64):
        raise RuntimeError(f"{op_name}: Low precision dtypes not supported. Got {x.dtype.tensor_type}")


def check_flags(op_name: str, **flags: Any) -> None:
    """Raise TypeError unless all are True or False."""
    for name, flag in flags.items():
        if not isinstance(flag, bool):
            raise TypeError(f"{op_name}(): argument '{name}' must be bool, not {type(flag).__name__}")


def check_matrix_shape(op_name: str, x: Any, arg_name: str = "A") -> None:
    """Raise unless `x` is a tensor of at least two dimensions."""
    check_tensor(op_name, x, arg_name)
    if x.array.ndim < 2:
        raise RuntimeError(
            f"{op_name}: The input tensor {arg_name} must have at least 2 dimensions. Got shape {list(x.array.shape)}"
        )


def check_matrices(op_name: str, x: Any, arg_name: str = "A") -> None:
    """Raise unless `x` is a matrix, or a batch of them, of float32 or float64."""
    check_matrix_shape(op_name, x, arg_name)
    check_floats(op_name, x)


def check_square_shape(op_name: str, x: Any) -> None:
    """Raise unless `x` is a square matrix or a batch of them."""
    check_matrix_shape(op_name, x)
    rows, columns = x.array.shape[-2:]
    if rows != columns:
        raise RuntimeError(
            f"{op_name}: A must be batches of square matrices, but they are {rows} by {columns} matrices"
        )


def check_square(op_name: str, x: Any) -> None:
    """Raise unless `x` is a square matrix, or a batch of them, of float32 or float64."""
    check_square_shape(op_name, x)
    check_floats(op_name, x)


def check_same_floats(op_name: str, **tensors: Variable) -> None:
    """Raise unless two tensors have one dtype."""
    (first, a), (second, b) = tensors.items()
    if a.array.dtype != b.array.dtype:
        raise RuntimeError(
            f"{op_name}: Expected {first} and {second} to have the same dtype, but found {first} of type "
            f"{a.dtype.tensor_type} and {second} of type {b.dtype.tensor_type} instead"
        )


def transposed(x: Array) -> Array:
    """The last two dimensions exchanged."""
    return np.swapaxes(x, -1, -2)


def first_failure(batch: Array, fails: Callable[[Array], Any]) -> tuple[str, Any]:
    """Where in a batch of matrices the first is for which `fails` gives something, in words, and what that is."""
    for index, matrix in enumerate(batch.reshape(-1, *batch.shape[-2:])):
        found = fails(matrix)
        if found:
            return f" (Batch element {index}):" if batch.ndim > 2 else "", found
    return "", 0
