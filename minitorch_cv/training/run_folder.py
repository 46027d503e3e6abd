"""A run's folder: what was trained and how (run.json), how it went (history.json), what came of it (metrics.json).

`begin_run` writes the first, `fit` or, in a loop of one's own, `save_checkpoint` the second with last.pt, `finish_run`
the third with predictions.npz. All are plain JSON and NumPy arrays, so that reports, comparisons and tables need
nothing but the folder.
"""

from __future__ import annotations

import contextlib
import json
import math
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from ..nn.module import Module
from ..utils.atomic import replacing
from ..utils.checksum import digest_of
from .machine import describe_machine, versions
from .summary import summary

RUN, HISTORY, METRICS, PREDICTIONS = "run.json", "history.json", "metrics.json", "predictions.npz"
LAST, BEST = "last.pt", "best.pt"
TASKS = ("classification", "multilabel")


def begin_run(
    out: str | Path,
    title: str,
    classes: Sequence[str],
    model: Module,
    input_size: Sequence[int],
    *,
    task: str = "classification",
    seed: int | None = None,
    settings: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
    notes: Sequence[str] = (),
    resume: bool = True,
) -> Path:
    """Make a run's folder and write down what is going to be trained.

    Args:     out: the folder; what other files it holds stays.
              title: of the run, for headings and tables.
              classes: their names, in the order of the model's outputs.
              input_size: of one batch, such as (1, 3, 32, 32), for the model's summary.
              task: "classification" (one class a sample) or "multilabel".
              settings: what the run is to be told apart by: learning rate, augmentation and the like. Of a file, as in
                weights=Path("resnet18.pth"), name and the beginning of its SHA-256 are written down.
              data: name of the data set ("name") and sizes of its splits ("train", "val", "test"), as far as there are.
              notes: sentences that belong beside the result.
              resume: a checkpoint in the folder shall be gone on with; with False it may be any other run's, which
                `fit(resume=False)` then writes over.
    Returns:  the folder.
    Raises:   ValueError: for another task, or classes that are none or not all different. RuntimeError: if the folder
                has the checkpoint of another model or a run with another seed, setting or number of samples; then
                nothing is written.
    """
    if task not in TASKS:
        raise ValueError(f"begin_run: task is {task!r}, expected one of {', '.join(map(repr, TASKS))}")
    names = [str(name) for name in classes]
    if isinstance(classes, str) or not names or len(set(names)) < len(names):
        raise ValueError(f"begin_run: classes is {classes!r}, expected a list of names, one at least, all different")
    table = summary(model, input_size)
    described = {
        "format": 1,
        "title": title,
        "task": task,
        "classes": names,
        "command": _command(),
        "seed": seed,
        "started": datetime.now().isoformat(timespec="seconds"),
        "machine": describe_machine(),
        "versions": versions(),
        "settings": {name: _plain(value) for name, value in (settings or {}).items()},
        "data": dict(data or {}),
        "model": {
            "name": type(model).__name__,
            "summary": str(table),
            "parameters": table.total_params,
            "trainable": table.trainable_params,
        },
        "notes": list(notes),
    }
    folder = Path(out)
    differs = ""
    if resume and (folder / LAST).exists():
        with contextlib.suppress(RuntimeError):  # a damaged run.json is written anew; the checkpoint tells whose it is
            differs = difference(identity(folder), _identity_in(json.loads(_text_of(described))))
    if differs:
        raise RuntimeError(
            f"begin_run: {folder} holds another run ({differs}). Choose another folder (out), or delete this one to "
            "begin anew in it"
        )
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / RUN, described)
    return folder


def identity(folder: Path) -> dict[str, Any] | None:
    """What tells a run from others: its seed, settings, data and model; None where `begin_run` wrote nothing down."""
    return _identity_in(read_json(folder / RUN)) if (folder / RUN).exists() else None


def _identity_in(described: Mapping[str, Any]) -> dict[str, Any]:
    model = described.get("model") or {}
    told = {name: described.get(name) for name in ("seed", "settings", "data")}
    return told | {"model": {name: model.get(name) for name in ("name", "parameters")}}


def difference(kept: Mapping[str, Any] | None, current: Mapping[str, Any] | None) -> str:
    """What differs in what `identity` gave of two runs; empty if nothing does, or one of them is not known."""
    if kept is None or current is None:
        return ""
    for group, now in current.items():
        if group not in kept:  # of a checkpoint that was written before this was told
            continue
        then = kept[group]
        pairs = [(group, then, now)]
        if isinstance(now, dict) and isinstance(then, dict):
            pairs = [(f"{group}: {name}", then.get(name), now.get(name)) for name in {**then, **now}]
        for name, old, new in pairs:
            if old != new:
                return f"{name} is {old!r} there, {new!r} here"
    return ""


def read_json(path: Path) -> Any:
    """What a run's JSON file holds.

    Raises:   FileNotFoundError: if it is not there. RuntimeError: if it is damaged; both name the file.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise RuntimeError(f"{path} is damaged: {error}. Delete it and run the training again") from error


def write_json(path: Path, content: Any) -> None:
    """Write a JSON file, whole or not at all; NaN and infinity become null, which JSON has instead."""
    with replacing(path) as part:
        part.write_text(_text_of(content), encoding="utf-8")


def _text_of(content: Any) -> str:
    return json.dumps(_finite(content), indent=1, ensure_ascii=False, allow_nan=False)


def _finite(content: Any) -> Any:
    if isinstance(content, float) and not math.isfinite(content):
        return None
    if isinstance(content, Mapping):
        return {str(key): _finite(value) for key, value in content.items()}
    if isinstance(content, (list, tuple)):
        return [_finite(value) for value in content]
    return content


def _plain(value: Any) -> Any:
    if isinstance(value, Path) and value.is_file():
        return f"{value.name} (sha256 {digest_of(value, 'sha256')[:8]})"
    return value if value is None or isinstance(value, (bool, int, float)) else str(value)


def _command() -> str:
    """The command line of this process, as one would type it."""
    import shlex

    program, *arguments = sys.argv
    main = sys.modules.get("__main__")
    spec = getattr(main, "__spec__", None)
    if spec is not None:  # python -m name
        start = ["python", "-m", spec.name.removesuffix(".__main__")]
    else:
        path = Path(program)
        start = ["python", str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)]
    return shlex.join([*start, *arguments])
