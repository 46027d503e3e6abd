"""Indexing: x[...] read and written; basic indices give views, index arrays and masks copy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from .accumulation import add_at, indexed_shape, is_mask
from .arguments import check_tensor, is_number, to_dtype, unbroadcast
from .copying import CopyInto
from .expanding import expanded_shape
from .index_expressions import IndexExpression, read_index, read_index_tensors
from .memory_order import tidy
from .numbers import number_array
from .reshaping import Reshape
from .slicing import BasicIndex


@dataclass(eq=False, repr=False)
class Index(Operation):
    """x[index] for index arrays, which are in range and counted from the front: a copy."""

    index: tuple

    def forward(self, x: Array) -> Array:
        self.input_shape = x.shape
        if is_mask(self.index):
            return x[self.index]
        arrays = [(d, item) for d, item in enumerate(self.index) if not isinstance(item, slice)]
        if len(arrays) == 1 and x.flags.c_contiguous:
            d, array = arrays[0]
            return np.take(x, array, axis=d)  # faster, but in any other order of memory it converts x first
        return tidy(x[self.index])

    def backward(self, grad_out: Array) -> Array:
        grad_x = np.zeros(self.input_shape, grad_out.dtype)
        add_at(grad_x, self.index, grad_out)
        return grad_x


@dataclass(eq=False, repr=False)
class IndexPut(Operation):
    """x with x[index] overwritten by, or increased by, values."""

    index: tuple
    accumulate: bool = False

    def forward(self, x: Array, values: Array) -> Array:
        result = x.copy()
        self.forward_inplace(result, values)
        return result

    def forward_inplace(self, target: Array, values: Array) -> None:
        self.values_shape = values.shape
        if np.may_share_memory(values, target):
            values = values.copy()
        if self.accumulate:
            add_at(target, self.index, values)
        else:
            target[self.index] = values

    def backward(self, grad_out: Array) -> tuple:
        grad_x = grad_values = None
        if self.needs_grad[0]:
            grad_x = grad_out
            if not self.accumulate:
                grad_x = grad_out.copy()
                grad_x[self.index] = 0
        if self.needs_grad[1]:
            grad_values = unbroadcast(np.array(grad_out[self.index]), self.values_shape)
        return grad_x, grad_values


def getitem(input: V, index: Any) -> V:
    """input[index]: a view for ints, slices, None and Ellipsis, a copy where index tensors or masks take part.

    Raises:   IndexError: as index_expressions.read_index.
    """
    expression = read_index(index, input.array.shape)
    view = _basic(input, expression)
    return view if expression.advanced is None else Index(expression.advanced)(view)


def setitem(input: Variable, index: Any, value: Any) -> None:
    """input[index] = value, in place; value is a number or a tensor that broadcasts to input[index].

    Raises:   IndexError: as index_expressions.read_index. TypeError: for a value that is neither number nor tensor.
              RuntimeError: for a value of another shape or, with index tensors, of another dtype.
    """
    if index is False:
        return
    expression = read_index(None if index is True else index, input.array.shape)
    source = _as_source(input, value)
    target = _basic(input, expression)
    if expression.advanced is None:
        expanded_shape("setitem", source, target.array.shape)
        CopyInto().inplace(target, source)
    else:
        source = _fitting("setitem", target, expression, source)
        IndexPut(expression.advanced).inplace(target, source)


def index_put(input: V, indices: tuple[Variable, ...], values: Variable, accumulate: bool = False) -> V:
    """A copy of input with input[indices] overwritten by values, or increased by them (torch.index_put).

    Args:     indices: an integer tensor or mask for each of the leading dimensions.
              accumulate: add; repeated indices count each time.
    Raises:   IndexError: for indices out of range. RuntimeError: for values of another dtype or shape.
    """
    op, source = _index_putting("index_put", input, indices, values, accumulate)
    return op(input, source)


def index_put_(input: V, indices: tuple[Variable, ...], values: Variable, accumulate: bool = False) -> V:
    """Overwrite input[indices] by values, or increase it by them, in place."""
    op, source = _index_putting("index_put_", input, indices, values, accumulate)
    return op.inplace(input, source)


def _index_putting(
    op_name: str, input: Variable, indices: Any, values: Variable, accumulate: bool
) -> tuple[IndexPut, Variable]:
    check_tensor(op_name, input)
    expression = read_index_tensors(op_name, indices, input.array.shape)
    check_tensor(op_name, values, "values")
    assert expression.advanced is not None, "there are index arrays"
    return IndexPut(expression.advanced, bool(accumulate)), _fitting(op_name, input, expression, values)


def _basic(input: V, expression: IndexExpression) -> V:
    if expression.advanced is not None and not expression.basic:
        return input
    return BasicIndex(expression.basic, expression.view_name)(input)


_NOT_ASSIGNED = (np.float32, np.float16, np.bool_)  # by index, though they are numbers elsewhere; as in PyTorch


def _as_source(target: Variable, value: Any) -> Variable:
    """The value as a tensor, without leading dimensions of size 1."""
    if is_number(value) and not isinstance(value, _NOT_ASSIGNED):
        return target.wrap(number_array("setitem", value, target.dtype))
    if not isinstance(value, Variable):
        kind = type(value)
        name = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
        raise TypeError(
            f"setitem: can't assign a {name} to a torch.{target.dtype.tensor_type}Tensor; assign a number or a tensor "
            "(torch.tensor(value))"
        )
    shape = value.array.shape
    skipped = next((d for d, n in enumerate(shape) if n != 1), len(shape))
    return Reshape(shape[skipped:])(value) if skipped else value


def _fitting(op_name: str, target: Variable, expression: IndexExpression, source: Variable) -> Variable:
    """The source in the target's dtype, if it may be written to target[index]."""
    assert expression.advanced is not None, "there are index arrays"
    wanted = indexed_shape(target.array.shape, expression.advanced)
    shape = source.array.shape
    if len(shape) > len(wanted) or any(n not in (1, m) for n, m in zip(shape[::-1], wanted[::-1])):
        raise RuntimeError(
            f"{op_name}: shape mismatch: value tensor of shape {list(shape)} cannot be broadcast to indexing result of "
            f"shape {list(wanted)}"
        )
    if source.array.dtype != target.array.dtype and not (expression.masks_only and source.array.size == 1):
        raise RuntimeError(
            f"{op_name}: Index put requires the source and destination dtypes match, got {target.dtype.tensor_type} "
            f"for the destination and {source.dtype.tensor_type} for the source. Convert it: value.to(x.dtype)"
        )
    return to_dtype(source, target.dtype)
