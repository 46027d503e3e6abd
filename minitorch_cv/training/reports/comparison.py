"""The sections of a comparison. Runs come by name, the one that others are held against first."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import islice
from typing import TypeAlias

from .. import plots
from .classification import LISTED_UP_TO, class_accuracies
from .key_figures import best_epoch_of, curves_of, epochs_of, interval_of, parameters_of, result_of, seconds_of
from .markup import Markup, details, element, joined, table
from .multilabel import attribute_precisions
from .page import LeftOut, Section
from .pictures import drawn
from .run_files import RunRecord
from .wording import MISSING, counted, enumerated, headed, label, percent, points, quantity, signed, whole

Runs: TypeAlias = Mapping[str, RunRecord]

_CURVES = 8  # runs in a picture, as many as can be told apart
_MEASURE, _INTERVAL = "measure", "95\u00a0% interval"  # headings
_COMPARED = ("loss", "accuracy", "mAP")  # what is drawn of them


def best_run(runs: Runs) -> str | None:
    """The name of the run with the best result on the data of the first one; None if none has a result."""
    first = next(iter(runs.values()))
    values = {name: result_of(run)[0] for name, run in runs.items() if comparable(first, run)}
    finite = {name: value for name, value in values.items() if math.isfinite(value)}
    return max(finite, key=finite.__getitem__) if finite else None


def comparable(one: RunRecord, two: RunRecord) -> bool:
    """Whether the results of two runs are of the same kind: both of the same split, or both of a validation so far."""
    return result_of(one)[1] == result_of(two)[1]


def results(runs: Runs) -> Section:
    """One row a run: its result, how far it is from the first one, and what it took."""
    best = best_run(runs)
    names = [joined([name, element("span", "best", class_="best") if name == best else None]) for name in runs]
    columns = _columns(list(runs.values()))
    rows = zip(names, *columns.values(), strict=True)
    numbers = [place for place, heading in enumerate(columns, 1) if heading != _MEASURE]
    note = "A run that is repeated with another seed gives another result, too. "
    if _INTERVAL in columns:
        note += "Intervals tell how far the choice of samples alone may move a result. "
    note += "Minutes are comparable only between runs on the same machine."
    caption = "Results of the runs, and their change against the first one in percentage points"
    whole_table = table(caption, ("run", *columns), list(rows), numbers)
    return Section("Results", "results", [whole_table, element("p", note, class_="note")])


def _columns(runs: list[RunRecord]) -> dict[str, list[str]]:
    """What the table of results says of each run, by heading."""
    values, measures = zip(*map(result_of, runs), strict=True)
    same = len(set(measures)) == 1
    columns = {measures[0] if same else "result": [percent(value) for value in values]}
    if not same:
        columns[_MEASURE] = list(measures)
    changes = [
        points(value - values[0]) if measure == measures[0] else MISSING for value, measure in zip(values, measures)
    ]
    columns["change"] = ["first run", *changes[1:]]
    if runs[0].task == "classification":
        columns[_INTERVAL] = [interval_of(run) or MISSING for run in runs]
    for metric in ("top5_accuracy", "loss"):
        if any(metric in (run.metrics or {}) for run in runs):
            columns[label(metric)] = [quantity(metric, (run.metrics or {}).get(metric, math.nan)) for run in runs]
    columns["epochs"] = [_whole(epochs_of(run)) for run in runs]
    columns["highest on validation"] = [_whole(best_epoch_of(run)) for run in runs]
    minutes = [seconds_of(run) / 60 for run in runs]
    columns["minutes"] = [f"{m:.1f}" if math.isfinite(m) else MISSING for m in minutes]
    columns["parameters"] = [_whole(parameters_of(run)) for run in runs]
    return columns


def _whole(number: int | None) -> str:
    return MISSING if number is None else whole(number)


def differences(runs: Runs) -> Section:
    """What was set differently, and, folded, what was the same."""
    given = {name: _settings(run) for name, run in runs.items()}
    names = list(dict.fromkeys(setting for settings in given.values() for setting in settings))
    different, same = [], []
    for setting in names:
        values = [settings.get(setting, MISSING) for settings in given.values()]
        if len(set(values)) > 1:
            different.append((setting, *values))
        else:
            same.append((setting, values[0]))
    content: list[Markup] = []
    if different:
        content.append(table("Settings that are not the same in all runs", ("setting", *runs), different))
    else:
        content.append(element("p", "All runs have the same settings."))
    if same:
        content.append(details("Settings that are the same", table("The same in all runs", ("setting", "value"), same)))
    return Section("What differs", "differences", content)


def curves(runs: Runs) -> Section | LeftOut:
    """The curves of all runs over each other; of many, in several pictures that all show the first run."""
    found = {name: history for name, run in runs.items() if (history := _overlaid(run))}
    if not found:
        return LeftOut("Curves", "no run has a history.json with losses or results.")
    first, *others = found
    step = _CURVES - 1
    groups = [[first, *others[start : start + step]] for start in range(0, max(1, len(others)), step)]
    content = [_curves_of({name: found[name] for name in group}) for group in groups]
    absent = [name for name in runs if name not in found]
    if absent:
        content.append(element("p", f"Without curves: {enumerated(absent)}.", class_="note"))
    return Section("Curves", "curves", content)


def _overlaid(run: RunRecord) -> dict[str, list[float]]:
    """The curves that runs have in common, with the numbers of the epochs; empty if there are none."""
    found = {n: v for n, v in curves_of(run).items() if n.rpartition("_")[2] in _COMPARED}
    return {"epoch": list(map(float, run.epochs)), **found} if found else {}


def by_class(runs: Runs) -> Section | LeftOut:
    """The result of each class in each run, and its change against the first one."""
    first = next(iter(runs.values()))
    title, noun, measure, values_of = "Classes", "class", "accuracy", class_accuracies
    if first.task == "multilabel":
        title, noun, measure, values_of = "Attributes", "attribute", "average precision", attribute_precisions
    if any(run.classes != first.classes for run in runs.values()):
        return LeftOut(title, "the runs have different ones.")
    values = {name: found for name, run in runs.items() if (found := values_of(run)) is not None}
    if len(values) < 2:
        return LeftOut(title, "fewer than two runs have results of each.")
    base = next(iter(values))
    rows = []
    for place, name in enumerate(first.classes):
        cells = [percent(values[base][place], 1)]
        cells += [_changed(found[place], values[base][place]) for found in islice(values.values(), 1, None)]
        rows.append((name, *cells))
    caption = f"{headed(measure)} of each {noun}, with the change against {base} in percentage points"
    numbers = table(caption, (noun, *values), rows, range(1, len(values) + 1))
    if len(first.classes) > LISTED_UP_TO:
        numbers = details(f"All {whole(len(first.classes))} in numbers", numbers)
    content = [_largest_changes(first.classes, values), numbers]
    absent = [name for name in runs if name not in values]
    if absent:
        content.append(element("p", f"Without results of each: {enumerated(absent)}.", class_="note"))
    return Section(title, "classes", content)


def _largest_changes(classes: list[str], values: dict[str, list[float]]) -> Markup:
    """For each run but the first, in words, what gained most and what lost most."""
    (_, base), *others = values.items()
    lines = []
    for run, found in others:
        changes = [(now - before, name) for now, before, name in zip(found, base, classes, strict=True)]
        changes = [change for change in changes if math.isfinite(change[0])]
        pieces = []
        for word, (change, name) in (("most gained", max(changes)), ("most lost", min(changes))) if changes else ():
            if (change > 0) == (word == "most gained") and change:
                pieces.append(f"{word}: {name} ({signed(100 * change, 1)})")
        lines.append(element("li", element("b", run), f": {', '.join(pieces) or 'no change'}"))
    return element("ul", *lines)


def _curves_of(histories: dict[str, dict[str, list[float]]]) -> Markup:
    alt = f"Curves of {counted(len(histories), 'run')} by epoch: {enumerated(list(histories))}."
    return drawn(lambda path: plots.plot_runs(histories, path), alt)


def _changed(now: float, before: float) -> Markup:
    change = signed(100 * (now - before), 1)
    kind = {"+": "better", "−": "worse"}.get(change[0]) if change != MISSING else None
    return joined([percent(now, 1), " ", element("span", f"({change})", class_=kind)])


def _settings(run: RunRecord) -> dict[str, str]:
    """All that is set in a run, by name."""
    found = {name: str(value) for name, value in run.about("settings").items()}
    for entry, names in (("data", ("name", "train", "val", "test")), ("model", ("name", "parameters"))):
        found |= {f"{entry}: {name}": str(run.about(entry)[name]) for name in names if name in run.about(entry)}
    found["seed"] = str(run.info.get("seed", MISSING))
    found |= {f"machine: {label(name)}": str(value) for name, value in run.about("machine").items()}
    found |= {f"version: {name}": str(value) for name, value in run.about("versions").items()}
    return found
