"""Scattering against PyTorch, loops and finite differences."""

from __future__ import annotations

import numpy as np
import pytest

import minitorch_cv as mt
from tests import reference_indexing as reference
from tests.checks import check_error, normal, ours_of, with_ties
from tests.ops.both import check_same, check_same_error

REPEATING = np.array([[0, 2, 0], [1, 1, 1]])
DISTINCT = np.array([[0, 2], [1, 0]])

PLACES = [
    ((2, 3), 1, DISTINCT),
    ((4, 2), 0, np.array([[3, 0]])),
    ((4,), -1, np.array([2, 0, 1])),
    ((2, 3, 2), 1, np.array([[[2, 0]], [[1, 1]]])),
]


@pytest.mark.parametrize("shape, dim, index", PLACES)
def test_scatter(shape, dim, index):
    src = normal(*index.shape, seed=1)
    loop = lambda x, i, s: reference.scatter(x, dim, i, s, lambda old, new: new)
    check_same(lambda m, x, i, s: m.scatter(x, dim, i, s), [normal(*shape), index, src], reference=loop)
    check_same(lambda m, x, i, s: x.scatter(dim=dim, index=i, src=s), [normal(*shape), index.astype(np.int32), src])
    check_same(lambda m, x, i, s: (x * 1).scatter_(dim, i, s), [normal(*shape), index, src])
    check_same(
        lambda m, x, i: m.scatter(x, dim, i, 2.5), [normal(*shape), index], reference=lambda x, i: loop(x, i, 2.5)
    )
    check_same(lambda m, x, i: (x * 1).scatter_(dim, i, value=3), [normal(*shape), index])


@pytest.mark.parametrize("reduce, combine", [("add", np.add), ("multiply", np.multiply)])
def test_scatter_reducing(reduce, combine):
    loop = lambda x, i, s: reference.scatter(x, 1, i, s, combine)
    check_same(
        lambda m, x, i: x.scatter(1, i, 3.0, reduce=reduce),
        [normal(2, 3), REPEATING],
        grad=False,
        reference=lambda x, i: loop(x, i, 3.0),
    )
    check_same(
        lambda m, x, i: x.clone().scatter_(1, i, value=2, reduce=reduce), [np.ones((2, 3), int), REPEATING], grad=False
    )
    with pytest.warns(UserWarning, match="The reduce argument of torch.scatter with Tensor src is deprecated"):
        x, s = normal(2, 3), normal(2, 3, seed=1)
        result = mt.scatter(ours_of(x), 1, ours_of(REPEATING), ours_of(s), reduce=reduce)
    np.testing.assert_allclose(result.array, loop(x, REPEATING, s), rtol=1e-12)


@pytest.mark.parametrize("shape, dim, index", [*PLACES, ((2, 3), 1, REPEATING), ((2, 3), 0, np.zeros((1, 3), int))])
def test_scatter_add(shape, dim, index):
    src = normal(*index.shape, seed=1)
    loop = lambda x, i, s: reference.scatter(x, dim, i, s, np.add)
    check_same(lambda m, x, i, s: m.scatter_add(x, dim, i, s), [normal(*shape), index, src], reference=loop)
    check_same(lambda m, x, i, s: (x * 1).scatter_add_(dim, i, s), [normal(*shape), index, src])
    check_same(
        lambda m, x, i, s: x.scatter_add(dim=dim, index=i, src=s),
        [np.ones(shape, int), index, np.ones(index.shape, int)],
        grad=False,
    )


def test_scatter_of_a_larger_source():
    check_same(lambda m, x, i, s: x.scatter(1, i, s), [normal(2, 3), DISTINCT, normal(3, 4)], grad_inputs=[0])
    check_same(lambda m, x, i, s: x.scatter_add(1, i, s), [normal(2, 3), DISTINCT, normal(3, 4)], grad_inputs=[0])
    x, s = ours_of(normal(2, 3)), ours_of(normal(3, 4), requires_grad=True)
    x.scatter_add(1, ours_of(DISTINCT), s).sum().backward()
    assert s.grad.tolist() == [[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 0, 0]]


def test_few_dimensions():
    for index in (np.array(0), np.array([0])):
        check_same(lambda m, x, i: x.scatter(0, i, 5.0), [normal(), index])
        check_same(lambda m, x, i, s: x.scatter_add(0, i, s), [normal(), index, normal(*index.shape)])
        check_same(lambda m, x, i, s: x.scatter(0, i, s), [normal(3), index, normal(*index.shape)])
    check_same(lambda m, x, i: x.scatter(1, i, 1.0), [normal(2, 3), np.zeros(0, int)])
    check_same(lambda m, x, i, s: x.scatter(1, i, s), [normal(2, 3), np.zeros((2, 0), int), normal(2, 0)])
    check_same(lambda m, x, i, s: x.scatter_add(1, i, s), [normal(2, 3), np.zeros((2, 0), int), normal(2, 0)])
    check_same(lambda m, x, i: x.scatter_add(0, i, i > 0), [np.array([True, False]), np.array([1, 1])], grad=False)


REDUCTIONS = ["sum", "prod", "mean", "amax", "amin"]


@pytest.mark.parametrize("include_self", [True, False])
@pytest.mark.parametrize("reduce", REDUCTIONS)
def test_scatter_reduce(reduce, include_self):
    def run(m, x, i, s):
        return m.scatter_reduce(x, 1, i, s, reduce, include_self=include_self)

    check_same(
        run, [normal(2, 3), REPEATING, normal(2, 3, seed=1)], finite_differences=reduce[0] != "a" or include_self
    )
    check_same(run, [with_ties(2, 3), REPEATING, with_ties(2, 3, seed=1)], finite_differences=False)
    check_same(
        run,
        [with_ties(2, 4), np.array([[0, 0, 1, 1], [3, 3, 3, 0]]), with_ties(2, 4, seed=2)],
        finite_differences=False,
    )
    check_same(run, [np.arange(6).reshape(2, 3), REPEATING, np.arange(6).reshape(2, 3)], grad=False)
    check_same(run, [np.ones((2, 3)), np.zeros((2, 0), int), np.ones((2, 0))])
    in_place = lambda m, x, i, s: (x * 1).scatter_reduce_(1, i, s, reduce, include_self=include_self)
    check_same(in_place, [normal(2, 3), REPEATING, normal(2, 3, seed=1)], finite_differences=False)
    method = lambda m, x, i, s: x.scatter_reduce(dim=0, index=i, src=s, reduce=reduce, include_self=include_self)
    check_same(method, [normal(), np.array(0), normal(seed=1)], finite_differences=False)


@pytest.mark.parametrize("zeros_in_x, zeros_in_src", [([0], []), ([], [0]), ([0], [0]), ([], [0, 2])])
def test_scatter_reduce_product_with_zeros(zeros_in_x, zeros_in_src):
    x, s = normal(2, 3), normal(2, 3, seed=1)
    x[0, zeros_in_x] = 0
    s[0, zeros_in_src] = 0
    for include_self in (True, False):
        check_same(
            lambda m, x, i, s, k=include_self: x.scatter_reduce(1, i, s, "prod", include_self=k), [x, REPEATING, s]
        )


def test_scatter_reduce_of_bools_and_nan():
    for reduce in ("amax", "amin"):
        run = lambda m, x, i, s, r=reduce: x.scatter_reduce(0, i, s, r, include_self=False)
        check_same(run, [np.array([True, False]), np.array([1, 1]), np.array([True, False])], grad=False)
        check_same(run, [np.array([1.0, 2.0]), np.array([1, 1]), np.array([np.nan, 1.0])], grad=False)


def test_errors():
    x, ones = normal(2, 3), np.ones((2, 2))
    put = lambda dim, value=1.0, **options: lambda m, x, i: x.scatter(dim, i, value, **options)
    put_src = lambda m, x, i, s: x.scatter(1, i, s)
    check_same_error(RuntimeError, "index 4 is out of bounds for dimension 1 with size 3", put(1), x, DISTINCT + 2)
    check_same_error(RuntimeError, "index -2 is out of bounds for dimension 1 with size 3", put(1), x, -DISTINCT)
    check_same_error(RuntimeError, r"scatter\(\): Expected dtype int32/int64 for index", put(1), x, DISTINCT * 1.0)
    check_same_error(
        RuntimeError, r"to be no larger than self \[2, 3\] apart from dimension 1", put(1), x, np.zeros((3, 1), int)
    )
    check_same_error(RuntimeError, "Index tensor must have the same number of dimensions as", put(1), x, np.array([0]))
    check_same_error(IndexError, "Dimension out of range", put(5), x, DISTINCT)
    check_same_error(RuntimeError, r"to be no larger size than src \[1, 2\]", put_src, x, DISTINCT, ones[:1])
    check_same_error(
        RuntimeError,
        "Index tensor must have the same number of dimensions as src tensor",
        put_src,
        x,
        DISTINCT,
        ones[None],
    )
    check_same_error(
        RuntimeError,
        r"scatter\(\): Expected self.dtype to be equal to src.dtype",
        put_src,
        x,
        DISTINCT,
        ones.astype(np.float32),
    )
    check_same_error(RuntimeError, "reduce argument must be either add or multiply", put(1, reduce="mean"), x, DISTINCT)
    check_same_error(
        TypeError, "needs src, a Tensor, or value, a Number; got NoneType", put(1, None), x, DISTINCT, same_words=False
    )
    check_same_error(
        RuntimeError,
        "value cannot be converted to type uint8.* without overflow",
        put(1, 300),
        x.astype(np.uint8),
        DISTINCT,
    )
    check_same_error(
        TypeError,
        r"scatter_add\(\): argument 'src'.* must be Tensor, not float",
        lambda m, x, i: x.scatter_add(1, i, 2.0),
        x,
        DISTINCT,
    )
    check_same_error(
        RuntimeError,
        "reduce argument must be either sum, prod, mean, amax or amin, got foo",
        lambda m, x, i, s: x.scatter_reduce(1, i, s, "foo"),
        x,
        DISTINCT,
        ones,
    )
    for name in ("scatter_add_", "scatter_reduce_"):
        check_error(
            TypeError,
            "argument 'src' must be Tensor",
            getattr(ours_of(x), name),
            1,
            ours_of(DISTINCT),
            1.0,
            *(["sum"] if "reduce" in name else []),
        )
    check_error(TypeError, "argument 'index' must be Tensor", mt.scatter, ours_of(x), 1, [[0]], 1.0)
