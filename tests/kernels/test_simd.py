"""Vectors against NumPy, compiled for this processor and for others."""

from __future__ import annotations

import numpy as np
import pytest

from minitorch_cv.kernels._jit import kernel
from minitorch_cv.kernels.simd import (
    absolute,
    either,
    equal_bytes,
    fma,
    load,
    load_lanes,
    load_part,
    maximum,
    minimum,
    select,
    splat,
    sqrt,
    store,
    store_bytes,
    store_lanes,
    store_part,
    total,
)
from minitorch_cv.kernels.target import VL
from tests.kernels.targets import TARGETS, run_for_target

SPECIAL = np.array([0.0, -0.0, 1.5, -2.5, np.nan, np.inf, -np.inf, 3.0], np.float32)


@kernel
def arithmetic(x, y, out, n):
    p, q = load(x, 0), load(y, 0)
    results = (p + q, p - q, p * q, p / q, fma(p, q, p), sqrt(absolute(p)), maximum(p, q), minimum(p, q))
    for i in range(len(results)):
        store(out, i * n, results[i])


@kernel
def comparisons(x, y, out, n):
    p, q = load(x, 0), load(y, 0)
    one, zero = splat(np.float32(1)), splat(np.float32(0))
    masks = (p < q, p <= q, p > q, p >= q, p == q, p != q, either(p < q, p == q))
    for i in range(len(masks)):
        store(out, i * n, select(masks[i], one, zero))


@kernel
def copy_part(source, i, target, j, n):
    store_part(target, j, load_part(source, i, n), n)


@kernel
def copy_lanes(source, target, n):
    store_lanes(target, 0, load_lanes(source, 0, n), n)


@kernel
def sum_of(x):
    return total(load(x, 0))


@kernel
def bytes_of(x, found, out, k, n):
    store_bytes(found, 0, load(x, 0), n)
    store(out, 0, select(equal_bytes(found, 0, k, n), splat(np.float32(1)), splat(np.float32(0))))


def pairs():
    """Vectors that together hold every pair of the special numbers."""
    grid = np.stack(np.meshgrid(SPECIAL, SPECIAL), -1).reshape(-1, 2)
    grid = np.concatenate((grid, np.zeros((-len(grid) % VL, 2), np.float32)))
    return [(x.copy(), y.copy()) for x, y in zip(grid[:, 0].reshape(-1, VL), grid[:, 1].reshape(-1, VL))]


@pytest.mark.parametrize("x, y", pairs())
def test_arithmetic(x, y):
    out = np.zeros(8 * VL, np.float32)
    with np.errstate(all="ignore"):
        arithmetic(x, y, out, VL)
        expected = [x + y, x - y, x * y, x / y, x * y + x, np.sqrt(np.abs(x)), np.maximum(x, y), np.minimum(x, y)]
    np.testing.assert_array_equal(out.reshape(8, VL), expected)


@pytest.mark.parametrize("x, y", pairs())
def test_comparisons(x, y):
    out = np.zeros(7 * VL, np.float32)
    comparisons(x, y, out, VL)
    np.testing.assert_array_equal(
        out.reshape(7, VL), [x < y, x <= y, x > y, x >= y, x == y, x != y, (x < y) | (x == y)]
    )


@pytest.mark.parametrize("n", [-3, 0, 1, VL - 1, VL, VL + 5])
def test_a_part_touches_nothing_else(n):
    source = np.arange(1, 3 * VL, dtype=np.float32)
    target = np.full(3 * VL, -1, np.float32)
    copy_part(source, 2, target, 5, n)
    expected = np.full(3 * VL, -1, np.float32)
    lanes = min(max(n, 0), VL)
    expected[5 : 5 + lanes] = source[2 : 2 + lanes]
    np.testing.assert_array_equal(target, expected)


@pytest.mark.parametrize("n", [None, 0, 3])
def test_lanes(n):
    source, target = np.arange(1, VL + 1, dtype=np.float32), np.zeros(VL, np.float32)
    copy_lanes(source, target, n)
    np.testing.assert_array_equal(target, np.where(np.arange(VL) < (VL if n is None else n), source, 0))


@pytest.mark.parametrize("n", [None, 3])
def test_bytes(n):
    x = np.arange(VL, dtype=np.float32) + 253 - VL
    found, out = np.zeros(VL, np.uint8), np.zeros(VL, np.float32)
    bytes_of(x, found, out, int(x[1]), n)
    lanes = np.arange(VL) < (VL if n is None else n)
    np.testing.assert_array_equal(found, np.where(lanes, x, 0))
    np.testing.assert_array_equal(out, (x == x[1]) & lanes)


def test_total_adds_halves():
    x = np.float32([1e8, 1, -1e8, 1] * (VL // 4))
    halves = x
    while len(halves) > 1:
        halves = halves[: len(halves) // 2] + halves[len(halves) // 2 :]
    assert sum_of(x) == halves[0]


@pytest.mark.parametrize("target", TARGETS)
def test_other_processors(target, tmp_path):
    code = """
        from tests.kernels import test_simd as tests
        for x, y in tests.pairs():
            tests.test_arithmetic(x, y)
            tests.test_comparisons(x, y)
        for n in (-3, 0, 1, tests.VL, tests.VL + 5):
            tests.test_a_part_touches_nothing_else(n)
        for n in (None, 3):
            tests.test_lanes(n)
            tests.test_bytes(n)
        tests.test_total_adds_halves()
        print(tests.VL)
    """
    assert run_for_target(target, tmp_path, code) == {"avx2": "8", "portable": "4"}[target]
