"""Images of samples in other forms: PIL images, tensors, other dtypes and ranges."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ....tensors.tensor import Tensor
from ....types.dtype import dtype as dtype_class
from ....types.dtype import float32
from ...tv_tensors import Image, TVTensor, is_pure_tensor
from .. import conversion
from .. import functional as v1
from ..functional.images import is_pil_image
from . import functional as F
from .transform import OfOneImage, Transform


class ToImage(Transform):
    """PIL image, array (H, W, C) or (H, W), or tensor, to an Image (C, H, W) of the same numbers."""

    _transformed_types = (is_pure_tensor, is_pil_image, np.ndarray)

    def transform(self, inpt: Any, params: dict[str, Any]) -> Image:
        """Convert."""
        return F.to_image(inpt)


class ToPureTensor(Transform):
    """Images to tensors that do not say what they are."""

    _transformed_types = (TVTensor,)

    def transform(self, inpt: Any, params: dict[str, Any]) -> Tensor:
        """Convert."""
        return inpt.view_as(inpt)


class PILToTensor(Transform):
    """PIL images to tensors (C, H, W) of the image's own numbers."""

    _transformed_types = (is_pil_image,)

    def transform(self, inpt: Any, params: dict[str, Any]) -> Tensor:
        """Convert."""
        return F.pil_to_tensor(inpt)


class ToTensor(Transform):
    """PIL images and arrays (H, W, C) to tensors (C, H, W), 8-bit ones to floats in [0, 1]; warns that it is old."""

    _transformed_types = (is_pil_image, np.ndarray)

    def __init__(self) -> None:
        warnings.warn(
            "The transform `ToTensor()` is deprecated and will be removed in a future release. "
            "Instead, please use `v2.Compose([v2.ToImage(), v2.ToDtype(torch.float32, scale=True)])`."
            "Output is equivalent up to float precision.",
            stacklevel=2,
        )
        super().__init__()

    def transform(self, inpt: Any, params: dict[str, Any]) -> Tensor:
        """Convert."""
        return v1.to_tensor(inpt)


class ToPILImage(Transform):
    """Tensors (C, H, W) and arrays (H, W, C) to PIL images.

    Args:     mode: of the image; by default what channels and dtype suggest.
    """

    _transformed_types = (is_pure_tensor, Image, np.ndarray)

    def __init__(self, mode: str | None = None) -> None:
        super().__init__()
        self.mode = mode

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        """Convert."""
        return F.to_pil_image(inpt, self.mode)


class ToDtype(Transform):
    """Tensors in another dtype; PIL images are left as they are.

    Args:     dtype: of the image; or a dict of dtypes for kinds of tensors, {tv_tensors.Image: torch.float32, "others":
                None}, where None leaves them and "others" stands for all kinds that are not named.
              scale: bring the numbers into the new dtype's range: white is 1 for floats, for integers the largest.
    Raises:   ValueError: for anything else, and for a kind that the dict does not name.
    """

    _transformed_types = (Tensor,)

    def __init__(self, dtype: dtype_class | dict[Any, dtype_class | None], scale: bool = False) -> None:
        super().__init__()
        if not isinstance(dtype, (dict, dtype_class)):
            raise ValueError(f"dtype must be a dict or a torch.dtype, got {type(dtype)} instead")
        self.dtype = dtype
        self.scale = scale

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        """Convert."""
        dtype: Any = self.dtype
        if isinstance(dtype, dict):
            if type(inpt) not in dtype and "others" not in dtype:
                raise ValueError(
                    f'No dtype was specified for type {type(inpt)}. Give one for it or for "others", or one dtype for '
                    "images, such as dtype=torch.float32"
                )
            dtype = dtype.get(type(inpt), dtype.get("others"))
        if dtype is None:
            if self.scale:
                warnings.warn(
                    "scale was set to True but no dtype was specified for images or videos: no scaling will be done.",
                    stacklevel=2,
                )
            return inpt
        return F.to_dtype(inpt, dtype, self.scale)


class ConvertImageDtype(Transform):
    """The older name of ToDtype(dtype, scale=True)."""

    _transformed_types = (Tensor,)

    def __init__(self, dtype: dtype_class = float32) -> None:
        super().__init__()
        self.dtype = dtype

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        """Convert."""
        return F.to_dtype(inpt, self.dtype, scale=True)


class Normalize(OfOneImage, conversion.Normalize):
    """(tensor - mean) / std, channel by channel, of a tensor (..., C, H, W); PIL images in a sample are refused.

    Args:     mean, std: a number for each channel.
              inplace: write into the tensor.
    """

    pil_images = False

    def __init__(self, mean: Any, std: Any, inplace: bool = False) -> None:
        super().__init__(list(mean), list(std), inplace)


class LinearTransformation(OfOneImage, conversion.LinearTransformation):
    """(tensor - mean_vector) @ transformation_matrix; PIL images in a sample are refused."""

    pil_images = False


class Identity(Transform):
    """The sample as it is."""

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        """The image."""
        return inpt
