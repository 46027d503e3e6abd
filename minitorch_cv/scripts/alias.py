"""as_torch: from now on `import torch` and `import torchvision` bring this library, in this process."""

from __future__ import annotations

import importlib
import sys
from importlib.machinery import ModuleSpec
from types import MappingProxyType, ModuleType
from typing import Any, NoReturn

from .. import nn
from .class_names import rename
from .missing import missing_module, missing_name
from .names import ATTRIBUTES, MODULES

_TOPS = ("torch", "torchvision")


def as_torch() -> Standing:
    """Let scripts import torch and torchvision and get this library, in this process only.

    It holds from the call on. Used in a `with` statement it ends with the block.

    Raises:   RuntimeError: if PyTorch itself was imported before.

    Example:  minitorch_cv.as_torch()
              import torch, torchvision  # this library from here on
    """
    for top in _TOPS:
        module = sys.modules.get(top)
        if module is not None and not isinstance(module, Alias):
            raise RuntimeError(
                f"as_torch: {top} itself was imported before, from {getattr(module, '__file__', 'elsewhere')}. Call "
                "as_torch() before anything imports it (in a notebook: restart the kernel first), or run the script by "
                "`python -m minitorch_cv run SCRIPT`"
            )
    return Standing()


class Standing:
    """The time in which this library stands for PyTorch: until `end`, or the end of a `with` block, if ever."""

    def __init__(self) -> None:
        self._finder: _Finder | None = None
        if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
            self._finder = _Finder()
            sys.meta_path.insert(0, self._finder)
            self._finder.renamed = rename()

    def end(self) -> None:
        """Let torch and torchvision be imported as usual again; nothing if another as_torch() was there before."""
        if self._finder is None:
            return
        sys.meta_path.remove(self._finder)
        for kind, module in self._finder.renamed:
            kind.__module__ = module
        self._finder = None
        for name in [name for name, module in sys.modules.items() if isinstance(module, Alias)]:
            del sys.modules[name]

    def __enter__(self) -> Standing:
        return self

    def __exit__(self, *exc: object) -> None:
        self.end()


class _Finder:
    """Answers for all imports of torch and torchvision, installed or not.

    Attributes: renamed: classes that say that they are PyTorch's, with the modules that they are in.
    """

    def __init__(self) -> None:
        self.renamed: list[tuple[type, str]] = []

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """How to load a module, if it is PyTorch's.

        Raises:   ModuleNotFoundError: for one that the library does not have.
        """
        if name.partition(".")[0] not in _TOPS:
            return None
        if name not in MODULES:
            # Without the argument `name`, by which `from torch.nn import Missing` would drop this message for its own.
            raise ModuleNotFoundError(missing_module(name))
        return ModuleSpec(name, self, is_package=True)  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> Alias:
        """The module that stands for PyTorch's."""
        return Alias(spec.name, importlib.import_module(MODULES[spec.name]))

    def exec_module(self, module: ModuleType) -> None:
        """Nothing: our module has run."""


class Alias(ModuleType):
    """A module under PyTorch's name; its attributes are those of ours, to read and to write."""

    _own: ModuleType

    def __init__(self, name: str, own: ModuleType) -> None:
        super().__init__(name, own.__doc__)
        super().__setattr__("_own", own)

    @property
    def __dict__(self) -> MappingProxyType[str, Any]:  # type: ignore[override]
        """What `vars` shows: scripts find networks and optimisers in it by their names. It is there to read only."""
        return MappingProxyType({name: getattr(self, name) for name in dir(self)})

    def __getattr__(self, name: str) -> Any:
        full_name = f"{self.__name__}.{name}"
        if full_name in ATTRIBUTES:
            return ATTRIBUTES[full_name]
        if name == "__all__":
            listed = getattr(self._own, "__all__", None)
            return [n for n in dir(self) if (n in listed if listed is not None else not n.startswith("_"))]
        try:
            found = getattr(self._own, name)
        except AttributeError as error:
            if full_name in MODULES:
                return importlib.import_module(full_name)
            if name.startswith("__"):
                raise
            layer = getattr(nn, name, None) if self.__name__.startswith("torch.nn.modules.") else None
            if isinstance(layer, type):  # which is in another file here
                return layer
            _, _, said = str(error).partition(f"{self.__name__.rpartition('.')[2]}.{name}: ")
            if said:  # of ours, which knows what there is to say
                raise AttributeError(f"{full_name}: {said}") from None
            self._refuse(name)
        if isinstance(found, ModuleType):
            if full_name not in MODULES:  # one of ours that PyTorch does not have, or that ours imports
                self._refuse(name)
            return importlib.import_module(full_name)
        return found

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("__"):
            super().__setattr__(name, value)
        elif not isinstance(value, Alias):  # by which the import system binds submodules; __getattr__ finds them
            setattr(self._own, name, value)

    def __delattr__(self, name: str) -> None:
        delattr(self._own, name)

    def __dir__(self) -> list[str]:
        listed = [n for n, value in vars(self._own).items() if not isinstance(value, ModuleType)]
        children = [n.rpartition(".")[2] for n in MODULES if n.rpartition(".")[0] == self.__name__]
        return sorted({*listed, *children})

    def _refuse(self, name: str) -> NoReturn:
        raise AttributeError(missing_name(self.__name__, name, dir(self))) from None
