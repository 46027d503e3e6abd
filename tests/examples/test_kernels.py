"""The measurements of docs/kernels.md run, and all that they measure computes what NumPy does."""

from __future__ import annotations

import importlib
import math
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from minitorch_cv.kernels._threads import board
from minitorch_cv.kernels.target import BLOCK_ROWS, PANEL, VL
from tests.checks import number_of_threads

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "examples" / "kernels"
PRODUCTS = (
    "python_loops",
    "plain_loops",
    "rows_of_b",
    "vectors",
    "four_rows",
    "microkernel",
    "packed",
    "threads",
)


@pytest.fixture
def load(monkeypatch):
    """Import a file of examples/kernels by its name."""
    monkeypatch.syspath_prepend(FOLDER)
    return importlib.import_module


def run(script, *arguments):
    command = [sys.executable, str(FOLDER / script), "--quick", *map(str, arguments)]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "NUMBA_DISABLE_JIT": "0"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, env=env)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_ladder(tmp_path):
    picture = tmp_path / "new" / "ladder.png"
    table = [line for line in run("ladder.py", "--out", picture).splitlines() if line.startswith("| ")]
    assert len(table) == 13
    speeds = [float(line.split("|")[2]) for line in table[2:]]
    assert all(speed > 0 for speed in speeds)
    assert picture.stat().st_size > 5000


def test_processor():
    assert re.search(r"\| 8 \| [\d.]+ \| [\d.]+ \|", run("processor.py"))


def test_memory_bound():
    assert "kernel, ReLU in the same pass" in run("memory_bound.py")


def test_convolutions():
    text = run("convolutions.py")
    assert "products [-2.0, 15.0, 1.0, -6.0], results [14.0, 20.0]; NumPy's: [14.0, 20.0]" in text
    assert {line.split(" | ")[0] for line in text.splitlines() if line.startswith("| ")} >= {
        "| plain loops, 1 thread",
        "| im2col",
        "| direct",
        "| winograd",
        "| auto",
    }


@pytest.mark.parametrize("name", PRODUCTS)
@pytest.mark.parametrize("depth", [1, 5, 260])
def test_product(load, name, depth):
    product = getattr(load("products"), name)
    rows = math.lcm(BLOCK_ROWS, 4) * (9 if name == "threads" else 1)  # more blocks than parts
    columns = PANEL if "loops" in name or name == "rows_of_b" else 2 * PANEL
    rng = np.random.default_rng(depth)
    a, b = rng.standard_normal((rows, depth), np.float32), rng.standard_normal((depth, columns), np.float32)
    out = np.full((rows, columns), np.nan, np.float32)
    product(a, b, out)
    exact = a.astype(np.float64) @ b.astype(np.float64)
    np.testing.assert_allclose(out, exact, atol=1e-6 * np.abs(exact).max() * math.sqrt(depth))


@pytest.mark.parametrize("count", [1, 2, 4, 8])
def test_chains(load, count):
    out = np.arange(8 * VL, dtype=np.float32)
    load("chains").CHAINS[count](3, out)
    start = np.arange(8 * VL)
    expected = np.where(start < count * VL, start / 8 + 0.875, start)  # a/2 + 1/2, three times
    np.testing.assert_array_equal(out, expected.astype(np.float32))


@pytest.mark.parametrize("threads", [1, 2])
def test_shared_chains(load, threads):
    chains, out = load("chains"), np.arange(4 * 8 * VL, dtype=np.float32)
    expected = out.copy()
    with number_of_threads(threads):
        chains.shared_chains(board(), 1, 0, 3, 5, out)
    for i in range(3):
        chains.one_chain(5, expected[i * 8 * VL : (i + 1) * 8 * VL])
    np.testing.assert_array_equal(out, expected)


def test_reading_adds_up_everything(load):
    out, a = np.zeros(VL, np.float32), np.arange(16 * VL, dtype=np.float32)
    load("processor").read(a, 2, out)
    assert out.sum() == 2 * a.sum()


def test_a_wrong_product_is_noticed(load, monkeypatch, tmp_path):
    monkeypatch.setattr(load("products"), "plain_loops", lambda a, b, out: out.fill(1))
    monkeypatch.setattr(sys, "argv", ["ladder.py", "--quick", "--out", str(tmp_path / "x.png")])
    with pytest.raises(SystemExit, match=r"compiled loops: the result is wrong by .* of its norm"):
        load("ladder").main()


@pytest.mark.parametrize(
    ("value", "text"), [(409.2, "409"), (35.04, "35.0"), (1.281, "1.28"), (0.0173, "0.0173"), (1234.6, "1235")]
)
def test_digits(load, value, text):
    assert load("measuring").digits(value) == text
