"""What an image is: PIL images and tensors told apart, their sizes, the range of their numbers, batches of them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ....autograd.grad_mode import grad_state
from ....tensors.tensor import Tensor
from ....types import dtype as dt

if TYPE_CHECKING:
    from PIL.Image import Image


def is_pil_image(image: Any) -> bool:
    """Whether this is a PIL image; Pillow is not imported to find out."""
    if "PIL.Image" not in sys.modules:  # nobody has made one yet; and importing Pillow takes a while
        return False
    return isinstance(image, sys.modules["PIL.Image"].Image)


def check_pil_image(img: Any) -> Any:
    """The image, if it is a PIL image.

    Raises:   TypeError: for anything else (tensors have been dealt with before).
    """
    if not is_pil_image(img):
        raise TypeError(f"img should be PIL Image. Got {type(img)}; a Tensor will do as well: use ToTensor()")
    return img


def check_tensor_image(img: Tensor, dims: int = 2) -> Tensor:
    """The tensor, if it has the dimensions of an image, (..., H, W), or at least `dims` of them.

    Raises:   TypeError: if it has fewer.
    """
    if img.array.ndim < 2:
        raise TypeError(f"Tensor is not a torch image. It should be (..., C, H, W), got shape {tuple(img.shape)}")
    if img.array.ndim < dims:
        raise TypeError(f"Input image tensor should have at least {dims} dimensions, but found {img.array.ndim}")
    return img


def check_channels(img: Tensor, permitted: Sequence[int] = (1, 3), dims: int = 2) -> Tensor:
    """The tensor, if it is an image of one or three channels.

    Raises:   TypeError: if it is not.
    """
    channels = get_dimensions(check_tensor_image(img, dims))[0]
    if channels not in permitted:
        raise TypeError(f"Input image tensor permitted channel values are {list(permitted)}, but found {channels}")
    return img


def get_dimensions(img: Image | Tensor) -> list[int]:
    """[channels, height, width] of an image.

    Raises:   TypeError: if it is none.
    """
    if isinstance(img, Tensor):
        shape = check_tensor_image(img).array.shape
        return [1 if len(shape) == 2 else shape[-3], shape[-2], shape[-1]]
    if not is_pil_image(img):
        raise TypeError(f"Unexpected type {type(img)}: an image is a PIL Image or a Tensor")
    width, height = img.size
    return [len(img.getbands()), height, width]


def get_image_size(img: Image | Tensor) -> list[int]:
    """[width, height] of an image.

    Raises:   TypeError: if it is none.
    """
    _, height, width = get_dimensions(img)
    return [width, height]


def get_image_num_channels(img: Image | Tensor) -> int:
    """How many channels an image has.

    Raises:   TypeError: if it is none.
    """
    return get_dimensions(img)[0]


def max_value(dtype: dt.dtype) -> int:
    """What white is: 1 for floats (and bool), the largest number for integers."""
    return 1 if dtype.numpy.kind in "fb" else int(np.iinfo(dtype.numpy).max)


def pixels_of(op_name: str, img: Tensor) -> np.ndarray:
    """The array of a tensor, for operations that gradients do not go through.

    Raises:   NotImplementedError: if the tensor requires a gradient.
    """
    if grad_state.enabled and img.requires_grad:
        raise NotImplementedError(
            f"{op_name}: gradients through it are not supported, and the image requires one; give img.detach(), or "
            "call it under no_grad()"
        )
    return img.array


def as_floats(img: Tensor) -> Tensor:
    """The image in float32, unless it is float32 or float64."""
    return img if img.dtype in (dt.float32, dt.float64) else img.to(dt.float32)


def back_to(dtype: dt.dtype, img: Tensor) -> Tensor:
    """What was computed in floats, in the image's own dtype: to the nearest integer where there are no others."""
    if img.dtype is dtype:
        return img
    return (img.round() if dtype.numpy.kind in "iu" else img).to(dtype)


def as_batch(img: Tensor) -> Tensor:
    """(..., C, H, W) or (H, W) as one batch (N, C, H, W)."""
    shape = img.array.shape
    if len(shape) == 4:
        return img
    if len(shape) == 3:
        return img.unsqueeze(0)
    return img.reshape(-1, *((1,) * (3 - len(shape))), *shape[-3:])


def out_of_batch(batch: Tensor, img: Tensor) -> Tensor:
    """A batch that was made of `img` (and may have another height and width) with img's first dimensions."""
    shape = img.array.shape
    if len(shape) == 4:
        return batch
    if len(shape) == 3:
        return batch.squeeze(0)
    return batch.reshape(*shape[:-2], *batch.array.shape[-2:])
