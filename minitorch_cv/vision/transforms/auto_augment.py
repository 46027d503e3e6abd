"""Augmentation by operations drawn from a list: learned, or simply at random."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...nn.module import Module
from ...tensors.sampling import rand, randint
from ...tensors.tensor import Tensor
from . import draws
from . import functional as F
from .arguments import fill_for
from .augmentation_operations import OPERATIONS, SIGNED, Limits, either_way, strength
from .augmentation_policies import AutoAugmentPolicy, policies
from .interpolation_mode import InterpolationMode, interpolation_mode

Fill = float | Sequence[float] | None


def _limits(img: Any) -> Limits:
    """The weakest and strongest of each operation, for AutoAugment and RandAugment."""
    width, height = F.get_image_size(img)
    shift = 150.0 / 331.0  # of the images that the policies were found on
    return {
        "ShearX": (0.0, 0.3),
        "ShearY": (0.0, 0.3),
        "TranslateX": (0.0, shift * width),
        "TranslateY": (0.0, shift * height),
        "Rotate": (0.0, 30.0),
        "Brightness": (0.0, 0.9),
        "Color": (0.0, 0.9),
        "Contrast": (0.0, 0.9),
        "Sharpness": (0.0, 0.9),
        "Posterize": (8, 4),
        "Solarize": (255.0, 0.0),
    }


_WIDE_LIMITS: Limits = {
    "ShearX": (0.0, 0.99),
    "ShearY": (0.0, 0.99),
    "TranslateX": (0.0, 32.0),
    "TranslateY": (0.0, 32.0),
    "Rotate": (0.0, 135.0),
    "Brightness": (0.0, 0.99),
    "Color": (0.0, 0.99),
    "Contrast": (0.0, 0.99),
    "Sharpness": (0.0, 0.99),
    "Posterize": (8, 2),
    "Solarize": (255.0, 0.0),
}
_ALL_BUT_INVERT = [name for name in OPERATIONS if name != "Invert"]


class _Augmentation(Module):
    """What they have in common.

    Attributes:
        operations: by name.
        own_limits: instead of those that a class has, of some operations.
    """

    operations = OPERATIONS
    own_limits: Limits = {}


class AutoAugment(_Augmentation):
    """One of the 25 pairs of operations of a learned policy.

    Args:     policy: whose data the policy was learned on.
              interpolation: for tensors NEAREST or BILINEAR. Tensors must be uint8.
              fill: what comes in from outside the image: a number, or one for each channel; None for 0.
    Raises:   ValueError: for an unknown policy.
    Source:   Cubuk et al. 2019, AutoAugment.
    """

    def __init__(
        self,
        policy: AutoAugmentPolicy = AutoAugmentPolicy.IMAGENET,
        interpolation: InterpolationMode = InterpolationMode.NEAREST,
        fill: Fill = None,
    ) -> None:
        super().__init__()
        self.policy = policy
        self.interpolation = interpolation_mode(interpolation)
        self.fill = fill
        self.policies = policies(policy)

    @staticmethod
    def get_params(transform_num: int) -> tuple[int, Tensor, Tensor]:
        """(which pair, two numbers in [0, 1) to hold against probabilities, two signs, 0 for minus)."""
        return draws.integer(0, transform_num), rand(2), randint(2, (2,))

    def forward(self, img: Any) -> Any:
        """Augment."""
        fill = fill_for(img, self.fill)
        which, chances, signs = self.get_params(len(self.policies))
        for (operation, probability, step), chance, sign in zip(self.policies[which], chances.tolist(), signs.tolist()):
            if chance > probability:
                continue
            magnitude = 0.0 if step is None else strength(operation, step, 10, {**_limits(img), **self.own_limits})
            if operation in SIGNED and sign == 0:
                magnitude = -magnitude
            img = self.operations[operation](img, magnitude, self.interpolation, fill)
        return img

    def __repr__(self) -> str:
        return f"{type(self).__name__}(policy={self.policy}, fill={self.fill})"


class RandAugment(_Augmentation):
    """Some random operations of one strength.

    Args:     num_ops: how many.
              magnitude: how strong, of num_magnitude_bins steps from 0 on.
              interpolation: for tensors NEAREST or BILINEAR. Tensors must be uint8.
              fill: what comes in from outside the image: a number, or one for each channel; None for 0.
    Source:   Cubuk et al. 2020, RandAugment.
    """

    def __init__(
        self,
        num_ops: int = 2,
        magnitude: int = 9,
        num_magnitude_bins: int = 31,
        interpolation: InterpolationMode = InterpolationMode.NEAREST,
        fill: Fill = None,
    ) -> None:
        super().__init__()
        self.num_ops = num_ops
        self.magnitude = magnitude
        self.num_magnitude_bins = num_magnitude_bins
        self.interpolation = interpolation_mode(interpolation)
        self.fill = fill

    def forward(self, img: Any) -> Any:
        """Augment."""
        fill = fill_for(img, self.fill)
        for _ in range(self.num_ops):
            operation = _ALL_BUT_INVERT[draws.integer(0, len(_ALL_BUT_INVERT))]
            magnitude = strength(
                operation, self.magnitude, self.num_magnitude_bins, {**_limits(img), **self.own_limits}
            )
            img = self.operations[operation](img, either_way(operation, magnitude), self.interpolation, fill)
        return img

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(num_ops={self.num_ops}, magnitude={self.magnitude}, "
            f"num_magnitude_bins={self.num_magnitude_bins}, interpolation={self.interpolation}, fill={self.fill})"
        )


class TrivialAugmentWide(_Augmentation):
    """One random operation of random strength.

    Args:     num_magnitude_bins: how many strengths there are.
              interpolation: for tensors NEAREST or BILINEAR. Tensors must be uint8.
              fill: what comes in from outside the image: a number, or one for each channel; None for 0.
    Source:   Müller and Hutter 2021, TrivialAugment.
    """

    def __init__(
        self,
        num_magnitude_bins: int = 31,
        interpolation: InterpolationMode = InterpolationMode.NEAREST,
        fill: Fill = None,
    ) -> None:
        super().__init__()
        self.num_magnitude_bins = num_magnitude_bins
        self.interpolation = interpolation_mode(interpolation)
        self.fill = fill

    def forward(self, img: Any) -> Any:
        """Augment."""
        operation = _ALL_BUT_INVERT[draws.integer(0, len(_ALL_BUT_INVERT))]
        step = draws.integer(0, self.num_magnitude_bins)
        magnitude = either_way(
            operation, strength(operation, step, self.num_magnitude_bins, {**_WIDE_LIMITS, **self.own_limits})
        )
        return self.operations[operation](img, magnitude, self.interpolation, fill_for(img, self.fill))

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(num_magnitude_bins={self.num_magnitude_bins}, "
            f"interpolation={self.interpolation}, fill={self.fill})"
        )
