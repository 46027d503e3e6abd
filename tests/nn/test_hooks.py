"""Hooks of modules run when and with what PyTorch's run."""

from __future__ import annotations

import copy
from collections import namedtuple

import pytest
import torch

import minitorch_cv as ours
from minitorch_cv import nn
from tests.nn.both import check_same, error_of, make_net, plain, warnings_of


def test_forward_hooks_in_order():
    def scenario(library):
        net = make_net(library)
        log = []
        handles = [
            net.register_forward_pre_hook(lambda m, args: log.append(("pre", args))),
            net.register_forward_pre_hook(lambda m, args: args[0] + 1),
            net.register_forward_pre_hook(lambda m, args: (args[0] * 2,), prepend=True),
            net.register_forward_pre_hook(
                lambda m, args, kw: (args, {**kw, "x": kw["x"] + 1}) if kw else None, with_kwargs=True
            ),
            net.register_forward_hook(lambda m, args, out: log.append(("post", args, out))),
            net.register_forward_hook(lambda m, args, out: out * 10),
            net.register_forward_hook(lambda m, args, out: out + 1, prepend=True),
            net.register_forward_hook(lambda m, args, kw, out: log.append(("kwargs", args, kw, out)), with_kwargs=True),
        ]
        log.append(net(library.ones(3)))
        for handle in handles:
            handle.remove()
            handle.remove()
        log.append(net(library.ones(3)))
        log.append(len(net._forward_hooks) + len(net._forward_pre_hooks))
        with net.register_forward_hook(lambda m, args, out: out * 0):
            log.append(net(library.ones(3)))
        log.append(net(library.ones(3)))
        net.register_forward_pre_hook(lambda m, args, kw: ((), {"x": kw["x"] + 1}), with_kwargs=True)
        log.append(net(x=library.ones(3)))
        return log

    check_same(scenario)


def test_a_pre_hook_with_kwargs_returns_both():
    def scenario(library):
        net = make_net(library)
        net.register_forward_pre_hook(lambda m, args, kw: args, with_kwargs=True)
        return error_of(lambda: net(library.ones(3)))[0]

    assert check_same(scenario) == "RuntimeError"
    net = nn.Identity()
    net.register_forward_pre_hook(lambda m, args, kw: 3, with_kwargs=True)
    with pytest.raises(RuntimeError, match=r"must return None or a tuple of \(new_args, new_kwargs\), but got 3"):
        net(1)


@pytest.mark.parametrize("failing", ["forward", "hook", "always hook", "none"])
def test_hooks_that_are_always_called(failing):
    def scenario(library):
        class Net(library.nn.Module):
            def forward(self, x):
                if failing == "forward":
                    raise ValueError("forward failed")
                return x + 1

        def fail(*args):
            raise ValueError("hook failed")

        log = []
        net = Net()
        net.register_forward_hook(lambda m, args, out: log.append(("first", out)), always_call=True)
        if failing == "hook":
            net.register_forward_hook(fail)
        if failing == "always hook":
            net.register_forward_hook(fail, always_call=True)
            net.register_forward_hook(fail)
        net.register_forward_hook(lambda m, args, out: log.append(("normal", out)))
        net.register_forward_hook(lambda m, args, out: (log.append(("always", out)), out)[1], always_call=True)

        def call():
            try:
                net(library.ones(1))
            except ValueError as error:
                log.append(str(error))

        log.append(warnings_of(call))
        return log

    check_same(scenario)


def test_an_always_called_hook_that_fails_too():
    def scenario(library):
        def fail(*args):
            raise KeyError("hook")

        net = library.nn.Module()
        net.register_forward_hook(fail, always_call=True)
        caught = []
        texts = warnings_of(lambda: caught.append(error_of(lambda: net(1))))
        return texts, caught

    check_same(scenario)


def watched(library, *, hook=None, pre_hook=None, inputs="grad", outputs=1):
    """Gradients that hooks see and leave, for a module of two inputs and one or two outputs."""

    class Net(library.nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = library.nn.Parameter(library.tensor([2.0, 3.0]))

        def forward(self, x, y, number=1):
            z = x * self.weight + y * number
            return z if outputs == 1 else (z, x * y)

    net = Net()
    log = []
    if hook is not None:
        net.register_full_backward_hook(lambda m, gi, go: hook(log, gi, go))
    if pre_hook is not None:
        net.register_full_backward_pre_hook(lambda m, go: pre_hook(log, go))
    x = library.tensor([1.0, 2.0], requires_grad=inputs == "grad")
    y = library.tensor([5.0, 6.0], requires_grad=inputs == "grad")

    def run():
        result = net(x * 1, y, 4)
        result = result if outputs == 1 else result[0] + 2 * result[1]
        (result * library.tensor([1.0, 10.0])).sum().backward()

    kinds = [kind for kind, _ in warnings_of(run)]
    return log, x.grad, y.grad, net.weight.grad, kinds


def note(log, *grads):
    log.append(grads)


def doubled(log, grads):
    return tuple(None if g is None else g * 2 for g in grads)


@pytest.mark.parametrize("outputs", [1, 2])
@pytest.mark.parametrize("inputs", ["grad", "no grad"])
@pytest.mark.parametrize(
    "hooks",
    [
        {"hook": note},
        {"pre_hook": note},
        {"hook": note, "pre_hook": note},
        {"hook": note, "pre_hook": doubled},
    ],
    ids=["hook", "pre", "both", "pre replaces"],
)
def test_backward_hooks(hooks, inputs, outputs):
    check_same(lambda library: watched(library, inputs=inputs, outputs=outputs, **hooks))


def test_a_backward_hook_replaces_gradients():
    check_same(lambda library: watched(library, hook=lambda log, gi, go: (gi[0] * 5, None, None)))
    check_same(lambda library: watched(library, hook=lambda log, gi, go: (gi[0] * 5, gi[1] + 1, gi[2])))


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"hook": lambda log, gi, go: gi[:1]}, "invalid number of grad_input, got 1, but expected 3"),
        ({"pre_hook": lambda log, go: ()}, "invalid number of grad_output, got 0, but expected 1"),
        (
            {"hook": lambda log, gi, go: go + go + go, "inputs": "no grad"},
            "where no input requires gradient should always return None",
        ),
    ],
)
def test_backward_hooks_that_return_what_does_not_fit(arguments, match):
    check_same(lambda library: error_of(lambda: watched(library, **arguments))[0])
    with pytest.raises(RuntimeError, match=match):
        watched(ours, **arguments)


def test_backward_hooks_prepend_and_remove():
    def scenario(library):
        net = make_net(library)
        log = []
        first = net.register_full_backward_hook(lambda m, gi, go: log.append("first"))
        net.register_full_backward_hook(lambda m, gi, go: log.append("second"), prepend=True)
        pre = net.register_full_backward_pre_hook(lambda m, go: log.append("pre"))
        net.register_full_backward_pre_hook(lambda m, go: log.append("pre 2"), prepend=True)
        x = library.ones(3, requires_grad=True)
        net(x).sum().backward()
        first.remove()
        pre.remove()
        net(x).sum().backward()
        with library.no_grad():
            net(x)
        return log

    check_same(scenario)


def test_backward_hooks_on_other_results():
    class Dictionary(nn.Module):
        def forward(self, x):
            return {"y": x * 2}

    net = Dictionary()
    net.register_full_backward_hook(lambda m, gi, go: None)
    with pytest.warns(UserWarning, match="module output should be a Tensor or a tuple of Tensors"):
        net(ours.ones(1, requires_grad=True))["y"].sum().backward()


def test_a_named_tuple_keeps_its_names_under_a_backward_hook():
    Heads = namedtuple("Heads", "main aux")

    class Net(nn.Module):
        def forward(self, x):
            return Heads(x * 2, x * 3)

    net, seen = Net(), []
    net.register_full_backward_hook(lambda module, grad_input, grad_output: seen.append(len(grad_output)))
    out = net(ours.ones(1, requires_grad=True))
    assert type(out) is Heads and (out.main, out.aux) == (2, 3)
    out.aux.sum().backward()
    assert seen == [2]


@pytest.mark.parametrize("library", [ours, torch], ids=["ours", "torch"])
@pytest.mark.parametrize("where", ["input", "output"])
def test_no_writing_in_place_around_a_backward_hook(library, where):
    class Net(library.nn.Module):
        def forward(self, x):
            return x.mul_(2) if where == "input" else x * 2

    net = Net()
    net.register_full_backward_hook(lambda m, gi, go: None)
    x = library.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError, match=r"view.* is being modified inplace"):
        net(x * 1).add_(1)


def test_a_write_to_a_hooked_input_is_noticed():
    def scenario(library):
        class Square(library.nn.Module):
            def forward(self, x):
                return x * x

        net = Square()
        net.register_full_backward_hook(lambda m, gi, go: None)
        x = library.ones(2, requires_grad=True) * 3
        y = net(x)
        x += 1
        return error_of(lambda: y.sum().backward())[0]

    assert check_same(scenario) == "RuntimeError"


def test_gradients_that_pass_by_the_outputs_run_no_hook():
    def scenario(library):
        class Leaky(library.nn.Module):
            def forward(self, x):
                self.inside = x * 3
                return x * 2

        net = Leaky()
        log = []
        net.register_full_backward_hook(lambda m, gi, go: log.append("hook"))
        x = library.ones(2, requires_grad=True)
        net(x)
        net.inside.sum().backward()
        return log, x.grad

    check_same(scenario)


def test_twice_through_a_kept_graph():
    def scenario(library):
        net = make_net(library)
        log = []
        net.register_full_backward_hook(lambda m, gi, go: log.append(plain(gi)))
        x = library.ones(3, requires_grad=True)
        y = net(x).sum()
        y.backward(retain_graph=True)
        y.backward()
        return log, x.grad

    check_same(scenario)


def test_the_old_backward_hook_names_the_new_one():
    with pytest.raises(NotImplementedError, match="use register_full_backward_hook"):
        nn.Identity().register_backward_hook(lambda m, gi, go: None)


def test_hooks_are_copied_with_the_module():
    def scenario(library):
        net = library.nn.Identity()
        net.register_forward_hook(lambda m, args, out: out + 1)
        other = copy.deepcopy(net)
        other.register_forward_hook(lambda m, args, out: out + 10)
        return net(library.ones(1)), other(library.ones(1))

    check_same(scenario)
