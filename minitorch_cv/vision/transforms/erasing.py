"""A random rectangle of an image painted over."""

from __future__ import annotations

import numbers
from collections.abc import Sequence
from typing import Any

from ...tensors.creation import tensor
from ...tensors.sampling import randn
from ...tensors.tensor import Tensor
from ...types.dtype import float32
from . import draws
from . import functional as F
from .arguments import check_scale_and_ratio
from .functional.images import check_tensor_image
from .sometimes import Sometimes


class RandomErasing(Sometimes):
    """A random rectangle of a tensor painted over, with probability p.

    Args:     scale: the rectangle's share of the image's area, at least and at most.
              ratio: its height / width, at least and at most.
              value: what it is painted with: a number, one for each channel, or "random" for noise.
              inplace: write into the tensor.
    Raises:   TypeError, ValueError: for arguments that are not of this form.
    Source:   Zhong et al. 2020, Random Erasing Data Augmentation.
    """

    def __init__(
        self,
        p: float = 0.5,
        scale: Sequence[float] = (0.02, 0.33),
        ratio: Sequence[float] = (0.3, 3.3),
        value: float | str | Sequence[float] = 0,
        inplace: bool = False,
    ) -> None:
        if not isinstance(value, (numbers.Number, str, tuple, list)):
            raise TypeError("Argument value should be either a number or str or a sequence")
        if isinstance(value, str) and value != "random":
            raise ValueError(f"If value is str, it should be 'random', got {value!r}")
        check_scale_and_ratio(scale, ratio, (tuple, list))
        if scale[0] < 0 or scale[1] > 1:
            raise ValueError(f"Scale should be between 0 and 1, got {scale}")
        if p < 0 or p > 1:
            raise ValueError(f"Random erasing probability should be between 0 and 1, got {p}")
        super().__init__(p)
        self.scale = scale
        self.ratio = ratio
        self.value = value
        self.inplace = inplace

    @staticmethod
    def get_params(
        img: Tensor, scale: Sequence[float], ratio: Sequence[float], value: Sequence[float] | None = None
    ) -> tuple[int, int, int, int, Tensor]:
        """(top, left, height, width, paint) for F.erase; after ten rectangles that do not fit, the image itself.

        Args:     value: one number, or one for each channel; None for noise.
        """
        channels, h, w = img.shape[-3:]
        for _ in range(10):
            height, width = draws.sides(h * w, scale, ratio)
            if height < h and width < w:
                top, left = draws.integer(0, h - height + 1), draws.integer(0, w - width + 1)
                if value is None:
                    return top, left, height, width, randn(channels, height, width, dtype=float32)
                return top, left, height, width, tensor(value)[:, None, None]
        return 0, 0, h, w, img

    def transformed(self, img: Tensor) -> Tensor:
        """Paint over."""
        if not isinstance(img, Tensor):
            raise TypeError(f"img should be Tensor Image. Got {type(img)}. Put ToTensor() before RandomErasing")
        channels = check_tensor_image(img, dims=3).shape[-3]
        value: Any = self.value
        if value is None or isinstance(value, str):
            value = None
        else:
            value = [float(number) for number in (value if isinstance(value, (tuple, list)) else (value,))]
            if len(value) not in (1, channels):
                raise ValueError(
                    "If value is a sequence, it should have either a single value or "
                    f"{channels} (number of input channels)"
                )
        top, left, height, width, paint = self.get_params(img, self.scale, self.ratio, value)
        return F.erase(img, top, left, height, width, paint, self.inplace)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(p={self.p}, scale={self.scale}, ratio={self.ratio}, value={self.value}, "
            f"inplace={self.inplace})"
        )
