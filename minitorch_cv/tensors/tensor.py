"""Tensor: an array with a graph behind it, operators, and torch's methods, a family of methods a file."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..ops.slicing import BasicIndex
from ..types import dtype as dt
from .activation import ActivationMethods
from .arithmetic import ArithmeticMethods
from .attributes import AttributeMethods
from .comparison import ComparisonMethods
from .conversion import ConversionMethods
from .duplication import DuplicationMethods
from .indexing import IndexingMethods
from .legacy import check_legacy_keywords, legacy_array
from .linear_algebra import LinearAlgebraMethods
from .missing import MissingNames
from .new import NewMethods
from .parts import PartMethods
from .pointwise import PointwiseMethods
from .printing import PrintingMethods
from .products import ProductMethods
from .python_values import PythonValueMethods
from .random_methods import RandomMethods
from .reduction import ReductionMethods
from .shape import ShapeMethods


class Tensor(
    ActivationMethods,
    ArithmeticMethods,
    AttributeMethods,
    ComparisonMethods,
    ConversionMethods,
    DuplicationMethods,
    IndexingMethods,
    LinearAlgebraMethods,
    MissingNames,
    NewMethods,
    PartMethods,
    PointwiseMethods,
    PrintingMethods,
    ProductMethods,
    PythonValueMethods,
    RandomMethods,
    ReductionMethods,
    ShapeMethods,
):
    """A multi-dimensional array of numbers that can require a gradient.

    Make one with `tensor(data)`, `zeros(shape)`, `from_numpy(array)` ...; the old form `Tensor(data)` makes float32 of
    a list or array, and `Tensor(2, 3)` one of that shape without defined content, as in PyTorch.
    """

    __array_priority__ = 1000
    printed_as = "tensor"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if not args and "data" in kwargs:
            args = (kwargs.pop("data"),)
        check_legacy_keywords(kwargs)
        if len(args) == 1 and isinstance(args[0], Tensor):
            self.become(BasicIndex((), "AliasBackward0")(args[0]))
        else:
            self._fill(legacy_array(args, dt.get_default_dtype()))

    @classmethod
    def wrap(cls, array: np.ndarray) -> Tensor:
        """A plain Tensor around an array, which is not copied; also for subclasses (Parameter)."""
        made = Tensor.__new__(Tensor)
        made._fill(array)
        return made

    def __format__(self, spec: str) -> str:
        if self.array.ndim == 0 and type(self) is Tensor:
            return format(self.array.item(), spec)
        return object.__format__(self, spec)
