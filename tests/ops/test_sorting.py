"""sort, argsort, topk, kthvalue, median, mode; unique, bincount, histc."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from tests.checks import as_array, assert_close, check_op, normal, ours_of, theirs_of, with_ties
from tests.ops.both import check_same, check_same_error
from tests.reference_reductions import median, reduce, scan

NAN, INF = np.nan, np.inf
X = normal(2, 3, 5)
TIES = with_ties(4, 30)
SPECIAL = np.array([[NAN, 1.0, INF, -INF, NAN], [0.0, NAN, -1.0, 2.0, INF], [5.0, 4.0, 3.0, 2.0, 1.0]])


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("dim", [0, 1, -1])
def test_sort(dim, descending):
    expected = lambda x: scan(lambda numbers: sorted(numbers, reverse=descending), x, dim)
    check_same(lambda t, x: t.sort(x, dim, descending)[0], [X], reference=expected)
    for x in (X, with_ties(3, 4, 5), SPECIAL[:, None], np.arange(12).reshape(2, 3, 2) % 5, X > 0):
        grad = x.dtype.kind == "f"
        check_same(
            lambda t, x: t.sort(x, dim=dim, descending=descending, stable=True),
            [x],
            grad=grad,
            finite_differences=False,
        )
        check_same(lambda t, x: t.argsort(x, dim=dim, descending=descending, stable=True), [x], grad=False)
        check_op(
            lambda x: x.sort(dim, descending),
            lambda x: torch.sort(x, dim=dim, descending=descending, stable=True),
            [x],
            grad=grad,
            finite_differences=False,
        )


@pytest.mark.parametrize("shape, dim", [((), 0), ((), -1), ((0,), 0), ((2, 0), 1), ((0, 2), 1), ((3, 1), 1)])
def test_few_elements(shape, dim):
    x = normal(*shape)
    check_same(lambda t, x: t.sort(x, dim), [x])
    check_same(lambda t, x: t.argsort(x, dim), [x], grad=False)
    check_same(lambda t, x: t.topk(x, min(1, x.numel()), dim), [x])
    check_same(lambda t, x: t.topk(x, 0, dim), [x])
    if x.size:
        check_same(lambda t, x: t.kthvalue(x, 1, dim), [x])
        for name in ("median", "nanmedian", "mode"):
            check_same(lambda t, x, name=name: getattr(t, name)(x, dim), [x])
            check_same(lambda t, x, name=name: getattr(t, name)(x, dim, True), [x])


@pytest.mark.parametrize("largest", [True, False])
@pytest.mark.parametrize("k", [0, 1, 3, 5])
def test_topk(k, largest):
    expected = lambda x: np.sort(x)[..., ::-1][..., :k] if largest else np.sort(x)[..., :k]
    check_same(lambda t, x: t.topk(x, k, largest=largest)[0], [X], reference=expected)
    check_same(lambda t, x: x.topk(k, -1, largest, True), [X])
    check_same(lambda t, x: t.topk(x, min(k, 3), 1, largest), [X])


@pytest.mark.parametrize("largest", [True, False])
def test_topk_of_ties_and_nan(largest):
    for x in (TIES, SPECIAL):
        found, expected = (made.topk(4, largest=largest) for made in (ours_of(x), theirs_of(x)))
        assert_close(found.values, expected.values, 0.0, "values")
        # which of several equal elements is taken is free, but it must be there, and each once
        np.testing.assert_array_equal(np.take_along_axis(x, found.indices.array, 1), found.values.array)
        assert all(len(set(row)) == 4 for row in found.indices.tolist())


@pytest.mark.parametrize("k", [1, 2, 5])
@pytest.mark.parametrize("keepdim", [False, True])
def test_kthvalue(k, keepdim):
    expected = lambda x: reduce(lambda numbers: sorted(numbers)[k - 1], x, -1, keepdim)
    check_same(lambda t, x: t.kthvalue(x, k, keepdim=keepdim)[0], [X], reference=expected)
    check_same(lambda t, x: x.kthvalue(min(k, 3), 1, keepdim), [X])
    assert_close(ours_of(SPECIAL).kthvalue(k).values, theirs_of(SPECIAL).kthvalue(k).values, 0.0, "values")


@pytest.mark.parametrize("name", ["median", "nanmedian"])
def test_median(name):
    expected = lambda x: reduce(median, x, 1)
    check_same(lambda t, x: getattr(t, name)(x, 1)[0], [X], reference=expected)
    check_same(lambda t, x: getattr(t, name)(x, -1, True), [X])
    check_same(lambda t, x: getattr(t, name)(x), [X], reference=lambda x: reduce(median, x))
    check_same(lambda t, x: getattr(t, name)(x), [with_ties(3, 4)], finite_differences=False)
    check_same(lambda t, x: getattr(t, name)(x), [np.array([3, 1, 2, 2])], grad=False)
    for row in SPECIAL:
        check_same(lambda t, x: getattr(t, name)(x), [row], finite_differences=False)
        assert_close(
            as_array(getattr(mt, name)(ours_of(row), 0)[0]),
            as_array(getattr(torch, name)(theirs_of(row), 0)[0]),
            0.0,
            name,
        )
    check_same(lambda t, x: getattr(t, name)(x), [np.array([NAN, NAN])], finite_differences=False)
    check_same(lambda t, x: getattr(t, name)(x), [np.zeros(0)], finite_differences=False)


def test_median_along_a_dimension_takes_the_first_nan():
    check_same(lambda t, x: t.median(x, 1), [SPECIAL[:2]], finite_differences=False)


@pytest.mark.parametrize("x", [[1, 2, 2, 1, 3], [5, 4, 4, 5, 5], [3], [2, 2, 1, 1], [9, 8, 7]])
@pytest.mark.parametrize("keepdim", [False, True])
def test_mode(x, keepdim):
    x = np.array([x, x[::-1]])
    check_same(lambda t, x: t.mode(x, -1, keepdim), [x], grad=False)
    check_same(lambda t, x: x.mode(1, keepdim), [x.astype(np.float64)], finite_differences=False)
    check_same(lambda t, x: x.mode(0, keepdim)[0], [x.astype(np.float64)], finite_differences=False, grad=False)


# ---- which values there are -----------------------------------------------------------------------------------------

UNIQUE = [
    TIES,
    np.array([3, 1, 2, 1]),
    np.zeros((0, 2)),
    np.array(4.0),
    np.array([True, False, True]),
    np.array([NAN, 1.0, NAN]),
]


@pytest.mark.parametrize("x", UNIQUE)
@pytest.mark.parametrize("inverse, counts", [(False, False), (True, False), (False, True), (True, True)])
def test_unique(x, inverse, counts):
    check_same(lambda t, x: t.unique(x, True, inverse, counts), [x], grad=False)
    check_same(lambda t, x: x.unique(return_inverse=inverse, return_counts=counts), [x], grad=False)


@pytest.mark.parametrize("dim", [0, 1, -1])
def test_unique_slices(dim):
    x = np.array([[1, 2, 1], [0, 5, 0], [1, 2, 1]])
    check_same(lambda t, x: t.unique(x, return_inverse=True, return_counts=True, dim=dim), [x], grad=False)


def test_results_without_a_derivative_say_so_in_backward():
    x = ours_of(np.array([1.0, 2.0]), True)
    index = ours_of(np.array([0, 1]))
    for result, name in ((mt.unique(x), "unique"), (mt.bincount(index, x), "bincount")):
        assert result.requires_grad
        with pytest.raises(NotImplementedError, match=f"derivative for {name} is not implemented"):
            result.sum().backward()
    assert not mt.histc(x, 3).requires_grad


@pytest.mark.parametrize("weights", [None, normal(5), np.array([1, 2, 3, 4, 5])])
@pytest.mark.parametrize("minlength", [0, 3, 12])
def test_bincount(weights, minlength):
    x = np.array([3, 1, 1, 0, 7])
    for dtype in (np.int64, np.uint8, np.int32):
        check_same(lambda t, x, w: t.bincount(x, w, minlength), [x.astype(dtype), weights], grad=False)
    check_same(lambda t, x: t.bincount(x, minlength=minlength), [x[:0]], grad=False)


@pytest.mark.parametrize("arguments", [(4,), (4, 0, 5), (3, -1, 1), (1,), (5, 2, 2)])
def test_histc(arguments):
    x = np.array([1.0, 5.0, 2.0, 7.0, 0.0, 7.0, -3.0, 0.999])
    check_same(lambda t, x: t.histc(x, *arguments), [x], grad=False)
    check_same(lambda t, x: t.histc(x, *arguments), [np.ones(3)], grad=False)
    check_same(lambda t, x: x.histc(3, 0, 2), [np.array([NAN, 1.0, INF])], grad=False)
    check_same(lambda t, x: t.histc(x, 3), [np.zeros(0)], grad=False)


def test_histc_of_a_uniform_grid():
    check_same(lambda t, x: t.histc(x), [np.linspace(0, 1, 1001)], grad=False)


@pytest.mark.parametrize(
    "error, match, expression",
    [
        (IndexError, "Dimension out of range", lambda t, x: x.sort(2)),
        (IndexError, "Dimension out of range", lambda t, x: x.argsort(dim=2)),
        (IndexError, "Dimension out of range", lambda t, x: x.topk(1, 2)),
        (RuntimeError, "selected index k out of range", lambda t, x: x.topk(4)),
        (RuntimeError, "selected index k out of range", lambda t, x: x.topk(-1)),
        (RuntimeError, "topk does not support bool dtypes on CPU", lambda t, x: x.bool().topk(1)),
        (TypeError, r"topk\(\): argument 'k'.* must be int, not float", lambda t, x: x.topk(1.5)),
        (RuntimeError, r"kthvalue\(\): selected number k out of range for dimension 1", lambda t, x: x.kthvalue(4)),
        (RuntimeError, r"kthvalue\(\): selected number k out of range for dimension 1", lambda t, x: x.kthvalue(0)),
        (
            IndexError,
            r"kthvalue\(\): Expected reduction dim 0 to have non-zero size",
            lambda t, x: x[:0].kthvalue(1, 0),
        ),
        (IndexError, r"median\(\): Expected reduction dim 0 to have non-zero size", lambda t, x: x[:0].median(0)),
        (IndexError, r"mode\(\): Expected reduction dim 0 to have non-zero size", lambda t, x: x[:0].mode(0)),
        (NotImplementedError, "not implemented for 'Bool'", lambda t, x: x.bool().median()),
        (NotImplementedError, "not implemented for 'Double'", lambda t, x: t.bincount(x[0])),
        (NotImplementedError, "not implemented for 'Bool'", lambda t, x: t.bincount(x[0].bool())),
        (RuntimeError, "bincount only supports 1-d non-negative integral inputs", lambda t, x: x.long().bincount()),
        (
            RuntimeError,
            "bincount only supports 1-d non-negative integral inputs",
            lambda t, x: t.tensor([-1]).bincount(),
        ),
        (
            RuntimeError,
            "weights should be 1-d and have the same length as input",
            lambda t, x: t.tensor([1]).bincount(x[0]),
        ),
        (RuntimeError, "minlength should be >= 0", lambda t, x: t.tensor([1]).bincount(minlength=-1)),
        (RuntimeError, "bins must be > 0, but got 0", lambda t, x: x.histc(0)),
        (RuntimeError, "torch.histc: max must be larger than min", lambda t, x: x.histc(3, 5, 1)),
        (RuntimeError, r"torch.histc: range of \[.*nan, .*nan\] is not finite", lambda t, x: (x * NAN).histc(3)),
        (NotImplementedError, "not implemented for 'Long'", lambda t, x: x.long().histc(3)),
        (IndexError, "Dimension out of range", lambda t, x: t.unique(x, dim=5)),
    ],
)
def test_errors(error, match, expression):
    check_same_error(error, match, expression, normal(2, 3))


@pytest.mark.parametrize(
    "match, expression",
    [
        (r"sort\(\): argument 'dim' must be int, not bool", lambda t, x: x.sort(True)),
        (r"topk\(\): argument 'k' must be int, not bool", lambda t, x: x.topk(True)),
        (
            r"bincount\(\): argument 'minlength' must be int, not float",
            lambda t, x: t.tensor([1]).bincount(minlength=1.5),
        ),
        (r"histc\(\): argument 'bins' must be int, not float", lambda t, x: x.histc(1.5)),
        (r"histc\(\): argument 'min' must be Number, not str", lambda t, x: x.histc(3, "a")),
    ],
)
def test_wrong_types(match, expression):
    check_same_error(TypeError, match, expression, normal(2, 3), same_words=False)


def test_there_is_no_median_of_no_integers():
    with pytest.raises(RuntimeError, match=r"median\(\): there is no median of no integers"):
        mt.tensor([], dtype=mt.int64).median()
