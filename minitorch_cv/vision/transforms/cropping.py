"""Other sizes: resized, cropped, with a border."""

from __future__ import annotations

import numbers
from collections.abc import Sequence
from typing import Any

from ...nn.module import Module
from . import draws
from . import functional as F
from .arguments import check_scale_and_ratio, pair_of_sizes
from .functional.padding import check_padding
from .interpolation_mode import InterpolationMode, interpolation_mode


class Resize(Module):
    """Another size.

    Args:     size: (height, width); or one number for the shorter side, the other one following in proportion.
              interpolation: for tensors NEAREST, NEAREST_EXACT, BILINEAR or BICUBIC.
              max_size: the most for the longer side, if size is one number.
              antialias: of tensors: whether a smaller image is made of means; of PIL images it always is.
    Raises:   TypeError, ValueError: for a size that is not of this form.
    """

    def __init__(
        self,
        size: int | Sequence[int],
        interpolation: InterpolationMode = InterpolationMode.BILINEAR,
        max_size: int | None = None,
        antialias: bool | None = True,
    ) -> None:
        super().__init__()
        if not isinstance(size, (int, Sequence)):
            raise TypeError(f"Size should be int or sequence. Got {type(size)}")
        if isinstance(size, Sequence) and len(size) not in (1, 2):
            raise ValueError("If size is a sequence, it should have 1 or 2 values")
        self.size = size
        self.max_size = max_size
        self.interpolation = interpolation_mode(interpolation)
        self.antialias = antialias

    def forward(self, img: Any) -> Any:
        """Resize."""
        return F.resize(img, self.size, self.interpolation, self.max_size, self.antialias)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(size={self.size}, interpolation={self.interpolation.value}, "
            f"max_size={self.max_size}, antialias={self.antialias})"
        )


class CenterCrop(Module):
    """The middle; smaller images get a black border first.

    Args:     size: (height, width), or one number for both.
    """

    def __init__(self, size: int | Sequence[int]) -> None:
        super().__init__()
        self.size = pair_of_sizes(size)

    def forward(self, img: Any) -> Any:
        """Crop."""
        return F.center_crop(img, self.size)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(size={self.size})"


class Pad(Module):
    """A border.

    Args:     padding: pixels on all sides; or (left and right, top and bottom); or (left, top, right, bottom).
              fill: of the border; for PIL images one for each channel as well.
              padding_mode: 'constant', 'edge', 'reflect' or 'symmetric'.
    Raises:   TypeError, ValueError: for arguments that are not of this form.
    """

    def __init__(
        self, padding: int | Sequence[int], fill: float | Sequence[float] = 0, padding_mode: str = "constant"
    ) -> None:
        super().__init__()
        check_padding(padding, padding_mode)
        if not isinstance(fill, (numbers.Number, tuple, list)):
            raise TypeError(f"Got inappropriate fill arg {fill!r}: it should be a number, or one for each channel")
        self.padding = padding
        self.fill = fill
        self.padding_mode = padding_mode

    def forward(self, img: Any) -> Any:
        """Pad."""
        return F.pad(img, self.padding, self.fill, self.padding_mode)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(padding={self.padding}, fill={self.fill}, padding_mode={self.padding_mode})"


class RandomCrop(Module):
    """A part, from anywhere.

    Args:     size: of the part: (height, width), or one number for both.
              padding, fill, padding_mode: a border that the image gets first, as Pad's.
              pad_if_needed: pad an image that is smaller than the part, on both sides by what is missing.
    """

    def __init__(
        self,
        size: int | Sequence[int],
        padding: int | Sequence[int] | None = None,
        pad_if_needed: bool = False,
        fill: float | Sequence[float] = 0,
        padding_mode: str = "constant",
    ) -> None:
        super().__init__()
        self.size = tuple(pair_of_sizes(size))
        if padding is not None:
            check_padding(padding, padding_mode)
        self.padding = padding
        self.pad_if_needed = pad_if_needed
        self.fill = fill
        self.padding_mode = padding_mode

    @staticmethod
    def get_params(img: Any, output_size: Sequence[int]) -> tuple[int, int, int, int]:
        """(top, left, height, width) of a part.

        Raises:   ValueError: if the image is smaller.
        """
        _, h, w = F.get_dimensions(img)
        height, width = output_size
        if h < height or w < width:
            raise ValueError(
                f"Required crop size {(height, width)} is larger than input image size {(h, w)}; pad_if_needed=True "
                "pads smaller images"
            )
        return draws.integer(0, h - height + 1), draws.integer(0, w - width + 1), height, width

    def padded(self, img: Any, padding: Any) -> Any:
        """The image with a border."""
        return F.pad(img, padding, self.fill, self.padding_mode)

    def forward(self, img: Any) -> Any:
        """Pad and crop."""
        if self.padding is not None:
            img = self.padded(img, self.padding)
        if self.pad_if_needed:
            _, h, w = F.get_dimensions(img)
            if w < self.size[1]:
                img = self.padded(img, (self.size[1] - w, 0))
            if h < self.size[0]:
                img = self.padded(img, (0, self.size[0] - h))
        return F.crop(img, *self.get_params(img, self.size))

    def __repr__(self) -> str:
        return f"{type(self).__name__}(size={self.size}, padding={self.padding})"


class RandomResizedCrop(Module):
    """A part of random size, shape and place, resized.

    Args:     size: of the result: (height, width), or one number for both.
              scale: the part's share of the image's area, at least and at most.
              ratio: the part's width / height, at least and at most.
              interpolation, antialias: as Resize's.
    Raises:   TypeError, ValueError: for arguments that are not of this form.
    """

    def __init__(
        self,
        size: int | Sequence[int],
        scale: Sequence[float] = (0.08, 1.0),
        ratio: Sequence[float] = (3.0 / 4.0, 4.0 / 3.0),
        interpolation: InterpolationMode = InterpolationMode.BILINEAR,
        antialias: bool | None = True,
    ) -> None:
        super().__init__()
        self.size = pair_of_sizes(size)
        check_scale_and_ratio(scale, ratio)
        self.interpolation = interpolation_mode(interpolation)
        self.antialias = antialias
        self.scale = scale
        self.ratio = ratio

    @staticmethod
    def get_params(img: Any, scale: Sequence[float], ratio: Sequence[float]) -> tuple[int, int, int, int]:
        """(top, left, height, width) of a part; after ten that do not fit, of the largest one in the middle."""
        _, h, w = F.get_dimensions(img)
        for _ in range(10):
            width, height = draws.sides(h * w, scale, ratio)
            if 0 < width <= w and 0 < height <= h:
                return draws.integer(0, h - height + 1), draws.integer(0, w - width + 1), height, width
        width = min(w, round(h * max(ratio)))
        height = min(h, round(w / min(ratio)))
        return (h - height) // 2, (w - width) // 2, height, width

    def forward(self, img: Any) -> Any:
        """Crop and resize."""
        return F.resized_crop(
            img, *self.get_params(img, self.scale, self.ratio), self.size, self.interpolation, self.antialias
        )

    def __repr__(self) -> str:
        scale, ratio = (tuple(round(bound, 4) for bound in bounds) for bounds in (self.scale, self.ratio))
        return (
            f"{type(self).__name__}(size={self.size}, scale={scale}, ratio={ratio}, "
            f"interpolation={self.interpolation.value}, antialias={self.antialias})"
        )


class FiveCrop(Module):
    """The four corners and the middle, as a tuple.

    Args:     size: (height, width), or one number for both.
    """

    def __init__(self, size: int | Sequence[int]) -> None:
        super().__init__()
        self.size = pair_of_sizes(size)

    def forward(self, img: Any) -> tuple:
        """Crop five times."""
        return F.five_crop(img, self.size)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(size={self.size})"


class TenCrop(Module):
    """The four corners and the middle of the image and of its mirror image, as a tuple.

    Args:     size: (height, width), or one number for both.
              vertical_flip: exchange top and bottom rather than left and right.
    """

    def __init__(self, size: int | Sequence[int], vertical_flip: bool = False) -> None:
        super().__init__()
        self.size = pair_of_sizes(size)
        self.vertical_flip = vertical_flip

    def forward(self, img: Any) -> tuple:
        """Crop ten times."""
        return F.ten_crop(img, self.size, self.vertical_flip)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(size={self.size}, vertical_flip={self.vertical_flip})"
