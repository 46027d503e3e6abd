"""Tensors as Python numbers, lists and NumPy arrays, as PyTorch's."""

import numpy as np
import pytest

import minitorch_cv as mt

from .both import assert_same, assert_same_error

SETUP = """
x = L.tensor([[1., 2., 3.], [4., 5., 6.]])
i = L.tensor([[1, 2, 3], [4, 5, 6]])
b = L.tensor([True, False])
z = L.tensor(2.5)
n = L.tensor(7)
t = L.tensor(True)
e = L.zeros(0, 3)
one = L.tensor([3.7])
r = L.tensor([1., 2.], requires_grad=True)
s = L.tensor(1.5, requires_grad=True)
h = L.tensor([1.5, 2.5], dtype=L.float16)
"""

EXPRESSIONS = """
x.numpy()
b.numpy()
h.numpy()
z.numpy()
e.numpy()
r.numpy(force=True)
(r * 2).numpy(force=True)
r.detach().numpy()
z.item()
n.item()
t.item()
one.item()
h[0].item()
s.item()
type(z.item())
type(n.item())
type(t.item())
x.tolist()
z.tolist()
e.tolist()
b.tolist()
r.tolist()
type(i.tolist()[0][0])
np.asarray(x)
np.array(x)
np.array(x, dtype=np.float64)
np.asarray(x, dtype=np.int32)
np.asarray(b)
np.shares_memory(np.asarray(x), x.numpy())
np.shares_memory(np.array(x), x.numpy())
x.__array__(np.int32)
np.sqrt(x)
np.isnan(x)
np.add(x, 1)
np.add(x, np.ones(3))
np.maximum(i, 2)
np.exp(r.detach())
np.concatenate([x, x])
np.stack([b, b])
np.array([L.tensor(1.), L.tensor(2.)])
x + np.ones(3)
x * np.ones(3, dtype=np.float32)
np.float32(2) * x
np.float64(2) * x
np.int64(2) * x
x * np.float64(2)
i * np.float64(2)
np.linspace(0, 1, 3)[L.tensor([0, 2])]
np.linspace(0, 1, 3)[n - 5]
'%.2f' % z
'%d' % n
bool(z)
bool(t)
bool(L.zeros(1))
bool(one)
not z
float(z)
float(one)
float(n)
float(s)
int(z)
int(one)
int(t)
complex(z)
[0, 1, 2, 3, 4, 5, 6, 70][n]
operator.index(n)
operator.index(t)
operator.index(L.tensor([3]))
list(range(n - 4))
'abcdefghi'[L.tensor(2):L.tensor(4)]
math.sqrt(z)
math.floor(z)
math.ceil(z)
round(2.567, int(n) - 5)
list(x)
[v.requires_grad for v in r]
list(L.zeros(3, 0))
list(reversed(x))
reversed(x)
reversed(z)
sorted([L.tensor(2.), L.tensor(1.)])
sum([x, x])
max(L.tensor([1, 3, 2]))
any(L.tensor([0, 1]))
all(L.tensor([0, 1]))
2. in x
9. in x
n in i
z.is_nonzero()
L.is_nonzero(L.zeros(1))
x.apply_(lambda v: v + 1)
i.apply_(lambda v: v * 2)
x.t().apply_(lambda v: v * 10)
e.apply_(lambda v: 1)
x.map_(x + 1, lambda a, b: a * b)
x.map_(L.tensor([1., 2., 3.]), lambda a, b: a - b)
"""


@pytest.mark.parametrize("expression", EXPRESSIONS.strip().split("\n"))
def test_values(expression):
    assert_same(SETUP, expression)


@pytest.mark.parametrize(
    "expression, error, match",
    [
        (
            "r.numpy()",
            RuntimeError,
            r"Can't call numpy\(\) on Tensor that requires grad. Use tensor.detach\(\).numpy\(\) ins",
        ),
        ("np.asarray(r)", RuntimeError, r"Can't call numpy\(\) on Tensor that requires grad"),
        ("np.sqrt(r)", RuntimeError, r"Can't call numpy\(\) on Tensor that requires grad"),
        ("x.item()", RuntimeError, "a Tensor with 6 elements cannot be converted to Scalar"),
        ("e.item()", RuntimeError, "a Tensor with 0 elements cannot be converted to Scalar"),
        ("bool(x)", RuntimeError, "Boolean value of Tensor with more than one value is ambiguous"),
        ("bool(e)", RuntimeError, "Boolean value of Tensor with no values is ambiguous"),
        ("x.is_nonzero()", RuntimeError, "Boolean value of Tensor with more than one value is ambiguous"),
        ("float(x)", ValueError, "only one element tensors can be converted to Python scalars"),
        ("int(e)", ValueError, "only one element tensors can be converted to Python scalars"),
        ("operator.index(z)", TypeError, "only integer tensors of a single element can be converted to an index"),
        ("operator.index(i)", TypeError, "only integer tensors of a single element can be converted to an index"),
        ("list(z)", TypeError, "iteration over a 0-d tensor"),
        ("'a' in x", RuntimeError, "Tensor.__contains__ only supports Tensor or scalar, but you passed in a"),
        ("r.apply_(lambda v: v)", RuntimeError, r"Can't call apply_\(\) on Variable that requires grad"),
        ("r.map_(r.detach(), lambda a, b: a)", RuntimeError, r"Can't call map_\(\) on Variable that requires grad"),
        ("r.detach().map_(r, lambda a, b: a)", RuntimeError, r"Can't call map_\(\) on Variable that requires grad"),
        ("x.map_(i, lambda a, b: a)", TypeError, "map_"),
    ],
)
def test_errors(expression, error, match):
    assert_same_error(SETUP, expression, error, match)


def test_numpy_in_no_grad():
    x = mt.ones(2, requires_grad=True)
    with mt.no_grad():
        x.numpy()[0] = 5.0
    assert x.tolist() == [5.0, 1.0]


def test_numpy_shares_memory_both_ways():
    x = mt.ones(2, 3)
    x.numpy()[0, 0] = 7.0
    array = np.zeros(3, np.float32)
    y = mt.from_numpy(array)
    y.add_(2)
    assert x[0, 0].item() == 7.0 and array.tolist() == [2.0, 2.0, 2.0]


def test_a_copy_that_must_not_be_made():
    x = mt.ones(2)
    assert np.asarray(x, copy=False) is x.array
    with pytest.raises(
        ValueError, match=r"Unable to avoid copy while creating an array of float64 of a tensor of torch.f"
    ):
        np.asarray(x, dtype=np.float64, copy=False)
