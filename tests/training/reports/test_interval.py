"""The interval of a share against SciPy."""

import pytest
from scipy.stats import binomtest

from minitorch_cv.training.reports.interval import interval


@pytest.mark.parametrize("right, samples", [(0, 10), (10, 10), (7, 10), (7842, 10000), (1, 1)])
def test_interval(right, samples):
    expected = binomtest(right, samples).proportion_ci(method="wilson")
    assert interval(right / samples, samples) == pytest.approx((expected.low, expected.high), abs=1e-9)
