"""scaled_dot_product_attention: values mixed by how well their keys answer to queries."""

from __future__ import annotations

import math

import numpy as np

from ..autograd.variable import V, Variable
from .arguments import check_floating, check_tensor
from .arithmetic import add, mul
from .dropout import dropout
from .filling import masked_fill
from .matmul import matmul
from .permuting import transpose
from .softmax import softmax


def scaled_dot_product_attention(
    query: V,
    key: Variable,
    value: Variable,
    attn_mask: Variable | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> V:
    """softmax(query @ key^T * scale + mask) @ value: for each query a mixture of the values.

    Args:     query: (..., L, E), float32 or float64.
              key: (..., S, E); value: (..., S, Ev), of the same dtype.
              attn_mask: broadcasts to (..., L, S): bool, where True lets a query see a key; or floats that are added. A
                query that may see nothing gets 0.
              dropout_p: probability that a share in the mixture is dropped, always: 0 in evaluation.
              is_causal: let the query i see the keys 0 to i only, instead of a mask.
              scale: 1 / sqrt(E) if None.
    Returns:  (..., L, Ev).
    Raises:   RuntimeError: for other shapes and dtypes, and for a mask besides is_causal. NotImplementedError: for
                enable_gqa=True.
    Source:   Vaswani et al. 2017, "Attention Is All You Need".
    """
    named: dict[str, Variable] = {"query": query, "key": key, "value": value}
    for name, tensor in named.items():
        check_tensor("scaled_dot_product_attention", tensor, name)
    if enable_gqa:
        raise NotImplementedError(
            "scaled_dot_product_attention: enable_gqa=True is not supported; repeat key and value for query's heads"
        )
    _check(named, attn_mask, is_causal)
    length, size = query.array.shape[-2:]
    seen = key.array.shape[-2]
    if is_causal:
        attn_mask = type(query).wrap(np.tri(length, seen, dtype=bool))
    factor = 1 / math.sqrt(size) if scale is None else scale
    scores = mul(matmul(query, transpose(key, -2, -1)), factor)
    if attn_mask is None:
        shares = softmax(scores, -1)
    else:
        shares = _masked_shares(scores, attn_mask)
    return matmul(dropout(shares, dropout_p), value)


def _masked_shares(scores: V, attn_mask: Variable) -> V:
    """softmax of the scores of what is seen; 0 for a query that may see nothing, whose softmax would be no number."""
    if attn_mask.array.dtype == bool:
        scores = masked_fill(scores, type(scores).wrap(~attn_mask.array), -math.inf)
    else:
        scores = add(scores, attn_mask)
    nothing = type(scores).wrap(np.asarray((scores.array == -math.inf).all(axis=-1, keepdims=True)))
    if not nothing.array.any():
        return softmax(scores, -1)
    return masked_fill(softmax(masked_fill(scores, nothing, 0.0), -1), nothing, 0.0)


def _check(named: dict[str, Variable], attn_mask: Variable | None, is_causal: bool) -> None:
    shapes = ", ".join(f"{name} {tuple(tensor.array.shape)}" for name, tensor in named.items())
    query, key, value = (tensor.array for tensor in named.values())
    check_floating("scaled_dot_product_attention", named["query"], "query")
    if not query.dtype == key.dtype == value.dtype:
        raise RuntimeError(
            "scaled_dot_product_attention: Expected query, key, and value to have the same dtype, but got "
            f"query.dtype: {query.dtype} key.dtype: {key.dtype} and value.dtype: {value.dtype} instead."
        )
    if min(query.ndim, key.ndim, value.ndim) < 2:
        raise RuntimeError(
            "scaled_dot_product_attention: Expected query, key, and value to all be at least 2 dimensional, but got "
            f"{shapes}"
        )
    if query.shape[-1] != key.shape[-1] or key.shape[-2] != value.shape[-2]:
        raise RuntimeError(
            "scaled_dot_product_attention: expected query (..., L, E), key (..., S, E) and value (..., S, Ev), but got "
            f"{shapes}"
        )
    if attn_mask is None:
        return
    check_tensor("scaled_dot_product_attention", attn_mask, "attn_mask")
    if is_causal:
        raise RuntimeError(
            "scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True; give the one or "
            "the other"
        )
    if attn_mask.array.dtype not in (np.dtype(bool), query.dtype):
        raise RuntimeError(
            "scaled_dot_product_attention: Expected attn_mask dtype to be bool or to match query dtype, but got "
            f"attn_mask.dtype: {attn_mask.array.dtype} and query.dtype: {query.dtype} instead."
        )
