"""Node: what a gradient passes through on its way back; AccumulateGrad, where it ends; and the handles of hooks."""

from __future__ import annotations

import itertools
import math
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..kernels import layout
from . import anomaly

if TYPE_CHECKING:
    from .variable import Variable

Array = np.ndarray
Place = tuple["Node", int]  # a node and which of its results: where a gradient is sent

# Among the nodes whose gradients are complete the youngest goes first. The counter is atomic in CPython.
_ages = itertools.count()


def may_share(a: Array, b: Array) -> bool:
    """Whether two arrays may look at the same memory. Two that own theirs do not: this is most of the answers."""
    return a is b or ((a.base is not None or b.base is not None) and np.may_share_memory(a, b))


class RemovableHandle:
    """What registering a hook returns: `remove()` takes the hook away again; also a context manager."""

    def __init__(self, hooks: list, hook: Callable) -> None:
        self._hooks = hooks
        self._entry = hook
        hooks.append(hook)

    def remove(self) -> None:
        """Take the hook away; a second call does nothing."""
        for position, hook in enumerate(self._hooks):
            if hook is self._entry:
                del self._hooks[position]
                return

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *exc: object) -> None:
        self.remove()


class Node:
    """What operations and the ends of leaves have in common: edges that lead on, and hooks."""

    __slots__ = (
        "__dict__",
        "__weakref__",
        "age",
        "call_site",
        "edges",
        "freed",
        "grad_type",
        "hooks",
        "needs_grad",
        "output_meta",
        "pre_hooks",
        "retained",
        "saved_names",
        "saved_versions",
        "tensor_hooks",
    )

    materialize_grads = True  # backward gets zeros, not None, for a result that nothing used
    skips_without_grad = True  # backward is not run if no gradient came, or none is wanted

    edges: tuple[Place | None, ...]  # for each input, where its gradient goes

    def _enter_graph(self, grad_type: type[Variable], output_meta: tuple) -> None:
        """Become part of the graph.

        Args:     grad_type: the kind of tensor that hooks are given.
                  output_meta: shape and NumPy dtype of each result.
        """
        self.age: float = next(_ages)
        self.grad_type = grad_type
        self.output_meta = output_meta
        self.hooks: list[Callable] = []
        self.pre_hooks: list[Callable] = []
        self.tensor_hooks: dict[int, list[Callable]] = {}
        self.retained: dict[int, Any] = {}  # weak references to the results that want their gradient in .grad
        self.freed = False
        self.call_site = anomaly.call_site() if anomaly.is_anomaly_enabled() else None

    def backward(self, *grads_out: Any) -> Any:
        """Turn the gradient of each result into one for each input (None where there is none)."""
        raise NotImplementedError

    def check_saved(self) -> None:
        """Raise if backward can no longer be right."""

    def release(self) -> None:
        """Let go of what was saved for backward."""

    def name(self) -> str:
        """The node's name as PyTorch prints it, e.g. MulBackward0."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"<{self.name()} object at {id(self):#x}>"

    @property
    def next_functions(self) -> tuple:
        """For each input, the node its gradient goes to and which of that node's results it is; (None, 0) for none."""
        return tuple((None, 0) if edge is None else edge for edge in self.edges)

    def register_hook(self, hook: Callable) -> RemovableHandle:
        """Call `hook(grad_inputs, grad_outputs)` after this node's backward; a returned tuple replaces grad_inputs."""
        return RemovableHandle(self.hooks, hook)

    def register_prehook(self, hook: Callable) -> RemovableHandle:
        """Call `hook(grad_outputs)` before this node's backward; a returned tuple replaces grad_outputs."""
        return RemovableHandle(self.pre_hooks, hook)


class AccumulateGrad(Node):
    """The end of the graph at a leaf: adds the gradient to the leaf's `.grad`."""

    _adding = threading.Lock()  # several threads may walk graphs that share leaves

    def __init__(self, variable: Variable, tensor_hooks: dict[int, list[Callable]]) -> None:
        self._enter_graph(type(variable), ((variable.array.shape, variable.array.dtype),))
        self.age = math.inf  # a leaf's gradient is added as soon as it is complete
        self.variable = variable
        self.tensor_hooks = tensor_hooks
        self.edges = ()

    def name(self) -> str:
        """torch::autograd::AccumulateGrad, as in PyTorch."""
        return "torch::autograd::AccumulateGrad"

    def __repr__(self) -> str:
        return f"<AccumulateGrad object at {id(self):#x}>"

    def accumulate(self, grad: Array | None, owned: bool) -> None:
        """Add to `.grad`; `owned` says that nobody else holds the array, so it need not be copied."""
        leaf = self.variable
        if grad is not None and leaf._requires_grad:  # (it may have been switched off since the graph was built)
            with self._adding:
                if leaf._grad is None:
                    kept = owned and _same_layout(grad, leaf.array)
                    leaf._grad = leaf.wrap(grad if kept else _copy_like(grad, leaf.array))
                else:
                    leaf._grad.array += grad
                    leaf._grad.bump_version()
        for hook in list(leaf.post_accumulate_hooks):
            returned = hook(leaf)
            if returned is not None:
                raise TypeError(
                    f"{hook_name(hook)} after accumulation returned {type(returned).__name__}; expected None"
                )


def _same_layout(grad: Array, array: Array) -> bool:
    return grad.strides == array.strides or (grad.flags.c_contiguous and array.flags.c_contiguous)


def _copy_like(grad: Array, array: Array) -> Array:
    """A copy in `array`'s order of memory: what can view a tensor can then view its `.grad` too."""
    made = layout.empty_like(array)
    np.copyto(made, grad)
    return made


def hook_name(hook: Callable) -> str:
    """How error messages name a hook."""
    return f"hook '{getattr(hook, '__name__', type(hook).__name__)}'"
