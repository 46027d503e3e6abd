"""STL-10: 96x96 colour images of ten classes, few with labels and many without."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ...utils.checksum import md5
from ...utils.download import fetch_file
from .arguments import not_found, one_of
from .arrays import PlanesDataset
from .corrupted import corrupted
from .unpack import unpack
from .vision import data_root

_SIDE = 96
_PIXELS = 3 * _SIDE * _SIDE
_CLASSES = 10
_FOLDS = 10


class STL10(PlanesDataset):
    """Objects and animals: 5,000 images to train, 8,000 to test, 100,000 unlabelled. A sample is (PIL image RGB, int).

    `data` is (N, 3, 96, 96) uint8 and `labels` (N,), -1 for images without a label; both may be replaced by others.
    `classes` are what `class_names.txt` says, if it is there. Read from `root/stl10_binary/`.

    Args:     root: the folder; if None, the one that the environment variable MINITORCH_CV_DATA names.
              split: "train", "test", "unlabeled" or "train+unlabeled".
              folds: 0 to 9, one of the ten parts of the training split that results are compared on; None for all.
              transform: applied to the image.
              target_transform: applied to the class number.
              download: fetch the dataset if files are missing (2.6 GB). It is checked before it is unpacked.
    Raises:   RuntimeError: if files are missing, cannot be fetched, or are not what they should be.
              ValueError: for another split or fold, or if there is no root.
    Source:   Coates, Lee and Ng 2011, An Analysis of Single-Layer Networks in Unsupervised Feature Learning.
    """

    base_folder = "stl10_binary"
    url = "http://ai.stanford.edu/~acoates/stl10/stl10_binary.tar.gz"
    filename = "stl10_binary.tar.gz"
    tgz_md5 = "91f7769df0f17e558f3565bffb0c7dfb"
    class_names_file = "class_names.txt"
    folds_list_file = "fold_indices.txt"
    classes = ["airplane", "bird", "car", "cat", "deer", "dog", "horse", "monkey", "ship", "truck"]
    splits = ("train", "train+unlabeled", "unlabeled", "test")

    def __init__(
        self,
        root: str | Path | None = None,
        split: str = "train",
        folds: int | None = None,
        transform: Callable | None = None,
        target_transform: Callable | None = None,
        download: bool = False,
    ) -> None:
        super().__init__(data_root(root, type(self).__name__), transform=transform, target_transform=target_transform)
        self.split = one_of(split, "split", self.splits)
        self.folds = _fold(folds)
        self._folder = Path(str(self.root), self.base_folder)
        if download:
            self.download()
        missing = self._missing()
        if missing:
            wanted, lacking = (", ".join(path.name for path in paths) for paths in (self._wanted(), missing))
            raise not_found("STL10", f"in {self._folder}: {wanted}; missing: {lacking}", self.url)
        self.data, self.labels = self._read()
        names = self._folder / self.class_names_file
        if names.is_file():
            self.classes = names.read_text("utf-8", errors="replace").splitlines()

    def download(self) -> None:
        """Fetch and unpack the dataset, unless the split's files are there."""
        if self._missing():
            archive = fetch_file([self.url], Path(str(self.root), self.filename), md5(self.tgz_md5))
            unpack(archive, archive.parent)

    def _wanted(self) -> list[Path]:
        """The files of this split."""
        files = {"train": ["train_X.bin", "train_y.bin"], "test": ["test_X.bin", "test_y.bin"]}
        names = [name for part in self.split.split("+") for name in files.get(part, ["unlabeled_X.bin"])]
        if self.folds is not None and "train" in self.split:
            names.append(self.folds_list_file)
        return [self._folder / name for name in names]

    def _missing(self) -> list[Path]:
        return [path for path in self._wanted() if not path.is_file()]

    def _read(self) -> tuple[np.ndarray, np.ndarray]:
        unlabelled = _read_images(self._folder / "unlabeled_X.bin") if "unlabeled" in self.split else None
        if self.split == "unlabeled":
            return unlabelled, np.full(len(unlabelled), -1)  # type: ignore[return-value, arg-type]
        kind = self.split.split("+")[0]
        images = _read_images(self._folder / f"{kind}_X.bin")
        labels = _read_labels(self._folder / f"{kind}_y.bin", len(images))
        if kind == "train" and self.folds is not None:
            chosen = _read_fold(self._folder / self.folds_list_file, self.folds, len(images))
            images, labels = images[chosen], labels[chosen]
        if unlabelled is None:
            return images, labels
        return np.concatenate([images, unlabelled]), np.concatenate([labels, np.full(len(unlabelled), -1)])


def _fold(folds: Any) -> int | None:
    if folds is not None and not isinstance(folds, int):
        raise ValueError(f"Expected type None or int for argument folds, but got type {type(folds)}.")
    if folds is not None and folds not in range(_FOLDS):
        raise ValueError(f"Value for argument folds should be in the range [0, {_FOLDS}), but got {folds}.")
    return folds


def _read_images(path: Path) -> np.ndarray:
    """(N, 3, 96, 96) uint8; in the file the planes of an image lie column by column."""
    raw = np.fromfile(path, np.uint8)
    if not len(raw) or len(raw) % _PIXELS:
        raise corrupted(path, f"it has {len(raw)} bytes, which is not a number of images of {_PIXELS}")
    return raw.reshape(-1, 3, _SIDE, _SIDE).transpose(0, 1, 3, 2)


def _read_labels(path: Path, count: int) -> np.ndarray:
    """(N,) uint8, 0 to 9; in the file they begin with 1."""
    labels = np.fromfile(path, np.uint8)
    if len(labels) != count:
        raise corrupted(path, f"it has {len(labels)} labels for {count} images")
    wrong = np.flatnonzero((labels < 1) | (labels > _CLASSES))
    if len(wrong):
        raise corrupted(path, f"label {labels[wrong[0]]} at {wrong[0]}, expected 1 to {_CLASSES}")
    return labels - 1


def _read_fold(path: Path, fold: int, count: int) -> np.ndarray:
    """The places of a fold's images: a line of numbers."""
    lines = path.read_text("ascii", errors="replace").splitlines()
    if len(lines) < _FOLDS:
        raise corrupted(path, f"expected {_FOLDS} lines of numbers, found {len(lines)}")
    words = lines[fold].split()
    if not words or not all(word.isdecimal() and int(word) < count for word in words):
        raise corrupted(path, f"line {fold + 1} should have numbers of images, 0 to {count - 1}")
    return np.array(words, np.int64)
