"""Activation layers against PyTorch's, with random settings."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from minitorch_cv import nn
from tests.checks import check_error, normal, ours_of, rng
from tests.nn.checks import check_module

number = rng(11)


def between(low: float, high: float) -> float:
    """A random setting."""
    return round(float(number.uniform(low, high)), 3)


LAYERS = [
    *[(name, {"inplace": inplace}) for name in ("ReLU", "ReLU6", "SELU", "SiLU", "Mish", "Hardswish", "Hardsigmoid")
      for inplace in (False, True)],
    *[(name, {}) for name in ("Sigmoid", "Tanh", "LogSigmoid", "Softsign", "Tanhshrink", "ELU", "CELU", "GELU", "PReLU",
                              "LeakyReLU", "RReLU", "Hardtanh", "Softplus", "Hardshrink", "Softshrink", "GLU")],
    ("Threshold", {"threshold": between(-1, 1), "value": between(-5, 5)}),
    ("Threshold", {"threshold": between(-1, 1), "value": between(-5, 5), "inplace": True}),
    ("Hardtanh", {"min_val": between(-2, 0), "max_val": between(0.1, 2)}),
    ("Hardtanh", {"inplace": True}),
    ("LeakyReLU", {"negative_slope": between(0, 1), "inplace": True}),
    ("RReLU", {"lower": between(0.1, 0.2), "upper": between(0.3, 0.9), "inplace": True}),
    ("PReLU", {"num_parameters": 3, "init": between(0, 1)}),
    ("PReLU", {"num_parameters": 3}),
    ("ELU", {"alpha": between(0.1, 2), "inplace": True}),
    ("CELU", {"alpha": 0.5, "inplace": True}),
    ("GELU", {"approximate": "tanh"}),
    ("GLU", {"dim": 2}),
    ("Softplus", {"beta": between(0.5, 2), "threshold": between(1, 20)}),
    ("Hardshrink", {"lambd": between(0.1, 1)}),
    ("Softshrink", {"lambd": between(0.1, 1)}),
    *[(name, {"dim": dim}) for name in ("Softmax", "Softmin", "LogSoftmax") for dim in (0, 1, -1)],
    ("Softmax2d", {}),
]  # fmt: skip


@pytest.mark.parametrize("name, kwargs", LAYERS)
def test_layer(name, kwargs):
    dtypes = ("float32",) if name == "Hardsigmoid" else ("float32", "float64")  # PyTorch's 1/6 is a float32
    training = (False,) if name == "RReLU" else (True, False)
    layers = [getattr(library, name)(**kwargs) for library in (nn, torch.nn)]
    check_module(*layers, [normal(2, 3, 4, 2) * 2], dtypes=dtypes, training=training)


def test_rrelu_draws_in_training_only():
    mt.manual_seed(1)
    layer = nn.RReLU(0.1, 0.9)
    x = ours_of(-np.ones(1000))
    assert layer(x).array.std() > 0.2
    assert layer.eval()(x).array.std() == 0


@pytest.mark.parametrize("name", ["ReLU", "ELU", "SiLU", "Hardtanh"])
def test_inplace_writes_into_the_input(name):
    x = ours_of(normal(3, 4))
    assert getattr(nn, name)(inplace=True)(x) is x


def test_prelu_takes_dtype_and_device():
    layer = nn.PReLU(4, 0.1, device="cpu", dtype=mt.float64)
    assert layer.weight.dtype is mt.float64
    np.testing.assert_array_equal(layer.weight.array, np.full(4, 0.1))


def test_hardtanh_by_its_old_names():
    with pytest.warns(FutureWarning, match="`min_value` is deprecated and renamed to `min_val`"):
        layer = nn.Hardtanh(min_value=-3)
    assert (layer.min_val, layer.max_val) == (-3, 1.0)
    with pytest.warns(FutureWarning, match="`max_value` is deprecated and renamed to `max_val`"):
        assert nn.Hardtanh(max_value=3).max_val == 3


@pytest.mark.parametrize("name", ["Softmax", "Softmin", "LogSoftmax"])
def test_implicit_dimension_warns_where_the_layer_is_called(name):
    with pytest.warns(UserWarning, match="Implicit dimension choice") as caught:
        getattr(nn, name)()(ours_of(normal(2, 3)))
    assert [w.filename for w in caught] == [__file__]


def test_errors():
    check_error(AssertionError, r"max_val \(0.2\) must be greater than min_val \(0.5\)", nn.Hardtanh, 0.5, 0.2)
    expected = "Softmax2d: expected input to be 3D or 4D, got 2D instead"
    check_error(ValueError, expected, nn.Softmax2d(), ours_of(normal(2, 3)))
    check_error(RuntimeError, "runs on the CPU", nn.PReLU, device="cuda")
