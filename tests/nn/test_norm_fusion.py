"""nn.utils.fuse_conv_bn_eval and its like, nn.utils.rnn.pad_sequence and Module.to_empty, against PyTorch."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import minitorch_cv as ours
from minitorch_cv import nn
from minitorch_cv.nn import utils
from tests.checks import assert_close, check_error, check_op, normal, ours_of
from tests.nn.both import check_same, error_of
from tests.nn.checks import assert_same_state, copy_state

LAYERS = {
    "Conv2d": ((3, 4, (3, 2)), "BatchNorm2d", (2, 3, 5, 4)),
    "Conv1d": ((2, 4, 3), "BatchNorm1d", (0, 2, 6)),
    "ConvTranspose2d": ((3, 4, 2), "BatchNorm2d", (2, 3, 3, 4)),
    "Linear": ((3, 4), "BatchNorm1d", (5, 3)),
}


def fused(library, layer, norm):
    kind = type(layer).__name__
    if kind == "Linear":
        return library.nn.utils.fuse_linear_bn_eval(layer, norm)
    return library.nn.utils.fuse_conv_bn_eval(layer, norm, *[True] if kind == "ConvTranspose2d" else [])


@pytest.mark.parametrize("dtype, tolerance", [("float32", 5e-6), ("float64", 1e-13)])
@pytest.mark.parametrize("bias, affine", [(True, True), (False, True), (True, False)])
@pytest.mark.parametrize("kind", LAYERS)
def test_fused(kind, bias, affine, dtype, tolerance):
    if kind == "Linear" and not affine:
        return  # PyTorch's fails
    arguments, norm, shape = LAYERS[kind]
    nets = [
        library.nn.Sequential(
            getattr(library.nn, kind)(*arguments, bias=bias), getattr(library.nn, norm)(4, affine=affine)
        ).to(getattr(library, dtype))
        for library in (ours, torch)
    ]
    state = nets[1].state_dict()
    for i, name in enumerate(state):
        if name.startswith("1.") and "num" not in name:
            state[name].copy_(torch.from_numpy(np.abs(normal(4, seed=i)) + 0.5))
    nets[1][0].weight.requires_grad_(False)
    nets[0][0].weight.requires_grad_(False)
    copy_state(*nets)
    made = [fused(library, *net.eval()) for library, net in zip((ours, torch), nets)]
    assert_same_state(*made, tolerance)
    assert [p.requires_grad for p in made[0].parameters()] == [p.requires_grad for p in made[1].parameters()]
    x = normal(*shape).astype(dtype)
    assert_close(made[0](ours_of(x)).detach(), nets[0](ours_of(x)).detach(), 10 * tolerance, "both layers")
    assert made[0] is not nets[0][0] and type(made[0]) is type(nets[0][0])


def test_a_batch_norm_of_one_feature():
    nets = [
        library.nn.Sequential(library.nn.Linear(3, 4), library.nn.BatchNorm1d(1)).eval() for library in (ours, torch)
    ]
    copy_state(*nets)
    assert_same_state(*[fused(library, *net) for library, net in zip((ours, torch), nets)], 1e-6)


def test_errors_of_fusion():
    conv, norm, linear = nn.Conv2d(1, 2, 1), nn.BatchNorm2d(2), nn.Linear(2, 3)
    check_error(AssertionError, "Fusion only for eval", utils.fuse_conv_bn_eval, conv.eval(), norm)
    check_error(AssertionError, "Fusion only for eval", utils.fuse_linear_bn_eval, linear, norm.eval())
    check_error(AssertionError, "bn.num_features == 1, got linear.out_features=3", utils.fuse_linear_bn_eval,
                linear.eval(), norm)  # fmt: skip
    untracked = nn.BatchNorm2d(2, track_running_stats=False).eval()
    check_error(AssertionError, "running_mean and bn.running_var must not be None", utils.fuse_conv_bn_eval, conv,
                untracked)  # fmt: skip


@pytest.mark.parametrize("arguments", [{}, {"batch_first": True, "padding_value": -1.5}, {"padding_side": "left"}])
@pytest.mark.parametrize("rest", [(), (2,), (3, 1)])
def test_pad_sequence(arguments, rest):
    sequences = [normal(n, *rest, seed=n) for n in (3, 1, 4, 0)]

    def reference(*arrays):
        longest = max(map(len, arrays))
        filled = np.full((len(arrays), longest, *rest), arguments.get("padding_value", 0.0))
        for i, array in enumerate(arrays):
            for j, row in enumerate(array):
                filled[i, j + (longest - len(array) if "padding_side" in arguments else 0)] = row
        return filled if "batch_first" in arguments else filled.swapaxes(0, 1)

    check_op(
        lambda *s: utils.rnn.pad_sequence(s, **arguments),
        lambda *s: torch.nn.utils.rnn.pad_sequence(s, **arguments),
        sequences,
        reference=reference,
    )


def test_pad_sequence_of_other_dtypes():
    def scenario(library):
        pad = library.nn.utils.rnn.pad_sequence
        whole, broken = library.tensor([1, 2]), library.tensor([1.5, 2.5, -3.5])
        return [
            pad([whole, whole[:1]]),
            pad([whole, broken]),
            pad([broken, whole]),
            pad(iter([whole])),
            pad(whole[None]),
        ]

    check_same(scenario)


WRONG = {
    "none": lambda pad, lib: pad([]),
    "a number": lambda pad, lib: pad(3),
    "a side": lambda pad, lib: pad([lib.ones(2)], padding_side="middle"),
    "other sizes": lambda pad, lib: pad([lib.ones(2, 3), lib.ones(2, 2)]),
    "lists": lambda pad, lib: pad([[1, 2], [3]]),
    "a list behind a tensor": lambda pad, lib: pad([lib.ones(2), [3]]),
}


@pytest.mark.parametrize("case", WRONG)
def test_errors_of_pad_sequence(case):
    kind = check_same(lambda library: error_of(lambda: WRONG[case](library.nn.utils.rnn.pad_sequence, library))[0])
    assert kind == ("TypeError" if "list" in case else "RuntimeError")
    match = "pad_sequence: .*(empty list|Expected|first dimension only|as element [01] in argument 0, but got list)"
    check_error(TypeError if "list" in case else RuntimeError, match, WRONG[case],
                utils.rnn.pad_sequence, ours)  # fmt: skip


def test_to_empty():
    net = nn.Sequential(nn.Conv2d(2, 3, 1), nn.BatchNorm2d(3), nn.Linear(3, 2)).double()
    parameters = list(net.parameters())
    memory = [t.array for t in net[:2].state_dict().values()]
    assert net.to_empty(device="cpu") is net
    assert next(iter(net.parameters())) is parameters[0] and net[0].weight.requires_grad
    for before, (name, after) in zip(memory, net[:2].state_dict().items()):
        assert before.shape == after.shape and before.dtype == after.array.dtype, name
        assert not np.shares_memory(before, after.array)
    before = net[0].weight.array
    net.to_empty(device=None, recurse=False)
    assert np.shares_memory(net[0].weight.array, before)
    check_error(RuntimeError, "CPU", net.to_empty, device="meta")


def test_to_empty_of_what_has_no_shape_yet():
    def scenario(library):
        lazy = library.nn.Sequential(library.nn.LazyLinear(2), library.nn.Linear(2, 2))
        lazy.to_empty(device="cpu", recurse=False)
        return [error_of(lambda m=m: m.to_empty(device="cpu"))[0] for m in (lazy, library.nn.LazyBatchNorm2d())]

    assert check_same(scenario) == ["ValueError", "ValueError"]
    match = r"to_empty: attempted to use an uninitialized parameter, 0\.weight: its shape is not known yet\. Call the"
    check_error(ValueError, match, nn.Sequential(nn.LazyLinear(2)).to_empty, device="cpu")
