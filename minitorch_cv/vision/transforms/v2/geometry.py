"""Samples flipped, resized, cropped, padded, turned and distorted. Arguments are those of transforms, if not told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import cropping, erasing, flipping, geometry
from ..functional.images import is_pil_image
from . import functional as F
from .functional.geometry import Fill, Interpolation
from .functional.kinds import mode_of
from .transform import OfOneImage, OfSomeImages, Transform

Sizes = int | Sequence[int]


class RandomHorizontalFlip(OfSomeImages, flipping.RandomHorizontalFlip):
    """Left and right exchanged, with probability p."""


class RandomVerticalFlip(OfSomeImages, flipping.RandomVerticalFlip):
    """Top and bottom exchanged, with probability p."""


class Resize(Transform):
    """Another size. 8-bit tensors are resized in integers, byte for byte as by torchvision on processors with AVX2.

    Args:     size: (height, width); one number for the shorter side; or None, with max_size, for the longer one alone.
              interpolation: a mode or its name; for tensors nearest, nearest-exact, bilinear, bicubic or lanczos.
              max_size: the most for the longer side, if size is one number.
              antialias: of tensors: whether a smaller image is made of means; of PIL images it always is.
    Raises:   ValueError: for a size that is not of this form.
    """

    def __init__(
        self,
        size: Sizes | None,
        interpolation: Interpolation = "bilinear",
        max_size: int | None = None,
        antialias: bool | None = True,
    ) -> None:
        super().__init__()
        if size is None and not isinstance(max_size, int):
            raise ValueError(f"max_size must be an integer when size is None, but got {max_size} instead.")
        if not (size is None or isinstance(size, int) or (isinstance(size, (list, tuple)) and len(size) in (1, 2))):
            raise ValueError(
                f"size can be an integer, a sequence of one or two integers, or None, but got {size} instead."
            )
        mode_of(interpolation)
        self.size = [size] if isinstance(size, int) else None if size is None else list(size)
        self.interpolation = interpolation
        self.max_size = max_size
        self.antialias = antialias

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        """Resize."""
        return F.resize(inpt, self.size, self.interpolation, self.max_size, self.antialias)


class CenterCrop(OfOneImage, cropping.CenterCrop):
    """The middle; smaller images get a black border first."""


class FiveCrop(OfOneImage, cropping.FiveCrop):
    """The four corners and the middle, as a tuple."""


class TenCrop(OfOneImage, cropping.TenCrop):
    """The four corners and the middle of the image and of its mirror image, as a tuple."""


class Pad(OfOneImage, cropping.Pad):
    """A border; of tensors, too, with a number for each channel."""

    def of_one_image(self, inpt: Any) -> Any:
        """Pad."""
        return F.pad(inpt, self.padding, self.fill, self.padding_mode)


class RandomCrop(OfOneImage, cropping.RandomCrop):
    """A part, from anywhere: the same of all images of a sample."""

    one_size = True


class RandomResizedCrop(OfOneImage, cropping.RandomResizedCrop):
    """A part of random size, shape and place, resized: the same of all images of a sample."""

    one_size = True

    def __init__(
        self,
        size: Sizes,
        scale: Sequence[float] = (0.08, 1.0),
        ratio: Sequence[float] = (3.0 / 4.0, 4.0 / 3.0),
        interpolation: Interpolation = "bilinear",
        antialias: bool | None = True,
    ) -> None:
        super().__init__(size, scale, ratio, mode_of(interpolation), antialias)

    def of_one_image(self, inpt: Any) -> Any:
        """Crop and resize."""
        part = self.get_params(inpt, self.scale, self.ratio)
        return F.resized_crop(inpt, *part, self.size, self.interpolation, self.antialias)


class RandomRotation(OfOneImage, geometry.RandomRotation):
    """Turned by a random angle."""

    def __init__(
        self,
        degrees: float | Sequence[float],
        interpolation: Interpolation = "nearest",
        expand: bool = False,
        center: list[float] | None = None,
        fill: Fill = 0,
    ) -> None:
        super().__init__(degrees, mode_of(interpolation), expand, center, fill)


class RandomAffine(OfOneImage, geometry.RandomAffine):
    """Turned, moved, enlarged and sheared by random amounts."""

    one_size = True

    def __init__(
        self,
        degrees: float | Sequence[float],
        translate: Sequence[float] | None = None,
        scale: Sequence[float] | None = None,
        shear: float | Sequence[float] | None = None,
        interpolation: Interpolation = "nearest",
        fill: Fill = 0,
        center: list[float] | None = None,
    ) -> None:
        super().__init__(degrees, translate, scale, shear, mode_of(interpolation), fill, center)


class RandomPerspective(OfSomeImages, geometry.RandomPerspective):
    """Seen from a random side, with probability p.

    Raises:   ValueError: for a distortion_scale that is not in [0, 1].
    """

    one_size = True

    def __init__(
        self,
        distortion_scale: float = 0.5,
        p: float = 0.5,
        interpolation: Interpolation = "bilinear",
        fill: Fill = 0,
    ) -> None:
        if not 0 <= distortion_scale <= 1:
            raise ValueError(f"Argument distortion_scale value should be between 0 and 1, got {distortion_scale}")
        super().__init__(distortion_scale, p, mode_of(interpolation), fill)


class ElasticTransform(OfOneImage, geometry.ElasticTransform):
    """Distorted as if seen through water."""

    one_size = True

    def __init__(
        self,
        alpha: float | Sequence[float] = 50.0,
        sigma: float | Sequence[float] = 5.0,
        interpolation: Interpolation = "bilinear",
        fill: float | Sequence[float] = 0,
    ) -> None:
        super().__init__(alpha, sigma, mode_of(interpolation), fill)


class RandomErasing(OfSomeImages, erasing.RandomErasing):
    """A random rectangle painted over, with probability p. PIL images become tensors for it and PIL images again."""

    one_size = True

    def of_one_image(self, inpt: Any) -> Any:
        """Paint over."""
        if is_pil_image(inpt):
            return F.to_pil_image(super().of_one_image(F.pil_to_tensor(inpt)), inpt.mode)
        return super().of_one_image(inpt)
