"""What the image datasets share: a root folder, transforms for image and target, and how they print."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ...utils.data.dataset import Dataset

DATA_VARIABLE = "MINITORCH_CV_DATA"


def data_root(root: str | Path | None, name: str) -> str:
    """The folder that holds datasets: `root`, or what the environment variable MINITORCH_CV_DATA names.

    Raises:   ValueError: if neither is given.
    """
    chosen = os.environ.get(DATA_VARIABLE) if root is None else root
    if not chosen:
        raise ValueError(
            f"{name}: no data folder: pass root='path/to/data' (a script of examples/: --data FOLDER), or set "
            f"the environment variable {DATA_VARIABLE} to it"
        )
    return os.path.expanduser(chosen)


class VisionDataset(Dataset):
    """Base of the image datasets. Subclasses give `__getitem__` and `__len__`.

    Args:     root: folder of the data; None where a dataset needs none.
              transforms: takes (image, target), returns both.
              transform: takes the image; excludes `transforms`.
              target_transform: takes the target; excludes `transforms`.
    Raises:   ValueError: if `transforms` comes together with one of the others.
    """

    _repr_indent = 4

    def __init__(
        self,
        root: str | Path | None = None,
        transforms: Callable | None = None,
        transform: Callable | None = None,
        target_transform: Callable | None = None,
    ) -> None:
        self.root = os.path.expanduser(root) if isinstance(root, str) else root
        separate = transform is not None or target_transform is not None
        if transforms is not None and separate:
            raise ValueError("Only transforms or transform/target_transform can be passed as argument")
        self.transform = transform
        self.target_transform = target_transform
        self.transforms = StandardTransform(transform, target_transform) if separate else transforms

    def __getitem__(self, index: int) -> Any:
        raise NotImplementedError(f"{type(self).__name__} should implement __getitem__")

    def __len__(self) -> int:
        raise NotImplementedError(f"{type(self).__name__} should implement __len__")

    def _each_transformed(self, image: Any, target: Any) -> tuple[Any, Any]:
        """Image and target after `transform` and `target_transform`, as these are now: they may have been exchanged."""
        return StandardTransform(self.transform, self.target_transform)(image, target)

    def extra_repr(self) -> str:
        """Lines for the repr that only this dataset has."""
        return ""

    def __repr__(self) -> str:
        body = [f"Number of datapoints: {len(self)}"]
        if self.root is not None:
            body.append(f"Root location: {self.root}")
        body += self.extra_repr().splitlines()
        if self.transforms is not None:
            body += [repr(self.transforms)]
        return "\n".join([f"Dataset {type(self).__name__}"] + [" " * self._repr_indent + line for line in body])


class StandardTransform:
    """Transforms image and target, each by its own function; None leaves it."""

    def __init__(self, transform: Callable | None = None, target_transform: Callable | None = None) -> None:
        self.transform = transform
        self.target_transform = target_transform

    def __call__(self, input: Any, target: Any) -> tuple[Any, Any]:
        """Image and target, transformed."""
        if self.transform is not None:
            input = self.transform(input)
        if self.target_transform is not None:
            target = self.target_transform(target)
        return input, target

    def __repr__(self) -> str:
        lines = [type(self).__name__]
        for head, transform in (("Transform: ", self.transform), ("Target transform: ", self.target_transform)):
            if transform is not None:
                first, *rest = repr(transform).splitlines()
                lines += [head + first] + [" " * len(head) + line for line in rest]
        return "\n".join(lines)
