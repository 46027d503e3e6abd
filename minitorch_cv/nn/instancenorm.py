"""Instance normalisation."""

from __future__ import annotations

import warnings
from typing import Any

from ..tensors.tensor import Tensor
from . import functional as F
from .running_norm import RunningNorm


class _InstanceNorm(RunningNorm):
    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)

    def _channel_dim(self, input: Tensor) -> int:
        super()._channel_dim(input)
        return input.ndim - self._ndims[0]  # 0 without a batch

    def forward(self, input: Tensor) -> Tensor:
        """The input, each channel of each item normalised; by the running statistics in evaluation if there are any."""
        dim = self._channel_dim(input)
        channels = input.shape[dim]
        if channels != self.num_features:
            if self.affine:
                raise ValueError(
                    f"{type(self).__name__}: expected input's size at dim={dim} to match num_features "
                    f"({self.num_features}), but got: {channels}."
                )
            warnings.warn(
                f"input's size at dim={dim} does not match num_features. You can silence this warning by not passing "
                "in num_features, which is not used because affine=False",
                stacklevel=2,
            )
        result = F.instance_norm(
            input.unsqueeze(0) if dim == 0 else input,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            self.training or not self.track_running_stats,
            self.momentum if self.momentum is not None else 0.0,
            self.eps,
        )
        return result.squeeze(0) if dim == 0 else result


class InstanceNorm1d(_InstanceNorm):
    """Normalises each channel of each sequence (N, C, L) or (C, L) by itself; see nn.functional.instance_norm.

    Args:     affine: whether to train a factor and a summand for each channel.
              track_running_stats: whether to keep running statistics, and to normalise by them in evaluation.
    """

    _ndims = (2, 3)


class InstanceNorm2d(_InstanceNorm):
    """Normalises each channel of each image (N, C, H, W) or (C, H, W) by itself; see nn.functional.instance_norm.

    Args:     affine: whether to train a factor and a summand for each channel.
              track_running_stats: whether to keep running statistics, and to normalise by them in evaluation.
    """

    _ndims = (3, 4)
