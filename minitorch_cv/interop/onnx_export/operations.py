"""What the operations that a forward applies between layers are in ONNX."""

from __future__ import annotations

from operator import attrgetter
from types import SimpleNamespace
from typing import Any

import numpy as np

from ..pooling_places import slid_window
from ..program import Step
from ..step_arguments import einsum_equation, transposed_settings
from .activations import ACTIVATIONS
from .elementwise import ELEMENTWISE, Emit, node
from .graph import Graph, input_value, sizes
from .moves import MOVES
from .norm_operations import NORM_OPERATIONS
from .padding import constant_pad
from .pooling import adaptive_pool, average_pool, max_pool
from .products import linear
from .shapes import SHAPES
from .windows import WINDOWS

_LAYERS = {**ACTIVATIONS, **SHAPES, **WINDOWS}
_WINDOW = {
    "kernel_size": ".window.size", "dilation": ".window.dilation", "padding": ".window.padding",
    "stride": ".window.stride",
}  # fmt: skip
_END = np.iinfo(np.int64).max  # of a dimension, in a Slice


def _reduced(operator: str) -> Emit:
    def emit(g: Graph, step: Step, x: list[str]) -> str:
        dims = step.settings["dims"]
        axes = [] if dims is None else [g.integers(dims)]
        return g.add(operator, *x, *axes, keepdims=int(step.settings["keepdim"]))

    return emit


def _as_layer(layer: str, **settings: Any) -> Emit:
    """As the layer of that name, with the given settings.

    Args:     settings: a text that begins with a dot names a field of the operation, or a field of its field.
    """

    def emit(g: Graph, step: Step, x: list[str]) -> str:
        own = {
            name: _field(step.settings, value) if isinstance(value, str) and value.startswith(".") else value
            for name, value in settings.items()
        }
        return _LAYERS[layer](g, type(layer, (SimpleNamespace,), {})(**own), x[0], input_value(step))

    return emit


def _field(settings: dict[str, Any], path: str) -> Any:
    first, *rest = path[1:].split(".")
    return attrgetter(".".join(rest))(settings[first]) if rest else settings[first]


def _extreme(reduce: str, find: str) -> Emit:
    """The largest or smallest along a dimension, and where it is."""

    def emit(g: Graph, step: Step, x: list[str]) -> list[str]:
        dim, keepdims = step.settings["dim"], int(step.settings["keepdim"])
        values = g.add(reduce, *x, g.integers([dim]), keepdims=keepdims)
        return [values, g.add(find, *x, axis=dim, keepdims=keepdims)]

    return emit


def _stack(g: Graph, step: Step, x: list[str]) -> str:
    axis = step.settings["dim"]
    return g.add("Concat", *[g.add("Unsqueeze", one, g.integers([axis])) for one in x], axis=axis)


def _index(g: Graph, step: Step, x: list[str]) -> str:
    """Slices first, then numbers, which take a dimension away, then new dimensions."""
    result = x[0]
    cuts: list[tuple[int, int, int, int]] = []  # start, end, dimension, step
    taken, new = [], []
    axis = place = 0  # the dimension of the input, and of the result
    for item in step.settings["index"]:
        if item is None:
            new.append(place)
        elif isinstance(item, slice):
            if item != slice(None):
                cuts.append((item.start or 0, _END if item.stop is None else item.stop, axis, item.step or 1))
            axis += 1
        else:
            cuts.append((int(item), int(item) + 1 or _END, axis, 1))
            taken.append(axis)
            axis += 1
            continue
        place += 1
    if cuts:
        result = g.add("Slice", result, *map(g.integers, zip(*cuts)))
    if taken:
        result = g.add("Squeeze", result, g.integers(taken))
    return g.add("Unsqueeze", result, g.integers(new)) if new else result


def _pad(g: Graph, step: Step, x: list[str]) -> str:
    return constant_pad(g, x[0], step.settings["pads"], step.settings["value"] or 0, g.result)


def _softmax(operator: str) -> Emit:
    def emit(g: Graph, step: Step, x: list[str]) -> str:
        (axis,) = step.settings["axis"]
        return g.add(operator, *x, axis=axis)

    return emit


def _then_relu(g: Graph, step: Step, x: str) -> str:
    return g.add("Relu", x) if step.settings["relu"] else x


def _linear(g: Graph, step: Step, x: list[str]) -> str:
    return _then_relu(g, step, linear(g, x[0], len(input_value(step).shape), x[1], x[2] if len(x) > 2 else ""))


def _convolution(g: Graph, step: Step, x: list[str]) -> str:
    form, window = _form(step), step.settings["window"]
    own = slice(2 - form.spatial, None)
    sides = window.padding_by_side[own]
    settings = {
        "strides": window.stride[own],
        "pads": [side[0] for side in sides] + [side[1] for side in sides],
        "dilations": window.dilation[own],
        "group": step.settings["groups"],
    }
    return _then_relu(g, step, g.add("Conv", *(name for name in x if name), **settings))


def _blur(g: Graph, step: Step, x: list[str]) -> str:
    """A convolution of each channel with the one filter."""
    _form(step)
    window = step.settings["window"]
    channels = sizes(input_value(step), 1, step.title)[0]
    filters = g.add("Tile", g.add("Unsqueeze", x[1], g.integers([0, 1])), g.integers([channels, 1, 1, 1]))
    pads = [n for side in zip(*window.padding_by_side) for n in side]
    return g.add("Conv", x[0], filters, strides=window.stride, pads=pads, group=channels)


def _transposed_convolution(g: Graph, step: Step, x: list[str]) -> str:
    _form(step)
    stride, padding, extra, dilation = transposed_settings(step)
    return g.add(
        "ConvTranspose",
        *(name for name in x if name),
        strides=stride,
        pads=[*padding, *padding],
        dilations=dilation,
        group=step.settings["groups"],
        output_padding=extra,
    )


def _max_pool(g: Graph, step: Step, x: list[str]) -> str:
    spatial = _form(step).spatial
    if step.settings["return_indices"] or spatial != 2:
        raise NotImplementedError(f"{step.title}: only F.max_pool2d without return_indices is supported; use a layer")
    window = slid_window(step.settings["places"], step.title)
    return max_pool(g, x[0], input_value(step), window.size, window.stride, window.padding, [1, 1])


def _average_pool(g: Graph, step: Step, x: list[str]) -> str:
    if _form(step).spatial != 2:
        raise NotImplementedError(f"{step.title}: only F.avg_pool2d is supported; use a layer")
    window = slid_window(step.settings["places"], step.title)
    divisor = np.asarray(step.settings["divisor"])
    return average_pool(g, x[0], input_value(step), window.size, window.stride, window.padding, divisor)


def _adaptive_pool(largest: bool) -> Emit:
    def emit(g: Graph, step: Step, x: list[str]) -> str:
        if _form(step).spatial != 2 or (largest and step.settings["return_indices"]):
            raise NotImplementedError(f"{step.title}: only adaptive pooling of images, without indices, is supported")
        return adaptive_pool(g, x[0], input_value(step), largest)

    return emit


def _form(step: Step) -> Any:
    form = step.settings["form"]
    if not form.batched:
        raise NotImplementedError(f"{step.title}: ONNX takes a batch: give a sample with a batch dimension")
    return form


OPERATIONS: dict[str, Emit] = {
    **ELEMENTWISE,
    **MOVES,
    **NORM_OPERATIONS,
    "AdaptiveAvgPool2D": _adaptive_pool(largest=False),
    "AdaptiveMaxPool2D": _adaptive_pool(largest=True),
    "Amax": _reduced("ReduceMax"),
    "Amin": _reduced("ReduceMin"),
    "AvgPool2D": _average_pool,
    "BasicIndex": _index,
    "Blur2D": _blur,
    "Cat": node("Concat", axis="dim"),
    "ChannelShuffle": _as_layer("ChannelShuffle", groups=".groups"),
    "ConstantPad": _pad,
    "Convolution": _convolution,
    "Einsum": lambda g, step, x: g.add("Einsum", *x, equation=einsum_equation(step)),
    "Fold": _as_layer("Fold", output_size=".image_size", **_WINDOW),
    "Gelu": _as_layer("GELU", approximate="none"),
    "GeluTanh": _as_layer("GELU", approximate="tanh"),
    "Glu": _as_layer("GLU", dim=".dim"),
    "Hardsigmoid": _as_layer("Hardsigmoid"),
    "Linear": _linear,
    "LogSigmoid": _as_layer("LogSigmoid"),
    "LogSoftmax": _softmax("LogSoftmax"),
    "Logsumexp": _reduced("ReduceLogSumExp"),
    "Matmul": node("MatMul"),
    "MaxAlong": _extreme("ReduceMax", "ArgMax"),
    "MaxPool2DWithIndices": _max_pool,
    "Mean": _reduced("ReduceMean"),
    "MinAlong": _extreme("ReduceMin", "ArgMin"),
    "Mish": _as_layer("Mish"),
    "Permute": node("Transpose", perm="dims"),
    "PixelShuffle": _as_layer("PixelShuffle", upscale_factor=".factor"),
    "PixelUnshuffle": _as_layer("PixelUnshuffle", downscale_factor=".factor"),
    "Prod": _reduced("ReduceProd"),
    "Reshape": lambda g, step, x: g.reshape(x[0], step.settings["shape"], step.title),
    "Silu": _as_layer("SiLU"),
    "Softmax": _softmax("Softmax"),
    "Softplus": _as_layer("Softplus", beta=".beta", threshold=".threshold"),
    "Stack": _stack,
    "Sum": _reduced("ReduceSum"),
    "Tanhshrink": _as_layer("Tanhshrink"),
    "TransposedConvolution": _transposed_convolution,
    "Unfold": _as_layer("Unfold", **_WINDOW),
}
