"""ImageClassification against torchvision's."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision.transforms import InterpolationMode
from torchvision.transforms._presets import ImageClassification as Theirs

import minitorch_cv as mt
from minitorch_cv.vision import transforms
from minitorch_cv.vision.transforms.presets import ImageClassification

SETTINGS = [
    {"crop_size": 12, "resize_size": 16},
    {"crop_size": 20, "resize_size": 10, "mean": (0.1, 0.2, 0.3), "std": (1, 2, 3)},
    {"crop_size": 8, "resize_size": 9, "interpolation": "BICUBIC", "antialias": False},
]


@pytest.mark.filterwarnings("ignore:Anti-alias option is always applied")  # of PIL images, in both
@pytest.mark.parametrize("kind", ["PIL", "tensor", "batch", "floats"])
@pytest.mark.parametrize("settings", SETTINGS)
def test_results_are_torchvisions(settings, kind):
    pixels = np.random.default_rng(0).integers(0, 256, (14, 18, 3), dtype=np.uint8)
    modes = [
        {"interpolation": getattr(library, settings["interpolation"])} if "interpolation" in settings else {}
        for library in (transforms.InterpolationMode, InterpolationMode)
    ]
    ours, theirs = ImageClassification(**settings | modes[0]), Theirs(**settings | modes[1])
    planes = pixels.transpose(2, 0, 1)
    if kind == "PIL":
        inputs = [Image.fromarray(pixels)] * 2
    elif kind == "floats":
        inputs = [library.tensor(planes.astype(np.float32) / 255) for library in (mt, torch)]
    else:
        batch = np.ascontiguousarray(planes[None] if kind == "batch" else planes)
        inputs = [library.tensor(batch) for library in (mt, torch)]
    level = 1 / 255 / min(ours.std) if kind in ("tensor", "batch") else 0  # resizing, these are rounded to bytes
    np.testing.assert_allclose(ours(inputs[0]).numpy(), theirs(inputs[1]).numpy(), rtol=0, atol=1e-5 + level)
    assert repr(ours) == repr(theirs) and ours.describe() == theirs.describe()
