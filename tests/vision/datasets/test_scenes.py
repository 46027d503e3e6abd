"""15-Scenes beside torchvision's ImageFolder, and its attributes beside what stands in the table."""

import numpy as np
import pytest
import torchvision.datasets as theirs
from PIL import Image

import minitorch_cv as mt
from minitorch_cv.vision.datasets import SceneAttributes, Scenes15
from tests.vision.datasets.checks import check_can_be_copied
from tests.vision.datasets.fixtures import OUTDOOR, SCENES, write_scenes15


@pytest.fixture
def root(tmp_path):
    write_scenes15(tmp_path, pixels=(9, 12))
    return tmp_path


@pytest.mark.parametrize("split", ["train", "test"])
def test_scenes(root, split):
    dataset = Scenes15(str(root), split)
    reference = theirs.ImageFolder(str(root / "scenes15" / split))
    assert (dataset.samples, dataset.targets, dataset.classes) == (reference.samples, reference.targets, SCENES)
    for path, (image, _) in zip(reference.samples, dataset):
        assert image.mode == "L"
        np.testing.assert_array_equal(np.array(image), np.array(Image.open(path[0])))
    assert repr(dataset).endswith(f"Root location: {root}\n    Split: {split}")
    assert Scenes15(root, split, np.array, str, loader=Image.open)[2][1] == "1"
    check_can_be_copied(dataset)


@pytest.mark.parametrize("split", ["train", "test"])
def test_attributes(root, split):
    dataset = SceneAttributes(str(root), split)
    assert len(dataset) == 10 and dataset.targets.shape == (10, 7) and dataset.targets.dtype == np.float32
    assert dataset.classes == ("clouds", "water", "people", "animals", "natural", "man-made", "vehicles")
    assert dataset.class_to_idx["man-made"] == 5
    for index in range(10):
        scene, number = OUTDOOR[index // 2], index % 2
        image, target = dataset[index]
        np.testing.assert_array_equal(
            np.array(image), np.array(Image.open(root / "scenes15" / split / scene / f"image_{number:04}.jpg"))
        )
        assert image.mode == "L" and target.dtype is mt.float32
        assert target.tolist() == [float((SCENES.index(scene) + 1) >> bit & 1) for bit in range(7)]
    target += 1
    assert dataset.targets.max() == 1  # a sample's target is its own
    with pytest.raises(IndexError):
        dataset[10]
    assert repr(dataset) == (
        f"Dataset SceneAttributes\n    Number of datapoints: 10\n    Root location: {root}\n    Split: {split}"
    )
    check_can_be_copied(dataset)


def test_attributes_with_transforms(root, monkeypatch):
    monkeypatch.setenv("MINITORCH_CV_DATA", str(root))
    image, target = SceneAttributes(transform=lambda image: image.size, target_transform=lambda target: target.sum())[0]
    assert image == (12, 9) and target.item() == 1


@pytest.mark.parametrize("kind", [Scenes15, SceneAttributes])
def test_missing_files(tmp_path, kind):
    with pytest.raises(
        RuntimeError, match=rf"^Dataset not found\. {kind.__name__} expects .*Take the folder from your c"
    ):
        kind(tmp_path, "test")
    with pytest.raises(
        RuntimeError, match=r"download=True: this dataset has no public archive to download\. .*expects"
    ):
        kind(tmp_path, download=True)
    with pytest.raises(ValueError, match="Unknown value 'val' for argument split"):
        kind(tmp_path, "val")


def test_a_wrong_class_folder(root):
    (root / "scenes15" / "train" / "coast").rename(root / "scenes15" / "train" / "seaside")
    with pytest.raises(RuntimeError, match="class folders missing: coast; none of its classes: seaside"):
        Scenes15(root)


@pytest.mark.parametrize(
    ("row", "match"),
    [
        ("coast,image_0000.jpg,1,0,0,0,1,0", "row 2 has 8 fields, expected 9"),
        ("coast,image_0000.jpg,1,0,0,0,1,0,0,0", "row 2 has 10 fields, expected 9"),
        ("", "row 2 has 0 fields, expected 9"),
        ("seaside,image_0000.jpg,1,0,0,0,1,0,0", "row 2 has the unknown class 'seaside'"),
        ("coast,image_9999.jpg,1,0,0,0,1,0,0", r"row 2 has the file .*coast/image_9999\.jpg, which is not there"),
        ("coast,../coast/image_0000.jpg,1,0,0,0,1,0,0", "which is not there"),
        ("coast,image_0000.jpg,1,0,2,0,1,0,0", "row 2 has the values 1, 0, 2, 0, 1, 0, 0, expected 0 or 1"),
        ("coast,image_0000.jpg,1,0,,0,1,0,0", "expected 0 or 1"),
    ],
)
def test_a_wrong_row(root, row, match):
    table = root / "scenes15" / "scene_attributes_train.csv"
    table.write_text(f"coast,image_0001.jpg,1,0,0,0,1,0,0\n{row}\n")
    with pytest.raises(RuntimeError, match=match) as found:
        SceneAttributes(root)
    assert str(found.value).startswith(f"{table} is corrupted: ")


@pytest.mark.parametrize(("content", "match"), [(b"", "it is empty"), (b"\xff\xfe\x00", "it is no CSV file")])
def test_a_wrong_table(root, content, match):
    table = root / "scenes15" / "scene_attributes_train.csv"
    table.write_bytes(content)
    with pytest.raises(RuntimeError, match=match) as found:
        SceneAttributes(root)
    assert str(found.value).startswith(f"{table} is corrupted: ")
