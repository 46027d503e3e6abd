"""searchsorted, bucketize; and what is made of other operations: inner, diff, cartesian_prod, trapezoid, deg2rad."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from tests.checks import check_error, check_op, normal, ours_of, theirs_of

LINE = np.array([-1.0, 0.0, 0.0, 2.5, 7.0])


@pytest.mark.parametrize("right", [False, True])
@pytest.mark.parametrize("out_int32", [False, True])
@pytest.mark.parametrize("values", [np.array([[0.0, 3.0], [-5.0, 9.0]]), np.array(2.5), np.zeros((0, 2)), 0.0, 3])
def test_one_sequence(values, out_int32, right):
    results = []
    for library, make in ((mt, ours_of), (torch, theirs_of)):
        given = make(values) if isinstance(values, np.ndarray) else values
        kwargs = {"right": right, "out_int32": out_int32}
        line = make(LINE)
        results.append([library.searchsorted(line, given, **kwargs), library.bucketize(given, line, **kwargs)])
    for one, two in zip(*results, strict=True):
        assert str(one.dtype) == str(two.dtype)
        np.testing.assert_array_equal(one.numpy(), two.numpy())


@pytest.mark.parametrize("kwargs", [{}, {"side": "right"}, {"side": "left"}, {"right": True}])
def test_several_sequences(kwargs):
    sequences, values = np.sort(normal(2, 3, 6)), normal(2, 3, 4, seed=1)
    shuffled = normal(2, 3, 6)
    order = np.argsort(shuffled)
    for library, make in ((mt, ours_of), (torch, theirs_of)):
        found = library.searchsorted(make(sequences), make(values), **kwargs).numpy()
        again = library.searchsorted(make(shuffled), make(values), sorter=make(order), **kwargs).numpy()
        if library is mt:
            ours = found, again
    np.testing.assert_array_equal(ours, (found, again))


def test_errors_of_searching():
    line, table = ours_of(LINE), ours_of(normal(2, 3))
    check_error(RuntimeError, "can't be set to opposites", mt.searchsorted, line, 1.0, right=True, side="left")
    check_error(RuntimeError, "side can only be 'left' or 'right' but got up", mt.searchsorted, line, 1.0, side="up")
    check_error(RuntimeError, r"boundaries tensor \[2, 3\] and input value tensor \[5\]", mt.searchsorted, table, line)
    check_error(RuntimeError, "must have the same size", mt.searchsorted, line, 1.0, sorter=ours_of(np.arange(3)))
    check_error(RuntimeError, r"must be 1 dimension, but got dim\(2\)", mt.bucketize, line, table)
    check_error(TypeError, "must be Tensor", mt.searchsorted, line, "x")


@pytest.mark.parametrize("shapes", [((3,), (3,)), ((2, 3), (3,)), ((2, 3), (4, 5, 3)), ((), (2, 3)), ((2, 0), (3, 0))])
def test_inner(shapes):
    check_op(mt.inner, torch.inner, [normal(*shape, seed=i) for i, shape in enumerate(shapes)], reference=np.inner)


@pytest.mark.parametrize("n, dim", [(1, -1), (2, 0), (0, 1), (9, 1)])
def test_diff(n, dim):
    check_op(
        lambda x: mt.diff(x, n, dim), lambda x: torch.diff(x, n, dim), [normal(4, 5)],
        reference=lambda x: np.diff(x, min(n, x.shape[dim]), dim),
    )  # fmt: skip


def test_diff_with_ends_and_of_bools():
    check_op(
        lambda *x: mt.diff(x[0], 1, 1, x[1], x[2]), lambda *x: torch.diff(x[0], 1, 1, x[1], x[2]),
        [normal(2, 3), normal(2, 1, seed=1), normal(2, 2, seed=2)],
    )  # fmt: skip
    x = np.array([True, True, False, True])
    np.testing.assert_array_equal(ours_of(x).diff().numpy(), theirs_of(x).diff().numpy())
    check_error(RuntimeError, "order must be non-negative but got -1", mt.diff, ours_of(LINE), -1)
    check_error(RuntimeError, "at least one-dimensional", mt.diff, ours_of(np.array(1.0)))
    check_error(TypeError, "argument 'n' must be int, not float", mt.diff, ours_of(LINE), 1.5)


def test_cartesian_prod():
    arrays = [normal(2), normal(3, seed=1), normal(1, seed=2)]
    for count in (1, 2, 3):
        check_op(mt.cartesian_prod, torch.cartesian_prod, arrays[:count])
    check_error(RuntimeError, r"Expect a 1D vector, but got shape \[1, 2\]", mt.cartesian_prod, ours_of(normal(1, 2)))


@pytest.mark.parametrize("name", ["deg2rad", "rad2deg"])
def test_degrees(name):
    check_op(getattr(mt, name), getattr(torch, name), [normal(3, 2) * 90], reference=getattr(np, name))
    ours, theirs = (getattr(library, name)(library.tensor([180, 3])) for library in (mt, torch))
    assert str(ours.dtype) == str(theirs.dtype)
    np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-6)


@pytest.mark.parametrize("dim", [0, 1, -1])
def test_trapezoid(dim):
    y, x = normal(4, 5, 3), np.sort(normal(4, 5, 3, seed=1), axis=dim)
    line = np.sort(normal(y.shape[dim], seed=2))
    check_op(
        lambda y: mt.trapezoid(y, dx=0.5, dim=dim), lambda y: torch.trapezoid(y, dx=0.5, dim=dim), [y],
        reference=lambda y: np.trapezoid(y, dx=0.5, axis=dim),
    )  # fmt: skip
    for places in (x, line):
        check_op(
            lambda *both: mt.trapz(*both, dim=dim), lambda *both: torch.trapz(*both, dim=dim), [y, places],
            reference=lambda y, x: np.trapezoid(y, x, axis=dim),
        )  # fmt: skip


def test_trapezoid_of_nothing_and_errors():
    for count in (0, 1):
        ones = np.ones((2, count))
        np.testing.assert_array_equal(mt.trapezoid(ours_of(ones)).numpy(), torch.trapezoid(theirs_of(ones)).numpy())
    y = ours_of(normal(2, 3))
    check_error(RuntimeError, "one `x` value for each sample point, got 2 for 3", mt.trapezoid, y, ours_of(normal(2)))
    check_error(RuntimeError, "give the places x or their distance dx", mt.trapezoid, y, y, dx=2.0)
