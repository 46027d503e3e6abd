"""TransformerEncoderLayer and TransformerEncoder: attention and two linear layers by turns."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from ..tensors.tensor import Tensor
from . import functional as F
from .attention import MultiheadAttention
from .containers import ModuleList
from .dropout import Dropout
from .linear import Linear
from .module import Module
from .normalization import LayerNorm

_ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {"relu": F.relu, "gelu": F.gelu}


class TransformerEncoderLayer(Module):
    """x plus its attention to itself, normalised; that plus what two linear layers make of it, normalised.

    Args:     d_model: size of what stands at each place of a sequence.
              nhead: heads of the attention.
              dim_feedforward: numbers between the two linear layers.
              dropout: probability that a number is dropped in training.
              activation: "relu", "gelu" or a function, between the two linear layers.
              batch_first: (N, L, d_model) instead of (L, N, d_model).
              norm_first: normalise what goes into attention and linear layers instead of the sums.
              bias: of linear layers, projections and normalisations.
    Raises:   RuntimeError: for another activation.
    Source:   Vaswani et al. 2017, "Attention Is All You Need"; norm_first: Dosovitskiy et al. 2020, "An Image is Worth
                16x16 Words".
    """

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: str | Callable[[Tensor], Tensor] = F.relu,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        if isinstance(activation, str) and activation not in _ACTIVATIONS:
            raise RuntimeError(f"TransformerEncoderLayer: activation should be relu/gelu, not {activation}")
        made: dict[str, Any] = {"device": device, "dtype": dtype}
        self.self_attn = MultiheadAttention(d_model, nhead, dropout=dropout, bias=bias, batch_first=batch_first, **made)
        self.linear1 = Linear(d_model, dim_feedforward, bias=bias, **made)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, bias=bias, **made)
        self.norm_first = norm_first
        self.norm1 = LayerNorm(d_model, eps=layer_norm_eps, bias=bias, **made)
        self.norm2 = LayerNorm(d_model, eps=layer_norm_eps, bias=bias, **made)
        self.dropout1 = Dropout(dropout)
        self.dropout2 = Dropout(dropout)
        self.activation = _ACTIVATIONS[activation] if isinstance(activation, str) else activation

    def forward(
        self,
        src: Tensor,
        src_mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        is_causal: bool = False,
    ) -> Tensor:
        """The sequence after one layer, in its shape; masks as for MultiheadAttention."""

        def attended(x: Tensor) -> Tensor:
            found, _ = self.self_attn(
                x, x, x, src_key_padding_mask, need_weights=False, attn_mask=src_mask, is_causal=is_causal
            )
            return self.dropout1(found)

        def fed_forward(x: Tensor) -> Tensor:
            return self.dropout2(self.linear2(self.dropout(self.activation(self.linear1(x)))))

        if self.norm_first:
            src = src + attended(self.norm1(src))
            return src + fed_forward(self.norm2(src))
        src = self.norm1(src + attended(src))
        return self.norm2(src + fed_forward(src))


class TransformerEncoder(Module):
    """Copies of a layer, one after the other.

    Args:     encoder_layer: what is copied, weights included.
              num_layers: how often.
              norm: a normalisation of the result.
              enable_nested_tensor, mask_check: of PyTorch's faster way for padded sequences, which is not here; the
                results are the same without.
    """

    def __init__(
        self,
        encoder_layer: Module,
        num_layers: int,
        norm: Module | None = None,
        enable_nested_tensor: bool = True,
        mask_check: bool = True,
    ) -> None:
        super().__init__()
        self.layers = ModuleList([copy.deepcopy(encoder_layer) for _ in range(num_layers)])
        self.num_layers = num_layers
        self.norm = norm

    def forward(
        self,
        src: Tensor,
        mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        is_causal: bool | None = None,
    ) -> Tensor:
        """The sequence after all layers, in its shape; masks as for MultiheadAttention."""
        for layer in self.layers:
            src = layer(src, mask, src_key_padding_mask, bool(is_causal))
        return src if self.norm is None else self.norm(src)
