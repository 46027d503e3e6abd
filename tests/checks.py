"""The one helper that holds an operation against PyTorch, a loop reference and finite differences."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from minitorch_cv.autograd.variable import Variable
from minitorch_cv.kernels import get_num_threads, set_num_threads

# How far results may be from PyTorch's, relative to the largest element; sums are taken in another order.
FORWARD_TOLERANCE = {"float32": 2e-6, "float64": 1e-13}
GRADIENT_TOLERANCE = {"float32": 1e-5, "float64": 1e-12}
FINITE_DIFFERENCE_TOLERANCE = 1e-6
FINITE_DIFFERENCE_STEP = 1e-6


def rng(seed: int = 0) -> np.random.Generator:
    """The tests' random numbers."""
    return np.random.default_rng(seed)


def normal(*shape: int, seed: int = 0) -> np.ndarray:
    """Normal-distributed float64 numbers: negative ones too, so that identity does not pass as ReLU."""
    return rng(seed).standard_normal(shape)


def with_ties(*shape: int, seed: int = 0) -> np.ndarray:
    """Small integers as floats: full of exact zeros and ties."""
    return rng(seed).integers(-2, 3, shape).astype(np.float64)


def ours_of(array: Any, requires_grad: bool = False) -> Any:
    """A tensor of this library with a copy of the array."""
    made = mt.Tensor.wrap(np.array(array))
    return made.requires_grad_() if requires_grad else made


def theirs_of(array: Any, requires_grad: bool = False) -> torch.Tensor:
    """A PyTorch tensor with a copy of the array."""
    return torch.tensor(np.array(array), requires_grad=requires_grad)


def as_array(value: Any) -> Any:
    """The numbers of a tensor of either library."""
    if isinstance(value, Variable):
        return value.array
    return value.detach().numpy() if isinstance(value, torch.Tensor) else value


def assert_close(ours: Any, theirs: Any, tolerance: float, what: str) -> None:
    """Equal shape, dtype, NaN and infinities; the rest within tolerance, relative to the largest element."""
    ours, theirs = np.asarray(as_array(ours)), np.asarray(as_array(theirs))
    assert ours.shape == theirs.shape, f"{what}: shape {ours.shape}, expected {theirs.shape}"
    assert ours.dtype == theirs.dtype, f"{what}: dtype {ours.dtype}, expected {theirs.dtype}"
    if ours.dtype.kind != "f":
        np.testing.assert_array_equal(ours, theirs, err_msg=what)
        return
    finite = np.isfinite(theirs)
    np.testing.assert_array_equal(np.where(finite, 0, ours), np.where(finite, 0, theirs), err_msg=what)
    scale = np.abs(theirs[finite]).max(initial=0.0)
    # the floor keeps results that are zero but for rounding (a mean of centred numbers) comparable
    np.testing.assert_allclose(ours[finite], theirs[finite], rtol=0, atol=tolerance * max(scale, 0.1), err_msg=what)


def _flat(result: Any) -> list:
    """The tensors of a result, which may be one, or a (named) tuple or list of them."""
    if isinstance(result, (tuple, list)):
        return [t for item in result for t in _flat(item)]
    return [result]


def _differentiable(results: Sequence) -> list[int]:
    return [i for i, r in enumerate(results) if as_array(r).dtype.kind == "f" and r.requires_grad]


def non_contiguous(array: np.ndarray) -> np.ndarray:
    """The same numbers in reversed, gapped memory."""
    if array.ndim == 0:
        return array
    gapped = np.zeros((*array.shape[:-1], array.shape[-1] * 2), array.dtype)
    gapped[..., ::2] = array
    order = tuple(reversed(range(array.ndim)))
    return np.ascontiguousarray(gapped.transpose(order)).transpose(order)[..., ::2]


def channels_last(array: np.ndarray) -> np.ndarray:
    """A copy of (N, C, H, W) in the memory that layers leave it in, N, H, W, C; of any other array, as it is."""
    if array.ndim != 4:
        return array.copy()
    return array.transpose(0, 2, 3, 1).copy().transpose(0, 3, 1, 2)


def check_op(
    ours: Callable,
    theirs: Callable | None,
    inputs: Sequence,
    *,
    reference: Callable | None = None,
    dtypes: Sequence[str] = ("float32", "float64"),
    grad: bool = True,
    grad_inputs: Sequence[int] | None = None,
    finite_differences: bool = True,
    forward_tolerance: dict | None = None,
    seed: int = 7,
) -> None:
    """Hold an operation against PyTorch (`theirs`), a loop `reference` and finite differences.

    For each dtype: results (shape, dtype, numbers), gradients of every float input under a random cotangent, inputs
    left unchanged, the same results from non-contiguous inputs, the same results and gradients from channels-last
    memory; in float64 gradients by central differences too.

    Args:     ours, theirs: functions of tensors of the two libraries: `lambda x, w: F.conv2d(x, w, stride=2)`.
              inputs: float64 arrays (converted to each dtype), integer or bool arrays (kept), or numbers and None
                  (passed on).
              reference: NumPy function of arrays, slow and obvious; held against in float64.
              grad: whether the operation has gradients; if not, results must not require one.
              grad_inputs: positions of the inputs that require a gradient; all float arrays by default.
              finite_differences: switch off only where the function is not smooth at these inputs.
              forward_tolerance: by dtype, for an operation that is documented as less exact; not to make a test pass.
    """
    arrays = [np.asarray(x) if isinstance(x, (np.ndarray, np.generic)) else x for x in inputs]
    wanted = [i for i, a in enumerate(arrays) if isinstance(a, np.ndarray) and a.dtype.kind == "f"]
    if grad_inputs is not None:
        wanted = [i for i in wanted if i in grad_inputs]
    tolerances = forward_tolerance or FORWARD_TOLERANCE
    for dtype in dtypes:
        cast = [a.astype(dtype) if isinstance(a, np.ndarray) and a.dtype.kind == "f" else a for a in arrays]
        results, tensors = _run(ours, cast, wanted if grad else [], ours_of)
        for before, tensor in zip(cast, tensors):
            if isinstance(before, np.ndarray):
                np.testing.assert_array_equal(tensor.array, before, err_msg="the operation changed an input")
        again, _ = _run(ours, [non_contiguous(a) if isinstance(a, np.ndarray) else a for a in cast], [], _wrapped)
        for index, (one, two) in enumerate(zip(results, again)):
            assert_close(two, one, tolerances[dtype], f"{dtype} result {index} from non-contiguous inputs")
        if reference is not None and dtype == "float64":
            for index, (one, two) in enumerate(zip(results, _flat(reference(*cast)))):
                assert_close(one, np.asarray(two), tolerances[dtype], f"result {index} against the loop reference")
        if not grad:
            assert not _differentiable(results), "the results require a gradient; expected none"
        cotangents = {i: rng(seed + i).standard_normal(as_array(results[i]).shape).astype(as_array(results[i]).dtype)
                      for i in _differentiable(results)}  # fmt: skip
        if theirs is not None:
            torch_results, torch_tensors = _run(theirs, cast, wanted if grad else [], theirs_of)
            assert len(results) == len(torch_results), f"{len(results)} results, PyTorch gives {len(torch_results)}"
            for index, (one, two) in enumerate(zip(results, torch_results)):
                assert_close(one, two, tolerances[dtype], f"{dtype} result {index} against PyTorch")
            if grad:
                assert _differentiable(results) == _differentiable(torch_results), "which results require a gradient"
                torch.autograd.backward(
                    [torch_results[i] for i in cotangents], [torch.from_numpy(c.copy()) for c in cotangents.values()]
                )
        if not grad:
            continue
        assert cotangents, "no result requires a gradient"
        mt.autograd.backward([results[i] for i in cotangents], [ours_of(c) for c in cotangents.values()])
        for position in wanted:
            if theirs is not None:
                expected = torch_tensors[position].grad
                got = tensors[position].grad
                assert (expected is None) == (got is None), f"gradient of input {position}: {got}, PyTorch {expected}"
                if expected is not None:
                    assert_close(got, expected, GRADIENT_TOLERANCE[dtype], f"{dtype} gradient of input {position}")
            if finite_differences and dtype == "float64":
                numeric = finite_difference(ours, cast, position, cotangents)
                analytic = tensors[position].grad
                analytic = np.zeros_like(cast[position]) if analytic is None else analytic.array
                assert_close(
                    analytic, numeric, FINITE_DIFFERENCE_TOLERANCE, f"input {position} against finite differences"
                )
        if any(isinstance(a, np.ndarray) and a.ndim == 4 for a in cast):
            expected_grads = {i: tensors[i].grad for i in wanted if tensors[i].grad is not None}
            _check_channels_last(ours, cast, results, cotangents, expected_grads, tolerances[dtype], dtype)


def _check_channels_last(
    ours: Callable,
    cast: Sequence,
    expected: Sequence,
    cotangents: dict,
    expected_grads: dict,
    tolerance: float,
    dtype: str,
) -> None:
    """Results and gradients do not depend on the memory of images: `expected` is what was held against PyTorch."""
    make = lambda a, requires_grad: mt.Tensor.wrap(channels_last(a)).requires_grad_(requires_grad)
    results, tensors = _run(ours, cast, list(expected_grads), make)
    for index, (one, two) in enumerate(zip(results, expected)):
        assert_close(one, two.detach(), tolerance, f"{dtype} result {index} from channels-last inputs")
    grads = [mt.Tensor.wrap(channels_last(c)) for c in cotangents.values()]
    mt.autograd.backward([results[i] for i in cotangents], grads)
    for position, grad in expected_grads.items():
        assert_close(
            tensors[position].grad, grad, GRADIENT_TOLERANCE[dtype], f"{dtype} gradient {position}, channels-last input"
        )


def _run(function: Callable, arrays: Sequence, wanted: Sequence[int], make: Callable) -> tuple[list, list]:
    tensors = [make(a, i in wanted) if isinstance(a, np.ndarray) else a for i, a in enumerate(arrays)]
    return _flat(function(*tensors)), tensors


def _wrapped(array: np.ndarray, requires_grad: bool = False) -> Any:
    return mt.Tensor.wrap(array)


def finite_difference(function: Callable, arrays: Sequence, position: int, cotangents: dict) -> np.ndarray:
    """d/dx of sum(result * cotangent) by central differences, in float64."""

    def value() -> float:
        results, _ = _run(function, arrays, [], ours_of)
        return float(sum((as_array(results[i]) * c).sum() for i, c in cotangents.items()))

    x = arrays[position]
    numeric = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        kept = x[index]
        x[index] = kept + FINITE_DIFFERENCE_STEP
        above = value()
        x[index] = kept - FINITE_DIFFERENCE_STEP
        below = value()
        x[index] = kept
        numeric[index] = (above - below) / (2 * FINITE_DIFFERENCE_STEP)
    return numeric


def check_error(error: type[Exception], match: str, function: Callable, *args: Any, **kwargs: Any) -> None:
    """The call raises `error` with a message that matches."""
    with pytest.raises(error, match=match):
        function(*args, **kwargs)


@contextlib.contextmanager
def number_of_threads(count: int) -> Iterator[int]:
    """Kernels use so many threads; afterwards as many as before."""
    before = get_num_threads()
    set_num_threads(count)
    try:
        yield count
    finally:
        set_num_threads(before)


def run_script(code: str, *arguments: object, measured: bool = True) -> subprocess.CompletedProcess:
    """Run a script in a process of its own; with `measured=False` coverage does not look at it."""
    env = {name: value for name, value in os.environ.items() if measured or not name.startswith("COVERAGE_")}
    command = [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)]
    root = Path(__file__).resolve().parents[1]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=env, cwd=root)
