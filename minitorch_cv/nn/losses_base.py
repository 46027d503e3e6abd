"""What loss layers have in common."""

from __future__ import annotations

from ..ops.losses_base import legacy_reduction
from ..tensors.tensor import Tensor
from .module import Module


class Loss(Module):
    """Base of the loss layers.

    Args:     size_average, reduce: how the reduction was chosen before PyTorch 0.4.1; if given they decide, with a
                  warning.
              reduction: "mean", "sum" or "none".
    """

    def __init__(self, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean") -> None:
        super().__init__()
        if size_average is not None or reduce is not None:
            reduction = legacy_reduction(size_average, reduce)
        self.reduction = reduction


class WeightedLoss(Loss):
    """Base of the loss layers with a weight, which is a buffer.

    Args:     weight: a tensor or None. The others as Loss.
    """

    weight: Tensor | None

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)
