"""Clipping, averaging and stopping early against PyTorch, or loops."""

import copy

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from minitorch_cv import training
from tests.training.loops import loader, network, pair_of_networks, samples

TRAIN, VAL = samples(50, seed=1), samples(30, seed=2)


def fit(model, callbacks, epochs=2, lr=0.05, val_loader="default", **kwargs):
    optimizer = mt.optim.SGD(model.parameters(), lr=lr)
    val_loader = loader(mt, *VAL) if val_loader == "default" else val_loader
    parts = loader(mt, *TRAIN), val_loader, optimizer, mt.nn.CrossEntropyLoss()
    return training.fit(model, *parts, epochs, callbacks=callbacks, progress=False, **kwargs)


def torch_steps(model, after_backward=lambda: None, after_step=lambda: None, epochs=2):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    for _ in range(epochs):
        for inputs, labels in loader(torch, *TRAIN):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(inputs), labels).backward()
            after_backward()
            optimizer.step()
            after_step()


def assert_same_weights(ours, theirs):
    for (name, mine), other in zip(ours.state_dict().items(), theirs.state_dict().values(), strict=True):
        np.testing.assert_allclose(mine.numpy(), other.numpy(), rtol=1e-8, atol=1e-10, err_msg=name)


@pytest.mark.parametrize("kind", ["norm", "value"])
def test_clipping(kind):
    ours, theirs = pair_of_networks()
    utils = torch.nn.utils
    if kind == "norm":
        clipping, clip = (
            training.GradientClipping(max_norm=0.1),
            lambda: utils.clip_grad_norm_(theirs.parameters(), 0.1),
        )
    else:
        clipping = training.GradientClipping(max_value=0.01)
        clip = lambda: utils.clip_grad_value_(theirs.parameters(), 0.01)
    fit(ours, [clipping])
    torch_steps(theirs, after_backward=clip)
    assert_same_weights(ours, theirs)


def test_moving_average():
    ours, theirs = pair_of_networks()
    average, steps = copy.deepcopy(theirs), []

    def after_step():
        steps.append(0)
        decay = min(0.8, (1 + len(steps)) / (10 + len(steps)))
        with torch.no_grad():
            for mean, weight in zip(average.parameters(), theirs.parameters(), strict=True):
                mean.lerp_(weight, 1 - decay)
            for mean, buffer in zip(average.buffers(), theirs.buffers(), strict=True):
                mean.copy_(buffer)

    history = fit(ours, [training.ExponentialMovingAverage(0.8)])
    torch_steps(theirs, after_step=after_step)
    assert_same_weights(ours, average)
    average.eval()
    with torch.no_grad():
        right = average(torch.tensor(VAL[0])).argmax(1).numpy() == VAL[1]
    assert history["val_accuracy"][-1] == pytest.approx(right.mean())


def test_the_average_is_what_is_saved_as_best(tmp_path):
    model = network(mt)
    history = fit(model, [training.ExponentialMovingAverage(0.9)], epochs=1, out=tmp_path)
    kept = network(mt)
    kept.load_state_dict(mt.load(tmp_path / "best.pt"))
    assert_same_weights(kept, model)
    assert len(history["val_loss"]) == 1


class Scripted(training.Callback):
    """Puts given values in the place of the validation's."""

    def __init__(self, name, values):
        self.name, self.values = name, values

    def after_epoch(self, run):
        run.history[self.name][-1] = self.values[run.epoch - 1]


@pytest.mark.parametrize(
    ("monitor", "values", "patience", "min_delta", "epochs"),
    [
        ("val_accuracy", [0.5, 0.6, 0.6, 0.6, 0.9, 1.0], 2, 0.0, 4),
        ("val_accuracy", [0.5, 0.6, 0.59, 0.7, 0.7, 0.7], 2, 0.0, 6),
        ("val_accuracy", [0.5, 0.55, 0.58, 0.9], 2, 0.1, 3),
        ("val_loss", [3.0, 2.0, 2.5, 1.0, 1.5], 1, 0.0, 3),
        ("val_loss", [float("nan"), float("nan"), 1.0], 2, 0.0, 2),
    ],
)
def test_early_stopping(monitor, values, patience, min_delta, epochs):
    callbacks = [Scripted(monitor, values), training.EarlyStopping(patience, min_delta)]
    history = fit(network(mt), callbacks, len(values), monitor=monitor)
    assert len(history["val_loss"]) == epochs


def test_order_of_the_calls():
    calls = []

    class Noting(training.Callback):
        def begin(self, run):
            calls.append(f"begin {run.epoch}/{run.epochs}")

        def after_backward(self, run):
            calls.append("backward")

        def after_step(self, run):
            calls.append("step")

        def after_epoch(self, run):
            calls.append(f"epoch {run.epoch} {len(run.history['val_loss'])}")

        def end(self, run):
            calls.append("end")

    fit(network(mt), [Noting()], epochs=2)
    epoch = ["backward", "step"] * 7
    assert calls == ["begin 0/2", *epoch, "epoch 1 1", *epoch, "epoch 2 2", "end"]


def test_wrong_arguments():
    for options in ({}, {"max_norm": 1, "max_value": 1}, {"max_norm": 0}, {"max_value": -1}):
        with pytest.raises(ValueError, match="give one of max_norm and max_value, above 0"):
            training.GradientClipping(**options)
    with pytest.raises(ValueError, match="patience must be at least 1 and min_delta not negative, got 0 and 0"):
        training.EarlyStopping(patience=0)
    with pytest.raises(ValueError, match=r"decay is 1.0, expected a number in \[0, 1\)"):
        training.ExponentialMovingAverage(1.0)
    with pytest.raises(ValueError, match="it needs a validation; fit was given no val_loader and monitors 'train_acc"):
        fit(network(mt), [training.EarlyStopping()], val_loader=None)


def test_best_epoch():
    nan = float("nan")
    assert training.best_epoch({"val_accuracy": [0.1, 0.3, nan, 0.3]}, "val_accuracy") == 2
    assert training.best_epoch({"val_loss": [0.5, 0.3, nan, 0.3]}, "val_loss") == 2
    assert training.best_epoch({"val_loss": [nan]}, "val_loss") is None
    assert training.best_epoch({}, "val_loss") is None


def test_a_run_that_was_stopped_stays_so_when_it_is_resumed(tmp_path):
    for _ in range(2):
        callbacks = [Scripted("val_accuracy", [0.5, 0.4, 0.4, 0.4, 0.4]), training.EarlyStopping(2)]
        history = fit(network(mt), callbacks, 5, out=tmp_path)
        assert len(history["lr"]) == 3


def test_an_average_that_is_used_twice_begins_anew():
    average = training.ExponentialMovingAverage(0.9)
    models = [pair_of_networks()[0] for _ in range(2)]
    models[1].load_state_dict(models[0].state_dict())
    for model in models:
        fit(model, [average])
    for one, two in zip(models[0].parameters(), models[1].parameters(), strict=True):
        np.testing.assert_array_equal(one.numpy(force=True), two.numpy(force=True))
