"""torch.nn.utils.parametrize: a module's tensor that other modules compute, whenever it is asked for.

`register_parametrization` gives a module a class of its own, a subclass of the one that it had, in which the tensor's
name is a property.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any, NoReturn, TypeVar

from ...autograd.grad_mode import no_grad
from ...tensors.tensor import Tensor
from ..containers import ModuleDict
from ..module import Module
from ..parameter import Parameter
from .parametrization_list import ParametrizationList, check_like, register

__all__ = [
    "ParametrizationList",
    "cached",
    "is_parametrized",
    "register_parametrization",
    "remove_parametrizations",
    "type_before_parametrizations",
]

M = TypeVar("M", bound=Module)


class _Cache:
    """What parametrized tensors are within `cached()`, by module and name."""

    depth = 0  # of blocks within blocks
    values: dict[tuple[Module, str], Tensor] = {}


@contextmanager
def cached() -> Iterator[None]:
    """Within the `with` block, compute each parametrized tensor once: when it is first asked for."""
    _Cache.depth += 1
    try:
        yield
    finally:
        _Cache.depth -= 1
        if not _Cache.depth:
            _Cache.values = {}


def register_parametrization(module: M, tensor_name: str, parametrization: Module, *, unsafe: bool = False) -> M:
    """Let a module compute a parameter or buffer of another one, whenever it is asked for.

    `module.weight` is then `parametrization(original)`, computed anew for every use; the original, which optimisers
    train, is `module.parametrizations.weight.original`. If the parametrization has a `right_inverse`, it is applied to
    the tensor first; it may return several originals, and an assignment to `module.weight` goes through it.
    Registering for the same tensor again chains: the newest comes last.

    Args:     tensor_name: of a parameter or buffer of the module.
              unsafe: let the parametrization change the tensor's shape and dtype, and do not try it now.
    Returns:  the module.
    Raises:   ValueError: if there is no such tensor, or if shape or dtype change although not `unsafe`.

    >>> import minitorch_cv as torch
    >>> class Positive(torch.nn.Module):
    ...     def forward(self, x):
    ...         return x.abs()
    >>> layer = register_parametrization(torch.nn.Linear(3, 2), "weight", Positive())
    >>> bool((layer.weight >= 0).all()), [name for name, _ in layer.named_parameters()]
    (True, ['bias', 'parametrizations.weight.original'])
    """
    holder: Any = module
    parametrization.train(module.training)
    if is_parametrized(module, tensor_name):
        if not unsafe:
            _try(holder, tensor_name, parametrization)
        chain = holder.parametrizations[tensor_name]
        chain.append(parametrization)
        chain.unsafe |= unsafe
    elif tensor_name in module._buffers or tensor_name in module._parameters:
        chain = ParametrizationList([parametrization], getattr(module, tensor_name), unsafe=unsafe)
        delattr(module, tensor_name)
        if not is_parametrized(module):
            _give_class(module)
            holder.parametrizations = ModuleDict()
        setattr(type(module), tensor_name, _property(tensor_name))
        holder.parametrizations[tensor_name] = chain
    else:
        raise ValueError(
            f"Module '{module}' does not have a parameter, a buffer, or a parametrized element with name "
            f"'{tensor_name}'"
        )
    return module


def is_parametrized(module: Module, tensor_name: str | None = None) -> bool:
    """Whether a tensor of the module is parametrized; with no name, whether any is."""
    held = getattr(module, "parametrizations", None)
    if not isinstance(held, ModuleDict):
        return False
    return len(held) > 0 if tensor_name is None else tensor_name in held


def remove_parametrizations(module: M, tensor_name: str, leave_parametrized: bool = True) -> M:
    """Make a parametrized tensor an ordinary parameter or buffer again.

    Args:     leave_parametrized: give it the value that it has now; otherwise that of the original.
    Returns:  the module, of its old class if nothing else of it is parametrized.
    Raises:   ValueError: if the tensor is not parametrized, or if several originals are to be left as they are.
    """
    if not is_parametrized(module, tensor_name):
        raise ValueError(f"Module {module} does not have a parametrization on {tensor_name}")
    holder: Any = module
    chain = holder.parametrizations[tensor_name]
    if chain.is_tensor:
        original = chain.original
        if leave_parametrized:  # the same object, so that optimisers keep it
            with no_grad():
                original.data = getattr(module, tensor_name)
    elif leave_parametrized:
        value = getattr(module, tensor_name)
        original = Parameter(value) if value.requires_grad else value
    else:
        raise ValueError(
            "Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is parametrized in terms of a "
            "sequence of tensors."
        )
    delattr(type(module), tensor_name)
    del holder.parametrizations[tensor_name]
    register(module, tensor_name, original)
    if not is_parametrized(module):
        del holder.parametrizations
        module.__class__ = type(module).__bases__[0]
    return module


def type_before_parametrizations(module: Module) -> type:
    """The class that the module had before any of its tensors was parametrized."""
    return type(module).__bases__[0] if is_parametrized(module) else type(module)


def _try(module: Any, name: str, parametrization: Any) -> None:
    """Complain if a parametrization that is to come last does not keep shape and dtype, forwards and backwards."""
    now = getattr(module, name)
    new = parametrization(now)
    names = f"module.{name}.", f"parametrization(module.{name})."
    check_like(new, now.shape, now.dtype, "the tensor, unless the `unsafe` flag is enabled", *names)
    if not hasattr(parametrization, "right_inverse"):
        return
    try:
        back = parametrization.right_inverse(new)
    except NotImplementedError:
        return
    if not isinstance(back, Tensor):
        raise ValueError(f"parametrization.right_inverse must return a tensor. Got: {type(back).__name__}")
    for what, wanted, got in (("dtype", now.dtype, back.dtype), ("shape", now.shape, back.shape)):
        if wanted != got:
            raise ValueError(
                f"The tensor returned by parametrization.right_inverse must have the same {what} as module.{name}, "
                f"unless the `unsafe` flag is enabled.\nmodule.{name}.{what}: {wanted}\nreturned {what}: {got}"
            )


def _property(name: str) -> property:
    """The tensor as its users see it."""

    def get(self: Any) -> Tensor:
        chain = self.parametrizations[name]
        if not _Cache.depth:
            return chain()
        if (self, name) not in _Cache.values:
            _Cache.values[self, name] = chain()
        return _Cache.values[self, name]

    def set_original(self: Any, value: Tensor) -> None:
        self.parametrizations[name].right_inverse(value)

    return property(get, set_original)


def _give_class(module: Module) -> None:
    """Make the module the only one of a new class, a subclass of its own."""
    kind = type(module)
    members: dict[str, Any] = {"__getstate__": _refuse_pickling}
    if not hasattr(kind, "__deepcopy__"):
        members["__deepcopy__"] = _deepcopy
    module.__class__ = type(f"Parametrized{kind.__name__}", (kind,), members)


def _refuse_pickling(self: Any) -> NoReturn:
    raise RuntimeError(
        "Serialization of parametrized modules is only supported through state_dict(): save(module.state_dict(), path)"
    )


def _deepcopy(self: Any, memo: dict[int, Any]) -> Any:
    """A copy, of a class of its own: what is removed from one of the two stays in the other."""
    kind: Any = type(self)
    replica = kind.__new__(type(kind.__name__, kind.__bases__, dict(vars(kind))))
    memo[id(self)] = replica
    vars(replica).update(deepcopy(vars(self), memo))
    return replica
