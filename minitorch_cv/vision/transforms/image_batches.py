"""A dataset that gives whole batches of small images, augmented at once."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from ...kernels.layout import contiguous
from ...tensors.creation import from_numpy
from ...tensors.tensor import Tensor
from ...utils.data.dataloader import DataLoader
from ...utils.data.dataset import Dataset
from ...utils.data.joined import JoinedBatch
from .batch import BatchAugment

_DECODED_AT_ONCE = 64


class ImageBatches(Dataset):
    """The images of another dataset in one array; a DataLoader gets them batch by batch, transformed as a whole.

        augment = BatchAugment(padding=4, flip=0.5, mean=MEAN, std=STD)
        train = DataLoader(ImageBatches(CIFAR10(root), augment), batch_size=128, shuffle=True)
        test = DataLoader(ImageBatches(CIFAR10(root, train=False), augment.plain()), batch_size=500)

    A batch is [images, targets], as `default_collate` makes it of samples; a `collate_fn` of one's own gets samples as
    usual. What is drawn at random is the same for any number of workers. A Subset or `random_split` of this is as fast.

    Args:     dataset: with `data`, uint8 (N, H, W) or (N, H, W, C), and `targets`, as MNIST, CIFAR10 and their kin; and
                without a transform. `ImageBatches.from_dataset` takes others.
              transform: takes a uint8 array (N, H, W, C), gives a tensor; a BatchAugment. None gives floats in [0, 1].
    Raises:   TypeError, ValueError: for a dataset of another kind, or with transforms.
    """

    data: np.ndarray
    targets: Tensor

    def __init__(self, dataset: Any, transform: Callable[[np.ndarray], Tensor] | None = None) -> None:
        data, targets = getattr(dataset, "data", None), getattr(dataset, "targets", None)
        if data is None or targets is None:
            raise TypeError(
                f"ImageBatches: {type(dataset).__name__} has no `data` and `targets` to take as they are; "
                "ImageBatches.from_dataset(dataset, transform) loads every image once. Of a part of a dataset: "
                "Subset(ImageBatches(dataset, transform), indices)"
            )
        for name in ("transform", "target_transform"):
            if getattr(dataset, name, None) is not None:
                raise ValueError(
                    f"ImageBatches: the dataset's {name} would not be called; make the dataset without it, and pass "
                    "ImageBatches what is to be done with a batch"
                )
        self._keep(data.array if isinstance(data, Tensor) else np.asarray(data), targets, transform)

    @classmethod
    def from_dataset(
        cls,
        dataset: Dataset,
        transform: Callable[[np.ndarray], Tensor] | None = None,
        num_workers: int = 2,
        progress: bool = True,
    ) -> ImageBatches:
        """Load every sample of a dataset once, into one array: it must fit into memory.

        Args:     dataset: gives (image, target); an image is a PIL image or uint8, an array (H, W) or (H, W, C), or a
                    tensor (C, H, W). Its own transform is called this once: resize and crop there.
                  transform: of the batches, as above.
                  num_workers: threads that load; 0 loads in this one.
                  progress: show a bar, on a terminal.
        Raises:   ValueError: if images differ in size or channels.
                  TypeError: for images of another kind.
        """
        made = cls.__new__(cls)
        made._keep(*_loaded(dataset, num_workers, progress), transform)
        return made

    def _keep(self, data: np.ndarray, targets: Any, transform: Callable[[np.ndarray], Tensor] | None) -> None:
        if data.dtype != np.uint8 or data.ndim not in (3, 4):
            raise TypeError(
                f"ImageBatches: data must be uint8, (N, H, W) or (N, H, W, C); got {data.dtype} of shape {data.shape}"
            )
        labels = targets.array if isinstance(targets, Tensor) else np.array([_label(target) for target in targets])
        if len(labels) != len(data):
            raise ValueError(f"ImageBatches: {len(data)} images, but {len(labels)} targets")
        self.data = contiguous(data if data.ndim == 4 else data[..., None])
        self.targets = from_numpy(labels.astype(np.int64) if labels.dtype.kind in "iu" else labels)
        self.transform = BatchAugment() if transform is None else transform

    def with_transform(self, transform: Callable[[np.ndarray], Tensor] | None) -> ImageBatches:
        """The same images, in the same memory, with another transform: to validate on a part of what is trained on."""
        made = type(self).__new__(type(self))
        made._keep(self.data, self.targets, transform)
        return made

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        """One sample: (image, target)."""
        return self.__getitems__([index])[0]  # type: ignore[return-value]

    def __getitems__(self, indices: list[int]) -> JoinedBatch:
        """The samples at the indices, transformed together."""
        places = [operator.index(index) for index in indices]
        return JoinedBatch([self.transform(self.data[places]), self.targets[places]])

    def __len__(self) -> int:
        return len(self.data)

    def __repr__(self) -> str:
        n, height, width, channels = self.data.shape
        return f"{type(self).__name__}({n} images of {height} x {width} x {channels}, transform={self.transform!r})"


def _loaded(dataset: Dataset, num_workers: int, progress: bool) -> tuple[np.ndarray, np.ndarray]:
    """All images (N, H, W, C) and targets of a dataset."""
    from tqdm import tqdm

    total = len(dataset)  # type: ignore[arg-type]
    if not total:
        raise ValueError(f"ImageBatches: {type(dataset).__name__} is empty")
    targets: list = []
    with tqdm(total=total, desc="loading images", unit=" images", disable=None if progress else True) as bar:
        for batch in DataLoader(dataset, _DECODED_AT_ONCE, num_workers=num_workers, collate_fn=list):
            for image, target in batch:
                pixels = _pixels(image)
                if not targets:
                    images = np.empty((total, *pixels.shape), np.uint8)
                elif pixels.shape != images.shape[1:]:
                    raise ValueError(
                        f"ImageBatches: image {len(targets)} is {_shape(pixels)}, image 0 is {_shape(images[0])}; "
                        "bring all to one size and mode in the dataset's transform, such as "
                        "Compose([Resize(128), CenterCrop(128)]), and .convert('RGB') in its loader"
                    )
                images[len(targets)] = pixels
                targets.append(_label(target))
                if np.shape(targets[-1]) != np.shape(targets[0]):
                    raise ValueError(
                        f"ImageBatches: target {len(targets) - 1} has shape {np.shape(targets[-1])}, target 0 "
                        f"{np.shape(targets[0])}; bring all to one shape in the dataset's target_transform"
                    )
            bar.update(len(batch))
    return images, np.asarray(targets)


def _label(target: Any) -> Any:
    """A target that can be one of an array."""
    label = target.array if isinstance(target, Tensor) else target
    if not isinstance(label, (int, float, np.number, np.bool_, np.ndarray)):
        raise TypeError(
            f"ImageBatches: targets must be numbers, arrays or tensors, got {type(target).__name__}; make them so in "
            "the dataset's target_transform"
        )
    return label


def _shape(pixels: np.ndarray) -> str:
    return " x ".join(map(str, pixels.shape))


def _pixels(image: Any) -> np.ndarray:
    """An image's own numbers, (H, W, C) uint8."""
    if isinstance(image, Tensor):
        pixels = image.array.transpose(1, 2, 0) if image.ndim == 3 else image.array
    else:
        pixels = np.asarray(image)
    if pixels.dtype != np.uint8 or pixels.ndim not in (2, 3):
        raise TypeError(
            f"ImageBatches: expected 8-bit images, (H, W) or (H, W, C), got {type(image).__name__} of {pixels.dtype}, "
            f"shape {pixels.shape}; leave ToTensor() out of the dataset's transform"
        )
    return pixels if pixels.ndim == 3 else pixels[..., None]
