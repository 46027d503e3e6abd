"""Real weights on real images: SqueezeNet 1.0 gives PyTorch's scores, where MINITORCH_CV_DATA has both."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import torch
import torchvision.models
from numba.core import config
from torchvision.models._meta import _IMAGENET_CATEGORIES as IMAGENET_CATEGORIES
from torchvision.transforms._presets import ImageClassification

import minitorch_cv as mt
from minitorch_cv.training import predict
from minitorch_cv.vision.datasets import Imagenette
from minitorch_cv.vision.models import SqueezeNet1_0_Weights, squeezenet1_0

ROOT = Path(os.environ.get("MINITORCH_CV_DATA") or "/nowhere")
STEM = ROOT / "weights" / "squeezenet1_0-imagenet"

pytestmark = [
    pytest.mark.skipif(
        not (STEM.with_suffix(".pth").is_file() and (ROOT / "imagenette2-160").is_dir()),
        reason="MINITORCH_CV_DATA names no folder with weights and images; test_weights.py tests random ones",
    ),
    pytest.mark.skipif(config.DISABLE_JIT, reason="plain Python takes minutes for an image of this size"),
]


@pytest.fixture(scope="module")
def theirs():
    model = torchvision.models.squeezenet1_0()
    model.load_state_dict(torch.load(STEM.with_suffix(".pth"), weights_only=True))
    return model.eval()


@pytest.fixture(scope="module")
def val():
    return Imagenette(ROOT, "val", "160px")


@pytest.mark.parametrize("ending", [".pth", ".safetensors"])
def test_scores_are_pytorchs(ending, theirs, val):
    ours = squeezenet1_0(weights=STEM.with_suffix(ending)).eval()
    prepare, prepare_theirs = SqueezeNet1_0_Weights.DEFAULT.transforms(), ImageClassification(crop_size=224)
    images = [val[index][0] for index in range(0, len(val), 130)]
    with mt.no_grad(), torch.no_grad():
        found = ours(mt.stack([prepare(image) for image in images])).numpy()
        expected = theirs(torch.stack([prepare_theirs(image) for image in images])).numpy()
    assert found.shape == (31, 1000)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-4)
    np.testing.assert_array_equal(found.argmax(1), expected.argmax(1))


@pytest.mark.parametrize("target", range(10))
def test_predict_names_what_pytorch_sees(target, theirs, val, capsys):
    ours = squeezenet1_0(weights=STEM.with_suffix(".pth"))
    image, _ = val[val.targets.index(target)]
    found = predict(ours, image)
    with torch.no_grad():
        expected = theirs(ImageClassification(crop_size=224)(image)[None])[0].softmax(0).topk(5)
    assert [each.number for each in found] == expected.indices.tolist()
    np.testing.assert_allclose([each.probability for each in found], expected.values, atol=1e-4)
    assert [each.name for each in found] == [IMAGENET_CATEGORIES[number] for number in expected.indices]
    assert [line.split(maxsplit=1)[1] for line in capsys.readouterr().out.splitlines()] == [each.name for each in found]
