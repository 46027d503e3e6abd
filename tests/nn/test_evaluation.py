"""Layers without a graph: what runs together gives what PyTorch gives, and sees every change of a weight."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from minitorch_cv import nn
from tests.checks import assert_close, check_error, normal, ours_of, theirs_of
from tests.nn.checks import copy_state


def image(*shape, seed=0):
    return normal(*shape, seed=seed).astype(np.float32)


def randomized(model, seed=3):
    """Give statistics and factors other numbers than 0 and 1."""
    with torch.no_grad():
        for k, value in enumerate(model.state_dict().values()):
            if value.dtype == torch.float32:
                drawn = torch.tensor(normal(*value.shape, seed=seed + k).astype(np.float32))
                value.copy_(drawn.abs() + 0.5 if value.ndim == 1 else drawn * 0.3)
    return model


def both(build):
    """The model of either library, with the same numbers, in evaluation."""
    ours, theirs = build(nn), randomized(build(torch.nn))
    copy_state(ours, theirs)
    return ours.eval(), theirs.eval()


def norm_of(result, expected):
    expected = expected.detach().numpy()
    assert result.shape == expected.shape
    return np.linalg.norm(result.array - expected) / np.linalg.norm(expected)


MODELS = {
    "direct": lambda n: n.Sequential(n.Conv2d(3, 8, 3, stride=2, padding=1), n.BatchNorm2d(8), n.ReLU()),
    "no bias": lambda n: n.Sequential(n.Conv2d(3, 8, 3, bias=False), n.BatchNorm2d(8), n.ReLU(inplace=True)),
    "no relu": lambda n: n.Sequential(n.Conv2d(3, 8, 3), n.BatchNorm2d(8)),
    "relu alone": lambda n: n.Sequential(n.Conv2d(3, 8, 3), n.ReLU()),
    "winograd": lambda n: n.Sequential(n.Conv2d(3, 64, 3), n.ReLU(), n.Conv2d(64, 64, 3), n.BatchNorm2d(64), n.ReLU()),
    "depthwise": lambda n: n.Sequential(n.Conv2d(3, 3, 3, groups=3), n.BatchNorm2d(3), n.ReLU(), n.Conv2d(3, 5, 1)),
    "groups": lambda n: n.Sequential(n.Conv2d(3, 6, 3, groups=3, dilation=2), n.BatchNorm2d(6), n.ReLU()),
    "reflected": lambda n: n.Sequential(n.Conv2d(3, 6, 3, padding=1, padding_mode="reflect"), n.BatchNorm2d(6)),
    "no factors": lambda n: n.Sequential(n.Conv2d(3, 6, 3), n.BatchNorm2d(6, affine=False), n.ReLU()),
    "own statistics": lambda n: n.Sequential(n.Conv2d(3, 6, 3), n.BatchNorm2d(6, track_running_stats=False)),
    "classifier": lambda n: n.Sequential(
        n.Conv2d(3, 6, 3), n.ReLU(), n.Dropout2d(), n.MaxPool2d(2), n.Flatten(), n.Dropout(), n.Linear(150, 7),
        n.ReLU(), n.Identity(), n.Linear(7, 3),
    ),
    "flat first": lambda n: n.Sequential(n.Flatten(), n.Linear(432, 9), n.ReLU(), n.Linear(9, 2)),
    "other flattening": lambda n: n.Sequential(n.Conv2d(3, 6, 3), n.Flatten(0, 1), n.Flatten()),
    "nested": lambda n: n.Sequential(n.Sequential(n.Conv2d(3, 6, 3), n.BatchNorm2d(6)), n.ReLU(), n.Tanh()),
}  # fmt: skip


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("name", MODELS)
def test_as_pytorch(name, batch):
    ours, theirs = both(MODELS[name])
    x = image(batch, 3, 12, 12)
    with mt.no_grad(), torch.no_grad():
        for _ in range(3):  # the second call takes what the first has kept
            result = ours(ours_of(x))
            assert type(result) is mt.Tensor and not result.requires_grad
            assert norm_of(result, theirs(theirs_of(x))) < 3e-6
    with mt.inference_mode():
        assert ours(ours_of(x)).is_inference()


@pytest.mark.parametrize("name", ["direct", "classifier"])
def test_in_float64(name):
    ours, theirs = both(MODELS[name])
    x = normal(2, 3, 12, 12)
    with mt.no_grad(), torch.no_grad():
        assert_close(ours.double()(ours_of(x)), theirs.double()(theirs_of(x)), 1e-10, "result")


def flip(numbers):
    numbers[[1, 17]] *= -1


CHANGES = {
    "in place": lambda model: model[0].weight.mul_(1.5),
    "two signs": lambda model: flip(model[0].weight.detach().numpy().reshape(-1)),
    "by NumPy": lambda model: np.multiply(model[0].weight.detach().numpy(), 2, out=model[0].weight.detach().numpy()),
    "by data": lambda model: model[0].weight.data.add_(0.25),
    "new data": lambda model: setattr(model[0].weight, "data", mt.full(tuple(model[0].weight.shape), 0.1)),
    "bias": lambda model: model[0].bias.data.add_(1),
    "statistics": lambda model: model[1].running_var.add_(1),
    "factors": lambda model: model[1].weight.data.mul_(3),
    "summands": lambda model: model[1].bias.data.add_(2),
    "another weight": lambda model: setattr(model[0], "weight", nn.Parameter(mt.ones(64, 32, 3, 3))),
    "a state": lambda model: model.load_state_dict({k: v * 2 for k, v in model.state_dict().items()}),
    "eps": lambda model: setattr(model[1], "eps", 0.5),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_seen(change):
    model = nn.Sequential(nn.Conv2d(32, 64, 3), nn.BatchNorm2d(64), nn.ReLU()).eval()
    x = ours_of(image(1, 32, 9, 9))
    with mt.no_grad():
        before = model(x).array.copy()
        assert model[0].weight.version_counter.kept is not None
        CHANGES[change](model)
        result = model(x).array
        assert np.abs(result - before).max() > 1e-3
        state = {name: torch.tensor(value.array.copy()) for name, value in model.state_dict().items()}
        expected = torch.nn.functional.conv2d(theirs_of(x.array), state["0.weight"], state["0.bias"])
        expected = torch.nn.functional.batch_norm(
            expected, *(state[f"1.{name}"] for name in ("running_mean", "running_var", "weight", "bias")),
            eps=model[1].eps,
        ).relu()  # fmt: skip
        assert np.linalg.norm(result - expected.numpy()) < 3e-6 * np.linalg.norm(expected.numpy())


def test_training_lets_go_of_what_was_kept():
    model = nn.Sequential(nn.Conv2d(32, 64, 3), nn.ReLU())
    x = ours_of(image(1, 32, 9, 9))
    with mt.no_grad():
        model(x)
    assert model[0].weight.version_counter.kept is not None
    model(x)
    assert model[0].weight.version_counter.kept is None


@pytest.mark.parametrize("size, channels, keeps", [(90, 100, False), (90, 64, True), (20, 100, True)])
def test_many_pixels_of_a_large_weight_keep_nothing(size, channels, keeps):
    model = nn.Conv2d(channels, channels, 3)
    with mt.no_grad():
        model(ours_of(image(1, channels, size, size)))
    assert (model.weight.version_counter.kept is not None) == keeps


def test_float64_keeps_nothing():
    model = nn.Conv2d(3, 4, 3).double()
    with mt.no_grad():
        model(ours_of(normal(1, 3, 9, 9)))
    assert model.weight.version_counter.kept is None


def test_hooks_run_and_see_their_own_layer():
    ours, theirs = both(MODELS["direct"])
    x, seen = image(1, 3, 12, 12), []
    ours[1].register_forward_hook(lambda module, args, output: seen.append(output))
    with mt.no_grad(), torch.no_grad():
        result = ours(ours_of(x))
        assert_close(seen[0], theirs[1](theirs[0](theirs_of(x))), 1e-5, "what the hook sees")
        assert norm_of(result, theirs(theirs_of(x))) < 3e-6


def test_norm_in_training_moves_its_statistics():
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU())
    with mt.no_grad():
        model(ours_of(image(2, 3, 9, 9)))
    assert model[1].num_batches_tracked.item() == 1


def test_views_of_the_input_stay_views():
    x = ours_of(image(2, 3, 4, 4))
    with mt.no_grad():
        result = nn.Sequential(nn.Flatten(), nn.Identity())(x)
        result[0, 0] = 7
    assert x[0, 0, 0, 0].item() == 7
    assert nn.Sequential(nn.Dropout()).eval()(x) is x


@pytest.mark.parametrize(
    "model, error, match",
    [
        (lambda: nn.Sequential(nn.Conv2d(3, 4, 3)), RuntimeError, "conv2d: input has 2 channels, but weight"),
        (lambda: nn.Sequential(nn.Flatten(), nn.Linear(5, 2)), RuntimeError, "linear: input has 32 features"),
        (lambda: nn.Sequential(nn.Conv2d(2, 4, 3), nn.BatchNorm2d(5)), RuntimeError, "should contain"),
    ],
)
def test_errors_are_the_same_without_a_graph(model, error, match):
    with mt.no_grad():
        check_error(error, match, model().eval(), ours_of(image(1, 2, 4, 4)))


def test_only_tensors_are_taken():
    with mt.no_grad():
        for model in (nn.Sequential(nn.Conv2d(3, 4, 3)), nn.Sequential(nn.Linear(4, 4))):
            check_error(TypeError, "must be Tensor", model, np.zeros((1, 3, 4, 4), np.float32))
            model(mt.zeros(1, 3, 4, 4))  # the same shape and dtype are known now
            with mt.enable_grad():
                model(mt.zeros(1, 3, 4, 4))
                check_error(TypeError, "must be Tensor", model, np.zeros((1, 3, 4, 4), np.float32))
            check_error(TypeError, "must be Tensor", model, np.zeros((1, 3, 4, 4), np.float32))


@pytest.mark.parametrize("kind", ["buffer", "plain tensor"])
@pytest.mark.parametrize("position", [0, 1, 3])
def test_weights_that_are_no_parameters(kind, position):
    """As frozen batch norms and pruned layers have them."""
    model, _ = both(
        lambda n: n.Sequential(n.Conv2d(3, 4, 3), n.BatchNorm2d(4), n.Flatten(), n.Linear(4 * 16, 2), n.ReLU())
    )
    layer = model[position]
    for name in ("weight", "bias"):
        values = getattr(layer, name).detach() * 1.5
        delattr(layer, name)
        if kind == "buffer":
            layer.register_buffer(name, values)
        else:
            setattr(layer, name, values)
    x = ours_of(image(2, 3, 6, 6))
    expected = model(x)
    with mt.no_grad():
        assert_close(model(x), expected.detach(), 1e-5, "without a graph")
