"""A loss that is no number stops the training, and the error says where it came from."""

import numpy as np
import pytest

import minitorch_cv as mt
from minitorch_cv import training
from tests.training.loops import loader, network, samples

INPUTS, LABELS = samples(24, seed=1)


def fit(model, inputs=INPUTS, loss=None, out=None):
    optimizer = mt.optim.SGD(model.parameters(), lr=0.1)
    parts = loader(mt, inputs, LABELS), None, optimizer, loss or mt.nn.CrossEntropyLoss()
    with pytest.raises(training.NonFiniteLossError) as caught:
        training.fit(model, *parts, 2, out=out, progress=False)
    return caught.value


def test_a_bad_input(tmp_path):
    inputs = INPUTS.copy()
    inputs[11, 2] = np.nan
    model = network(mt)
    error = fit(model, inputs, out=tmp_path)
    assert str(error).startswith(
        "fit: the loss is nan in epoch 1, batch 2, at learning rate 0.1: the batch itself has NaN"
    )
    assert "in sample 3." in str(error)
    assert (error.epoch, error.batch) == (1, 2)
    saved = mt.load(tmp_path / "non_finite_batch.pt")
    np.testing.assert_array_equal(saved["inputs"].numpy(), inputs[8:16])
    np.testing.assert_array_equal(saved["targets"].numpy(), LABELS[8:16])
    assert np.isfinite(model[0].weight.detach().numpy()).all()  # no step was made with it


def test_a_bad_layer():
    class Root(mt.nn.Module):
        def forward(self, x):
            return (x - 1000).sqrt()

    model = mt.nn.Sequential(mt.nn.BatchNorm1d(6), mt.nn.Sequential(mt.nn.Linear(6, 4), Root()), mt.nn.ReLU())
    error = fit(model)
    assert "the first layer whose output has NaN or infinity is 1.1 (Root)" in str(error)
    assert model[0].num_batches_tracked.item() == 1  # looking for the layer did not count


def test_bad_weights():
    model = network(mt)
    with mt.no_grad():
        model[4].bias[1] = float("inf")
    assert "parameters hold NaN or infinity already: 4.bias" in str(fit(model))


def test_a_bad_loss():
    error = fit(network(mt), loss=lambda scores, labels: scores.sum() * float("inf"))
    assert "all layers' outputs are finite, so it comes from the loss itself" in str(error)
    assert "saved" not in str(error)
