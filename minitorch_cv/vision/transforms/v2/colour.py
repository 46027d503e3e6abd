"""Samples in other colours and tones, blurred, noisy, augmented. Arguments are those of transforms, if not told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ....tensors.tensor import Tensor
from .. import aug_mix, auto_augment, colour, draws, filtering
from ..augmentation_operations import Limits, operations_with
from ..augmentation_policies import AutoAugmentPolicy
from ..functional.images import max_value
from . import functional as F
from .functional.geometry import Fill, Interpolation
from .functional.kinds import check_fill, mode_of
from .transform import OfOneImage, OfSomeImages, Transform

Range = float | Sequence[float] | None


class ColorJitter(OfOneImage, colour.ColorJitter):
    """Brightness, contrast, saturation and hue changed by random amounts, in a random order; None leaves one."""

    changes = (F.adjust_brightness, F.adjust_contrast, F.adjust_saturation, F.adjust_hue)

    def __init__(
        self, brightness: Range = None, contrast: Range = None, saturation: Range = None, hue: Range = None
    ) -> None:
        super().__init__(*(0 if of is None else of for of in (brightness, contrast, saturation, hue)))


class Grayscale(OfOneImage, colour.Grayscale):
    """Without colours, in one channel or three equal ones."""


class RandomGrayscale(OfSomeImages, colour.RandomGrayscale):
    """Without colours, with probability p, and with as many channels as before.

    Raises:   TypeError: if a sample whose turn it is has no image.
    """

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        """As of others; without an image nothing draws but this."""
        if not flat_inputs and draws.chance(self.p):
            raise TypeError("No image or video was found in the sample")
        return super().make_params(flat_inputs)


class RGB(Transform):
    """In three channels: grey images have theirs three times."""

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        """Convert."""
        return F.grayscale_to_rgb(inpt)


class RandomInvert(OfSomeImages, colour.RandomInvert):
    """White minus the image, with probability p."""

    def transformed(self, img: Any) -> Any:
        """Invert."""
        return F.invert(img)


class RandomPosterize(OfSomeImages, colour.RandomPosterize):
    """Only the first bits of every number, with probability p."""

    def transformed(self, img: Any) -> Any:
        """Posterize."""
        return F.posterize(img, self.bits)


class RandomSolarize(OfSomeImages, colour.RandomSolarize):
    """Light pixels inverted, with probability p."""

    def transformed(self, img: Any) -> Any:
        """Solarize."""
        return F.solarize(img, self.threshold)


class RandomAutocontrast(OfSomeImages, colour.RandomAutocontrast):
    """Every channel stretched from black to white, with probability p."""

    def transformed(self, img: Any) -> Any:
        """Stretch."""
        return F.autocontrast(img)


class RandomEqualize(OfSomeImages, colour.RandomEqualize):
    """Every channel's numbers spread evenly, with probability p."""

    def transformed(self, img: Any) -> Any:
        """Spread."""
        return F.equalize(img)


class RandomAdjustSharpness(OfSomeImages, filtering.RandomAdjustSharpness):
    """Sharper, or less so, with probability p."""

    def transformed(self, img: Any) -> Any:
        """Sharpen."""
        return F.adjust_sharpness(img, self.sharpness_factor)


class GaussianBlur(OfOneImage, filtering.GaussianBlur):
    """Blurred by a random amount."""

    def __init__(self, kernel_size: int | Sequence[int], sigma: float | Sequence[float] = (0.1, 2.0)) -> None:
        super().__init__(kernel_size, sigma)
        self.sigma: Any = [float(bound) for bound in self.sigma]

    def of_one_image(self, inpt: Any) -> Any:
        """Blur."""
        sigma = self.get_params(self.sigma[0], self.sigma[1])
        return F.gaussian_blur(inpt, self.kernel_size, (sigma, sigma))


class GaussianNoise(OfOneImage, filtering.GaussianNoise):
    """With noise, of its own for each image of a sample."""

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        """Nothing is drawn in common."""
        return {"state": None}


def _solarized(img: Any, magnitude: float, interpolation: Any, fill: Any) -> Any:
    """The magnitude is a share of white."""
    return F.solarize(img, (max_value(img.dtype) if isinstance(img, Tensor) else 255.0) * magnitude)


class _OfPolicies(OfOneImage):
    """Automatic augmentation: v2's operations, of one image."""

    one_image = True
    operations = {**operations_with(F), "Solarize": _solarized}
    own_limits: Limits = {"Solarize": (1.0, 0.0)}
    interpolation: Any

    def _keep(self, interpolation: Interpolation, fill: Fill) -> None:
        self.interpolation, self.fill = interpolation, check_fill(fill)


class AutoAugment(_OfPolicies, auto_augment.AutoAugment):
    """A learned policy of two operations, for the one image of a sample."""

    shown = ("interpolation", "fill", "policy")

    def __init__(
        self,
        policy: AutoAugmentPolicy = AutoAugmentPolicy.IMAGENET,
        interpolation: Interpolation = "nearest",
        fill: Fill = None,
    ) -> None:
        super().__init__(policy, mode_of(interpolation), fill)
        self._keep(interpolation, fill)


class RandAugment(_OfPolicies, auto_augment.RandAugment):
    """Some random operations of one strength, for the one image of a sample."""

    shown = ("interpolation", "fill", "num_ops", "magnitude", "num_magnitude_bins")

    def __init__(
        self,
        num_ops: int = 2,
        magnitude: int = 9,
        num_magnitude_bins: int = 31,
        interpolation: Interpolation = "nearest",
        fill: Fill = None,
    ) -> None:
        super().__init__(num_ops, magnitude, num_magnitude_bins, mode_of(interpolation), fill)
        self._keep(interpolation, fill)


class TrivialAugmentWide(_OfPolicies, auto_augment.TrivialAugmentWide):
    """One random operation of random strength, for the one image of a sample."""

    shown = ("interpolation", "fill", "num_magnitude_bins")

    def __init__(
        self, num_magnitude_bins: int = 31, interpolation: Interpolation = "nearest", fill: Fill = None
    ) -> None:
        super().__init__(num_magnitude_bins, mode_of(interpolation), fill)
        self._keep(interpolation, fill)


class AugMix(_OfPolicies, aug_mix.AugMix):
    """Mixed with augmented versions of itself, for the one image of a sample."""

    shown = ("interpolation", "fill", "severity", "mixture_width", "chain_depth", "alpha", "all_ops")

    def __init__(
        self,
        severity: int = 3,
        mixture_width: int = 3,
        chain_depth: int = -1,
        alpha: float = 1.0,
        all_ops: bool = True,
        interpolation: Interpolation = "bilinear",
        fill: Fill = None,
    ) -> None:
        super().__init__(severity, mixture_width, chain_depth, alpha, all_ops, mode_of(interpolation), fill)
        self._keep(interpolation, fill)
