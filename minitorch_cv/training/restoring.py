"""Leaving a model as it was, whatever was done with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ..autograd.grad_mode import no_grad
from ..nn.module import Module
from ..tensors.generator import fork_rng
from ..tensors.tensor import Tensor

BuffersBefore = list[tuple[Module, str, Tensor, Tensor]]  # module, name, buffer, a copy


@contextmanager
def modes_kept(model: Module) -> Iterator[None]:
    """Give each module its mode (training or evaluation) back at the end of the `with`."""
    modes = [(module, module.training) for module in model.modules()]
    try:
        yield
    finally:
        for module, mode in modes:
            module.training = mode


@contextmanager
def state_kept(model: Module) -> Iterator[None]:
    """Give the model its parameters, buffers, gradients and modes back, and the default generator its state."""
    parameters = [(p, p.detach().clone(), p.grad) for p in model.parameters()]
    buffers = buffers_of(model)
    for parameter, _, _ in parameters:
        parameter.grad = None  # the caller's would be added to
    with fork_rng(), modes_kept(model):
        try:
            yield
        finally:
            with no_grad():
                for parameter, values, grad in parameters:
                    parameter.copy_(values)
                    parameter.grad = grad
            put_back(buffers)


def buffers_of(model: Module) -> BuffersBefore:
    """A model's buffers and copies of their numbers, for `put_back`."""
    return [
        (module, name, buffer, buffer.detach().clone())
        for module in model.modules()
        for name, buffer in module.named_buffers(recurse=False)
    ]


def put_back(buffers: BuffersBefore) -> None:
    """Give a model the buffers that it had, with the numbers that they had."""
    with no_grad():
        for module, name, buffer, values in buffers:
            buffer.copy_(values)
            setattr(module, name, buffer)
