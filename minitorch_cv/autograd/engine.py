"""The engine: walk the graph from results to leaves and hand every gradient on.

The walk is a loop over a heap of nodes, youngest first. A node is always younger than the nodes it leads to, so when a
node comes up, everything that used its results has been dealt with and their gradients are complete.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from . import anomaly
from .grad_mode import no_grad
from .operation import Array, Operation

if TYPE_CHECKING:
    from .variable import Variable

Place = tuple  # (node, index of its result), or (leaf, 0)


class _Sums:
    """Gradients on their way: one sum for each place, and whether the array is ours alone to change."""

    def __init__(self) -> None:
        self.sums: dict[int, list] = {}  # id of the node or leaf -> [node or leaf, {index: (array, owned)}]

    def add(self, place: Place, grad: Array, owned: bool) -> bool:
        """Add a gradient; says whether this is the first for its node or leaf."""
        target, index = place
        entry = self.sums.get(id(target))
        if entry is None:
            self.sums[id(target)] = [target, {index: (grad, owned)}]
            return True
        known = entry[1].get(index)
        if known is None:
            entry[1][index] = (grad, owned)
        elif known[1]:
            np.add(known[0], grad, out=known[0])
        else:
            entry[1][index] = (known[0] + grad, True)
        return False

    def take(self, target: Operation) -> dict[int, tuple[Array, bool]]:
        """Remove and return the sums of a node, by index."""
        return self.sums.pop(id(target))[1]


def run_backward(
    roots: Sequence[tuple[Place, Array]],
    retain_graph: bool,
    wanted: Sequence[Place] | None = None,
) -> dict[tuple[int, int], tuple[Array, bool]]:
    """Carry gradients from the roots back through the graph.

    Args:     roots: where to begin, with the gradient there.
              retain_graph: keep what the nodes saved.
              wanted: the places whose gradients are asked for; None: every leaf.
    Returns:  the gradients of the wanted places (all leaves' by default) by (id of node or leaf, index), each with
              whether the array is the caller's alone.
    """
    useful = None if wanted is None else _nodes_towards(roots, wanted)
    caught_keys = {(id(target), index) for target, index in wanted or ()}
    caught: dict[tuple[int, int], tuple[Array, bool]] = {}
    pending, leaves = _Sums(), _Sums()
    heap: list[tuple[int, int]] = []
    nodes: dict[int, Operation] = {}

    def send(place: Place, grad: Array, owned: bool) -> None:
        target = place[0]
        if not isinstance(target, Operation):
            leaves.add(place, grad, owned)
        elif (useful is None or id(target) in useful) and pending.add(place, grad, owned):
            heapq.heappush(heap, (-target.age, id(target)))
            nodes[id(target)] = target

    for place, grad in roots:
        send(place, grad, False)
    with no_grad(), np.errstate(all="ignore"):
        while heap:
            key = heapq.heappop(heap)[1]
            node = nodes.pop(key)
            grads_out = _grads_of_results(node, pending.take(node))
            for index, grad_out in enumerate(grads_out):
                if (key, index) in caught_keys and grad_out is not None:
                    caught[key, index] = (grad_out, False)
            if useful is not None and not useful[key]:
                continue
            for edge, grad, owned in _through(node, grads_out):
                send(edge, grad, owned)
            if not retain_graph:
                node.release()
        if wanted is None:
            for leaf, sums in leaves.sums.values():
                leaf.accumulate_grad(*sums[0])
        else:
            for leaf, sums in leaves.sums.values():
                if (id(leaf), 0) in caught_keys:
                    caught[id(leaf), 0] = sums[0]
    return caught


def _nodes_towards(roots: Sequence[tuple[Place, Array]], wanted: Sequence[Place]) -> dict[int, bool]:
    """The nodes on the way to a wanted place; the value says whether their own backward is needed."""
    reached: dict[int, Operation] = {}
    stack = [place[0] for place, _ in roots if isinstance(place[0], Operation)]
    while stack:
        node = stack.pop()
        if id(node) not in reached:
            reached[id(node)] = node
            stack += [edge[0] for edge in node.edges if edge is not None and isinstance(edge[0], Operation)]
    targets = {id(target) for target, _ in wanted}
    useful: dict[int, bool] = {}
    for node in sorted(reached.values(), key=lambda n: n.age):  # oldest first: what a node leads to is known
        passes_on = any(e is not None and (id(e[0]) in targets or id(e[0]) in useful) for e in node.edges)
        if passes_on or id(node) in targets:
            useful[id(node)] = passes_on
    return useful


def _grads_of_results(node: Operation, sums: dict[int, tuple[Array, bool]]) -> list:
    """One gradient for each result of a node, zeros where none came, after the hooks of those tensors."""
    grads: list = []
    for index, (shape, dtype) in enumerate(node.output_meta):
        if index not in sums:
            grads.append(np.zeros(shape, dtype) if dtype.kind == "f" and node.materialize_grads else None)
            continue
        grad = sums[index][0]
        if index in node.tensor_hooks:
            grad = run_hooks(node.tensor_hooks[index], grad, node.grad_type, node.name())
        retaining = node.retained.get(index)
        variable = None if retaining is None else retaining()
        if variable is not None:
            if variable._grad is None:
                variable._grad = variable.wrap(grad.copy())
            else:
                variable._grad.array += grad
        grads.append(grad)
    return grads


def _through(node: Operation, grads_out: list) -> list[tuple[Place, Array, bool]]:
    """Run a node's backward: the gradients of its inputs, where they go, and whether each array is nobody else's."""
    node.check_saved()
    wrap = node.grad_type.wrap
    if node.pre_hooks:
        for hook in list(node.pre_hooks):
            new = hook(tuple(None if g is None else wrap(g) for g in grads_out))
            if new is not None:
                grads_out = [None if g is None else g.array for g in _as_tuple(new)]
    try:
        grads = node.backward(*grads_out)
    except Exception:
        if anomaly.is_anomaly_enabled():
            anomaly.explain(node)
        raise
    grads = tuple(None if g is None else np.asarray(g) for g in _as_tuple(grads))
    if len(grads) != len(node.edges):
        raise RuntimeError(
            f"function {node.name()} returned an incorrect number of gradients (expected {len(node.edges)}, "
            f"got {len(grads)})"
        )
    if node.hooks:
        for hook in list(node.hooks):
            new = hook(
                tuple(None if g is None else wrap(g) for g in grads),
                tuple(None if g is None else wrap(g) for g in grads_out),
            )
            if new is not None:
                grads = tuple(None if g is None else g.array for g in _as_tuple(new))
    if anomaly.is_anomaly_enabled():
        anomaly.check_gradients(node, grads)
    held_by_others = [g for g in grads_out if g is not None]
    sent = []
    for index, (edge, grad) in enumerate(zip(node.edges, grads)):
        if edge is None or grad is None:
            continue
        checked = _checked(node, index, edge, grad)
        # (a read-only array is a broadcast one: many elements on one place in memory)
        owned = checked.flags.writeable and not any(np.may_share_memory(checked, other) for other in held_by_others)
        held_by_others.append(checked)
        sent.append((edge, checked, owned))
    return sent


def _checked(node: Operation, index: int, edge: Place, grad: Array) -> Array:
    """A gradient in the dtype of what it is the gradient of; an error if its shape is another."""
    target, output = edge
    if isinstance(target, Operation):
        shape, dtype = target.output_meta[output]
    else:
        shape, dtype = target.array.shape, target.array.dtype
    if grad.shape != shape:
        raise RuntimeError(
            f"Function {node.name()} returned an invalid gradient at index {index} - got {list(grad.shape)} "
            f"but expected shape compatible with {list(shape)}"
        )
    return grad if grad.dtype == dtype else grad.astype(dtype)


def _as_tuple(value: Any) -> tuple:
    return tuple(value) if isinstance(value, (tuple, list)) else (value,)


def run_hooks(hooks: list[Callable], grad: Array, kind: Any, where: str) -> Array:
    """Hand a gradient to hooks; each may return another in its place."""
    for hook in list(hooks):
        new = hook(kind.wrap(grad))
        if new is None:
            continue
        if not hasattr(new, "array"):
            raise TypeError(f"a hook of {where} returned {type(new).__name__}; expected a Tensor or None")
        if new.array.shape != grad.shape:
            raise RuntimeError(
                f"a hook of {where} has changed the size of value: from {list(grad.shape)} to {list(new.array.shape)}"
            )
        grad = new.array.astype(grad.dtype, copy=False)
    return grad


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
            array = getattr(gradient, "array", None)
            if array is None:
                raise TypeError(f"gradients can be either Tensors or None, but got {type(gradient).__name__}")
            if array.shape != output.array.shape:
                raise RuntimeError(
                    f"Mismatch in shape: grad_output[{index}] has a shape of {gradient.shape} and output[{index}] "
                    f"has a shape of {output.shape}."
                )
            array = array.astype(output.array.dtype, copy=False)
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
    given = _as_tuple(gradients)
    if len(given) != len(tensors):
        raise RuntimeError(f"got {len(tensors)} tensors and {len(given)} gradients")
    return given


def backward(
    tensors: Any,
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Any = None,
) -> None:
    """Add the gradients of `tensors` with respect to the leaves to the leaves' `.grad` (torch.autograd.backward).

    Args:     tensors: one tensor or several.
              grad_tensors: the gradient at each; None for those of a single element.
              retain_graph: keep what the operations saved, for a second backward.
              inputs: only these get a gradient.
    Raises:   RuntimeError: as Tensor.backward. NotImplementedError: for create_graph=True.
    """
    _refuse_create_graph(create_graph)
    outputs = _as_tuple(tensors)
    roots = _root_places(outputs, _match(outputs, grad_tensors))
    if inputs is None:
        run_backward(roots, bool(retain_graph))
        return
    chosen = _as_tuple(inputs)
    if not chosen:
        raise RuntimeError("`inputs` argument to `backward()` cannot be empty.")
    places = _wanted_places(chosen)
    found = run_backward(roots, bool(retain_graph), places)
    for variable, (target, index) in zip(chosen, places):
        if (id(target), index) in found:
            array, owned = found[id(target), index]
            variable.accumulate_grad(array, owned)


def _wanted_places(inputs: Sequence[Variable]) -> list[Place]:
    places = []
    for variable in inputs:
        edge = variable.edge()
        if edge is None:
            raise RuntimeError("One of the differentiated Tensors does not require grad")
        places.append(edge)
    return places


def grad(
    outputs: Any,
    inputs: Any,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
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
              NotImplementedError: for create_graph=True and is_grads_batched=True.
    """
    _refuse_create_graph(create_graph)
    if is_grads_batched:
        raise NotImplementedError("grad: is_grads_batched=True is not supported; call grad() once for each gradient")
    if materialize_grads and allow_unused is False:
        raise ValueError("Expected allow_unused to be True or not passed when materialize_grads=True, but got: False.")
    all_outputs, all_inputs = _as_tuple(outputs), _as_tuple(inputs)
    roots = _root_places(all_outputs, _match(all_outputs, grad_outputs))
    places = _wanted_places(all_inputs)
    found = run_backward(roots, bool(retain_graph), places)
    results: list = []
    for variable, (target, index) in zip(all_inputs, places):
        if (id(target), index) in found:
            array, owned = found[id(target), index]
            if not isinstance(target, Operation) and variable._leaf_hooks is not None:
                array = run_hooks(variable._leaf_hooks["grad"], array, type(variable), "a leaf tensor")
            results.append(variable.wrap(array if owned else array.copy()))
        elif materialize_grads:
            results.append(variable.wrap(np.zeros_like(variable.array)))
        elif allow_unused:
            results.append(None)
        else:
            raise RuntimeError(
                "One of the differentiated Tensors appears to not have been used in the graph. "
                "Set allow_unused=True if this is the desired behavior."
            )
    return tuple(results)
