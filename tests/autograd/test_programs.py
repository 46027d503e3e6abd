"""Random programs of recorded, in-place and view operations: flags, versions, results and gradients are PyTorch's."""

import numpy as np
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import minitorch_cv as mt

from .both import plain, tensor

# Instructions on a pool of 2 x 3 and smaller tensors; each takes two members of the pool and gives a new one, or None.
INSTRUCTIONS = {
    "add": lambda L, a, b: a + b,
    "sub": lambda L, a, b: a - b * 0.5,
    "mul": lambda L, a, b: a * b * 0.5,
    "neg": lambda L, a, b: -a,
    "sin": lambda L, a, b: a.sin(),
    "tanh": lambda L, a, b: a.tanh(),
    "clone": lambda L, a, b: a.clone(),
    "detach": lambda L, a, b: a.detach(),
    "sum": lambda L, a, b: a.sum() * 0.25,
    "relu": lambda L, a, b: a.relu(),
    "row": lambda L, a, b: a[0],
    "last": lambda L, a, b: a[-1:],
    "flat": lambda L, a, b: a.view(-1),
    "t": lambda L, a, b: a.t(),
    "every second": lambda L, a, b: a[..., ::2],
    "expand": lambda L, a, b: a.expand(2, *a.shape),
    "parts": lambda L, a, b: a.split(1)[0],
    "unsqueeze": lambda L, a, b: a.unsqueeze(0),
    "cat": lambda L, a, b: L.cat([a, b]),
    "add_": lambda L, a, b: a.add_(b),
    "mul_": lambda L, a, b: a.mul_(b),
    "mul_ by a number": lambda L, a, b: a.mul_(0.5),
    "sin_": lambda L, a, b: a.sin_(),
    "relu_": lambda L, a, b: a.relu_(),
    "zero_": lambda L, a, b: a.zero_(),
    "copy_": lambda L, a, b: a.copy_(b),
    "set row": lambda L, a, b: a.__setitem__(0, b),
    "set slice": lambda L, a, b: a.__setitem__((..., slice(1)), 0.25),
    "retain": lambda L, a, b: a.retain_grad(),
    "requires": lambda L, a, b: a.requires_grad_(),
}


def share_memory(a, b):
    return a.untyped_storage().data_ptr() == b.untyped_storage().data_ptr()


def run(L, program, skip):
    """What happens: a line for each instruction, and the gradients at the end.

    Args:     skip: numbers of the instructions to leave out; None: find them, in PyTorch. PyTorch refuses in backward
                what was written with an operand of the same memory (y.mul_(y)) or through an expanded view; here it is
                right.
    """
    rng = np.random.default_rng(0)
    leaves = [tensor(L, rng.uniform(0.5, 1.5, (2, 3)), True), tensor(L, rng.uniform(0.5, 1.5, (3,)), True)]
    pool = [*leaves, leaves[0] * 1, tensor(L, rng.uniform(0.5, 1.5, (2, 3)))]
    log = []
    found = set()
    for number, (name, i, j, without_grad) in enumerate(program):
        a, b = pool[i % len(pool)], pool[j % len(pool)]
        if skip is None and (name.endswith("_") or name.startswith("set")) and (share_memory(a, b) or 0 in a.stride()):
            found.add(number)
        if number in (found if skip is None else skip):
            continue
        history_is_lost = state(a)[1] == "RuntimeError"  # (asking is what PyTorch's in-place operations forget to do)
        if history_is_lost and name == "retain":
            continue
        try:
            if without_grad:
                with L.no_grad():
                    made = INSTRUCTIONS[name](L, a, b)
            else:
                made = INSTRUCTIONS[name](L, a, b)
        except (RuntimeError, IndexError) as error:
            log.append((number, name, type(error).__name__))
            continue
        if made is not None and all(made is not known for known in pool):
            pool.append(made)
        log.append((number, name, *state(pool[-1]), *state(a)))
    log.append([plain(member) for member in pool])
    ends = [member for member in pool[-3:] if member.requires_grad]
    try:
        if ends:
            L.autograd.backward([end.sum() for end in ends])
    except RuntimeError as error:
        log.append("changed" if "modified by an inplace operation" in str(error) else type(error).__name__)
    else:
        log.append([plain(leaf.grad) for leaf in leaves])
        log.append([plain(member.grad) if member.is_leaf or member.retains_grad else None for member in shown(pool)])
    return log, found


def shown(pool):
    """The members whose history can be asked for."""
    members = []
    for member in pool:
        try:
            member.grad_fn
        except RuntimeError:
            continue
        members.append(member)
    return members


def state(member):
    """Flags and version of a tensor."""
    try:
        leaf = member.is_leaf
    except RuntimeError as error:  # a view that the graph could not follow
        leaf = type(error).__name__
    return member.requires_grad, leaf, member._version, member._is_view(), tuple(member.shape)


def close(ours, theirs):
    if isinstance(ours, (list, tuple)) and isinstance(theirs, (list, tuple)):
        return len(ours) == len(theirs) and all(close(a, b) for a, b in zip(ours, theirs))
    if isinstance(ours, float) and isinstance(theirs, float):
        return bool(np.isclose(ours, theirs, rtol=1e-10, atol=1e-12, equal_nan=True))
    return ours == theirs


programs = st.lists(
    st.tuples(
        st.sampled_from(sorted(INSTRUCTIONS)),
        st.integers(0, 20),
        st.integers(0, 20),
        st.integers(0, 9).map(lambda n: n == 9),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(program=programs)
def test_any_program(program):
    theirs, skip = run(torch, program, None)
    ours, _ = run(mt, program, skip)
    for mine, reference in zip(ours, theirs):
        assert close(mine, reference), f"{mine}\nPyTorch:\n{reference}"
    assert len(ours) == len(theirs)
