"""Fingerprints tell arrays apart that differ anywhere, and are the same for the same numbers."""

from __future__ import annotations

import numpy as np
import pytest
from numba.core import config

from minitorch_cv.kernels import fingerprint as module
from minitorch_cv.kernels._threads import get_num_threads, set_num_threads
from minitorch_cv.kernels.fingerprint import fingerprint
from tests.checks import normal

SIZES = [0, 1, 75, 2 * module._BLOCK - 1, 2 * module._BLOCK, 6 * module._BLOCK + 5]


@pytest.mark.parametrize("size", SIZES)
def test_same_numbers(size):
    x = normal(size).astype(np.float32)
    assert fingerprint(x) == fingerprint(x.copy())


@pytest.mark.parametrize("size", SIZES[1:])
def test_every_change_shows(size):
    x = normal(size).astype(np.float32)
    before = fingerprint(x)
    for place in {0, size // 2, size - 1}:
        changed = x.copy()
        changed[place] = np.nextafter(changed[place], np.float32(9))
        assert fingerprint(changed) != before
    assert fingerprint(-x) != before
    if size > 1:
        for one, two in ((0, 1), (0, size - 1), (min(1, size - 1), min(17, size - 2))):
            if one < two:
                exchanged, turned = x.copy(), x.copy()
                exchanged[[one, two]] = x[[two, one]]
                turned[[one, two]] *= -1  # the highest bits of two numbers
                assert fingerprint(exchanged) != before and fingerprint(turned) != before


def test_arrays_with_gaps_have_none():
    x = normal(8, 6).astype(np.float32)
    assert fingerprint(x[:, ::2]) is None and fingerprint(x.T) is None
    assert fingerprint(x.reshape(-1)[1:]) is None  # words of 64 bits would not be aligned


def test_does_not_depend_on_the_number_of_threads():
    x = normal(80 * module._BLOCK if not config.DISABLE_JIT else 8 * module._BLOCK).astype(np.float32)
    before = get_num_threads()
    try:
        found = set()
        for threads in (1, 2, 4):
            set_num_threads(threads)
            found.add(fingerprint(x))
    finally:
        set_num_threads(before)
    assert len(found) == 1
