"""Function: PyTorch's way to write an operation of one's own, with static forward and backward and a ctx."""

from __future__ import annotations

import inspect
import warnings
import weakref
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from .broadcast import is_expandable, unbroadcast
from .grad_mode import grad_state, no_grad
from .node import Node, Place
from .operation import changed_in_place, freed_graph
from .variable import Variable

F = TypeVar("F", bound=Callable[..., Any])


class FunctionCtx:
    """What forward hands to backward: saved tensors, and any attribute one likes to set."""

    needs_input_grad: tuple[bool, ...] = ()

    def __init__(self) -> None:
        self._to_save: tuple = ()
        self._saved: tuple[_SavedTensor | None, ...] = ()
        self._freed = False
        self._dirty: tuple = ()
        self._non_differentiable: tuple = ()
        self._materialize = True

    def save_for_backward(self, *tensors: Variable | None) -> None:
        """Keep tensors for backward; changing one in place afterwards is an error there."""
        for position, tensor in enumerate(tensors):
            if tensor is not None and not isinstance(tensor, Variable):
                raise TypeError(
                    f"save_for_backward can only save variables, but argument {position} is of type "
                    f"{type(tensor).__name__}; keep other things as attributes: ctx.name = value"
                )
        self._to_save = tensors

    @property
    def saved_tensors(self) -> tuple:
        """The tensors that forward saved; for backward to use.

        Raises:   RuntimeError: if one was changed in place since, or the graph was freed by an earlier backward.
        """
        if self._freed:
            raise RuntimeError(freed_graph("saved_tensors"))
        return tuple(None if saved is None else saved.unpack() for saved in self._saved)

    def mark_dirty(self, *tensors: Variable) -> None:
        """Declare inputs that forward changed in place; forward must return them."""
        _check_variables("mark_dirty can only accept variables", tensors)
        self._dirty = tensors

    def mark_non_differentiable(self, *tensors: Variable) -> None:
        """Declare results that have no gradient."""
        _check_variables("mark_non_differentiable only accepts variable arguments", tensors)
        self._non_differentiable = tensors

    def set_materialize_grads(self, value: bool) -> None:
        """Whether backward gets zeros (True, the default) or None for results that nothing used."""
        self._materialize = bool(value)


class _SavedTensor:
    """A tensor kept for backward, with its version at the time."""

    def __init__(self, tensor: Variable, node: Node, output_nr: int | None) -> None:
        if tensor.is_inference():
            raise RuntimeError(
                f"{node.name()}: Inference tensors cannot be saved for backward. To work around, "
                "make a clone to get a normal tensor and use it in autograd."
            )
        # A result leads to the node; kept as it is, the two would keep each other alive.
        self.tensor = tensor if output_nr is None else tensor.detached()
        self.version = tensor._version
        self.node = weakref.ref(node)
        self.output_nr = output_nr

    def unpack(self) -> Variable:
        """The tensor, checked to be unchanged."""
        tensor, node = self.tensor, self.node()
        assert node is not None, "backward runs from the node"
        maker = tensor._grad_fn if self.output_nr is None else node
        if tensor._version != self.version:
            place = None if maker is None else (maker, self.output_nr or tensor.output_nr)
            raise RuntimeError(
                changed_in_place(
                    node, tensor.array.dtype, tensor.array.shape, place, self.tensor._version, self.version
                )
            )
        if self.output_nr is not None:
            tensor = tensor.detached()
            tensor.set_history(node, self.output_nr)
        return tensor


class _FunctionNode(Node):
    """The graph's node for one application of a Function. Attributes set on ctx can be read from it."""

    materialize_grads = False  # it does so itself, for results of any dtype, unless ctx says no
    skips_without_grad = False

    def __init__(self, function: type[Function], ctx: FunctionCtx, args: tuple, outputs: tuple, edges: tuple) -> None:
        self.ctx = ctx
        self.function = function
        self.is_tensor = tuple(isinstance(a, Variable) for a in args)
        self.edges = edges
        self.needs_grad = tuple(edge is not None for edge in edges)
        kind = type(next(a for a in args if isinstance(a, Variable)))
        self._enter_graph(
            kind, tuple((o.array.shape, o.array.dtype) if isinstance(o, Variable) else None for o in outputs)
        )
        positions = {id(o): index for index, o in enumerate(outputs) if not any(o is a for a in args)}
        ctx._saved = tuple(None if t is None else _SavedTensor(t, self, positions.get(id(t))) for t in ctx._to_save)
        ctx._to_save = ()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.ctx, name)

    def name(self) -> str:
        """MyFunctionBackward."""
        return f"{self.function.__name__}Backward"

    def backward(self, *grads_out: Any) -> tuple:
        wrap = self.grad_type.wrap
        given: list[Variable | None] = []
        for grad, meta in zip(grads_out, self.output_meta):
            if grad is None and meta is not None and self.ctx._materialize:
                grad = np.zeros(*meta)
            given.append(None if grad is None else wrap(grad))
        returned = self.function.backward(self.ctx, *given)
        grads = returned if isinstance(returned, tuple) else (returned,)
        expected = len(self.is_tensor)
        if len(grads) < expected or any(g is not None for g in grads[expected:]):
            raise RuntimeError(
                f"function {self.name()} returned an incorrect number of gradients (expected {expected}, "
                f"got {len(grads)})"
            )
        arrays: list[np.ndarray | None] = []
        for position, (grad, is_tensor) in enumerate(zip(grads, self.is_tensor)):
            if grad is not None and not is_tensor:
                raise RuntimeError(
                    f"function {self.name()} returned a gradient different than None at position {position + 1}, "
                    "but the corresponding forward input was not a Variable"
                )
            if grad is not None and not isinstance(grad, Variable):
                raise RuntimeError(
                    f"function {self.name()}, position {position + 1}: expected Variable or None "
                    f"(got {type(grad).__name__})"
                )
            if is_tensor:
                arrays.append(None if grad is None else self._array_for(self.edges[len(arrays)], grad))
        return tuple(arrays)

    def _array_for(self, edge: Place | None, grad: Variable) -> np.ndarray:
        """A copy, since the author may have kept the gradient; summed if it is one of the broadcast input."""
        array = grad.array.copy()
        if edge is not None:
            shape = edge[0].output_meta[edge[1]][0]
            if is_expandable(shape, array.shape):
                return unbroadcast(array, shape)
        return array

    def release(self) -> None:
        if self.ctx._saved:
            self.ctx._saved = ()
            self.ctx._freed = True


class Function:
    """Base class for differentiable operations written with tensors (torch.autograd.Function).

    Subclass it with static methods `forward(ctx, *inputs)` and `backward(ctx, *grads)`, or with
    `forward(*inputs)`, `setup_context(ctx, inputs, output)` and `backward`; call it as `MyFunction.apply(x, ...)`.

    >>> import minitorch_cv as torch
    >>> class Square(torch.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         ctx.save_for_backward(x)
    ...         return x * x
    ...     @staticmethod
    ...     def backward(ctx, grad_out):
    ...         (x,) = ctx.saved_tensors
    ...         return 2 * x * grad_out
    >>> x = torch.tensor([3.0], requires_grad=True)
    >>> Square.apply(x).backward()
    >>> x.grad
    tensor([6.])
    """

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """Compute the result from tensors; operations in here are not recorded."""
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def setup_context(ctx: FunctionCtx, inputs: tuple, output: Any) -> None:
        """Save what backward needs, for the form of forward that takes no ctx."""
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx: FunctionCtx, *grad_outputs: Any) -> Any:
        """Turn the gradients of the results into one for each argument of forward (None for what has none)."""
        raise NotImplementedError(
            "You must implement the backward method for your custom autograd.Function to use it with backward."
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise RuntimeError(
            f"{type(self).__name__}: a Function is not instantiated; its forward and backward are static methods. "
            f"Call {type(self).__name__}.apply(...)."
        )

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """Run forward, and record it for backward if an argument requires a gradient."""
        with_setup = cls.setup_context is not Function.setup_context
        ctx = FunctionCtx()
        if kwargs or with_setup:
            args = _positional(cls.forward, args if with_setup else (ctx, *args), kwargs)
            args = args if with_setup else args[1:]
        tensors = tuple(a for a in args if isinstance(a, Variable))
        ctx.needs_input_grad = tuple(isinstance(a, Variable) and a.requires_grad for a in args)
        recording = grad_state.enabled and any(ctx.needs_input_grad)
        edges = tuple(t.edge() for t in tensors) if recording else ()  # before forward may write to an input
        with no_grad():
            results = cls.forward(*args) if with_setup else cls.forward(ctx, *args)
            if with_setup:
                cls.setup_context(ctx, args, results)
        many = isinstance(results, tuple)
        outputs = results if many else (results,)
        dirty = _check_dirty(cls.__name__, ctx, tensors, outputs, recording)
        outputs = tuple(_as_result(o, tensors, dirty) for o in outputs)
        if recording and any(isinstance(o, Variable) for o in outputs):
            node = _FunctionNode(cls, ctx, args, outputs, edges)
            for index, output in enumerate(outputs):
                if any(output is d for d in dirty):
                    output.rebase(node, index)
                elif (
                    isinstance(output, Variable)
                    and output.array.dtype.kind == "f"
                    and not any(output is n for n in ctx._non_differentiable)
                ):
                    output.set_history(node, index)
        return outputs if many else outputs[0]


def _positional(forward: Callable, args: tuple, kwargs: dict) -> tuple:
    """All arguments of a call of forward, named ones and defaults too, in their order."""
    bound = inspect.signature(forward).bind(*args, **kwargs)
    bound.apply_defaults()
    return bound.args


def _check_variables(sentence: str, values: tuple) -> None:
    for position, value in enumerate(values):
        if not isinstance(value, Variable):
            raise RuntimeError(f"{sentence}, but argument {position} is of type {type(value).__name__}")


def _check_dirty(name: str, ctx: FunctionCtx, tensors: tuple, outputs: tuple, recording: bool) -> list[Variable]:
    """The inputs that forward says it wrote to, with the write noted."""
    dirty = []
    for tensor in ctx._dirty:
        if not any(tensor is o for o in outputs):
            raise RuntimeError(
                f"{name}: Some elements marked as dirty during the forward method were not returned as output. "
                "The inputs that are modified inplace must all be outputs of the Function."
            )
        if not any(tensor is t for t in tensors):
            warnings.warn(
                f"{name}: ctx.mark_dirty() received a tensor that was not an input. Only input Tensors that have been "
                "mutated should be passed to ctx.mark_dirty().",
                stacklevel=3,
            )
            continue
        if recording and tensor._is_view() and sum(isinstance(o, Variable) for o in outputs) > 1:
            raise RuntimeError(
                f"{name}: If your Function modifies inplace an input that is a view of another Tensor, your Function "
                "cannot return more than one Tensor. Make a copy of the input before passing it to the Function."
            )
        tensor.check_inplace(name, recording)
        tensor.bump_version()
        dirty.append(tensor)
    return dirty


def _as_result(output: Any, tensors: tuple, dirty: list[Variable]) -> Any:
    """An input that forward hands back, or a view, becomes a result that must not be written to in place."""
    if not isinstance(output, Variable) or any(output is d for d in dirty):
        return output
    if any(output is t for t in tensors):
        made = output.detached()
        made.become_view_of(output, None, "function")
        return made
    if output._base is not None:
        output.become_view_of(output._base, None, "function")
    return output


def once_differentiable(function: F) -> F:
    """Mark a backward that cannot itself be differentiated; here none can, so the function is returned as it is."""
    return function
