"""backward and grad: what they add where, what they keep, what they refuse."""

import pytest

import minitorch_cv as mt
from minitorch_cv.autograd.operation import Operation

from .both import in_both, ones, raises_in_both, tensor


@in_both
def test_a_single_element_needs_no_gradient(L):
    x = tensor(L, [[3.0]], True)
    (x * x).backward()
    return x.grad


@raises_in_both(RuntimeError, "grad can be implicitly created only for scalar outputs")
def test_a_result_of_several_elements_does(L):
    (tensor(L, [1.0, 2.0], True) * 2).backward()


@raises_in_both(RuntimeError, "element 0 of tensors does not require grad and does not have a grad_fn")
def test_backward_without_a_graph(L):
    tensor(L, [1.0]).backward()


@raises_in_both(RuntimeError, r"Mismatch in shape: grad_output\[0\] has a shape of torch.Size\(\[3\]\) and output\[0\]")
def test_gradient_of_another_shape(L):
    (tensor(L, [1.0, 2.0], True) * 2).backward(ones(L, 3))


@raises_in_both(TypeError, "gradients can be either Tensors or None, but got list")
def test_gradient_that_is_no_tensor(L):
    L.autograd.backward([tensor(L, [1.0], True) * 2], [[1.0]])


@raises_in_both(RuntimeError, "got 2 tensors and 1 gradients")
def test_as_many_gradients_as_tensors(L):
    x = tensor(L, [1.0], True)
    L.autograd.backward([x * 2, x * 3], [ones(L, 1)])


@pytest.mark.parametrize("dtype", ["float32", "int64", "bool"])
def test_the_gradient_takes_the_dtype_of_the_result(dtype):
    @in_both
    def check(L):
        x = tensor(L, [1.0, 2.0], True)
        (x * 2).backward(tensor(L, [1, 1], dtype=dtype))
        return [x.grad, str(x.grad.dtype)]

    check()


@in_both
def test_gradients_add_up_in_place(L):
    x = tensor(L, [1.0, 2.0], True)
    (x * 2).sum().backward()
    g = x.grad
    (x * 3).sum().backward()
    return [g is x.grad, g, g._version]


@in_both
def test_grad_is_nobody_elses_memory(L):
    x, y, g = tensor(L, [1.0, 2.0], True), tensor(L, [1.0, 2.0], True), tensor(L, [1.0, 5.0])
    (x + y).backward(g)
    x.grad.mul_(2)
    z = tensor(L, [1.0, 2.0], True)
    z.backward(g)
    z.backward(g)
    return [x.grad, y.grad, g, z.grad]


@in_both
def test_several_roots(L):
    x, w = tensor(L, [1.0, 2.0], True), tensor(L, [3.0], True)
    y = x * 2
    L.autograd.backward([y.sum(), (y * w).sum(), w * 5], [None, tensor(L, 2.0), None])
    return [x.grad, w.grad]


@in_both
def test_one_root_twice_and_roots_that_lead_to_each_other(L):
    x = tensor(L, [1.0], True)
    y = x * 2
    L.autograd.backward([y, y, y * 10, x])
    return x.grad


@in_both
def test_shared_subgraphs(L):
    x = tensor(L, [1.0, 2.0], True)
    y = x * 3
    z = y * y + y.sum() * x
    (z + z).sum().backward()
    return x.grad


# ---- freed graphs -------------------------------------------------------------------------------------------------


@raises_in_both(RuntimeError, "Trying to backward through the graph a second time.*Specify retain_graph=True")
def test_second_backward(L):
    x = tensor(L, [1.0], True)
    y = x * x
    y.backward()
    y.backward()


@raises_in_both(RuntimeError, "Trying to backward through the graph a second time")
def test_second_backward_through_a_shared_part(L):
    x = tensor(L, [1.0], True)
    y = x * x
    (y + 1).backward()
    (y + 2).backward()


@in_both
def test_second_backward_where_nothing_was_saved(L):
    x = tensor(L, [1.0, 2.0], True)
    z = -((x + 1) - x).clone().sum() + x[0]
    z.backward()
    z.backward()
    return x.grad


@in_both
def test_retain_graph(L):
    x = tensor(L, [2.0], True)
    y = x * x
    y.backward(retain_graph=True)
    first = float(x.grad)
    y.backward()
    return [first, x.grad]


def test_create_graph_is_refused():
    x = mt.tensor([1.0], requires_grad=True)
    for call in (
        lambda: (x * x).backward(create_graph=True),
        lambda: mt.autograd.backward(x * x, create_graph=True),
        lambda: mt.autograd.grad(x * x, x, create_graph=True),
    ):
        with pytest.raises(NotImplementedError, match="gradients of gradients are out of this library's scope"):
            call()


@pytest.mark.parametrize(
    "call, match",
    [
        (lambda x: mt.autograd.grad(x * x, x, is_grads_batched=True), "is_grads_batched=True is not supported"),
        (lambda x: mt.autograd.grad(x * x, x, only_inputs=False), "only_inputs=False is not supported"),
        (lambda x: mt.autograd.backward(x * x, grad_variables=x), "grad_variables is the old name of an argument"),
    ],
)
def test_what_else_is_refused(call, match):
    with pytest.raises(NotImplementedError, match=match):
        call(mt.tensor([1.0], requires_grad=True))


def test_operations_give_a_gradient_for_each_input():
    class Wrong(Operation):
        def forward(self, x, y):
            return x + y

        def backward(self, grad_out):
            return grad_out

    x = mt.tensor([1.0], requires_grad=True)
    with pytest.raises(
        RuntimeError, match=r"WrongBackward0 returned an incorrect number of gradients \(expected 2, got 1"
    ):
        Wrong()(x, x).backward()


# ---- backward(inputs=...) -----------------------------------------------------------------------------------------


@in_both
def test_inputs_alone_get_gradients(L):
    x, w = tensor(L, [1.0, 2.0], True), tensor(L, [1.0, 2.0], True)
    y = x * w
    (y * w).backward(ones(L, 2), inputs=[w, y])
    return [x.grad, w.grad, y.grad, y.retains_grad]


@in_both
def test_a_single_input_and_one_that_was_not_used(L):
    x, unused = tensor(L, [1.0], True), tensor(L, [1.0], True)
    (x * 2).backward(inputs=x)
    (x * 2).backward(inputs=[unused])
    return [x.grad, unused.grad]


@in_both
def test_a_result_as_input_adds_up_in_a_new_tensor(L):
    x = tensor(L, [1.0], True)
    y = x * 2
    z = y * 3
    z.backward(inputs=[y], retain_graph=True)
    g = y.grad
    z.backward(inputs=[y])
    return [g, y.grad, g is y.grad]


@in_both
def test_inputs_leave_the_rest_of_the_graph_alone(L):
    x, w = tensor(L, [3.0], True), tensor(L, [4.0], True)
    y = x * x
    (y * w).backward(inputs=[w])
    y.backward()
    return [x.grad, w.grad]


@raises_in_both(RuntimeError, r"`inputs` argument to `backward\(\)` cannot be empty")
def test_no_inputs(L):
    (tensor(L, [1.0], True) * 2).backward(inputs=[])


@raises_in_both(RuntimeError, "can't retain_grad on Tensor that has requires_grad=False")
def test_an_input_that_requires_no_grad(L):
    (tensor(L, [1.0], True) * 2).backward(inputs=[tensor(L, [1.0])])


# ---- autograd.grad ------------------------------------------------------------------------------------------------


@in_both
def test_grad_of_leaves_and_results(L):
    x = tensor(L, [1.0, 2.0], True)
    y = x * 2
    z = y * y
    got = L.autograd.grad(z, [x, y], ones(L, 2))
    return [*got, x.grad, got[0].requires_grad, type(got) is tuple]


@in_both
def test_grad_of_one_input_and_several_outputs(L):
    x = tensor(L, [1.0, 2.0], True)
    return L.autograd.grad([x * 2, (x * x).sum()], x, [tensor(L, [1.0, 10.0]), None])


@in_both
def test_grad_of_an_output_with_respect_to_itself(L):
    x = tensor(L, [1.0, 2.0], True)
    y = x * 2
    g = tensor(L, [5.0, 6.0])
    a, b = L.autograd.grad(x, [x, x], g)
    (c,) = L.autograd.grad(y, y, g)
    return [a, b, c, g]


@in_both
def test_grad_does_not_pass_what_is_asked_for(L):
    x = tensor(L, [2.0], True)
    y = x * x
    L.autograd.grad(y * 3, y)
    y.backward()
    return x.grad


@in_both
def test_grad_of_unused_inputs(L):
    x, unused = tensor(L, [1.0, 2.0], True), tensor(L, [1.0], True)
    y = (x * 2).sum()
    return [
        L.autograd.grad(y, [x, unused], allow_unused=True),
        L.autograd.grad((x * 2).sum(), [x, unused], materialize_grads=True),
        L.autograd.grad((x * 2).sum(), [unused], allow_unused=True),
    ]


@raises_in_both(RuntimeError, "The differentiated Tensor at index 1 appears to not have been used in the graph")
def test_unused_inputs_are_an_error(L):
    x, unused = tensor(L, [1.0], True), tensor(L, [1.0], True)
    L.autograd.grad(x * 2, [x, unused])


@raises_in_both(RuntimeError, "One of the differentiated Tensors does not require grad")
def test_grad_of_what_requires_none(L):
    x = tensor(L, [1.0], True)
    L.autograd.grad(x * 2, [x, tensor(L, [1.0])], allow_unused=True)


@raises_in_both(ValueError, "Expected allow_unused to be True or not passed when materialize_grads=True, but got")
def test_materialize_without_allow_unused(L):
    x = tensor(L, [1.0], True)
    L.autograd.grad(x * 2, x, materialize_grads=True, allow_unused=False)


@raises_in_both(RuntimeError, r"`inputs` argument to `grad\(\)` cannot be empty")
def test_grad_of_nothing(L):
    L.autograd.grad(tensor(L, [1.0], True) * 2, [])


@raises_in_both(RuntimeError, "Trying to backward through the graph a second time")
def test_grad_frees_the_graph(L):
    x = tensor(L, [1.0], True)
    y = x * x
    L.autograd.grad(y, x)
    L.autograd.grad(y, x)


@in_both
def test_grad_of_a_result_of_several_outputs(L):
    x = tensor(L, [1.0, 2.0, 3.0], True)
    a, b, c = x.unbind()
    return L.autograd.grad(a * b + c * c, [b, x])


@in_both
def test_results_that_nobody_used_have_zero_gradients(L):
    x = tensor(L, [[3.0, 1.0, 2.0]], True)
    values, _ = x.sort(1)
    top, _ = x.max(1)
    (values[0, 1] * 2).backward()
    (top * 10).sum().backward()
    return x.grad
