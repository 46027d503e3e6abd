"""First values of weights that torchvision's models share."""

from __future__ import annotations

from ... import nn


def kaiming_normal_convolutions(model: nn.Module) -> None:
    """Draw each convolution's weights so that ReLU keeps the variance of gradients; normalisations change nothing yet.

    Source:   He et al. 2015, "Delving deep into rectifiers".
    """
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        elif isinstance(module, (nn.BatchNorm2d, nn.GroupNorm)) and module.weight is not None:
            nn.init.ones_(module.weight)
            nn.init.zeros_(module.bias)  # type: ignore[arg-type]  # there is one, or torchvision fails here too
