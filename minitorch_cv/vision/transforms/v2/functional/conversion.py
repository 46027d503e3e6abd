"""From PIL images and arrays to Images, from one dtype to another; sizes of images."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .....tensors.creation import from_numpy
from .....tensors.tensor import Tensor
from .....types import dtype as dt
from ....tv_tensors import Image, as_image
from ... import functional as v1
from ...functional.images import is_pil_image
from .kinds import of_tensors

if TYPE_CHECKING:
    import PIL.Image

pil_to_tensor, to_pil_image = v1.pil_to_tensor, v1.to_pil_image


def to_image(inpt: PIL.Image.Image | np.ndarray | Tensor) -> Image:
    """PIL image, array (H, W, C) or (H, W), or tensor, as an Image (C, H, W) of the same numbers.

    Raises:   TypeError: for anything else.
    """
    if isinstance(inpt, Tensor):
        return Image(inpt)
    if isinstance(inpt, np.ndarray):
        return as_image(from_numpy(np.ascontiguousarray(np.atleast_3d(inpt).transpose(2, 0, 1))))
    if not is_pil_image(inpt):
        raise TypeError(
            f"Input can either be a pure Tensor, a numpy array, or a PIL image, but got {type(inpt)} instead."
        )
    return as_image(pil_to_tensor(inpt))


@of_tensors
def to_dtype(inpt: Any, dtype: Any = dt.float32, scale: bool = False) -> Any:
    """A tensor in another dtype.

    Args:     scale: bring the numbers into the new dtype's range: white is 1 for floats, for integers the largest.
    """
    return v1.convert_image_dtype(inpt, dtype) if scale else inpt.to(dtype)


def convert_image_dtype(image: Tensor, dtype: Any = dt.float32) -> Tensor:
    """The older name of to_dtype(image, dtype, scale=True)."""
    return to_dtype(image, dtype, scale=True)


@of_tensors
def normalize(inpt: Any, mean: Sequence[float], std: Sequence[float], inplace: bool = False) -> Any:
    """(tensor - mean) / std, channel by channel. Arguments are those of transforms.functional.normalize."""
    return v1.normalize(inpt, mean, std, inplace)


def get_dimensions(inpt: Any) -> list[int]:
    """[channels, height, width] of an image."""
    return v1.get_dimensions(inpt)


def get_num_channels(inpt: Any) -> int:
    """How many channels an image has."""
    return v1.get_dimensions(inpt)[0]


get_image_num_channels = get_num_channels


def get_size(inpt: Any) -> list[int]:
    """[height, width] of an image."""
    return v1.get_dimensions(inpt)[1:]


def get_image_size(inpt: Any) -> list[int]:
    """[width, height] of an image; warns, as get_size is what it should be."""
    warnings.warn(
        "The function `get_image_size(...)` is deprecated and will be removed in a future release. "
        "Instead, please use `get_size(...)` which returns `[h, w]` instead of `[w, h]`.",
        stacklevel=2,
    )
    return v1.get_image_size(inpt)


def to_tensor(inpt: Any) -> Tensor:
    """A PIL image or array as a tensor of floats; warns, as to_image and to_dtype are what it should be."""
    warnings.warn(
        "The function `to_tensor(...)` is deprecated and will be removed in a future release. "
        "Instead, please use `to_image(...)` followed by `to_dtype(..., dtype=torch.float32, scale=True)`.",
        stacklevel=2,
    )
    return v1.to_tensor(inpt)
