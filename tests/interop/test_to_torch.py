"""to_torch: every layer that torch has, every model of vision.models, and what it refuses."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
import torch
from numba.core import config

import minitorch_cv as mt
from minitorch_cv import nn
from minitorch_cv.interop import to_torch
from minitorch_cv.interop.samples import sample_for
from minitorch_cv.vision import models
from tests.checks import as_array, assert_close, check_error, normal, ours_of, theirs_of
from tests.interop.cases import (
    FUNCTIONS,
    PARAMETERS,
    TOKENS,
    TRANSFORMERS,
    Between,
    ClassToken,
    Functional,
    Pair,
    VisionTransformer,
    trained,
)

needs_jit = pytest.mark.skipif(config.DISABLE_JIT, reason="plain Python takes long for a whole network")


def check_same(ours, theirs, *shapes, tolerance=2e-5):
    """Results in evaluation mode, and the names and numbers of the state."""
    arrays = [normal(*shape, seed=i).astype(np.float32) for i, shape in enumerate(shapes)]
    with mt.no_grad(), torch.no_grad():
        results = ours.eval()(*map(ours_of, arrays)), theirs.eval()(*map(theirs_of, arrays))
    for one, two in zip(*(r if isinstance(r, tuple) else (r,) for r in results), strict=True):
        assert_close(one, two, tolerance, str(type(ours)))
    state = theirs.state_dict()
    assert list(ours.state_dict()) == list(state)
    for name, value in ours.state_dict().items():
        np.testing.assert_array_equal(value.array, as_array(state[name]))


@pytest.mark.parametrize("kind, arguments, shape", [p for p in PARAMETERS if p.values[0] != "Blur"])
def test_layer(kind, arguments, shape):
    ours = trained(getattr(nn, kind)(*arguments))
    theirs = to_torch(ours)
    assert type(theirs) is getattr(torch.nn, kind)
    assert repr(theirs) == repr(getattr(torch.nn, kind)(*arguments))
    check_same(ours, theirs, shape)


@pytest.mark.parametrize("name", [name for name in nn.__all__ if name.endswith("Loss") and "WithDistance" not in name])
def test_loss(name):
    settings = {"reduction": "sum"} if "reduction" in inspect.signature(getattr(torch.nn, name)).parameters else {}
    assert vars(to_torch(getattr(nn, name)(**settings))).keys() == vars(getattr(torch.nn, name)(**settings)).keys()
    assert to_torch(getattr(nn, name)(**settings)).reduction == "sum"
    weighted = to_torch(nn.CrossEntropyLoss(weight=mt.tensor([1.0, 2.0]), label_smoothing=0.1))
    assert weighted.weight.tolist() == [1.0, 2.0] and weighted.label_smoothing == 0.1


def test_tree_of_containers():
    ours = nn.Sequential(
        nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)), nn.Flatten(), nn.Dropout(0.3), nn.Linear(16, 2)
    )
    theirs = to_torch(ours)
    assert type(theirs) is torch.nn.Sequential and type(theirs[0]) is torch.nn.Sequential
    check_same(ours, theirs, (2, 3, 4, 4))
    assert type(to_torch(nn.Sequential(nn.Sequential(), nn.Linear(3, 2)))[0]) is torch.nn.Sequential
    kept = to_torch(
        nn.ModuleDict({"a": nn.ModuleList([nn.Linear(1, 2)]), "b": nn.ParameterList([nn.Parameter(mt.ones(2))])})
    )
    assert type(kept) is torch.nn.ModuleDict and type(kept["a"]) is torch.nn.ModuleList
    assert list(kept.state_dict()) == ["a.0.weight", "a.0.bias", "b.0"]


@needs_jit
@pytest.mark.parametrize(
    "name",
    ["alexnet", "mobilenet_v2", "resnet18", "squeezenet1_0", "vgg11_bn", "resnet9", "vocclassifier"],
)
def test_model(name, quick_weights):
    ours = quick_weights(models.get_model(name))
    check_same(ours, to_torch(ours), (2, *sample_for(ours).shape[1:]), tolerance=1e-4)


@pytest.mark.parametrize("model", [models.LeNet5(), models.MLP(), models.CIFARResNet(8)])
def test_small_models(model):
    """These run in plain Python too; CIFARResNet's blocks add, and its shortcuts slice and pad."""
    check_same(model, to_torch(model), (2, *sample_for(model).shape[1:]))


def test_operations_between_layers():
    """And in backward: gradients reach the parameters that the forward uses itself."""
    ours = Functional()
    theirs = to_torch(ours, mt.ones(1, 3, 12, 11))
    check_same(ours, theirs, (3, 3, 12, 11), tolerance=1e-4)
    x = normal(3, 3, 12, 11).astype(np.float32)
    ours(ours_of(x))[0].sum().backward()
    theirs(theirs_of(x))[0].sum().backward()
    assert_close(ours.weight.grad, theirs.weight.grad, 1e-4, "weight")
    assert_close(ours.matrix.grad, theirs.matrix.grad, 1e-4, "matrix")


@pytest.mark.parametrize("name", TOKENS)
def test_a_parameter_beside_every_image(name):
    ours = trained(ClassToken(TOKENS[name]))
    check_same(ours, to_torch(ours, mt.ones(1, 4, 6, 8)), (3, 4, 6, 8))


@pytest.mark.parametrize("name", TRANSFORMERS)
def test_vision_transformer(name):
    ours = trained(VisionTransformer(*TRANSFORMERS[name]))
    check_same(ours, to_torch(ours, mt.ones(1, 4, 6, 8)), (3, 4, 6, 8))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function_between_layers(name):
    ours = trained(Between(FUNCTIONS[name]))
    check_same(ours, to_torch(ours, mt.ones(2, 4, 6, 8)), (3, 4, 6, 8), tolerance=1e-4)


def test_what_is_said_of_an_operation_names_the_place_it_is_at():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.pool = nn.Conv2d(1, 1, 1), nn.MaxPool2d(2)

        def forward(self, x):
            return self.pool(mt.sort(self.conv(x), 1)[0])

    with pytest.raises(NotImplementedError, match=r"to_torch: operation Sort\w* has no counterpart"):
        to_torch(Net(), mt.ones(2, 1, 4, 4))
    twice = Between(lambda x: x.mean(0, keepdim=True).expand(2 * len(x), -1, -1, -1))
    with pytest.raises(NotImplementedError, match="operation Expand: its shape depends on the input otherwise"):
        to_torch(twice, mt.ones(2, 4, 4, 4))


def test_two_inputs():
    ours = Pair(nn.PairwiseDistance(3.0))
    check_same(ours, to_torch(ours, (mt.ones(1, 4), mt.zeros(1, 4))), (2, 4), (2, 4))


def test_modes_frozen_and_shared_are_carried_over():
    shared = nn.Linear(3, 3)
    ours = nn.Sequential(shared, nn.BatchNorm1d(3), shared, nn.Linear(3, 3)).double()
    ours[3].weight = ours[0].weight
    ours[1].eval()
    ours[3].bias.requires_grad_(False)
    theirs = to_torch(ours)
    assert theirs[0] is theirs[2] and theirs[3].weight is theirs[0].weight
    assert [m.training for m in theirs.modules()] == [m.training for m in ours.modules()]
    assert theirs[3].bias.requires_grad is False and theirs[0].weight.dtype is torch.float64
    theirs[0].weight.data.zero_()
    assert ours[0].weight.abs().sum() > 0  # copies


def test_dropout_drops_in_training():
    theirs = to_torch(models.MLP(4, (50,), 2, dropout=0.5)).train()
    x = torch.ones(1, 4)
    assert theirs(x).tolist() != theirs(x).tolist()


class Branching(nn.Module):
    def __init__(self, forward):
        super().__init__()
        self.linear = nn.Linear(2, 2)
        self.function = forward

    def forward(self, x):
        return self.function(self.linear(x), self.linear)


def test_layers_that_torch_lacks():
    match = r"to_torch: torch has no counterpart of layer '1.blur' \(Blur\); replace it"
    inner = nn.ModuleDict({"blur": nn.Blur(3)})
    check_error(NotImplementedError, match, to_torch, nn.Sequential(nn.ReLU(), inner))


def test_a_forward_of_ones_own_needs_a_sample():
    model = nn.Sequential(Branching(lambda y, linear: y))
    check_error(ValueError, r"Branching has a forward of its own.*to_torch\(model, sample\)", to_torch, model)
    assert sample_for(nn.ReLU()) is None and sample_for(nn.Conv2d(1, 1, 1)) is None


@pytest.mark.parametrize(
    "forward, match",
    [
        (lambda y, linear: mt.atan(y), "operation Atan has no counterpart here; supported are Abs, .*Add, .*Tanh"),
        (lambda y, linear: y * (y > 0), "operation Mul: an operand depends on the input by operations that"),
        (lambda y, linear: y.argmax(1), "a result does not come from the input by operations that autograd records"),
        (lambda y, linear: {"scores": y}, "forward returns dict; a tensor, or a tuple or list of tensors"),
        (lambda y, linear: linear(input=y), "layer 'linear' .Linear. is called with more than tensors"),
        (lambda y, linear: y if len(y) < 2 else linear(y), "forward takes other steps for another batch"),
        (lambda y, linear: y[len(y) - 1], "its index depends on the input"),
        (lambda y, linear: written_to(y), "CopySlices: writing to a part of a tensor cannot be written down"),
        (lambda y, linear: y.reshape(2), "fails on a batch of twice the size, .* The error was: .*"),
        (lambda y, linear: y.reshape(len(y), -1, len(y)), "more than one size depends on the batch"),
    ],
)  # fmt: skip
def test_what_cannot_be_written_down(forward, match):
    check_error(NotImplementedError, match, to_torch, Branching(forward), mt.ones(1, 2))


def written_to(y):
    y[:, 0] = 1
    return y * 2


@pytest.mark.parametrize("samples", [(), [mt.tensor(1.0)], [[1.0]]])
def test_samples_that_are_no_batches(samples):
    match = "trace: expected tensors whose first dimension is the batch's"
    check_error(TypeError, match, to_torch, Branching(lambda y, linear: y), samples)
