"""The MNIST scripts run from the command line, on a small data set in MNIST's own format."""

from __future__ import annotations

import gzip
import os
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]


def write_idx(path, array):
    """An IDX file of bytes, gzipped, as MNIST is distributed."""
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    path.write_bytes(gzip.compress(header + array.astype(np.uint8).tobytes()))


@pytest.fixture
def small_mnist(tmp_path):
    """Ten easy classes: a bright bar whose place tells the class."""
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    rng = np.random.default_rng(0)
    for prefix, count in (("train", 256), ("t10k", 100)):
        labels = np.arange(count) % 10
        images = rng.integers(0, 60, (count, 28, 28))
        for image, label in zip(images, labels):
            image[2 * label + 4 : 2 * label + 6] = 250
        write_idx(raw / f"{prefix}-images-idx3-ubyte.gz", images)
        write_idx(raw / f"{prefix}-labels-idx1-ubyte.gz", labels)
    return tmp_path


@pytest.mark.parametrize("script", ["fcn.py", "cnn.py"])
def test_script(small_mnist, script):
    out = small_mnist / "out"
    command = [sys.executable, str(ROOT / "examples" / "mnist" / script), "--data", str(small_mnist), "--epochs", "1"]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "NUMBA_DISABLE_JIT": "0"}  # the loops of a CNN take minutes without
    run = subprocess.run([*command, "--out", str(out)], capture_output=True, text=True, timeout=300, env=env)
    assert run.returncode == 0, run.stderr
    assert "epoch 1: train accuracy" in run.stdout
    assert "after 1 epochs" in run.stdout
    assert (out / "curves.png").stat().st_size > 5000
    assert (out / "confusion_matrix.png").stat().st_size > 5000


@pytest.mark.parametrize("script", ["fcn.py", "cnn.py"])
def test_script_says_what_is_missing(tmp_path, script):
    command = [sys.executable, str(ROOT / "examples" / "mnist" / script), "--data", str(tmp_path)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run(command, capture_output=True, text=True, timeout=120, env=env)
    assert run.returncode != 0
    assert "train-images-idx3-ubyte" in run.stderr
