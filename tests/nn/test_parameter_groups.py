"""Groups of parameters with rates of their own, held against PyTorch's optimiser with the same groups by hand."""

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from minitorch_cv import nn
from minitorch_cv.nn.utils import freeze, parameter_groups, unfreeze
from minitorch_cv.vision.models import squeezenet1_0
from tests.checks import normal
from tests.nn.checks import copy_state


def network(library):
    n = library.nn
    return n.Sequential(n.Conv2d(2, 4, 3), n.BatchNorm2d(4), n.ReLU(), n.Flatten(), n.Linear(4 * 36, 3))


def names_of(groups, model):
    """The names of each group's parameters."""
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    return [[names[id(parameter)] for parameter in group["params"]] for group in groups]


def test_steps_are_pytorchs():
    ours, theirs = network(mt), network(torch)
    copy_state(ours, theirs)
    optimizers = (
        mt.optim.SGD(parameter_groups(ours, {"0": 0.02, "4": 0.5}, lr=0.1), momentum=0.9),
        torch.optim.SGD(
            [
                {"params": theirs[1].parameters(), "lr": 0.1},
                {"params": theirs[0].parameters(), "lr": 0.02},
                {"params": theirs[4].parameters(), "lr": 0.5},
            ],
            momentum=0.9,
        ),
    )
    for step in range(3):
        for library, model, optimizer in zip((mt, torch), (ours, theirs), optimizers, strict=True):
            x = library.tensor(normal(6, 2, 8, 8, seed=step).astype(np.float32))
            optimizer.zero_grad()
            library.nn.functional.cross_entropy(model(x), library.tensor(np.arange(6) % 3)).backward()
            optimizer.step()
    for name, value in theirs.state_dict().items():
        np.testing.assert_allclose(ours.state_dict()[name].numpy(), value.numpy(), rtol=1e-4, atol=1e-6)


def test_the_innermost_module_counts():
    model = squeezenet1_0()
    groups = parameter_groups(model, {"features": 1e-4, "features.0": 0.0, "classifier": 1e-3})
    assert [group["lr"] for group in groups] == [1e-4, 0.0, 1e-3]
    rest, first, last = names_of(groups, model)
    assert first == ["features.0.weight", "features.0.bias"]
    assert last == ["classifier.1.weight", "classifier.1.bias"]
    assert rest[0] == "features.3.squeeze.weight" and len(rest) + 4 == len(list(model.parameters()))


def test_names_end_at_a_dot():
    model = nn.ModuleDict({"fc": nn.Linear(2, 2), "fc2": nn.Linear(2, 2)})
    groups = parameter_groups(model, {"fc": 0.5}, lr=0.1)
    assert names_of(groups, model) == [["fc2.weight", "fc2.bias"], ["fc.weight", "fc.bias"]]


def test_a_shared_parameter_is_in_one_group():
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    model[1].weight = model[0].weight
    groups = parameter_groups(model, {"0": 0.5, "1": 0.1})
    assert names_of(groups, model) == [["0.weight", "0.bias"], ["1.bias"]]


def test_frozen_ones_stay_until_they_are_freed():
    model = network(mt)
    freeze(model, until="4")
    optimizer = mt.optim.SGD(parameter_groups(model, {"4": 0.5}, lr=0.1))
    before = [p.detach().numpy().copy() for p in model.parameters()]

    def changed():
        x = mt.tensor(normal(6, 2, 8, 8).astype(np.float32))
        optimizer.zero_grad()
        model(x).square().sum().backward()
        optimizer.step()
        return [not np.array_equal(old, p.detach().numpy()) for old, p in zip(before, model.parameters(), strict=True)]

    assert changed() == [False] * 4 + [True] * 2
    unfreeze(model)
    assert changed() == [True] * 6


@pytest.mark.parametrize(
    "rates, lr, message",
    [
        ({"5": 0.1}, 0.1, r"no module '5'; there are 0, 1, 2, 3, 4"),
        ({"4": 0.1}, None, r"0.weight, 0.bias, 1.weight, 1.bias belong to none of '4'; give lr"),
        ({}, None, r"belong to none of the modules; give lr"),
        ({"2": 0.1}, 0.1, r"module '2' has no parameters that no other group has"),
    ],
)
def test_errors(rates, lr, message):
    with pytest.raises(ValueError, match=f"parameter_groups: .*{message}"):
        parameter_groups(network(mt), rates, lr)
