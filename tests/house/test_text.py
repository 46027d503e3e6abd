"""What stands in the repository's files: a docstring in every module, small files, nothing of one machine."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(
    p for folder in ("minitorch_cv", "benchmarks", "examples", "tests") for p in (ROOT / folder).rglob("*.py")
)
LONGEST = 480  # lines: "split a family near 400"


@pytest.mark.parametrize("path", SOURCES, ids=[str(p.relative_to(ROOT)) for p in SOURCES])
def test_source(path):
    text = path.read_text()
    assert text == "" or ast.get_docstring(ast.parse(text)), "the file does not say what it is for"
    if "tests" not in path.parts:
        assert len(text.splitlines()) <= LONGEST
    for hint in ("/home/", "/root/", "pypi.org", "/work/"):
        assert hint not in text or path == Path(__file__)
