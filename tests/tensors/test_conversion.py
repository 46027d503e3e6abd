"""to, type, float and their like, clone and copy_, as PyTorch's."""

import numpy as np
import pytest
import torch

import minitorch_cv as mt

from .both import assert_same, assert_same_error

SETUP = """
x = L.tensor([[1., 2., 3.], [4., 5., 6.]])
i = L.tensor([[1, 2, 3], [4, 5, 6]])
b = L.tensor([True, False])
f = L.tensor([-1.7, 2.7, 0., -0., 1e-30])
r = L.tensor([1., 2.], requires_grad=True)
"""

EXPRESSIONS = """
x.type()
x.half().type()
i.type()
b.type()
b.byte().type()
x.type('torch.DoubleTensor')
x.type(L.int32)
x.type(L.float32) is x
x.type(L.LongTensor).dtype
x.type(dtype=L.float64).dtype
x.type_as(i)
i.type_as(x).dtype
x.float() is x
x.double()
x.half()
x.long()
x.int()
x.short()
x.char()
x.byte()
x.bool()
f.long()
f.int()
f.bool()
L.tensor([float('nan'), float('inf')]).bool()
L.tensor([300, -1]).byte()
L.tensor([300, -1]).char()
L.tensor([70000, -1]).short()
L.tensor([1 << 40]).int()
i.float()
b.float()
b.long()
x.cpu() is x
x.cpu(memory_format=L.preserve_format) is x
x.to(L.float32) is x
x.to(L.float64)
x.to(dtype=L.float64).dtype
x.to('cpu') is x
x.to('cpu', L.float64).dtype
x.to('cpu', dtype=L.float64).dtype
x.to(device='cpu', dtype=L.int64)
x.to(L.device('cpu')) is x
x.to(None) is x
x.to(None, L.float64).dtype if False else x.to('cpu', None) is x
x.to(i).dtype
x.to(i, copy=True).dtype
x.to(L.float32, copy=True) is x
x.to(L.float32, False, True) is x
x.to('cpu', L.float32, False, True) is x
x.to('cpu', non_blocking=True) is x
x.to(copy=True) is x
x.to() is x
x.to(int).dtype
x.to(float).dtype
x.to(bool).dtype
x.to(memory_format=L.contiguous_format) is x
x.to(L.float64, memory_format=L.contiguous_format).dtype
x.t().to(L.float64).stride()
x.t().to(L.float64, memory_format=L.contiguous_format).stride()
x.t().to(copy=True).stride()
x.t().to(copy=True, memory_format=L.contiguous_format).stride()
x.double(memory_format=L.preserve_format).dtype
x.t().clone().stride()
x.t().clone(memory_format=L.contiguous_format).stride()
L.clone(x.t(), memory_format=L.contiguous_format).stride()
x[:, ::2].clone().stride()
L.ones(4, 6).t()[:, ::2].clone().stride()
x.expand(4, 2, 3).clone().stride()
x[:, :1].expand(2, 3).double().stride()
x.clone() is x
r.double().grad_fn.name()
r.to(L.float64).requires_grad
r.long().requires_grad
r.half().requires_grad
r.clone().requires_grad
x.copy_(L.ones(3))
x.copy_(i)
i.copy_(x * 1.9)
b.copy_(L.tensor([0., 2.5]))
x.copy_(3)
x.copy_(L.ones(2, 3), True)
(x.copy_(i), x._version)[1]
L.zeros(2).copy_(r).requires_grad
"""


@pytest.mark.parametrize("expression", EXPRESSIONS.strip().split("\n"))
def test_conversions(expression):
    assert_same(SETUP, expression)


@pytest.mark.parametrize(
    "expression, error, match",
    [
        ("x.type('foo')", ValueError, "invalid type: 'foo'"),
        ("x.type(int)", ValueError, "invalid type: '.*int.*'"),
        ("x.type_as(3)", TypeError, r"type_as\(\): argument 'other' .*must be Tensor, not int"),
        ("x.to(other=i)", TypeError, r"to\(\) received an invalid combination of arguments"),
        ("x.to(foo=1)", TypeError, r"to\(\) received an invalid combination of arguments"),
        ("x.to(dtype='float64')", TypeError, r"to\(\) received an invalid combination of arguments"),
        ("x.to(np.float64)", TypeError, r"to\(\) received an invalid combination of arguments"),
        ("x.to(L.float32, False, True, 3)", TypeError, r"to\(\) received an invalid combination of arguments"),
        ("x.to('foo')", RuntimeError, "device"),
        ("x.copy_(L.ones(2))", RuntimeError, r"The size of tensor a \(3\) must match the size of tensor b \(2\)"),
        (
            "L.ones(3).copy_(x)",
            RuntimeError,
            r"output with shape \[3\] doesn't match the broadcast shape \[2, 3\]|must match",
        ),
        ("x.copy_([1, 2])", TypeError, r"copy_\(\): argument 'other' .*must be Tensor, not list"),
        ("x.clone(memory_format='foo')", TypeError, "memory_format"),
    ],
)
def test_errors(expression, error, match):
    assert_same_error(SETUP, expression, error, match)


def test_conversions_to_what_is_no_dtype():
    for wrong in (3, True, "float64"):
        with pytest.raises(TypeError, match=r"to\(\) received an invalid combination of arguments: expected a dtype"):
            mt.ones(1).to(dtype=wrong)


FLOATS = [-1.5, 300.7, -300.0, 1e10, float("nan"), float("inf"), -float("inf"), 127.9, -129.0, 65536.5, 3e9]


@pytest.mark.parametrize("target", ["int8", "int16", "int32", "int64", "uint8", "bool", "float16"])
@pytest.mark.parametrize("source", ["float32", "float64", "float16"])
def test_floats_out_of_range(source, target):
    with np.errstate(all="ignore"):
        array = np.array(FLOATS).astype(source)
    ours, theirs = (getattr(L, target) for L in (mt, torch))
    np.testing.assert_array_equal(mt.from_numpy(array).to(ours).numpy(), torch.from_numpy(array).to(theirs).numpy())


@pytest.mark.parametrize(
    "convert",
    [
        lambda x: x.double(),
        lambda x: x.half().float(),
        lambda x: x.clone(),
        lambda x: x.to(x.double().dtype, copy=True),
        lambda x: x.double().clone().float(),
        lambda x: x.t().double(),
    ],
)
def test_gradients_come_back_in_the_own_dtype(convert):
    grads = []
    for L in (mt, torch):
        x = L.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
        y = convert(x)
        (y * L.tensor([[1.0, 2.0], [3.0, 4.0]], dtype=y.dtype)).sum().backward()
        grads.append((str(x.grad.dtype), x.grad.tolist()))
    assert grads[0] == grads[1]


def test_the_gradient_of_copy():
    grads = []
    for L in (mt, torch):
        source = L.tensor([1.0, 2.0], requires_grad=True)
        base = L.tensor([[1.0, 1.0], [2.0, 2.0]], dtype=L.float64, requires_grad=True)
        target = base * 2
        target.copy_(source)
        target[0].copy_(source * 3)
        (target * target).sum().backward()
        grads.append((source.grad.tolist(), base.grad.tolist(), str(source.grad.dtype)))
    assert grads[0] == grads[1]
