"""Computer vision under torchvision's names: datasets, transforms, models, operations; imported when first used."""

from importlib import import_module
from typing import Any

_PARTS = ("datasets", "io", "models", "ops", "transforms", "tv_tensors", "utils")


def __getattr__(name: str) -> Any:
    if name in _PARTS:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has {', '.join(_PARTS)}")


def __dir__() -> list[str]:
    return [*globals(), *_PARTS]
