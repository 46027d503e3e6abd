"""The first half of a fine-tuning: the last layer learns alone, before the others may follow."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..nn.module import Module
from ..nn.utils.freeze import freeze
from ..optim import AdamW, Optimizer
from ..optim.lr_scheduler import OneCycleLR
from ..tensors.tensor import Tensor
from .callbacks import History
from .evaluation import Metrics
from .fit import fit
from .restoring import modes_kept
from .run_folder import RUN, read_json, write_json


def linear_probe(
    model: Module,
    head: str,
    train_loader: Any,
    loss: Callable[[Tensor, Tensor], Tensor],
    epochs: int,
    lr: float = 1e-3,
    metrics: Metrics | None = None,
    out: str | Path | None = None,
    *,
    optimizer: Callable[..., Optimizer] = AdamW,
    resume: bool = True,
    progress: bool = True,
) -> History:
    """Train the last layer of a model alone, under a one-cycle learning rate.

    What it has not learnt yet would otherwise, in the first steps of a fine-tuning, pull the layers before it away from
    what they know. They are frozen meanwhile, batch norms included; afterwards all is as frozen as it was before.

    Args:     head: name of the first module that learns, such as "fc" or "classifier", as nn.utils.freeze takes it.
              train_loader: gives pairs of inputs and targets.
              loss: of scores and targets, the mean of a batch.
              epochs: how many.
              lr: the highest learning rate.
              metrics: as for `fit`.
              out: the run's folder, after `begin_run`. The folder "probe" in it gets the history, and the checkpoint
                from which this goes on if it was cut off.
              optimizer: makes the optimiser of the last layer's parameters and lr=: a class, or a functools.partial of
                one with other options.
              resume: go on from that checkpoint, if it is there.
    Returns:  the history, as `fit` does.
    Raises:   ValueError: if there is no such module. What `fit` raises.
    Source:   Kumar et al. 2022, "Fine-Tuning can Distort Pretrained Features and Underperform Out-of-Distribution".

    >>> from minitorch_cv import nn, randn, tensor
    >>> model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
    >>> before = model[0].weight.clone()
    >>> batches = [(randn(2, 4), tensor([0, 1]))]
    >>> history = linear_probe(model, "2", batches, nn.CrossEntropyLoss(), epochs=1, progress=False)
    >>> bool((model[0].weight == before).all()), model[0].weight.requires_grad
    (True, True)
    """
    folder = None
    if out is not None:
        folder = Path(out) / "probe"
        folder.mkdir(parents=True, exist_ok=True)
        if (Path(out) / RUN).exists():  # whose probe it is: that of another run is not gone on with
            run = read_json(Path(out) / RUN)
            own = {"probe": head, "probe epochs": epochs, "probe lr": lr}
            write_json(folder / RUN, run | {"settings": run["settings"] | own})
    before = [(module, getattr(module, "stats_frozen", None)) for module in model.modules()]
    learning = [(parameter, parameter.requires_grad) for parameter in model.parameters()]
    with modes_kept(model):
        freeze(model, until=head)
        for name, module in model.named_modules():  # what hangs on the model itself, or on a part that holds the head
            if not name or head.startswith(f"{name}."):
                for parameter in module.parameters(recurse=False):
                    parameter.requires_grad_(False)
        try:
            made = optimizer([parameter for parameter in model.parameters() if parameter.requires_grad], lr=lr)
            scheduler = OneCycleLR(made, max_lr=lr, total_steps=epochs * len(train_loader))
            settings: dict[str, Any] = {"metrics": metrics, "out": folder, "resume": resume, "progress": progress}
            return fit(model, train_loader, None, made, loss, epochs, scheduler, **settings)
        finally:
            for module, frozen in before:
                if frozen is not None:
                    module.stats_frozen = frozen
            for parameter, wanted in learning:
                parameter.requires_grad_(wanted)
