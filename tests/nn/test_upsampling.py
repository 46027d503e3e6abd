"""Upsample and its kin, Unfold and Fold against PyTorch's."""

from __future__ import annotations

import pytest
import torch

from minitorch_cv import nn
from tests.checks import check_error, normal, ours_of
from tests.nn.checks import check_module

LAYERS = [
    ("Upsample", (5,), {}, (1, 2, 3, 4)),
    ("Upsample", (), {"scale_factor": 2}, (1, 2, 3, 4)),
    ("Upsample", (), {"scale_factor": (2, 1.5), "mode": "bilinear", "align_corners": False}, (1, 2, 3, 4)),
    ("Upsample", ((4, 7),), {"mode": "bilinear", "align_corners": True}, (1, 2, 3, 4)),
    ("Upsample", (), {"scale_factor": 1.7, "mode": "linear", "recompute_scale_factor": True}, (1, 2, 5)),
    ("Upsample", (7,), {"mode": "nearest-exact"}, (1, 2, 5)),
    ("UpsamplingNearest2d", (), {"scale_factor": 3}, (1, 2, 3, 4)),
    ("UpsamplingBilinear2d", ((5, 6),), {}, (1, 2, 3, 4)),
    ("PixelShuffle", (2,), {}, (2, 8, 3, 2)),
    ("PixelUnshuffle", (3,), {}, (2, 2, 3, 6)),
    ("ChannelShuffle", (2,), {}, (2, 4, 3, 2)),
    ("Unfold", (2,), {}, (2, 3, 4, 5)),
    ("Unfold", ((2, 3),), {"dilation": (1, 2), "padding": 1, "stride": (2, 1)}, (3, 4, 5)),
    ("Fold", ((4, 5), 2), {}, (2, 8, 12)),
    ("Fold", (4, (2, 1)), {"padding": (1, 0), "stride": 2}, (4, 6)),
]


@pytest.mark.parametrize("name, arguments, kwargs, shape", LAYERS)
def test_layer(name, arguments, kwargs, shape):
    ours, theirs = getattr(nn, name)(*arguments, **kwargs), getattr(torch.nn, name)(*arguments, **kwargs)
    check_module(ours, theirs, [normal(*shape)], training=(True,))


def test_errors():
    x = ours_of(normal(1, 2, 3, 3))
    check_error(ValueError, "either size or scale_factor should be defined", nn.Upsample(), x)
    check_error(NotImplementedError, r"\(got trilinear\)", nn.Upsample(2, mode="trilinear"), x)
    check_error(RuntimeError, "divisible by the square of upscale_factor", nn.PixelShuffle(2), x)
