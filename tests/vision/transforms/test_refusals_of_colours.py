"""Arguments of colours and filters that are refused, as torchvision refuses them."""

import numpy as np
import pytest

from tests.vision.transforms.refusals import PICTURE, check_refused_by_both

BOTH = {
    "brightness": (
        lambda m: m.F.adjust_brightness(m.zeros(3, 2, 2), -1),
        ValueError,
        r"brightness_factor \(-1\) is not non-negative",
    ),
    "contrast": (
        lambda m: m.F.adjust_contrast(m.zeros(3, 2, 2), -1),
        ValueError,
        r"contrast_factor \(-1\) is not non-negative",
    ),
    "saturation": (
        lambda m: m.F.adjust_saturation(m.zeros(3, 2, 2), -1),
        ValueError,
        r"saturation_factor \(-1\) is not non-negative",
    ),
    "sharpness": (
        lambda m: m.F.adjust_sharpness(m.zeros(3, 2, 2), -1),
        ValueError,
        r"sharpness_factor \(-1\) is not non-negative",
    ),
    "hue": (lambda m: m.F.adjust_hue(PICTURE, 0.6), ValueError, r"hue_factor \(0.6\) is not in \[-0.5, 0.5\]"),
    "gamma": (
        lambda m: m.F.adjust_gamma(m.zeros(3, 2, 2), -1),
        ValueError,
        "Gamma should be a non-negative real number",
    ),
    "gamma-picture": (
        lambda m: m.F.adjust_gamma(PICTURE, -1),
        ValueError,
        "Gamma should be a non-negative real number",
    ),
    "channels": (
        lambda m: m.F.adjust_brightness(m.zeros(2, 2, 2), 1),
        TypeError,
        r"permitted channel values are \[1, 3\], but found 2",
    ),
    "dimensions": (lambda m: m.F.invert(m.zeros(2, 2)), TypeError, "should have at least 3 dimensions, but found 2"),
    "no-image": (
        lambda m: m.F.adjust_brightness(np.zeros(3), 1),
        TypeError,
        "img should be PIL Image. Got <class 'numpy.ndarray'>",
    ),
    "one-dimension": (lambda m: m.F.hflip(m.zeros(3)), TypeError, "Tensor is not a torch image"),
    "grey": (
        lambda m: m.F.rgb_to_grayscale(m.zeros(3, 2, 2), 2),
        ValueError,
        "num_output_channels should be either 1 or 3",
    ),
    "grey-picture": (lambda m: m.F.to_grayscale(PICTURE, 2), ValueError, "num_output_channels should be either 1 or 3"),
    "grey-tensor": (lambda m: m.F.to_grayscale(m.zeros(3, 2, 2)), TypeError, "Input should be PIL Image"),
    "posterize": (
        lambda m: m.F.posterize(PICTURE, 9),
        ValueError,
        "The number if bits should be between 0 and 8. Got 9",
    ),
    "posterize-floats": (
        lambda m: m.F.posterize(m.zeros(3, 2, 2), 3),
        TypeError,
        "Only torch.uint8 image tensors are supported",
    ),
    "posterize-no-bits": (lambda m: m.F.posterize(PICTURE, 0), ValueError, "bits must be between or equal to 1 and 8"),
    "solarize": (lambda m: m.F.solarize(m.zeros(3, 2, 2), 2), TypeError, "Threshold should be less than bound of img"),
    "equalize": (lambda m: m.F.equalize(m.zeros(3, 2, 2)), TypeError, "Only torch.uint8 image tensors are supported"),
    "equalize-5": (
        lambda m: m.F.equalize(m.zeros(1, 1, 3, 2, 2)),
        TypeError,
        "should have 3 or 4 dimensions, but found 5",
    ),
    "ColorJitter": (
        lambda m: m.T.ColorJitter(-1),
        ValueError,
        "If brightness is a single number, it must be non negative",
    ),
    "ColorJitter-type": (
        lambda m: m.T.ColorJitter(0, "1"),
        TypeError,
        "contrast should be a single number or a list/tuple with",
    ),
    "ColorJitter-order": (
        lambda m: m.T.ColorJitter(0, 0, (2, 1)),
        ValueError,
        r"saturation values should be between \(0, inf\)",
    ),
    "ColorJitter-hue": (
        lambda m: m.T.ColorJitter(hue=0.6),
        ValueError,
        r"hue values should be between \(-0.5, 0.5\), but got",
    ),
    "blur-size": (
        lambda m: m.F.gaussian_blur(PICTURE, 4),
        ValueError,
        "kernel_size should have odd and positive integers",
    ),
    "blur-size-type": (
        lambda m: m.F.gaussian_blur(PICTURE, 3.0),
        TypeError,
        "kernel_size should be int or a sequence of integers",
    ),
    "blur-size-3": (
        lambda m: m.F.gaussian_blur(PICTURE, (3, 3, 3)),
        ValueError,
        "If kernel_size is a sequence its length should be 2",
    ),
    "blur-sigma": (lambda m: m.F.gaussian_blur(PICTURE, 3, 0), ValueError, "sigma should have positive values"),
    "blur-sigma-type": (
        lambda m: m.F.gaussian_blur(PICTURE, 3, "1"),
        TypeError,
        "sigma should be either float or sequence of floats",
    ),
    "blur-sigma-3": (
        lambda m: m.F.gaussian_blur(PICTURE, 3, (1, 1, 1)),
        ValueError,
        "If sigma is a sequence, its length should be 2",
    ),
    "blur-no-image": (
        lambda m: m.F.gaussian_blur("a", 3),
        TypeError,
        "img should be PIL Image or Tensor. Got <class 'str'>",
    ),
    "blur-small": (lambda m: m.F.gaussian_blur(m.zeros(1, 3, 3), 9), RuntimeError, "Padding size should be less than"),
    "GaussianBlur": (
        lambda m: m.T.GaussianBlur(2),
        ValueError,
        "Kernel size value should be an odd and positive number",
    ),
    "GaussianBlur-3": (
        lambda m: m.T.GaussianBlur((1, 1, 1)),
        ValueError,
        "Kernel size should be a tuple/list of two integers",
    ),
    "GaussianBlur-sigma": (
        lambda m: m.T.GaussianBlur(3, 0),
        ValueError,
        "If sigma is a single number, it must be positive",
    ),
    "GaussianBlur-sigmas": (
        lambda m: m.T.GaussianBlur(3, (2, 1)),
        ValueError,
        r"sigma values should be positive and of the form \(min",
    ),
    "GaussianBlur-sigma-3": (
        lambda m: m.T.GaussianBlur(3, (1,)),
        ValueError,
        "sigma should be a single number or a list/tuple",
    ),
    "noise": (lambda m: m.noise(sigma=-1)(m.zeros(1, 2, 2)), ValueError, "sigma shouldn't be negative. Got -1"),
    "noise-dtype": (
        lambda m: m.noise()(m.zeros(1, 2, 2).to(m.int32)),
        ValueError,
        "expected to be in uint8 or float dtype",
    ),
    "noise-picture": (lambda m: m.noise()(PICTURE), ValueError, "Gaussian Noise is not implemented for PIL images"),
}


@pytest.mark.parametrize("name", BOTH)
def test_refused_by_both(name):
    check_refused_by_both(*BOTH[name])
