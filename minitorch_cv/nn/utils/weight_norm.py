"""weight_norm, by a hook: a weight as a length and a direction, which are trained instead of it."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, TypeVar

from ...tensors.tensor import Tensor
from ..module import Module
from ..parameter import Parameter
from ..uninitialized import Uninitialized
from .hook_places import hook_on

M = TypeVar("M", bound=Module)


def norm_except_dim(v: Tensor, dim: int) -> Tensor:
    """The 2-norm over all dimensions but one, which stay with size 1; -1 for all of them, 0-d."""
    if dim == -1:
        return v.norm(2)
    front = v.transpose(0, dim)
    lengths = front.reshape(front.shape[0], -1).norm(2, 1)
    return lengths.reshape(-1, *[1] * (v.ndim - 1)).transpose(0, dim)


def scaled(g: Tensor, v: Tensor, dim: int) -> Tensor:
    """The weight of length g and direction v: g * v / norm_except_dim(v, dim)."""
    return v * (g / norm_except_dim(v, dim))


@dataclass
class WeightNorm:
    """The hook that computes the weight anew before every forward."""

    name: str
    dim: int

    def __call__(self, module: Any, args: tuple) -> None:
        """Before forward."""
        setattr(module, self.name, self.compute_weight(module))

    def compute_weight(self, module: Any) -> Tensor:
        """The weight that the module's parameters make."""
        return scaled(getattr(module, f"{self.name}_g"), getattr(module, f"{self.name}_v"), self.dim)


def weight_norm(module: M, name: str = "weight", dim: int | None = 0) -> M:
    """Train a weight's lengths, `weight_g`, and directions, `weight_v`, instead of itself.

    The weight, g * v / |v|, is computed before every forward, and is no parameter any more. PyTorch's newer form is
    `parametrizations.weight_norm`, as the warning says that this one gives.

    Args:     name: of the parameter.
              dim: along which each slice has a length of its own, 0 for the outputs; None for one length of all.
    Returns:  the module.
    Raises:   RuntimeError: if it is there already. AttributeError, KeyError: if there is no such parameter.
              TypeError: if it is None. ValueError: if its shape is not known yet.
    Source:   Salimans and Kingma 2016.
    """
    warnings.warn(
        "`torch.nn.utils.weight_norm` is deprecated in favor of `torch.nn.utils.parametrizations.weight_norm`.",
        FutureWarning,
        stacklevel=2,
    )
    if hook_on(module, WeightNorm, name) is not None:
        raise RuntimeError(f"Cannot register two weight_norm hooks on the same parameter {name}")
    hook = WeightNorm(name, -1 if dim is None else dim)
    weight = getattr(module, name)
    if isinstance(weight, Uninitialized):
        raise ValueError(
            "The module passed to `WeightNorm` can't have uninitialized parameters. Make sure to run the dummy forward "
            "before applying weight normalization"
        )
    if weight is None:
        raise TypeError(
            f"weight_norm: expected {name} of {type(module).__name__} to be a Tensor, got None; it has none"
        )
    lengths = norm_except_dim(weight.detach(), hook.dim)
    del module._parameters[name]
    module.register_parameter(f"{name}_g", Parameter(lengths))
    module.register_parameter(f"{name}_v", Parameter(weight.data))
    setattr(module, name, hook.compute_weight(module))
    module.register_forward_pre_hook(hook)
    return module


def remove_weight_norm(module: M, name: str = "weight") -> M:
    """Make the weight an ordinary parameter again, with the value that it has now.

    Raises:   ValueError: if there is no weight_norm of it.
    """
    entry = hook_on(module, WeightNorm, name)
    if entry is None:
        raise ValueError(f"weight_norm of '{name}' not found in {module}")
    weight = entry.function.compute_weight(module)
    for each in (name, f"{name}_g", f"{name}_v"):
        delattr(module, each)
    setattr(module, name, Parameter(weight.data))
    module._forward_pre_hooks.remove(entry)
    return module
