"""The comparison of runs: results, changes, settings, curves and classes, against numbers worked out by hand."""

import json

import numpy as np
import pytest

from minitorch_cv.training.reports import compare
from minitorch_cv.training.reports.interval import interval
from tests.training.reports.reading import read_page
from tests.training.reports.run_folders import (
    CIFAR10,
    classification_arrays,
    classification_metrics,
    finished_run,
    history_json,
    run_json,
    write_run,
)

RESULTS = "Results of the runs, and their change against the first one in percentage points"
DIFFERENT = "Settings that are not the same in all runs"


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    """A baseline, a better run, and one that was cut off."""
    root = tmp_path_factory.mktemp("ablation")
    plain = {"learning rate": 0.1, "augmentation": "none"}
    folders = [
        finished_run(root / "plain", right=0.6, title="plain", settings=plain),
        finished_run(root / "flip", right=0.8, title="with flips", settings=plain | {"augmentation": "flip"}, seed=1),
        write_run(root / "cut", run_json(title="cut off", settings=plain), history_json(5)),
    ]
    path = compare(folders, title="Augmentation")
    assert path == root / "comparison.html"
    metrics = [json.loads((folder / "metrics.json").read_text()) for folder in folders[:2]]
    return read_page(path), metrics


def test_results_and_changes(three):
    page, (plain, flip) = three
    assert page.texts["h1"] == ["Augmentation"]
    assert page.headings == ["Results", "What differs", "Curves", "Classes"]
    assert "Cut off, or still going on: cut off. What there is so far is shown." in page.text
    header, *rows = page.tables[RESULTS]
    change = 100 * (flip["accuracy"] - plain["accuracy"])
    assert change > 10
    last = [[row[0], *row[6:]] for row in rows]
    assert [header[0], *header[6:]] == ["run", "epochs", "highest on validation", "minutes", "parameters"]
    assert last == [
        ["plain", "20", "19", "10.5", "11,173,962"],
        ["with flipsbest", "20", "19", "10.5", "11,173,962"],
        ["cut off", "5", "4", "2.6", "11,173,962"],
    ]
    so_far = history_json(5)["val_accuracy"][3]
    assert header[1:6] == ["result", "measure", "change", "95 % interval", "loss"]
    assert [row[1:4] for row in rows] == [
        [f"{100 * plain['accuracy']:.2f} %", "test accuracy", "first run"],
        [f"{100 * flip['accuracy']:.2f} %", "test accuracy", f"+{change:.2f}"],
        [f"{100 * so_far:.2f} %", "validation accuracy so far", "–"],
    ]
    low, high = interval(plain["accuracy"], 200)
    assert rows[0][4:6] == [f"{100 * low:.1f} to {100 * high:.1f} %", "0.7312"] and rows[2][4:6] == ["–", "–"]
    assert page.texts["dt"] == ["Test accuracy: best run", "Test accuracy: first run", "Best against first", "Runs"]
    assert page.texts["dd"][2] == f"+{change:.2f}percentage points"


def test_settings(three):
    page, _ = three
    assert page.tables[DIFFERENT] == [
        ["setting", "plain", "with flips", "cut off"],
        ["augmentation", "none", "flip", "none"],
    ]
    same = dict(page.tables["The same in all runs"][1:])
    assert same["learning rate"] == "0.1" and same["data: name"] == "CIFAR-10" and same["seed"] == "7"
    assert same["machine: processor"] == "Example CPU 9" and same["version: numba"] == "0.60.0"


def test_curves(three):
    page, _ = three
    assert [image["alt"] for image in page.all("img")] == ["Curves of 3 runs by epoch: plain, with flips and cut off."]


def test_classes(three):
    page, (plain, flip) = three
    (caption,) = [name for name in page.tables if name.startswith("Accuracy of each class")]
    assert caption.endswith("with the change against plain in percentage points")
    header, *rows = page.tables[caption]
    assert header == ["class", "plain", "with flips"]
    changes = {}
    for name, row in zip(CIFAR10, rows, strict=True):
        before, now = plain["per_class"][name], flip["per_class"][name]
        changes[name] = change = 100 * (now - before)
        sign = "±" if abs(change) < 0.05 else "+" if change > 0 else "−"
        assert row == [name, f"{100 * before:.1f} %", f"{100 * now:.1f} % ({sign}{abs(change):.1f})"]
    gained = max(changes.values())
    assert any(text.startswith("with flips: most gained: ") and f"(+{gained:.1f})" in text for text in page.texts["li"])
    assert "Without results of each: cut off." in page.text


def test_many_runs_with_the_same_title(tmp_path):
    arrays = classification_arrays(3, 30)
    arrays = {name: arrays[name] for name in ("scores", "targets")}
    folders = [
        write_run(
            tmp_path / str(i),
            run_json(["a", "b", "c"], title="again", seed=i),
            history_json(2),
            classification_metrics(arrays, ["a", "b", "c"]),
            arrays,
        )
        for i in range(10)
    ]
    page = read_page(compare(folders, tmp_path / "out" / "page.html"))
    assert page.texts["h1"] == ["Comparison of 10 runs"]
    assert page.tables[DIFFERENT] == [["setting", *(f"again ({i})" for i in range(10))], ["seed", *map(str, range(10))]]
    first, second = (image["alt"] for image in page.all("img"))
    assert first.startswith("Curves of 8 runs") and "again (7)" in first and "again (8)" not in first
    assert second == "Curves of 3 runs by epoch: again (0), again (8) and again (9)."
    assert all("no change" in text for text in page.texts["li"] if text.startswith("again"))


def test_folders_of_the_same_name(tmp_path):
    folders = [write_run(tmp_path / name / "run", run_json(title="x")) for name in "ab"]
    page = read_page(compare(folders))
    assert [row[0] for row in page.tables[RESULTS][1:]] == [f"x ({folder})" for folder in folders]
    assert "All runs have the same settings." in page.text
    assert "Curves: no run has a history.json with losses or results." in page.texts["li"]
    assert "Classes: fewer than two runs have results of each." in page.texts["li"]


def test_other_data_and_classes(tmp_path):
    folders = [
        write_run(tmp_path / "one", run_json(["a", "b"], title="one"), None, {"accuracy": 0.5, "split": "val"}),
        write_run(tmp_path / "two", run_json(["a", "c"], title="two", data={"name": "MNIST"}), None, {"accuracy": 0.9}),
        write_run(tmp_path / "three", run_json(["a", "c"], title="3", data={}), {"lr": [0.1]}, {"top5_accuracy": 0.75}),
    ]
    page = read_page(compare(folders))
    assert (
        "The runs are not of the same data, and their results are not comparable: CIFAR-10, MNIST and unknown"
        in page.text
    )
    assert "Classes: the runs have different ones." in page.texts["li"]
    rows = page.tables[RESULTS]
    assert rows[0][5] == "top-5 accuracy" and rows[3][5] == "75.00 %"
    assert rows[1][:3] == ["onebest", "50.00 %", "validation accuracy"] and rows[2][2] == "test accuracy"
    assert rows[2][3] == "–", "the one is of the validation, the other of the test split"


def test_attributes(tmp_path):
    names = [f"attribute {i}" for i in range(31)]
    values = [np.linspace(0.2, 0.8, 31), np.linspace(0.3, 0.7, 31)]
    folders = [
        write_run(
            tmp_path / str(i),
            run_json(names, "multilabel", title=f"run {i}"),
            history_json(2, "mAP"),
            {"mAP": 0.5 - i / 10, "average_precision": dict(zip(names, map(float, values[i])))},
        )
        for i in range(2)
    ]
    page = read_page(compare(folders))
    assert page.headings == ["Results", "What differs", "Curves", "Attributes"]
    assert page.texts["dt"][0] == "Test mAP: best run" and page.texts["dd"][0] == "50.00\u00a0%run 0"
    assert page.tables[RESULTS][0][:4] == ["run", "test mAP", "change", "epochs"]
    assert page.tables[RESULTS][2][:3] == ["run 1", "40.00 %", "−10.00"]
    assert "run 1: most gained: attribute 0 (+10.0), most lost: attribute 30 (−10.0)" in page.texts["li"]
    assert "All 31 in numbers" in page.texts["summary"]


def test_runs_of_which_some_tell_little(tmp_path):
    folders = [
        write_run(tmp_path / "one", run_json(["a", "b"], title="one"), None, {"accuracy": None}),
        write_run(tmp_path / "two", run_json(["a", "b"], title="two"), history_json(2), {"accuracy": 0.5}),
    ]
    page = read_page(compare(folders))
    assert page.texts["dt"] == ["Test accuracy: best run", "Test accuracy: first run", "Runs"]
    assert page.texts["dd"] == ["50.00\u00a0%two", "–one", "2"]
    assert "Without curves: one." in page.texts["p"]
    assert page.tables[RESULTS][2][2] == "–", "there is nothing to compare with"


def test_names_are_escaped(tmp_path):
    evil = "<script>alert('x')</script>"
    folders = [finished_run(tmp_path / str(i), [evil, "b"], count=20, epochs=2, title=f"{evil}{i}") for i in range(2)]
    page = read_page(compare(folders, title=evil))
    assert "<script" not in page.source and page.texts["h1"] == [evil]


def test_a_diverged_run(tmp_path):
    folders = [finished_run(tmp_path / name, CIFAR10[:3], count=30, epochs=2, title=name) for name in ("good", "bad")]
    arrays = dict(np.load(folders[1] / "predictions.npz"))
    arrays["scores"][:] = np.nan
    np.savez(folders[1] / "predictions.npz", **arrays)
    page = read_page(compare(folders))
    assert "Scores that are not finite, the training diverged: bad." in page.text
