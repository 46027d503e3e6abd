"""survey, describe and sample_images, on folders with all datasets, with damaged ones, and with none."""

import numpy as np
import pytest
from PIL import Image

from minitorch_cv.vision.datasets.contents import describe, sample_images, survey
from tests.vision.datasets import fixtures


@pytest.fixture
def root(tmp_path):
    fixtures.write_mnist(tmp_path)
    fixtures.write_mnist(tmp_path, "FashionMNIST", per_class=1, zipped=False)
    fixtures.write_mnist(tmp_path, "KMNIST", per_class=1)
    fixtures.write_cifar10(tmp_path)
    fixtures.write_stl10(tmp_path)
    fixtures.write_pets(tmp_path, pixels=(9, 12))
    fixtures.write_flowers(tmp_path, pixels=(9, 12))
    fixtures.write_cifar100(tmp_path, binary=True)
    fixtures.write_cinic10(tmp_path)
    fixtures.write_imagenette(tmp_path, pixels=(9, 12))
    fixtures.write_scenes15(tmp_path, pixels=(9, 12))
    fixtures.write_voc(tmp_path, pixels=(9, 12))
    fixtures.write_voc(tmp_path, "2007", pixels=(9, 12), count=6)
    return tmp_path


def test_survey(root):
    found = {entry.name: entry for entry in survey(root)}
    assert {name: entry.splits for name, entry in found.items()} == {
        "MNIST": {"train": 20, "test": 20},
        "FashionMNIST": {"train": 10, "test": 10},
        "KMNIST": {"train": 10, "test": 10},
        "CIFAR10": {"train": 50, "test": 10},
        "CIFAR100": {"train": 100, "test": 100},
        "CINIC10": {"train": 20, "valid": 20, "test": 20},
        "STL10": {"train": 10, "test": 10},
        "OxfordIIITPet": {"trainval": 8, "test": 8},
        "Flowers102": {"train": 4, "val": 4, "test": 4},
        "Imagenette 160px": {"train": 20, "val": 20},
        "Scenes15": {"train": 30, "test": 30},
        "SceneAttributes": {"train": 10, "test": 10},
        "VOC2007": {"train": 4, "val": 2, "test": 2},
        "VOC2012": {"train": 8, "val": 4},
    }
    assert all(entry.problems == {} for entry in found.values())
    assert found["CIFAR100"].folder == root / "cifar-100-binary"
    assert found["MNIST"].image_size == "28 x 28 L" and found["CINIC10"].image_size == "32 x 32 RGB"
    assert found["Imagenette 160px"].classes[:2] == ("tench", "English springer")
    assert [len(entry.classes) for entry in found.values()] == [10, 10, 10, 10, 100, 10, 10, 4, 102, 10, 15, 7, 20, 20]


def test_images_of_several_sizes(root):
    Image.new("L", (20, 7)).save(root / "scenes15" / "train" / "bedroom" / "image_0000.jpg")
    assert {e.name: e.image_size for e in survey(root)}["Scenes15"] == "12 to 20 x 7 to 9 L"


def test_describe(root):
    lines = describe(survey(root)).splitlines()
    assert len(lines) == 16
    assert lines[0].split() == ["dataset", "images", "classes", "size", "folder"] and set(lines[1]) == {"-", " "}
    row = next(line for line in lines if line.startswith("CINIC10"))
    assert " ".join(row.split()) == f"CINIC10 train 20, valid 20, test 20 10 32 x 32 RGB {root / 'CINIC-10'}"
    starts = {line.index(str(root)) for line in lines[2:]}
    assert len(starts) == 1  # a column


def test_damaged_datasets_are_told_and_the_others_described(root):
    (root / "cifar-10-batches-py" / "test_batch").write_bytes(b"damaged")
    for path in (root / "MNIST" / "raw").iterdir():
        path.unlink()
    found = {entry.name: entry for entry in survey(root)}
    assert found["CIFAR10"].splits == {"train": 50} and "test_batch is corrupted" in found["CIFAR10"].problems["test"]
    assert found["MNIST"].splits == {} and found["MNIST"].classes == ()
    text = describe(survey(root))
    assert "\nCIFAR10, test: " in text and "\nMNIST, train: Dataset not found." in text
    assert next(line for line in text.splitlines() if line.startswith("MNIST ")).split()[1:4] == ["-", "-", "-"]
    with pytest.raises(RuntimeError, match=r"MNIST in .* cannot be read: train: Dataset not found.*; test: Dataset"):
        sample_images(root, "MNIST", 3, 0)
    (root / "cifar-10-batches-py" / "data_batch_1").unlink()
    with pytest.raises(RuntimeError, match="CIFAR10 in"):
        sample_images(root, "CIFAR10", 3, 0)


def test_an_empty_folder(tmp_path):
    assert survey(tmp_path) == []
    assert describe([]).startswith("No dataset was found. Looked for: MNIST, FashionMNIST, KMNIST, CIFAR10, ")
    with pytest.raises(FileNotFoundError, match=r"there is no folder .*none"):
        survey(tmp_path / "none")


def test_sample_images(root):
    first = sample_images(root, "CIFAR10", 5, seed=1)
    assert len(first) == 5 and all(image.size == (32, 32) for image, _ in first)
    for image, caption in first:
        label = fixtures.CIFAR10_CLASSES.index(caption)
        expected = [fixtures.picture(label, label, seed=batch) for batch in range(5)]
        assert any(np.array_equal(np.array(image), pixels) for pixels in expected)
    again, other = sample_images(root, "CIFAR10", 5, seed=1), sample_images(root, "CIFAR10", 5, seed=2)
    assert [caption for _, caption in first] == [caption for _, caption in again]
    assert [np.array(i).tolist() for i, _ in first] != [np.array(i).tolist() for i, _ in other]
    assert len(sample_images(root, "Imagenette 160px", 99, seed=0)) == 20
    assert {caption for _, caption in sample_images(root, "Imagenette 160px", 99, 0)} >= {"tench", "golf ball"}
    captions = {caption for _, caption in sample_images(root, "SceneAttributes", 99, 0)}
    assert captions == {"water", "people", "clouds, animals", "clouds, water, animals", "clouds, people, animals"}
    with pytest.raises(
        ValueError, match=r"there is no dataset 'CIFAR' in .*; there are: MNIST, FashionMNIST, KMNIST, CIFAR10, CIFAR"
    ):
        sample_images(root, "CIFAR", 5, 0)
