"""Dropout layers: as printed, in evaluation, and as the functions in training."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from minitorch_cv import nn
from minitorch_cv.nn import functional as F
from tests.checks import check_error, normal, ours_of
from tests.nn.checks import check_module

LAYERS = {
    "Dropout": ("dropout", (4, 5)),
    "Dropout1d": ("dropout1d", (4, 5, 2)),
    "Dropout2d": ("dropout2d", (4, 5, 2, 2)),
    "Dropout3d": ("dropout3d", (4, 5, 1, 2, 2)),
    "AlphaDropout": ("alpha_dropout", (4, 5)),
    "FeatureAlphaDropout": ("feature_alpha_dropout", (4, 5, 2)),
}


@pytest.mark.parametrize("kwargs", [{}, {"p": 0.3}, {"inplace": True}])
@pytest.mark.parametrize("name", LAYERS)
def test_evaluation(name, kwargs):
    shape = LAYERS[name][1]
    check_module(getattr(nn, name)(**kwargs), getattr(torch.nn, name)(**kwargs), [normal(*shape)], training=(False,))


@pytest.mark.parametrize("inplace", [False, True])
@pytest.mark.parametrize("name", LAYERS)
def test_training(name, inplace):
    function, shape = LAYERS[name]
    layer = getattr(nn, name)(0.4, inplace)
    x = ours_of(normal(*shape))
    mt.manual_seed(3)
    expected = getattr(F, function)(ours_of(x.array), 0.4, True)
    mt.manual_seed(3)
    result = layer(x)
    assert (result is x) == inplace
    np.testing.assert_array_equal(result.array, expected.array)


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("p", [1.5, -0.1])
def test_probability_out_of_range(name, p):
    check_error(ValueError, f"dropout probability has to be between 0 and 1, but got {p}", getattr(nn, name), p)
