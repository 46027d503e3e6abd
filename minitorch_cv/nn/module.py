"""Module: the base class of all layers and models; and the hooks of all of them (torch.nn.modules.module)."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, TypeVar

from .calling import CallMethods
from .conversion import ConversionMethods
from .global_hooks import (
    register_module_backward_hook,
    register_module_forward_hook,
    register_module_forward_pre_hook,
    register_module_full_backward_hook,
    register_module_full_backward_pre_hook,
)
from .parameter import reset_grad
from .state_dict import StateDictMethods

__all__ = [
    "Module",
    "register_module_backward_hook",
    "register_module_forward_hook",
    "register_module_forward_pre_hook",
    "register_module_full_backward_hook",
    "register_module_full_backward_pre_hook",
]

M = TypeVar("M", bound="Module")


class Module(ConversionMethods, StateDictMethods, CallMethods):
    """Base class of all layers and models: holds parameters, buffers and other modules, and computes with them.

    Parameters and modules assigned to attributes are registered, so that parameters(), state_dict(), to() and their
    like find them. A subclass calls super().__init__() first and defines forward:

    >>> import minitorch_cv as torch
    >>> class Scale(torch.nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.factor = torch.nn.Parameter(torch.tensor(2.0))
    ...     def forward(self, x):
    ...         return self.factor * x
    >>> [name for name, _ in Scale().named_parameters()]
    ['factor']
    """

    training: bool

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if kwargs:
            raise TypeError(
                f"{type(self).__name__}.__init__() got an unexpected keyword argument '{next(iter(kwargs))}'"
            )
        if args:
            raise TypeError(
                f"{type(self).__name__}.__init__() takes 1 positional argument but {len(args) + 1} were given"
            )
        super().__init__()
        object.__setattr__(self, "training", True)

    def train(self: M, mode: bool = True) -> M:
        """Switch this module and all below it to training behaviour (Dropout drops, BatchNorm uses the batch).

        Raises:   ValueError: if mode is no bool.
        """
        if not isinstance(mode, bool):
            raise ValueError("training mode is expected to be boolean")
        self.training = mode
        for module in self.children():
            module.train(mode)
        return self

    def eval(self: M) -> M:
        """Switch this module and all below it to evaluation behaviour."""
        return self.train(False)

    def requires_grad_(self: M, requires_grad: bool = True) -> M:
        """Let backward fill the gradients of all parameters, or, with False, freeze them."""
        for param in self.parameters():
            param.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters.

        Args:     set_to_none: make `.grad` None; otherwise fill it with zeros.
        """
        for param in self.parameters():
            reset_grad(param, set_to_none)

    def apply(self: M, fn: Callable[[Module], None]) -> M:
        """Call `fn` with every module below this one, children before parents, and then with this one."""
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    def compile(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: the kernels are compiled already. Takes what torch.compile takes, and warns that it does nothing."""
        warnings.warn("torch.compile changes nothing in minitorch_cv: the model stays as it is", stacklevel=2)

    def extra_repr(self) -> str:
        """What the module's line in a printed model says in its brackets; one line or several."""
        return ""

    def _get_name(self) -> str:
        return type(self).__name__

    def __repr__(self) -> str:
        extra = self.extra_repr()
        extra_lines = extra.split("\n") if extra else []
        lines = extra_lines + [f"({name}): {indent(repr(module))}" for name, module in self._modules.items()]
        if not self._modules and len(lines) <= 1:
            return f"{self._get_name()}({''.join(lines)})"
        return f"{self._get_name()}(\n  " + "\n  ".join(lines) + "\n)"


def indent(text: str) -> str:
    """Indent all lines but the first by two blanks; empty lines stay empty."""
    first, *others = text.split("\n")
    return "\n".join([first, *("  " + line if line.strip() else "" for line in others)])
