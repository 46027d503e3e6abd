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
        "notes": [],
        "model": {"name": "Net", "summary": "a long table"},
    }
    metrics = {"accuracy": accuracy, "started": run["started"]}
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
    assert results.take_in(tmp_path / "runs") == ["mnist-fcn, seed 0", "mnist-fcn, seed 1"]
    row = results.Row("a net", 94.54, "mnist-fcn")
    assert results.cells(row) == [
        "a net", "94.54 %", "98.50 ± 0.71 %", "0, 1", "3", "3.0", "`python examples/mnist/fcn.py --epochs 3`",
    ]  # fmt: skip
    assert "a long table" not in "".join(path.read_text() for path in kept.iterdir())


def test_what_is_not_taken_in(tmp_path, kept):
    write_run(tmp_path / "a" / "mnist-fcn", 0.98, command="python examples/mnist/fcn.py --quick")
    write_run(tmp_path / "b" / "mnist-fcn", 0.98, started="2026-02-02T00:00:00", accuracy_of="an earlier run")
    metrics = tmp_path / "b" / "mnist-fcn" / "metrics.json"
    metrics.write_text(metrics.read_text().replace("2026-01", "2025-01"))
    write_run(tmp_path / "c" / "demo", 0.98)
    for folder in "abc":
        assert results.take_in(tmp_path / folder) == []
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
    for name, accuracy in (("SimpleNet", 0.5), ("jitter", 0.4), ("dropout", 0.6)):
        write_run(tmp_path / "runs" / "scenes15-simplenet" / name, accuracy)
    results.take_in(tmp_path / "runs")
    rows = [
        results.Row("SimpleNet", 47.0, "scenes15-simplenet/SimpleNet"),
        results.Row("+ jitter", 53.7, "scenes15-simplenet/jitter", versus="scenes15-simplenet/SimpleNet"),
        results.Row("+ dropout", 58.9, "scenes15-simplenet/dropout", versus="scenes15-simplenet/jitter"),
        results.Row("+ deeper", 59.9, "scenes15-simplenet/deeper", versus="scenes15-simplenet/dropout"),
    ]
    assert results.surprises(rows) == [
        "“+ jitter” helped in the report and not here: 47.00 to 53.70 % in the report, 50.00 to 40.00 % here."
    ]
    assert results.cells(rows[-1])[2] == "not run yet"
