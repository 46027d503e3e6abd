"""The functions on PIL images: torchvision's pictures, bit for bit."""

import warnings

import numpy as np
import pytest
from PIL import Image

from minitorch_cv.vision import transforms as T
from minitorch_cv.vision.transforms import functional as F
from tests.vision.transforms.cases import BICUBIC, BILINEAR, BLURRED, EXACT, OF_BYTES, ROUNDED, named
from tests.vision.transforms.pictures import MORE_PIL_IMAGES, PIL_IMAGES, UPRIGHT, assert_same_pictures, both

ALIKE = EXACT + ROUNDED + OF_BYTES
OF_PIL_ONLY = [
    *[("resize", ((9, 40), mode), {}) for mode in (T.InterpolationMode.BOX, T.InterpolationMode.HAMMING, 1)],
    ("rotate", (33, BICUBIC), {}),
    ("affine", (12, [3, -2], 1.2, [10, 5], BICUBIC), {}),
    ("perspective", ([[0, 0], [9, 0], [9, 9], [0, 9]], [[1, 0], [9, 2], [7, 9], [0, 8]], BICUBIC), {}),
    ("rgb_to_grayscale", (3,), {}),
    ("to_grayscale", (), {}),
    ("to_grayscale", (3,), {}),
]


def assert_same(found, reference):
    if isinstance(reference, (list, int)):
        assert found == reference
    else:
        assert_same_pictures(found, reference)


@pytest.mark.parametrize("mode", PIL_IMAGES)
@pytest.mark.parametrize("case", ALIKE + OF_PIL_ONLY, ids=named(ALIKE + OF_PIL_ONLY))
def test_same_picture(case, mode):
    name, args, kwargs = case
    before = PIL_IMAGES[mode].copy()
    assert_same(*both(name, PIL_IMAGES[mode], *args, **kwargs))
    assert_same_pictures(PIL_IMAGES[mode], before)


SIZED = [c for c in ALIKE if c[0] in ("resize", "center_crop", "rotate", "five_crop")]


@pytest.mark.parametrize("case", SIZED, ids=named(SIZED))
def test_same_upright_picture(case):
    name, args, kwargs = case
    assert_same(*both(name, UPRIGHT, *args, **kwargs))


@pytest.mark.parametrize("mode", PIL_IMAGES)
@pytest.mark.parametrize("case", BLURRED, ids=named(BLURRED))
def test_blurred_picture(case, mode):
    """Blurred as tensors and rounded, in torchvision as well: the last bit of a float can be a level."""
    found, reference = both(case[0], PIL_IMAGES[mode], *case[1])
    assert (found.mode, found.size) == (reference.mode, reference.size)
    apart = np.abs(np.array(found).astype(int) - np.array(reference).astype(int))
    assert apart.max() <= 1 and (apart > 0).mean() < 0.002


OF_ALL_MODES = [c for c in ALIKE if c[0] in ("crop", "center_crop", "hflip", "pad", "rotate", "get_dimensions")]


@pytest.mark.parametrize("mode", MORE_PIL_IMAGES)
@pytest.mark.parametrize("case", OF_ALL_MODES, ids=named(OF_ALL_MODES))
def test_same_picture_of_other_modes(case, mode):
    name, args, kwargs = case
    if mode == "P" and kwargs.get("fill") is not None and name == "pad":
        kwargs = {"fill": 0}  # Pillow looks a fill up in the palette, as a colour
    assert_same(*both(name, MORE_PIL_IMAGES[mode], *args, **kwargs))


@pytest.mark.parametrize("mode", ["F", "1"])
def test_hue_of_what_has_none(mode):
    assert F.adjust_hue(MORE_PIL_IMAGES[mode], 0.3) is MORE_PIL_IMAGES[mode]


@pytest.mark.parametrize("fill", [(1, 2, 3), [250.0, 0.4, 7.9], (5,), 3.7])
@pytest.mark.parametrize(
    ("name", "args"),
    [("pad", (2,)), ("rotate", (30,)), ("affine", (3, (1, 2), 1.0, 4.0))],
    ids=["pad", "rotate", "affine"],
)
def test_fill_of_each_channel(name, args, fill):
    assert_same_pictures(*both(name, PIL_IMAGES["RGB"], *args, fill=fill))


def test_fill_of_floats():
    assert_same_pictures(*both("pad", MORE_PIL_IMAGES["F"], 2, fill=0.75))


@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_elastic_transform(mode):
    import minitorch_cv as mt

    moves = mt.tensor(np.random.default_rng(1).normal(0, 0.05, (1, 23, 31, 2)).astype(np.float32))
    assert_same_pictures(*both("elastic_transform", PIL_IMAGES[mode], moves, BILINEAR, [4.0]))


def test_resize_without_antialias_warns():
    with pytest.warns(UserWarning, match="Anti-alias option is always applied for PIL Image input"):
        F.resize(PIL_IMAGES["RGB"], 9, antialias=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        F.resize(PIL_IMAGES["RGB"], 9, antialias=None)


def test_a_picture_of_the_right_size_is_itself():
    assert F.resize(PIL_IMAGES["RGB"], 23) is PIL_IMAGES["RGB"]


def test_one_row():
    thin = Image.fromarray(np.arange(7, dtype=np.uint8)[None])
    for name, args in [("resize", ((3, 3),)), ("rotate", (90,)), ("adjust_sharpness", (2,)), ("equalize", ())]:
        assert_same_pictures(*both(name, thin, *args))
