"""Tables and charts of benchmarks."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .machine import describe_machine

RESULTS = Path(__file__).resolve().parents[1] / "results"
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7")  # of Okabe and Ito: told apart by the colour-blind, and in grey


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A table: the first column to the left, the others to the right."""
    lines = [header, ["---", *["--:"] * (len(header) - 1)], *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def print_row(name: str, header: Sequence[str], row: Sequence[str]) -> None:
    """Progress: what was measured, on one line."""
    print(f"{name}:", ", ".join(f"{key} {value}" for key, value in zip(header[1:], row[1:])), flush=True)


def digits(value: float | None) -> str:
    """A measured number with three digits, which is what a measurement holds."""
    if value is None:
        return "–"
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def milliseconds(seconds: float | None) -> str:
    """Three digits."""
    return digits(None if seconds is None else seconds * 1e3)


def command_line() -> str:
    """The command that is running, as one types it."""
    return shlex.join(["python", f"benchmarks/{Path(sys.argv[0]).name}", *sys.argv[1:]])


def write_report(folder: Path, name: str, title: str, body: str) -> None:
    """Write NAME.md: title, machine, versions, command, the picture NAME.png, and the text."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        f"# {title}",
        "",
        f"{describe_machine()}  ",
        f"`{command_line()}`",
        "",
        f"![{title}]({name}.png)",
        "",
        body,
    ]
    path = folder / f"{name}.md"
    path.write_text("\n".join(lines).rstrip() + "\n")
    print(f"written: {path}")


def _pyplot() -> Any:
    """matplotlib.pyplot, drawing into files."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    return pyplot


def draw_bars(
    path: Path,
    title: str,
    label: str,
    names: Sequence[str],
    series: Mapping[str, Sequence[float | None]],
    ratios: bool = False,
) -> None:
    """A group of horizontal bars for every name, each with its value.

    Args:     label: of the values, with their unit.
              series: values by what they are of, one for every name; None leaves a bar out.
              ratios: bars lead away from 1 on a logarithmic axis, so that 2 and a half are equally long.
    """
    plt = _pyplot()
    path.parent.mkdir(parents=True, exist_ok=True)
    height, origin = 0.8 / len(series), float(ratios)
    figure, axes = plt.subplots(figsize=(8, 1.4 + len(names) * max(0.3, 0.19 * len(series))), layout="constrained")
    for i, (key, values) in enumerate(series.items()):
        found = [(place, value) for place, value in enumerate(values) if value is not None]
        places = [place + (i - (len(series) - 1) / 2) * height for place, _ in found]
        widths = [value - origin for _, value in found]
        bars = axes.barh(places, widths, height, left=origin, color=COLOURS[i], label=key)
        axes.bar_label(bars, [digits(value) for _, value in found], padding=3, fontsize=7)
    if ratios:
        known = [value for values in series.values() for value in values if value is not None]
        ticks = [0.05, 0.1, 0.2, 0.5, 0.7, 1, 1.5, 2, 3, 5, 10, 20]
        axes.set_xscale("log")
        axes.set_xlim(min(0.7, min(known) / 1.4), max(1.4, max(known) * 1.4))
        axes.set_xticks([t for t in ticks if axes.get_xlim()[0] < t < axes.get_xlim()[1]])
        axes.xaxis.set_major_formatter("{x:g}")
        axes.minorticks_off()
        axes.axvline(1, color="black", linewidth=1)
    else:
        axes.margins(x=0.08)
    if len(series) > 1:
        figure.legend(loc="outside lower center", ncols=len(series), fontsize=8, frameon=False)
    axes.set_yticks(range(len(names)), names, fontsize=8)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_xlabel(label)
    figure.suptitle(title, fontsize=11)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=120)
    plt.close(figure)


@dataclass(frozen=True)
class Panel:
    """Curves over the same values: `series` holds a number for each of `values`, by what it is of."""

    label: str
    values: Sequence[float]
    series: Mapping[str, Sequence[float]]


def draw_lines(path: Path, title: str, unit: str, panels: Sequence[Panel]) -> None:
    """Panels of curves in two columns, all axes logarithmic: a straight line is a power, its slope the exponent."""
    plt = _pyplot()
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = -(-len(panels) // 2)
    figure, grid = plt.subplots(rows, 2, figsize=(8, 3 * rows + 0.5), layout="constrained", squeeze=False)
    for axes, panel in zip(grid.flat, panels):
        for (key, values), colour, marker in zip(panel.series.items(), COLOURS, "os^D"):
            axes.plot(panel.values, values, color=colour, marker=marker, label=key)
        axes.set(xscale="log", yscale="log", xlabel=panel.label, ylabel=unit)
        axes.set_ylim(bottom=0.7 * min(map(min, panel.series.values())), top=1.4 * max(map(max, panel.series.values())))
        axes.set_xticks(panel.values, map(str, panel.values))
        axes.minorticks_off()
        ticks = [t for e in range(-2, 6) for t in (10**e, 2 * 10**e, 5 * 10**e)]
        low, high = axes.get_ylim()
        axes.set_yticks([t for t in ticks if low <= t <= high], [f"{t:g}" for t in ticks if low <= t <= high])
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
    for axes in list(grid.flat)[len(panels) :]:
        axes.set_visible(False)
    figure.suptitle(title)
    figure.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=4, frameon=False)
    figure.savefig(path, dpi=120)
    plt.close(figure)
