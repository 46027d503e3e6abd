"""GradScaler: a loss multiplied before backward, so that small gradients do not vanish, and gradients divided after."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np

from ..autograd.grad_mode import no_grad
from ..optim import Optimizer
from ..tensors.creation import tensor
from ..tensors.tensor import Tensor
from ..types.dtype import float16, float32

_UNSCALED, _STEPPED = "unscaled", "stepped"
_LARGEST = float(np.finfo(np.float32).max)


class GradScaler:
    """Scales losses and unscales gradients, leaves out steps with gradients that overflowed, and adapts the scale.

    For the CPU it does what PyTorch's does. For "cuda", the default, it warns as PyTorch does where there is no GPU,
    and is disabled: `scale` gives back what it is given, `step` is the optimiser's, the rest does nothing.

    Args:     device: 'cuda' or 'cpu'.
              init_scale: factor of the first losses.
              growth_factor: of the scale, after `growth_interval` steps in a row without overflow.
              backoff_factor: of the scale, after an overflow.
              enabled: False for one that does nothing.
    Raises:   AssertionError: unless growth_factor > 1 > backoff_factor.
    Source:   https://pytorch.org/docs/stable/amp.html
    """

    def __init__(
        self,
        device: str = "cuda",
        init_scale: float = 2.0**16,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
        enabled: bool = True,
    ) -> None:
        if device not in ("cuda", "cpu"):
            raise ValueError(f"GradScaler: device must be 'cuda' or 'cpu', got {device!r}")
        if device == "cuda" and enabled:
            warnings.warn(
                "torch.cuda.amp.GradScaler is enabled, but CUDA is not available.  Disabling.",
                stacklevel=2,
            )
            enabled = False
        self._enabled = enabled
        if not enabled:
            return
        if growth_factor <= 1.0:
            raise AssertionError("The growth factor must be > 1.0.")
        if backoff_factor >= 1.0:
            raise AssertionError("The backoff factor must be < 1.0.")
        self._scale = float(init_scale)
        self._growth_factor = growth_factor
        self._backoff_factor = backoff_factor
        self._growth_interval = growth_interval
        self._steps_without_overflow = 0
        self._started = False  # whether `scale` was called
        self._stages: dict[int, str] = {}  # of optimisers, by id, since the last update
        self._overflowed: dict[int, bool] = {}  # whether a gradient of theirs was not finite

    def scale(self, outputs: Any) -> Any:
        """`outputs` times the scale: a tensor, or a list, tuple or other iterable of them."""
        if not self._enabled:
            return outputs
        self._started = True
        if isinstance(outputs, Tensor):
            return outputs * tensor(self._scale, dtype=float32)
        if isinstance(outputs, Iterable):
            scaled = map(self.scale, outputs)
            return type(outputs)(scaled) if isinstance(outputs, (list, tuple)) else scaled  # type: ignore[call-arg]
        raise ValueError("outputs must be a Tensor or an iterable of Tensors")

    @no_grad()
    def unscale_(self, optimizer: Optimizer) -> None:
        """Divide the gradients of an optimiser's parameters by the scale, in place, such as before clipping them.

        Raises:   RuntimeError: if called a second time before `update`, or after `step`.
                  ValueError: for float16 gradients. AssertionError: if nothing was scaled before.
        """
        if not self._enabled:
            return
        self._check_started("unscale_")
        stage = self._stages.get(id(optimizer))
        if stage == _UNSCALED:
            raise RuntimeError("unscale_() has already been called on this optimizer since the last update().")
        if stage == _STEPPED:
            raise RuntimeError("unscale_() is being called after step().")
        overflowed, inverse = False, float(np.float32(1 / self._scale))
        for group in optimizer.param_groups:
            for param in group["params"]:
                if param.grad is None:
                    continue
                if param.grad.dtype is float16:
                    raise ValueError("Attempting to unscale FP16 gradients.")
                overflowed = overflowed or not np.isfinite(param.grad.array).all()
                param.grad.mul_(inverse)
        self._overflowed[id(optimizer)] = overflowed
        self._stages[id(optimizer)] = _UNSCALED

    def step(self, optimizer: Optimizer, *args: Any, **kwargs: Any) -> Any:
        """The optimiser's step, on unscaled gradients; left out, None, if a gradient is not finite.

        Raises:   RuntimeError: for a closure, or if called a second time before `update`.
        """
        if not self._enabled:
            return optimizer.step(*args, **kwargs)
        if "closure" in kwargs:
            raise RuntimeError("Closure use is not currently supported if GradScaler is enabled.")
        self._check_started("step")
        if self._stages.get(id(optimizer)) == _STEPPED:
            raise RuntimeError("step() has already been called since the last update().")
        if id(optimizer) not in self._stages:
            self.unscale_(optimizer)
        result = None if self._overflowed[id(optimizer)] else optimizer.step(*args, **kwargs)
        self._stages[id(optimizer)] = _STEPPED
        return result

    def update(self, new_scale: float | Tensor | None = None) -> None:
        """Adapt the scale to what `step` or `unscale_` found; or set it to `new_scale`."""
        if not self._enabled:
            return
        self._check_started("update")
        if new_scale is not None:
            if isinstance(new_scale, Tensor) and (new_scale.numel() != 1 or new_scale.requires_grad):
                raise AssertionError(
                    "new_scale should be a float or a 1-element torch.FloatTensor with requires_grad=False."
                )
            self._scale = float(new_scale)
        elif not self._overflowed:
            raise AssertionError("No inf checks were recorded prior to update.")
        elif any(self._overflowed.values()):
            self._scale *= self._backoff_factor
            self._steps_without_overflow = 0
        else:
            self._steps_without_overflow += 1
            if self._steps_without_overflow == self._growth_interval:
                grown = self._scale * self._growth_factor
                self._scale = grown if grown <= _LARGEST else self._scale
                self._steps_without_overflow = 0
        self._stages, self._overflowed = {}, {}

    def get_scale(self) -> float:
        """The scale; 1.0 if disabled."""
        return self._scale if self._enabled else 1.0

    def is_enabled(self) -> bool:
        """Whether it scales."""
        return self._enabled

    def get_growth_factor(self) -> float:
        """The factor by which the scale grows."""
        return self._growth_factor

    def set_growth_factor(self, new_factor: float) -> None:
        """Set the factor by which the scale grows."""
        self._growth_factor = new_factor

    def get_backoff_factor(self) -> float:
        """The factor by which the scale shrinks."""
        return self._backoff_factor

    def set_backoff_factor(self, new_factor: float) -> None:
        """Set the factor by which the scale shrinks."""
        self._backoff_factor = new_factor

    def get_growth_interval(self) -> int:
        """The number of steps after which the scale grows."""
        return self._growth_interval

    def set_growth_interval(self, new_interval: int) -> None:
        """Set the number of steps after which the scale grows."""
        self._growth_interval = new_interval

    def state_dict(self) -> dict[str, Any]:
        """The scale and its settings; empty if disabled."""
        if not self._enabled:
            return {}
        return {
            "scale": self._scale,
            "growth_factor": self._growth_factor,
            "backoff_factor": self._backoff_factor,
            "growth_interval": self._growth_interval,
            "_growth_tracker": self._steps_without_overflow,
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on with what `state_dict` gave; nothing if disabled.

        Raises:   RuntimeError: if it is empty, as that of a disabled one.
        """
        if not self._enabled:
            return
        if not state_dict:
            raise RuntimeError(
                "The source state dict is empty, possibly because it was saved from a disabled instance of GradScaler."
            )
        self._scale = state_dict["scale"]
        self._growth_factor = state_dict["growth_factor"]
        self._backoff_factor = state_dict["backoff_factor"]
        self._growth_interval = state_dict["growth_interval"]
        self._steps_without_overflow = state_dict["_growth_tracker"]

    def _check_started(self, name: str) -> None:
        if not self._started:
            raise AssertionError(
                f"Attempted {name} but _scale is None.  This may indicate your script did not use scaler.scale(loss or "
                "outputs) earlier in the iteration."
            )
