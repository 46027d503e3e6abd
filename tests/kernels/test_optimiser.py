"""Fused updates: gathering, cutting and memory; the optimisers' own tests hold the results against PyTorch."""

from __future__ import annotations

import numpy as np
import pytest
from numba.core import config

import minitorch_cv as ours
from minitorch_cv.kernels import optimiser
from minitorch_cv.kernels._threads import get_num_threads, set_num_threads
from minitorch_cv.kernels.optimiser import Memory, Updates
from tests.checks import normal
from tests.kernels.targets import TARGETS, run_for_target

SIZES = [1, 3, 16, 17, 33, 100] if config.DISABLE_JIT else [1, 3, 16, 17, 33, 300_001, 5, 150_000]
KERNELS = {
    "sgd": (1, (-1, 0.1, 0.9, 0.7, True, 0.05)),
    "adam": (3, (1, 0.1, 0.99, 0.1, 0.9, 0.1, 1.5, 1e-3, True, 0.05)),
    "rmsprop": (3, (-1, 0.1, 0.9, 0.1, False, 1e-3, 0.8, 0.05)),
    "adagrad": (1, (1, 0.1, 1e-3, 0.05)),
}


def by_hand(name, arrays, numbers):
    """The formulas, in float64: the parameter and its state afterwards."""
    p, g, *state = (a.astype(np.float64) for a in arrays)
    option = dict(zip(getattr(optimiser, f"{name.upper()}_NUMBERS"), map(float, numbers), strict=True))
    p = p * option.get("shrink", 1)
    g = option["sign"] * g + option["weight_decay"] * p
    if name == "sgd":
        state[0] = option["momentum"] * state[0] + option["rate"] * g
        return p - option["lr"] * (g + option["momentum"] * state[0]), *state
    if name == "adam":
        state[0] = state[0] + option["rest1"] * (g - state[0])
        state[1] = option["beta2"] * state[1] + option["rest2"] * g * g
        state[2] = np.maximum(state[2], state[1])
        return p - option["step_size"] * state[0] / (np.sqrt(state[2]) * option["correction2"] + option["eps"]), *state
    if name == "rmsprop":
        state[0] = option["alpha"] * state[0] + option["rest"] * g * g
        state[1] = option["momentum"] * state[1] + g / (np.sqrt(state[0]) + option["eps"])
        return p - option["lr"] * state[1], *state
    state[0] = state[0] + g * g
    return p - option["lr"] * g / (np.sqrt(state[0]) + option["eps"]), *state


def example(name):
    """For each size: the parameter, its gradient and its state."""
    count = 2 + KERNELS[name][0]
    return [[np.abs(normal(size, seed=k)).astype(np.float32) for k in range(count)] for size in SIZES]


def run(name, parameters):
    updates = Updates(getattr(optimiser, name))
    for value, grad, *state in parameters:
        memory = Memory((value, *state))
        updates.add(memory, grad, memory.address_of(grad), KERNELS[name][1])
    updates.run()


@pytest.mark.parametrize("name", KERNELS)
def test_every_size(name):
    parameters = example(name)
    expected = [by_hand(name, arrays, KERNELS[name][1]) for arrays in parameters]
    run(name, parameters)
    for (value, _, *state), exact in zip(parameters, expected, strict=True):
        for one, two in zip((value, *state), exact, strict=True):
            np.testing.assert_allclose(one, two, rtol=2e-6, atol=2e-6)


@pytest.mark.parametrize("name", KERNELS)
def test_results_do_not_depend_on_the_number_of_threads(name):
    before = get_num_threads()
    results = []
    try:
        for threads in (1, 2, 4):
            set_num_threads(threads)
            parameters = example(name)
            run(name, parameters)
            results.append(parameters)
    finally:
        set_num_threads(before)
    for other in results[1:]:
        for one, two in zip(results[0], other, strict=True):
            for a, b in zip(one, two, strict=True):
                np.testing.assert_array_equal(a, b)


def test_the_same_parameter_twice_takes_two_steps():
    p, g = np.ones(20, np.float32), np.ones(20, np.float32)
    updates = Updates(optimiser.sgd)
    memory = Memory((p, p))
    for _ in range(2):
        updates.add(memory, g, memory.address_of(g), (1, 0.5, 0, 1, False, 0.5))
    updates.run()
    updates.run()  # of nothing
    np.testing.assert_allclose(p, (1 - 0.75) - 0.5 * (1 + 0.5 * 0.25))


@pytest.mark.parametrize("name", KERNELS)
def test_nan_stays_where_it_is(name):
    parameters = example(name)[:5]
    parameters[3][1][5] = np.nan
    run(name, parameters)
    places = [np.flatnonzero(np.isnan(value)).tolist() for value, *_ in parameters]
    assert places == [[], [], [], [5], []]


def test_memory_that_kernels_cannot_take():
    p = np.ones((3, 4), np.float32)
    frozen = p.copy()
    frozen.flags.writeable = False
    for other in (p.astype(np.float64), p[:2], np.ones((3, 8), np.float32)[:, ::2], np.asfortranarray(p), frozen):
        assert not Memory((p, other)).supported
    assert not Memory((p[:0], p[:0])).supported
    columns = Memory((np.asfortranarray(p), np.asfortranarray(p)))
    assert columns.supported
    assert columns.address_of(np.asfortranarray(p)) is not None
    assert columns.address_of(p) is None


@pytest.mark.parametrize("name", ["SGD", "Adam", "RMSprop", "Adagrad"])
def test_any_memory_takes_the_same_steps(name):
    """Gradients that cannot be taken as they are, and parameters in another order, against float64."""
    start, grad = normal(4, 3), normal(4, 3, seed=1)
    orders = {
        "rows": lambda x: x,
        "columns": np.asfortranarray,
        "mixed": None,
        "read-only": None,
    }
    finals = {}
    for order, arrange in orders.items():
        for dtype in (np.float32, np.float64):
            value, slope = start.astype(dtype), grad.astype(dtype)
            if arrange:
                value, slope = arrange(value), arrange(slope)
            elif order == "mixed":
                slope = np.asfortranarray(slope)
            else:
                slope.flags.writeable = False
            param = ours.nn.Parameter(ours.from_numpy(np.zeros((4, 3), dtype)))
            param.data = ours.Tensor.wrap(value.copy(order="K"))
            optimizer = getattr(ours.optim, name)([param], **({"momentum": 0.9} if name == "SGD" else {}))
            for _ in range(3):
                param.grad = ours.Tensor.wrap(slope)
                optimizer.step()
            finals[order, dtype] = param.detach().numpy()
    for (_, dtype), final in finals.items():
        tolerance = 1e-6 if dtype == np.float32 else 1e-14
        np.testing.assert_allclose(final, finals["rows", np.float64], rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("target", TARGETS)
def test_other_processors(target, tmp_path):
    code = """
        import numpy as np
        import minitorch_cv as mt

        for name in ("SGD", "Adam", "RMSprop", "Adagrad"):
            finals = []
            for dtype in (mt.float32, mt.float64):
                param = mt.nn.Parameter(mt.arange(37, dtype=dtype) / 10)
                optimizer = getattr(mt.optim, name)([param], lr=0.1)
                for step in range(3):
                    param.grad = mt.cos(param.detach() * (step + 1))
                    optimizer.step()
                finals.append(param.detach().numpy())
            assert np.abs(finals[0] - finals[1]).max() < 1e-5, name
        print("right")
    """
    assert run_for_target(target, tmp_path, code) == "right"
