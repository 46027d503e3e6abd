"""PyTorch's names for the classes that scripts print: `<class 'torch.Tensor'>`, `torch.nn.modules.linear.Linear`."""

from __future__ import annotations

import re
from types import ModuleType

from .names import MODULES

# Modules of ours whose classes PyTorch keeps in one of another name.
_OTHERS = {
    "nn.modules.containers": "nn.modules.container",
    "nn.modules.parameter_containers": "nn.modules.container",
    "nn.modules.shape": "nn.modules.flatten",
    "nn.modules.folding": "nn.modules.fold",
    "nn.modules.softmax": "nn.modules.activation",
    "nn.modules.embedding": "nn.modules.sparse",
    "nn.modules.data_parallel": "nn.parallel.data_parallel",
    "nn.modules.parameter": "nn.parameter",
    "tensors.tensor": "",
    "types.size": "",
    "types.dtype": "",
    "types.device": "",
}
_CLASSES = {
    "Identity": "nn.modules.linear",
    "PixelShuffle": "nn.modules.pixelshuffle",
    "PixelUnshuffle": "nn.modules.pixelshuffle",
    "ChannelShuffle": "nn.modules.channelshuffle",
    "AdamW": "optim.adamw",
}


def rename(classes: list[type]) -> list[tuple[type, str]]:
    """Let classes of ours say that they are PyTorch's, those that PyTorch has where scripts can import them.

    Returns:  the classes with the modules that they were in, to be put back.
    """
    before = []
    for kind in classes:
        theirs = _torchs(kind.__name__, kind.__module__)
        if theirs in MODULES:
            before.append((kind, kind.__module__))
            kind.__module__ = theirs
    return before


def classes_in(*modules: ModuleType) -> list[type]:
    """The public classes of ours that modules name."""
    found = {
        value: None
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, type) and not name.startswith("_") and value.__module__.startswith("minitorch_cv.")
    }
    return list(found)


def _torchs(name: str, module: str) -> str:
    """The module that a class is in in PyTorch."""
    within = module.removeprefix("minitorch_cv.")
    if re.fullmatch(r"nn\.\w+", within):
        within = f"nn.modules.{within.removeprefix('nn.')}"
    if within.startswith("nn.modules.losses_"):
        within = "nn.modules.loss"
    if within.startswith("optim.lr_scheduler."):
        within = "optim.lr_scheduler"
    within = _CLASSES.get(name, _OTHERS.get(within, within))
    return f"torch.{within}" if within else "torch"
