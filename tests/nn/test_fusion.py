"""Batch normalisation and ReLU run as one operation where nobody can tell, and one after the other elsewhere."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from minitorch_cv import nn
from minitorch_cv.nn import fusion
from tests.checks import assert_close, check_error, normal, ours_of, theirs_of
from tests.nn.checks import assert_same_state, check_module, copy_state

SETTINGS = [
    {},
    {"affine": False},
    {"affine": True, "bias": False},
    {"track_running_stats": False},
    {"momentum": None},
    {"eps": 0.1, "momentum": 0.5},
]
INPUTS = {"BatchNorm1d": (5, 3), "BatchNorm2d": (2, 3, 4, 5)}


def image(*shape, seed=0):
    return normal(*shape, seed=seed).astype(np.float32)


def is_fused(result):
    """Whether a result came from one operation, by the node that made it."""
    return type(result.grad_fn).__name__ in ("BatchNormRelu", "FixedNormRelu") and result.grad_fn.relu


@pytest.mark.parametrize("inplace", [False, True])
@pytest.mark.parametrize("kwargs", SETTINGS)
@pytest.mark.parametrize("name", INPUTS)
def test_sequential_gives_what_torch_gives(name, kwargs, inplace):
    """Results, gradients and running statistics, in training and evaluation."""
    layers = [
        library.Sequential(getattr(library, name)(3, **kwargs), library.ReLU(inplace), library.Flatten())
        for library in (nn, torch.nn)
    ]
    check_module(*layers, [normal(*INPUTS[name])])


@pytest.mark.parametrize("requires_grad", [(False, False), (True, False), (False, True)])
@pytest.mark.parametrize("training", [True, False])
def test_frozen_parameters(training, requires_grad):
    ours = nn.Sequential(nn.BatchNorm2d(3), nn.ReLU())
    theirs = torch.nn.Sequential(torch.nn.BatchNorm2d(3), torch.nn.ReLU())
    for model in (ours, theirs):
        model.train(training)
        for parameter, wanted in zip((model[0].weight, model[0].bias), requires_grad, strict=True):
            parameter.requires_grad_(wanted)
    check_module(ours, theirs, [normal(2, 3, 4, 5)], dtypes=("float32",), training=(training,))
    x = ours_of(image(2, 3, 4, 5))  # needs no gradient itself
    assert ours(x).requires_grad == any(requires_grad)


@pytest.mark.parametrize("wanted", [(True, True), (True, False), (False, True)])
@pytest.mark.parametrize("training", [True, False])
def test_residual(training, wanted):
    """relu(norm(x) + residual), and which of the two get a gradient."""
    ours, theirs = nn.BatchNorm2d(6), torch.nn.BatchNorm2d(6)
    with torch.no_grad():
        theirs.weight.copy_(torch.tensor(image(6, seed=5)))
    copy_state(ours, theirs)
    ours.train(training)
    theirs.train(training)
    arrays = [image(3, 6, 4, 5, seed=seed) for seed in range(3)]
    x, residual = (ours_of(a, w) for a, w in zip(arrays, wanted))
    x2, residual2 = (theirs_of(a, w) for a, w in zip(arrays, wanted))
    result = fusion.norm_relu(ours, nn.ReLU(), x, residual)
    expected = torch.relu(theirs(x2) + residual2)
    assert is_fused(result)
    assert_close(result, expected, 2e-6, "result")
    result.backward(ours_of(arrays[2]))
    expected.backward(theirs_of(arrays[2]))
    for one, two in ((x, x2), (residual, residual2), (ours.weight, theirs.weight), (ours.bias, theirs.bias)):
        assert (one.grad is None) == (two.grad is None)
        if one.grad is not None:
            assert_close(one.grad, two.grad, 1e-5, "gradient")
    assert_same_state(ours, theirs, 2e-6)


@pytest.mark.parametrize("training", [True, False])
def test_frozen_norm_with_residual(training):
    """Only the residual gets a gradient."""
    norm = nn.BatchNorm2d(3).train(training).requires_grad_(False)
    x, residual, grad = image(2, 3, 2, 2), image(2, 3, 2, 2, seed=1), image(2, 3, 2, 2, seed=2)
    leaf = ours_of(residual, True)
    result = fusion.norm_relu(norm, nn.ReLU(), ours_of(x), leaf)
    result.backward(ours_of(grad))
    np.testing.assert_array_equal(leaf.grad.array, np.where(result.array > 0, grad, 0))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", [(2, 3, 4, 5), (1, 3, 1, 1), (5,)])
def test_residual_that_is_unlike_the_result(dtype, shape):
    """Added with broadcasting and promotion, as ever."""
    norm = nn.BatchNorm2d(3)
    x, residual = image(2, 3, 4, 5), normal(*shape, seed=1).astype(dtype)
    expected = norm(ours_of(x)).array + residual
    result = fusion.norm_relu(norm, nn.ReLU(), ours_of(x), ours_of(residual))
    assert_close(result, np.maximum(expected, 0), 2e-6, "result")


def test_memory_of_a_fused_pair():
    """Backward keeps the input alone; with a residual the result too."""
    x = ours_of(image(2, 3, 4, 4), True)
    kept = [
        v for v in vars(nn.Sequential(nn.BatchNorm2d(3), nn.ReLU())(x).grad_fn).values() if isinstance(v, np.ndarray)
    ]
    assert [v is x.array for v in kept if v.size > 3] == [True]


# ---- where it must not happen ---------------------------------------------------------------------------------------


class OwnNorm(nn.BatchNorm2d):
    pass


class OwnRelu(nn.ReLU):
    def forward(self, input):
        return input * 2


def patched(module, forward):
    module.forward = forward
    return module


def hooked(module, register):
    getattr(module, register)(lambda *arguments: None)
    return module


HOOKS = [
    "register_forward_pre_hook",
    "register_forward_hook",
    "register_full_backward_pre_hook",
    "register_full_backward_hook",
]
UNLIKE = {
    "subclass of the norm": lambda: (OwnNorm(3), nn.ReLU()),
    "subclass of relu": lambda: (nn.BatchNorm2d(3), OwnRelu()),
    "patched norm": lambda: (patched(nn.BatchNorm2d(3), lambda x: x + 1), nn.ReLU()),
    "patched relu": lambda: (nn.BatchNorm2d(3), patched(nn.ReLU(), lambda x: x + 1)),
    "another activation": lambda: (nn.BatchNorm2d(3), nn.ReLU6()),
    "another norm": lambda: (nn.BatchNorm3d(3), nn.ReLU()),
    "two activations": lambda: (nn.ReLU(), nn.ReLU()),
    **{f"norm, {h}": lambda h=h: (hooked(nn.BatchNorm2d(3), h), nn.ReLU()) for h in HOOKS},
    **{f"relu, {h}": lambda h=h: (nn.BatchNorm2d(3), hooked(nn.ReLU(), h)) for h in HOOKS},
}


@pytest.mark.parametrize("case", UNLIKE)
def test_pairs_that_are_called_one_by_one(case):
    norm, relu = UNLIKE[case]()
    assert not fusion.fusable(norm, relu)
    x = image(2, 3, 2, 2)[:, :, None] if isinstance(norm, nn.BatchNorm3d) else image(2, 3, 2, 2)
    together = nn.Sequential(norm, relu)(ours_of(x))
    np.testing.assert_array_equal(together.array, relu(norm(ours_of(x))).array)
    residual = ours_of(image(*x.shape, seed=1))
    with_residual = fusion.norm_relu(norm, relu, ours_of(x), residual)
    np.testing.assert_array_equal(with_residual.array, relu(norm(ours_of(x)) + residual).array)


def test_patched_class(monkeypatch):
    monkeypatch.setattr(nn.ReLU, "forward", lambda self, x: x - 1)
    norm = nn.BatchNorm2d(3).eval()
    assert not fusion.fusable(norm, nn.ReLU())
    x = image(2, 3, 2, 2)
    assert_close(nn.Sequential(norm, nn.ReLU())(ours_of(x)), norm(ours_of(x)).array - 1, 1e-6, "result")


def test_hooks_in_a_sequential_see_what_they_see_elsewhere():
    seen = []
    model = nn.Sequential(nn.Conv2d(1, 3, 1), nn.BatchNorm2d(3), nn.ReLU(), nn.BatchNorm2d(3), nn.ReLU())
    x = ours_of(image(2, 1, 3, 3))
    assert is_fused(model(x))
    handle = model[1].register_forward_hook(lambda module, args, output: seen.append(output.array.min()))
    assert is_fused(model(x))  # the other pair
    assert len(seen) == 1 and seen[0] < 0
    handle.remove()
    model(x)
    assert len(seen) == 1


def test_modules_of_a_sequential_stay_what_they_are():
    model = nn.Sequential(nn.BatchNorm2d(3), nn.ReLU(), nn.BatchNorm2d(3))
    model(ours_of(image(2, 3, 2, 2)))
    assert [type(m).__name__ for m in model] == ["BatchNorm2d", "ReLU", "BatchNorm2d"]
    assert [m.num_batches_tracked.item() for m in (model[0], model[2])] == [1, 1]
    assert not is_fused(model(ours_of(image(2, 3, 2, 2))))  # nothing follows the last one


@pytest.mark.parametrize(
    "error, match, shape",
    [
        (ValueError, r"BatchNorm2d: expected 4D input \(got 2D input\)", (2, 3)),
        (ValueError, "Expected more than 1 value per channel when training", (1, 3, 1, 1)),
        (RuntimeError, "running_mean should contain 3 elements not 4|should contain 4 elements not 3", (2, 4, 2, 2)),
    ],
)
def test_errors_are_those_of_the_norm(error, match, shape):
    check_error(error, match, nn.Sequential(nn.BatchNorm2d(3), nn.ReLU()), ours_of(image(*shape)))


def test_a_fused_result_may_be_changed_in_place_unless_backward_needs_it():
    x = ours_of(image(2, 3, 4, 4), True)
    result = nn.Sequential(nn.BatchNorm2d(3), nn.ReLU())(x)
    result += 1  # x alone tells what ReLU did
    result.sum().backward()
    with_residual = fusion.norm_relu(nn.BatchNorm2d(3), nn.ReLU(), x, ours_of(image(2, 3, 4, 4, seed=1)))
    with_residual += 1
    check_error(RuntimeError, "modified by an inplace operation", with_residual.sum().backward)


def test_statistics_are_moved_once(monkeypatch):
    ours, theirs = nn.BatchNorm2d(3), torch.nn.BatchNorm2d(3)
    x = image(2, 3, 4, 4) * 3 + 1
    for _ in range(3):
        nn.Sequential(ours, nn.ReLU())(ours_of(x))
        theirs(theirs_of(x))
    assert_same_state(ours, theirs, 1e-6)
    with mt.no_grad():
        assert nn.Sequential(ours, nn.ReLU())(ours_of(x)).grad_fn is None


# ---- convolution and linear layers ----------------------------------------------------------------------------------

LAYERS = {
    "direct": (lambda n: n.Conv2d(3, 5, 3, stride=2, padding=1), (2, 3, 9, 8)),
    "few channels": (lambda n: n.Conv2d(1, 3, 5), (2, 1, 9, 12)),
    "winograd": (lambda n: n.Conv2d(32, 40, 3, padding=1), (2, 32, 12, 12)),
    "no bias": (lambda n: n.Conv2d(3, 5, 3, bias=False), (2, 3, 9, 8)),
    "depthwise": (lambda n: n.Conv2d(6, 6, 3, groups=6), (2, 6, 9, 8)),
    "groups": (lambda n: n.Conv2d(6, 4, 3, groups=2), (2, 6, 9, 8)),
    "not batched": (lambda n: n.Conv2d(3, 5, 3), (3, 9, 8)),
    "padding mode": (lambda n: n.Conv2d(3, 5, 3, padding=1, padding_mode="circular"), (2, 3, 9, 8)),
    "linear": (lambda n: n.Linear(20, 7), (5, 20)),
    "linear of many": (lambda n: n.Linear(64, 100), (150, 64)),
    "linear without bias": (lambda n: n.Linear(20, 7, bias=False), (5, 20)),
    "linear of maps": (lambda n: n.Linear(8, 7), (2, 3, 4, 8)),
    "linear of a vector": (lambda n: n.Linear(8, 7), (8,)),
}


@pytest.mark.parametrize("inplace", [False, True])
@pytest.mark.parametrize("name", LAYERS)
def test_layer_and_relu(name, inplace):
    build, shape = LAYERS[name]
    torch.manual_seed(0)  # the weights: those of Winograd's algorithm round more than others, near the tolerance
    layers = [library.Sequential(build(library), library.ReLU(inplace)) for library in (nn, torch.nn)]
    check_module(*layers, [normal(*shape)])
    result = nn.Sequential(build(nn), nn.ReLU(inplace))(ours_of(image(*shape), True))
    assert result.grad_fn.name() == "ReluBackward0" and type(result.grad_fn).__name__ in ("Convolution", "Linear")


@pytest.mark.parametrize("special", [np.nan, np.inf, -np.inf])
def test_layer_and_relu_of_special_numbers(special):
    """Where a NaN reaches a result it stays, and so does its gradient, as in PyTorch."""
    ours, theirs = (library.Sequential(library.Linear(4, 3), library.ReLU()) for library in (nn, torch.nn))
    copy_state(ours, theirs)
    x = image(5, 4)
    x[2, 1] = special
    leaf, leaf2 = ours_of(x, True), theirs_of(x, True)
    result, expected = ours(leaf), theirs(leaf2)
    np.testing.assert_allclose(result.array, expected.detach().numpy(), rtol=1e-6, atol=1e-6)
    result.sum().backward()
    expected.sum().backward()
    np.testing.assert_allclose(leaf.grad.array, leaf2.grad.numpy(), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("build", [lambda: nn.Conv2d(1, 2, 2), lambda: nn.Linear(4, 2)])
def test_layer_and_relu_that_are_called_one_by_one(build):
    for hooked_at in (0, 1):
        model = nn.Sequential(build(), nn.ReLU())
        hooked(model[hooked_at], "register_forward_hook")
        assert not fusion.fusable(*model)
        x = ours_of(image(1, 1, 4, 4), True)
        result = model(x)
        assert type(result.grad_fn).__name__ == "Relu"
        np.testing.assert_array_equal(result.array, np.maximum(model[0](x).array, 0))


def test_a_result_that_backward_needs_must_not_change():
    result = nn.Sequential(nn.Linear(4, 2), nn.ReLU())(ours_of(image(3, 4), True))
    result += 1
    check_error(RuntimeError, "modified by an inplace operation", result.sum().backward)


def test_neighbours_in_a_sequential_within():
    """The last layer of an inner Sequential runs with the ReLU after it; a hook on the inner one is still called."""
    inner = nn.Sequential(nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)))
    model = nn.Sequential(inner, nn.ReLU())
    assert is_fused(model(mt.tensor(image(2, 3, 6, 6))))
    seen = []
    inner.register_forward_hook(lambda module, args, output: seen.append(output.shape))
    assert not is_fused(model(mt.tensor(image(2, 3, 6, 6))))
    assert seen == [(2, 4, 4, 4)]


def test_a_changed_sequential_within_is_called():
    """A subclass, and an instance whose forward was exchanged, do what they say."""

    class Doubling(nn.Sequential):
        def forward(self, input):
            return 2 * super().forward(input)

    patched = nn.Sequential(nn.Identity())
    patched.forward = lambda x: 3 * x
    x = mt.tensor(image(2, 3))
    model = nn.Sequential(Doubling(nn.Identity()), patched)
    np.testing.assert_array_equal(model(x).numpy(), 6 * x.numpy())
    with mt.no_grad():
        np.testing.assert_array_equal(model(x).numpy(), 6 * x.numpy())
