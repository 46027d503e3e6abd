"""Dropout: elements or whole channels set to zero at random, the rest scaled so that the mean stays."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from ..kernels import dropout as kernels
from ..types.random_source import current_source
from .arguments import check_floating, check_tensor
from .arithmetic import Add, Mul

_SELU_FLOOR = -1.7580993408473766  # selu(-infinity): what alpha dropout puts in place of a dropped element


@dataclass(eq=False, repr=False)
class Dropout(Operation):
    """Elements dropped with probability p < 1, the others divided by 1 - p. What is kept of the mask is its seed."""

    torch_name = "MulBackward0"
    is_pointwise = True
    p: float

    @property
    def next_functions(self) -> tuple:
        """As of a product with a mask."""
        return (*super().next_functions, (None, 0))

    def forward(self, x: Array) -> Array:
        self._draw()
        return kernels.dropout(x, self.p, int(self.seed))

    def forward_inplace(self, target: Array) -> None:
        self._draw()
        kernels.dropout(target, self.p, int(self.seed), out=target)

    def backward(self, grad_out: Array) -> Array:
        return kernels.dropout(grad_out, self.p, int(self.seed))

    def _draw(self) -> None:
        self.seed = np.array(current_source().numpy.bit_generator.random_raw(), np.uint64)


def dropout(input: V, p: float = 0.5, training: bool = True, inplace: bool = False) -> V:
    """Set each element to zero with probability p and multiply the others by 1/(1 - p); input itself if not training.

    Args:     input: any shape, float32 or float64.
    Raises:   ValueError: if p is not in [0, 1]. RuntimeError: for other dtypes.
    Source:   Hinton et al. 2012.
    """
    if _is_identity("dropout", input, p, training):
        return input
    if p == 1:
        return _scaled(input, input.array.shape, p, inplace)
    return Dropout(p).inplace(input) if inplace else Dropout(p)(input)


def dropout1d(input: V, p: float = 0.5, training: bool = True, inplace: bool = False) -> V:
    """Set each channel of each sequence to zero with probability p and multiply the others by 1/(1 - p).

    Args:     input: (N, C, L) or (C, L), float32 or float64.
    Raises:   ValueError: if p is not in [0, 1]. RuntimeError: for other shapes and dtypes.
    """
    check_tensor("dropout1d", input)
    _check_probability("dropout1d", p)
    ndim = input.array.ndim
    if ndim not in (2, 3):
        raise RuntimeError(
            f"dropout1d: Expected 2D or 3D input, but received a {ndim}D input. Note that dropout1d exists to provide "
            "channel-wise dropout on inputs with 1 spatial dimension, a channel dimension, and an optional batch "
            "dimension (i.e. 2D or 3D inputs)."
        )
    return _drop_channels("dropout1d", input, p, training, inplace, batched=ndim == 3)


def dropout2d(input: V, p: float = 0.5, training: bool = True, inplace: bool = False) -> V:
    """Set each channel of each image to zero with probability p and multiply the others by 1/(1 - p).

    A 3-d input is taken for (N, C, L), as in PyTorch, with a warning.

    Args:     input: (N, C, H, W), float32 or float64.
    Raises:   ValueError: if p is not in [0, 1]. RuntimeError: for fewer than 2 dimensions and other dtypes.
    Source:   Tompson et al. 2015.
    """
    check_tensor("dropout2d", input)
    _check_probability("dropout2d", p)
    ndim = input.array.ndim
    if ndim == 3:
        warnings.warn(
            "dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout behavior is desired "
            "- input is interpreted as shape (N, C, L), where C is the channel dim. This behavior will change in a "
            "future release to interpret the input as one without a batch dimension, i.e. shape (C, H, W). To maintain "
            "the 1D channel-wise dropout behavior, please switch to using dropout1d instead.",
            stacklevel=2,
        )
    elif ndim != 4:
        _warn_of_rank("dropout2d", ndim, 2)
    return _drop_channels("dropout2d", input, p, training, inplace, batched=True)


def dropout3d(input: V, p: float = 0.5, training: bool = True, inplace: bool = False) -> V:
    """Set each channel of each volume to zero with probability p and multiply the others by 1/(1 - p).

    Args:     input: (N, C, D, H, W) or (C, D, H, W), float32 or float64.
    Raises:   ValueError: if p is not in [0, 1]. RuntimeError: for fewer than 2 dimensions and other dtypes.
    """
    check_tensor("dropout3d", input)
    _check_probability("dropout3d", p)
    ndim = input.array.ndim
    if ndim not in (4, 5):
        _warn_of_rank("dropout3d", ndim, 3)
    return _drop_channels("dropout3d", input, p, training, inplace, batched=ndim == 5)


def alpha_dropout(input: V, p: float = 0.5, training: bool = False, inplace: bool = False) -> V:
    """Dropout for selu networks: dropped elements become selu's floor, then all are scaled and shifted.

    Mean 0 and variance 1 stay what they are.

    Args:     input: any shape, float32 or float64.
    Raises:   ValueError: if p is not in [0, 1]. RuntimeError: for other dtypes.
    Source:   Klambauer et al. 2017.
    """
    if _is_identity("alpha_dropout", input, p, training):
        return input
    return _scaled_and_shifted(input, input.array.shape, p, inplace)


def feature_alpha_dropout(input: V, p: float = 0.5, training: bool = False, inplace: bool = False) -> V:
    """alpha_dropout of whole channels.

    Args:     input: (N, C, ...), float32 or float64.
    Raises:   ValueError: if p is not in [0, 1]. RuntimeError: for fewer than 2 dimensions and other dtypes.
    """
    if _is_identity("feature_alpha_dropout", input, p, training):
        return input
    return _scaled_and_shifted(input, _channels("feature_alpha_dropout", input, batched=True), p, inplace)


def _check_probability(op_name: str, p: float) -> None:
    if not 0.0 <= p <= 1.0:
        raise ValueError(f"{op_name}: dropout probability has to be between 0 and 1, but got {p}")


def _warn_of_rank(op_name: str, ndim: int, spatial: int) -> None:
    warnings.warn(
        f"{op_name}: Received a {ndim}-D input to {op_name}, which is deprecated and will result in an error in a "
        "future release. To retain the behavior and silence this warning, please use dropout instead. Note that "
        f"{op_name} exists to provide channel-wise dropout on inputs with {spatial} spatial dimensions, a channel "
        f"dimension, and an optional batch dimension (i.e. {spatial + 1}D or {spatial + 2}D inputs).",
        stacklevel=3,
    )


def _is_identity(op_name: str, input: Variable, p: float, training: bool) -> bool:
    """Whether nothing is to be dropped; raises where dropping is impossible."""
    check_tensor(op_name, input)
    _check_probability(op_name, p)
    if p == 0 or not training or input.array.size == 0:
        return True
    check_floating(op_name, input)
    return False


def _drop_channels(op_name: str, input: V, p: float, training: bool, inplace: bool, batched: bool) -> V:
    if _is_identity(op_name, input, p, training):
        return input
    return _scaled(input, _channels(op_name, input, batched), p, inplace)


def _channels(op_name: str, input: Variable, batched: bool) -> tuple[int, ...]:
    """The shape of one number for each channel of each item, to be broadcast over the rest."""
    leading = 2 if batched else 1
    shape = input.array.shape
    if len(shape) < leading:
        raise RuntimeError(
            f"{op_name}: Feature dropout requires at least 2 dimensions in the input, but got shape {list(shape)}"
        )
    return shape[:leading] + (1,) * (len(shape) - leading)


def _kept(input: Variable, shape: tuple[int, ...], p: float) -> Array:
    """Ones with probability 1 - p, else zeros, in input's dtype."""
    dtype = input.array.dtype
    return (current_source().numpy.random(shape, dtype) >= p).astype(dtype)


def _scaled(input: V, shape: tuple[int, ...], p: float, inplace: bool) -> V:
    # A product and not a selection: as in PyTorch, what is NaN stays NaN also where it is dropped.
    factor = np.zeros(shape, input.array.dtype) if p == 1 else _kept(input, shape, p) / input.array.dtype.type(1 - p)
    return _apply(Mul(), input, factor, inplace)


def _scaled_and_shifted(input: V, shape: tuple[int, ...], p: float, inplace: bool) -> V:
    if p == 1:
        return _scaled(input, shape, p, inplace)
    kept = _kept(input, shape, p)
    scale = 1 / math.sqrt((_SELU_FLOOR**2 * p + 1) * (1 - p))
    product = _apply(Mul(), input, kept * scale, inplace)
    return _apply(Add(), product, (1 - kept) * (_SELU_FLOOR * scale) - _SELU_FLOOR * scale * p, inplace=True)


def _apply(op: Mul | Add, input: V, operand: Array, inplace: bool) -> V:
    other = input.wrap(operand)
    return op.inplace(input, other) if inplace else op(input, other)
