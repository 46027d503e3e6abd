"""What datasets are in a folder: their splits, counts, classes and image sizes, and a few of their images."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...tensors.tensor import Tensor
from ...types.random_source import RandomSource
from .cifar import CIFAR10, CIFAR100
from .cinic import CINIC10
from .flowers102 import Flowers102
from .imagenette import Imagenette
from .mnist import KMNIST, MNIST, FashionMNIST
from .oxford_iiit_pet import OxfordIIITPet
from .scenes import SceneAttributes, Scenes15
from .stl10 import STL10
from .voc import ARCHIVES, VOCClassification

if TYPE_CHECKING:
    from PIL.Image import Image

_LOOKED_AT = 25  # images whose size is read
_ERRORS = (OSError, RuntimeError, ValueError, pickle.UnpicklingError)


@dataclass
class Found:
    """A dataset in a data folder.

    `splits` are the counts of the splits that can be read, `problems` say why others cannot; `image_size` is in pixels,
    width x height, with the mode, as in "32 x 32 RGB", or a range where the images looked at differ.
    """

    name: str
    folder: Path
    splits: dict[str, int] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    classes: tuple[str, ...] = ()
    image_size: str = ""


@dataclass(frozen=True)
class _Known:
    """A dataset that may be there: under which name, where, with which splits, and how one is opened."""

    name: str
    folders: tuple[str, ...]
    splits: tuple[str, ...]
    opened: Callable[[str, str], Any]  # (root, split)


def _catalogue() -> Iterator[_Known]:
    for kind in (MNIST, FashionMNIST, KMNIST):
        yield _Known(kind.__name__, (f"{kind.__name__}/raw",), ("train", "test"), _by_train(kind))
    for cifar in (CIFAR10, CIFAR100):
        folders = (cifar.base_folder, cifar.binary_folder)
        yield _Known(cifar.__name__, folders, ("train", "test"), _by_train(cifar))
    yield _Known("CINIC10", (CINIC10.base_folder,), CINIC10.splits, CINIC10)
    yield _Known("STL10", (STL10.base_folder,), ("train", "test"), STL10)
    yield _Known("OxfordIIITPet", ("oxford-iiit-pet",), ("trainval", "test"), OxfordIIITPet)
    yield _Known("Flowers102", ("flowers-102",), ("train", "val", "test"), Flowers102)
    for size, (url, _) in Imagenette.archives.items():
        folder = url.rsplit("/", 1)[1].removesuffix(".tgz")
        yield _Known(f"Imagenette {size}", (folder,), Imagenette.splits, _with_size(size))
    yield _Known("Scenes15", ("scenes15",), ("train", "test"), Scenes15)
    yield _Known("SceneAttributes", ("scenes15",), ("train", "test"), SceneAttributes)
    for key, (_, _, _, base) in sorted(ARCHIVES.items()):
        if key != "2007-test":
            splits = ("train", "val", "test") if key == "2007" else ("train", "val")
            yield _Known(f"VOC{key}", (base,), splits, _of_year(key))


def _by_train(kind: Callable) -> Callable[[str, str], Any]:
    return lambda root, split: kind(root, split == "train")


def _with_size(size: str) -> Callable[[str, str], Any]:
    return lambda root, split: Imagenette(root, split, size)


def _of_year(year: str) -> Callable[[str, str], Any]:
    return lambda root, split: VOCClassification(root, year, split)


def survey(root: str | Path) -> list[Found]:
    """The datasets under a data folder, in a fixed order. Every split is read, so that damages are found.

    Raises:   FileNotFoundError: if there is no such folder.
    """
    found = []
    for known, folder in _present(root):
        entry = Found(known.name, folder)
        for split in known.splits:
            try:
                dataset = known.opened(str(root), split)
                entry.splits[split] = len(dataset)
                if not entry.classes:
                    entry.classes = tuple(_class_name(name) for name in dataset.classes)
                    entry.image_size = _image_size(dataset)
            except _ERRORS as error:
                entry.problems[split] = str(error)
        found.append(entry)
    return found


def describe(found: Sequence[Found]) -> str:
    """What `survey` found as a table; below it, what cannot be read and why."""
    if not found:
        return f"No dataset was found. Looked for: {', '.join(known.name for known in _catalogue())}"
    rows = [("dataset", "images", "classes", "size", "folder")]
    for entry in found:
        counts = ", ".join(f"{split} {count:,}" for split, count in entry.splits.items()) or "-"
        classes = str(len(entry.classes)) if entry.classes else "-"
        rows.append((entry.name, counts, classes, entry.image_size or "-", str(entry.folder)))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
    lines.insert(1, "  ".join("-" * width for width in widths))
    for entry in found:
        lines += [f"{entry.name}, {split}: {problem}" for split, problem in entry.problems.items()]
    return "\n".join(lines)


def sample_images(root: str | Path, name: str, count: int, seed: int) -> list[tuple[Image, str]]:
    """Random images of a dataset's first split that can be read, each with the names of its classes.

    Args:     name: as `survey` gives it.
              count: at most as many as the split has.
              seed: the same one gives the same images.
    Raises:   ValueError: if there is no such dataset in the folder.
              RuntimeError: if none of its splits can be read; says why.
    """
    present = {known.name: known for known, _ in _present(root)}
    if name not in present:
        raise ValueError(f"there is no dataset {name!r} in {root}; there are: {', '.join(present) or 'none'}")
    problems = []
    for split in present[name].splits:
        try:
            dataset = present[name].opened(str(root), split)
        except _ERRORS as error:
            problems.append(f"{split}: {error}")
            continue
        chosen = RandomSource(seed).numpy.permutation(len(dataset))[:count]
        return [(image, _caption(dataset.classes, target)) for image, target in (dataset[int(i)] for i in chosen)]
    raise RuntimeError(f"{name} in {root} cannot be read: {'; '.join(problems)}")


def _present(root: str | Path) -> list[tuple[_Known, Path]]:
    base = Path(root).expanduser()
    if not base.is_dir():
        raise FileNotFoundError(f"there is no folder {base}")
    return [
        (known, base / next(name for name in known.folders if (base / name).is_dir()))
        for known in _catalogue()
        if any((base / name).is_dir() for name in known.folders)
    ]


def _class_name(name: str | Sequence[str]) -> str:
    return name if isinstance(name, str) else name[0]  # Imagenette's classes have several


def _caption(classes: Sequence[Any], target: int | Tensor) -> str:
    numbers = np.flatnonzero(target.numpy()).tolist() if isinstance(target, Tensor) else [target]
    return ", ".join(_class_name(classes[number]) for number in numbers)


def _image_size(dataset: Any) -> str:
    """The sizes of some images, spread over the dataset."""
    looked_at = np.unique(np.linspace(0, len(dataset) - 1, min(_LOOKED_AT, len(dataset))).astype(int))
    images = [dataset[int(index)][0] for index in looked_at]
    sides = []
    for side in (0, 1):
        sizes = sorted({image.size[side] for image in images})
        sides.append(" to ".join(map(str, sizes[:1] + sizes[1:][-1:])))
    return f"{' x '.join(sides)} {images[0].mode}" if images else ""
