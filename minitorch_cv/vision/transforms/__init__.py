"""Transforms of images: from PIL images and arrays to normalised tensors and back, resized, cropped, augmented."""

from . import functional
from .aug_mix import AugMix
from .augmentation_policies import AutoAugmentPolicy
from .auto_augment import AutoAugment, RandAugment, TrivialAugmentWide
from .batch import BatchAugment
from .colour import (
    ColorJitter,
    Grayscale,
    RandomAutocontrast,
    RandomEqualize,
    RandomGrayscale,
    RandomInvert,
    RandomPosterize,
    RandomSolarize,
)
from .containers import Compose, Lambda, RandomApply, RandomChoice, RandomOrder, RandomTransforms
from .conversion import ConvertImageDtype, LinearTransformation, Normalize, PILToTensor, ToPILImage, ToTensor
from .cropping import CenterCrop, FiveCrop, Pad, RandomCrop, RandomResizedCrop, Resize, TenCrop
from .erasing import RandomErasing
from .filtering import GaussianBlur, GaussianNoise, RandomAdjustSharpness
from .flipping import RandomHorizontalFlip, RandomVerticalFlip
from .geometry import ElasticTransform, RandomAffine, RandomPerspective, RandomRotation
from .image_batches import ImageBatches
from .interpolation_mode import InterpolationMode
from .mixing import CutMix, MixUp

__all__ = [
    "AugMix",
    "AutoAugment",
    "AutoAugmentPolicy",
    "BatchAugment",
    "CenterCrop",
    "ColorJitter",
    "Compose",
    "ConvertImageDtype",
    "CutMix",
    "ElasticTransform",
    "FiveCrop",
    "GaussianBlur",
    "GaussianNoise",
    "Grayscale",
    "ImageBatches",
    "InterpolationMode",
    "Lambda",
    "LinearTransformation",
    "MixUp",
    "Normalize",
    "PILToTensor",
    "Pad",
    "RandAugment",
    "RandomAdjustSharpness",
    "RandomAffine",
    "RandomApply",
    "RandomAutocontrast",
    "RandomChoice",
    "RandomCrop",
    "RandomEqualize",
    "RandomErasing",
    "RandomGrayscale",
    "RandomHorizontalFlip",
    "RandomInvert",
    "RandomOrder",
    "RandomPerspective",
    "RandomPosterize",
    "RandomResizedCrop",
    "RandomRotation",
    "RandomSolarize",
    "RandomTransforms",
    "RandomVerticalFlip",
    "Resize",
    "TenCrop",
    "ToPILImage",
    "ToTensor",
    "TrivialAugmentWide",
    "functional",
]
