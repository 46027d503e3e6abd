"""Networks for images."""

from .lenet import LeNet5
from .mlp import MLP

__all__ = ["MLP", "LeNet5"]
