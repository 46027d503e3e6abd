"""Losses with a margin against PyTorch, loops and finite differences."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pytest
import torch.nn.functional as TF

import minitorch_cv.nn.functional as F
from tests import reference_losses as reference
from tests.checks import assert_close, check_error, check_op, normal, ours_of, rng, theirs_of, with_ties

NAN, INF = math.nan, math.inf
REDUCTIONS = ["none", "mean", "sum"]


def check(name: str, kwargs: dict, inputs: list, **options) -> None:
    """check_op of the function of that name in both libraries."""
    check_op(partial(getattr(F, name), **kwargs), partial(getattr(TF, name), **kwargs), inputs, **options)


def signs(*shape: int) -> np.ndarray:
    return np.where(normal(*shape, seed=9) > 0, 1.0, -1.0)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("margin", [1.0, 0.3])
def test_hinge_embedding(margin, reduction):
    kwargs = {"margin": margin, "reduction": reduction}
    loop = partial(reference.elementwise, partial(reference.hinge_embedding, margin=margin), reduction)
    for target in (signs(4, 3), signs(4, 3).astype(np.int64), signs(4, 1), signs(3)):
        check("hinge_embedding_loss", kwargs, [normal(4, 3), target], reference=loop, grad_inputs=[0])
    check("hinge_embedding_loss", kwargs, [normal(3), signs(4, 3)], reference=loop, grad_inputs=[0])
    edges = [np.array([1.0, 0.3, 2.0, NAN, NAN, 0.5, INF, -INF]), np.array([-1.0, -1, 0, 1, -1, 0, 1, -1])]
    check("hinge_embedding_loss", kwargs, edges, finite_differences=False, grad_inputs=[0])


def test_hinge_embedding_gives_its_target_no_gradient():
    assert not F.hinge_embedding_loss(ours_of(normal(3)), ours_of(signs(3), requires_grad=True)).requires_grad


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("margin", [0, 0.5])
def test_margin_ranking(margin, reduction):
    kwargs = {"margin": margin, "reduction": reduction}
    loop = partial(reference.elementwise, partial(reference.margin_ranking, margin=margin), reduction)
    for shapes in [((4, 3),) * 3, ((4, 3), (1, 3), (4, 1)), ((3,),) * 3, ((),) * 3]:
        inputs = [normal(*shapes[0]), normal(*shapes[1], seed=1), signs(*shapes[2])]
        check("margin_ranking_loss", kwargs, inputs, reference=loop)
    ties = [with_ties(20) / 2, with_ties(20, seed=1) / 2, signs(20)]
    check("margin_ranking_loss", kwargs, ties, finite_differences=False)
    edges = [np.array([NAN, INF, 1.0]), np.array([1.0, 1.0, -INF]), np.array([1.0, 1.0, -1.0])]
    check("margin_ranking_loss", kwargs, edges, finite_differences=False)


def test_margin_ranking_of_integers():
    numbers = np.array([1, 2, 3]), np.array([2, 1, 3]), np.array([1, 1, -1])
    theirs = TF.margin_ranking_loss(*map(theirs_of, numbers), margin=0.5)
    assert_close(F.margin_ranking_loss(*map(ours_of, numbers), margin=0.5), theirs, 1e-6, "loss")


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("p", [1, 2])
@pytest.mark.parametrize("margin", [1.0, 0.2])
def test_multi_margin(p, margin, reduction):
    kwargs = {"p": p, "margin": margin, "reduction": reduction}
    loop = partial(reference.multi_margin, **kwargs)
    for x, target in [(normal(5, 4), rng(2).integers(0, 4, 5)), (normal(4), np.array(2)), (normal(4), np.array([1]))]:
        check("multi_margin_loss", kwargs, [x, target], reference=loop)
        weight = rng(3).uniform(0.1, 2, 4)
        check_op(
            lambda a, t, w: F.multi_margin_loss(a, t, weight=w, **kwargs),
            lambda a, t, w: TF.multi_margin_loss(a, t, weight=w, **kwargs),
            [x, target, weight],
            grad_inputs=[0],
            reference=lambda a, t, w: loop(a, t, weight=w),
        )
    check("multi_margin_loss", kwargs, [np.zeros((3, 4)), np.array([0, 1, 2])], finite_differences=False)
    edges = [np.array([[NAN, 1.0, 2.0], [1.0, NAN, INF], [1e4, -1e4, 0.0]]), np.array([1, 1, 1])]
    check("multi_margin_loss", kwargs, edges, finite_differences=False)
    check("multi_margin_loss", kwargs, [np.array(2.0), np.array(0)])


def test_multi_margin_of_no_rows():
    x, target = ours_of(np.zeros((0, 3))), ours_of(np.zeros(0, np.int64))
    assert F.multi_margin_loss(x, target, reduction="none").shape == (0,)
    assert F.multi_margin_loss(x, target, reduction="sum").item() == 0
    assert math.isnan(F.multi_margin_loss(x, target).item())


LABEL_LISTS = np.array([[3, 0, -1, 1], [-1, 0, 1, 2], [2, 2, 0, -1], [0, 1, 2, 3]])


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_multilabel_margin(reduction):
    kwargs = {"reduction": reduction}
    loop = partial(reference.multilabel_margin, **kwargs)
    check("multilabel_margin_loss", kwargs, [normal(4, 4), LABEL_LISTS], reference=loop)
    for row in LABEL_LISTS:
        check("multilabel_margin_loss", kwargs, [normal(4), row], reference=loop)
    check("multilabel_margin_loss", kwargs, [np.zeros((4, 4)), LABEL_LISTS], finite_differences=False)
    check("multilabel_margin_loss", kwargs, [np.array([NAN, 1.0, 2.0]), np.array([1, -1, 0])], finite_differences=False)
    check("multilabel_margin_loss", kwargs, [np.array(2.0), np.array(0)])


def test_errors():
    x, row = ours_of(normal(3, 4)), ours_of(normal(4))
    labels = ours_of(np.array([0, 3, 1]))
    wide, cube = ours_of(normal(3, 2)), ours_of(normal(2, 3, 4))
    hinge, ranking, multi, multilabel = (
        F.hinge_embedding_loss,
        F.margin_ranking_loss,
        F.multi_margin_loss,
        F.multilabel_margin_loss,
    )
    check_error(RuntimeError, "hinge_embedding_loss: The size of tensor a", hinge, x, wide)
    check_error(RuntimeError, "hinge_embedding_loss: 'input' is int64", hinge, labels, labels)
    check_error(TypeError, "'margin' must be Number", hinge, x, x, margin="1")
    dims = r"All input tensors should have same dimension but got sizes: input1: torch.Size\(\[3, 4\]\), .*\[4\]"
    check_error(RuntimeError, dims, ranking, x, row, row)
    check_error(RuntimeError, "margin_ranking_loss: The size of tensor a", ranking, x, wide, x)
    check_error(TypeError, "argument 'input2' must be Tensor", ranking, x, 1.0, x)
    for loss in (hinge, multi, multilabel):
        check_error(ValueError, "avg is not a valid value for reduction", loss, x, labels, reduction="avg")
    check_error(ValueError, "avg is not a valid value for reduction", ranking, x, x, x, reduction="avg")
    check_error(ValueError, "only p == 1 and p == 2 supported, got 3", multi, x, labels, p=3)
    for bad in (4, -1):
        message = f"multi_margin_loss: target out of range: {bad}, expected 0 <= target < 4"
        check_error(IndexError, message, multi, x, ours_of(np.array([0, 1, bad])))
    size = r"inconsistent weight size, expected 4 but got \[3\]"
    check_error(RuntimeError, size, multi, x, labels, weight=ours_of(np.ones(3)))
    check_error(ValueError, r"weight must be one-dimensional, got shape \[3, 4\]", multi, x, labels, weight=x)
    single = ours_of(np.ones(4, np.float32))
    check_error(RuntimeError, "expected scalar type Double but found Float for weight", multi, x, labels, weight=single)
    check_error(RuntimeError, "respect to argument 'weight'", multi, x, labels, weight=ours_of(np.ones(4), True))
    check_error(RuntimeError, "expected scalar type Long but found Double for target", multi, x, row)
    check_error(RuntimeError, "expected scalar type Long but found Double for target", multilabel, x, x)
    size = r"Expected target size \[3\], but got \[2\]. Input has shape \[3, 4\]"
    check_error(RuntimeError, size, multi, x, ours_of(np.array([0, 1])))
    for loss in (multi, multilabel):
        check_error(RuntimeError, r"Expected non-empty vector or matrix .*\[2, 3, 4\]", loss, cube, labels)
        check_error(
            RuntimeError, r"Expected non-empty vector or matrix .*\[3, 0\]", loss, ours_of(np.ones((3, 0))), labels
        )
    check_error(RuntimeError, r"inconsistent target size: \[3\] for input of size: \[3, 4\]", multilabel, x, labels)
    for bad in (4, -2):
        message = f"argument 'target' is out of range: {bad}, expected labels 0 <= target < 4"
        check_error(IndexError, message, multilabel, row, ours_of(np.array([0, -1, bad, 0])))
