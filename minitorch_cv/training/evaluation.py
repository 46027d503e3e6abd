"""Running a model without training it: `predict` for its scores, `evaluate` for loss and metrics.

`predict` is one function for a loader and for an image, because "what does the model say of this?" is one question. A
loader cannot be taken for an image: paths, tensors, arrays and PIL images are none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any, NamedTuple, overload

import numpy as np

from ..autograd.grad_mode import no_grad
from ..nn.module import Module
from ..tensors.tensor import Tensor
from .image_prediction import ClassProbability, is_image, predict_image
from .restoring import modes_kept

if TYPE_CHECKING:
    from PIL.Image import Image

Metrics = Mapping[str, Callable[[np.ndarray, np.ndarray], float]]


class Predictions(NamedTuple):
    """What a model says of a loader's samples, in the loader's order.

    Args:     scores: (N, classes).
              targets: (N,) classes, or (N, classes) for several labels a sample.
    """

    scores: np.ndarray
    targets: np.ndarray


@overload
def predict(  # type: ignore[overload-overlap]  # a path is iterable, but no loader
    model: Module,
    data: str | PathLike | Tensor | np.ndarray | Image,
    *,
    classes: Sequence[str] | None = None,
    transform: Callable[[Any], Tensor] | None = None,
    topk: int = 5,
) -> list[ClassProbability]: ...
@overload
def predict(model: Module, data: Iterable, progress: bool = False) -> Predictions: ...
def predict(
    model: Module,
    data: Any,
    progress: bool = False,
    *,
    classes: Sequence[str] | None = None,
    transform: Callable[[Any], Tensor] | None = None,
    topk: int = 5,
) -> Any:
    """What the model says of a loader's samples or of one image. It runs in evaluation mode and is left as it was.

    Args:     data: a loader of pairs of inputs and targets, as a DataLoader of (image, class) is; or an image: the path
                of a file, a PIL image, an array (H, W, C) or a tensor (C, H, W) or (1, C, H, W).
              progress: show a progress bar on stderr while the loader is gone through.
              classes: the names to print for an image; by default ImageNet's for 1000 classes, else numbers.
              transform: what makes an image into the model's input. By default a tensor of floats is taken as it is,
                and other images are prepared as ImageNet's, for a model of 1000 classes.
              topk: how many classes to print for an image.
    Returns:  for a loader `Predictions`: the scores and targets of all samples. For an image the list of the most
                probable classes, each with `number`, `name` and `probability`; they are printed as well.
    Raises:   TypeError: if a loader gives something else, or is given with arguments that are for an image.
              ValueError: if it gives nothing; for an image without a transform, if the model has not 1000 classes.
    """
    if is_image(data):
        return predict_image(model, data, classes, transform, topk)
    if classes is not None or transform is not None or topk != 5:
        raise TypeError(
            "predict: classes, transform and topk are for a single image; a loader's dataset has its own transform, "
            "and all scores are returned"
        )
    return _run(model, data, None, progress)[0]


def evaluate(
    model: Module,
    loader: Any,
    loss: Callable[[Tensor, Tensor], Tensor] | None = None,
    metrics: Metrics | None = None,
    progress: bool = False,
) -> dict[str, float]:
    """Loss and metrics over all samples. The model runs in evaluation mode and is left as it was.

    Args:     loader: gives pairs of inputs and targets.
              loss: its mean over the samples becomes "loss"; one that itself gives a batch's mean.
              metrics: functions of scores (N, classes) and targets, by name.
              progress: show a progress bar on stderr.
    Returns:  "loss", if there is one, and a value for each metric.
    Raises:   TypeError, ValueError: as `predict`.
    """
    predictions, mean_loss = _run(model, loader, loss, progress)
    values = {} if loss is None else {"loss": mean_loss}
    return values | {name: float(metric(*predictions)) for name, metric in (metrics or {}).items()}


def _run(model: Module, loader: Any, loss: Callable | None, progress: bool) -> tuple[Predictions, float]:
    from tqdm import tqdm

    scores, targets, total = [], [], 0.0
    with modes_kept(model), no_grad():
        model.eval()
        for batch in tqdm(loader, "evaluating", unit="batch", leave=False, disable=None if progress else True):
            inputs, labels = pair(batch)
            outputs = model(inputs)
            if loss is not None:
                total += loss(outputs, labels).item() * len(labels)
            scores.append(outputs.array)
            targets.append(labels.array)
    if not scores:
        raise ValueError("evaluate: the loader gave no batch; is the dataset empty?")
    found = Predictions(np.concatenate(scores), np.concatenate(targets))
    return found, total / len(found.targets)


def pair(batch: Any) -> tuple[Any, Tensor]:
    """Inputs and targets of a batch.

    Raises:   TypeError: if it is no pair of the two, with a tensor of targets.
    """
    if not isinstance(batch, (tuple, list)) or len(batch) != 2 or not isinstance(batch[1], Tensor):
        what = [type(part).__name__ for part in batch] if isinstance(batch, (tuple, list)) else type(batch).__name__
        raise TypeError(
            f"training: expected batches of (inputs, targets), targets a tensor; the loader gave {what}. Let the "
            "dataset return (image, target), or pass the loader a collate_fn that does"
        )
    return batch[0], batch[1]
