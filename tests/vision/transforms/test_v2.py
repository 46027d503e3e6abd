"""transforms.v2 for single images, beside torchvision's; samples are in test_v2_samples.py."""

import numpy as np
import pytest
import torch
import torchvision.transforms.v2 as theirs
from PIL import Image

import minitorch_cv as mt
from minitorch_cv.vision.transforms import v2 as ours

PIXELS = np.random.default_rng(0).integers(0, 256, (9, 11, 3)).astype(np.uint8)


@pytest.mark.parametrize("image", [Image.fromarray(PIXELS), PIXELS, PIXELS[:, :, 0]], ids=["PIL", "RGB", "grey"])
def test_to_image(image):
    mine, reference = ours.ToImage()(image), theirs.ToImage()(image)
    assert mine.dtype is mt.uint8
    np.testing.assert_array_equal(mine.numpy(), reference.numpy())
    assert ours.ToImage()(mine) is mine


def test_to_image_of_something_else():
    assert ours.ToImage()("a path") == theirs.ToImage()("a path") == "a path"  # it may be a label
    for module in (ours, theirs):
        with pytest.raises(
            TypeError, match="Input can either be a pure Tensor, a numpy array, or a PIL image, but got"
        ):
            module.functional.to_image("a path")


@pytest.mark.parametrize("scale", [False, True])
@pytest.mark.parametrize("dtype", ["float32", "uint8", "int32"])
def test_to_dtype(dtype, scale):
    mine = ours.ToDtype(getattr(mt, dtype), scale=scale)(mt.tensor(PIXELS))
    reference = theirs.ToDtype(getattr(torch, dtype), scale=scale)(torch.tensor(PIXELS))
    np.testing.assert_allclose(mine.numpy(), reference.numpy(), rtol=2e-7)
    assert str(mine.dtype) == str(reference.dtype)


def test_to_dtype_leaves_other_images():
    image = Image.fromarray(PIXELS)
    assert ours.ToDtype(mt.float32)(image) is image and ours.Identity()(image) is image
    assert repr(ours.ToDtype(mt.float32, scale=True)) == repr(theirs.ToDtype(torch.float32, scale=True))


PIPELINES = {
    "normalized": lambda v, t: v.Compose([v.ToImage(), v.ToDtype(t.float32, scale=True), v.Normalize([0.5], [0.2])]),
    "cropped": lambda v, t: v.Compose([v.CenterCrop(6), v.RandomHorizontalFlip(1.0), v.ToImage()]),
    "resized": lambda v, t: v.Compose([v.Resize(7), v.Grayscale(3), v.ToImage(), v.ToDtype(t.float32)]),
    "resized later": lambda v, t: v.Compose([v.ToImage(), v.ToDtype(t.float32, scale=True), v.Resize((5, 20))]),
}


@pytest.mark.parametrize("name", PIPELINES)
def test_pipelines(name):
    image = Image.fromarray(PIXELS)
    mine, reference = PIPELINES[name](ours, mt)(image), PIPELINES[name](theirs, torch)(image)
    np.testing.assert_allclose(mine.numpy(), reference.numpy(), rtol=1e-5, atol=1e-6)


def test_8_bit_tensors_are_resized_to_within_a_level():
    tensor = PIXELS.transpose(2, 0, 1).copy()
    mine, reference = ours.Resize((5, 20))(mt.tensor(tensor)), theirs.Resize((5, 20))(torch.tensor(tensor))
    assert np.abs(mine.numpy().astype(int) - reference.numpy()).max() <= 1


def test_all_names_are_torchvisions():
    assert all(hasattr(theirs, name) for name in ours.__all__)
