"""How long a student waits: import, and the first training step of LeNet-5 with a cold and a warm kernel cache.

    python benchmarks/startup.py [--repeats 5]

The library and torch run in turn, every measurement in a process of its own; medians are printed as a table, with the
machine, and written to benchmarks/results/startup.md. "first step" is the time from the start of `import` to the end of
the first training step (batch 64, 28×28), import included.
torch has no kernel cache: its two rows differ by chance only.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from side_by_side.machine import describe_machine

ROOT = Path(__file__).resolve().parent.parent

# The same source for both libraries; only the import differs.
MEASURED = """
import json, time
begin = time.perf_counter()
{imports}
imported = time.perf_counter() - begin
torch.manual_seed(0)
model = nn.Sequential(
    nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
criterion = nn.CrossEntropyLoss()
images, labels = torch.randn(64, 1, 28, 28), torch.randint(0, 10, (64,))
def step():
    optimizer.zero_grad()
    loss = criterion(model(images), labels)
    loss.backward()
    optimizer.step()
    return loss.item()
step()
first = time.perf_counter() - begin
times = []
for _ in range(20):
    start = time.perf_counter()
    step()
    times.append(time.perf_counter() - start)
print(json.dumps({{"import": imported, "first step": first, "a later step": sorted(times)[10]}}))
"""
IMPORTS = {
    "minitorch_cv": "import minitorch_cv as torch; from minitorch_cv import nn",
    "torch": "import torch; from torch import nn",
}


def measure(library: str, cache: Path) -> dict[str, float]:
    """Seconds of one process."""
    env = {**os.environ, "NUMBA_CACHE_DIR": str(cache)}
    code = MEASURED.format(imports=IMPORTS[library])
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env, cwd=ROOT)
    return json.loads(run.stdout)


def main() -> None:
    """Measure, print and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    rows: dict[tuple[str, str], list[dict[str, float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for library in IMPORTS:
            measure(library, Path(folder) / "warm")  # fills the caches, the operating system's too
        for repeat in range(repeats):
            for library in IMPORTS:
                for cache, place in (("cold", f"cold-{repeat}-{library}"), ("warm", "warm")):
                    rows.setdefault((library, cache), []).append(measure(library, Path(folder) / place))
    lines = ["| library | kernel cache | import, s | first step, s | a later step, ms |", "|---|---|---|---|---|"]
    for (library, cache), runs in rows.items():
        middle = {key: median(run[key] for run in runs) for key in runs[0]}
        lines.append(
            f"| {library} | {cache} | {middle['import']:.2f} | {middle['first step']:.2f} "
            f"| {middle['a later step'] * 1e3:.2f} |"
        )
    text = "\n".join(
        [f"{describe_machine()}  \n`python benchmarks/startup.py --repeats {repeats}`, medians", "", *lines]
    )
    print(text)
    results = ROOT / "benchmarks" / "results"
    results.mkdir(exist_ok=True)
    (results / "startup.md").write_text(f"# Start-up\n\n{text}\n")


if __name__ == "__main__":
    main()
