"""torch.nn.functional: the operations of layers as functions, by family. What each does is said where it comes from."""

# ruff: noqa: F401 - the names are this module's content

from __future__ import annotations

import warnings
from typing import Any

from ..ops import softmax as _softmax
from ..ops.activation_piecewise import (
    hardshrink,
    hardsigmoid,
    hardswish,
    hardtanh,
    hardtanh_,
    leaky_relu,
    leaky_relu_,
    prelu,
    relu,
    relu6,
    relu_,
    rrelu,
    rrelu_,
    softshrink,
    threshold,
    threshold_,
)
from ..ops.activation_smooth import (
    celu,
    celu_,
    elu,
    elu_,
    gelu,
    glu,
    logsigmoid,
    mish,
    selu,
    selu_,
    silu,
    softplus,
    softsign,
    tanhshrink,
)
from ..ops.arguments import check_tensor
from ..ops.arithmetic import neg
from ..ops.attention import scaled_dot_product_attention
from ..ops.average_pooling import adaptive_avg_pool1d, adaptive_avg_pool2d, avg_pool1d, avg_pool2d
from ..ops.blur import blur2d
from ..ops.channel_norm import batch_norm, group_norm, instance_norm
from ..ops.convolution import conv1d, conv2d
from ..ops.distances import cosine_similarity, normalize, pairwise_distance
from ..ops.dropout import alpha_dropout, dropout, dropout1d, dropout2d, dropout3d, feature_alpha_dropout
from ..ops.embedding import embedding, one_hot
from ..ops.folding import fold, unfold
from ..ops.grid_sampling import affine_grid, grid_sample
from ..ops.interpolation import interpolate, upsample
from ..ops.layer_norm import layer_norm, rms_norm
from ..ops.linear import bilinear, linear
from ..ops.local_response_norm import local_response_norm
from ..ops.losses_binary import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    multilabel_soft_margin_loss,
    soft_margin_loss,
)
from ..ops.losses_classification import cross_entropy, nll_loss
from ..ops.losses_distance import cosine_embedding_loss, triplet_margin_loss, triplet_margin_with_distance_loss
from ..ops.losses_margin import hinge_embedding_loss, margin_ranking_loss, multi_margin_loss, multilabel_margin_loss
from ..ops.losses_probability import gaussian_nll_loss, kl_div, poisson_nll_loss
from ..ops.losses_regression import huber_loss, l1_loss, mse_loss, smooth_l1_loss
from ..ops.max_pooling import adaptive_max_pool1d, adaptive_max_pool2d, max_pool1d, max_pool2d
from ..ops.padding import pad
from ..ops.pairs import pdist
from ..ops.power_pooling import lp_pool1d, lp_pool2d
from ..ops.shuffling import channel_shuffle, pixel_shuffle, pixel_unshuffle
from ..ops.sigmoids import sigmoid
from ..ops.softmax import gumbel_softmax
from ..ops.transposed_convolution import conv_transpose1d, conv_transpose2d
from ..ops.trigonometry import tanh
from ..ops.unpooling import max_unpool2d
from ..tensors.tensor import Tensor
from .blur_kernels import get_blur_kernel

# ---- activations ----------------------------------------------------------------------------------------------------


def softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Any:
    """exp(input) divided by its sum over dimension `dim`, computed without overflow.

    Args:     dim: if None, 0 for inputs of 0, 1 or 3 dimensions and 1 for others, with a warning.
              dtype: convert input to it first.
    """
    return _softmax.softmax(input, _softmax_dim("softmax", input, dim, _stacklevel), dtype)


def softmin(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Any:
    """Softmax of -input; arguments as softmax."""
    dim = _softmax_dim("softmin", input, dim, _stacklevel)
    return _softmax.softmax(neg(input), dim, dtype)


def log_softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Any:
    """The logarithm of softmax, without the loss of precision of taking both in turn; arguments as softmax."""
    return _softmax.log_softmax(input, _softmax_dim("log_softmax", input, dim, _stacklevel), dtype)


def _softmax_dim(op_name: str, input: Tensor, dim: int | None, stacklevel: int) -> int:
    check_tensor(op_name, input)
    if dim is not None:
        return dim
    warnings.warn(
        f"Implicit dimension choice for {op_name} has been deprecated. "
        "Change the call to include dim=X as an argument.",
        stacklevel=stacklevel,
    )
    return 0 if input.ndim in (0, 1, 3) else 1
