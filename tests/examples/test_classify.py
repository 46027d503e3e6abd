"""The script that names Imagenette's images with weights from a file, on small images and random weights."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch
import torchvision.models

from tests.vision.datasets.fixtures import write_imagenette

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(os.environ.get("NUMBA_DISABLE_JIT") == "1", reason="plain Python takes minutes for such a network")
def test_images_are_counted_and_some_are_shown(tmp_path):
    torch.manual_seed(0)
    write_imagenette(tmp_path, per_class=1)
    torch.save(torchvision.models.squeezenet1_1().state_dict(), tmp_path / "weights.pth")
    command = [sys.executable, str(ROOT / "examples/imagenette/classify.py"), "--data", str(tmp_path), "--size", "48"]
    command += ["--model", "squeezenet1_1", "--weights", str(tmp_path / "weights.pth"), "--images", "10", "--show", "2"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=env)
    assert done.returncode == 0, done.stderr[-3000:]
    assert re.search(r"squeezenet1_1, 10 images, 1000 classes: top-1 \d+\.\d%, top-5 \d+\.\d%\n$", done.stdout)
    assert done.stdout.startswith("\ntench:\n") and "\nFrench horn:\n" in done.stdout
    assert len(re.findall(r"^ *\d+\.\d\d%  \S", done.stdout, re.MULTILINE)) == 10
