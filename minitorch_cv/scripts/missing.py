"""What to say when a script asks for a name that the library does not have."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from types import ModuleType

from .names import ADVICE, MODULES


def missing_name(module: str, name: str, candidates: Iterable[str]) -> str:
    """The message for a missing name.

    Args:     module: PyTorch's name of the module that was asked, such as torch.nn.
              name: that it does not have.
              candidates: the public names that it has.
    Returns:  the full name with advice, or with the names that are nearest to it.
    """
    full_name = f"{module}.{name}"
    said = f"{full_name}: minitorch_cv, which stands for PyTorch here, has no such name"
    advice = ADVICE.get(full_name) or ADVICE.get(module)
    if advice:
        return f"{said}; {advice}"
    near = _elsewhere(module, name) or [f"{module}.{found}" for found in _nearest(name, candidates)]
    return f"{said}; nearest: {', '.join(near)}" if near else said


def missing_module(full_name: str) -> str:
    """The message for a module that cannot be imported."""
    parent, _, name = full_name.rpartition(".")
    while parent not in MODULES:  # torch.distributed.rpc: torch.distributed is what is missing
        parent, _, name = parent.rpartition(".")
    known = dir(sys.modules[parent]) if parent in sys.modules else []
    return missing_name(parent, name, known)


def _elsewhere(module: str, name: str) -> list[str]:
    """The same name in other modules of the same library, of those that are in use already."""
    top = module.partition(".")[0]
    others = [other for other in MODULES if other.partition(".")[0] == top and other != module]
    values = {other: getattr(sys.modules.get(MODULES[other]), "__dict__", {}).get(name) for other in others}
    found = [other for other, value in values.items() if value is not None and not isinstance(value, ModuleType)]
    return [f"{other}.{name}" for other in found[:1]]


def _nearest(name: str, candidates: Iterable[str]) -> list[str]:
    import difflib

    public = sorted(candidate for candidate in candidates if not candidate.startswith("_"))
    by_lower_case = {candidate.lower(): candidate for candidate in reversed(public)}  # DataLoader before dataloader
    return [by_lower_case[match] for match in difflib.get_close_matches(name.lower(), by_lower_case, 3, 0.8)]
