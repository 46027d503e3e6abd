"""Attention and transformer layers against PyTorch: results, gradients, masks, weights' names, errors."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import torch
import torch.nn.functional as TF

import minitorch_cv as mt
from minitorch_cv import nn
from minitorch_cv.nn import functional as F
from tests.checks import assert_close, check_error, check_op, normal, ours_of, theirs_of


def attention_loops(q, k, v, mask=None, scale=None):
    """Query by query."""
    out = np.zeros((*q.shape[:-1], v.shape[-1]))
    for *batch, i in np.ndindex(*q.shape[:-1]):
        keys, values = k[tuple(batch)], v[tuple(batch)]
        scores = np.array([np.dot(q[(*batch, i)], key) for key in keys])
        scores = scores * (q.shape[-1] ** -0.5 if scale is None else scale) + (0 if mask is None else mask[i])
        shares = np.exp(scores - scores.max())
        out[(*batch, i)] = sum(share * value for share, value in zip(shares / shares.sum(), values))
    return out


Q, K, V = normal(2, 3, 4, 5), normal(2, 3, 6, 5, seed=1), normal(2, 3, 6, 2, seed=2)
BOOLS = np.arange(24).reshape(4, 6) % 5 < 3
NOTHING = BOOLS & (np.arange(4) != 2)[:, None]


class TestScaledDotProductAttention:
    @pytest.mark.parametrize("scale", [None, 0.3])
    def test_without_mask(self, scale):
        check_op(
            lambda *x: F.scaled_dot_product_attention(*x, scale=scale),
            lambda *x: TF.scaled_dot_product_attention(*x, scale=scale),
            [Q, K, V],
            reference=lambda *x: attention_loops(*x, scale=scale),
        )

    def test_matrices(self):
        arrays = [x[0, 0] for x in (Q, K, V)]
        check_op(F.scaled_dot_product_attention, TF.scaled_dot_product_attention, arrays, reference=attention_loops)

    @pytest.mark.parametrize(
        "mask", [BOOLS, NOTHING, normal(4, 6, seed=3), BOOLS[None, :1], np.where(NOTHING, 0.5, -np.inf)], ids=str
    )
    def test_masks(self, mask):
        def masked(library, make):
            return lambda q, k, v: library.scaled_dot_product_attention(
                q, k, v, make(mask if mask.dtype == bool else mask.astype(str(q.dtype).removeprefix("torch.")))
            )

        check_op(masked(F, ours_of), masked(TF, theirs_of), [Q, K, V])

    @pytest.mark.parametrize("length", [4, 6, 8])
    def test_causal(self, length):
        q = normal(2, 1, length, 5)
        check_op(
            lambda *x: F.scaled_dot_product_attention(*x, is_causal=True),
            lambda *x: TF.scaled_dot_product_attention(*x, is_causal=True),
            [q, K[:, :1], V[:, :1]],
        )

    def test_dropout_keeps_the_mean(self):
        mt.manual_seed(0)
        value = ours_of(np.ones((1, 400, 3)))
        q = ours_of(np.zeros((200, 4)))
        found = F.scaled_dot_product_attention(q, ours_of(np.zeros((400, 4))), value, dropout_p=0.25).array
        assert found.std() > 0 and found.mean() == pytest.approx(1, abs=0.01)

    @pytest.mark.parametrize(
        "error, match, args, kwargs",
        [
            (RuntimeError, r"query \(5,\), key \(3, 6, 5\)", (Q[0, 0, 0], K[0], V[0]), {}),
            (RuntimeError, "query.dtype: float64 key.dtype: float32", (Q, K.astype(np.float32), V), {}),
            (RuntimeError, r"key \(\.\.\., S, E\) and value", (Q, K[..., :4], V), {}),
            (RuntimeError, r"expected query \(\.\.\., L, E\)", (Q, K, V[..., :3, :]), {}),
            (RuntimeError, "attn_mask should not be set when is_causal=True", (Q, K, V, BOOLS), {"is_causal": True}),
            (RuntimeError, "attn_mask.dtype: int64", (Q, K, V, np.ones((4, 6), int)), {}),
            (RuntimeError, "'query' is int64", (Q.astype(int), K, V), {}),
            (NotImplementedError, "enable_gqa=True is not supported", (Q, K, V), {"enable_gqa": True}),
        ],
    )
    def test_errors(self, error, match, args, kwargs):
        check_error(error, match, F.scaled_dot_product_attention, *map(ours_of, args), **kwargs)


SETTINGS = {
    "plain": {},
    "batch first": {"batch_first": True},
    "without bias": {"bias": False, "batch_first": True},
    "other sizes": {"kdim": 5, "vdim": 7},
    "besides": {"add_bias_kv": True, "add_zero_attn": True},
    "other sizes, besides": {"kdim": 5, "vdim": 7, "add_bias_kv": True, "bias": False, "batch_first": True},
}


def pair(name, *args, **kwargs):
    """Our layer and PyTorch's with the same random weights, in float64 and without dropout in the way."""
    torch.manual_seed(0)
    theirs = getattr(torch.nn, name)(*args, **kwargs).double()
    ours = getattr(nn, name)(*args, **kwargs).double()
    with torch.no_grad():
        for parameter in theirs.parameters():
            parameter.copy_(torch.randn_like(parameter) * 0.5)
    assert [(n, tuple(v.shape)) for n, v in ours.state_dict().items()] == [
        (n, tuple(v.shape)) for n, v in theirs.state_dict().items()
    ]
    ours.load_state_dict({n: ours_of(v.numpy()) for n, v in theirs.state_dict().items()})
    return ours, theirs


def check_both(ours, theirs, call, arrays):
    """Results and all gradients, in training and in evaluation."""
    for training in (True, False):
        results = []
        for layer, make in ((ours.train(training), ours_of), (theirs.train(training), theirs_of)):
            layer.zero_grad()
            inputs = [make(x, True) for x in arrays]
            found = [x for x in call(layer, make, *inputs) if x is not None]
            sum((x * make(normal(*x.shape, seed=9))).sum() for x in found).backward()
            results.append([*found, *(x.grad for x in inputs), *(p.grad for p in layer.parameters())])
        for one, two in zip(*results, strict=True):
            assert_close(one, two, 1e-10, f"training={training}")


class TestMultiheadAttention:
    @pytest.mark.parametrize("need_weights", [True, False])
    @pytest.mark.parametrize("name", SETTINGS)
    def test_as_in_torch(self, name, need_weights):
        settings = SETTINGS[name]
        ours, theirs = pair("MultiheadAttention", 6, 3, **settings)
        shapes = [(2, 4, 6), (2, 5, settings.get("kdim", 6)), (2, 5, settings.get("vdim", 6))]
        arrays = [normal(*shape, seed=i) for i, shape in enumerate(shapes)]
        if not settings.get("batch_first"):
            arrays = [x.swapaxes(0, 1).copy() for x in arrays]
        padding = np.arange(10).reshape(2, 5) % 4 == 3
        masks = {
            "none": (None, None),
            "padding": (padding, None),
            "both": (padding, np.arange(20).reshape(4, 5) % 3 == 1),
            "of heads": (None, normal(6, 4, 5, seed=5)),
            "floats": (normal(2, 5, seed=6), normal(4, 5, seed=7)),
        }
        for of_keys, of_queries in masks.values():
            check_both(
                ours,
                theirs,
                lambda layer, make, *x, a=of_keys, b=of_queries: layer(
                    *x, make(a) if a is not None else None, need_weights, make(b) if b is not None else None
                ),
                arrays,
            )

    def test_a_sequence_that_is_all_padding(self):
        """0 before the last projection, and finite gradients; NaN where the shares are asked for, as in PyTorch."""
        ours, theirs = pair("MultiheadAttention", 6, 2, batch_first=True)
        arrays = [normal(2, 4, 6), normal(2, 5, 6, seed=1), normal(2, 5, 6, seed=2)]
        padding = np.array([[False] * 5, [True] * 5])
        check_both(ours, theirs, lambda layer, make, *x: layer(*x, make(padding), False), arrays)
        assert np.isfinite(ours.in_proj_weight.grad.array).all()
        found, _ = ours(*map(ours_of, arrays), ours_of(padding))
        assert np.isnan(found.array[1]).all() and np.isfinite(found.array[0]).all()

    def test_shares_of_each_head_and_no_batch(self):
        ours, theirs = pair("MultiheadAttention", 6, 2)
        arrays = [normal(4, 6), normal(5, 6, seed=1), normal(5, 6, seed=2)]
        check_both(ours, theirs, lambda layer, make, *x: layer(*x, average_attn_weights=False), arrays)
        padding = np.array([False, True, False, False, True])
        check_both(ours, theirs, lambda layer, make, *x: layer(*x, make(padding), False), arrays)
        assert ours(*map(ours_of, arrays))[1].shape == (4, 5)

    def test_initialisation(self):
        mt.manual_seed(0)
        layer = nn.MultiheadAttention(64, 4, add_bias_kv=True)
        bound = np.sqrt(6 / (64 + 192))
        weight = layer.in_proj_weight.array
        assert np.abs(weight).max() <= bound and weight.std() == pytest.approx(bound / np.sqrt(3), rel=0.03)
        assert not layer.in_proj_bias.array.any() and not layer.out_proj.bias.array.any() and layer.bias_k.array.any()

    def test_masks_of_two_kinds_are_warned_of(self):
        layer = nn.MultiheadAttention(4, 2, batch_first=True)
        x = mt.randn(1, 3, 4)
        with pytest.warns(UserWarning, match="mismatched key_padding_mask and attn_mask is deprecated") as caught:
            layer(x, x, x, mt.zeros(1, 3, dtype=mt.bool), attn_mask=mt.zeros(3, 3))
        assert caught[0].filename == __file__

    @pytest.mark.parametrize(
        "error, match, shapes",
        [
            (AssertionError, "unbatched 2D or batched 3D tensor but received 4-D", [(1, 1, 3, 4)] * 3),
            (AssertionError, "`value` to be 3-D but found 2-D and 3-D", [(3, 1, 4), (3, 4), (3, 1, 4)]),
            (AssertionError, r"of \(4, 4, 4\) .* got \(4, 5, 4\)", [(3, 1, 4), (3, 1, 5), (3, 1, 4)]),
            (AssertionError, r"\(3, 1\) do not match value's \(2, 1\)", [(3, 1, 4), (3, 1, 4), (2, 1, 4)]),
        ],
    )
    def test_errors(self, error, match, shapes):
        check_error(error, match, nn.MultiheadAttention(4, 2), *(mt.zeros(shape) for shape in shapes))

    @pytest.mark.parametrize(
        "error, match, kwargs",
        [
            (AssertionError, "`key_padding_mask` to be `None` or 2-D", {"key_padding_mask": mt.zeros(3)}),
            (RuntimeError, r"key_padding_mask is \(2, 3\), expected", {"key_padding_mask": mt.zeros(2, 3)}),
            (RuntimeError, r"2D attn_mask is \(3, 4\), but should be \(3, 3\)", {"attn_mask": mt.zeros(3, 4)}),
            (RuntimeError, r"but should be \(2, 3, 3\)", {"attn_mask": mt.zeros(1, 3, 3)}),
            (AssertionError, "`attn_mask` to be `None`, 2-D or 3-D", {"attn_mask": mt.zeros(3)}),
            (AssertionError, "only bool and floating types", {"attn_mask": mt.zeros(3, 3).long()}),
            (RuntimeError, "Need attn_mask if specifying the is_causal hint", {"is_causal": True}),
        ],
    )
    def test_errors_of_masks(self, error, match, kwargs):
        x = mt.zeros(3, 1, 4)
        check_error(error, match, nn.MultiheadAttention(4, 2), x, x, x, **kwargs)

    def test_sizes(self):
        check_error(
            AssertionError, "embed_dim must be divisible by num_heads, got 5 and 2", nn.MultiheadAttention, 5, 2
        )
        check_error(ValueError, "must be greater than 0", nn.MultiheadAttention, 4, 0)


class TestTransformer:
    @pytest.mark.parametrize("activation", ["relu", "gelu", "tanh"])
    @pytest.mark.parametrize("norm_first", [False, True])
    @pytest.mark.parametrize("batch_first", [False, True])
    def test_layer(self, batch_first, norm_first, activation):
        functions = (mt.tanh, torch.tanh) if activation == "tanh" else (activation, activation)
        kinds = [{"activation": function} for function in functions]
        settings = {"dropout": 0.0, "batch_first": batch_first, "norm_first": norm_first}
        torch.manual_seed(0)
        theirs = torch.nn.TransformerEncoderLayer(6, 2, 8, **settings, **kinds[1]).double()
        ours = nn.TransformerEncoderLayer(6, 2, 8, **settings, **kinds[0]).double()
        ours.load_state_dict({n: ours_of(v.numpy()) for n, v in theirs.state_dict().items()})
        x = normal(3, 5, 6)
        check_both(ours, theirs, lambda layer, make, x: [layer(x)], [x])
        n, length = x.shape[:2] if batch_first else x.shape[1::-1]
        causal = np.triu(np.ones((length, length), bool), 1)
        padding = np.arange(length) >= np.array([[length]] * (n - 1) + [[length - 1]])
        check_both(ours, theirs, lambda layer, make, x: [layer(x, make(causal), make(padding), True)], [x])

    def test_encoder(self):
        made = []
        for library in (nn, torch.nn):
            layer = library.TransformerEncoderLayer(6, 2, 8, dropout=0.0, batch_first=True)
            encoder = library.TransformerEncoder(layer, 3, library.LayerNorm(6))
            made.append(encoder.double())
        ours, theirs = made
        ours.load_state_dict({n: ours_of(v.numpy()) for n, v in theirs.state_dict().items()})
        layer = nn.TransformerEncoderLayer(4, 2)
        copies = nn.TransformerEncoder(layer, 2).layers
        assert copies[0] is not copies[1]
        for name, value in layer.state_dict().items():
            assert mt.equal(copies[1].state_dict()[name], value)
        mask = np.triu(np.full((5, 5), -np.inf), 1)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # PyTorch's nested tensors are a prototype
            check_both(ours, theirs, lambda layer, make, x: [layer(x)], [normal(2, 5, 6)])
            check_both(ours, theirs, lambda layer, make, x: [layer(x, make(mask))], [normal(2, 5, 6)])

    def test_another_activation(self):
        check_error(RuntimeError, "should be relu/gelu, not selu", nn.TransformerEncoderLayer, 4, 2, activation="selu")
