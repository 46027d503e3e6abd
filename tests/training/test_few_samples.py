"""A few samples from all over a dataset."""

import itertools

import pytest

from minitorch_cv.training import spread_subset


@pytest.mark.parametrize("length", [1, 5, 10, 99, 1000])
@pytest.mark.parametrize("count", [1, 3, 7, 500])
def test_as_many_as_asked_for_and_less_than_twice(length, count):
    found = list(spread_subset(range(length), count))
    assert min(count, length) <= len(found) < 2 * count or len(found) == length < 2 * count
    steps = {b - a for a, b in itertools.pairwise(found)}
    assert len(steps) <= 1 and found[0] == 0


def test_refused():
    with pytest.raises(ValueError, match="spread_subset: count is 0, expected at least 1"):
        spread_subset(range(3), 0)
