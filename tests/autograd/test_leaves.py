"""Flags, histories, .grad, .data and detach, as PyTorch has them."""

import numpy as np
import pytest

import minitorch_cv as mt

from .both import LIBRARIES, in_both, ones, raises_in_both, tensor


@in_both
def test_what_requires_grad_and_what_is_a_leaf(L):
    x = tensor(L, [1.0])
    y = x * 2
    flags = [x.is_leaf, y.is_leaf, y.requires_grad, y.grad_fn]
    x.requires_grad_()
    z = x * y
    return [*flags, x.is_leaf, z.is_leaf, z.requires_grad, y.requires_grad, z.output_nr]


@in_both
def test_names_of_the_nodes(L):
    x = tensor(L, [1.0, 2.0], True)
    made = [x + 1, x * 2, x / 2, x - 1, -x, x.clone(), x.float(), x.sum(), x[0], x.view(2, 1)]
    return [m.grad_fn.name() for m in made]


@in_both
def test_repr_of_a_node_begins_with_its_name(L):
    x = tensor(L, [1.0], True)
    accumulate = (x * 2).grad_fn.next_functions[0][0]
    return [repr((x * 2).grad_fn).split()[0], repr(accumulate).split()[0], accumulate.name()]


@in_both
def test_next_functions_lead_to_the_leaf(L):
    x = tensor(L, [1.0, 2.0], True)
    y = x * 2
    z = y * ones(L, 2)

    def names(node):
        return [(None if n is None else n.name(), index) for n, index in node.next_functions]

    leaf = y.grad_fn.next_functions[0][0]
    return [
        names(z.grad_fn),
        names(y.grad_fn),
        leaf.next_functions,
        leaf.variable is x,
        leaf is (x + 1).grad_fn.next_functions[0][0],
        z.grad_fn.next_functions[0][0] is y.grad_fn,
    ]


@in_both
def test_output_nr_of_several_results(L):
    parts = tensor(L, [1.0, 2.0], True).split(1)
    return [p.output_nr for p in parts] + [parts[0].grad_fn is parts[1].grad_fn]


@pytest.mark.parametrize("dtype", ["int64", "int32", "uint8", "bool"])
def test_only_floats_can_require_grad(dtype):
    @raises_in_both(RuntimeError, "only Tensors of floating point")
    def method(L):
        tensor(L, [1], dtype=dtype).requires_grad_()

    @raises_in_both(RuntimeError, "only Tensors of floating point")
    def attribute(L):
        tensor(L, [1], dtype=dtype).requires_grad = True

    method()
    attribute()


@in_both
def test_requires_grad_can_be_switched_on_leaves(L):
    x = tensor(L, [1.0], True)
    off = x.requires_grad_(False)
    flags = [off is x, x.requires_grad]
    x.requires_grad = True
    y = x * 2
    return [*flags, x.requires_grad, y.requires_grad_().is_leaf, tensor(L, [1], dtype="int64").requires_grad_(False)]


@raises_in_both(RuntimeError, r"you can only change requires_grad flags of leaf variables.*var.detach\(\)")
def test_a_result_cannot_stop_requiring_grad(L):
    (tensor(L, [1.0], True) * 2).requires_grad = False


@raises_in_both(RuntimeError, "requires_grad must be a bool")
def test_requires_grad_is_a_bool(L):
    tensor(L, [1.0]).requires_grad = 1


@in_both
def test_integer_results_of_float_operations_have_no_history(L):
    x = tensor(L, [1.0, 2.0], True)
    return [x.long().requires_grad, x.argmax().requires_grad, (x > 1).requires_grad, x.max(0).indices.requires_grad]


@in_both
def test_a_leaf_that_was_switched_off_gets_no_gradient(L):
    log = []
    x, w = tensor(L, [1.0], True), tensor(L, [2.0], True)
    x.register_post_accumulate_grad_hook(lambda p: log.append("accumulated"))
    y, z = x * w, x * 3
    x.requires_grad_(False)
    (y + z).backward()
    return [x.grad, w.grad, log]


# ---- .grad --------------------------------------------------------------------------------------------------------


@in_both
def test_grad_is_none_until_backward_and_has_no_history(L):
    x = tensor(L, [1.0, 2.0], True)
    before = x.grad
    (x * 2).sum().backward()
    return [before, x.grad, x.grad.requires_grad, x.grad.is_leaf]


@pytest.mark.parametrize("L", LIBRARIES.values(), ids=LIBRARIES)
def test_grad_of_a_result_is_none_with_a_warning(L):
    y = tensor(L, [1.0], True) * 2
    (y * 3).backward()
    with pytest.warns(
        UserWarning, match=r"The .grad attribute of a Tensor that is not a leaf Tensor is being accessed"
    ):
        assert y.grad is None


@in_both
def test_grad_can_be_assigned_and_is_added_to_in_place(L):
    x, g = tensor(L, [1.0, 2.0], True), tensor(L, [3.0, 3.0])
    x.grad = g
    (x * 2).sum().backward()
    return [x.grad is g, g, g._version]


@in_both
def test_grad_can_be_deleted_and_set_to_none(L):
    x = tensor(L, [1.0], True)
    (x * 2).backward()
    del x.grad
    first = x.grad
    x.grad = None
    (x * 3).backward()
    return [first, x.grad]


@raises_in_both(RuntimeError, "attempting to assign a gradient of size")
def test_assigned_grad_of_another_shape(L):
    tensor(L, [1.0, 2.0], True).grad = tensor(L, [1.0])


@raises_in_both(RuntimeError, "attempting to assign a gradient with dtype")
def test_assigned_grad_of_another_dtype(L):
    tensor(L, [1.0], True).grad = tensor(L, [1.0], dtype="float32")


@raises_in_both(TypeError, "assigned grad expected to be a Tensor or None but got grad of type int")
def test_assigned_grad_that_is_no_tensor(L):
    tensor(L, [1.0], True).grad = 1


@raises_in_both(RuntimeError, "can't assign Variable as its own grad")
def test_a_tensor_is_not_its_own_grad(L):
    x = tensor(L, [1.0], True)
    x.grad = x


@in_both
def test_grad_lies_in_memory_as_its_tensor(L):
    x = tensor(L, np.arange(6.0).reshape(2, 3), True)
    (x.t() * tensor(L, np.ones((3, 2)))).sum().backward()
    y = tensor(L, np.arange(6.0).reshape(2, 3).T, True)
    (y * 2).sum().backward()
    return [x.grad.is_contiguous(), x.grad.view(-1), y.is_contiguous(), y.grad.stride()]


# ---- .data and detach ---------------------------------------------------------------------------------------------


@in_both
def test_detach_shares_memory_and_version(L):
    x = tensor(L, [1.0, 2.0], True)
    y = x * 2
    d = y.detach()
    d.add_(1)
    return [y, d.requires_grad, d.is_leaf, d.grad_fn, d._is_view(), y._version, d._version]


@in_both
def test_data_shares_memory_but_not_the_version(L):
    x = tensor(L, [1.0, 2.0], True)
    y = x * 2
    d = y.data
    d.add_(1)
    return [y, d.requires_grad, d.is_leaf, d._is_view(), y._version, d._version]


@in_both
def test_a_detached_result_begins_a_new_graph(L):
    x = tensor(L, [1.0], True)
    d = (x * 2).detach().requires_grad_()
    (d * 3).backward()
    return [d.grad, x.grad, d.is_leaf]


@in_both
def test_detach_in_place(L):
    x = tensor(L, [1.0], True)
    y = x * 2
    same = y.detach_()
    leaf = x.detach_()
    return [same is y, y.requires_grad, y.is_leaf, leaf is x, x.requires_grad]


@raises_in_both(RuntimeError, r"Can't detach views in-place. Use detach\(\) instead")
def test_views_cannot_be_detached_in_place(L):
    (tensor(L, [1.0, 2.0], True) * 2).view(2).detach_()


@in_both
def test_data_can_be_replaced(L):
    x = tensor(L, [1.0, 2.0], True)
    (x * 2).sum().backward()
    x.grad = None
    x.data = tensor(L, [5.0, 6.0, 7.0])
    (x * x).sum().backward()
    return [x, x.grad, x.is_leaf, x._version]


def test_data_can_be_replaced_while_a_graph_leads_to_the_leaf():  # (PyTorch 2.13 refuses the new shape then)
    x = tensor(mt, [1.0, 2.0], True)
    kept = x * 2
    x.data = tensor(mt, [5.0, 6.0, 7.0])
    (x * x).sum().backward()
    assert x.grad.tolist() == [10.0, 12.0, 14.0] and kept.tolist() == [2.0, 4.0]


@raises_in_both(RuntimeError, "data set to a tensor that requires gradients must be floating point")
def test_data_of_a_tensor_that_requires_grad_is_floating(L):
    tensor(L, [1.0], True).data = tensor(L, [1], dtype="int64")


@raises_in_both(TypeError, "Variable data has to be a tensor, but got")
def test_data_is_a_tensor(L):
    tensor(L, [1.0]).data = np.ones(1)


# ---- the old Variable ---------------------------------------------------------------------------------------------


@in_both
def test_variable_gives_a_tensor(L):
    x = tensor(L, [1.0, 2.0])
    v = L.autograd.Variable(x, requires_grad=True)
    (v * 2).sum().backward()
    computed = L.autograd.Variable(v * 2)
    return [
        type(v) is L.Tensor,
        isinstance(x, L.autograd.Variable),
        isinstance(3, L.autograd.Variable),
        v.requires_grad,
        x.requires_grad,
        v.grad,
        computed.requires_grad,
        L.autograd.Variable(x).requires_grad,
        v.data_ptr() == x.data_ptr(),
    ]


@raises_in_both(TypeError, "Variable data has to be a tensor, but got list")
def test_variable_takes_a_tensor(L):
    L.autograd.Variable([1.0])


def test_wrap_and_the_base_class_of_tensors():
    from minitorch_cv.autograd.variable import Variable

    v = Variable(np.ones(2), requires_grad=True)
    assert v.requires_grad and v.is_leaf and type(v.detached()) is Variable
    assert not Variable(np.ones(2)).requires_grad
    assert isinstance(mt.Tensor.wrap(np.ones(2)), Variable)
