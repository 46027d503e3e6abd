"""pixel_shuffle, pixel_unshuffle and channel_shuffle against PyTorch, a loop reference and finite differences."""

from __future__ import annotations

import numpy as np
import pytest
import torch.nn.functional as TF

from minitorch_cv.ops.shuffling import channel_shuffle, pixel_shuffle, pixel_unshuffle
from tests import reference_images as reference
from tests.checks import check_error, check_op, normal, ours_of


@pytest.mark.parametrize("shape, r", [((2, 8, 2, 3), 2), ((9, 1, 2), 3), ((1, 2, 3, 2), 1), ((2, 1, 4, 2, 2), 2)])
def test_pixel_shuffle(shape, r):
    check_op(
        lambda x: pixel_shuffle(x, r),
        lambda x: TF.pixel_shuffle(x, r),
        [normal(*shape)],
        reference=lambda x: reference.pixel_shuffle(x, r),
    )


@pytest.mark.parametrize("shape, r", [((2, 2, 4, 6), 2), ((1, 3, 6), 3), ((1, 2, 3, 2), 1), ((2, 1, 1, 2, 2), 2)])
def test_pixel_unshuffle(shape, r):
    check_op(
        lambda x: pixel_unshuffle(x, r),
        lambda x: TF.pixel_unshuffle(x, r),
        [normal(*shape)],
        reference=lambda x: reference.pixel_unshuffle(x, r),
    )


@pytest.mark.parametrize(
    "shape, groups", [((2, 6, 2, 3), 2), ((1, 6, 2), 3), ((1, 3, 2, 2), 1), ((2, 4, 1), 4), ((0, 4, 2), 2)]
)
def test_channel_shuffle(shape, groups):
    check_op(
        lambda x: channel_shuffle(x, groups),
        lambda x: TF.channel_shuffle(x, groups),
        [normal(*shape)],
        reference=lambda x: reference.channel_shuffle(x, groups),
    )


@pytest.mark.parametrize(
    "function, loops, shape",
    [
        (pixel_shuffle, reference.pixel_shuffle, (0, 4, 2, 2)),
        (pixel_unshuffle, reference.pixel_unshuffle, (0, 1, 4, 2)),
    ],
)
def test_empty_batch(function, loops, shape):
    """Without PyTorch, which gives another shape (unshuffle) or fails in backward (shuffle)."""
    check_op(lambda x: function(x, 2), None, [normal(*shape)], reference=lambda x: loops(x, 2))


def test_integers():
    x = np.arange(24).reshape(1, 4, 2, 3)
    check_op(lambda x: pixel_shuffle(x, 2), lambda x: TF.pixel_shuffle(x, 2), [x], grad=False)
    check_op(lambda x: channel_shuffle(x, 2), lambda x: TF.channel_shuffle(x, 2), [x], grad=False)


@pytest.mark.parametrize(
    "function", [lambda x: pixel_shuffle(x, 1), lambda x: pixel_unshuffle(x, 1), lambda x: channel_shuffle(x, 1)]
)
def test_result_has_memory_of_its_own(function):
    x = ours_of(normal(1, 4, 2, 2))
    assert not np.may_share_memory(function(x).array, x.array)


X, FLAT = ours_of(normal(1, 4, 4, 6)), ours_of(normal(4, 6))


@pytest.mark.parametrize(
    "error, match, function, arguments",
    [
        (TypeError, "argument 'upscale_factor' .* must be int, not float", pixel_shuffle, (X, 2.0)),
        (TypeError, r"pixel_shuffle\(\): argument 'input' must be Tensor", pixel_shuffle, ([1.0], 2)),
        (RuntimeError, r"at least 3 dimensions, but got input with 2 dimension\(s\)", pixel_shuffle, (FLAT, 2)),
        (RuntimeError, "expects a positive upscale_factor, but got 0", pixel_shuffle, (X, 0)),
        (RuntimeError, r"input.size\(-3\)=4 is not divisible by 9", pixel_shuffle, (X, 3)),
        (RuntimeError, r"at least 3 dimensions, but got input with 2 dimension\(s\)", pixel_unshuffle, (FLAT, 2)),
        (RuntimeError, "expects a positive downscale_factor, but got -1", pixel_unshuffle, (X, -1)),
        (RuntimeError, r"expects height .* input.size\(-2\)=4 is not divisible by 3", pixel_unshuffle, (X, 3)),
        (RuntimeError, r"expects width .* input.size\(-1\)=6 is not divisible by 4", pixel_unshuffle, (X, 4)),
        (RuntimeError, r"expects input with > 2 dims, but got input with sizes \[4, 6\]", channel_shuffle, (FLAT, 2)),
        (RuntimeError, "must be positive. Value of groups:0", channel_shuffle, (X, 0)),
        (RuntimeError, "divisible by groups. Got 4 channels and 3 groups", channel_shuffle, (X, 3)),
        (TypeError, "argument 'groups' .* must be int, not str", channel_shuffle, (X, "2")),
    ],
)
def test_errors(error, match, function, arguments):
    check_error(error, match, function, *arguments)
