"""Datasets of images, read from the formats in which their owners distribute them."""

from .caltech import Caltech101
from .cifar import CIFAR10, CIFAR100
from .cinic import CINIC10
from .digits import Digits
from .fakedata import FakeData
from .flowers102 import Flowers102
from .folder import DatasetFolder, ImageFolder, find_classes, make_dataset
from .imagenette import Imagenette
from .images import IMG_EXTENSIONS, default_loader, has_file_allowed_extension, is_image_file
from .mnist import EMNIST, KMNIST, MNIST, FashionMNIST
from .oxford_iiit_pet import OxfordIIITPet
from .scenes import SceneAttributes, Scenes15
from .stl10 import STL10
from .svhn import SVHN
from .vision import StandardTransform, VisionDataset
from .voc import VOCClassification, VOCDetection, VOCSegmentation

__all__ = [
    "CIFAR10",
    "CIFAR100",
    "CINIC10",
    "EMNIST",
    "IMG_EXTENSIONS",
    "KMNIST",
    "MNIST",
    "STL10",
    "SVHN",
    "Caltech101",
    "DatasetFolder",
    "Digits",
    "FakeData",
    "FashionMNIST",
    "Flowers102",
    "ImageFolder",
    "Imagenette",
    "OxfordIIITPet",
    "SceneAttributes",
    "Scenes15",
    "StandardTransform",
    "VOCClassification",
    "VOCDetection",
    "VOCSegmentation",
    "VisionDataset",
    "default_loader",
    "find_classes",
    "has_file_allowed_extension",
    "is_image_file",
    "make_dataset",
]
