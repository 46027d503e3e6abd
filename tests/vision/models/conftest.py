"""Fixtures: the same weights in every run, and large networks made small enough for a test."""

from __future__ import annotations

import pytest
import torch

import minitorch_cv as mt


@pytest.fixture(autouse=True)
def seeds():
    """Weights are the same in every run: within rounding of ReLU's kink, gradients may differ by more."""
    mt.manual_seed(0)
    torch.manual_seed(0)


@pytest.fixture
def without_first_values(monkeypatch):
    """Weights are not drawn: 143 million of them take seconds, and memory that is not written to is not taken."""
    for name in ("kaiming_uniform_", "kaiming_normal_", "uniform_", "normal_", "zeros_", "ones_"):
        monkeypatch.setattr(mt.nn.init, name, lambda tensor, *args, **kwargs: tensor)


@pytest.fixture
def narrow_classifiers(monkeypatch):
    """Linear layers have 8 features where AlexNet's and VGG's have 4096, in both libraries."""
    for library in (mt.nn, torch.nn):

        class Narrow(library.Linear):
            def __init__(self, in_features, out_features):
                super().__init__(*(8 if n == 4096 else n for n in (in_features, out_features)))

        monkeypatch.setattr(library, "Linear", Narrow)
