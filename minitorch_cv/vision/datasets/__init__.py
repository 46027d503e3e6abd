"""Datasets of images, read from the formats in which their owners distribute them."""

from .cifar import CIFAR10, CIFAR100
from .cinic import CINIC10
from .digits import Digits
from .fakedata import FakeData
from .folder import DatasetFolder, ImageFolder, find_classes, make_dataset
from .imagenette import Imagenette
from .images import IMG_EXTENSIONS, default_loader, has_file_allowed_extension, is_image_file
from .mnist import EMNIST, KMNIST, MNIST, FashionMNIST
from .scenes import SceneAttributes, Scenes15
from .vision import StandardTransform, VisionDataset
from .voc import VOCClassification, VOCDetection

__all__ = [
    "CIFAR10",
    "CIFAR100",
    "CINIC10",
    "EMNIST",
    "IMG_EXTENSIONS",
    "KMNIST",
    "MNIST",
    "DatasetFolder",
    "Digits",
    "FakeData",
    "FashionMNIST",
    "ImageFolder",
    "Imagenette",
    "SceneAttributes",
    "Scenes15",
    "StandardTransform",
    "VOCClassification",
    "VOCDetection",
    "VisionDataset",
    "default_loader",
    "find_classes",
    "has_file_allowed_extension",
    "is_image_file",
    "make_dataset",
]
