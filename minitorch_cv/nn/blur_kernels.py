"""get_blur_kernel: the usual filters for blur2d and nn.Blur."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..autograd.operation import Array
from ..ops.arguments import pair
from ..tensors.tensor import Tensor
from ..types import dtype as dt

KINDS = ("binomial", "box", "gaussian")


def get_blur_kernel(
    size: int | tuple[int, int],
    kind: str = "binomial",
    sigma: float | tuple[float, float] | None = None,
    dtype: Any = None,
) -> Tensor:
    """A filter whose elements sum to 1.

    Args:     size: (kh, kw), or one number for both; odd or even.
              kind: 'binomial' (Pascal's triangle), 'box' (all the same) or 'gaussian'.
              sigma: width of the Gaussian in pixels, one number or (vertical, horizontal); by default what suits the
                  size, 0.15*size + 0.35.
              dtype: the default float dtype if None.
    Returns:  (kh, kw).
    Raises:   ValueError: for an unknown kind, a size or sigma that is not positive, or a sigma with another kind.

    >>> get_blur_kernel(3).tolist()
    [[0.0625, 0.125, 0.0625], [0.125, 0.25, 0.125], [0.0625, 0.125, 0.0625]]
    """
    sizes = pair("get_blur_kernel", "size", size)
    if min(sizes) < 1:
        raise ValueError(f"get_blur_kernel: size must be greater than zero, got {size!r}")
    if kind not in KINDS:
        raise ValueError(f"get_blur_kernel: kind must be one of {', '.join(KINDS)}, got {kind!r}")
    if sigma is not None and kind != "gaussian":
        raise ValueError(f"get_blur_kernel: sigma is for kind='gaussian', got sigma={sigma!r} with kind={kind!r}")
    sigmas = sigma if isinstance(sigma, (tuple, list)) else (sigma, sigma)
    if len(sigmas) != 2 or any(s is not None and not s > 0 for s in sigmas):
        raise ValueError(f"get_blur_kernel: sigma must be one or two numbers greater than zero, got {sigma!r}")
    lines = [_line(n, kind, s) for n, s in zip(sizes, sigmas)]
    chosen = dt.get_default_dtype() if dtype is None else dt.as_dtype(dtype)
    return Tensor.wrap(np.outer(*lines).astype(chosen.numpy))


def _line(n: int, kind: str, sigma: float | None) -> Array:
    """One row of the filter, which is the product of two."""
    if kind == "box":
        line = np.ones(n)
    elif kind == "binomial":
        line = np.array([float(math.comb(n - 1, k)) for k in range(n)])
    else:
        width = 0.15 * n + 0.35 if sigma is None else sigma
        distance = np.arange(n) - (n - 1) / 2  # from the middle, in pixels
        line = np.exp(-(distance**2) / (2 * width**2))
    return line / line.sum()
