"""What the operations that a forward applies between layers are in torch: functions of a step and its inputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .program import Step
from .step_arguments import einsum_equation
from .torch_layers import torch_tensor
from .torch_moves import expand, index, padded, repeat, resized, resized_antialiased, sliding_window
from .torch_windows import (
    adaptive_average_pool,
    adaptive_max_pool,
    average_pool,
    blur,
    convolution,
    max_pool,
    transposed_convolution,
)

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
        "LogSigmoid": F.logsigmoid, "Prelu": F.prelu, "Square": torch.square, "Rsqrt": torch.rsqrt, "Sign": torch.sign,
        "Log1p": torch.log1p, "Expm1": torch.expm1, "Tanhshrink": F.tanhshrink, "Where": torch.where,
        "MaskedFill": torch.masked_fill, "Lerp": torch.lerp,
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
        "Celu": lambda: lambda x: F.celu(x, s["width"]),
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
        "Repeat": lambda: repeat(step),
        "Expand": lambda: expand(step),
        "Upsample": lambda: resized(step),
        "UpsampleAntialiased": lambda: resized_antialiased(step),
        "GridSample": lambda: (
            lambda x, grid: F.grid_sample(x, grid, s["mode"], s["padding_mode"], align_corners=s["align_corners"])
        ),
        "Index": lambda: index(step),
        "IndexPad": lambda: padded(step),
        "PixelUnshuffle": lambda: lambda x: F.pixel_unshuffle(x, s["factor"]),
        "ChannelShuffle": lambda: lambda x: F.channel_shuffle(x, s["groups"]),
        "Unfold": lambda: lambda x: F.unfold(x, **_window(step)),
        "Fold": lambda: lambda x: F.fold(x, s["image_size"], **_window(step)),
        "Remainder": lambda: torch.fmod if s["sign_of"] == "a" else torch.remainder,
        "Prod": lambda: lambda x: x.prod(*s["dims"], s["keepdim"]) if s["dims"] else x.prod(),
        "IndexSelect": lambda: lambda x: x.index_select(s["dim"], torch_tensor(s["index"]).to(x.device)),
        "SlidingWindow": lambda: sliding_window(step),
        "Einsum": lambda: _einsum(step),
        "MaxAlong": lambda: lambda x: tuple(torch.max(x, s["dim"], s["keepdim"])),
        "MinAlong": lambda: lambda x: tuple(torch.min(x, s["dim"], s["keepdim"])),
        "Threshold": lambda: lambda x: F.threshold(x, s["threshold"], s["value"]),
        "Addcmul": lambda: lambda *tensors: torch.addcmul(*tensors, value=float(s["value"])),
        "Addmm": lambda: lambda x, a, b: x * float(s["beta"]) + torch.matmul(a, b) * float(s["alpha"]),
        "ToDtype": lambda: lambda x: x.to(torch_tensor(np.empty(0, s["numpy_dtype"])).dtype),
        "LayerNorm": lambda: lambda x, weight, bias: F.layer_norm(x, x.shape[-s["dims"] :], weight, bias, s["eps"]),
        "RMSNorm": lambda: lambda x, weight, bias: F.rms_norm(x, x.shape[-s["dims"] :], weight, s["eps"]),
        "GroupNorm": lambda: lambda x, weight, bias: F.group_norm(x, s["num_groups"], weight, bias, s["eps"]),
        "FixedNormRelu": lambda: _fixed_norm(step),
        "FixedNorm": lambda: _fixed_norm(step),
        "LocalResponseNorm": lambda: lambda x: F.local_response_norm(x, s["size"], s["alpha"], s["beta"], s["k"]),
        "CosineSimilarity": lambda: lambda a, b: F.cosine_similarity(a, b, dim=s["axis"][0], eps=s["eps"]),
        "Split": lambda: lambda x: torch.split(x, s["sizes"], s["dim"]),
        "Unbind": lambda: lambda x: torch.unbind(x, s["dim"]),
        "PixelShuffle": lambda: lambda x: F.pixel_shuffle(x, s["factor"]),
        "AdaptiveAvgPool2D": lambda: adaptive_average_pool(step),
        "AdaptiveMaxPool2D": lambda: adaptive_max_pool(step),
        "Hardtanh": lambda: lambda x: F.hardtanh(x, s["min_val"], s["max_val"]),
        "Cat": lambda: lambda *tensors: torch.cat(tensors, s["dim"]),
        "Stack": lambda: lambda *tensors: torch.stack(tensors, s["dim"]),
        "Permute": lambda: lambda x: x.permute(s["dims"]),
        "Reshape": lambda: _reshape(step),
        "BasicIndex": lambda: lambda x: x[s["index"]],
        "ConstantPad": lambda: _pad(step),
        "Linear": lambda: lambda *tensors: _then_relu(F.linear(*tensors), s["relu"]),
        "Convolution": lambda: convolution(step),
        "Blur2D": lambda: blur(step),
        "TransposedConvolution": lambda: transposed_convolution(step),
        "MaxPool2DWithIndices": lambda: max_pool(step),
        "AvgPool2D": lambda: average_pool(step),
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


def _window(step: Step) -> dict[str, Any]:
    window = step.settings["window"]
    return {"kernel_size": window.size, **{name: getattr(window, name) for name in ("dilation", "padding", "stride")}}


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


def _fixed_norm(step: Step) -> Function:
    """Normalisation by given statistics, and, in one operation, a sum with something else and a ReLU."""
    import torch.nn.functional as F

    s = step.settings
    mean, var = torch_tensor(s["mean"]), torch_tensor(s["var"])

    def function(x: Any, weight: Any, bias: Any, residual: Any = None) -> Any:
        y = F.batch_norm(x, mean.to(x), var.to(x), weight, bias, eps=s["eps"])
        return _then_relu(y if residual is None else y + residual, s.get("relu", False))

    return function


def _einsum(step: Step) -> Function:
    import torch

    equation = einsum_equation(step)
    return lambda *tensors: torch.einsum(equation, *tensors)
