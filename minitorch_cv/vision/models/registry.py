"""The models and their published weights by name, under torchvision's function names."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TypeVar

from ... import nn
from .weights import WeightsEnum
from .weights_loading import model_from_file

M = TypeVar("M", bound=Callable[..., nn.Module])


@dataclass(frozen=True)
class _Entry:
    builder: Callable[..., nn.Module]
    input_size: tuple[int, int, int]


_ENTRIES: dict[str, _Entry] = {}


def register_model(input_size: tuple[int, int, int]) -> Callable[[M], M]:
    """Decorator of a function or class that makes a model: `get_model` finds it by its name from then on.

    Args:     input_size: (C, H, W) of the images that the model is made for, if it is called without arguments.
    Raises:   ValueError: if there is a model of that name, in upper or lower case.
    """

    def register(builder: M) -> M:
        name = builder.__name__.lower()
        if name in _ENTRIES:
            raise ValueError(f"register_model: an entry is already registered under the name {name!r}")
        _ENTRIES[name] = _Entry(builder, input_size)
        return builder

    return register


def list_models(
    module: ModuleType | None = None,
    include: Iterable[str] | str | None = None,
    exclude: Iterable[str] | str | None = None,
) -> list[str]:
    """The names of all models, in lower case and sorted.

    Args:     module: only the models that this package defines.
              include, exclude: one or several patterns as for file names, of what to list and of what to leave out.

    >>> list_models(include="vgg*", exclude="*_bn")
    ['vgg11', 'vgg13', 'vgg16', 'vgg19']
    """
    names = {
        name
        for name, entry in _ENTRIES.items()
        if module is None or entry.builder.__module__.rpartition(".")[0] == module.__name__
    }
    wanted = _matching(names, include) if include else names
    return sorted(wanted - _matching(names, exclude) if exclude else wanted)


def _matching(names: set[str], patterns: Iterable[str] | str) -> set[str]:
    patterns = [patterns] if isinstance(patterns, str) else patterns
    return {name for pattern in patterns for name in fnmatch.filter(names, pattern)}


def _entry(name: str) -> _Entry:
    if name.lower() not in _ENTRIES:
        raise ValueError(f"no model {name!r}; there are {', '.join(list_models())}")
    return _ENTRIES[name.lower()]


def get_model_builder(name: str) -> Callable[..., nn.Module]:
    """The function or class that makes a model.

    Args:     name: of `list_models()`; upper or lower case.
    Raises:   ValueError: if there is none of that name.
    """
    return _entry(name).builder


def get_model(name: str, **config: Any) -> nn.Module:
    """A model by name.

    Args:     name: of `list_models()`; upper or lower case.
              config: for the function or class that makes it, such as num_classes; and weights, for every model the
                path of a file, for torchvision's also the name of published ones.
    Raises:   ValueError: if there is none of that name. KeyError, RuntimeError, TypeError: for weights that are not
                there or do not fit.

    >>> get_model("LeNet5", num_classes=3).classifier[-1]
    Linear(in_features=84, out_features=3, bias=True)
    """
    builder = _entry(name).builder
    if hasattr(builder, "weights"):
        return builder(**config)
    path = config.pop("weights", None)
    return builder(**config) if path is None else model_from_file(builder, path, config)


def input_size(name: str) -> tuple[int, int, int]:
    """(C, H, W) of the images that `get_model(name)` is made for.

    Raises:   ValueError: if there is no model of that name.
    """
    return _entry(name).input_size


def get_model_weights(name: str | Callable[..., nn.Module]) -> type[WeightsEnum]:
    """The enum of a model's published weights.

    Args:     name: of `list_models()`, or the function that makes the model.
    Raises:   ValueError: if there is no such model, or it has no published weights.

    >>> [weights.name for weights in get_model_weights("resnet18")]
    ['IMAGENET1K_V1']
    """
    builder = get_model_builder(name) if isinstance(name, str) else name
    if not hasattr(builder, "weights"):
        having = [model for model in list_models() if hasattr(get_model_builder(model), "weights")]
        raise ValueError(
            f"get_model_weights: there are no published weights of {builder.__name__}, only of {', '.join(having)}"
        )
    return builder.weights


def get_weight(name: str) -> WeightsEnum:
    """Published weights by their full name.

    Raises:   ValueError: if it is none. KeyError: if the model has other weights only.

    >>> get_weight("ResNet18_Weights.DEFAULT")
    ResNet18_Weights.IMAGENET1K_V1
    """
    enum_name, dot, member = name.partition(".")
    if not dot or "." in member:
        raise ValueError(f"Invalid weight name provided: '{name}'. Expected one such as ResNet18_Weights.DEFAULT")
    enums = [getattr(get_model_builder(model), "weights", None) for model in list_models()]
    enum = next((each for each in enums if each is not None and each.__name__ == enum_name), None)
    if enum is None:
        raise ValueError(
            f"The weight enum '{enum_name}' for the specific method couldn't be retrieved; there are "
            f"{', '.join(each.__name__ for each in enums if each is not None)}"
        )
    return enum.verify(member)
