"""Every layer that can be exported to ONNX, by onnxruntime."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

import minitorch_cv as mt
from minitorch_cv import nn
from minitorch_cv.interop.onnx_export import _LAYERS, OF_TWO, OPSETS, export
from tests.checks import check_error, ours_of
from tests.interop.cases import CASES, IMAGES, PARAMETERS, Pair, trained
from tests.interop.exported import check_export, run_file


@pytest.mark.parametrize("kind, arguments, shape", PARAMETERS)
def test_layer(kind, arguments, shape, tmp_path):
    check_export(trained(getattr(nn, kind)(*arguments)), tmp_path / "layer.onnx", shape)


def test_all_layers_are_tested():
    assert {*CASES, "Embedding"} == set(_LAYERS)
    losses = {name for name in nn.__all__ if name.endswith("Loss")}
    others = {
        "Module",
        "DataParallel",
        "Parameter",
        "Buffer",
        "Sequential",
        "ModuleList",
        "ModuleDict",
        "ParameterList",
        "ParameterDict",
        "MultiheadAttention",  # made of layers and operations: test_vision_transformer is of them
        "TransformerEncoder",
        "TransformerEncoderLayer",
    }
    others |= {name for name in nn.__all__ if name.startswith(("Lazy", "Uninitialized"))}  # they become those tested
    classes = {name for name in nn.__all__ if inspect.isclass(getattr(nn, name))}
    assert classes - losses - others - {"MaxUnpool2d"} == {*_LAYERS, *OF_TWO}  # MaxUnpool2d stands in no Sequential


@pytest.mark.parametrize("opset", OPSETS)
def test_opsets(opset, tmp_path):
    """One network of what operators of different versions there are."""
    model = nn.Sequential(
        nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), nn.Hardswish(), nn.AvgPool2d(2), nn.ZeroPad2d(1),
        nn.Upsample(scale_factor=2.0), nn.GELU(), nn.GroupNorm(2, 4), nn.Flatten(), nn.Linear(1024, 5), nn.Softmax(1),
    )  # fmt: skip
    check_export(trained(model), tmp_path / "model.onnx", (2, 3, 12, 12), opset_version=opset)


@pytest.mark.parametrize(
    "layer, shapes",
    [
        (nn.Bilinear(4, 3, 5), ((2, 4), (2, 3))),
        (nn.Bilinear(4, 3, 5, bias=False), ((2, 6, 4), (2, 6, 3))),
        (nn.CosineSimilarity(1), ((2, 4), (2, 4))),
        (nn.PairwiseDistance(3.0, keepdim=True), ((2, 4), (2, 4))),
    ],
)
def test_layers_of_two(layer, shapes, tmp_path):
    check_export(Pair(layer), tmp_path / "pair.onnx", *shapes)


def test_norm_without_statistics(tmp_path):
    """It uses the batch's own, in evaluation too."""
    check_export(trained(nn.BatchNorm2d(4, track_running_stats=False)), tmp_path / "norm.onnx", IMAGES)


def test_embedding(tmp_path):
    model = nn.Sequential(nn.Embedding(7, 4), nn.Flatten(), nn.Linear(12, 2))
    export(model, mt.tensor([[0, 6, 2], [1, 1, 5]]), tmp_path / "words.onnx")
    words = np.array([[3, 4, 0]])
    np.testing.assert_allclose(run_file(tmp_path / "words.onnx", words)[0], model(ours_of(words)).array, atol=1e-5)


@pytest.mark.parametrize(
    "layer, sample, match",
    [
        (nn.Embedding(7, 4, max_norm=1.0), mt.tensor([[1, 2]]), "Embedding: max_norm, which changes the table"),
        (nn.MaxPool2d(2, return_indices=True), mt.ones(1, 1, 4, 4), "MaxPool2d: return_indices=True is not supported"),
        (nn.AdaptiveMaxPool1d(2, True), mt.ones(1, 1, 4), "AdaptiveMaxPool1d: return_indices=True is not supported"),
        (nn.MaxPool2d(2), mt.ones(1, 4, 4), "MaxPool2d: ONNX takes a batch, 4 dimensions, but the sample has 3"),
        (nn.Conv2d(2, 1, 1), mt.ones(2, 4, 4), "the first dimension of a sample must be the batch's. The error was"),
        (nn.LPPool2d(-np.inf, 2), mt.ones(1, 1, 4, 4), "LPPool2d: norm_type -inf is not supported in ONNX export"),
    ],
)
def test_what_cannot_be_written(layer, sample, match, tmp_path):
    with pytest.raises((NotImplementedError, RuntimeError), match=match):
        export(layer, sample, tmp_path / "layer.onnx")
    assert list(tmp_path.iterdir()) == []


def test_a_layer_that_is_not_there(tmp_path):
    match = r"onnx.export: layer 'layer' \(MSELoss\) is not supported; supported are AdaptiveAvgPool1d, .*ZeroPad2d"
    samples = mt.ones(1, 2), mt.ones(1, 2)
    check_error(NotImplementedError, match, export, Pair(nn.MSELoss()), samples, tmp_path / "layer.onnx")
