"""Comparisons, tests of elements, logic on truth values and on bits, any, all and count_nonzero."""

from __future__ import annotations

import operator

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from tests.checks import check_op, normal, ours_of, theirs_of, with_ties
from tests.ops.both import check_same, check_same_error
from tests.reference_elements import each

NAN, INF = np.nan, np.inf
X = with_ties(3, 4)
COMPARISONS = ["eq", "ne", "lt", "le", "gt", "ge"]
LONGER_NAMES = dict(zip(COMPARISONS, ["eq", "not_equal", "less", "less_equal", "greater", "greater_equal"]))
CORNERS = [x.reshape(-1) for x in np.meshgrid([-1.0, 0.0, -0.0, INF, NAN], [-1.0, 0.0, -0.0, INF, NAN])]
LONG, BYTE, BOOL = np.array([-3, 0, 5, 12]), np.array([0, 44, 200, 7], np.uint8), np.array([True, False, True, True])


@pytest.mark.parametrize("other", [X, with_ties(4, seed=1), with_ties(3, 1, seed=1), 0, 1.0, np.array(-1.0)])
@pytest.mark.parametrize("name", COMPARISONS)
def test_comparison(name, other):
    symbol = getattr(operator, name)
    loop = lambda a, b: each(lambda x, y: symbol(x, y), a, b).astype(bool)
    check_op(getattr(mt, name), getattr(torch, name), [X, other], reference=loop, grad=False)
    check_same(lambda t, x, y: symbol(x, y), [X, other], grad=False)
    check_same(lambda t, x, y: getattr(t, LONGER_NAMES[name])(x, y), [X, other], grad=False)


@pytest.mark.parametrize("name", COMPARISONS)
def test_comparison_at_corners_and_of_other_dtypes(name):
    symbol = getattr(operator, name)
    check_same(lambda t, x, y: symbol(x, y), CORNERS, grad=False)
    for a, b in [
        (LONG, 0.5),
        (LONG, 0),
        (BYTE, 300),
        (BYTE, -1),
        (BOOL, True),
        (LONG, BYTE),
        (LONG, BOOL),
        (LONG, X[0]),
    ]:
        check_same(lambda t, x, y: symbol(x, y), [a, b], grad=False, dtypes=["float32"])
    check_same(lambda t, x: symbol(1, x), [X], grad=False)


def test_no_gradient_passes():
    check_same(lambda t, x: x * (x > 0), [normal(5)])


def test_tensors_of_other_things():
    x = ours_of(X)
    assert (x == "a") is False
    assert (x == None) is False  # noqa: E711 - what is tested
    assert (x != None) is True  # noqa: E711
    with pytest.raises(TypeError, match="'<' not supported between instances"):
        operator.lt(x, "a")


def test_hash_is_by_identity():
    x = ours_of(X)
    assert {x: 1}[x] == 1
    assert len({ours_of(X), ours_of(X)}) == 2


@pytest.mark.parametrize("name", ["isnan", "isinf", "isfinite"])
def test_tests_of_elements(name):
    for x in (CORNERS[0], LONG, BOOL):
        check_same(lambda t, x: getattr(t, name)(x), [x], grad=False)
        check_same(lambda t, x: getattr(x, name)(), [x], grad=False)


@pytest.mark.parametrize("options", [{}, {"rtol": 0.1}, {"atol": 0.5, "rtol": 0}, {"equal_nan": True}])
def test_isclose(options):
    a, b = CORNERS[0], CORNERS[1] * 1.000001
    check_same(lambda t, x, y: t.isclose(x, y, **options), [a, b], grad=False)
    check_same(lambda t, x, y: t.isclose(x, y, **options), [LONG, LONG + 1], grad=False)
    check_same(lambda t, x, y: t.isclose(x, y, **options), [BYTE, BYTE - 1], grad=False)
    for y in (b, a, a + 0.3):
        ours, theirs = (
            mt.allclose(ours_of(a), ours_of(y), **options),
            torch.allclose(theirs_of(a), theirs_of(y), **options),
        )
        assert type(ours) is bool
        assert ours == theirs


@pytest.mark.parametrize(
    "a, b", [(X, X), (X, X + 1), (X, X[:2]), (LONG, LONG * 1.0), (CORNERS[0], CORNERS[0]), (X[:0], X[:0])]
)
def test_equal(a, b):
    assert mt.equal(ours_of(a), ours_of(b)) is torch.equal(theirs_of(a), theirs_of(b))


@pytest.mark.parametrize("invert", [False, True])
def test_isin(invert):
    check_same(lambda t, x, y: t.isin(x, y, invert=invert), [X, np.array([0.0, 2.0])], grad=False)
    check_same(lambda t, x, y: t.isin(x, y, assume_unique=True, invert=invert), [LONG, LONG[:2]], grad=False)
    check_same(lambda t, x: t.isin(x, 5, invert=invert), [LONG], grad=False)
    check_same(lambda t, x: t.isin(5, x, invert=invert), [LONG], grad=False)


LOGICAL = ["logical_and", "logical_or", "logical_xor"]


@pytest.mark.parametrize("a, b", [(X, with_ties(4, seed=1)), (LONG, BOOL), (BOOL, BYTE), CORNERS])
@pytest.mark.parametrize("name", LOGICAL)
def test_logical(name, a, b):
    check_same(lambda t, x, y: getattr(t, name)(x, y), [a, b], grad=False)
    check_same(lambda t, x, y: getattr(x.clone(), f"{name}_")(y), [a, b], grad=False)
    check_same(lambda t, x: t.logical_not(x), [a], grad=False)
    check_same(lambda t, x: x.clone().logical_not_(), [a], grad=False)


def test_a_logical_write_is_not_recorded():
    check_same(lambda t, x, y: x.clone().logical_and_(y) + x, [X, X], grad_inputs=[0], finite_differences=False)
    check_same(lambda t, x: (x * 2).logical_not_() + x, [X], finite_differences=False)


def test_a_logical_write_is_noticed():
    x = ours_of(normal(3), True)
    y = x.exp()
    y.logical_not_()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


BITWISE = {"bitwise_and": operator.and_, "bitwise_or": operator.or_, "bitwise_xor": operator.xor}
IN_PLACE = {"bitwise_and": operator.iand, "bitwise_or": operator.ior, "bitwise_xor": operator.ixor}


@pytest.mark.parametrize(
    "a, b",
    [
        (LONG, LONG[::-1].copy()),
        (BOOL, BOOL[::-1].copy()),
        (LONG, BYTE),
        (LONG, BOOL),
        (LONG, 6),
        (BYTE, 12),
        (BOOL, True),
        (6, LONG),
    ],
)
@pytest.mark.parametrize("name", BITWISE)
def test_bitwise(name, a, b):
    check_same(lambda t, x, y: getattr(t, name)(x, y), [a, b], grad=False)
    check_same(lambda t, x, y: BITWISE[name](x, y), [a, b], grad=False)
    if isinstance(a, np.ndarray):
        check_same(lambda t, x, y: getattr(x.clone(), f"{name}_")(y), [a, b], grad=False)
        check_same(lambda t, x, y: IN_PLACE[name](x.clone(), y), [a, b], grad=False)


@pytest.mark.parametrize("x", [LONG, BYTE, BOOL])
def test_bitwise_not(x):
    check_same(lambda t, x: ~x, [x], grad=False)
    check_same(lambda t, x: t.bitwise_not(x), [x], grad=False)
    check_same(lambda t, x: x.clone().bitwise_not_(), [x], grad=False)


@pytest.mark.parametrize("shift", [0, 1, 7, 8, 9, 63, 64, 70, -1, np.array([0, 1, 2, 100])])
@pytest.mark.parametrize("x", [LONG, BYTE, LONG.astype(np.int8), LONG.astype(np.int32)])
def test_shifts(x, shift):
    shift = shift.astype(x.dtype) if isinstance(shift, np.ndarray) else shift
    check_same(lambda t, x, y: x << y, [x, shift], grad=False)
    check_same(lambda t, x, y: x >> y, [x, shift], grad=False)
    check_same(lambda t, x, y: t.bitwise_left_shift(x, y), [x, shift], grad=False)
    check_same(lambda t, x, y: operator.ilshift(x.clone(), y), [x, shift], grad=False)
    check_same(lambda t, x, y: operator.irshift(x.clone(), y), [x, shift], grad=False)


def test_shifted_numbers_and_bool():
    check_same(lambda t, x: 1 << x, [np.array([0, 3])], grad=False)
    check_same(lambda t, x: 100 >> x, [np.array([0, 3])], grad=False)
    check_same(lambda t, x: x << 1, [BOOL], grad=False)


REDUCED = [X, X > 0, (X > 0).astype(np.uint8), np.zeros((2, 0, 3)), np.array(NAN), np.array(0)]


def dims_of(x):
    """Every way to name dimensions."""
    return [None, (), tuple(range(x.ndim)), *range(-x.ndim, x.ndim)]


EACH_DIM = [(x, dim) for x in REDUCED for dim in dims_of(x)]


@pytest.mark.parametrize("x, dim", EACH_DIM)
@pytest.mark.parametrize("name", ["any", "all"])
def test_any_and_all(name, x, dim):
    check_same(lambda t, x: getattr(t, name)(x), [x], grad=False)
    check_same(lambda t, x: getattr(x, name)(dim), [x], grad=False)
    check_same(lambda t, x: getattr(t, name)(x, axis=dim, keepdims=True), [x], grad=False)


@pytest.mark.parametrize("x, dim", EACH_DIM)
def test_count_nonzero(x, dim):
    check_same(lambda t, x: t.count_nonzero(x, dim), [x], grad=False)


def test_contains():
    x = ours_of(X)
    assert 1 in x
    assert 7.5 not in x
    assert ours_of(np.array([7.0, -2.0, 1.0, 0.0])) in x
    with pytest.raises(RuntimeError, match="only supports Tensor or scalar, but you passed in a <class 'str'>"):
        operator.contains(x, "a")


@pytest.mark.parametrize(
    "error, match, expression",
    [
        (RuntimeError, r"size of tensor a \(3\) must match the size of tensor b \(2\)", lambda t, x: t.eq(x, x[:2])),
        (RuntimeError, "Double did not match Float", lambda t, x: t.isclose(x, x.float())),
        (RuntimeError, "Double did not match Long", lambda t, x: t.allclose(x, x.long())),
        (RuntimeError, "rtol must be greater than or equal to zero, but got -1", lambda t, x: t.isclose(x, x, rtol=-1)),
        (RuntimeError, "atol must be greater than or equal to zero", lambda t, x: t.allclose(x, x, atol=-1)),
        (RuntimeError, r"size of tensor a \(3\) must match", lambda t, x: t.allclose(x, x[:2])),
        (TypeError, r"allclose\(\): argument 'other'.* must be Tensor", lambda t, x: t.allclose(x, 1.0)),
        (TypeError, r"isnan\(\): argument 'input'.* must be Tensor, not float", lambda t, x: t.isnan(1.0)),
        (TypeError, r"logical_and\(\): argument 'other'.* must be Tensor", lambda t, x: t.logical_and(x, 1)),
        (RuntimeError, r"size of tensor a \(3\) must match", lambda t, x: t.logical_or(x, x[:2])),
        (RuntimeError, r"output with shape \[3\] doesn't match", lambda t, x: x.logical_or_(t.ones(2, 3))),
        (NotImplementedError, "not implemented for 'Double'", lambda t, x: x & x),
        (NotImplementedError, "not implemented for 'Double'", lambda t, x: t.bitwise_or(x, 1)),
        (TypeError, "only implemented on integer and Boolean-type tensors", lambda t, x: ~x),
        (NotImplementedError, "not implemented for 'Double'", lambda t, x: t.bitwise_not(x)),
        (NotImplementedError, "not implemented for 'Double'", lambda t, x: x.bitwise_not_()),
        (NotImplementedError, "not implemented for 'Double'", lambda t, x: x << 1),
        (NotImplementedError, "not implemented for 'Float'", lambda t, x: x.long() ^ 1.5),
        (NotImplementedError, "not implemented for 'Bool'", lambda t, x: x.bool() << x.bool()),
        (NotImplementedError, "not implemented for 'Bool'", lambda t, x: x.bool() >> True),
        (TypeError, r"unsupported operand type\(s\) for &: 'Tensor' and 'str'", lambda t, x: x.bool() & "a"),
        (TypeError, "unsupported operand type", lambda t, x: "a" | x.bool()),
        (RuntimeError, "result type Long can't be cast", lambda t, x: x.bool().__iand__(x.long())),
        (IndexError, "Dimension out of range", lambda t, x: t.any(x, 1)),
        (IndexError, "Dimension out of range", lambda t, x: t.count_nonzero(x, 3)),
        (RuntimeError, "dim 0 appears multiple times in the list of dims", lambda t, x: t.all(x, (0, 0))),
    ],
)
def test_errors(error, match, expression):
    check_same_error(error, match, expression, np.array([1.0, 2.0, 3.0]))


@pytest.mark.parametrize(
    "match, expression",
    [
        (r"eq\(\): argument 'input' must be Tensor, not int", lambda t, x: t.eq(2, x)),
        (r"eq\(\): unsupported operand str", lambda t, x: t.eq(x, "a")),
        (r"isin\(\): one of elements and test_elements must be a Tensor", lambda t, x: t.isin(1, 2)),
        (r"isin\(\): unsupported operand str", lambda t, x: t.isin(x, "a")),
        (r"bitwise_and\(\): argument 'input' must be Tensor, not int", lambda t, x: t.bitwise_and(2, 3)),
        (r"isclose\(\): argument 'rtol' must be Number, not str", lambda t, x: t.isclose(x, x, rtol="a")),
    ],
)
def test_wrong_types(match, expression):
    check_same_error(TypeError, match, expression, np.array([1.0]), same_words=False)
