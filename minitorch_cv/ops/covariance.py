"""Covariances and correlations of variables: cov, corrcoef."""

from __future__ import annotations

import warnings
from typing import Any

from ..autograd.variable import V, Variable
from .arguments import check_tensor, to_dtype
from .arithmetic import div, mul, sub
from .clamping import clamp
from .matmul import matmul
from .permuting import transpose
from .powers import sqrt
from .reductions import sum as sum_of
from .reshaping import reshape, squeeze
from .sizes import as_integer
from .slicing import diagonal


def cov(
    input: V,
    *,
    correction: int = 1,
    fweights: Variable | None = None,
    aweights: Variable | None = None,
) -> V:
    """The covariances of all pairs of variables (torch.cov).

    Args:     input: (variables, observations), or (observations,) of one variable.
              correction: what the number of observations is reduced by before it divides.
              fweights: (observations,) integers, how often each was seen.
              aweights: (observations,) floats, how much each counts.
    Returns:  (variables, variables); for one variable a 0-d tensor.
    Raises:   RuntimeError: for more dimensions, bool, and weights that are negative or do not fit.
    """
    check_tensor("cov", input)
    if input.array.ndim > 2:
        raise RuntimeError(
            f"cov(): expected input to have two or fewer dimensions but got an input with {input.array.ndim} dimensions"
        )
    if input.array.dtype == bool:
        raise RuntimeError("cov(): bool dtype is not supported for input. Convert it first: .float()")
    correction = as_integer("cov", "correction", correction)
    x: Any = input if input.array.ndim == 2 else reshape(input, (1, -1))
    count = x.array.shape[1]
    if fweights is not None:
        _check_weights("fweights", fweights, count)
    if aweights is not None:
        _check_weights("aweights", aweights, count)
    weights: Any = fweights if aweights is None else aweights if fweights is None else mul(fweights, aweights)
    total: Any = count if weights is None else sum_of(weights)
    if weights is not None and total.array == 0:
        raise RuntimeError("cov(): weights sum to zero, can't be normalized")
    mean = div(sum_of(x if weights is None else mul(x, weights), 1, True), total)
    if aweights is None or correction == 0:
        freedom: Any = total - correction if weights is None else sub(total, correction)
    else:
        freedom = sub(total, div(mul(sum_of(mul(weights, aweights)), correction), total))
    number = freedom if weights is None else freedom.array
    if number <= 0:
        warnings.warn(
            "cov(): degrees of freedom is <= 0. Correction should be strictly less than the number of observations.",
            UserWarning,
            stacklevel=2,
        )
        freedom = 0
    distances = sub(x, mean)
    weighted = distances if weights is None else mul(distances, weights)
    d = weighted.dtype
    return squeeze(div(matmul(to_dtype(distances, d), transpose(weighted, 0, 1)), freedom))


def _check_weights(name: str, weights: Any, count: int) -> None:
    check_tensor("cov", weights, name)
    array = weights.array
    if array.ndim > 1:
        raise RuntimeError(
            f"cov(): expected {name} to have one or fewer dimensions but got {name} with {array.ndim} dimensions"
        )
    kind, wanted = ("iu", "integral") if name == "fweights" else ("f", "floating point")
    if array.dtype.kind not in kind:
        raise RuntimeError(
            f"cov(): expected {name} to have {wanted} dtype but got {name} with {weights.dtype.tensor_type} dtype"
        )
    if array.size != count:
        raise RuntimeError(
            f"cov(): expected {name} to have the same numel as there are observations in the input but got "
            f"{array.size} != {count}"
        )
    if (array < 0).any():
        raise RuntimeError(f"cov(): {name} cannot be negative")


def corrcoef(input: V) -> V:
    """The correlations of all pairs of variables, in [-1, 1] (torch.corrcoef).

    Args:     input: (variables, observations), or (observations,) of one variable.
    Returns:  (variables, variables); for one variable a 0-d tensor. NaN for a variable that does not vary.
    """
    check_tensor("corrcoef", input)
    if input.array.ndim > 2:
        raise RuntimeError(
            f"corrcoef(): expected input to have two or fewer dimensions but got an input with {input.array.ndim} "
            "dimensions"
        )
    covariances: Any = cov(input)
    if covariances.array.ndim == 0:
        return div(covariances, covariances)
    deviations = sqrt(diagonal(covariances))
    by_row = div(covariances, reshape(deviations, (-1, 1)))
    return clamp(div(by_row, reshape(deviations, (1, -1))), -1, 1)
