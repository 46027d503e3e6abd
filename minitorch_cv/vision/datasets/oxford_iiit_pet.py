"""Oxford-IIIT Pet: photographs of cats and dogs of 37 breeds, with masks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ...utils.checksum import md5
from ...utils.download import fetch_file
from .arguments import not_found, one_of
from .corrupted import corrupted
from .images import default_loader, raw_loader
from .unpack import unpack
from .vision import VisionDataset, data_root

_TARGET_TYPES = ("category", "binary-category", "segmentation")


class OxfordIIITPet(VisionDataset):
    """Cats and dogs: 3,680 images for training and validation, 3,669 to test. A sample is (PIL image RGB, target).

    Read from `root/oxford-iiit-pet/images/*.jpg` and `annotations/` when they are asked for.

    Args:     root: the folder; if None, the one that the environment variable MINITORCH_CV_DATA names.
              split: "trainval" or "test".
              target_types: "category" (0 to 36, the breed), "binary-category" (0 for cats, 1 for dogs) or
                "segmentation" (PIL image: 1 for the animal, 2 background, 3 the border between them). Of a
                sequence of these the targets are a tuple; of an empty one None.
              transforms: takes (image, target) and returns both; excludes the other two.
              transform: applied to the image.
              target_transform: applied to the target.
              download: fetch the dataset if it is not there (800 MB). It is checked before it is unpacked.
    Raises:   RuntimeError: if the dataset is missing, cannot be fetched, or its list of images is damaged.
              FileNotFoundError, PIL.UnidentifiedImageError: when a sample is asked for that is missing or damaged.
              ValueError: for another split or target type, or if there is no root.
    Source:   Parkhi, Vedaldi, Zisserman and Jawahar 2012, Cats and Dogs.
    """

    resources = (
        ("https://www.robots.ox.ac.uk/~vgg/data/pets/data/images.tar.gz", "5c4f3ee8e5d25df40f4fd59a7f44e54c"),
        ("https://www.robots.ox.ac.uk/~vgg/data/pets/data/annotations.tar.gz", "95a8c909bbe2e81eed6a22bccdf3f68f"),
    )

    def __init__(
        self,
        root: str | Path | None = None,
        split: str = "trainval",
        target_types: Sequence[str] | str = "category",
        transforms: Callable | None = None,
        transform: Callable | None = None,
        target_transform: Callable | None = None,
        download: bool = False,
    ) -> None:
        self._split = one_of(split, "split", ("trainval", "test"))
        kinds = [target_types] if isinstance(target_types, str) else target_types
        self._target_types = [one_of(kind, "target_types", _TARGET_TYPES) for kind in kinds]
        super().__init__(data_root(root, type(self).__name__), transforms, transform, target_transform)
        base = Path(str(self.root), "oxford-iiit-pet")
        images, annotations = base / "images", base / "annotations"
        if not (images.is_dir() and annotations.is_dir()):
            if not download:
                expected = f"{images}/*.jpg, and {annotations} with {split}.txt and trimaps/*.png"
                raise not_found("OxfordIIITPet", expected, self.resources[0][0])
            for url, digest in self.resources:
                unpack(fetch_file([url], base / url.rsplit("/", 1)[1], md5(digest)), base)
        names, self._labels, self._bin_labels = _read_list(annotations / f"{split}.txt")
        breeds = {label: name.rsplit("_", 1)[0] for name, label in zip(names, self._labels)}
        self.classes = [" ".join(word.title() for word in breeds[label].split("_")) for label in sorted(breeds)]
        self.class_to_idx = {name: number for number, name in enumerate(self.classes)}
        self.bin_classes = ["Cat", "Dog"]
        self.bin_class_to_idx = {name: number for number, name in enumerate(self.bin_classes)}
        self._images = [images / f"{name}.jpg" for name in names]
        self._segs = [annotations / "trimaps" / f"{name}.png" for name in names]

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        image: Any = default_loader(self._images[index])
        targets = tuple(self._target(kind, index) for kind in self._target_types)
        target = (targets if len(targets) > 1 else targets[0]) if targets else None
        return (image, target) if self.transforms is None else self.transforms(image, target)

    def _target(self, kind: str, index: int) -> Any:
        if kind == "segmentation":
            return raw_loader(self._segs[index])
        return self._labels[index] if kind == "category" else self._bin_labels[index]

    def __len__(self) -> int:
        return len(self._images)


def _read_list(path: Path) -> tuple[list[str], list[int], list[int]]:
    """Names, breeds and species, from 0 on, of a list with lines `NAME BREED SPECIES NUMBER`, these from 1 on."""
    if not path.is_file():
        raise RuntimeError(f"{path} is missing: the dataset is not complete. Delete its folder and get it again")
    names, breeds, species = [], [], []
    for number, line in enumerate(path.read_text("ascii", errors="replace").splitlines(), 1):
        words = line.split()
        numbered = len(words) == 4 and all(word.isdecimal() and int(word) for word in words[1:])
        if not numbered or words[2] not in ("1", "2"):
            raise corrupted(
                path,
                f"line {number} is {line[:80]!r}, expected a name, the number of a breed, 1 (cat) or 2 (dog), and a "
                "number",
                alone=False,
            )
        names.append(words[0])
        breeds.append(int(words[1]) - 1)
        species.append(int(words[2]) - 1)
    if not names:
        raise corrupted(path, "it lists no image", alone=False)
    return names, breeds, species
