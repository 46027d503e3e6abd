"""Whether a layer is just what the library made it, so that it may run together with its neighbours.

- `is_plain(module)`: for a layer, whether calling it runs the library's forward and nothing else
- `calls_only(module, forward)`: whether calling any module runs this forward of its class and nothing else
"""

from __future__ import annotations

from typing import Any

from .activation import ReLU
from .batchnorm import BatchNorm1d, BatchNorm2d
from .conv import Conv2d
from .dropout import Dropout, Dropout2d
from .global_hooks import REGISTERED
from .linear import Linear
from .module import Module
from .shape import Flatten, Identity

# By exact type and with the forward that each was defined with: subclasses and patched classes do something else.
_KINDS = (BatchNorm1d, BatchNorm2d, Conv2d, Dropout, Dropout2d, Flatten, Identity, Linear, ReLU)
_FORWARD: dict[type[Module], Any] = {kind: kind.forward for kind in _KINDS}
# A weight that was exchanged for a buffer or a plain tensor is looked up by forward alone.
_HELD: dict[type[Module], set[str]] = {
    kind: {"weight", "bias"} if kind in (BatchNorm1d, BatchNorm2d, Conv2d, Linear) else set() for kind in _KINDS
}


def is_plain(module: Module) -> bool:
    """True for a layer of a kind that is listed here, unchanged, without hooks, its weights parameters or None."""
    forward = _FORWARD.get(type(module))
    return forward is not None and calls_only(module, forward) and _HELD[type(module)] <= module._parameters.keys()


def calls_only(module: Module, forward: Any) -> bool:
    """True if it has this forward, and neither it nor all modules together have hooks."""
    return type(module).forward is forward and not (
        "forward" in module.__dict__
        or module._forward_pre_hooks
        or module._forward_hooks
        or module._backward_pre_hooks
        or module._backward_hooks
        or REGISTERED
    )
