"""Slicing: views of a part of a tensor, named by dimension (select, narrow, diagonal) or by an index expression."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V
from .arguments import check_tensor, normalize_dim
from .sizes import as_integer


@dataclass(eq=False, repr=False)
class BasicIndex(Operation):
    """x[index] for an index of ints, slices and None: a view."""

    is_view = True
    index: tuple
    torch_name: str = "SliceBackward0"

    def forward(self, x: Array) -> Array:
        self.input_shape = x.shape
        return x[self._place()]

    def backward(self, grad_out: Array) -> Array:
        grad_x = np.zeros(self.input_shape, grad_out.dtype)
        grad_x[self._place()] = grad_out
        return grad_x

    def _place(self) -> tuple:
        return (*self.index, ...)  # with the Ellipsis it gives an array, not a number, even if no dimension is left


@dataclass(eq=False, repr=False)
class Diagonal(Operation):
    """The diagonal of two dimensions, as a new last dimension."""

    is_view = True
    offset: int
    dim1: int
    dim2: int

    def forward(self, x: Array) -> Array:
        self.input_shape = x.shape
        return self.diagonal_of(x)

    def backward(self, grad_out: Array) -> Array:
        grad_x = np.zeros(self.input_shape, grad_out.dtype)
        self.diagonal_of(grad_x)[...] = grad_out
        return grad_x

    def diagonal_of(self, x: Array) -> Array:
        """The diagonal, which can be written to where x can."""
        result = np.diagonal(x, self.offset, self.dim1, self.dim2)
        result.flags.writeable = x.flags.writeable
        return result


@dataclass(eq=False, repr=False)
class SlidingWindow(Operation):
    """Windows of one dimension as a new last dimension."""

    is_view = True
    torch_name = "UnfoldBackward0"
    dim: int
    size: int
    step: int

    def forward(self, x: Array) -> Array:
        self.input_shape = x.shape
        if x.ndim == 0:
            return np.lib.stride_tricks.as_strided(x, (self.size,), (x.itemsize,))
        d = self.dim
        shape = (*x.shape[:d], (x.shape[d] - self.size) // self.step + 1, *x.shape[d + 1 :], self.size)
        strides = (*x.strides[:d], x.strides[d] * self.step, *x.strides[d + 1 :], x.strides[d])
        overlapping = self.size > self.step and shape[d] > 1
        return np.lib.stride_tricks.as_strided(x, shape, strides, writeable=x.flags.writeable and not overlapping)

    def backward(self, grad_out: Array) -> Array:
        grad_x = np.zeros(self.input_shape, grad_out.dtype)
        if not self.input_shape:
            return grad_out.sum().reshape(())
        lines, windows = np.moveaxis(grad_x, self.dim, 0), np.moveaxis(grad_out, self.dim, 0)
        for k in range(self.size):
            lines[k : k + len(windows) * self.step : self.step] += windows[..., k]
        return grad_x


def select(input: V, dim: int, index: int) -> V:
    """The part of input at one index of dimension dim, which goes away (torch.select).

    Raises:   IndexError: if there is no such index.
    """
    check_tensor("select", input)
    shape = input.array.shape
    if not shape:
        raise IndexError("select() cannot be applied to a 0-dim tensor.")
    d = normalize_dim("select", dim, len(shape))
    position = as_integer("select", "index", index)
    if not -shape[d] <= position < shape[d]:
        raise IndexError(
            f"select(): index {position} out of range for tensor of size {list(shape)} at dimension {d}; "
            f"valid are {-shape[d]} to {shape[d] - 1}"
        )
    return BasicIndex((slice(None),) * d + (position,), "SelectBackward0")(input)


def narrow(input: V, dim: int, start: int, length: int) -> V:
    """length indices of dimension dim from start on (torch.narrow).

    Raises:   IndexError: if start is out of range. RuntimeError: if the range goes beyond the end.
    """
    check_tensor("narrow", input)
    shape = input.array.shape
    if not shape:
        raise RuntimeError("narrow() cannot be applied to a 0-dim tensor.")
    d = normalize_dim("narrow", dim, len(shape))
    first, count = as_integer("narrow", "start", start), as_integer("narrow", "length", length)
    if count < 0:
        raise RuntimeError(f"narrow(): length must be non-negative, got {count}")
    if not -shape[d] <= first <= shape[d]:
        raise IndexError(
            f"narrow: start out of range (expected to be in range of [{-shape[d]}, {shape[d]}], but got {first})"
        )
    first += shape[d] if first < 0 else 0
    if first + count > shape[d]:
        raise RuntimeError(f"narrow: start ({first}) + length ({count}) exceeds dimension size ({shape[d]}).")
    return BasicIndex((slice(None),) * d + (slice(first, first + count),))(input)


def diagonal(input: V, offset: int = 0, dim1: int = 0, dim2: int = 1) -> V:
    """The diagonal of dimensions dim1 and dim2, as a new last dimension (torch.diagonal).

    Args:     offset: 0 for the main diagonal, above it if positive, below it if negative.
    Raises:   RuntimeError: if both dimensions are the same.
    """
    check_tensor("diagonal", input)
    ndim = input.array.ndim
    first, second = normalize_dim("diagonal", dim1, ndim), normalize_dim("diagonal", dim2, ndim)
    if first == second:
        raise RuntimeError(f"diagonal: diagonal dimensions cannot be identical {dim1}, {dim2}")
    return Diagonal(as_integer("diagonal", "offset", offset), first, second)(input)


def linalg_diagonal(A: V, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> V:  # noqa: N803 - torch's name
    """The diagonals of matrices, the last two dimensions by default (torch.linalg.diagonal)."""
    return diagonal(A, offset, dim1, dim2)


def unfold(input: V, dimension: int, size: int, step: int) -> V:
    """Windows of size elements along a dimension, one every step, as a new last dimension (Tensor.unfold).

    Returns:  (..., (n - size)//step + 1, ..., size); windows that overlap cannot be written to.
    Raises:   RuntimeError: for a window larger than the dimension, or a step below 1.
    """
    check_tensor("unfold", input)
    shape = input.array.shape
    d = normalize_dim("unfold", dimension, len(shape))
    width, stride = as_integer("unfold", "size", size), as_integer("unfold", "step", step)
    n = shape[d] if shape else 1
    if width < 0:
        raise RuntimeError(f"unfold: size is {width} but must be >= 0")
    if width > n:
        raise RuntimeError(f"unfold: maximum size for tensor at dimension {d} is {n} but size is {width}")
    if stride <= 0:
        raise RuntimeError(f"unfold: step is {stride} but must be > 0")
    return SlidingWindow(d, width, stride)(input)
