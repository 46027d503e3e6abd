"""Which of torch's weights and layers belongs to which of ours, and giving torch's model our numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...nn.module import Module
from ..torch_layers import torch_tensor


@dataclass(frozen=True)
class Pairing:
    """The names of one model by those of the other.

    Args:     keys: of the state: ours by torch's.
              by_name: whether they are the same.
    """

    keys: dict[str, str]
    by_name: bool

    def layer(self, path: str) -> str | None:
        """Our layer's path for torch's; None if it has no known counterpart."""
        if self.by_name:
            return path
        start = path + "." if path else ""
        for theirs, ours in self.keys.items():
            if theirs.startswith(start) and "." not in theirs[len(start) :]:
                return ours.rpartition(".")[0]
        return None


def paired(model: Module, torch_model: Any) -> Pairing:
    """The pairs of weights: by name, or in order if the names are others but all shapes in turn the same.

    Raises:   ValueError: naming the weights that do not fit.
    """
    ours = {name: tuple(value.shape) for name, value in model.state_dict().items()}
    theirs = {name: tuple(value.shape) for name, value in torch_model.state_dict().items()}
    if ours == theirs:
        return Pairing({name: name for name in ours}, True)
    if list(ours.values()) == list(theirs.values()):
        return Pairing(dict(zip(theirs, ours)), False)
    complaints = [f"{name} {list(ours[name])}: torch_model has none" for name in ours if name not in theirs]
    complaints += [f"{name} {list(theirs[name])}: only in torch_model" for name in theirs if name not in ours]
    complaints += [
        f"{name}: {list(ours[name])}, torch_model's {list(theirs[name])}"
        for name in ours
        if name in theirs and ours[name] != theirs[name]
    ]
    raise ValueError(
        "compare_torch: the weights of the two models do not fit, neither by name nor in order: "
        f"{'; '.join(complaints)}. Build both with the same settings"
    )


def copy_weights(model: Module, torch_model: Any, pairing: Pairing) -> None:
    """Give torch's model our parameters, buffers and requires_grad, in our dtype."""
    import torch

    state = model.state_dict()
    dtype = next((v.array.dtype.name for v in state.values() if v.is_floating_point()), None)
    if dtype is not None:
        torch_model.to(getattr(torch, dtype))
    torch_model.load_state_dict({theirs: torch_tensor(state[ours]) for theirs, ours in pairing.keys.items()})
    trained = {name: p.requires_grad for name, p in model.named_parameters(remove_duplicate=False)}
    for name, parameter in torch_model.named_parameters(remove_duplicate=False):
        parameter.requires_grad_(trained[pairing.keys[name]])
