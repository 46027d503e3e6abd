"""Evaluating: the whole loader's loss, metrics and scores; the model is left as it was."""

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from minitorch_cv import training
from tests.training.loops import loader, pair_of_networks, samples

INPUTS, LABELS = samples(30, seed=2)


def test_predictions_are_pytorch_s_in_the_loader_s_order():
    ours, theirs = pair_of_networks()
    found = training.predict(ours, loader(mt, INPUTS, LABELS, batch_size=7))
    theirs.eval()
    with torch.no_grad():
        expected = theirs(torch.tensor(INPUTS)).numpy()
    np.testing.assert_allclose(found.scores, expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(found.targets, LABELS)


def test_loss_is_the_mean_over_samples_not_over_batches():
    ours, theirs = pair_of_networks()
    values = training.evaluate(ours, loader(mt, INPUTS, LABELS, batch_size=7), mt.nn.CrossEntropyLoss())
    theirs.eval()
    with torch.no_grad():
        expected = torch.nn.functional.cross_entropy(theirs(torch.tensor(INPUTS)), torch.tensor(LABELS)).item()
    assert values == {"loss": pytest.approx(expected, rel=1e-5)}


def test_modes_come_back_even_after_an_error():
    model, _ = pair_of_networks()
    model[1].eval()  # a batch norm that is kept frozen

    def fail(scores, labels):
        raise ValueError("from the loss")

    with pytest.raises(ValueError, match="from the loss"):
        training.evaluate(model, loader(mt, INPUTS, LABELS), fail)
    assert [module.training for module in model] == [True, False, True, True, True]
    assert model.training
    training.predict(model, loader(mt, INPUTS, LABELS))
    assert not model[1].training and model[2].training


def test_nothing_to_evaluate():
    model, _ = pair_of_networks()
    with pytest.raises(ValueError, match="the loader gave no batch; is the dataset empty"):
        training.evaluate(model, [])
