"""Single transforms and whole pipelines, each written once: for torchvision's names, of this library or by hand.

A builder takes a module that has the transforms, minitorch_cv.vision.transforms or hand_transforms.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

CIFAR_MEAN, CIFAR_STD = (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)
IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


@dataclass(frozen=True)
class Case:
    """One transform.

    Attributes: images: which ones: "cifar" or "imagenette".
                build: makes it.
                of_tensors: it takes tensors, not PIL images.
                random: its results cannot be compared.
    """

    label: str
    images: str
    build: Callable[[Any], Any]
    of_tensors: bool = False
    random: bool = True


def _cases(images: str, size: int) -> dict[str, Case]:
    """The transforms of the courses, for images of one size."""
    kinds: dict[str, tuple[Callable[[Any], Any], bool, bool]] = {
        "ToTensor": (lambda t: t.ToTensor(), False, False),
        "Normalize": (lambda t: t.Normalize(IMAGENET_MEAN, IMAGENET_STD), True, False),
        "RandomHorizontalFlip": (lambda t: t.RandomHorizontalFlip(), False, True),
        "RandomCrop": (lambda t: t.RandomCrop(size, padding=size // 8), False, True),
        "CenterCrop": (lambda t: t.CenterCrop(size * 7 // 8), False, False),
        "Resize": (lambda t: t.Resize(size // 2), False, False),
        "RandomResizedCrop": (lambda t: t.RandomResizedCrop(size), False, True),
        "RandomRotation": (lambda t: t.RandomRotation(15), False, True),
        "ColorJitter": (lambda t: t.ColorJitter(0.4, 0.4, 0.4, 0.1), False, True),
        "Grayscale": (lambda t: t.Grayscale(), False, False),
        "RandomErasing": (lambda t: t.RandomErasing(), True, True),
    }
    return {
        f"{images}_{name}": Case(f"{name}, {size}×{size}", images, build, of_tensors, random)
        for name, (build, of_tensors, random) in kinds.items()
    }


CASES = _cases("cifar", 32) | _cases("imagenette", 128)


@dataclass(frozen=True)
class Pipeline:
    """From a dataset to batches.

    Attributes: images: which ones: "cifar", which lie in memory, "imagenette" or "scenes", JPEG files.
                count: images in an epoch.
                build: makes the transform of an image, or of a batch.
                whole_batches: the transform takes whole batches.
    """

    label: str
    images: str
    batch: int
    count: int
    build: Callable[[Any], Any]
    whole_batches: bool = False


PIPELINES = {
    "cifar": Pipeline(
        "CIFAR-10, image by image",
        "cifar",
        128,
        2560,
        lambda t: t.Compose(
            [
                t.RandomCrop(32, padding=4),
                t.RandomHorizontalFlip(),
                t.ToTensor(),
                t.Normalize(CIFAR_MEAN, CIFAR_STD),
            ]
        ),
    ),
    "cifar_batches": Pipeline(
        "CIFAR-10, whole batches",
        "cifar",
        128,
        2560,
        lambda t: (
            t.BatchAugment(padding=4, flip=0.5, mean=CIFAR_MEAN, std=CIFAR_STD)
            if hasattr(t, "BatchAugment")
            else t.Batches(4, CIFAR_MEAN, CIFAR_STD)
        ),
        whole_batches=True,
    ),
    "imagenette": Pipeline(
        "Imagenette, JPEG",
        "imagenette",
        32,
        256,
        lambda t: t.Compose(
            [
                t.RandomResizedCrop(128, scale=(0.35, 1.0)),
                t.RandomHorizontalFlip(),
                t.ColorJitter(0.2, 0.2, 0.2, 0.05),
                t.ToTensor(),
                t.Normalize(IMAGENET_MEAN, IMAGENET_STD),
            ]
        ),
    ),
    "scenes": Pipeline(
        "15-Scenes, JPEG",
        "scenes",
        32,
        512,
        lambda t: t.Compose(
            [t.Resize((64, 64)), t.RandomHorizontalFlip(), t.ToTensor(), t.Normalize((0.456,), (0.25,))]
        ),
    ),
}
