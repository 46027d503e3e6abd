"""The report of one run."""

from __future__ import annotations

from pathlib import Path

from . import classification, insides, multilabel, overview
from .key_figures import warnings
from .page import page, write
from .run_files import read_run


def report(run_dir: str | Path, path: str | Path | None = None) -> Path:
    """Write what a run folder tells as one HTML page: results, curves, pictures, and how to repeat the run.

    Everything is inside the page: it can be mailed, printed, and opened without a network. A folder without
    metrics.json or predictions.npz, of a run that was cut off, gives a page that says what is missing.

    Args:     run_dir: the folder.
              path: of the page; `run_dir`/report.html if None. Its folder is made if need be.
    Returns:  the path of the page.
    Raises:   FileNotFoundError: if there is no such folder, or it is no run folder.
              RuntimeError: if a JSON file is damaged; it is named.
              ValueError: if what a file holds does not fit; it is named.
    """
    run = read_run(run_dir, "report")
    by_task = multilabel if run.task == "multilabel" else classification
    parts = [
        overview.summary(run),
        overview.settings(run),
        overview.model(run),
        overview.curves(run),
        *by_task.sections(run),
        *insides.sections(run),
        overview.repeating(run),
    ]
    text = page(run.title, overview.subtitle(run), overview.tiles(run), warnings(run), parts)
    return write(text, Path(run_dir) / "report.html" if path is None else path)
