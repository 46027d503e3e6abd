"""What torchvision overlooks, or tells later or in other words, and is refused here at once."""

import pytest

import minitorch_cv as mt
from minitorch_cv.vision import transforms as ours
from tests.vision.transforms.refusals import PICTURE


@pytest.mark.parametrize(
    ("call", "kind", "match"),
    [
        (
            lambda: ours.Resize(3, "bilinear"),
            TypeError,
            "Argument interpolation should be a InterpolationMode.*'bilinear'",
        ),
        (lambda: ours.Resize(3, 9), ValueError, r"Pillow has no filter 9; it has 0 \(nearest\), 1 \(lanczos\)"),
        (lambda: ours.RandomCrop(3, padding=(1, 2, 3)), ValueError, "Padding must be an int or a 1, 2, or 4"),
        (lambda: ours.RandomResizedCrop(3, ratio=(0, 1)), ValueError, r"Ratio should be above 0, got \(0, 1\)"),
        (lambda: ours.RandomErasing(1)(PICTURE), TypeError, "img should be Tensor Image. Got .* Put ToTensor"),
        (lambda: ours.RandomErasing(1)(mt.zeros(3, 3)), TypeError, "should have at least 3 dimensions, but found 2"),
        (
            lambda: ours.functional.resize(mt.zeros(1, 3, 3), 2, 1),
            NotImplementedError,
            "interpolation lanczos is for PIL images; tensors have nearest, nearest-exact, bilinear, bicubic",
        ),
        (
            lambda: ours.functional.pad(mt.zeros(1, 3, 3), 4, padding_mode="symmetric"),
            ValueError,
            r"padding \(4, 4\) in mode 'symmetric' is more than the image's 3 pixels",
        ),
        (
            lambda: ours.functional.rotate(mt.zeros(1, 3, 3), 3, fill="1"),
            TypeError,
            "Argument fill should be either int",
        ),
        (
            lambda: ours.functional.perspective(PICTURE, [[0, 0]] * 4, [[0, 0], [1, 1], [2, 2], [3, 3]]),
            ValueError,
            "three of the points lie on one line",
        ),
    ],
)
def test_refused_here(call, kind, match):
    with pytest.raises(kind, match=match):
        call()
