"""Arithmetic against PyTorch, loops and finite differences."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from tests.checks import check_error, check_op, normal, ours_of, with_ties

SHAPES = [((3, 4), (3, 4)), ((3, 4), (4,)), ((2, 1, 3), (4, 1)), ((), (3,)), ((2, 0), (1, 0)), ((1,), (1, 1))]
BINARY = ["add", "sub", "mul", "div"]


@pytest.mark.parametrize("shapes", SHAPES)
@pytest.mark.parametrize("name", BINARY)
def test_binary(name, shapes):
    a, b = normal(*shapes[0]), normal(*shapes[1], seed=1)
    in_numpy = {"add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide}[name]
    check_op(getattr(mt, name), getattr(torch, name), [a, b], reference=in_numpy)


@pytest.mark.parametrize("name", ["add", "sub"])
def test_alpha(name):
    check_op(
        lambda a, b: getattr(mt, name)(a, b, alpha=2.5),
        lambda a, b: getattr(torch, name)(a, b, alpha=2.5),
        [normal(3, 4), normal(4, seed=1)],
    )


@pytest.mark.parametrize("name", ["div", "floor_divide", "remainder", "fmod"])
@pytest.mark.parametrize("divisor", [normal(5, 3, seed=1), np.array([2.0, -3.0, 0.5])])
def test_division_family(name, divisor):
    check_op(getattr(mt, name), getattr(torch, name), [normal(5, 3) * 4, divisor], grad=name != "floor_divide")


@pytest.mark.parametrize("name", ["remainder", "fmod"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_rests_that_are_zero_have_pytorchs_sign(name, dtype):
    a, b = np.meshgrid(np.arange(-6, 7).astype(dtype), np.array([-5, -3, 1, 3], dtype))
    found, expected = getattr(mt, name)(ours_of(a), ours_of(b)).array, getattr(torch, name)(*map(torch.tensor, (a, b)))
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(np.signbit(found), np.signbit(expected.numpy()))


@pytest.mark.parametrize("mode", ["trunc", "floor"])
def test_rounded_division(mode):
    numbers = np.array([7.0, -7.0, 0.0, 3.0, np.inf])
    check_op(
        lambda a, b: mt.div(a, b, rounding_mode=mode),
        lambda a, b: torch.div(a, b, rounding_mode=mode),
        [numbers, np.array([2.0, 2.0, 0.0, 0.0, 2.0])],
        finite_differences=False,
    )
    integers = np.array([7, -7, 7, -7, 0])
    check_op(
        lambda a, b: mt.div(a, b, rounding_mode=mode),
        lambda a, b: torch.div(a, b, rounding_mode=mode),
        [integers, np.array([2, 2, -2, -2, 3])],
        grad=False,
    )


@pytest.mark.parametrize("exponent", [2, 3.0, 0, -1, 0.5, np.array([1.0, 2.0, 0.0])])
def test_pow(exponent):
    check_op(mt.pow, torch.pow, [np.abs(normal(4, 3)) + 0.1, exponent])
    check_op(mt.pow, torch.pow, [with_ties(4, 3), 2.0])


def test_pow_at_zero():
    check_op(mt.pow, torch.pow, [np.zeros(3), np.array([0.0, 1.0, 2.0])], finite_differences=False)


def test_number_on_the_left():
    x = np.abs(normal(3)) + 0.5
    for ours in (lambda t: 2 - t, lambda t: 2 / t, lambda t: 2**t, lambda t: 3 * t):
        check_op(ours, ours, [x])
    for ours in (lambda t: 7 // t, lambda t: 7 % t):  # PyTorch has no gradient for these two
        check_op(ours, ours, [x], grad=False)


@pytest.mark.parametrize("name", ["add_", "sub_", "mul_", "div_", "true_divide_", "pow_", "remainder_", "fmod_"])
def test_in_place(name):
    def run(x, y):
        target = x.clone()
        memory = target
        result = getattr(target, name)(y)
        assert result is memory
        return target

    check_op(run, run, [np.abs(normal(3, 4)) + 0.5, np.abs(normal(4, seed=1)) + 0.5])


def test_in_place_operators_write_the_same_memory():
    x = ours_of(np.array([4.0, 6.0]))
    memory = x.array
    x += 1
    x -= 2
    x *= 4
    x /= 2
    x **= 2
    x //= 3
    x %= 7
    assert x.array is memory
    t = torch.tensor([4.0, 6.0])
    t += 1
    t -= 2
    t *= 4
    t /= 2
    t **= 2
    t //= 3
    t %= 7
    np.testing.assert_array_equal(memory, t.numpy())


def test_neg_and_positive():
    check_op(mt.neg, torch.neg, [normal(3, 2)], reference=np.negative)
    x = ours_of(normal(2))
    assert (+x) is x
    np.testing.assert_array_equal((-x).array, -x.array)
    check_op(lambda t: t.clone().neg_(), lambda t: t.clone().neg_(), [normal(3)])


def test_integers_wrap_as_in_torch():
    ours = ours_of(np.array([250], np.uint8)) + 10
    assert ours.array[0] == (torch.tensor([250], dtype=torch.uint8) + 10).item()
    ours = ours_of(np.array([1], np.uint8)) * 300
    assert ours.array[0] == (torch.tensor([1], dtype=torch.uint8) * 300).item()


def test_errors():
    x, i, b = ours_of(normal(3)), ours_of(np.array([1, 2])), ours_of(np.array([True]))
    wide = ours_of(normal(2, 3))
    sizes = r"add: The size of tensor a \(3\) must match the size of tensor b \(2\)"
    shapes = r"output with shape \[3\] doesn't match the broadcast shape \[2, 3\]"
    cast = "result type Float can't be cast to the desired output type Long"
    rounding = "rounding_mode to be one of None, 'trunc', or 'floor' but found 'up'"
    check_error(RuntimeError, sizes, mt.add, x, ours_of(normal(2)))
    check_error(TypeError, r"add\(\): unsupported operand list", mt.add, x, [1])
    check_error(TypeError, r"unsupported operand ndarray.*from_numpy", mt.mul, x, np.ones(3))
    check_error(TypeError, r"unsupported operand type", lambda: x + "a")
    check_error(RuntimeError, cast, i.add_, 1.5)
    check_error(RuntimeError, cast, i.div_, 2)
    check_error(RuntimeError, shapes, x.mul_, wide)
    check_error(RuntimeError, shapes, x.add_, wide)
    check_error(RuntimeError, "Subtraction, the `-` operator, with two bool tensors", lambda: b - b)
    check_error(RuntimeError, "Subtraction, the `-` operator, with a bool tensor", lambda: b - 1)
    check_error(RuntimeError, "Negation, the `-` operator, on a bool tensor", b.neg)
    check_error(RuntimeError, "Boolean alpha only supported for Boolean results", lambda: b.float().add(1, alpha=True))
    check_error(NotImplementedError, "remainder not implemented for 'Bool'", lambda: b % b)
    check_error(RuntimeError, "ZeroDivisionError", lambda: i // 0)
    check_error(RuntimeError, "ZeroDivisionError", lambda: i % 0)
    check_error(RuntimeError, "ZeroDivisionError", lambda: i.fmod(0))
    check_error(RuntimeError, "Integers to negative integer powers are not allowed", lambda: i**-1)
    check_error(RuntimeError, rounding, mt.div, x, 2, rounding_mode="up")
    check_error(RuntimeError, "argument alpha must not be a floating point number", mt.add, i, i, alpha=0.5)
    check_error(TypeError, "argument 'alpha' must be Number", mt.add, x, x, alpha="1")
    check_error(RuntimeError, "cannot be converted to type int64_t without overflow", lambda: i + 2**70)


@pytest.mark.parametrize(
    ("base", "exponent", "dtype"),
    [
        ([1, -1, 3, 0, 2, -2], [-1, -3, -2, -1, -1, -2], "int64"),
        ([0, -1, 1, 5], [-1, -2, -5, 2], "int8"),
        ([2, 3], -1, "int32"),
        ([], -1, "int64"),
    ],
)
def test_integers_to_negative_powers_in_a_tensor(base, exponent, dtype):
    """They are rounded towards zero; only a number as the exponent is refused."""
    found = []
    for library in (mt, torch):
        kind = getattr(library, dtype)
        a, b = library.tensor(base, dtype=kind), library.tensor(exponent, dtype=kind)
        found.append(((a**b).tolist(), str((a**b).dtype).rpartition(".")[2], a.clone().pow_(b).tolist()))
    assert found[0] == found[1]


def test_floor_divide_in_place():
    for library in (mt, torch):
        assert library.tensor([7.0, -7.0]).floor_divide_(2).tolist() == [3.0, -4.0]
