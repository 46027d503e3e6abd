"""Random masks: how often, how independent, and the same whatever the memory and the threads."""

from __future__ import annotations

import numpy as np
import pytest
from numba.core import config

from minitorch_cv.kernels._threads import get_num_threads, set_num_threads
from minitorch_cv.kernels.dropout import dropout
from tests.checks import normal

SHAPE = (4, 8, 16, 8) if config.DISABLE_JIT else (64, 32, 33, 31)
SEED = 0x1234567890ABCDEF


def kept(seed, p=0.5, shape=SHAPE):
    """1 where an element stays, else 0."""
    return (dropout(np.ones(shape, np.float32), p, seed) != 0).astype(np.float64)


def splitmix(seed, i):
    """The i-th output, from 1, in Python's integers."""
    z = (seed + i * 0x9E3779B97F4A7C15) % 2**64
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB % 2**64
    return z ^ (z >> 31)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("p", [0.25, 0.9])
def test_by_hand(p, dtype):
    x = normal(2, 3, 5).astype(dtype)
    stays = [splitmix(SEED, i + 1) / 2**64 >= p for i in range(x.size)]
    expected = np.where(np.reshape(stays, x.shape), x / dtype(1 - p), 0)
    found = dropout(x, p, SEED)
    assert found.dtype == dtype
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_first_numbers_of_splitmix():
    """As Vigna's C program prints them for seed 1234567."""
    assert [splitmix(1234567, i) for i in (1, 2, 3)] == [6457827717110365317, 3203168211198807973, 9817491932198370423]


@pytest.mark.parametrize("p", [0.01, 0.3, 0.5, 0.99])
def test_rate(p):
    for seed in (0, 1, SEED, 2**64 - 1):
        mask = kept(seed, p)
        assert abs(mask.mean() - (1 - p)) < 5 * np.sqrt(p * (1 - p) / mask.size)


@pytest.mark.parametrize("other", [SEED + 1, SEED ^ 1 << 63, 0])
def test_seeds_give_independent_masks(other):
    one, two = kept(SEED), kept(other)
    assert abs(np.mean((one - 0.5) * (two - 0.5))) < 5 * 0.25 / np.sqrt(one.size)


@pytest.mark.parametrize("distance", [1, 2, 3, 8, 16, 31, 33, 64, 1023, 1024])
def test_neighbours_are_independent(distance):
    mask = kept(SEED).reshape(-1) - 0.5
    assert abs(np.mean(mask[distance:] * mask[:-distance])) < 5 * 0.25 / np.sqrt(mask.size)


def test_rows_columns_and_channels_have_the_rate_too():
    mask = kept(SEED)
    for axis in range(4):
        means = mask.mean(tuple(d for d in range(4) if d != axis))
        assert np.abs(means - 0.5).max() < 5 * 0.5 / np.sqrt(mask.size / len(means))


ORDERS = {
    "channels last": lambda x: np.ascontiguousarray(x.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2),
    "columns": np.asfortranarray,
    "gaps": lambda x: np.repeat(x, 2, axis=3)[..., ::2],
    "backwards": lambda x: np.ascontiguousarray(x[::-1])[::-1],
}


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("shape", [(3, 5, 4, 2), (1, 17, 1, 3), (2, 1, 3, 3)])
def test_the_order_of_memory_does_not_matter(order, shape):
    x = normal(*shape)
    expected = dropout(x, 0.4, SEED)
    same = ORDERS[order](x)
    np.testing.assert_array_equal(dropout(same, 0.4, SEED), expected)
    target = same.copy(order="K")
    assert dropout(target, 0.4, SEED, out=target) is target
    np.testing.assert_array_equal(target, expected)
    wide = np.zeros((*shape[:3], 2 * shape[3]))[..., ::2]
    wide[...] = x
    np.testing.assert_array_equal(dropout(wide, 0.4, SEED, out=wide), expected)


def test_channels_last_stays():
    x = ORDERS["channels last"](normal(2, 3, 4, 5))
    assert dropout(x, 0.5, SEED).transpose(0, 2, 3, 1).flags.c_contiguous


def test_nan_stays_nan():
    assert np.isnan(dropout(np.full(100, np.nan), 0.9, SEED)).all()


def test_results_do_not_depend_on_the_number_of_threads():
    x = ORDERS["channels last"](normal(*SHAPE))
    before = get_num_threads()
    try:
        results = []
        for threads in (1, 2, 4):
            set_num_threads(threads)
            results.append(dropout(x, 0.5, SEED))
    finally:
        set_num_threads(before)
    np.testing.assert_array_equal(results[0], results[1])
    np.testing.assert_array_equal(results[0], results[2])
