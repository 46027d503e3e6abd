"""What convolutions and transposed convolutions check of their arguments."""

from __future__ import annotations

from typing import Any

from ..autograd.variable import Variable
from .arguments import check_floating, check_same_dtype, check_tensor, tuple_of
from .image_form import ImageForm


def check_operands(op_name: str, spatial: int, input: Variable, weight: Variable, bias: Variable | None) -> ImageForm:
    """Raise unless input, weight and bias are tensors of one float dtype and the right rank; the form of input."""
    check_floating(op_name, input)
    check_tensor(op_name, weight, "weight")
    if bias is not None:
        check_tensor(op_name, bias, "bias")
    check_same_dtype(op_name, input=input, weight=weight, bias=bias)
    shape = list(input.array.shape)
    if weight.array.ndim != spatial + 2:
        raise RuntimeError(
            f"{op_name}: expected a {spatial + 2}-dimensional weight, but got weight of size {list(weight.array.shape)}"
        )
    if input.array.ndim not in (spatial + 1, spatial + 2):
        raise RuntimeError(
            f"Expected {spatial + 1}D (unbatched) or {spatial + 2}D (batched) input to {op_name}, "
            f"but got input of size: {shape}"
        )
    return ImageForm(spatial, batched=input.array.ndim == spatial + 2)


def check_steps(op_name: str, spatial: int, stride: Any, dilation: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Stride and dilation for each spatial dimension; an error if one is less than 1."""
    strides = tuple_of(spatial, op_name, "stride", stride)
    dilations = tuple_of(spatial, op_name, "dilation", dilation)
    if min(strides) < 1:
        raise RuntimeError(f"{op_name}: non-positive stride is not supported, got {list(strides)}")
    if min(dilations) < 1:
        raise RuntimeError(f"{op_name}: dilation should be greater than zero, but got {list(dilations)}")
    return strides, dilations


def check_groups(op_name: str, groups: int, weight: Variable) -> int:
    """The number of groups, which must divide the weight's first dimension; its window must not be empty."""
    (groups,) = tuple_of(1, op_name, "groups", groups)
    shape = list(weight.array.shape)
    if groups < 1:
        raise RuntimeError(f"{op_name}: non-positive groups is not supported, got {groups}")
    if shape[0] < groups:
        raise RuntimeError(
            f"{op_name}: Given groups={groups}, expected weight to be at least {groups} at dimension 0, "
            f"but got weight of size {shape} instead"
        )
    if shape[0] % groups:
        raise RuntimeError(
            f"{op_name}: Given groups={groups}, expected weight to be divisible by {groups} at dimension 0, "
            f"but got weight of size {shape} instead"
        )
    if 0 in shape[2:]:
        raise RuntimeError(f"{op_name}: kernel size should be greater than zero, but got weight of size {shape}")
    return groups


def check_bias(op_name: str, bias: Variable | None, weight: Variable, channels: int) -> None:
    """Raise unless bias is None or has one element for each output channel."""
    if bias is not None and bias.array.shape != (channels,):
        raise RuntimeError(
            f"{op_name}: Given weight of size {list(weight.array.shape)}, expected bias to be 1-dimensional with "
            f"{channels} elements, but got bias of size {list(bias.array.shape)} instead"
        )


def check_paddings(op_name: str, spatial: int, padding: Any) -> tuple[int, ...]:
    """Padding for each spatial dimension; an error if one is negative."""
    numbers = tuple_of(spatial, op_name, "padding", padding)
    if min(numbers) < 0:
        raise RuntimeError(f"{op_name}: negative padding is not supported, got {list(numbers)}. Crop with F.pad.")
    return numbers


def times(sizes: Any) -> str:
    """Sizes as error messages name them: 5 x 7."""
    return " x ".join(map(str, sizes))
