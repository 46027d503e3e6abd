"""MobileNetV2: small ones against torchvision's, widths, blocks, errors."""

from __future__ import annotations

import functools

import pytest
import torch
import torchvision.models
from torchvision.models.mobilenetv2 import InvertedResidual

import minitorch_cv as mt
from minitorch_cv.vision import models
from minitorch_cv.vision.models import mobilenetv2
from tests.checks import check_error
from tests.vision.models.checks import check_model, state_shapes
from tests.vision.models.test_torchvision import arguments, assert_same_first_values

SMALL = {"num_classes": 4, "width_mult": 0.2, "inverted_residual_setting": [[1, 16, 1, 1], [3, 24, 2, 2]]}


@pytest.fixture
def narrow_end(monkeypatch):
    """The last maps, 1280 of them whatever the width, are 24."""
    rounded = mobilenetv2._rounded
    monkeypatch.setattr(mobilenetv2, "_rounded", lambda channels, n: 24 if channels == 1280 else rounded(channels, n))
    monkeypatch.setattr(torchvision.models.mobilenetv2, "_make_divisible", mobilenetv2._rounded)


@pytest.mark.parametrize("norm", [False, True])
def test_results_and_gradients(norm, narrow_end):
    norms = [functools.partial(library.GroupNorm, 2) if norm else None for library in (mt.nn, torch.nn)]
    ours = models.MobileNetV2(**SMALL, round_nearest=2, norm_layer=norms[0])
    theirs = torchvision.models.MobileNetV2(**SMALL, round_nearest=2, norm_layer=norms[1])
    assert state_shapes(ours) == state_shapes(theirs) and repr(ours) == repr(theirs)
    check_model(ours, theirs, (3, 3, 17, 14))


def test_first_values():
    assert_same_first_values(models.MobileNetV2(**SMALL), torchvision.models.MobileNetV2(**SMALL))


@pytest.mark.parametrize("width, nearest", [(0.35, 8), (1.4, 8), (0.75, 1), (0.1, 8)])
def test_widths(width, nearest, without_first_values):
    settings = {"width_mult": width, "round_nearest": nearest}
    with torch.device("meta"):
        theirs = torchvision.models.mobilenet_v2(**settings)
    assert state_shapes(models.mobilenet_v2(**settings)) == state_shapes(theirs)


def test_blocks():
    assert arguments(mobilenetv2.InvertedResidual) == arguments(InvertedResidual)
    for settings in ((4, 4, 1, 2), (4, 4, 2, 1), (3, 5, 1, 1.5)):
        ours, theirs = mobilenetv2.InvertedResidual(*settings), InvertedResidual(*settings)
        assert repr(ours) == repr(theirs) and ours.use_res_connect == theirs.use_res_connect
        check_model(ours, theirs, (2, settings[0], 5, 6))


def test_a_block_of_ones_own(without_first_values):
    made = []

    def block(*args, **kwargs):
        made.append((args, kwargs["expand_ratio"]))
        return mt.nn.Identity()

    models.MobileNetV2(inverted_residual_setting=[[2, 16, 2, 2]], block=block, dropout=0.5)
    assert made == [((32, 16, 2), 2), ((16, 16, 1), 2)]


@pytest.mark.parametrize(
    "match, call",
    [
        ("stride should be 1 or 2 instead of 3", lambda: mobilenetv2.InvertedResidual(4, 4, 3, 1)),
        ("setting should be non-empty .* got \\[\\]", lambda: models.mobilenet_v2(inverted_residual_setting=[])),
        ("4-element list, got \\[\\[1, 2\\]\\]", lambda: models.mobilenet_v2(inverted_residual_setting=[[1, 2]])),
        ("dropout probability has to be between 0 and 1, but got 3", lambda: models.mobilenet_v2(dropout=3)),
    ],
)
def test_errors(match, call, without_first_values):
    check_error(ValueError, match, call)
