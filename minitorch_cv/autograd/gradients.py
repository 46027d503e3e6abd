"""backward and grad: the ways into the engine, and what they check first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .engine import as_tuple, nodes_towards, run_backward
from .node import Array, Place

if TYPE_CHECKING:
    from .variable import Variable


def _root_places(outputs: Sequence[Variable], grad_outputs: Sequence[Variable | None]) -> list[tuple[Place, Array]]:
    """Where a backward begins, checked."""
    roots = []
    for index, (output, gradient) in enumerate(zip(outputs, grad_outputs)):
        edge = output.edge()
        if edge is None:
            raise RuntimeError(
                f"element {index} of tensors does not require grad and does not have a grad_fn. Was it computed inside "
                "no_grad(), from detach()ed tensors, or from parameters with requires_grad=False?"
            )
        if gradient is None:
            if output.array.size != 1:
                raise RuntimeError(
                    "grad can be implicitly created only for scalar outputs, but the output has shape "
                    f"{list(output.array.shape)}. Reduce it (.sum(), .mean()) or pass gradient=."
                )
            array = np.ones_like(output.array)
        else:
            if not hasattr(gradient, "array"):
                raise TypeError(f"gradients can be either Tensors or None, but got {type(gradient).__name__}")
            if gradient.array.shape != output.array.shape:
                raise RuntimeError(
                    f"Mismatch in shape: grad_output[{index}] has a shape of {gradient.shape} and output[{index}] "
                    f"has a shape of {output.shape}."
                )
            array = gradient.array.astype(output.array.dtype, copy=False)
        roots.append((edge, array))
    return roots


def _refuse_create_graph(create_graph: bool) -> None:
    if create_graph:
        raise NotImplementedError(
            "create_graph=True: gradients of gradients are out of this library's scope; backward works on plain arrays"
        )


def _match(tensors: Sequence, gradients: Any) -> Sequence:
    if gradients is None:
        return [None] * len(tensors)
    given = as_tuple(gradients)
    if len(given) != len(tensors):
        raise RuntimeError(f"got {len(tensors)} tensors and {len(given)} gradients")
    return given


def backward(
    tensors: Any,
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    grad_variables: Any = None,
    inputs: Any = None,
) -> None:
    """Add the gradients of `tensors` with respect to the leaves to the leaves' `.grad` (torch.autograd.backward).

    Args:     tensors: one tensor or several.
              grad_tensors: the gradient at each; None for those of a single element.
              retain_graph: keep what the operations saved, for a second backward.
              inputs: only these get a gradient; results among them retain it, as after retain_grad().
    Raises:   RuntimeError: as Tensor.backward. NotImplementedError: for create_graph=True, and for grad_variables, the
                old name of grad_tensors.
    """
    _refuse_create_graph(create_graph)
    if grad_variables is not None:
        raise NotImplementedError("backward: grad_variables is the old name of an argument; pass grad_tensors")
    outputs = as_tuple(tensors)
    if inputs is not None:
        inputs = as_tuple(inputs)
        if not inputs:
            raise RuntimeError("`inputs` argument to `backward()` cannot be empty.")
    roots = _root_places(outputs, _match(outputs, grad_tensors))
    needed = None
    if inputs is not None:
        for variable in inputs:
            variable.retain_grad()
        needed = nodes_towards(roots, [variable.edge()[0] for variable in inputs], run_targets=True)
    run_backward(roots, bool(retain_graph), needed)


def grad(
    outputs: Any,
    inputs: Any,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple:
    """The gradients of `outputs` with respect to `inputs`, without touching any `.grad` (torch.autograd.grad).

    Args:     outputs, inputs: one tensor or several.
              grad_outputs: the gradient at each output; None for those of a single element.
              allow_unused: give None for an input that the outputs do not depend on, instead of an error.
              materialize_grads: give zeros instead of None.
    Returns:  one tensor for each input.
    Raises:   RuntimeError: as Tensor.backward, and for an unused input.
              NotImplementedError: for create_graph=True, only_inputs=False and is_grads_batched=True.
    """
    _refuse_create_graph(create_graph)
    if not only_inputs:
        raise NotImplementedError("grad: only_inputs=False is not supported; backward() fills the .grad of every leaf")
    if is_grads_batched:
        raise NotImplementedError("grad: is_grads_batched=True is not supported; call grad() once for each gradient")
    if materialize_grads and allow_unused is False:
        raise ValueError(
            "Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False."
        )
    all_outputs, all_inputs = as_tuple(outputs), as_tuple(inputs)
    if not all_inputs:
        raise RuntimeError("`inputs` argument to `grad()` cannot be empty.")
    roots = _root_places(all_outputs, _match(all_outputs, grad_outputs))
    places: list[Place] = []
    for variable in all_inputs:
        place = variable.edge()
        if place is None:
            raise RuntimeError("One of the differentiated Tensors does not require grad")
        places.append(place)
    captured: dict[Place, tuple[Array, bool] | None] = dict.fromkeys(places)
    run_backward(
        roots, bool(retain_graph), nodes_towards(roots, [node for node, _ in places], run_targets=False), captured
    )
    results: list = []
    for index, (variable, place) in enumerate(zip(all_inputs, places)):
        found = captured[place]
        if found is not None:
            results.append(variable.wrap(found[0] if found[1] and places.count(place) == 1 else found[0].copy()))
        elif materialize_grads:
            results.append(variable.wrap(np.zeros_like(variable.array)))
        elif allow_unused:
            results.append(None)
        else:
            raise RuntimeError(
                f"The differentiated Tensor at index {index} appears to not have been used in the graph. "
                "Set allow_unused=True if this is the desired behavior."
            )
    return tuple(results)
