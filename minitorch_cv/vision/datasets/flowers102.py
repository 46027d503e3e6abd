"""Oxford 102 Flower: photographs of flowers that are common in the United Kingdom."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ...utils.checksum import md5
from ...utils.download import fetch_file
from .arguments import not_found, one_of
from .corrupted import corrupted
from .images import default_loader
from .mat_files import read_mat
from .unpack import unpack
from .vision import VisionDataset, data_root

_ADDRESS = "https://www.robots.ox.ac.uk/~vgg/data/flowers/102/"


class Flowers102(VisionDataset):
    """A hundred and two flowers: 1,020 images to train, 1,020 to validate, 6,149 to test. A sample is (PIL image, int).

    Images are read from `root/flowers-102/jpg/` when they are asked for; labels and splits are in `imagelabels.mat` and
    `setid.mat` beside it.

    Args:     root: the folder; if None, the one that the environment variable MINITORCH_CV_DATA names.
              split: "train", "val" or "test".
              transform: applied to the image.
              target_transform: applied to the class number.
              download: fetch the dataset if it is not there (345 MB). It is checked before it is unpacked.
              loader: takes a path and returns an image.
    Raises:   RuntimeError: if the dataset is missing, cannot be fetched, or its lists are damaged.
              FileNotFoundError, PIL.UnidentifiedImageError: when a sample is asked for that is missing or damaged.
              ValueError: for another split, or if there is no root.
    Source:   Nilsback and Zisserman 2008, Automated Flower Classification over a Large Number of Classes.
    """

    files = {
        "image": ("102flowers.tgz", "52808999861908f626f3c1f4e79d11fa"),
        "label": ("imagelabels.mat", "e0620be6f572b9609742df49c70aed4d"),
        "setid": ("setid.mat", "a5357ecc9cb78c4bef273ce3793fc85c"),
    }
    address = _ADDRESS
    classes = [
        "pink primrose",
        "hard-leaved pocket orchid",
        "canterbury bells",
        "sweet pea",
        "english marigold",
        "tiger lily",
        "moon orchid",
        "bird of paradise",
        "monkshood",
        "globe thistle",
        "snapdragon",
        "colt's foot",
        "king protea",
        "spear thistle",
        "yellow iris",
        "globe-flower",
        "purple coneflower",
        "peruvian lily",
        "balloon flower",
        "giant white arum lily",
        "fire lily",
        "pincushion flower",
        "fritillary",
        "red ginger",
        "grape hyacinth",
        "corn poppy",
        "prince of wales feathers",
        "stemless gentian",
        "artichoke",
        "sweet william",
        "carnation",
        "garden phlox",
        "love in the mist",
        "mexican aster",
        "alpine sea holly",
        "ruby-lipped cattleya",
        "cape flower",
        "great masterwort",
        "siam tulip",
        "lenten rose",
        "barbeton daisy",
        "daffodil",
        "sword lily",
        "poinsettia",
        "bolero deep blue",
        "wallflower",
        "marigold",
        "buttercup",
        "oxeye daisy",
        "common dandelion",
        "petunia",
        "wild pansy",
        "primula",
        "sunflower",
        "pelargonium",
        "bishop of llandaff",
        "gaura",
        "geranium",
        "orange dahlia",
        "pink-yellow dahlia?",
        "cautleya spicata",
        "japanese anemone",
        "black-eyed susan",
        "silverbush",
        "californian poppy",
        "osteospermum",
        "spring crocus",
        "bearded iris",
        "windflower",
        "tree poppy",
        "gazania",
        "azalea",
        "water lily",
        "rose",
        "thorn apple",
        "morning glory",
        "passion flower",
        "lotus",
        "toad lily",
        "anthurium",
        "frangipani",
        "clematis",
        "hibiscus",
        "columbine",
        "desert-rose",
        "tree mallow",
        "magnolia",
        "cyclamen",
        "watercress",
        "canna lily",
        "hippeastrum",
        "bee balm",
        "ball moss",
        "foxglove",
        "bougainvillea",
        "camellia",
        "mallow",
        "mexican petunia",
        "bromelia",
        "blanket flower",
        "trumpet creeper",
        "blackberry lily",
    ]

    def __init__(
        self,
        root: str | Path | None = None,
        split: str = "train",
        transform: Callable | None = None,
        target_transform: Callable | None = None,
        download: bool = False,
        loader: Callable[[str | Path], Any] = default_loader,
    ) -> None:
        super().__init__(data_root(root, type(self).__name__), transform=transform, target_transform=target_transform)
        self._split = one_of(split, "split", ("train", "val", "test"))
        self.loader = loader
        self._base_folder = Path(str(self.root), "flowers-102")
        if download:
            self.download()
        missing = [str(path) for path in self._wanted() if not path.exists()]
        if missing:
            expected = f"{', '.join(map(str, self._wanted()))}; missing: {', '.join(missing)}"
            raise not_found("Flowers102", expected, self.address)
        images, labels, setid = self._wanted()
        numbers, self._labels = _read_split(labels, setid, split, len(self.classes))
        self._image_files = [images / f"image_{number:05d}.jpg" for number in numbers]

    def download(self) -> None:
        """Fetch what is not there; unpack the images."""
        for path, (name, digest) in zip(self._wanted(), self.files.values()):
            if not path.exists():
                fetched = fetch_file([self.address + name], self._base_folder / name, md5(digest))
                if name.endswith(".tgz"):
                    unpack(fetched, self._base_folder)

    def _wanted(self) -> tuple[Path, Path, Path]:
        """The folder of images, the labels, the splits."""
        return tuple(self._base_folder / name for name in ("jpg", self.files["label"][0], self.files["setid"][0]))  # type: ignore[return-value]

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        image: Any = self.loader(self._image_files[index])
        return self._each_transformed(image, self._labels[index])

    def __len__(self) -> int:
        return len(self._image_files)

    def extra_repr(self) -> str:
        """Which split."""
        return f"split={self._split}"


def _read_split(label_file: Path, setid_file: Path, split: str, classes: int) -> tuple[list[int], list[int]]:
    """The numbers of a split's images, from 1 on, and their classes, from 0 on."""
    name = {"train": "trnid", "val": "valid", "test": "tstid"}[split]
    numbers = read_mat(setid_file, name)[0].reshape(-1).astype(np.int64)
    labels = read_mat(label_file, "labels")[0].reshape(-1).astype(np.int64)
    if not len(numbers) or numbers.min() < 1 or numbers.max() > len(labels):
        raise corrupted(setid_file, f"expected {name} to be numbers of images, 1 to {len(labels)}")
    wrong = np.flatnonzero((labels < 1) | (labels > classes))
    if len(wrong):
        raise corrupted(label_file, f"label {labels[wrong[0]]} of image {wrong[0] + 1}, expected 1 to {classes}")
    return numbers.tolist(), (labels[numbers - 1] - 1).tolist()
