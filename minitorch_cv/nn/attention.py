"""MultiheadAttention: several attentions side by side, each on its own projections of queries, keys and values."""

from __future__ import annotations

import math
import warnings
from typing import Any

from ..ops.expanding import expand
from ..ops.joining import cat
from ..tensors.creation import empty, zeros_like
from ..tensors.tensor import Tensor
from ..types import dtype as dt
from . import functional as F
from . import init
from .linear import Linear
from .module import Module
from .parameter import Parameter


class MultiheadAttention(Module):
    """Projections of queries, keys and values in several heads, an attention in each, and a projection of all results.

    Args:     embed_dim: size of the queries and of the results; each head has embed_dim / num_heads of it.
              dropout: probability that a share of a value is dropped in training.
              bias: of the projections.
              add_bias_kv: learn a key and a value that every query sees besides the others.
              add_zero_attn: let every query see a key and a value of zeros.
              kdim, vdim: sizes of keys and values; embed_dim if None.
              batch_first: (N, L, E) instead of (L, N, E).
    Raises:   ValueError: for sizes that are not positive. AssertionError: unless num_heads divides embed_dim.
    Source:   Vaswani et al. 2017, "Attention Is All You Need".
    """

    in_proj_weight: Parameter | None  # (3 * embed_dim, embed_dim): of queries, keys and values, if of one size
    q_proj_weight: Parameter | None  # (embed_dim, embed_dim), else
    k_proj_weight: Parameter | None  # (embed_dim, kdim)
    v_proj_weight: Parameter | None  # (embed_dim, vdim)
    in_proj_bias: Parameter | None  # (3 * embed_dim,)
    bias_k: Parameter | None  # (1, 1, embed_dim)
    bias_v: Parameter | None

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        add_bias_kv: bool = False,
        add_zero_attn: bool = False,
        kdim: int | None = None,
        vdim: int | None = None,
        batch_first: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if embed_dim <= 0 or num_heads <= 0:
            raise ValueError(
                f"MultiheadAttention: embed_dim and num_heads must be greater than 0, got embed_dim={embed_dim} and "
                f"num_heads={num_heads} instead"
            )
        if embed_dim % num_heads:
            raise AssertionError(
                f"MultiheadAttention: embed_dim must be divisible by num_heads, got {embed_dim} and {num_heads}"
            )
        super().__init__()
        self.embed_dim, self.num_heads, self.dropout, self.batch_first = embed_dim, num_heads, dropout, batch_first
        self.kdim = embed_dim if kdim is None else kdim
        self.vdim = embed_dim if vdim is None else vdim
        self.head_dim = embed_dim // num_heads
        self.add_zero_attn = add_zero_attn
        self._qkv_same_embed_dim = self.kdim == self.vdim == embed_dim

        def parameter(*shape: int) -> Parameter:
            return Parameter(empty(shape, device=device, dtype=dtype))

        one = self._qkv_same_embed_dim
        sizes = {"q": embed_dim, "k": self.kdim, "v": self.vdim}
        for name, size in sizes.items():
            self.register_parameter(f"{name}_proj_weight", None if one else parameter(embed_dim, size))
        self.register_parameter("in_proj_weight", parameter(3 * embed_dim, embed_dim) if one else None)
        self.register_parameter("in_proj_bias", parameter(3 * embed_dim) if bias else None)
        self.out_proj = Linear(embed_dim, embed_dim, bias=bias, device=device, dtype=dtype)
        for name in ("bias_k", "bias_v"):
            self.register_parameter(name, parameter(1, 1, embed_dim) if add_bias_kv else None)
        self._reset_parameters()

    def _reset_parameters(self) -> None:
        for weight in (self.in_proj_weight, self.q_proj_weight, self.k_proj_weight, self.v_proj_weight):
            if weight is not None:
                init.xavier_uniform_(weight)
        for bias in (self.in_proj_bias, self.out_proj.bias):
            if bias is not None:
                init.constant_(bias, 0.0)
        for bias in (self.bias_k, self.bias_v):
            if bias is not None:
                init.xavier_normal_(bias)

    def forward(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        key_padding_mask: Tensor | None = None,
        need_weights: bool = True,
        attn_mask: Tensor | None = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Tensor, Tensor | None]:
        """Attention of the queries to the keys, and its shares.

        Args:     query: (L, N, E), with batch_first (N, L, E), or (L, E).
                  key, value: (S, N, kdim) and (S, N, vdim), or as the query.
                  key_padding_mask: (N, S) or (S,): True for the keys that no query sees, or floats to be added.
                  need_weights: give the shares of the values, too.
                  attn_mask: (L, S) or (N * num_heads, L, S): True where a query sees no key, or floats to be added.
                  average_attn_weights: give the mean of the heads' shares.
                  is_causal: attn_mask is that of causal attention; only a hint.
        Returns:  (L, N, E) as the query, and the shares (N, L, S), or (N, num_heads, L, S) of each head; None without
                    need_weights.
        Raises:   AssertionError, RuntimeError: for other shapes and dtypes, and is_causal without attn_mask.
        """
        batched = self._check(query, key, value, key_padding_mask, attn_mask)
        if is_causal and attn_mask is None:
            raise RuntimeError("MultiheadAttention: Need attn_mask if specifying the is_causal hint.")
        if not batched:
            query, key, value = (each.unsqueeze(0) for each in (query, key, value))
            key_padding_mask = key_padding_mask.unsqueeze(0) if key_padding_mask is not None else None
        elif not self.batch_first:
            query, key, value = (each.transpose(0, 1) for each in (query, key, value))
        mask = self._mask(query, key, key_padding_mask, attn_mask)
        q, k, v = self._projected(query, key, value)  # (N, heads, L or S, head_dim)
        p = self.dropout if self.training else 0.0
        shares = None
        if need_weights:
            scores = q * math.sqrt(1.0 / self.head_dim) @ k.transpose(-2, -1)
            shares = F.softmax(scores if mask is None else scores + mask, dim=-1)
            shares = F.dropout(shares, p) if p > 0 else shares
            mixed = shares @ v
            shares = shares.mean(dim=1) if average_attn_weights else shares
        else:
            mixed = F.scaled_dot_product_attention(q, k, v, mask, p)
        result = self.out_proj(mixed.transpose(1, 2).flatten(2))  # (N, L, E)
        if not batched:
            return result.squeeze(0), None if shares is None else shares.squeeze(0)
        return result if self.batch_first else result.transpose(0, 1), shares

    def _projected(self, query: Tensor, key: Tensor, value: Tensor) -> list[Tensor]:
        if self._qkv_same_embed_dim:
            assert self.in_proj_weight is not None
            weights: Any = self.in_proj_weight.chunk(3)
        else:
            weights = self.q_proj_weight, self.k_proj_weight, self.v_proj_weight
        biases = (None,) * 3 if self.in_proj_bias is None else self.in_proj_bias.chunk(3)
        n = len(query)
        q, k, v = (F.linear(x, *both) for x, *both in zip((query, key, value), weights, biases))
        if self.bias_k is not None and self.bias_v is not None:
            k, v = (cat((x, expand(bias, (n, 1, -1))), 1) for x, bias in ((k, self.bias_k), (v, self.bias_v)))
        if self.add_zero_attn:
            k, v = (F.pad(x, (0, 0, 0, 1)) for x in (k, v))
        return [x.unflatten(2, (self.num_heads, self.head_dim)).transpose(1, 2) for x in (q, k, v)]

    def _mask(
        self, query: Tensor, key: Tensor, key_padding_mask: Tensor | None, attn_mask: Tensor | None
    ) -> Tensor | None:
        """Both masks as one of floats, that broadcasts to (N, heads, L, S) with what is seen besides the keys."""
        n, length, seen = len(query), query.shape[1], key.shape[1]
        mask = None
        if attn_mask is not None:
            expected = (length, seen) if attn_mask.dim() == 2 else (n * self.num_heads, length, seen)
            if tuple(attn_mask.shape) != expected:
                raise RuntimeError(
                    f"MultiheadAttention: The shape of the {attn_mask.dim()}D attn_mask is {tuple(attn_mask.shape)}, "
                    f"but should be {expected}."
                )
            mask = _floats("attn_mask", attn_mask, query.dtype)
            mask = mask if mask.dim() == 2 else mask.unflatten(0, (n, self.num_heads))
        if key_padding_mask is not None:
            if tuple(key_padding_mask.shape) != (n, seen):
                raise RuntimeError(
                    f"MultiheadAttention: key_padding_mask is {tuple(key_padding_mask.shape)}, expected (N, S), "
                    f"{(n, seen)}"
                )
            if attn_mask is not None and attn_mask.dtype != key_padding_mask.dtype:
                warnings.warn(
                    "Support for mismatched key_padding_mask and attn_mask is deprecated. Use same type for both "
                    "instead.",
                    stacklevel=4,
                )
            padding = _floats("key_padding_mask", key_padding_mask, query.dtype)[:, None, None]
            mask = padding if mask is None else mask + padding
        besides = (self.bias_k is not None) + self.add_zero_attn
        return mask if mask is None or not besides else F.pad(mask, (0, besides))

    def _check(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        key_padding_mask: Tensor | None,
        attn_mask: Tensor | None,
    ) -> bool:
        """Whether there is a batch.

        Raises:   AssertionError: for other numbers of dimensions and sizes.
        """
        dims = query.dim()
        if dims not in (2, 3):
            raise AssertionError(
                "MultiheadAttention: query should be unbatched 2D or batched 3D tensor but received "
                f"{dims}-D query tensor"
            )
        if (key.dim(), value.dim()) != (dims, dims):
            raise AssertionError(
                f"MultiheadAttention: For {dims}-D `query`, expected `key` and `value` to be {dims}-D but found "
                f"{key.dim()}-D and {value.dim()}-D tensors respectively"
            )
        if key_padding_mask is not None and key_padding_mask.dim() != dims - 1:
            raise AssertionError(
                f"MultiheadAttention: For {dims}-D `query`, expected `key_padding_mask` to be `None` or {dims - 1}-D "
                f"but found {key_padding_mask.dim()}-D tensor instead"
            )
        if attn_mask is not None and attn_mask.dim() not in (2, 3):
            raise AssertionError(
                "MultiheadAttention: expected `attn_mask` to be `None`, 2-D or 3-D but found "
                f"{attn_mask.dim()}-D tensor instead"
            )
        found = query.shape[-1], key.shape[-1], value.shape[-1]
        if found != (self.embed_dim, self.kdim, self.vdim):
            raise AssertionError(
                "MultiheadAttention: was expecting embedding dimensions of "
                f"{(self.embed_dim, self.kdim, self.vdim)} of query, key and value, but got {found}"
            )
        if key.shape[:-1] != value.shape[:-1]:
            raise AssertionError(
                f"MultiheadAttention: key's sequence and batch dims {tuple(key.shape[:-1])} do not match value's "
                f"{tuple(value.shape[:-1])}"
            )
        return dims == 3


def _floats(name: str, mask: Tensor, dtype: dt.dtype) -> Tensor:
    """What is added to scores: -inf where a mask of bools says that nothing is seen."""
    if mask.dtype is dt.bool_:
        return zeros_like(mask, dtype=dtype).masked_fill(mask, -math.inf)
    if not mask.is_floating_point():
        raise AssertionError(f"MultiheadAttention: only bool and floating types of {name} are supported")
    return mask
