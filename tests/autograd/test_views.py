"""Views that share their base's history: which writes are refused, and what changing a shape in place does."""

from __future__ import annotations

import numpy as np
import pytest

import minitorch_cv as mt

from .both import in_both, ones, raises_in_both, tensor


def computed(L):
    return tensor(L, np.arange(6.0).reshape(2, 3), True) * 1


SEVERAL = {
    "unbind": lambda x: x.unbind(1)[0],
    "split": lambda x: x.split(2, 1)[0],
    "one part": lambda x: x.split(3, 1)[0],
    "chunk": lambda x: x.chunk(2, 1)[0],
    "iteration": lambda x: next(iter(x)),
    "part of a part": lambda x: x.split(2, 1)[0][0],
}


@pytest.mark.parametrize("name", SEVERAL)
def test_one_of_several_views_cannot_be_written_to(name):
    match = "This view is the output of a function that returns multiple views"
    raises_in_both(RuntimeError, match)(lambda L: SEVERAL[name](computed(L)).mul_(2))()


@pytest.mark.parametrize("name", SEVERAL)
def test_nor_used_after_a_write_to_its_base(name):
    def scenario(L):
        x = computed(L)
        part = SEVERAL[name](x)
        x.mul_(2)
        return part + 1

    raises_in_both(RuntimeError, "its base or another view of its base has been modified inplace")(scenario)()


@in_both
def test_parts_without_history_can_be_written_to(L):
    x = tensor(L, np.zeros((2, 3)))
    for row in x:
        row += 1
    x.split(2, 1)[1].mul_(5)
    return x


@in_both
def test_parts_cut_by_index_can_be_written_to(L):
    x = tensor(L, np.arange(6.0), True)
    y = x * 1
    a, b = y.tensor_split(2)
    a.mul_(2)
    b.add_(1)
    y.backward(tensor(L, np.arange(6.0)))
    return [y, x.grad]


IN_PLACE = {
    "unsqueeze_": lambda x: x.unsqueeze_(1),
    "squeeze_": lambda x: x.unsqueeze_(0).squeeze_(0),
    "squeeze_ all": lambda x: x.unsqueeze_(0).unsqueeze_(-1).squeeze_(),
    "t_": lambda x: x.t_(),
    "transpose_": lambda x: x.transpose_(0, -1),
    "swapaxes_": lambda x: x.swapaxes_(0, 1),
    "swapdims_": lambda x: x.swapdims_(1, 0),
}


@pytest.mark.parametrize("name", IN_PLACE)
def test_change_of_shape_in_place(name):
    @in_both
    def scenario(L):
        x = tensor(L, np.arange(6.0).reshape(2, 3), True)
        y = x * 1
        view = y[0]
        same = IN_PLACE[name](y)
        version = y._version
        view.mul_(3)
        y.add_(1)
        y.backward(tensor(L, np.arange(6.0).reshape(y.shape)))
        return [same is y, version, list(y.shape), list(y.stride()), y, view, x.grad]

    scenario()


@pytest.mark.parametrize("name", IN_PLACE)
def test_change_of_a_view_s_shape_in_place(name):
    @in_both
    def scenario(L):
        x = tensor(L, np.arange(12.0).reshape(2, 2, 3), True)
        y = x * 1
        view = y[1]
        IN_PLACE[name](view)
        view.mul_(3)
        view[0].add_(1)
        y.backward(tensor(L, np.arange(12.0).reshape(2, 2, 3)))
        return [y, view, x.grad, list(y.shape)]

    scenario()


@pytest.mark.parametrize("name", IN_PLACE)
def test_change_of_a_leaf_s_shape_in_place(name):
    match = "a leaf Variable that requires grad is being used in an in-place operation"
    raises_in_both(RuntimeError, match)(lambda L: IN_PLACE[name](tensor(L, [[1.0, 2.0]], True)))()

    @in_both
    def scenario(L):
        x = tensor(L, [[1.0, 2.0]], True)
        with L.no_grad():
            IN_PLACE[name](x)
        (x * 2).backward(ones(L, *x.shape))
        return [list(x.shape), x.grad, x.is_leaf]

    scenario()


@in_both
def test_what_was_saved_before_a_change_of_shape_is_gone(L):
    y = tensor(L, [1.0, 2.0], True) * 1
    z = y * y
    y.unsqueeze_(0)
    try:
        z.backward(ones(L, 2))
    except RuntimeError as error:
        return "modified by an inplace operation" in str(error)


@in_both
def test_expanded_tensors_change_shape_in_place_too(L):
    x = tensor(L, [1.0, 2.0])
    y = x.expand(3, 2)
    y.transpose_(0, 1)
    return [list(y.shape), y]


@in_both
def test_views_of_stretched_elements_can_be_written_to_one_by_one(L):
    x = tensor(L, [1.0, 2.0], True)
    w = tensor(L, 3.0, True)
    y = x * 1
    y.expand(2, 2)[0].mul_(w)
    y.backward(tensor(L, [1.0, 10.0]))
    return [y, x.grad, w.grad]


def test_alias_of_a_view():
    x = mt.arange(4.0).requires_grad_() * 1
    alias = mt.Tensor(x[1:])
    alias.mul_(2)
    assert x.tolist() == [0, 2, 4, 6]
    assert alias.grad_fn is not None


def test_empty_views_belong_to_their_base():
    x, v = mt.zeros(2, 3, requires_grad=True) * 1, mt.zeros(0, 3, requires_grad=True)
    x[5:] = v
    x.sum().backward()
    assert v.grad.shape == (0, 3)
