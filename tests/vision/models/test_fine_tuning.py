"""Networks with a new last layer: against torch, which part learns, and errors."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numba.core import config

import minitorch_cv as mt
from minitorch_cv import nn
from minitorch_cv.nn.utils import parameter_groups
from minitorch_cv.training import linear_probe
from minitorch_cv.vision.models import (
    FINE_TUNABLE,
    PriorClassifier,
    alexnet,
    for_fine_tuning,
    get_model,
    get_model_builder,
    list_models,
    resnet18,
    squeezenet1_1,
)
from tests.checks import assert_close, check_error, normal

needs_jit = pytest.mark.skipif(config.DISABLE_JIT, reason="plain Python takes long for images of this size")
KNOWN = [[4, 1], [], [2]]  # of five old classes


def prior_in_torch(old, new, x):
    """The formula of the docstring, class by class."""
    probabilities = old(x).softmax(1)
    scores = list(new(x).unbind(1))
    for column, indices in enumerate(KNOWN):
        if indices:
            p = sum(probabilities[:, index] for index in indices)
            scores[column] = scores[column] + 0.5 * torch.log(p / (1 - p))
    return torch.stack(scores, 1)


class TestPriorClassifier:
    def layers(self):
        old, new = torch.nn.Linear(4, 5).double(), torch.nn.Linear(4, 3).double()
        ours = PriorClassifier(nn.Linear(4, 5), nn.Linear(4, 3), KNOWN, old_classes=5).double()
        for mine, theirs in ((ours.old, old), (ours.new, new)):
            mine.load_state_dict({name: mt.tensor(value.numpy()) for name, value in theirs.state_dict().items()})
        return ours, old, new

    def test_as_in_torch(self):
        ours, old, new = self.layers()
        x = normal(6, 4)
        found = ours(mt.tensor(x))
        expected = prior_in_torch(old, new, torch.tensor(x))
        weights = normal(6, 3)
        (found * mt.tensor(weights)).sum().backward()
        (expected * torch.tensor(weights)).sum().backward()
        assert_close(found, expected, 1e-12, "scores")
        for mine, theirs in ((ours.old, old), (ours.new, new)):
            for name in ("weight", "bias"):
                assert_close(getattr(mine, name).grad, getattr(theirs, name).grad, 1e-12, name)

    def test_classes_that_are_known_to_none_are_learnt_alone(self):
        ours, _, new = self.layers()
        x = normal(6, 4)
        assert_close(ours(mt.tensor(x))[:, 1], new(torch.tensor(x))[:, 1], 1e-12, "scores")

    def test_certainty_is_bounded(self):
        """An old layer that is sure gives no infinite score, and no gradient that is not a number."""
        ours, _, _ = self.layers()
        x = mt.tensor(normal(6, 4) * 1e4, requires_grad=True)
        scores = ours(x)
        scores.sum().backward()
        prior = scores - ours.new(x)
        assert np.abs(prior.detach().numpy()).max() == pytest.approx(0.5 * np.log((1 - 1e-6) / 1e-6))
        assert np.isfinite(x.grad.numpy()).all()

    def test_errors(self):
        def layer(old_classes, new_classes):
            return PriorClassifier(nn.Linear(4, old_classes), nn.Linear(4, new_classes), KNOWN, old_classes=5)

        check_error(
            IndexError,
            r"PriorClassifier: known\[0\] has 5, expected 0 to 4",
            PriorClassifier,
            nn.Linear(4, 5),
            nn.Linear(4, 1),
            [[5]],
            5,
        )
        for old_classes, new_classes in ((4, 3), (5, 2)):
            expected = f"old gives {old_classes} scores and new {new_classes}, expected 5 .* and 3"
            check_error(ValueError, expected, layer(old_classes, new_classes), mt.ones(2, 4))


def test_every_published_network_can_be_fine_tuned():
    published = [name for name in list_models() if hasattr(get_model_builder(name), "weights")]
    assert sorted(FINE_TUNABLE) == published


@pytest.mark.parametrize("name", ["alexnet", "densenet121", "mobilenet_v2", "resnet50", "squeezenet1_1", "vgg11_bn"])
def test_networks_have_the_layers_that_they_are_said_to_have(name):
    model, new, rate, features = for_fine_tuning(name, 7)
    layers = dict(model.named_modules())
    assert features in layers and rate > 0
    linear = layers[new] if isinstance(layers[new], nn.Linear) else layers[new][-1]
    assert linear.out_features == 7
    assert list(layers)[-1].startswith(new)  # the last layer of all


@needs_jit
@pytest.mark.parametrize("builder", [resnet18, squeezenet1_1, alexnet])
@pytest.mark.parametrize("known", [None, [[3, 5], [], [999]]], ids=["new", "prior"])
def test_the_new_part_learns_alone(builder, known, tmp_path):
    mt.manual_seed(0)
    mt.save(builder().state_dict(), tmp_path / "weights.pth")
    model, new, rate, _ = for_fine_tuning(builder.__name__, 3, tmp_path / "weights.pth", known)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    batches = [(mt.randn(2, 3, 64, 64), mt.tensor([0, 2]))]
    linear_probe(model, new, batches, nn.CrossEntropyLoss(), 1, rate, progress=False)
    after = model.state_dict()
    changed = [name for name in before if not mt.equal(before[name], after[name])]
    assert changed and all(name.startswith(f"{new}.") for name in changed)
    groups = parameter_groups(model, {new: 1e-3}, lr=1e-5)  # and afterwards all, each at its own rate
    assert [group["lr"] for group in groups] == [1e-5, 1e-3]


@needs_jit
@pytest.mark.parametrize("builder", [resnet18, squeezenet1_1, alexnet])
def test_the_old_layer_keeps_its_say(builder, tmp_path):
    """With a new layer that says nothing the scores are the log-odds of ImageNet's classes."""
    mt.manual_seed(0)
    mt.save(builder().state_dict(), tmp_path / "weights.pth")
    name = builder.__name__
    model, new, *_ = for_fine_tuning(name, 3, tmp_path / "weights.pth", [[3, 5], [], [999]])
    added = model.get_submodule(new)
    last = added if isinstance(added, nn.Linear) else added[-1]
    with mt.no_grad():
        last.weight.zero_()
        last.bias.zero_()
    images = mt.tensor(normal(2, 3, 64, 64).astype(np.float32))
    scores = get_model(name, weights=tmp_path / "weights.pth").eval()(images).detach().numpy().astype(np.float64)
    p = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    p = np.stack([p[:, 3] + p[:, 5], np.full(2, 0.5), p[:, 999]], 1)
    expected = (0.5 * np.log(p / (1 - p))).astype(np.float32)
    assert_close(model.eval()(images), expected, 1e-4, name)


def test_errors_of_for_fine_tuning(tmp_path):
    check_error(ValueError, "no network 'lenet5', expected one of alexnet, densenet121", for_fine_tuning, "lenet5", 3)
    check_error(ValueError, "known without weights", for_fine_tuning, "alexnet", 3, None, [[1], [2], [3]])
    check_error(
        ValueError, "known has 1 parts, expected one for each of 3 classes", for_fine_tuning, "alexnet", 3, "x", [[1]]
    )
