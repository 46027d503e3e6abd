"""Single operations of one library, as a worker process runs them."""

from __future__ import annotations

import importlib
import time
from typing import Any

import numpy as np

from .data import set_weights
from .models import MODELS
from .network import OURS, open_library
from .operation_cases import CASES, OPTIMIZERS, Shape


class Operations:
    """Times the cases of operation_cases.py, and holds convolutions against float64.

    Args:     library: "minitorch_cv" or "torch".
              channels_last: whether images are so in memory; this library's always are.
    """

    def __init__(self, library: str, channels_last: bool = False) -> None:
        self.library = open_library(library)
        self.nn = importlib.import_module(f"{library}.nn")
        self.channels_last = channels_last or library == OURS
        self._prepared: tuple[str, Any] = ("", None)

    def draw(self, shape: Shape, seed: int) -> Any:
        """A tensor of normal numbers, float32."""
        array = np.random.default_rng(seed).standard_normal(shape, np.float32)
        if len(shape) == 4 and self.channels_last:
            array = np.ascontiguousarray(array.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)
        return self.library.from_numpy(array)

    def build(self, name: str, double: bool = False) -> tuple[Any, list[Any]]:
        """A case's operation and its inputs, in float64 on request."""
        case = CASES[name]
        operation = case.build(self.library, self.nn)
        if isinstance(operation, self.nn.Module):
            set_weights(self.library, operation)
            if self.channels_last and self.library.__name__ == "torch":
                operation = operation.to(memory_format=self.library.channels_last)
            if double:
                operation = operation.double()
        inputs = [self.draw(shape, seed) for seed, shape in enumerate(case.inputs)]
        return operation, [x.double() if double else x for x in inputs]

    def time_case(self, name: str, count: int) -> list[list[float]]:
        """Seconds of forward and backward, `count` times."""
        if self._prepared[0] != name:
            operation, inputs = self.build(name)
            for x in inputs:
                x.requires_grad_(CASES[name].input_grad)
            grad = self.draw(tuple(operation(*inputs).shape), seed=9)
            self._prepared = (name, (operation, inputs, grad))
        operation, inputs, grad = self._prepared[1]
        times = []
        for _ in range(count):
            for x in [*inputs, *(operation.parameters() if isinstance(operation, self.nn.Module) else [])]:
                x.grad = None
            begin = time.perf_counter()
            out = operation(*inputs)
            middle = time.perf_counter()
            out.backward(grad)
            times.append([middle - begin, time.perf_counter() - middle])
        return times

    def time_optimizer(self, name: str, count: int) -> list[list[float]]:
        """Seconds of an optimiser's step, `count` times."""
        if self._prepared[0] != name:
            network = MODELS["resnet18"].build(self.nn)
            parameters = list(network.parameters())
            for seed, p in enumerate(parameters):
                p.grad = self.library.empty_like(p).copy_(self.draw(tuple(p.shape), seed))  # laid out as backward's is
            self._prepared = (name, (OPTIMIZERS[name][1](self.library, parameters), network))
        optimizer = self._prepared[1][0]
        times = []
        for _ in range(count):
            begin = time.perf_counter()
            optimizer.step()
            times.append([time.perf_counter() - begin])
        return times

    def differentiate(self, name: str, double: bool) -> dict[str, np.ndarray]:
        """Output and all gradients of a convolution."""
        operation, (x,) = self.build(name, double)
        x.requires_grad_(True)
        out = operation(x)
        grad = self.draw(tuple(out.shape), seed=9)
        out.backward(grad.double() if double else grad)
        results = {"output": out, "input": x.grad, "weight": operation.weight.grad, "bias": operation.bias.grad}
        return {key: value.detach().numpy() for key, value in results.items()}

    def save_reference(self, name: str, path: str) -> None:
        """Write a convolution's results in float64."""
        np.savez(path, **self.differentiate(name, double=True))

    def errors(self, name: str, path: str, algorithm: str = "auto") -> dict[str, float]:
        """Norms of the differences of float32 results from those in a file, relative to the latter."""
        if self.library.__name__ == OURS:
            with self.library.backends.conv.algorithm(algorithm):
                results = self.differentiate(name, double=False)
        else:
            results = self.differentiate(name, double=False)
        with np.load(path) as reference:
            return {
                key: float(np.linalg.norm(np.subtract(results[key], reference[key])) / np.linalg.norm(reference[key]))
                for key in results
            }
