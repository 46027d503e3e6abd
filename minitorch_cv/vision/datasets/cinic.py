"""CINIC-10: CIFAR-10's classes, with images from ImageNet added, in three equal splits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ...utils.checksum import md5
from ...utils.download import fetch_file
from .arguments import not_found, one_of
from .class_folders import KnownClasses
from .images import default_loader
from .unpack import unpack
from .vision import data_root


class CINIC10(KnownClasses):
    """Objects and animals at 32x32: 90,000 images in each of three splits. A sample is (PIL image of mode RGB, int).

    The images are read from `root/CINIC-10/SPLIT/CLASS/*.png` when they are asked for.

    Args:     root: the folder; if None, the one that the environment variable MINITORCH_CV_DATA names.
              split: "train", "valid" or "test".
              transform: applied to the image.
              target_transform: applied to the class number.
              download: fetch the dataset if it is not there (690 MB). It is checked before it is unpacked.
              loader: takes a path and returns an image.
    Raises:   RuntimeError: if the dataset is missing, cannot be fetched, or has other class folders.
              FileNotFoundError: if a class has no image. ValueError: for another split, or if there is no root.
    Source:   Darlow, Crowley, Antoniou and Storkey 2018, CINIC-10 Is Not ImageNet or CIFAR-10.
    """

    base_folder = "CINIC-10"
    urls = (
        "https://datashare.ed.ac.uk/bitstream/handle/10283/3192/CINIC-10.tar.gz",
        "https://datashare.is.ed.ac.uk/bitstream/handle/10283/3192/CINIC-10.tar.gz",
    )
    filename = "CINIC-10.tar.gz"
    tgz_md5 = "6ee4d0c996905fe93221de577967a372"
    splits = ("train", "valid", "test")
    known_classes = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")

    def __init__(
        self,
        root: str | Path | None = None,
        split: str = "train",
        transform: Callable | None = None,
        target_transform: Callable | None = None,
        download: bool = False,
        loader: Callable[[str], Any] = default_loader,
    ) -> None:
        self.split = one_of(split, "split", self.splits)
        chosen = data_root(root, type(self).__name__)
        base = Path(chosen, self.base_folder)
        if not (base / split).is_dir():
            if not download:
                raise not_found("CINIC10", f"{base / split}/CLASS/*.png", self.urls[0])
            archive = fetch_file(self.urls, Path(chosen, self.filename), md5(self.tgz_md5))
            unpack(archive, base, strip=self.base_folder)
        super().__init__(chosen, base / split, transform, target_transform, loader)

    def extra_repr(self) -> str:
        """Which split."""
        return f"Split: {self.split}"
