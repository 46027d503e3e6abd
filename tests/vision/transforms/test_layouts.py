"""Results do not depend on how an image lies in memory; inputs stay as they are; all sizes work."""

import numpy as np
import pytest
import torch
import torchvision.transforms.functional as theirs
from hypothesis import given, settings
from hypothesis import strategies as st

import minitorch_cv as mt
from minitorch_cv.vision.transforms import functional as F
from tests.checks import channels_last, non_contiguous
from tests.vision.transforms.cases import BLURRED, EXACT, OF_BYTES, ROUNDED, named
from tests.vision.transforms.pictures import ARRAYS, assert_same_tensors, their_form

CASES = EXACT + ROUNDED + BLURRED + OF_BYTES


def numbers(result):
    if isinstance(result, (tuple, list)):
        return [numbers(part) for part in result]
    return result.numpy().copy() if isinstance(result, mt.Tensor) else result


@pytest.mark.parametrize("case", CASES, ids=named(CASES))
def test_memory(case):
    """The same numbers to the last bit from any memory, and the input is not changed."""
    name, args, kwargs = case
    function = getattr(F, name)
    batch = ARRAYS["batch of uint8"]
    expected = numbers(function(mt.tensor(batch), *args, **kwargs))
    for array in (channels_last(batch), non_contiguous(batch), batch.copy()):
        before = array.copy()
        found = numbers(function(mt.Tensor.wrap(array), *args, **kwargs))
        for one, two in zip(found, expected) if isinstance(expected, list) else [(found, expected)]:
            np.testing.assert_array_equal(one, two)
        np.testing.assert_array_equal(array, before)


def test_memory_of_floats():
    """Sums of floats may be taken in another order, no more."""
    batch = ARRAYS["batch of float32"]
    for name, args, kwargs in ROUNDED + BLURRED:
        expected = getattr(F, name)(mt.tensor(batch), *args, **kwargs).numpy()
        found = getattr(F, name)(mt.Tensor.wrap(channels_last(batch)), *args, **kwargs).numpy()
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6)


sides = st.integers(1, 12)
SIZED = st.sampled_from(["crop", "center_crop", "resize", "hflip", "rotate", "affine", "adjust_contrast", "pad"])


@settings(max_examples=60, deadline=None)
@given(st.data(), sides, sides, st.sampled_from([1, 3]), st.sampled_from(["uint8", "float32"]), SIZED, st.booleans())
def test_any_size(data, height, width, channels, dtype, name, last):
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    array = rng.integers(0, 256, (channels, height, width)).astype(dtype) / (1 if dtype == "uint8" else 255)
    array = array.astype(dtype)
    number = lambda low, high: data.draw(st.integers(low, high))
    arguments = {
        "crop": lambda: (number(-3, height - 1), number(-3, width - 1), number(4, 12), number(4, 12)),
        "center_crop": lambda: ((number(1, 14), number(1, 14)),),
        "resize": lambda: ((number(2, 14), number(2, 14)),),
        "hflip": lambda: (),
        "rotate": lambda: (number(-180, 180) + 0.37, F.InterpolationMode.BILINEAR),
        "affine": lambda: (number(-90, 90) + 0.21, [number(-3, 3), 1], 0.9, 7.0),
        "adjust_contrast": lambda: (number(0, 20) / 10,),
        "pad": lambda: ([number(0, 4) for _ in range(4)], 1),
    }[name]()
    image = mt.tensor(array)
    if last:
        image = mt.Tensor.wrap(array.transpose(1, 2, 0).copy().transpose(2, 0, 1))
    found = getattr(F, name)(image, *arguments)
    expected = getattr(theirs, name)(torch.tensor(array), *map(their_form, arguments))
    assert_same_tensors(found, expected, levels=1, share=0.05)
