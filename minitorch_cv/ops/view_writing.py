"""Copies in which what a view would show is overwritten: select_scatter, slice_scatter, diagonal_scatter."""

from __future__ import annotations

from typing import Any

from ..autograd.variable import V, Variable
from .arguments import check_tensor, normalize_dim
from .copying import clone, copy_
from .slicing import BasicIndex, diagonal, select


def _overwritten(op_name: str, copied: Any, view: Any, src: Any) -> Any:
    check_tensor(op_name, src, "src")
    if view.array.shape != src.array.shape:
        raise RuntimeError(
            f"{op_name}: expected src to have a size equal to the part of self that it replaces. src size = "
            f"{list(src.array.shape)}, part size = {list(view.array.shape)}"
        )
    copy_(view, src)
    return copied


def select_scatter(input: V, src: Variable, dim: int, index: int) -> V:
    """A copy of input with the part at one index of a dimension overwritten by src (torch.select_scatter)."""
    check_tensor("select_scatter", input)
    copied = clone(input)
    return _overwritten("select_scatter", copied, select(copied, dim, index), src)


def slice_scatter(
    input: V, src: Variable, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1
) -> V:
    """A copy of input with a slice of a dimension, start:end:step, overwritten by src (torch.slice_scatter)."""
    check_tensor("slice_scatter", input)
    d = normalize_dim("slice_scatter", dim, input.array.ndim)
    if step <= 0:
        raise RuntimeError(f"slice_scatter: slice step must be positive, got {step}")
    copied = clone(input)
    part = BasicIndex((slice(None),) * d + (slice(start, end, step),))(copied)
    return _overwritten("slice_scatter", copied, part, src)


def diagonal_scatter(input: V, src: Variable, offset: int = 0, dim1: int = 0, dim2: int = 1) -> V:
    """A copy of input with a diagonal overwritten by src (torch.diagonal_scatter)."""
    check_tensor("diagonal_scatter", input)
    copied = clone(input)
    return _overwritten("diagonal_scatter", copied, diagonal(copied, offset, dim1, dim2), src)
