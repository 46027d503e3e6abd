"""Functions that are made of other operations: inner, diff, cartesian_prod, trapezoid, cumulative_trapezoid."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..autograd.variable import V, Variable
from .arguments import check_tensor, normalize_dim
from .arithmetic import add, div, mul, sub
from .expanding import meshgrid
from .joining import cat, stack
from .logic import logical_xor
from .matmul import matmul
from .permuting import transpose
from .reductions import sum
from .reshaping import flatten, reshape
from .scans import cumsum
from .sizes import as_integer
from .slicing import narrow


def inner(input: V, other: Variable) -> V:
    """The sums of products over the last dimension of both, for all pairs of the others (torch.inner).

    Raises:   RuntimeError: if the last dimensions differ.
    """
    check_tensor("inner", input)
    check_tensor("inner", other, "other")
    a, b = input.array.shape, other.array.shape
    if not a or not b:
        return mul(input, other)
    if a[-1] != b[-1]:
        raise RuntimeError(
            f"inner() the last dimension must match on both input tensors but got shapes {list(a)} and {list(b)}"
        )
    lines = tuple((int(np.prod(shape[:-1])), shape[-1]) for shape in (a, b))
    product = matmul(reshape(input, lines[0]), transpose(reshape(other, lines[1]), 0, 1))
    return reshape(product, (*a[:-1], *b[:-1]))


def diff(input: V, n: int = 1, dim: int = -1, prepend: Variable | None = None, append: Variable | None = None) -> V:
    """Each element minus the one before it, n times (torch.diff); of bools, whether they differ.

    Args:     prepend, append: what stands before and after the elements of that dimension.
    Raises:   RuntimeError: for a tensor without dimensions and a negative n.
    """
    check_tensor("diff", input)
    n = as_integer("diff", "n", n)
    if input.array.ndim == 0:
        raise RuntimeError("diff expects input to be at least one-dimensional")
    if n < 0:
        raise RuntimeError(f"order must be non-negative but got {n}")
    axis = normalize_dim("diff", dim, input.array.ndim)
    parts = tuple(each for each in (prepend, input, append) if each is not None)
    found: Any = cat(parts, axis) if len(parts) > 1 else input
    for _ in range(min(int(n), found.array.shape[axis])):
        length = max(found.array.shape[axis] - 1, 0)
        later = narrow(found, axis, found.array.shape[axis] - length, length)
        earlier = narrow(found, axis, 0, length)
        found = logical_xor(later, earlier) if found.array.dtype == bool else sub(later, earlier)
    return found


def cartesian_prod(*tensors: Any) -> Any:
    """All combinations of the elements of vectors, a row each (torch.cartesian_prod); of one vector, the vector.

    Raises:   RuntimeError: for other dimensions, several dtypes, and no vectors.
    """
    for each in tensors:
        check_tensor("cartesian_prod", each, "tensors")
        if each.array.ndim != 1:
            raise RuntimeError(f"Expect a 1D vector, but got shape {list(each.array.shape)}")
    if len(tensors) == 1:
        return tensors[0]
    return stack(tuple(flatten(each) for each in meshgrid(*tensors, indexing="ij")), 1)


def trapezoid(y: V, x: Variable | None = None, *, dx: float = 1.0, dim: int = -1) -> V:
    """The area below points that are joined by lines (torch.trapezoid), as below a ROC curve.

    Args:     y: heights.
              x: where they are: one dimension, or broadcast with y; None: dx apart.
    Raises:   RuntimeError: if there are not as many places as heights, or both x and dx.
    """
    check_tensor("trapezoid", y, "y")
    axis = normalize_dim("trapezoid", dim, y.array.ndim)
    if y.array.shape[axis] == 0:
        return sum(y, axis)
    return _scaled("trapezoid", lambda areas: sum(areas, axis), y, x, dx, dim)


def cumulative_trapezoid(y: V, x: Variable | None = None, *, dx: float = 1.0, dim: int = -1) -> V:
    """The area below points that are joined by lines, up to each but the first (torch.cumulative_trapezoid).

    Arguments and errors are trapezoid's.
    """
    check_tensor("cumulative_trapezoid", y, "y")
    axis = normalize_dim("cumulative_trapezoid", dim, y.array.ndim)
    return _scaled("cumulative_trapezoid", lambda areas: cumsum(areas, axis), y, x, dx, dim)


def _scaled(op_name: str, total: Any, y: Variable, x: Variable | None, dx: float, dim: int) -> Any:
    """The total of the areas between neighbours."""
    axis = normalize_dim(op_name, dim, y.array.ndim)
    length = y.array.shape[axis]
    between = max(length - 1, 0)
    pairs = add(narrow(y, axis, length - between, between), narrow(y, axis, 0, between))
    if x is None:
        return mul(total(pairs), dx / 2)
    check_tensor(op_name, x, "x")
    if dx != 1.0:
        raise RuntimeError(f"{op_name}: give the places x or their distance dx, not both")
    places: Any = x
    if x.array.ndim == 1:
        if x.array.shape[0] != length:
            raise RuntimeError(
                f"torch.{op_name}: There must be one `x` value for each sample point, got "
                f"{x.array.shape[0]} for {length} in dimension {axis}"
            )
        places = reshape(x, (length, *(1,) * (y.array.ndim - axis - 1)))
        steps = diff(places, dim=0)
    else:
        steps = diff(places, dim=dim)
    return div(total(mul(pairs, steps)), 2.0)
