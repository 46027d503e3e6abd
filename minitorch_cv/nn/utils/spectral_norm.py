"""spectral_norm, by a hook: a weight divided by its largest singular value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from ...autograd.grad_mode import no_grad
from ...tensors.tensor import Tensor
from ..module import Module
from ..parameter import Parameter
from ..uninitialized import Uninitialized
from .hook_places import hook_on
from .power_iteration import as_matrix, follow, largest_singular_value, output_dim, random_direction

M = TypeVar("M", bound=Module)

_VERSION = 1  # of what is in a state_dict; before it, v was not


@dataclass
class SpectralNorm:
    """The hook that computes the weight anew before every forward, in training after steps of power iteration."""

    name: str
    n_power_iterations: int
    dim: int
    eps: float

    def __call__(self, module: Any, args: tuple) -> None:
        """Before forward."""
        setattr(module, self.name, self.compute_weight(module, module.training))

    def compute_weight(self, module: Any, do_power_iteration: bool) -> Tensor:
        """The original weight by its largest singular value."""
        weight, u, v = (getattr(module, f"{self.name}_{end}") for end in ("orig", "u", "v"))
        matrix = as_matrix(weight, self.dim)
        if do_power_iteration:
            with no_grad():
                for _ in range(self.n_power_iterations):
                    follow(v, matrix.t(), u, self.eps)
                    follow(u, matrix, v, self.eps)
            # Backward of this forward may come after the next one, which writes to u and v: loss = D(real) - D(fake).
            u, v = u.clone(), v.clone()
        return weight / largest_singular_value(matrix, u, v)


def spectral_norm(
    module: M, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> M:
    """Divide a weight by its largest singular value before every forward.

    The parameter becomes `weight_orig`; the directions of the singular value, the buffers `weight_u` and `weight_v`,
    begin at random and come nearer with every forward in training mode.

    Args:     name: of the parameter.
              n_power_iterations: steps of power iteration for each forward in training.
              dim: that counts the outputs; by default 0, 1 for transposed convolutions.
    Returns:  the module.
    Raises:   RuntimeError: if it is there already. ValueError: if n_power_iterations is not positive, or if the
                parameter is None or its shape is not known yet. KeyError: if there is no such parameter.
    Source:   Miyato et al. 2018.
    """
    if hook_on(module, SpectralNorm, name) is not None:
        raise RuntimeError(f"Cannot register two spectral_norm hooks on the same parameter {name}")
    if n_power_iterations <= 0:
        raise ValueError(f"Expected n_power_iterations to be positive, but got n_power_iterations={n_power_iterations}")
    hook = SpectralNorm(name, n_power_iterations, output_dim(module, dim), eps)
    weight = module._parameters[name]
    if weight is None:
        raise ValueError(f"`SpectralNorm` cannot be applied as parameter `{name}` is None")
    if isinstance(weight, Uninitialized):
        raise ValueError(
            "The module passed to `SpectralNorm` can't have uninitialized parameters. Make sure to run the dummy "
            "forward before applying spectral normalization"
        )
    with no_grad():
        u, v = (random_direction(weight, size, eps) for size in as_matrix(weight, hook.dim).shape)
    delattr(module, name)
    module.register_parameter(f"{name}_orig", weight)
    setattr(module, name, weight.data)  # no parameter, but there: initialisation may write to it
    module.register_buffer(f"{name}_u", u)
    module.register_buffer(f"{name}_v", v)
    module.register_forward_pre_hook(hook)
    module.register_state_dict_post_hook(_WriteVersion(name))
    module.register_load_state_dict_pre_hook(_ReadOlder(hook))
    return module


def remove_spectral_norm(module: M, name: str = "weight") -> M:
    """Make the weight an ordinary parameter again, with the value that it has now.

    Raises:   ValueError: if there is no spectral_norm of it.
    """
    entry = hook_on(module, SpectralNorm, name)
    if entry is None:
        raise ValueError(f"spectral_norm of '{name}' not found in {module}")
    with no_grad():
        weight = entry.function.compute_weight(module, do_power_iteration=False)
    for each in (name, f"{name}_u", f"{name}_v", f"{name}_orig"):
        delattr(module, each)
    module.register_parameter(name, Parameter(weight.detach()))
    module._forward_pre_hooks.remove(entry)
    for hooks in (module._state_dict_hooks, module._load_state_dict_pre_hooks):
        hooks[:] = [h for h in hooks if not (isinstance(h, (_WriteVersion, _ReadOlder)) and h.name == name)]
    return module


@dataclass
class _WriteVersion:
    """Notes in a state_dict's metadata that v is in it."""

    name: str

    def __call__(self, module: Any, state_dict: Any, prefix: str, local_metadata: dict[str, Any]) -> None:
        local_metadata.setdefault("spectral_norm", {})[f"{self.name}.version"] = _VERSION


@dataclass
class _ReadOlder:
    """Computes v for a state_dict from before PyTorch 1.1, which has the weight instead."""

    hook: SpectralNorm

    @property
    def name(self) -> str:
        """Of the parameter."""
        return self.hook.name

    def __call__(
        self, module: Any, state_dict: Any, prefix: str, metadata: Any, strict: bool, missing_keys: list, *_: Any
    ) -> None:
        version = metadata.get("spectral_norm", {}).get(f"{self.name}.version")
        if version is not None and version >= _VERSION:
            return
        key = prefix + self.name
        written_by_hand = all(f"{key}_{end}" in state_dict for end in ("orig", "u", "v")) and key not in state_dict
        if version is None and written_by_hand:
            return
        missing = [each for each in (f"{key}_orig", key, f"{key}_u") if each not in state_dict]
        if missing:
            missing_keys += missing if strict else []
            return
        original, weight, u = (state_dict[each].detach() for each in (f"{key}_orig", key, f"{key}_u"))
        del state_dict[key]
        matrix = as_matrix(original, self.hook.dim).array
        sigma = (original / weight).mean().array
        v = np.linalg.pinv(matrix) @ u.array  # the shortest with matrix @ v = u
        state_dict[f"{key}_v"] = Tensor.wrap(v * (sigma / (u.array @ matrix @ v)))
