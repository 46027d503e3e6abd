"""Whether the elements of a tensor share memory with each other.

Views that slicing, transposing and `diagonal` make never do; those of `unfold` do, and writing to one of their elements
changes others. Dimensions of stride 0, as `expand` makes them, are legal in PyTorch's files and left to other checks.
"""

from __future__ import annotations

from collections.abc import Sequence


def overlapping(size: Sequence[int], stride: Sequence[int]) -> bool:
    """Whether two elements may lie in one place, dimensions of stride 0 aside; strides are not negative.

    Each stride is to be larger than all that the smaller ones reach, which no view but an overlapping one breaks.
    """
    reach = 0
    for step, n in sorted((step, n) for n, step in zip(size, stride, strict=True) if n > 1 and step):
        if step <= reach:
            return True
        reach += (n - 1) * step
    return False
