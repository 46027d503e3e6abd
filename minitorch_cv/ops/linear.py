"""Linear and bilinear maps of vectors, with a bias."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from ..kernels import layout
from ..kernels.matrix_product import matrix_product
from .activation_piecewise import relu_gradient, relu_of
from .arguments import broadcast_shape, check_floating, check_same_dtype, unbroadcast
from .known import kind, kind_of, known


@dataclass(eq=False, repr=False)
class Linear(Operation):
    """x @ weight.T + bias, and on request the ReLU of that."""

    relu: bool = False

    def name(self) -> str:
        """AddmmBackward0, or MmBackward0 without a bias; for other than 2-D inputs PyTorch ends with a view."""
        if self.relu:
            return "ReluBackward0"
        if len(self.input_shape) != 2:
            return "ViewBackward0" if self.has_bias else "UnsafeViewBackward0"
        return "AddmmBackward0" if self.has_bias else "MmBackward0"

    @property
    def next_functions(self) -> tuple:
        """As of the product and sum that it is: the bias comes first."""
        input, weight, bias = super().next_functions
        return (bias, input, weight) if self.has_bias else (input, weight)

    def forward(self, x: Array, weight: Array, bias: Array | None) -> Array:
        self.input_shape, self.weight_shape = x.shape, weight.shape
        self.has_bias = bias is not None
        self.bias_shape = () if bias is None else bias.shape
        self.rows: Any = _rows(x) if self.needs_grad[1] else None
        self.matrix: Any = _rows(weight) if self.needs_grad[0] else None
        out = _product(x, weight, bias, self.relu)
        self.y: Any = out if self.relu and True in self.needs_grad else None
        return out

    def backward(self, grad_out: Array) -> tuple:
        if self.relu:
            grad_out = relu_gradient(self.y, grad_out)
        outputs = math.prod(self.weight_shape[:-1])
        grad = layout.contiguous(grad_out).reshape(math.prod(self.input_shape[:-1]), outputs)
        return (
            matrix_product(grad, self.matrix).reshape(self.input_shape) if self.needs_grad[0] else None,
            matrix_product(grad.T, self.rows).reshape(self.weight_shape) if self.needs_grad[1] else None,
            unbroadcast(grad_out, self.bias_shape) if self.needs_grad[2] else None,
        )


def _rows(x: Array) -> Array:
    """All vectors under one another; a single weight (I,) is (1, I)."""
    return x if x.ndim == 2 else x.reshape(math.prod(x.shape[:-1]), x.shape[-1])


def _product(x: Array, weight: Array, bias: Array | None, relu: bool) -> Array:
    """x @ weight.T + bias, or the ReLU of that."""
    broadcast = bias is not None and bias.shape != weight.shape[:-1]
    low = 0 if relu and not broadcast else -math.inf
    out = matrix_product(_rows(x), _rows(weight).T, None if broadcast else bias, low)
    if x.ndim != 2 or weight.ndim != 2:
        out = out.reshape((*x.shape[:-1], *weight.shape[:-1]))
    if broadcast:
        out += bias
        out = relu_of(out, out=out) if relu else out
    return out


@dataclass(eq=False, repr=False)
class Bilinear(Operation):
    """x1 @ weight[o] @ x2 + bias[o] for each output o."""

    torch_name = "AddBackward0"

    def forward(self, x1: Array, x2: Array, weight: Array, bias: Array | None) -> Array:
        self.x1, self.x2, self.weight = x1, x2, weight
        out = np.einsum("...i,oij,...j->...o", x1, weight, x2, optimize=True)
        return out if bias is None else out + bias

    def backward(self, grad_out: Array) -> tuple:
        x1, x2, weight = self.x1, self.x2, self.weight
        product = {
            0: lambda: np.einsum("...o,oij,...j->...i", grad_out, weight, x2, optimize=True),
            1: lambda: np.einsum("...o,oij,...i->...j", grad_out, weight, x1, optimize=True),
            2: lambda: np.einsum("...o,...i,...j->oij", grad_out, x1, x2, optimize=True),
            3: lambda: unbroadcast(grad_out, weight.shape[:1]),
        }
        return tuple(product[position]() if needed else None for position, needed in enumerate(self.needs_grad))


def _check_dtypes(op_name: str, **tensors: Variable | None) -> None:
    present = {name: t for name, t in tensors.items() if t is not None}
    (first_name, first), *others = present.items()
    for name, tensor in others:
        if tensor.dtype is not first.dtype:
            raise RuntimeError(
                f"{op_name}: mat1 and mat2 must have the same dtype, but got {first.dtype.tensor_type} ({first_name}) "
                f"and {tensor.dtype.tensor_type} ({name}). Convert the {first_name}: {first_name}.to({tensor.dtype})."
            )


def linear(input: V, weight: Variable, bias: Variable | None = None) -> V:
    """input @ weight.T + bias.

    Args:     input: (..., I).
              weight: (O, I), or (I,) for a single output without a dimension of its own.
              bias: (O,).
    Returns:  (..., O).
    Raises:   RuntimeError: if shapes or dtypes do not go together.
    """
    return _linear(input, weight, bias, relu=False)


def linear_relu(input: V, weight: Variable, bias: Variable | None = None) -> V:
    """relu(linear(input, weight, bias)) as one operation."""
    return _linear(input, weight, bias, relu=True)


def _linear(input: V, weight: Variable, bias: Variable | None, relu: bool) -> V:
    known(_KNOWN, (kind(input), kind(weight), kind(bias)), lambda: _check_linear(input, weight, bias))
    return Linear(relu)(input, weight, bias)


def evaluate_linear(x: Array, weight: Variable, bias: Variable | None, relu: bool) -> Array:
    """What linear, or linear_relu, gives for the array of an input, when nothing is recorded."""
    known(_KNOWN, (kind_of(x), kind(weight), kind(bias)), lambda: _check_linear(weight.wrap(x), weight, bias))
    return _product(x, weight.array, None if bias is None else bias.array, relu)


_KNOWN: dict[Any, None] = {}


def _check_linear(input: Variable, weight: Variable, bias: Variable | None) -> None:
    check_floating("linear", input)
    check_floating("linear", weight, "weight")
    if bias is not None:
        check_floating("linear", bias, "bias")
    _check_dtypes("linear", input=input, weight=weight, bias=bias)
    if input.ndim == 0 or weight.ndim == 0:
        raise RuntimeError(
            f"linear: both arguments to linear need to be at least 1D, but they are {input.ndim}D and {weight.ndim}D"
        )
    if weight.ndim > 2 or (weight.ndim == 1 and bias is not None):
        raise RuntimeError(
            f"linear: mat2 must be a matrix, got {weight.ndim}-D tensor: expected weight (out_features, in_features), "
            f"got {list(weight.shape)}"
        )
    if input.shape[-1] != weight.shape[-1]:
        rows, columns = math.prod(input.shape[:-1]), weight.shape[0] if weight.ndim == 2 else 1
        raise RuntimeError(
            f"linear: input has {input.shape[-1]} features in its last dimension, but weight {tuple(weight.shape)} "
            f"expects {weight.shape[-1]}: mat1 and mat2 shapes cannot be multiplied ({rows}x{input.shape[-1]} and "
            f"{weight.shape[-1]}x{columns})"
        )
    if bias is not None:
        out_shape = (*input.shape[:-1], weight.shape[0])
        if broadcast_shape("linear", bias.shape, out_shape) != out_shape:
            raise RuntimeError(f"linear: bias {list(bias.shape)} does not broadcast to the output {list(out_shape)}")


def bilinear(input1: V, input2: Variable, weight: Variable, bias: Variable | None = None) -> V:
    """input1 @ weight[o] @ input2 + bias[o] for each output feature o.

    Args:     input1, input2: (..., I) and (..., J).
              weight: (O, I, J).
              bias: (O,).
    Returns:  (..., O).
    Raises:   RuntimeError: if shapes or dtypes do not go together.
    """
    for name, tensor in (("input1", input1), ("input2", input2), ("weight", weight)):
        check_floating("bilinear", tensor, name)
    if bias is not None:
        check_floating("bilinear", bias, "bias")
    check_same_dtype("bilinear", input1=input1, input2=input2, weight=weight, bias=bias)
    if input1.ndim != input2.ndim:
        raise RuntimeError(f"bilinear(): input dimensions do not match: got {input1.ndim} and {input2.ndim}")
    for d, (n, m) in enumerate(zip(input1.shape[:-1], input2.shape[:-1])):
        if n != m:
            raise RuntimeError(f"bilinear(): input batch dimensions do not match at dim {d}: got {n} and {m}")
    if weight.ndim != 3:
        raise RuntimeError(
            f"bilinear(): weight must be (out_features, in1_features, in2_features), got {list(weight.shape)}"
        )
    for name, tensor, size in (("input1", input1, weight.shape[1]), ("input2", input2, weight.shape[2])):
        found = tensor.shape[-1] if tensor.ndim else 0
        if found != size:
            raise RuntimeError(f"bilinear(): {name} size does not match weight size: got {found} but expected {size}")
    if bias is not None and bias.shape != weight.shape[:1]:
        raise RuntimeError(
            f"bilinear(): bias size does not match weight size: got {list(bias.shape)} but expected {[weight.shape[0]]}"
        )
    return Bilinear()(input1, input2, weight, bias)
