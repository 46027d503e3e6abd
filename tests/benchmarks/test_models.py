"""The benchmark's models are the same under both libraries: parameters, names, losses and outputs."""

from __future__ import annotations

import importlib

import pytest
import torch

from benchmarks.side_by_side.models import MODELS
from benchmarks.side_by_side.network import OURS
from benchmarks.side_by_side.training import Inference, Training

SMALL = {
    "mlp": {"batch": 4},
    "lenet5_16": {"batch": 3},
    "simplenet": {"batch": 2},
    "imagenette": {"batch": 2, "width": 2, "image_size": 32},
    "depthwise": {"batch": 2, "width": 4, "image_size": 16},
    "resnet9": {"batch": 2, "width": 2},
}
KNOWN_PARAMETERS = {"lenet5_128": 62_006, "simplenet": 258_593, "alexnet": 61_100_840, "resnet18": 11_689_512}


@pytest.fixture(autouse=True)
def _threads_as_found():
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


@pytest.mark.parametrize("model", MODELS)
def test_state_has_the_same_names_and_shapes(model):
    ours, theirs = (MODELS[model].build(importlib.import_module(f"{library}.nn")) for library in (OURS, "torch"))
    shapes_of_ours, shapes_of_theirs = (
        {key: tuple(value.shape) for key, value in network.state_dict().items()} for network in (ours, theirs)
    )
    assert shapes_of_ours == shapes_of_theirs
    parameters = sum(p.numel() for p in ours.parameters())
    assert parameters == sum(p.numel() for p in theirs.parameters())
    assert parameters == KNOWN_PARAMETERS.get(model, parameters)


@pytest.mark.parametrize("model", SMALL)
def test_first_losses_agree(model):
    ours, theirs = (Training(library, "eager", model, **SMALL[model]).check() for library in (OURS, "torch"))
    assert len(ours) == 3
    assert Training.difference(ours, theirs) < 1e-3


@pytest.mark.parametrize("mode", ["eager", "channels_last"])
def test_outputs_agree(mode):
    ours = Inference(OURS, "eager", "lenet5_16", batch=2).check()
    theirs = Inference("torch", mode, "lenet5_16", batch=2).check()
    assert Inference.difference(ours, theirs) < 1e-5


def test_check_leaves_dropout_as_it_was():
    training = Training(OURS, "eager", "simplenet", batch=2)
    training.check(steps=1)
    assert [m.p for m in training.network.modules() if "Dropout" in type(m).__name__] == [0.3, 0.5]


def test_losses_that_are_not_numbers_do_not_agree():
    assert not Training.difference([float("nan"), 1.0], [1.0, 1.0]) <= 1e-3
