"""Weights that are computed before they are used, by spectral_norm and weight_norm, in torch's layers too."""

from __future__ import annotations

import warnings
from typing import Any

from ..nn.module import Module
from ..nn.utils.parametrizations import _SpectralNorm, _WeightNorm
from ..nn.utils.parametrize import is_parametrized
from ..nn.utils.spectral_norm import SpectralNorm
from ..nn.utils.weight_norm import WeightNorm


def compute_weights_too(layer: Any, module: Module, path: str) -> list[tuple[Any, Module]]:
    """Let torch's layer compute the weights that ours computes.

    Returns:  the modules of torch's that have new parameters, each with ours that has the same ones.
    Raises:   NotImplementedError: for parametrizations of the user's own.
    """
    import torch

    utils = torch.nn.utils
    for entry in module._forward_pre_hooks:
        hook = entry.function
        if isinstance(hook, SpectralNorm):
            utils.spectral_norm(layer, hook.name, hook.n_power_iterations, hook.eps, hook.dim)
        elif isinstance(hook, WeightNorm):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", FutureWarning)
                utils.weight_norm(layer, hook.name, hook.dim)
    changed = [(layer, module)]
    chains = module.parametrizations._modules.items() if is_parametrized(module) else ()
    for name, chain in chains:
        for made in chain:
            if isinstance(made, _SpectralNorm):
                power = getattr(made, "n_power_iterations", 1)  # none for a vector
                utils.parametrizations.spectral_norm(layer, name, power, made.eps, made.dim)
            elif isinstance(made, _WeightNorm):
                utils.parametrizations.weight_norm(layer, name, made.dim)
            else:
                raise NotImplementedError(
                    f"to_torch: {name!r} of layer {path!r} is computed by {type(made).__name__}, which cannot be "
                    "written down; supported are spectral_norm and weight_norm. Make it a parameter again first: "
                    f"nn.utils.parametrize.remove_parametrizations(layer, {name!r})"
                )
        changed.append((layer.parametrizations[name], chain))
    return changed


def refuse_computed_directions(module: Module, path: str) -> None:
    """Raise for spectral_norm of a module with a forward of its own, whose steps would not train its directions.

    Raises:   NotImplementedError: naming the module and the weight.
    """
    hooks = [
        (entry.function.name, "remove_spectral_norm(module, {!r})")
        for entry in module._forward_pre_hooks
        if isinstance(entry.function, SpectralNorm)
    ]
    chains = module.parametrizations._modules.items() if is_parametrized(module) else ()
    hooks += [
        (name, "parametrize.remove_parametrizations(module, {!r})")
        for name, chain in chains
        if any(isinstance(made, _SpectralNorm) for made in chain)
    ]
    for name, remedy in hooks:
        raise NotImplementedError(
            f"to_torch: {name!r} of {path or type(module).__name__!r}, which has a forward of its own, is computed by "
            "spectral_norm, whose directions written-down steps would not train; supported is spectral_norm of layers "
            f"such as nn.Linear. Make it a parameter again first: nn.utils.{remedy.format(name)}"
        )
