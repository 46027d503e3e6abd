"""Networks for images: torchvision's under their names there, and those that courses train."""

from .alexnet import AlexNet, alexnet
from .cifar_resnet import CIFARResNet, cifar_resnet18, resnet20, resnet32, resnet44, resnet56, resnet110
from .densenet import DenseNet, densenet121
from .depthwise_net import DepthwiseNet
from .fine_tuning import FINE_TUNABLE, FineTuning, for_fine_tuning
from .imagenette import ImagenetteModel
from .lenet import LeNet5
from .mlp import MLP
from .mobilenetv2 import MobileNetV2, mobilenet_v2
from .pooled_classifier import pooled_classifier
from .prior_classifier import PriorClassifier
from .registry import get_model, get_model_builder, get_model_weights, get_weight, input_size, list_models
from .resnet import (
    BasicBlock,
    Bottleneck,
    ResNet,
    resnet18,
    resnet34,
    resnet50,
    resnet101,
    resnet152,
    resnext50_32x4d,
    wide_resnet50_2,
)
from .resnet9 import ResNet9
from .simplenet import SimpleNet, SimpleNetFinal
from .squeezenet import Fire, SqueezeNet, squeezenet1_0, squeezenet1_1
from .vgg import VGG, vgg11, vgg11_bn, vgg13, vgg13_bn, vgg16, vgg16_bn, vgg19, vgg19_bn
from .voc import SimpleClassifier, VOCClassifier
from .weights import Weights, WeightsEnum
from .weights_imagenet import (
    AlexNet_Weights,
    DenseNet121_Weights,
    MobileNet_V2_Weights,
    ResNet18_Weights,
    ResNet34_Weights,
    ResNet50_Weights,
    ResNet101_Weights,
    ResNet152_Weights,
    ResNeXt50_32X4D_Weights,
    SqueezeNet1_0_Weights,
    SqueezeNet1_1_Weights,
    VGG11_BN_Weights,
    VGG11_Weights,
    VGG13_BN_Weights,
    VGG13_Weights,
    VGG16_BN_Weights,
    VGG16_Weights,
    VGG19_BN_Weights,
    VGG19_Weights,
    Wide_ResNet50_2_Weights,
)

__all__ = [
    "AlexNet",
    "AlexNet_Weights",
    "BasicBlock",
    "Bottleneck",
    "CIFARResNet",
    "DenseNet",
    "DenseNet121_Weights",
    "DepthwiseNet",
    "FINE_TUNABLE",
    "FineTuning",
    "Fire",
    "ImagenetteModel",
    "LeNet5",
    "MLP",
    "MobileNetV2",
    "MobileNet_V2_Weights",
    "PriorClassifier",
    "ResNeXt50_32X4D_Weights",
    "ResNet",
    "ResNet101_Weights",
    "ResNet152_Weights",
    "ResNet18_Weights",
    "ResNet34_Weights",
    "ResNet50_Weights",
    "ResNet9",
    "SimpleClassifier",
    "SimpleNet",
    "SimpleNetFinal",
    "SqueezeNet",
    "SqueezeNet1_0_Weights",
    "SqueezeNet1_1_Weights",
    "VGG",
    "VGG11_BN_Weights",
    "VGG11_Weights",
    "VGG13_BN_Weights",
    "VGG13_Weights",
    "VGG16_BN_Weights",
    "VGG16_Weights",
    "VGG19_BN_Weights",
    "VGG19_Weights",
    "VOCClassifier",
    "Weights",
    "WeightsEnum",
    "Wide_ResNet50_2_Weights",
    "alexnet",
    "cifar_resnet18",
    "densenet121",
    "for_fine_tuning",
    "get_model",
    "get_model_builder",
    "get_model_weights",
    "get_weight",
    "input_size",
    "list_models",
    "mobilenet_v2",
    "pooled_classifier",
    "resnet101",
    "resnet110",
    "resnet152",
    "resnet18",
    "resnet20",
    "resnet32",
    "resnet34",
    "resnet44",
    "resnet50",
    "resnet56",
    "resnext50_32x4d",
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
    "wide_resnet50_2",
]
