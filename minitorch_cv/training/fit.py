"""fit: the training loop, as one would write it by hand, with what a long run needs around it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..nn.module import Module
from ..optim.lr_scheduler import CyclicLR, OneCycleLR, ReduceLROnPlateau
from ..optim.optimizer import Optimizer
from ..tensors.tensor import Tensor
from .callbacks import Callback, History, Run
from .checkpoint import keep, restore
from .evaluation import Metrics, evaluate, pair
from .metrics import accuracy
from .non_finite import non_finite_loss
from .progress import epoch_line, images_bar


def fit(
    model: Module,
    train_loader: Any,
    val_loader: Any,
    optimizer: Optimizer,
    loss: Callable[[Tensor, Tensor], Tensor],
    epochs: int,
    scheduler: Any = None,
    metrics: Metrics | None = None,
    callbacks: Sequence[Callback] = (),
    out: str | Path | None = None,
    *,
    monitor: str | None = None,
    scheduler_steps: str | None = None,
    resume: bool = True,
    progress: bool = True,
) -> History:
    """Train a model, validating it after each epoch.

    Label smoothing belongs to the loss (nn.CrossEntropyLoss(label_smoothing=0.1)); early stopping, gradient clipping
    and averaged weights are callbacks. The model is left with the weights of the last epoch; those of the best one are
    in `out`: model.load_state_dict(load(out / "best.pt")).

    Args:     train_loader, val_loader: give pairs of inputs and targets; val_loader may be None.
              loss: of scores and targets, the mean of a batch.
              epochs: how many the run shall have in all.
              scheduler: of the learning rate. ReduceLROnPlateau is given the monitored value, or the loss in mode min.
              metrics: functions of an epoch's scores (N, classes) and targets, by name; {"accuracy": accuracy} if None.
              out: folder for history.json, last.pt (to go on from) and best.pt (the state_dict of the best epoch).
              monitor: the column of the history that tells the best epoch, lowest if its name ends in loss, else
                highest; by default the first metric of the validation.
              scheduler_steps: "epoch" or "step": when the scheduler steps; by default after each step for OneCycleLR
                and CyclicLR, after each epoch for others.
              resume: go on from out/last.pt, if it is there; a run that a callback has stopped stays so.
              progress: show bars and a line for each epoch on stderr.
    Returns:  a value for each epoch under train_loss, val_loss, train_ and val_ metrics, lr and seconds; if the
                optimiser's groups of parameters have learning rates of their own, also NAME_lr of those with a "name",
                as `nn.utils.parameter_groups` gives them one, and group2_lr and so on of those without.
    Raises:   NonFiniteLossError: if a loss is NaN or infinite; names the batch and where it came from.
              RuntimeError: if out/last.pt is of another run. ValueError: for epochs below 1, an unknown monitor.
    """
    if epochs < 1:
        raise ValueError(f"fit: epochs is {epochs}, expected at least 1")
    metrics = {"accuracy": accuracy} if metrics is None else metrics
    split = "train" if val_loader is None else "val"
    monitor = monitor or f"{split}_{next(iter(metrics), 'loss')}"
    columns = tuple(f"{s}_{name}" for s in dict.fromkeys(("train", split)) for name in ("loss", *metrics))
    if monitor not in columns:
        raise ValueError(f"fit: monitor is {monitor!r}, expected one of {', '.join(columns)}")
    each_step = _steps(scheduler, scheduler_steps) == "step"
    run = Run(model, optimizer, scheduler, epochs, monitor, None if out is None else Path(out), columns=columns)
    for callback in callbacks:
        callback.begin(run)
    if run.out is not None:
        run.out.mkdir(parents=True, exist_ok=True)
        if resume and restore(run, callbacks, train_loader) and progress:
            epoch_line(f"going on from {run.out} after epoch {run.epoch}{', where it was stopped' * run.stop}")

    while run.epoch < epochs and not run.stop:
        run.epoch += 1
        begin = time.perf_counter()
        rates = _rates(run)
        trained = _train(run, train_loader, loss, metrics, callbacks, each_step, progress)
        tested = {} if val_loader is None else evaluate(run.evaluated, val_loader, loss, metrics, progress)
        values = {f"train_{name}": v for name, v in trained.items()} | {f"val_{name}": v for name, v in tested.items()}
        if isinstance(scheduler, ReduceLROnPlateau):
            scheduler.step(values[f"{split}_loss" if scheduler.mode == "min" else monitor])
        elif scheduler is not None and not each_step:
            scheduler.step()
        for name, value in (values | rates | {"seconds": time.perf_counter() - begin}).items():
            run.history.setdefault(name, []).append(value)
        for callback in callbacks:
            callback.after_epoch(run)
        if run.out is not None:
            keep(run, callbacks, train_loader)
        if progress:
            epoch_line(run)
    for callback in callbacks:
        callback.end(run)
    return run.history


def _rates(run: Run) -> dict[str, float]:
    """The learning rate of the first group of parameters, and those of others if they began with another."""
    first, *others = run.optimizer.param_groups
    rates = {"lr": float(first["lr"])}
    for number, group in enumerate(others, 2):
        name, rate = f"{group.get('name') or f'group{number}'}_lr", float(group["lr"])
        if name in run.history or (run.epoch == 1 and rate != rates["lr"]):
            rates[name] = rate
    return rates


def _train(
    run: Run,
    loader: Any,
    loss: Callable,
    metrics: Metrics,
    callbacks: Sequence[Callback],
    each_step: bool,
    progress: bool,
) -> dict[str, float]:
    """One epoch; the mean loss and the metrics of its batches, as they were before each step."""
    run.model.train()
    total, scores, targets = 0.0, [], []
    with images_bar(run, loader, progress) as bar:
        for number, batch in enumerate(loader, 1):
            inputs, labels = pair(batch)
            outputs = run.model(inputs)
            value = loss(outputs, labels)
            if not math.isfinite(value.item()):
                lr = run.optimizer.param_groups[0]["lr"]
                raise non_finite_loss(run.model, value.item(), run.epoch, number, inputs, labels, lr, run.out)
            run.optimizer.zero_grad()
            value.backward()
            for callback in callbacks:
                callback.after_backward(run)
            run.optimizer.step()
            for callback in callbacks:
                callback.after_step(run)
            if each_step:
                run.scheduler.step()
            total += value.item() * len(labels)
            scores.append(outputs.detach().array)
            targets.append(labels.array)
            bar.count(scores[-1], targets[-1], value.item())
    if not scores:
        raise ValueError("fit: the training loader gave no batch; is the dataset empty, or smaller than a batch?")
    found = np.concatenate(scores), np.concatenate(targets)
    return {"loss": total / len(found[1])} | {name: float(metric(*found)) for name, metric in metrics.items()}


def _steps(scheduler: Any, chosen: str | None) -> str:
    if chosen not in (None, "epoch", "step"):
        raise ValueError(f"fit: scheduler_steps is {chosen!r}, expected 'epoch' or 'step'")
    return chosen or ("step" if isinstance(scheduler, (OneCycleLR, CyclicLR)) else "epoch")
