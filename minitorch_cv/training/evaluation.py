"""Running a model over a loader without training it: `predict` for its scores, `evaluate` for loss and metrics."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from ..autograd.grad_mode import no_grad
from ..nn.module import Module
from ..tensors.tensor import Tensor
from .restoring import modes_kept

Metrics = Mapping[str, Callable[[np.ndarray, np.ndarray], float]]


class Predictions(NamedTuple):
    """What a model says of a loader's samples, in the loader's order.

    Args:     scores: (N, classes).
              targets: (N,) classes, or (N, classes) for several labels a sample.
    """

    scores: np.ndarray
    targets: np.ndarray


def predict(model: Module, loader: Any, progress: bool = False) -> Predictions:
    """Scores and targets of all samples. The model runs in evaluation mode and is left as it was.

    Args:     loader: gives pairs of inputs and targets, as a DataLoader of (image, class) does.
              progress: show a progress bar on stderr.
    Raises:   TypeError: if the loader gives something else. ValueError: if it gives nothing.
    """
    return _run(model, loader, None, progress)[0]


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
