"""A published network with a new last layer, and what one needs to know of it to fine-tune it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ... import nn
from .pooled_classifier import pooled_classifier
from .prior_classifier import PriorClassifier
from .registry import get_model

# Of each network: its last layer, and the layer whose output says what it has seen in the image.
_LAYERS = {
    "alexnet": ("classifier.6", "avgpool"),
    "densenet121": ("classifier", "features"),
    "mobilenet_v2": ("classifier.1", "features"),
    **dict.fromkeys(
        ("resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "resnext50_32x4d", "wide_resnet50_2"),
        ("fc", "avgpool"),
    ),
    **dict.fromkeys(("squeezenet1_0", "squeezenet1_1"), ("classifier", "features")),
    **dict.fromkeys(
        (f"vgg{depth}{norm}" for depth in (11, 13, 16, 19) for norm in ("", "_bn")), ("classifier.6", "avgpool")
    ),
}
FINE_TUNABLE = tuple(_LAYERS)


class FineTuning(NamedTuple):
    """What `for_fine_tuning` gives.

    model: the network.
    new: name of the module in it that has random weights, as `training.linear_probe`, `nn.utils.freeze` and
      `nn.utils.parameter_groups` take it.
    lr: a learning rate of AdamW for that module to learn alone.
    features: name of the module whose output is to be shown, by t-SNE for instance.
    """

    model: nn.Module
    new: str
    lr: float
    features: str


def for_fine_tuning(
    name: str,
    num_classes: int,
    weights: str | Path | None = None,
    known: Sequence[Sequence[int]] | None = None,
) -> FineTuning:
    """A published network whose last layer is new.

    SqueezeNet gets a `pooled_classifier` instead of its own, which ends with a ReLU: no score could be negative.

    Args:     name: one of FINE_TUNABLE.
              num_classes: how many scores the new layer gives.
              weights: the path of a file, or the name of published weights; None for random ones.
              known: for each new class the indices of ImageNet's classes that belong to it. The old last layer then
                stays and the new one adds to what it says: see `PriorClassifier`.
    Raises:   ValueError: for another name; if known has not num_classes parts, or comes without weights. What
                `get_model` raises for weights that are not there or do not fit.

    >>> for_fine_tuning("resnet18", num_classes=10).model.fc
    Linear(in_features=512, out_features=10, bias=True)
    """
    if name not in _LAYERS:
        raise ValueError(f"for_fine_tuning: no network {name!r}, expected one of {', '.join(FINE_TUNABLE)}")
    if known is not None and weights is None:
        raise ValueError("for_fine_tuning: known without weights: a network with random weights knows no classes")
    if known is not None and len(known) != num_classes:
        raise ValueError(
            f"for_fine_tuning: known has {len(known)} parts, expected one for each of {num_classes} classes"
        )
    last, features = _LAYERS[name]
    squeezenet = name.startswith("squeezenet")
    model = get_model(name, weights=weights, **({} if known is not None else {"num_classes": num_classes}))
    if squeezenet or known is not None:
        parent = model.get_submodule(last.rpartition(".")[0])
        old = model.get_submodule(last)
        new = pooled_classifier(512, num_classes) if squeezenet else nn.Linear(old.in_features, num_classes)
        setattr(parent, last.rpartition(".")[2], new if known is None else PriorClassifier(old, new, known))
    # Behind a batch norm the rate can be high.
    return FineTuning(model, last if known is None else f"{last}.new", 1e-2 if squeezenet else 1e-3, features)
