"""Images turned, moved, sheared, seen from the side, and distorted, by random amounts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...nn.module import Module
from ...ops.joining import cat
from ...tensors.sampling import rand
from ...tensors.tensor import Tensor
from ...types.dtype import float32
from . import draws
from . import functional as F
from .arguments import check_fill, check_sequence, fill_for, range_of_angles
from .interpolation_mode import InterpolationMode, interpolation_mode
from .sometimes import Sometimes

Fill = float | Sequence[float] | None


class RandomRotation(Module):
    """Turned by a random angle.

    Args:     degrees: (least, most), counter-clockwise; or one number for (-degrees, degrees).
              interpolation: for tensors NEAREST or BILINEAR.
              expand: give the result the size that holds all of the turned image.
              center: (x, y) from the left upper corner; the middle by default.
              fill: what comes in from outside the image: a number, or one for each channel.
    Raises:   TypeError, ValueError: for arguments that are not of this form.
    """

    def __init__(
        self,
        degrees: float | Sequence[float],
        interpolation: InterpolationMode = InterpolationMode.NEAREST,
        expand: bool = False,
        center: Sequence[float] | None = None,
        fill: Fill = 0,
    ) -> None:
        super().__init__()
        self.degrees = range_of_angles(degrees, "degrees")
        if center is not None:
            check_sequence(center, "center", (2,))
        self.center = center
        self.interpolation = interpolation_mode(interpolation)
        self.expand = expand
        self.fill = check_fill(fill)

    @staticmethod
    def get_params(degrees: Sequence[float]) -> float:
        """An angle in the range."""
        return draws.uniform(float(degrees[0]), float(degrees[1]))

    def forward(self, img: Any) -> Any:
        """Turn."""
        angle = self.get_params(self.degrees)
        return F.rotate(img, angle, self.interpolation, self.expand, self.center, fill_for(img, self.fill))

    def __repr__(self) -> str:
        center = "" if self.center is None else f", center={self.center}"
        return (
            f"{type(self).__name__}(degrees={self.degrees}, interpolation={self.interpolation.value}, "
            f"expand={self.expand}{center}, fill={self.fill})"
        )


class RandomAffine(Module):
    """Turned, moved, enlarged and sheared by random amounts.

    Args:     degrees: (least, most), clockwise; or one number for (-degrees, degrees); 0 for none.
              translate: the most to the right or left and up or down, as shares of width and height, in [0, 1].
              scale: (least, most) factor.
              shear: along x: (least, most) degrees, or one number for (-shear, shear); or (least, most, least, most)
                  along x and y.
              interpolation: for tensors NEAREST or BILINEAR.
              fill: what comes in from outside the image: a number, or one for each channel.
              center: (x, y) from the left upper corner; the middle by default.
    Raises:   TypeError, ValueError: for arguments that are not of this form.
    """

    def __init__(
        self,
        degrees: float | Sequence[float],
        translate: Sequence[float] | None = None,
        scale: Sequence[float] | None = None,
        shear: float | Sequence[float] | None = None,
        interpolation: InterpolationMode = InterpolationMode.NEAREST,
        fill: Fill = 0,
        center: Sequence[float] | None = None,
    ) -> None:
        super().__init__()
        self.degrees = range_of_angles(degrees, "degrees")
        if translate is not None:
            check_sequence(translate, "translate", (2,))
            if not all(0 <= share <= 1 for share in translate):
                raise ValueError("translation values should be between 0 and 1")
        self.translate = translate
        if scale is not None:
            check_sequence(scale, "scale", (2,))
            if min(scale) <= 0:
                raise ValueError("scale values should be positive")
        self.scale = scale
        self.shear = None if shear is None else range_of_angles(shear, "shear", (2, 4))
        self.interpolation = interpolation_mode(interpolation)
        self.fill = check_fill(fill)
        if center is not None:
            check_sequence(center, "center", (2,))
        self.center = center

    @staticmethod
    def get_params(
        degrees: Sequence[float],
        translate: Sequence[float] | None,
        scale_ranges: Sequence[float] | None,
        shears: Sequence[float] | None,
        img_size: Sequence[int],
    ) -> tuple[float, tuple[int, int], float, tuple[float, float]]:
        """(angle, (right, down) in pixels, factor, (shear along x, along y)) for an image of size (width, height)."""
        angle = draws.uniform(float(degrees[0]), float(degrees[1]))
        right = down = 0
        if translate is not None:
            right, down = (
                round(draws.uniform(-float(share * length), float(share * length)))
                for share, length in zip(translate, img_size)
            )
        scale = 1.0 if scale_ranges is None else draws.uniform(scale_ranges[0], scale_ranges[1])
        shear_x = shear_y = 0.0
        if shears is not None:
            shear_x = draws.uniform(shears[0], shears[1])
            if len(shears) == 4:
                shear_y = draws.uniform(shears[2], shears[3])
        return angle, (right, down), scale, (shear_x, shear_y)

    def forward(self, img: Any) -> Any:
        """Transform."""
        params = self.get_params(self.degrees, self.translate, self.scale, self.shear, F.get_image_size(img))
        fill = fill_for(img, self.fill)
        return F.affine(img, *params, interpolation=self.interpolation, fill=fill, center=self.center)

    def __repr__(self) -> str:
        shown = {
            "translate": self.translate,
            "scale": self.scale,
            "shear": self.shear,
            "interpolation": None if self.interpolation is InterpolationMode.NEAREST else self.interpolation.value,
            "fill": None if self.fill == 0 else self.fill,
            "center": self.center,
        }
        others = "".join(f", {name}={value}" for name, value in shown.items() if value is not None)
        return f"{type(self).__name__}(degrees={self.degrees}{others})"


class RandomPerspective(Sometimes):
    """Seen from a random side, with probability p.

    Args:     distortion_scale: how far the corners move inwards, at most: 1 is to the middle.
              interpolation: for tensors NEAREST or BILINEAR.
              fill: what comes in from outside the image: a number, or one for each channel.
    Raises:   TypeError: for another fill.
    """

    def __init__(
        self,
        distortion_scale: float = 0.5,
        p: float = 0.5,
        interpolation: InterpolationMode = InterpolationMode.BILINEAR,
        fill: Fill = 0,
    ) -> None:
        super().__init__(p)
        self.interpolation = interpolation_mode(interpolation)
        self.distortion_scale = distortion_scale
        self.fill = check_fill(fill)

    @staticmethod
    def get_params(width: int, height: int, distortion_scale: float) -> tuple[list[list[int]], list[list[int]]]:
        """The corners of the image, and where they go: from the left upper one on clockwise, each [x, y]."""
        most_x, most_y = int(distortion_scale * (width // 2)), int(distortion_scale * (height // 2))
        left, right = (0, most_x + 1), (width - most_x - 1, width)
        top, bottom = (0, most_y + 1), (height - most_y - 1, height)
        corners = ((left, top), (right, top), (right, bottom), (left, bottom))
        startpoints = [[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]]
        return startpoints, [[draws.integer(*x), draws.integer(*y)] for x, y in corners]

    def transformed(self, img: Any) -> Any:
        """Transform."""
        _, height, width = F.get_dimensions(img)
        startpoints, endpoints = self.get_params(width, height, self.distortion_scale)
        return F.perspective(img, startpoints, endpoints, self.interpolation, fill_for(img, self.fill))


class ElasticTransform(Module):
    """Distorted as if seen through water.

    Args:     alpha: how far pixels move, in about pixels: (horizontally, vertically), or one number for both.
              sigma: how smoothly, in pixels, likewise.
              interpolation: NEAREST or BILINEAR.
              fill: what comes in from outside the image: a number, or one for each channel.
    Raises:   TypeError, ValueError: for arguments that are not of this form.
    """

    def __init__(
        self,
        alpha: float | Sequence[float] = 50.0,
        sigma: float | Sequence[float] = 5.0,
        interpolation: InterpolationMode = InterpolationMode.BILINEAR,
        fill: float | Sequence[float] = 0,
    ) -> None:
        super().__init__()
        self.alpha = _pair_of_floats(alpha, "alpha")
        self.sigma = _pair_of_floats(sigma, "sigma")
        self.interpolation = interpolation_mode(interpolation)
        if isinstance(fill, (int, float)):
            self.fill = [float(fill)]
        elif isinstance(fill, (list, tuple)):
            self.fill = [float(value) for value in fill]
        else:
            raise TypeError(f"fill should be int or float or a list or tuple of them. Got {type(fill)}")

    @staticmethod
    def get_params(alpha: Sequence[float], sigma: Sequence[float], size: Sequence[int]) -> Tensor:
        """A displacement (1, H, W, 2) for F.elastic_transform, for an image of size (H, W)."""
        moves = []
        for strength, smoothness, length in zip(alpha, sigma, size):
            move = rand(1, 1, *size, dtype=float32) * 2 - 1
            if smoothness > 0:
                kernel_size = int(8 * smoothness + 1)
                kernel_size += kernel_size % 2 == 0
                move = F.gaussian_blur(move, (kernel_size, kernel_size), sigma)
            moves.append(move * strength / length)
        return cat(tuple(moves), 1).permute(0, 2, 3, 1)

    def forward(self, tensor: Any) -> Any:
        """Transform a PIL image or a tensor."""
        _, h, w = F.get_dimensions(tensor)
        displacement = self.get_params(self.alpha, self.sigma, (h, w))
        return F.elastic_transform(tensor, displacement, self.interpolation, self.fill)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(alpha={self.alpha}, sigma={self.sigma}, interpolation={self.interpolation}, "
            f"fill={self.fill})"
        )


def _pair_of_floats(value: Any, name: str) -> Any:
    if not isinstance(value, (float, Sequence)):
        raise TypeError(f"{name} should be float or a sequence of floats. Got {type(value)}")
    if isinstance(value, float):
        return [value, value]
    if len(value) != 2:
        raise ValueError(f"If {name} is a sequence its length should be 2. Got {len(value)}")
    for element in value:
        if not isinstance(element, float):
            raise TypeError(f"{name} should be a sequence of floats. Got {type(element)}")
    return value
