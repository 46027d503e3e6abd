"""Index expressions of every kind, for reading and writing."""

from __future__ import annotations

from typing import Any

import numpy as np

SHAPE = (2, 3, 4, 5)
MASK = [[True, False, True], [True, False, False]]


def expressions(m: Any) -> list:
    """Index expressions for a tensor of SHAPE, with the tensors of library m."""
    t, mask = m.tensor, m.tensor(MASK)
    return [
        # ints, slices, None and Ellipsis
        0, -1, (1, 2), (0, -3, 2, 4), slice(1, None), (slice(None), slice(0, 3, 2)), slice(5, 9),
        slice(-9, 1), slice(2, 0), None, (None, 0), (0, None, slice(1), None), ..., (..., 0),
        (0, ..., slice(None, None, 3)), (..., ...), (..., 1, ...), (), (..., None), slice(None),
        (slice(None), 1, slice(None), 2), (0, slice(None)), np.int64(1), (0, np.int32(2)),
        t(1), (slice(None), t(2)), slice(t(0), t(2)),
        # True and False
        True, False, (0, True), (0, 0, 0, 0, True), t(True), t(False),
        # one index tensor
        t([1, 0, 1]), [1, 0], (slice(None), [0, 2, 2]), t([[0, 1], [1, 1]]), t([-1, 0]), t([0, 1], dtype=m.int32), [],
        # several, beside other indices
        (t([0, 1]), t([2, 0])), (t([0, 1]), slice(None), t([2, 0])), (0, slice(None), t([2, 0])),
        (0, t([1, 1]), slice(None), 3), (slice(None), t([0, 1]), None, t([0, 1])), (t([[0], [1]]), t([0, 2])),
        (slice(None), t([0, 1]), 0, t([0, 1])), (t([0, 1]), ..., t([0, 3])), (t([0]), t([0, 1]), t([0, 1]), t([0, 1])),
        (slice(1), t([0, 1]), t([[0], [1]])), (t([0, 1]), t(0), t([0, 1])), (None, t([0, 1])),
        (t([0, 1]), slice(1, 3), None, t([0])),
        # masks
        mask, (mask, 0), (mask, slice(None), 0), (mask, ..., 0), (mask, None), (mask, t([0, 1, 2])),
        (mask, slice(0, 2)), (mask, True), (True, mask), (slice(None), t([True, False, True])),
        (slice(None), t([[True] * 4] * 3), t([0])),
        [True, False], ([True, False], [0]), (slice(None), slice(None), t([[False] * 5] * 4)), t([False, False]),
        (True, t([0, 1]), slice(None)), (slice(None), True, t([0, 1])),
        # NumPy arrays, sequences
        np.array([1, 0]), np.array(1), np.array([True, False]), (np.array([0, 1]), np.array([0, 1])), np.array(MASK),
        range(2), ((0, 1), (1, 2)), ((0, 1),), np.array([1.7, 0]), np.array(1.5), [1.7, 0], np.array([0, 1], np.int16),
    ]  # fmt: skip
