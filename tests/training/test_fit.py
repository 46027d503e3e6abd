"""fit does what the loop written by hand in PyTorch does; and stops, goes on and complains as it should."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from minitorch_cv import training
from minitorch_cv.training.plots.curves import history_figure
from tests.training.loops import loader, network, pair_of_networks, samples, torch_loop

TRAIN, VAL = samples(50, seed=1), samples(30, seed=2)


def fit_small(out=None, epochs=2, model=None, train=TRAIN, val_loader="default", **kwargs):
    mt.manual_seed(0)
    model = network(mt) if model is None else model
    optimizer = kwargs.pop("optimizer", None) or mt.optim.Adam(model.parameters(), lr=0.01)
    loss = kwargs.pop("loss", mt.nn.CrossEntropyLoss())
    val_loader = loader(mt, *VAL) if val_loader == "default" else val_loader
    train_loader = kwargs.pop("train_loader", None)
    if train_loader is None:
        train_loader = loader(mt, *train, shuffle=True)
    history = training.fit(model, train_loader, val_loader, optimizer, loss, epochs, out=out, progress=False, **kwargs)
    return model, history


SCHEDULERS = {
    "none": (lambda s, o: None, False),
    "each epoch": (lambda s, o: s.StepLR(o, 1, 0.5), False),
    "each step": (lambda s, o: s.OneCycleLR(o, 0.05, epochs=3, steps_per_epoch=7), True),
    "plateau": (lambda s, o: s.ReduceLROnPlateau(o, patience=0, factor=0.5, threshold=0.5), False),
}


@pytest.mark.parametrize("name", SCHEDULERS)
def test_history_and_weights_are_those_of_the_loop_by_hand(name):
    make, each_step = SCHEDULERS[name]
    ours, theirs = pair_of_networks()
    optimizers = [lib.optim.SGD(m.parameters(), lr=0.05, momentum=0.9) for lib, m in ((mt, ours), (torch, theirs))]
    schedulers = [
        make(lib.optim.lr_scheduler, optimizer) for lib, optimizer in zip((mt, torch), optimizers, strict=True)
    ]
    loaders = [[loader(lib, *TRAIN), loader(lib, *VAL)] for lib in (mt, torch)]
    history = training.fit(
        ours, *loaders[0], optimizers[0], mt.nn.CrossEntropyLoss(label_smoothing=0.1), 3, schedulers[0], progress=False
    )
    expected = torch_loop(
        theirs, *loaders[1], optimizers[1], torch.nn.CrossEntropyLoss(label_smoothing=0.1), 3, schedulers[1], each_step
    )
    for column, values in expected.items():
        np.testing.assert_allclose(history[column], values, rtol=1e-9, err_msg=column)
    for (key, mine), other in zip(ours.state_dict().items(), theirs.state_dict().values(), strict=True):
        np.testing.assert_allclose(mine.numpy(), other.numpy(), rtol=1e-8, atol=1e-10, err_msg=key)
    assert ours.training
    assert len(history["seconds"]) == 3


def test_chosen_times_of_the_scheduler():
    model = network(mt)
    optimizer = mt.optim.SGD(model.parameters(), lr=1.0)
    scheduler = mt.optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
    _, history = fit_small(
        model=model, optimizer=optimizer, scheduler=scheduler, scheduler_steps="step", epochs=2, train=samples(24, 1)
    )
    assert history["lr"] == [1.0, 0.125]  # three batches an epoch


def test_metrics_are_computed_on_whole_epochs():
    seen = []

    def spread(scores, targets):
        seen.append((scores.shape, targets.shape))
        return scores.max()

    _, history = fit_small(metrics={"spread": spread}, epochs=1)
    assert seen == [((50, 4), (50,)), ((30, 4), (30,))]
    assert set(history) == {"train_loss", "train_spread", "val_loss", "val_spread", "lr", "seconds"}


def test_without_validation():
    _, history = fit_small(val_loader=None)
    assert set(history) == {"train_loss", "train_accuracy", "lr", "seconds"}


def test_soft_targets():
    inputs, labels = TRAIN
    soft = np.eye(4, dtype=np.float32)[labels] * np.float32(0.9) + np.float32(0.025)
    _, history = fit_small(train_loader=loader(mt, inputs, soft))
    assert 0 < history["train_accuracy"][-1] <= 1


def test_several_labels_have_no_accuracy_of_one_class():
    inputs, labels = TRAIN
    several = np.eye(4, dtype=np.float32)[labels]
    several[:, 0] = 1
    with pytest.raises(ValueError, match=r"targets of a sample do not sum to 1.*take label_accuracy"):
        fit_small(train_loader=loader(mt, inputs, several), loss=mt.nn.BCEWithLogitsLoss())


def test_files_of_a_run(tmp_path):
    out = tmp_path / "new" / "run"
    _model, history = fit_small(out=out, epochs=4)
    assert json.loads((out / "history.json").read_text()) == history
    best = np.argmax(history["val_accuracy"])
    kept = network(mt)
    kept.load_state_dict(mt.load(out / "best.pt"))
    found = training.evaluate(kept, loader(mt, *VAL), metrics={"accuracy": training.accuracy})
    assert found["accuracy"] == history["val_accuracy"][best]
    assert sorted(p.name for p in out.iterdir()) == ["best.pt", "history.json", "last.pt"]


def test_best_by_loss(tmp_path):
    _, history = fit_small(out=tmp_path, epochs=4, monitor="val_loss")
    kept = network(mt)
    kept.load_state_dict(mt.load(tmp_path / "best.pt"))
    found = training.evaluate(kept, loader(mt, *VAL), mt.nn.CrossEntropyLoss())
    assert found["loss"] == pytest.approx(min(history["val_loss"]), rel=1e-6)


class Interrupted(Exception):
    pass


def parts_of_a_run(cut=None):
    """All that a run with randomness everywhere is made of; cut: interrupt it in this epoch."""
    mt.manual_seed(5)
    model = network(mt, dropout=0.3)
    optimizer = mt.optim.Adam(model.parameters(), lr=0.01)
    scheduler = mt.optim.lr_scheduler.StepLR(optimizer, 1, 0.7)
    batches = loader(mt, *TRAIN, shuffle=True, generator=mt.Generator().manual_seed(3))

    class Cut(training.Callback):
        def after_step(self, run):
            if run.epoch == cut:
                raise Interrupted

    callbacks = [training.ExponentialMovingAverage(0.9), training.GradientClipping(max_norm=1.0), Cut()]
    return model, batches, loader(mt, *VAL), optimizer, mt.nn.CrossEntropyLoss(), 5, scheduler, None, callbacks


def test_a_run_that_was_cut_off_goes_on_as_if_it_had_not_been(tmp_path):
    whole = parts_of_a_run()
    expected = training.fit(*whole, out=tmp_path / "whole", progress=False)
    with pytest.raises(Interrupted):
        training.fit(*parts_of_a_run(cut=3), out=tmp_path / "cut", progress=False)
    mt.manual_seed(1)  # another process has another state
    mt.rand(7)
    again = parts_of_a_run()
    history = training.fit(*again, out=tmp_path / "cut", progress=False)
    for name in set(expected) - {"seconds"}:
        assert history[name] == expected[name], name
    for a, b in zip(again[0].state_dict().values(), whole[0].state_dict().values(), strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())


def test_resume_false_begins_anew(tmp_path):
    fit_small(out=tmp_path, epochs=2)
    _, history = fit_small(out=tmp_path, epochs=3, resume=False)
    assert len(history["train_loss"]) == 3
    _, history = fit_small(out=tmp_path, epochs=3)
    assert len(history["train_loss"]) == 3  # nothing left to do


def test_checkpoint_of_another_run(tmp_path):
    fit_small(out=tmp_path)
    with pytest.raises(RuntimeError, match=r"cannot go on from .*last\.pt.*Linear|cannot go on from .*last\.pt"):
        fit_small(out=tmp_path, epochs=3, model=mt.nn.Sequential(mt.nn.Linear(6, 4)))
    with pytest.raises(RuntimeError, match="it has 0 callbacks, this run 1"):
        fit_small(out=tmp_path, epochs=3, callbacks=[training.EarlyStopping()])
    model = network(mt)
    optimizer = mt.optim.Adam(model.parameters())
    scheduler = mt.optim.lr_scheduler.StepLR(optimizer, 1)
    with pytest.raises(RuntimeError, match="has a scheduler, the other has none"):
        fit_small(out=tmp_path, epochs=3, model=model, optimizer=optimizer, scheduler=scheduler)


def test_checkpoint_of_another_seed_setting_or_data(tmp_path):
    def begin(seed=0, lr=0.1, train=10, resume=True, model=None):
        settings, data = {"lr": lr, "augmentation": True}, {"train": train}
        model = model or network(mt)
        training.begin_run(
            tmp_path, "x", list("abcd"), model, (1, 6), seed=seed, settings=settings, data=data, resume=resume
        )

    begin()
    fit_small(out=tmp_path)
    begin()  # the same again
    fit_small(out=tmp_path, epochs=3)
    for changed, said in [
        ({"seed": 1}, "seed is 0 there, 1 here"),
        ({"lr": 0.2}, "settings: lr is 0.1 there, 0.2 here"),
        ({"train": 20}, "data: train is 10 there, 20 here"),
        ({"model": mt.nn.Linear(6, 4)}, "model: name is 'Sequential' there, 'Linear' here"),
        ({"model": mt.nn.Sequential(mt.nn.Linear(6, 4))}, r"model: parameters is \d+ there, 28 here"),
    ]:
        described = (tmp_path / "run.json").read_text()
        with pytest.raises(RuntimeError, match=rf"holds another run \({said}\)\. Choose another folder .*delete"):
            begin(**changed)
        assert (tmp_path / "run.json").read_text() == described, "what is known of the run before stays"
    old = mt.load(tmp_path / "last.pt")  # of a version that did not tell the model
    del old["run"]["model"]
    mt.save(old, tmp_path / "last.pt")
    assert fit_small(out=tmp_path, epochs=3)
    (tmp_path / "run.json").write_text("{")  # damaged: it is written anew
    begin()
    begin(seed=1, resume=False)
    fit_small(out=tmp_path, epochs=1, resume=False)
    begin(seed=1)
    last = (tmp_path / "last.pt").read_bytes()
    (tmp_path / "last.pt").unlink()
    begin(seed=2)
    (tmp_path / "last.pt").write_bytes(last)
    with pytest.raises(RuntimeError, match=r"it is of another run \(seed is 1 there, 2 here\)\. If it belongs"):
        fit_small(out=tmp_path, epochs=3)


def test_checkpoint_whose_learning_rate_ends_elsewhere(tmp_path):
    def fit_for(epochs):
        model = network(mt)
        optimizer = mt.optim.Adam(model.parameters())
        scheduler = mt.optim.lr_scheduler.OneCycleLR(optimizer, 0.05, epochs=epochs, steps_per_epoch=7)
        fit_small(out=tmp_path, epochs=epochs, model=model, optimizer=optimizer, scheduler=scheduler)

    fit_for(1)
    with pytest.raises(RuntimeError, match="its scheduler ends after 7 steps, this run's after 14"):
        fit_for(2)


def test_checkpoint_with_other_columns_or_another_loader(tmp_path):
    fit_small(out=tmp_path)
    with pytest.raises(
        RuntimeError, match=r"its history has train_loss, train_accuracy.* this run's train_loss, val_l"
    ):
        fit_small(out=tmp_path, epochs=3, metrics={})
    with pytest.raises(RuntimeError, match=r"this run's train_loss, train_accuracy\. If it belongs"):
        fit_small(out=tmp_path, epochs=3, val_loader=None)
    own = loader(mt, *TRAIN, shuffle=True, generator=mt.Generator())
    with pytest.raises(RuntimeError, match="one of it and this run has a training loader with a generator"):
        fit_small(out=tmp_path, epochs=3, train_loader=own)


def test_damaged_checkpoint(tmp_path):
    fit_small(out=tmp_path)
    content = (tmp_path / "last.pt").read_bytes()
    (tmp_path / "last.pt").write_bytes(content[: len(content) // 2])
    with pytest.raises(RuntimeError, match=r"cannot go on from .*last\.pt.*delete it"):
        fit_small(out=tmp_path, epochs=3)


def test_wrong_arguments():
    with pytest.raises(ValueError, match="epochs is 0, expected at least 1"):
        fit_small(epochs=0)
    with pytest.raises(ValueError, match="monitor is 'val_f1', expected one of train_loss, train_accuracy, val_loss"):
        fit_small(monitor="val_f1")
    with pytest.raises(ValueError, match="scheduler_steps is 'batch', expected 'epoch' or 'step'"):
        fit_small(scheduler_steps="batch")


def test_wrong_batches():
    inputs, labels = TRAIN
    empty = loader(mt, inputs[:0], labels[:0])
    with pytest.raises(ValueError, match="the training loader gave no batch"):
        fit_small(train_loader=empty)
    single = mt.utils.data.DataLoader(mt.from_numpy(inputs), batch_size=8)
    with pytest.raises(TypeError, match=r"expected batches of \(inputs, targets\).*the loader gave Tensor"):
        fit_small(train_loader=single)
    three = mt.utils.data.DataLoader(mt.utils.data.TensorDataset(*[mt.from_numpy(inputs)] * 3), batch_size=8)
    with pytest.raises(TypeError, match=r"the loader gave \['Tensor', 'Tensor', 'Tensor'\]"):
        fit_small(train_loader=three)


def test_lines_on_stderr(capsys, tmp_path):
    mt.manual_seed(0)
    model = network(mt)
    optimizer = mt.optim.Adam(model.parameters(), lr=0.01)
    parts = model, loader(mt, *TRAIN), loader(mt, *VAL), optimizer, mt.nn.CrossEntropyLoss()
    history = training.fit(*parts, 2, out=tmp_path)
    lines = capsys.readouterr().err.strip().splitlines()
    assert lines[0].startswith(f"epoch 1/2  train loss {history['train_loss'][0]:.4f}  train accuracy")
    assert f"val accuracy {history['val_accuracy'][1]:.2%}" in lines[1]
    assert "left" in lines[0] and "left" not in lines[1]
    assert lines[0].endswith("best")
    training.fit(*parts, 3, out=tmp_path)
    assert f"going on from {tmp_path} after epoch 2" in capsys.readouterr().err


def test_only_shares_are_told_in_percent(capsys):
    model = network(mt)
    parts = model, loader(mt, *TRAIN), None, mt.optim.SGD(model.parameters(), lr=0.01), mt.nn.CrossEntropyLoss()
    training.fit(*parts, 1, metrics={"mean_error": lambda scores, targets: 12.5, "mAP": lambda scores, targets: 0.25})
    assert "train mean error 12.5000  train mAP 25.00%" in capsys.readouterr().err


def test_learning_rates_are_told_by_the_names_of_groups():
    model = network(mt)
    groups = mt.nn.utils.parameter_groups(model, {"4": 0.1}, lr=0.01)
    _, history = fit_small(model=model, optimizer=mt.optim.SGD(groups), epochs=2)
    assert history["lr"] == [0.01, 0.01] and history["4_lr"] == [0.1, 0.1]
    rates = next(axes for axes in history_figure(history).axes if axes.get_title() == "Learning rate by epoch")
    assert [text.get_text() for text in rates.get_legend().get_texts()] == ["first group", "4"]
    plain = [{"params": group["params"], "lr": group["lr"]} for group in groups]
    assert "group2_lr" in fit_small(model=model, optimizer=mt.optim.SGD(plain), epochs=1)[1]
