"""The command line: report, summary and datasets, and what they say of wrong input."""

import re

import pytest

import minitorch_cv as mt
from minitorch_cv import nn, training
from minitorch_cv.__main__ import main
from tests.training.loops import CLASSES, FEATURES, loader, samples
from tests.vision.datasets import fixtures


@pytest.fixture
def run(tmp_path):
    """Makes a finished run of a small network."""

    def make(name):
        mt.manual_seed(0)
        model = nn.Linear(FEATURES, CLASSES).double()
        out = training.begin_run(tmp_path / name, name, list("abcd"), model, (1, FEATURES))
        optimizer = mt.optim.SGD(model.parameters(), lr=0.1)
        parts = loader(mt, *samples(40, 1)), loader(mt, *samples(20, 2)), optimizer, nn.CrossEntropyLoss()
        training.fit(model, *parts, 1, out=out, progress=False)
        return out

    return make


def test_report_and_comparison(run, tmp_path, capsys):
    first, second = run("first"), run("second")
    assert main(["report", str(first)]) == 0
    assert capsys.readouterr().out.strip() == str(first / "report.html")
    assert (first / "report.html").read_text().startswith("<!")
    page = tmp_path / "pages" / "both.html"
    assert main(["report", str(first), str(second), "--out", str(page), "--title", "Two of them"]) == 0
    assert "Two of them" in page.read_text()


def test_a_title_for_one_run(run, capsys):
    with pytest.raises(SystemExit):
        main(["report", str(run("one")), "--title", "One"])
    assert "--title is of a comparison" in capsys.readouterr().err


def test_report_of_no_run(tmp_path, capsys):
    assert main(["report", str(tmp_path / "none")]) == 1
    assert re.search(r"minitorch-cv report: .*none", capsys.readouterr().err)


def test_summary(capsys):
    assert main(["summary", "LeNet5"]) == 0
    assert "Parameters: 61,706" in capsys.readouterr().out
    assert main(["summary", "squeezenet1_1", "--input-size", "3", "64", "64", "--batch", "2"]) == 0
    assert "[2, 1000]" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["summary", "lenet6"])
    assert "no model 'lenet6'; there are alexnet, " in capsys.readouterr().err


def test_summary_of_a_wrong_size(capsys):
    assert main(["summary", "lenet5", "--input-size", "3", "28", "28"]) == 1
    assert "minitorch-cv summary: the model failed" in capsys.readouterr().err


def test_datasets(tmp_path, capsys):
    fixtures.write_mnist(tmp_path)
    fixtures.write_voc(tmp_path)
    assert main(["datasets", "--data", str(tmp_path)]) == 0
    table = capsys.readouterr().out
    assert re.search(r"MNIST +train 20, test 20 +10 +28 x 28 L", table)
    assert main(["datasets", "--data", str(tmp_path), "--out", str(tmp_path / "sheets")]) == 0
    sheets = [path.name for path in (tmp_path / "sheets").iterdir()]
    assert sorted(sheets) == ["MNIST.png", "VOC2012.png"]


def test_datasets_of_no_folder(tmp_path, capsys, monkeypatch):
    assert main(["datasets", "--data", str(tmp_path / "none")]) == 1
    assert "there is no folder" in capsys.readouterr().err
    monkeypatch.delenv("MINITORCH_CV_DATA", raising=False)
    with pytest.raises(SystemExit):
        main(["datasets"])
    assert "or set MINITORCH_CV_DATA to it" in capsys.readouterr().err


def test_a_traceback_if_asked_for(tmp_path, monkeypatch):
    monkeypatch.setenv("MINITORCH_CV_TRACEBACK", "1")
    with pytest.raises(FileNotFoundError):
        main(["datasets", "--data", str(tmp_path / "none")])
