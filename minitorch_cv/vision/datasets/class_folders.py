"""Datasets in class folders whose classes are known: what is missing, and what does not belong there, is named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from .folder import ImageFolder, find_classes


def check_classes(directory: str | Path, expected: Sequence[str]) -> None:
    """Hold the class folders in a folder against those that should be there.

    Raises:   RuntimeError: naming the folders that are missing or that are none of these classes.
    """
    found, _ = find_classes(directory)
    missing = [name for name in expected if name not in found]
    unknown = [name for name in found if name not in expected]
    if missing or unknown:
        reasons = [
            f"{text}: {', '.join(names)}"
            for text, names in (("missing", missing), ("none of its classes", unknown))
            if names
        ]
        raise RuntimeError(f"{directory} is not as expected: class folders {'; '.join(reasons)}")


class KnownClasses(ImageFolder):
    """Base of datasets in class folders `root/**/SPLIT/CLASS/FILE`. A sample is (PIL image, class number), transformed.

    Subclasses set `known_classes`, sorted. Folder and classes are checked before anything is read.

    Args:     root: what the user gave, for printing.
              folder: the class folders are in here.
              transform: applied to the image.
              target_transform: applied to the class number.
              loader: takes a path and returns an image.
    Raises:   RuntimeError: if a class folder is missing, or one is there that is none of the classes.
              FileNotFoundError: if one has no image.
    """

    known_classes: tuple[str, ...]

    def __init__(
        self,
        root: str,
        folder: Path,
        transform: Callable | None,
        target_transform: Callable | None,
        loader: Callable[[str], Any],
    ) -> None:
        super().__init__(str(folder), transform, target_transform, loader)
        self.root = root

    def find_classes(self, directory: str | Path) -> tuple[list[str], dict[str, int]]:
        """The known classes, once the folders are found to be these."""
        check_classes(directory, self.known_classes)
        return find_classes(directory)
