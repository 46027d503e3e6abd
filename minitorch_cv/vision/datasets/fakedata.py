"""Random images, to try out a pipeline without any data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...tensors.tensor import Tensor
from ...types.random_source import RandomSource
from ..transforms.functional import to_pil_image
from .vision import VisionDataset


class FakeData(VisionDataset):
    """Random images with random classes. A sample is (PIL image, int), transformed, and depends on its index alone.

    Args:     size: number of samples.
              image_size: (channels, height, width).
              num_classes: classes are 0 to num_classes - 1.
              transform: applied to the image.
              target_transform: applied to the class number, an int64 tensor; may return a tensor of one number.
              random_offset: added to the index, which seeds a sample.
    """

    def __init__(
        self,
        size: int = 1000,
        image_size: tuple[int, int, int] = (3, 224, 224),
        num_classes: int = 10,
        transform: Callable | None = None,
        target_transform: Callable | None = None,
        random_offset: int = 0,
    ) -> None:
        super().__init__(transform=transform, target_transform=target_transform)
        self.size = size
        self.num_classes = num_classes
        self.image_size = image_size
        self.random_offset = random_offset

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        if index >= len(self):
            raise IndexError(f"{type(self).__name__} index out of range")
        random = RandomSource((index + self.random_offset) % 2**64).numpy
        normal = random.standard_normal(self.image_size, np.float32) * 255
        # Bytes count on from 0 after 255, as they do when torchvision makes these numbers an image.
        pixels = normal.astype(np.int64).astype(np.uint8)
        image: Any = to_pil_image(np.ascontiguousarray(pixels.transpose(1, 2, 0)))
        target: Any = Tensor.wrap(np.array(random.integers(self.num_classes)))
        image, target = self._each_transformed(image, target)
        return image, target.item() if isinstance(target, Tensor) else target

    def __len__(self) -> int:
        return self.size
