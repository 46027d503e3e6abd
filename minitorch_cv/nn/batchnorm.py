"""Batch normalisation."""

from __future__ import annotations

from typing import Any

from ..ops.channel_norm import batch_norm_relu
from ..tensors.tensor import Tensor
from . import functional as F
from .running_norm import RunningNorm


class _BatchNorm(RunningNorm):
    def forward(self, input: Tensor) -> Tensor:
        """The input, normalised: by its own statistics in training, by the running ones in evaluation."""
        return F.batch_norm(input, *self._statistics_and_settings(input))

    def forward_relu(self, input: Tensor, residual: Tensor | None = None) -> Tensor:
        """relu(forward(input) + residual) in one operation; see fusion.py."""
        return batch_norm_relu(input, residual, *self._statistics_and_settings(input))

    def _statistics_and_settings(self, input: Tensor) -> tuple[Any, ...]:
        """What batch_norm takes after the input. In training this counts the batch."""
        self._channel_dim(input)  # which complains
        share = 0.0 if self.momentum is None else self.momentum
        if self.training and self.track_running_stats and self.num_batches_tracked is not None:
            self.num_batches_tracked.add_(1)
            if self.momentum is None:  # the plain average over all batches
                share = 1.0 / self.num_batches_tracked.item()
        by_batch = self.training or (self.running_mean is None and self.running_var is None)
        tracked = not self.training or self.track_running_stats
        return (
            self.running_mean if tracked else None,
            self.running_var if tracked else None,
            self.weight,
            self.bias,
            by_batch,
            share,
            self.eps,
        )


class BatchNorm1d(_BatchNorm):
    """Normalises each feature of (N, C), or each channel of (N, C, L), over the batch; see nn.functional.batch_norm.

    Args:     momentum: the share of the newest batch in the running statistics; None makes them the plain average.
              affine: whether to train a factor and a summand for each channel.
              track_running_stats: if False, evaluation uses the batch's own statistics as well.
    """

    _ndims = (2, 3)


class BatchNorm2d(_BatchNorm):
    """Normalises each channel of images (N, C, H, W) over the batch; see nn.functional.batch_norm.

    Args:     momentum: the share of the newest batch in the running statistics; None makes them the plain average.
              affine: whether to train a factor and a summand for each channel.
              track_running_stats: if False, evaluation uses the batch's own statistics as well.
    """

    _ndims = (4,)


class BatchNorm3d(_BatchNorm):
    """Normalises each channel of volumes (N, C, D, H, W) over the batch; see nn.functional.batch_norm.

    Args:     momentum: the share of the newest batch in the running statistics; None makes them the plain average.
              affine: whether to train a factor and a summand for each channel.
              track_running_stats: if False, evaluation uses the batch's own statistics as well.
    """

    _ndims = (5,)
