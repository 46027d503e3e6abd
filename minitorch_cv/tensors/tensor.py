"""Tensor: an array with a graph behind it, operators, and torch's methods, a family of methods a file."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..types import dtype as dt
from .activation import ActivationMethods
from .arithmetic import ArithmeticMethods
from .attributes import AttributeMethods
from .conversion import ConversionMethods


class Tensor(
    ActivationMethods,
    ArithmeticMethods,
    AttributeMethods,
    ConversionMethods,
):
    """A multi-dimensional array of numbers that can require a gradient.

    Make one with `tensor(data)`, `zeros(shape)`, `from_numpy(array)` ...; the old form `Tensor(data)` makes float32 of a
    list or array, and `Tensor(2, 3)` one of that shape without defined content, as in PyTorch.
    """

    __array_priority__ = 1000

    def __init__(self, *args: Any) -> None:
        if len(args) == 1 and not isinstance(args[0], (int, np.integer)):
            source = args[0]
            array = source.array if isinstance(source, Tensor) else np.array(source, dt.get_default_dtype().numpy)
            self._fill(array)
        else:
            self._fill(np.empty(args, dt.get_default_dtype().numpy) if args else np.empty(0, np.float32))

    @classmethod
    def wrap(cls, array: np.ndarray) -> Tensor:
        """A plain Tensor around an array, which is not copied; also for subclasses (Parameter)."""
        made = Tensor.__new__(Tensor)
        made._fill(array)
        return made
