"""Compiling kernels before they are needed, in several processes at once.

Each family of layers below is trained for a step in a process of its own, which leaves its kernels in the cache
on disk. Functions: `warm_up(models, jobs)`, `families_of(model)`; `FAMILIES`.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed

import numpy as np

from .. import nn, optim
from ..autograd.grad_mode import no_grad
from ..kernels import compile_seconds
from ..tensors.tensor import Tensor
from ..vision.models import BasicBlock, get_model

_Step = Callable[[], None]


def _train(layer: nn.Module, *shape: int) -> None:
    """One step of a layer on images or rows of a shape, and what it does in evaluation."""
    x = Tensor.wrap(np.ones(shape, np.float32)).requires_grad_()
    out = layer(x)
    out.backward(out.detach())  # a gradient in the memory order of the next layer's
    layer.eval()
    layer(x.detach())
    with no_grad():
        layer(x.detach()[:1])


def _convolution() -> None:
    # Few and many channels, with and without padding and stride; windows of one pixel
    _train(nn.Conv2d(3, 6, 5), 4, 3, 32, 32)
    _train(nn.Conv2d(6, 16, 5), 4, 6, 14, 14)
    _train(nn.Conv2d(16, 64, 3, stride=2, padding=1), 4, 16, 32, 32)
    _train(nn.Conv2d(128, 256, 1, bias=False), 4, 128, 8, 8)


def _winograd() -> None:
    _train(nn.Conv2d(64, 64, 3, padding=1), 8, 64, 32, 32)
    _train(nn.Conv2d(64, 64, 5, padding=2, bias=False), 8, 64, 32, 32)


def _depthwise() -> None:
    for stride in (1, 2):
        _train(nn.Conv2d(32, 32, 3, stride=stride, padding=1, groups=32), 8, 32, 32, 32)
        _train(nn.Conv2d(6, 6, 5, stride=stride, padding=2, groups=6, bias=False), 8, 6, 32, 32)


def _batch_norm() -> None:
    for channels in (6, 64):
        for layers in ([nn.BatchNorm2d(channels)], [nn.BatchNorm2d(channels), nn.ReLU()]):
            _train(nn.Sequential(*layers), 16, channels, 32, 32)
    _train(nn.BatchNorm1d(64), 16, 64)
    block = BasicBlock(64, 64)
    _train(block.bn1, 8, 64, 16, 16)
    x = Tensor.wrap(np.ones((8, 64, 16, 16), np.float32)).requires_grad_()
    out = block(x)
    out.backward(out.detach())


def _pooling() -> None:
    for channels in (6, 64):
        for layer in (
            nn.MaxPool2d(2),
            nn.MaxPool2d(3, 2, 1),
            nn.AvgPool2d(2),
            nn.AvgPool2d(3, 2, 1),
            nn.AdaptiveAvgPool2d(1),
            nn.AdaptiveMaxPool2d(1),
        ):
            _train(layer, 8, channels, 32, 32)


def _linear() -> None:
    for rows, inputs, outputs in ((16, 400, 120), (128, 784, 256), (32, 120, 10)):
        _train(nn.Linear(inputs, outputs), rows, inputs)
    logits = Tensor.wrap(np.ones((32, 10), np.float32)).requires_grad_()
    nn.CrossEntropyLoss()(logits, Tensor.wrap(np.zeros(32, np.int64))).backward()


def _element_wise() -> None:
    for layer in (nn.ReLU(), nn.Dropout(), nn.LeakyReLU(), nn.Sigmoid(), nn.Tanh(), nn.GELU(), nn.SiLU(), nn.ELU()):
        for shape in ((64, 400), (8, 32, 32, 32)):
            _train(layer, *shape)
    a, b = (Tensor.wrap(np.ones((8, 32, 32, 32), np.float32)).requires_grad_() for _ in range(2))
    out = a + b
    out.backward(out.detach())


def _optimisers() -> None:
    for make in (
        lambda p: optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=1e-4),
        lambda p: optim.SGD(p, lr=0.1),
        lambda p: optim.Adam(p),
        lambda p: optim.AdamW(p),
    ):
        layer = nn.Linear(300, 300)
        optimizer = make(layer.parameters())
        _train(layer, 4, 300)
        optimizer.step()


# What to compile for, and which modules of a model need it. Every model has linear layers, a loss and an optimiser.
FAMILIES: dict[str, tuple[_Step, Callable[[nn.Module], bool]]] = {
    "winograd": (_winograd, lambda m: isinstance(m, nn.Conv2d) and m.groups == 1 and max(m.kernel_size) in (3, 5)),
    "convolution": (_convolution, lambda m: isinstance(m, nn.Conv2d)),
    "depthwise convolution and blur": (_depthwise, lambda m: getattr(m, "groups", 1) > 1 or isinstance(m, nn.Blur)),
    "batch norm": (_batch_norm, lambda m: isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d))),
    "pooling": (_pooling, lambda m: "Pool" in type(m).__name__),
    "linear and cross-entropy": (_linear, lambda m: True),
    "element-wise": (_element_wise, lambda m: True),
    "optimisers": (_optimisers, lambda m: True),
}


def families_of(model: nn.Module) -> list[str]:
    """The FAMILIES that a model needs."""
    modules = list(model.modules())
    return [name for name, (_, needed) in FAMILIES.items() if any(needed(m) for m in modules)]


def warm_up(models: Iterable[str] | None = None, jobs: int | None = None, progress: bool = True) -> dict[str, float]:
    """Compile the kernels of models, or all, into the cache.

    Args:     models: of `vision.models.list_models()`; None for all kernels.
              jobs: processes at a time; None for one for each processor.
              progress: show a progress bar on stderr.
    Returns:  the seconds of compilation of each family; about 0 for one that was in the cache.
    Raises:   ValueError: for a model that is not there.
    """
    from tqdm import tqdm

    if models is None:
        families = list(FAMILIES)
    else:
        families = list(dict.fromkeys(family for name in models for family in families_of(get_model(name))))
    jobs = min(jobs or os.cpu_count() or 1, max(1, len(families)))
    seconds = {}
    # Started anew, not forked: a fork of a process with threads may wait for ever.
    with (
        ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool,
        tqdm(total=len(families), desc="compiling", unit="family", disable=not progress) as bar,
    ):
        tasks = {pool.submit(_compile, family): family for family in families}
        for task in as_completed(tasks):
            seconds[tasks[task]] = task.result()
            bar.set_postfix_str(tasks[task])
            bar.update()
    return {family: seconds[family] for family in families}


def _compile(family: str) -> float:
    """Run a family's step in this process; the seconds of compilation."""
    before = compile_seconds()
    FAMILIES[family][0]()
    return compile_seconds() - before


def describe(seconds: dict[str, float]) -> str:
    """A line for each family."""
    width = max(map(len, seconds))
    lines = [f"{name:<{width}}  {f'{s:5.1f} s' if s else 'cached':>7}" for name, s in seconds.items()]
    return "\n".join(lines)
