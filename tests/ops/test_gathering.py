"""Gathering against PyTorch, loops and finite differences."""

from __future__ import annotations

import numpy as np
import pytest

import minitorch_cv as mt
from tests import reference_indexing as reference
from tests.checks import check_error, normal, ours_of
from tests.ops.both import check_same, check_same_error

INDEX = np.array([[0, 2], [1, 1]])

GATHERS = [
    ((2, 3), 1, INDEX),
    ((2, 3), 1, INDEX[:1]),
    ((2, 3), 0, np.array([[0, 1, 1], [0, 0, 0], [1, 1, 1]])),
    ((2, 3), -1, np.zeros((2, 0), int)),
    ((4,), 0, np.array([3, 3, 0, 3])),
    ((2, 3, 2), 1, np.array([[[2, 0]], [[1, 1]]], np.int32)),
]


@pytest.mark.parametrize("shape, dim, index", GATHERS)
def test_gather(shape, dim, index):
    check_same(
        lambda m, x, i: m.gather(x, dim, i), [normal(*shape), index], reference=lambda x, i: reference.gather(x, dim, i)
    )
    check_same(lambda m, x, i: x.gather(dim=dim, index=i, sparse_grad=False), [normal(*shape), index])


def test_gather_with_few_dimensions():
    check_same(lambda m, x, i: x.gather(0, i), [normal(), np.array([0, 0])])
    check_same(lambda m, x, i: x.gather(0, i), [normal(), np.array(0)])
    check_same(lambda m, x, i: x.gather(0, i), [normal(3), np.array(1)])
    check_same(lambda m, x, i: x.gather(1, i), [normal(2, 3), np.zeros(0, int)])


def test_gather_errors():
    x = normal(2, 3)
    take = lambda dim: lambda m, x, i: x.gather(dim, i)
    check_same_error(
        RuntimeError, "index 3 is out of bounds for dimension 1 with size 3", take(1), x, np.array([[0, 3]])
    )
    check_same_error(
        RuntimeError, "index -1 is out of bounds for dimension 1 with size 3", take(1), x, np.array([[0, -1]])
    )
    check_same_error(
        RuntimeError, "index 0 is out of bounds for dimension 0 with size 0", take(0), np.zeros(0), np.array([0])
    )
    check_same_error(
        RuntimeError,
        r"at dimension 1 expected index \[1, 4\] to be no larger than self \[2, 3\] apart from dimension 0",
        take(0),
        x,
        np.zeros((1, 4), int),
    )
    check_same_error(
        RuntimeError, "Index tensor must have the same number of dimensions as input tensor", take(1), x, np.array([0])
    )
    check_same_error(RuntimeError, r"gather\(\): Expected dtype int32/int64 for index", take(1), x, np.zeros((1, 1)))
    check_same_error(IndexError, "Dimension out of range .*got 5", take(5), x, INDEX)
    check_error(
        RuntimeError, "sparse_grad=True is not supported", mt.gather, ours_of(x), 1, ours_of(INDEX), sparse_grad=True
    )
    check_error(RuntimeError, "valid are 0 to 2", mt.gather, ours_of(x), 1, ours_of(INDEX + 2))
    check_error(RuntimeError, "there is no valid one", mt.gather, ours_of(np.zeros(0)), 0, ours_of(np.array([0])))


@pytest.mark.parametrize(
    "index, dim",
    [
        (INDEX, 1),
        (np.array([[0], [1]]), 1),
        (np.array([[2]]), 1),
        (np.array([[1, 0, 1]]), 0),
        (np.array([5, 0, 5]), None),
        (np.array([[1, 2]]), None),
    ],
)
def test_take_along_dim(index, dim):
    check_same(lambda m, x, i: m.take_along_dim(x, i, dim), [normal(2, 3), index])
    check_same(lambda m, x, i: x.take_along_dim(i, dim=dim), [normal(2, 3), index])


def test_take_along_dim_broadcasts_both():
    check_same(lambda m, x, i: x.take_along_dim(i, 1), [normal(1, 3, 1), np.array([[[2, 0]], [[1, 1]]])])
    check_same(lambda m, x, i: x.take_along_dim(i), [normal(), np.array(0)])


def test_take_along_dim_errors():
    x = normal(2, 3)
    check_same_error(
        RuntimeError,
        "index -1 is out of bounds for dimension 0 with size 6",
        lambda m, x, i: x.take_along_dim(i),
        x,
        np.array([-1]),
    )
    check_same_error(
        RuntimeError,
        "same number of dimensions, but got 2 dimensions for input, and 1 dimensions for indices",
        lambda m, x, i: x.take_along_dim(i, 1),
        x,
        np.array([0]),
    )
    check_same_error(
        IndexError,
        "Dimension specified as 0 but tensor has no dimensions",
        lambda m, x, i: x.take_along_dim(i, 0),
        normal(),
        np.array(0),
    )
    check_same_error(
        RuntimeError,
        "dtype of indices should be Long but got Int",
        lambda m, x, i: x.take_along_dim(i, 1),
        x,
        INDEX.astype(np.int32),
    )
    check_same_error(
        RuntimeError,
        r"The size of tensor a \(2\) must match the size of tensor b \(4\)",
        lambda m, x, i: x.take_along_dim(i, 1),
        x,
        np.zeros((4, 1), int),
    )
    check_error(
        RuntimeError,
        "index 5 is out of bounds for dimension 1 with size 3",
        mt.take_along_dim,
        ours_of(x),
        ours_of(np.array([[5]])),
        1,
    )


@pytest.mark.parametrize(
    "shape, dim, index",
    [((2, 3), 1, [2, 0, 0]), ((2, 3), 0, [1]), ((4,), 0, [3, 3]), ((2, 3, 2), -2, [1, 2]), ((2, 3), 0, [])],
)
def test_index_select(shape, dim, index):
    loop = (lambda x, i: reference.index_select(x, dim, i)) if index else None
    vector = np.array(index, np.int64)
    check_same(lambda m, x, i: m.index_select(x, dim, i), [normal(*shape), vector], reference=loop)
    check_same(lambda m, x, i: x.index_select(axis=dim, index=i), [normal(*shape), vector.astype(np.int32)])


def test_index_select_with_few_dimensions():
    check_same(lambda m, x, i: x.index_select(0, i), [normal(2, 3), np.array(1)])
    check_same(lambda m, x, i: x.index_select(0, i), [normal(), np.array([0])])
    check_same(lambda m, x, i: x.index_select(0, i), [normal(), np.array(0)])


def test_index_select_errors():
    x = normal(2, 3)
    pick = lambda dim: lambda m, x, i: x.index_select(dim, i)
    check_same_error(IndexError, "index out of range in self", pick(0), x, np.array([2]))
    check_same_error(IndexError, "index out of range in self", pick(0), x, np.array([0, -1]))
    check_same_error(IndexError, r"index_select\(\): Index is supposed to be a vector", pick(0), x, np.array([[1]]))
    check_same_error(
        RuntimeError, r"index_select\(\): Expected dtype int32.*int64 for index", pick(0), x, np.array([0.0])
    )
    check_same_error(
        RuntimeError, r"Index to scalar can have only 1 value, got 2 value\(s\)", pick(0), normal(), np.array([0, 0])
    )
    check_same_error(IndexError, "Dimension out of range", pick(3), x, np.array([0]))
    check_error(
        IndexError,
        "index 3 is out of bounds for dimension 1 with size 3; valid are 0 to 2",
        mt.index_select,
        ours_of(x),
        1,
        ours_of(np.array([3])),
    )


def test_take():
    for index in (np.array([[0, 5], [-1, 2]]), np.array(2), np.array([1, 1, 1]), np.zeros(0, int)):
        check_same(lambda m, x, i: m.take(x, i), [normal(2, 3), index], reference=lambda x, i: x.reshape(-1)[i])
        check_same(lambda m, x, i: x.t().take(index=i), [normal(2, 3), index])
    check_same(lambda m, x, i: x.take(i), [np.zeros(0), np.zeros(0, int)])
    check_same_error(
        IndexError,
        "out of range: tried to access index 6 on a tensor of 6 elements",
        lambda m, x, i: x.take(i),
        normal(6),
        np.array([6]),
    )
    check_same_error(
        IndexError, "out of range: tried to access index -7", lambda m, x, i: x.take(i), normal(6), np.array([-7])
    )
    check_same_error(
        RuntimeError,
        r"take\(\): Expected a long tensor for index, but got Double",
        lambda m, x, i: x.take(i),
        normal(6),
        np.array([1.0]),
    )
    check_same_error(
        IndexError,
        r"take\(\): tried to take from an empty tensor",
        lambda m, x, i: x.take(i),
        np.zeros(0),
        np.array([0]),
    )


def test_masked_select():
    x = normal(2, 3)
    for mask in (
        x > 0,
        np.array([True, False, True]),
        np.array([True]),
        np.array(True),
        np.array([[True], [False]]),
        np.zeros((2, 3), bool),
    ):
        loop = lambda x, m: np.array([v for v, keep in zip(x.flat, np.broadcast_to(m, x.shape).flat) if keep], x.dtype)
        check_same(lambda m, x, k: m.masked_select(x, k), [x, mask], reference=loop)
        check_same(lambda m, x, k: x.masked_select(mask=k), [x, mask])
    check_same(lambda m, x, k: x.masked_select(k), [normal(3), np.array([[True], [True]])])
    check_same(lambda m, x, k: x.masked_select(k), [normal(), np.array(True)])
    check_same_error(
        RuntimeError,
        "masked_select: expected BoolTensor for mask",
        lambda m, x, k: x.masked_select(k),
        x,
        np.ones(3, int),
    )
    check_same_error(
        RuntimeError, "must match the size of tensor b", lambda m, x, k: x.masked_select(k), x, np.ones(2, bool)
    )


@pytest.mark.parametrize(
    "array",
    [
        np.array([[0.0, 1.0, np.nan], [2.0, 0.0, -0.0]]),
        np.array(3.0),
        np.array(0.0),
        np.zeros((0, 2)),
        np.array([True, False]),
        np.array([0, 5]),
    ],
)
def test_nonzero(array):
    check_same(lambda m, x: m.nonzero(x), [array], grad=False)
    check_same(lambda m, x: x.nonzero(as_tuple=True), [array], grad=False)
    check_same(lambda m, x: m.nonzero(x, as_tuple=False) + m.argwhere(x) + x.argwhere(), [array], grad=False)


def test_not_tensors():
    x = ours_of(normal(3))
    check_error(TypeError, r"gather\(\): argument 'index' must be Tensor, not list", mt.gather, x, 0, [0])
    check_error(TypeError, r"index_select\(\): argument 'index' must be Tensor, not int", mt.index_select, x, 0, 0)
    check_error(TypeError, r"masked_select\(\): argument 'mask' must be Tensor", mt.masked_select, x, True)
    check_error(TypeError, r"take\(\): argument 'index' must be Tensor", mt.take, x, [0])
    check_error(TypeError, r"nonzero\(\): argument 'input' must be Tensor", mt.nonzero, [1])
