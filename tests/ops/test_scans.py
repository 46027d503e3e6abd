"""cumsum, cumprod, cummax, cummin."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from tests.checks import assert_close, normal, ours_of, theirs_of, with_ties
from tests.ops.both import check_same, check_same_error
from tests.reference_reductions import SCANS, scan

NAN, INF = np.nan, np.inf
X = normal(2, 3, 4)


def values(result):
    """The running results, without the indices that cummax and cummin give as well."""
    return result[0] if isinstance(result, tuple) else result


@pytest.mark.parametrize("dim", [0, 1, -1])
@pytest.mark.parametrize("name", SCANS)
def test_along_each_dimension(name, dim):
    expected = lambda x: scan(SCANS[name], x, dim)
    check_same(lambda t, x: values(getattr(t, name)(x, dim)), [X], reference=expected)
    check_same(lambda t, x: getattr(x, name)(axis=dim), [X])


@pytest.mark.parametrize("name", SCANS)
@pytest.mark.parametrize("shape, dim", [((), 0), ((), -1), ((0,), 0), ((2, 0), 0), ((2, 0), 1), ((1, 3), 0)])
def test_few_elements(name, shape, dim):
    check_same(lambda t, x: getattr(t, name)(x, dim), [normal(*shape)])


@pytest.mark.parametrize(
    "x", [np.array([1.0, 3, 3, NAN, 4, NAN]), np.array([-INF, 0.0, INF, INF, -1]), with_ties(5, 4)]
)
@pytest.mark.parametrize("name", SCANS)
def test_ties_nan_and_infinity(name, x):
    check_same(lambda t, x: getattr(t, name)(x, 0), [x], finite_differences=False)


@pytest.mark.parametrize(
    "x",
    [
        [1.0, 0.0, 2.0, 3.0],
        [0.0, 2.0, 3.0],
        [1.0, 0.0, 2.0, 0.0, 3.0],
        [0.0, 0.0],
        [2.0, 3.0, 0.0],
        [0.0, 5.0, 0.0, NAN],
    ],
)
def test_cumprod_with_zeros(x):
    x = np.array(x)
    check_same(lambda t, x: t.cumprod(x, 0), [x], finite_differences=not np.isnan(x).any())
    check_same(lambda t, x: t.cumprod(x, 0), [np.stack([x, x + 1], 1)], finite_differences=not np.isnan(x).any())


@pytest.mark.parametrize("dtype", ["uint8", "int32", "bool"])
@pytest.mark.parametrize("name", SCANS)
def test_integers(name, dtype):
    x = np.array([[1, 100, 3], [0, 100, 1]]).astype(dtype)
    check_same(lambda t, x: getattr(t, name)(x, 1), [x], grad=False)
    if name in ("cumsum", "cumprod"):
        check_same(lambda t, x: getattr(t, name)(x, 0, dtype=t.int8), [x], grad=False)
        check_same(lambda t, x: getattr(t, name)(x, 0, dtype=t.float32), [x], grad=False, dtypes=["float32"])


@pytest.mark.parametrize("name", SCANS)
def test_float16(name):
    x = (normal(6) * 0.3 + 1).astype(np.float16)
    ours, theirs = getattr(mt, name)(ours_of(x), 0), getattr(torch, name)(theirs_of(x), 0)
    assert_close(values(ours), values(theirs), 2e-3, name)


def test_a_million_float32_keep_their_digits():
    x = np.random.default_rng(0).normal(10, 1, 1_000_000).astype(np.float32)
    np.testing.assert_allclose(mt.cumsum(ours_of(x), 0).array[-1], x.astype(np.float64).sum(), rtol=1e-7)


@pytest.mark.parametrize("name", SCANS)
def test_errors(name):
    check_same_error(IndexError, "Dimension out of range", lambda t, x: getattr(t, name)(x, 3), X)
    check_same_error(TypeError, "argument 'input'.* must be Tensor, not list", lambda t: getattr(t, name)([1.0], 0))
    check_same_error(TypeError, "dim", lambda t, x: getattr(t, name)(x), X)
    match = rf"{name}\(\): argument 'dim' must be int, not float"
    check_same_error(TypeError, match, lambda t, x: getattr(t, name)(x, 0.0), X, same_words=False)
