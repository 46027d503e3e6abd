"""to_torch: a model as a torch module with the same weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import nn
from ..nn.module import Module
from ..nn.parameter import Parameter
from ..nn.utils.running_modules import running_modules
from ..tensors.tensor import Tensor
from .computed_weights import compute_weights_too, refuse_computed_directions
from .layers import CONTAINERS, layer_kind
from .samples import sample_for
from .torch_layers import torch_layer, torch_tensor
from .traced_module import traced_module
from .tracing import trace

_OF_MODULES = (nn.Sequential, nn.ModuleList, nn.ModuleDict)


def to_torch(model: Module, sample: Tensor | Sequence[Tensor] | None = None) -> Any:
    """The torch module that computes what the model does, with the same weights and the same names in its state_dict.

    Layers become torch's layers of the same name, `Sequential` and the other containers become torch's. A model with a
    `forward` of its own is run on a sample and its steps are written down (tracing.py): the result then does for every
    batch what the model did for the sample, so a forward that branches on its input is not for it. Modes (training or
    evaluation), `requires_grad`, and layers and parameters that are shared are carried over, weight_norm
    and spectral_norm of layers too; spectral_norm of a module with a forward of its own is refused. Other hooks are not
    carried over; batch norms that nn.utils.freeze froze are in evaluation mode until the torch model's next train().

    Args:     sample: an input, or a tuple of them, whose first dimension is the batch's; models of vision.models, and
                trees of containers and layers, do without.
    Raises:   NotImplementedError: naming the layer or operation that torch lacks or that cannot be written down.
              ValueError: if a sample is needed. ImportError: without torch.

    >>> to_torch(nn.Sequential(nn.Linear(2, 3), nn.ReLU()))  # doctest: +SKIP
    Sequential(
      (0): Linear(in_features=2, out_features=3, bias=True)
      (1): ReLU()
    )
    """
    builder = _Builder()
    if all(layer_kind(m) is not None or _is_plain_container(m) for _, m in running_modules(model)):
        made = builder.build(model, "")
    else:
        inputs = _inputs(model, sample)
        made = traced_module(trace(model, inputs), builder.members(model, ""))
    _copy_state(model, made)
    return made


def _inputs(model: Module, sample: Tensor | Sequence[Tensor] | None) -> Sequence[Tensor]:
    if sample is None:
        sample = sample_for(model)
    if sample is None:
        own = next(m for _, m in running_modules(model) if layer_kind(m) is None and not _is_plain_container(m))
        raise ValueError(
            f"to_torch: {type(own).__name__} has a forward of its own, which is written down by running it: give a "
            "sample of its input, to_torch(model, sample)"
        )
    return [sample] if isinstance(sample, Tensor) else list(sample)


def _is_plain_container(module: Module) -> bool:
    """A Sequential with the forward that it has in nn, or a container without one."""
    own = "forward" in vars(module)
    return (
        isinstance(module, CONTAINERS) and not own and type(module).forward in (nn.Sequential.forward, Module.forward)
    )


class _Builder:
    """Makes torch's modules; one that is met again is the same again."""

    def __init__(self) -> None:
        self.made: dict[Module, Any] = {}
        self.parameters: dict[int, Any] = {}  # by id of ours

    def build(self, module: Module, path: str) -> Any:
        """The module at a path of the model."""
        if module not in self.made:
            self.made[module] = self._new(module, path)
            self.made[module].train(module.training)
        return self.made[module]

    def _new(self, module: Module, path: str) -> Any:
        import torch

        if layer_kind(module) is not None:
            layer = torch_layer(module, path)
            for theirs, ours in compute_weights_too(layer, module, path):
                for name, parameter in ours._parameters.items():
                    if parameter is not None:
                        setattr(theirs, name, self._parameter(parameter))
            return layer
        kind = next((kind for kind in _OF_MODULES if isinstance(module, kind)), None)
        container = torch.nn.Module() if kind is None else getattr(torch.nn, kind.__name__)()
        for name, member in self.members(module, path).items():
            if isinstance(member, torch.nn.Module):
                container.add_module(name, member)
            else:
                _register(container, name, member)
        return container

    def members(self, module: Module, path: str) -> dict[str, Any]:
        """What a module holds, by name: torch's modules, parameters and buffers."""
        refuse_computed_directions(module, path)
        found: dict[str, Any] = {}
        for name, child in module._modules.items():
            if child is not None:
                found[name] = self.build(child, f"{path}.{name}" if path else name)
        for name, parameter in module._parameters.items():
            if parameter is not None:
                found[name] = self._parameter(parameter)
        for name, buffer in module._buffers.items():
            if buffer is not None:
                found[name] = _buffer(buffer, name not in module._non_persistent_buffers_set)
        return found

    def _parameter(self, parameter: Parameter) -> Any:
        import torch

        if id(parameter) not in self.parameters:
            self.parameters[id(parameter)] = torch.nn.Parameter(torch_tensor(parameter), parameter.requires_grad)
        return self.parameters[id(parameter)]


def _buffer(buffer: Tensor, persistent: bool) -> Any:
    import torch

    return torch.nn.Buffer(torch_tensor(buffer), persistent=persistent)


def _register(container: Any, name: str, member: Any) -> None:
    import torch

    if isinstance(member, torch.nn.Parameter):
        container.register_parameter(name, member)
    else:
        setattr(container, name, member)


def _copy_state(model: Module, made: Any) -> None:
    """Give torch's module our numbers, and each of its modules the mode of ours."""
    made.load_state_dict({name: torch_tensor(value) for name, value in model.state_dict().items()})
    theirs = dict(made.named_modules())
    for name, module in model.named_modules():
        theirs[name].training = module.training
