"""Special functions and functions of pairs of numbers, against PyTorch; torch.special's names."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from tests.checks import assert_close, check_op, normal, ours_of, theirs_of
from tests.ops.both import check_same, check_same_error

NAN, INF = np.nan, np.inf
# SciPy's and PyTorch's approximations agree to a few units in the last place of the intermediate results.
TOLERANCE = {"float32": 2e-6, "float64": 2e-13}
SHAPES = [(2, 3), (), (0, 2)]
ONE = {
    "erfc": 1.0,
    "erfinv": 0.2,
    "lgamma": 1.0,
    "digamma": 1.0,
    "sinc": 1.0,
    "i0": 1.0,
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", ONE)
def test_of_one_number(name, shape):
    x = normal(*shape) * ONE[name] + (0.0 if name != "erfinv" else 0.05)
    if name in ("lgamma", "digamma"):
        x = np.abs(x) + 0.5
    # The slope of PyTorch's digamma, its trigamma, is exact to 9 digits only.
    options = {"forward_tolerance": TOLERANCE, "dtypes": ["float32"] if name == "digamma" else ["float32", "float64"]}
    check_same(lambda t, x: getattr(t, name)(x), [x], **options)
    check_same(lambda t, x: getattr(x, name)(), [x], **options)
    check_same(lambda t, x: getattr(x.clone(), f"{name}_")(), [x], **options)
    check_op(lambda x: getattr(mt, name)(x), None, [x])
    check_same_error(
        RuntimeError, "result type Float can't be cast", lambda t, x: getattr(x, f"{name}_")(), np.ones(2, int)
    )


@pytest.mark.parametrize("name", ONE)
def test_of_integers_and_limits(name):
    x = [-INF, -1.0, -0.0, 0.0, 1.0, INF, NAN] if name not in ("sinc", "digamma") else [-0.0, 0.0, 1.0, NAN]
    with np.errstate(all="ignore"):
        check_same(lambda t, x: getattr(t, name)(x), [np.array(x)], grad=False, forward_tolerance=TOLERANCE)
        check_same(lambda t, x: getattr(t, name)(x), [np.array([0, 1])], grad=False, dtypes=["float32"])


def test_sinc_at_zero():
    check_same(lambda t, x: t.sinc(x), [np.array([0.0, 1.0, -0.5])])


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_polygamma(n):
    x = np.abs(normal(2, 3)) + 1
    of_both = {"forward_tolerance": {"float32": 5e-6}, "dtypes": ["float32"]}  # exact to 9 digits in PyTorch
    check_same(lambda t, x: (t.polygamma(n, x), x.polygamma(n)), [x], **of_both)
    check_same(lambda t, x: x.clone().polygamma_(n), [x], **of_both)
    check_op(lambda x: mt.polygamma(n, x), None, [x])


def test_polygamma_of_others():
    check_same_error(RuntimeError, "does not support negative n", lambda t, x: t.polygamma(-1, x), normal(2))
    check_same_error(TypeError, "must be int, not float", lambda t, x: t.polygamma(1.0, x), normal(2))


TWO = ["hypot", "xlogy", "logaddexp2", "copysign"]


@pytest.mark.parametrize("shapes", [((2, 3), (2, 3)), ((2, 1), (3,)), ((), (2,)), ((0, 2), (2,))])
@pytest.mark.parametrize("name", TWO)
def test_of_two_numbers(name, shapes):
    a, b = (normal(*shape, seed=seed) for seed, shape in enumerate(shapes))
    b = np.abs(b) + 0.1 if name == "xlogy" else b
    check_same(lambda t, a, b: getattr(t, name)(a, b), [a, b])
    check_same(lambda t, a, b: getattr(a, name)(b), [a, b])
    if name != "logaddexp2" and shapes[0] == (2, 3):
        check_same(lambda t, a, b: getattr(a.clone(), f"{name}_")(b), [a, b])


def test_xlogy_at_zero_and_with_numbers():
    x, y = np.array([0.0, 0, 0, 1, 0]), np.array([0.0, NAN, INF, 0, -1])
    for f in (lambda t, a, b: t.xlogy(a, b), lambda t, a, b: t.special.xlog1py(a, b)):
        check_same(f, [x, y], finite_differences=False)
    check_same(lambda t, x: (t.xlogy(x, 2), t.xlogy(2.0, x.abs()), t.special.xlog1py(x, 0.5)), [normal(3)])
    check_same(lambda t, a, b: t.special.xlog1py(a, b), [normal(2, 3), np.abs(normal(3, seed=1))])
    check_same(lambda t, x: t.xlogy(x, x), [np.array([0, 1, 2])], grad=False, dtypes=["float32"])
    check_same_error(TypeError, "input|invalid combination", lambda t: t.xlogy(1, 2))


def test_other_limits():
    x = np.array([0.0, -0.0, INF, -INF, NAN, 1])
    for name in ("hypot", "copysign", "logaddexp2"):
        check_same(lambda t, a, b, n=name: getattr(t, n)(a[:, None], b), [x, x], grad=False)
    check_same(lambda t, a: (t.copysign(a, -1.0), a.copysign(-0.0)), [x], finite_differences=False)
    for name in ("hypot", "logaddexp2"):
        f = lambda t, a, n=name: getattr(t, n)(a, a)
        check_same_error(NotImplementedError, "not implemented for 'Long'", f, np.array([1]))
        check_same_error(
            TypeError, "argument 'other'.* must be Tensor, not int", lambda t, a, n=name: getattr(t, n)(a, 1), x
        )


def test_float_power_ldexp_nextafter():
    x = np.abs(normal(2, 3)) + 0.1
    check_same(lambda t, x: (t.float_power(x, 2), x.float_power(0.5), t.float_power(2, x)), [x])
    check_same(lambda t, x, y: (t.ldexp(x, y), x.ldexp(y)), [normal(3), np.array([0, 2, 1])])
    a, b = np.array([1.0, 2, 2, 0, np.nan, 1]), np.array([3.0, 2, 1, 0, 1, np.nan])
    for pair in ([x, np.array(INF)], [a, b]):
        check_same(lambda t, x, y: t.nextafter(x, y), pair, finite_differences=False)
        check_same(lambda t, x, y: (x * 1).nextafter_(y), pair, finite_differences=False)


def test_ldexp_of_integers():
    exponents = np.array([130, -160, 0, 3])
    x = np.array([1e-30, 3.0, np.inf, np.nan])
    for kind in ("int64", "int32", "int8"):
        y = exponents.clip(-50, 50).astype(kind)
        check_same(lambda t, x, y: (t.ldexp(x, y), (x * 1).ldexp_(y)), [x, y], grad=False)
    check_op(lambda x: mt.ldexp(x, mt.tensor([-2, 3, 0])), None, [normal(3)])  # PyTorch's gradient of the first is 0
    check_same(lambda t, x, y: t.ldexp(x, y), [x, exponents], grad=False)
    check_same(lambda t, x, y: t.ldexp(x, y), [normal(2, 1), np.array([[1, 2, 3]])])
    check_same(lambda t, x, y: t.ldexp(x, y), [normal(0, 2), np.array([1, 2])])
    check_same(lambda t, x, y: t.ldexp(x, y), [np.array([1, 2]), np.array([3, 4])], grad=False)
    check_same(lambda t, x, y: t.ldexp(x, y), [np.array([1.0, 2]), np.array([2.5, 4])])
    assert mt.ldexp(mt.ones(2).half(), mt.tensor([3, 4])).dtype is mt.float16
    check_same_error(NotImplementedError, "'Bool'", lambda t, x, y: t.ldexp(x, y), np.ones(1), np.ones(1, bool))
    check_same_error(NotImplementedError, "'Bool'", lambda t, x, y: x.ldexp_(y), np.ones(1), np.ones(1, bool))
    check_same_error(RuntimeError, "can't be cast", lambda t, x: x.ldexp_(x), np.array([1]))


def test_the_gradient_of_remainder_by_infinity():
    pair = [np.array([1.0, 2, -3, 5]), np.array([INF, -INF, INF, 3])]
    check_same(lambda t, x, y: t.remainder(x, y), pair, finite_differences=False)


def test_divisors_and_multiples():
    a, b = np.array([4, -6, 0, 7]), np.array([6, 9, 0, 1])
    for name in ("gcd", "lcm"):
        check_same(lambda t, a, b, n=name: (getattr(t, n)(a, b), getattr(a, n)(b)), [a, b], grad=False)
        check_same(lambda t, a, b, n=name: getattr(a.clone(), f"{n}_")(b), [a, b], grad=False)
        f = lambda t, a, b, n=name: getattr(t, n)(a, b)
        check_same_error(NotImplementedError, "not implemented for 'Double'", f, a, normal(4))


def test_signs_and_kinds_of_numbers():
    x = np.array([0.0, -0.0, INF, -INF, NAN, -1])
    for name in ("signbit", "isposinf", "isneginf", "isreal"):
        check_same(lambda t, x, n=name: (getattr(t, n)(x), getattr(x, n)()), [x], grad=False)
        check_same(lambda t, x, n=name: getattr(t, n)(x), [np.array([0, -1])], grad=False)


@pytest.mark.parametrize("name", mt.special.__all__)
def test_names_of_special(name):
    x = np.abs(normal(3, seed=2)) / 4 + 0.05
    call = {
        "polygamma": lambda f, x: f(1, x),
        "xlogy": lambda f, x: f(x, x),
        "xlog1py": lambda f, x: f(x, x),
        "softmax": lambda f, x: f(x, 0),
        "log_softmax": lambda f, x: f(x, 0),
        "logsumexp": lambda f, x: f(x, 0),
    }.get(name, lambda f, x: f(x))
    ours, theirs = call(getattr(mt.special, name), ours_of(x)), call(getattr(torch.special, name), theirs_of(x))
    assert_close(ours, theirs, 1e-9 if name == "polygamma" else 1e-12, name)
