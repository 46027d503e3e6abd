"""Datasets that hold their images in one array, which a user may replace."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...tensors.creation import from_numpy
from ...tensors.tensor import Tensor
from .vision import VisionDataset


def item_of(values: Any, index: int) -> Any:
    """What is at a place of an array, a list or a tensor: of a tensor as NumPy gives it, which is faster."""
    return values.array[index] if isinstance(values, Tensor) else values[index]


class PlanesDataset(VisionDataset):
    """Base of datasets of coloured images in one array. A sample is (PIL image of mode RGB, int), transformed.

    `data` is (N, 3, H, W) uint8 and `labels` (N,); both may be replaced: by tensors, arrays or lists.
    """

    split: str
    data: Any
    labels: Any

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        from PIL import Image

        planes = np.asarray(item_of(self.data, index))
        image: Any = Image.fromarray(np.ascontiguousarray(planes.transpose(1, 2, 0)))
        target: Any = int(item_of(self.labels, index))
        return self._each_transformed(image, target)

    def __len__(self) -> int:
        return len(self.data)

    def extra_repr(self) -> str:
        """Which split."""
        return f"Split: {self.split}"


class ArrayDataset(VisionDataset):
    """Base of MNIST and its kin. A sample is (PIL image of mode L, int), transformed.

    `data` is (N, H, W) uint8 and `targets` (N,) int64; both may be replaced: by tensors, arrays or lists.
    """

    classes: list[str]
    train: bool
    data: Tensor
    targets: Tensor

    def _keep(self, images: np.ndarray, labels: np.ndarray) -> None:
        self.data = from_numpy(images)
        self.targets = from_numpy(labels.astype(np.int64))

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        from PIL import Image

        image: Any = Image.fromarray(np.ascontiguousarray(item_of(self.data, index)))
        target: Any = int(item_of(self.targets, index))
        return self._each_transformed(image, target)

    def __len__(self) -> int:
        return len(self.data)

    @property
    def class_to_idx(self) -> dict[str, int]:
        """The number of each class, by name."""
        return {name: number for number, name in enumerate(self.classes)}

    def extra_repr(self) -> str:
        """Which split."""
        return f"Split: {'Train' if self.train else 'Test'}"
