"""From PIL images and arrays to tensors and back, from one range of numbers to another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ...nn.module import Module
from ...tensors.tensor import Tensor
from . import functional as F

if TYPE_CHECKING:
    from PIL.Image import Image


class ToTensor:
    """PIL image or array (H, W, C) to a tensor (C, H, W): 8-bit images become floats in [0, 1]."""

    def __call__(self, pic: Image | np.ndarray) -> Tensor:
        """The image as a tensor."""
        return F.to_tensor(pic)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class PILToTensor:
    """PIL image to a tensor (C, H, W) of the image's own numbers: uint8 for most."""

    def __call__(self, pic: Image) -> Tensor:
        """The image as a tensor."""
        return F.pil_to_tensor(pic)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class ToPILImage:
    """Tensor (C, H, W) or array (H, W, C) to a PIL image.

    Args:     mode: of the image; by default what channels and dtype suggest.
    """

    def __init__(self, mode: str | None = None) -> None:
        self.mode = mode

    def __call__(self, pic: Tensor | np.ndarray) -> Image:
        """The tensor as an image."""
        return F.to_pil_image(pic, self.mode)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({'' if self.mode is None else f'mode={self.mode}'})"


class ConvertImageDtype(Module):
    """A tensor in another dtype and its range: white is 1 for floats, the largest number for integers."""

    def __init__(self, dtype: Any) -> None:
        super().__init__()
        self.dtype = dtype

    def forward(self, image: Tensor) -> Tensor:
        """Convert."""
        return F.convert_image_dtype(image, self.dtype)


class Normalize(Module):
    """(tensor - mean) / std, channel by channel, of a tensor (..., C, H, W).

    Args:     mean, std: a number for each channel.
              inplace: write into the tensor.
    """

    def __init__(self, mean: Sequence[float], std: Sequence[float], inplace: bool = False) -> None:
        super().__init__()
        self.mean = mean
        self.std = std
        self.inplace = inplace

    def forward(self, tensor: Tensor) -> Tensor:
        """Normalise."""
        return F.normalize(tensor, self.mean, self.std, self.inplace)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(mean={self.mean}, std={self.std})"


class LinearTransformation(Module):
    """(tensor - mean_vector) @ transformation_matrix, of the D = C*H*W numbers of every image: whitening, for one.

    Args:     transformation_matrix: (D, D).
              mean_vector: (D,), same dtype.
    Raises:   ValueError: for other shapes, or two dtypes.
    """

    def __init__(self, transformation_matrix: Tensor, mean_vector: Tensor) -> None:
        super().__init__()
        rows, columns = transformation_matrix.shape
        if rows != columns:
            raise ValueError(f"transformation_matrix should be square. Got {(rows, columns)} rectangular matrix.")
        if len(mean_vector) != rows:
            raise ValueError(
                f"mean_vector should have the same length {len(mean_vector)} as any one of the dimensions of the "
                f"transformation_matrix [{(rows, columns)}]"
            )
        if transformation_matrix.dtype != mean_vector.dtype:
            raise ValueError(
                f"Input tensors should have the same dtype. Got {transformation_matrix.dtype} and {mean_vector.dtype}"
            )
        self.transformation_matrix = transformation_matrix
        self.mean_vector = mean_vector

    def forward(self, tensor: Tensor) -> Tensor:
        """Transform a tensor (..., C, H, W)."""
        shape = tensor.shape
        length = len(self.mean_vector)
        if shape[-3] * shape[-2] * shape[-1] != length:
            raise ValueError(
                f"Input tensor and transformation matrix have incompatible shape. [{shape[-3]} x {shape[-2]} x "
                f"{shape[-1]}] != {length}"
            )
        centred = tensor.reshape(-1, length) - self.mean_vector
        return (centred @ self.transformation_matrix.to(centred.dtype)).reshape(shape)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(transformation_matrix={self.transformation_matrix.tolist()}, "
            f"mean_vector={self.mean_vector.tolist()})"
        )
