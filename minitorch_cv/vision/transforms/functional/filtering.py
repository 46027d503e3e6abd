"""Images blurred, sharpened, and with noise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ....nn import functional as nn
from ....tensors.sampling import randn_like
from ....tensors.sequences import linspace
from ....tensors.tensor import Tensor
from ....types import dtype as dt
from .colour import blend
from .conversion import pil_to_tensor, to_pil_image
from .images import (
    as_batch,
    as_floats,
    back_to,
    check_channels,
    check_pil_image,
    check_tensor_image,
    is_pil_image,
    out_of_batch,
)

if TYPE_CHECKING:
    from PIL.Image import Image


def gaussian_blur(
    img: Image | Tensor, kernel_size: int | Sequence[int], sigma: float | Sequence[float] | None = None
) -> Any:
    """Blur an image, which is reflected at its borders.

    Args:     img: PIL image, or tensor (..., C, H, W).
              kernel_size: in pixels, odd: (horizontal, vertical), or one number for both.
              sigma: standard deviation in pixels, likewise; 0.15 * kernel_size + 0.35 by default.
    Raises:   TypeError, ValueError: for arguments that are not of this form. RuntimeError: if the kernel reaches
                  beyond the reflected image.
    """
    sizes, sigmas = kernel_sizes_and_sigmas(kernel_size, sigma)
    if isinstance(img, Tensor):
        return _blurred(check_tensor_image(img), sizes, sigmas)
    if not is_pil_image(img):
        raise TypeError(f"img should be PIL Image or Tensor. Got {type(img)}")
    return to_pil_image(_blurred(pil_to_tensor(img), sizes, sigmas), mode=img.mode)


def kernel_sizes_and_sigmas(kernel_size: Any, sigma: Any) -> tuple[Sequence[int], Sequence[float]]:
    """Both for (horizontal, vertical).

    Raises:   TypeError, ValueError: for arguments that are not of gaussian_blur's form.
    """
    sizes = _kernel_sizes(kernel_size)
    return sizes, _sigmas(sigma, sizes)


def _kernel_sizes(kernel_size: Any) -> Sequence[int]:
    if not isinstance(kernel_size, (int, list, tuple)):
        raise TypeError(f"kernel_size should be int or a sequence of integers. Got {type(kernel_size)}")
    sizes = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
    if len(sizes) != 2:
        raise ValueError(f"If kernel_size is a sequence its length should be 2. Got {len(sizes)}")
    if any(size % 2 == 0 or size < 0 for size in sizes):
        raise ValueError(f"kernel_size should have odd and positive integers. Got {kernel_size}")
    return sizes


def _sigmas(sigma: Any, sizes: Sequence[int]) -> Sequence[float]:
    if sigma is None:
        return [size * 0.15 + 0.35 for size in sizes]
    if not isinstance(sigma, (int, float, list, tuple)):
        raise TypeError(f"sigma should be either float or sequence of floats. Got {type(sigma)}")
    sigmas = (sigma,) if isinstance(sigma, (int, float)) else sigma
    if len(sigmas) == 1:
        sigmas = (sigmas[0], sigmas[0])
    if len(sigmas) != 2:
        raise ValueError(f"If sigma is a sequence, its length should be 2. Got {len(sigmas)}")
    if any(s <= 0 for s in sigmas):
        raise ValueError(f"sigma should have positive values. Got {sigma}")
    return sigmas


def _blurred(img: Tensor, sizes: Sequence[int], sigmas: Sequence[float]) -> Tensor:
    batch = as_floats(as_batch(img))
    (width, height), channels = sizes, batch.shape[1]
    columns, rows = (_gaussian(*of, batch.dtype) for of in zip(sizes, sigmas))
    batch = nn.pad(batch, (width // 2, width // 2, height // 2, height // 2), mode="reflect")
    # one line after the other: the two-dimensional Gaussian is their product
    batch = nn.conv2d(batch, columns.view(1, 1, 1, width).repeat(channels, 1, 1, 1), groups=channels)
    batch = nn.conv2d(batch, rows.view(1, 1, height, 1).repeat(channels, 1, 1, 1), groups=channels)
    return back_to(img.dtype, out_of_batch(batch, img))


def _gaussian(size: int, sigma: float, dtype: dt.dtype) -> Tensor:
    half = (size - 1) * 0.5
    heights = (-0.5 * (linspace(-half, half, size, dtype=dtype) / sigma) ** 2).exp()
    return heights / heights.sum()


def adjust_sharpness(img: Image | Tensor, sharpness_factor: float) -> Any:
    """Multiply the distance from a slightly blurred image: 0 gives that, 1 the image, 2 a sharper one.

    Args:     img: PIL image, or tensor (..., 1 or 3, H, W); up to two pixels high or wide it stays as it is.
    Raises:   ValueError: if the factor is negative (for tensors).
    """
    if not isinstance(img, Tensor):
        check_pil_image(img)
        from PIL import ImageEnhance

        return ImageEnhance.Sharpness(img).enhance(sharpness_factor)
    if sharpness_factor < 0:
        raise ValueError(f"sharpness_factor ({sharpness_factor}) is not non-negative.")
    check_channels(img)
    if min(img.shape[-2:]) <= 2:
        return img
    return blend(img, smoothed(img), float(sharpness_factor))


def smoothed(img: Tensor) -> Tensor:
    """Each pixel inside mixed with its eight neighbours, 5 parts to 1 each; the border as it is."""
    batch = as_floats(as_batch(img))
    channels = batch.shape[1]
    kernel = np.ones((channels, 1, 3, 3), batch.array.dtype)
    kernel[:, :, 1, 1] = 5
    inner = nn.conv2d(batch, Tensor.wrap(kernel / kernel.dtype.type(13)), groups=channels)
    smoothed = as_batch(img).clone()
    smoothed[..., 1:-1, 1:-1] = back_to(img.dtype, inner)
    return out_of_batch(smoothed, img)


def gaussian_noise(img: Tensor, mean: float = 0.0, sigma: float = 0.1, clip: bool = True) -> Tensor:
    """Add normally distributed noise to every number of an image.

    Args:     img: floats, white being 1, or uint8.
              mean, sigma: of the noise; 1 is white, for uint8 as well.
              clip: keep the result between black and white; without it uint8 turns over.
    Raises:   ValueError: for PIL images, other dtypes, and a negative sigma.
    """
    if not isinstance(img, Tensor):
        raise ValueError(
            f"Gaussian Noise is not implemented for PIL images (got {type(img)}): put ToTensor() before it"
        )
    if not (img.dtype.is_floating_point or img.dtype is dt.uint8):
        raise ValueError(f"Input tensor is expected to be in uint8 or float dtype, got dtype={img.dtype}")
    if sigma < 0:
        raise ValueError(f"sigma shouldn't be negative. Got {sigma}")
    if img.dtype is dt.uint8:
        noisy = img + (mean * 255 + randn_like(img, dtype=dt.float32) * (sigma * 255)).to(dt.int16)
        return (noisy.clamp(0, 255) if clip else noisy).to(dt.uint8)
    noisy = img + (mean + randn_like(img) * sigma)
    return noisy.clamp(0, 1) if clip else noisy
