"""Images in a mirror."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ....tensors.tensor import Tensor
from .images import check_pil_image, check_tensor_image

if TYPE_CHECKING:
    from PIL.Image import Image


def hflip(img: Image | Tensor) -> Any:
    """Left and right exchanged, of a PIL image or a tensor (..., H, W)."""
    if isinstance(img, Tensor):
        return check_tensor_image(img).flip(-1)
    from PIL.Image import Transpose

    return check_pil_image(img).transpose(Transpose.FLIP_LEFT_RIGHT)


def vflip(img: Image | Tensor) -> Any:
    """Top and bottom exchanged, of a PIL image or a tensor (..., H, W)."""
    if isinstance(img, Tensor):
        return check_tensor_image(img).flip(-2)
    from PIL.Image import Transpose

    return check_pil_image(img).transpose(Transpose.FLIP_TOP_BOTTOM)
