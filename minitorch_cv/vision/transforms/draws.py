"""What transforms draw at random: from the source of the thread, which a loader seeds anew for every sample."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ...types.random_source import current_source


def chance(probability: float) -> bool:
    """True with this probability."""
    return current_source().numpy.random() < probability


def uniform(low: float, high: float) -> float:
    """A number in [low, high), all equally likely.

    Raises:   RuntimeError: if low is above high.
    """
    if low > high:
        raise RuntimeError(f"uniform_ expects to return a [from, to) range, but found from={low} > to={high}")
    return low + (high - low) * current_source().numpy.random()


def integer(low: int, high: int) -> int:
    """An integer in [low, high), all equally likely."""
    return low + int((high - low) * current_source().numpy.random())


def order(n: int) -> list[int]:
    """0 to n - 1 in a random order."""
    return current_source().numpy.permutation(n).tolist()


def sides(area: float, scale: Sequence[float], ratio: Sequence[float]) -> tuple[int, int]:
    """The sides of a rectangle, rounded: a longer by the ratio than b.

    Args:     area: in pixels, of which the rectangle has a part in `scale`, all equally likely.
              ratio: the range of a / b, in which all are equally likely by their logarithm.
    """
    part = area * uniform(scale[0], scale[1])
    aspect = math.exp(uniform(math.log(ratio[0]), math.log(ratio[1])))
    return round(math.sqrt(part * aspect)), round(math.sqrt(part / aspect))
