"""Flips, rolls, rotations, triangles and diagonals against PyTorch, loops and finite differences."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from tests.checks import normal, ours_of
from tests.ops.both import check_same, check_same_error


def flipped(x, dims):
    result = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        result[tuple(x.shape[d] - 1 - i if d in dims else i for d, i in enumerate(place))] = x[place]
    return result


@pytest.mark.parametrize(
    "shape, dims", [((2, 3), (0,)), ((2, 3), (0, 1)), ((2, 3), ()), ((), ()), ((), (0,)), ((0, 2), (0,)), ((4,), (0,))]
)
def test_flip(shape, dims):
    check_same(lambda m, x: m.flip(x, dims), [normal(*shape)], reference=lambda x: flipped(x, dims))
    check_same(lambda m, x: x.flip(dims=list(dims)), [normal(*shape)])


def test_flip_left_right_and_upside_down():
    check_same(lambda m, x: m.fliplr(x), [normal(2, 3)], reference=lambda x: flipped(x, (1,)))
    check_same(lambda m, x: m.flipud(x), [normal(2, 3)], reference=lambda x: flipped(x, (0,)))
    check_same(lambda m, x: x.fliplr() + x.flipud() + x.flip(0, -1), [normal(2, 3)])
    assert not np.may_share_memory((x := ours_of(normal(2, 3))).flip(0).array, x.array)


@pytest.mark.parametrize(
    "shifts, dims", [(1, ()), (-2, ()), (1, 0), (2, -1), ((1, 2), (0, 1)), ((1, 1), (0, 0)), (7, 1)]
)
def test_roll(shifts, dims):
    check_same(
        lambda m, x: m.roll(x, shifts, dims),
        [normal(2, 3)],
        reference=lambda x: np.roll(x, shifts, dims or None) if dims != 0 else np.roll(x, shifts, 0),
    )
    check_same(lambda m, x: x.t().roll(shifts=shifts, dims=dims), [normal(2, 3)])


def test_roll_few_elements():
    check_same(lambda m, x: x.roll(1), [normal()])
    check_same(lambda m, x: x.roll(1), [np.zeros(0)])


@pytest.mark.parametrize("k", [0, 1, 2, 3, 4, -1])
@pytest.mark.parametrize("dims", [(0, 1), (1, 0), (-1, 0)])
def test_rot90(k, dims):
    check_same(lambda m, x: m.rot90(x, k, dims), [normal(2, 3, 4)], reference=lambda x: np.rot90(x, k, dims))
    check_same(lambda m, x: x.rot90(k=k, dims=list(dims)), [normal(2, 3, 4)])


@pytest.mark.parametrize("name, keeps", [("tril", lambda r, c, k: c - r <= k), ("triu", lambda r, c, k: c - r >= k)])
@pytest.mark.parametrize(
    "shape, diagonal", [((3, 3), 0), ((2, 4), 1), ((4, 2), -1), ((2, 3, 3), -2), ((2, 0, 3), 0), ((2, 2), 5)]
)
def test_triangles(name, keeps, shape, diagonal):
    def reference(x):
        result = np.zeros(x.shape)
        for place in np.ndindex(x.shape):
            if keeps(place[-2], place[-1], diagonal):
                result[place] = x[place]
        return result

    check_same(lambda m, x: getattr(m, name)(x, diagonal), [normal(*shape)], reference=reference)
    check_same(lambda m, x: getattr(x, name)(diagonal=diagonal), [normal(*shape)])
    check_same(lambda m, x: getattr(x.clone(), name + "_")(diagonal), [normal(*shape)])


def test_triangles_of_other_numbers():
    check_same(lambda m, x: m.tril(x), [np.ones((2, 2), bool)], grad=False)
    check_same(lambda m, x: m.triu(x), [np.array([[np.nan, 1.0], [np.nan, np.inf]])], finite_differences=False)
    x = ours_of(normal(2, 2), requires_grad=True)
    assert x.tril().grad_fn.name() == "TrilBackward0"
    assert (x * 1).triu_().grad_fn.name() == "TriuBackward0"


@pytest.mark.parametrize("diagonal", [0, 1, -2])
@pytest.mark.parametrize("shape", [(3,), (3, 4), (4, 2), (0,)])
def test_diag(shape, diagonal):
    check_same(lambda m, x: m.diag(x, diagonal), [normal(*shape)], reference=lambda x: np.diag(x, diagonal))
    check_same(lambda m, x: x.diag(diagonal=diagonal), [normal(*shape)])
    x = ours_of(normal(*shape))
    assert not np.may_share_memory(x.diag().array, x.array)


@pytest.mark.parametrize("arguments", [(), (1,), (-2, 0, 2), (1, -1, 0), (0, 1, 0)])
def test_diag_embed(arguments):
    check_same(lambda m, x: m.diag_embed(x, *arguments), [normal(2, 3)])
    check_same(lambda m, x: x.diag_embed(*arguments), [normal(2, 3)])


def test_errors():
    x, vector, scalar = normal(2, 3), normal(3), normal()
    check_same_error(RuntimeError, "dim 0 appears multiple times in the list of dims", lambda m, x: x.flip(0, -2), x)
    check_same_error(IndexError, "Dimension out of range .*got 2", lambda m, x: x.flip(2), x)
    check_same_error(TypeError, 'missing 1 required positional arguments: "dims"', lambda m, x: x.flip(), x)
    check_same_error(TypeError, "argument 'dims'.* must be tuple of ints, not int", lambda m, x: m.flip(x, 0), x)
    check_same_error(RuntimeError, "Input must be >= 2-d", lambda m, x: m.fliplr(x), vector)
    check_same_error(RuntimeError, "Input must be >= 1-d", lambda m, x: m.flipud(x), scalar)
    check_same_error(
        RuntimeError, "shifts and dimensions must align. shifts: 2, dims:1", lambda m, x: x.roll((1, 2), 0), x
    )
    check_same_error(
        RuntimeError, "shifts and dimensions must align. shifts: 1, dims:2", lambda m, x: x.roll(1, (0, 1)), x
    )
    check_same_error(RuntimeError, "`shifts` required", lambda m, x: x.roll(()), x)
    check_same_error(IndexError, "Dimension out of range", lambda m, x: x.roll(1, 5), x)
    check_same_error(
        IndexError, "Dimension specified as 0 but tensor has no dimensions", lambda m, x: x.roll(1, 0), scalar
    )
    check_same_error(
        RuntimeError, "expected total rotation dims == 2, but got dims = 1", lambda m, x: x.rot90(1, [0]), x
    )
    check_same_error(
        RuntimeError,
        "expected rotation dims to be different, but got dim0 = 0 and dim1 = 0",
        lambda m, x: x.rot90(1, [0, 0]),
        x,
    )
    check_same_error(RuntimeError, "expected total dims >= 2, but got total dims = 1", lambda m, x: x.rot90(), vector)
    check_same_error(RuntimeError, "tril: input tensor must have at least 2 dimensions", lambda m, x: x.tril(), vector)
    check_same_error(
        RuntimeError, "triu_?: input tensor must have at least 2 dimensions", lambda m, x: x.triu_(), vector
    )
    check_same_error(
        TypeError, "argument 'diagonal' must be int, not float", lambda m, x: x.tril(1.5), x, same_words=False
    )
    check_same_error(
        RuntimeError, r"diag\(\): Supports 1D or 2D tensors. Got 3D", lambda m, x: m.diag(x), normal(2, 2, 2)
    )
    check_same_error(RuntimeError, r"diag\(\): Supports 1D or 2D tensors. Got 0D", lambda m, x: m.diag(x), scalar)
    check_same_error(
        RuntimeError, "diagonal dimensions cannot be identical 0, 0", lambda m, x: m.diag_embed(x, 0, 0, 0), x
    )
    check_same_error(IndexError, "Dimension out of range", lambda m, x: m.diag_embed(x, 0, 0, 4), x)
    check_same_error(
        TypeError, "argument 'offset' must be int, not float", lambda m, x: m.diag_embed(x, 0.5), x, same_words=False
    )
    assert mt.diag_embed(ours_of(vector)).shape == torch.diag_embed(torch.zeros(3)).shape
