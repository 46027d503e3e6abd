"""The few figures of a run that both pages show: its result, epochs, time, parameters, and what to be wary of."""

from __future__ import annotations

import math

from ..callbacks import best_epoch
from .interval import interval
from .run_files import RunRecord
from .wording import counted, enumerated, label, percent, whole


def task_of(run: RunRecord) -> str:
    """What a run's task is called in a text."""
    return "multi-label classification" if run.task == "multilabel" else "classification"


def result_of(run: RunRecord) -> tuple[float, str]:
    """The value that a run is judged by, and its name: of the metrics, or the best validation value so far."""
    if run.metrics is not None:
        return run.metrics.get(run.result, math.nan), label(f"{run.split}_{run.result}")
    name = f"val_{run.result}"
    best = best_epoch(dict(run.history), name)
    return (math.nan if best is None else run.history[name][best - 1]), f"{label(name)} so far"


def interval_of(run: RunRecord) -> str | None:
    """How far the choice of samples may move an accuracy; None for an mAP, of which there is no such formula."""
    value, _ = result_of(run)
    if run.metrics is None or run.arrays is None or run.task == "multilabel" or not 0 <= value <= 1:
        return None
    low, high = interval(value, len(run.arrays.scores))
    return f"{100 * low:.1f} to {percent(high, 1)}"


def epochs_of(run: RunRecord) -> int | None:
    """How many epochs were trained; None if nothing says so."""
    return len(run.epochs) or _whole_metric(run, "epochs")


def best_epoch_of(run: RunRecord) -> int | None:
    """The number of the best epoch: as the metrics say, or else by the validation result, or else by its loss."""
    stated = _whole_metric(run, "best_epoch")
    if stated is not None:
        return stated
    for monitor in (f"val_{run.result}", "val_loss"):
        best = best_epoch(dict(run.history), monitor)
        if best is not None:
            return run.epochs[best - 1]
    return None


def seconds_of(run: RunRecord) -> float:
    """How long a run took, with the stages before it; NaN if nothing says so."""
    times = [*run.history.get("seconds", []), *run.stage_seconds]
    return sum(times) if times else math.nan


def parameters_of(run: RunRecord) -> int | None:
    """How many parameters the model has; None if nothing says so."""
    count = run.about("model").get("parameters")
    return count if isinstance(count, int) else None


def curves_of(run: RunRecord) -> dict[str, list[float]]:
    """What of the history is drawn: all but the times, and but what has no finite value."""
    return {n: values for n, values in run.history.items() if n != "seconds" and any(map(math.isfinite, values))}


def warnings(run: RunRecord) -> list[str]:
    """What a reader has to know before anything else."""
    found = []
    if run.metrics is None:
        found.append(
            "This run was cut off, or is still going on: there is no metrics.json. The page shows what there is so far."
        )
    if run.stale:
        found.append(
            "The results are of an earlier run in this folder: the last one was cut off, or is still going on. "
            "Settings and curves may be of another run than the results."
        )
    gaps = [label(name) for name, values in run.history.items() if not all(map(math.isfinite, values))]
    if gaps:
        found.append(f"Not a finite number in some epochs: {enumerated(gaps)}.")
    arrays = run.arrays
    if arrays is not None and arrays.not_finite:
        found.append(
            f"The scores of {counted(arrays.not_finite, 'sample')} out of {whole(len(arrays.scores))} are not finite: "
            "the training diverged. NaN counts as the lowest score."
        )
    return found


def _whole_metric(run: RunRecord, name: str) -> int | None:
    value = (run.metrics or {}).get(name, math.nan)
    return int(value) if math.isfinite(value) else None
