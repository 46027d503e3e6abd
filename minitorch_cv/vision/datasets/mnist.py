"""MNIST and the datasets in its format: 28x28 grey images of digits, letters, clothes and Japanese characters."""

from __future__ import annotations

import os
import string
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ...tensors.tensor import Tensor
from ...utils.checksum import md5
from ...utils.download import fetch_file
from .arguments import not_found, one_of
from .arrays import ArrayDataset
from .idx import read_idx
from .unpack import unpack
from .vision import data_root


class MNIST(ArrayDataset):
    """Handwritten digits: 60,000 to train and 10,000 to test. A sample is (PIL image of mode L, int).

    The four files are read as they are distributed, plain or as .gz, from `root/MNIST/raw/`.

    Args:     root: the folder; if None, the one that the environment variable MINITORCH_CV_DATA names.
              train: the training split, or the test split.
              transform: applied to the image.
              target_transform: applied to the class number.
              download: fetch files that are missing. Each is checked before it is used.
    Raises:   RuntimeError: if files are missing, cannot be fetched, or are not what they should be.
              ValueError: if there is no root.
    Source:   LeCun, Cortes and Burges 1998.
    """

    mirrors = ["https://ossci-datasets.s3.amazonaws.com/mnist/", "http://yann.lecun.com/exdb/mnist/"]
    resources = [
        ("train-images-idx3-ubyte.gz", "f68b3c2dcbeaaa9fbdd348bbdeb94873"),
        ("train-labels-idx1-ubyte.gz", "d53e105ee54ea40749a09fcbcd1e9432"),
        ("t10k-images-idx3-ubyte.gz", "9fb629c4189551a2d022fa330f9573f3"),
        ("t10k-labels-idx1-ubyte.gz", "ec29112dd5afa0611ce80d1b7f02629c"),
    ]
    classes = [
        "0 - zero",
        "1 - one",
        "2 - two",
        "3 - three",
        "4 - four",
        "5 - five",
        "6 - six",
        "7 - seven",
        "8 - eight",
        "9 - nine",
    ]

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
        self._keep(*self._read())

    @property
    def raw_folder(self) -> str:
        """Where the files are."""
        return os.path.join(str(self.root), type(self).__name__, "raw")

    @property
    def processed_folder(self) -> str:
        """Where torchvision kept tensors before 0.9; nothing is read from there."""
        return os.path.join(str(self.root), type(self).__name__, "processed")

    @property
    def train_labels(self) -> Tensor:
        """The old name of `targets`; warns."""
        warnings.warn("train_labels has been renamed targets", stacklevel=2)
        return self.targets

    @property
    def test_labels(self) -> Tensor:
        """The old name of `targets`; warns."""
        warnings.warn("test_labels has been renamed targets", stacklevel=2)
        return self.targets

    @property
    def train_data(self) -> Tensor:
        """The old name of `data`; warns."""
        warnings.warn("train_data has been renamed data", stacklevel=2)
        return self.data

    @property
    def test_data(self) -> Tensor:
        """The old name of `data`; warns."""
        warnings.warn("test_data has been renamed data", stacklevel=2)
        return self.data

    def _check_exists(self) -> bool:
        """Whether the files of both splits are there, plain or as .gz; torchvision's name, which scripts call."""
        return all(self._find(filename) is not None for filename, _ in self.resources)

    def download(self) -> None:
        """Fetch the files of both splits that are not there yet."""
        for filename, digest in self.resources:
            if self._find(filename) is None:
                urls = [f"{mirror.rstrip('/')}/{filename}" for mirror in self.mirrors]
                fetch_file(urls, Path(self.raw_folder) / filename, md5(digest))

    def _find(self, filename: str) -> Path | None:
        for name in (filename.removesuffix(".gz"), filename):
            path = Path(self.raw_folder) / name
            if path.is_file():
                return path
        return None

    def _files(self) -> list[str]:
        """The files of this split, images and labels, as .gz."""
        return [filename for filename, _ in self.resources if filename.startswith("train" if self.train else "t10k")]

    def _read(self) -> tuple[np.ndarray, np.ndarray]:
        wanted = self._files()
        found = [self._find(filename) for filename in wanted]
        missing = [filename for filename, path in zip(wanted, found, strict=True) if path is None]
        if missing:
            raise not_found(
                type(self).__name__,
                f"in {self.raw_folder} (plain or as .gz): {', '.join(wanted)}; missing: {', '.join(missing)}",
                self.mirrors[0],
            )
        image_path, label_path = found
        images = read_idx(image_path, ndim=3)  # type: ignore[arg-type]
        labels = read_idx(label_path, ndim=1)  # type: ignore[arg-type]
        self._check(images, labels, image_path, label_path)
        return images, labels

    def _check(self, images: np.ndarray, labels: np.ndarray, image_path: Path | None, label_path: Path | None) -> None:
        if images.shape[1:] != (28, 28):
            height, width = images.shape[1:]
            raise RuntimeError(f"{image_path} is corrupted: expected images of 28 x 28, found {height} x {width}")
        if not len(images):
            raise RuntimeError(f"{image_path} is corrupted: it has no images")
        if len(images) != len(labels):
            raise RuntimeError(
                f"{image_path} has {len(images)} images, but {label_path} has {len(labels)} labels; they should be "
                "of the same split"
            )
        wrong = np.flatnonzero(labels >= len(self.classes))
        if len(wrong):
            raise RuntimeError(
                f"{label_path} is corrupted: label {labels[wrong[0]]} at {wrong[0]}, expected 0 to "
                f"{len(self.classes) - 1}"
            )


class FashionMNIST(MNIST):
    """Pictures of clothes in MNIST's format: 60,000 to train and 10,000 to test, read from `root/FashionMNIST/raw/`.

    Arguments, samples and errors are MNIST's.

    Source:   Xiao, Rasul and Vollgraf 2017.
    """

    mirrors = ["http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"]
    resources = [
        ("train-images-idx3-ubyte.gz", "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
        ("train-labels-idx1-ubyte.gz", "25c81989df183df01b3e8a0aad5dffbe"),
        ("t10k-images-idx3-ubyte.gz", "bef4ecab320f06d8554ea6380940ec79"),
        ("t10k-labels-idx1-ubyte.gz", "bb300cfdad3c16e7a12a480ee83cd310"),
    ]
    classes = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]


class KMNIST(MNIST):
    """Ten Japanese characters in old cursive script: 60,000 to train and 10,000 to test, from `root/KMNIST/raw/`.

    Arguments, samples and errors are MNIST's.

    Source:   Clanuwat et al. 2018, Deep Learning for Classical Japanese Literature.
    """

    mirrors = ["http://codh.rois.ac.jp/kmnist/dataset/kmnist/"]
    resources = [
        ("train-images-idx3-ubyte.gz", "bdb82020997e1d708af4cf47b453dcf7"),
        ("train-labels-idx1-ubyte.gz", "e144d726b3acfaa3e44228e80efcd344"),
        ("t10k-images-idx3-ubyte.gz", "5c965bf0a639b31b8f53240b1b52f4d7"),
        ("t10k-labels-idx1-ubyte.gz", "7320c461ea6c1c855c0b718fb2a4b134"),
    ]
    classes = ["o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"]


# Letters that look alike in both cases are one class in the merged splits.
_ALIKE = set("cijklmopsuvwxyz")
_ALL = string.digits + string.ascii_uppercase + string.ascii_lowercase
_MERGED = [character for character in _ALL if character not in _ALIKE]


class EMNIST(MNIST):
    """Handwritten digits and letters, in MNIST's format, read from `root/EMNIST/raw/emnist-SPLIT-*`.

    Images lie on their side, as the owner's files have them: `image.transpose(Image.Transpose.TRANSPOSE)` sets a PIL
    image upright. Of "letters" the classes are 1 to 26, 0 is "N/A".

    Args:     root: the folder; if None, the one that the environment variable MINITORCH_CV_DATA names.
              split: "byclass" (62 classes), "bymerge" or "balanced" (47), "letters" (26), "digits" or "mnist" (10).
              kwargs: train, transform, target_transform, download, as MNIST's; all splits are one archive of 560 MB.
    Raises:   as MNIST. ValueError: for another split.
    Source:   Cohen, Afshar, Tapson and van Schaik 2017.
    """

    url = "https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip"
    md5 = "58c8d27c78d21e728a6bc7b3cc06412e"
    mirrors = [url]
    splits = ("byclass", "bymerge", "balanced", "letters", "digits", "mnist")
    classes_split_dict = {
        "byclass": list(_ALL),
        "bymerge": _MERGED,
        "balanced": _MERGED,
        "letters": ["N/A", *string.ascii_lowercase],
        "digits": list(string.digits),
        "mnist": list(string.digits),
    }

    def __init__(self, root: str | Path | None, split: str, **kwargs: Any) -> None:
        self.split = one_of(split, "split", self.splits)
        self.classes = self.classes_split_dict[split]
        super().__init__(root, **kwargs)

    @property
    def images_file(self) -> str:
        """The path of the split's images, without .gz."""
        return os.path.join(self.raw_folder, self._files()[0].removesuffix(".gz"))

    @property
    def labels_file(self) -> str:
        """The path of the split's labels, without .gz."""
        return os.path.join(self.raw_folder, self._files()[1].removesuffix(".gz"))

    def download(self) -> None:
        """Fetch and unpack all splits, unless this one is there."""
        if not self._check_exists():
            archive = fetch_file([self.url], Path(self.raw_folder) / "gzip.zip", md5(self.md5))
            unpack(archive, archive.parent, strip="gzip")

    def _check_exists(self) -> bool:
        return all(self._find(filename) is not None for filename in self._files())

    def _files(self) -> list[str]:
        prefix = f"emnist-{self.split}-{'train' if self.train else 'test'}"
        return [f"{prefix}-images-idx3-ubyte.gz", f"{prefix}-labels-idx1-ubyte.gz"]
