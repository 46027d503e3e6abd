"""torch.channels_last and its kin: what they ask for, and what tensors tell about it, as in PyTorch."""

import copy
import pickle

import numpy as np
import pytest

import minitorch_cv as mt
from tests.checks import normal

from .both import assert_same, assert_same_error

SETUP = """
cl, C, P = L.channels_last, L.contiguous_format, L.preserve_format
x = L.arange(120.).reshape(2, 3, 4, 5)
y = x.to(memory_format=cl)
b = y[:, :, ::2]
g = L.zeros(2, 1, 4, 5)
o = L.zeros(2, 3, 1, 1)
m = L.arange(6.).reshape(2, 3)
r = L.ones(2, 3, 4, 5, requires_grad=True)
net = L.nn.Sequential(L.nn.Conv2d(3, 4, 2), L.nn.BatchNorm2d(4), L.nn.Linear(5, 2))
"""

EXPRESSIONS = """
cl, C, P
isinstance(cl, L.memory_format), cl == C
pickle.loads(pickle.dumps(x)).is_contiguous(memory_format=C)
copy.deepcopy(y).stride(), pickle.loads(pickle.dumps(y)).stride(), copy.copy(y).stride()
[t.is_contiguous() for t in (x, y, b, g, o, m, m.t())]
[t.is_contiguous(memory_format=C) for t in (x, y, b, g, o, m, m.t())]
[t.is_contiguous(memory_format=cl) for t in (x, y, b, g, o, m, m.t())]
[L.zeros(*n, 3, 4, 5).is_contiguous(memory_format=cl) for n in ((), (1,), (0,), (1, 1))]
y.shape, y.stride(), y.stride(1), y
y.is_contiguous(memory_format=cl), y.is_contiguous()
y.to(memory_format=cl) is y, x.to(memory_format=cl) is x, x.to(memory_format=C) is x, x.to(memory_format=P) is x
y.to(memory_format=C).stride(), y.to(memory_format=P) is y, x.to(memory_format=None) is x
g.to(memory_format=cl).stride(), o.to(memory_format=cl).stride(), L.zeros(1, 1, 1, 1).to(memory_format=cl).stride()
g.to(memory_format=cl).is_contiguous(), o.to(memory_format=cl).is_contiguous()
b.stride(), b.to(memory_format=cl) is b, b.to(memory_format=C).stride(), b.to(memory_format=cl).stride()
x.permute(0, 2, 3, 1).to(memory_format=C).stride(), x.permute(3, 2, 1, 0).to(memory_format=cl).stride()
m.t().to(memory_format=C).stride(), m.to(memory_format=C) is m
x.expand(2, 2, 3, 4, 5)[0].to(memory_format=cl).stride(), L.zeros(1).expand(2, 3, 4, 5).to(memory_format=cl).stride()
x.to(L.float64, memory_format=cl).stride(), x.to(L.float64, memory_format=cl), y.to(L.float64).stride()
y.to(L.float64, memory_format=C).stride(), y.to('cpu', memory_format=C).stride(), y.to(x, memory_format=C).stride()
x.to(L.float32, copy=True, memory_format=cl).stride(), y.to(L.float32, copy=True).stride()
x.float(memory_format=cl).stride(), x.double(memory_format=cl).stride(), x.int(memory_format=cl).stride()
x.cpu(memory_format=cl).stride(), y.cpu() is y, y.half().stride(), y.bool(memory_format=C).stride()
x.contiguous(memory_format=cl).stride(), x.contiguous(memory_format=cl), y.contiguous(memory_format=cl) is y
y.contiguous().stride(), y.contiguous(), x.contiguous() is x
b.contiguous().stride(), b.contiguous(memory_format=cl).stride()
g.contiguous(memory_format=cl) is g, o.contiguous(memory_format=cl) is o
x.clone(memory_format=cl).stride(), y.clone().stride(), y.clone(memory_format=C).stride(), b.clone().stride()
L.clone(x, memory_format=cl), L.clone(y, memory_format=P).stride()
[L.empty(s, memory_format=cl).stride() for s in ((2, 3, 4, 5), (2, 1, 4, 5), (1, 3, 1, 1))]
L.empty(2, 3, 4, 5, memory_format=cl, dtype=L.int64).dtype, L.empty(2, 3, memory_format=C).stride()
[f(x, memory_format=cl).stride() for f in (L.empty_like, L.zeros_like, L.ones_like, L.rand_like, L.randn_like)]
[f(y).stride() for f in (L.empty_like, L.zeros_like, L.ones_like, L.rand_like, L.randn_like)]
[f(y, memory_format=C).stride() for f in (L.empty_like, L.zeros_like, L.ones_like, L.rand_like, L.randn_like)]
L.full_like(x, 2, memory_format=cl).stride(), L.full_like(x, 2, memory_format=cl), L.full_like(y, 2).stride()
L.randint_like(x, 3, memory_format=cl).stride(), L.zeros_like(x, dtype=L.int32, memory_format=cl).stride()
L.empty(2, 3, 4, 5, memory_format=cl, requires_grad=True).is_leaf
r.to(memory_format=cl).grad_fn.name(), r.contiguous(memory_format=cl).grad_fn.name()
r.clone(memory_format=cl).grad_fn.name()
(y + 1).stride(), (y * y).stride(), y.relu().stride(), L.cat([y, y], 1).stride(), L.cat([y, y]).stride()
(x + y), (y + x), L.cat([x, y], 1), L.cat([y, x], 2)
[p.stride() for p in net.to(memory_format=cl).parameters()]
[p.is_contiguous(memory_format=cl) for p in net.to(memory_format=cl).to(memory_format=C).parameters() if p.dim() == 4]
[p.stride() for p in net.to(L.float64, memory_format=cl).state_dict().values()]
net.to(memory_format=cl)[0].weight.requires_grad, net.to(memory_format=cl)[0].weight.is_leaf
y.numpy().strides, y.permute(0, 2, 3, 1).is_contiguous(), y.permute(0, 2, 3, 1).view(-1, 3)
y.view(2, 3, 20), y.flatten(2).shape, y.reshape(2, -1), y.flatten(1)
y.detach().stride(), y.data.stride(), y[0].stride(), y.storage_offset(), y[1].storage_offset()
"""


@pytest.mark.parametrize("expression", EXPRESSIONS.strip().split("\n"))
def test_memory_formats(expression):
    assert_same(SETUP, expression)


ERRORS = [
    ("m.to(memory_format=cl)", RuntimeError, "required rank 4 tensor to use channels_last format"),
    ("m.float(memory_format=cl)", RuntimeError, "required rank 4 tensor"),
    ("m.contiguous(memory_format=cl)", RuntimeError, "required rank 4 tensor"),
    ("m.clone(memory_format=cl)", RuntimeError, "required rank 4 tensor"),
    ("L.empty(3, memory_format=cl)", RuntimeError, "required rank 4 tensor"),
    ("L.zeros_like(m, memory_format=cl)", RuntimeError, "required rank 4 tensor"),
    ("L.rand_like(m, memory_format=cl)", RuntimeError, "required rank 4 tensor"),
    ("L.empty(3, 4, memory_format=P)", RuntimeError, "unsupported memory format Preserve"),
    ("x.to(memory_format='channels_last')", TypeError, "memory_format"),
    ("net.to(memory_format='channels_last')", TypeError, "memory_format"),
    ("y.view(2, -1)", RuntimeError, "view size is not compatible with input tensor's size and stride"),
    ("y.detach().view(2, -1)", RuntimeError, "view size is not compatible"),
    ("y[0].view(-1)", RuntimeError, "view size is not compatible"),
    ("L.empty(2, 3, 4, 5, memory_format=cl).view(-1)", RuntimeError, "view size is not compatible"),
    ("L.zeros_like(x, memory_format=cl).view(-1)", RuntimeError, "view size is not compatible"),
    ("x.contiguous(memory_format=cl).view(-1)", RuntimeError, "view size is not compatible"),
    ("x.clone(memory_format=cl).view(-1)", RuntimeError, "view size is not compatible"),
    ("x.double(memory_format=cl).view(-1)", RuntimeError, "view size is not compatible"),
    ("net.to(memory_format=cl)[0].weight.view(-1)", RuntimeError, "view size is not compatible"),
    ("copy.deepcopy(y).view(-1)", RuntimeError, "view size is not compatible"),
]


@pytest.mark.parametrize("expression, error, match", ERRORS, ids=[e[0] for e in ERRORS])
def test_errors(expression, error, match):
    assert_same_error(SETUP, expression, error, match)


def test_the_formats_are_single():
    for form in (mt.channels_last, mt.contiguous_format, mt.preserve_format):
        assert copy.deepcopy(form) is form and pickle.loads(pickle.dumps(form)) is form


def test_a_layers_memory_counts_as_asked_for_once_the_user_asks():
    x = mt.Tensor.wrap(normal(2, 4, 5, 3).transpose(0, 3, 1, 2))
    assert x.to(memory_format=mt.channels_last) is x
    with pytest.raises(RuntimeError, match="view size is not compatible"):
        x.view(2, -1)
    assert x.is_contiguous(memory_format=mt.channels_last)


def test_gradients_flow_through_conversions():
    x = mt.Tensor.wrap(normal(2, 3, 4, 5)).requires_grad_()
    weights = normal(2, 3, 4, 5, seed=1)
    for convert in (
        lambda t: t.to(memory_format=mt.channels_last),
        lambda t: t.contiguous(memory_format=mt.channels_last),
        lambda t: t.clone(memory_format=mt.channels_last).contiguous(),
    ):
        x.grad = None
        (convert(x) * mt.from_numpy(weights)).sum().backward()
        np.testing.assert_array_equal(x.grad.numpy(), weights)
        assert x.grad.is_contiguous()
