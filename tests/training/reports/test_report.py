"""The report of one run: what stands in it, against numbers worked out by hand, and that it is one whole page."""

import json
import os
import re

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, precision_recall_fscore_support

from minitorch_cv.training import plots
from minitorch_cv.training.reports import multilabel, report
from tests.training.reports.reading import read_page
from tests.training.reports.run_folders import (
    CIFAR10,
    VOC,
    classification_arrays,
    finished_run,
    history_json,
    multilabel_arrays,
    run_json,
    write_run,
)

ALL_OF_A_CLASSIFICATION = [
    "Summary",
    "Settings",
    "Model",
    "Curves",
    "Confusion matrix",
    "Classes",
    "Images drawn at random",
    "Failed cases",
    "Confused classes",
    "Features (t-SNE)",
    "Filters of the first layer",
    "Repeating this run",
]


@pytest.fixture(scope="module")
def ten_classes(tmp_path_factory):
    folder = finished_run(tmp_path_factory.mktemp("runs") / "ten")
    path = report(folder)
    assert path == folder / "report.html"
    assert sorted(os.listdir(folder)) == ["history.json", "metrics.json", "predictions.npz", "report.html", "run.json"]
    return read_page(path), np.load(folder / "predictions.npz"), json.loads((folder / "metrics.json").read_text())


def test_a_finished_run_has_all_sections(ten_classes):
    page, _, _ = ten_classes
    assert page.headings == ALL_OF_A_CLASSIFICATION
    assert len(page.all("img")) == 8
    assert page.texts["h1"] == ["ResNet-18 on CIFAR-10"]
    assert "classification · data CIFAR-10 · begun 2026-03-14 09:26" in page.text
    assert not [a for a in page.all("div") if a.get("class") == "warning"]


def test_the_headline(ten_classes):
    page, _, metrics = ten_classes
    assert page.texts["dt"] == ["Test accuracy", "Test loss", "Epochs", "Training time", "Parameters"]
    result, *others = page.texts["dd"]
    assert result.startswith(f"{metrics['accuracy'] * 100:.2f}\u00a0%95\u00a0% interval ")
    assert others == ["0.7312", "20tested: 19, best by validation accuracy", "10 min", "11,173,962"]


def test_what_repeats_the_run(ten_classes):
    page, _, _ = ten_classes
    assert run_json()["command"] in page.texts["pre"]
    assert run_json()["model"]["summary"] in page.texts["pre"]
    assert "Seed: 7." in page.texts["p"]
    assert ["processor", "Example CPU 9"] in page.tables["Machine"]
    assert ["numba", "0.60.0"] in page.tables["Versions"]
    assert page.tables["Settings of the run"][1:] == [
        ["learning rate", "0.1"],
        ["augmentation", "flip, crop"],
        ["scheduler", "None"],
    ]
    assert "The validation images were split off the training images." in page.texts["li"]


def test_the_summary(ten_classes):
    page, _, metrics = ten_classes
    assert dict(page.tables["What was trained"][1:]) == {
        "data": "CIFAR-10",
        "samples": "45,000 to train on, 5,000 to validate on and 10,000 to test on",
        "classes": "10",
        "model": "ResNet",
        "parameters": "11,173,962 in all, 11,173,962 trainable",
    }
    assert dict(page.tables["Results on the test data"][1:]) == {
        "samples": "200",
        "loss": "0.7312",
        "accuracy": f"{metrics['accuracy'] * 100:.2f} %",
        "best epoch by": "validation accuracy",
    }


def test_the_curves_in_numbers(ten_classes):
    page, _, _ = ten_classes
    header, *rows = page.tables["One row an epoch"]
    assert header == [
        "epoch",
        "training loss",
        "training accuracy",
        "validation loss",
        "validation accuracy",
        "learning rate",
        "seconds",
    ]
    history = history_json()
    for epoch, row in enumerate(rows, 1):
        assert row[0] == str(epoch)
        assert row[1] == f"{history['train_loss'][epoch - 1]:.4f}"
        assert row[4] == f"{100 * history['val_accuracy'][epoch - 1]:.2f} %"
    assert len(rows) == 20
    assert page.all("img")[0]["alt"].startswith("Curves over 20 epochs. In the last one: training loss ")


def test_classes_against_scikit_learn_and_loops(ten_classes):
    page, arrays, metrics = ten_classes
    predicted, targets = arrays["scores"].argmax(1), arrays["targets"]
    precision, _, f1, support = precision_recall_fscore_support(targets, predicted, labels=range(10))
    counts = [[int(((targets == i) & (predicted == j)).sum()) for j in range(10)] for i in range(10)]
    matrix = page.tables["Samples: a row for each true class, a column for each predicted one"]
    assert matrix == [["true class", *CIFAR10], *([name, *map(str, row)] for name, row in zip(CIFAR10, counts))]
    assert f"{sum(counts[i][i] for i in range(10))} of 200 samples are on the diagonal" in page.text
    assert "right for 10.0\u00a0% of them" in page.text
    header, *rows = page.tables["How well each class is recognised"]
    assert header == ["class", "samples", "accuracy (recall)", "precision", "F1", "most often taken for"]
    for i, row in enumerate(rows):
        others = [-1 if j == i else count for j, count in enumerate(counts[i])]
        taken = f"{CIFAR10[int(np.argmax(others))]} ({max(others)})" if max(others) > 0 else "–"
        assert row == [
            CIFAR10[i],
            str(support[i]),
            f"{100 * metrics['per_class'][CIFAR10[i]]:.2f} %",
            f"{100 * precision[i]:.2f} %",
            f"{100 * f1[i]:.2f} %",
            taken,
        ]
    pairs = sorted((-counts[i][j], i, j) for i in range(10) for j in range(10) if i != j and counts[i][j])[:10]
    assert page.tables["The pairs that were confused most often"][1:] == [
        [CIFAR10[i], CIFAR10[j], str(-n), f"{-100 * n / 20:.1f} %"] for n, i, j in pairs
    ]
    wrong = int((predicted != targets).sum())
    assert f"{wrong} samples of 200 were taken for another class." in page.text


def test_a_hundred_classes(tmp_path):
    classes = [f"class {i}" for i in range(100)]
    folder = finished_run(tmp_path / "run", classes, count=400, without=("features", "feature_index", "filters"))
    metrics = json.loads((folder / "metrics.json").read_text()) | {"top5_accuracy": 0.9125}
    (folder / "metrics.json").write_text(json.dumps(metrics))
    page = read_page(report(folder))
    assert page.headings == [*ALL_OF_A_CLASSIFICATION[:9], "Repeating this run", "Left out"]
    assert page.texts["dd"][1] == "91.25\u00a0%" and page.texts["dt"][1] == "Test top-5 accuracy"
    assert len(page.tables["How well each class is recognised"]) == 101
    assert "All classes in numbers" in page.texts["summary"] and "The matrix in numbers" not in page.texts["summary"]


def multilabel_run(folder, attributes, told=True, **changes):
    arrays = multilabel_arrays(len(attributes)) | changes
    metrics = {"split": "test", "mAP": 0.8125, "method": "11-point", "accuracy": 0.75, "epochs": 3, "best_epoch": 2}
    if told:
        metrics["average_precision"] = {name: 0.5 + i / 100 for i, name in enumerate(attributes)}
        metrics["baseline"] = dict.fromkeys(attributes, 0.25)
        metrics["attribute_accuracy"] = dict.fromkeys(attributes, 0.625)
    return write_run(
        folder, run_json(attributes, "multilabel", title="VOC"), history_json(3, "mAP"), metrics, arrays
    ), arrays


def test_seven_attributes(tmp_path):
    attributes = VOC[:7]
    folder, arrays = multilabel_run(tmp_path / "run", attributes, told=False)
    page = read_page(report(folder))
    assert page.headings == [
        "Summary",
        "Settings",
        "Model",
        "Curves",
        "Attributes",
        "Precision and recall",
        "Images drawn at random",
        "Failed cases",
        "Features (t-SNE)",
        "Repeating this run",
        "Left out",
    ]
    assert "Filters of the first layer: the network has no convolution of grey or RGB images." in page.texts["li"]
    assert page.texts["dt"][0] == "Test mAP" and page.texts["dd"][0] == "81.25\u00a0%"
    assert ["average precision by the method", "11-point"] in page.tables["Results on the test data"]
    header, *rows = page.tables["How well each attribute is recognised"]
    assert header == ["attribute", "samples that have it", "average precision", "baseline", "accuracy"]
    for i, row in enumerate(rows):
        true, score = arrays["targets"][:, i], arrays["scores"][:, i]
        right = sum((s > 0) == (t == 1) for s, t in zip(score, true)) / len(true)
        shares = (average_precision_score(true, score), true.mean(), right)
        assert row == [attributes[i], str(int(true.sum())), *(f"{100 * share:.2f} %" for share in shares)]
    assert re.search(r"Colours tell whether a sample has the attribute \w+\.", page.text)
    wrong = (arrays["scores"] > 0) != (arrays["targets"] == 1)
    assert f"Wrong are {wrong.sum()} attributes of {wrong.size}, in {wrong.any(1).sum()} of 120 samples." in page.text


def test_twenty_attributes_as_the_metrics_have_them(tmp_path):
    folder, arrays = multilabel_run(tmp_path / "run", VOC)
    np.savez(folder / "predictions.npz", scores=arrays["scores"], targets=arrays["targets"])
    page = read_page(report(folder))
    rows = page.tables["How well each attribute is recognised"][1:]
    assert [row[2:] for row in rows] == [[f"{50 + i:.2f} %", "25.00 %", "62.50 %"] for i in range(20)]
    assert "Best: tvmonitor, average precision 69.0\u00a0%. Worst: aeroplane, 50.0\u00a0%." in page.text


def test_what_does_not_count_is_left_out_of_everything_that_the_page_reckons(tmp_path):
    attributes = VOC[:3]
    ignored = np.random.default_rng(1).random((120, 3)) < 0.2
    folder, arrays = multilabel_run(tmp_path / "run", attributes, told=False, ignored=ignored)
    page = read_page(report(folder))
    for i, row in enumerate(page.tables["How well each attribute is recognised"][1:]):
        kept = ~ignored[:, i]
        true, score = arrays["targets"][kept, i], arrays["scores"][kept, i]
        right = np.mean([(s > 0) == (t == 1) for s, t in zip(score, true)])
        shares = (average_precision_score(true, score), true.mean(), right)
        assert row == [attributes[i], str(int(true.sum())), *(f"{100 * share:.2f} %" for share in shares)]
    assert f"Left out, here as in the table: {ignored.sum()} targets of 360, not to be counted." in page.text
    assert page.tables["How well each attribute is recognised"][0][1] == "samples that count and have it"


@pytest.mark.parametrize("plot", ["plot_precision_recall", "plot_failures"])
def test_what_does_not_count_is_nan_to_the_pictures(tmp_path, monkeypatch, plot):
    ignored = np.random.default_rng(1).random((120, 3)) < 0.2
    folder, _ = multilabel_run(tmp_path / "run", VOC[:3], ignored=ignored)
    seen = []
    draw = getattr(plots, plot)

    def note(*args, **kwargs):
        seen.extend(np.isnan(arg) for arg in args if np.shape(arg) == ignored.shape)
        return draw(*args, **kwargs)

    monkeypatch.setattr(plots, plot, note)
    report(folder)
    assert any(np.array_equal(nan, ignored) for nan in seen)


def test_an_attribute_that_no_sample_has(tmp_path):
    arrays = {name: multilabel_arrays(3)[name] for name in ("scores", "targets")}
    arrays["targets"][:, 1] = 0
    page = read_page(report(write_run(tmp_path / "run", run_json(["a", "b", "c"], "multilabel"), arrays=arrays)))
    assert page.tables["How well each attribute is recognised"][2][:3] == ["b", "0", "–"]
    assert any(image["alt"].endswith("a curve for each of 2 attributes. No sample has b.") for image in page.all("img"))


def test_one_epoch(tmp_path):
    metrics = {"accuracy": 0.5, "best_epoch": 1}
    page = read_page(report(write_run(tmp_path / "run", run_json(), history_json(1), metrics)))
    assert page.all("img")[0]["alt"].startswith("Curves over 1 epoch. ")
    assert page.texts["dd"][1] == "1highest on validation: 1"


def test_a_run_that_was_cut_off(tmp_path):
    folder = write_run(tmp_path / "run", run_json(title=""), history_json(4))
    page = read_page(report(folder))
    assert page.texts["h1"] == ["run"], "without a title the folder's name"
    assert "This run was cut off, or is still going on: there is no metrics.json." in page.text
    history = history_json(4)
    assert page.texts["dt"][0] == "Validation accuracy so far"
    assert page.texts["dd"][0] == f"{100 * max(history['val_accuracy']):.2f}\u00a0%"
    assert page.texts["dd"][1] == "4highest on validation: 3"
    assert page.headings == ["Summary", "Settings", "Model", "Curves", "Repeating this run", "Left out"]
    assert [text.partition(":")[0] for text in page.texts["li"][-7:]] == [
        "Confusion matrix",
        "Classes",
        "Images drawn at random",
        "Failed cases",
        "Confused classes",
        "Features (t-SNE)",
        "Filters of the first layer",
    ]


@pytest.mark.parametrize("task", ["classification", "multilabel"])
def test_nothing_but_what_must_be_there(tmp_path, task):
    folder = write_run(tmp_path / "run", {"task": task, "classes": ["a", "b"]})
    page = read_page(report(folder))
    assert page.headings == ["Summary", "Repeating this run", "Left out"]
    assert page.texts["dd"] == ["–"]
    assert "No seed was noted." in page.text and "does not say which command repeats the run" in page.text


def test_metrics_without_predictions(tmp_path):
    metrics = {"accuracy": 0.5, "per_class": {"a": 0.25, "b": None}}
    page = read_page(report(write_run(tmp_path / "run", run_json(["a", "b"]), None, metrics)))
    assert page.tables["Accuracy of each class"] == [["class", "accuracy"], ["a", "25.00 %"], ["b", "–"]]
    assert page.texts["dd"][0] == "50.00\u00a0%"
    multi = {"mAP": 0.5, "average_precision": {"a": 0.25, "b": 0.75}}
    page = read_page(report(write_run(tmp_path / "multi", run_json(["a", "b"], "multilabel"), None, multi)))
    assert page.tables["How well each attribute is recognised"][1] == ["a", "–", "25.00 %", "–", "–"]


@pytest.mark.parametrize(
    ("task", "table", "told"),
    [
        ("classification", "per_class", "Classes: no class has an accuracy."),
        ("multilabel", "average_precision", "Attributes: no attribute has an average precision."),
    ],
)
def test_classes_without_a_value(tmp_path, task, table, told):
    page = read_page(report(write_run(tmp_path / "run", run_json(["a", "b"], task), None, {table: {"a": None}})))
    assert told in page.texts["li"]


def test_the_time_of_stages_before_counts(tmp_path):
    folder = write_run(tmp_path / "run", run_json(), history_json(2), {})
    write_run(folder / "probe", run_json(), history_json(4))
    page = read_page(report(folder))
    assert dict(zip(page.texts["dt"], page.texts["dd"], strict=True))["Training time"] == "3 min 9 s"


def test_many_attributes_are_folded(tmp_path):
    names = [f"attribute {i}" for i in range(31)]
    metrics = {"average_precision": dict.fromkeys(names, 0.5)}
    page = read_page(report(write_run(tmp_path / "run", run_json(names, "multilabel"), None, metrics)))
    assert "All attributes in numbers" in page.texts["summary"]


def test_a_run_that_diverged(tmp_path):
    arrays = classification_arrays(10)
    del arrays["images"], arrays["image_index"], arrays["random_index"]
    arrays["scores"][:5] = np.nan
    arrays["scores"][5, 0] = np.inf
    arrays["features"][0] = np.nan
    arrays["filters"][0] = np.inf
    history = history_json(3) | {"val_loss": [1.0, None, None]}
    page = read_page(report(write_run(tmp_path / "run", run_json(), history, {"accuracy": None}, arrays)))
    assert "Not a finite number in some epochs: validation loss." in page.text
    assert "The scores of 6 samples out of 200 are not finite: the training diverged." in page.text
    assert "the features are not finite" in page.text and "the weights are not finite" in page.text
    assert page.tables["One row an epoch"][2][3] == "–"


def test_a_perfect_run(tmp_path):
    arrays = classification_arrays(3, 30)
    arrays["scores"] = np.eye(3, dtype=np.float32)[arrays["targets"]] * 9
    arrays["features"] = np.ones((60, 4), np.float32)
    arrays["feature_index"] = np.arange(60) % 30
    arrays["image_index"] = np.arange(len(arrays["images"])) % 30
    del arrays["random_index"]
    page = read_page(report(write_run(tmp_path / "run", run_json(["a", "b", "c"]), None, {"accuracy": 1.0}, arrays)))
    for told in (
        "there is none among 30 samples",
        "no class was taken for another",
        "features of all samples are the same",
    ):
        assert told in page.text


def test_failures_whose_images_were_not_kept(tmp_path):
    arrays = classification_arrays(3, 90)
    right = np.flatnonzero(arrays["scores"].argmax(1) == arrays["targets"])[:4]
    arrays |= {"images": arrays["images"][:4], "image_index": right}
    del arrays["random_index"]
    arrays |= {"features": arrays["features"][:4], "feature_index": np.arange(4)}
    page = read_page(report(write_run(tmp_path / "kept", run_json(["a", "b", "c"]), None, None, arrays)))
    assert "Failed cases: the run kept no images of them." in page.texts["li"]
    assert "Images drawn at random: predictions.npz has no images drawn at random." in page.texts["li"]
    assert "Features (t-SNE): 4 samples are too few." in page.texts["li"]
    none = {name: arrays[name] for name in ("scores", "targets")}
    page = read_page(report(write_run(tmp_path / "none", run_json(["a", "b", "c"]), None, None, none)))
    assert "Failed cases: predictions.npz has no images." in page.texts["li"]
    assert "The run kept no images of them." in page.texts["p"]


def test_names_are_escaped(tmp_path):
    evil = "<script>alert('x')</script>"
    classes = [evil, "a & b", '"quoted" onload="x"', "$x_1$", "été"]
    arrays = classification_arrays(len(classes), 60)
    for name in ("filters", "features", "feature_index"):
        del arrays[name]
    info = run_json(
        classes,
        title=f"{evil}</title>",
        command=f"python {evil}",
        notes=[evil, "half \ud800 a pair"],
        settings={evil: evil},
        model={"name": evil, "summary": evil},
        data={"name": evil},
        started=evil,
    )
    page = read_page(report(write_run(tmp_path / "run", info, history_json(2), {"accuracy": 0.5, "m": evil}, arrays)))
    assert "<script" not in page.source
    assert page.texts["h1"] == [f"{evil}</title>"]
    assert [row[0] for row in page.tables["How well each class is recognised"][1:5]] == [evil, *classes[1:4]]
    assert [evil, evil] in page.tables["Settings of the run"]
    assert sum(evil in image["alt"] for image in page.all("img")) >= 2


def test_another_path_and_a_page_that_is_there(tmp_path):
    folder = write_run(tmp_path / "run", run_json(), history_json(2))
    path = report(str(folder), str(tmp_path / "new" / "page.html"))
    assert path == tmp_path / "new" / "page.html" and not (folder / "report.html").exists()
    path.write_text("old")
    assert report(folder, path) == path and path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_a_page_that_cannot_be_made_leaves_the_old_one(tmp_path, monkeypatch):
    folder = finished_run(tmp_path / "run", CIFAR10[:3], count=30, epochs=2)
    (folder / "report.html").write_text("old")
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        report(folder)
    assert (folder / "report.html").read_text() == "old"
    assert [name for name in os.listdir(folder) if name.endswith(".part")] == []


def test_more_attributes_than_a_picture_holds(tmp_path, monkeypatch):
    monkeypatch.setattr(multilabel, "_CURVES", 4)
    attributes = [f"attribute {i}" for i in range(9)]
    arrays = {name: multilabel_arrays(9, 60)[name] for name in ("scores", "targets")}
    page = read_page(report(write_run(tmp_path / "run", run_json(attributes, "multilabel"), None, None, arrays)))
    counts = [image["alt"].split("each of ")[1] for image in page.all("img") if "curve for" in image["alt"]]
    assert counts == ["4 attributes.", "4 attributes.", "1 attribute."]


def test_images_drawn_at_random_are_counted(ten_classes):
    page, arrays, _ = ten_classes
    drawn = arrays["random_index"].tolist()
    right = sum(int(np.argmax(arrays["scores"][i])) == arrays["targets"][i] for i in drawn)
    assert f"Of {len(drawn)} images of 200, drawn at random, the class is right for {right}." in page.text


def test_attributes_that_do_not_count_are_not_counted_among_images_drawn_at_random(tmp_path):
    """The first attribute is said wrongly of each image, and counts for none."""
    folder, arrays = multilabel_run(tmp_path / "run", VOC[:3])
    arrays["targets"][:, 1:] = arrays["scores"][:, 1:] > 0
    arrays["targets"][:, 0] = arrays["scores"][:, 0] <= 0
    drawn = np.arange(20, 30)
    arrays |= {
        "image_index": drawn,
        "random_index": drawn,
        "images": arrays["images"][:10],
        "ignored": np.zeros((len(arrays["scores"]), 3), bool),
    }
    np.savez(folder / "predictions.npz", **arrays)
    assert "drawn at random, all attributes are right for 0." in read_page(report(folder)).text
    arrays["ignored"][:, 0] = True
    np.savez(folder / "predictions.npz", **arrays)
    assert "drawn at random, all attributes are right for 10." in read_page(report(folder)).text


def test_learning_rates_of_many_groups(tmp_path):
    history = history_json(3) | {f"group{i}_lr": [0.1 * 0.7**i] * 3 for i in range(2, 9)}
    page = read_page(report(write_run(tmp_path / "run", run_json(), history)))
    assert "Curves" in page.headings
