"""A dataset of grey images of one size, held in one array."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...tensors.creation import from_numpy
from ...tensors.tensor import Tensor
from .vision import VisionDataset


class ArrayDataset(VisionDataset):
    """Base of MNIST and its kin. A sample is (PIL image of mode L, int), transformed.

    `data` is (N, H, W) uint8 and `targets` (N,) int64; both may be replaced by others.
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

        image: Any = Image.fromarray(np.ascontiguousarray(self.data.array[index]))
        target: Any = int(self.targets.array[index])
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
