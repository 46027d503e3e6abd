"""What convolutions and pooling between layers are in torch: functions of their inputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .pooling_places import slid_window
from .program import Step
from .step_arguments import transposed_settings
from .torch_layers import torch_tensor

Function = Callable[..., Any]


def convolution(step: Step) -> Function:
    """F.conv2d, F.conv1d; with a ReLU behind it where the library runs both as one."""
    import torch.nn.functional as F

    s = step.settings
    window, form = s["window"], s["form"]
    convolve = F.conv2d if form.spatial == 2 else F.conv1d
    sides = window.padding_by_side[2 - form.spatial :]
    padding = [n for pair in reversed(sides) for n in pair]
    stride, dilation = window.stride[2 - form.spatial :], window.dilation[2 - form.spatial :]

    def function(x: Any, weight: Any, bias: Any) -> Any:
        y = convolve(F.pad(x, padding), weight, bias, stride, 0, dilation, s["groups"])
        return y.relu() if s["relu"] else y

    return function


def blur(step: Step) -> Function:
    """F.conv2d of each channel with the one filter."""
    import torch.nn.functional as F

    window = step.settings["window"]
    padding = [n for pair in reversed(window.padding_by_side) for n in pair]

    def function(x: Any, kernel: Any) -> Any:
        channels = x.shape[-3]
        filters = kernel.expand(channels, 1, *kernel.shape)
        return F.conv2d(F.pad(x, padding), filters, stride=window.stride, groups=channels)

    return function


def transposed_convolution(step: Step) -> Function:
    """F.conv_transpose2d, F.conv_transpose1d."""
    import torch.nn.functional as F

    stride, padding, extra, dilation = transposed_settings(step)
    spread: Function = F.conv_transpose2d if step.settings["form"].spatial == 2 else F.conv_transpose1d
    return lambda *tensors: spread(*tensors, stride, padding, extra, step.settings["groups"], dilation)


def max_pool(step: Step) -> Function:
    """F.max_pool2d without indices."""
    import torch.nn.functional as F

    if step.settings["return_indices"] or step.settings["form"].spatial != 2:
        raise NotImplementedError(f"{step.title}: only F.max_pool2d without return_indices is supported; use a layer")
    window = slid_window(step.settings["places"], step.title)
    ceil_mode = _hangs_over(step)
    return lambda x: F.max_pool2d(x, window.size, window.stride, window.padding, ceil_mode=ceil_mode)


def average_pool(step: Step) -> Function:
    """F.avg_pool2d."""
    import torch.nn.functional as F

    if step.settings["form"].spatial != 2:
        raise NotImplementedError(f"{step.title}: only F.avg_pool2d is supported; use a layer")
    window, ceil_mode = slid_window(step.settings["places"], step.title), _hangs_over(step)
    divisor = torch_tensor(step.settings["divisor"])

    def function(x: Any) -> Any:
        sums = F.avg_pool2d(x, window.size, window.stride, window.padding, ceil_mode, divisor_override=1)
        return sums / divisor.to(x.dtype)

    return function


def adaptive_average_pool(step: Step) -> Function:
    """F.adaptive_avg_pool2d."""
    import torch.nn.functional as F

    *_, height, width = step.outputs[0].shape
    return lambda x: F.adaptive_avg_pool2d(x, (height, width))


def adaptive_max_pool(step: Step) -> Function:
    """F.adaptive_max_pool2d without indices."""
    import torch.nn.functional as F

    size: Any = step.outputs[0].shape[-2:]
    if step.settings["return_indices"]:
        raise NotImplementedError(f"{step.title}: return_indices=True is not supported")
    return lambda x: F.adaptive_max_pool2d(x, size)


def _hangs_over(step: Step) -> bool:
    """Whether the last windows hang over the edge, so that ceil_mode is needed for as many."""
    places = step.settings["places"]
    window = slid_window(places, step.title)
    return any(
        count > (n + 2 * p - k) // s + 1
        for n, k, s, p, count in zip(places.image_size, window.size, window.stride, window.padding, window.number)
    )
