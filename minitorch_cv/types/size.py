"""Size: the shape of a tensor."""

from __future__ import annotations

from math import prod


class Size(tuple):
    """A tuple of dimensions that prints as torch.Size([2, 3])."""

    __slots__ = ()

    def numel(self) -> int:
        """The number of elements of a tensor of this shape."""
        return prod(self)

    def __repr__(self) -> str:
        return f"torch.Size({list(self)})"

    def __getitem__(self, index):  # type: ignore[override]
        item = tuple.__getitem__(self, index)
        return Size(item) if isinstance(index, slice) else item

    def __add__(self, other):  # type: ignore[override]
        return Size(tuple.__add__(self, tuple(other)))

    def __mul__(self, times):  # type: ignore[override]
        return Size(tuple.__mul__(self, times))
