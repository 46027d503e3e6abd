"""Function: PyTorch's way to write an operation of one's own, with static forward and backward and a ctx."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .grad_mode import grad_state, no_grad
from .operation import Operation
from .variable import Variable


class FunctionCtx:
    """What forward hands to backward: saved tensors, and any attribute one likes to set."""

    needs_input_grad: tuple[bool, ...] = ()

    def __init__(self) -> None:
        self._to_save: tuple = ()
        self._dirty: tuple = ()
        self._non_differentiable: tuple = ()
        self._materialize = True
        self._node: _FunctionNode | None = None

    def save_for_backward(self, *tensors: Variable | None) -> None:
        """Keep tensors for backward; changing one in place afterwards is an error there."""
        for tensor in tensors:
            if tensor is not None and not isinstance(tensor, Variable):
                raise TypeError(
                    f"save_for_backward can only save variables, but argument is of type {type(tensor).__name__}; "
                    "keep other things as attributes: ctx.name = value"
                )
        self._to_save = tensors

    @property
    def saved_tensors(self) -> tuple:
        """The tensors that forward saved."""
        if self._node is None:
            return self._to_save
        self._node.check_saved()
        return self._node.saved

    def mark_dirty(self, *tensors: Variable) -> None:
        """Declare inputs that forward changed in place; forward must return them."""
        self._dirty = tensors

    def mark_non_differentiable(self, *tensors: Variable) -> None:
        """Declare results that have no gradient."""
        self._non_differentiable = tensors

    def set_materialize_grads(self, value: bool) -> None:
        """Whether backward gets zeros (True, the default) or None for results that nothing used."""
        self._materialize = bool(value)


class _FunctionNode(Operation):
    """The graph's node for one application of a Function."""

    def __init__(self, function: type[Function], ctx: FunctionCtx, inputs: tuple) -> None:
        self.function = function
        self.ctx = ctx
        self.is_tensor = tuple(isinstance(x, Variable) for x in inputs)
        self.materialize_grads = ctx._materialize

    def name(self) -> str:
        return f"{self.function.__name__}Backward"

    def save(self, inputs: tuple, outputs: tuple) -> None:
        """Become a node, keeping what ctx was asked to save."""
        self._remember(inputs, outputs)
        self.saved = tuple(
            None if s is None else s.detached() if any(s is o for o in outputs) else s for s in self.ctx._to_save
        )
        self.saved_names = ("saved",) if self.saved else ()
        self.saved_versions = tuple(
            (s.version_counter, s._version, s.origin(self, outputs)) for s in self.ctx._to_save if s is not None
        )
        self.ctx._to_save = ()
        self.ctx._node = self

    def backward(self, *grads_out: Any) -> tuple:
        wrap = self.grad_type.wrap
        given = tuple(None if g is None else wrap(g) for g in grads_out)
        returned = self.function.backward(self.ctx, *given)
        grads = returned if isinstance(returned, tuple) else (returned,)
        extra = grads[len(self.is_tensor) :]
        if len(grads) < len(self.is_tensor) or any(g is not None for g in extra):
            raise RuntimeError(
                f"function {self.name()} returned an incorrect number of gradients (expected {len(self.is_tensor)}, "
                f"got {len(grads)})"
            )
        arrays = []
        for position, (grad, is_tensor) in enumerate(zip(grads, self.is_tensor)):
            if grad is not None and not is_tensor:
                raise RuntimeError(
                    f"function {self.name()} returned a gradient different from None at position {position + 1}, "
                    "but the corresponding forward input was not a Variable"
                )
            if grad is not None and not isinstance(grad, Variable):
                raise TypeError(
                    f"function {self.name()} returned {type(grad).__name__} at position {position + 1}; "
                    "expected a Tensor or None"
                )
            if is_tensor:
                arrays.append(None if grad is None else grad.array.copy())  # the author may have kept it
        return tuple(arrays)


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
        raise NotImplementedError("You must implement the backward method for your custom autograd.Function to use it.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise RuntimeError(
            f"{type(self).__name__}: a Function is not instantiated; its forward and backward are static methods. "
            f"Call {type(self).__name__}.apply(...)."
        )

    @classmethod
    def apply(cls, *args: Any) -> Any:
        """Run forward, and record it for backward if an argument requires a gradient."""
        tensors = tuple(a for a in args if isinstance(a, Variable))
        recording = grad_state.enabled and any(t.requires_grad for t in tensors)
        ctx = FunctionCtx()
        ctx.needs_input_grad = tuple(grad_state.enabled and isinstance(a, Variable) and a.requires_grad for a in args)
        edges = tuple(t.edge() for t in tensors)  # before forward may write to an input
        with no_grad():
            if cls.setup_context is Function.setup_context:
                results = cls.forward(ctx, *args)
            else:
                results = cls.forward(*args)
                cls.setup_context(ctx, args, results)
        many = isinstance(results, tuple)
        outputs = results if many else (results,)
        for dirty in ctx._dirty:
            if not any(dirty is o for o in outputs):
                raise RuntimeError(
                    "Some elements marked as dirty during the forward method were not returned as output."
                )
            if recording:
                dirty.check_inplace(f"{cls.__name__}Backward")
        outputs = tuple(cls._own(o, tensors, ctx._dirty) for o in outputs)
        if recording:
            cls._record(ctx, args, edges, tensors, outputs)
        return outputs if many else outputs[0]

    @staticmethod
    def _own(output: Any, tensors: tuple, dirty: tuple) -> Any:
        """An input that forward hands back unchanged becomes a result of its own."""
        if not isinstance(output, Variable) or any(output is d for d in dirty):
            return output
        return output.detached() if any(output is t for t in tensors) else output

    @classmethod
    def _record(cls, ctx: FunctionCtx, args: tuple, edges: tuple, tensors: tuple, outputs: tuple) -> None:
        node = _FunctionNode(cls, ctx, args)
        node.needs_grad = tuple(edge is not None for edge in edges)
        node.edges = edges
        results = tuple(o for o in outputs if isinstance(o, Variable))
        if len(results) != len(outputs):
            found = next(o for o in outputs if not isinstance(o, Variable))
            raise TypeError(
                f"{cls.__name__}.forward returned {type(found).__name__}; expected a Tensor or a tuple of Tensors"
            )
        node.save(tensors, results)
        for index, output in enumerate(results):
            if any(output is d for d in ctx._dirty):
                output.rebase(node)
            elif output.array.dtype.kind == "f" and not any(output is n for n in ctx._non_differentiable):
                output.set_history(node, index)


def once_differentiable(function: Callable) -> Callable:
    """Mark a backward that cannot itself be differentiated; here none can, so the function is returned as it is."""
    return function
