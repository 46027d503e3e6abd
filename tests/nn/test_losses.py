"""Loss layers against PyTorch's, with random settings."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import torch

from minitorch_cv import nn
from tests.checks import assert_close, check_error, normal, ours_of, rng, theirs_of
from tests.nn.checks import check_module

REDUCTIONS = ["none", "mean", "sum"]
X, T = normal(5, 3), normal(5, 3, seed=1)
PROBABILITIES, TARGETS = rng(2).uniform(0.1, 0.9, (2, 5, 3))
LABELS = np.array([0, 2, 1, 1, 0])
SIGNS = np.array([1.0, -1.0, -1.0, 1.0, -1.0])
ROWS = [normal(5, 3, seed=s) for s in range(3)]
WEIGHT = rng(3).uniform(0.5, 2, 3)

LOSSES = [
    ("L1Loss", {}, [X, T]),
    ("MSELoss", {}, [X, T]),
    ("SmoothL1Loss", {"beta": 0.3}, [X, T]),
    ("SmoothL1Loss", {}, [X, T]),
    ("HuberLoss", {"delta": 0.7}, [X, T]),
    ("KLDivLoss", {}, [X, PROBABILITIES]),
    ("KLDivLoss", {"log_target": True}, [X, T]),
    ("PoissonNLLLoss", {}, [X, PROBABILITIES]),
    ("PoissonNLLLoss", {"log_input": False, "full": True, "eps": 0.1}, [PROBABILITIES, TARGETS * 5]),
    ("GaussianNLLLoss", {}, [X, T, PROBABILITIES]),
    ("GaussianNLLLoss", {"full": True, "eps": 0.01}, [X, T, PROBABILITIES]),
    ("CrossEntropyLoss", {}, [X, LABELS]),
    ("CrossEntropyLoss", {"ignore_index": 1, "label_smoothing": 0.2}, [X, LABELS]),
    ("CrossEntropyLoss", {"weight": WEIGHT, "label_smoothing": 0.1}, [X, LABELS]),
    ("CrossEntropyLoss", {"weight": WEIGHT}, [X, PROBABILITIES]),
    ("NLLLoss", {}, [X, LABELS]),
    ("NLLLoss", {"weight": WEIGHT, "ignore_index": 2}, [X, LABELS]),
    ("BCELoss", {}, [PROBABILITIES, TARGETS]),
    ("BCELoss", {"weight": WEIGHT}, [PROBABILITIES, TARGETS]),
    ("BCEWithLogitsLoss", {}, [X, TARGETS]),
    ("BCEWithLogitsLoss", {"weight": WEIGHT, "pos_weight": WEIGHT[::-1].copy()}, [X, TARGETS]),
    ("MultiLabelSoftMarginLoss", {}, [X, TARGETS]),
    ("MultiLabelSoftMarginLoss", {"weight": WEIGHT}, [X, TARGETS]),
    ("MultiLabelMarginLoss", {}, [X, np.array([[0, 1, -1], [2, -1, 0], [-1, 0, 0], [1, 2, 0], [0, -1, -1]])]),
    ("MultiMarginLoss", {}, [X, LABELS]),
    ("MultiMarginLoss", {"p": 2, "margin": 0.4, "weight": WEIGHT}, [X, LABELS]),
    ("MarginRankingLoss", {"margin": 0.2}, [X[:, 0], T[:, 0], SIGNS]),
    ("TripletMarginLoss", {}, ROWS),
    ("TripletMarginLoss", {"margin": 0.4, "p": 1.0, "eps": 1e-4, "swap": True}, ROWS),
    ("TripletMarginWithDistanceLoss", {"margin": 0.3, "swap": True}, ROWS),
]
WITHOUT_GRADIENT_OF_TARGET = [
    ("SoftMarginLoss", {}, [X[:, 0], SIGNS]),
    ("HingeEmbeddingLoss", {"margin": 0.4}, [X[:, 0], SIGNS]),
    ("CosineEmbeddingLoss", {"margin": 0.1}, [X, T, SIGNS]),
]


def build(library, make, name: str, kwargs: dict):
    """A layer of one library, arrays among the settings being made its tensors."""
    settings = {k: make(v.astype(np.float32)) if isinstance(v, np.ndarray) else v for k, v in kwargs.items()}
    return getattr(library, name)(**settings)


def build_both(name: str, kwargs: dict) -> tuple:
    return build(nn, ours_of, name, kwargs), build(torch.nn, theirs_of, name, kwargs)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("name, kwargs, inputs", LOSSES)
@pytest.mark.filterwarnings("ignore:reduction")
def test_loss(name, kwargs, inputs, reduction):
    check_module(*build_both(name, {**kwargs, "reduction": reduction}), inputs, training=(True,))


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("name, kwargs, inputs", WITHOUT_GRADIENT_OF_TARGET)
def test_loss_without_gradient_of_target(name, kwargs, inputs, reduction):
    layers = build_both(name, {**kwargs, "reduction": reduction})
    check_module(*layers, inputs, training=(True,), grad_inputs=range(len(inputs) - 1))


def test_kl_div_batchmean():
    check_module(nn.KLDivLoss(reduction="batchmean"), torch.nn.KLDivLoss(reduction="batchmean"), [X, PROBABILITIES])


def test_own_distance_function():
    layer = nn.TripletMarginWithDistanceLoss(distance_function=nn.PairwiseDistance(p=1.0))
    assert repr(layer) == (
        "TripletMarginWithDistanceLoss(\n  (distance_function): PairwiseDistance()\n)"
    )  # fmt: skip
    theirs = torch.nn.TripletMarginWithDistanceLoss(distance_function=torch.nn.PairwiseDistance(p=1.0))
    assert_close(layer(*map(ours_of, ROWS)), theirs(*map(theirs_of, ROWS)), 1e-13, "loss")


@pytest.mark.parametrize("name, kwargs, inputs", [loss for loss in LOSSES if loss[0] not in (
    "HuberLoss", "GaussianNLLLoss", "TripletMarginWithDistanceLoss")])  # fmt: skip
def test_legacy_arguments(name, kwargs, inputs):
    for legacy, reduction in (({"size_average": False}, "sum"), ({"reduce": False}, "none")):
        message = f"size_average and reduce args will be deprecated, please use reduction='{reduction}' instead."
        with pytest.warns(UserWarning, match=message):
            layer = build(nn, ours_of, name, {**kwargs, **legacy})
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = build(torch.nn, theirs_of, name, {**kwargs, **legacy})
        assert layer.reduction == theirs.reduction == reduction


def test_weights_are_buffers_that_convert():
    layer = nn.BCEWithLogitsLoss(weight=ours_of(WEIGHT), pos_weight=ours_of(WEIGHT))
    assert list(layer.state_dict()) == ["weight", "pos_weight"]
    assert list(layer.float().buffers())[1].array.dtype == np.float32


def test_errors():
    check_error(TypeError, "HuberLoss: delta must be a float or int", nn.HuberLoss, delta="1")
    check_error(ValueError, "only p == 1 and p == 2 supported, got 3", nn.MultiMarginLoss, p=3)
    weight = ours_of(normal(2, 2))
    check_error(ValueError, "expected weight to be None or 1D tensor, got 2D", nn.MultiMarginLoss, weight=weight)
    for layer in (nn.TripletMarginLoss, nn.TripletMarginWithDistanceLoss):
        check_error(ValueError, "expected margin to be greater than 0, got 0 instead", layer, margin=0)
    check_error(
        ValueError, "avg is not a valid value for reduction", nn.MSELoss(reduction="avg"), ours_of(X), ours_of(T)
    )
    out = "Target 7 is out of bounds. cross_entropy: expected 0 <= target < 3"
    check_error(IndexError, out, nn.CrossEntropyLoss(), ours_of(X[:1]), ours_of(np.array([7])))
