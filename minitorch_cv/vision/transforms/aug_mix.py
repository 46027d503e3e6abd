"""AugMix: an image mixed with several augmented versions of itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...nn.module import Module
from ...tensors.tensor import Tensor
from ...types.random_source import current_source
from . import draws
from . import functional as F
from .arguments import fill_for
from .augmentation_operations import OF_NO_STRENGTH, OPERATIONS, Limits, either_way, strength
from .functional.images import as_batch, out_of_batch
from .interpolation_mode import InterpolationMode, interpolation_mode

_STRENGTHS = 10
_OPERATIONS = (
    "ShearX", "ShearY", "TranslateX", "TranslateY", "Rotate", "Posterize", "Solarize", "AutoContrast", "Equalize",
)  # fmt: skip
_MORE_OPERATIONS = ("Brightness", "Color", "Contrast", "Sharpness")


def _limits(img: Any) -> Limits:
    """The weakest and strongest of each operation."""
    width, height = F.get_image_size(img)
    return {
        "ShearX": (0.0, 0.3),
        "ShearY": (0.0, 0.3),
        "TranslateX": (0.0, width / 3.0),
        "TranslateY": (0.0, height / 3.0),
        "Rotate": (0.0, 30.0),
        "Posterize": (4, 0),
        "Solarize": (255.0, 0.0),
        **dict.fromkeys(_MORE_OPERATIONS, (0.0, 0.9)),
    }


def _shares(alpha: float, count: int, images: int) -> np.ndarray:
    """(images, count): random numbers that add up to 1 for each image, the more alike the larger alpha is."""
    return current_source().numpy.dirichlet([alpha] * count, images).astype(np.float32)


class AugMix(Module):
    """An image mixed with several augmented versions of itself.

    Args:     severity: how strong operations are, at most: 1 to 10.
              mixture_width: how many versions.
              chain_depth: operations for each; -1: one to three.
              alpha: how alike the shares of the versions are.
              all_ops: brightness, colour, contrast and sharpness, too: some tests of robustness use them.
              interpolation: NEAREST or BILINEAR. Tensors must be uint8.
              fill: what comes in from outside the image: a number, or one for each channel; None for 0.
    Raises:   ValueError: for another severity.
    Source:   Hendrycks et al. 2020, AugMix.
    """

    operations = OPERATIONS
    own_limits: Limits = {}

    def __init__(
        self,
        severity: int = 3,
        mixture_width: int = 3,
        chain_depth: int = -1,
        alpha: float = 1.0,
        all_ops: bool = True,
        interpolation: InterpolationMode = InterpolationMode.BILINEAR,
        fill: float | Sequence[float] | None = None,
    ) -> None:
        super().__init__()
        if not 1 <= severity <= _STRENGTHS:
            raise ValueError(f"The severity must be between [1, {_STRENGTHS}]. Got {severity} instead.")
        self.severity = severity
        self.mixture_width = mixture_width
        self.chain_depth = chain_depth
        self.alpha = alpha
        self.all_ops = all_ops
        self.interpolation = interpolation_mode(interpolation)
        self.fill = fill

    def forward(self, orig_img: Any) -> Any:
        """Augment a PIL image or a tensor (N, C, H, W) or (C, H, W)."""
        if not isinstance(orig_img, Tensor):
            return F.to_pil_image(self(F.pil_to_tensor(orig_img)))
        fill = fill_for(orig_img, self.fill)
        batch = as_batch(orig_img)
        images = batch.array.shape[0]
        own = _shares(self.alpha, 2, images)
        shares = _shares(self.alpha, self.mixture_width, images) * own[:, 1:]
        mixed = _for_each_image(own[:, 0]) * batch
        for version in range(self.mixture_width):
            mixed = mixed + _for_each_image(shares[:, version]) * self._augmented(batch, fill)
        return out_of_batch(mixed.to(orig_img.dtype), orig_img)

    def _augmented(self, batch: Tensor, fill: Any) -> Tensor:
        operations = _OPERATIONS + (_MORE_OPERATIONS if self.all_ops else ())
        limits = {**_limits(batch), **self.own_limits}
        for _ in range(self.chain_depth if self.chain_depth > 0 else draws.integer(1, 4)):
            operation = operations[draws.integer(0, len(operations))]
            step = 0 if operation in OF_NO_STRENGTH else draws.integer(0, self.severity)
            magnitude = either_way(operation, strength(operation, step, _STRENGTHS, limits))
            batch = self.operations[operation](batch, magnitude, self.interpolation, fill)
        return batch

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(severity={self.severity}, mixture_width={self.mixture_width}, "
            f"chain_depth={self.chain_depth}, alpha={self.alpha}, all_ops={self.all_ops}, "
            f"interpolation={self.interpolation}, fill={self.fill})"
        )


def _for_each_image(shares: np.ndarray) -> Tensor:
    return Tensor.wrap(shares.reshape(-1, 1, 1, 1))
