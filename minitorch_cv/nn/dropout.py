"""Dropout layers: they drop in training and do nothing in evaluation."""

from __future__ import annotations

from ..tensors.tensor import Tensor
from . import functional as F
from .module import Module


class _Dropout(Module):
    """What dropout layers have in common.

    Args:     p: the probability that an element or channel is dropped.
              inplace: write into the input.
    Raises:   ValueError: if p is not in [0, 1].
    """

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        if not 0 <= p <= 1:
            raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
        self.p = p
        self.inplace = inplace

    def extra_repr(self) -> str:
        """Probability and inplace."""
        return f"p={self.p}, inplace={self.inplace}"


class Dropout(_Dropout):
    """Sets elements to zero with probability p and scales the others; see nn.functional.dropout."""

    def forward(self, input: Tensor) -> Tensor:
        """The input, in training with elements dropped."""
        return F.dropout(input, self.p, self.training, self.inplace)


class Dropout1d(_Dropout):
    """Sets channels of (N, C, L) to zero with probability p and scales the others; see nn.functional.dropout1d."""

    def forward(self, input: Tensor) -> Tensor:
        """The input, in training with channels dropped."""
        return F.dropout1d(input, self.p, self.training, self.inplace)


class Dropout2d(_Dropout):
    """Sets channels of (N, C, H, W) to zero with probability p and scales the others; see nn.functional.dropout2d."""

    def forward(self, input: Tensor) -> Tensor:
        """The input, in training with channels dropped."""
        return F.dropout2d(input, self.p, self.training, self.inplace)


class Dropout3d(_Dropout):
    """Sets channels of (N, C, D, H, W) to zero with probability p, scales the others; see nn.functional.dropout3d."""

    def forward(self, input: Tensor) -> Tensor:
        """The input, in training with channels dropped."""
        return F.dropout3d(input, self.p, self.training, self.inplace)


class AlphaDropout(_Dropout):
    """Dropout that keeps mean 0 and variance 1, for selu networks; see nn.functional.alpha_dropout."""

    def forward(self, input: Tensor) -> Tensor:
        """The input, in training with elements dropped."""
        return F.alpha_dropout(input, self.p, self.training, self.inplace)


class FeatureAlphaDropout(_Dropout):
    """AlphaDropout of whole channels; see nn.functional.feature_alpha_dropout."""

    def forward(self, input: Tensor) -> Tensor:
        """The input, in training with channels dropped."""
        return F.feature_alpha_dropout(input, self.p, self.training, self.inplace)
