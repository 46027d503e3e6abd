"""Images resized, cropped, padded, flipped, turned and distorted, under v2's names and with v2's results.

Of bytes, what is turned or distorted with bilinear may be one level off torchvision's in a few of a thousand pixels.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from .....nn import functional as nn
from .....ops.choosing import where
from .....tensors.tensor import Tensor
from .....types.dtype import uint8
from ... import functional as v1
from ...functional.byte_resizing import resized_bytes
from ...functional.images import as_batch, as_floats, back_to, get_dimensions, out_of_batch, pixels_of
from ...functional.resizing import new_size
from ...interpolation_mode import PIL_NUMBERS, InterpolationMode
from .kinds import check_fill, mode_of, of_images, without_pixels

Interpolation = str | InterpolationMode | int
Fill = float | Sequence[float] | None

_IN_INTEGERS = (InterpolationMode.BILINEAR, InterpolationMode.BICUBIC, InterpolationMode.LANCZOS)


@of_images
def horizontal_flip(inpt: Any) -> Any:
    """Left and right exchanged."""
    return v1.hflip(inpt)


@of_images
def vertical_flip(inpt: Any) -> Any:
    """Top and bottom exchanged."""
    return v1.vflip(inpt)


hflip, vflip = horizontal_flip, vertical_flip


@of_images
def resize(
    inpt: Any,
    size: int | Sequence[int] | None,
    interpolation: Interpolation = InterpolationMode.BILINEAR,
    max_size: int | None = None,
    antialias: bool | None = True,
) -> Any:
    """An image in another size. 8-bit tensors are resized in integers, as by torchvision on processors with AVX2.

    Args:     inpt: PIL image, or tensor (..., C, H, W).
              size: (height, width); one number for the shorter side; None, with max_size, for the longer one alone.
              interpolation: for tensors nearest, nearest-exact, bilinear, bicubic or, with antialias, lanczos.
              max_size: for the longer side, if size is one number or None.
              antialias: of tensors: whether a smaller image is made of means, as Pillow does.
    Raises:   TypeError, ValueError: for arguments that are not of this form, or do not go together.
              RuntimeError: for a size that is not above 0.
    """
    mode = mode_of(interpolation)
    _, h, w = get_dimensions(inpt)
    height, width = _wanted_size(h, w, size, max_size)
    if not isinstance(inpt, Tensor):
        if antialias is False:
            warnings.warn(
                "Anti-alias option is always applied for PIL Image input. Argument antialias is ignored.", stacklevel=3
            )
        return inpt if (height, width) == (h, w) else inpt.resize((width, height), PIL_NUMBERS[mode])
    if mode is InterpolationMode.LANCZOS and not antialias:
        raise ValueError("InterpolationMode.LANCZOS requires antialias=True")
    if (height, width) == (h, w):
        return inpt
    if mode not in _IN_INTEGERS:
        return v1.resize(inpt, [height, width], mode)
    if min(height, width, h, w) < 1:
        raise RuntimeError(
            f"Input and output sizes should be greater than 0, but got input (H: {h}, W: {w}) output (H: {height}, W: "
            f"{width})"
        )
    if inpt.array.dtype == np.uint8:
        return Tensor.wrap(resized_bytes(pixels_of("resize", inpt), height, width, mode.value, bool(antialias)))
    resized = nn.interpolate(as_floats(as_batch(inpt)), (height, width), mode=mode.value, antialias=bool(antialias))
    return back_to(inpt.dtype, out_of_batch(resized, inpt))


def _wanted_size(h: int, w: int, size: Any, max_size: int | None) -> tuple[int, int]:
    if size is None:
        if not isinstance(max_size, int):
            raise ValueError(f"max_size must be an integer when size is None, but got {max_size} instead.")
        short, long = min(h, w), max(h, w)
        shorter = int(max_size * short / long)
        return (max_size, shorter) if w <= h else (shorter, max_size)
    if isinstance(size, int):
        size = (size,)
    if not isinstance(size, (list, tuple)) or len(size) not in (1, 2):
        raise ValueError(f"size can be an integer, a sequence of one or two integers, or None, but got {size} instead.")
    if max_size is not None and len(size) != 1:
        raise ValueError(
            "max_size should only be passed if size is None or specifies the length of the smaller edge, "
            f"i.e. size should be an int or a sequence of length 1, got size={size}"
        )
    return new_size(h, w, size, max_size)


@of_images
def crop(inpt: Any, top: int, left: int, height: int, width: int) -> Any:
    """A part of an image; black where it reaches beyond."""
    return v1.crop(inpt, top, left, height, width)


@of_images
def center_crop(inpt: Any, output_size: int | Sequence[int]) -> Any:
    """The middle of an image, (height, width) or a square; smaller images get a black border first."""
    return v1.center_crop(inpt, output_size)


@of_images
def resized_crop(
    inpt: Any,
    top: int,
    left: int,
    height: int,
    width: int,
    size: int | Sequence[int],
    interpolation: Interpolation = InterpolationMode.BILINEAR,
    antialias: bool | None = True,
) -> Any:
    """A part of an image in another size. Other arguments are resize's."""
    return resize(crop(inpt, top, left, height, width), size, interpolation, antialias=antialias)


@of_images
def five_crop(inpt: Any, size: int | Sequence[int]) -> tuple:
    """The four corners and the middle."""
    return v1.five_crop(inpt, size)


@of_images
def ten_crop(inpt: Any, size: int | Sequence[int], vertical_flip: bool = False) -> tuple:
    """five_crop of the image, and of its mirror image."""
    return v1.ten_crop(inpt, size, vertical_flip)


@of_images
def pad(inpt: Any, padding: int | Sequence[int], fill: Fill = None, padding_mode: str = "constant") -> Any:
    """Put a border around an image; a negative number cuts off instead.

    Args:     padding: pixels on all sides; or (left and right, top and bottom); or (left, top, right, bottom).
              fill: of the border, for 'constant': a number, or one for each channel; None for 0.
              padding_mode: 'constant', 'edge', 'reflect' or 'symmetric'.
    Raises:   TypeError, ValueError: for arguments that are not of this form.
    """
    check_fill(fill)
    if not isinstance(inpt, Tensor) or not isinstance(fill, (list, tuple)) or len(fill) == 1:
        one = fill[0] if isinstance(inpt, Tensor) and isinstance(fill, (list, tuple)) else fill
        if isinstance(inpt, Tensor) and inpt.array.dtype == np.bool_:  # as bytes, which can be reflected
            one = int(bool(one))
            return v1.pad(inpt.to(uint8), padding, one, padding_mode) == 1
        return v1.pad(inpt, padding, one, padding_mode)
    if padding_mode != "constant":
        raise ValueError(f"Padding mode '{padding_mode}' is not supported if fill is not scalar")
    channels = get_dimensions(inpt)[0]
    if len(fill) != channels:
        raise ValueError(f"pad: fill has {len(fill)} numbers, the image {channels} channels; give one for each, or one")
    padded = v1.pad(inpt, padding)
    border = Tensor.wrap(np.array(fill).astype(inpt.array.dtype).reshape(-1, 1, 1))
    inside = v1.pad(Tensor.wrap(np.ones((1, *inpt.array.shape[-2:]), np.uint8)), padding) == 1
    return where(inside, padded, border)


@of_images
def rotate(
    inpt: Any,
    angle: float,
    interpolation: Interpolation = InterpolationMode.NEAREST,
    expand: bool = False,
    center: Sequence[float] | None = None,
    fill: Fill = None,
) -> Any:
    """Turn an image counter-clockwise. Of tensors, turns by quarters about the middle only move pixels.

    Arguments are those of transforms.functional.rotate.
    """
    check_fill(fill)
    if isinstance(inpt, Tensor) and center is None and isinstance(angle, (int, float)):
        quarters, beyond = divmod(angle % 360, 90)
        square = expand or inpt.array.shape[-1] == inpt.array.shape[-2]
        if beyond == 0 and (quarters in (0, 2) or square):
            return inpt.rot90(int(quarters), (-2, -1)) if quarters else inpt.clone()
    mode = mode_of(interpolation)
    return inpt if without_pixels(inpt) and not expand else v1.rotate(inpt, angle, mode, expand, center, fill)


@of_images
def affine(
    inpt: Any,
    angle: float,
    translate: Sequence[float],
    scale: float,
    shear: float | Sequence[float],
    interpolation: Interpolation = InterpolationMode.NEAREST,
    fill: Fill = None,
    center: Sequence[float] | None = None,
) -> Any:
    """Turn, enlarge, shear and move an image. Arguments are those of transforms.functional.affine."""
    check_fill(fill)
    mode = mode_of(interpolation)
    return inpt if without_pixels(inpt) else v1.affine(inpt, angle, translate, scale, shear, mode, fill, center)


@of_images
def perspective(
    inpt: Any,
    startpoints: Sequence[Sequence[int]],
    endpoints: Sequence[Sequence[int]],
    interpolation: Interpolation = InterpolationMode.BILINEAR,
    fill: Fill = None,
) -> Any:
    """An image seen from the side, by four points. Arguments are those of transforms.functional.perspective."""
    check_fill(fill)
    mode = mode_of(interpolation)
    return inpt if without_pixels(inpt) else v1.perspective(inpt, startpoints, endpoints, mode, fill)


@of_images
def elastic(
    inpt: Any, displacement: Tensor, interpolation: Interpolation = InterpolationMode.BILINEAR, fill: Fill = None
) -> Any:
    """Move every pixel. Arguments are those of transforms.functional.elastic_transform."""
    check_fill(fill)
    mode = mode_of(interpolation)
    return inpt if without_pixels(inpt) else v1.elastic_transform(inpt, displacement, mode, fill)


elastic_transform = elastic
