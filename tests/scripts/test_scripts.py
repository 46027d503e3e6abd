"""Teaching scripts print under this library what they print under PyTorch.

Every other file of this folder is a script as a course writes it, `import torch` and all. It is run twice in this
process, once as it stands and once with `torch` naming minitorch_cv in its import statements, and the two outputs are
compared: numbers within a tolerance, everything else exactly. The two libraries draw different random numbers from the
same seed, so the scripts take their weights and data from NumPy, and print of random results only what does not depend
on the draw.
"""

from __future__ import annotations

import builtins
import contextlib
import importlib
import io
import math
import re
from pathlib import Path

import pytest

import minitorch_cv  # noqa: F401 - found by the renamed imports

SCRIPTS = sorted(path for path in Path(__file__).parent.glob("*.py") if path.name != "test_scripts.py")

# A number with a decimal point or an exponent; integers are compared as text.
NUMBER = re.compile(r"-?\d+\.\d*(?:e[+-]?\d+)?|-?\d+e[+-]?\d+")
ADDRESS = re.compile(r"0x[0-9a-f]+")
RELATIVE = 1e-4


def import_renamed(name, globals=None, locals=None, fromlist=(), level=0):
    """`__import__` for a script: torch is minitorch_cv."""
    if level == 0 and name.split(".")[0] == "torch":
        name = "minitorch_cv" + name[len("torch") :]
    return importlib.__import__(name, globals, locals, fromlist, level)


def output_of(path: Path, import_function) -> list[str]:
    """The lines that a script prints, run as `__main__`."""
    namespace = {
        "__name__": "__main__",
        "__file__": str(path),
        "__builtins__": {**vars(builtins), "__import__": import_function},
    }
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(path.read_text(), str(path), "exec"), namespace)
    return printed.getvalue().splitlines()


def same_number(ours: str, theirs: str) -> bool:
    """Whether two printed numbers agree to the relative tolerance, or to one unit of the last place that is printed."""
    digits, _, exponent = theirs.partition("e")
    decimals = len(digits.partition(".")[2])
    unit = 10.0 ** (int(exponent or 0) - decimals) if decimals >= 3 else 0.0
    return math.isclose(float(ours), float(theirs), rel_tol=RELATIVE, abs_tol=1.001 * unit)


def same_line(ours: str, theirs: str) -> bool:
    """Whether two printed lines say the same."""
    ours, theirs = (ADDRESS.sub("0x", line) for line in (ours, theirs))
    pairs = list(zip(NUMBER.findall(ours), NUMBER.findall(theirs)))
    return NUMBER.sub("#", ours) == NUMBER.sub("#", theirs) and all(same_number(a, b) for a, b in pairs)


@pytest.mark.parametrize("path", SCRIPTS, ids=[path.stem for path in SCRIPTS])
def test_script_prints_the_same(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # scripts save checkpoints
    theirs = output_of(path, builtins.__import__)
    ours = output_of(path, import_renamed)
    assert len(theirs) > 5
    differing = [(number, a, b) for number, (a, b) in enumerate(zip(ours, theirs), 1) if not same_line(a, b)]
    report = "\n".join(f"line {number}\n  ours   {a}\n  theirs {b}" for number, a, b in differing)
    assert not differing, report
    assert len(ours) == len(theirs)


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ("loss 0.12341", "loss 0.12342", True),
        ("loss 0.1234", "loss 0.1236", False),
        ("loss 3.", "loss 2.", False),
        ("accuracy 97.5%", "accuracy 97.4%", False),
        ("tensor([1.0000e-05, 2.0])", "tensor([1.00001e-05, 2.0])", True),
        ("12 of 50", "13 of 50", False),
        ("nan 1.0", "inf 1.0", False),
        ("[1.0, 2.0]", "[1.0]", False),
        ("<A at 0x7fa>", "<A at 0x81b>", True),
        ("lr: 0.001", "lr: 0.0010", True),
    ],
)
def test_the_comparison_of_lines(ours, theirs, same):
    assert same_line(ours, theirs) == same


def test_the_renamed_import_brings_this_library():
    printed = {}
    source = (
        "import torch, torch.nn as nn, torch.nn.functional as F\n"
        "from torch.utils.data import DataLoader\nfrom torch import nn as n2\n"
    )
    namespace = {"__builtins__": {**vars(builtins), "__import__": import_renamed}}
    exec(source, namespace)
    for name in ("torch", "nn", "F", "DataLoader", "n2"):
        item = namespace[name]
        printed[name] = getattr(item, "__module__", None) or item.__name__
    assert {value.split(".")[0] for value in printed.values()} == {"minitorch_cv"}
