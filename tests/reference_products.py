"""The slow, obvious versions of products: every product by itself, NumPy only for storage."""

from __future__ import annotations

import itertools

import numpy as np


def matmul(a, b):
    """One product at a time; a vector is a row on the left and a column on the right."""
    left, right = a if a.ndim > 1 else a[None], b if b.ndim > 1 else b[:, None]
    batch = np.broadcast_shapes(left.shape[:-2], right.shape[:-2])
    left = np.broadcast_to(left, (*batch, *left.shape[-2:]))
    right = np.broadcast_to(right, (*batch, *right.shape[-2:]))
    out = np.zeros((*batch, left.shape[-2], right.shape[-1]))
    for index in np.ndindex(out.shape):
        *i, row, column = index
        for k in range(left.shape[-1]):
            out[index] += left[(*i, row, k)] * right[(*i, k, column)]
    if a.ndim == 1:
        out = out[..., 0, :]
    return out[..., 0] if b.ndim == 1 else out


def einsum(equation, *operands):
    """Every combination of the letters' values; without ellipsis, and with `->`."""
    inputs, output = equation.replace(" ", "").split("->")
    terms = inputs.split(",")
    sizes = {}
    for term, operand in zip(terms, operands):
        for letter, n in zip(term, operand.shape):
            if n != 1 or letter not in sizes:
                sizes[letter] = n
    out = np.zeros([sizes[letter] for letter in output])
    for values in itertools.product(*[range(n) for n in sizes.values()]):
        at = dict(zip(sizes, values))
        product = 1.0
        for term, operand in zip(terms, operands):
            product *= operand[tuple(at[letter] if n > 1 else 0 for letter, n in zip(term, operand.shape))]
        out[tuple(at[letter] for letter in output)] += product
    return out


def norm_of_matrix(m, order):
    """The norms of one matrix that need no singular values."""
    rows = [sum(abs(v) for v in row) for row in m]
    columns = [sum(abs(v) for v in column) for column in m.T]
    return {1: max(columns), -1: min(columns), np.inf: max(rows), -np.inf: min(rows)}[order]
