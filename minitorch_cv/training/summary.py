"""A table of a model: what each layer makes of an input, its parameters, multiply-adds and memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from .. import nn
from ..autograd.grad_mode import no_grad
from ..nn.module import Module
from ..nn.utils.running_modules import is_layer, own_parameters, running_modules
from ..tensors.creation import zeros
from ..tensors.tensor import Tensor
from ..types.dtype import get_default_dtype
from .restoring import modes_kept

_HEADINGS = ("Layer (type)", "Output shape", "Parameters", "Trainable", "Multiply-adds")
_TRAINABLE = {None: "--", True: "yes", False: "no", "partly": "partly"}


@dataclass
class Row:
    """One call of one module.

    Args:     path: its dotted name in the model; "" for the model itself.
              name: the last part of it.
              depth: how many modules it was called within.
              output_shape: of the result; a list or dictionary of shapes if there are several.
              parameters: held by this very module and not listed in a row above; None if it holds none.
              trainable: whether the parameters that it holds require a gradient, or "partly"; None if it holds none.
              mult_adds: of this call; 0 where they are not counted.
              kept_bytes: of the result, if the module holds parameters and no other module; else 0.
              shared: its parameters, or some of them, are listed above.
    """

    path: str
    name: str
    kind: str
    depth: int
    output_shape: Any = None
    parameters: int | None = None
    trainable: bool | str | None = None
    mult_adds: int = 0
    kept_bytes: int = 0
    shared: bool = False


@dataclass
class ModelSummary:
    """The rows in the order of the calls, and the totals. `print` shows the table.

    Memory is estimated as torchinfo does it. Convolutions, linear and normalising layers keep their results for
    backward and receive gradients of the same size; what other layers keep, and an optimiser, comes on top.

    Args:     total_params: of the model, each counted once.
              trainable_params: those that require a gradient.
              total_mult_adds: of convolutions and linear layers, for the whole input.
              input_bytes, param_bytes: of the whole input and of all parameters.
              pass_bytes: of a pass forward and backward: twice the rows' kept_bytes.
              unused: names of modules with parameters that the input did not pass.
              frozen_statistics: names of batch norms that keep their running statistics (`nn.utils.freeze`).
    """

    rows: list[Row] = field(default_factory=list)
    total_params: int = 0
    trainable_params: int = 0
    total_mult_adds: int = 0
    input_bytes: int = 0
    pass_bytes: int = 0
    param_bytes: int = 0
    unused: list[str] = field(default_factory=list)
    frozen_statistics: list[str] = field(default_factory=list)

    @property
    def total_bytes(self) -> int:
        """The estimate of all memory: of the input, of a pass forward and backward, and of the parameters."""
        return self.input_bytes + self.pass_bytes + self.param_bytes

    def as_dict(self) -> dict[str, Any]:
        """Everything as numbers, texts, lists and dictionaries, for a report or a JSON file."""
        return {**asdict(self), "total_bytes": self.total_bytes}

    def __str__(self) -> str:
        lines = [_HEADINGS, *(_cells(row) for row in self.rows)]
        widths = [max(map(len, column)) for column in zip(*lines)]
        table = [
            "  ".join(
                cell.ljust(width) if i < 2 else cell.rjust(width) for i, (cell, width) in enumerate(zip(line, widths))
            )
            for line in lines
        ]
        rule = "-" * len(table[0])
        sizes = (self.input_bytes, self.pass_bytes, self.param_bytes)
        frozen = self.total_params - self.trainable_params
        totals = [
            f"Parameters: {self.total_params:,} (trainable: {self.trainable_params:,}, frozen: {frozen:,})",
            f"Multiply-adds of convolutions and linear layers: {self.total_mult_adds:,}",
            "Memory / MB: input {:.2f} + forward and backward {:.2f} + parameters {:.2f}".format(
                *(size / 1e6 for size in sizes)
            )
            + f" = {self.total_bytes / 1e6:.2f}",
        ]
        if self.unused:
            totals.append(f"Not used for this input: {', '.join(self.unused)}")
        if self.frozen_statistics:
            totals.append(f"Frozen running statistics: {', '.join(self.frozen_statistics)}")
        return "\n".join([table[0], rule, *table[1:], rule, *totals])


def _cells(row: Row) -> tuple[str, ...]:
    parameters = "--" if row.parameters is None else f"{row.parameters:,}"
    return (
        "  " * row.depth + f"{row.name} ({row.kind})" if row.name else row.kind,
        str(row.output_shape),
        "(shared)" if row.shared and not row.parameters else parameters,
        _TRAINABLE[row.trainable],
        f"{row.mult_adds:,}" if row.mult_adds else "--",
    )


def summary(model: Module, input_size: Sequence[int] | Sequence[Sequence[int]]) -> ModelSummary:
    """Run a model on zeros and note what every module in it did. Modules called twice, and shared ones, are told apart.

    The model runs in evaluation mode and is left as it was. Multiply-adds are those of convolutions and linear layers
    (weights only, for the whole batch); what else a `forward` computes is not counted.

    Args:     input_size: the input's shape with the batch dimension, (1, 1, 28, 28) for one grey image; or a list of
                shapes for a model of several inputs.
    Raises:   RuntimeError: if the model fails on such an input; says how far it came.
    """
    sizes: Any = [input_size] if all(isinstance(size, int) for size in input_size) else input_size
    names = {module: name for name, module in running_modules(model)}
    recorder = _Recorder(names)
    handles = []
    for module in names:
        handles.append(module.register_forward_pre_hook(recorder.enter))
        handles.append(module.register_forward_hook(recorder.leave))
    dtype = next((p.dtype for p in model.parameters() if p.dtype.is_floating_point), get_default_dtype())
    inputs = [zeros(tuple(size), dtype=dtype) for size in sizes]
    try:
        with modes_kept(model), no_grad():
            model.eval()
            model(*inputs)
    except Exception as error:
        ran = ", ".join(row.name or row.kind for row in recorder.rows if row.output_shape is not None) or "none"
        raise RuntimeError(
            f"summary: the model failed on input of shape {list(map(list, sizes))}: {error}. Layers that ran: {ran}"
        ) from error
    finally:
        for handle in handles:
            handle.remove()
    parameters = list(model.parameters())
    return ModelSummary(
        recorder.rows,
        total_params=sum(p.numel() for p in parameters),
        trainable_params=sum(p.numel() for p in parameters if p.requires_grad),
        total_mult_adds=sum(row.mult_adds for row in recorder.rows),
        input_bytes=_bytes(inputs),
        pass_bytes=2 * sum(row.kept_bytes for row in recorder.rows),
        param_bytes=_bytes(parameters),
        unused=[name for module, name in names.items() if module not in recorder.called and own_parameters(module)],
        frozen_statistics=[name for module, name in names.items() if getattr(module, "stats_frozen", False)],
    )


class _Recorder:
    """Hooks that write a row for each call."""

    def __init__(self, names: dict[Module, str]) -> None:
        self.names = names
        self.rows: list[Row] = []
        self.called: set[Module] = set()
        self._open: list[Row] = []
        self._counted: set[int] = set()  # ids of parameters

    def enter(self, module: Module, inputs: tuple) -> None:
        """A call begins: rows of the modules called within come after its own."""
        path = self.names[module]
        row = Row(path, path.rpartition(".")[2], type(module).__name__, len(self._open))
        own = own_parameters(module)
        fresh = [p for p in own if id(p) not in self._counted]
        row.shared = len(fresh) < len(own)
        if own:
            row.parameters = sum(p.numel() for p in fresh)
            trained = {p.requires_grad for p in own}
            row.trainable = "partly" if len(trained) == 2 else trained.pop()
        self._counted.update(id(p) for p in fresh)
        self.called.add(module)
        self.rows.append(row)
        self._open.append(row)

    def leave(self, module: Module, inputs: tuple, output: Any) -> None:
        """The call is over."""
        row = self._open.pop()
        row.output_shape = _shape(output)
        row.mult_adds = _mult_adds(module, inputs, output)
        if row.parameters is not None and is_layer(module):
            row.kept_bytes = _bytes(output)


def _shape(output: Any) -> Any:
    if isinstance(output, Tensor):
        return list(output.shape)
    if isinstance(output, dict):
        return {key: _shape(value) for key, value in output.items()}
    if isinstance(output, (tuple, list)):
        return [_shape(value) for value in output]
    return type(output).__name__


def _tensors(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, (dict, tuple, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _tensors(item)


def _bytes(value: Any) -> int:
    """Of the numbers of all tensors in it."""
    return sum(tensor.numel() * tensor.element_size() for tensor in _tensors(value))


def _mult_adds(module: Module, inputs: tuple, output: Any) -> int:
    """One for each product of a weight and a number that a convolution or linear layer adds up."""
    if isinstance(module, (nn.Linear, nn.Conv1d, nn.Conv2d)):  # weight[0]: what one number of the output is made with
        return output.numel() * module.weight[0].numel()
    if isinstance(module, (nn.ConvTranspose1d, nn.ConvTranspose2d)):  # weight[0]: what one number of the input goes to
        return inputs[0].numel() * module.weight[0].numel()
    return 0
