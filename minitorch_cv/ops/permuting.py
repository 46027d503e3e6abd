"""Permuting: views with the dimensions in another order."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from .arguments import check_tensor, normalize_dim
from .sizes import int_tuple, is_int


@dataclass(eq=False, repr=False)
class Permute(Operation):
    """The dimensions in another order."""

    is_view = True
    dims: tuple[int, ...]
    torch_name: str = "PermuteBackward0"

    def forward(self, x: Array) -> Array:
        return x.transpose(self.dims)

    def backward(self, grad_out: Array) -> Array:
        return grad_out.transpose(self.inverse().dims)

    def inverse(self) -> Permute:
        order = [0] * len(self.dims)
        for position, d in enumerate(self.dims):
            order[d] = position
        return Permute(tuple(order), self.torch_name)


def permute(input: V, dims: tuple[int, ...]) -> V:
    """The dimensions in the order of dims (torch.permute).

    Raises:   RuntimeError: unless each dimension is named once.
    """
    check_tensor("permute", input)
    ndim = input.array.ndim
    order = int_tuple("permute", "dims", dims)
    if len(order) != ndim:
        raise RuntimeError(
            "permute: number of dimensions in the tensor input does not match the length of the desired ordering of "
            f"dimensions i.e. input.dim() = {ndim} is not equal to len(dims) = {len(order)}"
        )
    found = tuple([normalize_dim("permute", d, ndim) for d in order])
    if len(set(found)) != ndim:
        raise RuntimeError(f"permute(): duplicate dims are not allowed. Got dims {list(order)}")
    return Permute(found)(input)


def swapping(op_name: str, input: Variable, dim0: int, dim1: int, torch_name: str = "TransposeBackward0") -> Permute:
    """The operation that exchanges two dimensions."""
    ndim = input.array.ndim
    first, second = normalize_dim(op_name, dim0, ndim), normalize_dim(op_name, dim1, ndim)
    order = list(range(ndim))
    if ndim:
        order[first], order[second] = second, first
    return Permute(tuple(order), torch_name)


def transpose(input: V, dim0: int, dim1: int) -> V:
    """Dimensions dim0 and dim1 exchanged (torch.transpose)."""
    check_tensor("transpose", input)
    return swapping("transpose", input, dim0, dim1)(input)


def swapaxes(input: V, axis0: int, axis1: int) -> V:
    """Dimensions axis0 and axis1 exchanged (torch.swapaxes)."""
    check_tensor("swapaxes", input)
    return swapping("swapaxes", input, axis0, axis1)(input)


def swapdims(input: V, dim0: int, dim1: int) -> V:
    """Dimensions dim0 and dim1 exchanged (torch.swapdims)."""
    check_tensor("swapdims", input)
    return swapping("swapdims", input, dim0, dim1)(input)


def matrix_transposing(input: Variable) -> Permute:
    """The operation that transposes a matrix and leaves what has fewer dimensions as it is."""
    if input.array.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {input.array.ndim}D")
    return Permute(tuple(reversed(range(input.array.ndim))), "TBackward0")


def t(input: V) -> V:
    """A matrix transposed; a vector or scalar as it is (torch.t).

    Raises:   RuntimeError: for more than two dimensions.
    """
    check_tensor("t", input)
    return matrix_transposing(input)(input)


def movedim(input: V, source: Any, destination: Any) -> V:
    """The source dimensions moved to the destination positions, the others in their order (torch.movedim).

    Raises:   RuntimeError: if source and destination differ in number or name a dimension twice.
    """
    return _move("movedim", input, source, destination)


def moveaxis(input: V, source: Any, destination: Any) -> V:
    """The same as movedim (torch.moveaxis)."""
    return _move("moveaxis", input, source, destination)


def _move(op_name: str, input: V, source: Any, destination: Any) -> V:
    check_tensor(op_name, input)
    ndim = input.array.ndim
    if is_int(source) != is_int(destination):
        raise TypeError(
            f"{op_name}(): arguments 'source' and 'destination' must both be int or both be tuple of ints, got "
            f"{type(source).__name__} and {type(destination).__name__}"
        )
    sources = int_tuple(op_name, "source", (source,) if is_int(source) else source)
    destinations = int_tuple(op_name, "destination", (destination,) if is_int(destination) else destination)
    if len(sources) != len(destinations):
        raise RuntimeError(
            f"{op_name}: Invalid source or destination dims: source ({list(sources)} dims) should contain the same "
            f"number of dims as destination ({list(destinations)} dims)"
        )
    found = [normalize_dim(op_name, d, ndim) for d in sources]
    goals = [normalize_dim(op_name, d, ndim) for d in destinations]
    for name, dims, given in (("source", found, sources), ("destination", goals, destinations)):
        if len(set(dims)) != len(dims):
            raise RuntimeError(f"{op_name}: repeated dim in `{name}` ({list(given)})")
    rest = iter([d for d in range(ndim) if d not in found])
    placed = dict(zip(goals, found))
    return Permute(tuple([placed[p] if p in placed else next(rest) for p in range(ndim)]))(input)


def numpy_transpose(input: V) -> V:
    """All dimensions in reverse order (Tensor.T); warns, as PyTorch does, where there are not two."""
    if input.array.ndim != 2:
        warnings.warn(
            "The use of `x.T` on tensors of dimension other than 2 to reverse their shape is deprecated and it will "
            "throw an error in a future release. Consider `x.mT` to transpose batches of matrices or "
            "`x.permute(*torch.arange(x.ndim - 1, -1, -1))` to reverse the dimensions of a tensor.",
            UserWarning,
            stacklevel=3,
        )
    return Permute(tuple(reversed(range(input.array.ndim))))(input)


def matrix_transpose(input: V, name: str) -> V:
    """The last two dimensions exchanged (Tensor.mT, mH, adjoint).

    Raises:   RuntimeError: for a vector or a scalar.
    """
    if input.array.ndim < 2:
        raise RuntimeError(
            f"tensor.{name} is only supported on matrices or batches of matrices. Got {input.array.ndim}-D tensor."
        )
    return swapping(name, input, -2, -1)(input)


def hermitian_transpose(input: V) -> V:
    """A matrix transposed; there are no complex numbers to conjugate (Tensor.H).

    Raises:   RuntimeError: unless there are two dimensions.
    """
    if input.array.ndim != 2:
        raise RuntimeError(
            f"tensor.H is only supported on matrices (2-D tensors). Got {input.array.ndim}-D tensor. "
            "For batches of matrices, consider using tensor.mH"
        )
    return swapping("H", input, 0, 1)(input)
