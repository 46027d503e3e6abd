"""In-place operations on views and on their bases: values and gradients are PyTorch's."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

import minitorch_cv as mt
from tests.checks import normal

VIEWS = {
    "select": lambda v: v[-1],
    "slice": lambda v: v[..., 1:],
    "step": lambda v: v[::2],
    "transpose": lambda v: v.transpose(0, -1),
    "reshape": lambda v: v.reshape(-1),
    "view": lambda v: v.view(*v.shape, 1) if v.is_contiguous() else v[..., None],
    "permute": lambda v: v.permute(*reversed(range(v.dim()))),
    "diagonal": lambda v: v.diagonal(0, 0, -1) if v.dim() > 1 else v[:1],
    "squeeze": lambda v: v.unsqueeze(0).squeeze(),
    "expand": lambda v: v.expand(3, *v.shape)[1],
    "windows": lambda v: v.unfold(0, 1, 1),
    "narrow": lambda v: v.narrow(0, 0, 1),
    "movedim": lambda v: v.movedim(0, -1),
    "Ellipsis": lambda v: v[...],
}


def add(library, v, w):
    v.add_(w)


def multiply(library, v, w):
    v.mul_(w)


def overwrite(library, v, w):
    v.copy_(w)


def assign_part(library, v, w):
    v[0] = w


def assign_by_index(library, v, w):
    v[library.tensor([0])] = w


def square(library, v, w):
    v.pow_(2)


def add_by_index(library, v, w):
    v.index_put_((library.tensor([0, 0]),), w, accumulate=True)


WRITES = [add, multiply, overwrite, assign_part, assign_by_index, square, add_by_index]


def gradients(library, kind, chain, write, on_base):
    """The values of base and view after a write to one of them, and the gradients of what went in."""
    x = library.from_numpy(normal(2, 2, 3)).requires_grad_(kind != "plain")
    w = library.from_numpy(normal(seed=1)).requires_grad_()
    base = x * 1 if kind == "computed" else x

    def look_and_write():
        view = base
        for name in chain:
            view = VIEWS[name](view)
        write(library, base if on_base else view, w)
        return view

    with library.set_grad_enabled(kind != "leaf"):
        view = look_and_write()
    used = [base * w] if kind == "leaf" else [base * 1, view * 1, view.clone() * w]
    used = [u for u in used if u.requires_grad]
    library.autograd.backward(used, [library.from_numpy(normal(*u.shape, seed=3)) for u in used])
    grads = [np.zeros(0) if t.grad is None else t.grad.numpy() for t in (x, w) if t.is_leaf]
    return [base.detach().numpy(), view.detach().numpy(), *grads]


CHAINS = [(name,) for name in VIEWS] + [pair for pair in itertools.product(VIEWS, VIEWS) if pair[0] != "reshape"]


@pytest.mark.parametrize("write", WRITES, ids=lambda w: w.__name__)
@pytest.mark.parametrize("kind", ["computed", "plain", "leaf"])
@pytest.mark.parametrize("on_base", [False, True], ids=["view", "base"])
def test_write(on_base, kind, write):
    for chain in CHAINS[:: 1 if kind == "computed" else 5]:
        mine = gradients(mt, kind, chain, write, on_base)
        theirs = gradients(torch, kind, chain, write, on_base)
        assert len(mine) == len(theirs)
        for what, one, two in zip(("base", "view", "a gradient", "another"), mine, theirs):
            np.testing.assert_allclose(one, two, rtol=1e-12, err_msg=f"{what}, {chain}")


# ---- any sequence of views, writes and uses -------------------------------------------------------------------------

STEPS = {
    "select": lambda v, k: v[k % v.shape[0]] if v.dim() and v.shape[0] else v[...],
    "slice": lambda v, k: v[..., 1:] if v.dim() else v[None],
    "step": lambda v, k: v[::2] if v.dim() else v[...],
    "transpose": lambda v, k: v.transpose(0, -1),
    "reshape": lambda v, k: v.reshape(-1),
    "add dimension": lambda v, k: v.reshape(*v.shape, 1),
    "permute": lambda v, k: v.permute(*reversed(range(v.dim()))) if v.dim() else v[...],
    "diagonal": lambda v, k: v.diagonal(k % 2, 0, 1) if v.dim() > 1 else v[...],
    "unsqueeze": lambda v, k: v.unsqueeze(0),
    "squeeze": lambda v, k: v.squeeze(),
    "expand": lambda v, k: v.expand(2, *v.shape),
    "part of expand": lambda v, k: v.expand(2, *v.shape)[k % 2],
    "windows": lambda v, k: v.unfold(0, 1, 1) if v.dim() and v.shape[0] else v[...],
    "split": lambda v, k: v.split(1)[0] if v.dim() and v.shape[0] else v[...],
    "unbind": lambda v, k: v.unbind(0)[0] if v.dim() and v.shape[0] else v[...],
    "chunk": lambda v, k: v.chunk(2, -1)[-1] if v.dim() else v[...],
    "detach": lambda v, k: v.detach(),
    "flat view": lambda v, k: v.view(-1),
    "contiguous": lambda v, k: v.contiguous(),
}
IN_PLACE_VIEWS = [lambda v: v.unsqueeze_(0), lambda v: v.squeeze_(), lambda v: v.transpose_(0, -1)]
KINDS_OF_STEP = [
    "view",
    "view",
    "write",
    "write",
    "use",
    "multiply",
    "reshape in place",
    "view in no_grad",
    "write in no_grad",
]


def take_step(library, tensors, w, step):
    """One step of a program on the tensors that there are; says what happened."""
    kind, position, k = step
    tensor = tensors[position % len(tensors)]
    name = list(STEPS)[k % len(STEPS)]
    try:
        if kind == "view":
            tensors.append(STEPS[name](tensor, k // 7))
        elif kind == "view in no_grad":
            with library.no_grad():
                tensors.append(STEPS[name](tensor, k // 7))
        elif kind == "write":
            write_somehow(library, tensor, w, k)
        elif kind == "write in no_grad":
            with library.no_grad():
                write_somehow(library, tensor, w, k)
        elif kind == "use":
            tensors.append(tensor * w)
        elif kind == "multiply":
            tensors.append(tensor * tensors[k % len(tensors)])
        else:
            IN_PLACE_VIEWS[k % len(IN_PLACE_VIEWS)](tensor)
    except (RuntimeError, IndexError) as error:
        happened: object = type(error)
    else:
        happened = tuple(tensors[-1].shape)
    return happened, [history_of(t) for t in tensors]


def history_of(tensor):
    """Whether it has one and needs a gradient, or how it refuses to tell; it also brings PyTorch's views up to date."""
    try:
        return tensor.requires_grad, tensor.grad_fn is not None
    except RuntimeError as error:
        return type(error)


def write_somehow(library, v, w, k):
    if k % 6 == 0:
        v.mul_(w)
    elif k % 6 == 1:
        v.add_(w)
    elif k % 6 == 2:
        v.copy_(w)
    elif k % 6 == 3:
        v[...] = w
    elif v.dim() == 0 or v.shape[0] == 0:
        v.div_(w)
    elif k % 6 == 4 and 0 not in v.stride():  # (PyTorch still writes to expanded tensors by index, with a warning)
        v[library.tensor([0])] = w
    else:
        v[0] = w


def run_program(library, kind, program):
    """What happened at each step, all values at the end, and the gradients of the inputs (or how backward failed)."""
    x = library.from_numpy(normal(2, 2, 3)).requires_grad_(kind != "plain")
    if kind == "map" and library is mt:  # in the memory that a layer would have left it in
        x = mt.Tensor.wrap(np.moveaxis(np.moveaxis(x.detach().numpy(), 0, -1).copy(), -1, 0)).requires_grad_()
    w = library.from_numpy(normal(seed=1)).requires_grad_()
    tensors = [x * 1 if kind in ("computed", "map") else x]
    happened = [take_step(library, tensors, w, step) for step in program]
    values = [t.detach().numpy() for t in tensors]
    try:
        used = [t for t in tensors if t.requires_grad and t.grad_fn is not None]
        if used:
            library.autograd.backward(used, [library.from_numpy(normal(*t.shape, seed=3)) for t in used])
    except RuntimeError as error:
        return [*happened, type(error)], values
    return happened, [*values, *(np.zeros(0) if t.grad is None else t.grad.numpy() for t in (x, w) if t.is_leaf)]


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(["computed", "map", "leaf", "plain"]),
    st.lists(
        st.tuples(st.sampled_from(KINDS_OF_STEP), st.integers(0, 99), st.integers(0, 999)), min_size=1, max_size=8
    ),
)
@example("computed", [("reshape in place", 0, 0), ("reshape in place", 0, 2), ("use", 0, 0), ("view in no_grad", 1, 4)])
def test_any_sequence_of_views_and_writes(kind, program):
    mine, values = run_program(mt, kind, program)
    theirs, expected = run_program(torch, kind, program)
    assert mine == theirs
    assert len(values) == len(expected)
    for one, two in zip(values, expected):
        np.testing.assert_allclose(one, two, rtol=1e-9, atol=1e-12)
