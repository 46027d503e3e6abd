"""x[...] read and written, against PyTorch and finite differences."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from tests.checks import check_op, normal, ours_of, theirs_of
from tests.ops.both import check_same, check_same_error
from tests.ops.index_cases import MASK, SHAPE, expressions

NUMBER = len(expressions(mt))


@pytest.mark.parametrize("position", range(NUMBER))
def test_read(position):
    check_op(
        lambda x: x[expressions(mt)[position]],
        lambda x: x[expressions(torch)[position]],
        [normal(*SHAPE)],
        finite_differences=position % 4 == 0,
    )


@pytest.mark.parametrize("position", range(NUMBER))
def test_write_number(position):
    def write(m):
        def run(x):
            y = x * 1
            y[expressions(m)[position]] = 7.0
            return y

        return run

    check_op(write(mt), write(torch), [normal(*SHAPE)], finite_differences=False)


@pytest.mark.parametrize("position", range(NUMBER))
@pytest.mark.parametrize("part", ["whole", "last dimension"])
def test_write_tensor(position, part):
    shape = torch.zeros(SHAPE)[expressions(torch)[position]].shape
    if expressions(torch)[position] is False:
        shape = ()
    value = normal(*(shape if part == "whole" else shape[-1:]), seed=3)

    def write(m):
        def run(x, v):
            y = x * 1
            y[expressions(m)[position]] = v
            return y

        return run

    check_op(write(mt), write(torch), [normal(*SHAPE), value], finite_differences=False)


def test_written_by_hand():
    x, v = normal(3, 4), normal(2, seed=1)

    def loop(x, v):
        result = x.copy()
        for row in (0, 2):
            for k, column in enumerate((3, 1)):
                result[row, column] = v[k]
        return result

    def write(m):
        def run(x, v):
            y = x * 1
            y[::2, m.tensor([3, 1])] = v
            return y

        return run

    check_op(write(mt), write(torch), [x, v], reference=loop)


def test_repeated_indices_add_up_in_backward():
    check_same(lambda m, x: x[m.tensor([0, 0, 2, 0])], [normal(3)])
    check_same(lambda m, x: x[m.tensor([0, 0, 2, 0])], [normal(3, 4)])
    check_same(lambda m, x: x[:, m.tensor([1, 1]), :, m.tensor([0, 0])], [normal(2, 3, 2, 2)])
    check_same(lambda m, x: x[m.tensor([[0, 1], [1, 0]]), 0], [normal(2, 2, 3)])


def test_write_with_repeated_indices_keeps_the_last():
    for m in (mt, torch):
        x = m.zeros(3)
        x[m.tensor([1, 1])] = m.tensor([5.0, 6.0])
        assert x.tolist() == [0, 6, 0]


def test_read_gives_views_for_basic_indices_only():
    x = ours_of(normal(*SHAPE))
    for index in (0, slice(1), None, ..., (0, None, slice(None)), mt.tensor(1)):
        assert x[index]._is_view()
        assert np.may_share_memory(x[index].array, x.array)
    for index in ([0], mt.tensor([0, 1]), mt.tensor(MASK), True, (0, [0]), (slice(None), [0, 1])):
        assert not np.may_share_memory(x[index].array, x.array)
        assert x[index].is_contiguous()


def test_names():
    mine, theirs = ours_of(normal(2, 3), requires_grad=True) * 1, theirs_of(normal(2, 3), requires_grad=True) * 1
    for index in (0, slice(None), slice(1), None, ..., (0, slice(None)), (slice(None), 0), (0, None), [0], True):
        assert mine[index].grad_fn.name() == theirs[index].grad_fn.name()
    mine[0] = 1
    assert "CopySlices" in mine.grad_fn.name()
    mine = mine * 1
    mine[[0]] = 1
    assert mine.grad_fn.name() == "IndexPutBackward0"


def test_write_goes_through_to_the_memory():
    for m, make in ((mt, ours_of), (torch, theirs_of)):
        x = make(np.zeros((2, 3)))
        alias = x.view(6)
        x[0] += 1
        x[1, 1:] = m.tensor([5.0, 6.0])
        x[[1], [0]] -= 4
        assert alias.tolist() == [1, 1, 1, -4, 5, 6]


def test_write_converts():
    for m in (mt, torch):
        x = m.zeros(3, dtype=m.int64)
        x[0] = 1.7
        x[1] = m.tensor(2.7)
        x[[2]] = 3.7
        assert x.tolist() == [1, 2, 3]
        x[x == 3] = m.tensor(4.2)
        x[x == 2] = m.tensor([5.9])
        x[True] = m.tensor([1, 5, 4], dtype=m.int32)
        assert x.tolist() == [1, 5, 4]
        x[False] = 9
        b = m.zeros(2, dtype=m.bool)
        b[0] = 0.5
        u = m.zeros(2, dtype=m.uint8)
        u[0] = -1
        u[[1]] = 3.9
        assert (b.tolist(), u.tolist(), x.tolist()) == ([True, False], [255, 3], [1, 5, 4])
        f = m.zeros(4)
        f[0] = True
        f[1] = np.float64(2)
        f[2] = np.int64(3)
        f[3] = float("inf")
        assert f.tolist() == [1, 2, 3, float("inf")]
        f[:2] = m.ones(1, 1, 2)
        f[3] = m.ones(1, 1)
        assert f.tolist() == [1, 1, 3, 1]


def test_write_overlapping_parts_reads_first():
    x = ours_of(np.arange(6.0))
    x[1:] = x[:-1]
    assert x.tolist() == [0, 0, 1, 2, 3, 4]
    x[mt.tensor([0, 1])] = x[4:6]
    assert x.tolist() == [3, 4, 1, 2, 3, 4]


def test_write_to_what_requires_a_gradient():
    def write(index):
        def run(m, x):
            x.requires_grad_()
            x[index] = 1

        return run

    check_same_error(
        RuntimeError, "a view of a leaf Variable that requires grad is being used in an in-place", write(0), normal(2)
    )
    check_same_error(
        RuntimeError, "a leaf Variable that requires grad is being used in an in-place operation", write([0]), normal(2)
    )


def test_lists_of_indices_are_tuples_as_in_torch():
    x, y = ours_of(normal(*SHAPE)), theirs_of(normal(*SHAPE))
    for index in ([[0, 1], [0, 1]], [slice(0, 1)], [None, 0], [..., 0], [[0, 1], slice(0, 1)]):
        with pytest.warns(UserWarning, match="non-tuple sequence for multidimensional indexing is deprecated"):
            mine = x[index]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            np.testing.assert_array_equal(mine.array, y[index].numpy())
    many = [[0, 1]] * 32
    np.testing.assert_array_equal(x[many].array, y[many].numpy())


def test_byte_masks_warn():
    x = ours_of(normal(2, 3))
    for index in (mt.tensor([1, 0], dtype=mt.uint8), np.array([1, 0], np.uint8)):
        with pytest.warns(UserWarning, match="indexing with dtype torch.uint8 is now deprecated"):
            assert x[index].shape == (1, 3)
    assert x[mt.tensor(1, dtype=mt.uint8)].shape == (1, 2, 3)


def test_iteration():
    check_same(lambda m, x: list(x), [normal(3, 2)])
    check_same(lambda m, x: list(iter(x))[1], [normal(3)])
    assert len(ours_of(normal(3, 2))) == 3
    check_same_error(TypeError, "iteration over a 0-d tensor", lambda m, x: iter(x), normal())


def test_zero_sizes():
    empty = np.zeros((0, 3))
    check_same(lambda m, x: x[[]], [empty])
    check_same(lambda m, x: x[:, [0, 2]], [empty])
    check_same(lambda m, x: x[m.tensor([0, 1])], [np.zeros((2, 0))])
    check_same(lambda m, x: x[m.zeros(2, 0, dtype=m.int64)], [normal(2, 3)])
    check_same(lambda m, x: x[:, m.zeros(2, 0, dtype=m.int64)], [normal(2, 3)])
    check_same(lambda m, x: x[None], [normal()])
    check_same(lambda m, x: x[...] + x[True] + x[m.tensor(True)] + x[()], [normal()])
    for m in (mt, torch):
        x = m.zeros(2, 0)
        x[0] = 1
        x[5:] = 2
        x[[]] = 3
        assert x.shape == (2, 0)


PUTS = {
    "one": (lambda m: (m.tensor([0, 1]), m.tensor([2, 0])), (2,)),
    "broadcast": (lambda m: (m.tensor([[0], [1]]), m.tensor([2, 0])), ()),
    "rows": (lambda m: [m.tensor([1, 1, 0])], (3, 3)),
    "0-d": (lambda m: (m.tensor(1), m.tensor(2)), ()),
    "mask": (lambda m: (m.tensor(MASK),), (1,)),
    "mask of rows": (lambda m: (m.tensor([True, False]),), (3,)),
}


@pytest.mark.parametrize("name", PUTS)
def test_index_put(name):
    indices, shape = PUTS[name]
    check_same(
        lambda m, x, v: m.index_put(x, indices(m), v), [normal(2, 3), normal(*shape)], finite_differences=name != "rows"
    )
    check_same(lambda m, x, v: m.index_put(x, indices(m), v, accumulate=True), [normal(2, 3), normal(*shape)])
    check_same(lambda m, x, v: x.clone().index_put_(indices(m), v, True), [normal(2, 3), normal(*shape)])
    check_same(
        lambda m, x, v: x.index_put(indices(m), v, accumulate=True),
        [np.ones((2, 3), int), np.ones(shape, int)],
        grad=False,
    )


def test_index_put_through_a_transposed_view():
    check_same(
        lambda m, x, v: (x * 1).t().index_put_((m.tensor([0, 0]),), v, accumulate=True), [normal(2, 3), normal(2, 2)]
    )
