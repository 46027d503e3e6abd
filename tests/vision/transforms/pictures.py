"""Images for the tests of transforms, and how results are held against torchvision's."""

from __future__ import annotations

import numpy as np
import torch
import torchvision.transforms as theirs
from PIL import Image

import minitorch_cv as mt
from minitorch_cv.vision import transforms as ours

RANDOM = np.random.default_rng(0)
_SMOOTH = np.add.outer(np.arange(23) * 5, np.arange(31) * 3)[:, :, None] + np.array([0, 40, 90, 20])
PIXELS = (_SMOOTH + RANDOM.integers(0, 50, (23, 31, 4))).clip(0, 255).astype(np.uint8)  # (H, W, C), odd sides
PIXELS[3:6, 4:9] = PIXELS[3:6, 4:9, :1]  # some without colour
PIXELS[10, :5], PIXELS[11, :5] = 0, 255

PIL_IMAGES = {
    "RGB": Image.fromarray(PIXELS[:, :, :3]),
    "L": Image.fromarray(PIXELS[:, :, 0]),
}
UPRIGHT = Image.fromarray(PIXELS[:, :12, :3].copy())
MORE_PIL_IMAGES = {
    "RGBA": Image.fromarray(PIXELS),
    "P": Image.fromarray(PIXELS[:, :, :3]).quantize(16),
    "1": Image.fromarray(PIXELS[:, :, 0] > 127),
    "F": Image.fromarray(PIXELS[:, :, 0].astype(np.float32) / 7),
    "CMYK": Image.fromarray(PIXELS[:, :, :3]).convert("CMYK"),
}
ARRAYS = {  # (..., C, H, W)
    "uint8": PIXELS[:, :, :3].transpose(2, 0, 1).copy(),
    "grey uint8": PIXELS[:, :, :1].transpose(2, 0, 1).copy(),
    "float32": (PIXELS[:, :, :3].transpose(2, 0, 1) / 255).astype(np.float32),
    "float64": PIXELS[:, :, :3].transpose(2, 0, 1) / 255,
    "batch of uint8": np.stack([PIXELS[:, :, :3], PIXELS[::-1, :, 1:]]).transpose(0, 3, 1, 2).copy(),
    "batch of float32": (np.stack([PIXELS[:, :, :3], PIXELS[:, ::-1, 1:]]) / 255)
    .transpose(0, 3, 1, 2)
    .astype("float32"),
}
FLOAT_TOLERANCE = {"float32": 1e-5, "float64": 1e-10}


def their_form(value):
    """Our interpolation modes and tensors as torchvision's."""
    if isinstance(value, ours.InterpolationMode):
        return theirs.InterpolationMode(value.value)
    return torch.tensor(value.numpy()) if isinstance(value, mt.Tensor) else value


def both(name, img, *args, **kwargs):
    """(our result, torchvision's) of a function of both, for a PIL image or an array that becomes a tensor."""
    their_args = [their_form(a) for a in args]
    their_kwargs = {key: their_form(value) for key, value in kwargs.items()}
    mine, reference = (img, img) if isinstance(img, Image.Image) else (mt.tensor(img), torch.tensor(img))
    found = getattr(ours.functional, name)(mine, *args, **kwargs)
    return found, getattr(theirs.functional, name)(reference, *their_args, **their_kwargs)


def assert_same_pictures(found, reference):
    """PIL images equal bit for bit, or tuples of them."""
    if isinstance(reference, tuple):
        assert len(found) == len(reference)
        for one, two in zip(found, reference):
            assert_same_pictures(one, two)
        return
    assert (found.mode, found.size) == (reference.mode, reference.size)
    np.testing.assert_array_equal(np.array(found), np.array(reference))
    assert found.getpalette() == reference.getpalette()


def assert_same_tensors(found, reference, levels=0, share=0.01):
    """Tensors of one shape and dtype and the same numbers.

    Args:     levels: how far integers may be apart, in no more than `share` of the places: where floats that are
                  rounded differ in their last bit.
    """
    if isinstance(reference, tuple):
        assert len(found) == len(reference)
        for one, two in zip(found, reference):
            assert_same_tensors(one, two, levels)
        return
    found, reference = found.numpy(), reference.numpy()
    assert found.shape == reference.shape and found.dtype == reference.dtype
    if found.dtype.kind == "f":
        np.testing.assert_allclose(found, reference, rtol=0, atol=FLOAT_TOLERANCE[found.dtype.name])
        return
    apart = np.abs(found.astype(np.int64) - reference.astype(np.int64))
    assert apart.max(initial=0) <= levels
    assert (apart > 0).mean() <= share
