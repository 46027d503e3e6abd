"""BatchAugment: what torchvision's functions make of each image with the same crops and flips, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torchvision.transforms as tv
import torchvision.transforms.functional as tvf
from PIL import Image

import minitorch_cv as mt
from minitorch_cv.kernels import augmentation
from minitorch_cv.vision.transforms import BatchAugment
from tests.checks import rng

MEAN, STD = (0.4914, 0.4822, 0.4465), (0.247, 0.2435, 0.2616)
IMAGES = rng(3).integers(0, 256, (7, 12, 10, 3), np.uint8)


def picture(image):
    """A PIL image."""
    return Image.fromarray(image[..., 0] if image.shape[2] == 1 else image)


def seen(monkeypatch, augment, images):
    """What it gives, and the plan that it drew."""
    plans = []
    call = augmentation.crop_and_look_up

    def note(*arguments):
        plans.append(arguments[3].copy())
        return call(*arguments)

    monkeypatch.setattr(augmentation, "crop_and_look_up", note)
    return augment(images).array, plans[0]


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("mode", ["constant", "edge", "reflect", "symmetric"])
@pytest.mark.parametrize("size, padding", [(None, 4), ((12, 10), 2), (8, 0), ((14, 13), 3)], ids=str)
def test_as_torchvision_with_the_same_draws(size, padding, mode, channels, monkeypatch):
    images = IMAGES[..., :channels]
    mean, std = MEAN[:channels], STD[:channels]
    fill = (10, 200, 0)[:channels] if mode == "constant" else 0
    augment = BatchAugment(padding, 0.5, mean, std, fill=fill, padding_mode=mode, size=size)
    mt.manual_seed(1)
    found, plan = seen(monkeypatch, augment, images)
    height, width = (size, size) if isinstance(size, int) else size or (12, 10)
    assert len({tuple(row[:2]) for row in plan}) > 1 and set(plan[:, 2]) == {0, 1}
    for image, ours, (top, left, mirrored, *_) in zip(images, found, plan):
        tvs_fill = fill[0] if channels == 1 and mode == "constant" else fill
        pic = tvf.pad(picture(image), padding, tvs_fill, mode)
        pic = tvf.crop(pic, int(top), int(left), height, width)
        pic = tvf.hflip(pic) if mirrored else pic
        expected = tvf.normalize(tvf.to_tensor(pic), mean, std)
        np.testing.assert_array_equal(ours, expected.numpy())


@pytest.mark.parametrize("size", [None, 6, (5, 8), (11, 3), 16, (4, 20)], ids=str)
def test_plain_is_center_crop_to_tensor_normalize(size):
    train = BatchAugment(padding=3, flip=0.5, mean=MEAN, std=STD, cutout=4, size=size)
    steps = [tv.ToTensor(), tv.Normalize(MEAN, STD)]
    expected = tv.Compose(steps if size is None else [tv.CenterCrop(size), *steps])
    found = train.plain()(IMAGES).array
    np.testing.assert_array_equal(found, torch.stack([expected(picture(image)) for image in IMAGES]).numpy())


def test_without_arguments_it_is_to_tensor():
    expected = torch.stack([tvf.to_tensor(picture(image)) for image in IMAGES])
    made = BatchAugment()(IMAGES)
    assert made.dtype == mt.float32 and made.array.transpose(0, 2, 3, 1).flags.c_contiguous
    np.testing.assert_array_equal(made.array, expected.numpy())


def test_the_default_dtype_is_that_of_the_result():
    augment = BatchAugment(mean=0.5, std=0.25)
    augment(IMAGES)
    mt.set_default_dtype(mt.float64)
    try:
        found = augment(IMAGES).array
    finally:
        mt.set_default_dtype(mt.float32)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, (IMAGES.transpose(0, 3, 1, 2) / 255 - 0.5) / 0.25, rtol=1e-14)


@pytest.mark.parametrize("cutout", [3, 4, 30])
def test_cutout_is_a_square_around_the_place_drawn(cutout, monkeypatch):
    augment = BatchAugment(mean=MEAN, std=STD, cutout=cutout)
    found, plan = seen(monkeypatch, augment, IMAGES)
    for ours, whole, (*_, top, left) in zip(found, augment.plain()(IMAGES).array, plan):
        expected = whole.copy()
        centre = (top + cutout // 2, left + cutout // 2)
        assert 0 <= centre[0] < 12 and 0 <= centre[1] < 10
        expected[:, max(top, 0) : top + cutout, max(left, 0) : left + cutout] = 0
        np.testing.assert_array_equal(ours, expected)


def test_draws_are_random_crops_and_flips(monkeypatch):
    """Offsets as likely as RandomCrop's, each image for itself, and as many flips as asked for."""
    many = np.zeros((4000, 4, 4, 1), np.uint8)
    mt.manual_seed(0)
    _, plan = seen(monkeypatch, BatchAugment(padding=2, flip=0.3, cutout=2), many)
    for column in (0, 1):
        counts = np.bincount(plan[:, column], minlength=5)
        assert len(counts) == 5 and np.abs(counts - 800).max() < 5 * np.sqrt(800)
    assert abs(np.corrcoef(plan[:, 0], plan[:, 1])[0, 1]) < 5 / np.sqrt(4000)
    assert abs(plan[:, 2].mean() - 0.3) < 5 * np.sqrt(0.21 / 4000)
    for column in (3, 4):
        counts = np.bincount(plan[:, column] + 1, minlength=4)
        assert len(counts) == 4 and np.abs(counts - 1000).max() < 5 * np.sqrt(1000)


def test_the_same_seed_gives_the_same_and_no_draws_leave_the_source_alone():
    augment = BatchAugment(padding=4, flip=0.5, cutout=3)
    mt.manual_seed(5)
    first, second = augment(IMAGES).array, augment(IMAGES).array
    mt.manual_seed(5)
    np.testing.assert_array_equal(augment(IMAGES).array, first)
    assert not np.array_equal(first, second)
    mt.manual_seed(5)
    expected = mt.rand(3).tolist()
    mt.manual_seed(5)
    BatchAugment(mean=MEAN, std=STD)(IMAGES)
    assert mt.rand(3).tolist() == expected


@pytest.mark.parametrize(
    "images",
    [
        mt.from_numpy(np.ascontiguousarray(IMAGES.transpose(0, 3, 1, 2))),
        mt.from_numpy(IMAGES).permute(0, 3, 1, 2),
        IMAGES[:, ::-1][:, ::-1],
    ],
    ids=["tensor", "channels last", "no copy"],
)
def test_tensors_and_arrays(images):
    np.testing.assert_array_equal(BatchAugment()(images).array, BatchAugment()(IMAGES).array)


@pytest.mark.parametrize("grey", [IMAGES[..., 0], mt.from_numpy(IMAGES[..., 0].copy())], ids=["array", "tensor"])
def test_grey_images_have_one_channel(grey):
    assert BatchAugment()(grey).shape == (7, 1, 12, 10)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"padding": -1}, "padding must be a whole number of pixels, 0 or more, got -1"),
        ({"padding": (4, 4)}, r"padding must be a whole number of pixels, 0 or more, got \(4, 4\)"),
        ({"cutout": 2.5}, "cutout must be a whole number of pixels"),
        ({"flip": 1.5}, r"flip is a probability in \[0, 1\], got 1.5"),
        ({"mean": 0.5}, r"mean and std come together, got mean=\(0.5,\) and std=None"),
        ({"padding_mode": "wrap"}, "padding_mode must be one of .*'reflect'.*got 'wrap'"),
        ({"crop": "top"}, "crop must be one of .*'center'.*got 'top'"),
        ({"fill": 256}, "fill must be whole numbers in 0..255, got 256"),
        ({"fill": 0.5}, "fill must be whole numbers in 0..255, got 0.5"),
        ({"fill": 1, "padding_mode": "edge"}, "fill=1 has no effect with padding_mode='edge'"),
        ({"size": (1, 2, 3)}, r"size must be one number of pixels or \(height, width\)"),
        ({"size": 0}, "size must be one number of pixels"),
        ({"size": 4.0}, "size must be one number of pixels.*got 4.0"),
        ({"size": (4.5, 4)}, "size must be one number of pixels"),
        ({"size": "32"}, "size must be one number of pixels"),
    ],
    ids=str,
)
def test_wrong_arguments(options, message):
    with pytest.raises(ValueError, match=message):
        BatchAugment(**options)


@pytest.mark.parametrize("kind", [list, np.array, mt.tensor], ids=["list", "array", "tensor"])
def test_numbers_may_come_from_an_array(kind):
    expected = BatchAugment(mean=(0.5, 0.25, 0.75), std=0.5, size=6, crop="center")
    found = BatchAugment(mean=kind((0.5, 0.25, 0.75)), std=np.float32(0.5), size=np.int64(6), crop="center")
    assert repr(found.plain()) == "BatchAugment(mean=(0.5, 0.25, 0.75), std=(0.5,), size=(6, 6), crop='center')"
    np.testing.assert_array_equal(found(IMAGES).array, expected(IMAGES).array)


@pytest.mark.parametrize(
    "options, images, error, message",
    [
        ({}, IMAGES.tolist(), TypeError, "must be an array or a tensor, got list"),
        ({}, IMAGES[0, 0], ValueError, r"expected a batch.*got \(10, 3\)"),
        ({}, IMAGES / 255, TypeError, r"must be uint8, in 0..255, got float64; leave ToTensor\(\) out"),
        ({"size": 20, "padding": 2}, IMAGES, ValueError, r"crop size \(20, 20\) is larger than .*\(16, 14\)"),
        ({"padding": 10, "padding_mode": "reflect"}, IMAGES, ValueError, "padding=10 .*images of width 10.*at most 9"),
        ({"padding": 13, "padding_mode": "symmetric"}, IMAGES, ValueError, "padding=13 .*height 12.*at most 12"),
        ({"mean": (0.5, 0.5), "std": (1, 1)}, IMAGES, ValueError, "mean has 2 numbers, the images have 3 channels"),
        ({"fill": (1, 2)}, IMAGES, ValueError, "fill has 2 numbers"),
        ({"mean": 0.5, "std": 0}, IMAGES, ValueError, "std evaluated to zero"),
    ],
    ids=str,
)
def test_wrong_images(options, images, error, message):
    with pytest.raises(error, match=message):
        BatchAugment(**options)(images)


def test_repr():
    assert repr(BatchAugment()) == "BatchAugment()"
    augment = BatchAugment(4, 0.5, 0.5, 0.25, cutout=8, padding_mode="reflect", size=24)
    assert eval(repr(augment)).__dict__ == augment.__dict__
    assert repr(augment.plain()) == "BatchAugment(mean=(0.5,), std=(0.25,), size=(24, 24), crop='center')"
