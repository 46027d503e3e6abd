"""Joining against PyTorch, loops and finite differences."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from minitorch_cv.types.dtype import ALL_DTYPES
from tests.checks import normal, ours_of, theirs_of
from tests.ops.both import check_same, check_same_error


def joined(arrays, dim):
    """Loops: element after element along dim."""
    shape = list(arrays[0].shape)
    shape[dim] = sum(a.shape[dim] for a in arrays)
    result = np.zeros(shape)
    start = 0
    for a in arrays:
        for place in np.ndindex(a.shape):
            target = list(place)
            target[dim] += start
            result[tuple(target)] = a[place]
        start += a.shape[dim]
    return result


@pytest.mark.parametrize(
    "shapes, dim",
    [
        ([(2, 3), (1, 3)], 0),
        ([(2, 3), (2, 1), (2, 2)], -1),
        ([(3,), (2,)], 0),
        ([(2, 0, 3), (2, 2, 3)], 1),
        ([(0, 3), (0, 3)], 1),
        ([(2, 3)], 1),
    ],
)
def test_cat(shapes, dim):
    arrays = [normal(*s, seed=i) for i, s in enumerate(shapes)]
    check_same(lambda m, *t: m.cat(t, dim), arrays, reference=lambda *a: joined(a, dim))
    check_same(lambda m, *t: m.concat(list(t), dim=dim), arrays)
    check_same(lambda m, *t: m.concatenate(t, axis=dim), arrays)


def test_cat_some_need_no_gradient():
    check_same(lambda m, x, y: m.cat([x, y, x]), [normal(2, 3), normal(1, 3)], grad_inputs=[1])


def test_cat_skips_empty_vectors():
    check_same(lambda m, x, y: m.cat([y, x, y], 1), [normal(2, 3), np.zeros(0)])
    check_same(lambda m, x, y: m.cat([x, y]), [np.zeros(0), np.zeros(0)])
    check_same(lambda m, x: m.cat([m.zeros(0, dtype=m.float64), x]), [normal(2, 3)])


@pytest.mark.parametrize("name", ["cat", "stack"])
def test_dtypes_are_promoted(name):
    for first, second in itertools.product(ALL_DTYPES, ALL_DTYPES):
        arrays = [np.ones(2, first.numpy), np.ones(2, second.numpy)]
        mine = getattr(mt, name)([ours_of(a) for a in arrays])
        theirs = getattr(torch, name)([theirs_of(a) for a in arrays])
        assert mine.array.dtype == theirs.numpy().dtype
    check_same(lambda m, x, i: getattr(m, name)([x, i]), [normal(2), np.arange(2)], finite_differences=False)


@pytest.mark.parametrize("shape, dim", [((2, 3), 0), ((2, 3), 1), ((2, 3), -1), ((), 0), ((0,), 1)])
def test_stack(shape, dim):
    arrays = [normal(*shape, seed=i) for i in range(3)]
    reference = lambda *a: joined([np.expand_dims(x, dim) for x in a], dim)
    check_same(lambda m, *t: m.stack(t, dim), arrays, reference=reference)
    check_same(lambda m, *t: m.stack(list(t), axis=dim), arrays, grad_inputs=[1])


@pytest.mark.parametrize("shapes", [[(), ()], [(3,), (2,)], [(2, 3), (2, 1)], [(2, 3, 1), (2, 2, 1)]])
def test_hstack(shapes):
    check_same(lambda m, *t: m.hstack(t), [normal(*s, seed=i) for i, s in enumerate(shapes)])


@pytest.mark.parametrize("shapes", [[(), ()], [(3,), (3,)], [(3,), (2, 3)], [(2, 3, 1), (1, 3, 1)]])
def test_vstack(shapes):
    check_same(lambda m, *t: m.vstack(t), [normal(*s, seed=i) for i, s in enumerate(shapes)])
    check_same(lambda m, *t: m.row_stack(t), [normal(*s, seed=i) for i, s in enumerate(shapes)])


@pytest.mark.parametrize("shapes", [[(), ()], [(3,), (3,)], [(2, 3), (2, 3)], [(2, 3, 1), (2, 3, 4)]])
def test_dstack(shapes):
    check_same(lambda m, *t: m.dstack(t), [normal(*s, seed=i) for i, s in enumerate(shapes)])


@pytest.mark.parametrize("shapes", [[(), ()], [(3,), (3, 2)], [(2, 3), (2, 3)]])
def test_column_stack(shapes):
    check_same(lambda m, *t: m.column_stack(t), [normal(*s, seed=i) for i, s in enumerate(shapes)])


def test_results_are_copies():
    x = ours_of(normal(2, 3))
    for result in (mt.cat([x]), mt.stack([x]), mt.vstack([x])):
        assert not np.may_share_memory(result.array, x.array)


def test_errors():
    x, vector, scalar = normal(2, 3), normal(3), normal()
    check_same_error(
        RuntimeError,
        "Tensors must have same number of dimensions: got 2 and 1",
        lambda m, x, y: m.cat([x, y]),
        x,
        vector,
    )
    check_same_error(
        RuntimeError,
        "must match except in dimension 1. Expected size 2 but got size 3 for tensor number 1 in the list",
        lambda m, x, y: m.cat([x, y], 1),
        x,
        normal(3, 3),
    )
    check_same_error(
        RuntimeError,
        r"zero-dimensional tensor \(at position 1\) cannot be concatenated",
        lambda m, x, y: m.cat([x, y]),
        x,
        scalar,
    )
    check_same_error(IndexError, "Dimension out of range .*got 2", lambda m, x: m.cat([x, x], 2), x)
    check_same_error(ValueError, r"torch.cat\(\): expected a non-empty list of Tensors", lambda m: m.cat([]))
    check_same_error(
        TypeError, r"cat\(\): argument 'tensors'.* must be tuple of Tensors, not Tensor", lambda m, x: m.cat(x), x
    )
    check_same_error(
        TypeError, r"expected Tensor as element 1 in argument .* but got int", lambda m, x: m.cat([x, 1]), x
    )
    check_same_error(TypeError, r"must be tuple of Tensors, not generator", lambda m, x: m.stack(t for t in [x]), x)
    check_same_error(
        RuntimeError,
        r"stack expects each tensor to be equal size, but got \[2, 3\] at entry 0 and \[3\] at entry 1",
        lambda m, x, y: m.stack([x, y]),
        x,
        vector,
    )
    check_same_error(RuntimeError, "stack expects a non-empty TensorList", lambda m: m.stack([]))
    check_same_error(IndexError, "Dimension out of range .*got 3", lambda m, x: m.stack([x, x], 3), x)
    for name in ("hstack", "vstack", "dstack", "column_stack"):
        check_same_error(
            RuntimeError, f"{name} expects a non-empty TensorList", lambda m, name=name: getattr(m, name)([])
        )
    check_same_error(
        RuntimeError,
        "Tensors must have same number of dimensions: got 2 and 1",
        lambda m, x, y: m.hstack([x, y]),
        x,
        vector,
    )
