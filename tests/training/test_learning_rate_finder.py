"""find_learning_rate: the rates and losses of a run by hand, the suggestion, and that everything is given back."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from minitorch_cv import nn, optim
from minitorch_cv.training.learning_rate_finder import find_learning_rate, smooth, steepest
from minitorch_cv.utils.data import DataLoader, TensorDataset
from tests.checks import GRADIENT_TOLERANCE, assert_close, normal

X = normal(12, 3).astype(np.float32)
Y = (X @ np.array([[1.0], [-2.0], [0.5]], np.float32)).astype(np.float32)


def data(**options):
    return DataLoader(TensorDataset(mt.from_numpy(X), mt.from_numpy(Y)), batch_size=4, **options)


def test_losses_are_those_of_pytorchs_steps():
    model, theirs = nn.Linear(3, 1), torch.nn.Linear(3, 1)
    theirs.load_state_dict({k: torch.from_numpy(v.numpy().copy()) for k, v in model.state_dict().items()})
    result = find_learning_rate(
        model, data(), optim.SGD(model.parameters(), lr=5.0), nn.MSELoss(), start=1e-4, end=1e-1, steps=7
    )
    np.testing.assert_allclose(result.lrs, np.logspace(-4, -1, 7))
    losses = []
    for step, rate in enumerate(np.logspace(-4, -1, 7)):
        batch = slice(step % 3 * 4, step % 3 * 4 + 4)
        theirs.zero_grad()
        loss = torch.nn.functional.mse_loss(theirs(torch.from_numpy(X[batch])), torch.from_numpy(Y[batch]))
        loss.backward()
        torch.optim.SGD(theirs.parameters(), lr=rate).step()
        losses.append(loss.item())
    assert_close(np.array(result.losses), np.array(losses), GRADIENT_TOLERANCE["float32"], "losses")
    assert not result.diverged and len(result.smoothed) == 7


def test_everything_is_as_it_was():
    mt.manual_seed(3)
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Dropout(0.5), nn.Linear(4, 1))
    model[2].eval()
    optimizer = optim.Adam(model.parameters(), lr=0.01, amsgrad=True)
    generator = mt.Generator().manual_seed(1)
    loader = data(shuffle=True, generator=generator)
    x, y = next(iter(loader))
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
    values = {k: v.numpy().copy() for k, v in model.state_dict().items()}
    grads = [p.grad for p in model.parameters()]
    before = [g.numpy().copy() for g in grads]
    state = repr(optimizer.state_dict())
    random, own = mt.get_rng_state().tolist(), generator.get_state().tolist()
    find_learning_rate(model, loader, optimizer, nn.MSELoss(), steps=10)
    for name, value in model.state_dict().items():
        np.testing.assert_array_equal(value.numpy(), values[name], err_msg=name)
    for parameter, grad, numbers in zip(model.parameters(), grads, before):
        assert parameter.grad is grad
        np.testing.assert_array_equal(grad.numpy(), numbers)
    assert repr(optimizer.state_dict()) == state
    assert mt.get_rng_state().tolist() == random and generator.get_state().tolist() == own
    assert model.training and not model[2].training


def test_it_is_given_back_after_an_error_too():
    model = nn.Linear(3, 1)
    optimizer = optim.SGD(model.parameters(), lr=0.5)
    weight = model.weight.detach().numpy().copy()
    calls = []

    def loss(outputs, targets):
        calls.append(1)
        if len(calls) == 3:
            raise RuntimeError("the third")
        return nn.functional.mse_loss(outputs, targets)

    with pytest.raises(RuntimeError, match="the third"):
        find_learning_rate(model, data(), optimizer, loss, steps=5)
    np.testing.assert_array_equal(model.weight.detach().numpy(), weight)
    assert optimizer.param_groups[0]["lr"] == 0.5


def test_it_stops_where_the_loss_diverges_and_suggests_less(tmp_path):
    mt.manual_seed(0)
    model = nn.Linear(3, 1)
    result = find_learning_rate(
        model, data(), optim.SGD(model.parameters(), lr=1.0), nn.MSELoss(), 1e-5, 100, 60, tmp_path / "rates.png"
    )
    assert result.diverged and len(result.lrs) == len(result.losses) < 60
    assert result.suggestion in result.lrs and 1e-3 < result.suggestion < 0.5
    assert (tmp_path / "rates.png").exists()


def test_groups_keep_their_proportions():
    model = nn.Sequential(nn.Linear(3, 2), nn.Linear(2, 1))
    groups = [{"params": model[0].parameters(), "lr": 0.1}, {"params": model[1].parameters(), "lr": 0.2}]
    optimizer, seen = optim.SGD(groups, lr=1.0), []
    optimizer.register_step_pre_hook(lambda o, *_: seen.append([group["lr"] for group in o.param_groups]))
    find_learning_rate(model, data(), optimizer, nn.MSELoss(), 1e-3, 1e-2, 2)
    np.testing.assert_allclose(seen, [[5e-4, 1e-3], [5e-3, 1e-2]])


def test_a_loss_that_is_not_finite_from_the_start():
    model = nn.Linear(3, 1)
    result = find_learning_rate(
        model, data(), optim.SGD(model.parameters(), lr=0.0), lambda o, t: (o - t).sum() * float("nan"), steps=3
    )
    assert result.diverged and result.lrs == [] and result.suggestion is None and result.smoothed == []


def test_smoothing_keeps_what_is_constant_and_finds_the_steepest_place():
    assert smooth([2.0] * 7) == pytest.approx([2.0] * 7) and smooth([1.0]) == [1.0]
    bell = np.exp([-0.5, 0, -0.5])
    assert smooth([0.0, 3.0, 0.0])[1] == pytest.approx(3 / bell.sum())
    rates = np.logspace(-4, 0, 81)
    losses = 1 / (1 + np.exp(4 * (np.log10(rates) + 2))) + 100 * np.maximum(0, np.log10(rates) + 0.5)
    assert steepest(rates.tolist(), losses.tolist()) == pytest.approx(1e-2)
    assert steepest([1.0, 2.0, 3.0], [1.0, 2.0, 3.0]) is None


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"start": 1.0, "end": 0.1}, "start=1.0, end=0.1, steps=100; expected 0 < start < end and 2 steps or more"),
        ({"steps": 1}, "steps=1; expected"),
        ({"end": float("inf")}, "end=inf"),
        ({"loader": []}, "the loader gives no batches"),
        ({"optimizer": optim.SGD([nn.Parameter(mt.ones(1))], lr=1.0)}, "the optimizer holds parameters that are not"),
    ],
)
def test_bad_input(change, match):
    model = nn.Linear(3, 1)
    given = {"model": model, "loader": data(), "optimizer": optim.SGD(model.parameters(), lr=1.0), "loss": nn.MSELoss()}
    with pytest.raises(ValueError, match=f"find_learning_rate: .*{match}"):
        find_learning_rate(**{**given, **change})


def test_a_loader_of_inputs_alone():
    model = nn.Linear(3, 1)
    with pytest.raises(TypeError, match=r"expected batches of \(inputs, targets\).*the loader gave Tensor"):
        find_learning_rate(model, [mt.ones(2, 3)], optim.SGD(model.parameters(), lr=1.0), nn.MSELoss())
