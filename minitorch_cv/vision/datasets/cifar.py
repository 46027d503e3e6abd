"""CIFAR-10 and CIFAR-100: 32x32 colour images of ten and of a hundred classes."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ...utils.checksum import md5
from ...utils.download import fetch_file
from .arguments import not_found
from .arrays import item_of
from .cifar_files import (
    LabelKind,
    as_images,
    check_labels,
    corrupted,
    read_binary_batch,
    read_binary_names,
    read_pickled_batch,
    read_pickled_names,
)
from .unpack import unpack
from .vision import VisionDataset, data_root


class CIFAR10(VisionDataset):
    """Objects and animals: 50,000 images to train and 10,000 to test. A sample is (PIL image of mode RGB, int).

    `data` is (N, 32, 32, 3) uint8, `targets` a list of class numbers; both may be replaced by others. The owner's
    Python version is read from `root/cifar-10-batches-py/`, or, if that is not there, the binary one from
    `root/cifar-10-batches-bin/`.

    Args:     root: the folder; if None, the one that the environment variable MINITORCH_CV_DATA names.
              train: the training split, or the test split.
              transform: applied to the image.
              target_transform: applied to the class number.
              download: fetch the Python version if neither is there. It is checked before it is unpacked.
    Raises:   RuntimeError: if files are missing, cannot be fetched, or are not what they should be.
              pickle.UnpicklingError: if a file would run code; nothing of it is run.
              ValueError: if there is no root.
    Source:   Krizhevsky 2009, Learning Multiple Layers of Features from Tiny Images.
    """

    base_folder = "cifar-10-batches-py"
    url = "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"
    filename = "cifar-10-python.tar.gz"
    tgz_md5 = "c58f30108f718f92721af3b95e74349a"
    train_list = ["data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5"]
    test_list = ["test_batch"]
    meta = "batches.meta"
    binary_folder = "cifar-10-batches-bin"
    binary_label_bytes = 1
    label_kind = LabelKind("labels", "label_names", "batches.meta.txt", 0, 10)

    def __init__(
        self,
        root: str | Path | None = None,
        train: bool = True,
        transform: Callable | None = None,
        target_transform: Callable | None = None,
        download: bool = False,
    ) -> None:
        super().__init__(data_root(root, type(self).__name__), transform=transform, target_transform=target_transform)
        self.train = train
        if download:
            self.download()
        self.data, self.targets, self.classes = self._read()
        self.class_to_idx = {name: number for number, name in enumerate(self.classes)}

    def download(self) -> None:
        """Fetch and unpack the Python version, unless a version is there."""
        if self._missing(self._pickled()) and self._missing(self._binary()):
            archive = fetch_file([self.url], Path(str(self.root)) / self.filename, md5(self.tgz_md5))
            unpack(archive, archive.parent)

    def _pickled(self) -> list[Path]:
        """Files of this split in the Python version, then the one with the names."""
        names = [*(self.train_list if self.train else self.test_list), self.meta]
        return [Path(str(self.root), self.base_folder, name) for name in names]

    def _binary(self) -> list[Path]:
        batches = self.train_list if self.train else self.test_list
        names = [*(f"{name}.bin" for name in batches), self.label_kind.binary_names]
        return [Path(str(self.root), self.binary_folder, name) for name in names]

    @staticmethod
    def _missing(paths: list[Path]) -> list[Path]:
        return [path for path in paths if not path.is_file()]

    def _read(self) -> tuple[np.ndarray, list[int], list[str]]:
        kind = self.label_kind
        pickled = not self._missing(self._pickled())
        *batches, names_file = self._pickled() if pickled else self._binary()
        if not pickled and self._missing(self._binary()):
            raise self._not_found()
        classes = read_pickled_names(names_file, kind.names_key) if pickled else read_binary_names(names_file)
        if len(classes) != kind.count:
            raise corrupted(names_file, f"expected {kind.count} names of classes, found {len(classes)}")
        pixels, labels = [], []
        for path in batches:
            if pickled:
                batch = read_pickled_batch(path, kind.key)
            else:
                batch = read_binary_batch(path, self.binary_label_bytes, kind.binary_place)
            check_labels(path, batch[1], classes)
            pixels.append(batch[0])
            labels.append(batch[1])
        return as_images(pixels), np.concatenate(labels).tolist(), classes

    def _not_found(self) -> RuntimeError:
        folder, *_ = self._pickled()
        begun = self._binary() if os.path.isdir(self._binary()[0].parent) else self._pickled()
        wanted = ", ".join(path.name for path in self._pickled())
        missing = ", ".join(path.name for path in self._missing(begun))
        return not_found(
            type(self).__name__,
            f"in {folder.parent}: {wanted}; missing in {begun[0].parent}: {missing}. The binary version is read too, "
            f"from {self._binary()[0].parent}",
            self.url,
        )

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        from PIL import Image

        image: Any = Image.fromarray(np.asarray(item_of(self.data, index)))
        target: Any = self.targets[index]
        return self._each_transformed(image, target)

    def __len__(self) -> int:
        return len(self.data)

    def extra_repr(self) -> str:
        """Which split."""
        return f"Split: {'Train' if self.train else 'Test'}"


class CIFAR100(CIFAR10):
    """A hundred classes in twenty superclasses: 50,000 images to train and 10,000 to test, in CIFAR-10's form.

    Read from `root/cifar-100-python/`, or, where that is not, the binary version from `root/cifar-100-binary/`. Other
    arguments, samples and errors are CIFAR10's.

    Args:     coarse: the twenty superclasses are the targets and classes, not the hundred.
    """

    base_folder = "cifar-100-python"
    url = "https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz"
    filename = "cifar-100-python.tar.gz"
    tgz_md5 = "eb9058c3a382ffc7106e4002c42a8d85"
    train_list = ["train"]
    test_list = ["test"]
    meta = "meta"
    binary_folder = "cifar-100-binary"
    binary_label_bytes = 2
    label_kind = LabelKind("fine_labels", "fine_label_names", "fine_label_names.txt", 1, 100)
    coarse_kind = LabelKind("coarse_labels", "coarse_label_names", "coarse_label_names.txt", 0, 20)

    def __init__(
        self,
        root: str | Path | None = None,
        train: bool = True,
        transform: Callable | None = None,
        target_transform: Callable | None = None,
        download: bool = False,
        coarse: bool = False,
    ) -> None:
        self.coarse = coarse
        if coarse:
            self.label_kind = self.coarse_kind
        super().__init__(root, train, transform, target_transform, download)
