"""The window that a pooling operation slid, told from the pixels that each of its windows sees."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..kernels.places import Places

Pair = tuple[int, int]


class SlidWindow(NamedTuple):
    """Size, stride and padding, and the windows' number, each (vertical, horizontal)."""

    size: Pair
    stride: Pair
    padding: Pair
    number: Pair


def slid_window(places: Places, title: str) -> SlidWindow:
    """The window of F.max_pool2d or F.avg_pool2d.

    Args:     title: of the operation, for the error.
    Raises:   NotImplementedError: if no window without dilation sees the same pixels.
    """
    if tuple(places.steps) == (1, 1):
        sides = [_along(spans, n) for spans, n in zip((places.rows, places.columns), places.image_size)]
        if None not in sides:
            return SlidWindow(*zip(*sides))  # type: ignore[arg-type]
    raise NotImplementedError(
        f"{title}: only pooling with a window of one size and without dilation can be written down from F.max_pool2d "
        "and F.avg_pool2d; use a layer of nn for it"
    )


def _along(spans: np.ndarray, n: int) -> tuple[int, int, int, int] | None:
    """(size, stride, padding, count) of the windows that see the pixels spans[i, 0] to spans[i, 1] of n."""
    count = len(spans)
    size = int((spans[:, 1] - spans[:, 0]).max())
    padding = size - int(spans[0, 1]) if spans[0, 0] == 0 and count > 1 else 0
    stride = int(spans[1, 0] - max(spans[0, 1] - size, -padding)) if count > 1 else size
    starts = np.arange(count) * stride - padding
    seen = np.stack([np.maximum(starts, 0), np.minimum(starts + size, n)], axis=1)
    return (size, stride, padding, count) if np.array_equal(seen, spans) else None
