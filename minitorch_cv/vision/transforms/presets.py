"""What becomes of an image before a model with published weights sees it, as in torchvision's presets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...nn.module import Module
from ...tensors.tensor import Tensor
from ...types import dtype as dt
from . import functional as F
from .interpolation_mode import InterpolationMode, interpolation_mode


class ImageClassification(Module):
    """Resized, its middle cut out, as floats, normalised: PIL image or tensor (..., 3, H, W) to (..., 3, S, S).

    Args:     crop_size: S.
              resize_size: of the shorter side, before the middle is cut out.
              mean, std: of each channel, for pixels in [0, 1]; ImageNet's by default.
              interpolation, antialias: as of Resize.
    """

    def __init__(
        self,
        *,
        crop_size: int,
        resize_size: int = 256,
        mean: Sequence[float] = (0.485, 0.456, 0.406),
        std: Sequence[float] = (0.229, 0.224, 0.225),
        interpolation: InterpolationMode = InterpolationMode.BILINEAR,
        antialias: bool | None = True,
    ) -> None:
        super().__init__()
        self.crop_size = [crop_size]
        self.resize_size = [resize_size]
        self.mean = list(mean)
        self.std = list(std)
        self.interpolation = interpolation_mode(interpolation)
        self.antialias = antialias

    def forward(self, img: Any) -> Tensor:
        """The model's input."""
        img = F.resize(img, self.resize_size, interpolation=self.interpolation, antialias=self.antialias)
        img = F.center_crop(img, self.crop_size)
        if not isinstance(img, Tensor):
            img = F.pil_to_tensor(img)
        return F.normalize(F.convert_image_dtype(img, dt.float32), self.mean, self.std)

    def __repr__(self) -> str:
        settings = ("crop_size", "resize_size", "mean", "std", "interpolation")
        return f"{type(self).__name__}(" + "".join(f"\n    {name}={getattr(self, name)}" for name in settings) + "\n)"

    def describe(self) -> str:
        """What is done, in words."""
        return (
            "Accepts ``PIL.Image``, batched ``(B, C, H, W)`` and single ``(C, H, W)`` image ``torch.Tensor`` objects. "
            f"The images are resized to ``resize_size={self.resize_size}`` using "
            f"``interpolation={self.interpolation}``, followed by a central crop of ``crop_size={self.crop_size}``. "
            "Finally the values are first rescaled to ``[0.0, 1.0]`` and then normalized using "
            f"``mean={self.mean}`` and ``std={self.std}``."
        )
