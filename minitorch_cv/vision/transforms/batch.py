"""Augmentation of whole batches of small 8-bit images in one pass."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from typing import Any

import numpy as np

from ...kernels import augmentation
from ...tensors.tensor import Tensor
from ...types.dtype import get_default_dtype
from ...types.random_source import current_source
from . import functional as F

PADDING_MODES = ("constant", "edge", "reflect", "symmetric")
CROPS = ("random", "center")


class BatchAugment:
    """A batch of 8-bit images to a normalised float tensor: pad, crop, mirror, ToTensor, Normalize, cut out.

    Each image is treated as by `RandomCrop(size, padding)`, `RandomHorizontalFlip(flip)`, `ToTensor()` and
    `Normalize(mean, std)`, with draws of its own; but the whole batch in one pass over memory. With the defaults
    nothing is random.

    Args:     padding: pixels added to each of the four sides before the crop.
              flip: the probability that an image is mirrored, left to right.
              mean, std: for each channel, or one for all; of images in [0, 1]. None leaves them in [0, 1].
              cutout: height and width of a square that becomes 0, which is the mean after normalising. Its centre is
                any pixel, so that a part of it may lie outside. 0 for none.
              fill: grey value of padded pixels in 0..255, or one for each channel. Only with "constant" padding.
              padding_mode: "constant", "edge", "reflect" or "symmetric", as in `Pad`.
              size: of the crop, one number for a square, or (height, width); None for the images' own.
              crop: "random", or "center", which fills what the images are smaller than the crop.
    Raises:   ValueError: for arguments out of range.
    Source:   DeVries and Taylor 2017 (cutout).

    >>> train = BatchAugment(padding=4, flip=0.5, mean=(0.49, 0.48, 0.45), std=(0.25, 0.24, 0.26))
    >>> train(np.zeros((128, 32, 32, 3), np.uint8)).shape
    torch.Size([128, 3, 32, 32])
    >>> train.plain()
    BatchAugment(mean=(0.49, 0.48, 0.45), std=(0.25, 0.24, 0.26))
    """

    def __init__(
        self,
        padding: int = 0,
        flip: float = 0.0,
        mean: Sequence[float] | float | None = None,
        std: Sequence[float] | float | None = None,
        cutout: int = 0,
        fill: int | Sequence[int] = 0,
        padding_mode: str = "constant",
        size: int | tuple[int, int] | None = None,
        crop: str = "random",
    ) -> None:
        self.padding, self.flip, self.cutout = padding, flip, cutout
        self.mean, self.std = _numbers(mean), _numbers(std)
        self.fill, self.padding_mode = fill, padding_mode
        square = (int(size), int(size)) if isinstance(size, Integral) else size
        self.size: tuple[int, int] | None = square  # type: ignore[assignment]  # checked below
        self.crop = crop
        self._check()
        self._tables: dict[tuple[int, Any], np.ndarray] = {}

    def _check(self) -> None:
        for name in ("padding", "cutout"):
            number = getattr(self, name)
            if not isinstance(number, Integral) or number < 0:  # type: ignore[operator]
                raise ValueError(f"BatchAugment: {name} must be a whole number of pixels, 0 or more, got {number!r}")
        if not 0 <= self.flip <= 1:
            raise ValueError(f"BatchAugment: flip is a probability in [0, 1], got {self.flip}")
        if (self.mean is None) != (self.std is None):
            raise ValueError(f"BatchAugment: mean and std come together, got mean={self.mean} and std={self.std}")
        for name, known in (("padding_mode", PADDING_MODES), ("crop", CROPS)):
            if getattr(self, name) not in known:
                raise ValueError(f"BatchAugment: {name} must be one of {known}, got {getattr(self, name)!r}")
        fill = np.asarray(self.fill)
        if fill.dtype.kind not in "iu" or np.any((fill < 0) | (fill > 255)):
            raise ValueError(f"BatchAugment: fill must be whole numbers in 0..255, got {self.fill}")
        if self.padding_mode != "constant" and np.any(fill):
            raise ValueError(
                f"BatchAugment: fill={self.fill} has no effect with padding_mode={self.padding_mode!r}; leave it 0"
            )
        if self.size is not None and not _is_size(self.size):
            raise ValueError(f"BatchAugment: size must be one number of pixels or (height, width), got {self.size}")

    def plain(self) -> BatchAugment:
        """The same without anything random, to evaluate with: ToTensor and Normalize, after a CenterCrop to `size`."""
        crop = "random" if self.size is None else "center"
        return BatchAugment(mean=self.mean, std=self.std, size=self.size, crop=crop)

    def __call__(self, images: np.ndarray | Tensor) -> Tensor:
        """The batch.

        Args:     images: uint8; an array (N, H, W) or (N, H, W, C), or a tensor (N, H, W) or (N, C, H, W).
        Returns:  (N, C, h, w) of the default dtype, channels last in memory.
        Raises:   TypeError, ValueError: for anything else, and for images that are too small for crop or padding.
        """
        pixels = _as_pixels(images)
        n, height, width, channels = pixels.shape
        size = self.size or (height, width)
        rows, columns = self._padded("height", height), self._padded("width", width)
        if self.crop == "center":
            rows, columns = _centred(rows, size[0]), _centred(columns, size[1])
        elif len(rows) < size[0] or len(columns) < size[1]:
            raise ValueError(
                f"BatchAugment: required crop size {size} is larger than the images, padded to "
                f"{(len(rows), len(columns))}; use more padding or a smaller size"
            )
        plan = self._plan(n, size, (len(rows) - size[0], len(columns) - size[1]))
        table = self._table(channels)
        fill = table[np.arange(channels), np.broadcast_to(self.fill, channels)]
        return Tensor.wrap(augmentation.crop_and_look_up(pixels, rows, columns, plan, table, fill, size, self.cutout))

    def _padded(self, side: str, length: int) -> np.ndarray:
        """For each line of the padded image which line of the image it is; -1 for a filled one."""
        most = {"reflect": length - 1, "symmetric": length}.get(self.padding_mode, self.padding)
        if self.padding > most:
            raise ValueError(
                f"BatchAugment: padding={self.padding} is too much for {self.padding_mode!r} and images of {side} "
                f"{length}, which give at most {most}"
            )
        lines = np.arange(length)
        if self.padding_mode == "constant":
            return np.pad(lines, self.padding, constant_values=-1)
        return np.pad(lines, self.padding, mode=self.padding_mode)  # type: ignore[call-overload]

    def _plan(self, n: int, size: tuple[int, int], room: tuple[int, int]) -> np.ndarray:
        """What is to be done with each image: see kernels/augmentation.py."""
        plan = np.zeros((n, 5), np.int64)
        if any(room) or self.flip or self.cutout:
            rng = current_source().numpy
            if any(room):
                plan[:, [augmentation.TOP, augmentation.LEFT]] = rng.integers(0, np.add(room, 1), (n, 2))
            if self.flip:
                plan[:, augmentation.MIRRORED] = rng.random(n) < self.flip
            if self.cutout:
                centres = rng.integers(0, size, (n, 2))
                plan[:, [augmentation.HOLE_TOP, augmentation.HOLE_LEFT]] = centres - self.cutout // 2
        return plan

    def _table(self, channels: int) -> np.ndarray:
        """(C, 256): what ToTensor and Normalize make of each grey value."""
        key = (channels, get_default_dtype())
        if key not in self._tables:
            for name in ("mean", "std", "fill"):
                numbers = getattr(self, name)
                if numbers is not None and np.size(numbers) not in (1, channels):
                    raise ValueError(
                        f"BatchAugment: {name} has {np.size(numbers)} numbers, the images have {channels} channels; "
                        "give one for each channel, or one for all"
                    )
            values = F.to_tensor(np.tile(np.arange(256, dtype=np.uint8)[None, :, None], channels))
            if self.mean is not None and self.std is not None:
                values = F.normalize(values, self.mean, self.std)
            self._tables[key] = np.ascontiguousarray(values.array.reshape(channels, 256))
        return self._tables[key]

    def __repr__(self) -> str:
        defaults: dict[str, Any] = {"padding": 0, "flip": 0, "mean": None, "std": None, "cutout": 0, "fill": 0}
        defaults |= {"padding_mode": "constant", "size": None, "crop": "random"}
        told = [f"{name}={getattr(self, name)!r}" for name, usual in defaults.items() if getattr(self, name) != usual]
        return f"{type(self).__name__}({', '.join(told)})"


def _numbers(values: Any) -> tuple[float, ...] | None:
    """One number for all channels, or one for each, of a number, sequence, array or tensor."""
    if values is None:
        return None
    return tuple(np.atleast_1d(values.array if isinstance(values, Tensor) else values).tolist())


def _is_size(size: Any) -> bool:
    return (
        isinstance(size, (tuple, list)) and len(size) == 2 and all(isinstance(n, Integral) and n > 0 for n in size)  # type: ignore[operator]
    )


def _as_pixels(images: Any) -> np.ndarray:
    """(N, H, W, C) uint8, of the same memory."""
    if isinstance(images, Tensor):
        pixels = images.array
        if pixels.ndim == 4:
            pixels = pixels.transpose(0, 2, 3, 1)
    elif isinstance(images, np.ndarray):
        pixels = images
    else:
        raise TypeError(f"BatchAugment: images must be an array or a tensor, got {type(images).__name__}")
    if pixels.ndim == 3:
        pixels = pixels[..., None]
    if pixels.ndim != 4:
        raise ValueError(
            "BatchAugment: expected a batch, an array (N, H, W) or (N, H, W, C) or a tensor (N, C, H, W); got "
            f"{tuple(images.shape)}"
        )
    if pixels.dtype != np.uint8:
        raise TypeError(f"BatchAugment: images must be uint8, in 0..255, got {pixels.dtype}; leave ToTensor() out")
    return pixels


def _centred(lines: np.ndarray, crop: int) -> np.ndarray:
    """As many lines as the crop has, from where CenterCrop takes them; filled where the image has less."""
    if crop <= len(lines):
        start = round((len(lines) - crop) / 2)
        return lines[start : start + crop]
    before = (crop - len(lines)) // 2
    return np.pad(lines, (before, crop - len(lines) - before), constant_values=-1)
