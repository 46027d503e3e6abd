"""torchvision.transforms.v2 for single images: ToImage and ToDtype, and the transforms that v1 has too.

Boxes, masks and videos, and transforms of an image together with its target, are not supported. Where torchvision
resizes 8-bit tensors in integers, results differ by 1 of 255 in places, as those of its own v1 do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...nn.module import Module
from ...tensors.creation import from_numpy
from ...tensors.tensor import Tensor
from ...types.dtype import dtype as dtype_class
from . import functional
from .aug_mix import AugMix
from .augmentation_policies import AutoAugmentPolicy
from .auto_augment import AutoAugment, RandAugment, TrivialAugmentWide
from .colour import (
    ColorJitter,
    Grayscale,
    RandomAutocontrast,
    RandomEqualize,
    RandomGrayscale,
    RandomInvert,
    RandomPosterize,
    RandomSolarize,
)
from .containers import Compose, Lambda, RandomApply, RandomChoice, RandomOrder
from .conversion import ConvertImageDtype, LinearTransformation, Normalize, PILToTensor, ToPILImage, ToTensor
from .cropping import CenterCrop, FiveCrop, Pad, RandomCrop, RandomResizedCrop, Resize, TenCrop
from .erasing import RandomErasing
from .filtering import GaussianBlur, GaussianNoise, RandomAdjustSharpness
from .flipping import RandomHorizontalFlip, RandomVerticalFlip
from .geometry import ElasticTransform, RandomAffine, RandomPerspective, RandomRotation
from .interpolation_mode import InterpolationMode
from .mixing import CutMix, MixUp

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = [
    "AugMix",
    "AutoAugment",
    "AutoAugmentPolicy",
    "CenterCrop",
    "ColorJitter",
    "Compose",
    "ConvertImageDtype",
    "CutMix",
    "ElasticTransform",
    "FiveCrop",
    "GaussianBlur",
    "GaussianNoise",
    "Grayscale",
    "Identity",
    "InterpolationMode",
    "Lambda",
    "LinearTransformation",
    "MixUp",
    "Normalize",
    "PILToTensor",
    "Pad",
    "RandAugment",
    "RandomAdjustSharpness",
    "RandomAffine",
    "RandomApply",
    "RandomAutocontrast",
    "RandomChoice",
    "RandomCrop",
    "RandomEqualize",
    "RandomErasing",
    "RandomGrayscale",
    "RandomHorizontalFlip",
    "RandomInvert",
    "RandomOrder",
    "RandomPerspective",
    "RandomPosterize",
    "RandomResizedCrop",
    "RandomRotation",
    "RandomSolarize",
    "RandomVerticalFlip",
    "Resize",
    "TenCrop",
    "ToDtype",
    "ToImage",
    "ToPILImage",
    "ToTensor",
    "TrivialAugmentWide",
    "functional",
]


class ToImage(Module):
    """PIL image, array (H, W, C) or (H, W), or tensor, to a tensor (C, H, W) of the same numbers."""

    def forward(self, inpt: Image | np.ndarray | Tensor) -> Tensor:
        """The image as a tensor.

        Raises:   TypeError: for anything else.
        """
        if isinstance(inpt, Tensor):
            return inpt
        if not isinstance(inpt, np.ndarray):
            return functional.pil_to_tensor(inpt)
        pixels = inpt[:, :, None] if inpt.ndim == 2 else inpt
        return from_numpy(np.ascontiguousarray(pixels.transpose(2, 0, 1)))


class ToDtype(Module):
    """A tensor in another dtype; PIL images are left as they are.

    Args:     dtype: of the result.
              scale: bring the numbers into the new dtype's range, as ConvertImageDtype does.
    Raises:   TypeError: for a dict of dtypes, as there are no kinds of tensors to tell apart here.
    """

    def __init__(self, dtype: dtype_class, scale: bool = False) -> None:
        super().__init__()
        if not isinstance(dtype, dtype_class):
            raise TypeError(f"ToDtype: expected a dtype such as torch.float32, got {dtype!r}")
        self.dtype = dtype
        self.scale = scale

    def forward(self, inpt: Any) -> Any:
        """Convert."""
        if not isinstance(inpt, Tensor):
            return inpt
        return functional.convert_image_dtype(inpt, self.dtype) if self.scale else inpt.to(self.dtype)

    def extra_repr(self) -> str:
        """What stands between the parentheses."""
        return f"scale={self.scale}"


class Identity(Module):
    """The image as it is."""

    def forward(self, inpt: Any) -> Any:
        """The image."""
        return inpt
