"""Layers that find out from their first input how many channels or features it has."""

from __future__ import annotations

from typing import Any

from .batchnorm import BatchNorm1d, BatchNorm2d, BatchNorm3d
from .conv import Conv1d, Conv2d, ConvTranspose1d, ConvTranspose2d, check_divisible
from .instancenorm import InstanceNorm1d, InstanceNorm2d
from .linear import Linear
from .module import Module
from .uninitialized import Uninitialized, UninitializedBuffer, UninitializedParameter


class LazyModuleMixin(Module):
    """Base of a layer whose parameters get their shapes from its first input; then it becomes `cls_to_become`.

    A subclass makes UninitializedParameters in `__init__`; `initialize_parameters(*inputs)` gives them their shapes.
    """

    cls_to_become: type[Module] | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._initialize_hook = self.register_forward_pre_hook(_initialize, with_kwargs=True)

    def initialize_parameters(self, *args: Any, **kwargs: Any) -> None:
        """Give the parameters their shapes, and first values, for such inputs."""
        raise NotImplementedError(f"initialize_parameters is not implemented for {type(self).__name__}")

    def has_uninitialized_params(self) -> bool:
        """Whether the shape of one is not known yet."""
        return any(isinstance(each, Uninitialized) for each in (*self._parameters.values(), *self._buffers.values()))

    def reset_parameters(self) -> None:
        """Draw first values, as the layer does that this becomes; nothing while the shapes are not known."""
        if "_initialize_hook" in self.__dict__ and not self.has_uninitialized_params():
            super().reset_parameters()  # type: ignore[misc]


def _initialize(module: Any, args: tuple, kwargs: dict) -> None:
    """Before the first forward: the module becomes what it is to be."""
    module.initialize_parameters(*args, **kwargs)
    if module.has_uninitialized_params():
        raise RuntimeError(f"module {type(module).__name__} has not been fully initialized")
    module._initialize_hook.remove()
    del module._initialize_hook
    if module.cls_to_become is not None:
        module.__class__ = module.cls_to_become


class LazyLinear(LazyModuleMixin, Linear):
    """A Linear whose in_features are the last dimension of its first input.

    Args:     as Linear, without in_features.
    """

    cls_to_become = Linear

    def __init__(self, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None) -> None:
        super().__init__(0, 0, False)
        self.weight = UninitializedParameter(device=device, dtype=dtype)
        self.out_features = out_features
        if bias:
            self.bias = UninitializedParameter(device=device, dtype=dtype)

    def initialize_parameters(self, input: Any) -> None:  # type: ignore[override]
        """Weight and bias for such inputs."""
        if not self.has_uninitialized_params():
            self.in_features = self.weight.shape[-1]
            return
        self.in_features = input.shape[-1]
        self.weight.materialize((self.out_features, self.in_features))  # type: ignore[attr-defined]
        if isinstance(self.bias, UninitializedParameter):
            self.bias.materialize((self.out_features,))
        self.reset_parameters()


class _LazyConvBase(LazyModuleMixin):
    """A convolution whose in_channels are those of its first input."""

    def _begin(self: Any, out_channels: int, groups: int, bias: bool, device: Any, dtype: Any) -> None:
        check_divisible("out_channels", out_channels, groups)
        self.out_channels = out_channels
        for name in ("weight", "bias") if bias else ("weight",):
            self.register_parameter(name, UninitializedParameter(device=device, dtype=dtype))

    def initialize_parameters(self: Any, input: Any, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        """Weight and bias for such inputs."""
        spatial = self._spatial
        if input.ndim not in (spatial + 1, spatial + 2):
            raise RuntimeError(
                f"Expected {spatial + 1}D (unbatched) or {spatial + 2}D (batched) input to {type(self).__name__}, but "
                f"got input of size: {input.shape}"
            )
        self.in_channels = input.shape[-spatial - 1]
        if not self.has_uninitialized_params():
            return
        check_divisible("in_channels", self.in_channels, self.groups)
        self.weight.materialize(self._weight_shape())
        if self.bias is not None:
            self.bias.materialize((self.out_channels,))
        self.reset_parameters()


class _LazyConv(_LazyConvBase):
    def __init__(
        self,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(0, 0, kernel_size, stride, padding, dilation, groups, False, padding_mode)
        self._begin(out_channels, groups, bias, device, dtype)


class _LazyConvTranspose(_LazyConvBase):
    def __init__(
        self,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Any = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(0, 0, kernel_size, stride, padding, output_padding, groups, False, dilation, padding_mode)
        self._begin(out_channels, groups, bias, device, dtype)


class LazyConv1d(_LazyConv, Conv1d):
    """A Conv1d whose in_channels are those of its first input.

    Args:     as Conv1d, without in_channels.
    """

    cls_to_become = Conv1d


class LazyConv2d(_LazyConv, Conv2d):
    """A Conv2d whose in_channels are those of its first input.

    Args:     as Conv2d, without in_channels.
    """

    cls_to_become = Conv2d


class LazyConvTranspose1d(_LazyConvTranspose, ConvTranspose1d):
    """A ConvTranspose1d whose in_channels are those of its first input.

    Args:     as ConvTranspose1d, without in_channels.
    """

    cls_to_become = ConvTranspose1d


class LazyConvTranspose2d(_LazyConvTranspose, ConvTranspose2d):
    """A ConvTranspose2d whose in_channels are those of its first input.

    Args:     as ConvTranspose2d, without in_channels.
    """

    cls_to_become = ConvTranspose2d


class _LazyNorm(LazyModuleMixin):
    """A normalisation whose num_features are the channels of its first input."""

    def __init__(
        self,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(0, eps, momentum, affine, track_running_stats, bias=bias)
        for name in ("weight", "bias"):
            if getattr(self, name) is not None:
                setattr(self, name, UninitializedParameter(device=device, dtype=dtype))
        if track_running_stats:
            for name in ("running_mean", "running_var"):
                setattr(self, name, UninitializedBuffer(device=device, dtype=dtype))

    def initialize_parameters(self: Any, input: Any) -> None:  # type: ignore[override]
        """Factors, summands and statistics for such inputs."""
        self.num_features = input.shape[self._channel_dim(input)]
        if not self.has_uninitialized_params():
            return
        for each in (*self._parameters.values(), *self._buffers.values()):
            if isinstance(each, Uninitialized):
                each.materialize((self.num_features,))
        self.reset_parameters()


class LazyBatchNorm1d(_LazyNorm, BatchNorm1d):
    """A BatchNorm1d whose num_features are the channels of its first input."""

    cls_to_become = BatchNorm1d


class LazyBatchNorm2d(_LazyNorm, BatchNorm2d):
    """A BatchNorm2d whose num_features are the channels of its first input."""

    cls_to_become = BatchNorm2d


class LazyBatchNorm3d(_LazyNorm, BatchNorm3d):
    """A BatchNorm3d whose num_features are the channels of its first input."""

    cls_to_become = BatchNorm3d


class LazyInstanceNorm1d(_LazyNorm, InstanceNorm1d):
    """An InstanceNorm1d whose num_features are the channels of its first input."""

    cls_to_become = InstanceNorm1d


class LazyInstanceNorm2d(_LazyNorm, InstanceNorm2d):
    """An InstanceNorm2d whose num_features are the channels of its first input."""

    cls_to_become = InstanceNorm2d
