"""A last part for networks that are fine-tuned: the mean of each map, normalised, and a linear layer."""

from __future__ import annotations

from ... import nn


def pooled_classifier(in_channels: int, num_classes: int, dropout: float = 0.5) -> nn.Sequential:
    """The mean of each map, batch norm, dropout and a linear layer: maps (N, in_channels, H, W) to (N, num_classes).

    Learns fast on maps of any scale: those of published SqueezeNets have means between 0 and 200, and the network's own
    last layer ends with a ReLU, with which no score could be negative.

    Args:     dropout: probability that a mean is dropped in training before the linear layer.
    Raises:   ValueError: for a dropout outside [0, 1].

    >>> pooled_classifier(512, 20)
    Sequential(
      (0): AdaptiveAvgPool2d(output_size=1)
      (1): Flatten(start_dim=1, end_dim=-1)
      (2): BatchNorm1d(512, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)
      (3): Dropout(p=0.5, inplace=False)
      (4): Linear(in_features=512, out_features=20, bias=True)
    )
    """
    return nn.Sequential(
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.BatchNorm1d(in_channels),
        nn.Dropout(dropout),
        nn.Linear(in_channels, num_classes),
    )
