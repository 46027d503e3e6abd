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
_NEW_RECIPE = "https://github.com/pytorch/vision/issues/3995#issuecomment-1013906621"
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
