"""Calling a module: forward, with the hooks that were registered to run before it, after it and in backward."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from ..autograd.operation import RemovableHandle
from .backward_hooks import HookedCall
from .forward_hook import ForwardHook
from .global_hooks import REGISTERED, hooks_of
from .module_tree import ModuleTree


class CallMethods(ModuleTree):
    """The methods of Module that run it and register hooks."""

    _forward_pre_hooks: list[ForwardHook]
    _forward_hooks: list[ForwardHook]
    _backward_pre_hooks: list[Callable]
    _backward_hooks: list[Callable]

    def __init__(self) -> None:
        super().__init__()
        for name in ("_forward_pre_hooks", "_forward_hooks", "_backward_pre_hooks", "_backward_hooks"):
            object.__setattr__(self, name, [])

    def forward(self, *input: Any) -> Any:
        """What the module computes; every module defines its own. Call the module, not this: the call runs the hooks.

        Raises:   NotImplementedError: if the module defines none.
        """
        raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "forward" function')

    def register_forward_pre_hook(
        self, hook: Callable, *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Call `hook(module, args)` before every forward; what it returns, if not None, takes the arguments' place.

        Args:     prepend: run before the hooks that are already there.
                  with_kwargs: call `hook(module, args, kwargs)`, which may return (args, kwargs).
        """
        return _register(self._forward_pre_hooks, ForwardHook(hook, with_kwargs), prepend)

    def register_forward_hook(
        self, hook: Callable, *, prepend: bool = False, with_kwargs: bool = False, always_call: bool = False
    ) -> RemovableHandle:
        """Call `hook(module, args, output)` after every forward; what it returns, if not None, replaces the output.

        Args:     prepend: run before the hooks that are already there.
                  with_kwargs: call `hook(module, args, kwargs, output)`.
                  always_call: also when forward raised an exception; output is then None.
        """
        return _register(self._forward_hooks, ForwardHook(hook, with_kwargs, always_call), prepend)

    def register_full_backward_pre_hook(self, hook: Callable, prepend: bool = False) -> RemovableHandle:
        """Call `hook(module, grad_output)` in backward, before the module's own part of it.

        grad_output is a tuple with the gradient of each output; a returned tuple takes its place.
        """
        return _register(self._backward_pre_hooks, hook, prepend)

    def register_full_backward_hook(self, hook: Callable, prepend: bool = False) -> RemovableHandle:
        """Call `hook(module, grad_input, grad_output)` in backward, when the gradients of the inputs are known.

        Both are tuples, None standing for what is no tensor; a returned tuple replaces grad_input. If no input requires
        a gradient the hook runs as soon as the outputs' gradients are known. Inputs and outputs of a module with such
        a hook must not be written to in place.
        """
        return _register(self._backward_hooks, hook, prepend)

    def register_backward_hook(self, hook: Callable) -> RemovableHandle:
        """PyTorch's deprecated, unreliable predecessor of register_full_backward_hook.

        Raises:   NotImplementedError: always.
        """
        raise NotImplementedError(
            "register_backward_hook: this deprecated hook sees only the module's last operation and is not supported; "
            "use register_full_backward_hook(hook), which has the same signature hook(module, grad_input, grad_output)"
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run forward, and the hooks around it."""
        if not (
            self._forward_hooks
            or self._forward_pre_hooks
            or self._backward_hooks
            or self._backward_pre_hooks
            or REGISTERED
        ):
            return self.forward(*args, **kwargs)
        return self._call_with_hooks(args, kwargs)

    def _call_with_hooks(self, args: tuple, kwargs: dict) -> Any:
        result = None
        ran: list[ForwardHook] = []
        try:
            args, kwargs = self._run_forward_pre_hooks(args, kwargs)
            hooked = None
            backward_hooks = [*hooks_of("backward"), *self._backward_hooks]
            backward_pre_hooks = [*hooks_of("backward_pre"), *self._backward_pre_hooks]
            if backward_hooks or backward_pre_hooks:
                hooked = HookedCall(self, backward_hooks, backward_pre_hooks)
                args = hooked.catch_inputs(args)
            result = self.forward(*args, **kwargs)
            for hook in [*hooks_of("forward"), *self._forward_hooks]:
                ran.append(hook)
                new = hook(self, args, kwargs, result)
                result = result if new is None else new
            return result if hooked is None else hooked.catch_outputs(result)
        except Exception:
            self._run_remaining_hooks(ran, args, kwargs, result)
            raise

    def _run_forward_pre_hooks(self, args: tuple, kwargs: dict) -> tuple[tuple, dict]:
        for hook in [*hooks_of("forward_pre"), *self._forward_pre_hooks]:
            new = hook(self, args, kwargs)
            if new is None:
                continue
            if not hook.with_kwargs:
                args = new if isinstance(new, tuple) else (new,)
            elif isinstance(new, tuple) and len(new) == 2:
                args, kwargs = new
            else:
                raise RuntimeError(
                    f"forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got {new}."
                )
        return args, kwargs

    def _run_remaining_hooks(self, ran: list[ForwardHook], args: tuple, kwargs: dict, result: Any) -> None:
        """After an exception: the hooks that asked to be called in any case and were not."""
        everywhere = hooks_of("forward")
        for hook in [*everywhere, *self._forward_hooks]:
            if not hook.always_call or hook in ran:
                continue
            try:
                new = hook(self, args, kwargs, result)
                result = result if new is None else new
            except Exception as error:
                warnings.warn(
                    f"{'global ' if hook in everywhere else ''}module forward hook with ``always_call=True`` raised an "
                    f"exception that was silenced as another error was raised in forward: {error}",
                    stacklevel=2,
                )


def _register(hooks: list, hook: Any, prepend: bool) -> RemovableHandle:
    handle = RemovableHandle(hooks, hook)
    if prepend:
        hooks.insert(0, hooks.pop())
    return handle
