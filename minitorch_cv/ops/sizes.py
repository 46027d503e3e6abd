"""Sizes as users write them: `f(2, 3)`, `f((2, 3))`, with -1 for what can be worked out."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ..autograd.variable import Variable


def is_int(value: Any) -> bool:
    """Whether `value` can stand for a size or a dimension: an integer or an integer tensor of one element."""
    if isinstance(value, bool):
        return False
    if isinstance(value, Variable):
        return value.array.size == 1 and value.array.dtype.kind in "iu"
    return isinstance(value, (int, np.integer))


def as_integer(op_name: str, arg_name: str, value: Any) -> int:
    """An integer, or that in a tensor of one element, as Python's.

    Raises:   TypeError: if it is anything else.
    """
    if not is_int(value):
        raise TypeError(f"{op_name}(): argument '{arg_name}' must be int, not {type(value).__name__}")
    return int(value)


def int_tuple(op_name: str, arg_name: str, value: Any) -> tuple[int, ...]:
    """A tuple or list of integers as a tuple of Python's.

    Raises:   TypeError: if it is anything else.
    """
    if not isinstance(value, (tuple, list)):
        raise TypeError(f"{op_name}(): argument '{arg_name}' must be tuple of ints, not {type(value).__name__}")
    for position, item in enumerate(value):
        if not is_int(item):
            raise TypeError(
                f"{op_name}(): argument '{arg_name}' must be tuple of ints, but found element of type "
                f"{type(item).__name__} at pos {position}"
            )
    return tuple([int(item) for item in value])


def spread_ints(op_name: str, arg_name: str, values: tuple, keywords: dict[str, Any]) -> tuple[int, ...]:
    """The integers of `f(2, 3)`, `f((2, 3))` or `f(size=(2, 3))`, given what came in as `*values` and `**keywords`.

    Raises:   TypeError: if there are none, or others than integers, or other keywords.
    """
    if not values and arg_name in keywords:
        values = (int_tuple(op_name, arg_name, keywords.pop(arg_name)),)
    for name in keywords:
        raise TypeError(f"{op_name}() got an unexpected keyword argument '{name}'")
    if not values:
        raise TypeError(f'{op_name}() missing 1 required positional arguments: "{arg_name}"')
    if is_int(values[0]):
        return int_tuple(op_name, arg_name, values)
    if len(values) > 1:
        raise TypeError(
            f"{op_name}(): argument '{arg_name}' must be ints or one tuple of ints, got "
            f"({', '.join(type(v).__name__ for v in values)})"
        )
    return int_tuple(op_name, arg_name, values[0])


def check_not_negative(op_name: str, sizes: tuple[int, ...]) -> tuple[int, ...]:
    """The sizes themselves.

    Raises:   RuntimeError: if one is negative.
    """
    for n in sizes:
        if n < 0:
            raise RuntimeError(f"{op_name}: Trying to create tensor with negative dimension {n}: {list(sizes)}")
    return sizes


def infer_sizes(op_name: str, sizes: tuple[int, ...], numel: int) -> tuple[int, ...]:
    """The shape that `sizes` mean for a tensor of `numel` elements: a -1 is worked out.

    Raises:   RuntimeError: if they do not hold `numel` elements, or more than one is -1.
    """
    unknown = [i for i, n in enumerate(sizes) if n == -1]
    for index, n in enumerate(sizes):
        if n < -1:
            raise RuntimeError(f"{op_name}: invalid shape dimension {n} at index {index} of shape {list(sizes)}")
    if len(unknown) > 1:
        raise RuntimeError(f"{op_name}: only one dimension can be inferred, but the shape is {list(sizes)}")
    known = prod(n for n in sizes if n != -1)
    if unknown and known == 0 and numel == 0:
        raise RuntimeError(
            f"{op_name}: cannot reshape tensor of 0 elements into shape {list(sizes)} because the unspecified "
            "dimension size -1 can be any value and is ambiguous"
        )
    if numel != known and not (unknown and known and numel % known == 0):
        raise RuntimeError(f"{op_name}: shape '{list(sizes)}' is invalid for input of size {numel}")
    return tuple([numel // known if n == -1 else n for n in sizes])
