"""Operation: one differentiable operation, and, once called, the node of the graph that leads back through it.

An operation is a dataclass. Its fields are its settings (stride, dim ...); `forward` takes arrays, keeps in attributes of
its own whatever `backward` will need, and returns arrays; `backward` takes the gradient of the result and returns those
of the inputs. The instance itself is therefore the backward context, and reading one class tells an operation whole.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from . import anomaly
from .grad_mode import grad_state

if TYPE_CHECKING:
    from .variable import Variable

Array = np.ndarray

# A node is always younger than the nodes it leads to, so "youngest first" is an order in which every
# gradient is complete before it is passed on. The counter is atomic in CPython.
_ages = itertools.count()


class Operation:
    """Base of all operations. See the module's text for how to write one, docs/adding_an_op.md for a whole example."""

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

    is_view = False  # forward returns a view of its first input's memory
    materialize_grads = True  # backward gets zeros, not None, for a result that nothing used
    torch_name: str | None = None  # what PyTorch calls the backward node, where it is not ClassBackward0

    needs_grad: tuple[bool, ...]  # for each input, whether a gradient is wanted; set before forward
    edges: tuple[tuple[Operation | Variable, int] | None, ...]  # for each input, where its gradient goes

    # ---- what an operation defines ------------------------------------------------------------------------------

    def forward(self, *arrays: Any) -> Any:
        """Compute the result. Attributes set here are what backward works from."""
        raise NotImplementedError

    def backward(self, *grads_out: Any) -> Any:
        """Turn the gradient of each result into one for each input (None where there is none)."""
        raise NotImplementedError

    def forward_inplace(self, target: Array, *others: Any) -> None:
        """Write the result into the first input's memory. Overridden where it can be done without a temporary."""
        result = np.asarray(self.forward(target, *others))
        if result.shape != target.shape:
            raise RuntimeError(
                f"{self.name()}: output with shape {list(target.shape)} doesn't match the broadcast shape "
                f"{list(result.shape)}; an in-place operation can't change the shape of its target"
            )
        for name, value in vars(self).items():  # what was kept of the old value must survive the write
            if value is result:
                setattr(self, name, target)
            elif isinstance(value, np.ndarray) and np.may_share_memory(value, target):
                setattr(self, name, value.copy())
        np.copyto(target, result, casting="unsafe")

    # ---- applying it --------------------------------------------------------------------------------------------

    def __call__(self, *inputs: Variable | None) -> Any:
        """Apply to Variables (None for an absent optional input); a Variable, or a tuple of them, of the inputs' kind."""
        recording = self._begin(inputs)
        with np.errstate(all="ignore"):
            results = self.forward(*[None if v is None else v.array for v in inputs])
        many = isinstance(results, tuple)
        arrays = tuple(np.asarray(r) for r in results) if many else (np.asarray(results),)
        first = next(v for v in inputs if v is not None)
        outputs = tuple(first.wrap(array) for array in arrays)
        if self.is_view:
            self._share_memory(first, outputs)
        if recording:
            self._record(inputs, outputs)
        return outputs if many else outputs[0]

    def inplace(self, target: Variable, *others: Variable | None) -> Any:
        """Apply to `target` and `others` and write the result into `target`, with PyTorch's rules; returns `target`."""
        target.check_inplace(self.name())
        inputs = (target, *others)
        recording = self._begin(inputs)
        if recording:
            target.check_inplace_recorded(self.name(), others)
            self.edges = tuple(None if v is None else v.edge() for v in inputs)  # before the target's history changes
        with np.errstate(all="ignore"):
            self.forward_inplace(target.array, *[None if v is None else v.array for v in others])
        target.bump_version()
        if recording:
            self._remember(inputs, (target,))
            target.rebase(self)
        return target

    def _begin(self, inputs: tuple) -> bool:
        """Set needs_grad; say whether this application has to be recorded."""
        if grad_state.enabled:
            self.needs_grad = tuple(v is not None and v.requires_grad for v in inputs)
            return True in self.needs_grad
        self.needs_grad = (False,) * len(inputs)
        return False

    def _share_memory(self, source: Variable, outputs: tuple) -> None:
        """Tell results that are views about their base (a reshape, say, may also have had to copy)."""
        for output in outputs:
            if np.may_share_memory(output.array, source.array):
                output.become_view_of(source, replace(self) if grad_state.enabled else None)  # type: ignore[type-var]

    def _record(self, inputs: tuple, outputs: tuple) -> None:
        self.edges = tuple(None if v is None else v.edge() for v in inputs)
        self._remember(inputs, outputs)
        for index, output in enumerate(outputs):
            if output.array.dtype.kind == "f":
                output.set_history(self, index)

    def _remember(self, inputs: tuple, outputs: tuple) -> None:
        """Become a node of the graph: note what was saved, and at which version."""
        self.age = next(_ages)
        self.freed = False
        self.hooks: list[Callable] = []
        self.pre_hooks: list[Callable] = []
        self.tensor_hooks: dict[int, list[Callable]] = {}
        self.retained: dict[int, Any] = {}
        self.grad_type = type(next(v for v in inputs if v is not None))
        self.output_meta = tuple((o.array.shape, o.array.dtype) for o in outputs)
        self.call_site = anomaly.call_site() if anomaly.is_anomaly_enabled() else None
        names, versions = [], []
        for name, value in vars(self).items():
            arrays = [a for a in (value if isinstance(value, (tuple, list)) else (value,)) if isinstance(a, np.ndarray)]
            if not arrays:
                continue
            names.append(name)
            for variable in itertools.chain(inputs, outputs):
                if variable is not None and any(np.may_share_memory(a, variable.array) for a in arrays):
                    if variable.is_inference():
                        raise RuntimeError(
                            f"{self.name()}: Inference tensors cannot be saved for backward. To work around, "
                            "make a clone to get a normal tensor and use it in autograd."
                        )
                    versions.append((variable.version_counter, variable._version, variable.origin(self, outputs)))
        self.saved_names = tuple(names)
        self.saved_versions = tuple(versions)

    # ---- as a node of the graph ---------------------------------------------------------------------------------

    def name(self) -> str:
        """The node's name as PyTorch prints it, e.g. MulBackward0."""
        return self.torch_name or f"{type(self).__name__}Backward0"

    def __repr__(self) -> str:
        return f"<{self.name()}>"

    @property
    def next_functions(self) -> tuple:
        """For each input, the node its gradient goes to and which of that node's outputs it is; (None, 0) for none."""
        return tuple((None, 0) if edge is None else _as_node(edge) for edge in self.edges)

    def register_hook(self, hook: Callable) -> RemovableHandle:
        """Call `hook(grad_inputs, grad_outputs)` after this node's backward; a returned tuple replaces grad_inputs."""
        return RemovableHandle(self.hooks, hook)

    def register_prehook(self, hook: Callable) -> RemovableHandle:
        """Call `hook(grad_outputs)` before this node's backward; a returned tuple replaces grad_outputs."""
        return RemovableHandle(self.pre_hooks, hook)

    def check_saved(self) -> None:
        """Raise if backward can no longer be right: already freed, or a saved tensor was changed in place."""
        if self.freed:
            raise RuntimeError(
                f"{self.name()}: Trying to backward through the graph a second time (or directly access saved tensors "
                "after they have already been freed). Saved intermediate values of the graph are freed when you call "
                ".backward() or autograd.grad(). Specify retain_graph=True if you need to backward through the graph a "
                "second time or if you need to access saved tensors after calling backward."
            )
        for counter, expected, origin in self.saved_versions:
            if counter.value != expected:
                raise RuntimeError(
                    "one of the variables needed for gradient computation has been modified by an inplace operation: "
                    f"{origin}, is at version {counter.value}; expected version {expected} instead. {self.name()} saved "
                    "it in its forward and needs it unchanged. Hint: replace the in-place operation that comes after "
                    "it (+=, relu_, inplace=True, x[...] = y) by one that makes a new tensor, or clone() before it."
                )

    def release(self) -> None:
        """Let go of the saved arrays."""
        if self.saved_names:
            self.freed = True
            for name in self.saved_names:
                setattr(self, name, None)


class AccumulateGrad:
    """Stands in `next_functions` for a leaf: the place where a gradient is added to `.grad`."""

    def __init__(self, variable: Variable) -> None:
        self.variable = variable
        self.next_functions: tuple = ()

    def name(self) -> str:
        """AccumulateGrad, as in PyTorch."""
        return "AccumulateGrad"

    def __repr__(self) -> str:
        return "<AccumulateGrad>"


def _as_node(edge: tuple) -> tuple:
    target, index = edge
    return (target, index) if isinstance(target, Operation) else (AccumulateGrad(target), 0)


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
