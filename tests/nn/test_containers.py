"""Containers behave as PyTorch's: each scenario runs with both libraries and must give the same."""

from __future__ import annotations

from collections import OrderedDict

import pytest
import torch

import minitorch_cv as ours
from minitorch_cv import nn
from tests.nn.both import check_same, error_of


def named(library, name):
    """A module that prints as its name and multiplies by its length."""

    class Named(library.nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = library.nn.Parameter(library.tensor(float(len(name))))

        def forward(self, x):
            return x * self.weight

        def extra_repr(self):
            return name

    return Named()


def modules(library, names="a bb ccc dddd"):
    return [named(library, name) for name in names.split()]


def sequential(library):
    return library.nn.Sequential(*modules(library))


def module_list(library):
    return library.nn.ModuleList(modules(library))


def look(container):
    return repr(container), list(container.state_dict()), len(container)


def both_containers(*actions):
    return pytest.mark.parametrize(
        ("make", "action"), [(make, action) for make in (sequential, module_list) for action in actions]
    )


@both_containers(
    lambda lib, c: look(c),
    lambda lib, c: look(c[1:3]),
    lambda lib, c: look(c[::-2]),
    lambda lib, c: repr(c[0]),
    lambda lib, c: repr(c[-1]),
    lambda lib, c: c[lib.tensor(1)] is c[1],
    lambda lib, c: [repr(m) for m in c],
    lambda lib, c: (c.append(named(lib, "new")) is c, look(c)),
    lambda lib, c: (c.extend(modules(lib, "x y")) is c, look(c)),
    lambda lib, c: (repr(c.pop(1)), look(c)),
    lambda lib, c: (repr(c.pop(slice(1, 3))), look(c)),
    lambda lib, c: (c.__setitem__(-1, named(lib, "new")), look(c)),
    lambda lib, c: (c.__delitem__(0), look(c)),
    lambda lib, c: (c.__delitem__(slice(0, 3, 2)), look(c)),
    lambda lib, c: (c.insert(1, named(lib, "new")), look(c))[1],
    lambda lib, c: (c.insert(4, named(lib, "new")), look(c))[1],
    lambda lib, c: look(
        c + type(c)(*([modules(lib, "x y")] if isinstance(c, lib.nn.ModuleList) else modules(lib, "x y")))
    ),
    lambda lib, c: type(c + c).__name__,
    lambda lib, c: [name for name in dir(c) if name.isdigit()],
    lambda lib, c: error_of(lambda: c[4]),
    lambda lib, c: error_of(lambda: c[-5]),
    lambda lib, c: error_of(lambda: c["a"])[0],
    lambda lib, c: error_of(lambda: c.__setitem__(9, named(lib, "new"))),
    lambda lib, c: error_of(lambda: c.__delitem__(9)),
    lambda lib, c: error_of(lambda: c.append(3)),
    lambda lib, c: error_of(lambda: c.__setitem__(0, 3)),
)
def test_what_sequential_and_module_list_share(make, action):
    check_same(lambda library: action(library, make(library)))


@pytest.mark.parametrize(
    "action",
    [
        lambda lib, c: c(lib.ones(2)),
        lambda lib, c: lib.nn.Sequential()(lib.ones(1)),
        lambda lib, c: repr(lib.nn.Sequential()),
        lambda lib, c: look(lib.nn.Sequential(OrderedDict(first=c[0], second=c[1]))),
        lambda lib, c: look(lib.nn.Sequential(OrderedDict(first=c[0], second=c[1], third=c[2]))[1:]),
        lambda lib, c: (n := lib.nn.Sequential(OrderedDict(first=c[0], x=c[1])), n.__delitem__(0), look(n))[2],
        lambda lib, c: (n := lib.nn.Sequential(OrderedDict(first=c[0], x=c[1])), n.__setitem__(1, c[2]), look(n))[2],
        lambda lib, c: (c.insert(-1, named(lib, "new")) is c, look(c)),
        lambda lib, c: look(c * 2),
        lambda lib, c: look(2 * c),
        lambda lib, c: (before := c, before.__imul__(3) is c, look(before))[1:],
        lambda lib, c: (c.__iadd__(lib.nn.Sequential(*modules(lib, "x y"))) is c, look(c)),
        lambda lib, c: len(list((c * 2).parameters())),
        lambda lib, c: error_of(lambda: c + 1),
        lambda lib, c: error_of(lambda: c.__iadd__([1])),
        lambda lib, c: error_of(lambda: c * 0),
        lambda lib, c: error_of(lambda: c.__imul__(0))[0],
        lambda lib, c: error_of(lambda: c * 1.5)[0],
        lambda lib, c: error_of(lambda: c.__imul__("a"))[0],
        lambda lib, c: error_of(lambda: c.insert(5, c[0])),
        lambda lib, c: error_of(lambda: c.insert(-5, c[0])),
        lambda lib, c: error_of(lambda: c.insert(0, 3))[0],
        lambda lib, c: error_of(lambda: lib.nn.Sequential([c[0]])),
    ],
)
def test_sequential(action):
    def scenario(library):
        result = action(library, sequential(library))
        return eval_name(result)

    check_same(scenario)


def eval_name(result):
    """Error texts name the class by its whole path, which is not the same in both libraries."""
    if isinstance(result, tuple) and len(result) == 2 and "class" in str(result[1]):
        return result[0]
    return result


@pytest.mark.parametrize(
    ("action", "match"),
    [
        (lambda c: c + 1, "add operator supports only objects of Sequential class, but <class 'int'> is given"),
        (lambda c: c * "a", r"unsupported operand type\(s\) for \*: .*Sequential'> and <class 'str'>"),
        (lambda c: c * -1, "Non-positive multiplication factor -1 for .*Sequential"),
        (lambda c: c.insert(0, 3), "module should be of type: .*Module"),
        (lambda c: c.insert(9, c[0]), "Index out of range: 9"),
    ],
)
def test_errors_of_sequential(action, match):
    with pytest.raises((ValueError, TypeError, AssertionError, IndexError), match=match):
        action(sequential(ours))


@pytest.mark.parametrize(
    "action",
    [
        lambda lib, c: repr(lib.nn.ModuleList()),
        lambda lib, c: repr(lib.nn.ModuleList(modules(lib, "a a a b a a"))),
        lambda lib, c: repr(lib.nn.ModuleList([lib.nn.Sequential(*modules(lib, "x y")) for _ in range(2)])),
        lambda lib, c: repr(lib.nn.Sequential(lib.nn.ModuleList(modules(lib, "x x")), lib.nn.ModuleDict())),
        lambda lib, c: (c.__iadd__(modules(lib, "x")) is c, look(c)),
        lambda lib, c: look(c + modules(lib, "x y")),
        lambda lib, c: look(lib.nn.ModuleList(iter(c))),
        lambda lib, c: error_of(lambda: c(1)),
        lambda lib, c: error_of(lambda: c.extend(3)),
        lambda lib, c: error_of(lambda: c.extend([3])),
    ],
)
def test_module_list(action):
    check_same(lambda library: action(library, module_list(library)))


@pytest.mark.parametrize("make", [sequential, module_list])
def test_a_container_extends_itself(make):
    container = make(ours)
    assert [m.extra_repr() for m in container.extend(container)] == ["a", "bb", "ccc", "dddd"] * 2


def test_module_list_inserts_as_a_list_does():
    container = module_list(ours)
    container.insert(-1, named(ours, "new"))
    assert [m.extra_repr() for m in container] == ["a", "bb", "ccc", "new", "dddd"]
    with pytest.raises(IndexError, match="Index out of range: 6"):
        container.insert(6, named(ours, "new"))
    with pytest.raises(AssertionError, match="module should be of type"):
        container.insert(0, 3)


def module_dict(library):
    return library.nn.ModuleDict({"z": named(library, "a"), "y": named(library, "bb")})


@pytest.mark.parametrize(
    "action",
    [
        lambda lib, c: look(c),
        lambda lib, c: repr(c["y"]),
        lambda lib, c: (c.__setitem__("new", named(lib, "n")), look(c)),
        lambda lib, c: (c.__delitem__("z"), look(c)),
        lambda lib, c: ("z" in c, "a" in c, list(c), list(c.keys())),
        lambda lib, c: [repr(m) for m in c.values()],
        lambda lib, c: [(k, repr(m)) for k, m in c.items()],
        lambda lib, c: (repr(c.pop("z")), look(c)),
        lambda lib, c: (c.clear(), look(c)),
        lambda lib, c: (c.update({"z": named(lib, "new"), "b": named(lib, "b")}), look(c)),
        lambda lib, c: (c.update([("x", named(lib, "new")), ["w", named(lib, "b")]]), look(c)),
        lambda lib, c: (c.update(lib.nn.ModuleDict({"x": named(lib, "new")})), look(c)),
        lambda lib, c: look(lib.nn.ModuleDict([["x", named(lib, "new")]])),
        lambda lib, c: look(lib.nn.ModuleDict()),
        lambda lib, c: c.train(False)["z"].training,
        lambda lib, c: error_of(lambda: c["nowhere"]),
        lambda lib, c: error_of(lambda: c.pop("nowhere")),
        lambda lib, c: error_of(lambda: c.__delitem__("nowhere")),
        lambda lib, c: error_of(lambda: c.__setitem__("keys", named(lib, "n"))),
        lambda lib, c: error_of(lambda: c.__setitem__(3, named(lib, "n"))),
        lambda lib, c: error_of(lambda: c.__setitem__("n", 3)),
        lambda lib, c: error_of(lambda: c.update(3)),
        lambda lib, c: error_of(lambda: c.update([3]))[0],
        lambda lib, c: error_of(lambda: c.update([("a",)])),
        lambda lib, c: error_of(lambda: c(1)),
    ],
)
def test_module_dict(action):
    check_same(lambda library: action(library, module_dict(library)))


def parameter_list(library):
    nn = library.nn
    return nn.ParameterList(
        [nn.Parameter(library.ones(2)), library.zeros(3, 1), 5, library.zeros(1, dtype=library.float64)]
    )


@pytest.mark.parametrize(
    "action",
    [
        lambda lib, c: look(c),
        lambda lib, c: repr(lib.nn.ParameterList()),
        lambda lib, c: [n for n, _ in c.named_parameters()],
        lambda lib, c: [type(v).__name__ for v in c],
        lambda lib, c: (c[0], c[-2], c[-1]),
        lambda lib, c: look(c[1:]),
        lambda lib, c: look(c[::-2]),
        lambda lib, c: (c.__setitem__(0, lib.zeros(4)), look(c)),
        lambda lib, c: (c.append(lib.ones(1)) is c, look(c)),
        lambda lib, c: (c.extend([lib.ones(1), "text"]) is c, look(c)),
        lambda lib, c: (c.__iadd__([lib.ones(1)]) is c, look(c)),
        lambda lib, c: [name for name in dir(c) if name.isdigit()],
        lambda lib, c: error_of(lambda: c[4]),
        lambda lib, c: error_of(lambda: c.__setitem__(-5, 1)),
        lambda lib, c: error_of(lambda: c.extend(lib.ones(2))),
        lambda lib, c: error_of(lambda: c.extend(3)),
        lambda lib, c: error_of(lambda: c(1)),
    ],
)
def test_parameter_list(action):
    check_same(lambda library: action(library, parameter_list(library)))


def parameter_dict(library):
    nn = library.nn
    return nn.ParameterDict({"b": nn.Parameter(library.ones(2)), "a": library.zeros(3, 1), "n": 5})


@pytest.mark.parametrize(
    "action",
    [
        lambda lib, c: look(c),
        lambda lib, c: repr(lib.nn.ParameterDict()),
        lambda lib, c: look(lib.nn.ParameterDict(OrderedDict(z=lib.ones(1), y=lib.ones(2)))),
        lambda lib, c: look(lib.nn.ParameterDict([("z", lib.ones(1)), ["y", lib.ones(2)]])),
        lambda lib, c: [n for n, _ in c.named_parameters()],
        lambda lib, c: (c["a"], type(c["a"]).__name__, c["n"]),
        lambda lib, c: (c.__setitem__("new", lib.ones(1)), look(c)),
        lambda lib, c: (c.__delitem__("a"), look(c)),
        lambda lib, c: ("a" in c, "x" in c, list(c), list(reversed(c)), list(c.keys())),
        lambda lib, c: list(c.values()),
        lambda lib, c: list(c.items()),
        lambda lib, c: (c.get("a"), c.get("x"), c.get("x", 3)),
        lambda lib, c: (c.pop("a"), look(c)),
        lambda lib, c: (c.popitem(), look(c)),
        lambda lib, c: (c.clear(), look(c)),
        lambda lib, c: (c.setdefault("a", 3), c.setdefault("x", lib.ones(1)), c.setdefault("y"), look(c)),
        lambda lib, c: look(c.fromkeys(["q", "p"], 3)),
        lambda lib, c: (look(c.copy()), c.copy()["a"] is c["a"]),
        lambda lib, c: look(c | lib.nn.ParameterDict({"z": 1, "a": lib.ones(7)})),
        lambda lib, c: look(c.__ror__(lib.nn.ParameterDict({"z": 1, "a": lib.ones(7)}))),
        lambda lib, c: (c.__ior__(lib.nn.ParameterDict({"z": 1})) is c, look(c)),
        lambda lib, c: (c.update({"z": 1, "c": lib.ones(1)}), look(c)),
        lambda lib, c: error_of(lambda: c["x"]),
        lambda lib, c: error_of(lambda: c.pop("x")),
        lambda lib, c: error_of(lambda: lib.nn.ParameterDict().popitem()),
        lambda lib, c: error_of(lambda: c.__setitem__(3, 1))[0],
        lambda lib, c: error_of(lambda: c.__delitem__("x")),
        lambda lib, c: error_of(lambda: c.update(3))[0],
        lambda lib, c: error_of(lambda: c.update([3]))[0],
        lambda lib, c: error_of(lambda: c.update([("a",)])),
        lambda lib, c: error_of(lambda: c(1)),
    ],
)
def test_parameter_dict(action):
    check_same(lambda library: action(library, parameter_dict(library)))


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: nn.ParameterDict({}).update(3), "ParameterDict.update should be called with an iterable of key/value"),
        (lambda: nn.ParameterDict([3]), "ParameterDict update sequence element #0 should be Iterable; is int"),
        (lambda: nn.ModuleDict([3]), "ModuleDict update sequence element #0 should be Iterable; is int"),
        (lambda: nn.ParameterDict()[3], "cannot be used as a key as it is not a string"),
    ],
)
def test_errors_with_words_of_our_own(call, match):
    with pytest.raises(TypeError, match=match):
        call()


# ---- Identity, Flatten, Unflatten -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "make",
    [
        lambda nn: nn.Identity(3, "any", key=1),
        lambda nn: nn.Flatten(),
        lambda nn: nn.Flatten(0),
        lambda nn: nn.Flatten(0, 1),
        lambda nn: nn.Flatten(start_dim=-2, end_dim=-1),
        lambda nn: nn.Unflatten(1, (3, 1)),
        lambda nn: nn.Unflatten(-1, [2, -1]),
        lambda nn: nn.Unflatten(dim=2, unflattened_size=(1, 4, 1)),
    ],
)
def test_shape_layers(make):
    def scenario(library):
        layer = make(library.nn)
        x = library.arange(24).to(library.float32).reshape(2, 3, 4).requires_grad_()
        y = layer(x)
        (y * library.arange(24).to(library.float32).reshape(y.shape)).sum().backward()
        return repr(layer), y, tuple(y.shape), x.grad, list(layer.state_dict())

    check_same(scenario)


@pytest.mark.parametrize(
    "make",
    [
        lambda nn: nn.Unflatten(1, 3),
        lambda nn: nn.Unflatten(1, (3, 1.0)),
        lambda nn: nn.Unflatten(1, "ab"),
    ],
)
def test_errors_of_unflatten(make):
    assert check_same(lambda library: error_of(lambda: make(library.nn)))[0] == "TypeError"


def test_identity_hands_on_the_same_object():
    x = ours.ones(1)
    assert nn.Identity()(x) is x
    assert torch.nn.Identity()(x) is x
