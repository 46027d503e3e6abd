"""PyTorch's type promotion, which is not NumPy's.

Three rules decide the dtype of `a + b` (Source: https://pytorch.org/docs/stable/tensor_attributes.html#type-promotion):

1. Operands fall into three ranks: tensors with dimensions, tensors without (0-d), Python numbers.
2. A lower rank counts only if its category (bool < integer < float) is higher than that of the ranks above.
3. Within what counts, the smallest dtype that holds both wins, where int64 with float16 gives float16 (NumPy: float64).
"""

from __future__ import annotations

from functools import cache

import numpy as np

from . import dtype as dt
from .dtype import dtype

_FLOATS = (dt.float16, dt.float32, dt.float64)


def category(d: dtype) -> int:
    """0 for bool, 1 for integers, 2 for floats."""
    return 2 if d.is_floating_point else 0 if d is dt.bool_ else 1


def _check_dtypes(op_name: str, **given: object) -> None:
    for name, value in given.items():
        if not isinstance(value, dtype):
            raise TypeError(f"{op_name}(): argument '{name}' must be torch.dtype, not {type(value).__name__}")


@cache
def promote_types(type1: dtype, type2: dtype) -> dtype:
    """The smallest dtype that both convert to, floats winning over integers whatever their size."""
    _check_dtypes("promote_types", type1=type1, type2=type2)
    if type1 is type2:
        return type1
    if type1.is_floating_point != type2.is_floating_point:
        return type1 if type1.is_floating_point else type2
    if type1 is dt.bfloat16 or type2 is dt.bfloat16:  # neither of it and float16 holds the other's numbers
        return dt.float32 if dt.float16 in (type1, type2) else max(type1, type2, key=lambda d: d.itemsize)
    if type1.is_floating_point:
        return max(type1, type2, key=_FLOATS.index)
    return dt.from_numpy(np.promote_types(type1.numpy, type2.numpy))  # among integers and bool the two libraries agree


@cache
def can_cast(from_: dtype, to: dtype) -> bool:
    """Whether a result of dtype `from_` may be written into a tensor of dtype `to`: not to a lower category."""
    _check_dtypes("can_cast", from_=from_, to=to)
    return category(from_) <= category(to)


def number_dtype(value: bool | int | float) -> dtype:
    """The dtype that a bare Python number stands for."""
    if isinstance(value, (bool, np.bool_)):
        return dt.bool_
    if isinstance(value, (int, np.integer)):
        return dt.int64
    return dt.get_default_dtype()


@cache
def result_type(*operands: tuple[dtype, int | None]) -> dtype:
    """The dtype of an operation's result.

    Args:     operands: pairs of dtype and number of dimensions; None for a Python number.
    """
    ranks: list[dtype | None] = [None, None, None]  # with dimensions, 0-d, Python numbers
    for d, ndim in operands:
        rank = 2 if ndim is None else 0 if ndim else 1
        so_far = ranks[rank]
        ranks[rank] = d if so_far is None else promote_types(so_far, d)
    result: dtype | None = None
    for d_of_rank in ranks:
        if d_of_rank is not None and (result is None or category(d_of_rank) > category(result)):
            result = d_of_rank
    assert result is not None, "result_type needs an operand"
    return result
