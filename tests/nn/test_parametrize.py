"""nn.utils.parametrize: tensors that other modules compute, against PyTorch."""

from __future__ import annotations

import copy
import pickle

import pytest

import minitorch_cv as ours
from minitorch_cv import nn
from minitorch_cv.nn.utils import parametrize
from tests.checks import check_error
from tests.nn.both import check_same, error_of


def modules(library):
    """Parametrizations of every kind."""

    class Symmetric(library.nn.Module):
        def forward(self, x):
            return x.triu() + x.triu(1).transpose(-1, -2)

        def right_inverse(self, a):
            return a.triu()

    class Double(library.nn.Module):
        def __init__(self):
            super().__init__()
            self.factor = library.nn.Parameter(library.tensor(2.0))

        def forward(self, x):
            return x * self.factor

    class Undecided(library.nn.Module):
        def forward(self, x):
            return x - 1

        def right_inverse(self, x):
            raise NotImplementedError

    class Sum(library.nn.Module):
        def forward(self, a, b):
            return a + b

        def right_inverse(self, x):
            return x * 0.25, x * 0.75

    class Any(library.nn.Module):
        """Gives what it is told to, either way."""

        def __init__(self, forward, inverse=lambda x: x):
            super().__init__()
            self.given, self.inverse = forward, inverse

        def forward(self, *x):
            return self.given(*x)

        def right_inverse(self, x):
            return self.inverse(x)

    return {kind.__name__: kind for kind in (Symmetric, Double, Undecided, Sum, Any)}


def place(library):
    return library.nn.utils.parametrize


def linear(library, bias=True):
    layer = library.nn.Linear(3, 3, bias=bias)
    with library.no_grad():
        layer.weight.copy_(library.arange(9).reshape(3, 3).to(library.float32) - 4)
        if bias:
            layer.bias.fill_(0.5)
    return layer


def seen(net):
    """What can be seen of a module."""
    return [repr(net), net.state_dict(), [(name, p.requires_grad) for name, p in net.named_parameters()], net.weight]


def test_one():
    def scenario(library):
        p, kinds = place(library), modules(library)
        layer = linear(library)
        weight = layer.weight
        log = [p.is_parametrized(layer), p.is_parametrized(layer, "weight")]
        assert p.register_parametrization(layer, "weight", kinds["Symmetric"]()) is layer
        log += seen(layer)
        log += [p.is_parametrized(layer), p.is_parametrized(layer, "weight"), p.is_parametrized(layer, "bias")]
        assert layer.parametrizations.weight.original is weight
        assert isinstance(layer, library.nn.Linear) and p.type_before_parametrizations(layer) is library.nn.Linear
        x = library.ones(2, 3, requires_grad=True)
        (layer(x) ** 2).sum().backward()
        log += [x.grad, weight.grad, layer.bias.grad]
        layer.weight = library.ones(3, 3)
        log += [layer.parametrizations.weight.original, layer.weight]
        assert layer.parametrizations.weight.original is weight
        p.remove_parametrizations(layer, "weight")
        log += seen(layer)
        assert layer.weight is weight and type(layer) is library.nn.Linear
        return log

    check_same(scenario)


def test_a_chain():
    def scenario(library):
        p, kinds = place(library), modules(library)
        layer = linear(library)
        for name in ("Symmetric", "Double", "Undecided"):
            p.register_parametrization(layer, "weight", kinds[name]())
        p.register_parametrization(layer, "bias", kinds["Double"]())
        log = [*seen(layer), layer.bias]
        layer(library.ones(2, 3)).sum().backward()
        log += [parameter.grad for parameter in layer.parameters()]
        p.remove_parametrizations(layer, "weight", leave_parametrized=False)
        log += [*seen(layer), type(layer).__name__]
        p.remove_parametrizations(layer, "bias")
        return [*log, *seen(layer), type(layer).__name__]

    check_same(scenario)


def test_several_originals():
    def scenario(library):
        p, kinds = place(library), modules(library)
        layer = linear(library)
        layer.weight.requires_grad_(False)
        p.register_parametrization(layer, "weight", kinds["Sum"]())
        p.register_parametrization(layer, "bias", kinds["Sum"]())
        log = [*seen(layer), layer.bias]
        layer(library.ones(2, 3)).sum().backward()
        log += [parameter.grad for parameter in layer.parameters()]
        layer.bias = library.tensor([4.0, 8.0, 12.0])
        log += [layer.state_dict(), error_of(lambda: p.remove_parametrizations(layer, "bias", False))]
        p.remove_parametrizations(layer, "bias")
        p.remove_parametrizations(layer, "weight")
        return [*log, *seen(layer), sorted(layer._buffers)]

    check_same(scenario)


def test_a_buffer_and_modes():
    def scenario(library):
        p, kinds = place(library), modules(library)
        net = library.nn.BatchNorm1d(3).eval()
        made = kinds["Undecided"]()
        p.register_parametrization(net, "running_mean", made)
        log = [made.training, net.train().parametrizations.running_mean[0].training, net.state_dict()]
        net(library.arange(6).reshape(2, 3).to(library.float32))
        return [*log, net.running_mean, [n for n, _ in net.named_parameters()], [n for n, _ in net.named_buffers()]]

    check_same(scenario)


def test_shape_and_dtype_may_change_if_unsafe():
    def scenario(library):
        p, kinds = place(library), modules(library)
        layer = linear(library)
        p.register_parametrization(layer, "weight", kinds["Any"](lambda x: x[:2].double()), unsafe=True)
        p.register_parametrization(
            layer, "bias", kinds["Any"](lambda x: x[:1], lambda x: library.zeros(2)), unsafe=True
        )
        log = [layer.weight, layer.bias, layer.state_dict(), layer.parametrizations.weight.unsafe]
        p.remove_parametrizations(layer, "bias")
        return [*log, layer.bias]

    check_same(scenario)


def test_cached():
    def scenario(library):
        p, kinds = place(library), modules(library)
        layers = [linear(library), linear(library)]
        calls = []
        for layer in layers:
            p.register_parametrization(layer, "weight", kinds["Any"](lambda x: (calls.append(1), x * 2)[1]))
        log = [len(calls)]
        with p.cached():
            with p.cached():
                assert layers[0].weight is layers[0].weight
                assert layers[1].weight is not layers[0].weight
            log.append((len(calls), layers[0].weight is layers[0].weight))
            layers[0](layers[0](library.ones(1, 3))).sum().backward()
            log += [len(calls), layers[0].parametrizations.weight.original.grad]
        log.append((layers[0].weight is layers[0].weight, len(calls)))
        return log

    check_same(scenario)
    assert not parametrize._Cache.values


def test_copies_are_independent():
    """Also where PyTorch's share a class: what is removed from one stays in the other."""
    layer = parametrize.register_parametrization(linear(ours), "weight", modules(ours)["Double"]())
    copied = copy.deepcopy(layer)
    assert type(copied).__name__ == "ParametrizedLinear" and isinstance(copied, nn.Linear)
    with ours.no_grad():
        copied.parametrizations.weight.original.zero_()
    assert float(layer.weight.abs().sum()) > 0 and float(copied.weight.abs().sum()) == 0
    with parametrize.cached():
        assert layer.weight is not copied.weight
    parametrize.remove_parametrizations(copied, "weight")
    assert type(copied) is nn.Linear and parametrize.is_parametrized(layer, "weight")
    assert float(layer.weight.abs().sum()) > 0
    pair = copy.deepcopy([layer, layer])
    assert pair[0] is pair[1]
    other = linear(ours)
    other.load_state_dict(copied.state_dict())


def test_a_class_with_a_deepcopy_of_its_own():
    class Once(nn.Linear):
        def __deepcopy__(self, memo):
            return "copied"

    layer = parametrize.register_parametrization(Once(3, 3), "weight", modules(ours)["Double"]())
    assert copy.deepcopy(layer) == "copied"


def test_pickling_is_refused():
    layer = parametrize.register_parametrization(linear(ours), "weight", modules(ours)["Double"]())
    check_error(RuntimeError, r"only supported through state_dict\(\): save\(module.state_dict\(\), path\)",
                pickle.dumps, layer)  # fmt: skip


def test_to_another_dtype():
    def scenario(library):
        p, kinds = place(library), modules(library)
        layer = p.register_parametrization(linear(library), "weight", kinds["Symmetric"]())
        return seen(layer.double())

    check_same(scenario)


def test_an_optimiser_trains_the_original():
    def scenario(library):
        p, kinds = place(library), modules(library)
        layer = linear(library)
        optimizer = library.optim.SGD(layer.parameters(), lr=0.5)
        p.register_parametrization(layer, "weight", kinds["Symmetric"]())
        layer(library.ones(1, 3)).sum().backward()
        optimizer.step()
        return seen(layer)

    check_same(scenario)


REFUSED = {
    "no tensor": lambda p, layer, k, lib: p.register_parametrization(layer, "weight", k["Any"](lambda x: 1)),
    "another shape": lambda p, layer, k, lib: p.register_parametrization(layer, "weight", k["Any"](lambda x: x[:2])),
    "another dtype": lambda p, layer, k, lib: p.register_parametrization(layer, "weight", k["Any"](lambda x: x.int())),
    "inverse of no tensor": lambda p, layer, k, lib: p.register_parametrization(
        layer, "weight", k["Any"](lambda x: x, lambda x: 5)
    ),
    "inverse of a list of no tensors": lambda p, layer, k, lib: p.register_parametrization(
        layer, "weight", k["Any"](lambda x: x, lambda x: [x, 5])
    ),
    "inverse of another dtype": lambda p, layer, k, lib: p.register_parametrization(
        layer, "weight", k["Any"](lambda x: x, lambda x: x.double())
    ),
    "second no tensor": lambda p, layer, k, lib: p.register_parametrization(layer, "bias", k["Any"](lambda x: None)),
    "second another shape": lambda p, layer, k, lib: p.register_parametrization(
        layer, "bias", k["Any"](lambda x: x[1])
    ),
    "second another dtype": lambda p, layer, k, lib: p.register_parametrization(
        layer, "bias", k["Any"](lambda x: x.double())
    ),
    "second inverse of no tensor": lambda p, layer, k, lib: p.register_parametrization(
        layer, "bias", k["Any"](lambda x: x, lambda x: [x])
    ),
    "second inverse of another shape": lambda p, layer, k, lib: p.register_parametrization(
        layer, "bias", k["Any"](lambda x: x, lambda x: x[1])
    ),
    "second inverse of another dtype": lambda p, layer, k, lib: p.register_parametrization(
        layer, "bias", k["Any"](lambda x: x, lambda x: x.double())
    ),
    "an assignment without inverse": lambda p, layer, k, lib: setattr(layer, "bias", lib.ones(3)),
    "removal of what is not there": lambda p, layer, k, lib: p.remove_parametrizations(layer, "weight"),
    "an empty list": lambda p, layer, k, lib: p.ParametrizationList([], layer.weight),
    "a parameter": lambda p, layer, k, lib: setattr(layer, "bias", lib.nn.Parameter(lib.ones(3))),
}


@pytest.mark.parametrize("case", REFUSED)
def test_errors(case):
    def scenario(library):
        layer = place(library).register_parametrization(linear(library), "bias", modules(library)["Double"]())
        kind, text = error_of(lambda: REFUSED[case](place(library), layer, modules(library), library))
        return kind, text.replace("torch.Tensor", "Tensor"), layer.state_dict()

    check_same(scenario)


WRONG_LATER = {
    "no tensor": (lambda x: x, lambda x: 5, "should return a tensor. Got int"),
    "another dtype": (lambda x: x, lambda x: x.double(), "has dtype torch.float64 while `original` has dtype"),
    "several, no sequence": (lambda a, b: a, lambda x: 5, "must return a sequence of tensors. Got int"),
    "several, too few": (lambda a, b: a, lambda x: [x], "of length 2. Got a sequence of length 1"),
    "several, one no tensor": (lambda a, b: a, lambda x: [x, 5], "Got element 1 of type int"),
    "several, another dtype": (lambda a, b: a, lambda x: [x, x.double()], "Tensor 1 .* `original1` has dtype torch.fl"),
}


@pytest.mark.parametrize("case", WRONG_LATER)
def test_an_inverse_that_becomes_wrong(case):
    forward, inverse, text = WRONG_LATER[case]
    made = modules(ours)["Any"](forward, (lambda x: [x, x]) if "several" in case else (lambda x: x))
    layer = parametrize.register_parametrization(linear(ours), "weight", made)
    made.inverse = inverse
    check_error(ValueError, text, setattr, layer, "weight", ours.ones(3, 3))


def test_a_name_that_is_not_there():
    layer = linear(ours)
    double = modules(ours)["Double"]()
    check_error(ValueError, "does not have a parameter, a buffer, or a parametrized element with name 'wrong'",
                parametrize.register_parametrization, layer, "wrong", double)  # fmt: skip
