"""What is seen of a training while it runs: a bar for the epoch's images, a line for each epoch."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any

import numpy as np

from .callbacks import Run, is_fraction


class images_bar:
    """A bar that counts an epoch's images, with the loss and the accuracy so far, images per second and time left.

    Args:     loader: of the training; its length and its dataset's tell how many images there are.
              progress: False shows nothing.
    """

    def __init__(self, run: Run, loader: Any, progress: bool) -> None:
        from tqdm import tqdm

        self._bar = tqdm(
            total=_images(loader),
            desc=f"epoch {run.epoch}/{run.epochs}",
            unit=" images",
            leave=False,
            disable=None if progress else True,  # None: shown on a terminal only
        )
        self._seen = self._right = 0
        self._loss = 0.0

    def count(self, scores: np.ndarray, targets: np.ndarray, loss: float) -> None:
        """Count a batch."""
        size = len(targets)
        self._seen += size
        self._loss += loss * size
        shown = {"loss": f"{self._loss / self._seen:.4f}"}
        if targets.ndim == 1 and scores.ndim == 2:
            self._right += int((scores.argmax(axis=1) == targets).sum())
            shown["accuracy"] = f"{self._right / self._seen:.2%}"
        self._bar.set_postfix(shown, refresh=False)
        self._bar.update(size)

    def __enter__(self) -> images_bar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.close()


def epoch_line(told: Run | str) -> None:
    """Write a line on stderr, without disturbing a bar: a text, or how the epoch just finished went."""
    from tqdm import tqdm

    tqdm.write(told if isinstance(told, str) else _of_epoch(told), file=sys.stderr)


def _of_epoch(run: Run) -> str:
    last = {name: values[-1] for name, values in run.history.items()}
    width = len(str(run.epochs))
    parts = [f"epoch {run.epoch:{width}}/{run.epochs}"]
    parts += [
        f"{name.replace('_', ' ')} {value:.2%}" if is_fraction(name) else f"{name.replace('_', ' ')} {value:.4f}"
        for name, value in last.items()
        if name.startswith(("train_", "val_"))
    ]
    left = (run.epochs - run.epoch) * float(np.mean(run.history["seconds"][-3:]))
    parts.append(f"{last['seconds']:.1f} s")
    if left:
        parts.append(f"{_duration(left)} left")
    if run.best_epoch() == run.epoch:
        parts.append("best")
    return "  ".join(parts)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d} min" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02d} h"


def _images(loader: Any) -> int | None:
    """How many images an epoch has; None if that cannot be told."""
    try:
        size = len(loader.dataset)
        batch = getattr(loader, "batch_size", None)
        return size if batch is None else min(size, len(loader) * batch)
    except (AttributeError, TypeError):
        return None
