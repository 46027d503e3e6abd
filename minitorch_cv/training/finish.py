"""finish_run: what a trained model does on the test split, written into its run's folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .. import nn
from ..nn.module import Module
from ..tensors.tensor import Tensor
from ..utils.atomic import replacing
from ..utils.data import DataLoader, SequentialSampler, Subset
from .callbacks import best_epoch
from .evaluation import Predictions, predict
from .features import find_layer, layer_features
from .metrics import (
    accuracy,
    average_precision,
    confusion_matrix,
    label_accuracy,
    most_confused,
    per_class_accuracy,
    prevalence,
)
from .metrics.multilabel import counted_targets
from .metrics.numbers import softmax
from .run_folder import HISTORY, METRICS, PREDICTIONS, RUN, read_json, write_json

_FAILURES, _RANDOM, _PAIRS, _OF_PAIR = 32, 32, 5, 6  # images that are kept for the report's pictures
_FEATURES = 2000  # samples of t-SNE at most


def finish_run(
    out: str | Path,
    model: Module,
    test_loader: Any,
    loss: Callable[[Tensor, Tensor], Tensor] | None = None,
    *,
    split: str = "test",
    mean: Sequence[float] | None = None,
    std: Sequence[float] | None = None,
    features: str | None = None,
    monitor: str | None = None,
    ignore: np.ndarray | None = None,
    method: str = "step",
    mirror: bool = False,
    sizes: Sequence[int] = (),
) -> dict[str, Any]:
    """Evaluate a model and write metrics.json and predictions.npz beside the run.json that `begin_run` wrote.

    Args:     out: the run's folder.
              test_loader: a DataLoader that does not shuffle.
              loss: for the mean loss.
              split: what the loader's images are, as said beside the result.
              mean, std: of the images' normalisation, undone for pictures; without them each channel of the shown
                images is stretched to [0, 1] if it is outside. Inputs that are no grey or RGB images are not kept.
              features: name of a layer whose output is kept for t-SNE, such as "features.5".
              monitor: the column by which `fit` chose the best epoch; noted beside the result.
              ignore: (N, K), in multi-label runs only: what shall count in no figure but the loss, and in no picture
                (see `average_precision`).
              method: of the average precision in multi-label runs.
              mirror: take for the scores of an image the mean of those for it and for its mirror image, left to right;
                said beside the result.
              sizes: show each image in these sizes as well, that many pixels high and wide, and take the mean of all;
                said beside the result.
    Returns:  what metrics.json holds.
    Raises:   FileNotFoundError: if begin_run has not made the folder.
              ValueError: if the loader shuffles, the model has no layer `features`, the history no column `monitor`,
                the scores do not fit the run's classes, or `ignore` does not fit them or the run's task.
    """
    folder = Path(out)
    if not (folder / RUN).exists():
        raise FileNotFoundError(
            f"finish_run: {folder} has no {RUN}; begin_run makes a run's folder, before the training"
        )
    run = read_json(folder / RUN)
    sampler = getattr(test_loader, "sampler", None)
    if sampler is not None and not isinstance(sampler, SequentialSampler):
        raise ValueError("finish_run: the loader shuffles; results are kept in the order of the data: shuffle=False")
    trained = _of_history(folder, monitor)
    if features is not None:
        find_layer(model, features)  # complains now rather than when all else is done
    if ignore is not None and run["task"] != "multilabel":
        raise ValueError("finish_run: ignore is for multi-label runs; this one has one class a sample")
    found = predict(_Views(model, mirror, sizes) if mirror or sizes else model, test_loader, progress=True)
    if found.scores.ndim != 2 or found.scores.shape[1] != len(run["classes"]):
        raise ValueError(
            f"finish_run: scores of shape {found.scores.shape} for the run's {len(run['classes'])} classes; expected "
            f"(N, {len(run['classes'])})"
        )
    metrics: dict[str, Any] = {"split": split, "samples": len(found.targets), "started": run["started"]}
    if loss is not None:
        metrics["loss"] = loss(Tensor.wrap(found.scores), Tensor.wrap(found.targets)).item()
    multilabel = run["task"] == "multilabel"
    metrics |= (
        _multilabel(found, run["classes"], ignore, method) if multilabel else _classification(found, run["classes"])
    )
    metrics |= trained
    if mirror or sizes:
        seen = "each image and its mirror image" if mirror else "each image"
        also = f", in {', '.join(map(str, sizes))} pixels as well" if sizes else ""
        metrics["scores_of"] = f"{seen}{also}, averaged"
    write_json(folder / METRICS, metrics)
    _write_predictions(folder, model, test_loader, found, mean, std, features, ignore)
    return metrics


class _Views(Module):
    """The mean of a model's scores for an image in several sizes, and for its mirror image."""

    def __init__(self, model: Module, mirror: bool, sizes: Sequence[int]) -> None:
        super().__init__()
        self.model = model
        self.mirror = mirror
        self.sizes = tuple(sizes)
        self.training = model.training

    def forward(self, images: Tensor) -> Tensor:
        other = (nn.functional.interpolate(images, (n, n), mode="bilinear", antialias=True) for n in self.sizes)
        views = [images, *other]
        if self.mirror:
            views += [view.flip(-1) for view in views]
        return sum(self.model(view) for view in views) / len(views)


def _classification(found: Predictions, classes: Sequence[str]) -> dict[str, Any]:
    predicted = found.scores.argmax(axis=1)
    values: dict[str, Any] = {"accuracy": accuracy(found.scores, found.targets)}
    if len(classes) > 10:
        values["top5_accuracy"] = accuracy(found.scores, found.targets, k=5)
    by_class = per_class_accuracy(predicted, found.targets, len(classes))
    return values | {"per_class": dict(zip(classes, by_class.tolist(), strict=True))}


def _multilabel(found: Predictions, classes: Sequence[str], ignore: np.ndarray | None, method: str) -> dict[str, Any]:
    precision = average_precision(found.scores, found.targets, method, ignore)
    base = prevalence(found.targets, ignore)
    right = label_accuracy(found.scores, found.targets, ignore=ignore)
    counted = counted_targets("finish_run", ignore, found.scores.shape).sum(axis=0)

    def named(values: np.ndarray) -> dict[str, float]:
        return dict(zip(classes, values.tolist(), strict=True))

    return {
        "mAP": float(np.nanmean(precision)),
        "method": method,
        "baseline_mAP": float(np.nanmean(base)),
        "accuracy": float(np.nansum(right * counted) / counted.sum()),
        "baseline_accuracy": float(np.nansum(np.maximum(base, 1 - base) * counted) / counted.sum()),
        "average_precision": named(precision),
        "baseline": named(base),
        "attribute_accuracy": named(right),
        "without_positives": [name for name, value in zip(classes, precision, strict=True) if np.isnan(value)],
    }


def _of_history(folder: Path, monitor: str | None) -> dict[str, Any]:
    """Epochs and minutes of the training, and which epoch was the best."""
    history = read_json(folder / HISTORY) if (folder / HISTORY).exists() else {}
    if monitor is not None and monitor not in history:
        columns = ", ".join(history) or "none"
        raise ValueError(f"finish_run: monitor is {monitor!r}, expected a column of {folder / HISTORY}: {columns}")
    if not history:
        return {}
    seconds = history.get("seconds", [])
    values = {"epochs": len(seconds), "minutes": sum(seconds) / 60}
    return values if monitor is None else values | {"best_epoch": best_epoch(history, monitor), "monitor": monitor}


def _write_predictions(
    folder: Path,
    model: Module,
    loader: Any,
    found: Predictions,
    mean: Any,
    std: Any,
    features: str | None,
    ignore: np.ndarray | None,
) -> None:
    at_random = np.random.default_rng(0).permutation(len(found.targets))[:_RANDOM]
    chosen = np.union1d(at_random, _mistakes(found, ignore))
    arrays = {"scores": found.scores.astype(np.float32), "targets": found.targets}
    if ignore is not None:
        arrays["ignored"] = np.asarray(ignore, bool)
    inputs = [loader.dataset[int(i)][0] for i in chosen]
    if all(isinstance(given, Tensor) and given.ndim == 3 and given.shape[0] in (1, 3) for given in inputs):
        images = np.stack([_image(given) for given in inputs])  # (M, H, W, C)
        arrays |= {"images": _as_bytes(images, mean, std), "image_index": chosen, "random_index": at_random}
    if features is not None:
        index = np.sort(np.random.default_rng(0).permutation(len(found.targets))[:_FEATURES])
        some = DataLoader(Subset(loader.dataset, index.tolist()), loader.batch_size, collate_fn=loader.collate_fn)
        arrays["features"], arrays["feature_index"] = layer_features(model, some, features)[0], index
        arrays["features_layer"] = np.array(features)
    filters = _first_filters(model)
    if filters is not None:
        arrays["filters"] = filters
    with replacing(folder / PREDICTIONS) as part, part.open("wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]


def _mistakes(found: Predictions, ignore: np.ndarray | None) -> np.ndarray:
    """Indices of images for the report: the surest mistakes, and of one-class tasks confused pairs."""
    chosen: set[int] = set()
    if found.targets.ndim == 1:
        predicted = found.scores.argmax(axis=1)
        wrong = np.flatnonzero(predicted != found.targets)
        sure = softmax(found.scores).max(axis=1)  # the probability of the predicted class
        chosen |= set(wrong[np.argsort(-sure[wrong], kind="stable")][:_FAILURES].tolist())
        matrix = confusion_matrix(predicted, found.targets, found.scores.shape[1])
        for true, taken_for, _ in most_confused(matrix, _PAIRS):
            chosen |= set(np.flatnonzero((found.targets == true) & (predicted == taken_for))[:_OF_PAIR].tolist())
    else:
        wrong = (found.scores > 0) != (found.targets == 1)
        wrong &= counted_targets("finish_run", ignore, wrong.shape)
        surest = np.argsort(-np.where(wrong, np.abs(found.scores), -1), axis=None, kind="stable")
        chosen |= set((surest[: min(_FAILURES, wrong.sum())] // wrong.shape[1]).tolist())
    return np.array(sorted(chosen), np.int64)


def _image(image: Tensor) -> np.ndarray:
    return np.moveaxis(image.detach().array, 0, -1)


def _as_bytes(images: np.ndarray, mean: Any, std: Any) -> np.ndarray:
    if mean is not None and std is not None:
        images = images * np.asarray(std, np.float32) + np.asarray(mean, np.float32)
    elif images.min() < 0 or images.max() > 1:
        low, high = images.min(axis=(0, 1, 2)), images.max(axis=(0, 1, 2))
        images = (images - low) / np.maximum(high - low, 1e-12)
    return np.rint(np.clip(images, 0, 1) * 255).astype(np.uint8)


def _first_filters(model: Module) -> np.ndarray | None:
    """Weights of the first convolution, if it looks at grey or RGB images."""
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            return module.weight.detach().array if module.in_channels in (1, 3) else None
    return None
