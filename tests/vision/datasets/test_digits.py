"""Digits: scikit-learn's scans in MNIST's form."""

import numpy as np
from sklearn.datasets import load_digits

import minitorch_cv as mt
from minitorch_cv.vision.datasets import Digits
from minitorch_cv.vision.transforms import ToTensor


def test_sizes_values_and_split():
    scans = load_digits()
    train, test = Digits(), Digits(train=False)
    assert (len(train), len(test)) == (1442, 355)
    assert train.data.shape == (1442, 8, 8) and train.data.dtype is mt.uint8 and train.targets.dtype is mt.int64
    place = {"train": 0, "test": 0}
    seen = [0] * 10
    for image, label in zip(scans.images, scans.target, strict=True):  # the split, written out
        seen[label] += 1
        split, dataset = ("test", test) if seen[label] % 5 == 0 else ("train", train)
        pixels = dataset.data.array[place[split]]
        assert dataset.targets.array[place[split]] == label
        np.testing.assert_allclose(pixels / 255 * 16, image, atol=16 / 255 / 2)
        place[split] += 1
    assert train.data.max().item() == 255 and train.data.min().item() == 0


def test_samples_are_mnists():
    image, target = Digits()[0]
    assert image.mode == "L" and image.size == (8, 8) and target == 0 and type(target) is int
    tensor, target = Digits(train=False, transform=ToTensor(), target_transform=str)[0]
    assert tensor.shape == (1, 8, 8) and tensor.dtype is mt.float32 and isinstance(target, str)
    assert Digits.classes[3] == "3 - three" and Digits().class_to_idx["3 - three"] == 3


def test_it_stands_where_mnist_stands():
    dataset = Digits("anywhere", train=True, download=True)
    assert (
        repr(dataset) == "Dataset Digits\n    Number of datapoints: 1442\n    Root location: anywhere\n    Split: Train"
    )
