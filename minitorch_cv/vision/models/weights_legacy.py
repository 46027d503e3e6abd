"""How old scripts ask for weights, `resnet18(pretrained=True)` or `resnet18(True)`: with torchvision's warnings."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from .weights import WeightsEnum

_POSITIONAL = ("weights", "progress")
_CALLER = 4  # the function that calls the model's function: warn, _warn, new_arguments, the model's function


def new_arguments(name: str, enum: type[WeightsEnum], args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a model's function as it is called today.

    Args:     name: of the model.
              enum: its weights, of which `pretrained=True` means the first.
              args, kwargs: what the function was called with.
    Raises:   TypeError: for more positional arguments than torchvision ever had.
    """
    if len(args) > len(_POSITIONAL):
        raise TypeError(f"{name}() takes keyword arguments only, got {len(args)} positional ones")
    given = dict(kwargs)
    positional = dict(zip(_POSITIONAL, args))
    if positional:
        names = " and ".join(f"'{each}'" for each in positional)
        _warn(
            f"Using {names} as positional parameter(s) is deprecated since 0.13 and may be removed in the future. "
            "Please use keyword parameter(s) instead."
        )
        for each in positional.keys() & given.keys():
            raise TypeError(f"{name}() got multiple values for argument '{each}'")
        given |= positional
    if isinstance(given.get("weights"), (bool, int)):
        given["weights"] = _named(enum, given["weights"])
    elif "pretrained" in given and given.get("weights") is None:
        _warn(
            "The parameter 'pretrained' is deprecated since 0.13 and may be removed in the future, please use "
            "'weights' instead."
        )
        given["weights"] = _named(enum, given.pop("pretrained"))
    return given


def _named(enum: type[WeightsEnum], pretrained: Any) -> WeightsEnum | None:
    """The weights that were asked for by True or False."""
    weights = next(iter(enum)) if pretrained else None
    text = (
        "Arguments other than a weight enum or `None` for 'weights' are deprecated since 0.13 and may be removed in "
        f"the future. The current behavior is equivalent to passing `weights={weights}`."
    )
    if weights is not None:
        text += f" You can also use `weights={enum.__name__}.DEFAULT` to get the most up-to-date weights."
    warnings.warn(text, stacklevel=_CALLER)
    return weights


def _warn(text: str) -> None:
    warnings.warn(text, stacklevel=_CALLER)
