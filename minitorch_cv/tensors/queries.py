"""Questions about tensors, as functions."""

from __future__ import annotations

from typing import Any

from ..autograd.variable import Variable
from ..ops.arguments import check_tensor, dtype_of_operands
from ..types import dtype as dt
from .tensor import Tensor


def is_tensor(obj: Any) -> bool:
    """Whether obj is a Tensor (torch.is_tensor)."""
    return isinstance(obj, Tensor)


def numel(input: Variable) -> int:
    """The number of elements (torch.numel)."""
    check_tensor("numel", input)
    return input.array.size


def is_floating_point(input: Variable) -> bool:
    """Whether the dtype is float16, float32 or float64 (torch.is_floating_point)."""
    check_tensor("is_floating_point", input)
    return input.dtype.is_floating_point


def is_complex(input: Variable) -> bool:
    """False: there are no complex tensors here (torch.is_complex)."""
    check_tensor("is_complex", input)
    return False


def is_nonzero(input: Variable) -> bool:
    """Whether the one element is not zero (torch.is_nonzero).

    Raises:   RuntimeError: if there is not exactly one.
    """
    check_tensor("is_nonzero", input)
    return bool(input)


def result_type(tensor1: Variable | float, tensor2: Variable | float) -> dt.dtype:
    """The dtype of an operation's result on two tensors or numbers (torch.result_type)."""
    return dtype_of_operands("result_type", tensor1, tensor2)
