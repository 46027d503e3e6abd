"""linear and bilinear against PyTorch, loops and finite differences."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as TF

import minitorch_cv as mt
import minitorch_cv.nn.functional as F
from tests.checks import assert_close, check_error, check_op, normal, ours_of, theirs_of


def loop_linear(x, weight, bias=None):
    """Each output is a sum of products."""
    matrix = np.atleast_2d(weight)
    out = np.zeros((*x.shape[:-1], len(matrix)))
    for index in np.ndindex(out.shape):
        for i in range(x.shape[-1]):
            out[index] += x[index[:-1]][i] * matrix[index[-1], i]
    out = out if weight.ndim == 2 else out[..., 0]
    return out if bias is None else out + bias


def loop_bilinear(x1, x2, weight, bias=None):
    """Each output is a sum of products over pairs of features."""
    out = np.zeros((*x1.shape[:-1], len(weight)))
    for index in np.ndindex(out.shape):
        for i in range(x1.shape[-1]):
            for j in range(x2.shape[-1]):
                out[index] += x1[index[:-1]][i] * weight[index[-1], i, j] * x2[index[:-1]][j]
    return out if bias is None else out + bias


@pytest.mark.parametrize("shape", [(2, 4), (4,), (2, 3, 4), (2, 1, 3, 4), (0, 4), (1, 4)])
def test_linear(shape):
    x, weight, bias = normal(*shape), normal(3, 4, seed=1), normal(3, seed=2)
    check_op(F.linear, TF.linear, [x, weight, bias], reference=loop_linear)
    check_op(F.linear, TF.linear, [x, weight, None], reference=loop_linear)
    check_op(F.linear, TF.linear, [x, weight], reference=loop_linear)
    check_op(F.linear, TF.linear, [x, weight[0]], reference=loop_linear)
    for wanted in ([0], [1], [2]):
        check_op(F.linear, TF.linear, [x, weight, bias], grad_inputs=wanted)


@pytest.mark.parametrize("bias", [(1,), (), (2, 3), (1, 3)])
def test_linear_broadcasts_its_bias(bias):
    check_op(F.linear, TF.linear, [normal(2, 4), normal(3, 4, seed=1), normal(*bias, seed=2)], reference=loop_linear)


def test_linear_without_features():
    check_op(F.linear, TF.linear, [np.zeros((2, 0)), np.zeros((3, 0)), normal(3)])
    check_op(F.linear, TF.linear, [normal(2, 4), np.zeros((0, 4)), np.zeros(0)])


def test_linear_nan_and_infinity():
    x = np.array([[np.nan, 1.0], [np.inf, 1.0], [1.0, 2.0]])
    check_op(F.linear, TF.linear, [x, np.array([[1.0, 2.0], [0.0, 1.0]])], finite_differences=False)


@pytest.mark.parametrize("shape", [(2,), (), (2, 3), (0,)])
def test_bilinear(shape):
    x1, x2, weight, bias = normal(*shape, 3), normal(*shape, 4, seed=1), normal(5, 3, 4, seed=2), normal(5, seed=3)
    check_op(F.bilinear, TF.bilinear, [x1, x2, weight, bias], reference=loop_bilinear)
    check_op(F.bilinear, TF.bilinear, [x1, x2, weight], reference=loop_bilinear)
    for wanted in range(4):
        check_op(F.bilinear, TF.bilinear, [x1, x2, weight, bias], grad_inputs=[wanted])


def test_bilinear_at_top_level():
    arrays = normal(2, 3), normal(2, 4), normal(5, 3, 4), normal(5)
    assert_close(mt.bilinear(*map(ours_of, arrays)), torch.bilinear(*map(theirs_of, arrays)), 1e-13, "bilinear")


def test_errors_of_linear():
    x, weight, bias = ours_of(normal(2, 5)), ours_of(normal(10, 4)), ours_of(normal(10))
    message = (
        r"linear: input has 5 features in its last dimension, but weight \(10, 4\) expects 4: "
        r"mat1 and mat2 shapes cannot be multiplied \(2x5 and 4x10\)"
    )
    check_error(RuntimeError, message, F.linear, x, weight, bias)
    check_error(RuntimeError, r"\(6x5 and 4x10\)", F.linear, ours_of(normal(2, 3, 5)), weight)
    check_error(RuntimeError, r"\(1x5 and 4x1\)", F.linear, ours_of(normal(5)), ours_of(normal(4)))
    good = ours_of(normal(2, 4))
    at_least = "both arguments to linear need to be at least 1D, but they are 0D and 2D"
    check_error(RuntimeError, at_least, F.linear, ours_of(np.array(1.0)), weight)
    check_error(RuntimeError, "mat2 must be a matrix, got 1-D tensor", F.linear, good, ours_of(normal(4)), bias)
    check_error(RuntimeError, "mat2 must be a matrix, got 3-D tensor", F.linear, good, ours_of(normal(2, 3, 4)))
    dtype = r"must have the same dtype, but got Float \(input\) and Double \(weight\)"
    check_error(RuntimeError, dtype, F.linear, good.float(), weight)
    check_error(RuntimeError, r"Double \(input\) and Float \(bias\)", F.linear, good, weight, bias.float())
    check_error(RuntimeError, r"size of tensor a \(9\) must match", F.linear, good, weight, ours_of(normal(9)))
    fits = r"bias \[3, 2, 10\] does not broadcast to the output \[2, 10\]"
    check_error(RuntimeError, fits, F.linear, good, weight, ours_of(normal(3, 2, 10)))
    check_error(RuntimeError, "linear: 'input' is int64; supported are", F.linear, good.long(), weight)
    check_error(TypeError, "argument 'weight' must be Tensor", F.linear, good, [[1.0] * 4])


def test_errors_of_bilinear():
    a, b, weight, bias = (ours_of(x) for x in (normal(2, 3), normal(2, 4), normal(5, 3, 4), normal(5)))
    bilinear = F.bilinear
    check_error(RuntimeError, "input1 size does not match weight size: got 4 but expected 3", bilinear, b, b, weight)
    check_error(RuntimeError, "input2 size does not match weight size: got 3 but expected 4", bilinear, a, a, weight)
    other = ours_of(normal(3, 4))
    check_error(RuntimeError, "batch dimensions do not match at dim 0: got 2 and 3", bilinear, a, other, weight)
    check_error(RuntimeError, "input dimensions do not match: got 2 and 1", bilinear, a, ours_of(normal(4)), weight)
    check_error(RuntimeError, r"weight must be .*in2_features\), got \[3, 4\]", bilinear, a, b, ours_of(normal(3, 4)))
    size = r"bias size does not match weight size: got \[4\] but expected \[5\]"
    check_error(RuntimeError, size, bilinear, a, b, weight, ours_of(normal(4)))
    check_error(RuntimeError, "input1 is float32, input2 is float64", bilinear, a.float(), b, weight, bias)
    check_error(RuntimeError, "bilinear: 'input2' is int64", bilinear, a, b.long(), weight, bias)
    zero_d = ours_of(np.array(1.0))
    check_error(RuntimeError, "input1 size does not match weight size: got 0", bilinear, zero_d, zero_d, weight)
