"""A few samples of a dataset, to see a script run before it runs for long."""

from __future__ import annotations

from typing import Any

from ..utils.data import Subset


def spread_subset(dataset: Any, count: int) -> Subset:
    """About so many samples from all over a dataset, evenly: in many, one class lies after the other.

    Args:     count: from this many, if the dataset has them, to less than twice as many.
    Raises:   ValueError: if count is below 1.

    >>> list(spread_subset("abcdefghij", 3))
    ['a', 'd', 'g', 'j']
    """
    if count < 1:
        raise ValueError(f"spread_subset: count is {count}, expected at least 1")
    return Subset(dataset, list(range(0, len(dataset), max(1, len(dataset) // count))))
