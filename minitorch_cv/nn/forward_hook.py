"""ForwardHook: a function that runs before or after a module's forward."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(eq=False)
class ForwardHook:
    """A registered hook and how it wants to be called."""

    function: Any  # what was registered: a function, or an object that can be called
    with_kwargs: bool
    always_call: bool = False

    def __call__(self, module: Any, args: tuple, kwargs: dict, *result: Any) -> Any:
        """Run it before forward, or after it with the result."""
        return self.function(module, args, *([kwargs] if self.with_kwargs else []), *result)
