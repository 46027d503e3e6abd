"""Sums over rows in float64, for normalisation: exact enough for float32 numbers of any size and mean.

- `row_moments(x)` -> mean (R,) and sum of squared distances from it (R,), of each row of x (R, L)
- `row_products(grad, x, centre)` -> the sums of grad (R,) and of grad * (x - centre) (R,), of each row

x, grad: float32 or float64, (R, L); all results float64.
"""

import numpy as np

from minitorch_cv.kernels import layout
from minitorch_cv.kernels._jit import kernel
from minitorch_cv.kernels._team import share
from minitorch_cv.kernels._threads import over_range
from minitorch_cv.kernels.layout import Array


def row_moments(x: Array) -> tuple[Array, Array]:
    """The mean of each row, and the sum of squared distances from it."""
    x = layout.contiguous(x)
    mean, squares = layout.empty((len(x),), np.float64), layout.empty((len(x),), np.float64)
    over_range(_row_moments, len(x), 2 * x.shape[1], x, mean, squares)
    return mean, squares


def row_products(grad: Array, x: Array, centre: Array) -> tuple[Array, Array]:
    """The sum of each row of grad, and of grad * (x - centre), where centre (R,) is one number for each row."""
    grad, x, centre = layout.contiguous(grad), layout.contiguous(x), layout.contiguous(centre)
    sums, products = layout.empty((len(x),), np.float64), layout.empty((len(x),), np.float64)
    over_range(_row_products, len(x), 2 * x.shape[1], grad, x, centre, sums, products)
    return sums, products


@kernel
def _row_moments(team, size, first, last, x, mean, squares):
    if share(team, size, first, last):
        return
    length = x.shape[1]
    for r in range(first, last):
        total = np.float64(0.0)
        for i in range(length):
            total += np.float64(x[r, i])
        centre = total / max(length, 1)
        square = np.float64(0.0)
        for i in range(length):
            distance = np.float64(x[r, i]) - centre
            square += distance * distance
        mean[r] = centre
        squares[r] = square


@kernel
def _row_products(team, size, first, last, grad, x, centre, sums, products):
    if share(team, size, first, last):
        return
    length = x.shape[1]
    for r in range(first, last):
        total = np.float64(0.0)
        product = np.float64(0.0)
        for i in range(length):
            g = np.float64(grad[r, i])
            total += g
            product += g * (np.float64(x[r, i]) - centre[r])
        sums[r] = total
        products[r] = product
