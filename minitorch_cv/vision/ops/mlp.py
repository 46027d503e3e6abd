"""Linear layers one after the other (torchvision.ops.misc)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ... import nn
from .conv_norm_activation import inplace_or_default


class MLP(nn.Sequential):
    """Linear layers, each but the last followed by a normalisation, if there is one, and an activation; all by dropout.

    Args:     in_channels: features of the input (..., in_channels).
              hidden_channels: those of each linear layer; the last ones are the result's.
              norm_layer: makes a normalisation for a number of features; None for none.
              activation_layer: makes an activation.
              inplace: for activations and dropout; None for what each does by itself.
              bias: of the linear layers.
              dropout: probability that a number is dropped in training.
    Raises:   ValueError: for a dropout outside [0, 1]. IndexError: if there are no hidden_channels.
    """

    def __init__(
        self,
        in_channels: int,
        hidden_channels: Sequence[int],
        norm_layer: Callable[..., nn.Module] | None = None,
        activation_layer: Callable[..., nn.Module] | None = nn.ReLU,
        inplace: bool | None = None,
        bias: bool = True,
        dropout: float = 0.0,
    ) -> None:
        if not hidden_channels:
            raise IndexError("MLP: hidden_channels is empty, expected the features of one layer at least")
        settings = inplace_or_default(inplace)
        layers: list[nn.Module] = []
        for width in hidden_channels[:-1]:
            layers.append(nn.Linear(in_channels, width, bias=bias))
            if norm_layer is not None:
                layers.append(norm_layer(width))
            if activation_layer is None:
                raise TypeError("MLP: activation_layer is None, expected what makes an activation, such as nn.ReLU")
            layers += [activation_layer(**settings), nn.Dropout(dropout, **settings)]
            in_channels = width
        layers += [nn.Linear(in_channels, hidden_channels[-1], bias=bias), nn.Dropout(dropout, **settings)]
        super().__init__(*layers)
