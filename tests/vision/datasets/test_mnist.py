"""MNIST and the datasets in its format, on small files."""

import gzip
import pickle
import zipfile

import numpy as np
import pytest
import torchvision.datasets as theirs
from PIL import Image

import minitorch_cv as mt
from minitorch_cv.utils.checksum import digest_of
from minitorch_cv.vision.datasets import EMNIST, KMNIST, MNIST, FashionMNIST
from minitorch_cv.vision.transforms import ToTensor
from tests.vision.datasets.checks import check_alike, check_can_be_copied, check_raises_alike
from tests.vision.datasets.fixtures import write_emnist, write_mnist
from tests.vision.datasets.idx_files import idx_bytes, write_split


@pytest.fixture
def root(tmp_path):
    write_split(tmp_path / "MNIST" / "raw", "train", 12, seed=0)
    write_split(tmp_path / "MNIST" / "raw", "t10k", 5, seed=1)
    return tmp_path


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("kind", [MNIST, FashionMNIST, KMNIST])
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


@pytest.mark.parametrize("form", [list, np.array, mt.tensor])
def test_targets_may_be_of_another_kind(root, form):
    """A script makes the labels those of two classes; the last one is NumPy's or the list's own way to index."""
    dataset = MNIST(root, target_transform=lambda target: (type(target), target))
    dataset.targets = form([int(target) % 2 for target in dataset.targets])
    assert [dataset[k][1] for k in (0, 5, -1)] == [(int, int(dataset.targets[k])) for k in (0, 5, -1)]


@pytest.mark.parametrize("form", [list, lambda pixels: pixels, mt.tensor], ids=["list", "array", "tensor"])
def test_data_may_be_of_another_kind(root, form):
    dataset = MNIST(root)
    pixels = 255 - dataset.data.numpy()
    dataset.data = form(pixels)
    assert len(dataset) == 12
    for k in (0, 5, -1):
        assert dataset[k][0].mode == "L"
        np.testing.assert_array_equal(np.array(dataset[k][0]), pixels[k])


def test_old_names(root):
    write_mnist(root, zipped=False)
    mine, reference = MNIST(root), theirs.MNIST(root)
    for name in ("train_labels", "test_labels", "train_data", "test_data"):
        with pytest.warns(UserWarning) as expected:
            their_value = getattr(reference, name)
        with pytest.warns(UserWarning, match=f"^{name} has been renamed (targets|data)$") as found:
            value = getattr(mine, name)
        assert str(found[0].message) == str(expected[0].message) and found[0].filename == __file__
        np.testing.assert_array_equal(value.numpy(), their_value.numpy())
    assert (mine.raw_folder, mine.processed_folder) == (reference.raw_folder, reference.processed_folder)
    assert mine._check_exists() is reference._check_exists() is True
    next((root / "MNIST" / "raw").glob("t10k-labels-idx1-ubyte")).unlink()
    (root / "MNIST" / "raw" / "t10k-labels-idx1-ubyte.gz").unlink()
    assert mine._check_exists() is reference._check_exists() is False


@pytest.mark.parametrize("kind", ["MNIST", "FashionMNIST", "KMNIST"])
@pytest.mark.parametrize("train", [True, False])
def test_reading_beside_torchvision(tmp_path, kind, train):
    write_mnist(tmp_path, kind, zipped=False)
    mine, reference = (getattr(m, kind)(str(tmp_path), train) for m in (mt.vision.datasets, theirs))
    check_alike(mine, reference)
    assert mine.class_to_idx == reference.class_to_idx
    for name in ("mirrors", "resources"):
        assert getattr(mine, name) == getattr(reference, name)


class TestEMNIST:
    @pytest.mark.parametrize("split", EMNIST.splits)
    @pytest.mark.parametrize("train", [True, False])
    def test_reading(self, tmp_path, split, train):
        write_emnist(tmp_path, split, len(EMNIST.classes_split_dict[split]), zipped=False)
        mine, reference = (kind(str(tmp_path), split, train=train) for kind in (EMNIST, theirs.EMNIST))
        check_alike(mine, reference)
        assert (mine.images_file, mine.labels_file) == (reference.images_file, reference.labels_file)
        assert mine.class_to_idx == reference.class_to_idx
        check_can_be_copied(mine)

    def test_classes_and_archive_are_torchvisions(self):
        assert EMNIST.classes_split_dict == theirs.EMNIST.classes_split_dict
        assert (EMNIST.url, EMNIST.md5, EMNIST.splits) == (theirs.EMNIST.url, theirs.EMNIST.md5, theirs.EMNIST.splits)

    def test_gzipped_files(self, tmp_path):
        write_emnist(tmp_path, "letters", 27)
        assert len(EMNIST(tmp_path, "letters")) == 54 and EMNIST(tmp_path, "letters").classes[3] == "c"
        np.testing.assert_array_equal(EMNIST(tmp_path, split="letters", train=False).targets.numpy(), list(range(27)))

    def test_what_is_not_as_it_should_be(self, tmp_path):
        check_raises_alike(
            lambda: EMNIST(tmp_path, "all"), lambda: theirs.EMNIST(tmp_path, "all"), "Unknown value 'all' for argument"
        )
        check_raises_alike(
            lambda: EMNIST(tmp_path, "digits"),
            lambda: theirs.EMNIST(tmp_path, "digits"),
            r"emnist-digits-train-labels-idx1-ubyte\.gz; missing: .*fetched from https://biometrics",
        )
        write_emnist(tmp_path, "digits", 12)
        with pytest.raises(
            RuntimeError, match=r"emnist-digits-train-labels\S+ is corrupted: label 10 at 10, expected 0"
        ):
            EMNIST(tmp_path, "digits")
        with pytest.raises(TypeError, match="unexpected keyword argument 'compat'"):
            EMNIST(tmp_path, "digits", compat=True)

    def test_download(self, tmp_path, serve):
        write_emnist(tmp_path / "made", "mnist", 10)
        served = tmp_path / "served"
        served.mkdir()
        with zipfile.ZipFile(served / "gzip.zip", "w") as file:
            for path in (tmp_path / "made" / "EMNIST" / "raw").iterdir():
                file.write(path, f"gzip/{path.name}")

        class Local(EMNIST):
            url = serve(served).url + "gzip.zip"
            md5 = digest_of(served / "gzip.zip")

        assert len(Local(tmp_path / "data", "mnist", download=True)) == 20
        assert len(Local(tmp_path / "data", "mnist", train=False, download=True)) == 10


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
