"""Datasets of images, read from the formats in which their owners distribute them."""

from .digits import Digits
from .mnist import MNIST, FashionMNIST
from .vision import StandardTransform, VisionDataset

__all__ = ["MNIST", "Digits", "FashionMNIST", "StandardTransform", "VisionDataset"]
