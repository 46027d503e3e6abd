"""where, maximum, minimum, fmax, fmin and clamp."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from tests.checks import check_op, normal, with_ties
from tests.ops.both import check_same, check_same_error
from tests.reference_elements import BINARY, each

NAN, INF = np.nan, np.inf
X = normal(3, 4)
# Every pair of these meets: ties, infinities, NaN on either side and on both.
CORNERS = [x.reshape(-1) for x in np.meshgrid([-1.0, 0.0, 1.0, INF, -INF, NAN], [-1.0, 0.0, 1.0, INF, -INF, NAN])]
LARGER = ["maximum", "minimum", "fmax", "fmin"]


@pytest.mark.parametrize("name", LARGER)
def test_larger_and_smaller(name):
    check_same(lambda t, a, b: getattr(t, name)(a, b), CORNERS, finite_differences=False)
    ties = [with_ties(4, 5), with_ties(5, seed=1)]
    expected = lambda a, b: each(BINARY[name], a, b)
    check_op(getattr(mt, name), getattr(torch, name), ties, reference=expected, finite_differences=False)


@pytest.mark.parametrize("name", LARGER)
def test_larger_of_two_dtypes(name):
    check_same(lambda t, a, b: getattr(a, name)(b), [np.array([1, 5]), np.array([2, 3], np.uint8)], grad=False)
    check_same(lambda t, a, b: getattr(a, name)(b), [np.array([True, False]), np.array([False, False])], grad=False)
    check_same(lambda t, a, b: getattr(a, name)(b), [np.array([1, 5]), normal(2)])


MASK = with_ties(3, 4) > 0


@pytest.mark.parametrize("shapes", [((3, 4), (3, 4)), ((4,), (3, 1)), ((), (2, 3, 4))])
def test_where(shapes):
    a, b = normal(*shapes[0]), normal(*shapes[1], seed=1)
    expected = lambda a, b: each(lambda m, x, y: x if m else y, MASK, a, b)
    check_op(
        lambda a, b: mt.where(mt.tensor(MASK), a, b),
        lambda a, b: torch.where(torch.tensor(MASK), a, b),
        [a, b],
        reference=expected,
    )


def test_where_keeps_bad_numbers_out_of_the_gradient():
    check_same(
        lambda t, m, x: t.where(m, x.sqrt(), t.zeros_like(x)),
        [np.array([True, False, False]), np.array([4.0, -1.0, NAN])],
        grad_inputs=[],
        grad=False,
    )
    check_same(lambda t, m, x: t.where(m, 1.0, x / 0), [np.array([True, False]), X[0, :2]], finite_differences=False)


@pytest.mark.parametrize("a, b", [(1, 2), (1.5, 2), (True, 2), (np.array([1, 2, 3, 4]), 0.5), (X, 1), (2, X)])
def test_where_with_numbers(a, b):
    check_same(lambda t, m, a, b: t.where(m, a, b), [MASK, a, b], grad=a is X or b is X, dtypes=["float32"])


def test_where_as_a_method_and_of_a_byte_mask():
    check_same(lambda t, m, a, b: a.where(m, b), [MASK, X, normal(4)])
    for library in (torch, mt):
        x = library.ones(3)
        with pytest.warns(UserWarning, match="where received a uint8 condition tensor. This behavior is deprecated"):
            assert library.where(library.tensor([0, 1, 2], dtype=library.uint8), x, 0.0).tolist() == [0, 1, 1]


@pytest.mark.parametrize("x", [with_ties(3, 4), np.array(2.0), np.zeros((0, 3)), MASK])
def test_where_with_a_condition_alone(x):
    check_same(lambda t, x: t.where(x), [x], grad=False)


BOUNDS = [(-0.5, 0.5), (None, 0.3), (0, None), (1, -1), (-INF, INF), (NAN, 1), (0, 0)]


@pytest.mark.parametrize("bounds", BOUNDS)
def test_clamp(bounds):
    low, high = bounds
    check_same(lambda t, x: t.clamp(x, low, high), [X], finite_differences=not np.isnan(low or 0))
    edges = np.array([-1.0, -0.5, 0.0, 0.3, 0.5, 1.0, NAN, INF, -INF])  # the bounds themselves pass the gradient on
    check_same(lambda t, x: t.clip(x, min=low, max=high), [edges], finite_differences=False)
    check_same(lambda t, x: x.clone().clamp_(low, high), [edges], finite_differences=False)


TENSOR_BOUNDS = [(normal(4, seed=1) - 1, normal(3, 1, seed=2) + 1), (None, X[0]), (np.array(0.0), None), (X + 1, X - 1)]


@pytest.mark.parametrize("bounds", TENSOR_BOUNDS)
def test_clamp_to_tensors(bounds):
    low, high = bounds
    check_same(lambda t, x, low, high: t.clamp(x, low, high), [X * 2, low, high], finite_differences=False)
    check_same(lambda t, x, low, high: (x * 1).clamp_(low, high), [X * 2, low, high], finite_differences=False)


def test_clamp_to_tensors_at_corners():
    x, bound = CORNERS
    check_same(lambda t, x, low: t.clamp(x, low), [x, bound], finite_differences=False)
    check_same(lambda t, x, high: t.clamp(x, max=high), [x, bound], finite_differences=False)
    check_same(lambda t, x, low, high: t.clamp(x, low, high), [x, bound, bound[::-1]], finite_differences=False)


@pytest.mark.parametrize(
    "name, other", [("clamp_min", -0.1), ("clamp_max", 0.1), ("clamp_min", X[0]), ("clamp_max", X[0])]
)
def test_one_sided_clamp(name, other):
    check_same(lambda t, x, b: getattr(t, name)(x, b), [X, other], finite_differences=False)
    check_same(lambda t, x, b: getattr(x * 1, f"{name}_")(b), [X, other], finite_differences=False)


@pytest.mark.parametrize("bounds", [(2, 3), (0.5, None), (None, True), (None, 2.5)])
@pytest.mark.parametrize("dtype", [np.int64, np.uint8, np.int8, bool])
def test_clamp_of_integers(dtype, bounds):
    if dtype is bool and bounds == (None, True):
        expected = "not implemented for 'Bool'"
        check_same_error(NotImplementedError, expected, lambda t, x: t.clamp(x, *bounds), np.array([True]))
        return
    x = np.array([0, 1, 2, 3, 100]).astype(dtype)
    check_same(lambda t, x: t.clamp(x, *bounds), [x], grad=False, dtypes=["float32"])


def test_clamp_of_mixed_bounds():
    check_same(lambda t, x, high: t.clamp(x, 0.1, high), [X, np.array(0.5)], grad_inputs=[0])


LONG, FLOAT = np.array([1, 2, 3]), np.array([1.0, 2.0, 3.0])


@pytest.mark.parametrize(
    "error, match, expression",
    [
        (RuntimeError, "where expected condition to be a boolean tensor.*Double", lambda t, x, m: t.where(x, x, x)),
        (RuntimeError, r"size of tensor a \(3\) must match.*b \(2\)", lambda t, x, m: t.where(m, x, x[:2])),
        (RuntimeError, "without overflow", lambda t, x, m: t.where(m, x.byte(), 300)),
        (TypeError, r"maximum\(\): argument 'other'.*must be Tensor, not int", lambda t, x, m: t.maximum(x, 2)),
        (TypeError, r"fmin\(\): argument 'input'.*must be Tensor, not int", lambda t, x, m: t.fmin(2, x)),
        (RuntimeError, r"size of tensor a \(3\) must match.*b \(2\)", lambda t, x, m: t.maximum(x, x[:2])),
        (RuntimeError, "torch.clamp: At least one of 'min' or 'max' must not be None", lambda t, x, m: t.clamp(x)),
        (RuntimeError, "At least one of 'min' or 'max' must not be None", lambda t, x, m: x.clamp_()),
        (RuntimeError, "result type Float can't be cast", lambda t, x, m: x.long().clamp_(0.5)),
        (RuntimeError, "without overflow", lambda t, x, m: x.byte().clamp(max=300)),
        (RuntimeError, r"size of tensor a \(3\) must match.*b \(2\)", lambda t, x, m: t.clamp(x, x[:2])),
    ],
)
def test_errors(error, match, expression):
    check_same_error(error, match, expression, FLOAT, FLOAT > 1)


@pytest.mark.parametrize(
    "match, expression",
    [
        (r"where\(\): argument 'other' must be Tensor or Number, not NoneType", lambda t, x, m: t.where(m, x)),
        (r"where\(\): argument 'input' must be Tensor or Number, not str", lambda t, x, m: t.where(m, "a", x)),
        (r"clamp\(\): argument 'min' must be Number or Tensor, not str", lambda t, x, m: t.clamp(x, "a")),
        (r"clamp\(\): argument 'max' must be Number or Tensor, not list", lambda t, x, m: t.clamp(x, max=[1.0])),
        (r"clamp\(\): 'min' and 'max' must both be Tensors or both be Numbers", lambda t, x, m: t.clamp(x, 0.1, x)),
        (r"clamp\(\): argument 'input'.* must be Tensor, not float", lambda t, x, m: t.clamp(1.0, 0)),
    ],
)
def test_wrong_types(match, expression):
    check_same_error(TypeError, match, expression, FLOAT, FLOAT > 1, same_words=False)
