"""Networks for images."""

from .lenet import LeNet5
from .mlp import MLP
from .resnet import BasicBlock, ResNet, resnet18, resnet34

__all__ = ["MLP", "BasicBlock", "LeNet5", "ResNet", "resnet18", "resnet34"]
