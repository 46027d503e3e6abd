"""pad against PyTorch, a loop reference and finite differences."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch.nn.functional as TF

from minitorch_cv.ops.padding import pad
from tests.checks import check_error, check_op, normal, ours_of, theirs_of
from tests.reference_images import pad as reference_pad

CASES = [
    ((2, 3, 4), (1, 2)),
    ((3, 4), (2, 0)),
    ((2, 3, 4, 5), (2, 1, 0, 3)),
    ((3, 4, 5), (1, 1, 2, 0)),
    ((1, 2, 3, 3, 4), (1, 0, 2, 1, 0, 1)),
    ((0, 3, 4), (1, 1)),
]


@pytest.mark.parametrize("mode", ["constant", "reflect", "replicate", "circular"])
@pytest.mark.parametrize("shape, numbers", CASES)
def test_pad(shape, numbers, mode):
    check_op(
        lambda x: pad(x, numbers, mode),
        lambda x: TF.pad(x, numbers, mode),
        [normal(*shape)],
        reference=lambda x: reference_pad(x, numbers, mode),
    )


@pytest.mark.parametrize("numbers", [(1, -2), (-1, 0, -1, 2), (-2, -2), (0, 0, 0, 0, 1, -1), (), (-1, -1, -1, -2)])
def test_constant_crops_and_fills(numbers):
    check_op(lambda x: pad(x, numbers, value=1.5), lambda x: TF.pad(x, numbers, value=1.5), [normal(2, 3, 4)])


@pytest.mark.parametrize("mode", ["reflect", "replicate", "circular"])
@pytest.mark.parametrize("numbers", [(-1, 2), (3, -1), (-1, -2), (0, 0), (-2, 2, 1, -1)])
def test_cropping_at_one_end(mode, numbers):
    x = normal(1, 2, 5) if len(numbers) == 2 else normal(1, 2, 4, 5)
    check_op(lambda x: pad(x, numbers, mode), lambda x: TF.pad(x, numbers, mode), [x])


@pytest.mark.parametrize("mode", ["constant", "reflect", "replicate", "circular"])
@pytest.mark.parametrize("size", [1, 3])
def test_what_is_allowed(mode, size):
    """All pairs of numbers: the same result, or an error, as in PyTorch."""
    x = normal(1, 2, size)
    for numbers in itertools.product(range(-4, 5), repeat=2):
        if mode == "circular" and min(numbers) < 0 < max(numbers):
            continue  # PyTorch may read memory it has not written there
        try:
            expected = TF.pad(theirs_of(x), numbers, mode)
        except RuntimeError:
            check_error(RuntimeError, "pad: ", pad, ours_of(x), numbers, mode)
        else:
            np.testing.assert_array_equal(pad(ours_of(x), numbers, mode).array, expected.numpy())


def test_circular_refuses_to_wrap_what_it_has_cropped():
    x = ours_of(normal(1, 1, 4))
    check_error(
        RuntimeError, r"wrapping around more than once: padding \(-2, 3\) at dimension 2", pad, x, (-2, 3), "circular"
    )


@pytest.mark.parametrize("dtype", [np.int64, np.uint8, np.bool_])
def test_other_dtypes(dtype):
    x = (normal(2, 3) > 0).astype(dtype)
    check_op(lambda x: pad(x, (1, 2), value=1), lambda x: TF.pad(x, (1, 2), value=1), [x], grad=False)


def test_fractions_are_cut_off_in_integers():
    x = np.arange(3)
    check_op(lambda x: pad(x, (1, 1), value=2.7), lambda x: TF.pad(x, (1, 1), value=2.7), [x], grad=False)


@pytest.mark.parametrize("mode", ["constant", "reflect", "replicate", "circular"])
def test_nan_is_kept(mode):
    x = normal(1, 2, 3)
    x[0, 0, 1] = np.nan
    check_op(lambda x: pad(x, (2, 2), mode), lambda x: TF.pad(x, (2, 2), mode), [x], finite_differences=False)


@pytest.mark.parametrize(
    "mode, shape, name",
    [
        ("constant", (2, 3), "ConstantPadNdBackward0"),
        ("reflect", (1, 2, 3), "ReflectionPad1DBackward0"),
        ("replicate", (1, 2, 3, 3), "ReplicationPad2DBackward0"),
    ],
)
def test_grad_fn(mode, shape, name):
    numbers = (1,) * 2 * max(len(shape) - 2, 1)
    assert pad(ours_of(normal(*shape), True), numbers, mode).grad_fn.name() == name
    assert TF.pad(theirs_of(normal(*shape), True), numbers, mode).grad_fn.name() == name


X = ours_of(normal(2, 3, 4))


@pytest.mark.parametrize(
    "error, match, arguments",
    [
        (TypeError, r"pad\(\): argument 'input' must be Tensor", (normal(3), (1, 1))),
        (TypeError, r"argument 'pad' \(position 2\) must be tuple of ints, got 1", (X, 1)),
        (TypeError, r"must be tuple of ints, got \(1.5, 1\)", (X, (1.5, 1))),
        (TypeError, "argument 'value' must be Number, not str", (X, (1, 1), "constant", "0")),
        (RuntimeError, r"Padding length must be divisible by 2, got \[1\]", (X, (1,))),
        (RuntimeError, "padding length 8 and input of dimension 3", (X, (1,) * 8)),
        (RuntimeError, r"padding \(-3, -3\) cuts more than dimension 2 of input \[2, 3, 4\] has", (X, (-3, -3))),
        (
            RuntimeError,
            "value 300 cannot be converted to type uint8_t without overflow",
            (ours_of(np.zeros(2, np.uint8)), (1, 1), "constant", 300),
        ),
        (
            RuntimeError,
            "value nan cannot be converted to type int64_t",
            (ours_of(np.zeros(2, int)), (1, 1), "constant", np.nan),
        ),
        (
            NotImplementedError,
            "Unrecognised padding mode edge; it must be one of constant, reflect",
            (X, (1, 1), "edge"),
        ),
        (
            NotImplementedError,
            "Padding size 2 is not supported for 1D input tensor",
            (ours_of(normal(4)), (1, 1), "reflect"),
        ),
        (NotImplementedError, "Padding size 0 is not supported for 3D input", (X, (), "replicate")),
        (
            NotImplementedError,
            "mode 'reflect' is not implemented for 'Bool'",
            (ours_of(np.ones((2, 3), bool)), (1, 1), "reflect"),
        ),
        (RuntimeError, 'Padding mode "reflect" doesn\'t take in value argument, got 1', (X, (1, 1), "reflect", 1)),
        (
            RuntimeError,
            r"Padding size should be less than the corresponding input dimension, but got: padding \(4, 1\) "
            r"at dimension 2 of input \[2, 3, 4\]",
            (X, (4, 1), "reflect"),
        ),
        (RuntimeError, r"input \(W: 4\) is too small. Calculated output W: 0", (X, (-1, -3), "reflect")),
        (
            RuntimeError,
            r"input \(H: 3 W: 4\) is too small. Calculated output H: 0 W: 0",
            (X, (-2, -2, -1, -2), "replicate"),
        ),
        (RuntimeError, "Padding value causes wrapping around more than once", (X, (5, 4), "circular")),
        (RuntimeError, "Negative padding value is resulting in an empty dimension", (X, (-2, -3), "circular")),
        (
            RuntimeError,
            r"Expected 2D or 3D \(batch mode\) tensor with possibly 0 batch size and other non-zero dimensions "
            r"for input, but got: \[2, 0, 4\]",
            (ours_of(np.zeros((2, 0, 4))), (1, 1), "reflect"),
        ),
    ],
)
def test_errors(error, match, arguments):
    check_error(error, match, pad, *arguments)
