"""The files of CIFAR-10 and CIFAR-100, in both versions that their owner distributes: Python pickles, and plain bytes.

Source:   Krizhevsky 2009; the layouts are described on the CIFAR page. An image is 3072 bytes: red, green, blue planes.
"""

from __future__ import annotations

import reprlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...utils.restricted_pickle import load_restricted
from .corrupted import corrupted

_SIDE = 32
_PIXELS = 3 * _SIDE * _SIDE


@dataclass(frozen=True)
class LabelKind:
    """Which of the labels in the files are meant: what they are called there, and how many classes there are."""

    key: str
    names_key: str
    binary_names: str  # file
    binary_place: int  # among the bytes before an image
    count: int


def read_pickled_batch(path: Path, label_key: str) -> tuple[np.ndarray, np.ndarray]:
    """Pixels (N, 3072) uint8 and labels (N,) int64 of a batch in the Python version.

    Args:     label_key: "labels", "fine_labels" or "coarse_labels".
    Raises:   RuntimeError, pickle.UnpicklingError: naming the file, if it is anything else.
    """
    batch = _read_dict(path, ("data", label_key))
    pixels, labels = batch["data"], batch[label_key]
    if not isinstance(pixels, np.ndarray) or pixels.dtype != np.uint8 or pixels.shape[1:] != (_PIXELS,):
        found = f"{pixels.dtype} {pixels.shape}" if isinstance(pixels, np.ndarray) else _described(pixels)
        raise corrupted(path, f"expected data of uint8 (N, {_PIXELS}), found {found}")
    if not len(pixels):
        raise corrupted(path, "it has no images")
    if isinstance(labels, np.ndarray):
        labels = labels.tolist()
    if not isinstance(labels, list) or not all(type(label) is int for label in labels):
        raise corrupted(path, f"expected {label_key} to be a list of whole numbers, found {_described(labels)}")
    if len(labels) != len(pixels):
        raise corrupted(path, f"it has {len(pixels)} images and {len(labels)} {label_key}")
    return pixels, np.array(labels, np.int64)


def read_pickled_names(path: Path, key: str) -> list[str]:
    """The names of the classes, from the meta file of the Python version."""
    names = _read_dict(path, (key,))[key]
    if not isinstance(names, list) or not all(isinstance(name, (str, bytes)) for name in names):
        raise corrupted(path, f"expected {key} to be a list of names, found {_described(names)}")
    return [name.decode("latin1") if isinstance(name, bytes) else name for name in names]


def read_binary_batch(path: Path, label_bytes: int, label_place: int) -> tuple[np.ndarray, np.ndarray]:
    """Pixels (N, 3072) uint8 and labels (N,) int64 of a batch in the binary version.

    Args:     label_bytes: how many labels stand before an image: 1 for CIFAR-10, 2 (coarse, fine) for CIFAR-100.
              label_place: which of them to take.
    Raises:   RuntimeError: naming the file, if it does not consist of whole records.
    """
    raw = np.fromfile(path, np.uint8)
    record = label_bytes + _PIXELS
    if not len(raw) or len(raw) % record:
        raise corrupted(path, f"it has {len(raw)} bytes, which is not a number of records of {record}")
    records = raw.reshape(-1, record)
    return records[:, label_bytes:], records[:, label_place].astype(np.int64)


def read_binary_names(path: Path) -> list[str]:
    """The names of the classes, one a line."""
    try:
        return path.read_text("ascii").split()
    except UnicodeDecodeError as error:
        raise corrupted(path, f"it is not a text of class names ({error})") from None


def as_images(batches: Sequence[np.ndarray]) -> np.ndarray:
    """The pixels (N, 3072) of several batches as one array of images (N, 32, 32, 3)."""
    images = np.empty((sum(map(len, batches)), _SIDE, _SIDE, 3), np.uint8)
    first = 0
    for pixels in batches:
        planes = pixels.reshape(-1, 3, _SIDE, _SIDE)
        for channel in range(3):  # in long rows: twice as fast as to transpose three numbers at a time
            images[first : first + len(planes), :, :, channel] = planes[:, channel]
        first += len(planes)
    return images


def check_labels(path: Path, labels: np.ndarray, classes: Sequence[str]) -> None:
    """Refuse labels for which there is no class."""
    wrong = np.flatnonzero((labels < 0) | (labels >= len(classes)))
    if len(wrong):
        raise corrupted(path, f"label {labels[wrong[0]]} at {wrong[0]}, expected 0 to {len(classes) - 1}")


def _read_dict(path: Path, keys: Sequence[str]) -> dict[str, Any]:
    """A pickled dict; its keys are bytes or strings, depending on who wrote it."""
    found = load_restricted(path)
    if not isinstance(found, dict):
        raise corrupted(path, f"expected a dict with {' and '.join(keys)}, found {_described(found)}")
    named = {key.decode("latin1") if isinstance(key, bytes) else key: value for key, value in found.items()}
    for key in keys:
        if key not in named:
            raise corrupted(path, f"it has no {key}, but {', '.join(map(reprlib.repr, named)) or 'nothing'}")
    return named


def _described(value: Any) -> str:
    return f"{type(value).__name__} {reprlib.repr(value)[:40]}"  # short also of what takes gigabytes to write out
