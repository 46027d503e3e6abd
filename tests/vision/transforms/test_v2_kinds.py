"""v2 of all kinds of images: dtypes, numbers of channels, masks of bools, images without pixels, fills."""

import numpy as np
import pytest
import torch
import torchvision.transforms.v2 as theirs

import minitorch_cv as mt
from minitorch_cv.vision import tv_tensors
from minitorch_cv.vision.transforms import v2 as ours
from minitorch_cv.vision.transforms.v2.colour import _OfPolicies
from tests.vision.transforms.pictures import ARRAYS, PIL_IMAGES, PIXELS, assert_same_pictures, assert_same_tensors

INTEGERS = ["uint8", "int8", "int16", "int32", "int64"]
SHAPES = {"RGB": (3, 9, 11), "RGBA": (4, 9, 11), "two": (2, 9, 11), "flat": (9, 11), "batch": (2, 2, 3, 9, 11)}
TONES = [
    *[("posterize", (bits,)) for bits in (0, 3, 7, 8)],
    *(("invert", ()), ("solarize", (0.4,)), ("equalize", ())),
]


def image_of(dtype, shape):
    """Random numbers that reach from 0 to white; of shapes that equalize does something to."""
    rng, kind = np.random.default_rng(0), np.dtype(dtype)
    shape = (*shape[:-2], 3 * shape[-2], 3 * shape[-1])
    if kind.kind == "f":
        return rng.random(shape).astype(kind)
    return rng.integers(0, 1 if kind.kind == "b" else np.iinfo(kind).max, shape, np.int64, endpoint=True).astype(kind)


def both(name, image, *args, **kwargs):
    found = getattr(ours.functional, name)(mt.tensor(image), *args, **kwargs)
    return found, getattr(theirs.functional, name)(torch.tensor(image), *args, **kwargs)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", [*INTEGERS, "float32", "float64"])
def test_tones(dtype, shape):
    for name, args in TONES:
        assert_same_tensors(*both(name, image_of(dtype, SHAPES[shape]), *args))


@pytest.mark.parametrize("dtype", [*INTEGERS, "bool", "float32", "float64"])
@pytest.mark.parametrize("shape", [(3, 9, 11), (2, 1, 9, 11)])
def test_autocontrast_and_contrast(dtype, shape):
    image = image_of(dtype, shape)
    if dtype != "bool":
        image = image // 3 * 2 + 7 if image.dtype.kind == "i" else (image * 0.5).astype(image.dtype)
    image[..., 0, :, :] = image[..., 0, :1, :1]  # a channel of one number
    assert_same_tensors(*both("autocontrast", image))
    if dtype not in ("int32", "int64"):  # which floats do not tell apart
        assert_same_tensors(*both("adjust_contrast", image, 1.7), levels=1)
        assert_same_tensors(*both("adjust_saturation", image, 1.7), levels=1)
    if dtype not in ("bool", "int32", "int64"):
        assert_same_tensors(*both("adjust_sharpness", image, 1.27), levels=1)


def test_autocontrast_of_all_ranges_of_bytes():
    """To the byte: v2 divides by the range in shares of white."""
    low, high = np.meshgrid(np.arange(0, 250, 7), np.arange(3, 256, 9))
    low, high = low[low < high], high[low < high]
    ramps = np.linspace(low, high, 60, axis=1).astype(np.uint8).reshape(-1, 1, 6, 10)
    assert_same_tensors(*both("autocontrast", ramps))


def test_tones_that_are_refused():
    for name, args in (("invert", ()), ("posterize", (3,)), ("equalize", ())):
        with pytest.raises(TypeError, match=f"{name}: expected an image of integers or floats, got torch.bool"):
            getattr(ours.functional, name)(mt.zeros(3, 2, 2, dtype=mt.bool), *args)
    for bits in (-1, 9, 2.0):
        for F, m in ((ours.functional, mt), (theirs.functional, torch)):
            with pytest.raises(TypeError, match=r"bits must be a positive integer in the range \[0, 8\], got"):
                F.posterize(m.zeros(3, 2, 2), bits)
    with pytest.raises(TypeError, match="Threshold should be less or equal the maximum value of the dtype, but got 2"):
        ours.functional.solarize(mt.zeros(3, 2, 2), 2)
    for name in ("contrast", "saturation", "sharpness"):
        with pytest.raises(ValueError, match=rf"{name}_factor \(-1\) is not non-negative"):
            getattr(ours.functional, f"adjust_{name}")(mt.zeros(3, 2, 2), -1)


def test_gradients_go_through_tones():
    x, reference = (m.tensor(image_of("float64", (3, 4, 5)), requires_grad=True) for m in (mt, torch))
    for F, image in ((ours.functional, x), (theirs.functional, reference)):
        made = F.adjust_contrast(F.adjust_saturation(F.solarize(F.invert(image), 0.4), 0.7), 1.2)
        (made**2).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), reference.grad.numpy(), atol=1e-10)


@pytest.mark.parametrize("mode", ["constant", "reflect", "edge", "symmetric"])
def test_masks_are_padded(mode):
    mask = image_of("bool", (2, 3, 4))
    assert_same_tensors(*both("pad", mask, [1, 2, 3, 1], padding_mode=mode))
    if mode == "constant":
        for fill in (0.5, [1], [0, 1]):
            assert_same_tensors(*both("pad", mask, 2, fill=fill))


SOLARIZE = [0.0, 1 / 9, 0.3]
MAGNITUDES = {"Posterize": 5.0, "Rotate": -20.0, "TranslateX": -7.3, "TranslateY": 4.9}


@pytest.mark.parametrize("form", ["float32", "uint8", "int32", "PIL"])
@pytest.mark.parametrize("operation", sorted(_OfPolicies.operations))
def test_operations_of_policies(operation, form):
    image = PIL_IMAGES["RGB"] if form == "PIL" else ARRAYS["float32"]
    if form in INTEGERS:
        image = (ARRAYS["float64"] * np.iinfo(form).max).astype(form)
    mine, reference = (image, image) if form == "PIL" else (mt.tensor(image), torch.tensor(image))
    transform = theirs.RandAugment()
    for magnitude in SOLARIZE if operation == "Solarize" else [MAGNITUDES.get(operation, 0.27)]:
        found = _OfPolicies.operations[operation](mine, magnitude, "nearest", None)
        expected = transform._apply_image_or_video_transform(
            reference, operation, magnitude, interpolation="nearest", fill=transform._fill
        )
        if form == "PIL":
            assert_same_pictures(found, expected)
        elif form == "int32":  # floats tell 2 ** 31 numbers apart by 256 at most
            np.testing.assert_allclose(found.numpy(), expected.numpy(), atol=1024)
        else:
            assert_same_tensors(found, expected, levels=1)


@pytest.mark.parametrize("dtype", ["float32", "int32", "uint8"])
@pytest.mark.parametrize("name", ["AutoAugment", "RandAugment", "TrivialAugmentWide", "AugMix"])
def test_policies_take_all_dtypes(name, dtype):
    mt.manual_seed(0)
    image = tv_tensors.Image(mt.tensor(image_of(dtype, (3, 4, 5))))
    for transform in (getattr(ours, name)(), getattr(ours, name)(interpolation="bilinear", fill=[0, 1, 0])):
        for _ in range(25):
            made = transform(image)
            assert type(made) is tv_tensors.Image and made.dtype is image.dtype and made.shape == image.shape


def test_policies_solarize_shares_of_white():
    limits = {"Solarize": (1.0, 0.0)}
    assert _OfPolicies.own_limits == limits
    for name in ("AutoAugment", "RandAugment", "TrivialAugmentWide", "AugMix"):
        space = getattr(theirs, name)._AUGMENTATION_SPACE
        magnitudes = space["Solarize"][0](10, 5, 5)
        assert (float(magnitudes[0]), float(magnitudes[9])) == limits["Solarize"]


@pytest.mark.parametrize("T", [ours, theirs], ids=["ours", "theirs"])
def test_crops_with_a_colour(T):
    m = mt if T is ours else torch
    image = m.tensor(ARRAYS["uint8"])
    made = T.RandomCrop((31, 39), padding=4, fill=(1, 2, 3))(image)
    assert made[:, 0, 0].tolist() == [1, 2, 3] and made[:, 4:-4, 4:-4].tolist() == image.tolist()
    made = T.RandomCrop((25, 33), padding=[1, 0, 1, 2], fill=(1, 2, 3))(image)  # left, top, right, bottom
    assert made[:, -1, 0].tolist() == [1, 2, 3] and made[:, :-2, 1:-1].tolist() == image.tolist()
    made = T.RandomCrop((23, 35), pad_if_needed=True, fill=[9])(image)
    assert made.shape == (3, 23, 35) and (made == 9).any()
    assert T.RandomCrop((23, 31), padding=0)(image).tolist() == image.tolist()


WITH_FILL = [
    lambda fill: ours.Pad(1, fill), lambda fill: ours.RandomCrop(2, fill=fill),
    lambda fill: ours.RandomRotation(5, fill=fill), lambda fill: ours.RandomAffine(5, fill=fill),
    lambda fill: ours.RandomPerspective(fill=fill), lambda fill: ours.ElasticTransform(fill=fill),
    lambda fill: ours.AutoAugment(fill=fill), lambda fill: ours.RandAugment(fill=fill),
    lambda fill: ours.TrivialAugmentWide(fill=fill), lambda fill: ours.AugMix(fill=fill),
    lambda fill: ours.functional.pad(mt.zeros(3, 4, 4), 1, fill),
    lambda fill: ours.functional.rotate(mt.zeros(3, 4, 4), 90, fill=fill),
    lambda fill: ours.functional.affine(mt.zeros(3, 4, 4), 3, [0, 0], 1.0, [0.0], fill=fill),
    lambda fill: ours.functional.perspective(PIL_IMAGES["L"], [[0, 0]] * 4, [[0, 0]] * 4, fill=fill),
    lambda fill: ours.functional.elastic(mt.zeros(3, 4, 4), mt.zeros(1, 4, 4, 2), fill=fill),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(WITH_FILL)))
def test_fills_of_other_kinds(number):
    with pytest.raises(
        TypeError, match="fill: a dict of fills for kinds of inputs is not supported; give a number, or"
    ):
        WITH_FILL[number]({mt.Tensor: 3})
    with pytest.raises(TypeError, match="Got inappropriate fill arg, only Numbers, tuples and lists are allowed, got"):
        WITH_FILL[number]("red")


CORNERS = [[0, 0], [4, 0], [4, 2], [0, 2]]
EMPTY = [
    ("autocontrast", ()), ("equalize", ()), ("posterize", (3,)), ("invert", ()), ("gaussian_blur", (3,)),
    ("rotate", (33,)), ("rotate", (90,)), ("affine", (3, [1, 0], 1.2, [3.0])), ("perspective", (CORNERS, CORNERS)),
    ("adjust_hue", (0.1,)), ("adjust_contrast", (1.5,)), ("adjust_saturation", (1.5,)), ("adjust_sharpness", (2.0,)),
]  # fmt: skip


@pytest.mark.parametrize("shape", [(3, 0, 5), (3, 5, 0), (0, 3, 5, 5)])
def test_images_without_pixels(shape):
    for dtype in ("uint8", "float32"):
        for name, args in EMPTY:
            if args != (90,) or shape[-1] == shape[-2]:
                found, expected = both(name, np.zeros(shape, dtype), *args)
                assert (found.shape, str(found.dtype)) == (expected.shape, str(expected.dtype))
    mt.manual_seed(0)
    image = mt.zeros(*shape, dtype=mt.uint8)
    for transform in (
        ours.RandomAutocontrast(1.0), ours.GaussianBlur(3), ours.RandomRotation(30), ours.RandomAffine(30, (0.1, 0.1)),
        ours.RandomPerspective(0.5, 1.0), ours.AugMix(), ours.RandAugment(), ours.ColorJitter(0.1, 0.1, 0.1, 0.1),
    ):  # fmt: skip
        assert transform(image).shape == shape, transform
    with pytest.raises(ValueError, match="kernel_size should have odd and positive integers"):
        ours.functional.gaussian_blur(image, 2)


def test_grayscale_of_no_image():
    for T in (ours, theirs):
        with pytest.raises(TypeError, match="No image or video was found in the sample"):
            T.RandomGrayscale(1.0)(("a label", 3))
        assert T.RandomGrayscale(0.0)(("a label", 3)) == ("a label", 3)
    grey = ours.RandomGrayscale(1.0)(ours.ToImage()(PIXELS[:, :, :3]))
    assert (grey[0] == grey[2]).all()


def test_erasing_with_noise_and_colours():
    mt.manual_seed(0)
    image = mt.zeros(3, 20, 20)
    assert len(set(ours.RandomErasing(1.0, value="random")(image).flatten().tolist())) > 20
    painted = ours.RandomErasing(1.0, value=(1, 2, 3))(image)
    assert painted.amax((-2, -1)).tolist() == [1, 2, 3] and ours.RandomErasing(1.0, value=4)(image).max() == 4
