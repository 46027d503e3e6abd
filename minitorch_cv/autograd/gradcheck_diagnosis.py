"""What a wrong gradient looks like: patterns that gradcheck recognises in a Jacobian and puts into words."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

import numpy as np

Shape = tuple[int, ...]
Close = Callable[[np.ndarray, np.ndarray], bool]


def diagnose(analytic: np.ndarray | None, numeric: np.ndarray, x_shape: Shape, out_shape: Shape, close: Close) -> str:
    """A sentence on what a mismatch looks like, or "" where no pattern shows.

    Args:     analytic, numeric: (input elements, output elements); analytic None if no gradient came.
              close: whether two such arrays agree within gradcheck's tolerance.
    """
    if analytic is None:
        return "backward gave no gradient (None) for this input, though the output depends on it"
    if not np.all(np.isfinite(analytic)) or not np.all(np.isfinite(numeric)):
        return ""
    if not analytic.any():
        return "the gradient is zero everywhere"
    return (
        _one_row_of_batch(analytic, numeric, out_shape, close)
        or _factor(analytic, numeric, x_shape, out_shape, close)
        or _order(analytic, numeric, x_shape, close)
    )


def _one_row_of_batch(analytic: np.ndarray, numeric: np.ndarray, out_shape: Shape, close: Close) -> str:
    """The input gets a gradient from a single row of the batch, though all depend on it."""
    if len(out_shape) < 2 or out_shape[0] < 2:
        return ""
    got, expected = (j.reshape(len(j), out_shape[0], -1) for j in (analytic, numeric))
    rows = np.flatnonzero(got.any(axis=(0, 2)))
    if len(rows) == 1 and expected.any(axis=(0, 2)).sum() > 1 and close(got[:, rows[0]], expected[:, rows[0]]):
        return (
            f"only row {rows[0]} of the output's {out_shape[0]} contributes: missing the sum over the batch "
            "(grad.sum(0), not grad[0])"
        )
    return ""


def _factor(analytic: np.ndarray, numeric: np.ndarray, x_shape: Shape, out_shape: Shape, close: Close) -> str:
    """The gradient is the right one times a number."""
    factor = float((analytic * numeric).sum() / (numeric * numeric).sum()) if numeric.any() else 0.0
    if factor == 0.0 or not close(analytic / factor, numeric):
        return ""
    if abs(factor + 1) < 1e-3:
        return "the sign is flipped"
    said = f"the gradient is off by a constant factor: it is {factor:.4g} times the expected one"
    inputs, outputs = numeric.shape
    if inputs == outputs:
        return said
    # a dimension that only one of the two has was summed over on the way, forwards or backwards
    sizes = out_shape if inputs < outputs else x_shape
    for name, n in (("the size of the batch", sizes[0]), *(("the size of a dimension", n) for n in sizes)):
        if n > 1 and abs(factor * n - 1) < 1e-3:
            return f"{said}, which is 1/{n}, {name}: a mean where a sum belongs"
        if n > 1 and abs(factor / n - 1) < 1e-3:
            return f"{said}, which is {name}: a sum where a mean belongs"
    return said


def _order(analytic: np.ndarray, numeric: np.ndarray, x_shape: Shape, close: Close) -> str:
    """The numbers are right, but lie in another order."""
    shaped = analytic.reshape(*x_shape, -1)
    last = len(x_shape)
    dims = [d for d in range(last) if x_shape[d] > 1]
    if len(dims) > 4:
        return ""
    for order in permutations(range(last)):
        if order == tuple(range(last)):
            continue
        # a gradient of the transposed shape, put into this one without transposing it back
        turned = analytic.reshape(*(x_shape[d] for d in order), -1).transpose(*np.argsort(order), last)
        if close(turned.reshape(numeric.shape), numeric):
            return "the gradient is transposed: " + (
                f"its dimensions {tuple(order)} stand for the input's {tuple(range(last))}"
                if last > 2
                else "rows and columns are exchanged"
            )
    for count in range(1, len(dims) + 1):
        axes = tuple(dims[-count:])  # the last dimensions: a kernel's height and width
        if close(np.flip(shaped, axes).reshape(numeric.shape), numeric):
            along = ", ".join(map(str, axes))
            return f"the gradient is flipped along dimension {along} (convolution and correlation mixed up)"
    return ""
