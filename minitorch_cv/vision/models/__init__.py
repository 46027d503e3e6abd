"""Networks for images: torchvision's under their names there, and those that courses train."""

from .alexnet import AlexNet, alexnet
from .cifar_resnet import CIFARResNet, cifar_resnet18, resnet20, resnet32, resnet44, resnet56, resnet110
from .depthwise_net import DepthwiseNet
from .imagenette import ImagenetteModel
from .lenet import LeNet5
from .mlp import MLP
from .registry import get_model, get_model_builder, input_size, list_models
from .resnet import BasicBlock, ResNet, resnet18, resnet34
from .resnet9 import ResNet9
from .simplenet import SimpleNet, SimpleNetFinal
from .squeezenet import Fire, SqueezeNet, squeezenet1_0, squeezenet1_1
from .vgg import VGG, vgg11, vgg11_bn, vgg13, vgg13_bn, vgg16, vgg16_bn, vgg19, vgg19_bn
from .voc import SimpleClassifier, VOCClassifier

__all__ = [
    "MLP",
    "VGG",
    "AlexNet",
    "BasicBlock",
    "CIFARResNet",
    "DepthwiseNet",
    "Fire",
    "ImagenetteModel",
    "LeNet5",
    "ResNet",
    "ResNet9",
    "SimpleClassifier",
    "SimpleNet",
    "SimpleNetFinal",
    "SqueezeNet",
    "VOCClassifier",
    "alexnet",
    "cifar_resnet18",
    "get_model",
    "get_model_builder",
    "input_size",
    "list_models",
    "resnet18",
    "resnet20",
    "resnet32",
    "resnet34",
    "resnet44",
    "resnet56",
    "resnet110",
    "squeezenet1_0",
    "squeezenet1_1",
    "vgg11",
    "vgg11_bn",
    "vgg13",
    "vgg13_bn",
    "vgg16",
    "vgg16_bn",
    "vgg19",
    "vgg19_bn",
]
