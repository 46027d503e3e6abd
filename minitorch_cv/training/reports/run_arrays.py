"""Reading predictions.npz: scores and targets of a data split, and, if they are there, images, features, filters."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

_LARGEST = 1e4  # stands for infinity: a softmax of such scores is 0 or 1, and nothing overflows


@dataclass(frozen=True)
class RunArrays:
    """The arrays of one file, checked to fit each other.

    Args:     scores: (N, K) float32, all finite: NaN is the lowest score.
              targets: (N,) int64 classes, or (N, K) bool for multi-label data.
              not_finite: how many of the N have a score that was NaN or infinite.
              images, image_index: (M, H, W, 1 or 3) uint8, and which of the N they are.
              random_index: those of them that were drawn at random.
              features, feature_index: (F, D) of some layer, and which of the N they are.
              features_layer: the layer's name; empty if it is not known.
              filters: (O, C, kh, kw), the weight of the first convolution.
              ignored: (N, K) bool in multi-label runs: what does not count.
    """

    scores: np.ndarray
    targets: np.ndarray
    not_finite: int = 0
    images: np.ndarray | None = None
    image_index: np.ndarray | None = None
    random_index: np.ndarray | None = None
    features: np.ndarray | None = None
    feature_index: np.ndarray | None = None
    features_layer: str = ""
    filters: np.ndarray | None = None
    ignored: np.ndarray | None = None

    @property
    def known(self) -> np.ndarray:
        """(N, K) targets of multi-label data as numbers, NaN where they do not count: as the plots take them."""
        return self.targets.astype(np.float64) if self.ignored is None else np.where(self.ignored, np.nan, self.targets)

    @property
    def left_out(self) -> int:
        """How many targets do not count."""
        return 0 if self.ignored is None else int(self.ignored.sum())


def read_arrays(path: Path, classes: int, multilabel: bool, operation: str) -> RunArrays:
    """Read and check a file.

    Args:     classes: K.
              operation: who asks; errors begin with it.
    Raises:   ValueError: if the file cannot be read or the arrays do not fit; the message names the file.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except (OSError, ValueError, EOFError, AttributeError, TypeError, zipfile.BadZipFile) as error:
        raise ValueError(f"{operation}: {path} is damaged, it is no file of named arrays: {error}") from error
    where = f"{operation}: {path}"
    for name in ("scores", "targets"):
        if name not in arrays:
            raise ValueError(f"{where} has no array {name!r}; found: {', '.join(arrays) or 'nothing'}")
    scores = _check_scores(arrays["scores"], classes, where)
    not_finite = int((~np.isfinite(scores)).any(axis=1).sum())
    images, image_index = _indexed(arrays, "images", "image_index", len(scores), where)
    if images is not None and (images.dtype != np.uint8 or images.ndim != 4 or images.shape[3] not in (1, 3)):
        raise ValueError(
            f"{where}: images are {images.dtype} of shape {images.shape}, expected uint8 of shape (M, H, W, 1 or 3)"
        )
    random_index = arrays.get("random_index")
    if random_index is not None and (image_index is None or not np.isin(random_index, image_index).all()):
        raise ValueError(f"{where}: random_index names samples that are not in image_index")
    features, feature_index = _indexed(arrays, "features", "feature_index", len(scores), where)
    if features is not None and features.ndim != 2:
        raise ValueError(f"{where}: features have shape {features.shape}, expected (F, D)")
    filters = arrays.get("filters")
    if filters is not None and filters.ndim != 4:
        raise ValueError(f"{where}: filters have shape {filters.shape}, expected (O, C, kh, kw)")
    ignored = arrays.get("ignored")
    if ignored is not None and (ignored.dtype != bool or ignored.shape != scores.shape or not multilabel):
        raise ValueError(
            f"{where}: ignored is {ignored.dtype} of shape {ignored.shape}; expected bool of shape {scores.shape}, in "
            "multi-label runs only"
        )
    return RunArrays(
        np.nan_to_num(scores.astype(np.float32), nan=-_LARGEST, posinf=_LARGEST, neginf=-_LARGEST),
        _check_targets(arrays["targets"], scores.shape, multilabel, where),
        not_finite,
        images,
        image_index,
        random_index,
        features,
        feature_index,
        str(arrays.get("features_layer", "")),
        filters,
        ignored,
    )


def _check_scores(scores: np.ndarray, classes: int, where: str) -> np.ndarray:
    if scores.ndim != 2 or scores.shape[1] != classes or scores.dtype.kind != "f":
        raise ValueError(
            f"{where}: scores are {scores.dtype} of shape {scores.shape}; expected floats of shape (N, {classes}) for "
            f"the {classes} classes of run.json"
        )
    if not len(scores):
        raise ValueError(f"{where}: there are no scores, expected at least one image")
    return scores


def _check_targets(targets: np.ndarray, shape: tuple[int, ...], multilabel: bool, where: str) -> np.ndarray:
    expected = shape if multilabel else shape[:1]
    if targets.shape != expected:
        raise ValueError(
            f"{where}: targets of shape {targets.shape} do not fit scores of shape {shape}; expected {expected}"
        )
    if multilabel:
        if not np.isin(targets, (0, 1)).all():
            raise ValueError(
                f"{where}: targets hold other values than 0 and 1, which say whether an attribute is there"
            )
        return targets.astype(bool)
    if targets.dtype.kind not in "iu":
        raise ValueError(f"{where}: targets are {targets.dtype}, expected integers: classes")
    wrong = np.flatnonzero((targets < 0) | (targets >= shape[1]))
    if len(wrong):
        raise ValueError(
            f"{where}: target {targets[wrong[0]]} at {wrong[0]} is out of range, expected 0 to {shape[1] - 1}"
        )
    return targets.astype(np.int64)


def _indexed(
    arrays: Mapping[str, np.ndarray], name: str, index_name: str, count: int, where: str
) -> tuple[np.ndarray | None, np.ndarray | None]:
    """An array of some of the samples, and which they are; None for both if it is not there or of no samples."""
    values, index = arrays.get(name), arrays.get(index_name)
    if values is None and index is None:
        return None, None
    if values is None or index is None:
        raise ValueError(f"{where} has only one of {name!r} and {index_name!r}, expected both or none")
    if index.ndim != 1 or index.dtype.kind not in "iu" or len(index) != len(values):
        raise ValueError(
            f"{where}: {index_name} is {index.dtype} of shape {index.shape}, expected one integer for each of the "
            f"{len(values)} {name}"
        )
    if not len(values):
        return None, None
    if index.min() < 0 or index.max() >= count:
        raise ValueError(
            f"{where}: {index_name} goes from {index.min()} to {index.max()}, but there are {count} samples"
        )
    return values, index.astype(np.int64)
