"""Calls of the functions, for PIL images and tensors alike: (name, arguments, named arguments)."""

from minitorch_cv.vision.transforms import InterpolationMode

NEAREST, NEAREST_EXACT = InterpolationMode.NEAREST, InterpolationMode.NEAREST_EXACT
BILINEAR, BICUBIC = InterpolationMode.BILINEAR, InterpolationMode.BICUBIC

CORNERS = [[0, 0], [30, 0], [30, 22], [0, 22]]
SEEN_FROM_THE_SIDE = [[2, 3], [28, 1], [27, 20], [4, 19]]

EXACT = [  # nothing is mixed, or mixed in one way only
    *[("crop", box, {}) for box in [(2, 3, 10, 8), (-4, -3, 12, 9), (15, 5, 20, 40), (-2, -2, 40, 50), (0, 0, 1, 1)]],
    *[("center_crop", (size,), {}) for size in [10, (9, 14), [40, 8], (33, 51), [7], 8.0]],
    ("five_crop", (8,), {}),
    ("five_crop", ((7, 10),), {}),
    ("ten_crop", ([6],), {}),
    ("ten_crop", ((7, 10), True), {}),
    ("hflip", (), {}),
    ("vflip", (), {}),
    *[("pad", (padding,), {"fill": 9}) for padding in [3, [2], (1, 4), [1, 2, 3, 4], (-2, 3, 0, -1)]],
    *[("pad", ((3, 1, 2, 5), 0, mode), {}) for mode in ["edge", "reflect", "symmetric"]],
    *[("pad", ((-3, 1, 2, -5), 0, mode), {}) for mode in ["edge", "reflect", "symmetric"]],
    ("pad", (2,), {"fill": None}),
    *[("resize", (size, mode), {}) for size in [11, (40, 17)] for mode in [NEAREST, NEAREST_EXACT]],
    ("resize", ((23, 31),), {}),
    *[("adjust_brightness", (factor,), {}) for factor in [0, 0.4, 1, 1.7]],
    *[("adjust_contrast", (factor,), {}) for factor in [0, 0.4, 1, 1.7]],
    *[("adjust_saturation", (factor,), {}) for factor in [0, 0.4, 1, 1.7]],
    *[("adjust_hue", (turn,), {}) for turn in [-0.5, -0.13, 0, 0.26, 0.5]],
    *[("adjust_sharpness", (factor,), {}) for factor in [0, 0.4, 1, 1.7]],
    ("rgb_to_grayscale", (), {}),
    ("invert", (), {}),
    ("autocontrast", (), {}),
    ("get_dimensions", (), {}),
    ("get_image_size", (), {}),
    ("get_image_num_channels", (), {}),
    *[("rotate", (angle,), {"fill": fill, "expand": expand}) for angle, fill, expand in
      [(33, None, False), (-71.5, 0.5, True), (90, 3, True), (180, None, False), (0, None, False)]],
    ("rotate", (20,), {"center": (3, 5)}),
    ("affine", (12, [3, -2], 1.2, [10, 5]), {}),
    ("affine", (-30.5, (0, 4), 0.7, 8), {"fill": 1, "center": [4, 7]}),
    ("affine", (0, [0, 0], 1.0, (20,)), {}),
    ("perspective", (CORNERS, SEEN_FROM_THE_SIDE, NEAREST), {}),
]  # fmt: skip
ROUNDED = [  # sums of floats, which another order of adding changes in the last bit
    *[("resize", (size, mode), {}) for size in [11, (40, 17), [15]] for mode in [BILINEAR, BICUBIC]],
    ("resize", (20,), {"max_size": 24}),
    ("resize", (20,), {"max_size": 90}),
    ("resize", (9, 2), {}),
    ("resized_crop", (2, 3, 15, 12, (8, 9)), {}),
    ("resized_crop", (2, 3, 15, 12, 20, BICUBIC), {}),
    *[("adjust_gamma", (gamma, gain), {}) for gamma, gain in [(0.5, 1), (2.2, 1), (1, 1.4), (0, 0.5)]],
    *[("rotate", (angle, BILINEAR), {"fill": fill, "expand": expand}) for angle, fill, expand in
      [(33, None, False), (-71.5, 0.5, True), (90, 3, True)]],
    ("affine", (12, [3, -2], 1.2, [10, 5], BILINEAR), {}),
    ("affine", (-30.5, (0, 4), 0.7, 8, 2), {"fill": 1, "center": [4, 7]}),
    ("perspective", (CORNERS, SEEN_FROM_THE_SIDE), {}),
    ("perspective", (CORNERS, SEEN_FROM_THE_SIDE), {"fill": 1}),
]  # fmt: skip
BLURRED = [
    ("gaussian_blur", (3,), {}),
    ("gaussian_blur", ([5, 9],), {}),
    ("gaussian_blur", ((7, 3), (1.5, 0.4)), {}),
    ("gaussian_blur", (5, 2), {}),
    ("gaussian_blur", (5, [0.8]), {}),
]
OF_BYTES = [
    *[("posterize", (bits,), {}) for bits in [1, 3, 7, 8]],
    *[("solarize", (threshold,), {}) for threshold in [0, 100, 255]],
    ("equalize", (), {}),
]


def named(cases):
    """Ids for pytest."""
    return [f"{name}-{i}" for i, (name, *_) in enumerate(cases)]
