"""A training step holds no memory longer than it needs, and lets go of it without the garbage collector."""

from __future__ import annotations

import gc
import tracemalloc
import weakref
from dataclasses import dataclass, field

import numpy as np
import pytest

import minitorch_cv as mt
from minitorch_cv.autograd.operation import Operation
from minitorch_cv.kernels import memory

nn, F = mt.nn, mt.nn.functional


@pytest.fixture(autouse=True)
def no_collector():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


class Residual(nn.Module):
    """Two convolutions with a path around them."""

    def __init__(self, channels):
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1)
        self.norm = nn.BatchNorm2d(channels)
        self.second = nn.Conv2d(channels, channels, 3, padding=1, groups=channels)

    def forward(self, x):
        return F.relu(self.second(F.relu(self.norm(self.first(x)))) + x)


def small_cnn():
    return nn.Sequential(
        nn.Conv2d(3, 4, 3, padding=1),
        nn.BatchNorm2d(4),
        nn.ReLU(),
        nn.MaxPool2d(2),
        Residual(4),
        nn.AvgPool2d(2),
        nn.Dropout(0.2),
        nn.Conv2d(4, 6, 3, stride=2),
        nn.LeakyReLU(),
        nn.Flatten(),
        nn.Linear(6, 8),
        nn.Tanh(),
        nn.Linear(8, 5),
    )


def training(momentum=0.0, set_to_none=True):
    """A function that does one training step and returns the loss."""
    model = small_cnn()
    optimizer = mt.optim.SGD(model.parameters(), lr=0.01, momentum=momentum)
    x, labels = mt.randn(3, 3, 16, 16), mt.randint(0, 5, (3,))

    def step():
        optimizer.zero_grad(set_to_none=set_to_none)
        loss = F.cross_entropy(model(x), labels)
        loss.backward()
        optimizer.step()
        return loss

    return step


def bytes_of_arrays():
    """NumPy's own memory and the pool's."""
    numpys = tracemalloc.DomainFilter(inclusive=True, domain=np.lib.tracemalloc_domain)
    traces = tracemalloc.take_snapshot().filter_traces([numpys]).traces
    return sum(trace.size for trace in traces), memory.memory_stats()["allocated_bytes.all.current"]


@pytest.mark.parametrize("min_bytes", [memory.MIN_BYTES, 64])
def test_after_a_step_no_array_is_left(monkeypatch, min_bytes):
    monkeypatch.setattr(memory, "MIN_BYTES", min_bytes)
    step = training(momentum=0.9, set_to_none=False)
    tracemalloc.start()
    try:
        step(), step()
        before = bytes_of_arrays()
        loss = step()
        after = bytes_of_arrays()
        assert (after[0] - before[0], after[1] - before[1]) == (loss.array.nbytes, 0)  # its graph is there, and empty
        del loss
        assert bytes_of_arrays() == before
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_later_steps_take_hardly_any_new_memory(monkeypatch, momentum):
    """Some twenty pages are in use here at most: few gaps for many requests (see also kernels)."""
    monkeypatch.setattr(memory, "MIN_BYTES", 64)
    monkeypatch.setattr(memory, "_pool", memory.Pool(1 << 26))
    step = training(momentum)
    new, made, in_use = [], [], []
    for _ in range(8):
        before = memory.memory_stats()
        step()
        after = memory.memory_stats()
        new.append(after["num_device_alloc"] - before["num_device_alloc"])
        made.append(after["allocation.all.allocated"] - before["allocation.all.allocated"])
        in_use.append(after["allocated_bytes.all.current"])
    assert new[0] > 5
    assert max(new[1:]) <= 3
    assert max(new[5:]) <= 1
    assert min(made) > 20
    assert len(set(in_use[2:])) == 1


@pytest.mark.parametrize(
    "options", [{}, {"weight_decay": 0.1}, {"nesterov": True}, {"weight_decay": 0.1, "nesterov": True}]
)
@pytest.mark.parametrize("dtype", [mt.float32, mt.float64])
def test_an_update_takes_no_memory_of_the_parameters_size(options, dtype):
    """But for the momentum's buffer, in the first update."""
    param = nn.Parameter(mt.randn(1024, 1024, dtype=dtype))
    size = param.array.nbytes
    optimizer = mt.optim.SGD([param], lr=0.1, momentum=0.9, **options)
    param.grad = mt.randn(1024, 1024, dtype=dtype)
    for kept in (size, 0):
        memory.empty_cache()
        pool = memory.memory_stats()["allocated_bytes.all.peak"]
        tracemalloc.start()
        try:
            optimizer.step()
            assert tracemalloc.get_traced_memory()[1] < kept + size // 4
            assert memory.memory_stats()["allocated_bytes.all.peak"] < pool + size // 4
        finally:
            tracemalloc.stop()


def test_results_of_a_forward_die_at_once_where_nothing_is_recorded():
    with mt.no_grad():
        x = mt.randn(10)
        y = x * 2
        seen = weakref.ref(y.array)
        z = y + 1
        del y
        assert seen() is None
        assert z.shape == (10,)


@dataclass(eq=False, repr=False)
class Watched(Operation):
    """Twice its input; saves it twice, and has backward look, in `log`, whether arrays of later nodes still live."""

    log: list = field(default_factory=list)

    def forward(self, x):
        self.x = x
        self.box = Box(x.copy())
        self.log.append([weakref.ref(self.box.copy), None, None])
        self.place = len(self.log) - 1
        return x * 2

    def backward(self, grad_out):
        grad = grad_out * 2
        self.log[self.place][1:] = weakref.ref(grad_out), weakref.ref(grad)
        for saved, grad_in, grad_out_ in self.log[self.place + 2 :]:
            assert saved() is None
            assert grad_in() is None
            assert grad_out_() is None
        assert self.x is not None and self.box is not None
        return grad


class Box:
    """An object that keeps an array for an operation."""

    def __init__(self, copy):
        self.copy = copy


def test_what_a_node_saved_and_received_dies_as_backward_goes():
    log = []
    x = mt.ones(4, requires_grad=True)
    y = x
    for _ in range(6):
        y = Watched(log)(y)
    loss = y.sum()
    loss.backward()
    assert len(log) == 6
    assert all(saved() is None for saved, _, _ in log)
    assert [grad() is None for _, _, grad in log] == [False] + [True] * 5  # the first one's is x.grad
    assert y.grad_fn.x is None and y.grad_fn.box is None
    with pytest.raises(RuntimeError, match="backward through the graph a second time"):
        loss.backward()


def test_retain_graph_keeps_what_was_saved():
    log = []
    x = mt.ones(4, requires_grad=True)
    y = Watched(log)(x)
    y.sum().backward(retain_graph=True)
    assert log[0][0]() is not None
    y.sum().backward()
    assert log[0][0]() is None
    assert x.grad.tolist() == [4.0] * 4


@dataclass(eq=False, repr=False)
class Scale(Operation):
    """Its input times a tensor that an object keeps."""

    def forward(self, x, factor):
        self.box = Box(factor)
        return x * factor

    def backward(self, grad_out):
        return grad_out * self.box.copy, None


def test_what_an_object_keeps_is_checked_for_changes():
    x, factor = mt.ones(4, requires_grad=True), mt.full((4,), 3.0)
    y = Scale()(x, factor)
    factor.mul_(2)
    with pytest.raises(RuntimeError, match=r"modified by an inplace operation.*version 1; expected version 0"):
        y.sum().backward()


@dataclass(eq=False, repr=False)
class Passing(Operation):
    """Its input, copied; backward hands on a new array, or what it was given, and notes both."""

    fresh: bool
    notes: list

    def forward(self, x):
        return x.copy()

    def backward(self, grad_out):
        grad = grad_out.copy() if self.fresh else grad_out
        self.notes.append((grad_out, grad))
        return grad


@pytest.mark.parametrize("fresh", [(True, True), (True, False), (False, True), (False, False)])
def test_gradients_are_added_in_memory_that_is_the_engines(fresh):
    """The sum of two paths lies in the array of the first that made a new one, and in no array that somebody holds."""
    notes = []
    x = mt.ones(1000, requires_grad=True)
    middle = Passing(True, notes)(x)
    older, younger = Passing(fresh[0], notes)(middle), Passing(fresh[1], notes)(middle)
    (older + younger).sum().backward()
    (_, of_younger), (_, of_older), (total, _) = notes
    assert total.tolist() == [2.0] * 1000 == x.grad.tolist()
    assert (total is of_younger) == fresh[1]
    assert (total is of_older) == (fresh[0] and not fresh[1])
    assert all(grad[0] == 1 for grad in (of_younger, of_older) if grad is not total)


def test_a_gradient_that_two_paths_hand_on_is_not_written_to():
    x = mt.ones(3, requires_grad=True)
    y = x * 1
    gradient = mt.ones(3)
    (y + y * 2 + y).backward(gradient)
    assert gradient.tolist() == [1.0] * 3
    assert x.grad.tolist() == [4.0] * 3
