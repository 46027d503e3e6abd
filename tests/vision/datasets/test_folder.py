"""DatasetFolder, ImageFolder and what they are made of, beside torchvision's on the same folders."""

import os
import re
from functools import partial

import numpy as np
import pytest
import torchvision.datasets as theirs
from PIL import Image, UnidentifiedImageError
from torchvision.datasets import folder as their_folder

from minitorch_cv.vision import datasets as ours
from tests.vision.datasets.checks import check_alike, check_can_be_copied, check_raises_alike
from tests.vision.datasets.fixtures import picture


def save(path, label=0, number=0, mode="RGB"):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture(label, number, (6, 5))).convert(mode).save(path)


@pytest.fixture
def root(tmp_path):
    """Three classes, with subfolders, names in a difficult order, other files, and images of several modes."""
    folder = tmp_path / "images"
    for k, name in enumerate(["cat/b.png", "cat/a.PNG", "cat/B.png", "cat/x-y/2.jpg", "cat/x/2.JPEG", "cat/x/10.bmp"]):
        save(folder / name, 0, k)
    save(folder / "Dog" / "grey.png", 1, mode="L")
    save(folder / "Dog" / "palette.png", 1, 1, mode="P")
    save(folder / "Dog" / "alpha.png", 1, 2, mode="RGBA")
    save(folder / "ant" / "deep" / "er" / "a.webp", 2)
    (folder / "cat" / "notes.txt").write_text("not an image")
    (folder / "a file beside the classes.png").write_text("")
    os.symlink(folder / "ant" / "deep", folder / "ant" / "link")
    return str(folder)


def test_image_folder(root):
    check_alike(ours.ImageFolder(root), theirs.ImageFolder(root))
    dataset = ours.ImageFolder(root)
    assert dataset.classes == ["Dog", "ant", "cat"] and len(dataset) == 11
    assert dataset[0][0].mode == "RGB" and type(dataset[0][1]) is int
    check_can_be_copied(dataset)


def test_transforms(root):
    def made(module):
        return module.ImageFolder(root, lambda image: image.size, lambda target: target + 10, loader=Image.open)

    assert [made(ours)[k] for k in range(11)] == [made(theirs)[k] for k in range(11)] and made(ours)[0] == ((5, 6), 10)


def test_is_valid_file(root):
    def valid(path):
        return os.path.basename(path) in ("a.PNG", "a.webp", "grey.png")

    check_alike(ours.ImageFolder(root, is_valid_file=valid), theirs.ImageFolder(root, is_valid_file=valid))


def test_dataset_folder(root):
    def made(module, **options):
        return module.DatasetFolder(root, lambda path: os.path.basename(path), **options)

    check_alike(made(ours, extensions=(".png", ".webp")), made(theirs, extensions=(".png", ".webp")))
    assert made(ours, extensions=(".png", ".webp")).extensions == (".png", ".webp")
    options = {"extensions": (".txt",), "allow_empty": True}
    check_alike(made(ours, **options), made(theirs, **options))
    check_raises_alike(
        lambda: made(ours, extensions=(".txt",)),
        lambda: made(theirs, extensions=(".txt",)),
        r"Found no valid file for the classes Dog, ant\. Supported extensions are: \.txt\. Looked in .*allow_empty",
    )
    check_raises_alike(
        lambda: made(ours, is_valid_file=lambda path: False),
        lambda: made(theirs, is_valid_file=lambda path: False),
        "Found no valid file for the classes Dog, ant, cat",
    )
    for both in ({}, {"extensions": (".png",), "is_valid_file": bool}):
        check_raises_alike(partial(made, ours, **both), partial(made, theirs, **both), "Both extensions and is_valid")


def test_overridden_methods_are_used(root):
    def made(module):
        class Some(module.ImageFolder):
            def find_classes(self, directory):
                return ["cat", "ant"], {"cat": 0, "ant": 1}

            @staticmethod
            def make_dataset(directory, class_to_idx, extensions=None, is_valid_file=None, allow_empty=False):
                assert extensions and not allow_empty and is_valid_file is None
                return module.DatasetFolder.make_dataset(directory, class_to_idx, extensions)[::2]

        return Some(root)

    check_alike(made(ours), made(theirs))


def test_make_dataset_and_find_classes(root):
    assert ours.find_classes(root) == their_folder.find_classes(root)
    for arguments in (
        (None, (".png", ".webp")),
        ({"cat": 5}, (".png", ".bmp")),
        ({"cat": 5, "Dog": 0}, None, lambda path: path.endswith("g")),
        ({"cat": 5, "elephant": 6}, ".png", None, True),
    ):
        assert ours.make_dataset(root, *arguments) == their_folder.make_dataset(root, *arguments)
    for arguments, match in (
        (({}, ".png"), "must have at least one entry to collect any samples"),
        ((None, None), "Both extensions and is_valid_file cannot be None or not None at the same time"),
        (({"elephant": 6}, ".png"), r"Found no valid file for the classes elephant\. Supported extensions are: \.png"),
    ):
        check_raises_alike(
            partial(ours.make_dataset, root, *arguments), partial(their_folder.make_dataset, root, *arguments), match
        )
    check_raises_alike(
        lambda: ours.ImageFolder.make_dataset(root, None, ".png"),
        lambda: theirs.ImageFolder.make_dataset(root, None, ".png"),
        "The class_to_idx parameter cannot be None",
    )


def test_folders_without_classes(tmp_path, root):
    (tmp_path / "empty").mkdir()
    check_raises_alike(
        lambda: ours.ImageFolder(str(tmp_path / "empty")),
        lambda: theirs.ImageFolder(str(tmp_path / "empty")),
        r"Couldn't find any class folder in .*empty\. Expected is a folder for each class",
    )
    with pytest.raises(FileNotFoundError, match=r"class folder in .*none\. There is no such folder"):
        ours.ImageFolder(tmp_path / "none")
    os.makedirs(os.path.join(root, "elephant"))
    with pytest.raises(FileNotFoundError, match="Found no valid file for the classes elephant"):
        ours.ImageFolder(root)
    assert len(ours.ImageFolder(root, allow_empty=True).classes) == 4


def test_extensions():
    assert ours.IMG_EXTENSIONS == their_folder.IMG_EXTENSIONS
    for name in ("a.jpg", "A.JPEG", "a.jpg.txt", "jpg", "a.webp", ".png", "a.gif"):
        assert ours.is_image_file(name) == their_folder.is_image_file(name)
        for extensions in (".txt", (".jpg", ".gif")):
            expected = their_folder.has_file_allowed_extension(name, extensions)
            assert ours.has_file_allowed_extension(name, extensions) == expected


def test_loader(root):
    for name in ("cat/a.PNG", "Dog/grey.png", "Dog/palette.png", "Dog/alpha.png", "cat/x/10.bmp"):
        path = os.path.join(root, name)
        found, expected = ours.default_loader(path), their_folder.default_loader(path)
        assert found.mode == expected.mode == "RGB"
        np.testing.assert_array_equal(np.array(found), np.array(expected))


def damaged(path, kind):
    save(path, 3, 4)
    raw = path.read_bytes()
    content = {
        "empty": b"",
        "no image": b"<html>not found</html>",
        "cut off": raw[: len(raw) // 2],
        "header": raw[:20],
        "wrong bytes": raw[:60] + bytes(30) + raw[90:],
    }
    path.write_bytes(content[kind])


@pytest.mark.parametrize("kind", ["empty", "no image", "cut off", "header", "wrong bytes"])
@pytest.mark.parametrize("ending", ["png", "jpg", "bmp"])
def test_damaged_images_are_named(tmp_path, kind, ending):
    path = tmp_path / "images" / "a" / f"x.{ending}"
    damaged(path, kind)
    dataset = ours.ImageFolder(tmp_path / "images")
    try:
        np.array(their_folder.default_loader(path))
    except Exception:  # what torchvision's loader cannot read, this one names
        with pytest.raises(UnidentifiedImageError, match=re.escape(f"{path} cannot be read as an image: ")) as found:
            dataset[0]
        assert "take it out of the dataset's folder" in str(found.value)
    else:
        assert kind == "wrong bytes" and dataset[0][0].size == (5, 6)  # Pillow makes an image of it


def test_a_bomb_is_named(tmp_path, monkeypatch):
    save(tmp_path / "a" / "x.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    with pytest.raises(UnidentifiedImageError, match=r"x\.png cannot be read as an image: .*decompression bomb"):
        ours.ImageFolder(tmp_path)[0]


def test_an_image_that_is_gone(tmp_path):
    save(tmp_path / "a" / "x.png")
    dataset = ours.ImageFolder(tmp_path)
    (tmp_path / "a" / "x.png").unlink()
    with pytest.raises(FileNotFoundError, match=r"x\.png"):
        dataset[0]
