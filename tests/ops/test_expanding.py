"""Expanding against PyTorch, loops and finite differences."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from tests.checks import check_error, normal, ours_of
from tests.ops.both import check_same, check_same_error

EXPANSIONS = [
    ((3, 1), (3, 4)),
    ((3, 1), (-1, 4)),
    ((1,), (3,)),
    ((), (2, 3)),
    ((2, 3), (4, -1, 3)),
    ((1, 2, 1), (3, 2, 4)),
    ((2, 1), (2, 0)),
    ((0, 1), (2, 0, 3)),
    ((), ()),
    ((1, 1), (1, 1)),
]


def broadcast(x, size):
    """Loops over the result, reading x at index 0 of what was stretched."""
    padded = (1,) * (len(size) - x.ndim) + x.shape
    shape = tuple(n if wanted == -1 else wanted for n, wanted in zip(padded, size))
    result = np.zeros(shape)
    x = x.reshape(padded)
    for place in np.ndindex(shape):
        result[place] = x[tuple(0 if n == 1 else i for i, n in zip(place, padded))]
    return result


@pytest.mark.parametrize("shape, size", EXPANSIONS)
def test_expand(shape, size):
    check_same(lambda m, x: x.expand(size), [normal(*shape)], reference=lambda x: broadcast(x, size))
    check_same(lambda m, x: m.broadcast_to(x, size), [normal(*shape)])
    check_same(lambda m, x: x.broadcast_to(size).expand(size=list(size)), [normal(*shape)])


def test_expand_shares_memory():
    x = ours_of(normal(3, 1), requires_grad=True)
    y = x.expand(-1, 4)
    assert y.stride() == torch.zeros(3, 1).expand(3, 4).stride()
    assert y.data_ptr() == x.data_ptr()
    assert y.grad_fn.name() == "ExpandBackward0"
    assert x.expand_as(y).shape == (3, 4)
    assert x.expand(2, -1, 4).shape == (2, 3, 4)


def test_expand_errors():
    x = normal(2, 3)
    match = (
        r"\(3\) must match the existing size \(2\) at .* dimension 0.  Target sizes: \[3, 3\].  Tensor sizes: \[2, 3\]"
    )
    check_same_error(RuntimeError, match, lambda m, x: x.expand(3, 3), x)
    check_same_error(RuntimeError, r"The expanded size of the tensor \(0\) must match", lambda m, x: x.expand(2, 0), x)
    check_same_error(
        RuntimeError, r"The expanded size of the tensor \(-2\) must match", lambda m, x: x.expand(2, -2), x
    )
    check_same_error(
        RuntimeError, r"\(-1\) isn't allowed in a leading, non-existing dimension 0", lambda m, x: x.expand(-1, 2, 3), x
    )
    check_same_error(
        RuntimeError,
        r"number of sizes provided \(1\) must be greater or equal to the number of dimensions",
        lambda m, x: x.expand(3),
        x,
    )
    check_same_error(RuntimeError, r"must match the existing size \(2\)", lambda m, x: m.broadcast_to(x, (4, 3)), x)
    match = "isn't allowed in a leading, non-existing dimension 0"
    check_same_error(RuntimeError, match, lambda m, x: x[0, 0].expand(-3), x, same_words=False)


def test_writes_to_stretched_elements_are_refused():
    match = "more than one element of the written-to tensor refers to a single memory location"
    check_same_error(RuntimeError, match, lambda m, x: x.expand(3, 4).add_(1), normal(3, 1))


def test_broadcast_tensors():
    check_same(lambda m, x, y: m.broadcast_tensors(x, y), [normal(2, 1), normal(3, seed=1)])
    check_same(
        lambda m, x, y, z: m.broadcast_tensors(x, y, z)[2], [normal(2, 1), normal(3), normal(seed=2)], grad_inputs=[2]
    )
    match = r"The size of tensor a \(3\) must match the size of tensor b \(2\) at non-singleton dimension 1"
    check_same_error(RuntimeError, match, lambda m, x, y: m.broadcast_tensors(x, y), normal(2, 3), normal(2))
    check_same_error(
        TypeError, "must be Tensor, not list", lambda m, x: m.broadcast_tensors([x]), normal(2), same_words=False
    )


def test_broadcast_shapes():
    for shapes in [((2, 1), (3,)), ((2, 1), 3), ((), (4,)), ((0, 1), (1, 3))]:
        assert tuple(mt.broadcast_shapes(*shapes)) == tuple(torch.broadcast_shapes(*shapes))
    check_error(
        RuntimeError, r"size of tensor a \(2\) must match the size of tensor b \(3\)", mt.broadcast_shapes, (2,), (3,)
    )


@pytest.mark.parametrize("indexing", ["ij", "xy"])
@pytest.mark.parametrize("sizes", [(3,), (3, 2), (2, 3, 4), (0, 2)])
def test_meshgrid(indexing, sizes):
    lines = [normal(n, seed=n) for n in sizes]
    check_same(lambda m, *t: m.meshgrid(*t, indexing=indexing), lines)
    check_same(lambda m, *t: m.meshgrid(list(t), indexing=indexing), lines)
    check_same(lambda m, *t: m.meshgrid(*t, m.tensor(2.0, dtype=t[0].dtype), indexing=indexing), lines)


def test_meshgrid_warning_and_errors():
    vector, matrix = normal(3), normal(2, 2)
    with pytest.warns(UserWarning, match="required to pass the indexing argument"):
        assert mt.meshgrid(ours_of(vector))[0].shape == (3,)
    check_same_error(
        RuntimeError,
        "expects all tensors to have the same dtype",
        lambda m, x, i: m.meshgrid(x, i, indexing="ij"),
        vector,
        np.arange(3),
    )
    check_same_error(
        RuntimeError,
        "Expected 0D or 1D tensor in the tensor list but got",
        lambda m, x: m.meshgrid(x, indexing="ij"),
        matrix,
    )
    check_same_error(
        RuntimeError,
        'indexing must be one of "xy" or "ij", but received: a',
        lambda m, x: m.meshgrid(x, x, indexing="a"),
        vector,
    )
    check_same_error(RuntimeError, "meshgrid expects a non-empty TensorList", lambda m: m.meshgrid(indexing="ij"))
