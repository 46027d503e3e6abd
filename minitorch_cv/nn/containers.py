"""Containers of modules: Sequential, ModuleList, ModuleDict."""

from __future__ import annotations

import operator
from collections import OrderedDict
from collections.abc import ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
from itertools import chain, groupby
from typing import Any, TypeVar

from .fusion import run_in_turn
from .module import Module, indent
from .plain import calls_only

S = TypeVar("S", bound="_NumberedModules")
Q = TypeVar("Q", bound="Sequential")
L = TypeVar("L", bound="ModuleList")


class _NumberedModules(Module):
    """What Sequential and ModuleList have in common: modules in order, read and written by position."""

    def _key(self, index: int) -> str:
        """The name of the module at a position, counted from the end if negative."""
        number = operator.index(index)
        if not -len(self) <= number < len(self):
            raise IndexError(f"index {number} is out of range")
        return list(self._modules)[number]

    def __setitem__(self, index: int, module: Module) -> None:
        setattr(self, self._key(index), module)

    def __delitem__(self, index: int | slice) -> None:
        for name in list(self._modules)[index] if isinstance(index, slice) else [self._key(index)]:
            delattr(self, name)
        self._modules = {str(i): module for i, module in enumerate(self._modules.values())}

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[Module]:
        return iter(self._modules.values())

    def append(self: S, module: Module) -> S:
        """Add a module at the end."""
        self.add_module(str(len(self)), module)
        return self

    def _insert(self, index: int, module: Module) -> None:
        n = len(self)
        if not isinstance(module, Module):
            raise AssertionError(f"module should be of type: {Module}")
        if not -n <= index <= n:
            raise IndexError(f"Index out of range: {index}")
        position = index + n if index < 0 else index
        for i in range(n, position, -1):
            self._modules[str(i)] = self._modules[str(i - 1)]
        self._modules[str(position)] = module

    def pop(self, key: int | slice) -> Any:
        """Remove and return a module, or a container of several."""
        popped = self[key]  # type: ignore[index]
        del self[key]
        return popped


class Sequential(_NumberedModules):
    """Modules run one after the other, each on the result of the one before.

    Args:     args: modules, named '0', '1' ...; or one OrderedDict of names and modules.
    """

    def __init__(self, *args: Any) -> None:
        super().__init__()
        named = args[0].items() if len(args) == 1 and isinstance(args[0], OrderedDict) else enumerate(args)
        for name, module in named:
            self.add_module(str(name) if isinstance(name, int) else name, module)

    def forward(self, input: Any) -> Any:
        """The result of the last module."""
        return run_in_turn(_flat(self), input)

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return type(self)(OrderedDict(list(self._modules.items())[index]))
        return self._modules[self._key(index)]

    def insert(self: Q, index: int, module: Module) -> Q:
        """Add a module before the one at `index`; the numbers after it move up.

        Raises:   AssertionError: if module is no Module. IndexError: if there is no such position.
        """
        self._insert(index, module)
        return self

    def extend(self: Q, sequential: Iterable[Module]) -> Q:
        """Add modules, of another Sequential or any others, at the end."""
        for module in list(sequential):
            self.append(module)
        return self

    def __add__(self, other: Sequential) -> Sequential:
        _check_sequential(other)
        return Sequential(*self, *other)

    def __iadd__(self: Q, other: Sequential) -> Q:
        _check_sequential(other)
        return self.extend(other)

    def __mul__(self, times: int) -> Sequential:
        self._check_times(times)
        return Sequential(*list(self) * times)

    __rmul__ = __mul__

    def __imul__(self: Q, times: int) -> Q:
        self._check_times(times)
        return self.extend(list(self) * (times - 1))

    def _check_times(self, times: object) -> None:
        if not isinstance(times, int):
            raise TypeError(f"unsupported operand type(s) for *: {type(self)} and {type(times)}")
        if times <= 0:
            raise ValueError(f"Non-positive multiplication factor {times} for {type(self)}")


_run = Sequential.forward  # as it is defined here: a class that is patched later does something else


def _flat(modules: Iterable[Module]) -> Iterator[Module]:
    """Modules in the order in which they run; for a Sequential among them, those in it: they have neighbours outside.

    All as they are when the outermost begins.
    """
    for module in modules:
        if type(module) is Sequential and calls_only(module, _run):
            yield from _flat(module)
        else:
            yield module


class ModuleList(_NumberedModules):
    """A list of modules that registers them; it has no forward of its own.

    Args:     modules: to begin with.
    """

    def __init__(self, modules: Iterable[Module] | None = None) -> None:
        super().__init__()
        if modules is not None:
            self.extend(modules)

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return type(self)(list(self)[index])
        return self._modules[self._key(index)]

    def extend(self: L, modules: Iterable[Module]) -> L:
        """Add modules at the end.

        Raises:   TypeError: if they cannot be iterated over.
        """
        if not isinstance(modules, Iterable):
            raise TypeError(f"ModuleList.extend should be called with an iterable, but got {type(modules).__name__}")
        for module in list(modules):
            self.append(module)
        return self

    def insert(self, index: int, module: Module) -> None:
        """Add a module before the one at `index`; the numbers after it move up.

        Raises:   AssertionError: if module is no Module. IndexError: if there is no such position.
        """
        self._insert(index, module)

    def __add__(self, other: Iterable[Module]) -> ModuleList:
        return ModuleList(chain(self, other))

    def __iadd__(self: L, modules: Iterable[Module]) -> L:
        return self.extend(modules)

    def __repr__(self) -> str:
        """As every module's, but with neighbours that read alike on one line: (0-3): 4 x Linear(...)."""
        if not len(self):
            return f"{self._get_name()}()"
        lines = []
        for text, run in groupby(enumerate(map(repr, self)), key=lambda numbered: numbered[1]):
            numbers = [i for i, _ in run]
            one = len(numbers) == 1
            head = f"({numbers[0]}): " if one else f"({numbers[0]}-{numbers[-1]}): {len(numbers)} x "
            lines.append(indent(head + text))
        return f"{self._get_name()}(\n  " + "\n  ".join(lines) + "\n)"


class ModuleDict(Module):
    """A dictionary of modules that registers them; it has no forward of its own.

    Args:     modules: a mapping of names to modules, or pairs of both.
    """

    def __init__(self, modules: Any = None) -> None:
        super().__init__()
        if modules is not None:
            self.update(modules)

    def __getitem__(self, key: str) -> Any:
        return self._modules[key]

    def __setitem__(self, key: str, module: Module) -> None:
        self.add_module(key, module)

    def __delitem__(self, key: str) -> None:
        del self._modules[key]

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __contains__(self, key: str) -> bool:
        return key in self._modules

    def clear(self) -> None:
        """Remove all modules."""
        self._modules.clear()

    def pop(self, key: str) -> Any:
        """Remove and return a module."""
        return self._modules.pop(key)

    def keys(self) -> KeysView[str]:
        """The names."""
        return self._modules.keys()

    def items(self) -> ItemsView[str, Module]:
        """The names and modules."""
        return self._modules.items()

    def values(self) -> ValuesView[Module]:
        """The modules."""
        return self._modules.values()

    def update(self, modules: Any) -> None:
        """Take modules from a mapping, or from pairs of name and module; known names get the new module.

        Raises:   TypeError, ValueError: if it is neither.
        """
        for name, module in pairs_of("ModuleDict", modules):
            self[name] = module


def pairs_of(owner: str, given: Any) -> Iterable[tuple[str, Any]]:
    """The names and values that a user gave, as a mapping (or a ModuleDict, ParameterDict) or as pairs.

    Raises:   TypeError: if it cannot be iterated over. ValueError: if an element is no pair.
    """
    if not isinstance(given, Iterable):
        raise TypeError(
            f"{owner}.update should be called with an iterable of key/value pairs, but got {type(given).__name__}"
        )
    if isinstance(given, Mapping) or (isinstance(given, Module) and hasattr(given, "items")):
        return given.items()
    for i, pair in enumerate(given := list(given)):
        if not isinstance(pair, Iterable):
            raise TypeError(f"{owner} update sequence element #{i} should be Iterable; is {type(pair).__name__}")
        if len(pair) != 2:  # type: ignore[arg-type]
            raise ValueError(f"{owner} update sequence element #{i} has length {len(pair)}; 2 is required")  # type: ignore[arg-type]
    return given


def _check_sequential(other: object) -> None:
    if not isinstance(other, Sequential):
        raise ValueError(f"add operator supports only objects of Sequential class, but {type(other)} is given.")
