"""One model of one library with batches to feed it: what the jobs of worker processes have in common.

The same source serves both libraries, which are imported by name. PyTorch has three modes: `eager`; `channels_last`, in
which model and images are in that memory format; and `compile`, in which the model goes through torch.compile.
Images come in the memory order that the mode wants (channels last for this library, whose loaders give that), so that
nobody has to convert them in a step.
"""

from __future__ import annotations

import importlib
import os
import time
from typing import Any

from .data import draw_batches, set_weights
from .models import MODELS

OURS = "minitorch_cv"
TORCH_MODES = ("eager", "channels_last", "compile")
BATCHES = 3  # different batches, taken in turn


def open_library(name: str, threads: int | None = None) -> Any:
    """Import a library. PyTorch gets a thread for every processor; this one keeps its own default."""
    library = importlib.import_module(name)
    if threads or name == "torch":
        library.set_num_threads(threads or len(os.sched_getaffinity(0)))
    return library


class Network:
    """A model of one library, with its initial weights, and batches.

    Args:     library: "minitorch_cv" or "torch".
              mode: one of TORCH_MODES; for this library "eager".
              model: a name of MODELS.
              batch: images in a step, the model's own number by default.
              image_size: height and width of the images, the model's own by default.
              threads: the library's default if None.
              options: of the model's builder, such as width.
    """

    def __init__(
        self,
        library: str,
        mode: str,
        model: str,
        batch: int | None = None,
        image_size: int | None = None,
        threads: int | None = None,
        **options: Any,
    ) -> None:
        self.library = open_library(library, threads)
        self.nn = importlib.import_module(f"{library}.nn")
        spec = MODELS[model].of_size(image_size)
        self.network = spec.build(self.nn, **options)
        set_weights(self.library, self.network)
        channels_last = library == OURS or mode == "channels_last"
        drawn = draw_batches(spec, batch or spec.batch, BATCHES, channels_last)
        self.batches = [tuple(map(self.library.from_numpy, pair)) for pair in drawn]
        if mode == "channels_last":
            self.network = self.network.to(memory_format=self.library.channels_last)
        self.model = self.library.compile(self.network) if mode == "compile" else self.network
        self.steps_done = 0

    def next_batch(self) -> tuple[Any, Any]:
        """Images and labels of the next step."""
        self.steps_done += 1
        return self.batches[(self.steps_done - 1) % BATCHES]

    def step(self, model: Any) -> Any:
        """What is measured; `model` is self.model, or self.network to go round torch.compile."""
        raise NotImplementedError

    def time_steps(self, count: int) -> list[float]:
        """Seconds of each of `count` steps."""
        times = []
        for _ in range(count):
            begin = time.perf_counter()
            self.step(self.model)
            times.append(time.perf_counter() - begin)
        return times
