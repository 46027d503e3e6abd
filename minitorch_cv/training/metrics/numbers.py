"""What measures are taken of: tensors, arrays or lists of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from ...tensors.tensor import Tensor

Numbers: TypeAlias = Tensor | np.ndarray | Sequence


def as_array(numbers: Numbers) -> np.ndarray:
    """The numbers as an array."""
    return numbers.array if isinstance(numbers, Tensor) else np.asarray(numbers)
