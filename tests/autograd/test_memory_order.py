"""What a layer left channels last in memory behaves as PyTorch's memory, which runs in the order of the dimensions."""

from __future__ import annotations

import copy
import io
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from tests.checks import channels_last, normal

from .both import in_both, raises_in_both


def image(library: Any, requires_grad: bool = False, *shape: int) -> Any:
    """A tensor (2, 3, 4, 5): here in the memory that a layer would have left it in, in PyTorch in its own."""
    array = normal(*(shape or (2, 3, 4, 5)))
    if library is not mt:
        made = library.from_numpy(array)
    else:
        made = mt.Tensor.wrap(np.moveaxis(np.moveaxis(array, -3, -1).copy(), -1, -3))
        assert not made.array.flags.c_contiguous
    return made.requires_grad_() if requires_grad else made


def scenario(function: Callable[[Any, Any], Any]) -> Callable[[], None]:
    """A test of `function(library, map)`, which gives the same in both libraries."""
    return in_both(lambda library: function(library, image(library)))


# ---- views ----------------------------------------------------------------------------------------------------------

VIEWS = {
    "view": lambda y: y.view(2, -1),
    "view of all": lambda y: y.view(-1),
    "view of another": lambda y: y.view_as(y.new_zeros(6, 20)),
    "view that fits": lambda y: y.view(2, 3, 20),
    "groups of channels": lambda y: y.view(2, 3, 1, 4, 5),
    "reshape": lambda y: y.reshape(4, 30),
    "flatten": lambda y: y.flatten(1),
    "flatten first": lambda y: y.flatten(0, 1),
    "ravel": lambda y: y.ravel(),
    "contiguous": lambda y: y.contiguous(),
    "to contiguous": lambda y: y.to(memory_format=_library_of(y).contiguous_format),
    "image": lambda y: y[1].view(-1),
    "image, flattened": lambda y: y[1].flatten(),
    "detached": lambda y: y.detach().view(2, -1),
    "detached image": lambda y: y[0].detach().view(3, -1),
    "slice": lambda y: y[:1].view(1, -1),
    "channels": lambda y: y[:, 1:].flatten(2),
    "one channel": lambda y: y[:, 1].view(2, -1),
    "unsqueezed": lambda y: y.unsqueeze(0).view(1, 2, -1),
    "chunk": lambda y: y.chunk(2)[1].view(-1),
    "data": lambda y: y.data.view(2, -1),
    "permuted": lambda y: y.permute(2, 3, 0, 1).permute(2, 3, 0, 1).view(2, -1),
}


def _library_of(y: Any) -> Any:
    return mt if isinstance(y, mt.Tensor) else torch


@pytest.mark.parametrize("name", VIEWS)
def test_views_have_pytorchs_order_and_share_memory(name):
    def both_ways(library: Any, y: Any) -> Any:
        shown = VIEWS[name](y)
        before = shown.clone()
        shown[..., 3:5] = 7.0
        y[1, 2, 3, 4] = -1.0
        y[0, 0, 0, 0] += 2.0
        return before, shown, y, shown.is_contiguous()

    scenario(both_ways)()


@pytest.mark.parametrize("name", VIEWS)
def test_views_in_no_grad(name):
    def writes(library: Any, y: Any) -> Any:
        with library.no_grad():
            shown = VIEWS[name](y)
            shown.mul_(2)
        return shown, y

    scenario(writes)()


COPIES = {
    "reshape": lambda y: y.permute(0, 2, 3, 1).reshape(-1, 3),
    "contiguous": lambda y: y.permute(0, 2, 3, 1).contiguous(),
    "contiguous part": lambda y: y[:, :1].contiguous(),
    "contiguous steps": lambda y: y[0, 0, 0, ::2].contiguous(),
    "contiguous diagonal": lambda y: y[1, 2].diagonal().contiguous(),
    "flatten": lambda y: y.permute(0, 2, 3, 1).flatten(1),
    "ravel": lambda y: y.permute(0, 2, 3, 1).ravel(),
    "reshape of a part": lambda y: y[:, :2].reshape(-1),
}


@pytest.mark.parametrize("name", COPIES)
def test_what_pytorch_copies_is_a_copy(name):
    def writes(library: Any, y: Any) -> Any:
        made = COPIES[name](y)
        made.zero_()
        return made, y, made._base is None

    scenario(writes)()


@pytest.mark.parametrize(
    "refused",
    [
        lambda y: y.permute(0, 2, 3, 1).view(-1, 3),
        lambda y: y.transpose(2, 3).view(2, -1),
        lambda y: y[:, :, 1:].view(2, -1),
        lambda y: y[:, :2].view(-1),
        lambda y: y.permute(0, 2, 3, 1).detach().view(2, -1),
        lambda y: y[0, 0].t().view(-1),
    ],
)
def test_what_pytorch_cannot_view_cannot_be_viewed(refused):
    raises_in_both(RuntimeError, "view size is not compatible with input tensor's size and stride")(
        lambda library: refused(image(library))
    )()


@pytest.mark.parametrize(
    "own",
    [
        lambda x: x.t().view(-1),
        lambda x: x.reshape(2, 3, 2).permute(0, 2, 1).view(-1),
        lambda x: x.reshape(2, 3, 2).permute(0, 2, 1).detach().view(-1),
        lambda x: x.reshape(2, 3, 2).permute(0, 2, 1).data.view(-1),
        lambda x: x.reshape(2, 3, 2).transpose_(1, 2).view(-1),
        lambda x: (x.t() * 2).view(-1),
    ],
)
def test_a_users_own_order_is_kept(own):
    raises_in_both(RuntimeError, "view size is not compatible")(
        lambda library: own(library.from_numpy(normal(3, 4)).clone())
    )()


ELEMENT_BY_ELEMENT = {
    "+": lambda library, x: x + 1,
    "-": lambda library, x: -x,
    "*": lambda library, x: x * x,
    "* smaller": lambda library, x: x * library.ones(x.shape[-1], dtype=x.dtype),
    "**": lambda library, x: x**3,
    "relu": lambda library, x: x.relu(),
    "sigmoid": lambda library, x: x.sigmoid(),
    "exp": lambda library, x: x.exp(),
    "clamp": lambda library, x: x.clamp(-1, 1),
    "maximum": lambda library, x: library.maximum(x, -x),
    "where": lambda library, x: library.where(x > 0, x, -x),
    "lerp": lambda library, x: library.lerp(x, -x, 0.25),
    ">": lambda library, x: x > 0,
    "isnan": lambda library, x: x.isnan(),
    "&": lambda library, x: (x > 0) & ~(x > 1),
    "logical_or": lambda library, x: library.logical_or(x > 0, x < -1),
    "zeros_like": lambda library, x: library.zeros_like(x),
    "ones_like": lambda library, x: library.ones_like(x) * 2,
    "clone": lambda library, x: x.clone(),
    "to": lambda library, x: x.to(library.float32),
    "two": lambda library, x: (x * 2).tanh(),
}
ORDERS = {
    "image from NumPy": lambda x: x[0].permute(2, 0, 1),
    "images from NumPy": lambda x: x.permute(0, 3, 1, 2),
    "permuted": lambda x: x[0].permute(2, 1, 0),
    "cut out": lambda x: x[0].permute(2, 0, 1)[:, 1:3, 1:4],
    "channels": lambda x: x.permute(0, 3, 1, 2)[:, :2],
    "in place": lambda x: (x[0, 0] * 1).unsqueeze_(0).transpose_(0, -1),
}


@pytest.mark.parametrize("name", ELEMENT_BY_ELEMENT)
@pytest.mark.parametrize("order", ORDERS)
def test_what_is_computed_element_by_element_keeps_a_users_own_order(name, order):
    def scenario(library: Any) -> Any:
        y = ELEMENT_BY_ELEMENT[name](library, ORDERS[order](library.from_numpy(normal(2, 4, 5, 3))))
        copy = y.reshape(-1)
        copy.zero_()  # which y does not share
        with pytest.raises(RuntimeError, match="view size is not compatible"):
            y.view(-1)
        return y.float(), y.float().view(library.int32).shape

    in_both(scenario)()


def test_what_pytorch_lays_in_order_lies_in_order():
    def scenario(library: Any) -> Any:
        x = library.from_numpy(normal(3, 4, 5)).permute(2, 1, 0)
        made = [x.softmax(1), x.log_softmax(0), x.cumsum(1), x.cumprod(1), x.roll(1, 1), x.masked_fill(x > 0, 0.0)]
        return [(y.stride(), y.view(-1).shape) for y in [*made, library.nn.functional.logsigmoid(x)]]

    in_both(scenario)()


def test_an_array_of_the_user_is_kept():
    array = normal(2, 4, 5, 3).transpose(0, 3, 1, 2)
    for made in (mt.from_numpy(array), mt.as_tensor(array), mt.nn.Parameter(mt.from_numpy(array))):
        with pytest.raises(RuntimeError, match="view size is not compatible"):
            made.view(2, -1)
        assert made.array is array


# ---- everything that shares the memory moves along ------------------------------------------------------------------


@scenario
def test_all_that_share_the_memory_follow(library, y):
    shared = [
        y.detach(),
        y[1],
        y[:, 1],
        y[..., ::2],
        y.permute(0, 2, 3, 1),
        y[:, :, 1, 2].detach(),
        y[1].detach()[2:],
        y.unsqueeze(1),
        y[0, 0, 0].expand(3, 5),
        *y.chunk(2, 2),
        *y.unbind(1),
        y[:0],
        y.unfold(3, 2, 1),
        y.diagonal(0, 2, 3),
    ]
    flat = y.view(2, -1)
    flat[0, 0], flat[1, -1] = 5.0, 6.0
    flat[:, 20:40] *= 3
    shared[0][1, 1, 1, 1] = 9.0
    shared[1][0] += 1
    return flat, y, shared


@scenario
def test_views_and_detached_tensors_of_no_grad_follow(library, y):
    with library.no_grad():
        part, kept = y[:, 1:], y.detach()[0]
        flat = y.view(-1)
        flat += 1
        kept *= 2
    return flat, part, kept, y


@scenario
def test_the_map_itself_may_be_gone(library, y):
    image = y[1].detach()
    del y
    flat = image.view(-1)
    flat[0] = 4.0
    return flat, image


@scenario
def test_what_was_squeezed_in_place(library, y):
    y = y[:1].clone()
    row = y[0, 1]
    y.squeeze_(0)
    flat = y.view(-1)
    flat[21] = 3.0
    return flat, row, y


def test_a_view_that_cannot_follow_keeps_the_memory_where_it_is():
    y = image(mt)
    rows = y.permute(0, 2, 3, 1)
    rows = mt.Tensor.wrap(rows.array.reshape(-1, 3))  # no strides of the new order show this
    rows.become_view_of(y, None)
    with pytest.raises(RuntimeError, match="view size is not compatible"):
        y.view(2, -1)
    assert np.may_share_memory(rows.array, y.array)
    np.testing.assert_array_equal(y.reshape(2, -1).array, normal(2, 3, 4, 5).reshape(2, -1))
    assert np.may_share_memory(y.numpy(), y.array) and np.may_share_memory(rows.array, y.array)


# ---- gradients ------------------------------------------------------------------------------------------------------


def gradient(function: Callable[[Any, Any], Any]) -> Callable[[], None]:
    """A test of `function(library, map)`: result, and gradient of the leaf that the map is made from."""

    def run(library: Any) -> Any:
        leaf = image(library, True)
        y = leaf * 2 if library is not mt else mt.Tensor.wrap(leaf.array).requires_grad_() * 2
        leaf = leaf if library is not mt else y.grad_fn.next_functions[0][0].variable
        result = function(library, y)
        weights = library.from_numpy(normal(*result.shape, seed=3))
        (result * weights).sum().backward()
        return result, leaf.grad, result.grad_fn.name().lower()

    return in_both(run)


@gradient
def test_gradient_of_a_view(library, y):
    return y.view(2, -1)


@gradient
def test_gradient_of_a_write_through_a_view(library, y):
    flat = y.view(2, -1)
    flat[:, 3:50] *= 3
    return y


@gradient
def test_gradient_of_a_write_before_the_move(library, y):
    y[:, 1].mul_(5)
    image = y[1]
    flat = y.view(-1)
    image.mul_(3)
    return flat * flat


@gradient
def test_gradient_of_flatten_after_relu(library, y):
    return y.relu().flatten(1)


@gradient
def test_gradient_of_a_copy(library, y):
    return y.permute(0, 2, 3, 1).reshape(-1, 3)


@raises_in_both(RuntimeError, "has been modified by an inplace operation")
def test_a_write_through_the_view_to_what_backward_saved(library):
    y = image(library, True).exp()
    y.view(2, -1).mul_(2)
    y.sum().backward()


@raises_in_both(RuntimeError, "has been modified by an inplace operation")
def test_a_write_after_the_move_to_what_backward_saved(library):
    y = image(library, True).exp()
    flat = y.view(2, -1)
    y.mul_(2)
    flat.sum().backward()


# ---- what leaves the library ----------------------------------------------------------------------------------------


@scenario
def test_arrays_run_in_the_order_of_the_dimensions_and_share_memory(library, y):
    part = y[1]
    array = y.numpy()
    array[0, 1, 2, 3] = 8.0
    y.view(-1)[7] = 9.0
    part[0, 0, 0] = 3.0
    strides = [s // 8 for s in array.strides]
    return array.tolist(), strides, y, np.asarray(part).flags.c_contiguous, y.data.stride(), y.tolist()


@scenario
def test_memory_as_bytes_and_other_dtypes(library, y):
    return y.untyped_storage().tolist(), y.view(library.int64), y.view(library.int32).shape, y[0].view(library.int64)


@scenario
def test_copies_of_the_tensor(library, y):
    shared, deep, pickled = copy.copy(y), copy.deepcopy(y), pickle.loads(pickle.dumps(y))
    one, two = copy.deepcopy([y, y[0]])
    shared.view(-1)[0] = 1.0
    one.view(-1)[1] = 2.0
    return y, shared, deep, deep.view(-1), pickled, pickled.view(-1), one, two


@scenario
def test_saving_and_loading(library, y):
    buffer = io.BytesIO()
    library.save({"map": y, "part": y[1]}, buffer)
    buffer.seek(0)
    loaded = library.load(buffer)
    loaded["map"].view(-1)[-1] = 0.0
    return loaded["map"], loaded["part"], loaded["map"].stride()


@scenario
def test_parameters_and_data_share_the_memory(library, y):
    parameter, buffer = library.nn.Parameter(y), library.nn.Buffer(y)
    other = library.zeros(2, 3, 4, 5, dtype=library.float64)
    other.data = y
    y.view(-1)[0] = 4.0
    with library.no_grad():
        parameter.view(-1)[1] = 5.0
    buffer.view(-1)[2] = 6.0
    return y, parameter, buffer, other.view(-1)


# ---- other shapes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reduced",
    [
        lambda y: y.sum(0).view(-1),
        lambda y: y.mean(2).view(2, -1),
        lambda y: y.mean((2, 3)).view(-1),
        lambda y: y.sum((0, 2)).view(-1),
        lambda y: y[0].amax(1).view(-1),
        lambda y: y[0].max(1)[0].view(-1),
        lambda y: y[0].max(1)[1].view(-1),
        lambda y: y[0].argmin(1).view(-1),
        lambda y: y[0].var(1).isfinite().view(-1),
        lambda y: (y[0] > 9).float().norm(dim=1).view(-1),
        lambda y: y.amax(1).view(-1),
        lambda y: y.sum(1, keepdim=True).view(2, -1),
        lambda y: (y[0] * 2).view(-1),
        lambda y: y[[1, 0, 1]].view(3, -1),
        lambda y: y[:, [2, 0]].view(2, -1),
        lambda y: y.flip(3).view(2, -1),
        lambda y: y.argmax(1).view(-1),
        lambda y: (y > 0).view(2, -1),
        lambda y: y.float().view(2, -1),
        lambda y: y.clone().view(2, -1),
        lambda y: y.new_zeros(1).add(y).view(2, -1),
    ],
)
def test_views_of_what_is_computed_from_a_map(reduced):
    scenario(lambda library, y: reduced((y * 8).round()))()  # of whole numbers sums are exact


@scenario
def test_views_of_joined_maps(library, y):
    joined = (
        library.cat([y, y], 1),
        library.cat([y, y.clone().contiguous()]),
        library.stack([y, y]),
        library.stack([y, y], 1),
        library.stack([y[0], y[1], y[0]]),
        library.stack([y[0].permute(2, 1, 0), y[1].permute(2, 1, 0)]),
        library.cat([y[0, 0].t(), y[0, 1].t()]),
    )
    return joined, [t.view(-1) for t in joined]


@pytest.mark.parametrize("shape", [(1, 3, 4, 5), (2, 3, 1, 5), (2, 3, 4, 1), (3, 4, 5)])
def test_sizes_of_one(shape):
    def run(library: Any) -> Any:
        y = image(library, False, *shape)
        part = y[..., 0]
        y.view(-1)[2] = 1.0
        return y, part, y.reshape(shape[0], -1)

    in_both(run)()


def test_channels_last_maps_are_what_these_tests_use():
    x = mt.Tensor.wrap(channels_last(normal(2, 3, 4, 5)))
    assert x.is_contiguous(memory_format=mt.channels_last) and not x.is_contiguous()
    assert x.view(2, -1).is_contiguous() and x.is_contiguous()
