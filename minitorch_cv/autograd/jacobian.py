"""Jacobians, by backward and by differences: every result element's slope in every input element."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .gradients import grad
from .variable import Variable


@dataclass
class Slopes:
    """Jacobians (input elements, output elements) of one output in one input, by differences.

    Args:     central: (f(x + eps) - f(x - eps)) / 2 eps.
              right, left: the one-sided (f(x + eps) - f(x)) / eps and (f(x) - f(x - eps)) / eps.
    """

    central: np.ndarray
    right: np.ndarray
    left: np.ndarray


def outputs_of(func: Callable, inputs: Sequence) -> list[Variable]:
    """The tensors that func gives, one or several.

    Raises:   TypeError: if it gives anything else.
    """
    results = func(*inputs)
    for result in results if isinstance(results, (tuple, list)) else (results,):
        if not isinstance(result, Variable):
            raise TypeError(f"gradcheck: func must return a Tensor or a tuple of Tensors, got {type(result).__name__}")
    return list(results) if isinstance(results, (tuple, list)) else [results]


def by_differences(func: Callable, inputs: Sequence, position: int, chosen: Sequence[int], eps: float) -> list[Slopes]:
    """The slopes of the outputs at `chosen` in input `position`."""
    x = inputs[position].array

    def values() -> list[np.ndarray]:
        outputs = outputs_of(func, inputs)
        return [outputs[o].array.astype(np.float64).ravel() for o in chosen]

    here = values()
    found = [Slopes(*(np.zeros((x.size, len(value))) for _ in range(3))) for value in here]
    for row, index in enumerate(np.ndindex(x.shape)):
        kept = x[index]
        try:
            x[index] = kept + eps
            up = float(x[index]) - float(kept)  # what the dtype makes of eps
            above = values()
            x[index] = kept - eps
            down = float(kept) - float(x[index])
            below = values()
        finally:
            x[index] = kept
        with np.errstate(all="ignore"):
            for slopes, value, high, low in zip(found, here, above, below):
                slopes.central[row] = (high - low) / (up + down)
                slopes.right[row] = (high - value) / up
                slopes.left[row] = (value - low) / down
    return found


def by_backward(output: Variable, inputs: Sequence[Variable]) -> list[np.ndarray | None]:
    """The Jacobian of one output in each input; None for one that no gradient reached."""
    found: list[np.ndarray | None] = [None] * len(inputs)
    for column, index in enumerate(np.ndindex(output.array.shape)):
        cotangent = np.zeros_like(output.array)
        cotangent[index] = 1
        grads = grad(output, inputs, output.wrap(cotangent), retain_graph=True, allow_unused=True)
        for i, (x, got) in enumerate(zip(inputs, grads)):
            if got is None:
                continue
            jacobian = found[i]
            if jacobian is None:
                jacobian = found[i] = np.zeros((x.array.size, output.array.size))
            jacobian[:, column] = got.array.ravel()
    return found


def same_every_time(first: Sequence[Any], second: Sequence[Any], tolerance: float) -> bool:
    """Whether two lists of arrays (or None) agree within a tolerance, NaN being equal to NaN."""
    for one, two in zip(first, second):
        if (one is None) != (two is None):
            return False
        if one is not None and not np.allclose(one, two, rtol=0, atol=tolerance, equal_nan=True):
            return False
    return True
