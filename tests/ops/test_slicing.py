"""Slicing by dimension against PyTorch, loops and finite differences."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.checks import normal, ours_of
from tests.ops.both import check_same, check_same_error


@pytest.mark.parametrize("shape, dim, index", [((2, 3), 1, 2), ((2, 3), -2, -1), ((4,), 0, 0), ((2, 3, 4), 1, -3)])
def test_select(shape, dim, index):
    check_same(lambda m, x: m.select(x, dim, index), [normal(*shape)], reference=lambda x: np.take(x, index, dim))
    check_same(lambda m, x: x.select(dim=dim, index=index), [normal(*shape)])


@pytest.mark.parametrize(
    "shape, arguments",
    [((2, 5), (1, 1, 3)), ((2, 5), (-1, -2, 2)), ((2, 5), (0, 2, 0)), ((3,), (0, 0, 3)), ((0, 2), (0, 0, 0))],
)
def test_narrow(shape, arguments):
    dim, start, length = arguments
    start_at = start + shape[dim] if start < 0 else start
    reference = lambda x: np.take(x, range(start_at, start_at + length), dim)
    check_same(lambda m, x: m.narrow(x, *arguments), [normal(*shape)], reference=reference)
    check_same(lambda m, x: x.narrow(dim, m.tensor(start), length), [normal(*shape)])


def diagonal(x, offset):
    """Loop down the diagonal of a matrix."""
    found = []
    for row in range(x.shape[0]):
        if 0 <= row + offset < x.shape[1]:
            found.append(x[row, row + offset])
    return np.array(found)


@pytest.mark.parametrize("offset", [0, 1, -1, 2, 5, -5])
@pytest.mark.parametrize("shape", [(3, 3), (2, 4), (4, 2), (0, 3)])
def test_diagonal(shape, offset):
    check_same(lambda m, x: m.diagonal(x, offset), [normal(*shape)], reference=lambda x: diagonal(x, offset))


@pytest.mark.parametrize("arguments", [(0, 0, 2), (1, -1, 0), (-1, 1, 2), (0, 2, 1)])
def test_diagonal_of_a_batch(arguments):
    check_same(lambda m, x: m.diagonal(x, *arguments), [normal(2, 3, 4)])
    offset, dim1, dim2 = arguments
    check_same(lambda m, x: x.diagonal(offset=offset, dim1=dim1, dim2=dim2), [normal(2, 3, 4)])


def windows(x, size, step):
    """Loop over the windows of a vector."""
    return np.array([[x[start + k] for k in range(size)] for start in range(0, len(x) - size + 1, step)])


@pytest.mark.parametrize("size, step", [(2, 1), (3, 2), (2, 3), (1, 1), (7, 1)])
def test_unfold(size, step):
    check_same(lambda m, x: x.unfold(0, size, step), [normal(7)], reference=lambda x: windows(x, size, step))
    check_same(lambda m, x: x.unfold(dimension=-2, size=size, step=step), [normal(2, 7, 3)])
    check_same(lambda m, x: x.unfold(1, 2, 2).unfold(2, size, step), [normal(2, 4, 7)])


def test_unfold_of_few_elements():
    check_same(lambda m, x: x.unfold(0, 1, 1), [normal()])
    check_same(lambda m, x: x.unfold(0, 0, 1), [normal(3)])
    check_same(lambda m, x: x.unfold(0, 0, 1), [normal()])


def test_overlapping_windows_cannot_be_written_to():
    x = ours_of(normal(6))
    x.unfold(0, 2, 2).mul_(2)
    assert x._version == 1
    with pytest.raises(RuntimeError, match=r"more than one element of the written-to tensor refers to a single memory"):
        x.unfold(0, 2, 1).mul_(2)


def test_all_are_views():
    x, reference = ours_of(normal(3, 3), requires_grad=True), torch.zeros(3, 3, requires_grad=True)
    for call, name in (
        (lambda t: t.select(0, 1), "SelectBackward0"),
        (lambda t: t.narrow(1, 1, 2), "SliceBackward0"),
        (lambda t: t.diagonal(1), "DiagonalBackward0"),
        (lambda t: t.unfold(0, 2, 1), "UnfoldBackward0"),
    ):
        assert call(x)._is_view()
        assert call(x).stride() == call(reference).stride()
        assert call(x).grad_fn.name() == call(reference).grad_fn.name() == name


def test_errors():
    x, scalar, vector = normal(2, 3), normal(), normal(3)
    check_same_error(
        IndexError,
        r"select\(\): index 3 out of range for tensor of size \[2, 3\] at dimension 1",
        lambda m, x: x.select(1, 3),
        x,
    )
    check_same_error(IndexError, r"select\(\): index -4 out of range", lambda m, x: x.select(1, -4), x)
    check_same_error(IndexError, r"select\(\) cannot be applied to a 0-dim tensor", lambda m, x: x.select(0, 0), scalar)
    check_same_error(IndexError, "Dimension out of range .*got 2", lambda m, x: x.select(2, 0), x)
    check_same_error(
        TypeError, "argument 'index' must be int, not float", lambda m, x: x.select(0, 1.0), x, same_words=False
    )
    check_same_error(
        IndexError,
        r"start out of range \(expected to be in range of \[-3, 3\], but got 4\)",
        lambda m, x: x.narrow(1, 4, 1),
        x,
    )
    check_same_error(
        RuntimeError, r"start \(1\) \+ length \(3\) exceeds dimension size \(3\)", lambda m, x: x.narrow(1, 1, 3), x
    )
    check_same_error(RuntimeError, r"narrow\(\): length must be non-negative", lambda m, x: x.narrow(1, 0, -1), x)
    check_same_error(
        RuntimeError, r"narrow\(\) cannot be applied to a 0-dim tensor", lambda m, x: x.narrow(0, 0, 1), scalar
    )
    check_same_error(RuntimeError, "diagonal dimensions cannot be identical 0, 0", lambda m, x: x.diagonal(0, 0, 0), x)
    check_same_error(IndexError, "Dimension out of range .*got 1", lambda m, x: x.diagonal(), vector)
    check_same_error(
        RuntimeError,
        "maximum size for tensor at dimension 0 is 3 but size is 4",
        lambda m, x: x.unfold(0, 4, 1),
        vector,
    )
    check_same_error(
        RuntimeError,
        "maximum size for tensor at dimension 0 is 1 but size is 2",
        lambda m, x: x.unfold(0, 2, 1),
        scalar,
    )
    check_same_error(RuntimeError, "step is 0 but must be > 0", lambda m, x: x.unfold(0, 2, 0), vector)
    check_same_error(RuntimeError, "size is -1 but must be >= 0", lambda m, x: x.unfold(0, -1, 1), vector)
