"""Tables, charts and options of the benchmarks."""

from __future__ import annotations

import pytest

from benchmarks.side_by_side.options import RESULTS, read_options
from benchmarks.side_by_side.report import Panel, digits, draw_bars, draw_lines, markdown_table, write_report


def test_table():
    assert markdown_table(["a", "b"], [["x", 1]]) == "| a | b |\n| --- | --: |\n| x | 1 |"


@pytest.mark.parametrize(("value", "text"), [(None, "–"), (0.1234, "0.12"), (12.34, "12.3"), (1234.5, "1234")])
def test_digits(value, text):
    assert digits(value) == text


def test_report_states_machine_and_command(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.argv", ["somewhere/ops.py", "--ops", "relu1"])
    write_report(tmp_path, "ops", "Operations", "text")
    written = (tmp_path / "ops.md").read_text()
    assert "`python benchmarks/ops.py --ops relu1`" in written
    assert "cores, Python" in written and "![Operations](ops.png)" in written


def test_charts_are_drawn(tmp_path):
    draw_bars(tmp_path / "ratios.png", "t", "l", ["a", "b"], {"x": [0.5, 2], "y": [None, 1.1]}, ratios=True)
    draw_bars(tmp_path / "bars.png", "t", "l", ["a"], {"x": [3.0]})
    draw_lines(tmp_path / "lines.png", "t", "ms", [Panel("n", [1, 2, 4], {"x": [1.0, 2.0, 4.1]})] * 3)
    for name in ("ratios", "bars", "lines"):
        assert (tmp_path / f"{name}.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("arguments", "folder"),
    [
        ([], RESULTS),
        (["--models", "a"], None),
        (["--modes", "eager"], None),
        (["--rounds", "3"], None),
        (["--quick"], None),
        (["--quick", "--out", str(RESULTS / "mine")], RESULTS / "mine"),
    ],
)
def test_only_complete_runs_go_into_the_results(arguments, folder, monkeypatch):
    monkeypatch.setattr("sys.argv", ["script.py", *arguments])
    assert read_options("Doc.", "models", ["a", "b"]).out == folder


def test_a_script_offers_only_options_that_it_follows(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["script.py", "--quick"])
    with pytest.raises(SystemExit):
        read_options("Doc.", "models", ["a"], rounds=0)
    monkeypatch.setattr("sys.argv", ["script.py", "--modes", "eager"])
    with pytest.raises(SystemExit):
        read_options("Doc.", "models", ["a"], modes=())
    assert capsys.readouterr().err.count("unrecognized arguments") == 2
