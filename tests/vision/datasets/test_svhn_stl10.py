"""SVHN and STL-10, beside torchvision's classes, and damaged files."""

import os
from pathlib import Path

import numpy as np
import pytest
import torchvision.datasets as theirs
from scipy.io import savemat

import minitorch_cv as mt
from minitorch_cv.utils.checksum import digest_of
from minitorch_cv.vision.datasets import STL10, SVHN
from tests.vision.datasets.checks import check_can_be_copied, check_raises_alike, pack
from tests.vision.datasets.fixtures import write_stl10, write_svhn


@pytest.fixture(autouse=True)
def unchecked(monkeypatch):
    """Torchvision reads without the checksums of the real files."""
    for module in (theirs.svhn, theirs.stl10):
        monkeypatch.setattr(module, "check_integrity", lambda path, md5=None: os.path.isfile(path))


def check_arrays_alike(mine, reference):
    assert len(mine) == len(reference) > 0 and repr(mine) == repr(reference)
    for name in ("data", "labels"):
        found, expected = getattr(mine, name), getattr(reference, name)
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(found, expected)
    assert getattr(reference, "classes", None) in (None, getattr(mine, "classes", None))
    for k in (*range(0, len(reference), 3), -1):
        (image, label), (expected, their_label) = mine[k], reference[k]
        assert (image.mode, image.tobytes(), label) == (expected.mode, expected.tobytes(), their_label)
        assert type(label) is type(their_label) is int


def check_may_be_replaced(kind, root):
    """Images and labels of other kinds give the same samples."""
    dataset, plain = kind(root), kind(root)
    dataset.data, dataset.labels = mt.tensor(plain.data.copy()), [int(label) for label in plain.labels]
    for k in (0, 3, -1):
        np.testing.assert_array_equal(np.array(dataset[k][0]), np.array(plain[k][0]))
        assert dataset[k][1] == plain[k][1] and type(dataset[k][1]) is int
    dataset.data, dataset.labels = list(plain.data[:2]), mt.tensor([7, 8])
    assert len(dataset) == 2 and dataset[1][1] == 8


class TestSVHN:
    @pytest.mark.parametrize("split", ["train", "test", "extra"])
    def test_reading(self, tmp_path, split):
        write_svhn(tmp_path)
        check_arrays_alike(SVHN(str(tmp_path), split), theirs.SVHN(str(tmp_path), split))
        assert SVHN(tmp_path, split).labels.tolist() == [*range(10), *range(10)]
        check_can_be_copied(SVHN(tmp_path, split))

    def test_transforms_and_other_kinds_of_data(self, tmp_path):
        write_svhn(tmp_path)

        def made(kind):
            return kind(str(tmp_path), transform=lambda image: image.size, target_transform=lambda target: -target)

        assert [made(SVHN)[k] for k in range(20)] == [made(theirs.SVHN)[k] for k in range(20)]
        check_may_be_replaced(SVHN, tmp_path)

    def test_files_are_torchvisions(self):
        assert SVHN.split_list == theirs.SVHN.split_list

    def test_missing(self, tmp_path):
        root = str(tmp_path)
        with pytest.raises(
            RuntimeError, match=r"^Dataset not found\. .*SVHN expects .*train_32x32\.mat\. It can be fe"
        ):
            SVHN(root)
        check_raises_alike(lambda: SVHN(root, "val"), lambda: theirs.SVHN(root, "val"), "Unknown value 'val' for argum")

    @pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.95])
    def test_a_file_that_is_cut_off(self, tmp_path, share):
        write_svhn(tmp_path)
        path = tmp_path / "train_32x32.mat"
        raw = path.read_bytes()
        path.write_bytes(raw[: int(len(raw) * share)])
        with pytest.raises(RuntimeError, match=r"train_32x32\.mat is corrupted: .*Delete it and get it again"):
            SVHN(tmp_path)

    @pytest.mark.parametrize(
        ("changed", "match"),
        [
            ({"X": np.zeros((32, 32, 3, 4))}, r"expected X of uint8 \(32, 32, 3, N\), found float64 \(32, 32, 3, 4\)"),
            ({"X": np.zeros((28, 28, 3, 4), np.uint8)}, r"found uint8 \(28, 28, 3, 4\)"),
            ({"X": np.zeros((32, 32, 3, 5), np.uint8)}, "it has 5 images and 4 labels"),
            ({"X": np.zeros((32, 32, 3, 0), np.uint8)}, "it has no images"),
            ({"y": np.array([1, 2, 11, 3])}, "label 11 at 2, expected 1 to 10"),
            ({"y": np.array(["a", "b"], object)}, "its variable y is no array of numbers"),
            ({"y": None}, "it has no variable y, but X"),
        ],
    )
    def test_other_content(self, tmp_path, changed, match):
        content = {"X": np.zeros((32, 32, 3, 4), np.uint8), "y": np.arange(1, 5)} | changed
        savemat(tmp_path / "test_32x32.mat", {key: value for key, value in content.items() if value is not None})
        with pytest.raises(RuntimeError, match=match) as found:
            SVHN(tmp_path, "test")
        assert str(tmp_path / "test_32x32.mat") in str(found.value)

    def test_no_mat_file(self, tmp_path):
        (tmp_path / "train_32x32.mat").write_text("<html>" + "not found " * 100)
        with pytest.raises(RuntimeError, match=r"it cannot be read as a \.mat file"):
            SVHN(tmp_path)

    def test_download(self, tmp_path, serve):
        (tmp_path / "served").mkdir()
        write_svhn(tmp_path / "served")
        server = serve(tmp_path / "served")

        class Local(SVHN):
            split_list = {
                split: [server.url + name, name, digest_of(tmp_path / "served" / name)]
                for split, (_, name, _) in SVHN.split_list.items()
            }

        for _ in range(2):
            assert len(Local(tmp_path / "data", "test", download=True)) == 20
        assert len(server.asked) == 1 and sorted(os.listdir(tmp_path / "data")) == ["test_32x32.mat"]


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A folder with STL-10."""
    folder = tmp_path_factory.mktemp("stl10")
    write_stl10(folder)
    return str(folder)


class TestSTL10:
    @pytest.mark.parametrize("split", STL10.splits)
    @pytest.mark.parametrize("folds", [None, 0, 7])
    def test_reading(self, root, split, folds):
        if folds is None or "train" in split:
            check_arrays_alike(STL10(root, split, folds), theirs.STL10(root, split, folds))

    def test_transforms_and_other_kinds_of_data(self, root):
        def made(kind):
            return kind(root, transform=lambda image: image.size, target_transform=lambda target: -target)

        assert [made(STL10)[k] for k in range(10)] == [made(theirs.STL10)[k] for k in range(10)]
        check_may_be_replaced(STL10, root)
        check_can_be_copied(STL10(root))

    def test_archive_is_torchvisions(self):
        for name in ("url", "filename", "tgz_md5", "base_folder", "splits"):
            assert getattr(STL10, name) == getattr(theirs.STL10, name)

    def test_what_is_not_as_it_should_be(self, root, tmp_path):
        for options, match in (
            ({"split": "val"}, "Unknown value 'val' for argument split"),
            ({"folds": 10}, r"Value for argument folds should be in the range \[0, 10\), but got 10"),
            ({"folds": "1"}, "Expected type None or int for argument folds, but got type <class 'str'>"),
        ):
            check_raises_alike(lambda o=options: STL10(root, **o), lambda o=options: theirs.STL10(root, **o), match)
        with pytest.raises(RuntimeError, match=r"^Dataset not found\. .*train_X\.bin, train_y\.bin; missing: train_X"):
            STL10(tmp_path)
        with pytest.raises(RuntimeError, match=r"missing: train_X\.bin, train_y\.bin, unlabeled_X\.bin, fold_ind"):
            STL10(tmp_path, "train+unlabeled", 3)

    @pytest.mark.parametrize(
        ("name", "content", "match"),
        [
            ("train_X.bin", bytes(1000), "it has 1000 bytes, which is not a number of images of 27648"),
            ("train_X.bin", b"", "it has 0 bytes"),
            ("train_y.bin", bytes([1] * 9), "it has 9 labels for 10 images"),
            ("train_y.bin", bytes([1] * 9 + [11]), "label 11 at 9, expected 1 to 10"),
            ("train_y.bin", bytes([0] * 10), "label 0 at 0, expected 1 to 10"),
            ("fold_indices.txt", b"0 1\n2 3\n", "expected 10 lines of numbers, found 2"),
            ("fold_indices.txt", b"0 10\n" * 10, "line 2 should have numbers of images, 0 to 9"),
            ("fold_indices.txt", b"\xff x\n" * 10, "line 2 should have numbers of images"),
        ],
    )
    def test_damaged_files(self, tmp_path, name, content, match):
        write_stl10(tmp_path, unlabelled=1)
        (tmp_path / "stl10_binary" / name).write_bytes(content)
        with pytest.raises(RuntimeError, match=match) as found:
            STL10(tmp_path, folds=1)
        assert str(tmp_path / "stl10_binary" / name) in str(found.value)

    def test_download(self, root, tmp_path, serve):
        class Local(STL10):
            tgz_md5 = digest_of(pack(Path(root), ["stl10_binary"], tmp_path / "stl10_binary.tar.gz"))
            url = serve(tmp_path).url + "stl10_binary.tar.gz"

        assert len(Local(tmp_path / "data", "unlabeled", download=True)) == 3
        (tmp_path / "data" / "stl10_binary" / "class_names.txt").unlink()
        assert Local(tmp_path / "data", "test", download=True).classes == theirs.STL10(root).classes
