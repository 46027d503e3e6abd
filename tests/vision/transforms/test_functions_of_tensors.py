"""The functions on tensors: torchvision's numbers."""

import numpy as np
import pytest
import torch
import torchvision.transforms.functional as theirs
import torchvision.transforms.v2.functional as v2

import minitorch_cv as mt
from minitorch_cv.vision.transforms import InterpolationMode
from minitorch_cv.vision.transforms import functional as F
from tests.vision.transforms.cases import BICUBIC, BILINEAR, BLURRED, EXACT, NEAREST, OF_BYTES, ROUNDED, named
from tests.vision.transforms.pictures import ARRAYS, assert_same_tensors, both


def assert_same(found, reference, levels=0):
    if isinstance(reference, (list, int)):
        assert found == reference
    else:
        assert_same_tensors(found, reference, levels)


@pytest.mark.parametrize("kind", ["uint8", "grey uint8", "float32", "batch of uint8"])
@pytest.mark.parametrize("case", EXACT, ids=named(EXACT))
def test_same_numbers(case, kind):
    name, args, kwargs = case
    assert_same(*both(name, ARRAYS[kind], *args, **kwargs))


@pytest.mark.parametrize("kind", ["uint8", "float64", "batch of float32"])
@pytest.mark.parametrize("case", ROUNDED + BLURRED, ids=named(ROUNDED + BLURRED))
def test_same_numbers_but_for_rounding(case, kind):
    name, args, kwargs = case
    assert_same(*both(name, ARRAYS[kind], *args, **kwargs), levels=1)


@pytest.mark.parametrize("kind", [kind for kind in ARRAYS if "uint8" in kind])
@pytest.mark.parametrize("case", OF_BYTES, ids=named(OF_BYTES))
def test_same_bytes(case, kind):
    name, args, kwargs = case
    assert_same_tensors(*both(name, ARRAYS[kind], *args, **kwargs))


@pytest.mark.parametrize("size", [11, (40, 17), (23, 60)])
@pytest.mark.parametrize("mode", [BILINEAR, BICUBIC])
@pytest.mark.parametrize("antialias", [False, None])
@pytest.mark.parametrize("kind", ["uint8", "float32", "float64"])
def test_resize_without_antialias(kind, antialias, mode, size):
    assert_same_tensors(*both("resize", ARRAYS[kind], size, mode, antialias=antialias), levels=1)


@pytest.mark.parametrize("n", [1, 2, 5, 64, 301])
@pytest.mark.parametrize("m", [2, 3, 7, 128, 224])
@pytest.mark.parametrize("mode", [BILINEAR, BICUBIC])
def test_resize_to_many_sizes(n, m, mode):
    line = np.random.default_rng(n).random((1, 2, n)).astype(np.float32)
    assert_same_tensors(*both("resize", line, (3, m), mode))


def test_resize_to_one_column():
    found = F.resize(mt.tensor([[[0.0, 2.0], [1.0, 5.0]]]), (3, 1)).numpy()
    np.testing.assert_allclose(found, [[[1.0], [2.0], [3.0]]], atol=1e-6)


@pytest.mark.parametrize("kind", ARRAYS)
def test_three_equal_channels(kind):
    """Of a grey image, too, as in torchvision's v2; its older function gives that one channel."""
    found = F.rgb_to_grayscale(mt.tensor(ARRAYS[kind]), 3)
    assert_same_tensors(found, v2.rgb_to_grayscale(torch.tensor(ARRAYS[kind]), 3))


def test_no_bits():
    assert not F.posterize(mt.tensor(ARRAYS["uint8"]), 0).any()


def test_bytes_stay_bytes_where_a_cubic_swings_beyond():
    edges = np.zeros((1, 8, 8), np.uint8)
    edges[:, 2:5, 3:] = 255
    assert_same_tensors(*both("resize", edges, (13, 21), BICUBIC), levels=1)


@pytest.mark.parametrize("threshold", [0.0, 0.3, 1])
@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_solarize_floats(kind, threshold):
    assert_same_tensors(*both("solarize", ARRAYS[kind], threshold))


@pytest.mark.parametrize("mode", [NEAREST, BILINEAR])
@pytest.mark.parametrize("fill", [[0.1, 0.5, 0.9], (0.3,), None, 2])
@pytest.mark.parametrize("kind", ["uint8", "float32", "batch of float32"])
def test_fill_of_each_channel(kind, fill, mode):
    assert_same_tensors(*both("rotate", ARRAYS[kind], 40, mode, fill=fill), levels=1)
    assert_same_tensors(*both("affine", ARRAYS[kind], 5, (2, 1), 0.8, 3.0, mode, fill=fill), levels=1)


@pytest.mark.parametrize("mode", [NEAREST, BILINEAR])
@pytest.mark.parametrize("fill", [None, 3.0, [1.0, 0.5, 0.0]])
@pytest.mark.parametrize("kind", ["uint8", "float32", "float64", "batch of uint8"])
def test_elastic_transform(kind, fill, mode):
    moves = mt.tensor(np.random.default_rng(1).normal(0, 0.05, (1, 23, 31, 2)).astype(np.float32))
    found, reference = both("elastic_transform", ARRAYS[kind], moves, mode, fill)
    if kind == "float64":  # computed in the displacement's float32
        np.testing.assert_allclose(found.numpy(), reference.numpy(), rtol=0, atol=1e-5)
    else:
        assert_same_tensors(found, reference, levels=1)


def test_places_at_the_horizon_and_beyond_are_outside():
    """A perspective whose denominator passes zero inside the image."""
    points = [[8, 0], [22, 0], [30, 22], [0, 22]], [[14, 5], [15, 5], [30, 22], [0, 22]]
    assert_same_tensors(*both("perspective", ARRAYS["float32"], *points, NEAREST, [0.2, 0.3, 0.4]))
    moves = np.zeros((1, 23, 31, 2), np.float32)
    moves[0, 0, :4, 0] = [np.nan, np.inf, -np.inf, 1e30]
    found = F.elastic_transform(mt.tensor(ARRAYS["float32"]), mt.tensor(moves), NEAREST, 0.5).numpy()
    assert (found[:, 0, :4] == 0.5).all() and np.array_equal(found[:, 1:], ARRAYS["float32"][:, 1:])


def test_symmetric_padding_of_any_dimensions():
    plain = np.arange(12, dtype=np.float32).reshape(3, 4)
    padded = F.pad(mt.tensor(plain), (1, 2), padding_mode="symmetric").numpy()
    np.testing.assert_array_equal(padded, np.pad(plain, ((2, 2), (1, 1)), "symmetric"))


def test_a_crop_far_outside_is_black():
    found = F.crop(mt.ones(2, 3, 3), -5, 10, 2, 4)
    assert found.shape == (2, 2, 4) and not found.any()


def test_a_crop_inside_is_a_view():
    image = mt.zeros(1, 4, 4)
    F.crop(image, 1, 1, 2, 2).fill_(1)
    assert image.sum() == 4


def test_equal_tones():
    """Channels of one number, and of few."""
    for array in (np.full((3, 5, 5), 7, np.uint8), np.arange(25, dtype=np.uint8).reshape(1, 5, 5)):
        assert_same_tensors(*both("equalize", array))
        assert_same_tensors(*both("autocontrast", array))
        assert_same_tensors(*both("autocontrast", (array / 255).astype(np.float32)))


@pytest.mark.parametrize("shape", [(3, 2, 9), (1, 9, 1), (3, 2, 2)])
def test_sharpness_of_what_has_no_inside(shape):
    image = mt.rand(*shape)
    assert F.adjust_sharpness(image, 2.0) is image


@pytest.mark.parametrize("value", [0.0, [0.1, 0.2, 0.3]])
@pytest.mark.parametrize("inplace", [False, True])
def test_erase(value, inplace):
    image, reference = mt.tensor(ARRAYS["float32"]), torch.tensor(ARRAYS["float32"])
    found = F.erase(image, 2, 3, 5, 6, mt.tensor(np.array(value, np.float32).reshape(-1, 1, 1)), inplace)
    expected = theirs.erase(reference, 2, 3, 5, 6, torch.tensor(value).reshape(-1, 1, 1), inplace)
    assert_same_tensors(found, expected)
    assert_same_tensors(image, reference)
    assert (found is image) is inplace


def test_more_dimensions_than_torchvision_takes():
    """Functions on grids and filters treat the dimensions before (C, H, W), and those of (H, W), one by one."""
    clip = np.random.default_rng(0).random((2, 2, 3, 9, 8)).astype(np.float32)
    for call in (
        lambda x: F.rotate(x, 30, BILINEAR),
        lambda x: F.gaussian_blur(x, 3),
        lambda x: F.resize(x, (4, 5)),
        lambda x: F.adjust_sharpness(x, 1.5),
    ):
        whole = call(mt.tensor(clip)).numpy()
        for first, second in np.ndindex(2, 2):
            np.testing.assert_allclose(whole[first, second], call(mt.tensor(clip[first, second])).numpy(), atol=1e-6)
    flat = F.gaussian_blur(mt.tensor(clip[0, 0, 0]), 3).numpy()
    np.testing.assert_allclose(flat, F.gaussian_blur(mt.tensor(clip[0, 0]), 3).numpy()[0], atol=1e-6)


def test_images_without_a_dimension_for_channels():
    """(H, W), wherever torchvision takes it and in filters and on grids besides."""
    flat = ARRAYS["grey uint8"][0]
    for name, args in [("hflip", ()), ("crop", (1, 2, 5, 6)), ("adjust_brightness", (0.5,)), ("adjust_hue", (0.2,)),
                       ("adjust_saturation", (0.3,)), ("get_dimensions", ()), ("adjust_gamma", (2,))]:  # fmt: skip
        assert_same(*both(name, flat, *args))
    for name, args in [("rotate", (30,)), ("gaussian_blur", (3,)), ("resize", (9,)), ("adjust_sharpness", (2,))]:
        found = getattr(F, name)(mt.tensor(flat), *args).numpy()
        np.testing.assert_array_equal(found, getattr(F, name)(mt.tensor(flat[None]), *args).numpy()[0])


DIFFERENTIABLE = [
    ("hflip", ()), ("crop", (2, 3, 10, 8)), ("pad", (2, 0, "reflect")), ("resize", (11,)), ("resize", (40, BICUBIC)),
    ("adjust_brightness", (0.5,)), ("adjust_contrast", (1.2,)), ("adjust_saturation", (0.4,)), ("adjust_gamma", (1.5,)),
    ("gaussian_blur", (5,)), ("adjust_sharpness", (1.5,)), ("rgb_to_grayscale", (3,)), ("invert", ()),
    ("rotate", (33, BILINEAR, True, None, 0.3)), ("affine", (12, (3, -2), 1.2, (10, 5), BILINEAR)),
    ("perspective", ([[0, 0], [9, 0], [9, 9], [0, 9]], [[1, 0], [9, 2], [7, 9], [0, 8]], BILINEAR)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "args"), DIFFERENTIABLE, ids=[f"{n}-{i}" for i, (n, _) in enumerate(DIFFERENTIABLE)])
def test_gradients(name, args):
    """Gradients go through what is made of the library's operations."""
    array = ARRAYS["float64"] * 0.8 + 0.1
    image, reference = mt.tensor(array, requires_grad=True), torch.tensor(array, requires_grad=True)
    their_args = [theirs.InterpolationMode(a.value) if isinstance(a, InterpolationMode) else a for a in args]
    found, expected = getattr(F, name)(image, *args), getattr(theirs, name)(reference, *their_args)
    weights = np.random.default_rng(2).standard_normal(tuple(found.shape))
    (found * mt.tensor(weights)).sum().backward()
    (expected * torch.tensor(weights)).sum().backward()
    np.testing.assert_allclose(image.grad.numpy(), reference.grad.numpy(), rtol=0, atol=1e-9)


@pytest.mark.parametrize("enabled", [True, False])
def test_gradients_that_are_not_there_are_refused(enabled):
    image = mt.rand(3, 23, 31, requires_grad=True)
    with mt.set_grad_enabled(enabled):
        if not enabled:
            F.adjust_hue(image, 0.1)
            return
        with pytest.raises(NotImplementedError, match=r"adjust_hue: gradients through it are not supp.*img.detach()"):
            F.adjust_hue(image, 0.1)
