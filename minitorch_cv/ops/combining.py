"""Tables made of vectors: vander, of powers; combinations, of choices; and unravel_index, of places."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from ..autograd.variable import V
from ..types import dtype as dt
from .arguments import check_tensor, to_dtype
from .expanding import expand
from .gathering import IndexSelect
from .joining import cat
from .rearranging import flip
from .reshaping import reshape, unsqueeze
from .scans import cumprod
from .sizes import as_integer, is_int


def linalg_vander(x: V, *, N: int | None = None) -> V:  # noqa: N803 - torch's name
    """The powers 0 to N - 1 of each element, in a new last dimension (torch.linalg.vander).

    Args:     x: (..., n).
              N: how many powers; None: n.
    """
    check_tensor("linalg.vander", x, "x")
    shape = x.array.shape
    count = N if N is not None else shape[-1] if shape else 1
    if not is_int(count) or count <= 1:
        raise RuntimeError(f"linalg.vander: N must be greater than 1. Got {count}")
    return _powers(x, int(count))


def _powers(x: V, count: int) -> V:
    base: Any = x if x.array.dtype.kind == "f" else to_dtype(x, dt.int64)
    factors = expand(unsqueeze(base, -1), (*base.array.shape, count - 1))
    ones = base.wrap(np.ones((*base.array.shape, 1), base.array.dtype))
    return cumprod(cat((ones, factors), -1), -1)


def vander(x: V, N: int | None = None, increasing: bool = False) -> V:  # noqa: N803 - torch's name
    """The powers of each element of a vector, a row each (torch.vander).

    Args:     N: how many powers; None: as many as there are elements.
              increasing: from power 0 on; else power 0 comes last.
    Raises:   RuntimeError: for other than one dimension, and a negative N.
    """
    check_tensor("vander", x, "x")
    if x.array.ndim != 1:
        raise RuntimeError(f"vander: x must be a one-dimensional tensor. Got shape {list(x.array.shape)}")
    count = x.array.size if N is None else N
    count = as_integer("vander", "N", count)
    if count < 0:
        raise RuntimeError(f"vander: N must be non-negative. Got {count}")
    if count == 0:
        return x.wrap(np.empty((x.array.size, 0), x.array.dtype if x.array.dtype.kind == "f" else np.int64))
    found = _powers(x, int(count))
    return found if increasing else flip(found, (1,))


def combinations(input: V, r: int = 2, with_replacement: bool = False) -> V:
    """All choices of r elements of a vector, in its order, a row each (torch.combinations).

    Args:     with_replacement: an element may be chosen several times.
    Raises:   RuntimeError: for other than one dimension, and a negative r.
    """
    check_tensor("combinations", input)
    if input.array.ndim != 1:
        raise RuntimeError(f"combinations: Expect a 1D vector, but got shape {list(input.array.shape)}")
    r = as_integer("combinations", "r", r)
    if r < 0:
        raise RuntimeError(f"combinations: Expect a non-negative number, but got {r}")
    if r == 0:
        return input.wrap(np.empty(0, input.array.dtype))
    choose = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    chosen = np.array(list(choose(range(input.array.size), int(r))), np.int64).reshape(-1)
    return reshape(IndexSelect(0, chosen)(input), (chosen.size // int(r), int(r)))


def unravel_index(indices: V, shape: Any) -> tuple[V, ...]:
    """The places along each dimension of a tensor's elements, given their flat places (torch.unravel_index).

    Args:     indices: integers.
              shape: of the tensor; one integer or several.
    Returns:  for each dimension a tensor of indices' shape, int64.
    Raises:   TypeError: for indices that are no integers. ValueError: for negative sizes.
    """
    check_tensor("unravel_index", indices, "indices")
    if indices.array.dtype.kind not in "iu":
        raise TypeError(f"unravel_index: expected 'indices' to be integer dtype, but got torch.{indices.dtype.name}")
    sizes = (shape,) if is_int(shape) else tuple(shape)
    for size in sizes:
        if not is_int(size):
            raise TypeError(f"unravel_index: expected 'shape' sequence to only contain ints, but got {type(size)}")
    if any(size < 0 for size in sizes):
        raise ValueError(f"unravel_index: 'shape' cannot have negative values, but got {tuple(sizes)}")
    found = []
    step, flat = 1, indices.array.astype(np.int64)
    for size in reversed(sizes):
        found.append(indices.wrap(np.asarray(flat // max(step, 1) % max(int(size), 1))))
        step *= int(size)
    return tuple(reversed(found))
