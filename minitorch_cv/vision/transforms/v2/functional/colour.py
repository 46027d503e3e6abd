"""Colours and tones, blurring and noise, under v2's names and with v2's results.

Of bytes, what is computed in floats (contrast, saturation, hue, gamma, sharpness, blurring) may be one level off
torchvision's in a few of ten thousand pixels: its sums are rounded once less or more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .....tensors.tensor import Tensor
from ... import functional as v1
from ...functional.filtering import kernel_sizes_and_sigmas
from ...functional.images import get_dimensions
from .kinds import of_images, of_tensors, without_pixels
from .tones import contrasted, equalized, inverted, posterized, saturated, sharpened, solarized, stretched


@of_images
def adjust_brightness(inpt: Any, brightness_factor: float) -> Any:
    """Multiply by a factor: 0 gives black, 1 the image."""
    return v1.adjust_brightness(inpt, brightness_factor)


@of_images
def adjust_contrast(inpt: Any, contrast_factor: float) -> Any:
    """Multiply the distance from the mean of the grey image."""
    return contrasted(inpt, contrast_factor) if isinstance(inpt, Tensor) else v1.adjust_contrast(inpt, contrast_factor)


@of_images
def adjust_saturation(inpt: Any, saturation_factor: float) -> Any:
    """Multiply the distance from the grey image."""
    return (
        saturated(inpt, saturation_factor)
        if isinstance(inpt, Tensor)
        else v1.adjust_saturation(inpt, saturation_factor)
    )


@of_images
def adjust_hue(inpt: Any, hue_factor: float) -> Any:
    """Turn the hues round their circle, by -0.5 to 0.5."""
    return inpt if without_pixels(inpt) else v1.adjust_hue(inpt, hue_factor)


@of_images
def adjust_gamma(inpt: Any, gamma: float, gain: float = 1) -> Any:
    """gain * image ** gamma, white being 1."""
    return v1.adjust_gamma(inpt, gamma, gain)


@of_images
def adjust_sharpness(inpt: Any, sharpness_factor: float) -> Any:
    """Multiply the distance from a slightly blurred image."""
    return (
        sharpened(inpt, sharpness_factor) if isinstance(inpt, Tensor) else v1.adjust_sharpness(inpt, sharpness_factor)
    )


@of_images
def rgb_to_grayscale(inpt: Any, num_output_channels: int = 1) -> Any:
    """An image without its colours, of one channel or three equal ones."""
    return v1.rgb_to_grayscale(inpt, num_output_channels)


to_grayscale = rgb_to_grayscale


@of_images
def grayscale_to_rgb(inpt: Any) -> Any:
    """An image of three channels: a grey one three times, others as they are."""
    if not isinstance(inpt, Tensor):
        return inpt.convert("RGB")
    return inpt if get_dimensions(inpt)[0] >= 3 else v1.rgb_to_grayscale(inpt, 3)


@of_images
def permute_channels(inpt: Any, permutation: Sequence[int]) -> Any:
    """The channels in another order: the first is the one that `permutation` names first.

    Raises:   ValueError: if it does not name as many as there are.
    """
    channels = get_dimensions(inpt)[0]
    if len(permutation) != channels:
        raise ValueError(f"Length of permutation does not match number of channels: {len(permutation)} != {channels}")
    if not isinstance(inpt, Tensor):
        return v1.to_pil_image(permute_channels(v1.pil_to_tensor(inpt), permutation))
    return inpt[..., [int(place) for place in permutation], :, :]


@of_images
def invert(inpt: Any) -> Any:
    """White minus the image."""
    return inverted(inpt) if isinstance(inpt, Tensor) else v1.invert(inpt)


@of_images
def posterize(inpt: Any, bits: int) -> Any:
    """Keep the first bits, 0 to 8, of every number; of floats as many levels."""
    return posterized(inpt, bits) if isinstance(inpt, Tensor) else v1.posterize(inpt, bits)


@of_images
def solarize(inpt: Any, threshold: float) -> Any:
    """Invert what is as light as the threshold, or lighter."""
    return solarized(inpt, threshold) if isinstance(inpt, Tensor) else v1.solarize(inpt, threshold)


@of_images
def autocontrast(inpt: Any) -> Any:
    """Stretch every channel so that its darkest pixel is 0 and its lightest white."""
    return stretched(inpt) if isinstance(inpt, Tensor) else v1.autocontrast(inpt)


@of_images
def equalize(inpt: Any) -> Any:
    """Spread every channel's numbers so that all occur about equally often."""
    return equalized(inpt) if isinstance(inpt, Tensor) else v1.equalize(inpt)


@of_images
def gaussian_blur(inpt: Any, kernel_size: int | Sequence[int], sigma: float | Sequence[float] | None = None) -> Any:
    """Blur an image. Arguments are those of transforms.functional.gaussian_blur."""
    kernel_sizes_and_sigmas(kernel_size, sigma)  # which are checked without pixels, too
    return inpt if without_pixels(inpt) else v1.gaussian_blur(inpt, kernel_size, sigma)


@of_images
def gaussian_noise(inpt: Any, mean: float = 0.0, sigma: float = 0.1, clip: bool = True) -> Any:
    """Add noise to a tensor. Arguments are those of transforms.functional.gaussian_noise."""
    return v1.gaussian_noise(inpt, mean, sigma, clip)


@of_tensors
def erase(inpt: Any, i: int, j: int, h: int, w: int, v: Tensor, inplace: bool = False) -> Any:
    """Write over a rectangle. Arguments are those of transforms.functional.erase."""
    return v1.erase(inpt, i, j, h, w, v, inplace)
