"""Imagenette: ten classes of ImageNet that are easy to tell apart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ...utils.checksum import md5
from ...utils.download import fetch_file
from .arguments import not_found, one_of
from .class_folders import check_classes
from .folder import find_classes, make_dataset
from .images import default_loader
from .unpack import unpack
from .vision import VisionDataset, data_root


class Imagenette(VisionDataset):
    """Photographs of ten classes: 9,469 to train, 3,925 to validate. A sample is (PIL image of mode RGB, int).

    The images are read from `root/imagenette2/SPLIT/WNID/*.JPEG` (or `imagenette2-320`, `imagenette2-160`) when they
    are asked for. `classes` are tuples of a class's names, `class_to_idx` has an entry for every name, `wnids` are the
    names of the class folders, `targets` the class numbers.

    Args:     root: the folder; if None, the one that the environment variable MINITORCH_CV_DATA names.
              split: "train" or "val".
              size: "full", "320px" or "160px", of the shorter side.
              download: fetch the dataset if it is not there (100 MB for 160px). It is checked before it is unpacked.
              transform: applied to the image.
              target_transform: applied to the class number.
              loader: takes a path and returns an image.
    Raises:   RuntimeError: if the dataset is missing, cannot be fetched, or has other class folders.
              FileNotFoundError: if a class has no image. ValueError: for another split or size, or without a root.
    Source:   fast.ai 2019, a part of ImageNet (Deng et al. 2009).
    """

    archives = {
        "full": ("https://s3.amazonaws.com/fast-ai-imageclas/imagenette2.tgz", "fe2fc210e6bb7c5664d602c3cd71e612"),
        "320px": ("https://s3.amazonaws.com/fast-ai-imageclas/imagenette2-320.tgz", "3df6f0d01a2c9592104656642f5e78a3"),
        "160px": ("https://s3.amazonaws.com/fast-ai-imageclas/imagenette2-160.tgz", "e793b78cc4c9e9a4ccc0c1155377a412"),
    }
    splits = ("train", "val")
    wnid_to_class = {
        "n01440764": ("tench", "Tinca tinca"),
        "n02102040": ("English springer", "English springer spaniel"),
        "n02979186": ("cassette player",),
        "n03000684": ("chain saw", "chainsaw"),
        "n03028079": ("church", "church building"),
        "n03394916": ("French horn", "horn"),
        "n03417042": ("garbage truck", "dustcart"),
        "n03425413": ("gas pump", "gasoline pump", "petrol pump", "island dispenser"),
        "n03445777": ("golf ball",),
        "n03888257": ("parachute", "chute"),
    }

    def __init__(
        self,
        root: str | Path | None = None,
        split: str = "train",
        size: str = "full",
        download: bool = False,
        transform: Callable | None = None,
        target_transform: Callable | None = None,
        loader: Callable[[str], Any] = default_loader,
    ) -> None:
        super().__init__(data_root(root, type(self).__name__), transform=transform, target_transform=target_transform)
        self.split = one_of(split, "split", self.splits)
        self.size = one_of(size, "size", tuple(self.archives))
        self.loader = loader
        url, digest = self.archives[size]
        archive = Path(str(self.root), url.rsplit("/", 1)[1])
        folder = archive.with_suffix("") / split
        if not folder.is_dir():
            if not download:
                raise not_found("Imagenette", f"{folder}/WNID/*.JPEG{self._other_sizes()}", url)
            unpack(fetch_file([url], archive, md5(digest)), archive.parent)
        check_classes(folder, tuple(self.wnid_to_class))
        self.wnids, self.wnid_to_idx = find_classes(folder)
        self.classes = [self.wnid_to_class[wnid] for wnid in self.wnids]
        self.class_to_idx = {name: number for number, names in enumerate(self.classes) for name in names}
        self.samples = make_dataset(folder, self.wnid_to_idx, extensions=".jpeg")
        self.targets = [target for _, target in self.samples]

    def _other_sizes(self) -> str:
        """A hint for those who have the dataset in another size than the one they asked for."""
        there = [
            size
            for size, (url, _) in self.archives.items()
            if Path(str(self.root), url.rsplit("/", 1)[1]).with_suffix("").is_dir()
        ]
        return f" (there is size={' and '.join(map(repr, there))})" if there else ""

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        path, target = self.samples[index]
        image = self.loader(path)
        return self._each_transformed(image, target)

    def __len__(self) -> int:
        return len(self.samples)
