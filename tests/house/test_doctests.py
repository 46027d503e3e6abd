"""The examples in docstrings and in the handbook's README run, and print what they say."""

from __future__ import annotations

import doctest
import importlib
import os
import pkgutil
import re
from pathlib import Path

import pytest

import minitorch_cv
from tests.vision.datasets.fixtures import write_cifar10

MODULES = [m.name for m in pkgutil.walk_packages(minitorch_cv.__path__, "minitorch_cv.") if "__main__" not in m.name]


@pytest.mark.parametrize("name", MODULES)
def test_docstrings(name):
    minitorch_cv.manual_seed(0)
    failed, _ = doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert failed == 0


def test_readme(tmp_path):
    """The README's Python runs, and its wrong gradient is found in the words that the README shows."""
    readme = (Path(__file__).resolve().parents[2] / "README.md").read_text()
    blocks = re.findall(r"```python\n(.*?)```", readme, flags=re.DOTALL)
    names: dict = {}
    for block in blocks[:-1]:
        exec(block, names)
    if os.environ.get("NUMBA_DISABLE_JIT") != "1":  # a ResNet-9 in plain Python takes minutes
        write_cifar10(tmp_path / "data")
        page = names["train"](tmp_path / "data", tmp_path / "run", epochs=1)
        assert "ResNet-9 on CIFAR-10" in page.read_text()
    with pytest.raises(RuntimeError, match="Jacobian mismatch") as caught:
        exec(blocks[-1], names)
    shown = " ".join(re.search(r"Jacobian mismatch.*?expected one\.", readme, flags=re.DOTALL).group().split())
    assert " ".join(str(caught.value).split()) == shown
