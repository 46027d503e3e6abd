"""How numbers, times and names are written."""

import math

import pytest

from minitorch_cv.training.reports import wording


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("val_accuracy", 0.784, "78.40\u00a0%"),
        ("mAP", 1.0, "100.00\u00a0%"),
        ("baseline_mAP", 0.25, "25.00\u00a0%"),
        ("train_loss", 2.0, "2.0000"),
        ("train_loss", 0.00012341, "0.0001234"),
        ("samples", 10000.0, "10,000"),
        ("lr", 0.1, "0.1000"),
        ("lr", 1e-5, "1e-05"),
        ("anything", math.nan, "–"),
        ("accuracy", math.inf, "–"),
        ("large", 123456.789, "1.235e+05"),
    ],
)
def test_quantities(name, value, text):
    assert wording.quantity(name, value) == text


def test_labels():
    names = ["val_loss", "train_top5_accuracy", "lr", "mAP", "test_mAP", "memory_gb", "top5_accuracy", "val"]
    assert [wording.label(name) for name in names] == [
        "validation loss",
        "training top-5 accuracy",
        "learning rate",
        "mAP",
        "test mAP",
        "memory / GB",
        "top-5 accuracy",
        "validation",
    ]


def test_times():
    assert [wording.duration(s) for s in (0, 59.94, 59.96, 599.4, 599.6, 2963, 3599.6, 3600, 90061)] == [
        "0.0 s",
        "59.9 s",
        "1 min 0 s",
        "9 min 59 s",
        "10 min",
        "49 min",
        "1 h 0 min",
        "1 h 0 min",
        "25 h 1 min",
    ]
    assert wording.duration(math.nan) == "–"
    assert wording.moment("2026-03-14T09:26:53") == "2026-03-14 09:26" and wording.moment("yesterday") == "yesterday"


def test_signs_are_those_of_the_rounded_number():
    assert [wording.points(x) for x in (0.00004, -0.00004, 0.00006, math.nan)] == ["±0.00", "±0.00", "+0.01", "–"]


def test_rows_of_names():
    assert [wording.enumerated(names) for names in ([], ["a"], ["a", "b"])] == ["", "a", "a and b"]
