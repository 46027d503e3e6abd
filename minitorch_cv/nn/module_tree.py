"""ModuleTree: what a module holds - parameters, buffers, submodules - and how assigning an attribute puts it there."""

from __future__ import annotations

from typing import Any, NoReturn

from ..tensors.tensor import Tensor
from .parameter import Buffer, Parameter
from .typename import typename


class ModuleTree:
    """A node of the tree of modules: three dictionaries, and attribute access that looks into them."""

    _parameters: dict[str, Parameter | None]
    _buffers: dict[str, Tensor | None]
    _non_persistent_buffers_set: set[str]
    _modules: dict[str, Any]

    def __init__(self) -> None:
        for name in ("_parameters", "_buffers", "_modules"):
            object.__setattr__(self, name, {})
        object.__setattr__(self, "_non_persistent_buffers_set", set())

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Add a parameter, reachable as the attribute `name`; None keeps the name for a parameter that is absent.

        Raises:   KeyError: if the name is empty, holds a dot or is taken.
                  TypeError: if param is no Parameter. ValueError: if it is the result of an operation.
        """
        self._check_name("parameter", name, self._parameters_or_raise("parameter"))
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(
                f"cannot assign '{typename(param)}' object to parameter '{name}' (torch.nn.Parameter or None required)"
            )
        if param is not None and param.grad_fn is not None:
            raise ValueError(
                f"Cannot assign non-leaf Tensor to parameter '{name}'. Model parameters must be created explicitly. "
                f"To express '{name}' as a function of another Tensor, compute the value in the forward() method."
            )
        self._parameters[name] = param

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Add a tensor that belongs to the module but is not trained, such as BatchNorm's running mean.

        Args:     persistent: whether state_dict holds it.
        Raises:   KeyError: if the name is empty, holds a dot or is taken. TypeError: if tensor is no Tensor.
        """
        if "_buffers" not in self.__dict__:
            _before_init("buffer")
        self._check_name("buffer", name, self._buffers)
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(
                f"cannot assign '{typename(tensor)}' object to buffer '{name}' (torch Tensor or None required)"
            )
        self._buffers[name] = tensor
        if persistent:
            self._non_persistent_buffers_set.discard(name)
        else:
            self._non_persistent_buffers_set.add(name)

    def add_module(self, name: str, module: Any) -> None:
        """Add a submodule, reachable as the attribute `name`; None keeps the name for a module that is absent.

        Raises:   TypeError: if module is no Module. KeyError: if the name is empty, holds a dot or is taken.
        """
        if "_modules" not in self.__dict__:
            _before_init("module")
        if module is not None and not isinstance(module, ModuleTree):
            raise TypeError(f"{typename(module)} is not a Module subclass")
        self._check_name("module", name, self._modules, got=f", got: {name}")
        self._modules[name] = module

    def register_module(self, name: str, module: Any) -> None:
        """Another name of add_module."""
        self.add_module(name, module)

    def _parameters_or_raise(self, kind: str) -> dict[str, Parameter | None]:
        if "_parameters" not in self.__dict__:
            _before_init(kind)
        return self._parameters

    def _check_name(self, kind: str, name: object, holder: dict[str, Any], got: str = "") -> None:
        if not isinstance(name, str):
            raise TypeError(f"{kind} name should be a string. Got {typename(name)}")
        if "." in name:
            raise KeyError(f'{kind} name can\'t contain "."{got}')
        if name == "":
            raise KeyError(f'{kind} name can\'t be empty string ""')
        if name not in holder and hasattr(self, name):
            raise KeyError(f"attribute '{name}' already exists")

    def __getattr__(self, name: str) -> Any:
        # Called only where ordinary lookup found nothing.
        for holder in ("_parameters", "_buffers", "_modules"):
            held = self.__dict__.get(holder)
            if held is not None and name in held:
                return held[name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __setattr__(self, name: str, value: Any) -> None:
        held = self.__dict__
        if isinstance(value, Parameter):
            self._parameters_or_raise("parameters")
            self._forget(name, but="_parameters")
            self.register_parameter(name, value)
        elif name in held.get("_parameters", ()):
            if value is not None:
                raise TypeError(
                    f"cannot assign '{typename(value)}' as parameter '{name}' (torch.nn.Parameter or None expected)"
                )
            self.register_parameter(name, value)
        elif isinstance(value, ModuleTree):
            if "_modules" not in held:
                _before_init("module")
            self._forget(name, but="_modules")
            self._modules[name] = value
        elif name in held.get("_modules", ()):
            if value is not None:
                raise TypeError(
                    f"cannot assign '{typename(value)}' as child module '{name}' (torch.nn.Module or None expected)"
                )
            self._modules[name] = None
        elif isinstance(value, Buffer) or name in held.get("_buffers", ()):
            if value is not None and not isinstance(value, Tensor):
                raise TypeError(
                    f"cannot assign '{typename(value)}' as buffer '{name}' "
                    "(torch.nn.Buffer, torch.Tensor or None expected)"
                )
            known = name not in held.get("_non_persistent_buffers_set", ())
            self.register_buffer(name, value, value.persistent if isinstance(value, Buffer) else known)
        else:
            object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        for held in (self._parameters, self._buffers, self._modules):
            if name in held:
                del held[name]
                self._non_persistent_buffers_set.discard(name)
                return
        object.__delattr__(self, name)

    def _forget(self, name: str, but: str) -> None:
        """Let go of whatever else `name` stood for, so that it means one thing only."""
        self.__dict__.pop(name, None)
        for holder in {"_parameters", "_buffers", "_modules"} - {but}:
            self.__dict__[holder].pop(name, None)
        self._non_persistent_buffers_set.discard(name)

    def __dir__(self) -> list[str]:
        names = [*dir(type(self)), *self.__dict__, *self._parameters, *self._modules, *self._buffers]
        return sorted(name for name in names if not name[:1].isdigit())  # '0' of a Sequential is no attribute name


def _before_init(kind: str) -> NoReturn:
    raise AttributeError(f"cannot assign {kind} before Module.__init__() call")
