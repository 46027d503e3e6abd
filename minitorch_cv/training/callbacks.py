"""What can be added to `fit`: clipping gradients, averaging weights, stopping early; and the base of one's own.

A callback's methods are called by `fit` with the Run, which holds everything that it works with. What it keeps between
epochs it gives in state_dict(), so that a run that was cut off goes on as if it had not been.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ..nn.module import Module
from ..nn.utils.clip_grad import clip_grad_norm_, clip_grad_value_
from ..optim.optimizer import Optimizer

History = dict[str, list[float]]

_FRACTIONS = {"accuracy", "map", "precision", "recall", "f1"}  # quantities in [0, 1] that are written in percent


@dataclass
class Run:
    """A training under way.

    Args:     model, optimizer, scheduler: as given to `fit`.
              epochs: how many there shall be.
              monitor: the column of the history by which epochs are compared.
              out: the run's folder, or None.
              epoch: the one under way, from 1.
              history: a value for each finished epoch, by name.
              evaluated: the model that is validated and saved as the best; a callback may put an average in its place.
              stop: set by a callback to end the training after this epoch.
              columns: the names that `fit` gives a value for each epoch, of losses and metrics.
    """

    model: Module
    optimizer: Optimizer
    scheduler: Any
    epochs: int
    monitor: str
    out: Path | None = None
    epoch: int = 0
    history: History = field(default_factory=dict)
    evaluated: Module = None  # type: ignore[assignment]  # the model itself, see __post_init__
    stop: bool = False
    columns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.evaluated = self.evaluated or self.model

    def best_epoch(self) -> int | None:
        """The finished epoch with the best monitored value, the earliest of equals; None if there is none."""
        return best_epoch(self.history, self.monitor)


def best_epoch(history: History, monitor: str) -> int | None:
    """The epoch, from 1, at which a column of a history is best: lowest if its name ends in loss, else highest.

    NaN is worse than any number. None if there is no such value.
    """
    values = np.asarray(history.get(monitor, []), np.float64)
    if not np.isfinite(values).any():
        return None
    return int(np.nanargmin(values) if monitor.endswith("loss") else np.nanargmax(values)) + 1


def is_fraction(name: str) -> bool:
    """Whether a quantity of this name is in [0, 1], the more the better: "val_accuracy", "mAP"."""
    return name.rpartition("_")[2].lower() in _FRACTIONS


class Callback:
    """Base of callbacks; every method does nothing."""

    def begin(self, run: Run) -> None:
        """Before the first epoch, and before the state of a run that is resumed is loaded."""

    def after_backward(self, run: Run) -> None:
        """The gradients are there; the optimiser has not used them yet."""

    def after_step(self, run: Run) -> None:
        """The optimiser has changed the parameters."""

    def after_epoch(self, run: Run) -> None:
        """The epoch has been validated, and its values are in the history."""

    def end(self, run: Run) -> None:
        """After the last epoch."""

    def state_dict(self) -> dict[str, Any]:
        """What to go on from when a run is resumed."""
        return {}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from what state_dict() gave."""


class GradientClipping(Callback):
    """Clips gradients before each step: the norm of all together, or each number.

    Args:     max_norm: for nn.utils.clip_grad_norm_.
              max_value: for nn.utils.clip_grad_value_.
    Raises:   ValueError: unless exactly one of them is given, and positive.
    """

    def __init__(self, max_norm: float | None = None, max_value: float | None = None) -> None:
        limit = max_value if max_norm is None else max_norm
        if (max_norm is None) == (max_value is None) or not limit or limit <= 0:
            raise ValueError(
                f"GradientClipping: give one of max_norm and max_value, above 0; got max_norm={max_norm}, "
                f"max_value={max_value}"
            )
        self.max_norm, self.max_value = max_norm, max_value

    def after_backward(self, run: Run) -> None:
        """Clip."""
        if self.max_norm is not None:
            clip_grad_norm_(run.model.parameters(), self.max_norm)
        else:
            clip_grad_value_(run.model.parameters(), self.max_value)  # type: ignore[arg-type]


class EarlyStopping(Callback):
    """Ends the training when the monitored value has not got better for some epochs.

    Args:     patience: epochs in a row without a better value before it ends.
              min_delta: how much better it must be to count.
    Raises:   ValueError: for a patience below 1 or a negative min_delta.
    """

    def __init__(self, patience: int = 5, min_delta: float = 0.0) -> None:
        if patience < 1 or min_delta < 0:
            raise ValueError(
                f"EarlyStopping: patience must be at least 1 and min_delta not negative, got {patience} and {min_delta}"
            )
        self.patience, self.min_delta = patience, min_delta

    def begin(self, run: Run) -> None:
        """Without validation there is nothing to go by.

        Raises:   ValueError: if the monitored value is of the training.
        """
        if not run.monitor.startswith("val_"):
            raise ValueError(
                f"EarlyStopping: it needs a validation; fit was given no val_loader and monitors {run.monitor!r}"
            )

    def after_epoch(self, run: Run) -> None:
        """Look how long ago the last improvement was."""
        sign = -1.0 if run.monitor.endswith("loss") else 1.0
        best, waited = -np.inf, 0
        for value in run.history[run.monitor]:
            waited += 1
            if sign * value > best + self.min_delta:
                best, waited = sign * value, 0
        run.stop = run.stop or waited >= self.patience


class ExponentialMovingAverage(Callback):
    """Keeps an exponential moving average of the weights, which is validated and saved instead of the weights.

    After each step: average = decay * average + (1 - decay) * weight. In the first steps the decay is smaller, (1 +
    step) / (10 + step), so that the random weights of the beginning are soon forgotten. Buffers, such as batch norm's
    running statistics, are averages already and are copied. When the training ends the model gets the average.

    Args:     decay: in [0, 1); the average spans about 1 / (1 - decay) steps.
    Raises:   ValueError: for another decay.
    Source:   Polyak and Juditsky 1992; the warm-up is TensorFlow's ExponentialMovingAverage(num_updates).
    """

    def __init__(self, decay: float = 0.999) -> None:
        if not 0 <= decay < 1:
            raise ValueError(f"ExponentialMovingAverage: decay is {decay}, expected a number in [0, 1)")
        self.decay = decay
        self.steps = 0
        self.average: Module | None = None

    def begin(self, run: Run) -> None:
        """Start from the model's weights."""
        self.average = run.evaluated = copy.deepcopy(run.model)
        self.steps = 0

    def after_step(self, run: Run) -> None:
        """Bring the new weights in."""
        self.steps += 1
        share = 1 - min(self.decay, (1 + self.steps) / (10 + self.steps))
        assert self.average is not None
        for mean, weight in zip(self.average.parameters(), run.model.parameters(), strict=True):
            mean.array[...] += np.asarray(share, mean.array.dtype) * (weight.array - mean.array)
            mean.bump_version()
        for copied, buffer in zip(self.average.buffers(), run.model.buffers(), strict=True):
            copied.array[...] = buffer.array
            copied.bump_version()

    def end(self, run: Run) -> None:
        """The model becomes the average."""
        assert self.average is not None
        run.model.load_state_dict(self.average.state_dict())

    def state_dict(self) -> dict[str, Any]:
        """The average, and how many steps it has seen."""
        assert self.average is not None
        return {"steps": self.steps, "average": self.average.state_dict()}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from an average."""
        assert self.average is not None
        self.steps = state_dict["steps"]
        self.average.load_state_dict(state_dict["average"])
