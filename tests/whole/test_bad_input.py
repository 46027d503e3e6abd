"""Arguments that a call must not take: each raises, in PyTorch too, and says what is wrong."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import torch

import minitorch_cv as mt

BOTH = pytest.mark.parametrize("library", [mt, torch], ids=["ours", "PyTorch"])

# what is called with the library and a 2x3 float tensor: error type, message of ours
CALLS = {
    "sum with dims that are no tuple": (lambda lib, x: x.sum(0, 1), TypeError, r"'keepdim' must be bool.*dim=\(0, 1\)"),
    "mean with dims that are no tuple": (lambda lib, x: x.mean(0, 1), TypeError, "'keepdim' must be bool, not int"),
    "amax with keepdim 1": (lambda lib, x: lib.amax(x, 0, 1), TypeError, "'keepdim' must be bool, not int"),
    "argmax with keepdim None": (lambda lib, x: lib.argmax(x, 0, None), TypeError, "must be bool, not NoneType"),
    "any with a list as keepdim": (lambda lib, x: lib.any(x, 0, [1]), TypeError, "must be bool, not list"),
    "max of three tensors": (lambda lib, x: lib.max(x, x, x), TypeError, "'keepdim' must be bool, not Tensor"),
    "max of two with keepdim": (lambda lib, x: lib.max(x, x, True), TypeError, "of two tensors takes no keepdim"),
    "min of two with keepdim": (lambda lib, x: lib.min(x, x, True), TypeError, "of two tensors takes no keepdim"),
    "tensor - True": (lambda lib, x: x - True, RuntimeError, "the `-` operator, with a bool tensor"),
    "True - tensor": (lambda lib, x: True - x, RuntimeError, "the `-` operator, with a bool tensor"),
    "tensor -= True": (lambda lib, x: x.sub_(True), RuntimeError, "the `-` operator, with a bool tensor"),
    "plus of a bool": (lambda lib, x: lib.positive(x > 0), RuntimeError, "`\\+` operator, on a bool tensor"),
    "an integer beyond int64": (lambda lib, x: x * 10**20, OverflowError, "int too big to convert: 10000"),
    "compared with such an integer": (lambda lib, x: x == 10**20, OverflowError, "int too big to convert"),
    "isclose of a list": (lambda lib, x: lib.isclose([1.0], x), TypeError, "'input' must be Tensor, not list"),
    "isclose of None": (lambda lib, x: lib.isclose(None, x), TypeError, "must be Tensor, not NoneType"),
    "allclose with NaN as tolerance": (lambda lib, x: lib.allclose(x, x, float("nan")), RuntimeError, "got nan"),
    "a tensor as dtype": (lambda lib, x: lib.log_softmax(x, 0, x), TypeError, "is not a dtype"),
    "nll_loss of a batch and one label": (
        lambda lib, x: lib.nn.functional.nll_loss(x, lib.tensor(1)),
        ValueError,
        "batch_size",
    ),
    "nll_loss of an empty batch and one label": (
        lambda lib, x: lib.nn.functional.nll_loss(x[:0], lib.tensor(1)),
        (ValueError, IndexError),
        "batch_size",
    ),
    "cross_entropy of two dimensions of labels": (
        lambda lib, x: lib.nn.functional.cross_entropy(x, lib.zeros(2, 1, dtype=lib.int64)),
        RuntimeError,
        "multi-target not supported",
    ),
}


@BOTH
@pytest.mark.parametrize("name", CALLS)
def test_refused(library, name):
    call, error, message = CALLS[name]
    with pytest.raises(error, match=message if library is mt else None):
        call(library, library.ones(2, 3))


def test_no_tensor_among_the_operands():
    with pytest.raises(TypeError, match="must be Tensor, not int"):
        mt.add(3, 3)


@pytest.mark.parametrize("number", [1e30, -1e30, 2**63])
def test_a_number_beyond_float16_is_an_infinity_without_a_warning(number):
    half = np.array([1.0, -2.0], np.float16)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ours = mt.from_numpy(half) * number
    np.testing.assert_array_equal(ours.numpy(), (torch.from_numpy(half) * number).numpy(), strict=True)


@BOTH
def test_a_view_made_a_leaf_stays_one_after_writes(library):
    weight = library.ones(6).view(2, 3).requires_grad_()
    for expected in (2.0, 1.0, 0.5):
        (weight * weight).sum().backward()
        assert weight.is_leaf and weight.grad_fn is None
        np.testing.assert_allclose(weight.grad.numpy(), np.full((2, 3), expected))
        with library.no_grad():
            weight -= 0.25 * weight.grad
        weight.grad = None


@BOTH
@pytest.mark.parametrize("write", [lambda w: w.mul_(2), lambda w: w[0].add_(1), lambda w: w.relu_()])
def test_a_view_made_a_leaf_is_not_written_to_in_a_graph(library, write):
    weight = library.ones(6).view(2, 3).requires_grad_()
    with pytest.raises(RuntimeError, match="a view of a leaf Variable that requires grad"):
        write(weight)


@BOTH
@pytest.mark.parametrize("times", [2, 3, 5])
def test_many_gradients_for_one_number(library, times):
    x = library.tensor([1.0, 2.0], requires_grad=True)
    number = (x * 3)[0]
    library.autograd.backward([number] * times, [library.tensor(1.0)] * times)
    np.testing.assert_array_equal(x.grad.numpy(), np.float32([3 * times, 0]))


@BOTH
@pytest.mark.parametrize("reduction", ["none", "sum", "mean"])
def test_multilabel_soft_margin_loss_averages_over_the_last_dimension_of_the_input(library, reduction):
    x = library.tensor([-0.5, 2.0, 1.0], dtype=library.float64, requires_grad=True)
    target = library.tensor([[1.0], [0.0]], dtype=library.float64)
    loss = library.nn.functional.multilabel_soft_margin_loss(x, target, reduction=reduction)
    logits = np.array([-0.5, 2.0, 1.0])
    expected = (np.log1p(np.exp(-logits)) + np.log1p(np.exp(logits))) / 3  # the sum of both rows
    expected = {"none": expected, "sum": expected.sum(), "mean": expected.mean()}[reduction]
    np.testing.assert_allclose(loss.detach().numpy(), expected)
    loss.sum().backward()
    slope = 1 / (1 + np.exp(-logits))
    slope = (2 * slope - 1) / 3 / (3 if reduction == "mean" else 1)
    np.testing.assert_allclose(x.grad.numpy(), slope)
