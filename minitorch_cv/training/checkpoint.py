"""A run's checkpoint, from which a training that was cut off goes on as if it had not been."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..serialization import load, save
from ..tensors.generator import get_rng_state, set_rng_state
from .callbacks import Callback, History, Run
from .optimizer_settings import optimizer_settings
from .progress import epoch_line
from .run_folder import BEST, HISTORY, LAST, difference, identity, write_json


def keep(run: Run, callbacks: Sequence[Callback], loader: Any) -> None:
    """Write an epoch's files into the run's folder, over those of the epoch before; the old or the new are there.

    The checkpoint comes last, for it tells that the others are there.

    Args:     loader: of the training, whose own generator's state belongs to the run's, if it has one.
    """
    assert run.out is not None
    write_json(run.out / HISTORY, run.history)
    if run.best_epoch() == run.epoch:
        save(run.evaluated.state_dict(), run.out / BEST)
    generator = getattr(loader, "generator", None)
    state = {
        "run": identity(run.out),
        "epoch": run.epoch,
        "stop": run.stop,
        "columns": list(run.columns),
        "history": run.history,
        "model": run.model.state_dict(),
        "optimizer": run.optimizer.state_dict(),
        "optimizer_settings": optimizer_settings(run.optimizer),
        "scheduler": None if run.scheduler is None else run.scheduler.state_dict(),
        "callbacks": [callback.state_dict() for callback in callbacks],
        "random": get_rng_state(),
        "loader_random": None if generator is None else generator.get_state(),
    }
    save(state, run.out / LAST)


def restore(run: Run, callbacks: Sequence[Callback], loader: Any) -> bool:
    """Go on from the run's folder; whether there was a checkpoint.

    Raises:   RuntimeError: if the file is damaged, or is of another model, optimiser, rate, set of callbacks, seed,
                setting or number of samples; says which file, what differs, and how to begin anew.
    """
    assert run.out is not None
    path = run.out / LAST
    if not path.exists():
        return False
    try:
        state = load(path)
        _check_identity(state.get("run"), run.out)
        if len(state["callbacks"]) != len(callbacks):
            raise ValueError(f"it has {len(state['callbacks'])} callbacks, this run {len(callbacks)}")
        if (state["scheduler"] is None) != (run.scheduler is None):
            raise ValueError("one of it and this run has a scheduler, the other has none")
        _check_scheduler(state["scheduler"], run.scheduler)
        _check_optimizer(state.get("optimizer_settings"), run.optimizer)
        if state["columns"] != list(run.columns):
            raise ValueError(f"its history has {', '.join(state['columns'])}, this run's {', '.join(run.columns)}")
        generator = getattr(loader, "generator", None)
        if (state["loader_random"] is None) != (generator is None):
            raise ValueError("one of it and this run has a training loader with a generator, the other has none")
        run.model.load_state_dict(state["model"])
        run.optimizer.load_state_dict(state["optimizer"])
        if run.scheduler is not None:
            run.scheduler.load_state_dict(state["scheduler"])
        for callback, kept in zip(callbacks, state["callbacks"], strict=True):
            callback.load_state_dict(kept)
        set_rng_state(state["random"])
        if generator is not None:
            generator.set_state(state["loader_random"])
        run.history, run.epoch, run.stop = state["history"], state["epoch"], state["stop"]
    except Exception as error:
        raise _unfit("fit", path, error, "delete it or pass resume=False") from error
    return True


def save_checkpoint(out: str | Path, history: Mapping[str, Sequence[float]], **parts: Any) -> None:
    """Keep what an epoch of a training loop of one's own has come to, for reports and for `load_checkpoint`.

    A kill at any moment leaves the files of this epoch or of the one before. `fit` keeps checkpoints of its own.

    Args:     out: the run's folder.
              history: a value for each finished epoch, under names like train_loss and val_accuracy; accuracies in
                [0, 1]. It is written to history.json.
              parts: what has a state_dict(): model=model, optimizer=optimizer, scheduler=scheduler. They are written to
                last.pt, with the state of the random numbers.

    >>> import tempfile
    >>> from minitorch_cv import nn, optim
    >>> model = nn.Linear(4, 2)
    >>> optimizer = optim.SGD(model.parameters(), lr=0.1)
    >>> out = tempfile.mkdtemp()
    >>> save_checkpoint(out, {"train_loss": [0.7]}, model=model, optimizer=optimizer)
    >>> load_checkpoint(out, model=model, optimizer=optimizer)
    {'train_loss': [0.7]}
    """
    folder = Path(out)
    write_json(folder / HISTORY, history)
    state = {
        "run": identity(folder),
        "history": {name: list(values) for name, values in history.items()},
        "parts": {name: part.state_dict() for name, part in parts.items()},
        "settings": {name: optimizer_settings(part) for name, part in parts.items()},
        "random": get_rng_state(),
    }
    save(state, folder / LAST)


def load_checkpoint(out: str | Path, **parts: Any) -> History:
    """Go on with a training loop of one's own that was cut off, as if it had not been.

    Args:     out: the run's folder; `begin_run` has been called, and all that is random before the first epoch is done.
              parts: as for `save_checkpoint`; they get the states that were kept.
    Returns:  the history so far; empty if there is no checkpoint. A line on stderr says after which epoch it goes on.
    Raises:   RuntimeError: if the file is damaged, or is of other parts, of an optimiser with other settings, or of a
                run with another seed, setting, number of samples or model; says which file, and what differs.
    """
    path = Path(out) / LAST
    if not path.exists():
        return {}
    try:
        state = load(path)
        _check_identity(state.get("run"), Path(out))
        states = state.get("parts", {})
        if set(states) != set(parts):
            raise ValueError(f"it has {', '.join(states) or 'no parts'}, this loop {', '.join(parts) or 'none'}")
        for name, part in parts.items():
            _check_scheduler(states[name], part)
            _check_optimizer(state.get("settings", {}).get(name), part)
        for name, part in parts.items():
            part.load_state_dict(states[name])
        set_rng_state(state["random"])
        history = state["history"]
    except Exception as error:
        raise _unfit("load_checkpoint", path, error, "delete it") from error
    epoch_line(f"going on from {path} after epoch {max(map(len, history.values()), default=0)}")
    return history


def _check_identity(kept: Mapping[str, Any] | None, out: Path) -> None:
    """Raise ValueError if a checkpoint is not of the folder's run."""
    differs = difference(kept, identity(out))
    if differs:
        raise ValueError(f"it is of another run ({differs})")


def _check_scheduler(kept: dict[str, Any] | None, scheduler: Any) -> None:
    """Raise ValueError if the learning rate was to come to its end after another number of steps."""
    old, new = (kept or {}).get("total_steps"), getattr(scheduler, "total_steps", None)
    if old != new:
        raise ValueError(f"its scheduler ends after {old} steps, this run's after {new}")


def _check_optimizer(kept: dict[str, Any] | None, part: Any) -> None:
    """Raise ValueError if an optimiser was made with other settings than the one whose state was kept."""
    current = optimizer_settings(part)
    if kept is None or current is None:
        return
    differs = difference(kept, {name: value for name, value in current.items() if name in kept})
    if differs:
        raise ValueError(f"its optimizer is another one: {differs}")


def _unfit(operation: str, path: Path, error: Exception, how: str) -> RuntimeError:
    return RuntimeError(
        f"{operation}: cannot go on from {path}: {error}. If it belongs to another run, choose another folder (out); "
        f"to begin anew, {how}"
    )
