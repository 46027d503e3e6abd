"""What measures are taken of: tensors, arrays or lists of numbers; and probabilities of scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from ...tensors.tensor import Tensor

Numbers: TypeAlias = Tensor | np.ndarray | Sequence


def as_array(numbers: Numbers) -> np.ndarray:
    """The numbers as an array."""
    return numbers.array if isinstance(numbers, Tensor) else np.asarray(numbers)


def softmax(scores: np.ndarray) -> np.ndarray:
    """Probabilities of (N, K) scores; rows that are probabilities already stay as they are."""
    if (scores >= 0).all() and np.allclose(scores.sum(axis=1), 1, atol=1e-4):
        return scores
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def sigmoid(scores: np.ndarray) -> np.ndarray:
    """Probabilities of scores, each by itself; numbers in [0, 1] throughout are probabilities already."""
    if ((scores >= 0) & (scores <= 1)).all():
        return scores
    return 0.5 * (1 + np.tanh(0.5 * scores))  # the logistic function, without overflow
