"""The sections that look into a model: the features of a layer in the plane, and the filters of the first layer."""

from __future__ import annotations

import numpy as np

from .. import plots
from .failures import NO_ARRAYS
from .markup import element
from .page import LeftOut, Section
from .pictures import drawn
from .run_files import RunRecord
from .wording import counted

_FEWEST = 5  # samples that t-SNE can do with


def sections(run: RunRecord) -> list[Section | LeftOut]:
    """Both, in the order of the page."""
    return [embedding(run), filters(run)]


def embedding(run: RunRecord) -> Section | LeftOut:
    """The features by t-SNE."""
    title, arrays = "Features (t-SNE)", run.arrays
    if arrays is None or arrays.features is None or arrays.feature_index is None:
        return LeftOut(title, NO_ARRAYS if arrays is None else "predictions.npz has no features.")
    features, targets, classes = arrays.features, arrays.targets[arrays.feature_index], run.classes
    if not np.isfinite(features).all():
        return LeftOut(title, "the features are not finite: the training diverged.")
    if not np.ptp(features, axis=0).any():
        return LeftOut(title, "the features of all samples are the same.")
    if len(features) < _FEWEST:
        return LeftOut(title, f"{counted(len(features), 'sample')} are too few.")
    text = (
        f"What {f'the layer {arrays.features_layer}' if arrays.features_layer else 'a layer'} gives for "
        f"{counted(len(features), 'sample')} ({features.shape[1]} numbers each), brought into the "
        "plane by t-SNE: what is close in it is close in the features; distances between groups mean little."
    )
    if len(classes) > 24 and run.task != "multilabel":
        text += " The colours go through the classes in their order: neighbours in it may have nothing in common."
    if run.task == "multilabel":
        chosen = int(np.abs(targets.mean(axis=0) - 0.5).argmin())  # the attribute that divides the samples best
        targets, classes = targets[:, chosen].astype(np.int64), [f"not {classes[chosen]}", classes[chosen]]
        text += f" Colours tell whether a sample has the attribute {classes[1]}."
    picture = drawn(
        lambda path: plots.plot_embedding(features, targets, classes, path),
        f"Points in the plane, coloured by class. {text}",
    )
    return Section(title, "features", [element("p", text), picture])


def filters(run: RunRecord) -> Section | LeftOut:
    """The weight of the first convolution."""
    title = "Filters of the first layer"
    if run.arrays is None or run.arrays.filters is None:
        return LeftOut(
            title, NO_ARRAYS if run.arrays is None else "the network has no convolution of grey or RGB images."
        )
    weight = run.arrays.filters
    if not np.isfinite(weight).all():
        return LeftOut(title, "the weights are not finite: the training diverged.")
    count, channels, height, width = weight.shape
    text = f"{counted(count, 'filter')} of {height} × {width} pixels, {counted(channels, 'channel')} each."
    return Section(title, "filters", [element("p", text), drawn(lambda path: plots.plot_filters(weight, path), text)])
