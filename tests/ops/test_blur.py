"""blur2d against depthwise convolution in PyTorch, loops and finite differences; filters by their definitions."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch.nn.functional as TF

import minitorch_cv as mt
from minitorch_cv.kernels.window import Window
from minitorch_cv.nn import functional as F
from tests import reference
from tests.checks import check_error, check_op, normal, ours_of

SHAPES = [(2, 3, 5, 7), (1, 1, 6, 5), (3, 5, 5), (0, 2, 5, 6)]


def in_torch(x, kernel, stride=1, padding=0):
    """One filter repeated for every channel."""
    channels = x.shape[-3]
    return TF.conv2d(x, kernel.expand(channels, 1, *kernel.shape), None, stride, padding, groups=channels)


def in_loops(x, kernel, stride, padding):
    images = x.reshape(-1, 1, *x.shape[-2:])
    out = reference.conv2d(images, kernel[None, None], None, Window(kernel.shape, stride, padding))
    return out.reshape(*x.shape[:-2], *out.shape[2:])


@pytest.mark.parametrize("size", [(3, 3), (2, 2), (4, 3), (1, 5), (1, 1)])
@pytest.mark.parametrize("stride, padding", [((1, 1), (0, 0)), ((2, 3), (1, 2)), ((3, 1), (0, 1))])
@pytest.mark.parametrize("shape", SHAPES)
def test_blur2d(shape, size, stride, padding):
    check_op(
        lambda x, k: F.blur2d(x, k, stride, padding),
        lambda x, k: in_torch(x, k, stride, padding),
        [normal(*shape), normal(*size, seed=1)],
        reference=(lambda x, k: in_loops(x, k, stride, padding)) if shape[0] else None,
    )


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("size", [(3, 3), (2, 4), (1, 5)])
def test_padding_by_name(size, padding):
    check_op(
        lambda x, k: F.blur2d(x, k, padding=padding),
        lambda x, k: in_torch(x, k, padding=padding),
        [normal(2, 3, 5, 6), normal(*size, seed=1)],
    )


@pytest.mark.parametrize("needed", [[0], [1]])
def test_gradients_one_by_one(needed):
    check_op(F.blur2d, in_torch, [normal(2, 3, 4, 4), normal(2, 2)], grad_inputs=needed)


def test_nan_stays_in_its_channel():
    x = normal(1, 2, 4, 4)
    x[0, 1, 2, 2] = np.nan
    check_op(F.blur2d, in_torch, [x, normal(2, 2)], finite_differences=False)


# ---- filters --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["binomial", "box", "gaussian"])
@pytest.mark.parametrize("size", [1, 2, 3, 4, 7, (2, 5)])
def test_filters_sum_to_one_and_are_symmetric(kind, size):
    kernel = F.get_blur_kernel(size, kind, dtype=mt.float64).array
    assert kernel.shape == (size if isinstance(size, tuple) else (size, size))
    assert abs(kernel.sum() - 1) < 1e-15
    np.testing.assert_allclose(kernel, kernel[::-1, ::-1], rtol=1e-15)
    assert (kernel > 0).all()


def test_values_of_filters():
    np.testing.assert_allclose(F.get_blur_kernel(4).array[0] * 64, [1, 3, 3, 1])
    np.testing.assert_allclose(F.get_blur_kernel((1, 5), "binomial").array[0] * 16, [1, 4, 6, 4, 1])
    np.testing.assert_allclose(F.get_blur_kernel((2, 3), "box").array, np.full((2, 3), 1 / 6, np.float32))
    kernel = F.get_blur_kernel(3, "gaussian", sigma=(2.0, 0.5), dtype="float64").array
    np.testing.assert_allclose(kernel[1, 1] / kernel[0, 1], math.exp(1 / 8))
    np.testing.assert_allclose(kernel[1, 1] / kernel[1, 0], math.exp(2))
    even = F.get_blur_kernel((2, 4), "gaussian", sigma=1.0, dtype="float64").array
    np.testing.assert_allclose(even[0, 1] / even[0, 0], math.exp((1.5**2 - 0.5**2) / 2))
    by_size = F.get_blur_kernel(5, "gaussian", dtype="float64").array
    np.testing.assert_allclose(by_size, F.get_blur_kernel(5, "gaussian", sigma=1.1, dtype="float64").array)


def test_dtype_of_filters():
    assert F.get_blur_kernel(3).dtype is mt.float32
    assert F.get_blur_kernel(3, dtype=mt.float64).dtype is mt.float64


# ---- errors ---------------------------------------------------------------------------------------------------------

X, K = ours_of(normal(1, 3, 5, 5)), ours_of(normal(3, 3))


@pytest.mark.parametrize(
    "error, match, function, arguments",
    [
        (TypeError, r"blur2d\(\): argument 'input' must be Tensor", F.blur2d, (1.0, K)),
        (TypeError, r"blur2d\(\): argument 'kernel' must be Tensor, not int", F.blur2d, (X, 3)),
        (
            RuntimeError,
            "blur2d: expected all tensors to have the same dtype, but input is float64, kernel is float32",
            F.blur2d,
            (X, ours_of(normal(3, 3).astype(np.float32))),
        ),
        (RuntimeError, "blur2d: 'input' is int64", F.blur2d, (ours_of(np.ones((1, 3, 3), int)), K)),
        (RuntimeError, r"expected a kernel of shape \(kh, kw\), but got \[1, 3, 5, 5\]", F.blur2d, (X, X)),
        (
            RuntimeError,
            r"expected a kernel of shape \(kh, kw\), but got \[0, 3\]",
            F.blur2d,
            (X, ours_of(np.zeros((0, 3)))),
        ),
        (
            RuntimeError,
            r"Expected 3D \(unbatched\) or 4D \(batched\) input to blur2d .* size: \[3, 3\]",
            F.blur2d,
            (K, K),
        ),
        (
            RuntimeError,
            r"with at least one channel, but got input of size: \[1, 0, 5, 5\]",
            F.blur2d,
            (ours_of(np.zeros((1, 0, 5, 5))), K),
        ),
        (RuntimeError, r"non-positive stride is not supported, got \[0, 0\]", F.blur2d, (X, K, 0)),
        (RuntimeError, r"negative padding is not supported, got \[-1, 0\]", F.blur2d, (X, K, 1, (-1, 0))),
        (RuntimeError, "Invalid padding string: 'full'", F.blur2d, (X, K, 1, "full")),
        (
            RuntimeError,
            r"padding='same' is not supported for strides, got stride=\[2, 2\]",
            F.blur2d,
            (X, K, 2, "same"),
        ),
        (
            RuntimeError,
            r"Kernel size can't be greater than actual input size: a kernel of \(7, 7\) does not fit into images "
            r"of \(5, 5\)",
            F.blur2d,
            (X, ours_of(normal(7, 7))),
        ),
        (ValueError, "size must be greater than zero, got 0", F.get_blur_kernel, (0,)),
        (TypeError, "argument 'size' must be int or tuple of ints, got 2.5", F.get_blur_kernel, (2.5,)),
        (ValueError, "kind must be one of binomial, box, gaussian, got 'median'", F.get_blur_kernel, (3, "median")),
        (ValueError, "sigma is for kind='gaussian', got sigma=1.0 with kind='box'", F.get_blur_kernel, (3, "box", 1.0)),
        (
            ValueError,
            "sigma must be one or two numbers greater than zero, got 0",
            F.get_blur_kernel,
            (3, "gaussian", 0),
        ),
        (ValueError, "sigma must be one or two numbers", F.get_blur_kernel, (3, "gaussian", (1, 1, 1))),
    ],
)
def test_errors(error, match, function, arguments):
    check_error(error, match, function, *arguments)
