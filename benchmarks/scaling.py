"""How the time of a training step grows with batch, width, image size and threads: this library and PyTorch.

    python benchmarks/scaling.py [--panels NAME...] [--modes MODE...] [--rounds 5] [--quick]
                                 [--out FOLDER]

The ImagenetteModel of train_step.py at 64×64 with 16 channels in its first layer, batch 32: one of these changes at a
time. Measured as in train_step.py; PyTorch's figure is the better of eager and channels_last (torch.compile would
compile for every shape).
"""

from __future__ import annotations

from typing import Any

from side_by_side.comparison import Comparison, compare
from side_by_side.network import OURS
from side_by_side.options import read_options
from side_by_side.report import Panel, draw_lines, markdown_table, milliseconds, print_row, write_report
from side_by_side.training import Training

BASE = {"model": "imagenette", "batch": 32, "image_size": 64, "width": 16}
PANELS: dict[str, tuple[str, list[int]]] = {
    "batch": ("images in a batch", [16, 32, 64, 128, 256, 512]),
    "width": ("channels of the first layer", [8, 16, 32, 64]),
    "image_size": ("height and width of an image, pixels", [32, 64, 96, 128, 192]),
    "threads": ("threads", [1, 2]),
}
HEADER = ["what changes", "value", f"{OURS}, ms", "PyTorch, ms", "its mode", "times as fast"]


def cells(panel: str, value: int, result: Comparison) -> list[str]:
    """A row of the table."""
    times = (milliseconds(result.times[key]) for key in (OURS, result.best_mode))
    return [PANELS[panel][0], str(value), *times, result.best_mode, f"{result.ratio:.2f}"]


def main() -> None:
    """Measure, print, and write table and lines."""
    options = read_options(__doc__, "panels", PANELS, modes=("eager", "channels_last"), rounds=5)
    results: dict[str, dict[int, Comparison]] = {}
    for panel in options.names:
        results[panel] = {}
        for value in PANELS[panel][1]:
            changed: dict[str, Any] = {**BASE, panel: value}
            results[panel][value] = compare(Training, options.rounds, options.modes, **changed)
            print_row(panel, HEADER, cells(panel, value, results[panel][value]))
    rows = [cells(panel, value, result) for panel in results for value, result in results[panel].items()]
    text = "Milliseconds of a training step; see the head of benchmarks/scaling.py.\n\n" + markdown_table(HEADER, rows)
    print(f"\n{text}")
    if options.out:
        panels = [
            Panel(
                PANELS[panel][0],
                list(by_value),
                {
                    OURS: [result.times[OURS] * 1e3 for result in by_value.values()],
                    "PyTorch": [result.times[result.best_mode] * 1e3 for result in by_value.values()],
                },
            )
            for panel, by_value in results.items()
        ]
        draw_lines(options.out / "scaling.png", "A training step of the ImagenetteModel", "ms", panels)
        write_report(options.out, "scaling", "How cost grows", text)


if __name__ == "__main__":
    main()
