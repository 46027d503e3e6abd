"""Samples flipped, resized, cropped, padded, turned and distorted. Arguments are those of transforms, if not told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import cropping, erasing, flipping, geometry
from ..arguments import fill_for
from ..functional.images import get_dimensions, get_image_size, is_pil_image
from ..functional.padding import sides_of
from . import functional as F
from .functional.geometry import Fill, Interpolation
from .functional.kinds import check_fill, mode_of
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

    def __init__(self, padding: int | Sequence[int], fill: Fill = 0, padding_mode: str = "constant") -> None:
        super().__init__(padding, 0 if check_fill(fill) is None else fill, padding_mode)  # type: ignore[arg-type]
        self.padding = padding if isinstance(padding, int) else list(padding)
        self.fill: Any = fill

    def of_one_image(self, inpt: Any) -> Any:
        """Pad."""
        return F.pad(inpt, self.padding, self.fill, self.padding_mode)


class RandomCrop(OfOneImage, cropping.RandomCrop):
    """A part, from anywhere: the same of all images of a sample."""

    one_size = True

    def __init__(
        self,
        size: Sizes,
        padding: int | Sequence[int] | None = None,
        pad_if_needed: bool = False,
        fill: Fill = 0,
        padding_mode: str = "constant",
    ) -> None:
        super().__init__(size, padding, pad_if_needed, check_fill(fill), padding_mode)  # type: ignore[arg-type]
        self._border: Any = padding or None
        self.padding: Any = None
        if self._border is not None:
            left, top, right, bottom = sides_of(self._border)
            self.padding = [left, right, top, bottom]  # in torchvision's order

    def padded(self, img: Any, padding: Any) -> Any:
        """The image with a border."""
        return F.pad(img, self._border if padding is self.padding else padding, self.fill, self.padding_mode)


class RandomResizedCrop(OfOneImage, cropping.RandomResizedCrop):
    """A part of random size, shape and place, resized: the same of all images of a sample."""

    one_size = True
    shown = ("size", "scale", "ratio", "interpolation", "antialias")

    def __init__(
        self,
        size: Sizes,
        scale: Sequence[float] = (0.08, 1.0),
        ratio: Sequence[float] = (3.0 / 4.0, 4.0 / 3.0),
        interpolation: Interpolation = "bilinear",
        antialias: bool | None = True,
    ) -> None:
        super().__init__(size, scale, ratio, mode_of(interpolation), antialias)
        self.interpolation: Any = interpolation

    def of_one_image(self, inpt: Any) -> Any:
        """Crop and resize."""
        part = self.get_params(inpt, self.scale, self.ratio)
        return F.resized_crop(inpt, *part, self.size, self.interpolation, self.antialias)


class RandomRotation(OfOneImage, geometry.RandomRotation):
    """Turned by a random angle."""

    shown = ("degrees", "interpolation", "expand", "fill", "center")

    def __init__(
        self,
        degrees: float | Sequence[float],
        interpolation: Interpolation = "nearest",
        expand: bool = False,
        center: list[float] | None = None,
        fill: Fill = 0,
    ) -> None:
        super().__init__(degrees, mode_of(interpolation), expand, center, check_fill(fill))
        self.interpolation: Any = interpolation
        self.fill = fill

    def of_one_image(self, inpt: Any) -> Any:
        """Turn."""
        angle, fill = self.get_params(self.degrees), fill_for(inpt, self.fill)
        return F.rotate(inpt, angle, self.interpolation, self.expand, self.center, fill)


class RandomAffine(OfOneImage, geometry.RandomAffine):
    """Turned, moved, enlarged and sheared by random amounts."""

    one_size = True
    shown = ("degrees", "translate", "scale", "shear", "interpolation", "fill", "center")

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
        super().__init__(degrees, translate, scale, shear, mode_of(interpolation), check_fill(fill), center)
        self.interpolation: Any = interpolation
        self.fill = fill

    def of_one_image(self, inpt: Any) -> Any:
        """Transform."""
        params = self.get_params(self.degrees, self.translate, self.scale, self.shear, get_image_size(inpt))
        return F.affine(inpt, *params, self.interpolation, fill_for(inpt, self.fill), self.center)


class RandomPerspective(OfSomeImages, geometry.RandomPerspective):
    """Seen from a random side, with probability p.

    Raises:   ValueError: for a distortion_scale that is not in [0, 1].
    """

    one_size = True
    shown = ("p", "distortion_scale", "interpolation", "fill")

    def __init__(
        self,
        distortion_scale: float = 0.5,
        p: float = 0.5,
        interpolation: Interpolation = "bilinear",
        fill: Fill = 0,
    ) -> None:
        if not 0 <= distortion_scale <= 1:
            raise ValueError(f"Argument distortion_scale value should be between 0 and 1, got {distortion_scale}")
        super().__init__(distortion_scale, p, mode_of(interpolation), check_fill(fill))
        self.interpolation: Any = interpolation
        self.fill = fill

    def transformed(self, img: Any) -> Any:
        """Transform."""
        _, height, width = get_dimensions(img)
        startpoints, endpoints = self.get_params(width, height, self.distortion_scale)
        return F.perspective(img, startpoints, endpoints, self.interpolation, fill_for(img, self.fill))


class ElasticTransform(OfOneImage, geometry.ElasticTransform):
    """Distorted as if seen through water."""

    one_size = True
    shown = ("alpha", "sigma", "interpolation", "fill")

    def __init__(
        self,
        alpha: float | Sequence[float] = 50.0,
        sigma: float | Sequence[float] = 5.0,
        interpolation: Interpolation = "bilinear",
        fill: float | Sequence[float] = 0,
    ) -> None:
        super().__init__(alpha, sigma, mode_of(interpolation), check_fill(fill))
        self.interpolation: Any = interpolation
        self.fill: Any = fill

    def of_one_image(self, inpt: Any) -> Any:
        """Distort."""
        displacement = self.get_params(self.alpha, self.sigma, get_dimensions(inpt)[1:])
        return F.elastic(inpt, displacement, self.interpolation, self.fill)


class RandomErasing(OfSomeImages, erasing.RandomErasing):
    """A random rectangle painted over, with probability p. PIL images become tensors for it and PIL images again."""

    one_size = True

    def __init__(
        self,
        p: float = 0.5,
        scale: Sequence[float] = (0.02, 0.33),
        ratio: Sequence[float] = (0.3, 3.3),
        value: float | str | Sequence[float] = 0.0,
        inplace: bool = False,
    ) -> None:
        super().__init__(p, scale, ratio, value, inplace)
        if isinstance(value, str):
            self.value: Any = None  # noise
        else:
            self.value = [float(number) for number in (value if isinstance(value, (list, tuple)) else (value,))]

    def of_one_image(self, inpt: Any) -> Any:
        """Paint over."""
        if is_pil_image(inpt):
            return F.to_pil_image(super().of_one_image(F.pil_to_tensor(inpt)), inpt.mode)
        return super().of_one_image(inpt)
