"""Winograd's minimal filtering: the transforms, and the matrices they come from.

A correlation of 6 numbers with k weights has m = 7 - k results. Seen as products of polynomials it takes 6
multiplications instead of m*k: evaluate both at 6 points (five numbers and infinity), multiply value by value,
interpolate. In two dimensions, with d a 6x6 window of an image, g the k x k weights and y the m x m results,

    y = A^T [(G g G^T) * (B^T d B)] A        (* value by value: 36 multiplications instead of m*m*k*k)

and with dy the gradient of y, dg = G^T [(B^T d B) * (A dy A^T)] G, summed over all windows.

`matrices(k)` gives A^T, G and B^T. The instructions `transform_window`, `transform_tile_4`, `transform_tile_2`,
`transform_weight_3` and `transform_weight_5`, and back `restore_tile_4`, `restore_tile_2`, `restore_weight_3` and
`restore_weight_5`, named after the size of a tile or of weights, are all called as

    transform(source, s0, row_step, column_step, target, t0, step)

and handle one vector of channels: value (i, j) is read at source[s0 + i*row_step + j*column_step], and value (a, b) of
a transform of n columns goes to target[t0 + (a*n + b)*step].

Source: Lavin & Gray 2016, "Fast algorithms for convolutional neural networks". The points are those of Barabasz et al.
2018, "Error analysis and improving the accuracy of Winograd convolution": two thirds of the rounding error of
0, 1, -1, 2, -2.
"""

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types

from minitorch_cv.kernels import simd
from minitorch_cv.kernels.layout import Array
from minitorch_cv.kernels.simd import INT64, VECTOR, address, as_vector
from minitorch_cv.kernels.target import VL

POINTS = (0.0, 1.0, -1.0, 0.5, -2.0)  # and infinity
SIZE = len(POINTS) + 1  # of a window
POSITIONS = SIZE * SIZE
ONE = SIZE * POINTS.index(1.0) + POINTS.index(1.0)  # the position of the point (1, 1)


def matrices(k: int) -> tuple[Array, Array, Array]:
    """A^T (m, 6), G (6, k) and B^T (6, 6) for k weights, float64."""
    m = SIZE + 1 - k
    values = np.array(POINTS)
    a, g, bt = np.zeros((SIZE, m)), np.zeros((SIZE, k)), np.zeros((SIZE, SIZE))
    a[:-1] = values[:, None] ** np.arange(
        m
    )  # a polynomial's values at the points; at infinity, its leading coefficient
    g[:-1] = values[:, None] ** np.arange(k)
    a[-1, -1] = g[-1, -1] = 1
    for i in range(SIZE - 1):
        others = np.delete(values, i)
        g[i] /= np.prod(values[i] - others)
        bt[i, :-1] = np.poly(others)[::-1]  # the polynomial that is 0 at the other points, lowest coefficient first
    bt[-1] = np.poly(values)[::-1]
    return a.T, g, bt


# B^T as the product of two sparser matrices: 16 additions and multiply-adds instead of 20.
_QUOTIENTS = np.array(
    [
        [-1, 1.5, 1, 0, 0, 0],  # x^2 + 1.5 x - 1, whose roots are 1/2 and -2, at four shifts
        [0, -1, 1.5, 1, 0, 0],
        [0, 0, -1, 1.5, 1, 0],
        [0, 0, 0, -1, 1.5, 1],
        [0, 0, -1, 0, 1, 0],  # x^2 - 1, whose roots are 1 and -1, at two
        [0, -1, 0, 1, 0, 0],
    ]
)
_FROM_QUOTIENTS = np.array(
    [
        [-1, 0, 1, 0, 0, 0],
        [0, 1, 1, 0, 0, 0],
        [0, -1, 1, 0, 0, 0],
        [0, 0, 0, 0, 1, 2],
        [0, 0, 0, 0, 1, -0.5],
        [0, -1, 0, 1, 0, 0],
    ]
)
WINDOW_STAGES = (_FROM_QUOTIENTS, _QUOTIENTS)


def _apply(builder: Any, stages: Sequence[Array], vectors: Sequence[Any]) -> Sequence[Any]:
    """The product of the stages' matrices with a column of vectors, zeros left out."""
    for matrix in reversed(stages):
        vectors = [_combine(builder, row, vectors) for row in matrix]
    return vectors


def _combine(builder: Any, coefficients: Array, vectors: Sequence[Any]) -> Any:
    terms = [(float(c), v) for c, v in zip(coefficients, vectors, strict=True) if c != 0]
    terms.sort(key=lambda term: (term[0] != 1, abs(term[0]) != 1))  # begin with one that needs no multiplication
    result = None
    for coefficient, value in terms:
        if result is None:
            result = value if coefficient == 1 else builder.fmul(value, _constant(coefficient))
        elif coefficient == 1:
            result = builder.fadd(result, value)
        elif coefficient == -1:
            result = builder.fsub(result, value)
        else:
            result = simd.multiply_add(builder, value, _constant(coefficient), result)
    return result


def _constant(value: float) -> Any:
    return ir.Constant(VECTOR, [value] * VL)


def _two_dimensional(*stages: Array) -> Any:
    """The instruction for M d M^T, where M is the product of the stages."""
    whole = functools.reduce(np.matmul, stages)
    rows, columns = whole.shape

    def stand_in(source, s0, row_step, column_step, target, t0, step):  # type: ignore[no-untyped-def]
        lanes, i, j = np.arange(VL), np.arange(columns)[:, None, None], np.arange(columns)[:, None]
        d = source[s0 + i * row_step + j * column_step + lanes]
        result = np.einsum("ai,ijv,bj->abv", whole, d, whole).reshape(rows * rows, VL)
        target[t0 + np.arange(rows * rows)[:, None] * step + lanes] = result

    @simd.instruction(stand_in)
    def transform(typing_context, source, s0, row_step, column_step, target, t0, step):  # type: ignore[no-untyped-def]
        def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
            source, s0, row_step, column_step, target, t0, step = arguments
            read = address(context, builder, signature.args[0], source, s0)
            write = address(context, builder, signature.args[4], target, t0)

            def load(i: int, j: int) -> Any:
                offset = builder.add(builder.mul(row_step, INT64(i)), builder.mul(column_step, INT64(j)))
                return builder.load(as_vector(builder, builder.gep(read, [offset])), align=4)

            by_row = [_apply(builder, stages, [load(i, j) for j in range(columns)]) for i in range(columns)]
            for b in range(rows):
                for a, value in enumerate(_apply(builder, stages, [row[b] for row in by_row])):
                    place = builder.gep(write, [builder.mul(step, INT64(a * rows + b))])
                    builder.store(value, as_vector(builder, place), align=4)
            return context.get_dummy_value()

        i = types.intp
        return types.void(source, i, i, i, target, i, i), generate

    return transform


_AT_4, _G_3, _ = matrices(3)
_AT_2, _G_5, _ = matrices(5)
transform_window = _two_dimensional(*WINDOW_STAGES)
transform_tile_4, transform_tile_2 = _two_dimensional(_AT_4.T), _two_dimensional(_AT_2.T)
transform_weight_3, transform_weight_5 = _two_dimensional(_G_3), _two_dimensional(_G_5)
restore_tile_4, restore_tile_2 = _two_dimensional(_AT_4), _two_dimensional(_AT_2)
restore_weight_3, restore_weight_5 = _two_dimensional(_G_3.T), _two_dimensional(_G_5.T)
