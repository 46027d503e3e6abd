"""Operation: one differentiable operation, and, once called, the node of the graph that leads back through it.

An operation is a dataclass. Its fields are its settings (stride, dim ...); `forward` takes arrays, keeps in attributes
of its own whatever `backward` will need, and returns arrays; `backward` takes the gradient of the result and returns
those of the inputs. The instance itself is therefore the backward context, and reading one class tells an operation
whole.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..types import dtype as dt
from .grad_mode import grad_state
from .memory_order import inherit_order
from .node import Array, Node, Place, RemovableHandle, may_share

if TYPE_CHECKING:
    from .variable import Variable

__all__ = ["Array", "Operation", "RemovableHandle"]

_WITHOUT_ARRAYS = frozenset({int, float, bool, str, type(None)})  # what most settings are


class Operation(Node):
    """Base of all operations. See the module's text for how to write one, docs/adding_an_op.md for a whole example."""

    __slots__ = ()

    is_view = False  # forward returns a view of its first input's memory
    is_pointwise = False  # each element of the result comes from those at its place, and lies in memory as they do
    same_everywhere = False  # forward_inplace gives all elements one value, so they may lie in one place (expand)
    torch_name: str | None = None  # what PyTorch calls the backward node, where it is not ClassBackward0

    needs_grad: tuple[bool, ...]  # for each input, whether a gradient is wanted; set before forward

    # ---- what an operation defines ------------------------------------------------------------------------------

    def forward(self, *arrays: Any) -> Any:
        """Compute the result. Attributes set here are what backward works from."""
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
            elif isinstance(value, np.ndarray) and may_share(value, target):
                setattr(self, name, value.copy())
        np.copyto(target, result, casting="unsafe")

    # ---- applying it --------------------------------------------------------------------------------------------

    def __call__(self, *inputs: Variable | None) -> Any:
        """Apply to Variables (None for an absent optional one); gives a Variable of their kind, or a tuple of them."""
        recording = self._begin(inputs)
        with np.errstate(all="ignore"):
            results = self.forward(*[None if v is None else v.array for v in inputs])
        first = _first(inputs)
        many = isinstance(results, tuple)
        outputs = tuple([first.wrap(np.asarray(r)) for r in results]) if many else (first.wrap(np.asarray(results)),)
        if self.is_view:
            self._share_memory(first, outputs, many)
        elif self.is_pointwise:
            inherit_order(outputs[0], inputs)
        if recording:
            self._remember(inputs, outputs)
            for index, output in enumerate(outputs):
                if output.array.dtype.kind == "f":
                    output.set_history(self, index)
        return outputs if many else outputs[0]

    def inplace(self, target: Variable, *others: Variable | None) -> Any:
        """Apply to `target` and `others` and write the result into `target`, with PyTorch's rules; returns `target`."""
        inputs = (target, *others)
        recording = self._begin(inputs)
        target.check_inplace(self.name(), recording, self.same_everywhere)
        with np.errstate(all="ignore"):
            self.forward_inplace(target.array, *[None if v is None else v.array for v in others])
        target.bump_version()
        if recording:
            self._remember(inputs, (target,))
            target.rebase(self)
        return target

    def inplace_view(self, target: Variable) -> Any:
        """Let `target` itself lie in memory as this view operation shows it (unsqueeze_, t_); returns `target`."""
        target.check_history(self.name(), self._begin((target,)))
        view = self(target)
        target.take_shape_of(view, self.inverse())
        return target

    def inverse(self) -> Operation:
        """The view operation that undoes this one, for those that have one; only called after forward."""
        raise NotImplementedError

    def _begin(self, inputs: tuple) -> bool:
        """Set needs_grad, and edges if this application has to be recorded; say whether it has."""
        if grad_state.enabled:
            for v in inputs:
                if v is not None and (v._requires_grad or v.requires_grad):
                    self.edges = edges = tuple([None if v is None else v.edge() for v in inputs])
                    self.needs_grad = tuple([edge is not None for edge in edges])
                    return True
        self.needs_grad = (False,) * len(inputs)
        return False

    def _share_memory(self, source: Variable, outputs: tuple, many: bool) -> None:
        """Tell results that are views about their base (a reshape, say, may also have had to copy)."""
        origin = "inference_mode" if grad_state.inference else "multiple" if grad_state.enabled else "no_grad"
        followed = grad_state.enabled and not many
        for output in outputs:
            if output.array.size == 0 or may_share(output.array, source.array):
                output.become_view_of(source, self if followed else None, origin)

    def _remember(self, inputs: tuple, outputs: tuple) -> None:
        """Become a node of the graph: note what was saved, and at which version."""
        self._enter_graph(type(_first(inputs)), tuple([(o.array.shape, o.array.dtype) for o in outputs]))
        variables = inputs + outputs
        names: list[str] = []
        versions: list[tuple] = []
        for name, value in vars(self).items():
            kind = type(value)
            if kind is np.ndarray:
                names.append(name)
                self._note_versions(value, variables, versions)
            elif kind not in _WITHOUT_ARRAYS:
                saved = _arrays_in(value)
                if saved:
                    names.append(name)
                    if not _is_frozen(kind):  # type: ignore[arg-type]
                        for array in saved:
                            self._note_versions(array, variables, versions)
        self.saved_names = tuple(names)
        self.saved_versions = tuple(versions)

    def _note_versions(self, saved: Array, variables: tuple, versions: list[tuple]) -> None:
        """If a saved array is memory of inputs or outputs: their versions, and whose they are."""
        before = len(versions)
        for position, variable in enumerate(variables):
            if variable is not None and variable.array is saved:
                versions.append(self._version_of(variable, position))
        if len(versions) == before:
            for position, variable in enumerate(variables):
                if variable is not None and may_share(variable.array, saved):
                    versions.append(self._version_of(variable, position))

    def _version_of(self, variable: Variable, position: int) -> tuple:
        """What check_saved compares, and needs to name the tensor; `position` counts inputs, then outputs."""
        if variable._inference:
            raise RuntimeError(
                f"{self.name()}: Inference tensors cannot be saved for backward. To work around, "
                "make a clone to get a normal tensor and use it in autograd."
            )
        counter = variable.version_counter
        return counter, counter.value, variable.array.dtype, variable.array.shape, position

    # ---- as a node of the graph ---------------------------------------------------------------------------------

    def name(self) -> str:
        """The node's name as PyTorch prints it, e.g. MulBackward0."""
        return self.torch_name or f"{type(self).__name__}Backward0"

    def check_saved(self) -> None:
        """Raise if backward can no longer be right: already freed, or a saved tensor was changed in place."""
        if self.freed:
            raise RuntimeError(freed_graph(self.name()))
        for counter, expected, dtype, shape, position in self.saved_versions:
            if counter.value != expected:
                inputs = len(self.edges)
                place = self.edges[position] if position < inputs else (self, position - inputs)
                raise RuntimeError(changed_in_place(self, dtype, shape, place, counter.value, expected))

    def release(self) -> None:
        """Let go of the saved arrays."""
        if self.saved_names:
            self.freed = True
            for name in self.saved_names:
                setattr(self, name, None)


@functools.cache
def _is_frozen(kind: Any) -> bool:
    """Whether objects of a class were made before the operation, as settings that many share."""
    return dataclasses.is_dataclass(kind) and bool(getattr(kind, "__dataclass_params__").frozen)  # noqa: B009


def _arrays_in(value: Any) -> Sequence[Array]:
    """The arrays of an attribute: itself, in a tuple or list, or the attributes of an object that keeps them."""
    if isinstance(value, np.ndarray):
        return (value,)
    if isinstance(value, (tuple, list)):
        return [member for member in value if isinstance(member, np.ndarray)]
    if hasattr(value, "__dict__"):
        return [member for member in vars(value).values() if isinstance(member, np.ndarray)]
    return ()


def _first(inputs: tuple) -> Any:
    """The first input that is there; the results are of its kind."""
    return inputs[0] if inputs[0] is not None else next(v for v in inputs if v is not None)


def freed_graph(where: str) -> str:
    """The error for a second backward through a graph that did not keep what it saved."""
    return (
        f"{where}: Trying to backward through the graph a second time (or directly access saved tensors after they "
        "have already been freed). Saved intermediate values of the graph are freed when you call .backward() or "
        "autograd.grad(). Specify retain_graph=True if you need to backward through the graph a second time or if you "
        "need to access saved tensors after calling backward."
    )


def changed_in_place(
    saver: Node, dtype: np.dtype, shape: tuple[int, ...], maker: Place | None, version: int, expected: int
) -> str:
    """The error for a tensor that `saver` saved for backward and that was changed in place since."""
    made = "" if maker is None or not maker[0].edges else f", which is output {maker[1]} of {maker[0].name()},"
    kind = f"torch.{dt.from_numpy(dtype).tensor_type}Tensor"
    return (
        "one of the variables needed for gradient computation has been modified by an inplace operation: "
        f"[{kind} {list(shape)}]{made} is at version {version}; expected version {expected} instead. {saver.name()} "
        "saved it in its forward and needs it unchanged. Hint: replace the in-place operation that comes after it "
        "(+=, relu_, inplace=True, x[...] = y) by one that makes a new tensor, or clone() before it."
    )
