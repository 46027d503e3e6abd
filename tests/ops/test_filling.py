"""fill_, zero_, masked_fill, nan_to_num, heaviside, lerp, addcmul, addcdiv."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from tests.checks import check_op, normal, ours_of, with_ties
from tests.ops.both import check_same, check_same_error
from tests.reference_elements import each

NAN, INF = np.nan, np.inf
X = normal(3, 4)
MASK = with_ties(3, 4) > 0


@pytest.mark.parametrize("value", [2, -0.5, NAN, np.array(1.5), True])
def test_fill(value):
    check_same(lambda t, x, v: x.clone().fill_(v), [X, value], finite_differences=not np.isnan(value))


def test_zero():
    check_same(lambda t, x: x.clone().zero_(), [X])
    check_same(lambda t, x: (x * 1)[:, 1:3].zero_(), [X])


@pytest.mark.parametrize(
    "dtype, value",
    [("int64", 1.9), ("int64", -1.9), ("uint8", -1), ("uint8", 255), ("bool", 0.5), ("int8", -128)],
)
def test_fill_of_integers_cuts_fractions_and_wraps(dtype, value):
    check_same(lambda t, x: x.clone().fill_(value), [np.zeros(2, dtype)], grad=False)
    check_same(lambda t, x, m: x.masked_fill(m, value), [np.zeros(2, dtype), np.array([True, False])], grad=False)


@pytest.mark.parametrize("value", [2, NAN, -INF, np.array(1.5)])
@pytest.mark.parametrize("mask", [MASK, MASK[0], MASK[:, :1], np.array(True)])
def test_masked_fill(mask, value):
    expected = lambda x, m, v: each(lambda a, b, c: c if b else a, x, m, v)
    check_op(
        lambda x, m, v: mt.masked_fill(x, m, v),
        lambda x, m, v: x.masked_fill(m, v),
        [X, mask, value],
        reference=expected,
        finite_differences=isinstance(value, np.ndarray) or bool(np.isfinite(value)),
    )
    check_same(lambda t, x, m, v: (x * 1).masked_fill_(m, v), [X, mask, value], finite_differences=False)


def test_masked_fill_broadcasts_its_input():
    check_same(lambda t, x, m: x.masked_fill(m, 3.0), [X[0], MASK])


def test_masked_fill_keeps_infinite_gradients_out():
    check_same(
        lambda t, x, m: x.sqrt().masked_fill(m, 0.0),
        [np.array([0.0, 4.0]), np.array([True, False])],
        finite_differences=False,
    )


@pytest.mark.parametrize(
    "options", [{}, {"nan": 1.5}, {"posinf": 3.0, "neginf": -2}, {"nan": 2, "posinf": 1, "neginf": 0}]
)
def test_nan_to_num(options):
    x = np.array([NAN, INF, -INF, 0.0, -1.5])
    check_same(lambda t, x: t.nan_to_num(x, **options), [x], finite_differences=False)
    check_same(lambda t, x: x.clone().nan_to_num_(**options), [x], finite_differences=False)
    check_same(lambda t, x: t.nan_to_num(x, **options), [np.array([1, 2])], grad=False)


def test_heaviside():
    x, values = np.array([-1.0, 0.0, 2.0, NAN, -0.0]), np.array([0.5])
    check_same(lambda t, x, v: t.heaviside(x, v), [x, values], grad_inputs=[], grad=False)
    with pytest.raises(NotImplementedError, match="derivative for heaviside is not implemented"):
        mt.heaviside(ours_of(x, True), ours_of(values)).sum().backward()


@pytest.mark.parametrize("weight", [0.0, 0.3, 0.5, 0.8, 1.0, -2.0, normal(4, seed=2), np.array(0.7)])
def test_lerp(weight):
    expected = lambda a, b, w: each(lambda x, y, z: x + z * (y - x), a, b, w)
    operands = [X, normal(3, 1, seed=1), weight]
    check_op(lambda *operands: mt.lerp(*operands), lambda a, b, w: a.lerp(b, w), operands, reference=expected)
    check_same(lambda t, a, b, w: (a * 1).lerp_(b, w), operands)


def test_the_ends_of_lerp_may_change_if_no_gradient_goes_by_them():
    for library in (mt, torch):
        start, end = library.ones(3, requires_grad=True), library.full((3,), 2.0)
        result = start.lerp(end, 0.25)
        end.zero_()
        result.sum().backward()
        assert start.grad.tolist() == [0.75, 0.75, 0.75]


def test_lerp_is_exact_at_both_ends():
    a, b = ours_of(np.float32([1e8])), ours_of(np.float32([1.0]))
    assert mt.lerp(a, b, 1.0).item() == 1.0
    assert mt.lerp(a, b, 0.0).item() == 1e8


@pytest.mark.parametrize("name", ["addcmul", "addcdiv"])
@pytest.mark.parametrize("value", [1, -0.5])
def test_addcmul_and_addcdiv(name, value):
    operands = [X, normal(4, seed=1), np.abs(normal(3, 1, seed=2)) + 0.5]
    loop = {"addcmul": lambda x, a, b: x + value * a * b, "addcdiv": lambda x, a, b: x + value * a / b}[name]
    check_op(
        lambda *operands: getattr(mt, name)(*operands, value=value),
        lambda x, a, b: getattr(x, name)(a, b, value=value),
        operands,
        reference=lambda *operands: each(loop, *operands),
    )
    check_same(lambda t, x, a, b: getattr(x * 1, f"{name}_")(a, b, value=value), operands)


def test_addcmul_of_integers_cuts_the_value():
    check_same(lambda t, x: t.addcmul(x, x, x, value=2.5), [np.array([1, 2])], grad=False)


FLOAT = np.array([1.0, 2.0, 3.0])


@pytest.mark.parametrize(
    "error, match, expression",
    [
        (
            RuntimeError,
            "only supports (a )?0-dimension.* value tensor.* got tensor with 1 dim",
            lambda t, x, m: x.fill_(x[:1]),
        ),
        (RuntimeError, "cannot be converted to type .* without overflow", lambda t, x, m: x.byte().fill_(300)),
        (RuntimeError, "cannot be converted to type .* without overflow", lambda t, x, m: x.byte().fill_(-3.5)),
        (RuntimeError, "cannot be converted to type .* without overflow", lambda t, x, m: x.long().fill_(NAN)),
        (RuntimeError, "cannot be converted to type .* without overflow", lambda t, x, m: x.float().fill_(1e50)),
        (RuntimeError, "cannot be converted to type .* without overflow", lambda t, x, m: x.half().fill_(1e6)),
        (RuntimeError, "cannot be converted to type .* without overflow", lambda t, x, m: x.char().fill_(-129)),
        (RuntimeError, "0-dimensional value tensor, but got tensor with 1 dim", lambda t, x, m: x.masked_fill(m, x)),
        (RuntimeError, "only supports boolean masks, but got mask with dtype", lambda t, x, m: x.masked_fill(x, 1)),
        (RuntimeError, "only supports boolean masks", lambda t, x, m: x.masked_fill_(x.long(), 1)),
        (RuntimeError, "without overflow", lambda t, x, m: x.long().masked_fill(m, INF)),
        (
            RuntimeError,
            r"output with shape \[3\] doesn't match the broadcast shape \[2, 3\]",
            lambda t, x, m: x.masked_fill_(t.stack([m, m]), 1),
        ),
        (RuntimeError, r"size of tensor a \(\d\) must match", lambda t, x, m: x.masked_fill(m[:2], 1)),
        (
            RuntimeError,
            "not yet implemented for tensors with different dtypes",
            lambda t, x, m: t.heaviside(x, x.long()),
        ),
        (
            RuntimeError,
            "expected dtype double for `end` but got dtype float",
            lambda t, x, m: t.lerp(x, x.float(), 0.5),
        ),
        (
            RuntimeError,
            "expected dtype float for `weight` but got dtype double",
            lambda t, x, m: t.lerp(x.float(), x.float(), x),
        ),
        (NotImplementedError, "not implemented for 'Long'", lambda t, x, m: t.lerp(x.long(), x.long(), 0.5)),
        (
            RuntimeError,
            "Integer division with addcdiv is no longer supported",
            lambda t, x, m: t.addcdiv(x, x.int(), x.long()),
        ),
        (TypeError, r"addcmul\(\): argument 'tensor2'.* must be Tensor, not int", lambda t, x, m: t.addcmul(x, x, 2)),
        (
            TypeError,
            r"addcdiv\(\): argument 'value' must be Number, not str",
            lambda t, x, m: t.addcdiv(x, x, x, value="a"),
        ),
    ],
)
def test_errors(error, match, expression):
    check_same_error(error, match, expression, FLOAT, FLOAT > 1)


@pytest.mark.parametrize(
    "match, expression",
    [
        (r"fill_\(\): argument 'value' must be Number or Tensor, not str", lambda t, x, m: x.fill_("a")),
        (
            r"masked_fill\(\): argument 'value' must be Number or Tensor, not list",
            lambda t, x, m: x.masked_fill(m, [1]),
        ),
        (r"masked_fill\(\): argument 'mask' must be Tensor, not bool", lambda t, x, m: x.masked_fill(True, 1)),
        (r"lerp\(\): argument 'weight' must be Number or Tensor, not str", lambda t, x, m: t.lerp(x, x, "a")),
        (r"nan_to_num\(\): argument 'posinf' must be Number, not str", lambda t, x, m: t.nan_to_num(x, posinf="a")),
    ],
)
def test_wrong_types(match, expression):
    check_same_error(TypeError, match, expression, FLOAT, FLOAT > 1, same_words=False)


@pytest.mark.parametrize("shape", [(3, 3), (2, 4), (7, 3), (3, 3, 3), (0, 2)])
@pytest.mark.parametrize("wrap", [False, True])
def test_fill_diagonal(shape, wrap):
    x = np.random.default_rng(0).standard_normal(shape)
    check_same(lambda t, x: (x * 1).fill_diagonal_(2.5, wrap=wrap), [x])


def test_fill_diagonal_errors():
    check_same_error(RuntimeError, "dimensions must larger than 1", lambda m: m.ones(3).fill_diagonal_(1.0))
    check_same_error(
        RuntimeError, "all dimensions of input must be of equal", lambda m: m.ones(2, 2, 3).fill_diagonal_(1.0)
    )
