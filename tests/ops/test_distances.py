"""Similarities, distances and the losses made of them against PyTorch, loops and finite differences."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pytest
import torch
import torch.nn.functional as TF

import minitorch_cv as mt
import minitorch_cv.nn.functional as F
from tests import reference_losses as reference
from tests.checks import assert_close, check_error, check_op, normal, ours_of, theirs_of, with_ties

NAN, INF = math.nan, math.inf
REDUCTIONS = ["none", "mean", "sum"]


def check(name: str, kwargs: dict, inputs: list, **options) -> None:
    """check_op of the function of that name in both libraries."""
    check_op(partial(getattr(F, name), **kwargs), partial(getattr(TF, name), **kwargs), inputs, **options)


def by_rows(function, *arrays: np.ndarray) -> np.ndarray:
    """A function of vectors, over broadcast arrays whose last dimension holds them."""
    arrays = np.broadcast_arrays(*arrays)
    out = np.empty(arrays[0].shape[:-1])
    for index in np.ndindex(out.shape):
        out[index] = function(*(a[index] for a in arrays))
    return out


def cosine(u: np.ndarray, v: np.ndarray) -> float:
    return sum(u * v) / max(math.sqrt(sum(u * u)), 1e-8) / max(math.sqrt(sum(v * v)), 1e-8)


@pytest.mark.parametrize(
    "shapes", [((3, 4), (3, 4)), ((2, 1, 3), (4, 3)), ((5,), (5,)), ((3, 1), (3, 4)), ((0, 3), (0, 3))]
)
def test_cosine_similarity(shapes):
    a, b = normal(*shapes[0]), normal(*shapes[1], seed=1)
    check("cosine_similarity", {"dim": -1}, [a, b], reference=partial(by_rows, cosine))


@pytest.mark.parametrize("dim", [0, 1, 2, -2])
def test_cosine_similarity_along(dim):
    check("cosine_similarity", {"dim": dim}, [normal(2, 3, 4), normal(2, 3, 4, seed=1)])


def test_cosine_similarity_of_short_vectors():
    a, b = normal(3, 4), normal(3, 4, seed=1)
    check("cosine_similarity", {}, [a, b])
    check("cosine_similarity", {"eps": 10.0}, [a, b], finite_differences=False)
    check("cosine_similarity", {}, [a * 0, b], finite_differences=False)
    check("cosine_similarity", {}, [np.array([[NAN, 1.0], [INF, 1.0]]), np.ones((2, 2))], finite_differences=False)
    check("cosine_similarity", {"dim": 0}, [np.array(2.0), np.array(-3.0)], finite_differences=False)


def test_cosine_similarity_promotes():
    a, b = normal(2, 3), normal(2, 3, seed=1).astype(np.float32)
    for x, y in ((a, b), (np.arange(6).reshape(2, 3), b)):
        assert_close(
            F.cosine_similarity(*map(ours_of, (x, y))), TF.cosine_similarity(*map(theirs_of, (x, y))), 1e-6, ""
        )
    theirs = torch.cosine_similarity(theirs_of(a), theirs_of(a))
    assert_close(mt.cosine_similarity(ours_of(a), ours_of(a)), theirs, 1e-13, "top level")


@pytest.mark.parametrize("p", [1, 2, 3.5, INF, 0.5, 0, -1.0])
@pytest.mark.parametrize("keepdim", [False, True])
def test_pairwise_distance(p, keepdim):
    kwargs = {"p": p, "keepdim": keepdim}
    for shapes in [((3, 4), (3, 4)), ((4,), (4,)), ((2, 1, 4), (3, 4))]:
        inputs = [normal(*shapes[0]), normal(*shapes[1], seed=1)]
        check("pairwise_distance", kwargs, inputs, grad=p != 0)
        if not keepdim and p != 0:
            loop = partial(by_rows, partial(reference.distance, p=p, eps=1e-6))
            check("pairwise_distance", kwargs, inputs, reference=loop)
    same = with_ties(3, 4)
    check("pairwise_distance", {**kwargs, "eps": 0.0}, [same, same.copy()], finite_differences=False, grad=p != 0)


def test_pairwise_distance_of_integers():
    a, b = np.arange(6).reshape(2, 3), np.ones((2, 3), np.int64)
    assert_close(F.pairwise_distance(*map(ours_of, (a, b))), TF.pairwise_distance(*map(theirs_of, (a, b))), 1e-6, "")


@pytest.mark.parametrize("p", [1, 2, 3, INF, 0.5])
@pytest.mark.parametrize("dim", [0, 1, -1, (0, 1)])
def test_normalize(p, dim):
    x = normal(3, 4, 2)

    def loop(array):
        moved = np.moveaxis(array, dim, -1)
        lengths = by_rows(partial(reference.distance, np.zeros(moved.shape[-1]), p=p, eps=0), moved)
        return np.moveaxis(moved / lengths[..., None], -1, dim)

    check("normalize", {"p": p, "dim": dim}, [x], reference=loop if isinstance(dim, int) else None)


def test_normalize_short_vectors():
    rows = np.array([[0.0, 0.0, 0.0], [1.0, 2.0, 2.0], [NAN, 0.0, 1.0]])
    check("normalize", {}, [rows], finite_differences=False)
    check("normalize", {"eps": 10.0}, [rows], finite_differences=False)
    check("normalize", {"p": INF}, [np.array([[2.0, -2.0, 1.0]])], finite_differences=False)
    check("normalize", {"dim": 0}, [np.array(3.0)], finite_differences=False)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("margin", [0, 0.3])
def test_cosine_embedding(margin, reduction):
    kwargs = {"margin": margin, "reduction": reduction}
    loop = partial(reference.cosine_embedding, **kwargs)
    a, b, target = normal(6, 4), normal(6, 4, seed=1), np.array([1.0, -1.0, 0.0, -1.0, 1.0, -1.0])
    for t in (target, target.astype(np.int64)):
        check("cosine_embedding_loss", kwargs, [a, b, t], reference=loop, grad_inputs=[0, 1])
    for t in (1, -1):
        check("cosine_embedding_loss", kwargs, [a[0], b[0], np.array(t)], reference=loop)
    check("cosine_embedding_loss", kwargs, [a, b[:1], target], grad_inputs=[0, 1])
    options = {"grad_inputs": [0, 1], "finite_differences": False}
    # the constant 1e-12 that PyTorch adds is rounded to float32 in float64 too
    check("cosine_embedding_loss", kwargs, [a * 0, b, target], dtypes=("float32",), **options)
    check("cosine_embedding_loss", kwargs, [a * NAN, b, target], **options)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("swap", [False, True])
@pytest.mark.parametrize("p", [2, 1, 3])
def test_triplet_margin(p, swap, reduction):
    kwargs = {"p": p, "swap": swap, "margin": 0.7, "reduction": reduction}
    loop = partial(reference.triplet_margin, **kwargs)
    for shape in [(5, 3), (3,)]:
        inputs = [normal(*shape, seed=s) for s in range(3)]
        check("triplet_margin_loss", kwargs, inputs, reference=loop)
    same = normal(4, 3)
    check("triplet_margin_loss", {**kwargs, "eps": 0.0}, [same, same.copy(), same.copy()], finite_differences=False)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("swap", [False, True])
def test_triplet_margin_with_distance(swap, reduction):
    kwargs = {"swap": swap, "reduction": reduction}
    inputs = [normal(5, 3, seed=s) for s in range(3)]
    check("triplet_margin_with_distance_loss", kwargs, inputs)

    def run(library, *tensors):
        return library.triplet_margin_with_distance_loss(
            *tensors, distance_function=lambda a, b: 1 - library.cosine_similarity(a, b), **kwargs
        )

    check_op(partial(run, F), partial(run, TF), inputs)


def test_errors():
    x, y, integers = ours_of(normal(3, 4)), ours_of(normal(3, 2)), ours_of(np.ones((3, 4), int))
    row, labels = ours_of(normal(4)), ours_of(np.array([1, -1, 1]))
    sizes = r"The size of tensor a \(\d\) must match the size of tensor b"
    check_error(RuntimeError, f"cosine_similarity: {sizes}", F.cosine_similarity, x, y)
    floating = "expected common dtype to be floating point, yet common dtype is Long"
    check_error(RuntimeError, floating, F.cosine_similarity, integers, integers)
    check_error(IndexError, r"Dimension out of range .*\[-2, 1\], but got 2", F.cosine_similarity, x, x, dim=2)
    check_error(TypeError, "argument 'x2' must be Tensor, not float", F.cosine_similarity, x, 1.0)
    check_error(TypeError, "argument 'x2' must be Tensor, not float", F.pairwise_distance, x, 1.0)
    check_error(RuntimeError, f"pairwise_distance: {sizes}", F.pairwise_distance, x, y)
    check_error(TypeError, "'eps' must be Number", F.pairwise_distance, x, x, eps="1")
    check_error(NotImplementedError, "normalize: out= is not supported", F.normalize, x, out=x)
    check_error(RuntimeError, "normalize: 'input' is int64; supported are", F.normalize, integers)
    check_error(IndexError, r"Dimension out of range .*\[-2, 1\], but got 2", F.normalize, x, dim=2)
    check_error(IndexError, "Dimension out of range", F.normalize, row)
    embedding, triplet = F.cosine_embedding_loss, F.triplet_margin_loss
    expects = r"1D target tensor expects 2D input tensors, but found inputs with sizes \[4\] and \[4\]"
    check_error(RuntimeError, expects, embedding, row, row, labels)
    check_error(RuntimeError, "0D target tensor expects 1D input", embedding, x, x, ours_of(np.array(1)))
    check_error(RuntimeError, "multi-target not supported", embedding, x, x, x)
    check_error(RuntimeError, f"cosine_embedding_loss: {sizes}", embedding, x, y, labels)
    check_error(RuntimeError, f"cosine_embedding_loss: {sizes}", embedding, x, x, ours_of(np.array([1, 1])))
    check_error(ValueError, "avg is not a valid value for reduction", embedding, x, x, labels, reduction="avg")
    check_error(TypeError, "argument 'target' must be Tensor", embedding, x, x, 1)
    for loss in (triplet, F.triplet_margin_with_distance_loss):
        check_error(ValueError, "margin must be greater than 0, got 0", loss, x, x, x, margin=0)
        dims = "same number of dimensions, but got: anchor 2D, positive 1D, and negative 2D inputs"
        check_error(RuntimeError, dims, loss, x, row, x)
        check_error(RuntimeError, sizes, loss, x, x, y)
        check_error(ValueError, "avg is not a valid value for reduction", loss, x, x, x, reduction="avg")
        check_error(TypeError, "argument 'negative' must be Tensor", loss, x, x, 1.0)
