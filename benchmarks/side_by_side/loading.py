"""Transforms and loaders of one library, as a worker process runs them."""

from __future__ import annotations

import importlib
import time
from typing import Any

import numpy as np
from PIL import Image

from .images import MODES
from .loading_cases import CASES, PIPELINES
from .network import OURS, open_library

PICTURES = 64  # that a transform is timed on

Files = dict[str, list[str]]  # where the images are, by kind: see images.py


def transforms_of(library: str) -> Any:
    """The module that has them."""
    return importlib.import_module(f"{OURS}.vision.transforms" if library == OURS else f"{__package__}.hand_transforms")


class Transforms:
    """The transforms of loading_cases.py, one by one and without a loader."""

    def __init__(self, library: str, files: Files) -> None:
        open_library(library)
        self.transforms = transforms_of(library)
        cifar = np.load(files["cifar"][0])[:PICTURES]
        self.pictures = {
            "cifar": [Image.fromarray(pixels) for pixels in cifar],
            "imagenette": [Image.open(path).convert("RGB") for path in files["imagenette"][:PICTURES]],
        }

    def _prepare(self, name: str) -> tuple[Any, list[Any]]:
        """The transform, and what it is called with."""
        case = CASES[name]
        images = self.pictures[case.images]
        if case.of_tensors:
            images = [self.transforms.ToTensor()(picture) for picture in images]
        return case.build(self.transforms), images

    def time_case(self, name: str, count: int) -> list[float]:
        """Seconds of `count` passes over all pictures."""
        transform, images = self._prepare(name)
        times = []
        for _ in range(count):
            begin = time.perf_counter()
            for image in images:
                transform(image)
            times.append(time.perf_counter() - begin)
        return times

    def results(self, name: str) -> list[float]:
        """The mean of what each picture becomes."""
        transform, images = self._prepare(name)
        made = [transform(image) for image in images]
        return [float(np.mean(x.numpy() if hasattr(x, "numpy") else np.asarray(x))) for x in made]


class Loading:
    """Epochs of a pipeline's loader.

    Args:     pipeline: a name of PIPELINES.
              workers: of the loader; they stay from epoch to epoch.
    """

    def __init__(self, library: str, pipeline: str, files: Files, workers: int) -> None:
        module = open_library(library)
        data = importlib.import_module(f"{library}.utils.data")
        spec = PIPELINES[pipeline]
        transforms = transforms_of(library)
        transform = spec.build(transforms)
        options: dict[str, Any] = {"persistent_workers": True} if workers else {}
        if spec.images != "cifar":
            dataset: Any = ImageFiles(files[spec.images], MODES[spec.images], transform)
        elif not spec.whole_batches:
            dataset = Arrays(np.load(files["cifar"][0]), transform)
        elif library == OURS:
            dataset = transforms.ImageBatches(Arrays(np.load(files["cifar"][0])), transform)
        else:
            dataset = TorchBatches(np.load(files["cifar"][0]), transform, module)
            options["collate_fn"] = as_it_is
        self.loader = data.DataLoader(dataset, spec.batch, shuffle=True, num_workers=workers, **options)

    def time_steps(self, count: int) -> list[float]:
        """Seconds of each of `count` epochs."""
        times = []
        for _ in range(count):
            begin = time.perf_counter()
            for _batch in self.loader:
                pass
            times.append(time.perf_counter() - begin)
        return times

    def summary(self) -> dict[str, Any]:
        """Shape of an epoch's images, their mean and deviation: to see that both libraries load the same."""
        images = np.concatenate([batch[0].numpy() for batch in self.loader])
        return {"shape": list(images.shape), "mean": float(images.mean()), "std": float(images.std())}


class Arrays:
    """Images in memory, and class numbers."""

    def __init__(self, images: np.ndarray, transform: Any = None) -> None:
        self.data, self.targets, self.transform = images, [i % 10 for i in range(len(images))], transform

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, index: int) -> Any:
        return self.transform(Image.fromarray(self.data[index])), self.targets[index]


class ImageFiles:
    """Images in files, and class numbers."""

    def __init__(self, paths: list[str], mode: str, transform: Any) -> None:
        self.paths, self.mode, self.transform = paths, mode, transform

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: int) -> Any:
        with Image.open(self.paths[index]) as image:
            return self.transform(image.convert(self.mode)), index % 10


class TorchBatches:
    """What this library's ImageBatches is, by hand."""

    def __init__(self, images: np.ndarray, transform: Any, torch: Any) -> None:
        self.data, self.targets, self.transform = images, torch.arange(len(images)) % 10, transform

    def __len__(self) -> int:
        return len(self.data)

    def __getitems__(self, indices: list[int]) -> Any:
        """A batch."""
        return self.transform(self.data[indices]), self.targets[indices]


def as_it_is(batch: Any) -> Any:
    """The batch."""
    return batch
