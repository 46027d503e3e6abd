"""Memory seen through other sizes and strides: as_strided, and resize_ in place."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import gcd, prod
from typing import Any

import numpy as np

from ..autograd.memory_order import exposed, memory_of
from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from ..kernels.owner import owner_of
from ..types import memory_format as mf
from .arguments import check_tensor
from .sizes import as_integer, check_not_negative, int_tuple, spread_ints


@dataclass(eq=False, repr=False)
class AsStrided(Operation):
    """A view of x's memory.

    Attributes:
        size, stride: of the view, in elements.
        distance: elements from the first of x to the first of the view; may be negative.
    """

    is_view = True
    size: tuple[int, ...]
    stride: tuple[int, ...]
    distance: int

    def forward(self, x: Array) -> Array:
        self.input_shape, self.input_stride = x.shape, tuple([s // x.itemsize for s in x.strides])
        owner = owner_of(x)
        memory = owner if owner.flags.c_contiguous else owner.transpose()
        offset = x.ctypes.data - owner.ctypes.data + self.distance * x.itemsize
        strides = [s * x.itemsize for s in self.stride]
        view: Array = np.ndarray(self.size, x.dtype, memory, offset, strides)
        view.flags.writeable = x.flags.writeable and not overlaps(self.size, self.stride)
        return view

    def inverse(self) -> AsStrided:
        return AsStrided(self.input_shape, self.input_stride, -self.distance)

    def backward(self, grad_out: Array) -> Array:
        """Through the memory: a place that the view shows several times gets the sum, one that x shows so a share."""
        shown = _places(self.size, self.stride) + self.distance
        wanted = _places(self.input_shape, self.input_stride)
        if not (shown.size and wanted.size):
            return np.zeros(self.input_shape, grad_out.dtype)
        first = min(shown.min(), wanted.min())
        length = max(shown.max(), wanted.max()) - first + 1
        sums = np.bincount((shown - first).reshape(-1), grad_out.reshape(-1), length)
        times = np.bincount((wanted - first).reshape(-1), minlength=length)
        return (sums / np.maximum(times, 1))[wanted - first].astype(grad_out.dtype)


def overlaps(size: tuple[int, ...], stride: tuple[int, ...]) -> bool:
    """Whether a view of such a size and strides, none of them negative, shows a place in memory twice."""
    dims = sorted((step, n) for n, step in zip(size, stride) if n > 1)
    if 0 in size or not dims:
        return False
    if dims[0][0] == 0:
        return True
    reach = 0
    for step, n in dims:
        if step <= reach:
            break
        reach += step * (n - 1)
    else:  # each step leads beyond all that the smaller ones reach
        return False
    for (short, n), (long, m) in combinations(dims, 2):
        common = gcd(short, long)
        if long // common < n and short // common < m:  # so many short steps lead to where so many long ones do
            return True
    return len(dims) > 2 and np.unique(_places(size, stride)).size < prod(size)


def _places(size: tuple[int, ...], stride: tuple[int, ...]) -> Array:
    """Where in memory each element is, seen from the first."""
    found = np.zeros(size, np.int64)
    for d, (n, step) in enumerate(zip(size, stride)):
        found += (np.arange(n) * step).reshape((n,) + (1,) * (len(size) - d - 1))
    return found


def as_strided(input: V, size: Any, stride: Any, storage_offset: int | None = None) -> V:
    """The memory of input, seen through a size and strides of its own (torch.as_strided): a view.

    Args:     size, stride: integers, as many of one as of the other.
              storage_offset: elements from the start of the memory; None: as input's.
    Raises:   RuntimeError: if the view would reach beyond the memory, and for negative strides. A view that shows a
                  place in memory several times cannot be written to.
    """
    return _as_strided(input, size, stride, storage_offset)(input)


def as_strided_(input: V, size: Any, stride: Any, storage_offset: int | None = None) -> V:
    """Show its memory through a size and strides of its own, in place; see as_strided."""
    op = _as_strided(input, size, stride, storage_offset)
    memory = memory_of(input)
    op.inplace_view(input)
    if input._base is None:
        input._whole = memory
    return input


def _as_strided(input: Variable, size: Any, stride: Any, storage_offset: int | None) -> AsStrided:
    check_tensor("as_strided", input)
    sizes = check_not_negative("as_strided", int_tuple("as_strided", "size", size))
    strides = int_tuple("as_strided", "stride", stride)
    if len(sizes) != len(strides):
        raise RuntimeError(f"as_strided: mismatch in length of strides and shape: {list(strides)} and {list(sizes)}")
    if any(s < 0 for s in strides):
        raise RuntimeError(
            f"as_strided: Negative strides are not supported at the moment, got strides: {list(strides)}"
        )
    array = exposed(input)  # in the order of the dimensions, as strides are meant
    memory = memory_of(input)
    if not memory.flags.forc:
        raise RuntimeError("as_strided: input's memory has gaps or an order of its own; take contiguous() or clone()")
    begins = (array.ctypes.data - memory.ctypes.data) // array.itemsize
    offset = begins if storage_offset is None else storage_offset
    offset = as_integer("as_strided", "storage_offset", offset)
    if offset < 0:
        raise RuntimeError(f"as_strided: invalid storage offset {offset}")
    reach = 0 if 0 in sizes else offset + 1 + sum((n - 1) * s for n, s in zip(sizes, strides))
    if reach * array.itemsize > memory.nbytes:
        raise RuntimeError(
            f"as_strided: sizes {list(sizes)}, strides {list(strides)}, storage offset {offset}, and itemsize "
            f"{array.itemsize} requiring a storage size of {reach * array.itemsize} are out of bounds for storage of "
            f"size {memory.nbytes}"
        )
    return AsStrided(sizes, strides, int(offset) - begins if reach else 0)


def resize_(input: V, *sizes: Any, memory_format: Any = mf.contiguous_format, **keywords: Any) -> V:
    """Give input another shape, in place, with its first elements in order (Tensor.resize_).

    An empty tensor gets new memory with whatever is in it, and shares none with others any more.

    Args:     sizes: integers or one tuple of them, which may be called size.
              memory_format: contiguous_format; others are not supported.
    Raises:   RuntimeError: for more elements than there are, unless there are none (other tensors may show the same
                  memory, which would have to move), for memory that is not in order, and a tensor that requires grad.
    """
    check_tensor("resize_", input)
    wanted = check_not_negative("resize_", spread_ints("resize_", "size", sizes, keywords))
    _check_format("resize_", memory_format)
    if input.requires_grad:
        raise RuntimeError("resize_: cannot resize variables that require grad; use reshape() or narrow()")
    array = exposed(input)
    count = int(np.prod(wanted, dtype=np.int64))
    if array.size and count > array.size:
        raise RuntimeError(
            f"resize_: shape {list(wanted)} needs {count} elements, but the tensor has {array.size}. More are "
            "supported only for an empty tensor; make a new one: torch.empty(shape)"
        )
    if not array.flags.c_contiguous:
        raise RuntimeError("resize_: the tensor's memory is not in the order of its dimensions; take its contiguous()")
    input.array = array.reshape(-1)[:count].reshape(wanted) if array.size else np.empty(wanted, array.dtype)
    input.bump_version()
    if input._base is not None:  # no view operations lead to it any more
        input._chain, input._view_origin = None, "no_grad"
    return input


def _check_format(op_name: str, memory_format: Any) -> None:
    mf.check_memory_format(op_name, memory_format)
    if memory_format is not mf.contiguous_format:
        raise RuntimeError(
            f"{op_name}: memory format {memory_format!r} is not supported, torch.contiguous_format is; "
            "contiguous(memory_format=torch.channels_last) gives a copy"
        )


def resize_as_(input: V, the_template: Variable, *, memory_format: Any = None) -> V:
    """Give input the shape of another tensor, in place (torch.resize_as_); see resize_."""
    check_tensor("resize_as_", the_template, "the_template")
    if memory_format is not None:
        _check_format("resize_as_", memory_format)
    return resize_(input, tuple(the_template.array.shape))
