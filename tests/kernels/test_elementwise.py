"""The vector kernels for large arrays against NumPy; the operations that use them against PyTorch."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from minitorch_cv.kernels import _threads, elementwise
from tests.checks import assert_close, check_op, normal, ours_of, theirs_of

F, TF = mt.nn.functional, torch.nn.functional
LARGE = (2, 5, 83, 79)  # 65,570 numbers, no multiple of any vector


def values(seed=0):
    """Normal-distributed, with what is special among them."""
    x = normal(*LARGE, seed=seed).astype(np.float32) * 4
    x.reshape(-1)[:8] = [0, -0.0, np.nan, np.inf, -np.inf, 6, -1, 1]
    x.reshape(-1)[-8:] = [0, -0.0, np.nan, np.inf, -np.inf, 6, -1, 1]
    return x


ORDERS = {
    "first": lambda x: x,
    "last": lambda x: np.ascontiguousarray(x.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2),
    "with gaps": lambda x: np.repeat(x, 2, axis=3)[..., ::2],
    "read-only": lambda x: np.broadcast_to(x[:1], x.shape),
}

FUNCTIONS = {
    "relu": (F.relu, TF.relu),
    "relu6": (F.relu6, TF.relu6),
    "hardtanh": (lambda x: F.hardtanh(x, -1, 1), lambda x: TF.hardtanh(x, -1, 1)),
    "leaky_relu": (lambda x: F.leaky_relu(x, 0.1), lambda x: TF.leaky_relu(x, 0.1)),
}
IN_PLACE = {
    "relu": (F.relu_, TF.relu_),
    "relu6": (lambda x: F.relu6(x, inplace=True), lambda x: TF.relu6(x, inplace=True)),
    "leaky_relu": (lambda x: F.leaky_relu_(x, 0.1), lambda x: TF.leaky_relu_(x, 0.1)),
}


def compare_gradients(name, x, ours, theirs):
    """At NaN PyTorch's hardtanh passes the gradient or not, depending on the place in memory; ours passes it."""
    known = ~np.isnan(x) if name in ("relu6", "hardtanh") else np.full(x.shape, True)
    np.testing.assert_array_equal(ours[known], theirs[known])


@pytest.mark.parametrize("grad_order", ORDERS)
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_activations(name, order, grad_order):
    ours, theirs = FUNCTIONS[name]
    x, grad = values(), values(seed=1)
    given = ORDERS[order](x)
    leaf, leaf2 = mt.Tensor.wrap(given).requires_grad_(), theirs_of(given, True)
    result, expected = ours(leaf), theirs(leaf2)
    np.testing.assert_array_equal(result.array, expected.detach().numpy())
    assert result.array.strides == leaf.array.strides or order not in ("first", "last")
    result.backward(mt.Tensor.wrap(ORDERS[grad_order](grad)))
    expected.backward(theirs_of(ORDERS[grad_order](grad)))
    compare_gradients(name, given, leaf.grad.array, leaf2.grad.numpy())


@pytest.mark.parametrize("order", ["first", "last", "with gaps"])
@pytest.mark.parametrize("name", IN_PLACE)
def test_in_place(name, order):
    ours, theirs = IN_PLACE[name]
    leaf, leaf2 = ours_of(values(), True), theirs_of(values(), True)
    x = mt.Tensor.wrap(ORDERS[order](values()))
    memory = x.array
    assert ours(x) is x and x.array is memory
    np.testing.assert_array_equal(memory, theirs(theirs_of(values())).numpy())
    for function, start, one in ((ours, leaf, ours_of), (theirs, leaf2, theirs_of)):
        function(start * 1).backward(one(values(seed=1)))
    compare_gradients(name, values(), leaf.grad.array, leaf2.grad.numpy())


@pytest.mark.parametrize("second", ORDERS)
@pytest.mark.parametrize("first", ORDERS)
def test_add(first, second):
    a, b = ORDERS[first](values()), ORDERS[second](values(seed=1))
    result = (mt.Tensor.wrap(a) + mt.Tensor.wrap(b)).array
    np.testing.assert_array_equal(result, a + b)
    assert result.strides == (a + b).strides
    if first != "read-only":
        target = mt.Tensor.wrap(a.copy(order="K"))
        target += mt.Tensor.wrap(b)
        np.testing.assert_array_equal(target.array, a + b)


def test_add_to_itself_and_to_what_overlaps():
    x = mt.Tensor.wrap(normal(300, 300).astype(np.float32))
    expected = x.array * 2
    x += x
    np.testing.assert_array_equal(x.array, expected)
    expected = x.array.copy()
    expected[1:] += expected[:-1].copy()
    x[1:] += x[:-1]
    np.testing.assert_array_equal(x.array, expected)


def test_gradient_of_add():
    check_op(lambda a, b: a + b, lambda a, b: a + b, [normal(*LARGE), normal(*LARGE, seed=1)], finite_differences=False)


def test_results_do_not_depend_on_the_number_of_threads():
    x = normal(1100, 1000).astype(np.float32)
    before = _threads.get_num_threads()
    try:
        results = []
        for threads in (1, 2, 4):
            _threads.set_num_threads(threads)
            results.append((elementwise.clamp(x, 0, 1), elementwise.add(x, x), elementwise.sloped(x, x, 0.5)))
    finally:
        _threads.set_num_threads(before)
    for others in results[1:]:
        for one, two in zip(results[0], others, strict=True):
            np.testing.assert_array_equal(one, two)
    assert_close(results[0][1], 2 * x, 0, "sum")


def test_which_arrays_are_supported():
    large = np.zeros(elementwise._SMALLEST, np.float32)
    assert elementwise.supports(large) and elementwise.supports(large, large)
    assert not elementwise.supports(large[1:])
    assert not elementwise.supports(large.astype(np.float64))
    assert not elementwise.supports(large, large[:1])
    assert not elementwise.supports(np.zeros((elementwise._SMALLEST, 2), np.float32)[:, 0])
