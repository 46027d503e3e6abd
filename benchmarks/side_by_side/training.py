"""Training one model with one library: what a worker process of the training benchmark does.

The same source for both libraries, which are imported by name. The modes of PyTorch are `eager`; `channels_last`, in
which model and images are in that memory format; and `compile`, in which the model goes through torch.compile.
Images come in the memory order that suits the mode best (channels_last for this library, whose loaders give that), so
that nobody has to convert them in a step.
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
LEARNING_RATE = 0.002
BATCHES = 3  # different batches, taken in turn


def open_library(name: str, threads: int | None = None) -> Any:
    """Import a library. PyTorch gets a thread for every processor; this one keeps its own default."""
    library = importlib.import_module(name)
    if threads or name == "torch":
        library.set_num_threads(threads or len(os.sched_getaffinity(0)))
    return library


class Training:
    """A model, an optimiser and some batches of one library.

    Args:     library: "minitorch_cv" or "torch".
              mode: one of TORCH_MODES; for this library only "eager".
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
        self.spec = MODELS[model].of_size(image_size)
        nn = importlib.import_module(f"{library}.nn")
        self.network = self.spec.build(nn, **options)
        batches = draw_batches(self.spec, batch or self.spec.batch, BATCHES, library == OURS or mode == "channels_last")
        self.batches = [tuple(map(self.library.from_numpy, pair)) for pair in batches]
        self.criterion = nn.CrossEntropyLoss()
        if mode == "channels_last":
            self.network = self.network.to(memory_format=self.library.channels_last)
        self.model = self.library.compile(self.network) if mode == "compile" else self.network
        self.steps_done = 0
        self.restart()

    def restart(self) -> None:
        """Back to the initial weights, with a new optimiser."""
        set_weights(self.library, self.network)
        self.optimizer = self.library.optim.SGD(self.network.parameters(), lr=LEARNING_RATE, momentum=0.9)
        self.steps_done = 0

    def step(self, model: Any) -> float:
        """One step of training; the loss."""
        images, labels = self.batches[self.steps_done % BATCHES]
        self.steps_done += 1
        self.optimizer.zero_grad()
        loss = self.criterion(model(images), labels)
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def time_steps(self, count: int) -> list[float]:
        """Seconds of each of `count` steps."""
        times = []
        for _ in range(count):
            begin = time.perf_counter()
            self.step(self.model)
            times.append(time.perf_counter() - begin)
        return times

    def first_losses(self, count: int = 3) -> list[float]:
        """Losses of the first steps with dropout off: the libraries draw different masks."""
        dropouts = [(m, m.p) for m in self.network.modules() if "Dropout" in type(m).__name__]
        for module, _ in dropouts:
            module.p = 0.0
        self.restart()
        losses = [self.step(self.network) for _ in range(count)]
        for module, p in dropouts:
            module.p = p
        self.restart()
        return losses

    def parameters(self) -> int:
        """How many numbers are trained."""
        return sum(p.numel() for p in self.network.parameters())
