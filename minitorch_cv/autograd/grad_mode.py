"""Whether operations are recorded: no_grad, enable_grad, set_grad_enabled, inference_mode; by thread."""

from __future__ import annotations

import functools
import inspect
import threading
from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


class _Mode(threading.local):
    enabled = True
    inference = False


grad_state = _Mode()


def is_grad_enabled() -> bool:
    """Whether operations of this thread are recorded for backward."""
    return grad_state.enabled


def is_inference_mode_enabled() -> bool:
    """Whether this thread is inside `inference_mode()`."""
    return grad_state.inference


class _ModeContext:
    """A context manager that is also a decorator, for functions and generator functions."""

    _before: tuple[bool, bool]  # the modes to go back to: recording, inference

    def __call__(self, function: F) -> F:
        if inspect.isclass(function):
            raise TypeError(f"{type(self).__name__}: decorate the class's methods, not the class {function.__name__}")
        if inspect.isgeneratorfunction(function):

            @functools.wraps(function)
            def generator(*args: Any, **kwargs: Any) -> Any:
                inner = function(*args, **kwargs)
                step, value = inner.send, None
                while True:  # the mode holds while the generator runs, not while its consumer does
                    try:
                        with self._again():
                            item = step(value)
                    except StopIteration as stop:
                        return stop.value
                    try:
                        step, value = inner.send, (yield item)
                    except GeneratorExit:
                        with self._again():
                            inner.close()
                        raise
                    except BaseException as error:
                        step, value = inner.throw, error

            return generator  # type: ignore[return-value]

        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            with self._again():
                return function(*args, **kwargs)

        return wrapper  # type: ignore[return-value]

    def _again(self) -> _ModeContext:
        return type(self)()

    def __enter__(self) -> None:
        raise NotImplementedError

    def __exit__(self, *exc: object) -> None:
        grad_state.enabled, grad_state.inference = self._before


class no_grad(_ModeContext):
    """Do not record operations inside the `with`, or in the decorated function."""

    def __new__(cls, function: Callable | None = None) -> Any:
        """A context manager; a decorated function if used as a decorator without brackets."""
        return super().__new__(cls) if function is None else super().__new__(cls)(function)

    def __enter__(self) -> None:
        self._before = (grad_state.enabled, grad_state.inference)
        grad_state.enabled = False


class enable_grad(_ModeContext):
    """Record operations inside the `with`, also within `no_grad`."""

    def __new__(cls, function: Callable | None = None) -> Any:
        """A context manager; a decorated function if used as a decorator without brackets."""
        return super().__new__(cls) if function is None else super().__new__(cls)(function)

    def __enter__(self) -> None:
        self._before = (grad_state.enabled, grad_state.inference)
        grad_state.enabled = True


class set_grad_enabled(_ModeContext):
    """Switch recording on or off: at once when called, and back at the end of the `with` if used as one."""

    def __init__(self, mode: bool) -> None:
        if not isinstance(mode, bool):
            raise TypeError(f"set_grad_enabled: enabled must be a bool (got {type(mode).__name__})")
        self._wanted = mode
        self._before = (grad_state.enabled, grad_state.inference)
        grad_state.enabled = self._wanted

    def __call__(self, function: F) -> F:
        """Decorate a function."""
        grad_state.enabled = self._before[0]  # used as a decorator, the call itself changes nothing
        return super().__call__(function)

    def _again(self) -> _ModeContext:
        return set_grad_enabled(self._wanted)

    def __enter__(self) -> None:
        grad_state.enabled = self._wanted


class inference_mode(_ModeContext):
    """As no_grad, and tensors made inside can never take part in a recorded operation that needs to save them."""

    _wanted = True

    def __new__(cls, mode: bool | Callable = True) -> Any:
        """A context manager; a decorated function if used as a decorator without brackets."""
        if not isinstance(mode, bool) and not callable(mode):
            raise TypeError(f"inference_mode: mode must be a bool (got {type(mode).__name__})")
        return super().__new__(cls) if isinstance(mode, bool) else super().__new__(cls)(mode)

    def __init__(self, mode: bool = True) -> None:
        self._wanted = mode

    def _again(self) -> _ModeContext:
        return inference_mode(self._wanted)

    def __enter__(self) -> None:
        self._before = (grad_state.enabled, grad_state.inference)
        if self._wanted:
            grad_state.enabled, grad_state.inference = False, True
        else:
            grad_state.enabled, grad_state.inference = True, False
