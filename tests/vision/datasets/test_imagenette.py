"""Imagenette, beside torchvision's class."""

import pytest
import torchvision.datasets as theirs

from minitorch_cv.utils.checksum import digest_of
from minitorch_cv.vision.datasets import Imagenette
from tests.vision.datasets.checks import check_alike, check_can_be_copied, check_raises_alike, pack
from tests.vision.datasets.fixtures import write_imagenette


@pytest.mark.parametrize("size", ["full", "320px", "160px"])
@pytest.mark.parametrize("split", ["train", "val"])
def test_reading(tmp_path, split, size):
    write_imagenette(tmp_path, size, pixels=(9, 12))
    dataset = Imagenette(str(tmp_path), split, size)
    check_alike(dataset, theirs.Imagenette(str(tmp_path), split, size))
    assert dataset.targets == [label for label in range(10) for _ in range(2)]
    check_can_be_copied(dataset)


def test_transforms_and_loader(tmp_path):
    write_imagenette(tmp_path, pixels=(9, 12))

    def made(kind):
        return kind(
            str(tmp_path),
            size="160px",
            transform=str.upper,
            target_transform=lambda target: target * 2,
            loader=lambda path: path[-15:],
        )

    assert [made(Imagenette)[k] for k in range(20)] == [made(theirs.Imagenette)[k] for k in range(20)]
    assert made(Imagenette)[19][1] == 18


def test_the_classes_are_torchvisions():
    assert Imagenette.wnid_to_class == theirs.Imagenette._WNID_TO_CLASS
    assert Imagenette.archives == theirs.Imagenette._ARCHIVES


def test_what_is_not_as_it_should_be(tmp_path):
    root = str(tmp_path)
    check_raises_alike(
        lambda: Imagenette(root), lambda: theirs.Imagenette(root), r"expects .*imagenette2/train/WNID/\*\.JPEG\. It can"
    )
    check_raises_alike(
        lambda: Imagenette(root, "test"),
        lambda: theirs.Imagenette(root, "test"),
        "Unknown value 'test' for argument split",
    )
    check_raises_alike(
        lambda: Imagenette(root, size="64"),
        lambda: theirs.Imagenette(root, size="64"),
        "Unknown value '64' for argument si",
    )
    check_raises_alike(
        lambda: Imagenette(root, size=160),
        lambda: theirs.Imagenette(root, size=160),
        "Expected type str for argument size",
    )
    write_imagenette(tmp_path)
    with pytest.raises(
        RuntimeError, match=r"imagenette2/val/WNID/\*\.JPEG \(there is size='160px'\)\. It can be fetched"
    ):
        Imagenette(tmp_path, "val")
    folder = tmp_path / "imagenette2-160" / "val"
    (folder / "n01440764").rename(folder / "tench")
    with pytest.raises(RuntimeError, match="class folders missing: n01440764; none of its classes: tench"):
        Imagenette(tmp_path, "val", "160px")


def test_downloading(tmp_path, serve):
    write_imagenette(tmp_path, pixels=(9, 12))
    (tmp_path / "mirror").mkdir()
    archive = pack(tmp_path, ["imagenette2-160"], tmp_path / "mirror" / "imagenette2-160.tgz")
    server = serve(tmp_path / "mirror")

    class Local(Imagenette):
        archives = {"160px": (f"{server.url}imagenette2-160.tgz", digest_of(archive))}

    assert len(Local(tmp_path / "new", size="160px", download=True)) == 20
    assert len(Local(tmp_path / "new", "val", size="160px", download=True)) == 20 and len(server.asked) == 1
