"""Warming up: what is compiled then is not compiled again."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

import pytest
from numba.core import config

from minitorch_cv import nn
from minitorch_cv.__main__ import main
from minitorch_cv.training.warmup import FAMILIES, describe, families_of, warm_up
from minitorch_cv.vision import models

STEP = """
    import numpy as np
    import minitorch_cv as mt
    from minitorch_cv.vision import models
    from minitorch_cv.kernels import compile_seconds

    model = models.LeNet5(in_channels=3, image_size=32)
    optimizer = mt.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    for batch in (16, 128):
        images = mt.randn(batch, 3, 32, 32)
        loss = mt.nn.functional.cross_entropy(model(images), mt.randint(0, 10, (batch,)))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(compile_seconds())
"""


def run(arguments, cache):
    env = {**os.environ, "NUMBA_CACHE_DIR": str(cache)}
    env.pop("NUMBA_DISABLE_JIT", None)
    return subprocess.run(arguments, capture_output=True, text=True, timeout=300, env=env, check=True)


@pytest.mark.skipif(config.DISABLE_JIT, reason="processes of their own, the same where the JIT is on")
def test_a_model_trains_without_compiling_afterwards(tmp_path):
    command = [sys.executable, "-m", "minitorch_cv", "warmup", "--models", "lenet5", "--jobs", "2"]
    first = run(command, tmp_path)
    assert "convolution" in first.stdout and "optimisers" in first.stdout
    assert "100%" in first.stderr  # the progress bar
    assert float(run([sys.executable, "-c", textwrap.dedent(STEP)], tmp_path).stdout) == 0
    again = run(command, tmp_path)
    assert all(line.endswith("cached") for line in again.stdout.splitlines())


def test_a_model_needs_what_its_layers_need():
    assert "winograd" in families_of(models.resnet18())
    families = families_of(nn.Sequential(nn.Linear(3, 2), nn.ReLU()))
    assert families == ["linear and cross-entropy", "element-wise", "optimisers"]
    assert "depthwise convolution and blur" in families_of(nn.Conv2d(4, 4, 3, groups=4))


@pytest.mark.skipif(config.DISABLE_JIT, reason="nothing is compiled, and plain Python takes minutes for these sizes")
@pytest.mark.parametrize("family", FAMILIES)
def test_families_run(family):
    FAMILIES[family][0]()


def test_an_unknown_model():
    with pytest.raises(ValueError, match=r"no model 'lenet6'; there are .*lenet5"):
        warm_up(["lenet6"])


def test_what_is_printed():
    assert describe({"a": 1.25, "long": 0.0}) == "a       1.2 s\nlong   cached"


@pytest.mark.parametrize(
    "arguments, message",
    [(["--models", "lenet6"], "no model 'lenet6'"), (["--jobs", "0"], "expected a whole number of at least 1")],
)
def test_bad_arguments(arguments, message, capsys):
    with pytest.raises(SystemExit):
        main(["warmup", *arguments])
    assert message in capsys.readouterr().err
