"""Repeating against PyTorch, loops and finite differences."""

from __future__ import annotations

import numpy as np
import pytest

from tests.checks import normal, ours_of
from tests.ops.both import check_same, check_same_error


def repeated(x, repeats):
    """Loops: each result element is x's at the place modulo x's size."""
    padded = x.reshape((1,) * (len(repeats) - x.ndim) + x.shape)
    result = np.zeros([r * n for r, n in zip(repeats, padded.shape)])
    for place in np.ndindex(result.shape):
        result[place] = padded[tuple(i % n for i, n in zip(place, padded.shape))]
    return result


@pytest.mark.parametrize(
    "shape, repeats",
    [((2, 3), (2, 2)), ((2, 3), (3, 1, 2)), ((), (3,)), ((), ()), ((2,), (0,)), ((0, 2), (2, 3)), ((2, 1), (1, 1))],
)
def test_repeat(shape, repeats):
    check_same(lambda m, x: x.repeat(repeats), [normal(*shape)], reference=lambda x: repeated(x, repeats))
    check_same(lambda m, x: x.repeat(repeats=repeats), [normal(*shape)])


def test_repeat_is_a_copy():
    x = ours_of(normal(2))
    assert not np.may_share_memory(x.repeat(1).array, x.array)
    check_same(lambda m, x: x.repeat(2, 3), [normal(2)])


@pytest.mark.parametrize("shape, dims", [((2, 3), (2,)), ((2, 3), (2, 2, 2)), ((2, 3), ()), ((), (2,)), ((2,), (1, 3))])
def test_tile(shape, dims):
    check_same(lambda m, x: m.tile(x, dims), [normal(*shape)])
    check_same(lambda m, x: x.tile(dims), [normal(*shape)])


@pytest.mark.parametrize("dim", [None, 0, -1])
@pytest.mark.parametrize("repeats", [2, 0, 1])
def test_repeat_interleave(repeats, dim):
    check_same(
        lambda m, x: m.repeat_interleave(x, repeats, dim),
        [normal(2, 3)],
        reference=lambda x: np.repeat(x, repeats, dim),
    )
    check_same(lambda m, x: x.repeat_interleave(repeats, dim=dim), [normal(2, 3)])


@pytest.mark.parametrize("repeats", [np.array([1, 2, 0]), np.array([2]), np.array(2), np.array([1, 0, 3], np.int32)])
def test_repeat_interleave_by_tensor(repeats):
    loop = lambda x, r: np.stack([x[:, i] for i in range(3) for _ in range(np.broadcast_to(r, (3,))[i])], axis=1)
    check_same(lambda m, x, r: x.repeat_interleave(r, 1), [normal(2, 3), repeats], reference=loop)
    total = int(np.broadcast_to(repeats, (3,)).sum())
    check_same(lambda m, x, r: x.repeat_interleave(r, 1, output_size=total), [normal(2, 3), repeats])


def test_repeat_interleave_indices():
    check_same(lambda m, r: m.repeat_interleave(r), [np.array([1, 0, 2])], grad=False)
    check_same(lambda m, x: m.repeat_interleave(x, 3), [normal()])


def test_errors():
    x = normal(2, 3)
    check_same_error(
        RuntimeError,
        "Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor",
        lambda m, x: x.repeat(2),
        x,
    )
    check_same_error(
        RuntimeError, "Trying to create tensor with negative dimension -2", lambda m, x: x.repeat(-1, 2), x
    )
    check_same_error(RuntimeError, "Trying to create tensor with negative dimension -3", lambda m, x: x.tile(-1), x)
    check_same_error(TypeError, 'missing 1 required positional arguments: "repeats"', lambda m, x: x.repeat(), x)
    check_same_error(
        RuntimeError,
        r"repeats must have the same size as input along dim, but got repeats.size\(0\) = 2 and input.size\(1\) = 3",
        lambda m, x, r: x.repeat_interleave(r, 1),
        x,
        np.array([1, 2]),
    )
    check_same_error(
        RuntimeError, "repeats can not be negative", lambda m, x, r: x.repeat_interleave(r, 0), x, np.array([1, -2])
    )
    check_same_error(RuntimeError, "Repeats must be non-negative", lambda m, x: x.repeat_interleave(-1), x)
    check_same_error(
        RuntimeError,
        "repeats must be 0-dim or 1-dim tensor",
        lambda m, x, r: x.repeat_interleave(r, 0),
        x,
        np.array([[1, 2]]),
    )
    check_same_error(
        RuntimeError,
        "allocated size does not match required size",
        lambda m, x, r: x.repeat_interleave(r, 0, output_size=5),
        x,
        np.array([1, 2]),
    )
    check_same_error(
        TypeError, "must be int or Tensor, not list", lambda m, x: x.repeat_interleave([1, 2], 0), x, same_words=False
    )
    check_same_error(
        NotImplementedError,
        "repeats has to be Long or Int tensor, got float64",
        lambda m, x, r: x.repeat_interleave(r, 0),
        x,
        np.ones(2),
        same_words=False,
    )
    check_same_error(IndexError, "Dimension out of range", lambda m, x: x.repeat_interleave(2, 5), x)
