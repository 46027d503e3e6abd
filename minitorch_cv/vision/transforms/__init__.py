"""Transforms of images: from PIL images and arrays to normalised tensors, and back."""

from . import functional
from .transforms import Compose, Lambda, Normalize, ToPILImage, ToTensor

__all__ = ["Compose", "Lambda", "Normalize", "ToPILImage", "ToTensor", "functional"]
