"""Rearranging and masking by position: flips, rolls, rotations, triangles and diagonals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from . import slicing
from .arguments import check_tensor, normalize_dim, normalize_dims
from .copying import clone
from .memory_order import tidy
from .permuting import transpose
from .reshaping import ravel, reshape
from .sizes import as_integer, int_tuple, is_int
from .slicing import Diagonal


@dataclass(eq=False, repr=False)
class Flip(Operation):
    """Dimensions in reverse."""

    dims: tuple[int, ...]

    def forward(self, x: Array) -> Array:
        return np.flip(x, self.dims).copy(order="K")

    def backward(self, grad_out: Array) -> Array:
        return np.flip(grad_out, self.dims).copy(order="K")


@dataclass(eq=False, repr=False)
class Roll(Operation):
    """Dimensions shifted round."""

    shifts: tuple[int, ...]
    dims: tuple[int, ...]

    def forward(self, x: Array) -> Array:
        return tidy(np.roll(x, self.shifts, self.dims))

    def backward(self, grad_out: Array) -> Array:
        return np.roll(grad_out, tuple([-s for s in self.shifts]), self.dims)


@dataclass(eq=False, repr=False)
class Triangle(Operation):
    """The elements on one side of a diagonal of the last two dimensions, zeros on the other."""

    diagonal: int
    torch_name: str = "TrilBackward0"

    def forward(self, x: Array) -> Array:
        return self._kept(x)

    def backward(self, grad_out: Array) -> Array:
        return self._kept(grad_out)

    def _kept(self, x: Array) -> Array:
        return np.tril(x, self.diagonal) if self.torch_name == "TrilBackward0" else np.triu(x, self.diagonal)


@dataclass(eq=False, repr=False)
class DiagonalEmbed(Operation):
    """The last dimension as a diagonal of two dimensions, zeros elsewhere."""

    torch_name = "DiagEmbedBackward0"
    offset: int
    dim1: int
    dim2: int

    def forward(self, x: Array) -> Array:
        size = x.shape[-1] + abs(self.offset)
        shape = list(x.shape[:-1])
        for d in sorted((self.dim1, self.dim2)):
            shape.insert(d, size)
        result = np.zeros(shape, x.dtype)
        self._diagonal.diagonal_of(result)[...] = x
        return result

    def backward(self, grad_out: Array) -> Array:
        return self._diagonal.diagonal_of(grad_out).copy()

    @property
    def _diagonal(self) -> Diagonal:
        return Diagonal(self.offset, self.dim1, self.dim2)


def flip(input: V, dims: tuple[int, ...]) -> V:
    """The given dimensions in reverse, as a copy (torch.flip).

    Raises:   RuntimeError: if a dimension is named twice.
    """
    check_tensor("flip", input)
    named = int_tuple("flip", "dims", dims)
    return Flip(normalize_dims("flip", named, input.array.ndim) if named else ())(input)


def fliplr(input: V) -> V:
    """Dimension 1 in reverse (torch.fliplr)."""
    check_tensor("fliplr", input)
    if input.array.ndim < 2:
        raise RuntimeError(f"fliplr: Input must be >= 2-d, got {input.array.ndim}-d.")
    return Flip((1,))(input)


def flipud(input: V) -> V:
    """Dimension 0 in reverse (torch.flipud)."""
    check_tensor("flipud", input)
    if input.array.ndim < 1:
        raise RuntimeError("flipud: Input must be >= 1-d, got 0-d.")
    return Flip((0,))(input)


def roll(input: V, shifts: int | tuple[int, ...], dims: int | tuple[int, ...] = ()) -> V:
    """Elements shifted along dims, those that leave at one end coming in at the other (torch.roll).

    Args:     dims: none: all elements as one dimension, then back in shape.
    Raises:   RuntimeError: unless there are as many shifts as dims.
    """
    check_tensor("roll", input)
    steps = int_tuple("roll", "shifts", (shifts,) if is_int(shifts) else shifts)
    named = int_tuple("roll", "dims", (dims,) if is_int(dims) else dims)
    if not steps:
        raise RuntimeError("roll: `shifts` required")
    shape = input.array.shape
    if not named and len(steps) == 1:
        return reshape(Roll(steps, (0,))(ravel(input)), shape)
    if len(named) != len(steps):
        raise RuntimeError(f"roll: shifts and dimensions must align. shifts: {len(steps)}, dims:{len(named)}")
    if not shape:
        raise IndexError(f"roll: Dimension specified as {named[0]} but tensor has no dimensions")
    return Roll(steps, tuple([normalize_dim("roll", d, len(shape)) for d in named]))(input)


def rot90(input: V, k: int = 1, dims: tuple[int, ...] = (0, 1)) -> V:
    """Turned k times by 90 degrees in the plane of two dimensions, from the first towards the second (torch.rot90).

    Raises:   RuntimeError: for other than two different dimensions.
    """
    check_tensor("rot90", input)
    plane = int_tuple("rot90", "dims", dims)
    ndim = input.array.ndim
    if len(plane) != 2:
        raise RuntimeError(f"rot90: expected total rotation dims == 2, but got dims = {len(plane)}")
    if ndim < 2:
        raise RuntimeError(f"rot90: expected total dims >= 2, but got total dims = {ndim}")
    first, second = (normalize_dim("rot90", d, ndim) for d in plane)
    if first == second:
        raise RuntimeError(
            f"rot90: expected rotation dims to be different, but got dim0 = {plane[0]} and dim1 = {plane[1]}"
        )
    turns = k % 4
    if turns == 1:
        return transpose(Flip((second,))(input), first, second)
    if turns == 3:
        return transpose(Flip((first,))(input), first, second)
    return Flip((first, second) if turns == 2 else ())(input)


def tril(input: V, diagonal: int = 0) -> V:
    """The lower triangle of each matrix, zeros above the given diagonal (torch.tril).

    Raises:   RuntimeError: for less than two dimensions.
    """
    return _triangle("tril", input, diagonal)(input)


def tril_(input: V, diagonal: int = 0) -> V:
    """Keep the lower triangle, in place."""
    return _triangle("tril", input, diagonal).inplace(input)


def triu(input: V, diagonal: int = 0) -> V:
    """The upper triangle of each matrix, zeros below the given diagonal (torch.triu).

    Raises:   RuntimeError: for less than two dimensions.
    """
    return _triangle("triu", input, diagonal)(input)


def triu_(input: V, diagonal: int = 0) -> V:
    """Keep the upper triangle, in place."""
    return _triangle("triu", input, diagonal).inplace(input)


def _triangle(op_name: str, input: Variable, diagonal: Any) -> Triangle:
    check_tensor(op_name, input)
    if input.array.ndim < 2:
        raise RuntimeError(f"{op_name}: input tensor must have at least 2 dimensions, got {input.array.ndim}")
    diagonal = as_integer(op_name, "diagonal", diagonal)
    return Triangle(int(diagonal), f"{op_name[:4].capitalize()}Backward0")


def diag(input: V, diagonal: int = 0) -> V:
    """A vector as the diagonal of a square matrix, or a copy of a matrix's diagonal (torch.diag).

    Raises:   RuntimeError: for other than one or two dimensions.
    """
    check_tensor("diag", input)
    if input.array.ndim not in (1, 2):
        raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {input.array.ndim}D")
    return diag_embed(input, diagonal) if input.array.ndim == 1 else clone(slicing.diagonal(input, diagonal))


def diag_embed(input: V, offset: int = 0, dim1: int = -2, dim2: int = -1) -> V:
    """The last dimension as a diagonal of the new dimensions dim1 and dim2 (torch.diag_embed).

    Raises:   RuntimeError: if both dimensions are the same.
    """
    check_tensor("diag_embed", input)
    ndim = input.array.ndim + 1
    first, second = normalize_dim("diag_embed", dim1, ndim), normalize_dim("diag_embed", dim2, ndim)
    if first == second:
        raise RuntimeError(f"diag_embed: diagonal dimensions cannot be identical {dim1}, {dim2}")
    offset = as_integer("diag_embed", "offset", offset)
    return DiagonalEmbed(int(offset), first, second)(input)


def diagflat(input: V, offset: int = 0) -> V:
    """All elements as the diagonal of a square matrix (torch.diagflat)."""
    check_tensor("diagflat", input)
    return diag_embed(ravel(input), offset)
