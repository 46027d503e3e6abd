"""Products of few rows against float64."""

from __future__ import annotations

import numpy as np
import pytest

from minitorch_cv.kernels import few_rows
from minitorch_cv.kernels._threads import get_num_threads, set_num_threads
from tests.checks import normal


def numbers(*shape, seed=0):
    return normal(*shape, seed=seed).astype(np.float32)


@pytest.mark.parametrize("m", [1, 2, few_rows.MOST_ROWS])
@pytest.mark.parametrize("depth, n", [(1, 1), (3, 5), (64, 7), (200, 33), (131, 1000), (5, 0), (0, 4)])
@pytest.mark.parametrize("with_bias", [False, True])
@pytest.mark.parametrize("low", [-np.inf, 0])
def test_product(m, depth, n, with_bias, low):
    a, weight, bias = numbers(m, depth), numbers(n, depth, seed=1), numbers(n, seed=2) if with_bias else None
    assert few_rows.supports(a, weight.T)
    found = few_rows.few_rows_product(a, weight.T, bias, low)
    expected = a.astype(np.float64) @ weight.T.astype(np.float64) + (0 if bias is None else bias)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, np.maximum(expected, low), rtol=0, atol=1e-5)


def test_what_is_supported():
    a, weight = numbers(2, 6), numbers(5, 6)
    assert not few_rows.supports(a, numbers(6, 5))  # whose rows are in memory
    assert not few_rows.supports(numbers(few_rows.MOST_ROWS + 1, 6), weight.T)
    assert not few_rows.supports(a.astype(np.float64), weight.T.astype(np.float64))
    assert not few_rows.supports(a[:0], weight.T)
    assert not few_rows.supports(a[0], weight.T)


@pytest.mark.parametrize("low", [-np.inf, 0])
def test_nan_and_infinity(low):
    a, weight = np.abs(numbers(2, 40)) + 1, np.abs(numbers(3, 40, seed=1)) + 1
    a[0, 7], weight[1, 39] = np.nan, np.inf
    found = few_rows.few_rows_product(a, weight.T, None, low)
    assert np.isnan(found[0]).all() and np.isinf(found[1, 1]) and np.isfinite(found[1, [0, 2]]).all()


def test_results_do_not_depend_on_the_number_of_threads():
    a, weight = numbers(1, 300), numbers(900, 300, seed=1)
    before = get_num_threads()
    try:
        results = []
        for threads in (1, 2, 4):
            set_num_threads(threads)
            results.append(few_rows.few_rows_product(a, weight.T, None, 0))
    finally:
        set_num_threads(before)
    np.testing.assert_array_equal(results[0], results[1])
    np.testing.assert_array_equal(results[0], results[2])
