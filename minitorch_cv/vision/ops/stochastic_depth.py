"""Stochastic depth: residual branches that are left out at random in training (torchvision.ops.stochastic_depth)."""

from __future__ import annotations

from ... import nn
from ...tensors.tensor import Tensor


def stochastic_depth(input: Tensor, p: float, mode: str, training: bool = True) -> Tensor:
    """Set the input, or whole samples of it, to zero with probability p, and multiply what stays by 1/(1 - p).

    Args:     input: (N, ...), floats.
              mode: "batch", all samples at once, or "row", each by itself.
              training: if False the input is given back.
    Raises:   ValueError: for another mode, and if p is not in [0, 1]. RuntimeError: for other dtypes.
    Source:   Huang et al. 2016, "Deep networks with stochastic depth".
    """
    if p < 0.0 or p > 1.0:
        raise ValueError(f"drop probability has to be between 0 and 1, but got {p}")
    if mode not in ("batch", "row"):
        raise ValueError(f"mode has to be either 'batch' or 'row', but got {mode}")
    if not training or p == 0.0:
        return input
    if not input.is_floating_point():
        raise RuntimeError(f"stochastic_depth: expected floats, got {input.dtype}; convert the input with .float()")
    staying = 1.0 - p
    shape = [input.shape[0] if mode == "row" else 1] + [1] * (input.ndim - 1)
    factors = input.new_empty(shape if input.ndim else []).bernoulli_(staying)
    if staying > 0.0:
        factors.div_(staying)
    return input * factors


class StochasticDepth(nn.Module):
    """Leaves out its input, or whole samples of it, with probability p in training; see stochastic_depth.

    Args:     p, mode: as for stochastic_depth, which checks them.
    """

    def __init__(self, p: float, mode: str) -> None:
        super().__init__()
        self.p = p
        self.mode = mode

    def forward(self, input: Tensor) -> Tensor:
        """The input, in training with samples set to zero."""
        return stochastic_depth(input, self.p, self.mode, self.training)

    def extra_repr(self) -> str:
        """Probability and mode."""
        return f"p={self.p}, mode={self.mode}"
