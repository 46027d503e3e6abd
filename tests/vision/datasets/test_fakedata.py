"""FakeData, beside torchvision's class, whose random numbers are others."""

import numpy as np
import pytest
import torch
import torchvision.datasets as theirs

import minitorch_cv as mt
from minitorch_cv.utils.data import DataLoader
from minitorch_cv.vision.datasets import FakeData
from minitorch_cv.vision.transforms import ToTensor
from tests.vision.datasets.checks import check_can_be_copied, check_raises_alike, plain


@pytest.mark.parametrize("image_size", [(3, 6, 5), (1, 4, 4), (4, 2, 3)])
def test_samples_have_the_form_of_torchvisions(image_size):
    options = {"size": 7, "image_size": image_size, "num_classes": 3}
    mine, reference = FakeData(**options), theirs.FakeData(**options)
    assert len(mine) == len(reference) and repr(mine) == repr(reference)
    for ours, expected in ((mine[k], reference[k]) for k in range(7)):
        assert (ours[0].mode, ours[0].size) == (expected[0].mode, expected[0].size)
        assert type(ours[1]) is type(expected[1]) is int and 0 <= ours[1] < 3
    check_raises_alike(lambda: mine[7], lambda: reference[7], "FakeData index out of range")
    check_can_be_copied(mine)


def test_pixels_are_spread_as_torchvisions():
    """A histogram of 16 bins, of 60,000 pixels each: within five standard deviations of each other."""

    def counts(kind):
        dataset = kind(size=4, image_size=(3, 71, 71))
        pixels = np.concatenate([np.array(dataset[k][0]).ravel() for k in range(4)])[:60_000]
        return np.histogram(pixels, 16, (0, 256))[0]

    mine, reference = counts(FakeData), counts(theirs.FakeData)
    assert (np.abs(mine - reference) < 5 * np.sqrt(2 * reference)).all()


def test_classes_are_spread():
    targets = [FakeData(size=1000, image_size=(1, 1, 1), num_classes=4)[k][1] for k in range(1000)]
    assert (np.abs(np.bincount(targets, minlength=4) - 250) < 70).all()


def test_a_sample_depends_on_index_and_offset_alone():
    first = [plain(FakeData(image_size=(3, 4, 4))[k]) for k in range(3)]
    mt.manual_seed(3)
    before = mt.rand(1).item()
    mt.manual_seed(3)
    assert [plain(FakeData(image_size=(3, 4, 4), random_offset=2)[k - 2]) for k in range(3)] == first
    assert mt.rand(1).item() == before  # nothing was drawn from the common source
    assert len({str(sample) for sample in first}) == 3


def test_transforms():
    options = {"image_size": (3, 4, 4), "num_classes": 5}
    image, target = FakeData(transform=ToTensor(), target_transform=lambda target: target + 10, **options)[1]
    assert image.shape == (3, 4, 4) and target == FakeData(**options)[1][1] + 10
    reference = theirs.FakeData(target_transform=lambda target: target + 10, **options)[1][1]
    assert type(target) is type(reference) is int
    assert FakeData(target_transform=lambda target: str(target.dtype), **options)[0][1] == str(torch.int64)


def test_in_a_loader():
    loader = DataLoader(FakeData(6, (1, 4, 4), transform=ToTensor()), batch_size=3)
    assert [tuple(images.shape) for images, _ in loader] == [(3, 1, 4, 4)] * 2
