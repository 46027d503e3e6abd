"""Who meets whom when a window slides over a row, and how vector kernels walk along it.

- `Incidence(at, other, point)`: for each position of one side, the positions of the other that it meets; `reversed`
- `incidence(other, point, meets)` makes one
- `fours(columns, step, other_step, c)` -> `Fours`: results that a kernel computes four at a time

A kernel that computes one result at a time spends its time on loop counters and waits for its sums. Four at a time
share the counters: four pixels of a row that see the same points of the window, or four vectors of a pixel's channels.
"""

from typing import NamedTuple

import numpy as np

from minitorch_cv.kernels.layout import Array
from minitorch_cv.kernels.target import VL


class Incidence(NamedTuple):
    """For each position along one dimension, the positions it meets on the other side, in ascending order.

    The two sides are the windows of a row (or column) and the image's pixels.

    Attributes:
        at: (positions + 1,) int64: position i has the entries at[i] to at[i + 1] of the other two arrays.
        other: the position met there.
        point: the point of the window at which they meet.
    """

    at: Array
    other: Array
    point: Array

    def reversed(self, length: int) -> "Incidence":
        """The same seen from the other side, which has `length` positions."""
        order = np.argsort(self.other, kind="stable")
        position = np.repeat(np.arange(len(self.at) - 1), np.diff(self.at))
        return Incidence(_begins(np.bincount(self.other, minlength=length)), position[order], self.point[order])


def incidence(other: Array, point: Array, meets: Array) -> Incidence:
    """From arrays (positions, entries), of which the entries count where `meets` is true."""
    return Incidence(_begins(meets.sum(axis=1)), other[meets].astype(np.int64), point[meets].astype(np.int64))


def _begins(counts: Array) -> Array:
    return np.concatenate(([0], np.cumsum(counts))).astype(np.int64)


class Fours(NamedTuple):
    """How to compute a row of results (positions, C): some alone, some four at a time.

    Attributes:
        starts: (passes, 2) int64: a position, and 1 if four results are computed from there, 0 if one.
        step: from one of the four to the next, in numbers of the result's memory.
        other_step: likewise in the memory of what it is computed from.
        apart: likewise in windows; 0 if the four are vectors of one pixel.
        share: channels of a pass that computes four.
        lanes: None, or C where that is less than a vector.
    """

    starts: Array
    step: int
    other_step: int
    apart: int
    share: int
    lanes: int | None


def fours(columns: Incidence, step: int, other_step: int, c: int) -> Fours:
    """Group the positions of a row.

    Args:     step, other_step: positions so far apart meet the same points, so far apart on the other side, but for the
                  row's ends, which are found out.
              c: channels.
    """
    length = len(columns.at) - 1
    lanes = None if c >= VL else c
    chains = _chains(columns, step, other_step)
    wide = 4 * VL
    long_chains = any(len(chain) >= 4 for chain in chains)
    if c >= wide and not (long_chains and c % wide and c < 2 * wide):
        starts = np.stack([np.arange(length, dtype=np.int64), np.ones(length, np.int64)], axis=1)
        return Fours(starts, VL, VL, 0, wide, lanes)
    passes = []
    for chain in chains:
        if len(chain) < 4:
            passes += [(position, 0) for position in chain]
        else:  # the last four may overlap the four before
            passes += [(chain[min(i, len(chain) - 4)], 1) for i in range(0, len(chain), 4)]
    starts = np.array(sorted(passes), np.int64).reshape(-1, 2)
    return Fours(starts, step * c, other_step * c, 1, VL, lanes)


def _chains(columns: Incidence, step: int, other_step: int) -> list[list[int]]:
    """The positions of a row in chains whose members, `step` apart, meet the same points, `other_step` apart."""
    at, other, point = columns
    length = len(at) - 1

    def follows(i: int) -> bool:
        one, two = slice(at[i - step], at[i - step + 1]), slice(at[i], at[i + 1])
        return np.array_equal(other[one] + other_step, other[two]) and np.array_equal(point[one], point[two])

    chains: list[list[int]] = []
    for first in range(min(step, length)):
        chains.append([first])
        for i in range(first + step, length, step):
            if follows(i):
                chains[-1].append(i)
            else:
                chains.append([i])
    return chains
