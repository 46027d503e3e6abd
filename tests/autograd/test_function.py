"""autograd.Function, in all that PyTorch's can do."""

import numpy as np
import pytest

import minitorch_cv as mt

from .both import LIBRARIES, in_both, ones, plain, raises_in_both, tensor


def function(L, forward, backward):
    """A Function named Own, made of two functions."""
    members = {"forward": staticmethod(forward), "backward": staticmethod(backward)}
    return type("Own", (L.autograd.Function,), members)


def vector(L):
    return tensor(L, [1.0, 2.0], True)


def saving(L, backward=None):
    """A Function that saves its input and gives it back times one."""

    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * 1

    return function(L, forward, backward or (lambda ctx, g: g * ctx.saved_tensors[0]))


# ---- forward, backward and what ctx keeps -------------------------------------------------------------------------


@in_both
def test_two_tensors_and_a_number(L):
    seen = []

    def forward(ctx, x, w, factor):
        seen.append(ctx.needs_input_grad)
        ctx.save_for_backward(x, w)
        ctx.factor = factor
        return x * w * factor

    def backward(ctx, g):
        x, w = ctx.saved_tensors
        seen.append(ctx.needs_input_grad)
        return g * w * ctx.factor, g * x * ctx.factor, None

    x, w, c = vector(L), tensor(L, [3.0, 4.0], True), tensor(L, [5.0, 5.0])
    own = function(L, forward, backward)
    y = own.apply(x, w, 10.0)
    y.sum().backward()
    own.apply(c, w, 1.0).sum().backward()
    return [y, x.grad, w.grad, c.grad, seen]


@in_both
def test_setup_context(L):
    class Product(L.autograd.Function):
        @staticmethod
        def forward(x, w, factor=2.0):
            return x * w * factor

        @staticmethod
        def setup_context(ctx, inputs, output):
            x, w, ctx.factor = inputs
            ctx.save_for_backward(x, w)
            ctx.seen = (len(inputs), output.requires_grad)

        @staticmethod
        def backward(ctx, g):
            x, w = ctx.saved_tensors
            return g * w * ctx.factor, g * x * ctx.factor, None

    x, w = vector(L), tensor(L, [3.0, 4.0], True)
    y = Product.apply(x, w)
    y.sum().backward()
    Product.apply(x, w=w, factor=3.0).sum().backward()
    return [y.grad_fn.seen, y, x.grad, w.grad]


@in_both
def test_arguments_by_name(L):
    own = function(L, lambda ctx, x, factor: x * factor, lambda ctx, g: (g * 7, None))
    x = vector(L)
    own.apply(x, factor=2.0).sum().backward()
    own.apply(factor=2.0, x=x).sum().backward()
    return x.grad


@in_both
def test_operations_inside_are_not_recorded(L):
    seen = []

    def forward(ctx, x):
        seen.append(L.is_grad_enabled())
        return x * 2

    def backward(ctx, g):
        seen.append(L.is_grad_enabled())
        seen.append(g.requires_grad)
        return g

    x = vector(L)
    y = function(L, forward, backward).apply(x)
    y.sum().backward()
    return [seen, y.grad_fn.name(), y.grad_fn.next_functions[0][0].variable is x]


@in_both
def test_without_grad_nothing_is_recorded(L):
    seen = []

    def forward(ctx, x):
        seen.append(ctx.needs_input_grad)
        return x * 2

    own = function(L, forward, lambda ctx, g: g)
    with L.no_grad():
        inside = own.apply(vector(L))
    outside = own.apply(tensor(L, [1.0]))
    return [seen, inside.requires_grad, outside.requires_grad]


@in_both
def test_attributes_of_ctx_are_seen_at_the_node(L):
    def forward(ctx, x):
        ctx.note = 7
        ctx.save_for_backward(x)
        return x * 1

    x = vector(L)
    node = function(L, forward, lambda ctx, g: g).apply(x).grad_fn
    return [node.note, node.saved_tensors[0] is x, node.needs_input_grad, hasattr(node, "missing")]


@in_both
def test_saved_tensors(L):
    seen = []

    def forward(ctx, x):
        out = x * 2
        between = x + 1
        ctx.save_for_backward(x, None, out, between)
        seen.append(ctx.saved_tensors)
        return out

    def backward(ctx, g):
        a, b, c, d = ctx.saved_tensors
        seen.extend([a is x, b, c, c.grad_fn.name(), d, d.requires_grad])
        return g * a

    x = vector(L)
    function(L, forward, backward).apply(x).sum().backward()
    return [seen, x.grad]


@in_both
def test_the_last_save_for_backward_counts(L):
    def forward(ctx, x):
        ctx.save_for_backward(x)
        ctx.save_for_backward(x * 2)
        return x * 1

    x = vector(L)
    function(L, forward, lambda ctx, g: g * ctx.saved_tensors[0]).apply(x).sum().backward()
    return x.grad


@in_both
def test_what_backward_keeps_is_not_changed_later(L):
    kept = []
    own = function(L, lambda ctx, x: x * 1, lambda ctx, g: (kept.append(g), g)[1])
    x = vector(L)
    own.apply(x).sum().backward()
    own.apply(x).sum().backward()
    return [kept, x.grad]


@raises_in_both(TypeError, "save_for_backward can only save variables, but argument 1 is of type int")
def test_only_tensors_can_be_saved(L):
    function(L, lambda ctx, x: ctx.save_for_backward(x, 3), lambda ctx, g: g).apply(vector(L))


# ---- freed and changed --------------------------------------------------------------------------------------------


@raises_in_both(RuntimeError, "Trying to backward through the graph a second time")
def test_second_backward(L):
    y = saving(L).apply(vector(L)).sum()
    y.backward()
    y.backward()


@in_both
def test_second_backward_that_asks_for_no_saved_tensor(L):
    x = vector(L)
    y = saving(L, lambda ctx, g: g * 3).apply(x).sum()
    y.backward()
    y.backward()
    return x.grad


@in_both
def test_retain_graph(L):
    x = vector(L)
    y = saving(L).apply(x).sum()
    y.backward(retain_graph=True)
    y.backward()
    return x.grad


@raises_in_both(RuntimeError, r"modified by an inplace operation: \[torch.DoubleTensor \[2\]\], which is output 0 of")
def test_saved_input_changed_in_place(L):
    y = vector(L) * 1
    z = saving(L).apply(y)
    y.add_(1)
    z.sum().backward()


@raises_in_both(RuntimeError, "is at version 1; expected version 0 instead")
def test_saved_leaf_changed_in_place(L):
    x = vector(L)
    z = saving(L).apply(x)
    with L.no_grad():
        x.add_(1)
    z.sum().backward()


@raises_in_both(RuntimeError, "which is output 0 of Own.*, is at version 1; expected version 0 instead")
def test_saved_output_changed_in_place(L):
    def forward(ctx, x):
        out = x * 1
        ctx.save_for_backward(out)
        return out

    z = function(L, forward, lambda ctx, g: g * ctx.saved_tensors[0]).apply(vector(L))
    z.add_(1)
    z.sum().backward()


@in_both
def test_saved_tensor_changed_but_not_asked_for(L):
    x = vector(L)
    y = x * 1
    z = saving(L, lambda ctx, g: g * 3).apply(y)
    y.add_(1)
    z.sum().backward()
    return x.grad


@raises_in_both(RuntimeError, "Inference tensors cannot be saved for backward")
def test_inference_tensors_cannot_be_saved(L):
    with L.inference_mode():
        w = tensor(L, [1.0, 2.0]) * 1

    def forward(ctx, x, w):
        ctx.save_for_backward(w)
        return x * 1

    function(L, forward, lambda ctx, g: (g, None)).apply(vector(L), w)


# ---- results ------------------------------------------------------------------------------------------------------


@in_both
def test_several_results_and_zeros_for_the_unused(L):
    seen = []

    def forward(ctx, x):
        return x * 2, (x > 1).long(), x * 3

    def backward(ctx, *grads):
        seen.append(plain(grads))
        return grads[0] * 2 + grads[2] * 3

    x = vector(L)
    a, b, c = function(L, forward, backward).apply(x)
    a.sum().backward()
    return [seen, x.grad, [t.requires_grad for t in (a, b, c)], a.grad_fn is c.grad_fn, c.output_nr]


@in_both
def test_set_materialize_grads(L):
    seen = []

    def forward(ctx, x):
        ctx.set_materialize_grads(False)
        return x * 2, x * 3

    def backward(ctx, a, b):
        seen.append(a is None)
        return b

    x = vector(L)
    function(L, forward, backward).apply(x)[1].sum().backward()
    return [seen, x.grad]


@in_both
def test_results_that_are_no_tensors(L):
    seen = []

    def backward(ctx, *grads):
        seen.append(plain(grads))
        return grads[0]

    x = vector(L)
    out = function(L, lambda ctx, x: (x * 2, "text", None, 5), backward).apply(x)
    out[0].sum().backward()
    alone = function(L, lambda ctx, x: 3, lambda ctx, g: g).apply(x)
    listed = function(L, lambda ctx, x: [x * 2], lambda ctx, g: g).apply(x)
    return [out[1:], seen, x.grad, alone, listed, listed[0].requires_grad]


@in_both
def test_one_result_twice(L):
    def forward(ctx, x):
        out = x * 2
        return out, out

    x = vector(L)
    a, b = function(L, forward, lambda ctx, g, h: g + h).apply(x)
    (a * 2 + b * 3).sum().backward()
    return [a is b, x.grad]


@in_both
def test_mark_non_differentiable(L):
    seen = []

    def forward(ctx, x):
        second = x * 3
        ctx.mark_non_differentiable(second)
        return x * 2, second

    def backward(ctx, *grads):
        seen.append(plain(grads))
        return grads[0]

    x = vector(L)
    a, b = function(L, forward, backward).apply(x)
    a.sum().backward()
    return [a.requires_grad, b.requires_grad, b.is_leaf, seen, x.grad]


@in_both
def test_an_input_returned_as_it_is(L):
    own = function(L, lambda ctx, x: x, lambda ctx, g: g * 5)
    x = vector(L)
    y = x * 1
    z = own.apply(y)
    z.sum().backward()
    leaf = own.apply(x)
    plain_input = tensor(L, [1.0])
    untouched = own.apply(plain_input)
    return [z is y, x.grad, z._is_view(), z._base is y, leaf is x, leaf.requires_grad, untouched is plain_input]


@raises_in_both(RuntimeError, "is a view and is being modified inplace. This view was created inside a custom Function")
def test_a_returned_input_cannot_be_written_to(L):
    function(L, lambda ctx, x: x, lambda ctx, g: g).apply(vector(L) * 1).mul_(2)


@raises_in_both(RuntimeError, "is a view and is being modified inplace. This view was created inside a custom Function")
def test_a_returned_view_cannot_be_written_to(L):
    function(L, lambda ctx, x: x.view(2), lambda ctx, g: g).apply(vector(L) * 1).mul_(2)


@raises_in_both(
    RuntimeError, "its base or another view of its base has been modified inplace. This view was created in"
)
def test_the_base_of_a_returned_view_cannot_be_written_to(L):
    y = vector(L) * 1
    v = function(L, lambda ctx, x: x.view(2), lambda ctx, g: g).apply(y)
    y.mul_(2)
    v.sum()


# ---- in place -----------------------------------------------------------------------------------------------------


def doubling(L):
    """A Function that doubles its input in place."""

    def forward(ctx, x):
        x.mul_(2)
        ctx.mark_dirty(x)
        return x

    return function(L, forward, lambda ctx, g: g * 2)


@in_both
def test_mark_dirty(L):
    x = vector(L)
    y = x * 1
    z = doubling(L).apply(y)
    z.sum().backward()
    return [x.grad, z is y, y.grad_fn.name(), y]


@in_both
def test_mark_dirty_on_a_view(L):
    x = vector(L)
    y = x * 1
    doubling(L).apply(y[:1])
    y.sum().backward()
    return [x.grad, y]


@in_both
def test_a_dirty_result_that_is_not_the_first(L):
    def forward(ctx, x, w):
        x.mul_(w)
        ctx.mark_dirty(x)
        ctx.save_for_backward(w)
        return w * 3, x

    def backward(ctx, g, h):
        (w,) = ctx.saved_tensors
        return h * w, g * 3

    x, w = vector(L), tensor(L, [3.0, 4.0], True)
    y = x * 1
    a, b = function(L, forward, backward).apply(y, w)
    (a + b * 10).sum().backward()
    return [b is y, x.grad, w.grad, y]


@raises_in_both(RuntimeError, "is at version . ?; expected version 0 instead")
def test_a_dirty_input_that_was_saved_elsewhere(L):
    y = vector(L) * 1
    z = y * y
    doubling(L).apply(y)
    z.sum().backward()


@raises_in_both(RuntimeError, "a leaf Variable that requires grad (is being|has been) used in an in-place operation")
def test_dirty_leaf(L):
    doubling(L).apply(vector(L))


@raises_in_both(RuntimeError, "Some elements marked as dirty during the forward method were not returned as output")
def test_dirty_inputs_are_returned(L):
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x * 1

    function(L, forward, lambda ctx, g: g).apply(vector(L) * 1)


@raises_in_both(RuntimeError, "modifies inplace an input that is a view of another Tensor.*cannot return more than one")
def test_a_dirty_view_is_the_only_result(L):
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x, x * 1

    function(L, forward, lambda ctx, g, h: g).apply((vector(L) * 1)[:1])


@pytest.mark.parametrize("L", LIBRARIES.values(), ids=LIBRARIES)
def test_a_dirty_tensor_that_is_no_input(L):
    def forward(ctx, x):
        out = x * 2
        ctx.mark_dirty(out)
        return out

    x = vector(L)
    if L is mt:  # PyTorch warns once for a process
        with pytest.warns(UserWarning, match="received a tensor that was not an input"):
            y = function(L, forward, lambda ctx, g: g * 2).apply(x)
    else:
        y = function(L, forward, lambda ctx, g: g * 2).apply(x)
    y.sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]


@pytest.mark.parametrize(
    "name, message",
    [
        ("mark_dirty", "mark_dirty can only accept variables, but argument"),
        ("mark_non_differentiable", "mark_non_differentiable only accepts variable arguments, but got|but argument"),
    ],
)
def test_only_tensors_can_be_marked(name, message):
    @raises_in_both(RuntimeError, message)
    def check(L):
        function(L, lambda ctx, x: getattr(ctx, name)(1), lambda ctx, g: g).apply(vector(L))

    check()


# ---- what backward returns ----------------------------------------------------------------------------------------


def product(L, backward):
    return function(L, lambda ctx, a, b: a * b, backward)


@raises_in_both(RuntimeError, r"OwnBackward returned an incorrect number of gradients \(expected 2, got 1\)")
def test_too_few_gradients(L):
    product(L, lambda ctx, g: g).apply(vector(L), vector(L)).sum().backward()


@raises_in_both(RuntimeError, r"OwnBackward returned an incorrect number of gradients \(expected 2, got 3\)")
def test_too_many_gradients(L):
    product(L, lambda ctx, g: (g, g, g)).apply(vector(L), vector(L)).sum().backward()


@raises_in_both(RuntimeError, r"OwnBackward returned an incorrect number of gradients \(expected 2, got 1\)")
def test_gradients_in_a_list(L):
    product(L, lambda ctx, g: [g, g]).apply(vector(L), vector(L)).sum().backward()


@in_both
def test_superfluous_nones_are_allowed(L):
    x, w = vector(L), vector(L)
    product(L, lambda ctx, g: (None, g, None)).apply(x, w).sum().backward()
    return [x.grad, w.grad]


@raises_in_both(
    RuntimeError, "different than None at position 2, but the corresponding forward input was not a Variable"
)
def test_gradient_for_a_number(L):
    product(L, lambda ctx, g: (g, g)).apply(vector(L), 3.0).sum().backward()


@raises_in_both(RuntimeError, r"expected Variable or None \(got float\)")
def test_gradient_that_is_no_tensor(L):
    function(L, lambda ctx, x: x * 1, lambda ctx, g: 3.0).apply(vector(L)).sum().backward()


@raises_in_both(
    RuntimeError, r"returned an invalid gradient at index 0 - got \[3\] but expected shape compatible with \[2\]"
)
def test_gradient_of_another_shape(L):
    function(L, lambda ctx, x: x * 1, lambda ctx, g: ones(L, 3)).apply(vector(L)).sum().backward()


@raises_in_both(RuntimeError, r"returned an invalid gradient at index 0 - got \[\] but expected shape compatible with")
def test_gradient_without_dimensions(L):
    function(L, lambda ctx, x: x * 1, lambda ctx, g: g.sum()).apply(vector(L)).sum().backward()


@in_both
def test_gradient_of_a_broadcast_shape_is_summed(L):
    x, s = vector(L), tensor(L, 2.0, True)
    own = function(L, lambda ctx, x, s: x * s, lambda ctx, g: (tensor(L, np.arange(6.0).reshape(3, 2)), g))
    own.apply(x, s).sum().backward()
    return [x.grad, s.grad]


@in_both
def test_gradients_take_the_dtype_of_the_input(L):
    x, w = tensor(L, [1.0], True, "float32"), vector(L)
    own = function(L, lambda ctx, x, w: x * w, lambda ctx, g: (g.sum().double().view(1), g.long()))
    own.apply(x, w).sum().backward()
    return [x.grad, str(x.grad.dtype), w.grad, str(w.grad.dtype)]


@raises_in_both(KeyError, "told so")
def test_an_exception_in_backward_comes_through(L):
    def backward(ctx, g):
        raise KeyError("told so")

    function(L, lambda ctx, x: x * 1, backward).apply(vector(L)).sum().backward()


@raises_in_both(NotImplementedError, "You must implement the forward function for custom autograd.Function")
def test_forward_is_missing(L):
    type("Own", (L.autograd.Function,), {}).apply(vector(L))


@raises_in_both(NotImplementedError, "You must implement .*backward")
def test_backward_is_missing(L):
    members = {"forward": staticmethod(lambda ctx, x: x * 1)}
    type("Own", (L.autograd.Function,), members).apply(vector(L)).sum().backward()


def test_setup_context_is_missing():
    with pytest.raises(NotImplementedError, match="setup_context is not implemented"):
        mt.autograd.Function.setup_context(None, (), None)


def test_a_function_is_not_instantiated():
    with pytest.raises(RuntimeError, match=r"Own: a Function is not instantiated.*Own.apply"):
        function(mt, lambda ctx, x: x, lambda ctx, g: g)()


@in_both
def test_once_differentiable(L):
    own = function(L, lambda ctx, x: x * 1, L.autograd.function.once_differentiable(lambda ctx, g: g * 3))
    x = vector(L)
    own.apply(x).sum().backward()
    return [x.grad, issubclass(own, L.autograd.function.Function)]


@in_both
def test_functions_with_hooks_and_in_graphs(L):
    x = vector(L)
    own = saving(L)
    y = own.apply(own.apply(x) * 2)
    y.grad_fn.register_hook(lambda gi, go: (gi[0] * 10,))
    y.retain_grad()
    (y * y).sum().backward()
    return [x.grad, y.grad]


def test_functions_free_what_they_keep():
    import weakref

    def forward(ctx, x):
        out = x * 1
        ctx.save_for_backward(out, x)
        ctx.extra = x + 1
        watched.append(weakref.ref(ctx.extra))
        return out

    watched = []
    y = function(mt, forward, lambda ctx, g: g).apply(mt.tensor([1.0, 2.0], requires_grad=True))
    assert watched[0]() is not None
    del y
    assert watched[0]() is None
