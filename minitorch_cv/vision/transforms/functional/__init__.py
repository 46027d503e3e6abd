"""Transforms as functions. Images are PIL images, arrays (H, W) or (H, W, C), or tensors (..., C, H, W)."""

from ..interpolation_mode import InterpolationMode
from .colour import (
    adjust_brightness,
    adjust_contrast,
    adjust_gamma,
    adjust_hue,
    adjust_saturation,
    rgb_to_grayscale,
    to_grayscale,
)
from .conversion import convert_image_dtype, normalize, pil_to_tensor, to_pil_image, to_tensor
from .cropping import center_crop, crop, five_crop, resized_crop, ten_crop
from .erasing import erase
from .filtering import adjust_sharpness, gaussian_blur, gaussian_noise
from .flipping import hflip, vflip
from .geometry import affine, elastic_transform, perspective, rotate
from .images import get_dimensions, get_image_num_channels, get_image_size
from .padding import pad
from .resizing import resize
from .tones import autocontrast, equalize, invert, posterize, solarize
