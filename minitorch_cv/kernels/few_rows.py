"""Products of a matrix of few rows with the transpose of another: a linear layer's for a batch of one image.

- `supports(a, b)`: whether a @ b is such a product: float32, at most MOST_ROWS rows, the columns of b in memory
- `few_rows_product(a, b, bias, low)` -> max(a @ b + bias, low)

Each number of b is used for a few multiply-adds only, so the time is that of reading b. The micro-kernel would pack b
first, which takes several times as long.
"""

import numpy as np

from minitorch_cv.kernels import layout
from minitorch_cv.kernels._jit import kernel
from minitorch_cv.kernels._team import share
from minitorch_cv.kernels._threads import over_range
from minitorch_cv.kernels.layout import Array
from minitorch_cv.kernels.simd import fma, load, load_part, splat, total
from minitorch_cv.kernels.target import VL

MOST_ROWS = 4
_NUMBERS_IN_NANOSECOND = 16  # of b, that are read
_NO_BIAS = np.zeros(0, np.float32)


def supports(a: Array, b: Array) -> bool:
    """See above."""
    return a.ndim == 2 == b.ndim and 0 < len(a) <= MOST_ROWS and a.dtype == np.float32 and b.flags.f_contiguous


def few_rows_product(a: Array, b: Array, bias: Array | None, low: float) -> Array:
    """max(a @ b + bias, low)."""
    (m, depth), n = a.shape, b.shape[1]
    out = layout.empty((m, n), np.float32)
    over_range(
        _multiply, n, max(depth // _NUMBERS_IN_NANOSECOND, 1), layout.contiguous(a).reshape(-1),
        layout.contiguous(b.T).reshape(-1), _NO_BIAS if bias is None else layout.contiguous(bias), out.reshape(-1), m,
        depth, n, np.float32(low),
    )  # fmt: skip
    return out


@kernel
def _multiply(team, size, first, last, a, b, bias, out, m, depth, n, low):
    """Columns first <= j < last of the result."""
    if share(team, size, first, last):
        return
    whole = depth // (4 * VL) * (4 * VL)
    for j in range(first, last):
        column = j * depth
        for row in range(m):
            line = row * depth
            sum0 = sum1 = sum2 = sum3 = splat(np.float32(0))  # four sums under way, none waits for another
            for k in range(0, whole, 4 * VL):
                sum0 = fma(load(a, line + k), load(b, column + k), sum0)
                sum1 = fma(load(a, line + k + VL), load(b, column + k + VL), sum1)
                sum2 = fma(load(a, line + k + 2 * VL), load(b, column + k + 2 * VL), sum2)
                sum3 = fma(load(a, line + k + 3 * VL), load(b, column + k + 3 * VL), sum3)
            for k in range(whole, depth, VL):
                sum0 = fma(load_part(a, line + k, depth - k), load_part(b, column + k, depth - k), sum0)
            value = total((sum0 + sum1) + (sum2 + sum3))
            if len(bias) > 0:
                value += bias[j]
            out[row * n + j] = low if value < low else value
