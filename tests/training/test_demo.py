"""The demo and the command line."""

from __future__ import annotations

import pytest
from numba.core import config

import minitorch_cv
from minitorch_cv.__main__ import main
from minitorch_cv.training import demo
from minitorch_cv.vision.datasets import Digits
from tests.checks import check_error


class FewDigits(Digits):
    """A part of the digits: the demo has to pass with the JIT off, too."""

    def __init__(self, train=True, transform=None):
        super().__init__(train=train, transform=transform)
        few = 192 if train else 64
        self.data, self.targets = self.data[:few], self.targets[:few]


def test_a_few_epochs_learn_something_and_draw_it(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(demo, "Digits", FewDigits)
    epochs = 1 if config.DISABLE_JIT else 4  # plain Python takes seconds for each
    accuracy = demo.run_demo(tmp_path, epochs=epochs)
    printed = capsys.readouterr().out
    assert accuracy > (0.1 if config.DISABLE_JIT else 0.5)
    assert "192 to train on, 64 to test on" in printed
    assert f"epoch  {epochs}: accuracy" in printed
    assert f"test accuracy {accuracy:.2%}" in printed
    assert "s compiling kernels" in printed
    assert "Parameters:" in printed
    for name in ("curves.png", "confusion_matrix.png"):
        assert (tmp_path / name).read_bytes()[:4] == b"\x89PNG"
        assert str(tmp_path / name) in printed


def test_command_line(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(demo, "run_demo", lambda *args: asked.append(args))
    assert main(["demo", "--out", str(tmp_path), "--epochs", "3", "--seed", "4"]) == 0
    assert asked == [(tmp_path, 3, 4)]


def test_ctrl_c(tmp_path, monkeypatch, capsys):
    def interrupted(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(demo, "run_demo", interrupted)
    assert main(["demo", "--out", str(tmp_path)]) == 130
    assert "interrupted" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments, message",
    [
        ([], "the following arguments are required: COMMAND"),
        (["demo", "--epochs", "0"], "--epochs: expected a whole number of at least 1, got '0'"),
        (["dance"], "invalid choice: 'dance'"),
    ],
)
def test_wrong_command_lines(arguments, message, capsys):
    check_error(SystemExit, "2", main, arguments)
    assert message in capsys.readouterr().err


def test_version(capsys):
    check_error(SystemExit, "0", main, ["--version"])
    assert capsys.readouterr().out == f"minitorch_cv {minitorch_cv.__version__}\n"
