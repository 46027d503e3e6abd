"""The engine: walk the graph from results to leaves and hand every gradient on.

First the edges that lead to each node are counted. Then the walk is a loop over a heap: a node is ready when something
has come along every edge that leads to it, so that its gradients are complete; the youngest of the ready goes first.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..kernels import layout
from . import anomaly
from .grad_mode import no_grad
from .node import AccumulateGrad, Array, Node, Place, hook_name, may_share

Sums = dict[int, tuple[Array, bool]]  # by result: the gradient so far, and whether the array is ours alone to change
Sent = tuple[Place, Array | None, bool]  # where to, the gradient, and whether the array is the engine's alone


def run_backward(
    roots: Sequence[tuple[Place, Array]],
    retain_graph: bool,
    needed: dict[Node, bool] | None = None,
    captured: dict[Place, tuple[Array, bool] | None] | None = None,
) -> None:
    """Carry gradients from the roots back through the graph.

    Args:     roots: where to begin, with the gradient there.
              retain_graph: keep what the nodes saved.
              needed: the nodes to go through, and whether to run their backward; None: all.
              captured: its places are filled with the gradients that come by, each with whether the array is the
                caller's alone.
    """
    edges_left = _count_edges([place for place, _ in roots])
    sums: dict[Node, Sums] = {}
    ready: list[tuple[float, Node]] = []  # no two are of one age: nodes themselves are never compared

    def send(sent: Sequence[Sent]) -> None:
        for (node, index), grad, owned in sent:
            if needed is not None and node not in needed:
                continue
            if grad is not None:
                received = sums.get(node)
                if received is None:
                    sums[node] = {index: (grad, owned)}
                else:
                    _add(received, index, grad, owned)
            left = edges_left[node] - 1
            edges_left[node] = left
            if not left:
                if isinstance(node, AccumulateGrad):  # before all others, and it sends nothing on
                    visit(node)
                else:
                    heapq.heappush(ready, (-node.age, node))

    def visit(node: Node) -> Sequence[Sent]:
        # When this returns, what the node received and what it had saved is dead, unless somebody else holds it.
        received = sums.pop(node, {})
        runs = needed is None or needed[node]
        if captured is not None and runs:  # before the hooks, as in PyTorch; where the walk ends, after them
            _capture(captured, node, received)
        if node.tensor_hooks or node.retained:
            _show_to_tensors(node, received)
        if captured is not None and not runs:
            _capture(captured, node, received)
        if not runs:
            return ()
        if isinstance(node, AccumulateGrad) and not node.hooks and not node.pre_hooks:
            node.accumulate(*received.get(0, (None, False)))
            return ()
        sent = _through(node, received)
        if not retain_graph:
            node.release()
        return sent

    with no_grad(), np.errstate(all="ignore"):
        send([(place, grad, False) for place, grad in roots])
        while ready:
            send(visit(heapq.heappop(ready)[1]))


def _count_edges(places: Sequence[Place]) -> dict[Node, int]:
    """How many edges lead to each node that can be reached from `places`, these counted too."""
    count: dict[Node, int] = {}
    stack = [node for node, _ in places]
    while stack:
        node = stack.pop()
        if node in count:
            count[node] += 1
        else:
            count[node] = 1
            stack += [edge[0] for edge in node.edges if edge is not None]
    return count


def nodes_towards(roots: Sequence[tuple[Place, Array]], targets: Sequence[Node], run_targets: bool) -> dict[Node, bool]:
    """The nodes on the way to a target; the value says whether their backward has to run."""
    leads_to: dict[Node, list[Node]] = {target: [] for target in targets}
    reached = _count_edges([place for place, _ in roots])
    for node in reached:
        for edge in node.edges:
            if edge is not None:
                leads_to.setdefault(edge[0], []).append(node)
    needed = dict.fromkeys(targets, run_targets)
    stack = list(needed)
    while stack:
        for node in leads_to.get(stack.pop(), ()):
            if node not in needed:
                stack.append(node)
            needed[node] = True
    return needed


def _add(received: Sums, index: int, grad: Array, owned: bool) -> None:
    """Add a gradient to the sum for one result, in the memory of one of them if that is ours."""
    known = received.get(index)
    if known is None:
        received[index] = (grad, owned)
        return
    total = known[0] if known[1] else grad if owned else layout.empty_like(grad)
    received[index] = (np.add(known[0], grad, out=total), True)


def _capture(captured: dict[Place, tuple[Array, bool] | None], node: Node, received: Sums) -> None:
    for index in range(len(node.output_meta)):
        if (node, index) in captured:
            captured[node, index] = received.get(index)


def _show_to_tensors(node: Node, received: Sums) -> None:
    """Run the hooks of a node's results, and fill the `.grad` of those that retain it."""
    for index, hooks in node.tensor_hooks.items():
        if hooks:
            shown = run_hooks(hooks, received[index][0] if index in received else None, node.grad_type)
            if shown is not None:
                received[index] = (shown, False)  # a hook may have kept it
    for index, reference in node.retained.items():
        variable = reference()
        if variable is not None and index in received:
            grad = received[index][0]
            # a new tensor each time, as in PyTorch: who holds the old .grad keeps its numbers
            variable._grad = variable.wrap(grad.copy() if variable._grad is None else variable._grad.array + grad)


def run_hooks(hooks: list[Callable], grad: Array | None, kind: Any) -> Array | None:
    """Hand a gradient to hooks; each may return another in its place."""
    for hook in list(hooks):
        shown = _wrapped(kind, grad)
        new = hook(shown)
        if new is not None:
            grad = _replacement(hook, shown, new)
    return grad


def _wrapped(kind: Any, grad: Array | None) -> Any:
    return None if grad is None else kind.wrap(grad)


def _replacement(hook: Callable, before: Any, new: Any) -> Array:
    """The array of what a hook returned, which must be like what it was given."""
    array = getattr(new, "array", None)
    if array is None:
        raise TypeError(f"expected Variable, but {hook_name(hook)} returned '{type(new).__name__}'")
    if before is not None and array.shape != before.array.shape:
        raise RuntimeError(
            f"{hook_name(hook)} has changed the size of value: from {list(before.array.shape)} to {list(array.shape)}"
        )
    if before is not None and array.dtype != before.array.dtype:
        raise RuntimeError(
            f"{hook_name(hook)} has changed the type of value (was {before.dtype.name} got {new.dtype.name})"
        )
    return array


def _run_node_hook(hook: Callable, replaceable: tuple, *others: tuple) -> tuple:
    """Call a hook of a node with tuples of tensors; a returned tuple replaces the first."""
    new = hook(replaceable, *others)
    if new is None:
        return replaceable
    values = as_tuple(new)
    if len(values) != len(replaceable):
        raise RuntimeError(
            f"{hook_name(hook)} has returned an incorrect number of values (got {len(values)}, but expected "
            f"{len(replaceable)})"
        )
    for before, value in zip(replaceable, values):
        if value is not None:
            _replacement(hook, before, value)
    return values


def _through(node: Node, received: Sums) -> Sequence[Sent]:
    """Run a node: where its gradients go, the gradients, and whether each array is nobody else's."""
    node.check_saved()
    if len(node.output_meta) == 1:
        grads_out = [received[0][0] if received else None]
    else:
        grads_out = [received[index][0] if index in received else None for index in range(len(node.output_meta))]
    if node.pre_hooks:
        shown = tuple(_wrapped(node.grad_type, g) for g in grads_out)
        for hook in list(node.pre_hooks):
            shown = _run_node_hook(hook, shown)
        grads_out = [None if g is None else g.array for g in shown]
    grads: tuple[Array | None, ...] = ()
    if isinstance(node, AccumulateGrad):
        node.accumulate(grads_out[0], 0 in received and received[0][1] and not node.pre_hooks)
    else:
        grads = _run(node, grads_out)
    if node.hooks:
        shown_in = tuple(_wrapped(node.grad_type, g) for g in grads)
        shown_out = tuple(_wrapped(node.grad_type, g) for g in grads_out)
        for hook in list(node.hooks):
            shown_in = _run_node_hook(hook, shown_in, shown_out)
        grads = tuple([None if g is None else g.array for g in shown_in])
    if anomaly.is_anomaly_enabled():
        anomaly.check_gradients(node, grads)
    sent: list[Sent] = []
    for index, edge in enumerate(node.edges):
        if edge is not None:
            grad = grads[index]
            if grad is None:
                sent.append((edge, None, False))
            else:
                grad = _checked(node, index, edge, grad)
                sent.append((edge, grad, not node.hooks and _is_owned(grad, index, grads, grads_out)))
    return sent


def _run(node: Node, grads_out: list[Array | None]) -> tuple[Array | None, ...]:
    """The gradients of a node's inputs."""
    missing = [grad is None for grad in grads_out]
    if node.skips_without_grad and (False not in missing or not any(node.edges)):
        return (None,) * len(node.edges)
    if True in missing and node.materialize_grads:
        grads_out = [
            np.zeros(shape, dtype) if grad is None and dtype.kind == "f" else grad
            for grad, (shape, dtype) in zip(grads_out, node.output_meta)
        ]
    try:
        returned = node.backward(*grads_out)
    except Exception:
        if anomaly.is_anomaly_enabled():
            anomaly.explain(node)
        raise
    grads = as_tuple(returned)
    if len(grads) != len(node.edges):
        raise RuntimeError(
            f"function {node.name()} returned an incorrect number of gradients (expected {len(node.edges)}, "
            f"got {len(grads)})"
        )
    return tuple([None if grad is None else np.asarray(grad) for grad in grads])


def _is_owned(grad: Array, index: int, grads: tuple[Array | None, ...], grads_out: list[Array | None]) -> bool:
    """Whether nobody else holds the memory of a gradient."""
    if not grad.flags.writeable:  # a broadcast one: many elements in one place of memory
        return False
    for other in grads_out:
        if other is not None and may_share(grad, other):
            return False
    for position, other in enumerate(grads):
        if position != index and other is not None and may_share(grad, other):
            return False
    return True


def _checked(node: Node, index: int, edge: Place, grad: Array) -> Array:
    """A gradient in the dtype of what it is the gradient of; an error if its shape is another."""
    shape, dtype = edge[0].output_meta[edge[1]]
    if grad.shape != shape:
        raise RuntimeError(
            f"Function {node.name()} returned an invalid gradient at index {index} - got {list(grad.shape)} "
            f"but expected shape compatible with {list(shape)}"
        )
    return grad if grad.dtype == dtype else grad.astype(dtype)


def as_tuple(value: Any) -> tuple:
    """A tuple or list as a tuple, anything else as the only member of one."""
    return tuple(value) if isinstance(value, (tuple, list)) else (value,)
