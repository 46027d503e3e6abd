"""Clipping gradients: keeping them from growing too large before an optimiser's step."""

from __future__ import annotations

import types
import warnings
from collections.abc import Iterable

import numpy as np

from ...tensors.tensor import Tensor

Tensors = Tensor | Iterable[Tensor]


def get_total_norm(
    tensors: Tensors, norm_type: float = 2.0, error_if_nonfinite: bool = False, foreach: bool | None = None
) -> Tensor:
    """The norm of all the tensors' elements together, as if they were one vector; 0-d.

    Args:     norm_type: the p of the p-norm, any float or 'inf'.
              error_if_nonfinite: raise instead of giving NaN or infinity.
              foreach: changes nothing, which a warning says.
    Raises:   RuntimeError: for a norm that is not finite, if asked for.
    """
    _check_foreach("get_total_norm", foreach)
    norm_type = float(norm_type)
    arrays = [t.array for t in _as_list(tensors)]
    if not arrays:
        return Tensor.wrap(np.zeros((), np.float32))
    with np.errstate(all="ignore"):
        norms = [_vector_norm(a.reshape(-1), norm_type) for a in arrays]
        total = np.asarray(_vector_norm(np.array(norms, np.result_type(*norms)), norm_type))
    if error_if_nonfinite and not np.isfinite(total):
        raise RuntimeError(
            f"The total norm of order {norm_type} for gradients from `parameters` is non-finite, so it cannot be "
            "clipped. To disable this error and scale the gradients by the non-finite norm anyway, set "
            "`error_if_nonfinite=False`"
        )
    return Tensor.wrap(total)


def clip_grads_with_norm_(
    parameters: Tensors, max_norm: float, total_norm: Tensor, foreach: bool | None = None
) -> None:
    """Scale gradients, in place, by max_norm / total_norm if that is less than 1.

    Args:     parameters: tensors whose gradients are scaled; those without one are passed over.
              total_norm: from get_total_norm.
              foreach: changes nothing, which a warning says.
    """
    _check_foreach("clip_grads_with_norm_", foreach)
    norm = total_norm.array
    with np.errstate(all="ignore"):
        scale = np.minimum(float(max_norm) / (norm + norm.dtype.type(1e-6)), 1)  # a NaN stays one
        for grad in _grads(_as_list(parameters)):
            grad.array *= scale.astype(grad.array.dtype)
            grad.bump_version()


def clip_grad_norm_(
    parameters: Tensors,
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Scale gradients, in place, so that the norm of all of them together is at most max_norm.

    Args:     parameters: tensors whose gradients are scaled; those without one are passed over.
              norm_type, error_if_nonfinite, foreach: as get_total_norm.
    Returns:  the norm before scaling.
    Raises:   RuntimeError: for a norm that is not finite, if asked for.
    """
    _check_foreach("clip_grad_norm_", foreach)
    params = _as_list(parameters)
    if not params and isinstance(parameters, types.GeneratorType):
        warnings.warn("`parameters` is an empty generator, no gradient clipping will occur.", stacklevel=2)
    total_norm = get_total_norm(_grads(params), norm_type, error_if_nonfinite)
    clip_grads_with_norm_(params, max_norm, total_norm)
    return total_norm


def clip_grad_value_(parameters: Tensors, clip_value: float, foreach: bool | None = None) -> None:
    """Limit every element of the gradients, in place, to [-clip_value, clip_value].

    Args:     parameters: tensors whose gradients are limited; those without one are passed over.
              foreach: changes nothing, which a warning says.
    """
    _check_foreach("clip_grad_value_", foreach)
    limit = float(clip_value)
    for grad in _grads(_as_list(parameters)):
        np.minimum(np.maximum(grad.array, -limit), limit, out=grad.array)  # the upper limit wins, as in torch.clamp
        grad.bump_version()


def _as_list(tensors: Tensors) -> list[Tensor]:
    return [tensors] if isinstance(tensors, Tensor) else list(tensors)


def _grads(params: list[Tensor]) -> list[Tensor]:
    return [p.grad for p in params if p.grad is not None]


def _vector_norm(x: np.ndarray, p: float) -> np.generic:
    """The p-norm of a vector, in the vector's dtype."""
    if x.size == 0:
        if p < 0 or p == np.inf:
            raise RuntimeError(
                f"cannot compute the {p} norm on an empty tensor because the operation does not have an identity"
            )
        return x.dtype.type(0)
    return x.dtype.type(np.linalg.norm(x.astype(np.float32) if x.dtype == np.float16 else x, p))


def _check_foreach(op_name: str, foreach: bool | None) -> None:
    if foreach:
        warnings.warn(f"{op_name}: foreach=True changes nothing: there is one implementation", stacklevel=3)


def clip_grad_norm(
    parameters: Tensors,
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """clip_grad_norm_, under its old name, with a warning."""
    warnings.warn(
        "`torch.nn.utils.clip_grad_norm` is now deprecated in favor of `torch.nn.utils.clip_grad_norm_`.",
        FutureWarning,
        stacklevel=2,
    )
    return clip_grad_norm_(parameters, max_norm, norm_type, error_if_nonfinite, foreach)
