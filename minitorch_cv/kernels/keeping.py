"""What kernels make of a weight before they use it, kept from one call to the next.

A convolution packs its weights, or transforms them, in every call. In training they are new each time and the batch is
large. In evaluation they stay the same, and for a single image this takes longer than the convolution itself. Who knows
that a weight has not changed (ops/kept.py) passes the same dictionary again.

`keep(kept, key, make)` -> what make() returned when it was first called for this key
"""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")

Kept = dict[Hashable, Any]


def keep(kept: Kept | None, key: Hashable, make: Callable[[], T]) -> T:
    """What is kept under `key`, or make(); without a dictionary always make()."""
    if kept is None:
        return make()
    found: T | None = kept.get(key)
    if found is None:
        found = kept[key] = make()
    return found
