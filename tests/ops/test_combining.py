"""vander, combinations, unravel_index, unique_consecutive, pdist, logcumsumexp, and what else reads a vector."""

from __future__ import annotations

import numpy as np
import pytest

import minitorch_cv as mt
from tests.checks import check_error, check_op, normal, ours_of
from tests.ops.both import check_same, check_same_error

NAN, INF = np.nan, np.inf


def test_vander():
    for x in (normal(3), np.array([1, 2, 3])):
        grad = x.dtype.kind == "f"
        for n in (None, 1, 2, 5):
            check_same(lambda t, x, n=n: t.vander(x, n), [x], grad=False)
            check_same(lambda t, x, n=n: t.vander(x, N=n, increasing=True), [x], grad=False)
            if grad:  # PyTorch has none
                check_op(lambda x, n=n: mt.vander(x, n), None, [x])
        check_same(lambda t, x: t.vander(x, 0), [x], grad=False)
        check_same(lambda t, x: t.linalg.vander(x, N=4), [x], grad=grad)
    check_same(lambda t, x: t.linalg.vander(x), [normal(2, 3)])
    check_same_error(RuntimeError, "x must be a one-dimensional", lambda t, x: t.vander(x), normal(2, 2))
    check_same_error(RuntimeError, "N must be non-negative", lambda t, x: t.vander(x, -1), normal(2))
    check_same_error(TypeError, "argument 'N'", lambda t, x: t.vander(x, 1.5), normal(2))
    check_same_error(RuntimeError, "N must be greater than 1", lambda t, x: t.linalg.vander(x, N=1), normal(2))


@pytest.mark.parametrize("r", [0, 1, 2, 3, 5])
def test_combinations(r):
    check_same(lambda t, x: t.combinations(x, r), [normal(4)], grad=r != 0)
    check_same(lambda t, x: t.combinations(x, r, with_replacement=True), [np.array([3, 1])], grad=False)
    check_same(lambda t, x: t.combinations(x, r), [np.zeros(0)], grad=False)


def test_combinations_of_others():
    check_same_error(RuntimeError, "non-negative number, but got -1", lambda t, x: t.combinations(x, -1), normal(2))
    check_same_error(RuntimeError, r"1D vector, but got shape \[2, 2\]", lambda t, x: t.combinations(x), normal(2, 2))
    check_same_error(TypeError, "argument 'r'", lambda t, x: t.combinations(x, 1.5), normal(2))


def test_unravel_index():
    for shape in ((2, 3), (6,), (1, 2, 3), 6):
        places = np.array([[0, 5], [3, 2]])
        check_same(lambda t, x, s=shape: t.unravel_index(x, s), [places], grad=False)
    check_same(lambda t, x: t.unravel_index(x, (2, 3)), [np.array([-1, -7, 6], np.int32)], grad=False)
    f = lambda t, x, s: t.unravel_index(x, s)
    check_same_error(TypeError, "'indices' to be integer dtype", f, normal(2), (2, 3))
    check_same_error(ValueError, "'shape' cannot have negative values", f, np.array([1]), (-1, 3))
    check_same_error(TypeError, "'shape' sequence to only contain ints", f, np.array([1]), (2.0, 3))


@pytest.mark.parametrize(
    "x, dim",
    [
        ([1, 1, 2, 2, 1], None),
        ([1.0, NAN, NAN, 2.0], None),
        ([[1, 1, 2], [1, 1, 2], [3, 1, 2]], None),
        ([[1, 1, 2], [1, 1, 2], [3, 1, 2]], 0),
        ([[1, 1, 2], [1, 1, 2], [3, 3, 2]], 1),
        (2.0, None),
        ([], None),
        (np.zeros((0, 2)), 0),
        ([True, True, False], None),
    ],
)
def test_unique_consecutive(x, dim):
    f = lambda t, x: t.unique_consecutive(x, return_inverse=True, return_counts=True, dim=dim)
    check_same(f, [np.array(x)], grad=False)
    check_same(lambda t, x: t.unique_consecutive(x, dim=dim), [np.array(x)], grad=False)
    check_same(lambda t, x: x.unique_consecutive(False, True, dim), [np.array(x)], grad=False)


def test_unique_consecutive_of_others():
    f = lambda t, x, d: t.unique_consecutive(x, dim=d)
    check_same_error(RuntimeError, "There are 0 sized dimensions", f, np.zeros((2, 0)), 0)
    check_same_error(IndexError, "Dimension out of range", f, np.zeros(2), 3)
    x = ours_of(normal(3), True)
    check_error(NotImplementedError, "unique_consecutive", lambda: mt.unique_consecutive(x).sum().backward())


@pytest.mark.parametrize("p", [2, 1, 0, 0.5, 3, INF])
def test_pdist(p):
    check_same(lambda t, x: t.nn.functional.pdist(x, p), [normal(4, 3)], finite_differences=p != 0)
    for shape in ((1, 2), (0, 2), (3, 0)):  # PyTorch's backward crashes on some of them
        check_same(lambda t, x: t.pdist(x, p), [normal(*shape)], grad=False)
    check_same(lambda t, x: t.pdist(x, p), [np.ones((3, 2))], finite_differences=False)


def test_pdist_of_others():
    f = lambda t, x, p: t.pdist(x, p)
    check_same_error(RuntimeError, "only supports 2D tensors, got: 1D", f, normal(3), 2)
    check_same_error(RuntimeError, "only supports non-negative p", f, normal(3, 2), -1)
    check_same_error(RuntimeError, "only supports floating-point dtypes", f, np.ones((3, 2), int), 2)


@pytest.mark.parametrize("dim", [0, 1, -1])
def test_logcumsumexp(dim):
    check_same(lambda t, x: (t.logcumsumexp(x, dim), x.logcumsumexp(dim=dim)), [normal(2, 3, 4)])
    check_same(lambda t, x: t.logcumsumexp(x, dim), [normal(3, 3) * 500], finite_differences=False, dtypes=["float64"])
    check_same(lambda t, x: t.logcumsumexp(x, dim), [np.zeros((0, 2))])


def test_logcumsumexp_of_others():
    check_same(lambda t, x: t.logcumsumexp(x, 0), [np.array(2.0)])
    for x in ([-INF, -INF, 1.0], [1.0, INF, 2.0], [1.0, NAN, 2.0]):
        check_same(lambda t, x: t.logcumsumexp(x, 0), [np.array(x)], grad=False)
    check_same_error(NotImplementedError, "'Long'", lambda t, x: t.logcumsumexp(x, 0), np.array([1]))
    check_same_error(IndexError, "out of range", lambda t, x: t.logcumsumexp(x, 1), normal(2))


@pytest.mark.parametrize("dim", [0, 1, -1])
def test_cumulative_trapezoid(dim):
    check_same(lambda t, y: (t.cumulative_trapezoid(y, dim=dim), t.trapezoid(y, dim=dim)), [normal(3, 4)])
    check_same(lambda t, y: t.cumulative_trapezoid(y, dx=0.5, dim=dim), [normal(3, 4)])
    check_same(lambda t, y, x: t.cumulative_trapezoid(y, x, dim=dim), [normal(3, 3), normal(3, seed=1)])
    check_same(lambda t, y, x: t.cumulative_trapezoid(y, x, dim=dim), [normal(3, 3), normal(3, 3, seed=1)])
    f = lambda t, y, x: t.cumulative_trapezoid(y, x)
    check_same_error(RuntimeError, "There must be one `x` value", f, normal(3), normal(2))


def test_splits_in_equal_parts():
    for given in (2, [1], [1, 3]):
        check_same(lambda t, x, g=given: (t.hsplit(x, g), x.hsplit(g)), [normal(3, 4, 2)])
        check_same(lambda t, x, g=given: (t.vsplit(x, g), x.vsplit(g)), [normal(4, 3)])
        check_same(lambda t, x, g=given: (t.dsplit(x, g), x.dsplit(g)), [normal(2, 3, 4)])
        check_same(lambda t, x, g=given: t.hsplit(x, g), [normal(4)])
    check_same_error(RuntimeError, "along dimension 1, but .* 4 is not div", lambda t, x: t.hsplit(x, 3), normal(2, 4))
    check_same_error(RuntimeError, "at least 1 dimension, but", lambda t, x: t.hsplit(x, 3), np.array(1.0))
    check_same_error(RuntimeError, "at least 2 dimension, but", lambda t, x: t.vsplit(x, 1), normal(3))
    check_same_error(RuntimeError, "at least 3 dimension, but", lambda t, x: t.dsplit(x, 1), normal(3, 2))


def test_msort_and_diagflat():
    check_same(lambda t, x: (t.msort(x), x.msort()), [normal(3, 2)])
    check_same(lambda t, x: (t.diagflat(x), x.diagflat(1), t.diagflat(x, -2)), [normal(2, 2)])
    check_same(lambda t, x: t.diagflat(x), [np.array(2.0)])
