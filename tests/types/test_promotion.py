"""The whole table of type promotion: every pair of dtypes, as tensors with and without dimensions and as numbers."""

import itertools
import operator

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from minitorch_cv.types.dtype import ALL_DTYPES

NAMES = [d.name for d in ALL_DTYPES]
TENSORS = [(name, shape) for name in NAMES for shape in ((2,), ())]
NUMBERS = [True, 3, 2.5]
OPERANDS = TENSORS + NUMBERS


def operand(library, description):
    """A tensor of some dtype and shape, or the number itself."""
    if not isinstance(description, tuple):
        return description
    name, shape = description
    values = np.array([2, 1]) if shape else np.array(2)
    return library.from_numpy(values.astype(name)) if shape else library.tensor(2, dtype=getattr(library, name))


def outcome(library, function, *descriptions):
    """The dtype, shape and numbers of a result, or the class of the error."""
    try:
        result = function(library, *[operand(library, d) for d in descriptions])
    except (RuntimeError, TypeError) as error:
        return type(error).__name__
    return str(result.dtype), tuple(result.shape), result.tolist()


def symbol(function):
    return lambda L, a, b: function(a, b)


def in_place(name):
    def apply(L, a, b):
        if not isinstance(a, L.Tensor):
            a = L.tensor([a])
        return getattr(a, name)(b)

    return apply


def named(name):
    return lambda L, a, b: getattr(L, name)(a, b)


OPERATIONS = {
    "+": symbol(operator.add),
    "-": symbol(operator.sub),
    "*": symbol(operator.mul),
    "/": symbol(operator.truediv),
    "//": symbol(operator.floordiv),
    "%": symbol(operator.mod),
    "**": symbol(operator.pow),
    "<": symbol(operator.lt),
    "==": symbol(operator.eq),
    "add": named("add"),
    "mul": named("mul"),
    "div": named("div"),
    "where": lambda L, a, b: L.where(L.tensor([True, False]), a, b),
    "result_type": lambda L, a, b: L.zeros((), dtype=L.result_type(a, b)),
    "+=": in_place("add_"),
    "*=": in_place("mul_"),
    "/=": in_place("div_"),
    "copy_": lambda L, a, b: (a.clone() if isinstance(a, L.Tensor) else L.tensor(a)).copy_(
        b if isinstance(b, L.Tensor) else L.tensor(b)
    ),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_table(name):
    function = OPERATIONS[name]
    wrong = []
    for a, b in itertools.product(OPERANDS, OPERANDS):
        if not isinstance(a, tuple) and not isinstance(b, tuple):
            continue  # two numbers make no tensor
        expected, got = outcome(torch, function, a, b), outcome(mt, function, a, b)
        if got != expected:
            wrong.append(f"{a} {name} {b}: {got}, PyTorch {expected}")
    assert not wrong, "\n".join([f"{len(wrong)} of the pairs differ:", *wrong[:20]])


@pytest.mark.parametrize("name", ["cat", "stack", "maximum", "minimum"])
def test_tensors_alone(name):
    wrong = []
    for a, b in itertools.product(TENSORS, TENSORS):
        function = (lambda L, a, b: getattr(L, name)((a, b))) if name in ("cat", "stack") else named(name)
        expected, got = outcome(torch, function, a, b), outcome(mt, function, a, b)
        if got != expected:
            wrong.append(f"{name} {a} {b}: {got}, PyTorch {expected}")
    assert not wrong, "\n".join([f"{len(wrong)} of the pairs differ:", *wrong[:20]])


@pytest.mark.parametrize("name", ["promote_types", "can_cast"])
def test_dtypes_alone(name):
    for a, b in itertools.product(NAMES, NAMES):
        expected = getattr(torch, name)(getattr(torch, a), getattr(torch, b))
        assert str(getattr(mt, name)(getattr(mt, a), getattr(mt, b))) == str(expected), (a, b)


@pytest.mark.parametrize("default", ["float64", "float16"])
def test_numbers_take_the_default_dtype(default):
    for L in (mt, torch):
        L.set_default_dtype(getattr(L, default))
    try:
        for a, b in itertools.product(TENSORS, NUMBERS):
            for name in ("+", "/", "where", "result_type"):
                expected, got = outcome(torch, OPERATIONS[name], a, b), outcome(mt, OPERATIONS[name], a, b)
                assert got == expected, (a, name, b)
    finally:
        for L in (mt, torch):
            L.set_default_dtype(L.float32)


@pytest.mark.parametrize("symbol_name", ["+", "-", "*", "/"])
def test_float16_rounds_as_pytorch(symbol_name):
    rng = np.random.default_rng(0)
    a, b = (rng.standard_normal(2000).astype(np.float16) * 10 for _ in range(2))
    function = OPERATIONS[symbol_name]
    got = function(mt, mt.from_numpy(a), mt.from_numpy(b)).numpy()
    expected = function(torch, torch.from_numpy(a), torch.from_numpy(b)).numpy()
    np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("name, arguments", [("promote_types", ("float32", 3)), ("can_cast", (None, "float32"))])
def test_only_dtypes_are_promoted(name, arguments):
    given = [getattr(mt, a) if isinstance(a, str) else a for a in arguments]
    with pytest.raises(TypeError, match=rf"{name}\(\): argument '\w+' must be torch.dtype, not (int|NoneType)"):
        getattr(mt, name)(*given)


def test_only_tensors_and_numbers_have_a_result_type():
    with pytest.raises(TypeError, match=r"result_type\(\): unsupported operand list; expected a Tensor or a number"):
        mt.result_type(mt.ones(1), [1])
    with pytest.raises(TypeError, match=r"torch.from_numpy\(array\) makes a tensor of an array"):
        mt.result_type(np.ones(1), mt.ones(1))


@pytest.mark.parametrize("number", [1 << 63, -(1 << 63) - 1])
def test_integers_beyond_64_bits(number):
    with pytest.raises(RuntimeError, match=r"cannot be converted to type int64_t without overflow|Overflow"):
        mt.ones(1, dtype=mt.int64) + number


@pytest.mark.parametrize("name", ["uint8", "int8", "int16", "int32"])
def test_integers_wrap_around(name):
    for number in (300, -1, 70_000, 5_000_000_000):
        got = mt.ones(1, dtype=getattr(mt, name)) + number
        expected = torch.ones(1, dtype=getattr(torch, name)) + number
        assert got.tolist() == expected.tolist(), number
