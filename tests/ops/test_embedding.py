"""embedding and one_hot against PyTorch, loops and finite differences."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pytest
import torch.nn.functional as TF

import minitorch_cv.nn.functional as F
from tests.checks import assert_close, check_error, check_op, normal, ours_of, theirs_of

INDICES = [
    np.array([[1, 0, 4], [4, 4, 2]]),
    np.array([3, 1, 1, 3, 1], np.int32),
    np.array(2),
    np.zeros((0, 3), np.int64),
    np.array([0, 1, 2, 3, 4]),
]


def loop_embedding(index, weight):
    out = np.empty((*index.shape, weight.shape[1]))
    for position in np.ndindex(index.shape):
        out[position] = weight[int(index[position])]
    return out


@pytest.mark.parametrize("index", INDICES)
@pytest.mark.parametrize("columns", [3, 1, 0])
@pytest.mark.parametrize("kwargs", [{}, {"padding_idx": 1}, {"padding_idx": -1}, {"scale_grad_by_freq": True}])
def test_embedding(index, columns, kwargs):
    check_op(
        partial(F.embedding, **kwargs),
        partial(TF.embedding, **kwargs),
        [index, normal(5, columns)],
        reference=loop_embedding,
        finite_differences=not kwargs,
    )


@pytest.mark.parametrize("norm_type", [2.0, 1.0, math.inf, 3.0])
@pytest.mark.parametrize("max_norm", [1.0, 0.0, 100.0])
def test_max_norm_shortens_the_rows_that_are_used(norm_type, max_norm):
    results = []
    for library, make in ((F, ours_of), (TF, theirs_of)):
        weight = make(normal(6, 3) * 3, requires_grad=True)
        out = library.embedding(make(np.array([[0, 2], [2, 5]])), weight, max_norm=max_norm, norm_type=norm_type)
        out.backward(make(normal(2, 2, 3, seed=1)))
        results.append((out, weight.detach(), weight.grad))
        assert weight._version == 1
    for ours, theirs in zip(*results):
        assert_close(ours, theirs, 1e-13, "embedding")


def test_max_norm_keeps_what_was_saved_before_from_use():
    weight = ours_of(normal(4, 3), requires_grad=True)
    before = weight * weight
    F.embedding(ours_of(np.array([1])), weight, max_norm=0.1)
    check_error(RuntimeError, "modified by an inplace operation", before.backward, ours_of(normal(4, 3)))


@pytest.mark.parametrize("index", [np.array([0, 2, 1]), np.array([[3], [0]]), np.array(2)])
@pytest.mark.parametrize("num_classes", [-1, 4, 7])
def test_one_hot(index, num_classes):
    def loop(tensor):
        classes = tensor.max() + 1 if num_classes == -1 else num_classes
        out = np.zeros((*tensor.shape, classes), np.int64)
        for position in np.ndindex(tensor.shape):
            out[(*position, tensor[position])] = 1
        return out

    ours, theirs = partial(F.one_hot, num_classes=num_classes), partial(TF.one_hot, num_classes=num_classes)
    check_op(ours, theirs, [index], reference=loop, grad=False)


def test_one_hot_of_nothing():
    check_op(lambda t: F.one_hot(t, 3), lambda t: TF.one_hot(t, 3), [np.zeros((2, 0), np.int64)], grad=False)


def test_errors_of_embedding():
    weight, index = ours_of(normal(5, 3)), ours_of(np.array([1]))
    for bad in (5, -1, -6):
        message = f"embedding: index out of range in self: {bad}, expected 0 <= index < 5"
        check_error(IndexError, message, F.embedding, ours_of(np.array([0, bad])), weight)
    check_error(IndexError, "expected 0 <= index < 0", F.embedding, index, ours_of(np.zeros((0, 3))))
    check_error(IndexError, "index out of range", F.embedding, ours_of(np.array([7])), weight, max_norm=1.0)
    for dtype, found in ((np.float64, "Double"), (np.uint8, "Byte"), (bool, "Bool"), (np.int16, "Short")):
        message = rf"'indices' to have one of the following scalar types: Long, Int; but got torch.{found}Tensor"
        check_error(RuntimeError, message, F.embedding, ours_of(np.ones(1, dtype)), weight)
    for bad in (5, -6):
        message = f"Padding_idx must be within num_embeddings: got {bad} for 5"
        check_error(AssertionError, message, F.embedding, index, weight, padding_idx=bad)
    check_error(NotImplementedError, "sparse=True is not supported", F.embedding, index, weight, sparse=True)
    check_error(RuntimeError, r"'weight' must be 2-D, .* got \[3\]", F.embedding, index, ours_of(normal(3)))
    check_error(TypeError, "argument 'input' must be Tensor, not list", F.embedding, [1], weight)
    check_error(TypeError, "argument 'weight' must be Tensor, not list", F.embedding, index, [[1.0]])
    check_error(TypeError, "'max_norm' must be Number", F.embedding, index, weight, max_norm="1")
    check_error(TypeError, "'norm_type' must be Number", F.embedding, index, weight, max_norm=1, norm_type="1")


def test_errors_of_one_hot():
    check_error(
        RuntimeError,
        "must be smaller than num_classes, got 2 with num_classes=2",
        F.one_hot,
        ours_of(np.array([0, 2])),
        2,
    )
    check_error(RuntimeError, "Class values must be smaller than num_classes", F.one_hot, ours_of(np.array([0])), 0)
    check_error(RuntimeError, "Class values must be non-negative, got -2", F.one_hot, ours_of(np.array([0, -2])))
    check_error(
        RuntimeError, "only applicable to index tensor of type LongTensor, got float64", F.one_hot, ours_of(normal(2))
    )
    check_error(RuntimeError, "type LongTensor, got int32", F.one_hot, ours_of(np.array([0], np.int32)))
    for num_classes in (-1, 0):
        nothing = ours_of(np.zeros(0, np.int64))
        check_error(
            RuntimeError, "Can not infer total number of classes from empty tensor", F.one_hot, nothing, num_classes
        )
    check_error(TypeError, "'num_classes' must be int, not float", F.one_hot, ours_of(np.array([0])), 3.0)
    check_error(TypeError, "argument 'tensor' must be Tensor, not list", F.one_hot, [0, 1])
