"""From PIL images and arrays to tensors and back, from one range of numbers to another."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from ....tensors.from_data import check_array
from ....tensors.tensor import Tensor
from ....types import dtype as dt
from .images import is_pil_image, max_value

if TYPE_CHECKING:
    from PIL.Image import Image

_INT16_MODE = "I;16" if sys.byteorder == "little" else "I;16B"
_NUMBERS_OF_MODE = {"I": np.int32, _INT16_MODE: np.int16, "F": np.float32}
_MODE_OF_NUMBERS = {"uint8": "L", "int16": _INT16_MODE, "int32": "I", "float32": "F"}
_MODES_OF_CHANNELS = {2: ["LA"], 3: ["RGB", "YCbCr", "HSV"], 4: ["RGBA", "CMYK", "RGBX"]}
_UNSAFE = {(dt.float32, dt.int32), (dt.float32, dt.int64), (dt.float64, dt.int64)}  # floats between the integers


def to_tensor(pic: Image | np.ndarray) -> Tensor:
    """An image as a tensor (C, H, W).

    Args:     pic: PIL image, or array (H, W) or (H, W, C).
    Returns:  for 8-bit images floats in [0, 1], of the default dtype; other numbers as they are: int32 for mode I,
              int16 for I;16, float32 for F, an array's own dtype.
    Raises:   TypeError, ValueError: for anything else, and for arrays of other ranks.
    """
    if isinstance(pic, np.ndarray):
        if pic.ndim not in (2, 3):
            raise ValueError(f"pic should be 2/3 dimensional. Got {pic.ndim} dimensions.")
        pixels = _channels_first(pic)
        if pixels.dtype != np.uint8 and not pixels.flags.c_contiguous:
            pixels = pixels.copy(order="K")
    elif is_pil_image(pic):
        pixels = _channels_first(np.array(pic, _NUMBERS_OF_MODE.get(pic.mode, np.uint8)))
        if pic.mode == "1":
            pixels *= 255
    else:
        raise TypeError(f"pic should be PIL Image or ndarray. Got {type(pic)}")
    if pixels.dtype == np.uint8:
        pixels = np.divide(pixels, 255, dtype=dt.get_default_dtype().numpy)
    return _as_tensor(pixels)


def pil_to_tensor(pic: Image) -> Tensor:
    """A PIL image as a tensor (C, H, W) of the image's own numbers: uint8, int32, float32, bool for mode 1.

    Raises:   TypeError: for anything else.
    """
    if not is_pil_image(pic):
        raise TypeError(f"pic should be PIL Image. Got {type(pic)}")
    return _as_tensor(_channels_first(np.array(pic)))


def _channels_first(pixels: np.ndarray) -> np.ndarray:
    """(H, W) or (H, W, C) seen as (C, H, W); memory stays as it is, which is what convolutions want."""
    return pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1)


def _as_tensor(pixels: np.ndarray) -> Tensor:
    """A tensor around pixels that nobody else has, or that lie in the order of their dimensions."""
    check_array("to_tensor", pixels)
    return Tensor.wrap(pixels)


def to_pil_image(pic: Tensor | np.ndarray, mode: str | None = None) -> Image:
    """A tensor (C, H, W) or (H, W), or an array (H, W, C) or (H, W), as a PIL image.

    Args:     pic: floats are taken to be in [0, 1], unless `mode` is "F".
              mode: of the PIL image; by default what channels and dtype suggest.
    Raises:   TypeError, ValueError: if there is no such mode for these channels and numbers.
    """
    if isinstance(pic, Tensor):
        pixels = pic.detach().array
        if pixels.ndim == 3:
            pixels = pixels.transpose(1, 2, 0)
    elif isinstance(pic, np.ndarray):
        pixels = pic
    else:
        raise TypeError(f"pic should be Tensor or ndarray. Got {type(pic)}.")
    if pixels.ndim not in (2, 3):
        raise ValueError(f"pic should be 2/3 dimensional. Got {pixels.ndim} dimensions.")
    if pixels.ndim == 2:
        pixels = pixels[:, :, None]
    height, width, channels = pixels.shape
    if channels > 4:
        raise ValueError(f"pic should not have > 4 channels. Got {channels} channels.")
    if pixels.dtype.kind == "f" and mode != "F":
        pixels = (pixels * 255).astype(np.uint8)

    if channels == 1:
        expected = _MODE_OF_NUMBERS.get(pixels.dtype.name)
        if mode is not None and mode != expected:
            raise ValueError(f"Incorrect mode ({mode}) supplied for input type {pixels.dtype}. Should be {expected}")
        mode = expected
    else:
        permitted = _MODES_OF_CHANNELS[channels]
        if mode is None and pixels.dtype == np.uint8:
            mode = permitted[0]
        elif mode is not None and mode not in permitted:
            raise ValueError(f"Only modes {permitted} are supported for {channels}D inputs")
    if mode is None:
        raise TypeError(f"Input type {pixels.dtype} is not supported")

    from PIL import Image

    return Image.frombytes(mode, (width, height), np.ascontiguousarray(pixels).tobytes())


def convert_image_dtype(image: Tensor, dtype: Any = dt.float32) -> Tensor:
    """An image in another dtype, and in that dtype's range: white is 1 for floats, the largest number for integers.

    From a smaller to a larger integer dtype the largest number is not quite reached: uint8 255 becomes int16 32640.

    Raises:   TypeError: for anything but a tensor. RuntimeError: for a cast to integers that are larger than the
                  floats can tell apart: float32 to int32 and int64, float64 to int64.
    """
    if not isinstance(image, Tensor):
        raise TypeError(f"Input img should be Tensor Image, got {type(image)}")
    dtype = dt.as_dtype(dtype)
    own = image.dtype
    if own is dtype:
        return image
    if own.is_floating_point:
        if dtype.is_floating_point:
            return image.to(dtype)
        if (own, dtype) in _UNSAFE:
            raise RuntimeError(f"The cast from {own} to {dtype} cannot be performed safely.")
        # a little less than the number of levels: each level gets as many floats, and 1.0 is in the last
        return (image * (max_value(dtype) + 1 - 1e-3)).to(dtype)
    if dtype.is_floating_point:
        return image.to(dtype) / float(max_value(own))
    levels, new_levels = max_value(own) + 1, max_value(dtype) + 1
    if levels > new_levels:
        return image.div(levels // new_levels, rounding_mode="floor").to(dtype)
    return image.to(dtype) * (new_levels // levels)


def normalize(tensor: Tensor, mean: Sequence[float], std: Sequence[float], inplace: bool = False) -> Tensor:
    """(tensor - mean) / std, channel by channel.

    Args:     tensor: (..., C, H, W), floating-point.
              mean, std: C numbers each, or one for all channels.
              inplace: write into `tensor`.
    Raises:   TypeError: for anything but a floating-point tensor.
              ValueError: if it has fewer than three dimensions, or if a std is 0.
              RuntimeError: if there are not as many numbers as channels.
    """
    if not isinstance(tensor, Tensor):
        raise TypeError(f"img should be Tensor Image. Got {type(tensor)}. Put ToTensor() before Normalize")
    if not tensor.dtype.is_floating_point:
        raise TypeError(f"Input tensor should be a float tensor. Got {tensor.dtype}.")
    if tensor.ndim < 3:
        raise ValueError(
            f"Expected tensor to be a tensor image of size (..., C, H, W). Got tensor.size() = {tuple(tensor.shape)}"
        )
    array = tensor.array
    kind, channels, row = array.dtype, array.shape[-3], array.shape[-1] * _innermost(array)
    means = _by_channel("mean", _known(mean), kind, array.ndim, channels, row)
    stds = _by_channel("std", _known(std), kind, array.ndim, channels, row)
    if not stds.all():
        raise ValueError(f"std evaluated to zero after conversion to {tensor.dtype}, leading to division by zero.")
    if inplace:
        return tensor.sub_(Tensor.wrap(means)).div_(Tensor.wrap(stds))
    if tensor.requires_grad:
        return (tensor - Tensor.wrap(means)) / Tensor.wrap(stds)
    out = np.subtract(array, means)
    return Tensor.wrap(np.divide(out, stds, out=out))


def _innermost(array: np.ndarray) -> bool:
    """Whether the channels of a pixel lie beside one another."""
    return array.strides[-3] == array.itemsize and array.shape[-3] > 1


def _known(values: Any) -> tuple:
    """Numbers that can be looked up: nested tuples."""
    if isinstance(values, (int, float)):
        return (values,)
    numbers = values.tolist() if isinstance(values, (Tensor, np.ndarray)) else values
    return tuple(_known(value) if isinstance(value, (list, tuple)) else value for value in numbers)


@lru_cache(maxsize=64)  # an image has few numbers: without this, these take longer than it
def _by_channel(name: str, values: tuple, dtype: np.dtype, ndim: int, channels: int, row: int) -> np.ndarray:
    """Numbers that broadcast against images of so many channels.

    Args:     row: their width, if channels lie innermost in memory, or 0. Then the numbers are those of a whole row, so
                that NumPy's inner loop is a row and not three channels.
    """
    numbers: np.ndarray = np.asarray(values, dtype)
    if numbers.ndim == 1:
        numbers = numbers.reshape(-1, 1, 1)
    if numbers.ndim > ndim or numbers.size not in (1, channels):
        raise RuntimeError(
            f"normalize: output doesn't match the broadcast shape: {name} has {numbers.size} numbers, the image "
            f"{channels} channels; give one for each channel"
        )
    if row and numbers.shape == (channels, 1, 1):
        numbers = np.tile(numbers, row).transpose(1, 2, 0).copy().transpose(2, 0, 1)
    return numbers
