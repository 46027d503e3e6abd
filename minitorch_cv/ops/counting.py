"""Reductions of truth values: any, all, count_nonzero."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..autograd.variable import V
from .arguments import check_tensor, normalize_dims
from .numpy_names import numpy_names


def _reduce(op_name: str, function: Callable, input: V, dim: Any, keepdim: bool) -> V:
    check_tensor(op_name, input)
    nothing = isinstance(dim, (tuple, list)) and not dim  # in PyTorch, () reduces none here, but all in a sum
    axes = () if nothing else normalize_dims(op_name, dim, input.array.ndim)
    found = np.asarray(function(input.array, axis=axes, keepdims=keepdim))
    return input.wrap(found.astype(np.uint8) if input.array.dtype == np.uint8 else found)


@numpy_names
def any(input: V, dim: Any = None, keepdim: bool = False) -> V:
    """Whether any element is not 0, over all dimensions or those given (torch.any).

    Returns:  bool, but uint8 for uint8, as in PyTorch.
    """
    return _reduce("any", np.any, input, dim, keepdim)


@numpy_names
def all(input: V, dim: Any = None, keepdim: bool = False) -> V:
    """Whether no element is 0, over all dimensions or those given (torch.all).

    Returns:  bool, but uint8 for uint8, as in PyTorch.
    """
    return _reduce("all", np.all, input, dim, keepdim)


@numpy_names
def count_nonzero(input: V, dim: Any = None) -> V:
    """How many elements are not 0, over all dimensions or those given (torch.count_nonzero)."""
    check_tensor("count_nonzero", input)
    axes = normalize_dims("count_nonzero", dim, input.array.ndim)
    return input.wrap(np.asarray(np.count_nonzero(input.array, axis=axes)).astype(np.int64))
