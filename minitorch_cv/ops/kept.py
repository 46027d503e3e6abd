"""What was made of a convolution's weight in evaluation, while the weight does not change.

For few pixels, such as one image, packing or transforming the weights takes longer than the convolution; for a small
weight, the calls that do it take a while whatever the number of pixels. Whether they are still the same is told by
their numbers themselves (kernels/fingerprint.py): memory that NumPy or `.data` shares can change without a version's
being counted. The first forward that is recorded lets go of it all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..autograd.grad_mode import grad_state
from ..autograd.operation import Array
from ..autograd.variable import Variable
from ..kernels.fingerprint import fingerprint
from ..kernels.keeping import Kept

_FEW_PIXELS = 4096  # of all images: an estimate of where what is made of a weight no longer counts beside its use
_SMALL_WEIGHT = 1 << 16  # numbers: what is made of it takes some 40 microseconds a layer, however small it is


@dataclass(frozen=True, eq=False)
class Scaling:
    """A normalisation with given statistics: x * scale + shift, where scale = weight / sqrt(var + eps).

    Attributes: mean, var, weight, bias: (O,); the last two may be None.
    """

    mean: Array
    var: Array
    eps: float
    weight: Array | None
    bias: Array | None

    def scaled(self, filters: Array, bias: Array | None) -> tuple[Array, Array]:
        """Filters (O, ...) and bias of the convolution that is normalised at once."""
        scale = 1 / np.sqrt(self.var.astype(np.float64) + self.eps)
        if self.weight is not None:
            scale *= self.weight
        shift = (-self.mean if bias is None else bias - self.mean.astype(np.float64)) * scale
        if self.bias is not None:
            shift += self.bias
        factors = scale.astype(np.float32).reshape(-1, *[1] * (filters.ndim - 1))
        return filters * factors, shift.astype(np.float32)

    def numbers(self) -> tuple:
        """What tells it from others."""
        arrays = (self.mean, self.var, self.weight, self.bias)
        return self.eps, *(None if a is None else a.tobytes() for a in arrays)


def kept_for(pixels: int, weight: Variable, bias: Variable | None, norm: Scaling | None) -> Kept | None:
    """The dictionary for kernels.conv2d; None where nothing is to be kept."""
    counter = weight.version_counter
    if grad_state.enabled or weight.array.dtype != np.float32:
        return None
    if pixels > _FEW_PIXELS and weight.array.size > _SMALL_WEIGHT:
        return None
    found = fingerprint(weight.array)
    if found is None:
        return None
    key = found, None if bias is None else bias.array.tobytes(), None if norm is None else norm.numbers()
    kept = counter.kept
    if kept is None or kept[0] != key:
        kept = counter.kept = (key, {})
    return kept[1]


def let_go(weight: Variable) -> None:
    """Forget what was kept for a weight: it is being trained."""
    counter = weight.version_counter
    if counter.kept is not None:
        counter.kept = None
