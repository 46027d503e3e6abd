"""Splitting: all parts of a tensor along one dimension, as views."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from .arguments import check_tensor, normalize_dim
from .numpy_names import numpy_names
from .sizes import as_integer, int_tuple, is_int
from .slicing import BasicIndex


@dataclass(eq=False, repr=False)
class Unbind(Operation):
    """The parts at each index of a dimension, which goes away."""

    is_view = True
    dim: int

    def forward(self, x: Array) -> tuple[Array, ...]:
        before = (slice(None),) * self.dim
        places: list[tuple] = [(*before, i, ...) for i in range(x.shape[self.dim])]
        return tuple([x[place] for place in places])

    def backward(self, *grads_out: Array) -> Array:
        return np.stack(grads_out, self.dim)


@dataclass(eq=False, repr=False)
class Split(Operation):
    """Consecutive parts of a dimension."""

    is_view = True
    sizes: tuple[int, ...]
    dim: int
    torch_name: str = "SplitBackward0"

    def forward(self, x: Array) -> tuple[Array, ...]:
        before = (slice(None),) * self.dim
        parts, start = [], 0
        for n in self.sizes:
            place = (*before, slice(start, start + n))
            parts.append(x[place])
            start += n
        return tuple(parts)

    def backward(self, *grads_out: Array) -> Array:
        return np.concatenate(grads_out, self.dim)


@numpy_names
def unbind(input: V, dim: int = 0) -> tuple[V, ...]:
    """The parts of input at each index of dim, which goes away (torch.unbind).

    Raises:   IndexError: for a 0-d tensor.
    """
    check_tensor("unbind", input)
    shape = input.array.shape
    if not shape:
        raise IndexError(f"unbind: Dimension specified as {dim} but tensor has no dimensions")
    d = normalize_dim("unbind", dim, len(shape))
    return Unbind(d)(input) if shape[d] else ()


@numpy_names
def split(tensor: V, split_size_or_sections: int | tuple[int, ...], dim: int = 0) -> tuple[V, ...]:
    """Parts of a given size (the last one may be smaller), or of the given sizes (torch.split).

    Raises:   RuntimeError: for negative sizes, or sizes that do not sum up to that of dim.
    """
    check_tensor("split", tensor, "tensor")
    if not is_int(split_size_or_sections):
        return _split_with_sizes("split", tensor, split_size_or_sections, dim)
    size = int(split_size_or_sections)  # type: ignore[arg-type]
    n, d = _size_and_dim("split", tensor, dim)
    if size < 0:
        raise RuntimeError(f"split expects split_size be non-negative, but got split_size={size}")
    if size == 0 and n:
        raise RuntimeError(f"split: split_size can only be 0 if dimension size is 0, but got dimension size of {n}")
    return Split(_parts(n, size), d)(tensor)


@numpy_names
def split_with_sizes(input: V, split_sizes: tuple[int, ...], dim: int = 0) -> tuple[V, ...]:
    """Parts of the given sizes (torch.split_with_sizes)."""
    check_tensor("split_with_sizes", input)
    return _split_with_sizes("split_with_sizes", input, split_sizes, dim)


def _split_with_sizes(op_name: str, input: V, split_sizes: Any, dim: int) -> tuple[V, ...]:
    sizes = int_tuple(op_name, "split_sizes", split_sizes)
    n, d = _size_and_dim(op_name, input, dim)
    if any(s < 0 for s in sizes):
        raise RuntimeError(
            f"split_with_sizes expects split_sizes have only non-negative entries, but got split_sizes={list(sizes)}"
        )
    if sum(sizes) != n:
        raise RuntimeError(
            f"split_with_sizes expects split_sizes to sum exactly to {n} (input tensor's size at dimension {d}), "
            f"but got split_sizes={list(sizes)}"
        )
    return Split(sizes, d, "SplitWithSizesBackward0")(input) if sizes else ()


@numpy_names
def chunk(input: V, chunks: int, dim: int = 0) -> tuple[V, ...]:
    """At most `chunks` parts of one size, the last of which may be smaller (torch.chunk).

    Raises:   RuntimeError: for chunks < 1.
    """
    check_tensor("chunk", input)
    chunks = as_integer("chunk", "chunks", chunks)
    count = int(chunks)
    n, d = _size_and_dim("chunk", input, dim)
    if count <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {count}")
    return Split((0,) * count if n == 0 else _parts(n, -(-n // count)), d)(input)


@numpy_names
def tensor_split(input: V, indices_or_sections: Any, dim: int = 0) -> tuple[V, ...]:
    """So many parts of sizes that differ by at most 1, or the parts between the given indices (torch.tensor_split).

    Raises:   RuntimeError: for less than one part.
    """
    check_tensor("tensor_split", input)
    n, d = _size_and_dim("tensor_split", input, dim)
    given = indices_or_sections
    if isinstance(given, Variable) and given.array.ndim == 1:
        given = given.array.tolist()
    if is_int(given):
        count = int(given)
        if count <= 0:
            raise RuntimeError(f"tensor_split: number of sections must be larger than 0, got {count}")
        larger = n % count
        ends = [i * (n // count) + min(i, larger) for i in range(1, count)]
    else:
        ends = list(int_tuple("tensor_split", "indices", given))
    before = (slice(None),) * d
    edges = [0, *ends, n]
    return tuple([BasicIndex((*before, slice(*edges[i : i + 2])))(input) for i in range(len(edges) - 1)])


def hsplit(input: V, indices_or_sections: Any) -> tuple[V, ...]:
    """tensor_split of the columns, or of a vector (torch.hsplit); a number has to divide their number."""
    return _equal_split("hsplit", input, indices_or_sections, 1, 1)


def vsplit(input: V, indices_or_sections: Any) -> tuple[V, ...]:
    """tensor_split of the rows (torch.vsplit); a number has to divide their number."""
    return _equal_split("vsplit", input, indices_or_sections, 2, 0)


def dsplit(input: V, indices_or_sections: Any) -> tuple[V, ...]:
    """tensor_split of the third dimension (torch.dsplit); a number has to divide its size."""
    return _equal_split("dsplit", input, indices_or_sections, 3, 2)


def _equal_split(op_name: str, input: V, indices_or_sections: Any, least: int, dim: int) -> tuple[V, ...]:
    check_tensor(op_name, input)
    shape = input.array.shape
    if len(shape) < least:
        raise RuntimeError(
            f"torch.{op_name} requires a tensor with at least {least} dimension, but got a tensor "
            f"with {len(shape)} dimensions!"
        )
    dim = min(dim, len(shape) - 1)  # hsplit takes a vector too
    count = indices_or_sections
    if is_int(count) and (int(count) <= 0 or shape[dim] % int(count)):
        raise RuntimeError(
            f"torch.{op_name} attempted to split along dimension {dim}, but the size of the dimension {shape[dim]} is "
            f"not divisible by the split_size {int(count)}! tensor_split() makes parts of different sizes."
        )
    return tensor_split(input, count, dim)


def _size_and_dim(op_name: str, input: Variable, dim: int) -> tuple[int, int]:
    shape = input.array.shape
    if not shape:
        raise RuntimeError(f"{op_name} expects at least a 1-dimensional tensor, but got a tensor with 0 dims")
    d = normalize_dim(op_name, dim, len(shape))
    return shape[d], d


def _parts(n: int, size: int) -> tuple[int, ...]:
    """n as parts of a size, the last one being what is left."""
    if n <= size:
        return (n,)
    whole, rest = divmod(n, size)
    return (size,) * whole + ((rest,) if rest else ())
