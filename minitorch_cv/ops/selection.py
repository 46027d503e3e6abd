"""Choosing elements by a mask without branches: several times faster than np.where when the mask is irregular.

A mask of random signs, such as ReLU's, defeats the processor's branch prediction in np.where; multiplying by the mask
would turn an infinite or NaN gradient into NaN where PyTorch has 0. Here the mask is spread over each number's bits.
"""

from __future__ import annotations

import numpy as np

from ..autograd.operation import Array


def keep_where(mask: Array, values: Array) -> Array:
    """`values` where `mask`, 0 elsewhere: np.where(mask, values, 0).

    Args:     mask: bool, of the same shape.
              values: float.
    """
    bits = _bits_of(values)
    return (_spread(mask, bits) & values.view(bits)).view(values.dtype)


def choose(mask: Array, a: Array, b: Array) -> Array:
    """`a` where `mask`, `b` elsewhere: np.where(mask, a, b).

    Args:     mask: bool, of the same shape.
              a, b: float, of one dtype and one shape.
    """
    bits = _bits_of(a)
    a_bits, b_bits = a.view(bits), b.view(bits)
    return (((a_bits ^ b_bits) & _spread(mask, bits)) ^ b_bits).view(a.dtype)


def _bits_of(values: Array) -> np.dtype:
    return np.dtype(f"i{values.dtype.itemsize}")


def _spread(mask: Array, bits: np.dtype) -> Array:
    """All bits set where `mask`, none elsewhere."""
    return mask * bits.type(-1)
