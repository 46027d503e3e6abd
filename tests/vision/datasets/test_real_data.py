"""The real datasets, where the environment names a folder that has them: counts, classes and samples."""

import os
from pathlib import Path

import numpy as np
import pytest

from minitorch_cv.vision import datasets
from minitorch_cv.vision.datasets.contents import survey

ROOT = os.environ.get("MINITORCH_CV_DATA", "")

# (folder, dataset, arguments, number of samples, number of classes)
CASES = [
    ("MNIST/raw", "MNIST", (True,), 60_000, 10),
    ("MNIST/raw", "MNIST", (False,), 10_000, 10),
    ("cifar-10-batches-py", "CIFAR10", (True,), 50_000, 10),
    ("cifar-10-batches-py", "CIFAR10", (False,), 10_000, 10),
    ("cifar-100-python", "CIFAR100", (True,), 50_000, 100),
    ("cifar-100-python", "CIFAR100", (False,), 10_000, 100),
    ("CINIC-10", "CINIC10", ("train",), None, 10),
    ("CINIC-10", "CINIC10", ("valid",), None, 10),
    ("CINIC-10", "CINIC10", ("test",), None, 10),
    ("imagenette2-160", "Imagenette", ("train", "160px"), 9_469, 10),
    ("imagenette2-160", "Imagenette", ("val", "160px"), 3_925, 10),
    ("scenes15", "Scenes15", ("train",), 2_985, 15),
    ("scenes15", "Scenes15", ("test",), 1_500, 15),
    ("scenes15", "SceneAttributes", ("train",), 1_196, 7),
    ("scenes15", "SceneAttributes", ("test",), 500, 7),
    ("VOCdevkit/VOC2012", "VOCDetection", ("2012", "trainval"), None, None),
    ("VOCdevkit/VOC2012", "VOCClassification", ("2012", "trainval"), None, 20),
]


def there(folder):
    if not ROOT or not (Path(ROOT) / folder).is_dir():
        pytest.skip(f"MINITORCH_CV_DATA names no folder with {folder}; the same is tested on small files")


@pytest.mark.parametrize(("folder", "name", "arguments", "count", "classes"), CASES)
def test_counts_and_samples(folder, name, arguments, count, classes):
    there(folder)
    dataset = getattr(datasets, name)(ROOT, *arguments)
    if count is None:  # parts of these datasets are in use
        assert len(dataset) > 1000
    else:
        assert len(dataset) == count
    if classes is not None:
        assert len(dataset.classes) == classes
    for index in np.linspace(0, len(dataset) - 1, 20).astype(int):
        image, _ = dataset[int(index)]
        assert min(image.size) > 20 and np.array(image).std() > 0


def test_cifar_classes_are_balanced():
    there("cifar-10-batches-py")
    train = datasets.CIFAR10(ROOT)
    assert (
        train.classes[:3] == ["airplane", "automobile", "bird"] and np.bincount(train.targets).tolist() == [5000] * 10
    )
    there("cifar-100-python")
    fine, coarse = datasets.CIFAR100(ROOT, False), datasets.CIFAR100(ROOT, False, coarse=True)
    assert np.bincount(fine.targets).tolist() == [100] * 100 and np.bincount(coarse.targets).tolist() == [500] * 20
    assert fine.classes[0] == "apple" and coarse.classes[4] == "fruit_and_vegetables"
    assert set(np.array(coarse.targets)[np.array(fine.targets) == 0]) == {4}


def test_voc_persons():
    there("VOCdevkit/VOC2012")
    dataset = datasets.VOCClassification(ROOT, image_set="trainval")
    assert dataset.targets[:, dataset.classes.index("person")].mean() > 0.1
    assert (dataset.targets.sum(1) >= 1).mean() > 0.9


def test_the_survey_finds_them():
    there("")
    for entry in survey(ROOT):
        assert entry.problems == {} and entry.classes and entry.image_size
