"""Backward hooks of modules: catching the gradients that enter and leave a module during backward.

A call of a hooked module puts one node of the graph around its inputs and one around its outputs. In backward the outer
one comes first and hands over the gradients of the outputs, the inner one comes last and has those of the inputs.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.grad_mode import is_grad_enabled
from ..autograd.operation import Operation
from ..tensors.tensor import Tensor

Gradients = tuple[Tensor | None, ...]


class HookedCall:
    """One call of a module that has backward hooks.

    Args:     hooks: called with (module, grad_input, grad_output); a returned tuple replaces grad_input.
              pre_hooks: called with (module, grad_output); a returned tuple replaces grad_output.
    """

    def __init__(self, module: Any, hooks: Sequence[Callable], pre_hooks: Sequence[Callable]) -> None:
        self.module = module
        self.hooks = list(hooks)
        self.pre_hooks = list(pre_hooks)
        self.grad_outputs: Gradients | None = None
        self.inputs: tuple = ()
        self.caught_inputs: list[int] = []
        self.outputs: tuple = ()
        self.caught_outputs: list[int] = []

    def catch_inputs(self, args: tuple) -> tuple:
        """The positional arguments, those that require a gradient led through a node of the graph."""
        self.inputs = tuple(np.zeros_like(a.array) if isinstance(a, Tensor) else None for a in args)
        self.caught_inputs = _requiring_grad(args)
        return _through(_Inputs(self), args, self.caught_inputs)

    def catch_outputs(self, result: Any) -> Any:
        """The module's result, what requires a gradient in it led through a node of the graph."""
        if not isinstance(result, (Tensor, tuple)):
            warnings.warn(
                "For backward hooks to be called, module output should be a Tensor or a tuple of Tensors"
                f" but received {type(result)}",
                stacklevel=4,
            )
            return result
        self.outputs = result if isinstance(result, tuple) else (result,)
        self.caught_outputs = _requiring_grad(self.outputs)
        caught = _through(_Outputs(self), self.outputs, self.caught_outputs)
        self.outputs = (None,) * len(self.outputs)
        return caught if isinstance(result, tuple) else caught[0]

    def outputs_done(self, grads: tuple) -> tuple:
        """The gradients of the outputs are known: run the pre-hooks, and the hooks too if no input wants a gradient."""
        grad_outputs = _spread(grads, self.caught_outputs, self.outputs)
        for hook in self.pre_hooks:
            new = hook(self.module, grad_outputs)
            if new is not None:
                if len(new) != len(grad_outputs):
                    raise RuntimeError(
                        "Backward pre hook returned an invalid number of grad_output, "
                        f"got {len(new)}, but expected {len(grad_outputs)}"
                    )
                grad_outputs = tuple(new)
        if self.caught_inputs:
            self.grad_outputs = grad_outputs
        else:
            self._run_without_inputs(grad_outputs)
        return tuple(_array(grad_outputs[i]) for i in self.caught_outputs)

    def inputs_done(self, grads: tuple) -> tuple:
        """The gradients of the inputs are known: run the hooks."""
        if self.grad_outputs is None:  # the gradient came from inside the module, past its outputs
            return grads
        grad_inputs = _spread(grads, self.caught_inputs, self.inputs)
        for hook in self.hooks:
            new = hook(self.module, grad_inputs, self.grad_outputs)
            if new is not None:
                if len(new) != len(grad_inputs):
                    raise RuntimeError(
                        "Backward hook returned an invalid number of grad_input, "
                        f"got {len(new)}, but expected {len(grad_inputs)}"
                    )
                grad_inputs = tuple(new)
        self.grad_outputs = None
        return tuple(_array(grad_inputs[i]) for i in self.caught_inputs)

    def _run_without_inputs(self, grad_outputs: Gradients) -> None:
        warnings.warn(
            "Full backward hook is firing when gradients are computed with respect to module outputs since no inputs "
            "require gradients.",
            stacklevel=2,
        )
        for hook in self.hooks:
            new = hook(self.module, (None,) * len(self.inputs), grad_outputs)
            if new is not None and not (isinstance(new, tuple) and all(g is None for g in new)):
                raise RuntimeError(
                    "Backward hook for Modules where no input requires gradient should always return None or None for "
                    "all gradients."
                )


@dataclass(eq=False, repr=False)
class _Inputs(Operation):
    """Hands the inputs of a hooked call on as they are, and their gradients by way of the hooks."""

    call: HookedCall
    torch_name = "BackwardHookFunctionBackward"

    def forward(self, *arrays: np.ndarray) -> tuple:
        return arrays

    def backward(self, *grads: np.ndarray) -> tuple:
        return self.call.inputs_done(grads)


@dataclass(eq=False, repr=False)
class _Outputs(Operation):
    """Hands the outputs of a hooked call on as they are, and their gradients by way of the pre-hooks."""

    call: HookedCall
    torch_name = "BackwardHookFunctionBackward"
    materialize_grads = False

    def forward(self, *arrays: np.ndarray) -> tuple:
        return arrays

    def backward(self, *grads: np.ndarray | None) -> tuple:
        return self.call.outputs_done(grads)


def _requiring_grad(values: tuple) -> list[int]:
    """The positions of the tensors that require a gradient; none where gradients are switched off."""
    if not is_grad_enabled():
        return []
    return [i for i, value in enumerate(values) if isinstance(value, Tensor) and value.requires_grad]


def _through(op: Operation, values: tuple, caught: list[int]) -> tuple:
    """The values, those at `caught` led through `op`."""
    if not caught:
        return values
    sources = [values[i] for i in caught]
    passed = dict(zip(caught, op(*sources)))
    for source, shown in zip(sources, passed.values()):
        node, index = shown.grad_fn, shown.output_nr
        shown.become_view_of(source, None, "function")  # the same memory, which must not be written to
        shown.set_history(node, index)
    led = [passed.get(i, value) for i, value in enumerate(values)]
    return type(values)(*led) if hasattr(values, "_fields") else tuple(led)  # a named tuple keeps its names


def _spread(grads: tuple, caught: list[int], others: tuple) -> Gradients:
    """Gradients as tensors at the positions `caught`; elsewhere zeros for a tensor, None for anything else."""
    filled = list(others)
    for i, grad in zip(caught, grads):
        filled[i] = grad
    return tuple(None if grad is None else Tensor.wrap(grad) for grad in filled)


def _array(grad: Tensor | None) -> np.ndarray | None:
    return None if grad is None else grad.array
