"""Reshaping: the same elements, in the same order, in another shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.memory_order import exposed, fits_in_order, home_of, is_settled, move_in_order
from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from .arguments import check_tensor, normalize_dim, normalize_dims
from .copying import contiguous
from .numpy_names import numpy_names
from .sizes import infer_sizes, int_tuple


@dataclass(eq=False, repr=False)
class Reshape(Operation):
    """Another shape: a view where the memory allows it, else a copy."""

    is_view = True
    shape: tuple[int, ...]
    torch_name: str = "ViewBackward0"
    copied: bool = False  # even where a view could be

    def forward(self, x: Array) -> Array:
        self.input_shape = x.shape
        result = np.array(x, order="C").reshape(self.shape) if self.copied else x.reshape(self.shape)
        if x.size and not np.may_share_memory(result, x):
            self.torch_name = "UnsafeViewBackward0"
        return result

    def backward(self, grad_out: Array) -> Array:
        return grad_out.reshape(self.input_shape)

    def inverse(self) -> Reshape:
        return Reshape(self.input_shape)


def _reshaped(input: V, shape: tuple[int, ...]) -> V:
    """A view where PyTorch's memory would allow it, else a copy."""
    if input.array.size and not is_settled(input):
        home = home_of(input)
        if home is not None:
            if not fits_in_order(input, home, shape):
                return Reshape(shape, copied=True)(input)
            move_in_order(home)
    return Reshape(shape)(input)


def reshape(input: V, shape: tuple[int, ...]) -> V:
    """The elements in another shape; one size may be -1. A view where possible, else a copy (torch.reshape).

    Raises:   RuntimeError: if the shape holds another number of elements.
    """
    check_tensor("reshape", input)
    return _reshaped(input, infer_sizes("reshape", int_tuple("reshape", "shape", shape), input.array.size))


def view(input: V, size: tuple[int, ...]) -> V:
    """The same memory in another shape; one size may be -1 (Tensor.view).

    Memory that a layer left channels last goes into the order of the dimensions for it (autograd/memory_order.py).

    Raises:   RuntimeError: if the shape holds another number of elements, or would need a copy.
    """
    check_tensor("view", input)
    shape = infer_sizes("view", int_tuple("view", "size", size), input.array.size)
    result = _reshaped(input, shape)
    if result._base is None:
        raise RuntimeError(
            "view: view size is not compatible with input tensor's size and stride (at least one dimension "
            "spans across two contiguous subspaces). Use .reshape(...) instead. "
            f"Got shape {list(input.array.shape)} with stride "
            f"{[s // input.array.itemsize for s in input.array.strides]}, asked for {list(shape)}"
        )
    return result


def view_dtype(input: V, numpy_dtype: np.dtype) -> V:
    """The same memory read as another dtype, without history (Tensor.view(dtype)).

    Raises:   RuntimeError: if the last dimension's bytes do not make whole elements of the dtype.
    """
    check_tensor("view", input)
    x = exposed(input)
    result = input.detached()
    if x.dtype == numpy_dtype:
        return result
    names = f"to view {x.dtype} as {numpy_dtype} (different element sizes)"
    if x.itemsize != numpy_dtype.itemsize:
        ratio = numpy_dtype.itemsize // x.itemsize
        if x.ndim == 0:
            raise RuntimeError(f"view: self.dim() cannot be 0 {names}")
        if x.strides[-1] != x.itemsize and x.shape[-1] != 1:
            raise RuntimeError(f"view: self.stride(-1) must be 1 {names}, but got {x.strides[-1] // x.itemsize}")
        if ratio > 1 and x.shape[-1] % ratio:
            raise RuntimeError(f"view: self.size(-1) must be divisible by {ratio} {names}, but got {x.shape[-1]}")
    result.array = x.view(numpy_dtype)
    return result


def flatten(input: V, start_dim: int = 0, end_dim: int = -1) -> V:
    """The dimensions from start_dim to end_dim, both included, as one (torch.flatten).

    Raises:   RuntimeError: if start_dim comes after end_dim.
    """
    check_tensor("flatten", input)
    shape = input.array.shape
    start = normalize_dim("flatten", start_dim, len(shape))
    end = normalize_dim("flatten", end_dim, len(shape))
    if start > end:
        raise RuntimeError(
            f"flatten() has invalid args: start_dim cannot come after end_dim; got {start_dim} and {end_dim} for shape "
            f"{list(shape)}"
        )
    if not shape:
        return Reshape((1,))(input)
    if start == end:
        return input
    merged = 1
    for n in shape[start : end + 1]:
        merged *= n
    return _reshaped(input, (*shape[:start], merged, *shape[end + 1 :]))


@numpy_names
def unflatten(input: V, dim: int, sizes: tuple[int, ...]) -> V:
    """Dimension dim as several of the given sizes, one of which may be -1 (torch.unflatten).

    Raises:   RuntimeError: if the sizes do not multiply up to that of dim.
    """
    check_tensor("unflatten", input)
    wanted = int_tuple("unflatten", "sizes", sizes)
    shape = input.array.shape
    d = normalize_dim("unflatten", dim, len(shape))
    if not wanted:
        raise RuntimeError("unflatten: sizes must be non-empty")
    try:
        found = infer_sizes("unflatten", wanted, shape[d] if shape else 1)
    except RuntimeError as error:
        if "is invalid for input" not in str(error):
            raise
        raise RuntimeError(
            f"unflatten: Provided sizes {list(wanted)} don't multiply up to the size of dim {d} "
            f"({shape[d] if shape else 1}) in the input tensor"
        ) from None
    return Reshape((*shape[:d], *found, *shape[d + 1 :]))(input)


def ravel(input: V) -> V:
    """All elements as one dimension, contiguous in memory (torch.ravel)."""
    check_tensor("ravel", input)
    return Reshape((input.array.size,))(contiguous(input))


@numpy_names
def squeeze(input: V, dim: int | tuple[int, ...] | None = None) -> V:
    """Without the dimensions of size 1: all of them, or those among dim (torch.squeeze)."""
    check_tensor("squeeze", input)
    return squeezing(input, dim)(input)


def squeezing(input: Variable, dim: Any) -> Reshape:
    """The operation that squeezes."""
    shape = input.array.shape
    if dim is None:
        return Reshape(tuple([n for n in shape if n != 1]), "SqueezeBackward0")
    several = isinstance(dim, (tuple, list))
    dims = () if several and not dim else normalize_dims("squeeze", dim, len(shape))
    kept = tuple([n for d, n in enumerate(shape) if n != 1 or d not in dims])
    return Reshape(kept, "SqueezeBackward2" if several else "SqueezeBackward1")


@numpy_names
def unsqueeze(input: V, dim: int) -> V:
    """With a dimension of size 1 before position dim (torch.unsqueeze)."""
    check_tensor("unsqueeze", input)
    return unsqueezing(input, dim)(input)


def unsqueezing(input: Variable, dim: int) -> Reshape:
    """The operation that unsqueezes."""
    shape = input.array.shape
    d = normalize_dim("unsqueeze", dim, len(shape) + 1)
    return Reshape((*shape[:d], 1, *shape[d:]), "UnsqueezeBackward0")


def _atleast(ndim: int, tensors: tuple, insert: Any) -> Any:
    name = f"atleast_{ndim}d"
    given = tensors[0] if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)) else tensors
    for t in given:
        check_tensor(name, t)
    made = tuple([t if t.array.ndim >= ndim else Reshape(insert(t.array.shape))(t) for t in given])
    return made[0] if given is tensors and len(tensors) == 1 else made


def atleast_1d(*tensors: Any) -> Any:
    """Each tensor with at least one dimension (torch.atleast_1d)."""
    return _atleast(1, tensors, lambda shape: (1,))


def atleast_2d(*tensors: Any) -> Any:
    """Each tensor with at least two dimensions; new ones come first (torch.atleast_2d)."""
    return _atleast(2, tensors, lambda shape: (1, *(shape or (1,))))


def atleast_3d(*tensors: Any) -> Any:
    """Each tensor with at least three dimensions; a vector becomes (1, n, 1), a matrix (n, m, 1) (torch.atleast_3d)."""
    return _atleast(3, tensors, lambda shape: (*shape, 1) if len(shape) == 2 else (1, *(shape or (1,)), 1))
