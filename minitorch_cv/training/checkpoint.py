"""A run's checkpoint, from which a training that was cut off goes on as if it had not been."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..serialization import load, save
from ..tensors.generator import get_rng_state, set_rng_state
from .callbacks import Callback, Run
from .run_folder import BEST, HISTORY, LAST, write_json


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
        "epoch": run.epoch,
        "stop": run.stop,
        "columns": list(run.columns),
        "history": run.history,
        "model": run.model.state_dict(),
        "optimizer": run.optimizer.state_dict(),
        "scheduler": None if run.scheduler is None else run.scheduler.state_dict(),
        "callbacks": [callback.state_dict() for callback in callbacks],
        "random": get_rng_state(),
        "loader_random": None if generator is None else generator.get_state(),
    }
    save(state, run.out / LAST)


def restore(run: Run, callbacks: Sequence[Callback], loader: Any) -> bool:
    """Go on from the run's folder; whether there was a checkpoint.

    Raises:   RuntimeError: if the file is damaged, or is of another model, optimiser or set of callbacks; says which
                file, and how to begin anew.
    """
    assert run.out is not None
    path = run.out / LAST
    if not path.exists():
        return False
    try:
        state = load(path)
        if len(state["callbacks"]) != len(callbacks):
            raise ValueError(f"it has {len(state['callbacks'])} callbacks, this run {len(callbacks)}")
        if (state["scheduler"] is None) != (run.scheduler is None):
            raise ValueError("one of it and this run has a scheduler, the other has none")
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
        raise _unfit(path, error) from error
    return True


def _unfit(path: Path, error: Exception) -> RuntimeError:
    return RuntimeError(
        f"fit: cannot go on from {path}: {error}. If it belongs to another run, choose another folder (out=...); to "
        "begin anew, delete it or pass resume=False"
    )
