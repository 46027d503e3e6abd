"""A rectangle of an image painted over."""

from __future__ import annotations

from ....tensors.tensor import Tensor
from .images import check_tensor_image


def erase(img: Tensor, i: int, j: int, h: int, w: int, v: Tensor, inplace: bool = False) -> Tensor:
    """Write over a rectangle.

    Args:     img: (..., C, H, W).
              i, j: its top and its left side.
              h, w: its height and width.
              v: what to write, of a shape that fits (C, h, w): (1, 1, 1), (C, 1, 1) ...
              inplace: write into `img`.
    Raises:   TypeError: for anything but a tensor.
    """
    if not isinstance(img, Tensor):
        raise TypeError(f"img should be Tensor Image. Got {type(img)}")
    check_tensor_image(img)
    erased = img if inplace else img.clone()
    erased[..., i : i + h, j : j + w] = v
    return erased
