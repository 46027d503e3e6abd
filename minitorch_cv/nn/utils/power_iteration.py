"""The largest singular value of a weight by power iteration, which both forms of spectral_norm take."""

from __future__ import annotations

from ...autograd.grad_mode import no_grad
from ...tensors.tensor import Tensor
from .. import functional as F
from ..conv import ConvTranspose1d, ConvTranspose2d
from ..module import Module


def output_dim(module: Module, dim: int | None) -> int:
    """The dimension of a module's weight that counts its outputs; `dim` if it is given."""
    if dim is not None:
        return dim
    return 1 if isinstance(module, (ConvTranspose1d, ConvTranspose2d)) else 0


def as_matrix(weight: Tensor, dim: int) -> Tensor:
    """A weight as a matrix, whose rows are what lies along `dim`."""
    if dim != 0:
        weight = weight.permute(dim, *(d for d in range(weight.ndim) if d != dim))
    return weight.reshape(weight.shape[0], -1)


def random_direction(like: Tensor, size: int, eps: float) -> Tensor:
    """A vector of length 1, to begin with."""
    return F.normalize(like.new_empty(size).normal_(0, 1), dim=0, eps=eps)


def follow(direction: Tensor, matrix: Tensor, other: Tensor, eps: float) -> None:
    """Half a step: write matrix @ other, at length 1, to `direction`, in place."""
    with no_grad():
        direction.copy_(F.normalize(matrix.mv(other), dim=0, eps=eps))


def largest_singular_value(matrix: Tensor, u: Tensor, v: Tensor) -> Tensor:
    """u @ matrix @ v: the singular value, if u and v are its directions; 0-d."""
    return u.dot(matrix.mv(v))
