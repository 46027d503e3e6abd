"""Models with weights: the argument `weights` of the functions that make torchvision's models.

It takes None, for random weights; published weights or their name, such as ResNet18_Weights.IMAGENET1K_V1 or "DEFAULT",
with torchvision's meaning; or, beyond torchvision, the path of a file that holds a state_dict. With a path, num_classes
may differ from the file's: then the last layer stays random, and a warning says so. All else must fit.
"""

from __future__ import annotations

import functools
import inspect
import os
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from ...nn.module import Module
from ...serialization import load
from ...tensors.tensor import Tensor
from .weights import WeightsEnum
from .weights_legacy import new_arguments
from .weights_report import describe_misfit

M = TypeVar("M", bound=Module)

SUFFIXES = (".pth", ".pt", ".safetensors")


def with_weights(
    enum: type[WeightsEnum], renamed: Callable[[str], str] | None = None, **settings: Any
) -> Callable[[Callable[..., M]], Callable[..., M]]:
    """Decorator of a function that makes a model: adds the arguments `weights` and `progress` (and `pretrained`).

    Args:     enum: the model's published weights.
              renamed: gives the name that a tensor has in the model for the one that it has in the file.
              settings: for the function, if the weights are not random.
    """

    def decorate(builder: Callable[..., M]) -> Callable[..., M]:
        @functools.wraps(builder)
        def build(*args: Any, **kwargs: Any) -> M:
            given = new_arguments(builder.__name__, enum, args, kwargs)
            weights = _chosen(builder.__name__, enum, given.pop("weights", None))
            progress = given.pop("progress", True)
            if weights is None:
                return builder(**given)
            if isinstance(weights, WeightsEnum):
                _check_classes(weights, given)
                state, told = weights.get_state_dict(progress=progress, check_hash=True), False
            else:
                state, told = _read(builder.__name__, weights), "num_classes" in given
            if renamed is not None:
                state = {renamed(key): value for key, value in state.items()}
            model = builder(**given | settings)
            _fill_and_tell(model, state, f"{builder.__name__}: {weights}", told)
            return model

        parameters = [
            inspect.Parameter("weights", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=enum | None),
            inspect.Parameter("progress", inspect.Parameter.KEYWORD_ONLY, default=True, annotation=bool),
            inspect.Parameter("kwargs", inspect.Parameter.VAR_KEYWORD, annotation=Any),
        ]
        build.__signature__ = inspect.signature(builder).replace(parameters=parameters)  # type: ignore[attr-defined]
        build.weights = enum  # type: ignore[attr-defined]  # for get_model_weights
        return build

    return decorate


def model_from_file(builder: Callable[..., M], path: Any, config: dict[str, Any]) -> M:
    """A model of which there are no published weights, with those in a file.

    Args:     path: of a state_dict.
              config: for the function or class that makes the model; with num_classes the last layer may stay random.
    Raises:   KeyError: for what is no path. RuntimeError, TypeError: for a file that does not fit.
    """
    name = builder.__name__
    if not isinstance(path, os.PathLike) and not (isinstance(path, str) and path.endswith(SUFFIXES)):
        raise KeyError(f"{name}: there are no published weights {path!r} of it; give the path of a file of your own")
    model = builder(**config)
    _fill_and_tell(model, _read(name, Path(path)), f"{name}: {path}", "num_classes" in config, stacklevel=4)
    return model


def _fill_and_tell(
    model: Module, state: dict[str, Tensor], what: str, may_replace_head: bool, stacklevel: int = 3
) -> None:
    left = _fill(model, state, what, may_replace_head)
    if left:
        warnings.warn(left, stacklevel=stacklevel)


def _chosen(name: str, enum: type[WeightsEnum], weights: Any) -> WeightsEnum | Path | None:
    """What `weights` means.

    Raises:   KeyError: if it is neither the name of weights nor a path. TypeError: if it is nothing of the kind.
    """
    if isinstance(weights, os.PathLike):
        return Path(weights)
    if isinstance(weights, str) and weights.removeprefix(f"{enum.__name__}.") not in enum.__members__:
        if not weights.endswith(SUFFIXES) and not Path(weights).is_file():
            raise KeyError(
                f"{name}: no weights {weights!r}; there are {', '.join(enum.__members__)}; or give the path of a "
                f"{', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]} file"
            )
        return Path(weights)
    return enum.verify(weights)


def _check_classes(weights: WeightsEnum, settings: dict[str, Any]) -> None:
    """Set num_classes to what the weights have."""
    categories = weights.meta["categories"]
    if categories is not None:
        expected = len(categories)
        given = settings.setdefault("num_classes", expected)
        if given != expected:
            raise ValueError(
                f"The parameter 'num_classes' expected value {expected} but got {given} instead. Make the model "
                "without num_classes and give it a new last layer, or give weights= the path of the file, which leaves "
                "the last layer random"
            )


def _read(name: str, path: Path) -> dict[str, Tensor]:
    """The state_dict in a file.

    Raises:   TypeError: if the file holds something else.
    """
    state = load(path)
    if _is_state(state):
        return state
    if not isinstance(state, Mapping):
        raise TypeError(f"{name}: {path} holds a {type(state).__name__}, expected a state_dict: tensors by name")
    inner = next((key for key, value in state.items() if _is_state(value)), None)
    fix = (
        "" if inner is None else f". Make the model without weights and load_state_dict(load({str(path)!r})[{inner!r}])"
    )
    keys = [repr(key) for key in state] or ["no keys"]
    raise TypeError(
        f"{name}: {path} holds {', '.join(keys[:8])}{' ...' if len(keys) > 8 else ''}, expected a state_dict: tensors "
        f"by name{fix}"
    )


def _is_state(found: Any) -> bool:
    return isinstance(found, Mapping) and bool(found) and all(isinstance(value, Tensor) for value in found.values())


def _fill(model: Module, state: dict[str, Tensor], what: str, may_replace_head: bool) -> str | None:
    """Give a model its weights.

    Args:     what: names the model and the file in messages.
              may_replace_head: whether the last layer may have another size than in the file.
    Returns:  what to tell the user if the last layer was left random, else None.
    Raises:   RuntimeError: naming the first keys that do not fit.
    """
    own = model.state_dict()
    head = next(reversed(own)).rpartition(".")[0]
    of_head = [key for key in own if key.startswith(f"{head}.")]
    shapes = {
        key: (tuple(state[key].shape), tuple(tensor.shape))
        for key, tensor in own.items()
        if key in state and state[key].shape != tensor.shape
    }
    for key in shapes:
        del state[key]
    keys = model.load_state_dict(state, strict=False)
    missing = [key for key in keys.missing_keys if key not in shapes]
    left = [key for key in of_head if key in missing or key in shapes] if may_replace_head else []
    if set(missing) | set(shapes) > set(left) or keys.unexpected_keys:
        raise RuntimeError(describe_misfit(what, missing, keys.unexpected_keys, shapes, of_head))
    if not left:
        return None
    sizes = [f"{key} ({shapes[key][0]} in the file, {shapes[key][1]} here)" if key in shapes else key for key in left]
    return f"{what}: the last layer is not the file's: {', '.join(sizes)} left random, to be trained"
