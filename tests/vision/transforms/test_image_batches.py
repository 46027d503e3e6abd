"""ImageBatches: the samples of a dataset, whole batches at a time, the same for any number of workers."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from PIL import Image

import minitorch_cv as mt
from minitorch_cv.utils.data import DataLoader, Dataset, Subset, default_collate, random_split
from minitorch_cv.utils.data.joined import JoinedBatch
from minitorch_cv.vision.datasets import Digits
from minitorch_cv.vision.transforms import BatchAugment, Compose, ImageBatches, MixUp, Normalize, ToTensor
from tests.checks import rng


class Pictures(Dataset):
    """What CIFAR10 looks like: an array and a list of class numbers."""

    def __init__(self, n=50, size=(6, 5), transform=None, target_transform=None):
        self.data = rng(1).integers(0, 256, (n, *size, 3), np.uint8)
        self.targets = [i % 4 for i in range(n)]
        self.transform, self.target_transform = transform, target_transform

    def __getitem__(self, index):
        image = Image.fromarray(self.data[index])
        return (image if self.transform is None else self.transform(image)), self.targets[index]

    def __len__(self):
        return len(self.data)


class Files(Dataset):
    """Only `__getitem__` and `__len__`, as ImageFolder."""

    def __init__(self, images, targets=None):
        self.images, self.target_list = images, targets or list(range(len(images)))

    def __getitem__(self, index):
        return self.images[index], self.target_list[index]

    def __len__(self):
        return len(self.images)


AUGMENT = BatchAugment(padding=2, flip=0.5, mean=0.5, std=0.25, cutout=2)


def epochs(workers, count=2, seed=3, **options):
    """All batches of some epochs."""
    mt.manual_seed(seed)
    loader = DataLoader(ImageBatches(Pictures(), AUGMENT), batch_size=8, num_workers=workers, **options)
    return [[(images.array, labels.array) for images, labels in loader] for _ in range(count)]


@pytest.mark.parametrize("dataset", [Pictures(transform=ToTensor()), Digits(train=False, transform=ToTensor())])
def test_without_randomness_it_gives_what_the_dataset_gives(dataset):
    one_by_one = DataLoader(dataset, batch_size=20)
    dataset_without = Pictures() if isinstance(dataset, Pictures) else Digits(train=False)
    batches = DataLoader(ImageBatches(dataset_without), batch_size=20)
    assert len(batches) == len(one_by_one)
    for (ours, labels), (expected, expected_labels) in zip(batches, one_by_one, strict=True):
        assert labels.dtype == mt.int64 and ours.dtype == mt.float32
        np.testing.assert_array_equal(ours.array, expected.array)
        np.testing.assert_array_equal(labels.array, expected_labels.array)


def test_plain_gives_what_to_tensor_and_normalize_give():
    expected = DataLoader(Pictures(transform=Compose([ToTensor(), Normalize([0.5] * 3, [0.25] * 3)])), batch_size=50)
    found = DataLoader(ImageBatches(Pictures(), AUGMENT.plain()), batch_size=50)
    np.testing.assert_array_equal(next(iter(found))[0].array, next(iter(expected))[0].array)


@pytest.mark.parametrize("options", [{}, {"shuffle": True}, {"shuffle": True, "drop_last": True}], ids=str)
def test_any_number_of_workers_gives_the_same_batches(options):
    alone = epochs(0, **options)
    for workers in (1, 3):
        for epoch, expected in zip(epochs(workers, **options), alone, strict=True):
            for (images, labels), (expected_images, expected_labels) in zip(epoch, expected, strict=True):
                np.testing.assert_array_equal(images, expected_images)
                np.testing.assert_array_equal(labels, expected_labels)


def test_epochs_and_batches_differ():
    first, second = epochs(0)
    assert not np.array_equal(first[0][0], second[0][0])
    same = DataLoader(ImageBatches(Pictures(), AUGMENT), batch_sampler=[[0] * 8, [0] * 8])
    one, two = (images.array for images, _ in same)
    assert not np.array_equal(one, two) and len({image.tobytes() for image in one}) > 1


@pytest.mark.parametrize("part", [lambda d: Subset(d, [3, 1, 9]), lambda d: random_split(d, [20, 30])[0]])
def test_parts_of_it_are_batches_too(part):
    whole = ImageBatches(Pictures())
    chosen = part(whole)
    images, labels = next(iter(DataLoader(chosen, batch_size=20)))
    np.testing.assert_array_equal(labels.array, whole.targets.array[chosen.indices])
    np.testing.assert_array_equal(images.array, whole.transform(whole.data[chosen.indices]).array)


def test_a_collate_fn_gets_samples():
    batches = ImageBatches(Pictures())
    kinds = []

    def collate(samples):
        kinds.append((len(samples), [label.item() for _, label in samples]))
        assert samples[-1][0].shape == (3, 6, 5)
        return default_collate([image for image, _ in samples])

    images = next(iter(DataLoader(batches, batch_size=4, collate_fn=collate)))
    np.testing.assert_array_equal(images.array, batches.transform(batches.data[:4]).array)
    assert kinds == [(4, [0, 1, 2, 3])]


def test_mixing_in_a_collate_fn():
    mixup = MixUp(num_classes=4)
    loader = DataLoader(ImageBatches(Pictures()), 10, collate_fn=lambda batch: mixup(*default_collate(batch)))
    for images, labels in loader:
        assert images.shape == (10, 3, 6, 5) and labels.shape == (10, 4)
        np.testing.assert_allclose(labels.array.sum(axis=1), 1, rtol=1e-6)


def test_single_samples_and_the_length():
    batches = ImageBatches(Pictures())
    image, label = batches[-1]
    assert len(batches) == 50 and image.shape == (3, 6, 5) and label.item() == 49 % 4
    with pytest.raises(IndexError, match="index 50 is out of bounds"):
        batches[50]
    assert repr(batches) == "ImageBatches(50 images of 6 x 5 x 3, transform=BatchAugment())"


def test_another_transform_may_be_used():
    batches = ImageBatches(Pictures(), lambda pixels: mt.from_numpy(pixels.mean(axis=(1, 2))))
    images, _ = next(iter(DataLoader(batches, batch_size=50)))
    np.testing.assert_array_equal(images.array, Pictures().data.mean(axis=(1, 2)))


def test_the_array_is_shared_if_it_can_be():
    pictures = Pictures()
    assert ImageBatches(pictures).data is pictures.data
    pictures.data.flags.writeable = False
    copied = ImageBatches(pictures).data
    assert copied.flags.writeable and np.array_equal(copied, pictures.data)


def test_targets_may_be_rows_of_numbers():
    pictures = Pictures()
    pictures.targets = rng().random((50, 7), np.float32)
    _, labels = next(iter(DataLoader(ImageBatches(pictures), batch_size=5)))
    np.testing.assert_array_equal(labels.array, pictures.targets[:5])


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("kind", ["RGB", "L", "array", "tensor"])
def test_images_are_loaded_once(kind, workers, capsys):
    arrays = rng(2).integers(0, 256, (70, 5, 4, 3), np.uint8)
    kinds = {
        "RGB": [Image.fromarray(a) for a in arrays],
        "L": [Image.fromarray(a[..., 0]) for a in arrays],
        "array": list(arrays),
        "tensor": [mt.from_numpy(a).permute(2, 0, 1) for a in arrays],
    }
    found = ImageBatches.from_dataset(Files(kinds[kind]), num_workers=workers, progress=False)
    np.testing.assert_array_equal(found.data, arrays[..., :1] if kind == "L" else arrays)
    assert found.targets.tolist() == list(range(70)) and capsys.readouterr().err == ""


def test_loading_shows_a_bar_on_a_terminal(capsys, monkeypatch):
    files = Files([np.zeros((3, 3, 3), np.uint8)] * 5)
    ImageBatches.from_dataset(files, num_workers=0)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    ImageBatches.from_dataset(files, num_workers=0)
    assert "5/5" in capsys.readouterr().err


def test_loaded_targets_may_be_tensors():
    targets = [mt.tensor([0.0, 1.0]), mt.tensor([1.0, 0.0])]
    found = ImageBatches.from_dataset(Files([np.zeros((3, 3), np.uint8)] * 2, targets), progress=False)
    assert found.targets.tolist() == [[0, 1], [1, 0]]


SMALL, WIDE = np.zeros((4, 4, 3), np.uint8), np.zeros((4, 6, 3), np.uint8)


@pytest.mark.parametrize(
    "images, error, message",
    [
        ([SMALL, WIDE], ValueError, r"image 1 is 4 x 6 x 3, image 0 is 4 x 4 x 3; bring all to one size.*CenterCrop"),
        ([SMALL, SMALL[..., 0]], ValueError, r"image 1 is 4 x 4 x 1.*convert\('RGB'\)"),
        ([SMALL / 255], TypeError, r"expected 8-bit images.*ndarray of float64.*leave ToTensor\(\) out"),
        ([mt.zeros(3, 4, 4)], TypeError, r"got Tensor of float32, shape \(4, 4, 3\)"),
        ([np.zeros(3, np.uint8)], TypeError, r"got ndarray of uint8, shape \(3,\)"),
        ([], ValueError, "Files is empty"),
    ],
)
def test_images_that_do_not_fit(images, error, message):
    with pytest.raises(error, match=message):
        ImageBatches.from_dataset(Files(images), num_workers=0, progress=False)


@pytest.mark.parametrize(
    "targets, error, message",
    [
        ([{"a": 1}, {"a": 2}], TypeError, "targets must be numbers, arrays or tensors, got dict; .*target_transform"),
        ([(mt.ones(2), mt.ones(2))] * 2, TypeError, "got tuple"),
        (["cat", "dog"], TypeError, "got str"),
        ([mt.ones(2), mt.ones(3)], ValueError, r"target 1 has shape \(3,\), target 0 \(2,\); bring all to one shape"),
    ],
    ids=str,
)
def test_targets_that_do_not_fit(targets, error, message):
    with pytest.raises(error, match=message):
        ImageBatches.from_dataset(Files([SMALL, SMALL], targets), num_workers=0, progress=False)


def test_targets_of_a_dataset_that_do_not_fit():
    pictures = Pictures(2)
    pictures.targets = ["cat", "dog"]
    with pytest.raises(TypeError, match="targets must be numbers, arrays or tensors, got str"):
        ImageBatches(pictures)


def test_indices_may_be_of_any_kind():
    batches = ImageBatches(Pictures())
    expected = batches.__getitems__([3, 1, 9]).columns
    for indices in (np.array([3, 1, 9]), list(mt.tensor([3, 1, 9])), mt.tensor([3, 1, 9])):
        for found, column in zip(batches.__getitems__(indices).columns, expected, strict=True):
            np.testing.assert_array_equal(found.array, column.array)
        images, _ = next(iter(DataLoader(Subset(batches, indices), batch_size=3)))
        np.testing.assert_array_equal(images.array, expected[0].array)
    assert batches[mt.tensor(3)][1].item() == 3


def test_datasets_that_do_not_fit():
    with pytest.raises(TypeError, match=r"Files has no `data` and `targets`.*ImageBatches.from_dataset\(dataset"):
        ImageBatches(Files([SMALL]))
    with pytest.raises(TypeError, match=r"Subset has no .*Subset\(ImageBatches\(dataset, transform\), indices\)"):
        ImageBatches(Subset(Pictures(), [0]))
    with pytest.raises(ValueError, match="the dataset's transform would not be called"):
        ImageBatches(Pictures(transform=ToTensor()))
    with pytest.raises(ValueError, match="the dataset's target_transform would not be called"):
        ImageBatches(Pictures(target_transform=float))
    pictures = Pictures()
    pictures.targets = [0]
    with pytest.raises(ValueError, match="50 images, but 1 targets"):
        ImageBatches(pictures)
    pictures.data = pictures.data / 255
    with pytest.raises(TypeError, match=r"data must be uint8.*got float64 of shape \(50, 6, 5, 3\)"):
        ImageBatches(pictures)


def test_a_joined_batch_is_a_sequence_of_samples():
    batch = JoinedBatch([mt.tensor([[1.0], [2.0]]), mt.tensor([3, 4])])
    assert [(a.item(), b.item()) for a, b in batch] == [(1, 3), (2, 4)]
    assert [b.item() for _, b in batch[1:]] == [4] and [b.item() for _, b in batch[::-1]] == [4, 3]
    assert batch[-1][1].item() == 4 and default_collate(batch) is batch.columns
    with pytest.raises(IndexError, match="sample 2 of a batch of 2"):
        batch[2]
