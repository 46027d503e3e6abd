"""DenseNet: small ones against torchvision's, dropout, old names in files, errors."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
import torchvision.models
from torchvision.models.densenet import _load_state_dict

import minitorch_cv as mt
from minitorch_cv.vision import models
from tests.checks import check_error, normal, ours_of
from tests.vision.models.checks import check_model, state_shapes
from tests.vision.models.test_torchvision import assert_same_first_values

SMALL = {"growth_rate": 3, "block_config": (2, 1, 2), "num_init_features": 5, "bn_size": 2, "num_classes": 4}


def test_results_and_gradients():
    ours, theirs = models.DenseNet(**SMALL), torchvision.models.DenseNet(**SMALL)
    assert state_shapes(ours) == state_shapes(theirs) and repr(ours) == repr(theirs)
    check_model(ours, theirs, (3, 3, 29, 34))


def test_a_layer_takes_one_tensor_or_several():
    layer = models.DenseNet(**SMALL).eval().features.denseblock1.denselayer2
    parts = [ours_of(normal(2, channels, 3, 4).astype(np.float32)) for channels in (5, 3)]
    assert mt.equal(layer(parts), layer(mt.cat(parts, 1)))


def test_dropout():
    """New maps lose a part of their numbers in training, and none in evaluation."""
    layer = models.DenseNet(**SMALL, drop_rate=0.4).features.denseblock1.denselayer1
    x = ours_of(normal(2, 5, 20, 20).astype(np.float32))
    assert (layer(x) == 0).double().mean().item() == pytest.approx(0.4, abs=0.05)
    assert (layer.eval()(x) == 0).sum() == 0


def test_first_values():
    settings = {"growth_rate": 16, "block_config": (1, 1), "num_init_features": 32, "num_classes": 40}
    assert_same_first_values(models.DenseNet(**settings), torchvision.models.DenseNet(**settings))


def old_name(key):
    """That of the published files."""
    return re.sub(r"(denselayer\d+\.(?:norm|relu|conv))([12])\.", r"\1.\2.", key)


def test_files_with_the_names_of_old(tmp_path, monkeypatch, without_first_values):
    """By path and as published weights; they have no num_batches_tracked either."""
    shapes = {k: v.shape for k, v in models.densenet121().state_dict().items() if not k.endswith("tracked")}
    state = {old_name(key): torch.full(tuple(shape), float(i)) for i, (key, shape) in enumerate(shapes.items())}
    assert "features.denseblock1.denselayer1.norm.1.weight" in state
    torch.save(state, tmp_path / "old.pth")

    class Published:
        def get_state_dict(self, **settings):
            return dict(state)

    class Taking:
        def load_state_dict(self, given):
            self.given = given

    _load_state_dict(theirs := Taking(), Published(), progress=False)  # torchvision's
    monkeypatch.setattr(models.WeightsEnum, "get_state_dict", lambda self, **settings: mt.load(tmp_path / "old.pth"))
    for weights in (tmp_path / "old.pth", "DEFAULT"):
        found = models.densenet121(weights=weights).state_dict()
        for key, value in theirs.given.items():
            np.testing.assert_array_equal(found[key].numpy(), value.numpy(), err_msg=key)


def test_errors():
    check_error(
        NotImplementedError,
        "DenseNet: memory_efficient=True is not supported",
        models.densenet121,
        memory_efficient=True,
    )
    check_error(TypeError, "multiple values for argument 'growth_rate'", models.densenet121, growth_rate=3)
    check_error(RuntimeError, "[Oo]utput size is too small", models.DenseNet(**SMALL).eval(), mt.zeros(1, 3, 7, 7))
