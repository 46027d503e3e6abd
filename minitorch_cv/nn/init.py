"""Filling tensors with first values: torch.nn.init, whole. Every function changes its tensor in place and returns it.

`fan_in` is the number of inputs that one output element depends on, `fan_out` the number of outputs that one input
element reaches: for a weight (O, I, kh, kw) they are I*kh*kw and O*kh*kw.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from ..autograd.grad_mode import no_grad
from ..tensors.generator import Generator
from ..tensors.tensor import Tensor

_LINEAR = ("linear", "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d")


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """The factor by which weights before a nonlinearity should be larger, to keep the variance through it.

    Args:     nonlinearity: its name in nn.functional.
              param: leaky_relu's negative slope, 0.01 by default.
    Raises:   ValueError: for a nonlinearity without a recommended gain, or a slope that is no number.
    """
    if nonlinearity in _LINEAR or nonlinearity == "sigmoid":
        return 1
    if nonlinearity == "tanh":
        return 5.0 / 3
    if nonlinearity == "relu":
        return math.sqrt(2.0)
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else param
        if isinstance(slope, bool) or not isinstance(slope, (int, float)):
            raise ValueError(f"negative_slope {slope} not a valid number")
        return math.sqrt(2.0 / (1 + slope**2))
    if nonlinearity == "selu":
        return 3.0 / 4
    raise ValueError(f"Unsupported nonlinearity {nonlinearity}")


def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Fill with numbers drawn uniformly from [a, b)."""
    with no_grad():
        return tensor.uniform_(a, b, generator=generator)


def normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Fill with normally distributed numbers."""
    with no_grad():
        return tensor.normal_(mean, std, generator=generator)


def trunc_normal_(
    tensor: Tensor,
    mean: float = 0.0,
    std: float = 1.0,
    a: float = -2.0,
    b: float = 2.0,
    generator: Generator | None = None,
) -> Tensor:
    """Fill with normally distributed numbers, those outside [a, b] drawn again.

    Args:     a, b: bounds of the numbers themselves, not in units of std.
    """
    if mean < a - 2 * std or mean > b + 2 * std:
        warnings.warn(
            "mean is more than 2 std from [a, b] in nn.init.trunc_normal_. "
            "The distribution of values may be incorrect.",
            stacklevel=2,
        )
    low, high = tensor.array.dtype.type(a), tensor.array.dtype.type(b)  # as the tensor can hold them
    share_inside = _normal_cdf((b - mean) / std) - _normal_cdf((a - mean) / std)
    draw = _normal_candidates if share_inside > 0.3 else _uniform_candidates
    values = np.empty_like(tensor.array)
    wanted = np.ones(values.shape, bool)
    while wanted.any():
        candidates, rejected = draw(tensor, mean, std, a, b, generator)
        taken = wanted & ~(rejected | (candidates < low) | (candidates > high))  # so that a NaN cannot loop for ever
        values[taken] = candidates[taken]
        wanted &= ~taken
    return _write("trunc_normal_", tensor, values)


def constant_(tensor: Tensor, val: float) -> Tensor:
    """Fill with one number."""
    with no_grad():
        return tensor.fill_(val)


def ones_(tensor: Tensor) -> Tensor:
    """Fill with ones."""
    return constant_(tensor, 1.0)


def zeros_(tensor: Tensor) -> Tensor:
    """Fill with zeros."""
    return constant_(tensor, 0.0)


def eye_(tensor: Tensor) -> Tensor:
    """Fill a matrix with the identity: a Linear layer that hands on as many inputs as it can.

    Raises:   ValueError: if tensor is not 2-d.
    """
    if tensor.ndim != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    return _write("eye_", tensor, np.eye(*tensor.shape))


def dirac_(tensor: Tensor, groups: int = 1) -> Tensor:
    """Fill a convolution's weight so that it hands on as many channels as it can, in every group.

    Args:     tensor: (O, I/groups, ...) with one to three window dimensions.
    Raises:   ValueError: for other numbers of dimensions, or if groups does not divide O.
    """
    if tensor.ndim not in (3, 4, 5):
        raise ValueError("Only tensors with 3, 4, or 5 dimensions are supported")
    out_channels, in_channels, *window = tensor.shape
    if out_channels % groups != 0:
        raise ValueError("dim 0 must be divisible by groups")
    values = np.zeros(tensor.shape)
    per_group = out_channels // groups
    for channel in range(out_channels):
        if channel % per_group < in_channels:
            centre = (channel, channel % per_group, *(size // 2 for size in window))
            values[centre] = 1
    return _write("dirac_", tensor, values)


def xavier_uniform_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Fill uniformly with variance gain**2 * 2/(fan_in + fan_out).

    Raises:   ValueError: if tensor has fewer than 2 dimensions.
    Source:   Glorot and Bengio 2010.
    """
    bound = math.sqrt(3.0) * _xavier_std(tensor, gain)
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Fill normally with variance gain**2 * 2/(fan_in + fan_out).

    Raises:   ValueError: if tensor has fewer than 2 dimensions.
    Source:   Glorot and Bengio 2010.
    """
    return normal_(tensor, 0.0, _xavier_std(tensor, gain), generator)


def kaiming_uniform_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Generator | None = None,
) -> Tensor:
    """Fill uniformly with variance gain**2 / fan.

    Args:     a: leaky_relu's negative slope.
              mode: 'fan_in' keeps the variance of the forward pass, 'fan_out' that of the backward pass.
              nonlinearity: what follows the layer; decides the gain.
    Raises:   ValueError: for another mode or nonlinearity, or a tensor of fewer than 2 dimensions.
    Source:   He et al. 2015.
    """
    if _is_empty(tensor):
        return tensor
    bound = math.sqrt(3.0) * _kaiming_std(tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Generator | None = None,
) -> Tensor:
    """Fill normally with variance gain**2 / fan; arguments and errors as kaiming_uniform_.

    Source:   He et al. 2015.
    """
    if _is_empty(tensor):
        return tensor
    return normal_(tensor, 0.0, _kaiming_std(tensor, a, mode, nonlinearity), generator)


def orthogonal_(tensor: Tensor, gain: float = 1, generator: Generator | None = None) -> Tensor:
    """Fill with a random matrix whose rows or columns, whichever are fewer, are orthonormal, times gain.

    Args:     tensor: (rows, ...); all dimensions but the first are taken as one.
    Raises:   ValueError: if tensor has fewer than 2 dimensions.
    Source:   Saxe et al. 2013; uniform over all such matrices by Mezzadri 2006.
    """
    if tensor.ndim < 2:
        raise ValueError("Only tensors with 2 or more dimensions are supported")
    if tensor.array.size == 0:
        return tensor
    rows = tensor.shape[0]
    drawn = _draw_like(np.empty((rows, tensor.array.size // rows)), "normal_", 0.0, 1.0, generator)
    wide = drawn.shape[0] < drawn.shape[1]
    q, r = np.linalg.qr(drawn.T if wide else drawn)
    q = q * np.sign(np.diag(r))
    return _write("orthogonal_", tensor, gain * (q.T if wide else q).reshape(tensor.shape))


def sparse_(tensor: Tensor, sparsity: float, std: float = 0.01, generator: Generator | None = None) -> Tensor:
    """Fill a matrix normally, and set a share of each column's elements, drawn at random, to zero.

    Args:     sparsity: the share of zeros, 0 to 1.
    Raises:   ValueError: if tensor is not 2-d.
    Source:   Martens 2010.
    """
    if tensor.ndim != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    zeros_per_column = math.ceil(sparsity * tensor.shape[0])
    values = _draw_like(tensor.array, "normal_", 0.0, std, generator)
    order = np.argsort(_draw_like(np.empty(tensor.shape), "uniform_", 0.0, 1.0, generator), axis=0)
    np.put_along_axis(values, order[:zeros_per_column], 0, axis=0)
    return _write("sparse_", tensor, values)


def _calculate_fan_in_and_fan_out(tensor: Tensor) -> tuple[int, int]:
    """fan_in and fan_out of a weight (O, I, ...)."""
    if tensor.ndim < 2:
        raise ValueError(
            "Fan in and fan out can not be computed for tensor with fewer than 2 dimensions, "
            f"but got shape {list(tensor.shape)}"
        )
    window = math.prod(tensor.shape[2:])
    return tensor.shape[1] * window, tensor.shape[0] * window


def _xavier_std(tensor: Tensor, gain: float) -> float:
    fans = sum(_calculate_fan_in_and_fan_out(tensor))
    return gain * math.sqrt(2.0 / fans) if fans else 0.0  # no fans, no elements to fill


def _kaiming_std(tensor: Tensor, a: float, mode: str, nonlinearity: str) -> float:
    modes = ["fan_in", "fan_out"]
    if mode.lower() not in modes:
        raise ValueError(f"Mode {mode.lower()} not supported, please use one of {modes}")
    fan = _calculate_fan_in_and_fan_out(tensor)[modes.index(mode.lower())]
    return calculate_gain(nonlinearity, a) / math.sqrt(fan)


def _is_empty(tensor: Tensor) -> bool:
    if tensor.array.size == 0:
        warnings.warn("Initializing zero-element tensors is a no-op", stacklevel=3)
    return tensor.array.size == 0


def _normal_cdf(x: float) -> float:
    return (1.0 + math.erf(x / math.sqrt(2.0))) / 2.0


def _normal_candidates(
    tensor: Tensor, mean: float, std: float, a: float, b: float, generator: Generator | None
) -> tuple[np.ndarray, np.ndarray | bool]:
    """Numbers of the distribution before it was cut off."""
    return _draw_like(tensor.array, "normal_", mean, std, generator), False


def _uniform_candidates(
    tensor: Tensor, mean: float, std: float, a: float, b: float, generator: Generator | None
) -> tuple[np.ndarray, np.ndarray | bool]:
    """Numbers between the bounds, rejected by their density: where few normal ones would fall between them."""
    candidates = _draw_like(tensor.array, "uniform_", a, b, generator)
    log_density = -0.5 * ((candidates - mean) / std) ** 2
    highest = -0.5 * ((max(a, min(mean, b)) - mean) / std) ** 2
    with np.errstate(divide="ignore"):
        return candidates, np.log(_draw_like(tensor.array, "uniform_", 0.0, 1.0, generator)) > log_density - highest


def _draw_like(array: np.ndarray, method: str, *arguments: Any) -> np.ndarray:
    """A new array filled by one of Tensor's random methods, so that all of them draw from the same stream."""
    *parameters, generator = arguments
    return getattr(Tensor.wrap(np.empty_like(array)), method)(*parameters, generator=generator).array


def _write(op_name: str, tensor: Tensor, values: np.ndarray) -> Tensor:
    tensor.check_inplace(op_name, recording=False)
    np.copyto(tensor.array, values, casting="unsafe")
    tensor.bump_version()
    return tensor


def _deprecated(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """The function under its name of PyTorch before 0.4, without the underscore."""
    name = function.__name__[:-1]

    def old(*args: Any, **kwargs: Any) -> Tensor:
        warnings.warn(f"`nn.init.{name}` is now deprecated in favor of `nn.init.{name}_`.", FutureWarning, stacklevel=2)
        return function(*args, **kwargs)

    old.__name__ = name
    old.__doc__ = f"Deprecated name of {name}_."
    return old


uniform = _deprecated(uniform_)
normal = _deprecated(normal_)
constant = _deprecated(constant_)
eye = _deprecated(eye_)
dirac = _deprecated(dirac_)
xavier_uniform = _deprecated(xavier_uniform_)
xavier_normal = _deprecated(xavier_normal_)
kaiming_uniform = _deprecated(kaiming_uniform_)
kaiming_normal = _deprecated(kaiming_normal_)
orthogonal = _deprecated(orthogonal_)
sparse = _deprecated(sparse_)
