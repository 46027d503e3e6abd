"""torch.testing.assert_close beside PyTorch's: when it raises, and what it says."""

import re

import numpy as np
import pytest
import torch

import minitorch_cv as mt

NAN = float("nan")
CASES = {
    "equal": lambda m: (m.ones(2), m.ones(2), {}),
    "close": lambda m: (m.ones(2) * (1 + 1e-6), m.ones(2), {}),
    "apart": lambda m: (m.tensor([[1.0, 2.0], [3.0, 4.0]]), m.tensor([[1.0, 2.5], [3.0, 5.0]]), {}),
    "apart in float64": lambda m: (m.tensor([1.0 + 1e-6], dtype=m.float64), m.ones(1, dtype=m.float64), {}),
    "tolerance": lambda m: (m.tensor([1.0]), m.tensor([1.5]), {"rtol": 0.0, "atol": 0.6}),
    "integers": lambda m: (m.tensor([1, 2]), m.tensor([1, 3]), {}),
    "booleans": lambda m: (m.tensor([True]), m.tensor([False]), {}),
    "scalars of dimension 0": lambda m: (m.tensor(1.0), m.tensor(2.0), {}),
    "numbers": lambda m: (1.0, 2.0, {}),
    "close numbers": lambda m: (1.0, 1.0 + 1e-9, {}),
    "shapes": lambda m: (m.ones(2), m.ones(3), {}),
    "dtypes": lambda m: (m.ones(2), m.ones(2, dtype=m.float64), {}),
    "dtypes unchecked": lambda m: (m.ones(2), m.ones(2, dtype=m.float64), {"check_dtype": False}),
    "strides": lambda m: (m.ones(2, 3), m.ones(3, 2).t(), {"check_stride": True}),
    "strides unchecked": lambda m: (m.ones(2, 3), m.ones(3, 2).t(), {}),
    "nan": lambda m: (m.tensor([NAN, 1.0]), m.tensor([NAN, 1.0]), {}),
    "equal nan": lambda m: (m.tensor([NAN]), m.tensor([NAN]), {"equal_nan": True}),
    "arrays": lambda m: (np.ones(2), np.ones(2) + 1, {}),
    "lists": lambda m: ([m.ones(1), m.ones(2)], [m.ones(1), m.zeros(2)], {}),
    "lengths": lambda m: ([m.ones(1)], [], {}),
    "mappings": lambda m: ({"a": [m.ones(1)]}, {"a": [m.zeros(1)]}, {}),
    "keys": lambda m: ({"a": m.ones(1)}, {"b": m.ones(1)}, {}),
    "message": lambda m: (m.ones(1), m.zeros(1), {"msg": "mine"}),
    "message of a message": lambda m: (m.ones(1), m.zeros(1), {"msg": lambda text: "mine: " + text[:10]}),
    "classes": lambda m: (m.nn.Parameter(m.ones(1)), m.ones(1), {"allow_subclasses": False}),
    "one tolerance": lambda m: (m.ones(1), m.ones(1), {"rtol": 1e-3}),
    "the other tolerance": lambda m: (m.ones(1), m.ones(1), {"atol": 1e-3}),
    "strings": lambda m: (object(), object(), {}),
}
WORDS = {"keys", "lengths", "shapes", "classes", "strings", "strides"}  # not said in the same words


def outcome(library, case):
    actual, expected, options = CASES[case](library)
    try:
        library.testing.assert_close(actual, expected, **options)
    except (AssertionError, TypeError, ValueError) as error:
        return type(error), str(error)
    return None


def shortened(lines):
    """Lines with numbers to six digits."""
    return [re.sub(r"\d+(\.[\de-]+)?", lambda number: f"{float(number[0]):.6g}", line) for line in lines]


@pytest.mark.parametrize("case", CASES)
def test_as_pytorch(case):
    ours, theirs = outcome(mt, case), outcome(torch, case)
    assert (ours and ours[0]) == (theirs and theirs[0])
    if ours and case not in WORDS:
        lines = [line for line in theirs[1].splitlines() if line and not line.startswith("The failure occurred")]
        mine = [line.partition(" at [")[0] for line in ours[1].splitlines() if line]
        assert shortened(mine) == shortened(lines)


def test_the_place_is_told():
    assert "are not close! at [1]" in outcome(mt, "lists")[1]
    assert "are not close! at ['a'][0]" in outcome(mt, "mappings")[1]
