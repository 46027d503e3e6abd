"""`%load_ext minitorch_cv` in a notebook."""

import importlib
import sys

import pytest

import minitorch_cv
from tests.as_torch.hiding import hidden_torch


class Shell:
    """What IPython does on %load_ext and %unload_ext."""

    def run_line_magic(self, magic, module):
        function = {"load_ext": "load_ipython_extension", "unload_ext": "unload_ipython_extension"}[magic]
        getattr(importlib.import_module(module), function)(self)


def test_a_notebook():
    shell = Shell()
    with hidden_torch():
        shell.run_line_magic("load_ext", "minitorch_cv")
        shell.run_line_magic("load_ext", "minitorch_cv")
        assert importlib.import_module("torch").ones is minitorch_cv.ones
        shell.run_line_magic("unload_ext", "minitorch_cv")
        assert "torch" not in sys.modules
        shell.run_line_magic("unload_ext", "minitorch_cv")


def test_pytorch_imported_before():
    with pytest.raises(RuntimeError, match="in a notebook: restart the kernel first"):
        Shell().run_line_magic("load_ext", "minitorch_cv")


def test_ipython_itself():
    interactive = pytest.importorskip("IPython.core.interactiveshell")
    shell = interactive.InteractiveShell.instance()
    with hidden_torch():
        shell.run_line_magic("load_ext", "minitorch_cv")
        shell.run_cell("import torch\nx = torch.ones(2)")
        assert type(shell.user_ns["x"]) is minitorch_cv.Tensor
        shell.run_line_magic("unload_ext", "minitorch_cv")
