"""How long a student waits: import, and the first training step with a cold and a warm kernel cache.

    python benchmarks/startup.py [--models NAME...] [--rounds 3] [--quick] [--out FOLDER]

The library and torch run in turn, every measurement in a process of its own; the medians are given. "First step" is the
time from the start of `import` to the end of the first training step of a model of train_step.py, import included.
torch, which runs eagerly here, has no kernel cache: its two rows differ by chance only.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from side_by_side.models import MODELS
from side_by_side.network import OURS
from side_by_side.options import read_options
from side_by_side.processes import python_path
from side_by_side.report import digits, draw_bars, markdown_table, milliseconds, write_report

NAMES = ("lenet5_128", "resnet9")
LATER_STEPS = 5

# The same source for both libraries; only the import differs.
MEASURED = """
import json, time
from side_by_side.models import MODELS
spec = MODELS["{model}"]
begin = time.perf_counter()
{imports}
imported = time.perf_counter() - begin
torch.manual_seed(0)
model = spec.build(nn)
optimizer = torch.optim.SGD(model.parameters(), lr=0.002, momentum=0.9)
criterion = nn.CrossEntropyLoss()
images, labels = torch.randn(spec.batch, *spec.image), torch.randint(0, spec.classes, (spec.batch,))
def step():
    optimizer.zero_grad()
    loss = criterion(model(images), labels)
    loss.backward()
    optimizer.step()
    return loss.item()
step()
first = time.perf_counter() - begin
times = []
for _ in range({later}):
    start = time.perf_counter()
    step()
    times.append(time.perf_counter() - start)
print(json.dumps({{"import": imported, "first step": first, "a later step": sorted(times)[{later} // 2]}}))
"""
IMPORTS = {
    OURS: "import minitorch_cv as torch; from minitorch_cv import nn",
    "torch": "import torch; from torch import nn",
}
HEADER = ["model (batch)", "library", "kernel cache", "import, s", "first step, s", "a later step, ms"]


def measure(library: str, model: str, cache: Path) -> dict[str, float]:
    """Seconds of one process."""
    env = {**os.environ, "NUMBA_CACHE_DIR": str(cache), "PYTHONPATH": python_path()}
    code = MEASURED.format(imports=IMPORTS[library], model=model, later=LATER_STEPS)
    run = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True, env=env)
    return json.loads(run.stdout)


def main() -> None:
    """Measure, print, and write table and chart."""
    options = read_options(__doc__, "models", NAMES, modes=(), rounds=3)
    runs: dict[tuple[str, str, str], list[dict[str, float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for model in options.names:
            for library in IMPORTS:
                measure(library, model, Path(folder) / "warm")  # fills the caches, the operating system's too
            for repeat in range(options.rounds):
                for library in IMPORTS:
                    for cache, place in (("cold", f"{model}-{library}-{repeat}"), ("warm", "warm")):
                        result = measure(library, model, Path(folder) / place)
                        runs.setdefault((model, library, cache), []).append(result)
            print(f"{model}: done", flush=True)
    middle = {case: {key: median(run[key] for run in found) for key in found[0]} for case, found in runs.items()}
    rows = [
        [
            f"{MODELS[model].title} ({MODELS[model].batch})",
            library,
            cache,
            digits(times["import"]),
            digits(times["first step"]),
            milliseconds(times["a later step"]),
        ]
        for (model, library, cache), times in middle.items()
    ]
    text = f"Medians of {options.rounds} processes.\n\n{markdown_table(HEADER, rows)}"
    print(f"\n{text}")
    if options.out:
        names = [f"{MODELS[model].title}, {library}, {cache} cache" for model, library, cache in middle]
        series = {key: [times[key] for times in middle.values()] for key in ("import", "first step")}
        draw_bars(options.out / "startup.png", "Import, and from there to the first training step", "s", names, series)
        write_report(options.out, "startup", "Start-up", text)


if __name__ == "__main__":
    main()
