"""Caltech 101: photographs of a hundred and one kinds of things, with outlines."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ...utils.checksum import md5
from ...utils.download import fetch_file
from .arguments import not_found, one_of
from .images import raw_loader
from .mat_files import read_mat
from .unpack import unpack
from .vision import VisionDataset, data_root

_NO_CLASS = "BACKGROUND_Google"
# Four folders of annotations are called otherwise than those of the images.
_ANNOTATIONS = {
    "Faces": "Faces_2",
    "Faces_easy": "Faces_3",
    "Motorbikes": "Motorbikes_16",
    "airplanes": "Airplanes_Side_2",
}
_IMAGE = re.compile(r"image_(\d+)\.jpg")


class Caltech101(VisionDataset):
    """Things of 101 kinds, 40 to 800 images of each; there are no splits. A sample is (PIL image, target).

    Images are of mode RGB, some of mode L. They are read from `root/caltech101/101_ObjectCategories/CATEGORY/` when
    they are asked for, outlines from `root/caltech101/Annotations/`. `y` are the numbers of the categories.

    Args:     root: the folder; if None, the one that the environment variable MINITORCH_CV_DATA names.
              target_type: "category" (its number in `categories`) or "annotation" (an outline, float64 (2, points)). Of
                a sequence of these the targets are a tuple.
              transform: applied to the image.
              target_transform: applied to the target.
              download: fetch the dataset if it is not there (137 MB). It is checked before it is unpacked.
    Raises:   RuntimeError: if the dataset is missing, cannot be fetched, has no category or an empty one; and when a
                sample is asked for whose outline is damaged.
              FileNotFoundError, PIL.UnidentifiedImageError: when a sample is asked for that is missing or damaged.
              ValueError: for another target type or none, or if there is no root.
    Source:   Fei-Fei, Fergus and Perona 2004, Learning Generative Visual Models from Few Training Examples.
    """

    url = "https://data.caltech.edu/records/mzrjq-6wc02/files/caltech-101.zip"
    zip_md5 = "3138e1922a9193bfa496528edbbc45d0"

    def __init__(
        self,
        root: str | Path | None = None,
        target_type: Sequence[str] | str = "category",
        transform: Callable | None = None,
        target_transform: Callable | None = None,
        download: bool = False,
    ) -> None:
        base = os.path.join(data_root(root, type(self).__name__), "caltech101")
        super().__init__(base, transform=transform, target_transform=target_transform)
        kinds = [target_type] if isinstance(target_type, str) else target_type
        self.target_type = [one_of(kind, "target_type", ("category", "annotation")) for kind in kinds]
        if not self.target_type:
            raise ValueError("Caltech101: target_type is empty; give 'category', 'annotation' or both")
        self._images = Path(base, "101_ObjectCategories")
        if download:
            self.download()
        if not self._images.is_dir():
            raise not_found("Caltech101", f"{self._images}/CATEGORY/image_0001.jpg, and {base}/Annotations", self.url)
        folders = (entry.name for entry in os.scandir(self._images) if entry.is_dir())
        self.categories = sorted(name for name in folders if name != _NO_CLASS)
        if not self.categories:
            raise RuntimeError(f"{self._images} has no folders of images. Delete it and get the dataset again")
        self.annotation_categories = [_ANNOTATIONS.get(name, name) for name in self.categories]
        self.index: list[int] = []
        self.y: list[int] = []
        for number, name in enumerate(self.categories):
            found = _numbers_of_images(self._images / name)
            self.index += found
            self.y += [number] * len(found)

    def download(self) -> None:
        """Fetch and unpack the dataset, unless it is there."""
        if not self._images.is_dir():
            base = Path(str(self.root))
            unpack(fetch_file([self.url], base / "caltech-101.zip", md5(self.zip_md5)), base)
            for archive in sorted((base / "caltech-101").glob("*.tar*")):
                unpack(archive, base)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        category, number = self.y[index], self.index[index]
        image: Any = raw_loader(self._images / self.categories[category] / f"image_{number:04d}.jpg")
        targets = tuple(category if kind == "category" else self._outline(index) for kind in self.target_type)
        return self._each_transformed(image, targets if len(targets) > 1 else targets[0])

    def _outline(self, index: int) -> Any:
        folder = self.annotation_categories[self.y[index]]
        path = Path(str(self.root), "Annotations", folder, f"annotation_{self.index[index]:04d}.mat")
        return read_mat(path, "obj_contour")[0]

    def __len__(self) -> int:
        return len(self.index)

    def extra_repr(self) -> str:
        """What targets are."""
        return f"Target type: {self.target_type}"


def _numbers_of_images(folder: Path) -> list[int]:
    found = sorted(int(name[1]) for entry in os.scandir(folder) if (name := _IMAGE.fullmatch(entry.name)))
    if not found:
        raise RuntimeError(f"{folder} has no images image_0001.jpg and so on. Delete the dataset and get it again")
    return found
