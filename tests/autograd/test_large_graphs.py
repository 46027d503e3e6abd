"""Deep and wide graphs, the memory they hold, exceptions inside, and several threads at once."""

import contextlib
import gc
import sys
import threading
import time
import tracemalloc
import weakref

import numpy as np
import pytest

import minitorch_cv as mt
from minitorch_cv.autograd.operation import Operation

from .both import in_both, ones, plain, tensor


@pytest.mark.parametrize("depth", [10_000, 100_000])
def test_deep_graphs(depth):
    limit = sys.getrecursionlimit()
    x = mt.tensor([1.0], requires_grad=True)
    y = x
    for _ in range(depth):
        y = y + 1
    y.backward()
    assert x.grad.tolist() == [1.0]
    assert mt.autograd.grad(y, x)[0].tolist() == [1.0]
    y.backward(inputs=[x])
    assert x.grad.tolist() == [2.0]
    del y  # frees the graph, node by node
    gc.collect()
    assert sys.getrecursionlimit() == limit


def test_deep_graphs_of_views():
    x = mt.tensor([1.0, 2.0], requires_grad=True)
    y = x
    for _ in range(3_000):
        y = y.view(2) * 1.0
    y.sum().backward()
    assert x.grad.tolist() == [1.0, 1.0]


@in_both
def test_a_deep_graph_with_saved_tensors(L):
    x = tensor(L, [1.0, 1.0], True)
    y = x
    for _ in range(2_000):
        y = y * x + x
    y.sum().backward()
    return x.grad


@in_both
def test_paths_that_grow_exponentially_take_linear_time(L):
    x = tensor(L, [1.0], True)
    y = x
    for _ in range(300):
        y = (y + y) / 2
    y.backward()
    return x.grad


def test_the_time_of_a_walk_is_linear():
    def walk(depth):
        x = mt.tensor([1.0], requires_grad=True)
        y = x
        for _ in range(depth):
            y = y + y
        start = time.perf_counter()
        (y * 0).backward()
        return time.perf_counter() - start

    walk(100)
    assert walk(4_000) < 100 * min(walk(400) for _ in range(3))  # 10 if linear; 2**3600 if by paths


@in_both
def test_wide_graphs(L):
    x = tensor(L, [1.0, 2.0], True)
    total = tensor(L, 0.0)
    for i in range(500):
        total = total + (x * float(i)).sum()
    total.backward()
    return x.grad


# ---- memory -------------------------------------------------------------------------------------------------------


class Watched(Operation):
    """The identity, keeping an array that can be watched."""

    def __init__(self, kept):
        self.kept = kept

    def forward(self, x):
        return x.copy()

    def backward(self, grad_out):
        assert self.kept is not None
        order.append((self.kept.shape[0], [ref() is not None for ref in references]))
        return grad_out


order: list = []
references: list = []


class Memory(np.ndarray):
    """An array with weak references."""


def test_saved_arrays_are_freed_as_the_walk_passes():
    order.clear()
    references.clear()
    y = mt.tensor([1.0], requires_grad=True)
    for n in range(3):
        kept = np.zeros(n + 1).view(Memory)
        references.append(weakref.ref(kept))
        y = Watched(kept)(y)
        del kept
    y.backward()
    assert order == [(3, [True, True, True]), (2, [True, True, False]), (1, [True, False, False])]
    assert [ref() for ref in references] == [None] * 3


def test_retain_graph_keeps_them():
    order.clear()
    kept = np.zeros(1).view(Memory)
    references[:] = [weakref.ref(kept)]
    y = Watched(kept)(mt.tensor([1.0], requires_grad=True))
    del kept
    y.backward(retain_graph=True)
    assert references[0]() is not None
    del y
    assert references[0]() is None


def test_no_cycles():
    gc.collect()
    gc.disable()
    try:
        x = mt.tensor([1.0, 2.0], requires_grad=True)
        x.register_hook(lambda g: None)
        y = x * x
        z = y[0] * 2
        y.mul_(2)
        (z + y.sum()).backward()
        watched = [weakref.ref(v) for v in (x, y, z, y.grad_fn, x.grad)]
        del x, y, z
        assert [ref() for ref in watched] == [None] * 5
    finally:
        gc.enable()


def test_backward_needs_no_more_than_a_few_gradients_at_a_time():
    size = 1_000_000
    x = mt.tensor(np.ones(size), requires_grad=True)
    y = x
    for _ in range(20):
        y = y * 2.0
    y = y.sum()
    tracemalloc.start()
    y.backward()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5 * size * 8, f"{peak / size / 8:.1f} gradients at once"


def test_a_leaf_lives_as_long_as_a_graph_leads_to_it():
    x = mt.tensor([1.0], requires_grad=True)
    seen = []
    x.register_post_accumulate_grad_hook(lambda p: seen.append(p.grad.tolist()))
    y = x * 2
    watched = weakref.ref(x)
    del x
    y.backward()
    assert seen == [[2.0]]
    del y
    assert watched() is None


def test_results_do_not_hold_the_graph_after_detach():
    x = mt.tensor([1.0], requires_grad=True)
    y = x * x
    node = weakref.ref(y.grad_fn)
    y = y.detach()
    assert node() is None


# ---- exceptions ---------------------------------------------------------------------------------------------------


@in_both
def test_what_was_done_before_an_exception(L):
    x, v = tensor(L, [1.0, 2.0], True), ones(L, 2).requires_grad_()
    y = x * 2

    def stop(g):
        raise ValueError("stop")

    handle = y.register_hook(stop)
    z = y * v
    try:
        z.sum().backward(retain_graph=True)
    except ValueError as error:
        seen = [str(error), x.grad, plain(v.grad), L.is_grad_enabled()]
    handle.remove()
    z.sum().backward()
    (x * 3).sum().backward()
    return [seen, x.grad, v.grad]


@in_both
def test_the_graph_before_an_exception_is_freed(L):
    x = tensor(L, [1.0, 2.0], True)
    y = x * x

    def stop(g):
        raise ValueError("stop")

    handle = y.register_hook(stop)
    z = y * y
    try:
        z.sum().backward()
    except ValueError:
        handle.remove()
    try:
        z.sum().backward()
    except RuntimeError as error:
        seen = "a second time" in str(error)
    y.sum().backward()
    return [seen, x.grad]


@in_both
def test_an_operation_that_fails_leaves_no_trace(L):
    x = tensor(L, [1.0, 2.0], True)
    y = x * 2
    for attempt in (lambda: y.add_(ones(L, 3)), lambda: y @ ones(L, 3), lambda: y.view(3)):
        with contextlib.suppress(RuntimeError):
            attempt()
    y.sum().backward()
    return [x.grad, y._version]


@in_both
def test_backward_inside_a_hook(L):
    x, w = tensor(L, [1.0], True), tensor(L, [3.0], True)
    y = x * 2

    def hook(g):
        with L.enable_grad():
            (w * w).backward()
        return g * 2

    y.register_hook(hook)
    (y * 5).backward()
    return [x.grad, w.grad]


# ---- threads ------------------------------------------------------------------------------------------------------


def run_in_threads(count, work):
    """Run work(index) in `count` threads; raise what one of them raised."""
    errors = []

    def guarded(index):
        try:
            work(index)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def test_threads_that_share_leaves():
    x = mt.tensor(np.ones(20_000), requires_grad=True)
    w = mt.tensor(np.ones(20_000), requires_grad=True)
    rounds = 30

    def work(index):
        for _ in range(rounds):
            (x * w * float(index + 1)).sum().backward()

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        run_in_threads(4, work)
    finally:
        sys.setswitchinterval(interval)
    expected = rounds * (1 + 2 + 3 + 4)
    assert np.all(x.grad.array == expected) and np.all(w.grad.array == expected)


def test_threads_that_share_a_graph():
    x = mt.tensor(np.ones(1000), requires_grad=True)
    shared = x * x + x

    def work(index):
        for _ in range(20):
            shared.sum().backward(retain_graph=True)

    run_in_threads(2, work)
    assert np.all(x.grad.array == 2 * 20 * 3)


def test_threads_with_graphs_of_their_own():
    results = [None] * 4

    def work(index):
        x = mt.tensor([float(index)], requires_grad=True)
        y = x
        for _ in range(200):
            y = y * 1.0 + x
        y.backward()
        results[index] = x.grad.tolist()

    run_in_threads(4, work)
    assert results == [[201.0]] * 4
