"""The one helper that holds a layer against PyTorch's layer of the same name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

import minitorch_cv as mt
from tests.checks import (
    FORWARD_TOLERANCE,
    GRADIENT_TOLERANCE,
    _flat,
    as_array,
    assert_close,
    ours_of,
    rng,
    theirs_of,
)

PLAIN = (int, float, str, bool, tuple, list, type(None))


def copy_state(ours: Any, theirs: torch.nn.Module) -> None:
    """Give our layer the numbers of PyTorch's, through state_dict."""
    ours.load_state_dict({name: ours_of(as_array(value)) for name, value in theirs.state_dict().items()})


def assert_same_state(ours: Any, theirs: torch.nn.Module, tolerance: float) -> None:
    """The state_dicts have the same keys in the same order, shapes, dtypes and numbers."""
    one, two = ours.state_dict(), theirs.state_dict()
    assert list(one) == list(two), f"state_dict keys {list(one)}, PyTorch {list(two)}"
    for name, value in two.items():
        assert_close(one[name], value, tolerance, f"state_dict entry {name}")


def assert_same_look(ours: Any, theirs: torch.nn.Module) -> None:
    """The same printed form, plain public attributes, state_dict layout and parameters."""
    assert repr(ours) == repr(theirs)
    for name, value in vars(theirs).items():
        if not name.startswith("_") and isinstance(value, PLAIN):
            assert hasattr(ours, name), f"attribute {name} is missing"
            assert getattr(ours, name) == value, f"attribute {name} is {getattr(ours, name)!r}, PyTorch {value!r}"
    layout = [{name: (tuple(t.shape), repr(t.dtype)) for name, t in m.state_dict().items()} for m in (ours, theirs)]
    assert list(layout[0].items()) == list(layout[1].items()), f"state_dict {layout[0]}, PyTorch {layout[1]}"
    trained = [[(name, p.requires_grad) for name, p in m.named_parameters()] for m in (ours, theirs)]
    assert trained[0] == trained[1], f"parameters {trained[0]}, PyTorch {trained[1]}"


def check_module(
    ours: Any,
    theirs: torch.nn.Module,
    inputs: Sequence,
    *,
    dtypes: Sequence[str] = ("float32", "float64"),
    training: Sequence[bool] = (True, False),
    grad_inputs: Sequence[int] | None = None,
    seed: int = 7,
) -> None:
    """Hold a layer against PyTorch's, both made with the same constructor arguments.

    Compares repr, plain attributes and state_dict as constructed; then, for each dtype, with PyTorch's weights copied
    into ours and in training and evaluation mode: outputs, gradients of inputs and parameters under a random
    cotangent, and the state afterwards (running statistics).

    Args:     inputs: float64 arrays (converted to each dtype), integer or bool arrays (kept), others are passed on.
              training: the modes to run in, in this order; (False,) for layers that draw random numbers in training.
              grad_inputs: positions of the inputs that require a gradient; all float arrays by default, as far as the
                  output depends on any input or parameter.
    """
    assert_same_look(ours, theirs)
    arrays = [np.asarray(x) if isinstance(x, (np.ndarray, np.generic)) else x for x in inputs]
    wanted = [i for i, a in enumerate(arrays) if isinstance(a, np.ndarray) and a.dtype.kind == "f"]
    if grad_inputs is not None:
        wanted = [i for i in wanted if i in grad_inputs]
    for dtype in dtypes:
        ours.to(getattr(mt, dtype))
        theirs.to(getattr(torch, dtype))
        copy_state(ours, theirs)
        cast = [a.astype(dtype) if isinstance(a, np.ndarray) and a.dtype.kind == "f" else a for a in arrays]
        for mode in training:
            what = f"{dtype}, {'training' if mode else 'evaluation'}:"
            ours.train(mode)
            theirs.train(mode)
            ours.zero_grad()
            theirs.zero_grad()
            our_inputs = _tensors(cast, wanted, ours_of)
            their_inputs = _tensors(cast, wanted, theirs_of)
            # clones, so that layers that write in place may do so
            our_results = _flat(ours(*[t.clone() if i in wanted else t for i, t in enumerate(our_inputs)]))
            their_results = _flat(theirs(*[t.clone() if i in wanted else t for i, t in enumerate(their_inputs)]))
            assert len(our_results) == len(their_results), f"{what} {len(our_results)} results"
            for index, (one, two) in enumerate(zip(our_results, their_results)):
                assert_close(one, two, FORWARD_TOLERANCE[dtype], f"{what} result {index}")
                assert one.requires_grad == two.requires_grad, f"{what} requires_grad of result {index}"
            _backward(our_results, their_results, seed)
            for i in wanted:
                _assert_same_grad(our_inputs[i], their_inputs[i], dtype, f"{what} gradient of input {i}")
            for (name, one), (_, two) in zip(ours.named_parameters(), theirs.named_parameters()):
                _assert_same_grad(one, two, dtype, f"{what} gradient of {name}")
            assert_same_state(ours, theirs, FORWARD_TOLERANCE[dtype])


def _tensors(arrays: Sequence, wanted: Sequence[int], make: Any) -> list:
    return [make(a, i in wanted) if isinstance(a, np.ndarray) else a for i, a in enumerate(arrays)]


def _backward(ours: Sequence, theirs: Sequence, seed: int) -> None:
    """Backward through both under the same random cotangents."""
    differentiable = [i for i, t in enumerate(theirs) if t.requires_grad]
    if not differentiable:
        return
    cotangents = [
        rng(seed + i).standard_normal(tuple(theirs[i].shape)).astype(as_array(theirs[i]).dtype) for i in differentiable
    ]
    mt.autograd.backward([ours[i] for i in differentiable], [ours_of(c) for c in cotangents])
    torch.autograd.backward([theirs[i] for i in differentiable], [theirs_of(c) for c in cotangents])


def _assert_same_grad(ours: Any, theirs: torch.Tensor, dtype: str, what: str) -> None:
    assert (ours.grad is None) == (theirs.grad is None), f"{what} is {ours.grad}, PyTorch {theirs.grad}"
    if theirs.grad is not None:
        assert_close(ours.grad, theirs.grad, GRADIENT_TOLERANCE[dtype], what)
