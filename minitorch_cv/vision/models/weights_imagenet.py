"""The weights that torchvision publishes for our models, trained on ImageNet's 1000 classes."""

from __future__ import annotations

from functools import partial
from typing import Any

from ..transforms.presets import ImageClassification
from .imagenet_classes import IMAGENET_CLASSES
from .weights import Weights, WeightsEnum

_PUBLISHER = "https://download.pytorch.org/models/"
_REFERENCES = "https://github.com/pytorch/vision/tree/main/references/classification"
_RESNET_RECIPE = f"{_REFERENCES}#resnet"
_RESNEXT_RECIPE = f"{_REFERENCES}#resnext"
_WIDE_RESNET_RECIPE = "https://github.com/pytorch/vision/pull/912#issue-445437439"
_NEW_RECIPE = "https://github.com/pytorch/vision/issues/3995#issuecomment-1013906621"
_NEW_RECIPES = "https://github.com/pytorch/vision/issues/3995#new-recipe"
_DENSENET_RECIPE = "https://github.com/pytorch/vision/pull/116"
_MOBILENET_RECIPE = f"{_REFERENCES}#mobilenetv2"
_VGG_RECIPE = f"{_REFERENCES}#alexnet-and-vgg"
_SQUEEZENET_RECIPE = "https://github.com/pytorch/vision/pull/49#issuecomment-277560717"


def _imagenet(
    file: str,
    num_params: int,
    min_size: int,
    recipe: str,
    accuracy: tuple[float, float],
    giga_ops: float,
    mb: float,
    resize_size: int = 256,
) -> Weights:
    """Weights with what torchvision says of them.

    Args:     min_size: the least height and width of images.
              accuracy: percent of ImageNet's val images for which the class is the first, and among the first five.
              giga_ops: multiply-adds for an image, in thousands of millions.
              mb: the file's size in MB.
              resize_size: what the shorter side of an image is brought to before the middle is cut out.
    """
    meta: dict[str, Any] = {
        "num_params": num_params,
        "min_size": (min_size, min_size),
        "categories": list(IMAGENET_CLASSES),
        "recipe": recipe,
        "_metrics": {"ImageNet-1K": {"acc@1": accuracy[0], "acc@5": accuracy[1]}},
        "_ops": giga_ops,
        "_file_size": mb,
    }
    sizes: dict[str, Any] = {"crop_size": 224} if resize_size == 256 else {"crop_size": 224, "resize_size": resize_size}
    return Weights(_PUBLISHER + file, partial(ImageClassification, **sizes), meta)


class AlexNet_Weights(WeightsEnum):
    """Of alexnet."""

    IMAGENET1K_V1 = _imagenet("alexnet-owt-7be5be79.pth", 61100840, 63, _VGG_RECIPE, (56.522, 79.066), 0.714, 233.087)
    DEFAULT = IMAGENET1K_V1


class DenseNet121_Weights(WeightsEnum):
    """Of densenet121."""

    IMAGENET1K_V1 = _imagenet(
        "densenet121-a639ec97.pth", 7978856, 29, _DENSENET_RECIPE, (74.434, 91.972), 2.834, 30.845
    )
    DEFAULT = IMAGENET1K_V1


class MobileNet_V2_Weights(WeightsEnum):
    """Of mobilenet_v2."""

    IMAGENET1K_V1 = _imagenet(
        "mobilenet_v2-b0353104.pth", 3504872, 1, _MOBILENET_RECIPE, (71.878, 90.286), 0.301, 13.555
    )
    IMAGENET1K_V2 = _imagenet(
        "mobilenet_v2-7ebf99e0.pth",
        3504872,
        1,
        f"{_NEW_RECIPES}-with-reg-tuning",
        (72.154, 90.822),
        0.301,
        13.598,
        resize_size=232,
    )
    DEFAULT = IMAGENET1K_V2


class ResNet18_Weights(WeightsEnum):
    """Of resnet18."""

    IMAGENET1K_V1 = _imagenet("resnet18-f37072fd.pth", 11689512, 1, _RESNET_RECIPE, (69.758, 89.078), 1.814, 44.661)
    DEFAULT = IMAGENET1K_V1


class ResNet34_Weights(WeightsEnum):
    """Of resnet34."""

    IMAGENET1K_V1 = _imagenet("resnet34-b627a593.pth", 21797672, 1, _RESNET_RECIPE, (73.314, 91.42), 3.664, 83.275)
    DEFAULT = IMAGENET1K_V1


class ResNet50_Weights(WeightsEnum):
    """Of resnet50."""

    IMAGENET1K_V1 = _imagenet("resnet50-0676ba61.pth", 25557032, 1, _RESNET_RECIPE, (76.13, 92.862), 4.089, 97.781)
    IMAGENET1K_V2 = _imagenet(
        "resnet50-11ad3fa6.pth", 25557032, 1, _NEW_RECIPE, (80.858, 95.434), 4.089, 97.79, resize_size=232
    )
    DEFAULT = IMAGENET1K_V2


class ResNet101_Weights(WeightsEnum):
    """Of resnet101."""

    IMAGENET1K_V1 = _imagenet("resnet101-63fe2227.pth", 44549160, 1, _RESNET_RECIPE, (77.374, 93.546), 7.801, 170.511)
    IMAGENET1K_V2 = _imagenet(
        "resnet101-cd907fc2.pth", 44549160, 1, _NEW_RECIPES, (81.886, 95.78), 7.801, 170.53, resize_size=232
    )
    DEFAULT = IMAGENET1K_V2


class ResNet152_Weights(WeightsEnum):
    """Of resnet152."""

    IMAGENET1K_V1 = _imagenet("resnet152-394f9c45.pth", 60192808, 1, _RESNET_RECIPE, (78.312, 94.046), 11.514, 230.434)
    IMAGENET1K_V2 = _imagenet(
        "resnet152-f82ba261.pth", 60192808, 1, _NEW_RECIPES, (82.284, 96.002), 11.514, 230.474, resize_size=232
    )
    DEFAULT = IMAGENET1K_V2


class ResNeXt50_32X4D_Weights(WeightsEnum):
    """Of resnext50_32x4d."""

    IMAGENET1K_V1 = _imagenet(
        "resnext50_32x4d-7cdf4587.pth", 25028904, 1, _RESNEXT_RECIPE, (77.618, 93.698), 4.23, 95.789
    )
    IMAGENET1K_V2 = _imagenet(
        "resnext50_32x4d-1a0047aa.pth", 25028904, 1, _NEW_RECIPES, (81.198, 95.34), 4.23, 95.833, resize_size=232
    )
    DEFAULT = IMAGENET1K_V2


class SqueezeNet1_0_Weights(WeightsEnum):
    """Of squeezenet1_0."""

    IMAGENET1K_V1 = _imagenet(
        "squeezenet1_0-b66bff10.pth", 1248424, 21, _SQUEEZENET_RECIPE, (58.092, 80.42), 0.819, 4.778
    )
    DEFAULT = IMAGENET1K_V1


class SqueezeNet1_1_Weights(WeightsEnum):
    """Of squeezenet1_1."""

    IMAGENET1K_V1 = _imagenet(
        "squeezenet1_1-b8a52dc0.pth", 1235496, 17, _SQUEEZENET_RECIPE, (58.178, 80.624), 0.349, 4.729
    )
    DEFAULT = IMAGENET1K_V1


class VGG11_Weights(WeightsEnum):
    """Of vgg11."""

    IMAGENET1K_V1 = _imagenet("vgg11-8a719046.pth", 132863336, 32, _VGG_RECIPE, (69.02, 88.628), 7.609, 506.84)
    DEFAULT = IMAGENET1K_V1


class VGG11_BN_Weights(WeightsEnum):
    """Of vgg11_bn."""

    IMAGENET1K_V1 = _imagenet("vgg11_bn-6002323d.pth", 132868840, 32, _VGG_RECIPE, (70.37, 89.81), 7.609, 506.881)
    DEFAULT = IMAGENET1K_V1


class VGG13_Weights(WeightsEnum):
    """Of vgg13."""

    IMAGENET1K_V1 = _imagenet("vgg13-19584684.pth", 133047848, 32, _VGG_RECIPE, (69.928, 89.246), 11.308, 507.545)
    DEFAULT = IMAGENET1K_V1


class VGG13_BN_Weights(WeightsEnum):
    """Of vgg13_bn."""

    IMAGENET1K_V1 = _imagenet("vgg13_bn-abd245e5.pth", 133053736, 32, _VGG_RECIPE, (71.586, 90.374), 11.308, 507.59)
    DEFAULT = IMAGENET1K_V1


class VGG16_Weights(WeightsEnum):
    """Of vgg16. IMAGENET1K_FEATURES is another's training, of the convolutions only: the classifier holds NaN."""

    IMAGENET1K_V1 = _imagenet("vgg16-397923af.pth", 138357544, 32, _VGG_RECIPE, (71.592, 90.382), 15.47, 527.796)
    IMAGENET1K_FEATURES = Weights(
        f"{_PUBLISHER}vgg16_features-amdegroot-88682ab5.pth",
        partial(ImageClassification, crop_size=224, mean=(0.48235, 0.45882, 0.40784), std=(1 / 255, 1 / 255, 1 / 255)),
        {
            "num_params": 138357544,
            "min_size": (32, 32),
            "categories": None,
            "recipe": "https://github.com/amdegroot/ssd.pytorch#training-ssd",
            "_metrics": {"ImageNet-1K": {"acc@1": float("nan"), "acc@5": float("nan")}},
            "_ops": 15.47,
            "_file_size": 527.802,
        },
    )
    DEFAULT = IMAGENET1K_V1


class VGG16_BN_Weights(WeightsEnum):
    """Of vgg16_bn."""

    IMAGENET1K_V1 = _imagenet("vgg16_bn-6c64b313.pth", 138365992, 32, _VGG_RECIPE, (73.36, 91.516), 15.47, 527.866)
    DEFAULT = IMAGENET1K_V1


class VGG19_Weights(WeightsEnum):
    """Of vgg19."""

    IMAGENET1K_V1 = _imagenet("vgg19-dcbb9e9d.pth", 143667240, 32, _VGG_RECIPE, (72.376, 90.876), 19.632, 548.051)
    DEFAULT = IMAGENET1K_V1


class VGG19_BN_Weights(WeightsEnum):
    """Of vgg19_bn."""

    IMAGENET1K_V1 = _imagenet("vgg19_bn-c79401a0.pth", 143678248, 32, _VGG_RECIPE, (74.218, 91.842), 19.632, 548.143)
    DEFAULT = IMAGENET1K_V1


class Wide_ResNet50_2_Weights(WeightsEnum):
    """Of wide_resnet50_2."""

    IMAGENET1K_V1 = _imagenet(
        "wide_resnet50_2-95faca4d.pth", 68883240, 1, _WIDE_RESNET_RECIPE, (78.468, 94.086), 11.398, 131.82
    )
    IMAGENET1K_V2 = _imagenet(
        "wide_resnet50_2-9ba9bcbe.pth",
        68883240,
        1,
        f"{_NEW_RECIPES}-with-fixres",
        (81.602, 95.758),
        11.398,
        263.124,
        resize_size=232,
    )
    DEFAULT = IMAGENET1K_V2
