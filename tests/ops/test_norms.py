"""logsumexp, norm, and linalg's norms."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from tests.checks import assert_close, normal, ours_of, theirs_of, with_ties
from tests.ops.both import check_same, check_same_error
from tests.reference_products import norm_of_matrix
from tests.reference_reductions import logsumexp, norm, reduce

NAN, INF = np.nan, np.inf
X = normal(2, 3, 4)
ORDERS = [2, 1, 3, 0.5, 1.5, 2.5, -1, INF, -INF, 0]


@pytest.mark.parametrize("dim", [0, -1, (0, 2), (0, 1, 2)])
@pytest.mark.parametrize("keepdim", [False, True])
def test_logsumexp(dim, keepdim):
    check_same(lambda t, x: t.logsumexp(x, dim, keepdim), [X], reference=lambda x: reduce(logsumexp, x, dim, keepdim))
    check_same(lambda t, x: x.logsumexp(axis=dim, keepdims=keepdim), [X * 1e4 + 1e4], finite_differences=False)


@pytest.mark.parametrize(
    "x", [[-INF, -INF], [INF, 1.0], [INF, INF], [INF, -INF], [NAN, 1.0], [-INF, 1.0], [1e4, -1e4], [1e300, 1e300]]
)
def test_logsumexp_of_infinities(x):
    check_same(lambda t, x: t.logsumexp(x, 0), [np.array(x)], finite_differences=False, dtypes=["float64"])


def test_logsumexp_of_other_things():
    check_same(lambda t, x: t.logsumexp(x, 0), [np.array([1, 2, 3])], grad=False, dtypes=["float32"])
    check_same(lambda t, x: t.logsumexp(x, 0), [np.array(2.0)])
    check_same(lambda t, x: t.logsumexp(x, 1), [np.zeros((2, 0))])


@pytest.mark.parametrize("dim", [None, 1, (0, -1), [0, 1, 2]])
@pytest.mark.parametrize("order", ORDERS)
def test_vector_norms(order, dim):
    for keepdim in (False, True):
        check_same(
            lambda t, x, k=keepdim: t.linalg.vector_norm(x, order, dim, k),
            [X],
            reference=lambda x, k=keepdim: reduce(lambda numbers: norm(numbers, order), x, dim, k),
        )
    check_same(lambda t, x: t.norm(x, order, dim), [X])
    check_same(lambda t, x: x.norm(p=order, dim=dim, keepdim=True), [X])


@pytest.mark.parametrize("order", ORDERS)
def test_vector_norms_at_zeros_ties_and_nan(order):
    for x in (
        np.zeros(3),
        np.array([0.0, 2.0, -2.0]),
        np.array([NAN, 1.0, -3.0]),
        np.array([INF, 1.0]),
        np.array(-3.0),
    ):
        check_same(lambda t, x: t.linalg.vector_norm(x, order), [x], finite_differences=False)
    check_same(lambda t, x: t.linalg.vector_norm(x, order, 1), [with_ties(3, 4)], finite_differences=False)


@pytest.mark.parametrize("p", ["fro", None, 2.0])
def test_norm_by_default(p):
    check_same(lambda t, x: t.norm(x), [X])
    check_same(lambda t, x: t.norm(x, p), [X])
    check_same(lambda t, x: x.norm(p, dim=1, keepdim=True), [X])
    check_same(lambda t, x: t.norm(x, p, (0, 1)), [X])


def test_norm_of_nothing():
    for order in (2, 1, 0, 3):
        check_same(lambda t, x, p=order: t.norm(x, p), [np.zeros(0)], finite_differences=False)
        check_same(lambda t, x, p=order: t.norm(x, p, 1), [np.zeros((2, 0))], finite_differences=False)
    check_same(lambda t, x: t.norm(x, INF, 0), [np.zeros((2, 0))], finite_differences=False)


def test_norm_in_another_dtype():
    check_same(lambda t, x: t.norm(x, dtype=t.float64), [X], dtypes=["float32"])
    check_same(lambda t, x: t.linalg.matrix_norm(x, 1, dtype=t.float64), [X], dtypes=["float32"])
    x = normal(3, 4).astype(np.float16)
    assert_close(mt.norm(ours_of(x)), torch.norm(theirs_of(x)), 2e-3, "float16")


MATRIX_ORDERS = ["fro", "nuc", 2, -2, 1, -1, INF, -INF]


@pytest.mark.parametrize("keepdim", [False, True])
@pytest.mark.parametrize("dim", [(-2, -1), (0, 2), (2, 0), (-1, 0)])
@pytest.mark.parametrize("order", MATRIX_ORDERS)
def test_matrix_norms(order, dim, keepdim):
    check_same(lambda t, x: t.linalg.matrix_norm(x, order, dim, keepdim), [X])
    check_same(lambda t, x: t.linalg.norm(x, order, dim, keepdim), [X])


@pytest.mark.parametrize("order", [1, -1, INF, -INF])
def test_matrix_norms_against_loops(order):
    check_same(lambda t, x: t.linalg.norm(x, order), [X[0]], reference=lambda x: norm_of_matrix(x, order))
    check_same(lambda t, x: t.linalg.norm(x, order), [with_ties(3, 3)], finite_differences=False)


@pytest.mark.parametrize("order", [*MATRIX_ORDERS[:2], 2, 1, INF])
def test_matrix_norms_of_nothing(order):
    check_same(lambda t, x: t.linalg.matrix_norm(x, order), [np.zeros((2, 0, 0))], finite_differences=False, grad=False)


def test_linalg_norm_of_vectors():
    for order in (None, *ORDERS):
        check_same(lambda t, x, p=order: t.linalg.norm(x, p), [X[0, 0]])
        check_same(lambda t, x, p=order: t.linalg.norm(x, p, dim=1), [X])
    check_same(lambda t, x: t.linalg.norm(x), [X])
    check_same(lambda t, x: t.linalg.norm(x, dim=(0, 1)), [X])
    check_same(lambda t, x: t.norm(x, "nuc"), [X[0]])


def test_singular_values():
    check_same(lambda t, x: t.linalg.svdvals(x), [X])
    check_same(lambda t, x: t.linalg.svdvals(x), [normal(4, 3)])


EMPTY = "cannot compute the .* norm on .* because .* the operation does not have an identity"


@pytest.mark.parametrize(
    "error, match, expression",
    [
        (RuntimeError, "linalg.vector_norm: Expected a floating point .* Got Long", lambda t, x: t.norm(x.long())),
        (
            RuntimeError,
            "linalg.matrix_norm: Expected a floating point .* Got Long",
            lambda t, x: t.linalg.matrix_norm(x.long()),
        ),
        (
            RuntimeError,
            r"\(Double\) should be convertible without narrowing .*\(Float\)",
            lambda t, x: t.norm(x, dtype=t.float32),
        ),
        (RuntimeError, "cannot compute the inf norm on an empty tensor", lambda t, x: t.norm(x[:0], INF)),
        (RuntimeError, "cannot compute the -inf norm on an empty tensor", lambda t, x: t.norm(x[:0], -INF)),
        (
            RuntimeError,
            "cannot compute the inf norm on the dimension 0|norm on dimension",
            lambda t, x: t.norm(x[:0], INF, 0),
        ),
        (RuntimeError, "linalg.matrix_norm: Order a not supported", lambda t, x: t.norm(x, "a")),
        (RuntimeError, "linalg.matrix_norm: Order 3 not supported", lambda t, x: t.linalg.norm(x, 3)),
        (RuntimeError, "linalg.matrix_norm: Order x not supported", lambda t, x: t.linalg.matrix_norm(x, "x")),
        (RuntimeError, "linalg.matrix_norm: dim must be a 2-tuple. Got 1", lambda t, x: t.norm(x, "nuc", 1)),
        (RuntimeError, "linalg.matrix_norm: dim must be a 2-tuple", lambda t, x: t.norm(x[None], "nuc")),
        (RuntimeError, "linalg.matrix_norm: dim must be a 2-tuple", lambda t, x: t.norm(x[None], "fro", (0, 1, 2))),
        (
            RuntimeError,
            r"linalg.matrix_norm: dims must be different. Got \(1, 1\)",
            lambda t, x: t.linalg.matrix_norm(x, dim=(1, 1)),
        ),
        (
            RuntimeError,
            "linalg.matrix_norm: The input tensor A must have at least 2 dim",
            lambda t, x: t.linalg.matrix_norm(x[0]),
        ),
        (
            RuntimeError,
            "linalg.matrix_norm: The input tensor A must have at least 2 dim",
            lambda t, x: t.linalg.norm(x[0], "fro"),
        ),
        (
            RuntimeError,
            "If dim is not specified but ord is, the input must be 1D or 2D. Got 3D",
            lambda t, x: t.linalg.norm(x[None], 1),
        ),
        (
            RuntimeError,
            "If dim is specified, it must be of length 1 or 2",
            lambda t, x: t.linalg.norm(x[None], dim=(0, 1, 2)),
        ),
        (IndexError, "Dimension out of range", lambda t, x: t.norm(x, 2, 2)),
        (IndexError, "Dimension out of range", lambda t, x: t.logsumexp(x, (0, 2))),
        (RuntimeError, "dim 0 appears multiple times", lambda t, x: t.linalg.norm(x, dim=(0, 0))),
        (
            TypeError,
            r"vector_norm\(\): argument 'ord'.* must be Number, not str",
            lambda t, x: t.linalg.vector_norm(x, "fro"),
        ),
        (TypeError, "dim", lambda t, x: t.logsumexp(x)),
        (RuntimeError, "The input tensor A must have at least 2 dimensions", lambda t, x: t.linalg.svdvals(x[0])),
    ],
)
def test_errors(error, match, expression):
    check_same_error(error, match, expression, normal(2, 3))


def test_singular_values_of_integers():
    with pytest.raises(RuntimeError, match=r"linalg\.svd: Expected a float or double tensor as input. Got Long"):
        mt.linalg.svdvals(mt.ones(2, 2, dtype=mt.int64))
    assert math.isclose(mt.linalg.svdvals(mt.eye(2) * 3)[0].item(), 3.0)
