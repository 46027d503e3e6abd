"""exp, log, sqrt, abs, trigonometry, sigmoid, erf and rounding, element by element."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from tests.checks import assert_close, check_op, normal, ours_of, theirs_of
from tests.ops.both import check_same, check_same_error
from tests.reference_elements import BINARY, UNARY, each

NORMAL = normal(3, 4)
POSITIVE = np.abs(NORMAL) + 0.1
INSIDE = np.tanh(NORMAL)  # in (-1, 1)
# What each function is smooth at; those not named take any number.
DOMAINS = {
    **dict.fromkeys(("log", "log2", "log10", "log1p", "sqrt", "rsqrt"), POSITIVE),
    **dict.fromkeys(("asin", "acos", "atanh"), INSIDE),
    "acosh": POSITIVE + 1,
    "logit": (INSIDE + 1) / 2,
    "reciprocal": NORMAL + np.sign(NORMAL),
}
NOT_FINITE = (np.inf, -np.inf, np.nan)
# Numbers at which something happens: kinks, halves, poles, overflow, underflow, and what is not a number.
SPECIAL = np.array(
    [0.0, -0.0, 0.3, -0.7, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 88, -88, 100, -800, 1e-8, 1e30, *NOT_FINITE]
)
INTEGER_DTYPES = ["uint8", "int8", "int16", "int32", "int64", "bool"]


@pytest.mark.parametrize("name", UNARY)
def test_values_and_gradients(name):
    check_op(
        getattr(mt, name),
        getattr(torch, name),
        [DOMAINS.get(name, NORMAL)],
        reference=lambda x: each(UNARY[name], x),
    )


@pytest.mark.parametrize("shape", [(), (0, 2), (1,)])
@pytest.mark.parametrize("name", UNARY)
def test_shapes_with_few_elements(name, shape):
    check_same(lambda t, x: getattr(t, name)(x), [np.abs(normal(*shape)) / 3 + (name == "acosh")])


@pytest.mark.parametrize("name", UNARY)
def test_kinks_poles_and_numbers_that_are_none(name):
    for value in SPECIAL:  # one by one: a tolerance relative to the largest would hide the others
        check_same(lambda t, x: getattr(t, name)(x), [np.array([value])], finite_differences=False)


@pytest.mark.parametrize("dtype", INTEGER_DTYPES)
@pytest.mark.parametrize("name", UNARY)
def test_integers(name, dtype):
    x = np.array([0, 1, 2, 3, 100]).astype(dtype)
    results = []
    for library, made in ((torch, theirs_of), (mt, ours_of)):
        try:
            results.append(getattr(library, name)(made(x)))
        except NotImplementedError as error:
            assert "not implemented for" in str(error)
            results.append(None)
    assert (results[0] is None) == (results[1] is None)
    if results[0] is not None:
        assert_close(results[1], results[0], 2e-6, name)


@pytest.mark.parametrize("name", UNARY)
def test_float16(name):
    x = DOMAINS.get(name, NORMAL).astype(np.float16)
    assert_close(getattr(mt, name)(ours_of(x)), getattr(torch, name)(theirs_of(x)), 2e-3, name)


@pytest.mark.parametrize("name", UNARY)
def test_in_place(name):
    def run(x):
        target = x.clone()
        result = getattr(target, f"{name}_")()
        assert result is target
        return target

    check_op(run, getattr(torch, name), [DOMAINS.get(name, NORMAL)])  # PyTorch's asinh_ has no gradient


@pytest.mark.parametrize(
    "name", sorted(set(UNARY) - {"floor", "ceil", "trunc", "round", "sign", "abs", "square", "frac"})
)
def test_in_place_on_integers(name):
    match = "result type Float can't be cast to the desired output type"
    check_same_error(RuntimeError, match, lambda t, x: getattr(x, f"{name}_")(), np.array([1, 2]))


@pytest.mark.parametrize("shapes", [((3, 4), (3, 4)), ((3, 1), (4,)), ((), (2,)), ((2, 0), (1,))])
@pytest.mark.parametrize("name", BINARY)
def test_two_operands(name, shapes):
    a, b = normal(*shapes[0]), normal(*shapes[1], seed=1)
    check_op(getattr(mt, name), getattr(torch, name), [a, b], reference=lambda a, b: each(BINARY[name], a, b))


def test_two_operands_at_special_numbers():
    a, b = (x.reshape(-1) for x in np.meshgrid(SPECIAL[[0, 1, 4, 5, 17, 18, 19]], SPECIAL[[0, 1, 4, 5, 17, 18, 19]]))
    for x, y in zip(a, b):
        for name in ("atan2", "logaddexp"):
            inputs = [np.array([x]), np.array([y])]
            check_same(lambda t, x, y, name=name: getattr(t, name)(x, y), inputs, finite_differences=False)


def test_sgn_is_sign():
    check_op(mt.sgn, torch.sign, [SPECIAL], finite_differences=False)  # PyTorch's own gradient is a ZeroTensor
    check_op(lambda x: x.clone().sgn_(), torch.sign, [NORMAL])
    check_same(lambda t, x: t.sgn(x), [np.array([True, False])], grad=False)
    check_same(lambda t, x: t.sgn(x), [np.array([-3, 0, 2])], grad=False)


def test_atan2_in_place_and_of_integers():
    check_same(lambda t, x, y: x.clone().atan2_(y), [normal(3), normal(3, seed=1)])
    check_same(lambda t, x, y: t.atan2(x, y), [np.array([1, 2]), np.array([3, 0])], grad=False, dtypes=["float32"])


def test_square_and_sign_in_place_on_integers():
    check_same(lambda t, x: x.clone().square_(), [np.array([-3, 2])], grad=False)
    check_same(lambda t, x: x.clone().sign_(), [np.array([-3, 0])], grad=False)
    match = "result type Long can't be cast to the desired output type Bool"
    check_same_error(RuntimeError, match, lambda t, x: x.square_(), np.array([True]))


@pytest.mark.parametrize("decimals", [-2, -1, 1, 3])
def test_round_to_decimals(decimals):
    x = np.array([123.456, -0.5555, 2.5, 1250.0, -0.0])
    check_same(lambda t, x: t.round(x, decimals=decimals), [x], finite_differences=False)
    check_same(lambda t, x: x.clone().round_(decimals=decimals), [x], finite_differences=False)


@pytest.mark.parametrize("eps", [0.1, 0.0])
def test_logit_with_eps(eps):
    x = np.array([0.0, 0.05, 0.1, 0.3, 0.9, 0.95, 1.0])
    check_same(lambda t, x: t.logit(x, eps), [x], finite_differences=False)
    check_same(lambda t, x: x.clone().logit_(eps), [x], finite_differences=False)


def test_other_names():
    x = ours_of(INSIDE)
    pairs = {"absolute": "abs", "arcsin": "asin", "arctan": "atan", "arctanh": "atanh", "fix": "trunc"}
    for name, other in pairs.items():
        assert getattr(mt, name) is getattr(mt, other)
        np.testing.assert_array_equal(getattr(x, name)().array, getattr(x, other)().array)
    np.testing.assert_array_equal(abs(x).array, x.abs().array)


def test_a_changed_result_is_noticed():
    x = ours_of(np.array(0.5), True)
    y = x.exp()
    z = y * 1
    y.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.backward()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        z.backward()


def test_a_zero_dimensional_graph_is_freed():
    y = ours_of(np.array(0.5), True).exp()
    y.backward()
    with pytest.raises(RuntimeError, match="backward through the graph a second time"):
        y.backward()


FLOATS = np.array([0.5, 1.5])
INTEGERS = np.array([1, 2])
BOOLEANS = np.array([True, False])
NOT_FOR_BOOL = "not implemented for 'Bool'"
NOT_FOR_LONG = "not implemented for 'Long'"


@pytest.mark.parametrize(
    "error, match, expression, x",
    [
        (TypeError, r"exp\(\): argument 'input'.* must be Tensor, not list", lambda t, x: t.exp([1]), FLOATS),
        (TypeError, r"atan2\(\): argument 'other'.* must be Tensor, not int", lambda t, x: t.atan2(x, 2), FLOATS),
        (TypeError, r"logaddexp\(\): argument 'other'.* must be Tensor", lambda t, x: t.logaddexp(x, 2), FLOATS),
        (TypeError, r"logit\(\): argument 'eps'.* must be (float|Number)", lambda t, x: t.logit(x, "a"), FLOATS),
        (NotImplementedError, NOT_FOR_LONG, lambda t, x: t.logaddexp(x, x), INTEGERS),
        (NotImplementedError, NOT_FOR_LONG, lambda t, x: t.frac(x), INTEGERS),
        (NotImplementedError, NOT_FOR_LONG, lambda t, x: x.frac_(), INTEGERS),
        (NotImplementedError, NOT_FOR_LONG, lambda t, x: t.round(x, decimals=1), INTEGERS),
        *[
            (NotImplementedError, NOT_FOR_BOOL, lambda t, x, name=name: getattr(x, name)(), BOOLEANS)
            for base in ("abs", "floor", "ceil", "round", "trunc")
            for name in (base, f"{base}_")
        ],
    ],
)
def test_errors(error, match, expression, x):
    check_same_error(error, match, expression, x)


def test_decimals_must_be_an_integer():
    with pytest.raises(TypeError, match=r"round\(\): argument 'decimals' must be int, not float"):
        mt.round(ours_of(FLOATS), decimals=1.5)
