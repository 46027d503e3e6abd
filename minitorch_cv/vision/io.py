"""torchvision.io: image files as uint8 tensors and back, by Pillow."""

from __future__ import annotations

import io
import os
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np

from ..tensors.creation import from_numpy
from ..tensors.tensor import Tensor
from ..types.dtype import uint8


class ImageReadMode(Enum):
    """Colours of an image that is read; UNCHANGED: as they are in the file."""

    UNCHANGED = 0
    GRAY = 1
    GRAY_ALPHA = 2
    RGB = 3
    RGB_ALPHA = 4
    RGBA = RGB_ALPHA  # torchvision has both names


_PIL_MODES = {"GRAY": "L", "GRAY_ALPHA": "LA", "RGB": "RGB", "RGB_ALPHA": "RGBA"}
_UNCHANGED_MODES = ("L", "LA", "RGB", "RGBA")


def decode_image(
    input: Tensor | str | os.PathLike,
    mode: ImageReadMode | str = ImageReadMode.UNCHANGED,
    apply_exif_orientation: bool = False,
) -> Tensor:
    """An image of any format that Pillow reads.

    Args:     input: a file's path, or its bytes as a tensor (N,) uint8.
              mode: ImageReadMode, or its name, such as "RGB".
              apply_exif_orientation: turn photographs upright, as the camera noted it.
    Returns:  (C, H, W) uint8.
    Raises:   OSError: if there is no such file, or Pillow cannot read it. ValueError: for another mode.
    """
    from PIL import Image, ImageOps

    wanted = (
        ImageReadMode[mode.upper()] if isinstance(mode, str) and mode.upper() in ImageReadMode.__members__ else mode
    )
    if not isinstance(wanted, ImageReadMode):
        raise ValueError(f"decode_image: mode {mode!r} is not one of {', '.join(ImageReadMode.__members__)}")
    if isinstance(input, Tensor) and (input.ndim != 1 or input.dtype is not uint8):
        raise ValueError(f"decode_image: expected bytes, (N,) uint8, got {tuple(input.shape)} {input.dtype}")
    source: Any = io.BytesIO(input.array.tobytes()) if isinstance(input, Tensor) else os.fspath(input)
    with Image.open(source) as opened:
        picture: Any = ImageOps.exif_transpose(opened) if apply_exif_orientation else opened
        unchanged = picture.mode if picture.mode in _UNCHANGED_MODES else "RGB"
        pixels = np.array(picture.convert(_PIL_MODES.get(wanted.name, unchanged)))
    planes = pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1)
    return from_numpy(np.ascontiguousarray(planes))


def read_image(
    path: str | os.PathLike, mode: ImageReadMode | str = ImageReadMode.UNCHANGED, apply_exif_orientation: bool = False
) -> Tensor:
    """The image in a file, as decode_image gives it."""
    return decode_image(path, mode, apply_exif_orientation)


def write_png(input: Tensor, filename: str | os.PathLike, compression_level: int = 6) -> None:
    """Write an image (C, H, W) uint8, grey or RGB, into a PNG file."""
    _write("write_png", input, filename, "PNG", compress_level=compression_level)


def write_jpeg(input: Tensor, filename: str | os.PathLike, quality: int = 75) -> None:
    """Write an image (C, H, W) uint8, grey or RGB, into a JPEG file."""
    _write("write_jpeg", input, filename, "JPEG", quality=quality)


def _write(op_name: str, input: Tensor, filename: str | os.PathLike, format: str, **options: int) -> None:
    from PIL import Image

    if input.dtype is not uint8 or input.ndim != 3 or input.shape[0] not in (1, 3):
        raise ValueError(f"{op_name}: expected (1 or 3, H, W) uint8, got {tuple(input.shape)} {input.dtype}")
    pixels = input.array[0] if input.shape[0] == 1 else input.array.transpose(1, 2, 0)
    Image.fromarray(np.ascontiguousarray(pixels)).save(Path(filename), format=format, **options)
