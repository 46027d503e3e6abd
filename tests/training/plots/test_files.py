"""Pictures as files: formats, folders, all or nothing, no window system, no mathematics in names."""

from __future__ import annotations

import os
import re

import matplotlib
import pytest
from PIL import Image

from minitorch_cv.training import plot_confusion_matrix, plot_history
from minitorch_cv.training.plots.canvas import heading, letters, shorten, shorten_all
from tests.checks import run_script

HISTORY = {"train_loss": [1.0, 0.5], "test_loss": [1.1, 0.4], "train_accuracy": [0.5, 0.7]}


def test_png_has_the_width_of_a_page_and_the_colours(tmp_path):
    path = plot_history(HISTORY, str(tmp_path / "new folder" / "curves.png"))
    with Image.open(path) as picture:
        assert picture.format == "PNG" and picture.size == (1200, 480)
        colors = {color for _, color in picture.convert("RGB").getcolors(1 << 20)}
    assert {(0x00, 0x72, 0xB2), (0xD5, 0x5E, 0x00)} <= colors


@pytest.mark.parametrize(("name", "begin"), [("a.PDF", b"%PDF"), ("a.svg", b"<?xml"), ("a", b"\x89PNG")])
def test_other_formats_by_the_ending(tmp_path, name, begin):
    path = plot_history(HISTORY, tmp_path / name)
    assert path == tmp_path / name and path.read_bytes().startswith(begin)
    assert os.listdir(tmp_path) == [name]


def test_a_picture_that_cannot_be_drawn_leaves_the_old_one(tmp_path):
    path = tmp_path / "a.nonsense"
    path.write_text("old")
    with pytest.raises(ValueError, match="nonsense"):
        plot_history(HISTORY, path)
    assert path.read_text() == "old" and os.listdir(tmp_path) == ["a.nonsense"]


def test_dollars_are_dollars_and_settings_of_matplotlib_stay(tmp_path):
    before = dict(matplotlib.rcParams)
    path = plot_confusion_matrix([[1, 0], [0, 1]], ["$x^2$", "a_{b} & <c>"], tmp_path / "a.svg", "5 $ or 6 $")
    found = re.findall(r"<!-- (.*?) -->", path.read_text(encoding="utf8"))
    assert {"$x^2$", "5 $ or 6 $"} <= {text.strip() for text in found}
    assert dict(matplotlib.rcParams) == before


def test_no_window_system(tmp_path):
    code = """
        import sys
        from minitorch_cv.training import plots
        assert not {"matplotlib", "sklearn", "PIL"} & set(sys.modules)
        plots.plot_history({"loss": [2.0, 1.0]}, sys.argv[1])
        assert "matplotlib.pyplot" not in sys.modules
    """
    run = run_script(code, tmp_path / "a.png")
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "a.png").exists()


def test_long_texts():
    assert shorten("cat", 3) == "cat"
    assert shorten("abcdefghij", 5) == "ab…ij" and len(shorten("abcdefghij", 6)) == 6
    assert heading("word " * 40).count("\n") == 2 and heading("a\nb") == "a\nb"
    assert letters(0.001) == 3
    assert shorten_all(["number one", "two"], 6) == ["num…ne", "two"]
    assert shorten_all(["a long 1 xyz", "a long 2 xyz"], 7) == ["0: …xyz", "1: …xyz"]
