"""Operations that write into their input: as methods, and at the front door."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from tests.checks import normal
from tests.ops.both import check_same, check_same_error

COMPARISONS = ["eq", "ne", "lt", "le", "gt", "ge", "not_equal", "less", "less_equal", "greater", "greater_equal"]


@pytest.mark.parametrize("name", COMPARISONS)
def test_comparisons(name):
    x, other = np.array([[1.0, 2, 3], [3, 2, 1]]), np.array([2.0, 2, 2])
    f = lambda t, x, other: getattr(x * 1, f"{name}_")(other)
    check_same(f, [x, other], finite_differences=False)
    check_same(lambda t, x: getattr(x * 1, f"{name}_")(2), [x], finite_differences=False)
    for numbers in (x.astype(int), x > 1):
        check_same(lambda t, x: getattr(x.clone(), f"{name}_")(1.5), [numbers], grad=False)
    check_same_error(RuntimeError, "doesn't match the broadcast shape", f, other, x)
    ours, theirs = (getattr(L.ones(2, requires_grad=True) * 1, f"{name}_")(1.0) for L in (mt, torch))
    assert ours.grad_fn.name() == theirs.grad_fn.name()


@pytest.mark.parametrize("name", ["cumsum_", "cumprod_"])
def test_running_results(name):
    check_same(lambda t, x: getattr(x * 1, name)(1), [normal(2, 3)])
    check_same(lambda t, x: getattr(x.clone(), name)(0), [np.array([1, 2, 3], np.int32)], grad=False)
    check_same_error(
        RuntimeError, "Bad in-place call: input tensor dtype double", lambda t, x: getattr(x, name)(0, dtype=t.float32),
        normal(2),
    )  # fmt: skip
    check_same_error(NotImplementedError, "'Bool'", lambda t, x: getattr(x, name)(0), np.ones(2, bool))


# Every function of the front door that writes into its first argument and needs no other.
OTHERS = "clamp_ clamp_max_ clamp_min_ clip_ fill_ gcd_ index_put_ lcm_ ldexp_ resize_as_ rrelu_ threshold_ xlogy_"
OTHERS += " addmv_ as_strided_"
ALONE = [name for name in dir(mt) if name.endswith("_") and not name.startswith("_") and name not in OTHERS.split()]


NO_GRADIENT = ["asinh", "acosh", "atanh", "csinh", "ccosh", "ctanh"]


@pytest.mark.parametrize("name", ALONE)
def test_at_the_front_door(name):
    x = np.abs(normal(2, 3)) / 4 + (1 if name in ("acosh_", "arccosh_") else 0.1)
    tolerance = {"float32": 2e-6, "float64": 2e-13}
    options = {"finite_differences": False, "forward_tolerance": tolerance}
    # PyTorch has no derivatives of asinh_, acosh_ and atanh_
    check_same(lambda t, x: getattr(t, name)(x * 1), [x], grad=name.strip("_")[-5:] not in NO_GRADIENT, **options)
    ours = mt.ones(2)
    assert getattr(mt, name)(ours) is ours


def test_at_the_front_door_with_arguments():
    check_same(lambda t, x: t.clamp_(x * 1, -0.5, max=0.5), [normal(2, 3)])
    check_same(lambda t, x: t.clamp_max_(t.clamp_min_(x * 1, -0.5), 0.5), [normal(2, 3)])
    check_same(lambda t, x: t.fill_(x * 1, 2), [normal(2, 3)])
    check_same(lambda t, x: t.xlogy_(x * 1, 2), [normal(2, 3)])
    check_same(lambda t, x, y: (t.ldexp_(x * 1, y), (x * 1).ldexp_(y)), [normal(3), np.array([0, 2, 1])])
    check_same(lambda t, x, y: t.resize_as_(x.clone(), y), [normal(4), normal(2, 2)], grad=False)
    check_same(lambda t, x: t.index_put_(x * 1, (t.tensor([0]),), t.tensor(4.0, dtype=x.dtype)), [normal(3)])
    check_same(lambda t, a, b: (t.gcd_(a.clone(), b), t.lcm_(a.clone(), b)), [np.array([4]), np.array([6])], grad=False)


def test_sums_with_products():
    x, row, column = normal(3, 4), normal(4, seed=1), normal(3, seed=2)
    for o in ({}, {"beta": 2, "alpha": 0.5}, {"beta": 0}):
        check_same(lambda t, x, a, b, o=o: ((b * 1).addmv_(x, a, **o), t.addmv_(b * 1, x, a, **o)), [x, row, column])
        check_same(lambda t, x, a, b, o=o: (x * 1).addr_(b, a, **o), [x, row, column])
    f = lambda t, x, a: (a[:1] * 1).addmv_(x, a)
    check_same_error(RuntimeError, "must have shape|should match", f, x, row)
    check_same_error(RuntimeError, "1-D|1D", lambda t, x: (x * 1).addr_(x, x), x)


def test_float_power_in_place():
    check_same(lambda t, x: (x * 1).float_power_(2), [np.abs(normal(3)) + 1], dtypes=["float64"])
    check_same(lambda t, x, y: (x * 1).float_power_(y), [np.abs(normal(3)) + 1, normal(3)], dtypes=["float64"])
    f = lambda t, x: x.float_power_(2)
    check_same_error(RuntimeError, "requires dtype Double", f, np.ones(2, np.float32))


@pytest.mark.parametrize("reduce", ["prod", "mean", "amax", "amin"])
@pytest.mark.parametrize("include_self", [True, False])
@pytest.mark.filterwarnings("ignore:index_reduce")
def test_index_reduce(reduce, include_self):
    index = np.array([0, 2, 0])
    for x, source, dim in ((normal(3, 2), normal(3, 2, seed=1), 0), (normal(2, 3), normal(2, 3, seed=1), 1)):
        f = lambda t, x, i, s, d=dim: t.index_reduce(x, d, i, s, reduce, include_self=include_self)
        check_same(f, [x, index, source])
        g = lambda t, x, i, s, d=dim: (x * 1).index_reduce_(d, i, s, reduce, include_self=include_self)
        check_same(g, [x, index, source])
    f = lambda t, x, i: t.index_reduce(x, 0, i, x, "amax")
    check_same_error(IndexError, "index (3 is )?out of", f, np.ones(1), np.array([3]))
    check_same_error(
        RuntimeError, "one of prod, mean, amax or amin but got sum", lambda t, x, i: t.index_reduce(x, 0, i, x, "sum"),
        normal(3), index,
    )  # fmt: skip
