"""Node: what a gradient passes through on its way back; AccumulateGrad, where it ends; and the handles of hooks."""

from __future__ import annotations

import itertools
import math
import threading
import weakref
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from ..kernels import layout
from ..kernels.memory import Lease
from . import anomaly

if TYPE_CHECKING:
    from .variable import Variable

Array = np.ndarray
Place = tuple["Node", int]  # a node and which of its results: where a gradient is sent

NOTHING: Mapping[int, Any] = MappingProxyType({})

# Among the nodes whose gradients are complete the youngest goes first. The counter is atomic in CPython.
_ages = itertools.count()


def may_share(a: Array, b: Array) -> bool:
    """Whether two arrays may look at the same memory. Those whose memory was made for different ones do not."""
    if a is b:
        return True
    home_of_a, home_of_b = a.base, b.base
    if home_of_a is None or type(home_of_a) is Lease:
        home_of_a = a
    if home_of_b is None or type(home_of_b) is Lease:
        home_of_b = b
    if home_of_a is not home_of_b and type(home_of_a) is np.ndarray and type(home_of_b) is np.ndarray:
        return False
    return np.may_share_memory(a, b)


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
        "edges",
        "grad_type",
        "needs_grad",
        "output_meta",
        "saved_names",
        "saved_versions",
    )

    materialize_grads = True  # backward gets zeros, not None, for a result that nothing used
    skips_without_grad = True  # backward is not run if no gradient came, or none is wanted

    age: float
    edges: tuple[Place | None, ...]  # for each input, where its gradient goes
    grad_type: type[Variable]
    output_meta: tuple

    # What few nodes have is made when it is first needed.
    hooks: Sequence[Callable] = ()
    pre_hooks: Sequence[Callable] = ()
    tensor_hooks: Mapping[int, list[Callable]] = NOTHING
    retained: Mapping[int, Any] = NOTHING  # weak references to the results that want their gradient in .grad
    freed = False
    call_site: list[str] | None = None

    def _enter_graph(self, grad_type: type[Variable], output_meta: tuple) -> None:
        """Become part of the graph.

        Args:     grad_type: the kind of tensor that hooks are given.
                  output_meta: shape and NumPy dtype of each result.
        """
        self.age = next(_ages)
        self.grad_type = grad_type
        self.output_meta = output_meta
        if anomaly.is_anomaly_enabled():
            self.call_site = anomaly.call_site()

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
        if not isinstance(self.hooks, list):
            self.hooks = []
        return RemovableHandle(self.hooks, hook)

    def register_prehook(self, hook: Callable) -> RemovableHandle:
        """Call `hook(grad_outputs)` before this node's backward; a returned tuple replaces grad_outputs."""
        if not isinstance(self.pre_hooks, list):
            self.pre_hooks = []
        return RemovableHandle(self.pre_hooks, hook)

    def register_tensor_hook(self, index: int, hook: Callable) -> RemovableHandle:
        """Call `hook(grad)` when the gradient of result `index` is known; what it returns, if not None, replaces it."""
        if not isinstance(self.tensor_hooks, dict):
            self.tensor_hooks = {}
        return RemovableHandle(self.tensor_hooks.setdefault(index, []), hook)

    def retain(self, index: int, variable: Variable | None) -> None:
        """Fill the `.grad` of result `index`, which is `variable`; None: no longer."""
        if not isinstance(self.retained, dict):
            self.retained = {}
        if variable is None:
            self.retained.pop(index, None)
        else:
            self.retained[index] = weakref.ref(variable)


class AccumulateGrad(Node):
    """The end of the graph at a leaf: adds the gradient to the leaf's `.grad`."""

    _adding = threading.Lock()  # several threads may walk graphs that share leaves

    age = math.inf  # a leaf's gradient is added as soon as it is complete
    edges = ()

    def __init__(self, variable: Variable) -> None:
        self.variable = variable
        self.output_meta = ((variable.array.shape, variable.array.dtype),)

    @property
    def grad_type(self) -> type[Variable]:  # type: ignore[override]
        """The kind of tensor that hooks are given."""
        return type(self.variable)

    @property
    def tensor_hooks(self) -> Mapping[int, list[Callable]]:  # type: ignore[override]
        """The leaf's, which outlive this node."""
        return self.variable.leaf_hooks

    def register_tensor_hook(self, index: int, hook: Callable) -> RemovableHandle:
        """See Node; the leaf keeps it."""
        if not isinstance(self.variable.leaf_hooks, dict):
            self.variable.leaf_hooks = {}
        return RemovableHandle(self.variable.leaf_hooks.setdefault(index, []), hook)

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
