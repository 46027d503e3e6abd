"""Splitting against PyTorch, loops and finite differences."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from tests.checks import normal, ours_of
from tests.ops.both import check_same, check_same_error


@pytest.mark.parametrize("shape, dim", [((3, 2), 0), ((3, 2), 1), ((4,), 0), ((2, 3, 4), -2), ((2, 0), 0)])
def test_unbind(shape, dim):
    reference = lambda x: tuple(np.take(x, i, dim) for i in range(shape[dim]))
    check_same(lambda m, x: m.unbind(x, dim), [normal(*shape)], reference=reference)
    check_same(lambda m, x: x.unbind(axis=dim)[-1], [normal(*shape)])


def test_unbind_nothing():
    assert ours_of(np.zeros((0, 2))).unbind() == ()
    check_same_error(
        IndexError, "Dimension specified as 0 but tensor has no dimensions", lambda m, x: x.unbind(), normal()
    )
    check_same_error(IndexError, "Dimension out of range", lambda m, x: x.unbind(2), normal(2, 3))


def parts(x, sizes, dim):
    """Consecutive parts, an index at a time."""
    found, start = [], 0
    for n in sizes:
        found.append(np.take(x, list(range(start, start + n)), dim))
        start += n
    return found


@pytest.mark.parametrize("size, sizes", [(2, [2, 2, 1]), (5, [5]), (7, [5]), (1, [1] * 5)])
@pytest.mark.parametrize("dim", [0, -1])
def test_split_into_equal_parts(size, sizes, dim):
    check_same(lambda m, x: m.split(x, size, dim), [normal(5, 5)], reference=lambda x: parts(x, sizes, dim))
    check_same(lambda m, x: x.split(split_size=size, dim=dim)[0], [normal(5, 5)])


@pytest.mark.parametrize("sizes", [(2, 3), (0, 5), (1, 2, 2), (5,)])
def test_split_into_given_parts(sizes):
    check_same(lambda m, x: m.split(x, sizes, dim=1), [normal(2, 5)], reference=lambda x: parts(x, sizes, 1))
    check_same(lambda m, x: m.split_with_sizes(x, list(sizes), 1), [normal(2, 5)])
    check_same(lambda m, x: x.split_with_sizes(split_sizes=sizes, dim=-1)[-1], [normal(2, 5)])


@pytest.mark.parametrize("n, chunks", [(7, 3), (5, 4), (6, 3), (2, 5), (1, 1), (0, 3)])
def test_chunk(n, chunks):
    check_same(lambda m, x: m.chunk(x, chunks), [normal(n, 2)])
    check_same(lambda m, x: x.chunk(chunks=chunks, dim=-1), [normal(2, n)])


@pytest.mark.parametrize("where", [3, (2, 4), (2, -1, 9), (5, 2), (0,), 8, ()])
def test_tensor_split(where):
    check_same(lambda m, x: m.tensor_split(x, where), [normal(7)])
    check_same(lambda m, x: x.tensor_split(where, dim=1), [normal(2, 7)])


def test_tensor_split_by_tensor():
    check_same(lambda m, x: x.tensor_split(m.tensor([2, 4])), [normal(7)])
    check_same(lambda m, x: x.tensor_split(m.tensor(2)), [normal(7)])


def test_parts_are_views():
    x, reference = ours_of(normal(2, 5), requires_grad=True), torch.zeros(2, 5, requires_grad=True)
    for call, name in (
        (lambda t: t.split(2, 1), "SplitBackward0"),
        (lambda t: t.chunk(2, 1), "SplitBackward0"),
        (lambda t: t.split([1, 4], 1), "SplitWithSizesBackward0"),
        (lambda t: t.unbind(1), "UnbindBackward0"),
        (lambda t: t.tensor_split(2, 1), "SliceBackward0"),
    ):
        for mine, theirs in zip(call(x), call(reference)):
            assert mine._is_view()
            assert mine.stride() == theirs.stride()
            assert mine.grad_fn.name() == theirs.grad_fn.name() == name
    assert isinstance(x.split(2), tuple)


def test_empty_parts():
    check_same(lambda m, x: x.split(0, 1), [normal(2, 0)])
    check_same(lambda m, x: x.split(2, 1), [normal(2, 0)])
    assert mt.split(ours_of(np.zeros((0, 2))), ()) == ()


def test_errors():
    x, scalar = normal(2, 3), normal()
    check_same_error(
        RuntimeError,
        "split_size can only be 0 if dimension size is 0, but got dimension size of 3",
        lambda m, x: x.split(0, 1),
        x,
    )
    check_same_error(
        RuntimeError, "split expects split_size be non-negative, but got split_size=-1", lambda m, x: x.split(-1, 1), x
    )
    check_same_error(
        RuntimeError,
        r"split_sizes to sum exactly to 3 \(input tensor's size at dimension 1\), but got split_sizes=\[1, 1\]",
        lambda m, x: x.split([1, 1], 1),
        x,
    )
    check_same_error(RuntimeError, "split_sizes have only non-negative entries", lambda m, x: x.split([4, -1], 1), x)
    check_same_error(RuntimeError, "split expects at least a 1-dimensional tensor", lambda m, x: x.split(1), scalar)
    check_same_error(IndexError, "Dimension out of range", lambda m, x: x.split(1, 5), x)
    check_same_error(
        TypeError, r"argument 'split_sizes'.* must be tuple of ints, not float", lambda m, x: x.split(1.5), x
    )
    check_same_error(RuntimeError, "chunk expects `chunks` to be greater than 0, got: 0", lambda m, x: x.chunk(0), x)
    check_same_error(RuntimeError, "chunk expects at least a 1-dimensional tensor", lambda m, x: x.chunk(1), scalar)
    check_same_error(
        TypeError, "argument 'chunks' must be int, not float", lambda m, x: x.chunk(1.5), x, same_words=False
    )
    check_same_error(RuntimeError, "number of sections must be larger than 0, got 0", lambda m, x: x.tensor_split(0), x)
    check_same_error(
        RuntimeError,
        "at least a 1-dimensional tensor, but got a tensor with 0 dims",
        lambda m, x: x.tensor_split(1),
        scalar,
    )
