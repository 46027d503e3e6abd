"""SVHN: 32x32 colour images of digits in house numbers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from ...utils.checksum import md5
from ...utils.download import fetch_file
from .arguments import not_found, one_of
from .arrays import PlanesDataset
from .corrupted import corrupted
from .mat_files import read_mat
from .vision import data_root


class SVHN(PlanesDataset):
    """Digits from Street View: 73,257 to train, 26,032 to test, 531,131 easier ones. A sample is (PIL image RGB, int).

    `data` is (N, 3, 32, 32) uint8 and `labels` (N,) int64, 0 to 9: the files call the digit 0 10. Read from
    `root/train_32x32.mat` and so on. Both may be replaced by others.

    Args:     root: the folder; if None, the one that the environment variable MINITORCH_CV_DATA names.
              split: "train", "test" or "extra".
              transform: applied to the image.
              target_transform: applied to the class number.
              download: fetch the split's file if it is not there. It is checked before it is used.
    Raises:   RuntimeError: if the file is missing, cannot be fetched, or is not what it should be.
              ValueError: for another split, or if there is no root.
    Source:   Netzer et al. 2011, Reading Digits in Natural Images with Unsupervised Feature Learning.
    """

    split_list = {
        "train": [
            "http://ufldl.stanford.edu/housenumbers/train_32x32.mat",
            "train_32x32.mat",
            "e26dedcc434d2e4c54c9b2d4a06d8373",
        ],
        "test": [
            "http://ufldl.stanford.edu/housenumbers/test_32x32.mat",
            "test_32x32.mat",
            "eb5a983be6a315427106f1b164d9cef3",
        ],
        "extra": [
            "http://ufldl.stanford.edu/housenumbers/extra_32x32.mat",
            "extra_32x32.mat",
            "a93ce644f1a588dc4d68dda5feec44a7",
        ],
    }

    def __init__(
        self,
        root: str | Path | None = None,
        split: str = "train",
        transform: Callable | None = None,
        target_transform: Callable | None = None,
        download: bool = False,
    ) -> None:
        super().__init__(data_root(root, type(self).__name__), transform=transform, target_transform=target_transform)
        self.split = one_of(split, "split", tuple(self.split_list))
        self.url, self.filename, self.file_md5 = self.split_list[split]
        if download:
            self.download()
        path = Path(str(self.root), self.filename)
        if not path.is_file():
            raise not_found(type(self).__name__, str(path), self.url)
        self.data, self.labels = _images_and_labels(path)

    def download(self) -> None:
        """Fetch the split's file, unless it is there."""
        path = Path(str(self.root), self.filename)
        if not path.is_file():
            fetch_file([self.url], path, md5(self.file_md5))


def _images_and_labels(path: Path) -> tuple[np.ndarray, np.ndarray]:
    images, labels = read_mat(path, "X", "y")
    if images.dtype != np.uint8 or images.ndim != 4 or images.shape[:3] != (32, 32, 3):
        raise corrupted(path, f"expected X of uint8 (32, 32, 3, N), found {images.dtype} {images.shape}")
    if not images.shape[3]:
        raise corrupted(path, "it has no images")
    if labels.size != images.shape[3]:
        raise corrupted(path, f"it has {images.shape[3]} images and {labels.size} labels")
    labels = labels.astype(np.int64).reshape(-1)
    wrong = np.flatnonzero((labels < 0) | (labels > 10))
    if len(wrong):
        raise corrupted(path, f"label {labels[wrong[0]]} at {wrong[0]}, expected 1 to 10")
    return images.transpose(3, 2, 0, 1), labels % 10
