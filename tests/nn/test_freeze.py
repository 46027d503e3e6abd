"""Frozen layers stay as they are, through .train() and steps of an optimiser; held against PyTorch frozen by hand."""

import copy
import pickle

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from minitorch_cv.nn.utils import freeze, unfreeze
from tests.checks import normal


def network(library):
    nn = library.nn
    body = nn.Sequential(nn.Conv2d(2, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Conv2d(4, 5, 3), nn.BatchNorm2d(5))
    return nn.Sequential(body, nn.Flatten(), nn.Linear(5 * 4 * 4, 3))


def pair():
    ours, theirs = network(mt), network(torch)
    theirs.load_state_dict({name: torch.tensor(value.numpy()) for name, value in ours.state_dict().items()})
    return ours, theirs


def steps(library, model, freeze_again, count=3):
    """Steps of SGD with momentum; each epoch begins with .train(), after which PyTorch must be frozen anew."""
    optimizer = library.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=0.1, momentum=0.9)
    for step in range(count):
        model.train()
        freeze_again(model)
        x = library.tensor(normal(8, 2, 8, 8, seed=step).astype(np.float32))
        y = library.tensor(np.arange(8) % 3)
        optimizer.zero_grad()
        library.nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    return {name: np.asarray(value.detach().numpy()) for name, value in model.state_dict().items()}


@pytest.mark.parametrize("bn", ["both", "stats", "affine"])
@pytest.mark.parametrize("until", ["2", "0.3"])
def test_frozen_as_by_hand_in_pytorch(bn, until):
    ours, theirs = pair()
    before = {name: value.numpy().copy() for name, value in ours.state_dict().items()}
    frozen = freeze(ours, until, bn)
    first = (theirs[0][:3] if until == "0.3" else theirs[0]).modules()
    norms = [m for m in copy.copy(list(first)) if isinstance(m, torch.nn.BatchNorm2d)]
    part = theirs[0][:3] if until == "0.3" else theirs[0]
    part.requires_grad_(False)
    if bn == "stats":
        for norm in norms:
            norm.requires_grad_(True)

    def freeze_again(model):
        if bn != "affine":
            for norm in norms:
                norm.eval()

    found = steps(mt, ours, lambda model: None)
    expected = steps(torch, theirs, freeze_again)
    for name, value in expected.items():
        np.testing.assert_allclose(found[name], value, rtol=1e-4, atol=1e-5, err_msg=name)
    assert frozen == [name for name, p in theirs.named_parameters() if not p.requires_grad]
    for name in frozen:
        np.testing.assert_array_equal(found[name], before[name])
    if bn != "affine":
        np.testing.assert_array_equal(found["0.1.running_mean"], before["0.1.running_mean"])
        assert found["0.1.num_batches_tracked"] == 0


def test_all_and_back():
    model = network(mt)
    names = [name for name, _ in model.named_parameters()]
    assert freeze(model) == names
    assert not any(p.requires_grad for p in model.parameters())
    assert unfreeze(model, "0.3") == names[:4]
    assert model[0][1].training and not model[0][4].training
    assert unfreeze(model) == names[4:]
    assert unfreeze(model) == []
    model.eval()
    freeze(model)
    unfreeze(model)
    assert not model[0][1].training  # as the model is
    model.train()
    assert model[0][1].training


def test_copies_and_pickles_stay_frozen():
    model = network(mt)
    freeze(model, "2")
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        other.train()
        assert not other[0][1].training
        assert other[0].training


def test_refused():
    model = network(mt)
    with pytest.raises(ValueError, match="bn is 'all', expected one of 'stats', 'affine', 'both'"):
        freeze(model, bn="all")
    for operation in (freeze, unfreeze):
        with pytest.raises(ValueError, match=rf"{operation.__name__}: the model has no module 'fc'; there are 0, 0.0"):
            operation(model, "fc")


def test_frozen_instance_norms_go_by_what_they_have_seen():
    ours, theirs = (
        library.nn.Sequential(library.nn.InstanceNorm2d(3, affine=True, track_running_stats=True))
        for library in (mt, torch)
    )
    seen = normal(4, 3, 5, 5, seed=1).astype(np.float32)
    ours(mt.tensor(seen))
    theirs(torch.tensor(seen))
    freeze(ours)
    ours.train()
    theirs.train()[0].eval()
    batch = normal(2, 3, 5, 5, seed=2).astype(np.float32)
    np.testing.assert_allclose(ours(mt.tensor(batch)).detach().numpy(), theirs(torch.tensor(batch)).detach(), atol=1e-6)
    assert ours[0].running_mean.tolist() == pytest.approx(theirs[0].running_mean.tolist(), abs=1e-7)
    unfreeze(ours)
    assert ours[0].training


def test_norms_without_running_statistics_have_none_that_could_be_frozen():
    model = mt.nn.Sequential(mt.nn.BatchNorm1d(3, track_running_stats=False), mt.nn.InstanceNorm1d(3))
    freeze(model)
    assert all(module.training and not module.stats_frozen for module in model)
