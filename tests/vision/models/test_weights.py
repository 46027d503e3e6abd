"""Models with the weights of a file: torchvision's state_dicts, last layers of other sizes, files that do not fit."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import safetensors.torch
import torch
import torchvision.models
from numba.core import config

import minitorch_cv as mt
from minitorch_cv.vision import models
from tests.checks import assert_close, check_error, normal, ours_of, theirs_of

# The least images that each takes.
SIZES = {
    "alexnet": 63,
    "densenet121": 32,
    "mobilenet_v2": 32,
    "resnet18": 32,
    "resnet34": 32,
    "resnet50": 32,
    "squeezenet1_0": 21,
    "squeezenet1_1": 17,
    "vgg11": 32,
    "vgg16": 32,
    "vgg16_bn": 32,
}


def torchvision_model(name, **settings):
    """torchvision's, with running statistics that are not those of a new model."""
    model = getattr(torchvision.models, name)(**settings)
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_()
            module.running_var.uniform_(0.5, 2)
            module.num_batches_tracked += 7
    return model.eval()


def assert_same_state(ours, theirs, but=()):
    """All tensors have the same names and numbers, but for the keys that begin with one of `but`."""
    own, other = ours.state_dict(), theirs.state_dict()
    assert list(own) == list(other)
    for key, value in other.items():
        if not key.startswith(tuple(but)):
            np.testing.assert_array_equal(own[key].numpy(), value.numpy(), err_msg=key)


@pytest.fixture
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.fixture(scope="module")
def squeezenet(tmp_path_factory):
    """torchvision's SqueezeNet 1.1, and a file of its weights."""
    theirs = torchvision_model("squeezenet1_1")
    path = tmp_path_factory.mktemp("weights") / "squeezenet.pth"
    torch.save(theirs.state_dict(), path)
    return theirs, path


@pytest.mark.parametrize("name", SIZES)
def test_torchvisions_file_gives_torchvisions_scores(name, tmp_path, narrow_classifiers, no_warnings):
    theirs = torchvision_model(name)
    torch.save(theirs.state_dict(), tmp_path / "weights.pth")
    ours = getattr(models, name)(weights=tmp_path / "weights.pth").eval()
    assert_same_state(ours, theirs)
    if not config.DISABLE_JIT:  # plain Python takes minutes for these widths
        x = normal(2, 3, SIZES[name], SIZES[name] + 4).astype(np.float32)
        assert_close(ours(ours_of(x)), theirs(theirs_of(x)), 1e-4, name)


@pytest.mark.parametrize("ending", [".pt", ".safetensors"])
def test_other_files(squeezenet, tmp_path, ending, no_warnings):
    theirs, _ = squeezenet
    path = tmp_path / f"weights{ending}"
    (safetensors.torch.save_file if ending == ".safetensors" else torch.save)(theirs.state_dict(), path)
    assert_same_state(models.squeezenet1_1(weights=str(path)), theirs)


def test_statistics_from_safetensors_and_half_precision(tmp_path, no_warnings):
    theirs = torchvision_model("resnet18").half()
    safetensors.torch.save_file(theirs.state_dict(), tmp_path / "half.safetensors")
    ours = models.resnet18(weights=tmp_path / "half.safetensors")
    assert ours.conv1.weight.dtype is mt.float32
    assert_same_state(ours, theirs)


def test_a_file_whose_name_has_no_known_ending(squeezenet, tmp_path, monkeypatch):
    theirs, path = squeezenet
    (tmp_path / "epoch7").write_bytes(path.read_bytes())
    monkeypatch.chdir(tmp_path)
    assert_same_state(models.squeezenet1_1(weights="epoch7"), theirs)


@pytest.mark.parametrize(("name", "head"), [("resnet18", "fc"), ("vgg11", "classifier.6"), ("alexnet", "classifier.6")])
def test_a_last_layer_of_another_size_is_left_random_and_reported(name, head, tmp_path, narrow_classifiers):
    theirs = torchvision_model(name)
    path = tmp_path / "weights.pth"
    torch.save(theirs.state_dict(), path)
    said = rf"{name}: .*weights.pth: the last layer is not the file's: {head}.weight \(\(1000, \d+\) in the file, \(7, "
    with pytest.warns(UserWarning, match=rf"{said}.*{head}.bias \(\(1000,\) .* left random, to be trained") as found:
        ours = getattr(models, name)(weights=path, num_classes=7)
    assert len(found) == 1 and found[0].filename == __file__
    expected = getattr(torchvision.models, name)(num_classes=7)
    for key, value in expected.state_dict().items():  # the last layer is ours, all else the file's
        value.copy_(ours_value(ours, key) if key.startswith(head) else theirs.state_dict()[key])
    assert_same_state(ours, expected)
    assert ours_value(ours, f"{head}.weight").std() > 0


def ours_value(model, key):
    return torch.tensor(model.state_dict()[key].numpy())


def test_a_file_without_a_last_layer(squeezenet, tmp_path):
    theirs, _ = squeezenet
    state = {key: value for key, value in theirs.state_dict().items() if not key.startswith("classifier")}
    torch.save(state, tmp_path / "body.pth")
    with pytest.warns(UserWarning, match=r"is not the file's: classifier.1.weight, classifier.1.bias left random"):
        ours = models.squeezenet1_1(weights=tmp_path / "body.pth", num_classes=1000)
    assert_same_state(ours, theirs, but=["classifier"])
    match = r"not in the file: classifier.1.weight, classifier.1.bias\nThe file is of a model with another last layer"
    check_error(RuntimeError, match, models.squeezenet1_1, weights=tmp_path / "body.pth")


def test_a_file_with_the_number_of_classes_that_is_asked_for(tmp_path, no_warnings):
    theirs = torchvision_model("squeezenet1_1", num_classes=5)
    torch.save(theirs.state_dict(), tmp_path / "five.pth")
    assert_same_state(models.squeezenet1_1(weights=tmp_path / "five.pth", num_classes=5), theirs)
    match = (
        r"squeezenet1_1: .*five.pth does not fit the model:\n  of another shape: classifier.1.weight "
        r"\(\(5, 512, 1, 1\) in the file, \(1000, 512, 1, 1\) in the model\), classifier.1.bias .*\nThe file's last "
        r"layer has 5 classes: give num_classes=5 to have it, or num_classes=1000 to leave the model's random"
    )
    check_error(RuntimeError, match, models.squeezenet1_1, weights=tmp_path / "five.pth")


@pytest.mark.parametrize("settings", [{}, {"num_classes": 10}])
def test_a_file_of_another_architecture(squeezenet, settings):
    match = (
        r"resnet18: .*squeezenet.pth does not fit the model:\n  not in the file: conv1.weight, bn1.weight, bn1.bias "
        r"and 99 more\n  not in the model: features.0.weight, features.0.bias, features.3.squeeze.weight and 49 more\n"
        "Is it the file of another model"
    )
    check_error(RuntimeError, match, models.resnet18, weights=squeezenet[1], **settings)


def test_a_file_of_the_sister(squeezenet):
    match = r"of another shape: features.0.weight \(\(64, 3, 3, 3\) in the file, \(96, 3, 7, 7\) in the model"
    check_error(RuntimeError, match, models.squeezenet1_0, weights=squeezenet[1])


def test_a_replaced_head_is_never_skipped(squeezenet, tmp_path):
    state = dict(squeezenet[0].state_dict())
    state["head.0.weight"] = state.pop("classifier.1.weight")
    torch.save(state, tmp_path / "head.pth")
    match = (
        r"not in the file: classifier.1.weight\n  not in the model: head.0.weight\nThe file is of a model with another"
    )
    for settings in ({}, {"num_classes": 1000}):
        check_error(RuntimeError, match, models.squeezenet1_1, weights=tmp_path / "head.pth", **settings)


def test_keys_with_a_prefix(squeezenet, tmp_path):
    theirs, _ = squeezenet
    torch.save({f"module.{key}": value for key, value in theirs.state_dict().items()}, tmp_path / "parallel.pth")
    match = r"The file's keys begin with 'module.': .*key.removeprefix\('module.'\): value for key, value in load\(path"
    check_error(RuntimeError, match, models.squeezenet1_1, weights=tmp_path / "parallel.pth")


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (lambda state: {"epoch": 3, "model": state}, r"holds 'epoch', 'model', expected a state_dict: .*\['model'\]\)"),
        (lambda state: {"epoch": 3}, r"holds 'epoch', expected a state_dict: tensors by name$"),
        (lambda state: {str(n): n for n in range(9)}, r"holds '0', .*, '7' \.\.\., expected a state_dict"),
        (lambda state: torch.zeros(2), r"squeezenet1_1: .*other.pth holds a Tensor, expected a state_dict"),
        (lambda state: {}, "holds no keys, expected a state_dict"),
    ],
)
def test_a_file_of_something_else(squeezenet, tmp_path, content, match):
    torch.save(content(squeezenet[0].state_dict()), tmp_path / "other.pth")
    check_error(TypeError, match, models.squeezenet1_1, weights=tmp_path / "other.pth")


def test_a_file_that_is_not_there(tmp_path):
    check_error(FileNotFoundError, "nowhere.pth", models.resnet18, weights=str(tmp_path / "nowhere.pth"))


@pytest.mark.parametrize("weights", [3.5, {"a": 1}, models.AlexNet_Weights.DEFAULT])
def test_other_kinds_of_weights(weights):
    match = f"Invalid Weight class provided; expected ResNet18_Weights but received {type(weights).__name__}"
    check_error(TypeError, match, models.resnet18, weights=weights)


def test_get_model_takes_files_of_models_without_published_weights(tmp_path, no_warnings):
    learnt = models.LeNet5()
    mt.save(learnt.state_dict(), tmp_path / "lenet5.pth")
    model = models.get_model("lenet5", weights=tmp_path / "lenet5.pth")
    for name, value in learnt.state_dict().items():
        np.testing.assert_array_equal(model.state_dict()[name].array, value.array)
    assert isinstance(models.get_model("mlp", weights=None), models.MLP)
    check_error(
        KeyError, "LeNet5: there are no published weights 'DEFAULT'", models.get_model, "lenet5", weights="DEFAULT"
    )
    check_error(
        RuntimeError, "MLP: .*lenet5.pth does not fit", models.get_model, "mlp", weights=str(tmp_path / "lenet5.pth")
    )
    with pytest.warns(UserWarning, match=r"LeNet5: .*the last layer is not the file's.* left random") as caught:
        models.get_model("lenet5", weights=tmp_path / "lenet5.pth", num_classes=3)
    assert caught[0].filename == __file__


def test_keys_with_a_prefix_of_a_network_with_batch_norms(tmp_path):
    theirs = torchvision_model("resnet18")
    torch.save({f"module.{key}": value for key, value in theirs.state_dict().items()}, tmp_path / "parallel.pth")
    match = r"The file's keys begin with 'module.'"
    check_error(RuntimeError, match, models.resnet18, weights=tmp_path / "parallel.pth")
