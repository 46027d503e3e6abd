"""What a model takes one image for: `predict` with an image rather than a loader."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..autograd.grad_mode import no_grad
from ..nn.functional import softmax
from ..nn.module import Module
from ..tensors.tensor import Tensor
from ..vision.datasets.images import default_loader
from ..vision.models.imagenet_classes import IMAGENET_CLASSES
from ..vision.transforms.functional import to_pil_image
from ..vision.transforms.functional.images import is_pil_image
from ..vision.transforms.presets import ImageClassification
from .restoring import modes_kept


class ClassProbability(NamedTuple):
    """A class that a model considers.

    Args:     number: the place of its score.
              name: of the class.
              probability: softmax of the scores, in [0, 1].
    """

    number: int
    name: str
    probability: float


def is_image(data: Any) -> bool:
    """Whether this is an image, or its path, rather than a loader."""
    return isinstance(data, (str, os.PathLike, Tensor, np.ndarray)) or is_pil_image(data)


def predict_image(
    model: Module,
    image: Any,
    classes: Sequence[str] | None = None,
    transform: Callable[[Any], Tensor] | None = None,
    topk: int = 5,
) -> list[ClassProbability]:
    """Print the most probable classes of an image; the arguments are those of `predict`."""
    if topk < 1:
        raise ValueError(f"predict: topk={topk}; expected 1 or more classes to print")
    batch = _prepared(model, image, transform)
    with modes_kept(model), no_grad():
        scores = model.eval()(batch)
    if not isinstance(scores, Tensor) or scores.ndim != 2 or len(scores) != 1:
        shape = tuple(scores.shape) if isinstance(scores, Tensor) else type(scores).__name__
        raise ValueError(f"predict: expected scores of shape (1, classes) for an image, the model gave {shape}")
    probabilities = softmax(scores, 1).array[0]
    names = _names(classes, len(probabilities))
    order = np.argsort(-probabilities, kind="stable")[:topk].tolist()
    best = [ClassProbability(number, names[number], float(probabilities[number])) for number in order]
    if isinstance(image, (str, os.PathLike)):
        print(Path(image).name)  # noqa: T201 - to print is what it is for
    for each in best:
        print(f"{each.probability:8.2%}  {each.name}")  # noqa: T201
    return best


def _prepared(model: Module, image: Any, transform: Callable[[Any], Tensor] | None) -> Tensor:
    """The image as the model's input, (1, C, H, W)."""
    if isinstance(image, (str, os.PathLike)):
        image = default_loader(Path(image))
    elif isinstance(image, np.ndarray):
        image = to_pil_image(image)
    ready = isinstance(image, Tensor) and image.is_floating_point()
    if transform is None and not ready:
        transform = _imagenet_transform(model)
        image = image.convert("RGB") if is_pil_image(image) else image
    if transform is not None:
        image = transform(image)
    if not isinstance(image, Tensor):
        raise TypeError(
            f"predict: expected a transform that gives a tensor, got {type(image).__name__}; add ToTensor()"
        )
    batch = image.unsqueeze(0) if image.ndim == 3 else image
    if batch.ndim != 4 or len(batch) != 1:
        raise ValueError(
            f"predict: expected one image (C, H, W) or (1, C, H, W), got shape {tuple(image.shape)}; for several, give "
            "a DataLoader"
        )
    return batch


def _imagenet_transform(model: Module) -> ImageClassification:
    """What ImageNet's models expect, for a model that has their number of classes."""
    last = next(reversed(list(model.parameters())), None)
    if last is None or last.shape[0] != len(IMAGENET_CLASSES):
        raise ValueError(
            f"predict: {type(model).__name__} does not end in ImageNet's {len(IMAGENET_CLASSES)} classes, so how it "
            "wants its images is not known; give transform=, the one that its test images had, and classes="
        )
    return ImageClassification(crop_size=224)


def _names(classes: Sequence[str] | None, count: int) -> Sequence[str]:
    if classes is None:
        return IMAGENET_CLASSES if count == len(IMAGENET_CLASSES) else [f"class {index}" for index in range(count)]
    if len(classes) != count:
        raise ValueError(f"predict: {len(classes)} names of classes for a model with {count} classes")
    return classes
