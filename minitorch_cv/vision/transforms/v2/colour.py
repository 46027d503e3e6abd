"""Samples in other colours and tones, blurred, noisy, augmented. Arguments are those of transforms, if not told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import aug_mix, auto_augment, colour, filtering
from ..augmentation_policies import AutoAugmentPolicy
from . import functional as F
from .functional.geometry import Fill, Interpolation
from .functional.kinds import mode_of
from .transform import OfOneImage, OfSomeImages, Transform

Range = float | Sequence[float] | None


class ColorJitter(OfOneImage, colour.ColorJitter):
    """Brightness, contrast, saturation and hue changed by random amounts, in a random order; None leaves one."""

    def __init__(
        self, brightness: Range = None, contrast: Range = None, saturation: Range = None, hue: Range = None
    ) -> None:
        super().__init__(*(0 if of is None else of for of in (brightness, contrast, saturation, hue)))


class Grayscale(OfOneImage, colour.Grayscale):
    """Without colours, in one channel or three equal ones."""


class RandomGrayscale(OfSomeImages, colour.RandomGrayscale):
    """Without colours, with probability p, and with as many channels as before."""


class RGB(Transform):
    """In three channels: grey images have theirs three times."""

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        """Convert."""
        return F.grayscale_to_rgb(inpt)


class RandomInvert(OfSomeImages, colour.RandomInvert):
    """White minus the image, with probability p."""


class RandomPosterize(OfSomeImages, colour.RandomPosterize):
    """Only the first bits of every byte, with probability p."""


class RandomSolarize(OfSomeImages, colour.RandomSolarize):
    """Light pixels inverted, with probability p."""


class RandomAutocontrast(OfSomeImages, colour.RandomAutocontrast):
    """Every channel stretched from black to white, with probability p."""


class RandomEqualize(OfSomeImages, colour.RandomEqualize):
    """Every channel's numbers spread evenly, with probability p."""


class RandomAdjustSharpness(OfSomeImages, filtering.RandomAdjustSharpness):
    """Sharper, or less so, with probability p."""


class GaussianBlur(OfOneImage, filtering.GaussianBlur):
    """Blurred by a random amount."""

    def __init__(self, kernel_size: int | Sequence[int], sigma: float | Sequence[float] = (0.1, 2.0)) -> None:
        super().__init__(kernel_size, sigma)
        self.sigma: Any = [float(bound) for bound in self.sigma]


class GaussianNoise(OfOneImage, filtering.GaussianNoise):
    """With noise, of its own for each image of a sample."""

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        """Nothing is drawn in common."""
        return {"state": None}


class AutoAugment(OfOneImage, auto_augment.AutoAugment):
    """A learned policy of two operations, for the one image of a sample."""

    one_image = True

    def __init__(
        self,
        policy: AutoAugmentPolicy = AutoAugmentPolicy.IMAGENET,
        interpolation: Interpolation = "nearest",
        fill: Fill = None,
    ) -> None:
        super().__init__(policy, mode_of(interpolation), fill)


class RandAugment(OfOneImage, auto_augment.RandAugment):
    """Some random operations of one strength, for the one image of a sample."""

    one_image = True

    def __init__(
        self,
        num_ops: int = 2,
        magnitude: int = 9,
        num_magnitude_bins: int = 31,
        interpolation: Interpolation = "nearest",
        fill: Fill = None,
    ) -> None:
        super().__init__(num_ops, magnitude, num_magnitude_bins, mode_of(interpolation), fill)


class TrivialAugmentWide(OfOneImage, auto_augment.TrivialAugmentWide):
    """One random operation of random strength, for the one image of a sample."""

    one_image = True

    def __init__(
        self, num_magnitude_bins: int = 31, interpolation: Interpolation = "nearest", fill: Fill = None
    ) -> None:
        super().__init__(num_magnitude_bins, mode_of(interpolation), fill)


class AugMix(OfOneImage, aug_mix.AugMix):
    """Mixed with augmented versions of itself, for the one image of a sample."""

    one_image = True

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
