"""docs/results.md is what examples/results.py makes of docs/results; which runs it takes in, what it says of them."""

from __future__ import annotations

import json

import pytest

from examples import results


def write_run(folder, accuracy, seed=0, seconds=(60, 60, 600), **changes):
    """A finished run of three epochs, one of which was interrupted for a while."""
    folder.mkdir(parents=True)
    run = {
        "command": "python examples/mnist/fcn.py --data FOLDER --out OUT --epochs 3",
        "seed": seed,
        "started": "2026-01-01T00:00:00",
        "machine": {"processor": "P", "cores": 2},
        "versions": {"numpy": "2"},
        "settings": {"start": "from a.pth"},
        "data": {"train": 20},
        "notes": [],
        "model": {"name": "Net", "summary": "a long table"},
    }
    metrics = {"accuracy": accuracy, "samples": 100, "started": run["started"]}
    for name, value in changes.items():
        (run if name in run else metrics)[name] = value
    history = {"seconds": list(seconds), "train_accuracy": [0.1, 0.2, 0.9]}
    for name, content in (("run", run), ("metrics", metrics), ("history", history)):
        (folder / f"{name}.json").write_text(json.dumps(content))


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """An empty folder of kept runs."""
    monkeypatch.setattr(results, "KEPT", tmp_path / "kept")
    return tmp_path / "kept"


def test_the_page_is_that_of_the_kept_runs():
    assert results.PAGE.read_text(encoding="utf-8") == results.text()


def test_a_mean_over_seeds(tmp_path, kept):
    write_run(tmp_path / "runs" / "mnist-fcn", 0.98)
    write_run(tmp_path / "runs" / "mnist-fcn-seed1", 0.99, seed=1)
    assert results.take_in(tmp_path / "runs") == (["mnist-fcn, seed 0", "mnist-fcn, seed 1"], [])
    row = results.Row("a net", 94.54, "mnist-fcn")
    assert results.cells(row) == [
        "a net", "94.54 %", "98.50 ± 0.71 %", "0, 1", "3", "3.0", "`python examples/mnist/fcn.py --epochs 3`",
    ]  # fmt: skip
    assert "a long table" not in "".join(path.read_text() for path in kept.iterdir())


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"seconds": (60, 60)}, r"mnist-fcn: epochs of seed 1 are \[2\], of seed 0 \[3\]"),
        ({"settings": {"start": "from b.pth"}}, "settings of seed 1 are {'start': 'from b.pth'}"),
        ({"data": {"train": 21}}, "data of seed 1"),
    ],
)
def test_no_mean_of_different_runs(tmp_path, kept, changed, said):
    write_run(tmp_path / "mnist-fcn", 0.98)
    write_run(tmp_path / "mnist-fcn-seed1", 0.99, seed=1, **changed)
    results.take_in(tmp_path)
    with pytest.raises(ValueError, match=said):
        results.cells(results.Row("a net", 94.54, "mnist-fcn"))


def test_mean_average_precision_is_beside_a_constant_scores_and_that_of_frequent_kinds(tmp_path, kept):
    changes = {
        "mAP": 0.5,
        "baseline_mAP": 0.1,
        "baseline": {"bus": 0.02, "boat": 0.01, "cat": 0.1, "dog": 0.5, "train": None},
    }
    precision = {"bus": 0.1, "boat": 0.4, "cat": 0.6, "dog": 0.8, "train": None}
    write_run(tmp_path / "voc-simple", 0.9, average_precision=precision, **changes)
    results.take_in(tmp_path)
    assert results.cells(results.Row("a net", 0.132, "voc-simple", "mAP"))[2] == (
        "0.500 (a constant score: 0.100; over 3 kinds with two images to learn from: 0.600; over 2 kinds with ten "
        "test images: 0.700)"
    )


def test_what_is_not_taken_in(tmp_path, kept):
    write_run(tmp_path / "a" / "mnist-fcn", 0.98, command="python examples/mnist/fcn.py --quick")
    write_run(tmp_path / "b" / "mnist-fcn", 0.98, started="2026-02-02T00:00:00", accuracy_of="an earlier run")
    metrics = tmp_path / "b" / "mnist-fcn" / "metrics.json"
    metrics.write_text(metrics.read_text().replace("2026-01", "2025-01"))
    write_run(tmp_path / "c" / "demo", 0.98)
    for folder, why in {"a": "quick", "b": "begun again, not finished", "c": "no line is about it"}.items():
        name = "demo" if folder == "c" else "mnist-fcn"
        assert results.take_in(tmp_path / folder) == ([], [f"{name} ({why})"])
    write_run(tmp_path / "d" / "mnist-fcn-seed2", 0.98, seed=1)
    with pytest.raises(ValueError, match="its name says seed 2, the run seed 1"):
        results.take_in(tmp_path / "d")


def test_stages_training_accuracy_and_another_network(tmp_path, kept):
    write_run(
        tmp_path / "runs" / "scenes15-multilabel", 0.9, command="python x.py --weights some/folder/a.pth --seed 0"
    )
    (tmp_path / "runs" / "scenes15-multilabel" / "scenes").mkdir()
    (tmp_path / "runs" / "scenes15-multilabel" / "scenes" / "history.json").write_text('{"seconds": [60, 60]}')
    results.take_in(tmp_path / "runs")
    row = results.Row("attributes", 90.4, "scenes15-multilabel", training=91.3, stands_for=True)
    assert results.cells(row) == [
        "attributes (ours: Net, from a.pth)", "91.3 / 90.4 %", "90.0 / 90.00 %", "0", "2 + 3", "5.0",
        "`python x.py --weights a.pth --seed 0`",
    ]  # fmt: skip


def test_steps_that_turned_out_otherwise(tmp_path, kept):
    for name, accuracy in (("SimpleNet", 0.5), ("jitter", 0.35), ("dropout", 0.6), ("deeper", 0.59)):
        write_run(tmp_path / "runs" / "scenes15-simplenet" / name, accuracy)
    write_run(tmp_path / "runs" / "scenes15-simplenet" / "batch-norm", 0.1, seconds=(60, 60))  # epochs are fewer
    results.take_in(tmp_path / "runs")
    rows = [
        results.Row("SimpleNet", 47.0, "scenes15-simplenet/SimpleNet"),
        results.Row("+ jitter", 53.7, "scenes15-simplenet/jitter", versus="scenes15-simplenet/SimpleNet"),
        results.Row("+ dropout", 58.9, "scenes15-simplenet/dropout", versus="scenes15-simplenet/jitter"),
        results.Row("+ deeper", 59.9, "scenes15-simplenet/deeper", versus="scenes15-simplenet/dropout"),
        results.Row("+ batch norm", 69.9, "scenes15-simplenet/batch-norm", versus="scenes15-simplenet/deeper"),
        results.Row("another", 69.9, "scenes15-simplenet/another", versus="scenes15-simplenet/deeper"),
    ]
    assert results.surprises(rows) == [
        "“+ jitter” helped in the report and not here: 47.00 to 53.70 % in the report, 50.00 to 35.00 % here.",
        "“+ deeper” helped in the report and not here: 58.90 to 59.90 % in the report, 60.00 to 59.00 % here "
        "(within what chance does).",
    ]
    assert results.cells(rows[-1])[2] == "not run yet"
    assert results.cells(results.Row("fine-tuned", 96.82, "none", needs="resnet18.pth"))[2] == "needs resnet18.pth"


def test_lines_from_another_machine_are_named(tmp_path, kept):
    assert results.machines([results.Row("a net", None, "mnist-fcn")]) == []
    other = {"processor": "Q", "cores": 4}
    for name, changes in (("fcn", {}), ("cnn", {"machine": other}), ("cnn-seed1", {"seed": 1})):
        write_run(tmp_path / "runs" / f"mnist-{name}", 0.9, **changes)
    results.take_in(tmp_path / "runs")
    rows = [results.Row("a net", None, "mnist-fcn"), results.Row("another", None, "mnist-cnn")]
    assert results.machines(rows) == ["(P, 2 cores; numpy 2)", "(Q, 4 cores; numpy 2: “another”)"]
