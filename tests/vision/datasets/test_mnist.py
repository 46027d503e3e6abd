"""MNIST and Fashion-MNIST on small files; what torchvision does is written down by hand."""

import gzip
import pickle

import numpy as np
import pytest
from PIL import Image

import minitorch_cv as mt
from minitorch_cv.utils.checksum import digest_of
from minitorch_cv.vision.datasets import MNIST, FashionMNIST
from minitorch_cv.vision.transforms import ToTensor
from tests.vision.datasets.idx_files import idx_bytes, write_split


@pytest.fixture
def root(tmp_path):
    write_split(tmp_path / "MNIST" / "raw", "train", 12, seed=0)
    write_split(tmp_path / "MNIST" / "raw", "t10k", 5, seed=1)
    return tmp_path


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("kind", [MNIST, FashionMNIST])
@pytest.mark.parametrize("train", [True, False])
def test_reading(tmp_path, kind, train, zipped):
    images, labels = write_split(tmp_path / kind.__name__ / "raw", "train" if train else "t10k", 7, 2, zipped)
    dataset = kind(tmp_path, train)
    assert len(dataset) == 7 and dataset.train is train
    assert dataset.data.dtype is mt.uint8 and dataset.targets.dtype is mt.int64
    np.testing.assert_array_equal(dataset.data.numpy(), images)
    np.testing.assert_array_equal(dataset.targets.numpy(), labels)
    for index in (0, 6, -1):
        image, target = dataset[index]
        assert isinstance(image, Image.Image) and image.mode == "L" and type(target) is int
        np.testing.assert_array_equal(np.array(image), images[index])
        assert target == labels[index]
    with pytest.raises(IndexError):
        dataset[7]


def test_transforms(root):
    dataset = MNIST(root, transform=ToTensor(), target_transform=lambda target: target + 100)
    image, target = dataset[3]
    assert image.shape == (1, 28, 28) and image.dtype is mt.float32
    np.testing.assert_array_equal(image.numpy()[0], dataset.data.numpy()[3] / np.float32(255))
    assert target == dataset.targets[3].item() + 100


def test_data_may_be_replaced(root):
    dataset = MNIST(root)
    dataset.data, dataset.targets = dataset.data[2:4], dataset.targets[2:4]
    first = MNIST(root)[2]
    assert len(dataset) == 2
    assert np.array_equal(np.array(dataset[0][0]), np.array(first[0])) and dataset[0][1] == first[1]


def test_classes():
    assert MNIST.classes[0] == "0 - zero" and FashionMNIST.classes[9] == "Ankle boot"
    assert len(MNIST.classes) == len(FashionMNIST.classes) == 10


def test_class_numbers_folder_and_repr(root):
    dataset = MNIST(str(root), train=False, transform=ToTensor(), target_transform=int)
    assert dataset.class_to_idx["7 - seven"] == 7
    assert dataset.raw_folder == str(root / "MNIST" / "raw")
    assert repr(dataset) == (
        "Dataset MNIST\n    Number of datapoints: 5\n"
        f"    Root location: {root}\n    Split: Test\n    StandardTransform\n"
        "Transform: ToTensor()\nTarget transform: <class 'int'>"
    )
    assert repr(MNIST(root)).endswith("Split: Train")


def test_a_dataset_can_be_pickled(root):
    dataset = pickle.loads(pickle.dumps(MNIST(root, transform=ToTensor())))
    assert len(dataset) == 12 and dataset[0][0].shape == (1, 28, 28)


def test_the_root_may_come_from_the_environment(root, monkeypatch):
    monkeypatch.setenv("MINITORCH_CV_DATA", str(root))
    assert len(MNIST()) == 12
    monkeypatch.delenv("MINITORCH_CV_DATA")
    with pytest.raises(ValueError, match=r"MNIST: no data folder: pass root=.* environment variable MINITORCH_CV_DATA"):
        MNIST()


def test_a_home_folder_is_written_out(root, monkeypatch):
    monkeypatch.setenv("HOME", str(root.parent))
    assert len(MNIST(f"~/{root.name}")) == 12


def test_missing_files_are_named(root):
    (root / "MNIST" / "raw" / "train-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(RuntimeError, match=r"Dataset not found\. You can use download=True to download it") as found:
        MNIST(root)
    text = str(found.value)
    assert f"expects in {root / 'MNIST' / 'raw'} (plain or as .gz): train-images-idx3-ubyte.gz, train-labels" in text
    assert "missing: train-labels-idx1-ubyte.gz. It can be fetched from https://" in text
    assert len(MNIST(root, train=False)) == 5


@pytest.mark.parametrize(
    ("name", "array", "match"),
    [
        ("train-images-idx3-ubyte.gz", np.zeros((11, 28, 28)), "has 11 images, but .*train-labels.* has 12 labels"),
        ("train-images-idx3-ubyte.gz", np.zeros((12, 28, 20)), "expected images of 28 x 28, found 28 x 20"),
        ("train-labels-idx1-ubyte.gz", [1] * 4 + [10] * 8, "label 10 at 4, expected 0 to 9"),
        ("train-images-idx3-ubyte.gz", np.zeros(12), r"expected the magic number 2051 \(images\), found 2049"),
        ("train-labels-idx1-ubyte.gz", np.zeros((12, 28, 28)), "found 2051; this is a file of images"),
    ],
)
def test_files_that_do_not_fit(root, name, array, match):
    path = root / "MNIST" / "raw" / name
    path.write_bytes(gzip.compress(idx_bytes(array)))
    with pytest.raises(RuntimeError, match=match) as found:
        MNIST(root)
    assert str(path) in str(found.value)


def test_an_empty_split(tmp_path):
    write_split(tmp_path / "MNIST" / "raw", "train", 0, seed=0)
    with pytest.raises(RuntimeError, match=r"train-images-idx3-ubyte\S* is corrupted: it has no images"):
        MNIST(tmp_path)


def test_download_fetches_what_is_missing(tmp_path, serve):
    folder = tmp_path / "mirror"
    write_split(folder, "train", 6, seed=0)
    write_split(folder, "t10k", 3, seed=1)

    class Local(MNIST):
        resources = [(name, digest_of(folder / name)) for name, _ in MNIST.resources]

    server = serve(folder)
    Local.mirrors = ["http://127.0.0.1:1", server.url.rstrip("/")]
    assert len(Local(tmp_path / "data", download=True)) == 6
    raw = tmp_path / "data" / "Local" / "raw"
    assert sorted(path.name for path in raw.iterdir()) == sorted(name for name, _ in MNIST.resources)
    (raw / "t10k-labels-idx1-ubyte.gz").unlink()
    assert len(Local(tmp_path / "data", train=False, download=True)) == 3
    assert len(server.asked) == 5
