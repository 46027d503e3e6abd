"""AlexNet, DenseNet, MobileNetV2, ResNet, SqueezeNet, VGG against torchvision's: arguments, results, first values."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
import torch
import torchvision.models
from numba.core import config
from scipy import stats

import minitorch_cv as mt
from minitorch_cv.vision import models
from minitorch_cv.vision.models.vgg import make_layers
from tests.checks import check_error
from tests.vision.models.checks import check_model, state_shapes

FUNCTIONS = [
    "alexnet",
    "densenet121",
    "mobilenet_v2",
    "resnet18",
    "resnet34",
    "resnet50",
    "resnet101",
    "resnet152",
    "resnext50_32x4d",
    "squeezenet1_0",
    "squeezenet1_1",
    *(f"vgg{depth}{norm}" for depth in (11, 13, 16, 19) for norm in ("", "_bn")),
    "wide_resnet50_2",
]
CLASSES = {
    "AlexNet": torchvision.models.AlexNet,
    "BasicBlock": torchvision.models.resnet.BasicBlock,
    "Bottleneck": torchvision.models.resnet.Bottleneck,
    "DenseNet": torchvision.models.DenseNet,
    "Fire": torchvision.models.squeezenet.Fire,
    "MobileNetV2": torchvision.models.MobileNetV2,
    "ResNet": torchvision.models.ResNet,
    "SqueezeNet": torchvision.models.SqueezeNet,
    "VGG": torchvision.models.VGG,
}
LISTS = [
    {},
    {"include": "vgg*"},
    {"include": ["alex*", "squeeze*"], "exclude": "*1_1"},
    {"exclude": ["vgg*", "*net"]},
    {"include": "nothing"},
]


def arguments(function):
    return [(p.name, p.kind, p.default) for p in inspect.signature(function).parameters.values()]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_take_torchvisions_arguments(name):
    assert arguments(getattr(models, name)) == arguments(getattr(torchvision.models, name))


@pytest.mark.parametrize("name", CLASSES)
def test_classes_take_torchvisions_arguments(name):
    assert arguments(getattr(models, name)) == arguments(CLASSES[name])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_state_and_printed_form(name, without_first_values):
    with torch.device("meta"):
        theirs = getattr(torchvision.models, name)(num_classes=7)
    ours = getattr(models, name)(weights=None, progress=False, num_classes=7)
    assert state_shapes(ours) == state_shapes(theirs)
    assert repr(ours) == repr(theirs)


@pytest.mark.skipif(config.DISABLE_JIT, reason="plain Python takes minutes for these widths")
@pytest.mark.parametrize("name, size", [("alexnet", 63), ("squeezenet1_0", 25), ("squeezenet1_1", 19)])
def test_results_and_gradients(name, size, narrow_classifiers):
    ours, theirs = (getattr(library, name)(num_classes=5) for library in (models, torchvision.models))
    check_model(ours, theirs, (2, 3, size, size + 1))


@pytest.mark.parametrize("norm", [False, True])
@pytest.mark.parametrize("size", [8, 36])  # smaller and larger than the 7x7 that the linear layers take
def test_results_and_gradients_of_a_small_vgg(size, norm, narrow_classifiers):
    cfg = [3, "M", 4, 5, "M", 512]
    theirs = torchvision.models.VGG(torchvision.models.vgg.make_layers(cfg, norm), num_classes=5)
    check_model(models.VGG(make_layers(cfg, norm), num_classes=5), theirs, (2, 3, size, size + 1))


def test_fire():
    theirs = CLASSES["Fire"](3, 2, 4, 5)
    ours = models.Fire(3, 2, 4, 5)
    assert state_shapes(ours) == state_shapes(theirs) and repr(ours) == repr(theirs)
    check_model(ours, theirs, (2, 3, 5, 6))


@pytest.mark.parametrize("name", ["alexnet", "vgg11_bn", "vgg13", "squeezenet1_0", "resnet18"])
def test_first_values(name, narrow_classifiers):
    assert_same_first_values(*(getattr(library, name)(num_classes=50) for library in (models, torchvision.models)))


def assert_same_first_values(ours, theirs):
    """Each tensor of the state is drawn from torchvision's distribution."""
    for (key, one), two in zip(ours.state_dict().items(), theirs.state_dict().values(), strict=True):
        assert_same_distribution(one.array.ravel(), two.numpy().ravel(), key)


def assert_same_distribution(ours, theirs, what):
    """Both are one and the same number, or what a Kolmogorov-Smirnov test takes for draws from one distribution."""
    ours, theirs = ours[:50_000], theirs[:50_000]
    if len(set(theirs.tolist())) == 1:
        np.testing.assert_array_equal(ours, theirs, err_msg=what)
        return
    assert stats.ks_2samp(ours, theirs).pvalue > 1e-4, what
    if len(theirs) > 1000:
        np.testing.assert_allclose(ours.std(), theirs.std(), rtol=0.1, err_msg=what)


def test_vgg_without_first_values(narrow_classifiers):
    ours, theirs = (
        library.vgg11(num_classes=50, init_weights=False).state_dict() for library in (models, torchvision.models)
    )
    for key in ("features.0.weight", "features.0.bias", "features.8.weight", "classifier.0.weight"):
        assert_same_distribution(ours[key].array.ravel(), theirs[key].numpy().ravel(), key)


def test_dropout_is_handed_on(without_first_values):
    for name in ("alexnet", "vgg11", "squeezenet1_1"):
        rates = [m.p for m in getattr(models, name)(dropout=0.25).modules() if isinstance(m, mt.nn.Dropout)]
        assert rates and set(rates) == {0.25}


@pytest.mark.parametrize("settings", LISTS)
def test_list_models(settings):
    ours, theirs = models.list_models(**settings), torchvision.models.list_models(**settings)
    assert ours == sorted(ours)
    assert [n for n in ours if n in FUNCTIONS] == [n for n in theirs if n in FUNCTIONS]


@pytest.mark.parametrize(
    "error, match, call",
    [
        (ValueError, "dropout probability has to be between 0 and 1, but got 2", ("alexnet", {"dropout": 2})),
        (TypeError, "unexpected keyword argument 'classes'", ("vgg11", {"classes": 3})),
        (ValueError, "Unsupported SqueezeNet version 2: 1_0 or 1_1 expected", ("SqueezeNet", {"version": "2"})),
    ],
)
def test_errors(error, match, call, without_first_values):
    name, settings = call
    check_error(error, match, getattr(models, name), **settings)


def test_an_unknown_entry_of_a_vgg():
    check_error(ValueError, "make_layers: cfg holds 'A', expected numbers of filters and 'M'", make_layers, [8, "A"])


def test_images_that_are_too_small(narrow_classifiers):
    x = mt.zeros(1, 3, 30, 30)
    for name in ("alexnet", "vgg11"):
        check_error(RuntimeError, "max_pool2d.*[Oo]utput size is too small", getattr(models, name)(num_classes=2), x)
