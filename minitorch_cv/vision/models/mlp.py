"""A multi-layer perceptron: linear layers with ReLU between them."""

from __future__ import annotations

from collections.abc import Sequence

from ... import nn
from ...tensors.tensor import Tensor
from .registry import register_model


@register_model(input_size=(1, 28, 28))
class MLP(nn.Module):
    """Flattens its input; then linear layers, each but the last followed by ReLU (and dropout).

    109,386 parameters for 28x28 grey images and ten classes.

    Args:     in_features: numbers in one sample: 784 for 28x28 grey images.
              hidden: width of each hidden layer; () gives a linear classifier.
              dropout: probability that a hidden unit is dropped in training.
    Raises:   ValueError: for a dropout outside [0, 1].
    """

    def __init__(
        self, in_features: int = 784, hidden: Sequence[int] = (128, 64), num_classes: int = 10, dropout: float = 0.0
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Flatten()]
        for width in hidden:
            layers += [nn.Linear(in_features, width), nn.ReLU()]
            if dropout:
                layers.append(nn.Dropout(dropout))
            in_features = width
        layers.append(nn.Linear(in_features, num_classes))
        self.layers = nn.Sequential(*layers)

    def forward(self, input: Tensor) -> Tensor:
        """Class scores (N, num_classes) of samples (N, ...)."""
        return self.layers(input)
