"""The course projects' scripts run with --quick: on real images where MINITORCH_CV_DATA names them, else on ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from minitorch_cv import save
from minitorch_cv.vision.models import ResNet9, resnet18, squeezenet1_0
from tests.vision.datasets import fixtures

ROOT = Path(__file__).resolve().parents[2]

# The script, arguments that keep it short, and the runs that it leaves.
SCRIPTS = {
    "mnist/fcn.py": ([], ["."]),
    "mnist/cnn.py": (["--layer", "features.7"], ["."]),
    "cifar100/fcn.py": ([], ["."]),
    "cifar100/cnn.py": ([], ["."]),
    "cifar100/best.py": (["--width", "8"], ["."]),
    "cinic10/lenet5.py": (["--variants", "base", "batch norm"], ["base", "batch-norm"]),
    "cinic10/resnet9.py": (["--variants", "SGD"], ["SGD"]),
    "imagenette/own_conv.py": ([], ["."]),
    "imagenette/ablation.py": (["--variants", "all", "all, Sigmoid"], ["all", "all-Sigmoid"]),
    "imagenette/finetune.py": ([], ["random-weights"]),
    "scenes15/simplenet.py": (["--steps", "SimpleNet", "SimpleNetFinal"], ["SimpleNet", "SimpleNetFinal"]),
    "scenes15/multilabel.py": ([], ["."]),
    "scenes15/finetune.py": ([], ["random-weights"]),
    "voc/simple.py": ([], ["."]),
    "voc/classify.py": (["--networks", "own", "own, shallower"], ["own", "own-shallower"]),
}

# With a file of weights: what makes the network they are of.
FINE_TUNED = {
    "cinic10/finetune.py": (
        lambda: ResNet9(100, width=8),
        [],
        ["random-weights", "batch-norm-frozen", "batch-norm-free"],
    ),
    "imagenette/finetune.py": (resnet18, ["--model", "resnet18"], ["batch-norm-frozen", "batch-norm-free"]),
    "scenes15/finetune.py": (squeezenet1_0, ["--model", "squeezenet1_0"], ["fine-tuned"]),
    "scenes15/multilabel.py": (squeezenet1_0, ["--model", "squeezenet1_0"], ["."]),
    "voc/classify.py": (
        squeezenet1_0,
        ["--networks", "pretrained", "--model", "squeezenet1_0", "--no-validation"],
        ["pretrained"],
    ),
}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """The folder of the data sets."""
    if "MINITORCH_CV_DATA" in os.environ:
        return os.environ["MINITORCH_CV_DATA"]
    root = tmp_path_factory.mktemp("data")
    fixtures.write_mnist(root, per_class=20)
    fixtures.write_cifar100(root, per_class=2)
    fixtures.write_cinic10(root, per_class=12)
    fixtures.write_imagenette(root, per_class=8)
    fixtures.write_scenes15(root, per_class=6)
    fixtures.write_voc(root, count=48)
    return str(root)


@pytest.mark.skipif(os.environ.get("NUMBA_DISABLE_JIT") == "1", reason="they run where the JIT is on")
@pytest.mark.parametrize("script", SCRIPTS)
def test_script(script, data, tmp_path):
    check_script(script, *SCRIPTS[script], data, tmp_path)


@pytest.mark.skipif(os.environ.get("NUMBA_DISABLE_JIT") == "1", reason="they run where the JIT is on")
@pytest.mark.parametrize("script", FINE_TUNED)
def test_fine_tuning(script, data, tmp_path):
    build, arguments, runs = FINE_TUNED[script]
    save(build().state_dict(), tmp_path / "weights.pth")
    check_script(script, [*arguments, "--weights", str(tmp_path / "weights.pth")], runs, data, tmp_path)


def check_script(script, arguments, runs, data, tmp_path):
    """It ends well, and leaves a report of each of its runs."""
    command = [
        sys.executable,
        str(ROOT / "examples" / script),
        "--data",
        data,
        "--quick",
        "--out",
        str(tmp_path / "run"),
    ]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=300, env=env)
    assert done.returncode == 0, done.stderr[-3000:]
    for run in runs:
        folder = tmp_path / "run-quick" / run
        metrics = json.loads((folder / "metrics.json").read_text())
        assert metrics["split"] == "test"
        assert 0 <= (metrics["mAP"] if "mAP" in metrics else metrics["accuracy"]) <= 1
        assert metrics["samples"] > 0
        page = (folder / "report.html").read_text()
        assert page.count('src="data:image/png;base64,') >= 3
        assert f"examples/{script}" in page  # the command that repeats it
    if len(runs) > 1:
        assert "<table" in (tmp_path / "run-quick" / "comparison.html").read_text()


@pytest.mark.parametrize("script", sorted({*SCRIPTS, *FINE_TUNED} - {"cinic10/finetune.py"}))
def test_script_says_what_is_missing(script, tmp_path):
    command = [sys.executable, str(ROOT / "examples" / script), "--data", str(tmp_path), "--out", str(tmp_path / "o")]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=env)
    assert done.returncode != 0
    assert str(tmp_path) in done.stderr
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["cinic10/lenet5.py", "--epochs", "0"], "argument --epochs: expected a whole number of at least 1, got '0'"),
        (["scenes15/multilabel.py", "--epochs", "-3"], "argument --epochs: expected a whole number of at least 1"),
        (["voc/classify.py", "--weights", "none.pth"], "argument --weights: none.pth is not there, expected a file"),
        (["imagenette/finetune.py", "--weights", "."], "argument --weights: . is a folder, expected a file"),
        (
            ["cinic10/finetune.py"],
            "there are no weights at runs/cifar100-best/best.pt; examples/cifar100/best.py makes",
        ),
        (["mnist/cnn.py", "--layer", "classifer"], "--layer classifer: expected one of features, features.0, "),
    ],
)
def test_arguments_that_do_not_fit_are_refused_before_anything_is_read(arguments, told, tmp_path):
    script, *others = arguments
    command = [sys.executable, str(ROOT / "examples" / script), "--data", str(tmp_path), *others]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=env, cwd=tmp_path)
    assert done.returncode == 2 and told in done.stderr.replace("\n", " ")


def test_a_script_runs_as_a_module(data, tmp_path):
    command = [sys.executable, "-m", "examples.mnist.fcn", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=ROOT)
    assert done.returncode == 0
    assert "--quick" in done.stdout
