"""Sizes, parts and borders that are refused, as torchvision refuses them."""

import numpy as np
import pytest

from tests.vision.transforms.refusals import PICTURE, check_refused_by_both

BOTH = {
    "resize-3": (lambda m: m.F.resize(PICTURE, (1, 2, 3)), ValueError, "Size must be an int or a 1 or 2 element tuple"),
    "resize-max": (
        lambda m: m.F.resize(PICTURE, (1, 2), max_size=3),
        ValueError,
        "max_size should only be passed if size",
    ),
    "resize-max-small": (
        lambda m: m.F.resize(PICTURE, 4, max_size=4),
        ValueError,
        "max_size = 4 must be strictly greater than the requested",
    ),
    "resize-mode": (
        lambda m: m.F.resize(PICTURE, 3, "bilinear"),
        TypeError,
        "Argument interpolation should be a InterpolationMode or a",
    ),
    "resize-to-nothing": (
        lambda m: m.F.resize(m.zeros(3, 6, 5), 0),
        RuntimeError,
        r"Input and output sizes should be greater than 0, but got input \(H: 6, W: 5\) output \(H: 0, W: 0\)",
    ),
    "resize-to-less": (
        lambda m: m.F.resize(m.zeros(3, 6, 5), (4, -2), m.T.InterpolationMode.BICUBIC),
        RuntimeError,
        r"greater than 0, but got input \(H: 6, W: 5\) output \(H: 4, W: -2\)",
    ),
    "resize-no-image": (
        lambda m: m.F.resize(np.zeros((3, 3)), 3),
        TypeError,
        "Unexpected type <class 'numpy.ndarray'>",
    ),
    "Resize-type": (lambda m: m.T.Resize(3.5), TypeError, "Size should be int or sequence. Got <class 'float'>"),
    "Resize-3": (lambda m: m.T.Resize((1, 2, 3)), ValueError, "If size is a sequence, it should have 1 or 2 values"),
    "CenterCrop": (
        lambda m: m.T.CenterCrop((1, 2, 3)),
        ValueError,
        r"Please provide only two dimensions \(h, w\) for size",
    ),
    "RandomCrop": (
        lambda m: m.T.RandomCrop((9, 3))(PICTURE),
        ValueError,
        r"Required crop size \(9, 3\) is larger than input image size \(5, 6\)",
    ),
    "five_crop": (
        lambda m: m.F.five_crop(PICTURE, 6),
        ValueError,
        r"crop size \(6, 6\) is bigger than input size \(5, 6\)",
    ),
    "five_crop-3": (lambda m: m.F.five_crop(PICTURE, (1, 2, 3)), ValueError, "Please provide only two dimensions"),
    "RandomResizedCrop-scale": (lambda m: m.T.RandomResizedCrop(3, 1.0), TypeError, "Scale should be a sequence"),
    "RandomResizedCrop-ratio": (lambda m: m.T.RandomResizedCrop(3, ratio=1.0), TypeError, "Ratio should be a sequence"),
    "pad-padding": (lambda m: m.F.pad(PICTURE, "1"), TypeError, "Got inappropriate padding arg"),
    "pad-fill": (lambda m: m.F.pad(PICTURE, 1, fill="red"), TypeError, "Got inappropriate fill arg"),
    "pad-tensor-fill": (
        lambda m: m.F.pad(m.zeros(3, 2, 2), 1, fill=(1, 2, 3)),
        TypeError,
        "Got inappropriate fill arg",
    ),
    "pad-mode": (lambda m: m.F.pad(PICTURE, 1, padding_mode=3), TypeError, "Got inappropriate padding_mode arg"),
    "pad-mode-name": (
        lambda m: m.F.pad(PICTURE, 1, padding_mode="wrap"),
        ValueError,
        "Padding mode should be either constant",
    ),
    "pad-3": (
        lambda m: m.F.pad(PICTURE, (1, 2, 3)),
        ValueError,
        "Padding must be an int or a 1, 2, or 4 element tuple, not a 3",
    ),
    "pad-fill-4": (
        lambda m: m.F.pad(PICTURE, 1, fill=(1, 2)),
        ValueError,
        "number of elements in 'fill' does not match the number of channels",
    ),
    "pad-no-image": (lambda m: m.F.pad("picture", 1), TypeError, "img should be PIL Image. Got <class 'str'>"),
    "pad-reflect": (
        lambda m: m.F.pad(m.zeros(1, 3, 3), 3, padding_mode="reflect"),
        RuntimeError,
        "Padding size should be less than the corresponding",
    ),
    "Pad-padding": (lambda m: m.T.Pad("1"), TypeError, "Got inappropriate padding arg"),
    "Pad-fill": (lambda m: m.T.Pad(1, "red"), TypeError, "Got inappropriate fill arg"),
    "Pad-mode": (lambda m: m.T.Pad(1, 0, "wrap"), ValueError, "Padding mode should be either constant"),
    "Pad-3": (lambda m: m.T.Pad((1, 2, 3)), ValueError, "Padding must be an int or a 1, 2, or 4 element tuple"),
}


@pytest.mark.parametrize("name", BOTH)
def test_refused_by_both(name):
    check_refused_by_both(*BOTH[name])
