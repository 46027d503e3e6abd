"""CIFAR-10 and CIFAR-100: both versions of the files, beside torchvision's classes, and all kinds of bad files."""

import os
import pickle

import numpy as np
import pytest
import torchvision.datasets as theirs

import minitorch_cv as mt
from minitorch_cv.utils.checksum import digest_of
from minitorch_cv.vision import datasets as ours
from tests.vision.datasets.checks import check_alike, check_can_be_copied, pack
from tests.vision.datasets.fixtures import write_cifar10, write_cifar100


def unchecked(kind):
    """Torchvision's class without the checksums of the real files."""

    class Unchecked(kind):
        train_list = [[name, None] for name, _ in kind.train_list]
        test_list = [[name, None] for name, _ in kind.test_list]
        meta = {**kind.meta, "md5": None}

    Unchecked.__name__ = kind.__name__
    return Unchecked


@pytest.fixture
def root(tmp_path):
    write_cifar10(tmp_path)
    write_cifar100(tmp_path)
    return str(tmp_path)


@pytest.mark.parametrize("name", ["CIFAR10", "CIFAR100"])
@pytest.mark.parametrize("train", [True, False])
def test_the_python_version(root, name, train):
    mine, reference = getattr(ours, name)(root, train), unchecked(getattr(theirs, name))(root, train)
    check_alike(mine, reference)
    np.testing.assert_array_equal(mine.data, reference.data)
    assert mine.data.shape == (len(mine), 32, 32, 3) and mine.data.dtype == np.uint8 and mine.train is train
    assert isinstance(mine.targets, list) and type(mine.targets[0]) is int
    with pytest.raises(IndexError):
        mine[len(mine)]
    check_can_be_copied(mine)


@pytest.mark.parametrize("name", ["CIFAR10", "CIFAR100"])
@pytest.mark.parametrize("train", [True, False])
def test_the_binary_version_is_the_same(root, tmp_path, name, train):
    (write_cifar10 if name == "CIFAR10" else write_cifar100)(tmp_path / "binary", binary=True)
    for options in ({}, {"coarse": True})[: 2 if name == "CIFAR100" else 1]:
        pickled = getattr(ours, name)(root, train, **options)
        binary = getattr(ours, name)(tmp_path / "binary", train, **options)
        np.testing.assert_array_equal(binary.data, pickled.data)
        assert binary.targets == pickled.targets and binary.classes == pickled.classes


def test_coarse_labels(root):
    fine, coarse = ours.CIFAR100(root), ours.CIFAR100(root, coarse=True)
    assert coarse.targets == [target % 20 for target in fine.targets]
    assert coarse.classes == [f"coarse_{k:02}" for k in range(20)] and coarse.class_to_idx["coarse_07"] == 7
    assert ours.CIFAR100.label_kind.count == 100
    np.testing.assert_array_equal(coarse.data, fine.data)


def test_transforms(root):
    def made(kind):
        return kind(root, transform=lambda image: image.size, target_transform=lambda target: -target)

    mine, reference = made(ours.CIFAR10), made(unchecked(theirs.CIFAR10))
    assert [mine[k] for k in range(50)] == [reference[k] for k in range(50)]


@pytest.mark.parametrize("encoding", ["bytes", "strings"])
@pytest.mark.parametrize("protocol", [0, 2, 3, 4])
def test_keys_and_names_may_be_bytes_or_strings(root, tmp_path, encoding, protocol):
    expected = ours.CIFAR10(root)
    for path in (tmp_path / "cifar-10-batches-py").iterdir():
        content = pickle.loads(path.read_bytes())
        if encoding == "bytes":
            content = {key.encode(): value for key, value in content.items()}
            for key in (b"label_names", b"filenames"):
                content[key] = [name.encode() for name in content.get(key, [])]
        path.write_bytes(pickle.dumps(content, protocol))
    found = ours.CIFAR10(root)
    np.testing.assert_array_equal(found.data, expected.data)
    assert (found.targets, found.classes) == (expected.targets, expected.classes)


def test_labels_may_be_an_array(tmp_path, root):
    expected = ours.CIFAR10(root).targets
    rewritten(tmp_path / "cifar-10-batches-py" / "data_batch_2", labels=np.arange(10))
    assert ours.CIFAR10(root).targets == expected


@pytest.mark.parametrize("form", [list, np.array])
def test_data_and_targets_may_be_of_another_kind(root, form):
    datasets = []
    for kind in (ours.CIFAR10, unchecked(theirs.CIFAR10)):
        dataset = kind(root)
        dataset.data, dataset.targets = form(255 - dataset.data[:7]), form([target % 2 for target in dataset.targets])
        datasets.append(dataset)
    mine, reference = datasets
    assert len(mine) == len(reference) == 7
    for k in (0, 6, -1):
        np.testing.assert_array_equal(np.array(mine[k][0]), np.array(reference[k][0]))
        assert mine[k][1] == reference[k][1] and type(mine[k][1]) is type(reference[k][1])
    mine.data = mt.tensor(np.array(mine.data))
    np.testing.assert_array_equal(np.array(mine[5][0]), np.array(reference[5][0]))


def test_data_may_be_replaced(root):
    dataset = ours.CIFAR10(root)
    dataset.data, dataset.targets = dataset.data[5:7], dataset.targets[5:7]
    assert len(dataset) == 2 and dataset[1][1] == 6


def test_missing_files_are_named(tmp_path, root, monkeypatch):
    monkeypatch.setenv("MINITORCH_CV_DATA", root)
    assert len(ours.CIFAR10()) == 50
    (tmp_path / "cifar-10-batches-py" / "data_batch_3").unlink()
    with pytest.raises(RuntimeError, match=r"^Dataset not found\. You can use download=True to download it\.") as found:
        ours.CIFAR10()
    text = str(found.value)
    folder = tmp_path / "cifar-10-batches-py"
    assert f"CIFAR10 expects in {folder}: data_batch_1, " in text
    assert f"missing in {folder}: data_batch_3." in text
    assert f"read too, from {tmp_path / 'cifar-10-batches-bin'}. It can be fetched from https://www.cs.toronto" in text
    assert len(ours.CIFAR10(train=False)) == 10
    write_cifar10(tmp_path / "b", binary=True)
    (tmp_path / "b" / "cifar-10-batches-bin" / "batches.meta.txt").unlink()
    with pytest.raises(RuntimeError, match=r"missing in .*cifar-10-batches-bin: batches\.meta\.txt\."):
        ours.CIFAR10(tmp_path / "b")


def rewritten(path, **changes):
    content = pickle.loads(path.read_bytes())
    for key, value in changes.items():
        if value is None:
            del content[key]
        else:
            content[key] = value
    path.write_bytes(pickle.dumps(content, 2))


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"data": np.zeros((10, 3071), np.uint8)}, r"expected data of uint8 \(N, 3072\), found uint8 \(10, 3071\)"),
        ({"data": np.zeros((10, 3072), np.float32)}, r"found float32 \(10, 3072\)"),
        ({"data": np.zeros((10, 3, 32, 32), np.uint8)}, r"found uint8 \(10, 3, 32, 32\)"),
        ({"data": [1, [2]]}, r"found list \[1, \[2\]\]"),
        ({"labels": np.full(10, 0.5)}, "expected labels to be a list of whole numbers, found list"),
        ({"data": np.zeros((0, 3072), np.uint8), "labels": []}, "it has no images"),
        ({"data": np.zeros((9, 3072), np.uint8)}, "it has 9 images and 10 labels"),
        ({"labels": [0] * 9 + [10]}, "label 10 at 9, expected 0 to 9"),
        ({"labels": [-1] * 10}, "label -1 at 0, expected 0 to 9"),
        ({"labels": [0.5] * 10}, "expected labels to be a list of whole numbers, found list"),
        ({"labels": "0123456789"}, "expected labels to be a list of whole numbers, found str '0123456789'"),
        ({"labels": None}, "it has no labels, but 'batch_label', 'data', 'filenames'"),
        ({"data": None}, "it has no data, but 'batch_label'"),
    ],
)
def test_a_bad_batch(tmp_path, root, changes, match):
    path = tmp_path / "cifar-10-batches-py" / "data_batch_2"
    rewritten(path, **changes)
    with pytest.raises(RuntimeError, match=match) as found:
        ours.CIFAR10(root)
    assert str(found.value).startswith(f"{path} is corrupted: ") and "download=True does" in str(found.value)


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"", "cannot be read as a pickle"),
        (b"<html>", "cannot be read as a pickle"),
        (pickle.dumps([1, 2], 2), "expected a dict with data and labels, found list"),
        (pickle.dumps({}, 2), "it has no data, but nothing"),
    ],
)
def test_a_file_that_is_no_batch(tmp_path, root, content, match):
    path = tmp_path / "cifar-10-batches-py" / "data_batch_2"
    path.write_bytes(content)
    with pytest.raises(RuntimeError, match=match) as found:
        ours.CIFAR10(root)
    assert str(found.value).startswith(f"{path} is corrupted: ")


def test_a_batch_that_would_fill_the_memory_if_written_out(root, tmp_path):
    nested: list = []
    for _ in range(60):
        nested = [nested] * 8  # eight times the same
    path = tmp_path / "cifar-10-batches-py" / "data_batch_2"
    for changes in ({"data": nested}, {"labels": nested}):
        rewritten(path, **changes)
        with pytest.raises(RuntimeError, match=r"data_batch_2 is corrupted: expected .*found list \[\["):
            ours.CIFAR10(root)


def test_a_batch_that_is_cut_off(tmp_path, root):
    path = tmp_path / "cifar-100-python" / "train"
    path.write_bytes(path.read_bytes()[:-3000])
    with pytest.raises(RuntimeError, match=r"train is corrupted: it cannot be read as a pickle .*get it again"):
        ours.CIFAR100(root)


class Evil:
    def __reduce__(self):
        return os.system, ("echo evil",)


def test_a_hostile_batch(tmp_path, root):
    path = tmp_path / "cifar-10-batches-py" / "data_batch_2"
    rewritten(path, labels=Evil())
    with pytest.raises(
        pickle.UnpicklingError, match=r"names (posix|nt)\.system, which is not read.*delete the file"
    ) as found:
        ours.CIFAR10(root)
    assert str(path) in str(found.value)


@pytest.mark.parametrize(
    ("names", "match"),
    [
        (["a"] * 9, "expected 10 names of classes, found 9"),
        ("abc", "expected label_names to be a list of names"),
        ([1], "list of names"),
    ],
)
def test_a_bad_meta_file(tmp_path, root, names, match):
    path = tmp_path / "cifar-10-batches-py" / "batches.meta"
    rewritten(path, label_names=names)
    with pytest.raises(RuntimeError, match=match) as found:
        ours.CIFAR10(root)
    assert str(found.value).startswith(f"{path} is corrupted: ")


@pytest.mark.parametrize(
    ("name", "content", "match"),
    [
        ("train.bin", b"", "it has 0 bytes, which is not a number of records of 3074"),
        ("train.bin", bytes(3073), "it has 3073 bytes"),
        ("train.bin", b"\x00\x64" + bytes(3072), "label 100 at 0, expected 0 to 99"),
        ("fine_label_names.txt", b"a\nb\n", "expected 100 names of classes, found 2"),
        ("fine_label_names.txt", b"\xff\xfe", "it is not a text of class names"),
    ],
)
def test_bad_binary_files(tmp_path, name, content, match):
    write_cifar100(tmp_path, binary=True)
    path = tmp_path / "cifar-100-binary" / name
    path.write_bytes(content)
    with pytest.raises(RuntimeError, match=match) as found:
        ours.CIFAR100(tmp_path)
    assert str(found.value).startswith(f"{path} is corrupted: ")


def test_downloading(tmp_path, root, serve):
    (tmp_path / "mirror").mkdir()
    archive = pack(tmp_path, ["cifar-10-batches-py"], tmp_path / "mirror" / "cifar-10-python.tar.gz")
    server = serve(tmp_path / "mirror")

    class Local(ours.CIFAR10):
        url = f"{server.url}cifar-10-python.tar.gz"
        tgz_md5 = digest_of(archive)

    fetched = Local(tmp_path / "new", download=True)
    np.testing.assert_array_equal(fetched.data, ours.CIFAR10(root).data)
    assert len(Local(tmp_path / "new", train=False, download=True)) == 10 and len(server.asked) == 1
    Local.tgz_md5 = "0" * 32
    with pytest.raises(RuntimeError, match=r"(?s)Error downloading cifar-10-python\.tar\.gz.*its md5 is"):
        Local(tmp_path / "other", download=True)
    assert os.listdir(tmp_path / "other") == []
