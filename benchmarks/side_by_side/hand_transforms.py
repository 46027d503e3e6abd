"""The transforms of loading_cases.py as one writes them by hand for PyTorch: Pillow, NumPy and torch, no torchvision.

Names, arguments and results are torchvision's, so that a pipeline is the same source with either. Numbers are drawn
with Python's `random`, the quickest way to get one.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from PIL import Image, ImageEnhance, ImageOps
from torch.nn.functional import pad

Picture = Image.Image
Transform = Callable[[Any], Any]


class Compose:
    """One after the other."""

    def __init__(self, transforms: Sequence[Transform]) -> None:
        self.transforms = transforms

    def __call__(self, image: Any) -> Any:
        """The image after all."""
        for transform in self.transforms:
            image = transform(image)
        return image


class ToTensor:
    """8-bit picture to floats in [0, 1], (C, H, W)."""

    def __call__(self, image: Picture) -> torch.Tensor:
        """The image as a tensor."""
        pixels = np.array(image)
        pixels = pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1)
        return torch.from_numpy(pixels).contiguous().to(torch.float32).div_(255)


class Normalize:
    """(x - mean) / std."""

    def __init__(self, mean: Sequence[float], std: Sequence[float]) -> None:
        self.mean = torch.tensor(mean).view(-1, 1, 1)
        self.std = torch.tensor(std).view(-1, 1, 1)

    def __call__(self, image: torch.Tensor) -> torch.Tensor:
        """Normalised."""
        return (image - self.mean).div_(self.std)


class Resize:
    """To (height, width), or the shorter side to one number; bilinear."""

    def __init__(self, size: int | tuple[int, int]) -> None:
        self.size = size

    def __call__(self, image: Picture) -> Picture:
        """Another size."""
        width, height = image.size
        if isinstance(self.size, tuple):
            size = self.size[::-1]
        elif width < height:
            size = (self.size, int(self.size * height / width))
        else:
            size = (int(self.size * width / height), self.size)
        return image.resize(size, Image.Resampling.BILINEAR)


class CenterCrop:
    """A square of the centre."""

    def __init__(self, size: int) -> None:
        self.size = size

    def __call__(self, image: Picture) -> Picture:
        """The centre."""
        left, top = (round((side - self.size) / 2) for side in image.size)
        return image.crop((left, top, left + self.size, top + self.size))


class RandomCrop:
    """A square from anywhere in the padded image."""

    def __init__(self, size: int, padding: int = 0) -> None:
        self.size, self.padding = size, padding

    def __call__(self, image: Picture) -> Picture:
        """A crop."""
        if self.padding:
            image = ImageOps.expand(image, self.padding)
        left, top = (random.randint(0, side - self.size) for side in image.size)
        return image.crop((left, top, left + self.size, top + self.size))


class RandomResizedCrop:
    """A box of random area and shape, brought to one size."""

    def __init__(self, size: int, scale: tuple[float, float] = (0.08, 1.0)) -> None:
        self.size, self.scale = size, scale

    def __call__(self, image: Picture) -> Picture:
        """A crop."""
        width, height = image.size
        for _ in range(10):
            area = width * height * random.uniform(*self.scale)
            ratio = math.exp(random.uniform(math.log(3 / 4), math.log(4 / 3)))
            w, h = round(math.sqrt(area * ratio)), round(math.sqrt(area / ratio))
            if 0 < w <= width and 0 < h <= height:
                left, top = random.randint(0, width - w), random.randint(0, height - h)
                break
        else:
            w = h = min(width, height)
            left, top = (width - w) // 2, (height - h) // 2
        image = image.crop((left, top, left + w, top + h))
        return image.resize((self.size, self.size), Image.Resampling.BILINEAR)


class RandomHorizontalFlip:
    """Mirrored half of the time."""

    def __call__(self, image: Picture) -> Picture:
        """Mirrored, or as it is."""
        return image.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if random.random() < 0.5 else image


class RandomRotation:
    """Turned by up to so many degrees; nearest pixel."""

    def __init__(self, degrees: float) -> None:
        self.degrees = degrees

    def __call__(self, image: Picture) -> Picture:
        """Turned."""
        return image.rotate(random.uniform(-self.degrees, self.degrees))


class Grayscale:
    """To grey."""

    def __call__(self, image: Picture) -> Picture:
        """Of one channel."""
        return image.convert("L")


class ColorJitter:
    """Brightness, contrast, saturation and hue in random order."""

    def __init__(self, brightness: float, contrast: float, saturation: float, hue: float) -> None:
        self.steps: list[Transform] = [
            lambda image: ImageEnhance.Brightness(image).enhance(_around(brightness)),
            lambda image: ImageEnhance.Contrast(image).enhance(_around(contrast)),
            lambda image: ImageEnhance.Color(image).enhance(_around(saturation)),
            lambda image: _shift_hue(image, random.uniform(-hue, hue)),
        ]

    def __call__(self, image: Picture) -> Picture:
        """Other colours."""
        for step in random.sample(self.steps, len(self.steps)):
            image = step(image)
        return image


def _around(spread: float) -> float:
    return random.uniform(1 - spread, 1 + spread)


def _shift_hue(image: Picture, shift: float) -> Picture:
    hue, saturation, value = image.convert("HSV").split()
    turned = np.array(hue, np.uint8) + np.int32(shift * 255).astype(np.uint8)
    return Image.merge("HSV", (Image.fromarray(turned, "L"), saturation, value)).convert("RGB")


class RandomErasing:
    """A rectangle of a tensor becomes 0, half of the time."""

    def __call__(self, image: torch.Tensor) -> torch.Tensor:
        """With or without a hole."""
        if random.random() >= 0.5:
            return image
        height, width = image.shape[1:]
        for _ in range(10):
            area = height * width * random.uniform(0.02, 0.33)
            ratio = math.exp(random.uniform(math.log(0.3), math.log(3.3)))
            h, w = round(math.sqrt(area * ratio)), round(math.sqrt(area / ratio))
            if h < height and w < width:
                top, left = random.randint(0, height - h), random.randint(0, width - w)
                image = image.clone()
                image[:, top : top + h, left : left + w] = 0
                break
        return image


class Batches:
    """Padding, random crops and flips of a whole batch of 8-bit images (N, H, W, C), in tensor operations.

    It stands where minitorch_cv's BatchAugment stands.
    """

    def __init__(self, padding: int, mean: Sequence[float], std: Sequence[float]) -> None:
        self.padding = padding
        self.mean, self.std = (torch.tensor(values).view(-1, 1, 1) for values in (mean, std))

    def __call__(self, images: np.ndarray) -> torch.Tensor:
        """The batch (N, C, H, W)."""
        pixels = torch.from_numpy(images)
        n, height, width, _ = pixels.shape
        padded = pad(pixels, (0, 0, *(self.padding,) * 4))
        tops, lefts = torch.randint(2 * self.padding + 1, (2, n, 1))
        columns = lefts + torch.arange(width)
        mirrored = torch.rand(n, 1) < 0.5
        columns = torch.where(mirrored, columns.flip(1), columns)
        rows = tops + torch.arange(height)
        crops = padded[torch.arange(n)[:, None, None], rows[:, :, None], columns[:, None, :]]
        return crops.permute(0, 3, 1, 2).to(torch.float32).div_(255).sub_(self.mean).div_(self.std)
