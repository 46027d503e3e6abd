"""Other colours and tones, at random."""

from __future__ import annotations

import numbers
from collections.abc import Sequence
from typing import Any

from ...nn.module import Module
from ...tensors.sampling import randperm
from ...tensors.tensor import Tensor
from . import draws
from . import functional as F
from .sometimes import Sometimes

Range = float | Sequence[float]


class ColorJitter(Module):
    """Brightness, contrast, saturation and hue changed by random amounts, in a random order.

    Args:     brightness, contrast, saturation: (least, most) factor; or one number for (1 - number, 1 + number), but
                  not below 0.
              hue: (least, most) turn, in [-0.5, 0.5]; or one number for (-hue, hue).
    Raises:   TypeError, ValueError: for arguments that are not of this form.
    """

    changes = (F.adjust_brightness, F.adjust_contrast, F.adjust_saturation, F.adjust_hue)

    def __init__(self, brightness: Range = 0, contrast: Range = 0, saturation: Range = 0, hue: Range = 0) -> None:
        super().__init__()
        self.brightness = _factors(brightness, "brightness")
        self.contrast = _factors(contrast, "contrast")
        self.saturation = _factors(saturation, "saturation")
        self.hue = _range(hue, "hue", center=0.0, bound=(-0.5, 0.5))

    @staticmethod
    def get_params(
        brightness: Sequence[float] | None,
        contrast: Sequence[float] | None,
        saturation: Sequence[float] | None,
        hue: Sequence[float] | None,
    ) -> tuple[Tensor, float | None, float | None, float | None, float | None]:
        """(an order of 0 to 3, brightness, contrast, saturation, hue), None for what is to stay as it is."""
        order = randperm(4)
        amounts = [
            None if of is None else draws.uniform(of[0], of[1]) for of in (brightness, contrast, saturation, hue)
        ]
        return (order, *amounts)  # type: ignore[return-value]

    def forward(self, img: Any) -> Any:
        """Change the colours."""
        order, *amounts = self.get_params(self.brightness, self.contrast, self.saturation, self.hue)
        for place in order.tolist():
            if amounts[place] is not None:
                img = self.changes[place](img, amounts[place])
        return img

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(brightness={self.brightness}, contrast={self.contrast}, "
            f"saturation={self.saturation}, hue={self.hue})"
        )


def _factors(value: Any, name: str) -> tuple[float, float] | None:
    return _range(value, name, center=1.0, bound=(0, float("inf")))


def _range(value: Any, name: str, center: float, bound: tuple[float, float]) -> tuple[float, float] | None:
    """(least, most), or None if that is the one number that changes nothing."""
    if isinstance(value, numbers.Number):
        if value < 0:  # type: ignore[operator]
            raise ValueError(f"If {name} is a single number, it must be non negative.")
        least, most = center - float(value), center + float(value)  # type: ignore[arg-type]
        if center == 1:
            least = max(least, 0.0)
    elif isinstance(value, (tuple, list)) and len(value) == 2:
        least, most = float(value[0]), float(value[1])
    else:
        raise TypeError(f"{name} should be a single number or a list/tuple with length 2.")
    if not bound[0] <= least <= most <= bound[1]:
        raise ValueError(f"{name} values should be between {bound}, but got {[least, most]}.")
    return None if least == most == center else (least, most)


class Grayscale(Module):
    """Without colours.

    Args:     num_output_channels: 1, or 3 equal ones.
    """

    def __init__(self, num_output_channels: int = 1) -> None:
        super().__init__()
        self.num_output_channels = num_output_channels

    def forward(self, img: Any) -> Any:
        """Take the colours away."""
        return F.rgb_to_grayscale(img, self.num_output_channels)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(num_output_channels={self.num_output_channels})"


class RandomGrayscale(Sometimes):
    """Without colours, with probability p, and with as many channels as before."""

    def __init__(self, p: float = 0.1) -> None:
        super().__init__(p)

    def transformed(self, img: Any) -> Any:
        """Take the colours away."""
        return F.rgb_to_grayscale(img, F.get_image_num_channels(img))


class RandomInvert(Sometimes):
    """White minus the image, with probability p."""

    def transformed(self, img: Any) -> Any:
        """Invert."""
        return F.invert(img)


class RandomPosterize(Sometimes):
    """Only the first bits of every byte, with probability p.

    Args:     bits: 0 to 8.
    """

    def __init__(self, bits: int, p: float = 0.5) -> None:
        super().__init__(p)
        self.bits = bits

    def transformed(self, img: Any) -> Any:
        """Posterize."""
        return F.posterize(img, self.bits)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(bits={self.bits},p={self.p})"


class RandomSolarize(Sometimes):
    """Light pixels inverted, with probability p.

    Args:     threshold: where light begins.
    """

    def __init__(self, threshold: float, p: float = 0.5) -> None:
        super().__init__(p)
        self.threshold = threshold

    def transformed(self, img: Any) -> Any:
        """Solarize."""
        return F.solarize(img, self.threshold)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(threshold={self.threshold},p={self.p})"


class RandomAutocontrast(Sometimes):
    """Every channel stretched from black to white, with probability p."""

    def transformed(self, img: Any) -> Any:
        """Stretch."""
        return F.autocontrast(img)


class RandomEqualize(Sometimes):
    """Every channel's numbers spread evenly, with probability p."""

    def transformed(self, img: Any) -> Any:
        """Spread."""
        return F.equalize(img)
