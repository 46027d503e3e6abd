"""The comparison of several runs, such as those of an ablation: each is held against the first one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from . import comparison
from .key_figures import result_of, task_of
from .page import Tile, page, write
from .run_files import RunRecord, read_run
from .wording import counted, enumerated, headed, percent, points, whole


def compare(run_dirs: Sequence[str | Path], path: str | Path | None = None, title: str = "") -> Path:
    """Write what run folders tell side by side as one HTML page: results, what was set differently, curves, classes.

    Everything is inside the page. Runs that were cut off take part with what there is of them.

    Args:     run_dirs: two folders or more; the others are compared with the first.
              path: of the page; comparison.html beside the first folder if None. Its folder is made if need be.
              title: of the page.
    Returns:  the path of the page.
    Raises:   TypeError: for a single path.
              ValueError: for fewer than two folders, one folder twice, runs of different tasks, or contents that do not
                fit.
              FileNotFoundError: if a folder is not there, or is no run folder. RuntimeError: if a JSON file is damaged.
    """
    if isinstance(run_dirs, (str, Path)):
        raise TypeError(f"compare: run_dirs is {run_dirs!r}, expected a list of folders; of one run make a report")
    folders = [Path(folder) for folder in run_dirs]
    if len(folders) < 2:
        raise ValueError(
            f"compare: got {counted(len(folders), 'folder')}, expected at least 2; of one run make a report"
        )
    seen = set()
    for folder in folders:
        if folder.resolve() in seen:
            raise ValueError(f"compare: the folder {folder} is given twice")
        seen.add(folder.resolve())
    runs = dict(zip(_names(found := [read_run(folder, "compare") for folder in folders]), found, strict=True))
    tasks = {run.task for run in found}
    if len(tasks) > 1:
        listed = ", ".join(f"{run.folder} is {run.task}" for run in found)
        raise ValueError(f"compare: the runs are of different tasks, expected the same for all: {listed}")
    parts = [
        comparison.results(runs),
        comparison.differences(runs),
        comparison.curves(runs),
        comparison.by_class(runs),
    ]
    title = title or f"Comparison of {whole(len(runs))} runs"
    text = page(title, _subtitle(runs), _tiles(runs), _warnings(runs), parts)
    return write(text, folders[0].resolve().parent / "comparison.html" if path is None else path)


def _names(runs: list[RunRecord]) -> list[str]:
    """A name for each run: its title; where several have the same, with the folder behind it."""
    titles = _without_common_start([run.title for run in runs])
    names = [
        t if titles.count(t) == 1 else f"{t} ({r.folder.resolve().name})" for t, r in zip(titles, runs, strict=True)
    ]
    if len(set(names)) == len(names):
        return names
    return [f"{title} ({run.folder})" for title, run in zip(titles, runs, strict=True)]


def _without_common_start(titles: list[str]) -> list[str]:
    """The titles without what all of them say before a colon: "ResNet-9 on CINIC-10: base" is "base" here."""
    starts = {title.rpartition(": ")[0] for title in titles}
    return [title.rpartition(": ")[2] for title in titles] if len(starts) == 1 else titles


def _subtitle(runs: dict[str, RunRecord]) -> str:
    first = next(iter(runs.values()))
    data = first.about("data").get("name")
    return f"Comparison of training runs: {task_of(first)}" + (f" · data {data}" if data else "")


def _tiles(runs: dict[str, RunRecord]) -> list[Tile]:
    first_name, first = next(iter(runs.items()))
    first_value, measure = result_of(first)
    tiles = [Tile(f"{headed(measure)}: first run", percent(first_value), first_name)]
    best = comparison.best_run(runs)
    if best is not None:
        value, measure = result_of(runs[best])
        tiles.insert(0, Tile(f"{headed(measure)}: best run", percent(value), best))
        if math.isfinite(first_value) and best != first_name:
            tiles.append(Tile("Best against first", points(value - first_value), "percentage points"))
    return [*tiles, Tile("Runs", whole(len(runs)))]


def _warnings(runs: dict[str, RunRecord]) -> list[str]:
    found = []
    cut_off = [name for name, run in runs.items() if run.metrics is None]
    if cut_off:
        found.append(f"Cut off, or still going on: {enumerated(cut_off)}. What there is so far is shown.")
    stale = [name for name, run in runs.items() if run.stale]
    if stale:
        found.append(f"Results of an earlier run in the same folder, the last one was cut off: {enumerated(stale)}.")
    diverged = [name for name, run in runs.items() if run.arrays is not None and run.arrays.not_finite]
    if diverged:
        found.append(f"Scores that are not finite, the training diverged: {enumerated(diverged)}.")
    data = {str(run.about("data").get("name", "unknown")) for run in runs.values()}
    if len(data) > 1:
        found.append(
            f"The runs are not of the same data, and their results are not comparable: {enumerated(sorted(data))}."
        )
    return found
