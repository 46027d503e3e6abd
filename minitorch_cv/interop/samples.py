"""An input for a model of vision.models that suits it: what the model is traced with where the caller gives none."""

from __future__ import annotations

from .. import nn
from ..nn.module import Module
from ..tensors.creation import zeros
from ..tensors.tensor import Tensor
from ..vision import models

# The side of the images in pixels: small ones, where a model takes any; the steps are the same.
_SIZES: dict[type[Module], int] = {
    models.AlexNet: 64,
    models.CIFARResNet: 16,
    models.DenseNet: 32,
    models.DepthwiseNet: 32,
    models.ImagenetteModel: 32,
    models.MobileNetV2: 32,
    models.ResNet: 32,
    models.ResNet9: 32,
    models.SimpleClassifier: 227,
    models.SimpleNet: 64,
    models.SimpleNetFinal: 64,
    models.SqueezeNet: 32,
    models.VGG: 32,
    models.VOCClassifier: 32,
}


def sample_for(model: Module) -> Tensor | None:
    """A batch of one image of zeros, in the dtype of the model's parameters; None for a model that is not known."""
    first = next((m for m in model.modules() if isinstance(m, (nn.Conv2d, nn.Linear))), None)
    if first is None:
        return None
    dtype = first.weight.dtype
    if isinstance(model, models.MLP) and isinstance(first, nn.Linear):
        return zeros((1, first.in_features), dtype=dtype)
    size = model.image_size if isinstance(model, models.LeNet5) else _size(model)
    if size is None or not isinstance(first, nn.Conv2d):
        return None
    return zeros((1, first.in_channels, size, size), dtype=dtype)


def _size(model: Module) -> int | None:
    return next((size for kind, size in _SIZES.items() if isinstance(model, kind)), None)
