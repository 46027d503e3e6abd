"""Teaching scripts print under this library what they print under PyTorch.

Every other file of this folder is a script as a course writes it, `import torch` and all. It is run twice in this
process, once as it stands and once as `python -m minitorch_cv run` runs it, and the two outputs are compared: numbers
within a tolerance, everything else exactly. The two libraries draw different random numbers from the same seed, so the
scripts take their weights and data from NumPy, and print of random results only what does not depend on the draw.
"""

from __future__ import annotations

import contextlib
import io
import math
import os
import re
import runpy
import sys
from functools import partial
from pathlib import Path

import numba
import pytest
import torchvision.datasets.cifar

from minitorch_cv.scripts import run_script
from tests.as_torch.hiding import hidden_torch, kept_program
from tests.vision.datasets import fixtures

HERE = Path(__file__).parent
SCRIPTS = sorted(path for path in HERE.glob("*.py") if path.name != "test_scripts.py")

# What scripts find in the folder `data`, and on their command lines.
FILES = {
    **dict.fromkeys(
        ["quickstart", "confusion_matrix", "tsne_features", "dcgan"],
        partial(fixtures.write_mnist, name="FashionMNIST", zipped=False),
    ),
    **dict.fromkeys(["mnist_example", "two_files"], partial(fixtures.write_mnist, zipped=False)),
    "cifar10_tutorial": fixtures.write_cifar10,
    **dict.fromkeys(["transfer_learning_images", "finetune_squeezenet"], fixtures.write_ants_and_bees),
    "voc_multilabel": fixtures.write_voc,
}
ARGUMENTS = {
    "mnist_example": ["--epochs", "2", "--batch-size", "6", "--log-interval", "2", "--save-model"],
    "two_files": ["2"],
}
TOO_SLOW_WITHOUT_JIT = {"transfer_learning_images", "finetune_squeezenet", "tsne_features", "cifar10_tutorial"}

# A number with a decimal point or an exponent; integers are compared as text.
NUMBER = re.compile(r"-?\d+\.\d*(?:e[+-]?\d+)?|-?\d+e[+-]?\d+")
ADDRESS = re.compile(r"0x[0-9a-f]+")
RELATIVE = 1e-4


def run_as_python(path: Path, arguments: list[str]) -> None:
    """Run a script as `python SCRIPT` does."""
    sys.argv = [str(path), *arguments]
    sys.path[0] = str(path.parent)
    runpy.run_path(str(path), run_name="__main__")


def output_of(run, path: Path) -> list[str]:
    """The lines that a script prints."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), kept_program(HERE):
        run(path, ARGUMENTS.get(path.stem, []))
    return printed.getvalue().splitlines()


def same_number(ours: str, theirs: str) -> bool:
    """Whether two printed numbers agree to the relative tolerance, or to one unit of the last place that is printed."""
    digits, _, exponent = theirs.partition("e")
    decimals = len(digits.partition(".")[2])
    unit = 10.0 ** (int(exponent or 0) - decimals) if decimals >= 3 else 0.0
    return math.isclose(float(ours), float(theirs), rel_tol=RELATIVE, abs_tol=1.001 * unit)


def same_line(ours: str, theirs: str) -> bool:
    """Whether two printed lines say the same."""
    ours, theirs = (ADDRESS.sub("0x", line) for line in (ours, theirs))
    pairs = list(zip(NUMBER.findall(ours), NUMBER.findall(theirs)))
    return NUMBER.sub("#", ours) == NUMBER.sub("#", theirs) and all(same_number(a, b) for a, b in pairs)


@pytest.mark.parametrize("path", SCRIPTS, ids=[path.stem for path in SCRIPTS])
def test_script_prints_the_same(path, tmp_path, monkeypatch):
    if path.stem in TOO_SLOW_WITHOUT_JIT and numba.config.DISABLE_JIT:
        pytest.skip("takes minutes without the JIT")
    # the files of the fixtures have other checksums than the real ones
    monkeypatch.setattr(torchvision.datasets.cifar, "check_integrity", lambda path, md5=None: os.path.isfile(path))
    outputs = []
    for run in (run_as_python, run_script):
        folder = tmp_path / run.__name__  # scripts write files, which the other library must not find
        folder.mkdir()
        if path.stem in FILES:
            FILES[path.stem](folder / "data")
        monkeypatch.chdir(folder)
        with hidden_torch() if run is run_script else contextlib.nullcontext():
            outputs.append(output_of(run, path))
    theirs, ours = outputs
    assert len(theirs) > 5
    differing = [(number, a, b) for number, (a, b) in enumerate(zip(ours, theirs), 1) if not same_line(a, b)]
    report = "\n".join(f"line {number}\n  ours   {a}\n  theirs {b}" for number, a, b in differing)
    assert not differing, report
    assert len(ours) == len(theirs)


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ("loss 0.12341", "loss 0.12342", True),
        ("loss 0.1234", "loss 0.1236", False),
        ("loss 3.", "loss 2.", False),
        ("accuracy 97.5%", "accuracy 97.4%", False),
        ("tensor([1.0000e-05, 2.0])", "tensor([1.00001e-05, 2.0])", True),
        ("12 of 50", "13 of 50", False),
        ("nan 1.0", "inf 1.0", False),
        ("[1.0, 2.0]", "[1.0]", False),
        ("<A at 0x7fa>", "<A at 0x81b>", True),
        ("lr: 0.001", "lr: 0.0010", True),
    ],
)
def test_the_comparison_of_lines(ours, theirs, same):
    assert same_line(ours, theirs) == same
