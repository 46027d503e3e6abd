"""export: a model as an ONNX file."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping, Sequence
from typing import IO, Any

from ..._version import __version__
from ...autograd.grad_mode import no_grad
from ...nn.module import Module
from ...tensors.tensor import Tensor
from ...training.restoring import modes_kept
from ...utils.atomic import replacing
from ..program import Program, Step, Value
from ..tracing import trace
from .activations import ACTIVATIONS
from .graph import Graph
from .norms import NORMS
from .operations import OPERATIONS
from .padding import PADDING
from .pooling import POOLING
from .products import OF_TWO, PRODUCTS
from .shapes import SHAPES
from .windows import WINDOWS

__all__ = ["export"]

# Arguments of torch.onnx.export of which only one value is supported.
_ONLY: dict[str, Any] = {
    "export_params": True,
    "keep_initializers_as_inputs": False,
    "training": 0,  # TrainingMode.EVAL
    "kwargs": None,
    "dynamic_shapes": None,
    "custom_opsets": None,
    "custom_translation_table": None,
    "export_modules_as_functions": False,
    "report": False,
    "verify": False,
    "profile": False,
}
OPSETS = (18, 19, 20, 21)
_OLDEST = 7  # that may be asked for; before it ONNX had no broadcasting
_LAYERS = {**ACTIVATIONS, **NORMS, **PADDING, **POOLING, **PRODUCTS, **SHAPES, **WINDOWS}
_LARGEST = 2**31 - 1  # bytes of an ONNX file


def export(
    model: Module,
    args: Tensor | Sequence[Tensor],
    f: str | os.PathLike[str] | IO[bytes],
    *,
    input_names: Sequence[str] | None = None,
    output_names: Sequence[str] | None = None,
    opset_version: int | None = None,
    dynamic_axes: Mapping[str, Any] | Sequence[str] | None = None,
    verbose: bool | None = None,
    dynamo: bool = True,
    external_data: bool = True,
    optimize: bool = True,
    do_constant_folding: bool = True,
    **others: Any,
) -> None:
    """Write a model, as it is in evaluation mode, as an ONNX file.

    The model is run on a sample and its steps are written down: the file does for every batch what the model did for
    the sample. Sizes other than the batch's are those of the sample. The model is left as it was.

    Args:     args: a sample of the input, or a tuple of them; the first dimension is the batch's.
              f: the file, which is written whole or not at all; or a file open for writing in binary mode.
              input_names, output_names: in the file; by default "input" and "output", numbered if there are several.
              opset_version: of ONNX's operators, 18 (the default) to 21. For an older one the finished model is
                converted by onnx's converter, which for most gets down to 15; if it fails the file has 18. Both are
                said in warnings, as in PyTorch.
              dynamic_axes: what may have any size, as torch.onnx takes it: {"input": {0: "batch"}} or {"input": [0]},
                only ever dimension 0. By default the first dimension of all inputs and of the outputs that keep it.
                {} fixes it to the sample's size.
              verbose, dynamo, external_data, optimize, do_constant_folding: there is one way of writing; everything is
                in one file. Of torch.onnx.export's other arguments only the defaults.
    Raises:   NotImplementedError: naming the layer or operation that cannot be written, other opsets, other axes.
              ValueError: for names that do not fit in number, or are given twice.
              ImportError: without the package onnx (pip install ".[onnx]" in the repository's folder).
    """
    import onnx

    for name, value in others.items():
        if name not in _ONLY:
            raise TypeError(f"onnx.export: unexpected argument {name!r}")
        if value != _ONLY[name]:
            raise NotImplementedError(f"onnx.export: {name}={value!r} is not supported, only {_ONLY[name]!r}")
    asked = OPSETS[0] if opset_version is None else opset_version
    if type(asked) is not int or not _OLDEST <= asked <= OPSETS[-1]:
        raise NotImplementedError(f"onnx.export: opset_version is {asked!r}, supported are {_OLDEST} to {OPSETS[-1]}")
    opset = max(asked, OPSETS[0])
    program = trace(model, [args] if isinstance(args, Tensor) else list(args))
    inputs = _names("input", input_names, len(program.inputs))
    outputs = _names("output", output_names, len(program.outputs))
    if len({*inputs, *outputs}) < len(inputs) + len(outputs):
        raise ValueError(f"onnx.export: names are given twice: inputs {inputs}, outputs {outputs}")
    batch = _batch_names(dynamic_axes, inputs, outputs)
    with modes_kept(model), no_grad():
        model.eval()  # weights that are computed are read there
        graph = _graph(program, inputs, outputs)
    helper = onnx.helper
    made = helper.make_graph(
        [helper.make_node(op, i, o, f"{op}_{n}", **a) for n, (op, i, o, a) in enumerate(graph.nodes)],
        type(model).__name__,
        [_info(name, value, batch) for name, value in zip(inputs, program.inputs)],
        [_info(name, value, batch) for name, value in zip(outputs, program.outputs)],
        [onnx.numpy_helper.from_array(array, name) for name, array in graph.used_arrays().items()],
    )
    written = helper.make_model(
        made,
        producer_name="minitorch_cv",
        producer_version=__version__,
        opset_imports=[helper.make_opsetid("", opset)],
        ir_version={18: 8, 19: 9, 20: 9, 21: 10}[opset],
    )
    if written.ByteSize() > _LARGEST:
        raise NotImplementedError(
            f"onnx.export: the model takes {written.ByteSize():,} bytes; a file of ONNX holds at most {_LARGEST:,}"
        )
    onnx.checker.check_model(written)
    if asked < opset:
        written = _converted(written, asked)
    if isinstance(f, (str, os.PathLike)):
        with replacing(f) as temporary:
            onnx.save(written, temporary)
    else:
        f.write(written.SerializeToString())


def _converted(model: Any, opset: int) -> Any:
    """The model with operators of an older opset, if onnx can convert it, else as it is."""
    from onnx import checker, version_converter

    newer = model.opset_import[0].version
    said = f"onnx.export: opset_version {opset} is older than what is written here, {newer}; onnx converts the model"
    warnings.warn(f"{said}. Give opset_version={newer} if whoever reads the file knows it.", stacklevel=3)
    try:
        converted = version_converter.convert_version(model, opset)
        checker.check_model(converted)
    except Exception as error:  # it raises RuntimeError, ValueError and its own kinds
        reason = (str(error).rpartition("failed: ")[2] or type(error).__name__).splitlines()[0]
        warnings.warn(f"onnx.export: the file has opset {newer}; onnx cannot convert it: {reason}", stacklevel=3)
        return model
    return converted


def _names(stem: str, given: Sequence[str] | None, count: int) -> list[str]:
    if given is None:
        return [stem] if count == 1 else [f"{stem}_{i}" for i in range(count)]
    if len(given) != count:
        raise ValueError(f"onnx.export: {stem}_names has {len(given)} names, but the model has {count} {stem}s")
    return list(given)


def _batch_names(dynamic_axes: Any, inputs: list[str], outputs: list[str]) -> dict[str, str]:
    """For each input and output whose first dimension may have any size: what that is called."""
    if dynamic_axes is None:
        return dict.fromkeys([*inputs, *outputs], "batch")
    found = {}
    for name, axes in dynamic_axes.items():
        if name not in (*inputs, *outputs):
            raise ValueError(f"onnx.export: dynamic_axes names {name!r}, expected one of {[*inputs, *outputs]}")
        named = dict(axes) if isinstance(axes, Mapping) else dict.fromkeys(axes, "batch")
        if set(named) != {0}:
            raise NotImplementedError(
                f"onnx.export: dynamic_axes of {name!r} is {axes}; only dimension 0, the batch's, may have any size"
            )
        found[name] = named[0]
    return found


def _info(name: str, value: Value, batch: dict[str, str]) -> Any:
    import onnx

    free = batch.get(name)
    shape = [free or size if n is None else n for n, size in zip(value.shape, value.sample_shape)]
    return onnx.helper.make_tensor_value_info(name, onnx.helper.np_dtype_to_tensor_dtype(value.dtype), shape)


def _graph(program: Program, inputs: list[str], outputs: list[str]) -> Graph:
    graph = Graph(program, [*inputs, *outputs])
    for value, name in zip(program.inputs, inputs):
        graph.names[value.number] = name
    for step in program.steps:
        graph.result = step.outputs[0]
        written = _written(graph, step)
        for value, name in zip(step.outputs, [written] if isinstance(written, str) else written):
            graph.names[value.number] = name
    for value, name in zip(program.outputs, outputs):
        graph.rename(graph.names[value.number], name)
    return graph


def _written(graph: Graph, step: Step) -> str | list[str]:
    """The name of the step's result, or the names of its results.

    Raises:   NotImplementedError: if there are no nodes for it.
    """
    operands = [graph.operand(operand) for operand in step.inputs]
    value = step.inputs[0]
    if step.module is None and step.kind in OPERATIONS:
        return OPERATIONS[step.kind](graph, step, operands)
    if step.module is not None and isinstance(value, Value):
        if step.kind in _LAYERS and len(operands) == 1:
            return _LAYERS[step.kind](graph, step.module, operands[0], value)
        if step.kind in OF_TWO and len(operands) == 2:
            return OF_TWO[step.kind](graph, step.module, operands[0], operands[1], value)
    supported = sorted(OPERATIONS if step.module is None else {**_LAYERS, **OF_TWO})
    raise NotImplementedError(f"onnx.export: {step.title} is not supported; supported are {', '.join(supported)}")
