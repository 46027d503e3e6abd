"""Datasets that are a folder for each class, with a file for each sample in it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .images import IMG_EXTENSIONS, default_loader, has_file_allowed_extension
from .vision import VisionDataset


def find_classes(directory: str | Path) -> tuple[list[str], dict[str, int]]:
    """The folders in a folder, sorted: their names, and the number of each.

    Raises:   FileNotFoundError: if there is none.
    """
    if not os.path.isdir(directory):
        raise FileNotFoundError(f"Couldn't find any class folder in {directory}. There is no such folder")
    with os.scandir(directory) as entries:
        classes = sorted(entry.name for entry in entries if entry.is_dir())
    if not classes:
        raise FileNotFoundError(
            f"Couldn't find any class folder in {directory}. Expected is a folder for each class, with its files in it"
        )
    return classes, {name: number for number, name in enumerate(classes)}


def make_dataset(
    directory: str | Path,
    class_to_idx: dict[str, int] | None = None,
    extensions: str | tuple[str, ...] | None = None,
    is_valid_file: Callable[[str], bool] | None = None,
    allow_empty: bool = False,
) -> list[tuple[str, int]]:
    """The samples (path, class number) of a folder of class folders, in the order of classes, subfolders and names.

    Args:     class_to_idx: the class folders to take, and their numbers; by default what `find_classes` finds.
              extensions: endings of the files to take, lowercase. Either these or `is_valid_file`.
              is_valid_file: takes a path, and says whether it is a sample.
              allow_empty: let classes be without a file.
    Raises:   ValueError: if there is no class, or not exactly one of `extensions` and `is_valid_file`.
              FileNotFoundError: if a class has no file.
    """
    directory = os.path.expanduser(directory)
    if class_to_idx is None:
        _, class_to_idx = find_classes(directory)
    elif not class_to_idx:
        raise ValueError("'class_to_index' must have at least one entry to collect any samples.")
    if (extensions is None) == (is_valid_file is None):
        raise ValueError("Both extensions and is_valid_file cannot be None or not None at the same time")
    instances: list[tuple[str, int]] = []
    empty = []
    for name in sorted(class_to_idx):
        before = len(instances)
        for path in _files_below(os.path.join(directory, name)):
            if is_valid_file(path) if extensions is None else has_file_allowed_extension(path, extensions):  # type: ignore[misc]
                instances.append((path, class_to_idx[name]))
        if len(instances) == before:
            empty.append(name)
    if empty and not allow_empty:
        message = f"Found no valid file for the classes {', '.join(empty)}. "
        if extensions is not None:
            listed = extensions if isinstance(extensions, str) else ", ".join(extensions)
            message += f"Supported extensions are: {listed}. "
        raise FileNotFoundError(
            f"{message}Looked in {directory}; allow_empty=True takes folders without a file as classes"
        )
    return instances


def _files_below(folder: str) -> list[str]:
    """All files in a folder and its subfolders; links are followed."""
    found = []
    for parent, _, names in sorted(os.walk(folder, followlinks=True)):  # scandir inside: no look at single files
        found += [os.path.join(parent, name) for name in sorted(names)]
    return found


class DatasetFolder(VisionDataset):
    """Samples in class folders: `root/CLASS/**/FILE`. A sample is (what `loader` returns, class number), transformed.

    `classes` are the folders' names, sorted, `class_to_idx` their numbers; `samples` are (path, class number),
    `targets` the class numbers.

    Args:     loader: takes a path.
              extensions: endings of the files to take, lowercase. Either these or `is_valid_file`.
              transform: applied to what `loader` returned.
              target_transform: applied to the class number.
              is_valid_file: takes a path, and says whether it is a sample.
              allow_empty: let folders without a file be classes.
    Raises:   FileNotFoundError: if there is no class folder, or one is empty.
              ValueError: if not exactly one of `extensions` and `is_valid_file` is given.
    """

    def __init__(
        self,
        root: str | Path,
        loader: Callable[[str], Any],
        extensions: tuple[str, ...] | None = None,
        transform: Callable | None = None,
        target_transform: Callable | None = None,
        is_valid_file: Callable[[str], bool] | None = None,
        allow_empty: bool = False,
    ) -> None:
        super().__init__(root, transform=transform, target_transform=target_transform)
        self.loader = loader
        self.extensions = extensions
        self.classes, self.class_to_idx = self.find_classes(self.root)  # type: ignore[arg-type]
        self.samples = self.make_dataset(
            self.root,  # type: ignore[arg-type]
            class_to_idx=self.class_to_idx,
            extensions=extensions,
            is_valid_file=is_valid_file,
            allow_empty=allow_empty,
        )
        self.targets = [target for _, target in self.samples]

    @staticmethod
    def make_dataset(
        directory: str | Path,
        class_to_idx: dict[str, int],
        extensions: tuple[str, ...] | None = None,
        is_valid_file: Callable[[str], bool] | None = None,
        allow_empty: bool = False,
    ) -> list[tuple[str, int]]:
        """The samples (path, class number); to be overridden where files are laid out otherwise.

        Raises:   ValueError: if `class_to_idx` is None: the classes are those of `find_classes`.
        """
        if class_to_idx is None:
            raise ValueError("The class_to_idx parameter cannot be None.")
        return make_dataset(directory, class_to_idx, extensions, is_valid_file, allow_empty)

    def find_classes(self, directory: str | Path) -> tuple[list[str], dict[str, int]]:
        """The classes and their numbers; to be overridden to take only some folders."""
        return find_classes(directory)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        path, target = self.samples[index]
        sample = self.loader(path)
        return self._each_transformed(sample, target)

    def __len__(self) -> int:
        return len(self.samples)


class ImageFolder(DatasetFolder):
    """Images in class folders: `root/CLASS/**/FILE`. A sample is (PIL image of mode RGB, class number), transformed.

    `imgs` is another name of `samples`. Files with other endings than those of images are left out.

    Args:     transform: applied to the image.
              target_transform: applied to the class number.
              loader: takes a path and returns an image.
              is_valid_file: takes a path and says whether it is a sample, instead of its ending.
              allow_empty: let folders without an image be classes.
    Raises:   FileNotFoundError: if there is no class folder, or one has no image.
              PIL.UnidentifiedImageError: when a sample is asked for whose file is damaged.
    """

    def __init__(
        self,
        root: str | Path,
        transform: Callable | None = None,
        target_transform: Callable | None = None,
        loader: Callable[[str], Any] = default_loader,
        is_valid_file: Callable[[str], bool] | None = None,
        allow_empty: bool = False,
    ) -> None:
        super().__init__(
            root,
            loader,
            IMG_EXTENSIONS if is_valid_file is None else None,
            transform,
            target_transform,
            is_valid_file,
            allow_empty,
        )
        self.imgs = self.samples
