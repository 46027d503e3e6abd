"""Logic on truth values and on bits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.grad_mode import no_grad
from ..autograd.memory_order import inherit_order
from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from ..types import dtype as dt
from .arguments import (
    broadcast_shape,
    check_tensor,
    dtype_of_operands,
    inplace_operands,
    promote,
)


@dataclass(eq=False, repr=False)
class Logic(Operation):
    """A NumPy function of truth values or of bits. It is never part of a graph."""

    is_pointwise = True
    function: str  # logical_and ..., bitwise_and ..., invert

    def name(self) -> str:
        """LogicalAndBackward0 and so on."""
        return "".join(part.capitalize() for part in self.function.split("_")) + "Backward0"

    def forward(self, *operands: Array) -> Array:
        return getattr(np, self.function)(*operands)


@dataclass(eq=False, repr=False)
class Shift(Operation):
    """a * 2**b (left) or a / 2**b rounded down (right); bits that leave the dtype are lost."""

    is_pointwise = True
    left: bool

    def forward(self, a: Array, b: Array) -> Array:
        bits = a.dtype.itemsize * 8
        beyond = (b < 0) | (b >= bits)
        shifted = np.left_shift(a, b) if self.left else np.right_shift(a, b)
        emptied = np.zeros_like(a) if self.left else np.where(a < 0, -1, 0).astype(a.dtype)
        return np.where(beyond, emptied, shifted)


def _logical(function: str, input: V, *others: Any) -> V:
    for name, operand in zip(("input", "other"), (input, *others)):
        check_tensor(function, operand, name)
    arrays = [operand.array for operand in (input, *others)]
    broadcast_shape(function, *(array.shape for array in arrays))
    made = input.wrap(np.asarray(getattr(np, function)(*arrays)))
    inherit_order(made, (input, *others))
    return made


def _logical_inplace(function: str, input: V, *others: Any) -> V:
    for name, operand in zip(("input", "other"), (input, *others)):
        check_tensor(f"{function}_", operand, name)
    broadcast_shape(f"{function}_", *(operand.array.shape for operand in (input, *others)))
    with no_grad():  # as PyTorch: the write is noticed, but not recorded
        return Logic(function).inplace(input, *others)


def logical_and(input: V, other: Variable) -> V:
    """Where both are not 0, as bool (torch.logical_and)."""
    return _logical("logical_and", input, other)


def logical_and_(input: V, other: Variable) -> V:
    """Set input to 1 where both are not 0, to 0 elsewhere, in place."""
    return _logical_inplace("logical_and", input, other)


def logical_or(input: V, other: Variable) -> V:
    """Where either is not 0, as bool (torch.logical_or)."""
    return _logical("logical_or", input, other)


def logical_or_(input: V, other: Variable) -> V:
    """Set input to 1 where either is not 0, to 0 elsewhere, in place."""
    return _logical_inplace("logical_or", input, other)


def logical_xor(input: V, other: Variable) -> V:
    """Where exactly one is not 0, as bool (torch.logical_xor)."""
    return _logical("logical_xor", input, other)


def logical_xor_(input: V, other: Variable) -> V:
    """Set input to 1 where exactly one is not 0, to 0 elsewhere, in place."""
    return _logical_inplace("logical_xor", input, other)


def logical_not(input: V) -> V:
    """Where input is 0, as bool (torch.logical_not)."""
    return _logical("logical_not", input)


def logical_not_(input: V) -> V:
    """Set input to 1 where it is 0, to 0 elsewhere, in place."""
    return _logical_inplace("logical_not", input)


def _refuse_floats(op_name: str, d: dt.dtype) -> None:
    if d.is_floating_point:
        raise NotImplementedError(
            f"\"{op_name}\" not implemented for '{d.tensor_type}'; it takes integers and bool. Compare the tensor "
            "first (x > 0), or convert it with .long() or .bool()."
        )


def _bitwise(op_name: str, op: Operation, input: Any, other: Any) -> Any:
    if not isinstance(other, Variable):
        check_tensor(op_name, input)
    _refuse_floats(op_name, dtype_of_operands(op_name, input, other))
    return op(*promote(op_name, input, other))


def _bitwise_inplace(op_name: str, op: Operation, input: V, other: Any) -> V:
    check_tensor(op_name, input)
    _refuse_floats(op_name, dtype_of_operands(op_name, input, other))
    return op.inplace(input, *inplace_operands(op_name, input, other))


def bitwise_and(input: Variable | int, other: Variable | int) -> Any:
    """input & other: bit by bit of integers, or of bool (torch.bitwise_and)."""
    return _bitwise("bitwise_and", Logic("bitwise_and"), input, other)


def bitwise_and_(input: V, other: Variable | int) -> V:
    """Take input & other, in place."""
    return _bitwise_inplace("bitwise_and_", Logic("bitwise_and"), input, other)


def bitwise_or(input: Variable | int, other: Variable | int) -> Any:
    """input | other: bit by bit of integers, or of bool (torch.bitwise_or)."""
    return _bitwise("bitwise_or", Logic("bitwise_or"), input, other)


def bitwise_or_(input: V, other: Variable | int) -> V:
    """Take input | other, in place."""
    return _bitwise_inplace("bitwise_or_", Logic("bitwise_or"), input, other)


def bitwise_xor(input: Variable | int, other: Variable | int) -> Any:
    """input ^ other: bit by bit of integers, or of bool (torch.bitwise_xor)."""
    return _bitwise("bitwise_xor", Logic("bitwise_xor"), input, other)


def bitwise_xor_(input: V, other: Variable | int) -> V:
    """Take input ^ other, in place."""
    return _bitwise_inplace("bitwise_xor_", Logic("bitwise_xor"), input, other)


def bitwise_not(input: V) -> V:
    """~input: each bit of integers, or bool, turned over (torch.bitwise_not)."""
    check_tensor("bitwise_not", input)
    _refuse_floats("bitwise_not", input.dtype)
    return Logic("invert")(input)


def bitwise_not_(input: V) -> V:
    """Take ~input, in place."""
    check_tensor("bitwise_not_", input)
    _refuse_floats("bitwise_not_", input.dtype)
    return Logic("invert").inplace(input)


def _check_shift(op_name: str, input: Any, other: Any) -> None:
    if dtype_of_operands(op_name, input, other) is dt.bool_:
        raise NotImplementedError(f"\"{op_name}\" not implemented for 'Bool'. Convert the tensor: .int(), .long()")


def bitwise_left_shift(input: Variable | int, other: Variable | int) -> Any:
    """input << other; 0 where other is negative or not below the number of bits (torch.bitwise_left_shift)."""
    _check_shift("bitwise_left_shift", input, other)
    return _bitwise("bitwise_left_shift", Shift(left=True), input, other)


def bitwise_left_shift_(input: V, other: Variable | int) -> V:
    """Take input << other, in place."""
    _check_shift("bitwise_left_shift_", input, other)
    return _bitwise_inplace("bitwise_left_shift_", Shift(left=True), input, other)


def bitwise_right_shift(input: Variable | int, other: Variable | int) -> Any:
    """input >> other, keeping the sign (torch.bitwise_right_shift)."""
    _check_shift("bitwise_right_shift", input, other)
    return _bitwise("bitwise_right_shift", Shift(left=False), input, other)


def bitwise_right_shift_(input: V, other: Variable | int) -> V:
    """Take input >> other, in place."""
    _check_shift("bitwise_right_shift_", input, other)
    return _bitwise_inplace("bitwise_right_shift_", Shift(left=False), input, other)
