"""Broadcasting, backwards."""

from __future__ import annotations

import numpy as np

from ..kernels.summation import accurate_sum


def unbroadcast(grad: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Sum a gradient over the axes along which an operand of `shape` was broadcast."""
    if grad.shape == shape:
        return grad
    extra = grad.ndim - len(shape)
    axes = tuple(range(extra)) + tuple(extra + i for i, n in enumerate(shape) if n == 1 and grad.shape[extra + i] != 1)
    return accurate_sum(grad, axes).reshape(shape)


def is_expanded(array: np.ndarray) -> bool:
    """Whether an array shows one place in memory many times, as broadcasting makes it."""
    return 0 in array.strides and array.size > 0 and any(s == 0 and n > 1 for s, n in zip(array.strides, array.shape))


def is_expandable(shape: tuple[int, ...], target: tuple[int, ...]) -> bool:
    """Whether broadcasting can make `target` of `shape`."""
    if len(shape) > len(target):
        return False
    return all(n in (1, m) for n, m in zip(reversed(shape), reversed(target)))
