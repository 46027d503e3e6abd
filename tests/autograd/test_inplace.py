"""In-place operations: versions, refusals, and saved tensors that were changed."""

import numpy as np
import pytest

import minitorch_cv as mt

from .both import in_both, ones, raises_in_both, tensor

CHANGED = r"one of the variables needed for gradient computation has been modified by an inplace operation: "


@in_both
def test_a_chain_of_in_place_operations(L):
    x = tensor(L, [1.0, 2.0], True)
    y = x * 2
    y.mul_(3)
    y += 1
    y.div_(2)
    y -= x
    y.sum().backward()
    return [x.grad, y, y._version, y.grad_fn.name()]


@in_both
def test_an_in_place_operation_can_make_a_tensor_require_grad(L):
    x, y = tensor(L, [1.0, 2.0], True), tensor(L, [1.0, 2.0])
    y.mul_(x)
    y.sum().backward()
    return [y.requires_grad, y.is_leaf, x.grad]


@in_both
def test_the_old_value_is_kept_where_it_is_needed(L):
    x, w = tensor(L, [1.0, 2.0], True), tensor(L, [3.0, 4.0], True)
    y = x * 2
    y.pow_(2)
    z = x * 3
    z.mul_(w)
    (y + z).sum().backward()
    return [x.grad, w.grad]


def test_a_tensor_may_be_multiplied_by_itself_in_place():  # (PyTorch refuses in backward)
    x = tensor(mt, [1.0, 2.0], True)
    y = x * 2
    y.mul_(y)
    y.sum().backward()
    assert x.grad.tolist() == [8.0, 16.0]


# ---- versions -----------------------------------------------------------------------------------------------------


@in_both
def test_versions(L):
    x = tensor(L, [[1.0, 2.0], [3.0, 4.0]])
    v, d, t, c = x[0], x.detach(), x.t(), x.clone()
    log = [x._version]
    v.add_(1)
    log.append([t_._version for t_ in (x, v, d, t, c)])
    t.mul_(2)
    d.zero_()
    x[0, 0] = 5.0
    x.data.add_(1)
    log.append([t_._version for t_ in (x, v, d, t, c)])
    return log


@in_both
def test_versions_count_in_no_grad_too(L):
    x = tensor(L, [1.0], True)
    with L.no_grad():
        x.add_(1)
        x.copy_(ones(L, 1))
    return [x._version, x.is_leaf, x]


@raises_in_both(
    RuntimeError, CHANGED + r"\[torch.DoubleTensor \[2\]\], which is output 0 of .*, is at version 1; expected"
)
def test_a_saved_result_was_changed(L):
    y = tensor(L, [1.0, 2.0], True) * 2
    z = y * y
    y.add_(1)
    z.sum().backward()


@raises_in_both(RuntimeError, CHANGED + r"\[torch.DoubleTensor \[2\]\] is at version 2; expected version 0 instead")
def test_a_saved_tensor_without_history_was_changed(L):
    w = tensor(L, [3.0, 3.0])
    z = tensor(L, [1.0, 2.0], True) * w
    w.add_(1)
    w.add_(1)
    z.sum().backward()


@raises_in_both(RuntimeError, CHANGED + r"\[torch.DoubleTensor \[2\]\] is at version 1; expected version 0 instead")
def test_a_saved_leaf_was_changed_in_no_grad(L):
    x = tensor(L, [1.0, 2.0], True)
    y = x * x
    with L.no_grad():
        x.mul_(2)
    y.sum().backward()


@raises_in_both(RuntimeError, CHANGED)
def test_a_saved_leaf_was_changed_through_detach(L):
    x = tensor(L, [1.0, 2.0], True)
    y = x * x
    x.detach().mul_(2)
    y.sum().backward()


@in_both
def test_a_change_through_data_goes_unnoticed(L):
    x = tensor(L, [1.0, 2.0], True)
    y = x * x
    x.data.mul_(2)
    y.sum().backward()
    return x.grad


@raises_in_both(RuntimeError, CHANGED + r"\[torch.DoubleTensor \[1\]\]")
def test_the_base_of_a_saved_view_was_changed(L):
    y = tensor(L, [1.0, 2.0], True) * 2
    z = y[:1] * y[1:]
    y.add_(1)
    z.sum().backward()


@raises_in_both(RuntimeError, CHANGED)
def test_a_saved_result_of_the_operation_itself_was_changed(L):
    y = tensor(L, [1.0, 2.0], True).exp()
    y.add_(1)
    y.sum().backward()


@in_both
def test_what_was_not_saved_may_be_changed(L):
    x = tensor(L, [1.0, 2.0], True)
    y = x * 2
    z = y + 1
    y.mul_(5)
    (z + y).sum().backward()
    return x.grad


@in_both
def test_a_change_before_it_was_saved_is_no_change(L):
    w = tensor(L, [3.0, 3.0])
    w.add_(1)
    x = tensor(L, [1.0, 2.0], True)
    (x * w).sum().backward()
    return x.grad


def test_the_message_says_who_saved_and_what_helps():
    y = mt.tensor([1.0], requires_grad=True) * 2
    z = y * y
    y += 1
    with pytest.raises(
        RuntimeError, match=r"MulBackward0 saved it.*Hint: replace the in-place operation.*or clone\(\)"
    ):
        z.backward()


# ---- refusals -----------------------------------------------------------------------------------------------------


@raises_in_both(RuntimeError, "a leaf Variable that requires grad is being used in an in-place operation")
def test_leaf(L):
    tensor(L, [1.0, 2.0], True).add_(1)


@raises_in_both(RuntimeError, "a view of a leaf Variable that requires grad is being used in an in-place operation")
def test_view_of_a_leaf(L):
    tensor(L, [1.0, 2.0], True)[0].add_(1)


@raises_in_both(RuntimeError, "more than one element of the written-to tensor refers to a single memory location")
def test_expanded_tensor(L):
    tensor(L, [1.0]).expand(3).add_(1)


@in_both
def test_expanded_tensor_that_gets_one_value(L):
    x = tensor(L, [1.0])
    x.expand(3).fill_(2.0)
    y = tensor(L, [1.0])
    y.expand(3).zero_()
    return [x, y]


@in_both
def test_expanded_by_one_is_fine(L):
    return tensor(L, [1.0]).expand(1).add_(1)


def test_read_only_array():
    array = np.ones(2)
    array.flags.writeable = False
    with pytest.raises(RuntimeError, match=r"shows a NumPy array that is read-only; write to a clone\(\)"):
        mt.Tensor.wrap(array).add_(1)


@raises_in_both(RuntimeError, "doesn't match the broadcast shape")
def test_the_target_does_not_grow(L):
    tensor(L, [1.0]).mul_(ones(L, 3))


@raises_in_both(RuntimeError, "result type Double can't be cast to the desired output type Long")
def test_the_target_does_not_change_its_dtype(L):
    tensor(L, [1], dtype="int64").mul_(tensor(L, [1.5]))


# ---- views and modes ----------------------------------------------------------------------------------------------


@in_both
def test_a_write_through_a_view(L):
    x = tensor(L, [1.0, 2.0], True)
    y = x * 1
    v = y.view(2)
    w = y[:1]
    v.mul_(3)
    w.mul_(5)
    names = [y.grad_fn.name(), y._version, v._version, w._version]
    (y.sum() + v.sum()).backward()
    return [names, x.grad]


@in_both
def test_a_write_to_a_view_of_what_requires_no_grad(L):
    x, y = tensor(L, [3.0], True), tensor(L, [1.0, 2.0])
    v, w = y[:1], y[1:]
    v.mul_(x)
    flags = [t.requires_grad for t in (y, v, w)]
    (y * 2).sum().backward()
    return [flags, x.grad]


@in_both
def test_views_made_in_no_grad(L):
    x = tensor(L, [1.0, 2.0], True)
    with L.no_grad():
        v = x.view(2)
        detached = (x * 1).view(2)
    detached.mul_(2)  # nothing of this is recorded
    (v * 3).sum().backward()
    return [v.requires_grad, v.is_leaf, v._base is x, v.grad, x.grad, detached.requires_grad]


@pytest.mark.parametrize(
    "match, scenario",
    [
        ("A view was created in no_grad mode and is being modified inplace", lambda y, v: v.mul_(2)),
        ("is a view of a view which was created in no_grad mode and is being modified", lambda y, v: v[0].mul_(2)),
        (
            "no_grad mode and its base or another view of its base has been modified",
            lambda y, v: (y.mul_(2), v.grad_fn),
        ),
        (
            "no_grad mode and its base or another view of its base has been modified",
            lambda y, v: (y.mul_(2), v.is_leaf),
        ),
        ("no_grad mode and its base or another view of its base has been modified", lambda y, v: (y.mul_(2), v * 2)),
    ],
)
def test_writes_that_views_made_in_no_grad_cannot_follow(match, scenario):
    @raises_in_both(RuntimeError, match)
    def check(L):
        y = tensor(L, [1.0, 2.0], True) * 1
        with L.no_grad():
            v = y.view(2)
        scenario(y, v)

    check()


@raises_in_both(RuntimeError, "A view was created in inference mode and is being modified inplace")
def test_writes_to_views_made_in_inference_mode(L):
    y = tensor(L, [1.0, 2.0])
    with L.inference_mode():
        v = y.view(2)
    v.mul_(tensor(L, [1.0, 2.0], True))


@raises_in_both(
    RuntimeError, "is a view and is being modified inplace. This view is the output of a function that returns"
)
def test_writes_to_one_of_several_views(L):
    (tensor(L, [1.0, 2.0], True) * 1).split(1)[0].mul_(2)


@raises_in_both(
    RuntimeError, "its base or another view of its base has been modified inplace. This view is the output of a"
)
def test_writes_to_the_base_of_several_views(L):
    y = tensor(L, [1.0, 2.0], True) * 1
    parts = y.split(1)
    y.mul_(2)
    parts[0].sum()


@in_both
def test_several_views_may_be_written_to_in_no_grad(L):
    y = tensor(L, [1.0, 2.0])
    a, b = y.split(1)
    with L.no_grad():
        a.mul_(10)
    b.mul_(20)
    return y
