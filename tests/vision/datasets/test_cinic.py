"""CINIC-10, beside torchvision's ImageFolder on the same files."""

import os
import tarfile

import pytest
import torchvision.datasets as theirs

from minitorch_cv.utils.checksum import digest_of
from minitorch_cv.vision.datasets import CINIC10
from tests.vision.datasets.checks import check_can_be_copied, pack, plain
from tests.vision.datasets.fixtures import CIFAR10_CLASSES, write_cinic10


@pytest.mark.parametrize("split", ["train", "valid", "test"])
def test_reading(tmp_path, split):
    write_cinic10(tmp_path)
    dataset = CINIC10(str(tmp_path), split, target_transform=lambda target: target)
    reference = theirs.ImageFolder(str(tmp_path / "CINIC-10" / split))
    assert (dataset.samples, dataset.targets, dataset.classes) == (
        reference.samples,
        reference.targets,
        CIFAR10_CLASSES,
    )
    assert [plain(sample) for sample in dataset] == [plain(s) for s in reference]
    text = f"Dataset CINIC10\n    Number of datapoints: 20\n    Root location: {tmp_path}\n    Split: {split}"
    assert repr(dataset).startswith(text)
    check_can_be_copied(CINIC10(tmp_path, split))


def test_transforms_and_loader(tmp_path, monkeypatch):
    write_cinic10(tmp_path)
    monkeypatch.setenv("MINITORCH_CV_DATA", str(tmp_path))
    assert CINIC10(transform=str.upper, target_transform=str, loader=os.path.basename)[2] == ("IMAGE_0000.PNG", "1")


def test_what_is_not_as_it_should_be(tmp_path):
    with pytest.raises(RuntimeError, match=r"^Dataset not found\. You can use download=True") as found:
        CINIC10(tmp_path)
    assert f"CINIC10 expects {tmp_path / 'CINIC-10' / 'train'}/CLASS/*.png. It can be fetched from" in str(found.value)
    with pytest.raises(
        ValueError, match=r"Unknown value 'val' for argument split\. Valid values are \{'train', 'valid', 't"
    ):
        CINIC10(tmp_path, "val")
    with pytest.raises(ValueError, match=r"Expected type str for argument split, but got type <class 'bool'>\."):
        CINIC10(tmp_path, False)
    write_cinic10(tmp_path)
    folder = tmp_path / "CINIC-10" / "train"
    (folder / "airplane").rename(folder / "aeroplane")
    with pytest.raises(RuntimeError, match="class folders missing: airplane; none of its classes: aeroplane") as found:
        CINIC10(tmp_path)
    assert str(found.value).startswith(f"{folder} is not as expected")
    (folder / "aeroplane").rename(folder / "airplane")
    for path in (folder / "cat").iterdir():
        path.unlink()
    with pytest.raises(FileNotFoundError, match="Found no valid file for the classes cat"):
        CINIC10(tmp_path)


@pytest.mark.parametrize("top", [True, False])
def test_downloading(tmp_path, serve, top):
    """The archive may have a first folder CINIC-10, or have the splits at its top."""
    write_cinic10(tmp_path / "made")
    (tmp_path / "mirror").mkdir()
    base = tmp_path / "made" if top else tmp_path / "made" / "CINIC-10"
    archive = pack(base, sorted(os.listdir(base)), tmp_path / "mirror" / "CINIC-10.tar.gz")
    with tarfile.open(archive) as tar:
        assert ("CINIC-10/train" in tar.getnames()) is top
    server = serve(tmp_path / "mirror")

    class Local(CINIC10):
        urls = ("http://127.0.0.1:1/CINIC-10.tar.gz", f"{server.url}CINIC-10.tar.gz")
        tgz_md5 = digest_of(archive)

    for split in ("train", "valid"):
        assert len(Local(tmp_path / "new", split, download=True)) == 20
    assert len(server.asked) == 1
