"""exp and its kin as vector kernels: against float64, at the ends of float32, and the operations against PyTorch."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from minitorch_cv.kernels import vector_math
from tests.checks import check_op, normal, ours_of, theirs_of
from tests.kernels.targets import TARGETS, run_for_target

F, TF = mt.nn.functional, torch.nn.functional
SPECIAL = [0, -0.0, np.inf, -np.inf, np.nan, 88.7, -88.7, 1e-40, -1e-40, 1e30, -1e30, 17, -17, -103, 0.625, 1e-3]


def numbers(count=1000):
    """Of all sizes, those first where something happens."""
    scales = np.repeat([1e-4, 0.1, 1.0, 5.0, 30.0], count // 5)
    return np.concatenate((SPECIAL, normal(len(scales)) * scales)).astype(np.float32)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def probability(x):
    return np.array([0.5 * math.erfc(-v * math.sqrt(0.5)) for v in x])


def density(x):
    return np.exp(-x * x / 2) / math.sqrt(2 * math.pi)


def approximate_probability(x):
    return 0.5 * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


EXACT = {
    "sigmoid": (vector_math.sigmoid, sigmoid),
    "tanh": (vector_math.tanh, np.tanh),
    "silu": (vector_math.silu, lambda x: x * sigmoid(x)),
    "gelu": (vector_math.gelu, lambda x: x * probability(x)),
    "gelu_tanh": (vector_math.gelu_tanh, lambda x: x * approximate_probability(x)),
    "elu": (lambda x: vector_math.elu(x, 1.5), lambda x: np.where(x < 0, 1.5 * np.expm1(x), x)),
}
TO_THE_LAST_DIGITS = ("sigmoid", "tanh", "elu")


@pytest.mark.parametrize("name", EXACT)
def test_values(name):
    """NaN and the limits at infinity, and within 3e-7 of all that is not lost in denormal numbers."""
    ours, exact = EXACT[name]
    x = numbers()
    wide = x.astype(np.float64)
    with np.errstate(all="ignore"):
        found, expected = ours(x).astype(np.float64), exact(wide)
    ends = ~np.isfinite(x) & ((x != -np.inf) | (name in TO_THE_LAST_DIGITS))  # x * 0 there: NaN, also in PyTorch
    np.testing.assert_array_equal(found[ends], expected[ends])
    normal_range = np.isfinite(x) & (np.abs(expected) > 1e-36)
    found, expected, wide = found[normal_range], expected[normal_range], wide[normal_range]
    size = np.abs(expected) if name in TO_THE_LAST_DIGITS else np.maximum(np.abs(wide), np.abs(expected))
    assert (np.abs(found - expected) / size).max() < 3e-7


@pytest.mark.parametrize("value", [-104.0, -1000.0, -np.inf])
def test_underflow(value):
    """Exactly where the exponential is too small for a float32."""
    x = np.full(3, value, np.float32)
    assert (vector_math.sigmoid(x) == 0).all()
    assert (vector_math.tanh(x) == -1).all()
    assert (vector_math.elu(x, 1.0) == -1).all()
    assert (vector_math.elu_backward(x, np.ones(3, np.float32), 1.0) == 0).all()


def test_small_numbers_keep_their_digits():
    x = np.float32([1e-30, -1e-20, 1e-7, -3e-4])
    np.testing.assert_allclose(vector_math.tanh(x), np.tanh(x.astype(np.float64)), rtol=1.2e-7)
    np.testing.assert_allclose(vector_math.elu(x, 1.0), np.where(x < 0, np.expm1(x.astype(float)), x), rtol=1.2e-7)


LARGE = (2, 5, 83, 79)
FUNCTIONS = {
    "sigmoid": (mt.sigmoid, torch.sigmoid),
    "tanh": (mt.tanh, torch.tanh),
    "silu": (F.silu, TF.silu),
    "gelu": (F.gelu, TF.gelu),
    "gelu tanh": (lambda x: F.gelu(x, approximate="tanh"), lambda x: TF.gelu(x, approximate="tanh")),
    "elu": (lambda x: F.elu(x, 0.7), lambda x: TF.elu(x, 0.7)),
    "selu": (F.selu, TF.selu),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_operations_on_large_arrays(name):
    check_op(*FUNCTIONS[name], [normal(*LARGE) * 3], finite_differences=False)


@pytest.mark.parametrize("name", ["sigmoid_", "tanh_"])
def test_in_place(name):
    x = (normal(*LARGE) * 3).astype(np.float32)
    ours, theirs = ours_of(x), theirs_of(x)
    getattr(ours, name)()
    np.testing.assert_allclose(ours.array, getattr(theirs, name)().numpy(), rtol=0, atol=2e-7)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_gradient_that_cannot_be_written_to(name):
    """As that of a mean, which is one number everywhere."""
    x = (normal(*LARGE) * 3).astype(np.float32)
    ours, theirs = ours_of(x, True), theirs_of(x, True)
    FUNCTIONS[name][0](ours).mean().backward()
    FUNCTIONS[name][1](theirs).mean().backward()
    np.testing.assert_allclose(ours.grad.array, theirs.grad.numpy(), rtol=0, atol=3e-6 / x.size)


@pytest.mark.parametrize("target", TARGETS)
def test_other_processors(target, tmp_path):
    code = """
        from tests.kernels import test_vector_math as tests
        for name in tests.EXACT:
            tests.test_values(name)
        tests.test_underflow(-104.0)
        print("done")
    """
    assert run_for_target(target, tmp_path, code) == "done"
