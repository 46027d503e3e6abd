"""linear_probe: the last layer learns, nothing else changes, and it goes on where it was cut off."""

from __future__ import annotations

import functools

import numpy as np
import pytest

import minitorch_cv as mt
from minitorch_cv import nn, training
from tests.checks import normal

BATCHES = [
    (mt.from_numpy(normal(6, 4, seed=i)), mt.tensor([0, 1, 2, 0, 1, 2]))
    for i in range(3)
]  # fmt: skip


def network():
    mt.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 3)).double()


def probe(model, **settings):
    return training.linear_probe(
        model, "3", BATCHES, nn.CrossEntropyLoss(), **{"epochs": 4, "progress": False} | settings
    )


def test_only_the_last_layer_learns():
    model = network()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    history = probe(model, lr=0.1)
    assert history["train_loss"][-1] < history["train_loss"][0]
    for name, value in model.state_dict().items():
        assert bool((value == before[name]).all()) == (not name.startswith("3.")), name
    assert all(p.requires_grad for p in model.parameters()) and all(m.training for m in model.modules())


def test_what_was_frozen_before_stays_so():
    model = network()
    nn.utils.freeze(model[1])
    model[0].bias.requires_grad_(False)
    probe(model)
    assert [name for name, p in model.named_parameters() if not p.requires_grad] == ["0.bias", "1.weight", "1.bias"]
    assert not model.train()[1].training and model[0].training
    with pytest.raises(ValueError, match="the model has no module 'head'"):
        training.linear_probe(model, "head", BATCHES, nn.CrossEntropyLoss(), epochs=1)


def test_cut_off_and_gone_on_with(tmp_path):
    model = network()
    out = training.begin_run(tmp_path, "x", list("abc"), model, (1, 4), seed=0)
    history = probe(model, out=out)
    assert (out / "probe" / "last.pt").is_file() and not (out / "last.pt").exists()
    again = network()
    assert probe(again, out=out) == history, "there was nothing left to do"
    for a, b in zip(again.state_dict().values(), model.state_dict().values(), strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())
    training.begin_run(tmp_path, "x", list("abc"), network(), (1, 4), seed=1)
    with pytest.raises(RuntimeError, match=r"it is of another run \(seed is 0 there, 1 here\)"):
        probe(network(), out=out)
    assert len(probe(network(), out=out, resume=False)["train_loss"]) == 4
    with pytest.raises(RuntimeError, match=r"it is of another run \(settings: probe lr is 0.001 there, 0.01 here\)"):
        probe(network(), out=out, lr=0.01)


def test_parameters_of_the_model_itself_do_not_learn():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.position = nn.Parameter(mt.zeros(4, dtype=mt.float64))
            self.body, self.head = nn.Linear(4, 4).double(), nn.Linear(4, 3).double()

        def forward(self, x):
            return self.head(self.body(x + self.position).relu())

    model = Net()
    training.linear_probe(model, "head", BATCHES, nn.CrossEntropyLoss(), epochs=2, progress=False)
    assert model.position.abs().sum() == 0 and model.position.requires_grad


def test_by_another_optimiser():
    """The same two steps by hand."""
    model, other = network(), network()
    sgd = functools.partial(mt.optim.SGD, weight_decay=0.1, momentum=0.9)
    history = training.linear_probe(
        model, "3", BATCHES[:2], nn.CrossEntropyLoss(), 1, lr=0.5, optimizer=sgd, progress=False
    )
    made = sgd(other[3].parameters(), lr=0.5)
    scheduler = mt.optim.lr_scheduler.OneCycleLR(made, max_lr=0.5, total_steps=2)
    other[1].eval()
    losses = []
    for inputs, targets in BATCHES[:2]:
        loss = nn.CrossEntropyLoss()(other(inputs), targets)
        made.zero_grad()
        loss.backward()
        made.step()
        scheduler.step()
        losses.append(loss.item())
    assert history["train_loss"] == pytest.approx([np.mean(losses)])
    np.testing.assert_allclose(model[3].weight.detach().numpy(), other[3].weight.detach().numpy(), rtol=1e-12)
