"""Training and inference of one model, as a worker process does them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .data import set_weights
from .network import Network

LEARNING_RATE = 0.002


class Training(Network):
    """Steps of training: zero_grad, forward, cross-entropy, backward, SGD with momentum, and the loss as a number."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.criterion = self.nn.CrossEntropyLoss()
        self._start()

    def _start(self) -> None:
        """Make a new optimiser; the batches begin anew."""
        self.optimizer = self.library.optim.SGD(self.network.parameters(), lr=LEARNING_RATE, momentum=0.9)
        self.steps_done = 0

    def step(self, model: Any) -> float:
        """One step; its loss."""
        images, labels = self.next_batch()
        self.optimizer.zero_grad()
        loss = self.criterion(model(images), labels)
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def check(self, steps: int = 3) -> list[float]:
        """Losses of the first steps with dropout off, since the libraries draw different masks."""
        dropouts = [(module, module.p) for module in self.network.modules() if "Dropout" in type(module).__name__]
        for module, _ in dropouts:
            module.p = 0.0
        set_weights(self.library, self.network)
        self._start()
        losses = [self.step(self.network) for _ in range(steps)]
        for module, p in dropouts:
            module.p = p
        return losses

    @staticmethod
    def difference(ours: Sequence[float], theirs: Sequence[float]) -> float:
        """The largest relative difference of two lists of losses."""
        return float(np.max(np.abs(np.subtract(ours, theirs)) / np.abs(theirs)))


class Inference(Network):
    """Steps of evaluation: forward only, in eval mode and without a graph."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.network.eval()

    def step(self, model: Any) -> Any:
        """The outputs (N, classes)."""
        with self.library.no_grad():
            return model(self.next_batch()[0])

    def check(self) -> list[float]:
        """Outputs for the first image of the first batch."""
        self.steps_done = 0
        return self.step(self.network)[0].tolist()

    @staticmethod
    def difference(ours: Sequence[float], theirs: Sequence[float]) -> float:
        """The norm of the difference of two outputs, relative to the second."""
        return float(np.linalg.norm(np.subtract(ours, theirs)) / np.linalg.norm(theirs))
