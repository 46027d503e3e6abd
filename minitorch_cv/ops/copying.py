"""Copies: clone, into an order of memory, and copy_ between tensors of any dtype."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.memory_order import fits_in_order, home_of, inherit_order, is_settled, move_in_order, pin
from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from ..types import dtype as dt
from ..types import memory_format as mf
from .arguments import ToDtype, broadcast_shape, check_tensor, dense_copy, unbroadcast


@dataclass(eq=False, repr=False)
class Clone(Operation):
    """The same numbers in memory of their own."""

    is_pointwise = True
    memory_format: mf.memory_format = mf.preserve_format

    def forward(self, x: Array) -> Array:
        return dense_copy(x, x.dtype, self.memory_format)

    def backward(self, grad_out: Array) -> Array:
        return grad_out


@dataclass(eq=False, repr=False)
class CopyInto(Operation):
    """Overwrite the first input with the second, converting and broadcasting it."""

    torch_name = "CopyBackwards"

    def forward(self, target: Array, source: Array) -> Array:
        self.source_shape = source.shape
        return np.broadcast_to(source, target.shape).astype(target.dtype)

    def forward_inplace(self, target: Array, source: Array) -> None:
        self.source_shape = source.shape
        np.copyto(target, source, casting="unsafe")

    def backward(self, grad_out: Array) -> tuple:
        grad_source = unbroadcast(grad_out, self.source_shape) if self.needs_grad[1] else None
        return np.zeros_like(grad_out) if self.needs_grad[0] else None, grad_source


def clone(input: V, *, memory_format: Any = mf.preserve_format) -> V:
    """A copy that gradients flow through (torch.clone).

    Raises:   RuntimeError: for channels_last, unless input is 4-d.
    """
    check_tensor("clone", input)
    mf.check_memory_format("clone", memory_format, input.array.ndim)
    return as_asked(Clone(memory_format)(input), memory_format)


def contiguous(input: V, memory_format: mf.memory_format = mf.contiguous_format) -> V:
    """The input itself if its memory is in the format, else a copy that is (Tensor.contiguous).

    Raises:   RuntimeError: for preserve_format, if a copy is needed; for channels_last, unless input is 4-d.
    """
    check_tensor("contiguous", input)
    mf.check_memory_format("contiguous", memory_format, input.array.ndim)
    if memory_format is mf.channels_last:
        found = input if mf.is_channels_last(input.array) else Clone(memory_format)(input)
        return as_asked(found, memory_format)
    in_order = lies_in_order(input)
    if memory_format is mf.preserve_format and not in_order:
        raise RuntimeError("contiguous: preserve memory format is unsupported by the contiguous operator")
    return input if in_order else Clone(mf.contiguous_format)(input)


def lies_in_order(input: Variable) -> bool:
    """Whether memory runs in the order of the dimensions; it is brought there if PyTorch's would lie there."""
    if is_settled(input):
        return True
    home = home_of(input)
    if home is not None and not (fits_in_order(input, home, (input.array.size,)) and move_in_order(home)):
        return False
    return input.array.flags.c_contiguous


def in_format(input: V, d: dt.dtype | None, memory_format: mf.memory_format, copied: bool = False) -> V:
    """In another dtype, or order of memory, or both: input itself if it is so already, unless `copied` asks for a copy.

    Source:   Tensor.to. As in PyTorch, contiguous_format leaves memory that is neither it nor channels_last as it is.
    """
    x = input.array
    if copied and (d is None or d.numpy == x.dtype):
        return as_asked(Clone(memory_format)(input), memory_format)
    if d is None or d.numpy == x.dtype:
        if memory_format is mf.preserve_format:
            return input
        if memory_format is mf.contiguous_format:
            kept = not mf.suggests_channels_last(x) or lies_in_order(input)
        else:
            kept = mf.suggests_channels_last(x)
        if kept:
            return as_asked(input, memory_format)
    return as_asked(ToDtype(x.dtype if d is None else d.numpy, memory_format)(input), memory_format)


def as_asked(made: V, memory_format: mf.memory_format, source: Variable | None = None) -> V:
    """`made`, whose memory stays where it is if the user asked for channels_last, or permuted its `source`."""
    if memory_format is mf.channels_last:
        pin(made)
    elif memory_format is mf.preserve_format and source is not None:
        inherit_order(made, (source,))
    return made


def copy_(input: V, src: Variable) -> V:
    """Overwrite input with src, which is broadcast and converted (Tensor.copy_).

    Raises:   RuntimeError: if src does not broadcast to input's shape.
    """
    check_tensor("copy_", input)
    check_tensor("copy_", src, "other")
    if broadcast_shape("copy_", input.array.shape, src.array.shape) != input.array.shape:
        raise RuntimeError(
            f"copy_: output with shape {list(input.array.shape)} doesn't match the broadcast shape "
            f"{list(broadcast_shape('copy_', input.array.shape, src.array.shape))}"
        )
    return CopyInto().inplace(input, src)
