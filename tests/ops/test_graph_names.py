"""The nodes of the graph have PyTorch's names, which its users read in what they print and in error messages."""

from __future__ import annotations

import pytest
import torch

import minitorch_cv as mt

EXPRESSIONS = {
    "sum": lambda t, x: x.sum(),
    "sum along": lambda t, x: x.sum(0),
    "nansum": lambda t, x: x.nansum(0),
    "mean": lambda t, x: x.mean(),
    "mean along": lambda t, x: x.mean(1),
    "prod": lambda t, x: x.prod(),
    "prod along": lambda t, x: x.prod(1),
    "var": lambda t, x: x.var(),
    "std": lambda t, x: x.std(0),
    "max": lambda t, x: x.max(),
    "min": lambda t, x: x.min(),
    "max along": lambda t, x: x.max(1)[0],
    "min along": lambda t, x: x.min(1)[0],
    "maximum": lambda t, x: t.max(x, x),
    "amax": lambda t, x: x.amax(),
    "median": lambda t, x: x.median(),
    "sort": lambda t, x: x.sort()[0],
    "topk": lambda t, x: x.topk(1)[0],
    "kthvalue": lambda t, x: x.kthvalue(1)[0],
    "mode": lambda t, x: x.mode()[0],
    "cumsum": lambda t, x: x.cumsum(0),
    "cummax": lambda t, x: x.cummax(0)[0],
    "logsumexp": lambda t, x: x.logsumexp(0),
    "norm": lambda t, x: x.norm(),
    "trace": lambda t, x: x.trace(),
    "mm": lambda t, x: x @ x,
    "mv": lambda t, x: x @ x[0],
    "dot": lambda t, x: x[0] @ x[0],
    "bmm": lambda t, x: t.bmm(x[None], x[None]),
    "outer": lambda t, x: t.outer(x[0], x[0]),
    "addmm": lambda t, x: t.addmm(x, x, x),
    "baddbmm": lambda t, x: t.baddbmm(x, x[None], x[None]),
    "exp": lambda t, x: x.exp(),
    "log1p": lambda t, x: x.log1p(),
    "square": lambda t, x: x.square(),
    "atan2": lambda t, x: x.atan2(x),
    "round": lambda t, x: x.round(),
    "round to decimals": lambda t, x: x.round(decimals=1),
    "clamp": lambda t, x: x.clamp(0),
    "clamp to tensor": lambda t, x: x.clamp(x),
    "where": lambda t, x: t.where(x > 0, x, 0.0),
    "masked_fill": lambda t, x: x.masked_fill(x > 0, 1.0),
    "zero_": lambda t, x: x.clone().zero_(),
    "nan_to_num": lambda t, x: x.nan_to_num(),
    "bincount": lambda t, x: t.bincount(t.tensor([0, 1]), x[0]),
}


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_names(name):
    ours, theirs = (EXPRESSIONS[name](library, library.ones(2, 2, requires_grad=True)) for library in (mt, torch))
    assert ours.grad_fn.name() == theirs.grad_fn.name()


def test_names_in_errors_of_in_place_logic():
    x = mt.ones(2).expand(2, 2)
    with pytest.raises(RuntimeError, match=r"LogicalAndBackward0: .* more than one element of the written-to tensor"):
        x.logical_and_(x)
    with pytest.raises(RuntimeError, match=r"BitwiseAndBackward0: .* more than one element of the written-to tensor"):
        x.long()[:1].expand(2, 2).bitwise_and_(1)
