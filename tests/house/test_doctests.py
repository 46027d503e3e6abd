"""The examples in docstrings and in the handbook's README run, and print what they say."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import minitorch_cv

MODULES = [m.name for m in pkgutil.walk_packages(minitorch_cv.__path__, "minitorch_cv.") if "__main__" not in m.name]


@pytest.mark.parametrize("name", MODULES)
def test_docstrings(name):
    minitorch_cv.manual_seed(0)
    failed, _ = doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert failed == 0
