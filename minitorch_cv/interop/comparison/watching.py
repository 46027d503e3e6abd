"""Watching a model of either library: what goes in and out of each layer, forward and backward."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

import numpy as np

from ...nn.utils.running_modules import is_layer, layer_path


class Key(NamedTuple):
    """A quantity of one call of a layer, by our model's names."""

    layer: str
    call: int
    quantity: str


# Told a key and the numbers there; the numbers that take their place, or None.
See = Callable[[Key, np.ndarray], np.ndarray | None]


class Library(NamedTuple):
    """What has another name in torch.

    Args:     array: the numbers of a tensor.
              put: writes numbers into a tensor, unseen by autograd.
              tensor: with these numbers.
              kind: the class of tensors.
    """

    array: Callable[[Any], np.ndarray]
    put: Callable[[Any, np.ndarray], None]
    tensor: Callable[[np.ndarray], Any]
    kind: Any


@contextmanager
def watched(model: Any, path_of: Callable[[str], str | None], library: Library, see: See) -> Iterator[None]:
    """Within the `with`, `see` is told of every call of every layer.

    A layer is a module without modules in it, but for those that compute its weights. The gradient of an input is that
    of this call alone: the layer is given a copy. One that works in place writes to the copy, so a forward has to use
    what the layer returns.

    Args:     path_of: our model's path for the model's own; layers without one are passed over.
    """
    calls: Counter[str] = Counter()
    with ExitStack() as stack:
        for own, module in model.named_modules():
            path = path_of(own)
            if path is None or not is_layer(module) or layer_path(own) != own:
                continue
            hooks = _Hooks(path, calls, library, see)
            for handle in (module.register_forward_pre_hook(hooks.before), module.register_forward_hook(hooks.after)):
                stack.callback(handle.remove)
        yield


class _Hooks:
    def __init__(self, path: str, calls: Counter[str], library: Library, see: See) -> None:
        self.path = path
        self.calls = calls
        self.library = library
        self.see = see

    def before(self, module: Any, args: tuple) -> tuple:
        passed = []
        for i, value in enumerate(args):
            if isinstance(value, self.library.kind) and value.requires_grad:
                value = value.clone()
                follow(value, self._key("input", i), self.library, self.see)
                follow_gradient(value, self._key("gradient of input", i), self.library, self.see)
            passed.append(value)
        return tuple(passed)

    def after(self, module: Any, args: tuple, output: Any) -> None:
        for i, value in enumerate(output if isinstance(output, tuple) else (output,)):
            if isinstance(value, self.library.kind):
                follow(value, self._key("output", i), self.library, self.see)
                if value.requires_grad:
                    follow_gradient(value, self._key("gradient of output", i), self.library, self.see)
        for name, buffer in module.named_buffers(recurse=False):
            self.see(self._key(name, 0), self.library.array(buffer))
        self.calls[self.path] += 1

    def _key(self, quantity: str, i: int) -> Key:
        return Key(self.path, self.calls[self.path], f"{quantity} {i + 1}" if i else quantity)


def follow(tensor: Any, key: Key, library: Library, see: See) -> None:
    """Tell of a tensor, and take the answer for its numbers."""
    new = see(key, library.array(tensor))
    if new is not None:
        library.put(tensor, new)


def follow_gradient(tensor: Any, key: Key, library: Library, see: See) -> None:
    """Tell of a tensor's gradient when it is known, and take the answer in its place."""

    def hook(grad: Any) -> Any:
        new = see(key, library.array(grad))
        return None if new is None else library.tensor(new)

    tensor.register_hook(hook)
