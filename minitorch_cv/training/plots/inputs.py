"""What pictures are given, checked and brought to one form: images, names of classes, labels, scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...tensors.tensor import Tensor
from ..metrics.numbers import as_array

_ROUNDING = 1e-3  # how far resampled images may lie outside [0, 1]


def as_images(operation: str, images: Any) -> list[np.ndarray]:
    """Images as a list of (H, W) or (H, W, 3) arrays, uint8 or floats in [0, 1].

    Args:     images: a batch (N, H, W, C), (N, C, H, W) or (N, H, W), or a list of PIL images, arrays or tensors; C is
                1 or 3. Where a shape can be read in two ways a tensor's channels come first, an array's last.
    Raises:   ValueError: if there are none, or they are not such images.
    """
    if isinstance(images, (Tensor, np.ndarray)):
        batch = as_array(images)
        if batch.ndim not in (3, 4):
            raise ValueError(
                f"{operation}: images of shape {batch.shape}; expected (N, H, W, C), (N, C, H, W) or (N, H, W)"
                + (" (for a single image: images[None])" if batch.ndim == 2 else "")
            )
        found = [_image(operation, image, isinstance(images, Tensor)) for image in batch]
    else:
        found = [_image(operation, image, isinstance(image, Tensor)) for image in images]
    if not found:
        raise ValueError(f"{operation}: there are no images")
    return found


def _image(operation: str, image: Any, channels_first: bool) -> np.ndarray:
    if hasattr(image, "convert"):  # a PIL image
        image = image if image.mode in ("L", "RGB") else image.convert("RGB")
    array = as_array(image)
    if array.ndim == 3:
        first, last = array.shape[0] in (1, 3), array.shape[-1] in (1, 3)
        if not (first or last):
            raise ValueError(f"{operation}: an image of shape {array.shape}; expected 1 or 3 channels, first or last")
        if first and (channels_first or not last):
            array = array.transpose(1, 2, 0)
        array = array[..., 0] if array.shape[-1] == 1 else array
    elif array.ndim != 2:
        raise ValueError(f"{operation}: an image of shape {array.shape}; expected (H, W, C), (C, H, W) or (H, W)")
    if not array.size:
        raise ValueError(f"{operation}: an image of shape {array.shape} has no pixels")
    if array.dtype == np.uint8:
        return array
    if array.dtype.kind != "f":
        raise ValueError(f"{operation}: images of dtype {array.dtype}; expected uint8, or floats in [0, 1]")
    low, high = float(array.min()), float(array.max())
    if not (low >= -_ROUNDING and high <= 1 + _ROUNDING):  # (NaN fails, too)
        raise ValueError(
            f"{operation}: an image with values from {low:.4g} to {high:.4g}; expected floats in [0, 1]. Of a "
            "normalised image take image * std + mean"
        )
    return np.clip(array.astype(np.float32), 0, 1)


def class_names(operation: str, classes: Sequence[Any]) -> list[str]:
    """The names of the classes.

    Raises:   ValueError: if there are none.
    """
    names = [str(name) for name in classes]
    if not names:
        raise ValueError(f"{operation}: there are no classes")
    return names


def class_numbers(operation: str, what: str, labels: Any, count: int) -> np.ndarray:
    """(N,) class numbers as int64.

    Raises:   ValueError: if they are not (N,) whole numbers. IndexError: if one is no class.
    """
    numbers = as_array(labels)
    if numbers.ndim != 1 or (len(numbers) and numbers.dtype.kind not in "iu"):
        raise ValueError(
            f"{operation}: {what} of shape {numbers.shape} and dtype {numbers.dtype}; expected (N,) class numbers"
        )
    wrong = np.flatnonzero((numbers < 0) | (numbers >= count))
    if len(wrong):
        raise IndexError(f"{operation}: {what}[{wrong[0]}] is {numbers[wrong[0]]}; expected 0 to {count - 1}")
    return numbers.astype(np.int64)


def class_scores(operation: str, scores: Any, count: int) -> np.ndarray:
    """(N, K) scores as float64.

    Raises:   ValueError: if they are of another shape, none, or not finite.
    """
    array = as_array(scores)
    if array.ndim != 2 or array.shape[1] != count:
        raise ValueError(f"{operation}: scores of shape {array.shape} for {count} classes; expected (N, {count})")
    if not len(array):
        raise ValueError(f"{operation}: there are no samples")
    if not np.isfinite(array).all():
        raise ValueError(f"{operation}: some scores are infinite or NaN")
    return array.astype(np.float64)


def label_matrix(operation: str, targets: Any, shape: tuple[int, int]) -> np.ndarray:
    """(N, K) labels 0 and 1 as float64; NaN where a label does not count.

    Raises:   ValueError: for another shape, or other numbers.
    """
    matrix = as_array(targets).astype(np.float64)
    if matrix.shape != shape:
        raise ValueError(f"{operation}: targets of shape {matrix.shape} for scores of shape {shape}")
    if not (np.isnan(matrix) | (matrix == 0) | (matrix == 1)).all():
        raise ValueError(f"{operation}: targets of several labels must be 0 or 1 (NaN: does not count)")
    return matrix


def check_lengths(operation: str, **lengths: int) -> None:
    """Raise a ValueError that names all lengths, if they differ."""
    if len(set(lengths.values())) > 1:
        found = ", ".join(f"{count} {name}" for name, count in lengths.items())
        raise ValueError(f"{operation}: {found}; expected as many of each")
