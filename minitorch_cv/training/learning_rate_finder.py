"""Finding a learning rate: train for a few steps while it grows, and see where the loss falls fastest."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ..nn.module import Module
from ..optim import Optimizer
from .evaluation import pair
from .plots import plot_learning_rates
from .restoring import state_kept

_DIVERGED = 4.0  # times the least loss, both as running means
_MEMORY = 0.8  # of the running mean
_FIRST = 5  # steps of which none diverges: batches differ, and the mean is one of few


@dataclass
class LearningRates:
    """What was measured.

    Args:     lrs, losses: of each step, up to the end or to where the loss diverged.
              smoothed: the losses, each the mean of its neighbourhood.
              suggestion: the learning rate at which the smoothed loss falls fastest; None if it falls nowhere.
              diverged: whether the loss became infinite, NaN or many times the least one.
    """

    lrs: list[float] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    smoothed: list[float] = field(default_factory=list)
    suggestion: float | None = None
    diverged: bool = False


def find_learning_rate(
    model: Module,
    loader: Iterable[Any],
    optimizer: Optimizer,
    loss: Callable[[Any, Any], Any],
    start: float = 1e-7,
    end: float = 10.0,
    steps: int = 100,
    path: str | Path | None = None,
) -> LearningRates:
    """Train a step on each of a row of growing learning rates, and suggest the one where the loss falls fastest.

    Afterwards the model, the optimiser, the random numbers and the loader's generator are as they were. Of an optimiser
    with several groups the learning rates keep their proportions; the numbers are those of the group with the largest.

    Args:     loader: of batches (inputs, targets); begun again when it ends.
              optimizer: with parameters of the model.
              loss: function of outputs and targets.
              start, end: the first and the last learning rate; those between grow by a constant factor.
              path: where to draw the result, if anywhere.
    Raises:   ValueError: if start, end and steps make no row, the loader is empty, or the optimiser holds parameters
                that are not the model's. TypeError: if the loader gives something else than such batches.
    Source:   Smith 2017, Cyclical Learning Rates for Training Neural Networks.
    """
    if not 0 < start < end or steps < 2 or not math.isfinite(end):
        raise ValueError(
            f"find_learning_rate: start={start}, end={end}, steps={steps}; expected 0 < start < end and 2 steps or more"
        )
    own = {id(parameter) for parameter in model.parameters()}
    if any(id(parameter) not in own for group in optimizer.param_groups for parameter in group["params"]):
        raise ValueError("find_learning_rate: the optimizer holds parameters that are not the model's")
    result = LearningRates()
    with state_kept(model), _optimizer_kept(optimizer), _generator_kept(loader):
        model.train()
        rates = [start * (end / start) ** (step / (steps - 1)) for step in range(steps)]
        result.diverged = _measure(model, _endless(loader), optimizer, loss, rates, result)
    result.smoothed = smooth(result.losses)
    result.suggestion = steepest(result.lrs, result.smoothed)
    if path is not None:
        plot_learning_rates(result, path)
    return result


def _measure(
    model: Module,
    batches: Iterator[Any],
    optimizer: Optimizer,
    loss: Callable[[Any, Any], Any],
    rates: list[float],
    result: LearningRates,
) -> bool:
    """A step for each rate; whether the loss diverged before the last."""
    largest = max(float(group["lr"]) for group in optimizer.param_groups)
    shares = [float(group["lr"]) / largest if largest else 1.0 for group in optimizer.param_groups]
    mean, least = 0.0, math.inf
    for step, rate in enumerate(rates, 1):
        inputs, targets = pair(next(batches))
        for group, share in zip(optimizer.param_groups, shares):
            group["lr"] = rate * share
        optimizer.zero_grad()
        value = loss(model(inputs), targets)
        number = float(value.item())
        if not math.isfinite(number):
            return True
        result.lrs.append(rate)
        result.losses.append(number)
        mean = _MEMORY * mean + (1 - _MEMORY) * number
        running = mean / (1 - _MEMORY**step)
        least = min(least, running)
        if step > _FIRST and running > _DIVERGED * least > 0:
            return True
        value.backward()
        optimizer.step()
    return False


def smooth(losses: list[float]) -> list[float]:
    """Each loss averaged with its neighbours, under a bell as wide as a fortieth of them all."""
    if not losses:
        return []
    width = max(1.0, len(losses) / 40)
    reach = min(int(3 * width), (len(losses) - 1) // 2)
    bell = np.exp(-0.5 * (np.arange(-reach, reach + 1) / width) ** 2)
    total = np.convolve(losses, bell, "same")
    return (total / np.convolve(np.ones(len(losses)), bell, "same")).tolist()


def steepest(lrs: list[float], smoothed: list[float]) -> float | None:
    """Where the loss falls fastest by the logarithm of the learning rate, before it is least; None if it does not."""
    last = int(np.argmin(smoothed)) if smoothed else 0
    if last < 2:
        return None
    slopes = np.gradient(smoothed[: last + 1], np.log(lrs[: last + 1]))
    return lrs[int(np.argmin(slopes))]


def _endless(loader: Iterable[Any]) -> Iterator[Any]:
    while True:
        batch = None
        for batch in loader:
            yield batch
        if batch is None:
            raise ValueError("find_learning_rate: the loader gives no batches")


@contextmanager
def _optimizer_kept(optimizer: Optimizer) -> Iterator[None]:
    """Give the optimiser its options and state back at the end of the `with`."""
    before = deepcopy(optimizer.state_dict())
    try:
        yield
    finally:
        optimizer.load_state_dict(before)


@contextmanager
def _generator_kept(loader: Any) -> Iterator[None]:
    """Give a loader's generators, if it has any of its own, their state back at the end of the `with`."""
    owners = [loader, getattr(loader, "sampler", None), getattr(loader, "batch_sampler", None)]
    found: list[Any] = [getattr(owner, "generator", None) for owner in owners]
    generators = [generator for generator in found if hasattr(generator, "get_state")]
    states = [generator.get_state() for generator in generators]
    try:
        yield
    finally:
        for generator, state in zip(generators, states):
            generator.set_state(state)
