"""Published weights by name: the enums are torchvision's; a name brings the file's weights into the model."""

from __future__ import annotations

import copy
import math
import pickle

import pytest
import torch
import torchvision.models

import minitorch_cv as mt
from minitorch_cv.vision import models
from minitorch_cv.vision.models.imagenet_classes import IMAGENET_CLASSES
from tests.checks import check_error
from tests.vision.models.test_torchvision import FUNCTIONS
from tests.vision.models.test_weights import assert_same_state, squeezenet, torchvision_model

__all__ = ["squeezenet"]  # a fixture

ENUMS = sorted({torchvision.models.get_model_weights(name).__name__ for name in FUNCTIONS})


@pytest.mark.parametrize("name", ENUMS)
def test_members_are_torchvisions(name):
    ours, theirs = getattr(models, name), getattr(torchvision.models, name)
    assert list(ours.__members__) == list(theirs.__members__)
    for one, two in zip(ours, theirs, strict=True):
        assert (one.name, one.url, repr(one), str(one)) == (two.name, two.url, repr(two), str(two))
        expected = {key: value for key, value in two.meta.items() if key != "_docs"}
        if math.isnan(expected["_metrics"]["ImageNet-1K"]["acc@1"]):
            assert math.isnan(one.meta["_metrics"]["ImageNet-1K"]["acc@1"])
            expected["_metrics"] = one.meta["_metrics"]
        assert one.meta == expected
        assert repr(one.transforms()) == repr(two.transforms())
        assert ours[one.name] is one and getattr(ours, one.name) is one
    assert ours.DEFAULT.name == theirs.DEFAULT.name


def test_class_names():
    assert len(IMAGENET_CLASSES) == 1000
    assert models.ResNet18_Weights.DEFAULT.meta["categories"] == list(IMAGENET_CLASSES)


def test_copies_are_the_members_themselves():
    for member in (models.VGG16_Weights.IMAGENET1K_FEATURES, models.ResNet34_Weights.DEFAULT):
        assert pickle.loads(pickle.dumps(member)) is member and copy.deepcopy(member) is member


@pytest.mark.parametrize("name", FUNCTIONS)
def test_weights_of_a_model(name):
    expected = torchvision.models.get_model_weights(name).__name__
    assert models.get_model_weights(name).__name__ == expected
    assert models.get_model_weights(getattr(models, name)).__name__ == expected
    assert models.get_weight(f"{expected}.DEFAULT") is getattr(models, expected).DEFAULT


@pytest.mark.parametrize(
    ("error", "match", "function", "name"),
    [
        (
            ValueError,
            "no published weights of LeNet5, only of alexnet, .*vgg19_bn, wide_resnet50_2",
            models.get_model_weights,
            "lenet5",
        ),
        (ValueError, "no model 'lenet6'", models.get_model_weights, "lenet6"),
        (ValueError, "Invalid weight name provided: 'DEFAULT'", models.get_weight, "DEFAULT"),
        (
            ValueError,
            "weight enum 'ResNet200_Weights' .*ResNet18_Weights",
            models.get_weight,
            "ResNet200_Weights.DEFAULT",
        ),
        (KeyError, "ResNet18_Weights has no V2; there are IMAGENET1K_V1", models.get_weight, "ResNet18_Weights.V2"),
    ],
)
def test_unknown_names(error, match, function, name):
    check_error(error, match, function, name)


@pytest.mark.parametrize("name", ["V2", "AlexNet_Weights.DEFAULT", "resnet18", ""])
def test_weights_that_the_model_has_not(name):
    match = f"resnet18: no weights '{name}'; there are IMAGENET1K_V1, DEFAULT; or give the path of a .pth, .pt or .safe"
    check_error(KeyError, match, models.resnet18, weights=name)


@pytest.fixture
def published(monkeypatch, squeezenet, request):
    """SqueezeNet 1.1's published weights are those of `squeezenet`; what was asked of get_state_dict is kept."""
    asked = []

    def get_state_dict(self, **settings):
        asked.append((self, settings))
        return mt.load(squeezenet[1])

    monkeypatch.setattr(models.WeightsEnum, "get_state_dict", get_state_dict)
    return asked


@pytest.mark.parametrize(
    "weights",
    [
        "DEFAULT",
        "IMAGENET1K_V1",
        "SqueezeNet1_1_Weights.DEFAULT",
        models.SqueezeNet1_1_Weights.DEFAULT,
        models.SqueezeNet1_1_Weights.IMAGENET1K_V1,
    ],
)
def test_a_name_brings_the_weights(weights, published, squeezenet):
    ours = models.squeezenet1_1(weights=weights, progress=False)
    assert_same_state(ours, squeezenet[0])
    assert published == [(models.SqueezeNet1_1_Weights.IMAGENET1K_V1, {"progress": False, "check_hash": True})]
    assert_same_state(models.get_model("squeezenet1_1", weights=weights, num_classes=1000), squeezenet[0])


def test_another_number_of_classes_is_an_error_as_in_torchvision(published):
    for library in (models, torchvision.models):
        with pytest.raises(ValueError, match="The parameter 'num_classes' expected value 1000 but got 10 instead"):
            library.squeezenet1_1(weights="DEFAULT", num_classes=10)
    assert published == []


def test_first_values_of_vgg_are_not_drawn_if_there_are_weights(tmp_path, monkeypatch, narrow_classifiers):
    theirs = torchvision_model("vgg11")
    torch.save(theirs.state_dict(), tmp_path / "vgg11.pth")
    monkeypatch.setattr(mt.nn.init, "kaiming_normal_", lambda *args, **kwargs: pytest.fail("drawn for nothing"))
    assert_same_state(models.vgg11(weights=tmp_path / "vgg11.pth"), theirs)


def test_weights_without_classes_leave_their_number_open(monkeypatch, narrow_classifiers):
    theirs = torchvision_model("vgg16", num_classes=1000)
    state = {key: mt.tensor(value.numpy()) for key, value in theirs.state_dict().items()}
    monkeypatch.setattr(models.WeightsEnum, "get_state_dict", lambda self, **settings: state)
    assert_same_state(models.vgg16(weights="IMAGENET1K_FEATURES"), theirs)
