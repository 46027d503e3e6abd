"""What grad_fn is called, which a student sees in every printed tensor."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import minitorch_cv as mt

EXPRESSIONS = """
1 - x | L.rsub(x, y) | x - 1 | 2 / x | x / 2 | x / y | x * 2 | 2 + x | x ** 2 | x ** y | 2 ** x | L.pow(x, 2) | -x
(x * 1).pow_(2) | (x * 1).pow_(y) | (x * 1).add_(1) | (x * 1).relu_()
x.sum() | x.sum(0) | x.mean() | x.mean(1) | x.max() | x.max(1)[0] | x.amax(1) | x.std() | x.var(0) | x.prod() | x.norm()
x.view(-1) | x.t().reshape(-1) | x.T | x.t() | x.transpose(0, 1) | x.permute(1, 0) | x.unsqueeze(0) | x.flatten()
x[0] | x[1:] | x[x > 0] | x[:, [0, 1]] | x.expand(2, 3, 4) | x.clone() | x.float() | x.masked_fill(x > 0, 0)
x @ y.t() | x @ x[0] | x[0] @ x[0] | L.bmm(x[None], y.t()[None]) | L.cat([x, y]) | L.stack([x, y]) | x.clamp(0, 1)
x.exp() | x.log() | x.sigmoid() | x.tanh() | F.relu(x) | F.gelu(x) | F.softmax(x, 1) | F.log_softmax(x, 1)
F.linear(x, y) | F.linear(x, y, b) | F.linear(x[None], y, b) | F.linear(x[None], y) | F.linear(x[0], y, b)
F.mse_loss(x, y) | F.l1_loss(x, t) | F.l1_loss(x, t, reduction='sum') | F.l1_loss(x, t, reduction='none')
F.smooth_l1_loss(x, t) | F.huber_loss(x, t) | F.cross_entropy(x, l) | F.cross_entropy(x, l, label_smoothing=0.1)
F.nll_loss(x, l) | F.binary_cross_entropy_with_logits(x, t) | F.kl_div(x, t, reduction='sum') | F.poisson_nll_loss(x, t)
F.multilabel_soft_margin_loss(x, t) | F.multilabel_soft_margin_loss(x, t, reduction='sum')
F.multilabel_soft_margin_loss(x, t, reduction='none') | F.hinge_embedding_loss(x, t) | F.margin_ranking_loss(x, y, t)
F.conv2d(x[None, None], y[None, None]) | F.max_pool2d(x[None, None], 2) | F.avg_pool2d(x[None, None], 2)
F.batch_norm(x, None, None, training=True) | F.layer_norm(x, (4,)) | F.pad(x, (1, 1)) | F.dropout(x, 0.5)
"""
CASES = [e.strip() for line in EXPRESSIONS.strip().splitlines() for e in line.split("|")]


def node_of(library, expression):
    rng = np.random.default_rng(0)
    x, y = (library.from_numpy(rng.uniform(0.1, 2, (3, 4))).requires_grad_() for _ in range(2))
    names = {"L": library, "F": library.nn.functional, "x": x, "y": y, "t": y.detach(), "l": library.tensor([0, 1, 2])}
    names["b"] = library.ones(3, dtype=library.float64, requires_grad=True)
    return eval(expression, names).grad_fn


@pytest.mark.parametrize("expression", CASES)
def test_name(expression):
    assert node_of(mt, expression).name() == node_of(torch, expression).name()


@pytest.mark.parametrize("expression", ["F.linear(x, y, b)", "F.linear(x.exp(), y, b)", "F.linear(x, y)"])
def test_linear_leads_on_as_the_sum_and_product_that_it_is(expression):
    def nexts(library):
        found = [node.name() for node, _ in node_of(library, expression).next_functions]
        return found[:-1]  # the last is the weight, in PyTorch by way of its transpose

    theirs = [name.removeprefix("struct torch::autograd::") for name in nexts(torch)]
    assert nexts(mt) == theirs
