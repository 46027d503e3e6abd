"""torch.nn.utils.parametrizations: spectral_norm and weight_norm as parametrizations, computed at every use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

from ...tensors.tensor import Tensor
from .. import functional as F
from ..module import Module
from .parametrize import register_parametrization
from .power_iteration import as_matrix, follow, largest_singular_value, output_dim, random_direction
from .weight_norm import norm_except_dim, scaled

__all__ = ["spectral_norm", "weight_norm"]

M = TypeVar("M", bound=Module)

_FIRST_ITERATIONS = 15


class _WeightNorm(Module):
    def __init__(self, dim: int | None = 0) -> None:
        super().__init__()
        self.dim = -1 if dim is None else dim

    def forward(self, weight_g: Tensor, weight_v: Tensor) -> Tensor:
        return scaled(weight_g, weight_v, self.dim)

    def right_inverse(self, weight: Tensor) -> tuple[Tensor, Tensor]:
        return norm_except_dim(weight, self.dim), weight


def weight_norm(module: M, name: str = "weight", dim: int | None = 0) -> M:
    """Train a weight's lengths and directions instead of itself.

    The lengths are `module.parametrizations.weight.original0`, the directions `original1`; a state_dict of the older
    form of weight_norm loads too.

    Args:     name: of the parameter.
              dim: along which each slice has a length of its own, 0 for the outputs; None for one length of all.
    Returns:  the module.
    Raises:   ValueError: if there is no such parameter.
    Source:   Salimans and Kingma 2016.
    """
    register_parametrization(module, name, _WeightNorm(dim), unsafe=True)
    module.register_load_state_dict_pre_hook(_ReadOlderNames(name))
    return module


@dataclass
class _ReadOlderNames:
    """Takes weight_g and weight_v of a state_dict for the originals."""

    name: str

    def __call__(self, module: Any, state_dict: Any, prefix: str, *_: Any) -> None:
        old = [f"{prefix}{self.name}_{end}" for end in "gv"]
        if all(key in state_dict for key in old):
            for i, key in enumerate(old):
                state_dict[f"{prefix}parametrizations.{self.name}.original{i}"] = state_dict.pop(key)


class _SpectralNorm(Module):
    _u: Tensor
    _v: Tensor

    def __init__(self, weight: Tensor, n_power_iterations: int = 1, dim: int = 0, eps: float = 1e-12) -> None:
        super().__init__()
        ndim = weight.ndim
        if dim >= ndim or dim < -ndim:
            raise IndexError(f"Dimension out of range (expected to be in range of [-{ndim}, {ndim - 1}] but got {dim})")
        if n_power_iterations <= 0:
            raise ValueError(
                f"Expected n_power_iterations to be positive, but got n_power_iterations={n_power_iterations}"
            )
        self.dim = dim if dim >= 0 else dim + ndim
        self.eps = eps
        if ndim > 1:
            self.n_power_iterations = n_power_iterations
            matrix = as_matrix(weight.detach(), self.dim)
            u, v = (random_direction(matrix, size, eps) for size in matrix.shape)
            self.register_buffer("_u", u)
            self.register_buffer("_v", v)
            self._iterate(matrix, _FIRST_ITERATIONS)

    def _iterate(self, matrix: Tensor, times: int) -> None:
        for _ in range(times):
            follow(self._u, matrix, self._v, self.eps)
            follow(self._v, matrix.t(), self._u, self.eps)

    def forward(self, weight: Tensor) -> Tensor:
        if weight.ndim == 1:
            return F.normalize(weight, dim=0, eps=self.eps)
        matrix = as_matrix(weight, self.dim)
        if self.training:
            self._iterate(matrix.detach(), self.n_power_iterations)
        # Backward of this use may come after the next one, which writes to u and v.
        return weight / largest_singular_value(matrix, self._u.clone(), self._v.clone())

    def right_inverse(self, value: Tensor) -> Tensor:
        return value


def spectral_norm(
    module: M, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> M:
    """Divide a weight by its largest singular value, whenever it is used; a vector by its length.

    The parameter is then `module.parametrizations.weight.original`; the directions of the singular value, buffers
    beside it, begin at random, take fifteen steps of power iteration at once and more with every use in training mode.

    Args:     name: of the parameter.
              n_power_iterations: steps of power iteration for each use in training.
              dim: that counts the outputs; by default 0, 1 for transposed convolutions.
    Returns:  the module.
    Raises:   ValueError: if n_power_iterations is not positive, or if there is no such parameter. IndexError: if it
                has no such dimension.
    Source:   Miyato et al. 2018.
    """
    weight = getattr(module, name, None)
    if not isinstance(weight, Tensor):
        raise ValueError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    made = _SpectralNorm(weight, n_power_iterations, output_dim(module, dim), eps)
    return register_parametrization(module, name, made)
