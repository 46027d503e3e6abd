"""Fixtures: large networks made small enough for a test."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from tests.checks import normal


@pytest.fixture(autouse=True)
def torch_on_one_thread():
    """The networks are small: torch's threads would wait for each other most of the time."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def quick_weights(monkeypatch):
    """Weights that are not drawn one by one, in networks whose linear layers have 16 features instead of 4096.

    Gives a function that fills a model: the same thousand numbers again and again, as large as a layer wants them.
    """
    for name in ("kaiming_uniform_", "kaiming_normal_", "uniform_", "normal_"):
        monkeypatch.setattr(mt.nn.init, name, lambda tensor, *args, **kwargs: tensor)
    for library in (mt.nn, torch.nn):

        class Narrow(library.Linear):
            def __init__(self, in_features, out_features, bias=True, device=None, dtype=None):
                super().__init__(*(16 if n == 4096 else n for n in (in_features, out_features)), bias, device, dtype)

        monkeypatch.setattr(library, "Linear", Narrow)

    def filled(model):
        numbers = normal(997)
        for parameter in model.parameters():
            fan_in = parameter.numel() // len(parameter)
            if parameter.ndim > 1:
                parameter.array[...] = np.resize(numbers, parameter.shape) * (2 / fan_in) ** 0.5
            else:
                parameter.array[...] = np.resize(numbers, parameter.shape) * 0.1 + 0.5
        return model

    return filled
