"""What the operations that a forward applies between layers are in torch: functions of a step and its inputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .pooling_places import slid_window
from .program import Step
from .torch_layers import torch_tensor

Function = Callable[..., Any]


def torch_function(step: Step) -> Function:
    """A function of torch tensors, the step's inputs, that gives the step's output.

    Raises:   NotImplementedError: for an operation that is not in the table.
    """
    import torch
    import torch.nn.functional as F

    s = step.settings
    simple: dict[str, Function] = {
        "Mul": torch.mul, "Div": torch.div, "Neg": torch.neg, "Pow": torch.pow, "Exp": torch.exp, "Log": torch.log,
        "Sqrt": torch.sqrt, "Abs": torch.abs, "Relu": torch.relu, "Sigmoid": torch.sigmoid, "Tanh": torch.tanh,
        "Clone": torch.clone, "Reciprocal": torch.reciprocal, "Erf": torch.erf, "Sin": torch.sin, "Cos": torch.cos,
        "Maximum": torch.maximum, "Minimum": torch.minimum, "Matmul": torch.matmul, "Silu": F.silu, "Mish": F.mish,
        "Gelu": F.gelu, "Hardswish": F.hardswish, "Hardsigmoid": F.hardsigmoid, "Softsign": F.softsign,
        "LogSigmoid": F.logsigmoid, "Prelu": F.prelu,
    }  # fmt: skip
    if step.kind in simple:
        return simple[step.kind]
    made: dict[str, Callable[[], Function]] = {
        "Add": lambda: lambda a, b: torch.add(a, b, alpha=s["alpha"]),
        "Sub": lambda: lambda a, b: torch.sub(a, b, alpha=s["alpha"]),
        "Rsub": lambda: lambda a, b: torch.sub(a, b, alpha=s["alpha"]),
        "Sum": lambda: lambda x: torch.sum(x, s["dims"], s["keepdim"]),
        "Mean": lambda: lambda x: torch.mean(x, s["dims"], s["keepdim"]),
        "Softmax": lambda: lambda x: torch.softmax(x, *s["axis"]),
        "LogSoftmax": lambda: lambda x: torch.log_softmax(x, *s["axis"]),
        "LeakyRelu": lambda: lambda x: F.leaky_relu(x, s["negative_slope"]),
        "GeluTanh": lambda: lambda x: F.gelu(x, approximate="tanh"),
        "Softplus": lambda: lambda x: F.softplus(x, s["beta"], s["threshold"]),
        "Elu": lambda: lambda x: F.elu(x, s["alpha"]) * s["scale"],  # SELU is an ELU that is scaled
        "Glu": lambda: lambda x: F.glu(x, s["dim"]),
        "Clamp": lambda: _clamp(step),
        "Amax": lambda: lambda x: torch.amax(x, s["dims"], s["keepdim"]),
        "Amin": lambda: lambda x: torch.amin(x, s["dims"], s["keepdim"]),
        "Var": lambda: lambda x: torch.var(x, s["dims"], correction=s["correction"], keepdim=s["keepdim"]),
        "Std": lambda: lambda x: torch.std(x, s["dims"], correction=s["correction"], keepdim=s["keepdim"]),
        "Logsumexp": lambda: lambda x: torch.logsumexp(x, s["dims"], s["keepdim"]),
        "VectorNorm": lambda: lambda x: torch.linalg.vector_norm(x, s["order"], s["dims"], s["keepdim"]),
        "Cumsum": lambda: lambda x: torch.cumsum(x, s["dim"]),
        "Flip": lambda: lambda x: torch.flip(x, s["dims"]),
        "Roll": lambda: lambda x: torch.roll(x, s["shifts"], s["dims"]),
        "Repeat": lambda: lambda x: x.repeat(s["repeats"]),
        "Split": lambda: lambda x: torch.split(x, s["sizes"], s["dim"]),
        "Unbind": lambda: lambda x: torch.unbind(x, s["dim"]),
        "PixelShuffle": lambda: lambda x: F.pixel_shuffle(x, s["factor"]),
        "AdaptiveAvgPool2D": lambda: _adaptive_average_pool(step),
        "Hardtanh": lambda: lambda x: F.hardtanh(x, s["min_val"], s["max_val"]),
        "Cat": lambda: lambda *tensors: torch.cat(tensors, s["dim"]),
        "Stack": lambda: lambda *tensors: torch.stack(tensors, s["dim"]),
        "Permute": lambda: lambda x: x.permute(s["dims"]),
        "Reshape": lambda: _reshape(step),
        "BasicIndex": lambda: lambda x: x[s["index"]],
        "ConstantPad": lambda: _pad(step),
        "Linear": lambda: lambda *tensors: _then_relu(F.linear(*tensors), s["relu"]),
        "Convolution": lambda: _convolution(step),
        "MaxPool2DWithIndices": lambda: _max_pool(step),
        "AvgPool2D": lambda: _average_pool(step),
    }
    if step.kind not in made:
        raise NotImplementedError(
            f"to_torch: {step.title} has no counterpart here; supported are {', '.join(sorted({**simple, **made}))}, "
            "and all layers that torch.nn has"
        )
    return made[step.kind]()


def reshape_target(step: Step) -> tuple[int, ...]:
    """The shape of a Reshape, with -1 for the size that depends on the batch.

    Raises:   NotImplementedError: if there are several.
    """
    shape = step.settings["shape"]
    if shape.count(None) > 1:
        raise NotImplementedError(f"{step.title}: more than one size depends on the batch: {list(shape)}")
    return tuple(-1 if n is None else n for n in shape)


def _reshape(step: Step) -> Function:
    target = reshape_target(step)
    return lambda x: x.reshape(target)


def _clamp(step: Step) -> Function:
    low, high = (None if step.settings[n] is None else torch_tensor(step.settings[n]) for n in ("min", "max"))
    return lambda x: x.clamp(*[limit if limit is None else limit.to(x.dtype) for limit in (low, high)])


def _pad(step: Step) -> Function:
    import torch.nn.functional as F

    numbers = [n for pair in reversed(step.settings["pads"]) for n in pair]
    return lambda x: F.pad(x, numbers, value=step.settings["value"])


def _then_relu(x: Any, relu: bool) -> Any:
    return x.relu() if relu else x


def _convolution(step: Step) -> Function:
    import torch.nn.functional as F

    s = step.settings
    window, form = s["window"], s["form"]
    convolve = F.conv2d if form.spatial == 2 else F.conv1d
    sides = window.padding_by_side[2 - form.spatial :]
    padding = [n for pair in reversed(sides) for n in pair]
    stride, dilation = window.stride[2 - form.spatial :], window.dilation[2 - form.spatial :]

    def function(x: Any, weight: Any, bias: Any) -> Any:
        return _then_relu(convolve(F.pad(x, padding), weight, bias, stride, 0, dilation, s["groups"]), s["relu"])

    return function


def _max_pool(step: Step) -> Function:
    import torch.nn.functional as F

    if step.settings["return_indices"] or step.settings["form"].spatial != 2:
        raise NotImplementedError(f"{step.title}: only F.max_pool2d without return_indices is supported; use a layer")
    window = slid_window(step.settings["places"], step.title)
    ceil_mode = _hangs_over(step)
    return lambda x: F.max_pool2d(x, window.size, window.stride, window.padding, ceil_mode=ceil_mode)


def _average_pool(step: Step) -> Function:
    import torch.nn.functional as F

    if step.settings["form"].spatial != 2:
        raise NotImplementedError(f"{step.title}: only F.avg_pool2d is supported; use a layer")
    window, ceil_mode = slid_window(step.settings["places"], step.title), _hangs_over(step)
    divisor = torch_tensor(step.settings["divisor"])

    def function(x: Any) -> Any:
        sums = F.avg_pool2d(x, window.size, window.stride, window.padding, ceil_mode, divisor_override=1)
        return sums / divisor.to(x.dtype)

    return function


def _adaptive_average_pool(step: Step) -> Function:
    import torch.nn.functional as F

    *_, height, width = step.outputs[0].shape
    return lambda x: F.adaptive_avg_pool2d(x, (height, width))


def _hangs_over(step: Step) -> bool:
    """Whether the last windows hang over the edge, so that ceil_mode is needed for as many."""
    places = step.settings["places"]
    window = slid_window(places, step.title)
    return any(
        count > (n + 2 * p - k) // s + 1
        for n, k, s, p, count in zip(places.image_size, window.size, window.stride, window.padding, window.number)
    )
