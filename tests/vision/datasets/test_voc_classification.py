"""VOCClassification: targets, difficult objects and weights, beside what stands in the annotations."""

import numpy as np
import pytest

import minitorch_cv as mt
from minitorch_cv.utils.data import DataLoader
from minitorch_cv.vision.datasets import VOCClassification
from tests.vision.datasets.checks import check_can_be_copied
from tests.vision.datasets.fixtures import VOC_CLASSES, annotation, write_voc

PERSON = VOC_CLASSES.index("person")


@pytest.fixture
def root(tmp_path):
    write_voc(tmp_path, pixels=(9, 12), count=16)
    return str(tmp_path)


def expected_arrays(count):
    """(what is there, what is there but difficult), from the description in fixtures.write_voc."""
    there, hard = np.zeros((count, 20), bool), np.zeros((count, 20), bool)
    for k in range(count):
        there[k, k % 20] = True
        hard[k, PERSON] = k % 3 == 0 and not there[k, PERSON]
    return there, hard


@pytest.mark.parametrize("difficult", ["ignore", "positive", "negative"])
def test_targets(root, difficult):
    dataset = VOCClassification(root, image_set="trainval", difficult=difficult)
    there, hard = expected_arrays(16)
    assert dataset.targets.dtype == np.float32 and dataset.difficult.dtype == bool and hard.sum() > 3
    np.testing.assert_array_equal(dataset.difficult, hard)
    np.testing.assert_array_equal(dataset.targets, there | hard if difficult == "positive" else there)
    np.testing.assert_array_equal(dataset.weights, ~hard if difficult == "ignore" else np.ones_like(hard))
    image, target = dataset[3]
    assert image.mode == "RGB" and image.size == (12, 9)
    assert target.dtype is mt.float32 and target.tolist() == dataset.targets[3].tolist()
    target += 1
    assert dataset.targets.max() == 1  # a sample's target is its own


def test_classes_and_copies(root):
    dataset = VOCClassification(root)
    assert list(dataset.classes) == VOC_CLASSES and dataset.class_to_idx["person"] == PERSON == 14
    assert repr(dataset) == f"Dataset VOCClassification\n    Number of datapoints: 10\n    Root location: {root}"
    check_can_be_copied(dataset)
    with pytest.raises(IndexError):
        dataset[10]


def test_weights(root):
    dataset = VOCClassification(root, image_set="trainval", weights=True)
    _, (target, weights) = dataset[3]
    assert target[PERSON].item() == 0 and weights[PERSON].item() == 0 and weights.sum().item() == 19
    loader = DataLoader(
        VOCClassification(root, image_set="trainval", weights=True, transform=lambda image: image.size), batch_size=16
    )
    _, (targets, weights) = next(iter(loader))
    loss = mt.nn.functional.binary_cross_entropy_with_logits(mt.zeros(16, 20), targets, reduction="none")
    assert (loss * weights).sum().item() == pytest.approx(np.log(2) * (~dataset.difficult).sum(), rel=1e-6)


def test_transforms(root):
    dataset = VOCClassification(root, transform=lambda image: image.size, target_transform=lambda target: target.sum())
    assert dataset[0][0] == (12, 9) and dataset[0][1].item() == 1
    dataset = VOCClassification(root, transforms=lambda image, target: (target.shape, image.mode))
    assert dataset[0] == ((20,), "RGB")


def test_an_annotation_without_objects(tmp_path, root):
    path = tmp_path / "VOCdevkit" / "VOC2012" / "Annotations" / "2012_000001.xml"
    path.write_text(annotation("2012_000001", []))
    assert VOCClassification(root).targets[0].sum() == 0


def test_difficult_may_be_left_out(tmp_path, root):
    path = tmp_path / "VOCdevkit" / "VOC2012" / "Annotations" / "2012_000001.xml"
    path.write_text("<annotation><object><name> cat </name></object></annotation>")
    assert np.flatnonzero(VOCClassification(root).targets[0]).tolist() == [VOC_CLASSES.index("cat")]


@pytest.mark.parametrize(
    ("objects", "match"),
    [
        (
            [("cat", 0), ("unicorn", 0)],
            "has an object of the unknown class 'unicorn'; the classes are aeroplane, bicycle",
        ),
        ([("cat", 2)], "is corrupted: it has an object with difficult = '2', expected 0 or 1"),
        ([("cat", "")], "it has an object with difficult = '', expected 0 or 1"),
        ([("", 0)], "it has an object without a name"),
    ],
)
def test_bad_objects(tmp_path, root, objects, match):
    path = tmp_path / "VOCdevkit" / "VOC2012" / "Annotations" / "2012_000001.xml"
    path.write_text(annotation("2012_000001", objects))
    with pytest.raises(RuntimeError, match=match) as found:
        VOCClassification(root)
    assert str(found.value).startswith(str(path))


def test_how_difficult_ones_count_is_checked(root):
    with pytest.raises(
        ValueError, match=r"Unknown value 'skip' for argument difficult\. Valid values are \{'ignore', 'p"
    ):
        VOCClassification(root, difficult="skip")
