"""transforms.v2.functional, beside torchvision's: on PIL images, bytes and floats."""

import inspect
import warnings

import numpy as np
import pytest
import torch
import torchvision.transforms.v2.functional as theirs
import torchvision.tv_tensors as their_tensors

import minitorch_cv as mt
from minitorch_cv.vision import tv_tensors
from minitorch_cv.vision.transforms.functional.byte_resizing import resized_bytes
from minitorch_cv.vision.transforms.v2 import functional as ours
from tests.vision.transforms.pictures import (
    ARRAYS,
    PIL_IMAGES,
    PIXELS,
    assert_same_pictures,
    assert_same_tensors,
    their_form,
)

CORNERS, MOVED = [[0, 0], [30, 0], [30, 22], [0, 22]], [[2, 1], [28, 3], [30, 20], [4, 22]]
ALL = [
    ("horizontal_flip", (), {}), ("vertical_flip", (), {}), ("hflip", (), {}), ("vflip", (), {}),
    ("crop", (2, 3, 10, 12), {}), ("crop", (-2, 20, 30, 20), {}), ("center_crop", ((9, 40),), {}),
    ("five_crop", (9,), {}), ("ten_crop", ((9, 5), True), {}),
    ("pad", (2,), {}), ("pad", ((1, 2), 3), {}), ("pad", ((1, 2, 3, 4),), {"padding_mode": "reflect"}),
    ("resize", ((11, 40), "nearest"), {}), ("resize", (10, "nearest-exact"), {}), ("resize", (None,), {"max_size": 31}),
    ("rotate", (90,), {}), ("rotate", (90,), {"expand": True}), ("rotate", (180,), {}), ("rotate", (-90, 2, True), {}),
    ("rotate", (360,), {}), ("rotate", (33,), {}), ("rotate", (33, "nearest", True), {}),
    ("rotate", (90,), {"center": [3, 4]}),
    ("affine", (12, [3, -2], 1.2, [10, 5]), {}), ("affine", (0, [0, 0], 1.0, [20.0]), {"fill": 1}),
    ("perspective", (CORNERS, MOVED, "nearest"), {}),
    ("adjust_brightness", (1.4,), {}), ("invert", (), {}), ("autocontrast", (), {}),
    ("rgb_to_grayscale", (), {}), ("to_grayscale", (3,), {}), ("grayscale_to_rgb", (), {}),
    ("get_dimensions", (), {}), ("get_num_channels", (), {}), ("get_image_num_channels", (), {}), ("get_size", (), {}),
]  # fmt: skip
ROUNDED = [  # floats that are rounded to bytes
    ("adjust_contrast", (0.4,), {}), ("adjust_saturation", (1.7,), {}), ("adjust_sharpness", (1.7,), {}),
    ("adjust_gamma", (2.2,), {}), ("gaussian_blur", (3,), {}), ("gaussian_blur", ([5, 7], [0.8, 1.5]), {}),
    ("rotate", (33, "bilinear"), {}), ("affine", (12, [3, -2], 1.2, [10, 5], "bilinear"), {}),
    ("perspective", (CORNERS, MOVED), {}),
]  # fmt: skip
OF_BYTES = [("posterize", (3,), {}), ("solarize", (100,), {}), ("equalize", (), {})]
OF_TENSORS = [
    ("pad", (2, [0.25]), {}), ("pad", ((1, 2), [1, 2, 3]), {}), ("permute_channels", ([2, 0, 1],), {}),
    ("to_dtype", (), {"scale": True}), ("convert_image_dtype", (), {}),
]  # fmt: skip
IDS = lambda cases: [f"{name}-{i}" for i, (name, *_) in enumerate(cases)]


def both(name, form, args, kwargs, image=False):
    if form in PIL_IMAGES:
        mine = reference = PIL_IMAGES[form]
    else:
        mine, reference = mt.tensor(ARRAYS[form]), torch.tensor(ARRAYS[form])
        if image:
            mine, reference = tv_tensors.Image(mine), their_tensors.Image(reference)
    found = getattr(ours, name)(mine, *args, **kwargs)
    return found, getattr(theirs, name)(reference, *map(their_form, args), **kwargs)


def check(found, reference, levels=0):
    if isinstance(reference, (int, list)):
        assert found == reference
    elif hasattr(reference[0] if isinstance(reference, tuple) else reference, "getbands"):
        assert_same_pictures(found, reference)
    else:
        assert_same_tensors(found, reference, levels)


@pytest.mark.parametrize("form", ["RGB", "L", "uint8", "grey uint8", "float32", "float64", "batch of uint8"])
@pytest.mark.parametrize(("name", "args", "kwargs"), ALL, ids=IDS(ALL))
def test_same(name, args, kwargs, form):
    check(*both(name, form, args, kwargs))


@pytest.mark.parametrize("form", ["RGB", "uint8", "float32", "float64", "batch of float32"])
@pytest.mark.parametrize(("name", "args", "kwargs"), ROUNDED, ids=IDS(ROUNDED))
def test_same_up_to_rounding(name, args, kwargs, form):
    found, reference = both(name, form, args, kwargs)
    if form == "RGB" and name == "gaussian_blur":
        np.testing.assert_allclose(np.array(found, int), np.array(reference, int), atol=1)
    else:
        check(found, reference, levels=1)


@pytest.mark.parametrize("turn", [-0.5, 0.2])
@pytest.mark.parametrize("form", ["RGB", "L", "uint8", "batch of uint8", "float32", "float64"])
def test_hue(turn, form):
    """Computed in float32, whatever the image is."""
    found, reference = both("adjust_hue", form, (turn,), {})
    if form == "float64":
        np.testing.assert_allclose(found.numpy(), reference.numpy(), atol=2e-6)
    else:
        check(found, reference, levels=1)


@pytest.mark.parametrize("form", ["RGB", "L", "uint8"])
@pytest.mark.parametrize(("name", "args", "kwargs"), OF_BYTES, ids=IDS(OF_BYTES))
def test_same_of_bytes(name, args, kwargs, form):
    check(*both(name, form, args, kwargs))


@pytest.mark.parametrize("form", ["uint8", "float32", "batch of uint8"])
@pytest.mark.parametrize(("name", "args", "kwargs"), OF_TENSORS, ids=IDS(OF_TENSORS))
def test_same_of_tensors(name, args, kwargs, form):
    check(*both(name, form, args, kwargs))


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("horizontal_flip", ()), ("resize", (9,)), ("resize", ((23, 31),)), ("crop", (1, 2, 3, 4)), ("five_crop", (9,)),
        ("pad", (2, [1, 2, 3])), ("rotate", (90,)), ("rotate", (7,)), ("invert", ()), ("adjust_contrast", (2.0,)),
        ("to_dtype", (mt.float32, True)), ("normalize", ([0.5] * 3, [0.2] * 3)),
    ],
)  # fmt: skip
def test_images_stay_images(name, args):
    their_args = [getattr(torch, str(a).split(".")[-1]) if a is mt.float32 else a for a in args]
    array = ARRAYS["float32"]
    found = getattr(ours, name)(tv_tensors.Image(mt.tensor(array)), *args)
    expected = getattr(theirs, name)(their_tensors.Image(torch.tensor(array)), *their_args)
    for one, two in zip(*((x if isinstance(x, tuple) else (x,)) for x in (found, expected))):
        assert type(one) is tv_tensors.Image and type(two) is their_tensors.Image
        np.testing.assert_allclose(one.numpy(), two.numpy(), atol=2e-6)


MODES = [("bilinear", True), ("bilinear", False), ("bicubic", True), ("bicubic", False), ("lanczos", True)]


@pytest.mark.parametrize(("mode", "antialias"), MODES)
@pytest.mark.parametrize("form", ["uint8", "grey uint8", "batch of uint8"])
@pytest.mark.parametrize("size", [[11, 15], [40, 17], [7, 60], [23, 10], [9, 31], [90, 80], [1, 2], 12, [30]])
def test_bytes_are_resized_to_the_bit(mode, antialias, form, size):
    if not theirs._geometry._do_native_uint8_resize_on_cpu(theirs.InterpolationMode(mode)):
        pytest.skip("torchvision resizes bytes in integers on processors with AVX2 only")
    check(*both("resize", form, (size, mode), {"antialias": antialias}))


def test_black_and_white_stay_so():
    """Cubic filters swing beyond the pixels: what would be below 0 or above 255 is cut off, in whatever size."""
    pixels = np.zeros((1, 12, 12), np.uint8)
    pixels[:, 3:8, 5:] = 255
    for mode, antialias in MODES:
        expected = torch.nn.functional.interpolate(
            torch.tensor(pixels)[None], (29, 7), mode=mode, antialias=antialias, align_corners=False
        )
        np.testing.assert_array_equal(resized_bytes(pixels, 29, 7, mode, antialias), expected[0].numpy())


@pytest.mark.parametrize("mode", ["bilinear", "bicubic", "lanczos"])
@pytest.mark.parametrize("form", ["float32", "float64", "batch of float32"])
def test_floats_are_resized(mode, form):
    check(*both("resize", form, ((11, 40), mode), {}))
    check(*both("resize", form, (12, mode), {"max_size": 14}))


def test_no_image_and_no_pixels():
    assert ours.resize(mt.zeros(0, 3, 8, 8, dtype=mt.uint8), 4).shape == (0, 3, 4, 4)
    for call, kind, match in (
        (lambda: ours.resize("x", 3), TypeError, "resize: expected a PIL image or a tensor, got <class 'str'>"),
        (lambda: ours.to_dtype(PIL_IMAGES["L"]), TypeError, r"to_dtype: expected a tensor, got .*; use to_image\(\)"),
        (
            lambda: ours.resize(mt.zeros(1, 3, 3), 2, "lanczos", antialias=False),
            ValueError,
            "LANCZOS requires antialias",
        ),
        (
            lambda: ours.resize(mt.zeros(1, 3, 3), (2, 2), max_size=3),
            ValueError,
            "max_size should only be passed if size",
        ),
        (lambda: ours.resize(mt.zeros(1, 3, 3), "a"), ValueError, "size can be an integer, a sequence of one or two"),
        (lambda: ours.resize(mt.zeros(1, 3, 3), (0, 2)), RuntimeError, "sizes should be greater than 0"),
        (lambda: ours.resize(mt.zeros(1, 3, 3), None), ValueError, "max_size must be an integer when size is None"),
        (lambda: ours.pad(mt.zeros(3, 3, 3), 1, [1, 2]), ValueError, "fill has 2 numbers, the image 3 channels"),
        (
            lambda: ours.pad(mt.zeros(3, 3, 3), 1, [1, 2, 3], "edge"),
            ValueError,
            "is not supported if fill is not scalar",
        ),
        (lambda: ours.permute_channels(mt.zeros(3, 3, 3), [0, 1]), ValueError, "number of channels: 2 != 3"),
    ):
        with pytest.raises(kind, match=match):
            call()
    with pytest.warns(UserWarning, match="Anti-alias option is always applied for PIL Image input"):
        ours.resize(PIL_IMAGES["L"], 5, antialias=False)


def test_to_image_and_older_names():
    assert_same_pictures(
        ours.permute_channels(PIL_IMAGES["RGB"], [2, 0, 1]), theirs.permute_channels(PIL_IMAGES["RGB"], [2, 0, 1])
    )
    assert ours.to_image(PIXELS[..., 0]).tolist() == theirs.to_image(PIXELS[..., 0]).tolist()
    tensor = mt.tensor(ARRAYS["uint8"])
    assert type(ours.to_image(tensor)) is tv_tensors.Image and type(tensor) is mt.Tensor
    assert_same_pictures(ours.to_pil_image(ours.to_image(PIL_IMAGES["RGB"])), PIL_IMAGES["RGB"])
    for module in (ours, theirs):
        with pytest.warns(UserWarning, match=r"The function `get_image_size\(\.\.\.\)` is deprecated"):
            assert module.get_image_size(PIL_IMAGES["RGB"]) == [31, 23]
        with pytest.warns(UserWarning, match=r"The function `to_tensor\(\.\.\.\)` is deprecated"):
            assert module.to_tensor(PIL_IMAGES["RGB"]).shape == (3, 23, 31)


def test_erase_noise_and_displacement():
    image, paint = mt.tensor(ARRAYS["float32"]), mt.tensor([0.5])[:, None, None]
    reference = theirs.erase(torch.tensor(ARRAYS["float32"]), 1, 2, 3, 4, torch.tensor([0.5])[:, None, None])
    assert_same_tensors(ours.erase(image, 1, 2, 3, 4, paint), reference)
    moved = np.random.default_rng(0).normal(0, 0.1, (1, 23, 31, 2)).astype(np.float32)
    check(
        ours.elastic(image, mt.tensor(moved), fill=0.5),
        theirs.elastic(torch.tensor(ARRAYS["float32"]), torch.tensor(moved), fill=0.5),
    )
    assert ours.gaussian_noise(image, sigma=0.0, clip=False).tolist() == image.tolist()


FUNCTIONS = [name for name, value in vars(ours).items() if inspect.isfunction(value)]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_signatures(name):
    mine, reference = (
        [(p.name, str(p.default)) for p in inspect.signature(getattr(m, name)).parameters.values()]
        for m in (ours, theirs)
    )
    assert mine == [parameter for parameter in reference if parameter[0] != "coefficients"]


def test_nothing_else_warns():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ours.resize(PIL_IMAGES["RGB"], 9)
