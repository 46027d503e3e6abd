"""Every model of vision.models as an ONNX file, by onnxruntime; and the settings of export."""

from __future__ import annotations

import io
import warnings

import numpy as np
import onnx
import pytest
from numba.core import config

import minitorch_cv as mt
from minitorch_cv import nn
from minitorch_cv.interop.samples import sample_for
from minitorch_cv.nn import functional as F
from minitorch_cv.vision import models
from tests.checks import check_error, normal
from tests.interop.cases import (
    FUNCTIONS,
    MODELS,
    TOKENS,
    TRANSFORMERS,
    Between,
    ClassToken,
    Functional,
    VisionTransformer,
    trained,
)
from tests.interop.exported import check_export, run_file

needs_jit = pytest.mark.skipif(config.DISABLE_JIT, reason="plain Python takes long for a whole network")


@needs_jit
@pytest.mark.parametrize("name", MODELS)
def test_model(name, tmp_path, quick_weights):
    model = quick_weights(models.get_model(name))
    check_export(model, tmp_path / "model.onnx", tuple(sample_for(model).shape), batch=2)


@pytest.mark.parametrize(
    "model", [models.LeNet5(batch_norm=True), models.MLP(), models.CIFARResNet(8), models.ResNet9(width=2)]
)
def test_small_models(model, tmp_path):
    """These run in plain Python too."""
    shape = (1, 3, 8, 8) if isinstance(model, models.CIFARResNet | models.ResNet9) else tuple(sample_for(model).shape)
    check_export(model, tmp_path / "model.onnx", shape, batch=2)


def test_operations_between_layers(tmp_path):
    check_export(Functional(), tmp_path / "model.onnx", (2, 3, 12, 11), output_names=["a", "b", "c"])


def read(path):
    graph = onnx.load(path).graph
    sizes = {
        v.name: [d.dim_param or d.dim_value for d in v.type.tensor_type.shape.dim]
        for v in (*graph.input, *graph.output)
    }
    return graph, sizes


def test_names_and_sizes(tmp_path):
    model, x, path = nn.Sequential(nn.Linear(3, 2)), mt.ones(4, 3), tmp_path / "model.onnx"
    mt.onnx.export(model, x, path)
    graph, sizes = read(path)
    assert sizes == {"input": ["batch", 3], "output": ["batch", 2]}
    assert {tensor.name for tensor in graph.initializer} == {"0.weight", "0.bias"}
    settings = {"input_names": ["images"], "output_names": ["scores"]}
    mt.onnx.export(model, (x,), str(path), **settings, dynamic_axes={"images": {0: "n"}, "scores": [0]})
    assert read(path)[1] == {"images": ["n", 3], "scores": ["batch", 2]}
    mt.onnx.export(model, x, path, dynamic_axes={})
    assert read(path)[1] == {"input": [4, 3], "output": [4, 2]}


def test_nothing_else_in_the_namespace():
    check_error(
        AttributeError,
        "module 'minitorch_cv.onnx' has no attribute 'dynamo_export'; there are export and TrainingMode",
        getattr,
        mt.onnx,
        "dynamo_export",
    )


def test_float64(tmp_path):
    model = nn.Sequential(nn.Linear(3, 2), nn.Softplus()).double()
    mt.onnx.export(model, mt.from_numpy(normal(2, 3)), tmp_path / "model.onnx")
    (result,) = run_file(tmp_path / "model.onnx", normal(2, 3))
    np.testing.assert_allclose(result, model(mt.from_numpy(normal(2, 3))).detach().numpy(), rtol=1e-12)


def test_the_model_is_left_as_it_was(tmp_path):
    model = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2), nn.Dropout(0.5))
    model[2].eval()
    with mt.no_grad():
        mt.onnx.export(model, mt.ones(4, 3), tmp_path / "model.onnx")
    assert [m.training for m in model] == [True, True, False] and model[1].num_batches_tracked == 0
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in model.modules())
    assert all(p.grad is None for p in model.parameters())


@pytest.mark.parametrize(
    "error, match, settings",
    [
        (NotImplementedError, "opset_version is 6, supported are 7 to 21", {"opset_version": 6}),
        (NotImplementedError, "opset_version is 22, supported are 7 to 21", {"opset_version": 22}),
        (NotImplementedError, "opset_version is '17', supported are 7 to 21", {"opset_version": "17"}),
        (ValueError, "input_names has 2 names, but the model has 1 inputs", {"input_names": ["a", "b"]}),
        (ValueError, r"names are given twice: inputs .'a'., outputs", {"input_names": ["a"], "output_names": ["a"]}),
        (ValueError, r"dynamic_axes names 'x', expected one of \['input', 'output'\]", {"dynamic_axes": {"x": [0]}}),
        (NotImplementedError, "only dimension 0, the batch's, may have any size", {"dynamic_axes": {"input": [0, 1]}}),
    ],
)  # fmt: skip
def test_settings_that_do_not_fit(error, match, settings, tmp_path):
    check_error(error, match, mt.onnx.export, nn.Linear(3, 2), mt.ones(1, 3), tmp_path / "model.onnx", **settings)
    assert list(tmp_path.iterdir()) == []


def applying(function):
    class Applied(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(mt.ones(1, 1, 1, 1))

        def forward(self, x):
            return function(x, self.weight)

    return Applied()


@pytest.mark.parametrize(
    "function, match",
    [
        (lambda x, w: mt.atan(x), "onnx.export: operation Atan is not supported; supported are Abs, .*Add, .*Tanh"),
        (lambda x, w: F.max_pool2d(x, 2, return_indices=True)[0], "only F.max_pool2d without return_indices"),
        (lambda x, w: F.avg_pool1d(x[:, 0], 2), "only F.avg_pool2d is supported; use a layer"),
        (lambda x, w: F.max_pool2d(x, 2, dilation=2), "only pooling with a window of one size and without dilation"),
        (lambda x, w: F.conv2d(x[0], w), "Convolution: ONNX takes a batch"),
        (lambda x, w: F.max_pool2d(w, 1) + x, "is applied to weight; expected what comes from the model's input"),
        (lambda x, w: x.reshape(x.shape[0], -1, x.shape[0]), "more than one size depends on the batch"),
        (lambda x, w: x.unbind(0)[-1], "Unbind: how many results it has depends on the batch"),
        (lambda x, w: F.cosine_similarity(x, x[..., :1], dim=-1), r"CosineSimilarity: sizes along dim .* differ"),
    ],
)
def test_operations_that_are_not_supported(function, match, tmp_path):
    with pytest.raises((NotImplementedError, RuntimeError), match=match):
        mt.onnx.export(applying(function), mt.ones(2, 1, 4, 4), tmp_path / "model.onnx")


@pytest.mark.parametrize("name", TOKENS)
def test_a_parameter_beside_every_image(name, tmp_path):
    check_export(trained(ClassToken(TOKENS[name])), tmp_path / "model.onnx", (2, 4, 6, 8))


@pytest.mark.parametrize("name", TRANSFORMERS)
def test_vision_transformer(name, tmp_path):
    check_export(trained(VisionTransformer(*TRANSFORMERS[name])), tmp_path / "model.onnx", (2, 4, 6, 8))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function_between_layers(name, tmp_path):
    check_export(trained(Between(FUNCTIONS[name])), tmp_path / "model.onnx", (2, 4, 6, 8))


def test_what_tutorials_pass_to_export(tmp_path):
    """Arguments of torch.onnx.export that leave the file as it is; a file that is open."""
    model, sample = nn.Linear(3, 2), mt.ones(1, 3)
    usual = {
        "export_params": True,
        "do_constant_folding": True,
        "verbose": False,
        "training": mt.onnx.TrainingMode.EVAL,
    }
    mt.onnx.export(model, sample, tmp_path / "model.onnx", opset_version=18, dynamo=False, **usual)
    buffer = io.BytesIO()
    mt.onnx.export(model, sample, buffer)
    assert buffer.getvalue() == (tmp_path / "model.onnx").read_bytes()
    with pytest.raises(NotImplementedError, match="export_params=False is not supported, only True"):
        mt.onnx.export(model, sample, buffer, export_params=False)
    with pytest.raises(TypeError, match="unexpected argument 'opset'"):
        mt.onnx.export(model, sample, buffer, opset=18)


@pytest.mark.parametrize("asked, written", [(15, 15), (11, 18)])
def test_older_opsets(asked, written, tmp_path):
    """They are converted as far as onnx can; what stands in the file is right, and said."""
    import onnx

    path = tmp_path / "model.onnx"
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        check_export(trained(nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU())), path, (2, 3, 5, 6), opset_version=asked)
    said = [str(warning.message) for warning in caught if "onnx.export" in str(warning.message)]
    assert onnx.load(path).opset_import[0].version == written
    assert f"opset_version {asked} is older than what is written here, 18; onnx converts the model" in said[0]
    assert len(said) == 1 or f"the file has opset {written}; onnx cannot convert it: " in said[1]


class Twice(nn.Module):
    """Its input, and one result twice."""

    def forward(self, x):
        y = F.relu(x)
        return y, x, y


def test_an_output_that_is_an_input_or_another_output(tmp_path):
    check_export(Twice(), tmp_path / "model.onnx", (2, 3))
