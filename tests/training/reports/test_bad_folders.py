"""Folders that are no run, damaged files, and arrays that do not fit: the error names the file and what is wrong."""

import json
import re

import numpy as np
import pytest

from minitorch_cv.training.reports import compare, report
from tests.training.reports.run_folders import (
    classification_arrays,
    history_json,
    multilabel_arrays,
    run_json,
    write_run,
)


def refuse(kind, match, folder):
    with pytest.raises(kind, match=match):
        report(folder)
    assert not (folder / "report.html").exists()


def test_no_such_folder(tmp_path):
    refuse(
        FileNotFoundError, f"report: there is no folder {re.escape(str(tmp_path / 'missing'))}", tmp_path / "missing"
    )


def test_not_a_run_folder(tmp_path):
    refuse(
        FileNotFoundError, "is not a run folder: it has no run.json; expected a folder that a training wrote", tmp_path
    )
    with pytest.raises(FileNotFoundError, match=r"compare: .* is not a run folder"):
        compare([tmp_path, tmp_path.parent])


@pytest.mark.parametrize("name", ["run.json", "history.json", "metrics.json"])
@pytest.mark.parametrize("content", [b'{"task": ', b"\xff\xfe", b""])
def test_damaged_json(tmp_path, name, content):
    write_run(tmp_path, run_json(), history_json(2), {})
    (tmp_path / name).write_bytes(content)
    refuse(RuntimeError, rf"{name} is damaged", tmp_path)


@pytest.mark.parametrize("name", ["run.json", "history.json", "metrics.json"])
def test_json_of_another_kind(tmp_path, name):
    write_run(tmp_path, run_json(), history_json(2), {})
    (tmp_path / name).write_text("[1, 2]")
    refuse(ValueError, rf"{name} holds a list, expected names and values", tmp_path)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"format": 2}, "run.json has format 2, expected 1; it was written by another version"),
        ({"task": "regression"}, "run.json: task is 'regression', expected 'classification' or 'multilabel'"),
        ({"task": None}, "run.json: task is None, expected"),
        ({"classes": []}, r"run.json: classes is \[\], expected a list of names"),
        ({"classes": ["a", 1]}, r"run.json: classes is \['a', 1\], expected a list of names"),
        ({"classes": "ab"}, "run.json: classes is 'ab', expected a list"),
        ({"seed": True}, "run.json: seed is True, expected a whole number"),
        ({"settings": ["lr"]}, r"run.json: settings is \['lr'\], expected a set of names and values"),
    ],
)
def test_entries_of_the_run(tmp_path, change, match):
    refuse(ValueError, match, write_run(tmp_path, run_json() | change))


@pytest.mark.parametrize(
    ("history", "match"),
    [
        ({"train_loss": 1.0}, "history.json: train_loss is 1.0, expected a list of one number an epoch"),
        ({"train_loss": [1.0, "x"]}, "history.json: train_loss is 'x', expected a number"),
        (
            {"train_loss": [1.0], "lr": [1.0, 2.0]},
            "curves of different lengths, expected one value an epoch: 1 of train_loss, 2 of lr",
        ),
        ({"train_loss": [1.0], "epoch": [None]}, "history.json: epoch has gaps"),
    ],
)
def test_histories(tmp_path, history, match):
    refuse(ValueError, match, write_run(tmp_path, run_json(), history))


@pytest.mark.parametrize(
    ("metrics", "match"),
    [
        ({"accuracy": "high"}, "metrics.json: accuracy is 'high', expected a number"),
        ({"accuracy": True}, "metrics.json: accuracy is True, expected a number"),
        ({"per_class": [1]}, r"metrics.json: per_class is \[1\], expected a value for each class"),
        ({"per_class": {"cat": "x"}}, "metrics.json: per_class of 'cat' is 'x', expected a number"),
    ],
)
def test_metrics(tmp_path, metrics, match):
    refuse(ValueError, match, write_run(tmp_path, run_json(), None, metrics))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"no archive"])
def test_damaged_arrays(tmp_path, content):
    write_run(tmp_path, run_json())
    (tmp_path / "predictions.npz").write_bytes(content)
    refuse(ValueError, "predictions.npz is damaged, it is no file of named arrays", tmp_path)


def test_a_single_array(tmp_path):
    write_run(tmp_path, run_json())
    with (tmp_path / "predictions.npz").open("wb") as file:
        np.save(file, np.zeros(3))
    refuse(ValueError, "predictions.npz is damaged", tmp_path)


IMAGES = np.zeros((2, 4, 4, 3), np.uint8)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"scores": None}, "has no array 'scores'; found: targets, images"),
        ({"scores": np.zeros((200, 9), np.float32)}, r"scores are float32 of shape \(200, 9\); expected .*\(N, 10\)"),
        ({"scores": np.zeros((200, 10), np.int64)}, r"scores are int64 of shape \(200, 10\); expected floats"),
        ({"scores": np.zeros((0, 10), np.float32)}, "there are no scores, expected at least one image"),
        ({"targets": np.zeros(199, np.int64)}, r"targets of shape \(199,\) do not fit scores of shape \(200, 10\)"),
        ({"targets": np.zeros(200, np.float32)}, "targets are float32, expected integers: classes"),
        ({"targets": np.full(200, 10)}, "target 10 at 0 is out of range, expected 0 to 9"),
        ({"images": None}, "has only one of 'images' and 'image_index', expected both or none"),
        ({"images": IMAGES}, r"image_index is int64 of shape \(\d+,\), expected one integer for each of the 2 images"),
        (
            {"images": IMAGES.astype(np.float32), "image_index": np.arange(2)},
            r"images are float32 of shape \(2, 4, 4, 3\), expected uint8 of shape \(M, H, W, 1 or 3\)",
        ),
        ({"images": IMAGES[..., :2], "image_index": np.arange(2)}, r"images are uint8 of shape \(2, 4, 4, 2\)"),
        ({"images": IMAGES, "image_index": np.array([0, 200])}, "image_index goes from 0 to 200, but there are 200"),
        ({"features": np.zeros((60, 2, 2))}, r"features have shape \(60, 2, 2\), expected \(F, D\)"),
        ({"filters": np.zeros((3, 3))}, r"filters have shape \(3, 3\), expected \(O, C, kh, kw\)"),
    ],
)
def test_arrays_that_do_not_fit(tmp_path, change, match):
    arrays = {name: array for name, array in (classification_arrays(10) | change).items() if array is not None}
    refuse(ValueError, rf"report: .*predictions.npz:? {match}", write_run(tmp_path, run_json(), None, None, arrays))


@pytest.mark.parametrize(
    ("targets", "match"),
    [
        (np.zeros((120, 2), np.float32), r"targets of shape \(120, 2\) do not fit scores of shape \(120, 3\)"),
        (np.full((120, 3), 0.5, np.float32), "targets hold other values than 0 and 1"),
    ],
)
def test_attributes_that_do_not_fit(tmp_path, targets, match):
    arrays = multilabel_arrays(3) | {"targets": targets}
    refuse(ValueError, match, write_run(tmp_path, run_json(["a", "b", "c"], "multilabel"), None, None, arrays))


@pytest.mark.parametrize("ignored", [np.zeros((120, 2), bool), np.zeros((120, 3), np.int64)])
def test_ignored_targets_that_do_not_fit(tmp_path, ignored):
    arrays = multilabel_arrays(3) | {"ignored": ignored}
    match = r"predictions.npz: ignored is .* of shape .*; expected bool of shape \(120, 3\), in multi-label runs only"
    refuse(ValueError, match, write_run(tmp_path, run_json(["a", "b", "c"], "multilabel"), None, None, arrays))


def test_a_classification_ignores_nothing(tmp_path):
    arrays = classification_arrays(10)
    arrays["ignored"] = np.zeros(arrays["scores"].shape, bool)
    match = r"predictions.npz: ignored is bool of shape .*, in multi-label runs only"
    refuse(ValueError, match, write_run(tmp_path, run_json(), None, None, arrays))


def test_no_images_at_all_are_none(tmp_path):
    arrays = {name: classification_arrays(10)[name] for name in ("scores", "targets")}
    arrays |= {"images": IMAGES[:0], "image_index": np.zeros(0, np.int64)}
    path = report(write_run(tmp_path, run_json(), None, None, arrays))
    assert "predictions.npz has no images." in path.read_text(encoding="utf-8")


def two_runs(tmp_path, **second):
    return [
        write_run(tmp_path / "one", run_json()),
        write_run(tmp_path / "two", run_json() | second),
    ]


def test_comparisons_that_are_refused(tmp_path):
    one, two = two_runs(tmp_path, task="multilabel")
    cases = [
        (TypeError, "expected a list of folders; of one run make a report", str(one)),
        (ValueError, "got 0 folders, expected at least 2", []),
        (ValueError, "got 1 folder, expected at least 2", [one]),
        (ValueError, "the folder .*one is given twice", [one, tmp_path / "two" / ".." / "one"]),
        (ValueError, "of different tasks, .*one is classification, .*two is multilabel", [one, two]),
        (FileNotFoundError, "compare: there is no folder", [one, tmp_path / "three"]),
    ]
    for kind, match, folders in cases:
        with pytest.raises(kind, match=match):
            compare(folders)
    (two / "metrics.json").write_text("{")
    with pytest.raises(RuntimeError, match=r"two/metrics.json is damaged"):
        compare([one, two])
    assert not (tmp_path / "comparison.html").exists()


def test_json_that_says_nan_itself(tmp_path):
    write_run(tmp_path, run_json(["a", "b"]))
    (tmp_path / "metrics.json").write_text(json.dumps({"accuracy": float("nan")}))
    assert "<dd>–</dd>" in report(tmp_path).read_text(encoding="utf-8")
