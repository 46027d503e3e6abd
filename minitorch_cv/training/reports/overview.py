"""The sections that every run has: summary, settings, model, curves, and how to repeat it."""

from __future__ import annotations

from .. import plots
from .key_figures import best_epoch_of, curves_of, epochs_of, interval_of, parameters_of, result_of, seconds_of, task_of
from .markup import Markup, details, element, listing, table
from .page import LeftOut, Section, Tile
from .pictures import drawn
from .run_files import RunRecord
from .wording import MISSING, counted, duration, enumerated, headed, label, moment, percent, quantity, whole

_SPLITS = (("train", "to train on"), ("val", "to validate on"), ("test", "to test on"))
_PARAMETERS = (("parameters", "in all"), ("trainable", "trainable"))
_ELSEWHERE = ("best_epoch", "epochs", "minutes")  # of the metrics: they are in the headline


def subtitle(run: RunRecord) -> str:
    """The line under the title."""
    pieces = [f"Report of a training run: {task_of(run)}"]
    if run.about("data").get("name"):
        pieces.append(f"data {run.about('data')['name']}")
    if "started" in run.info:
        pieces.append(f"begun {moment(run.info['started'])}")
    return " · ".join(pieces)


def tiles(run: RunRecord) -> list[Tile]:
    """The headline."""
    value, name = result_of(run)
    sure = interval_of(run)
    found = [Tile(headed(name), percent(value), sure and f"95\u00a0% interval {sure}")]
    for metric in ("top5_accuracy", "loss"):
        if run.metrics is not None and metric in run.metrics:
            found.append(Tile(headed(label(f"{run.split}_{metric}")), quantity(metric, run.metrics[metric])))
    epochs, best = epochs_of(run), best_epoch_of(run)
    if epochs is not None:
        found.append(Tile("Epochs", whole(epochs), None if best is None else _best_epoch(run, best)))
    if duration(seconds_of(run)) != MISSING:
        found.append(Tile("Training time", duration(seconds_of(run))))
    parameters = parameters_of(run)
    if parameters is not None:
        found.append(Tile("Parameters", whole(parameters)))
    return found


def _best_epoch(run: RunRecord, best: int) -> str:
    """Which epoch's weights were tested, if the run says so; else where validation went best, whatever was tested."""
    monitor = run.remarks.get("monitor")
    return f"highest on validation: {best}" if monitor is None else f"tested: {best}, best by {label(monitor).lower()}"


def summary(run: RunRecord) -> Section:
    """Data, model and results as tables, and the notes."""
    data, model = run.about("data"), run.about("model")
    splits = [f"{whole(data[split])} {name}" for split, name in _SPLITS if isinstance(data.get(split), int)]
    parameters = [f"{whole(model[key])} {name}" for key, name in _PARAMETERS if isinstance(model.get(key), int)]
    rows = [
        ("data", data.get("name")),
        ("samples", enumerated(splits)),
        ("attributes" if run.task == "multilabel" else "classes", whole(len(run.classes))),
        ("model", model.get("name")),
        ("parameters", ", ".join(parameters)),
    ]
    content: list[Markup | None] = [table("What was trained", ("what", "value"), [row for row in rows if row[1]])]
    if run.metrics is not None:
        results = [(label(n), quantity(n, v)) for n, v in run.metrics.items() if n not in _ELSEWHERE]
        results += [(label(n), label(text) if n == "monitor" else text) for n, text in run.remarks.items()]
        content.append(table(f"Results on the {label(run.split)} data", ("measure", "value"), results, numbers=(1,)))
    notes = run.info.get("notes", [])
    if notes:
        content += [element("h3", "Notes"), element("ul", *(element("li", note) for note in notes))]
    return Section("Summary", "summary", content)


def settings(run: RunRecord) -> Section | LeftOut:
    """Names and values."""
    rows = [(name, str(value)) for name, value in run.about("settings").items()]
    if not rows:
        return LeftOut("Settings", "run.json names none.")
    return Section("Settings", "settings", [table("Settings of the run", ("setting", "value"), rows)])


def model(run: RunRecord) -> Section | LeftOut:
    """The table that the model's summary prints."""
    text = run.about("model").get("summary")
    if not text:
        return LeftOut("Model", "run.json has no summary of it.")
    return Section("Model", "model", [listing(text, "Table of the model's layers")])


def curves(run: RunRecord) -> Section | LeftOut:
    """Loss, accuracy and whatever else was noted by epoch, drawn and in numbers."""
    drawable = curves_of(run)
    if not drawable:
        return LeftOut("Curves", "there is no history.json with a finite number.")
    best = best_epoch_of(run)
    last = "; ".join(f"{label(name)} {quantity(name, values[-1])}" for name, values in drawable.items())
    alt = f"Curves over {counted(len(run.epochs), 'epoch')}. In the last one: {last}."
    names = list(run.history)
    rows = [(epoch, *(quantity(name, run.history[name][i]) for name in names)) for i, epoch in enumerate(run.epochs)]
    numbers = table("One row an epoch", ("epoch", *map(label, names)), rows, numbers=range(1, len(names) + 1))
    shown = {"epoch": list(map(float, run.epochs)), **drawable}
    mark = best if best in run.epochs else None
    picture = drawn(lambda path: plots.plot_history(shown, path, best=mark), alt)
    return Section("Curves", "curves", [picture, details("Numbers by epoch", numbers)])


def repeating(run: RunRecord) -> Section:
    """The command that gives the same run again, and what it ran on."""
    command, seed = run.info.get("command"), run.info.get("seed")
    content: list[Markup | None] = []
    if command:
        content.append(element("p", "This command repeats the run:"))
        content.append(element("div", listing(command, "Command that repeats the run"), class_="command"))
    else:
        content.append(element("p", "run.json does not say which command repeats the run."))
    content.append(element("p", "No seed was noted." if seed is None else f"Seed: {seed}."))
    for title, entry in (("Machine", "machine"), ("Versions", "versions")):
        rows = [(label(name), value) for name, value in run.about(entry).items() if value is not None]
        if rows:
            content.append(table(title, ("what", "value"), rows))
    return Section("Repeating this run", "repeat", content)
