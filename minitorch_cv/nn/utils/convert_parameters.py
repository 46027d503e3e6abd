"""A model's parameters as one vector, and back."""

from __future__ import annotations

from collections.abc import Iterable

from ...ops.joining import cat
from ...tensors.tensor import Tensor
from ..typename import typename


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """The elements of all parameters, one after the other; differentiable.

    Raises:   RuntimeError: if there are none.
    """
    return cat(tuple(param.view(-1) for param in parameters))  # type: ignore[return-value]


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Give parameters the elements of a vector, in parameters_to_vector's order; they share its memory.

    Raises:   TypeError: if vec is no Tensor. RuntimeError: if it has too few elements.
    """
    if not isinstance(vec, Tensor):
        raise TypeError(f"expected torch.Tensor, but got: {typename(vec)}")
    start = 0
    for param in parameters:
        end = start + param.numel()
        param.data = vec[start:end].view(param.shape).data
        start = end
