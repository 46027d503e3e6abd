"""Tables and charts of benchmarks, in benchmarks/results/."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib

from .machine import describe_machine

matplotlib.use("Agg")
RESULTS = Path(__file__).resolve().parents[1] / "results"
AHEAD, BEHIND = "#0072B2", "#D55E00"  # of the palette of Okabe and Ito: told apart by the colour-blind


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A table: the first column to the left, the others to the right."""
    lines = [header, ["---", *["--:"] * (len(header) - 1)], *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def milliseconds(seconds: float | None) -> str:
    """Three digits are what a measurement holds."""
    if seconds is None:
        return "–"
    value = seconds * 1e3
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def command_line() -> str:
    """The command that is running, as one types it."""
    return shlex.join(["python", f"benchmarks/{Path(sys.argv[0]).name}", *sys.argv[1:]])


def write_table(name: str, title: str, body: str, chart: bool = True) -> Path:
    """Write results/NAME.md: title, machine, versions, command, the text, and the chart results/NAME.png."""
    RESULTS.mkdir(exist_ok=True)
    picture = [f"![{title}]({name}.png)", ""] if chart else []
    head = [f"# {title}", "", f"{describe_machine()}  ", f"`{command_line()}`", ""]
    path = RESULTS / f"{name}.md"
    path.write_text("\n".join([*head, *picture, body.rstrip(), ""]))
    return path


def draw_ratios(name: str, title: str, labels: Sequence[str], ratios: Sequence[float]) -> None:
    """A bar for each ratio in results/NAME.png, with its value and a line at 1; above it the library is ahead."""
    from matplotlib import pyplot as plt

    RESULTS.mkdir(exist_ok=True)
    figure, axes = plt.subplots(figsize=(max(6.0, 0.95 * len(labels)), 4.2), layout="constrained")
    colours = [AHEAD if ratio >= 1 else BEHIND for ratio in ratios]
    bars = axes.bar(range(len(ratios)), ratios, color=colours, width=0.7)
    axes.bar_label(bars, [f"{ratio:.2f}" for ratio in ratios], padding=2, fontsize=9)
    axes.axhline(1, color="black", linewidth=1)
    axes.set_xticks(range(len(labels)), labels, fontsize=8)
    axes.set_ylabel("PyTorch's time / minitorch_cv's time")
    axes.set_title(title)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(RESULTS / f"{name}.png", dpi=130)
    plt.close(figure)
