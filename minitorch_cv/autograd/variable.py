"""Variable: an array with a place in the graph. Tensor (tensors/tensor.py) adds operators, methods and constructors."""

from __future__ import annotations

import warnings
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np

from ..types import dtype as dt
from ..types.size import Size
from . import gradients
from .broadcast import is_expanded
from .grad_mode import enable_grad, grad_state
from .memory_order import memory_of, note_sharing, part_of
from .node import NOTHING, AccumulateGrad, Node, Place, RemovableHandle
from .operation import Operation
from .view import NOT_WRITABLE, CopySlices

V = TypeVar("V", bound="Variable")


class VersionCounter:
    """Counts the in-place writes to a piece of memory; a tensor and all its views share one.

    What memory_order.py knows of the memory is kept here too: who shares it, and whether it has to stay where it is.
    """

    # Most have these defaults. Every tensor makes one, which takes a third of the time that calling an __init__ would.
    value = 0
    tenants: weakref.WeakValueDictionary[int, Variable] | None = None  # by id
    fixed = False
    kept: tuple[Any, dict] | None = None  # what evaluation made of the memory (ops/kept.py)


class Variable:
    """An ndarray, whether it requires a gradient, and how it was made.

    Args:     array: taken as it is, not copied.
              requires_grad: whether backward shall fill `.grad`; floating-point dtypes only.
    """

    # All that the library notes has a slot: `__dict__` is the user's, and is copied and pickled with the tensor.
    __slots__ = (
        "__dict__",
        "__weakref__",
        "_accumulator",
        "_base",
        "_chain",
        "_grad",
        "_grad_fn",
        "_history_version",
        "_inference",
        "_layout",
        "_output_nr",
        "_requires_grad",
        "_retains_grad",
        "_undo",
        "_view_origin",
        "_whole",
        "array",
        "leaf_hooks",
        "post_accumulate_hooks",
        "version_counter",
    )

    def __init__(self, array: np.ndarray, requires_grad: bool = False) -> None:
        self._fill(array)
        if requires_grad:
            self.requires_grad = True

    def _fill(self, array: np.ndarray) -> None:
        self.array = array
        self.version_counter = VersionCounter()
        self._requires_grad = False
        self._grad: Any = None
        self._grad_fn: Node | None = None
        self._output_nr = 0
        self._base: Variable | None = None
        self._chain: tuple[Operation, ...] | None = None  # the view operations from base to this
        self._undo: tuple[Operation, ...] = ()  # views that undo this one's in-place changes of shape, oldest first
        self._whole: np.ndarray | None = None  # what memory `array` is a part of, if no base tells
        self._layout = 0  # of a view: how many of those its base had when the view was made
        self._view_origin = ""  # why a view has no chain: a key of NOT_WRITABLE
        self._history_version = 0  # of a view: that of its memory when its history was made
        self._inference = grad_state.inference
        self._accumulator: weakref.ref[AccumulateGrad] | None = None  # a leaf's end of the graph, while there is one
        self._retains_grad = False
        self.leaf_hooks: Mapping[int, list[Callable]] = NOTHING  # of a leaf: what register_hook registered
        self.post_accumulate_hooks: Sequence[Callable] = ()  # what register_post_accumulate_grad_hook registered

    @classmethod
    def wrap(cls: type[V], array: np.ndarray) -> V:
        """A new variable of the plain kind around an array, which is not copied."""
        made = cls.__new__(cls)
        made._fill(array)
        return made

    def detached(self: V) -> V:
        """The same memory and version without the history."""
        made = self.wrap(self.array)
        made.version_counter = self.version_counter
        made._inference = self._inference
        made._whole = part_of(self)
        if self.version_counter.tenants is not None or not self.array.flags.c_contiguous:
            note_sharing(made, self)
        return made

    # ---- what it is ---------------------------------------------------------------------------------------------

    @property
    def shape(self) -> Size:
        """The dimensions."""
        return Size.of(self.array.shape)

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return self.array.ndim

    @property
    def dtype(self) -> dt.dtype:
        """The number format."""
        return dt.from_numpy(self.array.dtype)

    @property
    def requires_grad(self) -> bool:
        """Whether operations on this are recorded. Set it on leaves only."""
        if self._requires_grad:
            return True
        return self._base is not None and self._base.requires_grad and not self._inference

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        if not isinstance(value, bool):
            raise RuntimeError(f"requires_grad must be a bool, got {value!r}")
        if not value and not self.is_leaf:
            raise RuntimeError(
                "you can only change requires_grad flags of leaf variables. If you want to use a computed variable in "
                "a subgraph that doesn't require differentiation use var_no_grad = var.detach()."
            )
        if value and self.array.dtype.kind != "f":
            raise RuntimeError(f"only Tensors of floating point dtype can require gradients, not {self.dtype.name}")
        if value and self._inference and not grad_state.inference:
            raise RuntimeError("Setting requires_grad=True on inference tensor outside InferenceMode is not allowed.")
        self._requires_grad = value

    @property
    def is_leaf(self) -> bool:
        """Whether this was made by the user rather than by a recorded operation."""
        return self.grad_fn is None

    @property
    def grad_fn(self) -> Node | None:
        """The operation that made this; None for a leaf. A view's is made anew after a write to its base."""
        base = self._base
        if base is not None and self._history_version != self.version_counter.value and self._follows(base):
            if self._chain is None:
                raise RuntimeError(self._not_writable("its base or another view of its base has been modified inplace"))
            shown: Variable = base
            with enable_grad():
                for op in self._chain_from_base():
                    shown = replace(op)(shown)  # type: ignore[type-var]
            self.set_history(shown._grad_fn, shown._output_nr)
        return self._grad_fn

    def _follows(self, base: Variable) -> bool:
        """Whether this view has a history, which leads through its base; a view may also be a leaf (requires_grad_)."""
        return self._grad_fn is not None or (base.requires_grad and not self._inference)

    @property
    def grad(self) -> Any:
        """The accumulated gradient: a tensor of the same shape and dtype, or None."""
        if self._grad_fn is not None and self._grad is None and not self._retains_grad:
            warnings.warn(
                "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute "
                "won't be populated during autograd.backward(). If you indeed want the .grad field to be populated for "
                "a non-leaf Tensor, use .retain_grad() on the non-leaf Tensor.",
                stacklevel=2,
            )
        return self._grad

    @grad.setter
    def grad(self, value: Variable | None) -> None:
        if value is not None:
            if not isinstance(value, Variable):
                raise TypeError(
                    f"assigned grad expected to be a Tensor or None but got grad of type {type(value).__name__}"
                )
            if value is self:
                raise RuntimeError("can't assign Variable as its own grad")
            if value.array.shape != self.array.shape:
                raise RuntimeError(
                    f"attempting to assign a gradient of size '{list(value.array.shape)}' to a tensor of size "
                    f"'{list(self.array.shape)}'. Please ensure that the gradient and the tensor are the same size"
                )
            if value.array.dtype != self.array.dtype:
                raise RuntimeError(
                    f"attempting to assign a gradient with dtype '{value.dtype.name}' to a tensor with grad_dtype "
                    f"'{self.dtype.name}'. The gradient must have the tensor's dtype"
                )
        self._grad = value

    @grad.deleter
    def grad(self) -> None:
        self._grad = None

    @property
    def output_nr(self) -> int:
        """Which of grad_fn's results this is."""
        return self._output_nr

    @property
    def _version(self) -> int:
        if self._inference:
            raise RuntimeError("Inference tensors do not track version counter.")
        return self.version_counter.value

    def is_inference(self) -> bool:
        """Whether this was made in inference mode."""
        return self._inference

    def _is_view(self) -> bool:
        return self._base is not None

    # ---- place in the graph -------------------------------------------------------------------------------------

    def edge(self) -> Place | None:
        """Where a gradient for this goes: to grad_fn, or, for a leaf, to its end; None if no gradient is wanted."""
        node = self._grad_fn if self._base is None else self.grad_fn
        if node is not None:
            return node, self._output_nr
        return (self._end(), 0) if self._requires_grad else None  # (no gradient goes to a view made in no_grad)

    def _end(self) -> AccumulateGrad:
        """The leaf's end of the graph, which keeps the leaf alive; itself it lives while a graph leads to it."""
        node = None if self._accumulator is None else self._accumulator()
        if node is None:
            node = AccumulateGrad(self)
            self._accumulator = weakref.ref(node)
        return node

    def set_history(self, node: Node | None, index: int) -> None:
        """Become result `index` of `node`."""
        if self._retains_grad and node is not None:  # goes along to the new history
            if self._grad_fn is not None:
                self._grad_fn.retain(self._output_nr, None)
            node.retain(index, self)
        self._grad_fn = node
        self._output_nr = index
        self._requires_grad = node is not None
        if self._base is not None:
            self._history_version = self.version_counter.value

    def become_view_of(self, source: Variable, op: Operation | None, origin: str = "no_grad") -> None:
        """Share `source`'s memory and version.

        Args:     op: leads from source to this; None if writes to this cannot be recorded.
                  origin: why they cannot, a key of view.NOT_WRITABLE.
        """
        self.version_counter = source.version_counter
        self._history_version = source.version_counter.value
        self._base = base = source if source._base is None else source._base
        before = () if source._base is None else source._chain
        self._chain = None if op is None or before is None else (*before, op)
        self._view_origin = origin if op is None else source._view_origin
        self._inference = source._inference
        self._layout = len(source._undo) if source._base is None else source._layout
        if self.version_counter.tenants is not None or not base.array.flags.c_contiguous:
            note_sharing(self, source)

    def become(self, view: Variable) -> None:
        """Show, from now on, what `view` shows: with its memory, history and base."""
        self._fill(view.array)
        self.version_counter, self._inference = view.version_counter, view._inference
        self._base, self._chain = view._base, view._chain
        self._view_origin, self._layout = view._view_origin, view._layout
        self.set_history(view._grad_fn, view._output_nr)
        note_sharing(self, view)

    def take_shape_of(self, view: Variable, undo: Operation) -> None:
        """Lie in memory, from now on, as `view`, a view of this, does, with its history; `undo` leads back."""
        if view.array.flags.c_contiguous != self.array.flags.c_contiguous:
            self.version_counter.fixed = True  # the user's own order of memory
        self.array = view.array
        self.bump_version()
        if self._base is None:
            self._undo = (*self._undo, undo)
        else:
            self._chain, self._view_origin = view._chain, view._view_origin
        if view._grad_fn is not None:
            self.set_history(view._grad_fn, view._output_nr)
        self._history_version = self.version_counter.value

    def _chain_from_base(self) -> tuple[Operation, ...]:
        """The view operations from the base to this."""
        assert self._base is not None and self._chain is not None, "only views that can be followed come here"
        return (*reversed(self._base._undo[self._layout :]), *self._chain)

    def rebase(self, node: Node, index: int = 0) -> None:
        """Take `node`, whose result `index` was just written into this memory, as the new history."""
        if self._base is None:
            self.set_history(node, index)
        else:
            self._base.set_history(CopySlices(node, self._base, self._chain_from_base()), 0)
            self._history_version = -1  # this view's own history is made anew when next asked for

    def bump_version(self) -> None:
        """Note an in-place write."""
        self.version_counter.value += 1

    def check_history(self, op_name: str, recording: bool) -> None:
        """Raise if this must not get a new history in place; `recording` says whether the change enters the graph."""
        if recording:
            base = self._base
            if base is not None and self._chain is None:
                raise RuntimeError(f"{op_name}: {self._not_writable('is being modified inplace')}")
            if self.requires_grad and (self if base is None else base).is_leaf:
                what = "a leaf" if base is None else "a view of a leaf"
                raise RuntimeError(
                    f"{op_name}: {what} Variable that requires grad is being used in an in-place operation. "
                    "Write inside `with no_grad():`, or to a clone()."
                )
        if self._inference and not grad_state.inference:
            raise RuntimeError(
                f"{op_name}: Inplace update to inference tensor outside InferenceMode is not allowed. "
                "You can make a clone to get a normal tensor before doing inplace update."
            )

    def check_inplace(self, op_name: str, recording: bool, same_everywhere: bool = False) -> None:
        """Raise if this memory must not be written to.

        Args:     recording: whether the write enters the graph.
                  same_everywhere: whether all elements get the same value.
        """
        self.check_history(op_name, recording)
        array = self.array
        if not array.flags.writeable and not memory_of(self).flags.writeable:
            raise RuntimeError(f"{op_name}: the tensor shows a NumPy array that is read-only; write to a clone()")
        if not array.flags.writeable or (not same_everywhere and is_expanded(array)):
            raise RuntimeError(
                f"{op_name}: unsupported operation: more than one element of the written-to tensor refers to a single "
                "memory location. Please clone() the tensor before performing the operation."
            )

    def _not_writable(self, write: str) -> str:
        """The error for a write to this view, or to the memory it shows, that the graph cannot follow."""
        maker = self._grad_fn
        mode = "inference" if self._view_origin == "inference_mode" else "no_grad"
        if maker is None:
            made = f"A view was created in {mode} mode"
        else:
            made = f"Output {self._output_nr} of {maker.name()} is a view"
            if self._view_origin in ("no_grad", "inference_mode"):
                made += f" of a view which was created in {mode} mode"
        return f"{made} and {write}. {NOT_WRITABLE[self._view_origin]}"

    # ---- gradients ----------------------------------------------------------------------------------------------

    def backward(
        self,
        gradient: Variable | None = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Any = None,
    ) -> None:
        """Add the gradient of this with respect to every leaf that requires one to the leaf's `.grad`.

        Args:     gradient: the gradient of something with respect to this; may be left out for a single element.
                  retain_graph: keep what the operations saved, for a second backward.
                  inputs: only these get a gradient.
        Raises:   RuntimeError: no graph, a graph already freed, no gradient for a non-scalar, a saved tensor changed in
                  place. NotImplementedError: for create_graph=True.
        """
        gradients.backward(self, gradient, retain_graph, create_graph, inputs=inputs)

    def retain_grad(self) -> None:
        """Fill `.grad` in backward although this is not a leaf."""
        if not self.requires_grad:
            raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
        node = self.grad_fn
        if node is not None:
            node.retain(self._output_nr, self)
            self._retains_grad = True

    @property
    def retains_grad(self) -> bool:
        """Whether retain_grad was called on this result."""
        return self._retains_grad

    def register_hook(self, hook: Callable) -> RemovableHandle:
        """Call `hook(grad)` when the gradient of this is known; what it returns, if not None, takes its place."""
        place = self.edge()
        if place is None:
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
        node, index = place
        return node.register_tensor_hook(index, hook)

    def register_post_accumulate_grad_hook(self, hook: Callable) -> RemovableHandle:
        """Call `hook(self)` after backward has added to `.grad`; leaves only."""
        if not self.requires_grad:
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
        if not self.is_leaf:
            raise RuntimeError("post accumulate grad hooks cannot be registered on non-leaf tensors")
        if not isinstance(self.post_accumulate_hooks, list):
            self.post_accumulate_hooks = []
        return RemovableHandle(self.post_accumulate_hooks, hook)
