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
from ..ops.softmax import gumbel_softmax
from ..tensors.tensor import Tensor

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
