"""`import minitorch_cv as torch` in a course's scripts: they print what they print under `minitorch_cv run`."""

import contextlib
import io
import re
import runpy
from pathlib import Path

import pytest

from minitorch_cv.scripts import run_script
from tests.as_torch.hiding import hidden_torch, kept_program
from tests.vision.datasets import fixtures

SCRIPTS = Path(__file__).parents[1] / "scripts"

RENAMED = [
    (r"^(\s*)import torch$", r"\1import minitorch_cv as torch"),
    (r"^(\s*)import torchvision$", r"\1import minitorch_cv.vision as torchvision"),
    (r"^(\s*(?:from|import) )torch\b", r"\1minitorch_cv"),
    (r"^(\s*(?:from|import) )torchvision\b", r"\1minitorch_cv.vision"),
]


def output_of(run, path):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), hidden_torch(), kept_program(Path(path).parent):
        run(path)
    return printed.getvalue()


@pytest.mark.parametrize("name", ["quickstart", "checkpoints", "data_augmentation", "feature_visualization", "dcgan"])
def test_the_same_output(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    fixtures.write_mnist(tmp_path / "data", "FashionMNIST", zipped=False)
    source = (SCRIPTS / f"{name}.py").read_text()
    for pattern, replacement in RENAMED:
        source = re.sub(pattern, replacement, source, flags=re.MULTILINE)
    assert not re.search(r"^(from|import) torch", source, re.MULTILINE)
    (tmp_path / "script.py").write_text(source)
    renamed = output_of(lambda path: runpy.run_path(path, run_name="__main__"), str(tmp_path / "script.py"))
    assert renamed == output_of(run_script, SCRIPTS / f"{name}.py")
    assert len(renamed.splitlines()) > 5
