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


def test_a_bad_input_of_several():
    class Sum(mt.nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = mt.nn.Linear(6, 4)

        def forward(self, given):
            return self.layer(given[0] + given[1])

    first, second = mt.ones(8, 6), mt.ones(8, 6)
    second[5, 0] = float("inf")
    model = Sum()
    optimizer = mt.optim.SGD(model.parameters(), lr=0.1)
    batches = [((first, second), mt.zeros(8, dtype=mt.int64))]
    with pytest.raises(training.NonFiniteLossError, match="the batch itself has NaN or infinity, in sample 5"):
        training.fit(model, batches, None, optimizer, mt.nn.CrossEntropyLoss(), 1, progress=False)


def test_a_bad_layer():
    class Root(mt.nn.Module):
        def forward(self, x):
            return (x - 1000).sqrt()

    model = mt.nn.Sequential(mt.nn.BatchNorm1d(6), mt.nn.Sequential(mt.nn.Linear(6, 4), Root()), mt.nn.ReLU()).double()
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


def test_a_batch_that_cannot_be_saved_does_not_hide_the_cause(tmp_path, monkeypatch):
    def full(content, path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("minitorch_cv.training.non_finite.save", full)
    error = fit(network(mt), np.full_like(INPUTS, np.nan), out=tmp_path)
    assert "the batch itself has NaN" in str(error)
    assert "The batch could not be saved: [Errno 28] No space left on device." in str(error)
