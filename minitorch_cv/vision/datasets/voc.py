"""PASCAL VOC: photographs with the objects in them, as boxes, as a mask, or as a list of classes."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np

from ...tensors.tensor import Tensor
from ...utils.checksum import md5
from ...utils.download import fetch_file
from .arguments import not_found, one_of
from .corrupted import corrupted
from .images import default_loader, raw_loader
from .unpack import unpack
from .vision import VisionDataset, data_root
from .voc_xml import as_dict, objects_of, read_annotation

# (folder on the server, archive, md5, where the archive puts the data); the 2007 challenge published its test split too
ARCHIVES = {
    "2012": ("voc2012", "VOCtrainval_11-May-2012.tar", "6cd6e144f989b92b3379bac3b3de84fd", "VOCdevkit/VOC2012"),
    "2011": (
        "voc2011",
        "VOCtrainval_25-May-2011.tar",
        "6c3384ef61512963050cb5d687e5bf1e",
        "TrainVal/VOCdevkit/VOC2011",
    ),
    "2010": ("voc2010", "VOCtrainval_03-May-2010.tar", "da459979d0c395079b5c75ee67908abb", "VOCdevkit/VOC2010"),
    "2009": ("voc2009", "VOCtrainval_11-May-2009.tar", "a3e00b113cfcfebf17e343f59da3caa1", "VOCdevkit/VOC2009"),
    "2008": ("voc2008", "VOCtrainval_14-Jul-2008.tar", "2629fa636546599198acfcfbfcf1904a", "VOCdevkit/VOC2008"),
    "2007": ("voc2007", "VOCtrainval_06-Nov-2007.tar", "c52e279531787c972589f7e41ab4ae64", "VOCdevkit/VOC2007"),
    "2007-test": ("voc2007", "VOCtest_06-Nov-2007.tar", "b6e924de25625d8de591ea690078ad9f", "VOCdevkit/VOC2007"),
}


class _VOC(VisionDataset):
    """Finds and lists the files of a year and split."""

    mirrors = ("https://thor.robots.ox.ac.uk/pascal/VOC/", "http://host.robots.ox.ac.uk/pascal/VOC/")
    archives = ARCHIVES
    splits_folder = "Main"
    targets_folder, targets_ending = "Annotations", ".xml"

    def __init__(
        self,
        root: str | Path | None = None,
        year: str = "2012",
        image_set: str = "train",
        download: bool = False,
        transform: Callable | None = None,
        target_transform: Callable | None = None,
        transforms: Callable | None = None,
    ) -> None:
        super().__init__(data_root(root, type(self).__name__), transforms, transform, target_transform)
        self.year = one_of(year, "year", tuple(sorted(set(self.archives) - {"2007-test"})))
        sets = ("train", "trainval", "val", "test") if year == "2007" else ("train", "trainval", "val")
        self.image_set = one_of(image_set, "image_set", sets)
        place, filename, digest, base = self.archives["2007-test" if image_set == "test" else year]
        folder = Path(str(self.root), base)
        names = folder / "ImageSets" / self.splits_folder / f"{image_set}.txt"
        if not names.is_file():
            urls = [f"{mirror}{place}/{filename}" for mirror in self.mirrors]
            if not download:
                expected = f"{names}, and {folder}/JPEGImages and {self.targets_folder}"
                raise not_found(type(self).__name__, expected, urls[0])
            unpack(fetch_file(urls, Path(str(self.root), filename), md5(digest)), Path(str(self.root)))
        listed = names.read_text("ascii", errors="replace").split()
        if not listed:
            raise corrupted(names, "it lists no image", alone=False)
        self.images = _listed(folder / "JPEGImages", listed, ".jpg", names)
        self.targets: Any = _listed(folder / self.targets_folder, listed, self.targets_ending, names)

    def _transformed(self, image: Any, target: Any) -> tuple[Any, Any]:
        return (image, target) if self.transforms is None else self.transforms(image, target)

    def __len__(self) -> int:
        return len(self.images)


def _listed(folder: Path, names: list[str], ending: str, source: Path) -> list[str]:
    """The paths of files that a split lists, all of which have to be there."""
    there = {entry.name for entry in os.scandir(folder)} if folder.is_dir() else set()
    missing = [name for name in names if name + ending not in there]
    if missing:
        raise RuntimeError(
            f"{source} lists {len(names)} images, of which {len(missing)} are not in {folder}: the first is "
            f"{missing[0]}{ending}. The dataset is not complete: delete its folder and get it again"
        )
    return [str(folder / (name + ending)) for name in names]


class VOCDetection(_VOC):
    """Photographs with a box for each object. A sample is (PIL image of mode RGB, dict of the XML annotation).

    Images and annotations are read from `root/VOCdevkit/VOC2012/` (and so on) when they are asked for.

    Args:     root: the folder; if None, the one that the environment variable MINITORCH_CV_DATA names.
              year: "2007" to "2012".
              image_set: "train", "val" or "trainval", and for 2007 also "test".
              download: fetch the dataset if it is not there (2 GB for 2012). It is checked before it is unpacked.
              transform: applied to the image.
              target_transform: applied to the dict.
              transforms: takes (image, dict) and returns both; excludes the other two.
    Raises:   RuntimeError: if the dataset is missing or not complete, or cannot be fetched; and when a sample is asked
                for whose annotation is damaged. ValueError: for another year or split, or if there is no root.
    Source:   Everingham et al. 2010, The PASCAL Visual Object Classes Challenge.
    """

    @property
    def annotations(self) -> list[str]:
        """The paths of the XML files."""
        return self.targets

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        return self._transformed(
            default_loader(self.images[index]), self.parse_voc_xml(read_annotation(self.annotations[index]))
        )

    @staticmethod
    def parse_voc_xml(node: Element) -> dict[str, Any]:
        """An annotation as dicts: {tag: text or dict}, with a list where a tag comes several times, and of objects."""
        return as_dict(node)


class VOCSegmentation(_VOC):
    """Photographs with the class of every pixel. A sample is (PIL image of mode RGB, PIL image of mode P).

    In a mask 0 is background, 1 to 20 are the classes of VOCClassification in their order, 255 is not to be judged
    (borders, and what is hard to recognise): what `CrossEntropyLoss(ignore_index=255)` leaves out. Masks are read from
    `root/VOCdevkit/VOC2012/SegmentationClass/` (and so on) when they are asked for; only some of VOC's images have one.

    Arguments are VOCDetection's; a target is the mask.

    Raises:   RuntimeError: if the dataset is missing or not complete, or cannot be fetched.
              PIL.UnidentifiedImageError: when a sample is asked for whose image or mask is damaged.
              ValueError: for another year or split, or if there is no root.
    Source:   Everingham et al. 2010, The PASCAL Visual Object Classes Challenge.
    """

    splits_folder = "Segmentation"
    targets_folder, targets_ending = "SegmentationClass", ".png"

    @property
    def masks(self) -> list[str]:
        """The paths of the masks."""
        return self.targets

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        return self._transformed(default_loader(self.images[index]), raw_loader(self.masks[index]))


class VOCClassification(_VOC):
    """Which of twenty classes are seen in a photograph. A sample is (PIL image of mode RGB, tensor (20,)).

    The target is float32, 1 for a class that is there, 0 for the others: what BCEWithLogitsLoss takes. All are in
    `targets`, (N, 20). A class whose objects are all marked as difficult to recognise is, in the VOC evaluation,
    neither there nor not there: the image is left out of that class's average precision. `difficult`, (N, 20) bool,
    says where.

    Arguments and errors are VOCDetection's; annotations are read at once, so that errors in them show at once.

    Args:     difficult: how a class counts that has only difficult objects. "ignore": its target is 0, its weight 0;
                use the weights, or leave `dataset.difficult` out of an evaluation: a plain loss takes the 0 for "not
                there". "positive" or "negative": as there, or as not there, with weight 1.
              weights: a sample's target is the pair (target, weights (20,)), for a loss that is multiplied by them:
                `(F.binary_cross_entropy_with_logits(scores, target, reduction="none") * weights).mean()`.
    """

    classes = (
        *("aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow", "diningtable", "dog"),
        *("horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor"),
    )

    def __init__(
        self,
        root: str | Path | None = None,
        year: str = "2012",
        image_set: str = "train",
        download: bool = False,
        transform: Callable | None = None,
        target_transform: Callable | None = None,
        transforms: Callable | None = None,
        *,
        difficult: str = "ignore",
        weights: bool = False,
    ) -> None:
        one_of(difficult, "difficult", ("ignore", "positive", "negative"))
        super().__init__(root, year, image_set, download, transform, target_transform, transforms)
        self.class_to_idx = {name: number for number, name in enumerate(self.classes)}
        self.with_weights = weights
        self.annotations = self.targets
        there = np.zeros((len(self), len(self.classes)), bool)
        hard = np.zeros_like(there)
        for row, path in enumerate(self.annotations):
            for found in objects_of(path):
                if found.name not in self.class_to_idx:
                    raise RuntimeError(
                        f"{path} has an object of the unknown class {found.name!r}; the classes are "
                        f"{', '.join(self.classes)}"
                    )
                (hard if found.difficult else there)[row, self.class_to_idx[found.name]] = True
        self.difficult = hard & ~there
        self.targets = (there | self.difficult if difficult == "positive" else there).astype(np.float32)
        self.weights = (~self.difficult if difficult == "ignore" else np.ones_like(there)).astype(np.float32)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        target: Any = Tensor.wrap(self.targets[index].copy())
        if self.with_weights:
            target = target, Tensor.wrap(self.weights[index].copy())
        return self._transformed(default_loader(self.images[index]), target)
