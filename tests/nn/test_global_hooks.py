"""Hooks of all modules at once run when and with what PyTorch's run, and are gone when they are removed."""

from __future__ import annotations

import pytest
import torch

import minitorch_cv as ours
from minitorch_cv import nn
from minitorch_cv.nn import module as our_place
from minitorch_cv.nn.global_hooks import REGISTERED
from tests.checks import check_error
from tests.nn.both import check_same, error_of, make_net, warnings_of


def place(library):
    """Where the functions are."""
    return our_place if library is ours else torch.nn.modules.module


@pytest.fixture(autouse=True)
def none_left():
    yield
    assert REGISTERED == []


def name(module):
    return type(module).__name__


def test_forward_hooks():
    def scenario(library):
        net = make_net(library)
        log = []
        net.register_forward_hook(lambda m, args, out: log.append(("own", name(m))))
        net.register_forward_pre_hook(lambda m, args: log.append(("own pre", name(m))))
        register = place(library)
        handles = [
            register.register_module_forward_pre_hook(lambda m, args: log.append(("pre", name(m), args))),
            register.register_module_forward_pre_hook(lambda m, args: args[0] + 1 if name(m) == "Scale" else None),
            register.register_module_forward_hook(lambda m, args, out: log.append(("after", name(m), args, out))),
            register.register_module_forward_hook(lambda m, args, out: out * 2 if name(m) == "Scale" else None),
            register.register_module_forward_hook(
                lambda m, args, kw, out: log.append(("kwargs", name(m), kw)), with_kwargs=True
            ),
        ]
        log.append(net(library.ones(3)))
        with library.no_grad():  # where ours would run the layers of a Sequential together
            log.append(net(library.ones(3)))
        for handle in handles:
            handle.remove()
        log.append(net(library.ones(3)))
        with register.register_module_forward_hook(lambda m, args, out: out * 0):
            log.append(net(library.ones(3)))
        log.append(net(library.ones(3)))
        return log

    check_same(scenario)


def test_layers_that_run_together_are_seen_one_by_one():
    def scenario(library):
        n = library.nn
        net = n.Sequential(n.Sequential(n.Conv2d(1, 2, 3), n.BatchNorm2d(2), n.ReLU()), n.Flatten(), n.Linear(8, 2))
        log = []
        with place(library).register_module_forward_hook(lambda m, args, out: log.append((name(m), list(out.shape)))):
            net(library.zeros(2, 1, 4, 4))
            net.eval()
            with library.no_grad():
                net(library.zeros(2, 1, 4, 4))
        return log

    assert len(check_same(scenario)) == 14


def test_backward_hooks():
    def scenario(library):
        net = make_net(library)
        log = []
        net.register_full_backward_hook(lambda m, into, out: log.append(("own", name(m), into, out)))
        net.register_full_backward_pre_hook(lambda m, out: log.append(("own pre", name(m), out)))
        register = place(library)
        handles = [
            register.register_module_full_backward_pre_hook(lambda m, out: log.append(("pre", name(m), out))),
            register.register_module_full_backward_pre_hook(
                lambda m, out: (out[0] * 2,) if name(m) == "Scale" else None
            ),
            register.register_module_full_backward_hook(lambda m, into, out: log.append(("after", name(m), into, out))),
            register.register_module_full_backward_hook(
                lambda m, into, out: (into[0] + 1,) if name(m) == "Identity" else None
            ),
        ]
        x = library.ones(3, requires_grad=True)
        net(x).sum().backward()
        for handle in handles:
            handle.remove()
        net(x).sum().backward()
        return [log, x.grad, [p.grad for p in net.parameters()]]

    check_same(scenario)


def test_hooks_that_are_always_called():
    def scenario(library):
        class Net(library.nn.Module):
            def forward(self, x):
                raise ValueError("forward failed")

        def fail(*args):
            raise KeyError("hook")

        log = []
        net = Net()
        net.register_forward_hook(lambda m, args, out: log.append(("own", out)), always_call=True)
        register = place(library).register_module_forward_hook
        with register(lambda m, args, out: log.append(("global", out)), always_call=True):
            with register(lambda m, args, out: log.append("never")), register(fail, always_call=True):
                texts = warnings_of(lambda: log.append(error_of(lambda: net(library.ones(1)))))
        return log, texts

    log, texts = check_same(scenario)
    assert "global module forward hook" in texts[0][1] and len(log) == 3


def test_a_keyword_hook_is_called_after_an_error_too():
    """PyTorch leaves the keywords out there, and so the call fails."""
    seen = []

    def hook(module, args, kwargs, out):
        seen.append((args, kwargs, out))

    with our_place.register_module_forward_hook(hook, with_kwargs=True, always_call=True):
        check_error(TypeError, "unexpected keyword", nn.Identity(), 1, wrong=2)
        check_error(NotImplementedError, 'required "forward"', nn.Module(), 3)
    assert seen == [((1,), {"wrong": 2}, None), ((3,), {}, None)]


def test_the_deprecated_hook_is_refused():
    check_error(
        NotImplementedError, "use register_module_full_backward_hook", our_place.register_module_backward_hook, print
    )
