"""Module does what PyTorch's does: each scenario runs with both libraries and must give the same."""

from __future__ import annotations

import copy
import pickle

import pytest

import minitorch_cv as ours
from minitorch_cv import nn
from tests.nn.both import check_same, error_of, make_net

# ---- what a module holds ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "what",
    [
        lambda m: [n for n, _ in m.named_parameters()],
        lambda m: [n for n, _ in m.named_parameters(prefix="p", recurse=False)],
        lambda m: [n for n, _ in m.named_parameters(remove_duplicate=False)],
        lambda m: list(m.parameters()),
        lambda m: list(m.blocks.parameters(recurse=False)),
        lambda m: [n for n, _ in m.named_buffers()],
        lambda m: list(m.buffers()),
        lambda m: list(m.buffers(recurse=False)),
        lambda m: [n for n, _ in m.named_children()],
        lambda m: [type(c).__name__ for c in m.children()],
        lambda m: [n for n, _ in m.named_modules()],
        lambda m: [n for n, _ in m.named_modules(prefix="net", remove_duplicate=False)],
        lambda m: [type(c).__name__ for c in m.modules()],
        lambda m: len(list(m.modules(remove_duplicate=False))),
        lambda m: m.state_dict(),
        lambda m: m.state_dict(prefix="a."),
        lambda m: dict(m.state_dict()._metadata),
        lambda m: type(m.state_dict()).__name__,
        lambda m: [v.requires_grad for v in m.state_dict().values()],
        lambda m: [v.requires_grad for v in m.state_dict(keep_vars=True).values()],
        repr,
        lambda m: repr(m.first),
        lambda m: m.get_submodule("blocks.2").features,
        lambda m: m.get_submodule("") is m,
        lambda m: m.get_parameter("blocks.2.weight"),
        lambda m: m.get_buffer("mean"),
        lambda m: m.absent,
        lambda m: m.nothing,
        lambda m: m.tied is m.first,
    ],
)
def test_contents(what):
    check_same(lambda library: what(make_net(library)))


def test_dir_lists_parameters_buffers_and_modules_but_no_numbers():
    names = dir(make_net(ours))
    assert {"factor", "mean", "first", "training", "forward"} <= set(names)
    assert names == sorted(names)
    assert not any(name[0].isdigit() for name in dir(make_net(ours).blocks))


def test_repr_of_extra_lines():
    def scenario(library):
        class Two(library.nn.Module):
            def extra_repr(self):
                return "one\ntwo"

        class Nested(library.nn.Module):
            def __init__(self):
                super().__init__()
                self.inner = Two()
                self.add_module("none", None)

            def extra_repr(self):
                return "outer"

        return [repr(Two()), repr(Nested()), repr(library.nn.Module())]

    check_same(scenario)


# ---- assigning, deleting ----------------------------------------------------------------------------------------


def assign_before_init(kind):
    def scenario(library):
        class Early(library.nn.Module):
            def __init__(self):
                values = {
                    "parameter": lambda: library.nn.Parameter(library.ones(1)),
                    "module": lambda: library.nn.Identity(),
                    "buffer": lambda: library.nn.Buffer(library.ones(1)),
                }
                self.value = values[kind]()

        return error_of(Early)

    return scenario


def register_before_init(method):
    def scenario(library):
        class Early(library.nn.Module):
            def __init__(self):
                getattr(self, method)("value", None)

        return error_of(Early)[0]

    return scenario


@pytest.mark.parametrize("kind", ["parameter", "module", "buffer"])
def test_assigning_before_init(kind):
    error = check_same(assign_before_init(kind))
    assert "before Module.__init__() call" in error[1]


@pytest.mark.parametrize("method", ["register_parameter", "register_buffer", "add_module"])
def test_registering_before_init(method):
    assert check_same(register_before_init(method)) == "AttributeError"


@pytest.mark.parametrize(
    "action",
    [
        lambda lib, m: setattr(m, "factor", lib.ones(1)),
        lambda lib, m: setattr(m, "first", 3),
        lambda lib, m: setattr(m, "mean", 3),
        lambda lib, m: setattr(m, "mean", "text"),
        lambda lib, m: m.register_parameter(3, None),
        lambda lib, m: m.register_parameter("a.b", None),
        lambda lib, m: m.register_parameter("", None),
        lambda lib, m: m.register_parameter("forward", None),
        lambda lib, m: m.register_parameter("p", lib.ones(1)),
        lambda lib, m: m.register_parameter("p", [1.0]),
        lambda lib, m: m.register_buffer(3, None),
        lambda lib, m: m.register_buffer("a.b", None),
        lambda lib, m: m.register_buffer("", None),
        lambda lib, m: m.register_buffer("training", None),
        lambda lib, m: m.register_buffer("first", None),
        lambda lib, m: m.register_buffer("b", [1.0]),
        lambda lib, m: m.add_module(3, None),
        lambda lib, m: m.add_module("a.b", None),
        lambda lib, m: m.add_module("", None),
        lambda lib, m: m.add_module("factor", None),
        lambda lib, m: m.add_module("x", 3),
        lambda lib, m: m.unknown,
        lambda lib, m: delattr(m, "unknown"),
        lambda lib, m: m.get_submodule("first.nowhere"),
        lambda lib, m: m.get_submodule("first.weight"),
        lambda lib, m: m.get_parameter("first.nowhere"),
        lambda lib, m: m.get_parameter("first.features"),
        lambda lib, m: m.get_buffer("nowhere"),
        lambda lib, m: m.get_buffer("first.weight"),
        lambda lib, m: m.set_submodule("", lib.nn.Identity()),
        lambda lib, m: m.set_submodule("first", 3),
        lambda lib, m: m.set_submodule("nowhere.x", lib.nn.Identity()),
        lambda lib, m: m.set_submodule("new", lib.nn.Identity(), strict=True),
        lambda lib, m: m.set_submodule("factor", lib.nn.Identity()),
        lambda lib, m: m.train("yes"),
        lambda lib, m: lib.nn.Module()(1),
        lambda lib, m: lib.nn.Module(3),
        lambda lib, m: lib.nn.Module(x=3),
        lambda lib, m: m.load_state_dict([1]),
    ],
)
def test_errors_as_in_torch(action):
    check_same(lambda library: error_of(lambda: action(library, make_net(library))))


@pytest.mark.parametrize("dtype", [ours.int64, ours.bool], ids=str)
def test_modules_are_of_floating_point(dtype):
    check_same(lambda library: error_of(lambda: make_net(library).to(getattr(library, dtype.name)))[0])
    with pytest.raises(TypeError, match=f"only accepts floating point dtypes, but got desired dtype={dtype}"):
        make_net(ours).to(dtype)


@pytest.mark.parametrize("value", ["computed", "parameter"])
def test_a_computed_tensor_is_no_parameter(value):
    def scenario(library):
        net = make_net(library)
        computed = net.factor * 2
        if value == "parameter":
            computed = library.nn.Parameter(library.ones(1)) * 2
        return error_of(lambda: net.register_parameter("p", computed))[0]

    check_same(scenario)


def test_a_parameter_with_history_is_refused():
    param = nn.Parameter(ours.ones(2))
    with ours.no_grad():
        view = param.view(2)
    view.__class__ = nn.Parameter
    assert view.grad_fn is None
    made = param * 1
    made.__class__ = nn.Parameter
    with pytest.raises(ValueError, match=r"Cannot assign non-leaf Tensor to parameter 'p'.*in the forward"):
        nn.Module().register_parameter("p", made)


def test_assignment_changes_what_a_name_means():
    def scenario(library):
        nn = library.nn
        m = make_net(library)
        seen = []

        def note():
            seen.append(
                (
                    "x" in m._parameters,
                    "x" in m._buffers,
                    "x" in m._modules,
                    "x" in m.__dict__,
                    sorted(m._non_persistent_buffers_set),
                )
            )

        m.x = 3
        note()
        m.x = nn.Parameter(library.ones(1))
        note()
        m.x = None
        note()
        del m.x
        m.x = nn.Identity()
        note()
        m.x = None
        note()
        del m.x
        m.x = nn.Buffer(library.ones(1), persistent=False)
        note()
        m.x = library.zeros(1)
        note()
        m.x = nn.Parameter(library.ones(1))
        note()
        del m.x
        m.x = nn.Identity()
        note()
        del m.x
        m.register_buffer("x", library.ones(2), persistent=False)
        m.register_buffer("x", library.ones(2))
        note()
        del m.x
        note()
        m.set_submodule("blocks.1", nn.Sequential())
        m.set_submodule("fresh", nn.Identity())
        m.register_module("y", nn.Identity())
        return seen, repr(m)

    check_same(scenario)


def test_parameter_and_buffer():
    def scenario(library):
        nn = library.nn
        data = library.ones(2)
        p = nn.Parameter(data)
        with library.no_grad():
            q = nn.Parameter(library.zeros(2))
        frozen = nn.Parameter(library.ones(1), requires_grad=False)
        integers = nn.Parameter(library.ones(1, dtype=library.int64), requires_grad=False)
        data[0] = 5
        b = nn.Buffer(data)
        return (
            repr(p),
            repr(frozen),
            p.is_leaf,
            q.requires_grad,
            frozen.requires_grad,
            type(p * 2).__name__,
            type(b * 2).__name__,
            b.requires_grad,
            nn.Buffer(library.ones(1, requires_grad=True)).requires_grad,
            isinstance(p, library.Tensor),
            isinstance(b, nn.Buffer),
            isinstance(p, nn.Buffer),
            b.persistent,
            nn.Parameter().shape,
            nn.Buffer(persistent=False).persistent,
            p.tolist(),
            integers.tolist(),
        )

    check_same(scenario)


@pytest.mark.parametrize("kind", ["Parameter", "Buffer"])
def test_parameters_and_buffers_are_made_of_tensors(kind):
    with pytest.raises(TypeError, match=rf"{kind}: data must be a Tensor, got list\. Wrap it"):
        getattr(nn, kind)([1.0])


def test_integer_parameters_require_no_grad():
    with pytest.raises(RuntimeError, match="only Tensors of floating point"):
        nn.Parameter(ours.ones(1, dtype=ours.int64))


# ---- modes and gradients ----------------------------------------------------------------------------------------


def test_train_eval_apply_requires_grad_zero_grad():
    def scenario(library):
        net = make_net(library)
        log = []
        net.apply(lambda m: log.append(type(m).__name__))
        log.append([m.training for m in net.eval().modules()])
        log.append([m.training for m in net.train().modules()])
        net(library.ones(2, 3)).sum().backward()
        log.append([p.grad for p in net.parameters()])
        net.zero_grad(set_to_none=False)
        log.append([p.grad for p in net.parameters()])
        net.zero_grad()
        log.append([p.grad for p in net.parameters()])
        log.append([p.requires_grad for p in net.first.requires_grad_(False).parameters()])
        log.append([p.requires_grad for p in net.parameters()])
        net(library.ones(3)).sum().backward()
        log.append([p.grad for p in net.parameters()])
        return log

    check_same(scenario)


@pytest.mark.parametrize(
    "convert",
    [
        lambda lib, m: m.double(),
        lambda lib, m: m.half(),
        lambda lib, m: m.double().float(),
        lambda lib, m: m.to(lib.float64),
        lambda lib, m: m.to("cpu"),
        lambda lib, m: m.to(lib.device("cpu"), lib.float64),
        lambda lib, m: m.to(device="cpu", dtype=lib.float64),
        lambda lib, m: m.to(lib.ones(1, dtype=lib.float64)),
        lambda lib, m: m.cpu(),
        lambda lib, m: m.type(lib.float64),
        lambda lib, m: m.to(lib.float64, non_blocking=True),
    ],
)
def test_conversion(convert):
    def scenario(library):
        net = make_net(library)
        net(library.ones(3)).sum().backward()
        params = list(net.parameters())
        converted = convert(library, net)
        same = [p is q for p, q in zip(params, net.parameters())]
        grads = [str(p.grad.dtype) for p in params]
        return converted is net, same, grads, [str(t.dtype) for t in net.state_dict().values()], net.cache

    check_same(scenario)


@pytest.mark.parametrize("module", [make_net(ours), nn.Identity()], ids=["with", "without parameters"])
def test_no_other_device(module):
    with pytest.raises(RuntimeError, match="runs on the CPU"):
        module.cuda()
    with pytest.raises(RuntimeError, match="runs on the CPU"):
        module.to("cuda:0")


def test_copies_and_pickles():
    def scenario(library):
        net = make_net(library)
        net.eval()
        net.note = [1, 2]
        other = copy.deepcopy(net)
        with library.no_grad():
            other.first.weight.mul_(2)
        return [
            net.state_dict(),
            other.state_dict(),
            other.training,
            other.note is net.note,
            other.tied is other.first,
            type(other.factor).__name__,
            other.first.weight.requires_grad,
            isinstance(copy.deepcopy(library.nn.Buffer(library.ones(1), persistent=False)), library.nn.Buffer),
        ]

    check_same(scenario)


class Picklable(nn.Module):
    """A module that pickle can find by its name."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(ours.ones(2), requires_grad=False)
        self.register_buffer("mean", nn.Buffer(ours.zeros(2), persistent=False))
        self.inner = nn.Sequential(nn.Identity())


def test_pickle():
    module = Picklable().eval()
    module.weight.array[0] = 7
    again = pickle.loads(pickle.dumps(module))
    assert isinstance(again.weight, nn.Parameter) and not again.weight.requires_grad
    assert again.weight.tolist() == [7, 1] and isinstance(again.mean, nn.Buffer) and not again.mean.persistent
    assert repr(again) == repr(module) and not again.training
    assert again.load_state_dict(module.state_dict()).missing_keys == []


def test_deepcopied_parameters_are_shared_and_without_grad_as_in_torch():
    def scenario(library):
        net = make_net(library)
        net(library.ones(3)).sum().backward()
        both = copy.deepcopy([net.factor, net.factor])
        return both[0] is both[1], both[0].grad, both[0]

    check_same(scenario)
