"""The argument `reduction` of torchvision's losses."""

from __future__ import annotations

from ...ops.losses_base import REDUCTIONS
from ...tensors.tensor import Tensor


def check_reduction(reduction: str) -> None:
    """Raise ValueError for an unknown one."""
    if reduction not in REDUCTIONS:
        raise ValueError(
            f"Invalid Value for arg 'reduction': '{reduction}'. Supported reduction modes: 'none', 'mean', 'sum'"
        )


def reduced(losses: Tensor, reduction: str, of_none: float | None = None) -> Tensor:
    """The losses, their mean or their sum.

    Args:     of_none: the factor of the sum that stands for the mean of no losses, which otherwise is NaN.
    """
    if reduction == "none":
        return losses
    if reduction == "sum":
        return losses.sum()
    return losses.mean() if of_none is None or losses.numel() else of_none * losses.sum()
