"""Size: the shape of a tensor."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from math import prod
from typing import Any


class Size(tuple):
    """A tuple of dimensions that prints as torch.Size([2, 3]).

    Raises:   TypeError: for anything but integers.
    """

    __slots__ = ()

    def __new__(cls, dims: Iterable[Any] = ()) -> Size:
        """Check that all dimensions are integers."""
        checked = []
        for position, n in enumerate(dims):
            try:
                checked.append(operator.index(n))
            except TypeError:
                raise TypeError(
                    f"torch.Size() takes an iterable of 'int' (item {position} is '{type(n).__name__}')"
                ) from None
        return tuple.__new__(cls, checked)

    @classmethod
    def of(cls, shape: tuple[int, ...]) -> Size:
        """The Size of an array's shape, which need not be checked."""
        return tuple.__new__(cls, shape)

    def numel(self) -> int:
        """The number of elements of a tensor of this shape."""
        return prod(self)

    def __repr__(self) -> str:
        return f"torch.Size({list(self)})"

    def __getitem__(self, index):  # type: ignore[override]
        item = tuple.__getitem__(self, index)
        return Size.of(item) if isinstance(index, slice) else item

    def __add__(self, other):  # type: ignore[override]
        return Size.of(tuple.__add__(self, other)) if isinstance(other, tuple) else NotImplemented

    def __radd__(self, other):
        return Size.of(tuple.__add__(other, self)) if isinstance(other, tuple) else NotImplemented

    def __mul__(self, times):  # type: ignore[override]
        return Size.of(tuple.__mul__(self, times))

    __rmul__ = __mul__

    def __reduce__(self) -> tuple:
        return Size, (tuple(self),)
