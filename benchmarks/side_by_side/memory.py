"""Peak memory of training one model, as a worker process measures it on itself."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

from .training import Training

STEPS = 3


def resident(field: str) -> int:
    """Bytes of this process's memory: VmRSS now, or VmHWM at its highest. Linux only."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) * 1024
    raise OSError(f"/proc/self/status has no {field}")


class TrainingMemory:
    """Measures once; make a new process for another measurement.

    A step of LeNet-5 comes first: what a library loads to train at all (PyTorch: 80 MB of modules) is not counted.
    """

    def __init__(self, library: str, **options: Any) -> None:
        Training(library, "eager", "lenet5_16").time_steps(1)
        gc.collect()
        Path("/proc/self/clear_refs").write_text("5")  # the highest mark so far is forgotten
        self.before = resident("VmRSS")
        self.training = Training(library=library, **options)

    def peak(self) -> dict[str, float]:
        """Bytes at the highest mark of STEPS steps, above those before the model was made; seconds of a later step."""
        times = self.training.time_steps(STEPS)
        return {"bytes": resident("VmHWM") - self.before, "seconds": min(times[1:])}
