"""An image in another size."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ....nn import functional as nn
from ....tensors.tensor import Tensor
from ..interpolation_mode import PIL_NUMBERS, InterpolationMode, interpolation_mode
from .images import as_batch, as_floats, back_to, check_pil_image, get_dimensions, max_value, out_of_batch

if TYPE_CHECKING:
    from PIL.Image import Image

_NEAREST = ("nearest", "nearest-exact")


def resize(
    img: Image | Tensor,
    size: int | Sequence[int],
    interpolation: InterpolationMode = InterpolationMode.BILINEAR,
    max_size: int | None = None,
    antialias: bool | None = True,
) -> Any:
    """An image in another size.

    Args:     img: PIL image, or tensor (..., C, H, W).
              size: (height, width); or one number for the shorter side, the other one following in proportion.
              interpolation: for tensors NEAREST, NEAREST_EXACT, BILINEAR or BICUBIC.
              max_size: for the longer side, if size is one number: where it would be more, it is this, and the shorter
                  side follows.
              antialias: of tensors, for BILINEAR and BICUBIC: whether a smaller image is made of means, as Pillow does,
                  rather than of some of the pixels.
    Raises:   TypeError, ValueError: for arguments that are not of this form, or do not go together.
              RuntimeError: for a tensor and a size that is not above 0.
    """
    mode = interpolation_mode(interpolation)
    if isinstance(size, int):
        size = (size,)
    if len(size) not in (1, 2):
        raise ValueError(f"Size must be an int or a 1 or 2 element tuple/list, not a {len(size)} element tuple/list")
    if max_size is not None and len(size) != 1:
        raise ValueError(
            "max_size should only be passed if size specifies the length of the smaller edge, i.e. size should be an "
            f"int, got size={size}"
        )
    _, h, w = get_dimensions(img)
    height, width = new_size(h, w, size, max_size)
    if (height, width) == (h, w):
        return img
    if isinstance(img, Tensor):
        return _resize_tensor(img, height, width, mode.value, bool(antialias))
    if antialias is False:
        warnings.warn(
            "Anti-alias option is always applied for PIL Image input. Argument antialias is ignored.", stacklevel=2
        )
    return check_pil_image(img).resize((width, height), PIL_NUMBERS[mode])


def new_size(h: int, w: int, size: Sequence[int], max_size: int | None) -> tuple[int, int]:
    """(height, width) after resizing."""
    if len(size) == 2:
        return size[0], size[1]
    short, long = size[0], int(size[0] * max(h, w) / min(h, w))
    if max_size is not None:
        if max_size <= short:
            raise ValueError(
                f"max_size = {max_size} must be strictly greater than the requested size for the smaller edge "
                f"size = {size[0]}"
            )
        if long > max_size:
            short, long = int(max_size * short / long), max_size
    return (long, short) if w <= h else (short, long)


def _resize_tensor(img: Tensor, height: int, width: int, mode: str, antialias: bool) -> Tensor:
    if mode not in (*_NEAREST, "bilinear", "bicubic"):
        raise NotImplementedError(
            f"resize: interpolation {mode} is for PIL images; tensors have nearest, nearest-exact, bilinear, bicubic"
        )
    if min(height, width) < 1:
        h, w = img.shape[-2:]
        raise RuntimeError(
            f"Input and output sizes should be greater than 0, but got input (H: {h}, W: {w}) output (H: {height}, W: "
            f"{width})"
        )
    batch = as_floats(as_batch(img))
    resized = nn.interpolate(batch, (height, width), mode=mode, antialias=antialias and mode not in _NEAREST)
    if mode == "bicubic" and img.array.dtype.name == "uint8":  # a cubic swings beyond the pixels it goes through
        resized = resized.clamp(0, max_value(img.dtype))
    return back_to(img.dtype, out_of_batch(resized, img))
