"""Models by name."""

from __future__ import annotations

import pytest
from numba.core import config

import minitorch_cv as mt
from minitorch_cv.vision import datasets, models
from minitorch_cv.vision.models.registry import register_model
from tests.checks import check_error

CHEAP = ["depthwisenet", "lenet5", "mlp", "resnet20", "simplenet", "simplenetfinal"]


def test_upper_and_lower_case_and_settings():
    model = models.get_model("LeNet5", num_classes=3, in_channels=3, image_size=32)
    assert isinstance(model, models.LeNet5) and model.classifier[-1].out_features == 3
    assert models.get_model_builder("VGG16_bn") is models.vgg16_bn


def test_only_makers_of_whole_models_are_listed():
    names = models.list_models()
    assert {"lenet5", "mlp", "resnet18", "vgg16", "simplenetfinal"} <= set(names)
    assert not {"fire", "basicblock", "resnet", "vgg", "get_model"} & set(names)
    listed = {models.get_model_builder(name).__name__ for name in names}
    assert listed <= set(models.__all__)


def test_models_of_a_package():
    assert models.list_models(module=models) == models.list_models()
    assert models.list_models(module=datasets) == []


@pytest.mark.parametrize("name", CHEAP)
def test_a_model_takes_images_of_its_input_size(name):
    if config.DISABLE_JIT and name not in ("lenet5", "mlp"):
        pytest.skip("plain Python takes long for these sizes")
    model = models.get_model(name).eval()
    classes = 15 if name.startswith("simple") else 10
    assert model(mt.zeros(2, *models.input_size(name))).shape == (2, classes)


def test_input_sizes():
    assert models.input_size("MLP") == (1, 28, 28)
    assert models.input_size("vgg19_bn") == models.input_size("resnet18") == (3, 224, 224)


def test_errors():
    for function in (models.get_model, models.get_model_builder, models.input_size):
        check_error(ValueError, "no model 'lenet6'; there are alexnet, .*lenet5, .*vgg19_bn", function, "lenet6")
    check_error(
        ValueError,
        "register_model: an entry is already registered under the name 'lenet5'",
        register_model(input_size=(1, 28, 28)),
        type("LENET5", (mt.nn.Module,), {}),
    )
    check_error(TypeError, "unexpected keyword argument 'classes'", models.get_model, "lenet5", classes=3)
