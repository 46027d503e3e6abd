"""Layers' functions in the front door's form: torch.batch_norm orders its arguments otherwise than F.batch_norm."""

from __future__ import annotations

from typing import Any

from ..autograd.variable import V, Variable
from . import channel_norm
from . import dropout as dropouts
from . import embedding as embeddings


def batch_norm(
    input: V,
    weight: Variable | None,
    bias: Variable | None,
    running_mean: Variable | None,
    running_var: Variable | None,
    training: bool,
    momentum: float,
    eps: float,
    cudnn_enabled: bool,
) -> V:
    """F.batch_norm (torch.batch_norm). cudnn_enabled says nothing on a CPU."""
    return channel_norm.batch_norm(input, running_mean, running_var, weight, bias, training, momentum, eps)


def instance_norm(
    input: V,
    weight: Variable | None,
    bias: Variable | None,
    running_mean: Variable | None,
    running_var: Variable | None,
    use_input_stats: bool,
    momentum: float,
    eps: float,
    cudnn_enabled: bool,
) -> V:
    """F.instance_norm (torch.instance_norm). cudnn_enabled says nothing on a CPU."""
    return channel_norm.instance_norm(input, running_mean, running_var, weight, bias, use_input_stats, momentum, eps)


def dropout(input: V, p: float, train: bool) -> V:
    """F.dropout, all of whose arguments are given (torch.dropout)."""
    return dropouts.dropout(input, p, train)


def embedding(
    weight: V, indices: Variable, padding_idx: int = -1, scale_grad_by_freq: bool = False, sparse: bool = False
) -> Any:
    """F.embedding with the table first; padding_idx -1 means none (torch.embedding)."""
    return embeddings.embedding(
        indices, weight, None if padding_idx == -1 else padding_idx, None, 2.0, scale_grad_by_freq, sparse
    )
