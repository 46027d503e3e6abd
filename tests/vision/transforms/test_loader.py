"""Augmented batches of a DataLoader: the same whatever the number of workers, others in every epoch."""

import numpy as np
import pytest
from PIL import Image

import minitorch_cv as mt
from minitorch_cv.utils.data import DataLoader, Dataset
from minitorch_cv.vision import transforms as T

TRANSFORM = T.Compose(
    [
        T.RandomResizedCrop(12),
        T.RandomHorizontalFlip(),
        T.ColorJitter(0.3, 0.3, 0.3, 0.1),
        T.RandomChoice([T.RandomRotation(20), T.RandomPerspective(p=1.0), T.RandomAffine(10, (0.1, 0.1))]),
        T.RandomOrder([T.RandomApply([T.GaussianBlur(3)]), T.RandomGrayscale(0.3)]),
        T.RandAugment(1),
        T.ToTensor(),
        T.Normalize((0.5,) * 3, (0.25,) * 3),
        T.RandomErasing(value="random"),
        T.GaussianNoise(clip=False),
    ]
)


class Pictures(Dataset):
    """Twelve pictures and their numbers."""

    def __init__(self, transform):
        pixels = np.random.default_rng(0).integers(0, 256, (12, 16, 18, 3), np.uint8)
        self.pictures = [Image.fromarray(p) for p in pixels]
        self.transform = transform

    def __getitem__(self, index):
        return self.transform(self.pictures[index]), index

    def __len__(self):
        return len(self.pictures)


def epochs(workers, seed=7, count=2):
    """(images, their numbers) of each epoch, in the order in which they come."""
    generator = mt.Generator().manual_seed(seed)
    loader = DataLoader(Pictures(TRANSFORM), 5, shuffle=True, num_workers=workers, generator=generator)
    parts = [[(images.numpy(), numbers.numpy()) for images, numbers in loader] for _ in range(count)]
    return [tuple(map(np.concatenate, zip(*epoch))) for epoch in parts]


@pytest.fixture(scope="module")
def without_workers():
    return epochs(0)


@pytest.mark.parametrize("workers", [1, 3])
def test_workers_change_nothing(workers, without_workers):
    for found, expected in zip(epochs(workers), without_workers, strict=True):
        for one, two in zip(found, expected):
            np.testing.assert_array_equal(one, two)


def test_epochs_and_seeds_differ(without_workers):
    (first, numbers), (second, other_numbers) = without_workers
    assert sorted(numbers) == sorted(other_numbers) == list(range(12))
    for image in range(12):
        assert not np.array_equal(first[numbers == image], second[other_numbers == image])
    assert not np.array_equal(epochs(0, seed=8, count=1)[0][0], first)


def test_a_batch_lies_channels_last_in_memory():
    """From ToTensor to the batch nothing is converted: it is the order that convolutions want."""
    images, _ = next(iter(DataLoader(Pictures(T.Compose([T.RandomCrop(8), T.ToTensor(), T.Normalize(0.5, 0.5)])), 4)))
    assert images.shape == (4, 3, 8, 8) and images.array.transpose(0, 2, 3, 1).flags.c_contiguous
