"""Expanding: views that show one element in many places, as broadcasting does."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from ..types.size import Size
from .arguments import broadcast_shape, check_tensor, unbroadcast
from .reshaping import Reshape
from .sizes import int_tuple, is_int


@dataclass(eq=False, repr=False)
class Expand(Operation):
    """Dimensions of size 1, and new leading ones, stretched by giving them a stride of 0."""

    is_view = True
    shape: tuple[int, ...]

    def forward(self, x: Array) -> Array:
        self.input_shape = x.shape
        new = len(self.shape) - x.ndim
        strides = (0,) * new + tuple(
            [0 if n == 1 and wanted != 1 else s for n, wanted, s in zip(x.shape, self.shape[new:], x.strides)]
        )
        return np.lib.stride_tricks.as_strided(x, self.shape, strides)

    def backward(self, grad_out: Array) -> Array:
        return unbroadcast(grad_out, self.input_shape)


def expanded_shape(op_name: str, input: Variable, sizes: tuple[int, ...]) -> tuple[int, ...]:
    """The shape that input expands to; -1 keeps a size.

    Raises:   RuntimeError: if it does not.
    """
    shape = input.array.shape
    new = len(sizes) - len(shape)
    if new < 0:
        raise RuntimeError(
            f"{op_name}: expand(torch.{input.dtype.tensor_type}Tensor{{{list(shape)}}}, size={list(sizes)}): the "
            f"number of sizes provided ({len(sizes)}) must be greater or equal to the number of dimensions in the "
            f"tensor ({len(shape)})"
        )
    found = []
    for position, wanted in enumerate(sizes):
        if position < new:
            if wanted < 0:
                raise RuntimeError(
                    f"{op_name}: The expanded size of the tensor ({wanted}) isn't allowed in a leading, non-existing "
                    f"dimension {position}"
                )
            found.append(wanted)
            continue
        n = shape[position - new]
        if wanted not in (-1, n) and (n != 1 or wanted < 0):
            raise RuntimeError(
                f"{op_name}: The expanded size of the tensor ({wanted}) must match the existing size ({n}) at "
                f"non-singleton dimension {position}.  Target sizes: {list(sizes)}.  Tensor sizes: {list(shape)}"
            )
        found.append(n if wanted == -1 else wanted)
    return tuple(found)


def expand(input: V, size: tuple[int, ...]) -> V:
    """Stretched to size without copying; -1 keeps a size, new dimensions come first (Tensor.expand).

    Raises:   RuntimeError: if another dimension than one of size 1 would change.
    """
    check_tensor("expand", input)
    return Expand(expanded_shape("expand", input, int_tuple("expand", "size", size)))(input)


def broadcast_to(input: V, size: tuple[int, ...]) -> V:
    """The same as expand (torch.broadcast_to)."""
    check_tensor("broadcast_to", input)
    return Expand(expanded_shape("broadcast_to", input, int_tuple("broadcast_to", "size", size)))(input)


def broadcast_tensors(*tensors: Any) -> tuple[Variable, ...]:
    """Each tensor expanded to the shape that all of them broadcast to (torch.broadcast_tensors)."""
    for t in tensors:
        check_tensor("broadcast_tensors", t, "tensors")
    shape = broadcast_shape("broadcast_tensors", *(t.array.shape for t in tensors))
    return tuple([Expand(shape)(t) for t in tensors])


def broadcast_shapes(*shapes: Any) -> Size:
    """The shape that tensors of these shapes broadcast to (torch.broadcast_shapes)."""
    found = [(int(s),) if is_int(s) else int_tuple("broadcast_shapes", "shapes", s) for s in shapes]
    return Size(broadcast_shape("broadcast_shapes", *found))


def meshgrid(*tensors: Any, indexing: str | None = None) -> tuple[Variable, ...]:
    """The coordinates of a grid: one tensor for each axis, all of the grid's shape (torch.meshgrid).

    Args:     tensors: vectors or scalars of one dtype, or one list of them.
              indexing: "ij": dimension k follows tensor k; "xy": the first two change places, as images have it.
    Raises:   RuntimeError: for other dimensions or several dtypes.
    """
    given = tuple(tensors[0]) if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)) else tensors
    for t in given:
        check_tensor("meshgrid", t, "tensors")
    if not given:
        raise RuntimeError("meshgrid expects a non-empty TensorList")
    if indexing is None:
        warnings.warn(
            "torch.meshgrid: in an upcoming release, it will be required to pass the indexing argument.",
            UserWarning,
            stacklevel=2,
        )
    elif indexing not in ("ij", "xy"):
        raise RuntimeError(f'torch.meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}')
    for t in given:
        if t.array.ndim > 1:
            raise RuntimeError(
                f"torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got shape {list(t.array.shape)}"
            )
        if t.array.dtype != given[0].array.dtype:
            raise RuntimeError(
                f"meshgrid expects all tensors to have the same dtype, but got {[t.dtype.name for t in given]}"
            )
    order = list(range(len(given)))
    if indexing == "xy" and len(given) > 1:
        order[:2] = 1, 0
    shape = [0] * len(given)
    for t, axis in zip(given, order):
        shape[axis] = t.array.size
    grids = []
    for t, axis in zip(given, order):
        line = [1] * len(given)
        line[axis] = t.array.size
        grids.append(Expand(tuple(shape))(Reshape(tuple(line))(t)))
    return tuple(grids)
