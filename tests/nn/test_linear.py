"""Linear, Bilinear, Embedding and the distances as layers against PyTorch's."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from minitorch_cv import nn
from tests.checks import assert_close, check_error, normal, ours_of, theirs_of
from tests.nn.checks import check_module


@pytest.mark.parametrize("shape", [(2, 5), (5,), (2, 3, 5)])
@pytest.mark.parametrize("bias", [True, False])
def test_linear(shape, bias):
    check_module(nn.Linear(5, 3, bias=bias), torch.nn.Linear(5, 3, bias=bias), [normal(*shape)])


@pytest.mark.parametrize("shape", [(2,), (2, 3)])
@pytest.mark.parametrize("bias", [True, False])
def test_bilinear(shape, bias):
    layers = [library.Bilinear(3, 4, 5, bias=bias) for library in (nn, torch.nn)]
    check_module(*layers, [normal(*shape, 3), normal(*shape, 4, seed=1)])


@pytest.mark.parametrize("kwargs", [
    {}, {"padding_idx": 2}, {"padding_idx": -1}, {"max_norm": 1.0}, {"max_norm": 1.0, "norm_type": 1.0},
    {"scale_grad_by_freq": True}, {"padding_idx": 0, "max_norm": 0.5, "scale_grad_by_freq": True},
])  # fmt: skip
def test_embedding(kwargs):
    layers = [library.Embedding(6, 4, **kwargs) for library in (nn, torch.nn)]
    check_module(*layers, [np.array([[0, 2, 2], [5, 0, 2]])])


@pytest.mark.parametrize("name, kwargs", [
    ("CosineSimilarity", {}), ("CosineSimilarity", {"dim": 0, "eps": 0.1}), ("PairwiseDistance", {}),
    ("PairwiseDistance", {"p": 1.0, "eps": 0.01, "keepdim": True}),
])  # fmt: skip
def test_distances(name, kwargs):
    layers = [getattr(library, name)(**kwargs) for library in (nn, torch.nn)]
    check_module(*layers, [normal(3, 4), normal(3, 4, seed=1)])


def assert_uniform(values: np.ndarray, bound: float) -> None:
    """The numbers look as if drawn uniformly from [-bound, bound)."""
    values = values.reshape(-1)
    assert np.abs(values).max() <= bound
    grid = np.linspace(-bound, bound, 21)
    shares = np.searchsorted(np.sort(values), grid) / len(values)
    # Kolmogorov and Smirnov's statistic stays below 1.95 / sqrt(n) in 999 of 1000 cases
    assert np.abs(shares - np.linspace(0, 1, 21)).max() < 1.95 / math.sqrt(len(values))


def test_first_values_of_linear():
    mt.manual_seed(0)
    layer = nn.Linear(64, 500)
    assert_uniform(layer.weight.array, 1 / 8)
    assert_uniform(layer.bias.array, 1 / 8)
    before = layer.weight.array.copy()
    layer.reset_parameters()
    assert not np.array_equal(layer.weight.array, before)


def test_first_values_of_bilinear():
    mt.manual_seed(0)
    layer = nn.Bilinear(16, 30, 100)
    assert_uniform(layer.weight.array, 1 / 4)
    assert_uniform(layer.bias.array, 1 / 4)


def test_first_values_of_embedding():
    mt.manual_seed(0)
    weight = nn.Embedding(200, 100, padding_idx=3).weight.array
    assert not weight[3].any()
    rest = np.delete(weight, 3, axis=0)
    assert abs(rest.mean()) < 0.03 and abs(rest.std() - 1) < 0.03
    assert abs(np.mean(np.abs(rest) < 1) - 0.6827) < 0.015


@pytest.mark.parametrize("make", [
    lambda **k: nn.Linear(2, 3, **k), lambda **k: nn.Bilinear(2, 3, 4, **k), lambda **k: nn.Embedding(2, 3, **k)
])  # fmt: skip
def test_dtype_and_device(make):
    layer = make(dtype=mt.float64, device="cpu")
    assert {p.dtype for p in layer.parameters()} == {mt.float64}
    check_error(RuntimeError, "runs on the CPU", make, device="cuda")


def test_converting_while_a_graph_is_alive():
    layer = nn.Linear(2, 3)
    kept = layer(ours_of(np.ones((1, 2), np.float32))).sum()
    kept.backward()
    layer.double().zero_grad()
    x = np.array([[1 / 3, 1.0]])
    layer(ours_of(x)).sum().backward()
    np.testing.assert_array_equal(layer.weight.grad.array, np.repeat(x, 3, axis=0))


def test_linear_without_features():
    with pytest.warns(UserWarning, match="Initializing zero-element tensors is a no-op"):
        layer = nn.Linear(0, 3)
    np.testing.assert_array_equal(layer(ours_of(np.zeros((2, 0), np.float32))).array, np.zeros((2, 3)))


@pytest.mark.parametrize("freeze", [True, False])
def test_embedding_from_pretrained(freeze):
    table = normal(4, 3)
    kwargs = {"freeze": freeze, "padding_idx": 1, "max_norm": 2.0, "scale_grad_by_freq": True}
    ours = nn.Embedding.from_pretrained(ours_of(table), **kwargs)
    theirs = torch.nn.Embedding.from_pretrained(theirs_of(table), **kwargs)
    assert ours.weight.requires_grad == theirs.weight.requires_grad == (not freeze)
    assert repr(ours) == repr(theirs)
    assert_close(ours(ours_of(np.array([0, 3]))), theirs(theirs_of(np.array([0, 3]))), 1e-13, "rows")


def test_errors():
    check_error(ValueError, r"in1_features must be > 0, but got \(in1_features=0\)", nn.Bilinear, 0, 2, 3)
    for bad in (5, -6):
        check_error(
            AssertionError, f"Padding_idx must be within num_embeddings: got {bad} for 5", nn.Embedding, 5, 2, bad
        )
    check_error(NotImplementedError, "Embedding: sparse=True is not supported", nn.Embedding, 5, 2, sparse=True)
    shape = r"Shape of weight does not match .*\[4, 3\], expected \[5, 3\]"
    check_error(AssertionError, shape, nn.Embedding, 5, 3, _weight=ours_of(normal(4, 3)))
    flat = r"expected to be 2-dimensional, got shape \[3\]"
    check_error(AssertionError, flat, nn.Embedding.from_pretrained, ours_of(normal(3)))
    features = r"input has 4 features in its last dimension, but weight \(3, 2\) expects 2"
    check_error(RuntimeError, features, nn.Linear(2, 3), ours_of(normal(1, 4).astype(np.float32)))
