"""15-Scenes: grey photographs of rooms, streets and landscapes; and seven attributes of a part of them."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ...tensors.tensor import Tensor
from .arguments import one_of
from .class_folders import KnownClasses
from .images import grey_loader
from .vision import VisionDataset, data_root

_FOLDER = "scenes15"
_SPLITS = ("train", "test")


class Scenes15(KnownClasses):
    """Fifteen kinds of scene: 2,985 images to train, 1,500 to test. A sample is (PIL image of mode L, int).

    The images are read from `root/scenes15/SPLIT/CLASS/*.jpg` when they are asked for.

    Args:     root: the folder; if None, the one that the environment variable MINITORCH_CV_DATA names.
              split: "train" or "test".
              transform: applied to the image.
              target_transform: applied to the class number.
              download: there is no public archive of this split: raises, and says what to do.
              loader: takes a path and returns an image.
    Raises:   RuntimeError: if the dataset is missing, or has other class folders.
              FileNotFoundError: if a class has no image. ValueError: for another split, or if there is no root.
    Source:   Lazebnik, Schmid and Ponce 2006, after Oliva and Torralba 2001 and Fei-Fei and Perona 2005; the split of a
              course project on scene recognition.
    """

    known_classes = (
        "bedroom",
        "coast",
        "forest",
        "highway",
        "industrial",
        "insidecity",
        "kitchen",
        "livingroom",
        "mountain",
        "office",
        "opencountry",
        "store",
        "street",
        "suburb",
        "tallbuilding",
    )

    def __init__(
        self,
        root: str | Path | None = None,
        split: str = "train",
        transform: Callable | None = None,
        target_transform: Callable | None = None,
        download: bool = False,
        loader: Callable[[str], Any] = grey_loader,
    ) -> None:
        self.split = one_of(split, "split", _SPLITS)
        chosen = data_root(root, type(self).__name__)
        folder = Path(chosen, _FOLDER, split)
        if not folder.is_dir():
            raise _not_found("Scenes15", f"{folder}/CLASS/*.jpg", download)
        super().__init__(chosen, folder, transform, target_transform, loader)

    def extra_repr(self) -> str:
        """Which split."""
        return f"Split: {self.split}"


class SceneAttributes(VisionDataset):
    """Which of seven things are seen in outdoor scenes. A sample is (PIL image of mode L, tensor (7,)).

    The target is float32, 1 for an attribute that is there, 0 for the others: what BCEWithLogitsLoss takes. All are in
    `targets`, (N, 7). Read from `root/scenes15/scene_attributes_SPLIT.csv` (no header: class, file, then a 0 or 1 for
    each attribute); the images are Scenes15's: 1,196 to train, 500 to test.

    Args:     root: the folder; if None, the one that the environment variable MINITORCH_CV_DATA names.
              split: "train" or "test".
              transform: applied to the image.
              target_transform: applied to the target.
              download: there is no public archive: raises, and says what to do.
              loader: takes a path and returns an image.
    Raises:   RuntimeError: if files are missing, or a row of the CSV is not what it should be; names file and row.
              ValueError: for another split, or if there is no root.
    """

    classes = ("clouds", "water", "people", "animals", "natural", "man-made", "vehicles")

    def __init__(
        self,
        root: str | Path | None = None,
        split: str = "train",
        transform: Callable | None = None,
        target_transform: Callable | None = None,
        download: bool = False,
        loader: Callable[[str], Any] = grey_loader,
    ) -> None:
        super().__init__(data_root(root, type(self).__name__), transform=transform, target_transform=target_transform)
        self.split = one_of(split, "split", _SPLITS)
        self.loader = loader
        self.class_to_idx = {name: number for number, name in enumerate(self.classes)}
        folder = Path(str(self.root), _FOLDER)
        table = folder / f"scene_attributes_{split}.csv"
        if not table.is_file() or not (folder / split).is_dir():
            raise _not_found("SceneAttributes", f"{table} and {folder / split}/CLASS/*.jpg", download)
        self.paths, self.targets = self._read(table, folder / split)

    def _read(self, table: Path, images: Path) -> tuple[list[str], np.ndarray]:
        paths, rows = [], []
        known: dict[str, set[str]] = {}  # the files of a class folder, listed once
        with table.open(newline="", encoding="utf-8") as file:
            try:
                table_rows = list(csv.reader(file))
            except (csv.Error, UnicodeDecodeError) as error:
                raise RuntimeError(f"{table} is corrupted: it is no CSV file: {error}") from None
        for number, row in enumerate(table_rows, start=1):
            if len(row) != 2 + len(self.classes):
                raise _wrong_row(table, number, f"{len(row)} fields, expected {2 + len(self.classes)}")
            scene, name, *flags = row
            if scene not in Scenes15.known_classes:
                raise _wrong_row(table, number, f"the unknown class {scene!r}")
            if scene not in known:
                known[scene] = {path.name for path in (images / scene).glob("*")}
            if name not in known[scene]:
                raise _wrong_row(table, number, f"the file {images / scene / name}, which is not there")
            if not set(flags) <= {"0", "1"}:
                raise _wrong_row(table, number, f"the values {', '.join(flags)}, expected 0 or 1")
            paths.append(str(images / scene / name))
            rows.append([int(flag) for flag in flags])
        if not rows:
            raise RuntimeError(f"{table} is corrupted: it is empty")
        return paths, np.array(rows, np.float32)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        image = self.loader(self.paths[index])
        target: Any = Tensor.wrap(self.targets[index].copy())
        return self._each_transformed(image, target)

    def __len__(self) -> int:
        return len(self.paths)

    def extra_repr(self) -> str:
        """Which split."""
        return f"Split: {self.split}"


def _not_found(name: str, expected: str, download: bool) -> RuntimeError:
    refused = "download=True: this dataset has no public archive to download. " if download else ""
    return RuntimeError(
        f"Dataset not found. {refused}{name} expects {expected}. Take the folder from your course (the data of its "
        "project on scene recognition), and put it there"
    )


def _wrong_row(table: Path, number: int, found: str) -> RuntimeError:
    return RuntimeError(f"{table} is corrupted: row {number} has {found}")
