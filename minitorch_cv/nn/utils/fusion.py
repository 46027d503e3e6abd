"""A batch norm in evaluation mode as a part of the convolution or linear layer before it: one layer of both."""

from __future__ import annotations

from copy import deepcopy
from typing import TypeVar

from ...tensors.creation import ones_like, zeros_like
from ...tensors.tensor import Tensor
from ..batchnorm import _BatchNorm
from ..conv import _Conv
from ..linear import Linear
from ..parameter import Parameter

C = TypeVar("C", bound=_Conv)
L = TypeVar("L", bound=Linear)


def fuse_conv_bn_eval(conv: C, bn: _BatchNorm, transpose: bool = False) -> C:
    """A new convolution that does what this one and the batch norm after it do in evaluation mode.

    Args:     transpose: whether it is a transposed convolution, whose weight has the outputs second.
    Raises:   AssertionError: if one is in training mode, or if the batch norm tracks no statistics.
    """
    mean, var = _statistics(conv, bn)
    fused = deepcopy(conv)
    fused.weight, fused.bias = fuse_conv_bn_weights(
        fused.weight, fused.bias, mean, var, bn.eps, bn.weight, bn.bias, transpose
    )
    return fused


def fuse_conv_bn_weights(
    conv_w: Tensor,
    conv_b: Tensor | None,
    bn_rm: Tensor,
    bn_rv: Tensor,
    bn_eps: float,
    bn_w: Tensor | None,
    bn_b: Tensor | None,
    transpose: bool = False,
) -> tuple[Parameter, Parameter]:
    """Weight and bias of a convolution with those and the statistics of a batch norm in them.

    Args:     conv_w: (O, C, ...), or (C, O, ...) with `transpose`.
              conv_b, bn_rm, bn_rv, bn_w, bn_b: (O,); None for no bias, factors of 1, summands of 0.
    """
    factor = (bn_rv + bn_eps).rsqrt() * (ones_like(bn_rm) if bn_w is None else bn_w)
    outputs = [1, -1] if transpose else [-1, 1]
    weight = conv_w * factor.reshape(*outputs, *[1] * (conv_w.ndim - 2))
    bias = zeros_like(bn_rm) if conv_b is None else conv_b
    shifted = (bias - bn_rm) * factor
    shifted = shifted if bn_b is None else shifted + bn_b
    return (
        Parameter(weight.to(conv_w.dtype), conv_w.requires_grad),
        Parameter(shifted.to(conv_w.dtype if conv_b is None else conv_b.dtype), bias.requires_grad),
    )


def fuse_linear_bn_eval(linear: L, bn: _BatchNorm) -> L:
    """A new linear layer that does what this one and the batch norm after it do in evaluation mode.

    Raises:   AssertionError: if one is in training mode, if the batch norm tracks no statistics, or if it has another
                number of features, and not 1.
    """
    mean, var = _statistics(linear, bn)
    if linear.out_features != bn.num_features and bn.num_features != 1:
        raise AssertionError(
            "To fuse, linear.out_features == bn.num_features or bn.num_features == 1, got "
            f"linear.out_features={linear.out_features} and bn.num_features={bn.num_features}"
        )
    fused = deepcopy(linear)
    fused.weight, fused.bias = fuse_linear_bn_weights(fused.weight, fused.bias, mean, var, bn.eps, bn.weight, bn.bias)
    return fused


def fuse_linear_bn_weights(
    linear_w: Tensor,
    linear_b: Tensor | None,
    bn_rm: Tensor,
    bn_rv: Tensor,
    bn_eps: float,
    bn_w: Tensor | None,
    bn_b: Tensor | None,
) -> tuple[Parameter, Parameter]:
    """Weight (O, C) and bias (O,) of a linear layer with those and the statistics of a batch norm in them."""
    return fuse_conv_bn_weights(linear_w, linear_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b)


def _statistics(layer: _Conv | Linear, bn: _BatchNorm) -> tuple[Tensor, Tensor]:
    if layer.training or bn.training:
        raise AssertionError("Fusion only for eval! Call .eval() on both layers first")
    if bn.running_mean is None or bn.running_var is None:
        raise AssertionError("bn.running_mean and bn.running_var must not be None")
    return bn.running_mean, bn.running_var
