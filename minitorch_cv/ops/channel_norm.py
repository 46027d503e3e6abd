"""Normalisation of channels: batch_norm, group_norm, instance_norm. They differ in the numbers that share a mean.

Each subtracts a mean, divides by a standard deviation, and gives every channel a factor (weight) and a summand (bias).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from ..kernels.moments import row_moments, row_products
from ..kernels.summation import accurate_sum
from . import batch_norm_relu as vector
from .activation_piecewise import relu
from .arguments import as_number, check_floating, check_same_dtype, check_tensor, tuple_of
from .arithmetic import add


@dataclass(eq=False, repr=False)
class ChannelNorm(Operation):
    """(x - mean) / sqrt(var + eps) * weight + bias, with statistics of x itself.

    x is (N, C, ...), seen as N*C rows of L elements. Statistics are float64, (N, C) or (1, C); a subclass says over
    which rows they are taken.
    """

    eps: float

    def _pooled(self, rows: Array) -> Array:
        """Sum numbers (N, C), one for each row, over the rows that share a mean; the result broadcasts to (N, C)."""
        raise NotImplementedError

    def forward(self, x: Array, weight: Array | None, bias: Array | None) -> Array:
        n, c, length = _as_rows(x)
        mean, squares = (s.reshape(n, c) for s in row_moments(x.reshape(n * c, length)))
        self.count = np.maximum(self._pooled(np.full((n, c), float(length))), 1)
        self.mean = self._pooled(mean * length) / self.count
        # the rows' squares are about their own means, and those are spread too
        self.var = self._pooled(squares + length * (mean - self.mean) ** 2) / self.count
        self.inverse_std = 1 / np.sqrt(self.var + self.eps)
        self.weight = None if weight is None else weight.astype(np.float64)
        self.x = x
        return scaled_and_shifted(x, self.mean, self.inverse_std * _or(1, self.weight), _or(0, bias))

    def unbiased_var(self) -> Array:
        """The variances, had the mean been known."""
        return self.var * self.count / (self.count - 1)

    def backward(self, grad_out: Array) -> tuple:
        n, c, length = _as_rows(self.x)
        centre = np.broadcast_to(self.mean, (n, c)).reshape(-1)
        of_rows = row_products(grad_out.reshape(n * c, length), self.x.reshape(n * c, length), centre)
        sums, products = (s.reshape(n, c) for s in of_rows)
        grad_x = None
        if self.needs_grad[0]:
            # with u = grad_out * weight and v = (x - mean)/std: grad_x = (u - mean(u) - v * mean(u*v)) / std
            scale = _or(1, self.weight) * self.inverse_std
            mean_u = self._pooled(sums * _or(1, self.weight)) / self.count
            mean_uv = self._pooled(products * scale) / self.count
            grad_x = scaled_and_shifted(self.x, self.mean, -mean_uv * self.inverse_std**2, -mean_u * self.inverse_std)
            grad_x += (grad_out.reshape(n, c, length) * _column(scale, grad_out.dtype)).reshape(grad_out.shape)
        return grad_x, (products * self.inverse_std).sum(axis=0), sums.sum(axis=0)


class BatchNorm(ChannelNorm):
    """Statistics of each channel over the whole batch."""

    torch_name = "NativeBatchNormBackward0"

    def _pooled(self, rows: Array) -> Array:
        return rows.sum(axis=0, keepdims=True)


@dataclass(eq=False, repr=False)
class GroupNorm(ChannelNorm):
    """Statistics of each group of channels of each item."""

    torch_name = "NativeGroupNormBackward0"
    num_groups: int

    def _pooled(self, rows: Array) -> Array:
        n, c = rows.shape
        size = c // self.num_groups
        return np.repeat(rows.reshape(n, self.num_groups, size).sum(axis=2), size, axis=1)


@dataclass(eq=False, repr=False)
class FixedNorm(Operation):
    """(x - mean) / sqrt(var + eps) * weight + bias with given statistics, (C,)."""

    torch_name = "NativeBatchNormBackward0"
    mean: Array
    var: Array
    eps: float

    def forward(self, x: Array, weight: Array | None, bias: Array | None) -> Array:
        self.mean = self.mean.astype(np.float64)  # a copy: running statistics may have moved on by the time of backward
        self.inverse_std = 1 / np.sqrt(self.var.astype(np.float64) + self.eps)
        self.scale = self.inverse_std * _or(1, weight)
        self.x: Any = x if self.needs_grad[1] else None
        return scaled_and_shifted(x, self.mean, self.scale, _or(0, bias))

    def backward(self, grad_out: Array) -> tuple:
        n, c, length = _as_rows(grad_out)
        rows = grad_out.reshape(n, c, length)
        grad_x = grad_weight = None
        if self.needs_grad[0]:
            grad_x = (rows * _column(self.scale, grad_out.dtype)).reshape(grad_out.shape)
        if self.needs_grad[1]:
            centred = scaled_and_shifted(self.x, self.mean, self.inverse_std, 0.0).reshape(n, c, length)
            grad_weight = accurate_sum(rows * centred, (0, 2))
        return grad_x, grad_weight, accurate_sum(rows, (0, 2))


def scaled_and_shifted(x: Array, mean: Array, scale: Array, shift: Array | float) -> Array:
    """(x - mean) * scale + shift in x's dtype, for x (N, C, ...) and float64 numbers that broadcast to (N, C).

    The part of the mean that x's dtype cannot hold goes into the shift, so that nothing is lost where means are large.
    """
    rounded = mean.astype(x.dtype)
    rows = x.reshape(_as_rows(x)) - _column(rounded, x.dtype)
    rows *= _column(scale, x.dtype)
    rows += _column(shift + (rounded - mean) * scale, x.dtype)
    return rows.reshape(x.shape)


def _as_rows(x: Array) -> tuple[int, int, int]:
    """(N, C, L) of an (N, C, ...)."""
    n, c = x.shape[:2]
    return n, c, math.prod(x.shape[2:])


def _column(values: Array, dtype: np.dtype) -> Array:
    """Numbers (C,), (1, C) or (N, C) such that they broadcast to (N, C, L)."""
    return np.atleast_2d(values)[:, :, None].astype(dtype)


def _or(default: float, values: Array | None) -> Array | float:
    return default if values is None else values


def batch_norm(
    input: V,
    running_mean: Variable | None,
    running_var: Variable | None,
    weight: Variable | None = None,
    bias: Variable | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> V:
    """Normalise each channel over the batch, or, if not training, with the running statistics.

    Args:     input: (N, C) or (N, C, ...), float32 or float64.
              running_mean, running_var: (C,); when training they are moved towards the batch's mean and unbiased
                  variance (they may be None then). The batch itself is normalised with the biased variance.
              weight, bias: (C,); factor and summand of each channel.
              momentum: the share of the batch in the new running statistics.
    Raises:   ValueError: when training on a single value per channel, and for an eps out of range.
              RuntimeError: for sizes that do not fit, mixed dtypes, and evaluation without running statistics.
    Source:   Ioffe and Szegedy 2015.
    """
    return _batch_norm(input, running_mean, running_var, weight, bias, training, momentum, eps)


def batch_norm_relu(
    input: V,
    residual: Variable | None,
    running_mean: Variable | None,
    running_var: Variable | None,
    weight: Variable | None = None,
    bias: Variable | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> V:
    """relu(batch_norm(...) + residual), in one operation where there are kernels for it.

    Args:     residual: of the result's shape; None adds nothing. The others: see batch_norm.
    """
    eps = as_number("batch_norm", "eps", eps, "float")
    statistics_and_settings = running_mean, running_var, weight, bias, training, momentum, eps
    if vector.supports(input, eps) and (residual is None or _alike(input, residual)):
        return _batch_norm(input, *statistics_and_settings, relu=True, residual=residual)
    result = _batch_norm(input, *statistics_and_settings)
    return relu(result if residual is None else add(result, residual), inplace=True)


def _batch_norm(
    input: V,
    running_mean: Variable | None,
    running_var: Variable | None,
    weight: Variable | None,
    bias: Variable | None,
    training: bool,
    momentum: float,
    eps: float,
    relu: bool = False,
    residual: Variable | None = None,
) -> V:
    op_name = "batch_norm"
    _check_input(op_name, input)
    momentum, eps = as_number(op_name, "momentum", momentum, "float"), as_number(op_name, "eps", eps, "float")
    shape = input.array.shape
    if training and shape[0] * math.prod(shape[2:]) == 1:
        raise ValueError(
            f"{op_name}: Expected more than 1 value per channel when training, got input size {input.shape}. "
            "Use a larger batch (DataLoader's drop_last=True), or eval()."
        )
    _check_running(op_name, running_mean, running_var, needed=not training)
    _check_channels(op_name, input, running_mean=running_mean, running_var=running_var, weight=weight, bias=bias)
    if not eps >= 0:
        raise ValueError(f"{op_name} eps must be non-negative, but got {eps}")
    if training and eps == 0:
        raise ValueError(f"{op_name} eps must be positive during training, but got {eps}")
    by_vectors = vector.supports(input, eps)
    if not training:
        if by_vectors:
            return vector.FixedNormRelu(eps, relu, *_arrays(running_mean, running_var))(input, weight, bias, residual)
        return _fixed(input, running_mean, running_var, weight, bias, eps)
    if by_vectors:
        op = vector.BatchNormRelu(eps, relu)
        result = op(input, weight, bias, residual)
        pixels = input.array.size // shape[1]
        _update_running(running_mean, running_var, momentum, op.norm.mean, op.norm.var * (pixels / (pixels - 1)))
        return result
    plain = BatchNorm(eps)
    result = plain(input, weight, bias)
    if input.array.size:
        _update_running(running_mean, running_var, momentum, plain.mean[0], plain.unbiased_var()[0])
    return result


def instance_norm(
    input: V,
    running_mean: Variable | None = None,
    running_var: Variable | None = None,
    weight: Variable | None = None,
    bias: Variable | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> V:
    """Normalise each channel of each item by itself, or, without use_input_stats, with the running statistics.

    Args:     input: (N, C, ...) with at least one more dimension, float32 or float64.
              running_mean, running_var: (C,); with use_input_stats they are moved towards the items' mean statistics
                  (they may be None then).
              weight, bias: (C,); factor and summand of each channel.
              momentum: the share of this batch in the new running statistics.
    Raises:   ValueError: if a channel has a single element. RuntimeError: for sizes that do not fit, mixed dtypes, and
                  missing running statistics.
    Source:   Ulyanov et al. 2016.
    """
    op_name = "instance_norm"
    _check_input(op_name, input)
    momentum, eps = as_number(op_name, "momentum", momentum, "float"), as_number(op_name, "eps", eps, "float")
    shape = input.array.shape
    if use_input_stats and math.prod(shape[2:]) == 1:
        raise ValueError(f"{op_name}: Expected more than 1 spatial element when training, got input size {input.shape}")
    if not use_input_stats and (running_mean is None or running_var is None):
        raise RuntimeError(
            f"{op_name}: Expected running_mean and running_var to be defined when use_input_stats is false"
        )
    _check_running(op_name, running_mean, running_var, needed=False)
    _check_channels(op_name, input, running_mean=running_mean, running_var=running_var, weight=weight, bias=bias)
    if not use_input_stats:
        return _fixed(input, running_mean, running_var, weight, bias, eps)
    op = GroupNorm(eps, max(shape[1], 1))
    result = op(input, weight, bias)
    if input.array.size:
        item_statistics = op.mean.mean(axis=0), op.unbiased_var().mean(axis=0)
        _update_running(running_mean, running_var, momentum, *item_statistics)
    return result


def group_norm(
    input: V,
    num_groups: int,
    weight: Variable | None = None,
    bias: Variable | None = None,
    eps: float = 1e-5,
) -> V:
    """Normalise each of num_groups groups of channels of each item by itself.

    Args:     input: (N, C, ...), float32 or float64; num_groups divides C.
              weight, bias: (C,); factor and summand of each channel.
    Raises:   RuntimeError: for sizes that do not fit and mixed dtypes. ValueError: if there is one number in all.
    Source:   Wu and He 2018.
    """
    op_name = "group_norm"
    _check_input(op_name, input)
    (num_groups,) = tuple_of(1, op_name, "num_groups", num_groups)
    shape = input.array.shape
    if num_groups < 1:
        raise RuntimeError(f"{op_name}: Expected num groups to be greater than 0, got {num_groups}")
    if shape[1] % num_groups:
        raise RuntimeError(
            f"{op_name}: Expected number of channels in input to be divisible by num_groups, but got input of shape "
            f"{list(shape)} and num_groups={num_groups}"
        )
    if shape[0] * shape[1] // num_groups * math.prod(shape[2:]) == 1:
        raise ValueError(
            f"{op_name}: Expected more than 1 value per channel when training, got input size {list(shape)} with "
            f"num_groups={num_groups}"
        )
    for name, given in {"weight": weight, "bias": bias}.items():
        if given is not None and given.array.shape != shape[1:2]:
            raise RuntimeError(
                f"{op_name}: Expected {name} to be a vector of size equal to the number of channels in input, but got "
                f"{name} of shape {list(given.array.shape)} and input of shape {list(shape)}"
            )
    check_same_dtype(op_name, input=input, weight=weight, bias=bias)
    return GroupNorm(as_number(op_name, "eps", eps, "float"), num_groups)(input, weight, bias)


def _check_input(op_name: str, input: Variable) -> None:
    check_floating(op_name, input)
    if input.array.ndim < 2:
        raise RuntimeError(
            f"{op_name}: Expected at least 2 dimensions for input tensor but received {input.array.ndim}: (N, C, ...)"
        )


def _check_running(op_name: str, mean: Variable | None, var: Variable | None, needed: bool) -> None:
    for name, given in {"running_mean": mean, "running_var": var}.items():
        if given is None and needed:
            raise RuntimeError(f"{op_name}: {name} must be defined in evaluation mode")
    if (mean is None) != (var is None):
        raise ValueError(f"{op_name}: running_mean and running_var must either both be None or neither be None")


def _check_channels(op_name: str, input: Variable, **per_channel: Variable | None) -> None:
    channels = input.array.shape[1]
    for name, given in per_channel.items():
        if given is None:
            continue
        check_tensor(op_name, given, name)
        if given.array.shape != (channels,):
            found = given.array.size if given.array.ndim == 1 else f"shape {list(given.array.shape)}"
            raise RuntimeError(
                f"{op_name}: {name} should contain {channels} elements not {found}: input {list(input.array.shape)} "
                f"has {channels} channels"
            )
    check_same_dtype(op_name, input=input, **per_channel)


def _fixed(
    input: V,
    mean: Variable | None,
    var: Variable | None,
    weight: Variable | None,
    bias: Variable | None,
    eps: float,
) -> V:
    return FixedNorm(*_arrays(mean, var), eps)(input, weight, bias)


def _arrays(mean: Variable | None, var: Variable | None) -> tuple[Array, Array]:
    assert mean is not None and var is not None
    return mean.array, var.array


def _alike(input: Variable, residual: Variable) -> bool:
    return residual.array.shape == input.array.shape and residual.array.dtype == input.array.dtype


def _update_running(
    running_mean: Variable | None, running_var: Variable | None, momentum: float, mean: Array, var: Array
) -> None:
    """Move running statistics towards those of a batch, (C,).

    As in PyTorch this does not count as an in-place write: a network may use one layer twice before backward.
    """
    for running, new in ((running_mean, mean), (running_var, var)):
        if running is not None:
            running.array[...] = (1 - momentum) * running.array + momentum * new
