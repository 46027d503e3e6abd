"""index_add, index_copy, index_fill and masked_scatter against PyTorch, loops and finite differences."""

from __future__ import annotations

import numpy as np
import pytest

import minitorch_cv as mt
from tests import reference_indexing as reference
from tests.checks import check_error, check_op, normal, ours_of
from tests.ops.both import check_same, check_same_error

CASES = [((3, 2), 0, [2, 0]), ((3, 2), 1, [1, 0]), ((4,), 0, [3]), ((2, 3, 2), -2, [1, 2]), ((3, 2), 0, [])]


def source_for(shape, dim, index):
    made = list(shape)
    made[dim] = len(index)
    return normal(*made, seed=1)


@pytest.mark.parametrize("shape, dim, index", [*CASES, ((3, 2), 0, [1, 1, 1]), ((2, 3), 1, [0, 2, 0])])
def test_index_add(shape, dim, index):
    inputs = [normal(*shape), np.array(index, np.int64), source_for(shape, dim, index)]
    loop = lambda x, i, s: reference.index_write(x, dim, i, s, np.add)
    check_same(lambda m, x, i, s: m.index_add(x, dim, i, s), inputs, reference=loop)
    check_same(lambda m, x, i, s: x.index_add(dim=dim, index=i, source=s, alpha=2.5), inputs)
    check_same(lambda m, x, i, s: (x * 1).index_add_(dim, i, s, alpha=-1), inputs)
    check_same(
        lambda m, x, i, s: x.index_add(dim, i.int(), s, alpha=3),
        [(a * 9).astype(np.int64) for a in inputs[:1]] + [inputs[1], (inputs[2] * 9).astype(np.int64)],
        grad=False,
    )


@pytest.mark.parametrize("needed", [0, 2])
def test_only_one_gradient_is_asked_for(needed):
    inputs = [normal(3, 2), np.array([2, 0]), normal(2, 2, seed=1)]
    check_same(lambda m, x, i, s: x.index_add(0, i, s), inputs, grad_inputs=[needed])
    check_same(lambda m, x, i, s: x.index_copy(0, i, s), inputs, grad_inputs=[needed])
    check_same(lambda m, x, i, s: x.masked_scatter(x > 0, s), [*inputs[:2], normal(6)], grad_inputs=[needed])
    check_same(lambda m, x, i, s: x.scatter(0, i[:, None].expand(2, 2), s), inputs, grad_inputs=[needed])
    check_same(lambda m, x, i, s: x.scatter_add(0, i[:, None].expand(2, 2), s), inputs, grad_inputs=[needed])
    check_same(lambda m, x, i, s: x.index_put((i,), s), inputs, grad_inputs=[needed])


def test_index_add_with_few_dimensions():
    check_same(lambda m, x, i, s: x.index_add(0, i, s), [normal(2, 3), np.array(0), normal(1, 3)])
    check_same(lambda m, x, i, s: x.index_add(0, i, s), [normal(), np.array([0]), normal(seed=1)])


@pytest.mark.parametrize("shape, dim, index", CASES)
def test_index_copy(shape, dim, index):
    inputs = [normal(*shape), np.array(index, np.int64), source_for(shape, dim, index)]
    loop = lambda x, i, s: reference.index_write(x, dim, i, s, lambda old, new: new)
    check_same(lambda m, x, i, s: m.index_copy(x, dim, i, s), inputs, reference=loop)
    check_same(lambda m, x, i, s: (x * 1).index_copy_(dim, i, s), inputs)
    check_same(lambda m, x, i, s: x.index_copy(dim=dim, index=i, source=s), inputs)


def test_index_copy_with_few_dimensions():
    check_same(lambda m, x, i, s: x.index_copy(0, i, s), [normal(2, 3), np.array(1), normal(1, 3)])
    check_same(lambda m, x, i, s: x.index_copy(0, i, s), [normal(3), np.array([1]), normal(seed=1)])


@pytest.mark.parametrize("shape, dim, index", [*CASES, ((3, 2), 0, [-1, 0]), ((), 0, [0])])
def test_index_fill(shape, dim, index):
    inputs = [normal(*shape), np.array(index, np.int64)]
    loop = (lambda x, i: reference.index_write(x, dim, i, 2.5, lambda old, new: new)) if shape else None
    check_same(lambda m, x, i: m.index_fill(x, dim, i, 2.5), inputs, reference=loop)
    check_same(lambda m, x, i: (x * 1).index_fill_(dim, i, 3), inputs)
    # PyTorch's own backward fails for a value tensor and negative indices or a 0-d target
    theirs = None if -1 in index or not shape else lambda x, i, v: x.index_fill(dim, i, v)
    check_op(lambda x, i, v: x.index_fill(dim=dim, index=i, value=v), theirs, [*inputs, normal(seed=4)])


def test_index_fill_converts():
    check_same(lambda m, x: x.index_fill(0, m.tensor([1]), 5.5), [np.arange(3)], grad=False)
    check_same(lambda m, x: x.index_fill(0, m.tensor(1), m.tensor(5.5)), [np.arange(3)], grad=False)


def test_masked_scatter():
    x, source = normal(2, 3), normal(7, seed=1)
    for mask in (x > 0, np.array([True, False, True]), np.array(True), np.zeros((2, 3), bool)):

        def loop(x, mask, source):
            result, values = x.copy(), iter(source)
            for place in np.ndindex(x.shape):
                if np.broadcast_to(mask, x.shape)[place]:
                    result[place] = next(values)
            return result

        check_same(lambda m, x, k, s: m.masked_scatter(x, k, s), [x, mask, source], reference=loop)
        check_same(lambda m, x, k, s: (x * 1).masked_scatter_(k, s.reshape(1, 7)), [x, mask, source])
    check_same(lambda m, x, k, s: x.masked_scatter(mask=k, source=s), [normal(3), np.array([[True], [False]]), source])


def test_index_add_errors():
    x, index = normal(2, 3), np.array([0])
    add = lambda m, x, i, s: x.index_add(0, i, s)
    check_same_error(
        RuntimeError, "index 2 is out of bounds for dimension 0 with size 2", add, x, np.array([0, 2]), normal(2, 3)
    )
    check_same_error(
        RuntimeError, "index -1 is out of bounds for dimension 0 with size 2", add, x, np.array([-1]), normal(1, 3)
    )
    check_same_error(
        RuntimeError,
        r"Number of indices \(1\) should be equal to source.size\(dim\): \(2\), for dim: 0",
        add,
        x,
        index,
        normal(2, 3),
    )
    check_same_error(
        RuntimeError,
        r"must match self tensor shape, excluding .* dimension. Got self.shape = \[2, 3\] source.shape = \[1, 2\]",
        add,
        x,
        index,
        normal(1, 2),
    )
    check_same_error(RuntimeError, "source tensor shape must match self tensor shape", add, normal(3), index, normal())
    check_same_error(
        RuntimeError,
        r"self \(Double\) and source \(Float\) must have the same scalar type",
        add,
        x,
        index,
        np.ones((1, 3), np.float32),
    )
    check_same_error(RuntimeError, "Expected dtype int32/int64 for index", add, x, np.array([0.0]), normal(1, 3))
    check_same_error(
        IndexError, "Index is supposed to be a vector, but got dim: 2", add, x, np.array([[0]]), normal(1, 3)
    )
    check_error(
        TypeError,
        "argument 'alpha' must be Number, not str",
        mt.index_add,
        ours_of(x),
        0,
        ours_of(index),
        ours_of(normal(1, 3)),
        alpha="a",
    )


def test_index_copy_errors():
    x, index = normal(2, 3), np.array([1])
    copy = lambda m, x, i, s: x.index_copy(0, i, s)
    check_same_error(
        IndexError, "index 2 is out of bounds for dimension 0 with size 2", copy, x, np.array([2]), normal(1, 3)
    )
    check_same_error(
        IndexError, "index -1 is out of bounds for dimension 0 with size 2", copy, x, np.array([-1]), normal(1, 3)
    )
    check_same_error(
        IndexError, r"Number of indices \(1\) should be equal to source.size\(dim\) \(2\)", copy, x, index, normal(2, 3)
    )
    check_same_error(
        RuntimeError, "Source/destination tensor must have same slice shapes", copy, x, index, normal(1, 2)
    )
    check_same_error(
        RuntimeError,
        r"self and source expected to have the same dtype, but got \(self\) Double and \(source\) Float",
        copy,
        x,
        index,
        np.ones((1, 3), np.float32),
    )
    check_same_error(
        RuntimeError, "Expected a long tensor for index, but got Int", copy, x, index.astype(np.int32), normal(1, 3)
    )
    check_same_error(
        IndexError, r"Index should have dimension 1 or 0 \(got 2\)", copy, x, np.array([[1]]), normal(1, 3)
    )
    check_same_error(
        IndexError, r"Source dimensionality \(1\), destination dimensionality \(2\)", copy, x, np.array(1), normal(3)
    )
    check_same_error(
        IndexError,
        r"When source is scalar, index should have one element \(got 2\)",
        copy,
        normal(3),
        np.array([1, 1]),
        normal(),
    )


def test_index_fill_errors():
    x = normal(2, 3)
    fill = lambda value: lambda m, x, i: x.index_fill(0, i, value(m) if callable(value) else value)
    check_same_error(IndexError, "index 2 is out of bounds for dimension 0 with size 2", fill(1), x, np.array([2]))
    check_same_error(IndexError, "index -3 is out of bounds for dimension 0 with size 2", fill(1), x, np.array([-3]))
    check_same_error(IndexError, "Expected dtype int64 for index", fill(1), x, np.array([1], np.int32))
    check_same_error(RuntimeError, "Index has to be a vector/scalar", fill(1), x, np.array([[1]]))
    check_same_error(
        RuntimeError,
        r"only supports a 0-dimensional value tensor, but got tensor with 1 dimension\(s\)",
        fill(lambda m: m.ones(1)),
        x,
        np.array([1]),
    )
    check_same_error(
        TypeError, "argument 'value' must be Number or Tensor, not str", fill("a"), x, np.array([1]), same_words=False
    )


def test_masked_scatter_errors():
    x, mask = normal(2, 3), np.ones((2, 3), bool)
    put = lambda m, x, k, s: x.masked_scatter_(k, s)
    check_same_error(RuntimeError, "Number of elements of source < number of ones in mask", put, x, mask, normal(2))
    check_same_error(RuntimeError, "expected self and source to have same dtypes", put, x, mask, np.ones(6, np.float32))
    check_same_error(RuntimeError, "only supports boolean masks, but got mask with dtype", put, x, mask * 1, normal(6))
    check_same_error(
        RuntimeError,
        "mask of shape .* does not broadcast to the tensor's shape",
        put,
        normal(3),
        mask,
        normal(6),
        same_words=False,
    )
