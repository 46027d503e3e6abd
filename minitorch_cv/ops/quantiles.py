"""quantile and nanquantile: what stands at a share of the way through the elements in order; nanmean."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..autograd.variable import V, Variable
from .arguments import check_tensor, is_number, normalize_dim
from .arithmetic import div
from .blending import lerp
from .gathering import gather
from .numpy_names import numpy_names
from .permuting import movedim
from .reductions import nansum
from .reshaping import reshape, squeeze
from .sorting import sort

_INTERPOLATIONS = ("linear", "lower", "higher", "midpoint", "nearest")


@numpy_names
def quantile(input: V, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear") -> V:
    """What stands at the share q of the way through the elements in order; NaN where there is one (torch.quantile).

    Args:     input: float32 or float64.
              q: in [0, 1]: a number, or a tensor of input's dtype: of one number, or of one dimension, for several
                quantiles along a first dimension of the result.
              dim: along which; None: all elements.
              interpolation: what is taken between two elements: 'linear', 'lower', 'higher', 'midpoint', 'nearest'.
    Raises:   RuntimeError: for other dtypes, shapes and q, and input without elements.

    >>> from minitorch_cv import arange
    >>> quantile(arange(5.0), 0.6)
    tensor(2.4000)
    """
    return _quantile("quantile", input, q, dim, keepdim, interpolation, skips_nan=False)


@numpy_names
def nanquantile(input: V, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear") -> V:
    """quantile of the elements that are not NaN; NaN where there are none (torch.nanquantile)."""
    return _quantile("nanquantile", input, q, dim, keepdim, interpolation, skips_nan=True)


@numpy_names
def nanmean(input: V, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> V:
    """The mean of what is not NaN, over all dimensions or those given; NaN where there is nothing (torch.nanmean).

    Raises:   RuntimeError: for integers or bool.
    """
    check_tensor("nanmean", input)
    if input.array.dtype.kind != "f":
        raise RuntimeError(
            f"nanmean(): expected input to have floating point dtype but got {input.dtype}; convert it: .float()"
        )
    counted = type(input).wrap(np.asarray(~np.isnan(input.array), input.array.dtype))
    return div(nansum(input, dim, keepdim, dtype=dtype), nansum(counted, dim, keepdim, dtype=dtype))


def _quantile(op_name: str, input: V, q: Any, dim: int | None, keepdim: bool, interpolation: str, skips_nan: bool) -> V:
    check_tensor(op_name, input)
    shares = _shares(op_name, input, q)
    if input.array.dtype.kind != "f" or input.array.dtype.itemsize < 4:
        raise RuntimeError(f"{op_name}() input tensor must be either float or double dtype, got {input.dtype}")
    if input.array.size == 0:
        raise RuntimeError(f"{op_name}() input tensor must be non-empty")
    if interpolation not in _INTERPOLATIONS:
        raise RuntimeError(
            f"{op_name}() interpolation must be one of {', '.join(_INTERPOLATIONS)}, but got {interpolation}"
        )
    ndim = input.array.ndim
    if dim is None or not ndim:
        line = reshape(input, (-1,))
        kept = (1,) * ndim if keepdim else ()
    else:
        axis = normalize_dim(op_name, dim, ndim)
        line = movedim(input, axis, -1)
        kept = tuple(1 if d == axis else n for d, n in enumerate(input.array.shape) if keepdim or d != axis)
    ordered = sort(line, -1).values  # NaN comes last
    nan = np.isnan(line.array)
    count = line.array.shape[-1] - nan.sum(axis=-1, keepdims=True)
    if skips_nan:
        last = np.maximum(count, 1) - 1
    else:
        last = np.full(count.shape, line.array.shape[-1] - 1)
    ranks = np.asarray(np.atleast_1d(shares) * last, shares.dtype)  # (..., how many quantiles)
    if not skips_nan:
        ranks = np.where(nan.any(axis=-1, keepdims=True), last, ranks)
    if interpolation == "nearest":
        ranks = np.rint(ranks)
    below, above = np.floor(ranks), np.ceil(ranks)
    weights = {"linear": ranks - below, "midpoint": np.where(above > below, 0.5, 0.0), "higher": above - below}
    weight = weights.get(interpolation, np.zeros_like(ranks)).astype(shares.dtype)

    def at(places: np.ndarray) -> Any:
        return gather(ordered, -1, type(input).wrap(places.astype(np.int64)))

    found = at(below)
    if weight.any():
        found = lerp(found, at(above), type(input).wrap(weight))
    found = movedim(found, -1, 0)
    if shares.ndim == 0:
        return reshape(squeeze(found, 0), kept)
    return reshape(found, (len(shares), *kept))


def _shares(op_name: str, input: Variable, q: Any) -> np.ndarray:
    if is_number(q):
        shares = np.asarray(q, input.array.dtype)
    elif isinstance(q, Variable):
        shares = q.array
        if shares.ndim > 1:
            raise RuntimeError(f"{op_name}() q must be a scalar or 1D tensor, got shape {tuple(shares.shape)}")
        if shares.dtype != input.array.dtype:
            raise RuntimeError(
                f"{op_name}() q tensor must be same dtype as the input tensor, got {q.dtype} and {input.dtype}"
            )
    else:
        raise TypeError(f"{op_name}(): argument 'q' must be float or Tensor, not {type(q).__name__}")
    if not ((shares >= 0) & (shares <= 1)).all():
        raise RuntimeError(f"{op_name}() q values must be in the range [0, 1]")
    return shares
