"""Batch norm of which nothing is trained (torchvision.ops.misc)."""

from __future__ import annotations

from typing import Any

from ... import nn
from ...tensors.creation import ones, zeros
from ...tensors.tensor import Tensor


class FrozenBatchNorm2d(nn.Module):
    """BatchNorm2d in evaluation mode for good: statistics, factor and summand are buffers, of a trained network's file.

    Args:     num_features: channels of the images.
              eps: added to the variance.
    """

    weight: Tensor
    bias: Tensor
    running_mean: Tensor
    running_var: Tensor

    def __init__(self, num_features: int, eps: float = 1e-5) -> None:
        super().__init__()
        self.eps = eps
        self.register_buffer("weight", ones(num_features))
        self.register_buffer("bias", zeros(num_features))
        self.register_buffer("running_mean", zeros(num_features))
        self.register_buffer("running_var", ones(num_features))

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *args: Any) -> None:
        """A BatchNorm2d's state is taken too: it counts batches, which says nothing here."""
        state_dict.pop(f"{prefix}num_batches_tracked", None)
        super()._load_from_state_dict(state_dict, prefix, *args)

    def forward(self, x: Tensor) -> Tensor:
        """(N, num_features, H, W), normalised by the statistics."""
        weight, bias, mean, var = (
            buffer.reshape(1, -1, 1, 1) for buffer in (self.weight, self.bias, self.running_mean, self.running_var)
        )
        scale = weight * (var + self.eps).rsqrt()
        return x * scale + (bias - mean * scale)

    def extra_repr(self) -> str:
        """Channels and eps."""
        return f"{self.weight.shape[0]}, eps={self.eps}"
