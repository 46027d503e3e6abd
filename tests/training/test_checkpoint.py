"""A training loop of one's own that was cut off goes on as if it had not been; or says why it cannot."""

from __future__ import annotations

import json

import numpy as np
import pytest

import minitorch_cv as mt
from minitorch_cv import training
from tests.training.loops import loader, network, samples

TRAIN = samples(50, seed=1)


def loop(out, epochs, stop_after=None, seed=0, rate=0.05, weight_decay=0.0, **settings):
    """The loop of the examples; it ends after `stop_after` epochs, as if it had been killed."""
    mt.manual_seed(seed)
    model = network(mt, dropout=0.3)
    batches = loader(mt, *TRAIN, shuffle=True)
    optimizer = mt.optim.Adam(model.parameters(), lr=0.01, weight_decay=weight_decay)
    scheduler = mt.optim.lr_scheduler.OneCycleLR(optimizer, rate, epochs=epochs, steps_per_epoch=len(batches))
    training.begin_run(out, "x", list("abcd"), model, (1, 6), seed=seed, settings={"lr": 0.05, **settings})
    history = training.load_checkpoint(out, model=model, optimizer=optimizer, scheduler=scheduler)
    for epoch in range(len(history.get("train_loss", [])) + 1, epochs + 1):
        model.train()
        losses = []
        for inputs, labels in batches:
            loss = mt.nn.functional.cross_entropy(model(inputs), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            scheduler.step()
            losses.append(loss.item())
        history.setdefault("train_loss", []).append(float(np.mean(losses)))
        training.save_checkpoint(out, history, model=model, optimizer=optimizer, scheduler=scheduler)
        if epoch == stop_after:
            break
    return model, history


def test_cut_off_and_gone_on_with(tmp_path):
    """Order of the samples, dropout, optimiser and learning rate are those of the run that was not cut off."""
    whole, expected = loop(tmp_path / "whole", 4)
    for stop_after in (1, 3):
        loop(tmp_path / "cut", 4, stop_after)
    mt.rand(7)  # another process has another state
    again, history = loop(tmp_path / "cut", 4)
    assert history == expected
    assert json.loads((tmp_path / "cut" / "history.json").read_text()) == expected
    for a, b in zip(again.state_dict().values(), whole.state_dict().values(), strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())
    _, history = loop(tmp_path / "cut", 4)
    assert history == expected, "nothing was left to do"


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (
            {"seed": 1},
            r"begin_run: .* another run \(seed is 0 there, 1 here\)\. Choose another folder .* or delete this one",
        ),
        ({"augmentation": True}, r"holds another run \(settings: augmentation is None there, True here\)"),
        (
            {"rate": 0.5},
            r"cannot go on from .*: its optimizer is another one: initial_lr of group 0 is 0\.002 there, 0\.02 here",
        ),
        (
            {"weight_decay": 0.1},
            r"cannot go on from .*last\.pt: its optimizer is another one: weight_decay is 0\.0 there, 0\.1 here",
        ),
        (
            {"epochs": 5},
            r"load_checkpoint: cannot go on from .*last\.pt: its scheduler ends after 14 steps, this run's after 35\. "
            r"If it belongs to another run, choose another folder \(out\); to begin anew, delete it",
        ),
    ],
)
def test_of_another_run(tmp_path, change, match):
    loop(tmp_path, 2, stop_after=1)
    before = (tmp_path / "last.pt").read_bytes()
    with pytest.raises(RuntimeError, match=match):
        loop(tmp_path, **{"epochs": 2, **change})
    assert (tmp_path / "last.pt").read_bytes() == before


def test_of_other_parts_and_damaged(tmp_path):
    model = network(mt)
    optimizer = mt.optim.Adam(model.parameters())
    assert training.load_checkpoint(tmp_path, model=model) == {}
    training.save_checkpoint(tmp_path, {"val_loss": [1.0]}, model=model)
    with pytest.raises(RuntimeError, match="it has model, this loop model, optimizer"):
        training.load_checkpoint(tmp_path, model=model, optimizer=optimizer)
    with pytest.raises(RuntimeError, match=r"cannot go on from .*last\.pt"):
        training.load_checkpoint(tmp_path, model=mt.nn.Linear(2, 3))
    content = (tmp_path / "last.pt").read_bytes()
    (tmp_path / "last.pt").write_bytes(content[: len(content) // 2])
    with pytest.raises(RuntimeError, match=r"cannot go on from .*last\.pt.*delete it"):
        training.load_checkpoint(tmp_path, model=model)
    batches = loader(mt, *TRAIN)
    training.fit(model, batches, None, optimizer, mt.nn.CrossEntropyLoss(), 1, out=tmp_path / "fit", progress=False)
    with pytest.raises(RuntimeError, match="it has no parts, this loop model"):
        training.load_checkpoint(tmp_path / "fit", model=model)


def test_rates_in_tensors_which_schedulers_write_to(tmp_path):
    """The optimiser's default is the tensor itself: it has moved on, and is no other setting for that."""
    for attempt in range(2):
        model = mt.nn.Linear(2, 2)
        optimizer = mt.optim.SGD(model.parameters(), lr=mt.tensor(0.1))
        scheduler = mt.optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
        history = training.load_checkpoint(tmp_path, model=model, optimizer=optimizer, scheduler=scheduler)
        assert bool(history) == bool(attempt)
        model(mt.ones(1, 2)).sum().backward()
        optimizer.step()
        scheduler.step()
        training.save_checkpoint(tmp_path, {"loss": [1.0]}, model=model, optimizer=optimizer, scheduler=scheduler)
