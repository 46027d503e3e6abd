"""Reading a run folder: run.json, and as far as they are there history.json, metrics.json and predictions.npz.

What is read is checked here, once, so that the pages can rely on it; an error names the file.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..run_folder import HISTORY, METRICS, PREDICTIONS, RUN, TASKS, read_json
from .run_arrays import RunArrays, read_arrays

_FORMAT = 1
_KINDS: dict[str, Any] = {
    "text": str,
    "whole number": int,
    "list": list,
    "set of names and values": dict,
}
_ENTRIES = {
    "title": "text",
    "task": "text",
    "classes": "list",
    "command": "text",
    "seed": "whole number",
    "started": "text",
    "machine": "set of names and values",
    "versions": "set of names and values",
    "settings": "set of names and values",
    "data": "set of names and values",
    "model": "set of names and values",
    "notes": "list",
}  # of run.json; task and classes must be there
_TABLES = ("per_class", "average_precision", "baseline", "attribute_accuracy")  # of metrics.json: a value a class
_NUMBERS = ("accuracy", "top5_accuracy", "mAP", "loss", "epochs", "best_epoch")  # of metrics.json


@dataclass(frozen=True)
class RunRecord:
    """One training run, as its folder tells it.

    Args:     folder: where it was read from.
              task: "classification" or "multilabel".
              classes: K names.
              info: the entries of run.json, those that are given.
              history: by name a value an epoch, NaN where there is none; without "epoch".
              epochs: the numbers of the epochs.
              metrics: single numbers of metrics.json; None if the run was cut off before they were written.
              tables: values by class name, of metrics.json.
              split: the name of the data that `metrics` were measured on.
              measured: when the run began that `metrics` are of, if they say so.
              remarks: texts of metrics.json, such as the method of an mAP.
              arrays: what predictions.npz holds, if it is there.
              stage_seconds: by epoch, of what was trained before in folders within this one, such as a linear probe.
    """

    folder: Path
    task: str
    classes: list[str]
    info: Mapping[str, Any]
    history: Mapping[str, list[float]]
    epochs: list[int]
    metrics: Mapping[str, float] | None
    tables: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    split: str = "test"
    measured: str | None = None
    remarks: Mapping[str, str] = field(default_factory=dict)
    arrays: RunArrays | None = None
    stage_seconds: Sequence[float] = ()

    @property
    def title(self) -> str:
        """The run's title, or the name of its folder."""
        return self.info.get("title") or self.folder.resolve().name

    @property
    def stale(self) -> bool:
        """Whether the metrics are of an earlier run in the same folder: this one has not got as far."""
        return self.measured is not None and self.measured != self.info.get("started")

    @property
    def result(self) -> str:
        """The name of the metric that the run is judged by."""
        return "mAP" if self.task == "multilabel" else "accuracy"

    def about(self, entry: str) -> Mapping[str, Any]:
        """An entry of run.json that holds names and values; empty if it is not there."""
        return self.info.get(entry, {})

    def by_class(self, name: str) -> list[float] | None:
        """A table of the metrics in the order of the classes, NaN where a class is missing; None without the table."""
        if name not in self.tables:
            return None
        return [self.tables[name].get(c, math.nan) for c in self.classes]


def read_run(folder: str | Path, operation: str) -> RunRecord:
    """Read and check a run folder.

    Args:     operation: who asks; errors begin with it.
    Raises:   FileNotFoundError: if there is no such folder, or it has no run.json.
              RuntimeError: if a JSON file is damaged; it is named.
              ValueError: if what a file holds does not fit; it is named.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise FileNotFoundError(f"{operation}: there is no folder {folder}")
    if not (folder / RUN).is_file():
        raise FileNotFoundError(
            f"{operation}: {folder} is not a run folder: it has no {RUN}; expected a folder that a training wrote"
        )
    info = _read_info(folder / RUN, operation)
    task, classes = info["task"], info["classes"]
    history, epochs = _read_history(folder / HISTORY, operation)
    metrics, tables, remarks = _read_metrics(folder / METRICS, operation)
    arrays = None
    if (folder / PREDICTIONS).exists():
        arrays = read_arrays(folder / PREDICTIONS, len(classes), task == "multilabel", operation)
    split, measured = remarks.pop("split", "test"), remarks.pop("started", None)
    stages = [_read_history(path, operation)[0].get("seconds", []) for path in sorted(folder.glob(f"*/{HISTORY}"))]
    seconds = [value for values in stages for value in values]
    return RunRecord(
        folder, task, classes, info, history, epochs, metrics, tables, split, measured, remarks, arrays, seconds
    )


def _read_named(path: Path, operation: str) -> dict[str, Any]:
    content = read_json(path)
    if not isinstance(content, dict):
        raise ValueError(f"{operation}: {path} holds a {type(content).__name__}, expected names and values: {{...}}")
    return content


def _read_info(path: Path, operation: str) -> dict[str, Any]:
    content = _read_named(path, operation)
    if content.get("format", _FORMAT) != _FORMAT:
        raise ValueError(
            f"{operation}: {path} has format {content['format']!r}, expected {_FORMAT}; it was written by another "
            "version of minitorch_cv"
        )
    for name, kind in _ENTRIES.items():
        value = content.get(name)
        if value is not None and (not isinstance(value, _KINDS[kind]) or isinstance(value, bool)):
            raise ValueError(f"{operation}: {path}: {name} is {value!r}, expected a {kind}")
    info = {name: content[name] for name in _ENTRIES if content.get(name) is not None}
    if info.get("task") not in TASKS:
        raise ValueError(f"{operation}: {path}: task is {info.get('task')!r}, expected {' or '.join(map(repr, TASKS))}")
    if not info.get("classes") or not all(isinstance(name, str) for name in info["classes"]):
        raise ValueError(f"{operation}: {path}: classes is {info.get('classes')!r}, expected a list of names")
    return info


def _read_history(path: Path, operation: str) -> tuple[dict[str, list[float]], list[int]]:
    if not path.exists():
        return {}, []
    curves: dict[str, list[float]] = {}
    for name, values in _read_named(path, operation).items():
        if not isinstance(values, list):
            raise ValueError(f"{operation}: {path}: {name} is {values!r}, expected a list of one number an epoch")
        curves[name] = [_number(value, f"{operation}: {path}: {name}") for value in values]
    lengths = {name: len(values) for name, values in curves.items()}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{length} of {name}" for name, length in lengths.items())
        raise ValueError(f"{operation}: {path}: curves of different lengths, expected one value an epoch: {listed}")
    count = max(lengths.values(), default=0)
    epochs = curves.pop("epoch", [float(epoch + 1) for epoch in range(count)])
    if not all(math.isfinite(epoch) for epoch in epochs):
        raise ValueError(f"{operation}: {path}: epoch has gaps, expected the numbers of the epochs")
    return curves, [int(epoch) for epoch in epochs]


def _read_metrics(
    path: Path, operation: str
) -> tuple[dict[str, float] | None, dict[str, dict[str, float]], dict[str, str]]:
    if not path.exists():
        return None, {}, {}
    content = _read_named(path, operation)
    tables = {}
    for name in _TABLES:
        values = content.pop(name, None)
        if values is None:
            continue
        if not isinstance(values, dict):
            raise ValueError(f"{operation}: {path}: {name} is {values!r}, expected a value for each class")
        tables[name] = {c: _number(value, f"{operation}: {path}: {name} of {c!r}") for c, value in values.items()}
    remarks = {name: value for name, value in content.items() if isinstance(value, str) and name not in _NUMBERS}
    numbers = {
        name: _number(value, f"{operation}: {path}: {name}")
        for name, value in content.items()
        if name in _NUMBERS or value is None or (isinstance(value, (int, float)) and not isinstance(value, bool))
    }
    return numbers, tables, remarks


def _number(value: Any, where: str) -> float:
    if value is None:
        return math.nan  # JSON has no NaN
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"{where} is {value!r}, expected a number")
    return float(value)
