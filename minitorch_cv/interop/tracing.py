"""trace: a model run on a sample, and written down as a Program.

Each layer of the library that is called is one step. What a `forward` does between them is read from the graph that
autograd records: an operation's fields are its settings, its edges its inputs. The results of layers go on through a
node of their own (`_Mark`), at which the reading stops.

The model is run twice, the second time on a batch of another size and other numbers. So it is seen which sizes depend
on the batch, and a result that depends on the input in a way that autograd does not record (`x > 0`, `x.argmax()`)
is not taken for a constant.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np

from ..autograd.grad_mode import enable_grad
from ..autograd.node import AccumulateGrad, Node
from ..autograd.operation import Array, Operation
from ..nn.module import Module
from ..nn.utils.running_modules import running_modules
from ..tensors.tensor import Tensor
from ..training.restoring import modes_kept
from .layers import layer_kind
from .program import Constant, Operand, ParameterName, Program, Step, Value
from .unifying import unified


def trace(model: Module, samples: Sequence[Tensor]) -> Program:
    """What the model does in evaluation mode; it is left as it was.

    Args:     samples: its inputs, batches: the first dimension is the batch's.
    Raises:   NotImplementedError: for what cannot be written down: results that do not come from the input by recorded
                operations, control flow or sizes that change with the input.
    """
    if not samples or not all(isinstance(sample, Tensor) and sample.ndim for sample in samples):
        raise TypeError(
            f"trace: expected tensors whose first dimension is the batch's, got {[type(s).__name__ for s in samples]}"
        )
    first = _Tracer(model).run([sample.array for sample in samples])
    try:
        second = _Tracer(model).run(_others(samples))
    except (RuntimeError, ValueError) as error:
        raise NotImplementedError(
            f"{type(model).__name__}: fails on a batch of twice the size, so it cannot be written down for any batch; "
            f"the first dimension of a sample must be the batch's. The error was: {error}"
        ) from error
    return unified(first, second)


def _others(samples: Sequence[Tensor]) -> list[Array]:
    """A larger batch of other numbers, of about the same size."""
    return [
        np.concatenate([s.array, s.array[::-1] * 0.5 + 0.25 if s.array.dtype.kind == "f" else s.array[::-1]]).astype(
            s.array.dtype
        )
        for s in samples
    ]


@dataclasses.dataclass(eq=False, repr=False)
class _Mark(Operation):
    """Gives a result on as it is: where reading the graph stops."""

    value: Value

    def forward(self, x: Array) -> Array:
        return x.copy(order="K")

    def backward(self, grad_out: Array) -> Array:
        return grad_out


class _Tracer:
    def __init__(self, model: Module) -> None:
        self.model = model
        self.paths = {module: name for name, module in model.named_modules()}
        self.parameters = {id(parameter): name for name, parameter in model.named_parameters()}
        self.steps: list[Step] = []
        self.count = 0
        self.within: list[str] = []  # paths of the modules that are running
        self.of_node: dict[tuple[Node, int], Value] = {}
        self.constants: dict[Node, tuple[Array | None, ...]] = {}
        # Tensors without history, such as indices, are known by what they are; kept, so that no other gets their id.
        self.of_tensor: dict[int, tuple[Tensor, Value]] = {}

    def run(self, samples: list[Array]) -> Program:
        with ExitStack() as stack:
            stack.enter_context(modes_kept(self.model))
            stack.enter_context(enable_grad())
            stack.enter_context(_constants_noted(self.constants))
            for _, module in running_modules(self.model):
                stack.enter_context(module.register_forward_pre_hook(self._enter))
                stack.enter_context(module.register_forward_hook(self._leave, with_kwargs=True))
            self.model.eval()
            inputs = [self._marked(Tensor.wrap(sample.copy())) for sample in samples]
            result = self.model(*[tensor for tensor, _ in inputs])
            many = isinstance(result, (tuple, list))
            if not all(isinstance(item, Tensor) for item in (result if many else (result,))):
                raise NotImplementedError(
                    f"{type(self.model).__name__}: forward returns {type(result).__name__}; a tensor, or a tuple or "
                    "list of tensors, can be written down"
                )
            outputs = [self._operand(item) for item in (result if many else (result,))]
        for output in outputs:
            if not isinstance(output, Value):
                raise NotImplementedError(
                    f"{type(self.model).__name__}: a result does not come from the input by operations that autograd "
                    "records; leave such steps (argmax, comparisons, detach) to the caller"
                )
        return Program(self.model, tuple(v for _, v in inputs), tuple(self.steps), tuple(outputs), many)  # type: ignore[arg-type]

    def _marked(self, tensor: Tensor) -> tuple[Tensor, Value]:
        """A tensor that is known as a new value."""
        self.count += 1
        value = Value(self.count, tuple(tensor.array.shape), tensor.array.dtype)
        if tensor.is_floating_point():
            return _Mark(value)(tensor.detach().requires_grad_()), value
        self.of_tensor[id(tensor)] = tensor, value
        return tensor, value

    def _enter(self, module: Module, args: tuple) -> None:
        if layer_kind(module) is not None:  # it may write to its input, which would then no longer be known
            self.arguments = tuple(self._operand(a) for a in args if isinstance(a, Tensor))
        self.within.append(self.paths[module])

    def _leave(self, module: Module, args: tuple, kwargs: dict, result: Any) -> Any:
        path = self.within.pop()
        kind = layer_kind(module)
        if kind is None:
            return None
        if kwargs or not all(isinstance(a, Tensor) for a in args):
            raise NotImplementedError(
                f"layer {path!r} ({kind}) is called with more than tensors ({len(args)} arguments, keywords "
                f"{sorted(kwargs)}); only calls with tensors alone can be written down"
            )
        many = isinstance(result, tuple)
        marked = [self._marked(item) for item in (result if many else (result,))]
        values = tuple(value for _, value in marked)
        self.steps.append(Step(kind, path, module, {}, self.arguments, values))
        return tuple(tensor for tensor, _ in marked) if many else marked[0][0]

    def _operand(self, tensor: Tensor) -> Operand:
        if id(tensor) in self.of_tensor:
            return self.of_tensor[id(tensor)][1]
        if tensor.grad_fn is not None:
            return self._value(tensor.grad_fn, tensor.output_nr)
        if id(tensor) in self.parameters:
            return ParameterName(self.parameters[id(tensor)])
        return Constant(tensor.array.copy())

    def _value(self, node: Node, index: int) -> Operand:
        """What a node of the graph gives: written down when it is first asked for."""
        if isinstance(node, _Mark):
            return node.value
        if isinstance(node, AccumulateGrad):
            name = self.parameters.get(id(node.variable))
            return Constant(node.variable.array.copy()) if name is None else ParameterName(name)
        if (node, index) not in self.of_node:
            if node not in self.constants:
                raise NotImplementedError(f"{node.name()}: writing to a part of a tensor cannot be written down")
            inputs = tuple(
                (None if array is None else Constant(array)) if edge is None else self._value(*edge)
                for edge, array in zip(node.edges, self.constants[node])
            )
            outputs = []
            for i, (shape, dtype) in enumerate(node.output_meta):
                self.count += 1
                outputs.append(Value(self.count, tuple(shape), dtype))
                self.of_node[node, i] = outputs[-1]
            names: list[str] = (
                [field.name for field in dataclasses.fields(node)] if dataclasses.is_dataclass(node) else []
            )
            settings = {name: getattr(node, name) for name in names}
            path = self.within[-1] if self.within else ""
            self.steps.append(Step(type(node).__name__, path, None, settings, inputs, tuple(outputs)))
        return self.of_node[node, index]


@contextmanager
def _constants_noted(constants: dict[Node, tuple[Array | None, ...]]) -> Iterator[None]:
    """Write down, for every operation that is recorded, its inputs without history: the graph does not keep them."""
    remember = Operation._remember

    def noting(self: Operation, inputs: tuple, outputs: tuple) -> None:
        constants[self] = tuple(
            v.array.copy() if v is not None and edge is None else None for v, edge in zip(inputs, self.edges)
        )
        remember(self, inputs, outputs)

    Operation._remember = noting  # type: ignore[method-assign]
    try:
        yield
    finally:
        Operation._remember = remember  # type: ignore[method-assign]
