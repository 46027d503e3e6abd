"""Operators between tensors and NumPy arrays: PyTorch's answers, and its refusals."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import minitorch_cv as mt

NAMES = {"a": np.array([1, 2]), "b": np.array([2.5, -1.0]), "np": np}
EXPRESSIONS = [
    *(f"t([1, 2]) {sign} a" for sign in ("==", "!=", "+", "-", "*", "/", "//", "%", "**", "&", "|", "<<")),
    *(f"t([1.0, 2.0]) {sign} b" for sign in ("==", "+", "-", "*", "/")),
    *("a == t([1, 3])", "a != t([1, 2])", "a / t([1, 2])", "np.array(2.0) / t([True, True])"),
    *("t(1) == np.array(1)", "t([1, 2]) == np.array(['a', 'b'])", "t([1, 2]) == [1, 2]", "np.int64(1) == t([1, 2])"),
]
REFUSED = ["t([1, 2]) < a", "a < t([1, 2])", "a - t([1, 2])", "a + t([1, 2])", "a & t([1, 2])", "a ** t([1, 2])"]
IN_PLACE = [
    *(f"x = t([1.0, 2.0]); x {sign}= a" for sign in ("+", "-", "*", "/", "//", "%", "**")),
    *(f"x = t([1, 2]); x {sign}= a" for sign in ("&", "|", "^", "<<")),
]


def told(library, value):
    if isinstance(value, library.Tensor):
        return value.tolist(), str(value.dtype).rpartition(".")[2]
    return value


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_between_tensors_and_arrays(expression):
    ours, theirs = (told(lib, eval(expression, {**NAMES, "t": lib.tensor})) for lib in (mt, torch))
    assert ours == theirs and type(ours) is type(theirs)


@pytest.mark.parametrize("expression", REFUSED)
def test_refused(expression):
    for library in (mt, torch):
        with pytest.raises(TypeError):
            eval(expression, {**NAMES, "t": library.tensor})


@pytest.mark.parametrize("statements", IN_PLACE)
def test_an_array_in_place_gives_a_new_tensor(statements):
    found = []
    for library in (mt, torch):
        names = {**NAMES, "t": library.tensor}
        exec(statements, names)
        found.append(told(library, names["x"]))
    assert found[0] == found[1]


@pytest.mark.parametrize("other", [[1, 2], "a", None])
def test_what_cannot_be_added_in_place(other):
    for library in (mt, torch):
        x = library.ones(2)
        with pytest.raises(TypeError, match=r"unsupported operand type\(s\) for \+=: 'Tensor' and"):
            x += other


def test_sizes_that_do_not_fit():
    for library in (mt, torch):
        with pytest.raises(RuntimeError, match=r"size of tensor a \(2\) must match the size of tensor b \(3\)"):
            library.tensor([1, 2]) == np.array([1, 2, 3])  # noqa: B015
