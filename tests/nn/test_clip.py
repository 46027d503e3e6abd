"""nn.utils: clipping gradients and parameters as a vector, against PyTorch."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
import torch

import minitorch_cv as ours
from minitorch_cv.nn import utils
from tests.nn.both import check_same, error_of, warnings_of

NORMS = [2.0, 1, 0.5, 3, 0, -1.0, float("inf"), "inf", float("-inf")]


def make_params(library, dtypes=("float32", "float32", "float32"), scale=1.0):
    """Parameters with gradients, but for the second, and an odd layout of memory in the third."""
    rng = np.random.default_rng(0)
    params = []
    for i, dtype in enumerate(dtypes):
        grad = np.asarray(scale * rng.standard_normal((3, 4)), dtype)
        grad[0, 0] = 0 if i else 2
        param = library.nn.Parameter(library.zeros(3, 4, dtype=getattr(library, dtype)))
        param.grad = None if i == 1 else library.from_numpy(grad if i == 0 else np.asfortranarray(grad))
        params.append(param)
    return params


def grads(params):
    return [p.grad.numpy().copy() for p in params if p.grad is not None]


def assert_close(one, two, tolerance=2e-6):
    for a, b in zip(one, two, strict=True):
        assert a.dtype == b.dtype and a.shape == b.shape
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("max_norm", [0.5, 1e6, 0, float("inf")])
@pytest.mark.parametrize("norm_type", NORMS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_clip_grad_norm(norm_type, max_norm, dtype):
    results = []
    for library in (ours, torch):
        params = make_params(library, (dtype,) * 3)
        norm = library.nn.utils.clip_grad_norm_(iter(params), max_norm, norm_type)
        results.append([norm.numpy(), *grads(params)])
    assert_close(*results, 2e-6 if dtype == "float32" else 1e-13)


@pytest.mark.parametrize("dtypes", [("float32", "float32", "float64"), ("float16", "float32", "float16")])
def test_several_dtypes(dtypes):
    results = []
    for library in (ours, torch):
        params = make_params(library, dtypes)
        norm = library.nn.utils.clip_grad_norm_(params, 1.0)
        results.append([norm.numpy(), *grads(params)])
    assert_close(*results, 2e-3)


def test_float16_does_not_overflow():
    def scenario(library):
        param = library.nn.Parameter(library.zeros(3, dtype=library.float16))
        param.grad = library.full((3,), 300.0, dtype=library.float16)
        return library.nn.utils.get_total_norm([param.grad])

    check_same(scenario)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("norm_type", [2.0, float("inf")])
def test_norms_that_are_not_finite(bad, norm_type):
    def scenario(library, error_if_nonfinite):
        params = make_params(library)
        params[0].grad[1, 1] = bad
        norm = library.nn.utils.clip_grad_norm_(params, 1.0, norm_type, error_if_nonfinite)
        return str(norm.item()), [np.isfinite(g).tolist() for g in grads(params)]

    check_same(lambda library: scenario(library, False))
    error = check_same(lambda library: error_of(lambda: scenario(library, True)))
    assert "is non-finite, so it cannot be clipped" in error[1]


@pytest.mark.parametrize("clip_value", [0.5, 0, 100, -0.5, float("nan")])
def test_clip_grad_value(clip_value):
    results = []
    for library in (ours, torch):
        params = make_params(library)
        params[0].grad[1, 1] = float("nan")
        params[0].grad[1, 2] = float("inf")
        assert library.nn.utils.clip_grad_value_(params, clip_value) is None
        results.append(grads(params))
    assert_close(*results)


@pytest.mark.parametrize("name", ["clip_grad_norm_", "clip_grad_value_"])
def test_one_tensor_and_none(name):
    def scenario(library):
        clip = getattr(library.nn.utils, name)
        params = make_params(library)
        clip(params[0], 0.25)
        nothing = (clip([], 1.0), clip(params[1], 1.0)) if name == "clip_grad_norm_" else None
        return [g.round(5).tolist() for g in grads(params)], nothing

    check_same(scenario)


def test_clipping_the_values_of_nothing():
    assert utils.clip_grad_value_([], 1.0) is None
    assert utils.clip_grad_value_(ours.nn.Parameter(ours.ones(1)), 1.0) is None


def test_an_empty_generator_is_reported():
    check_same(
        lambda lib: [kind for kind, _ in warnings_of(lambda: lib.nn.utils.clip_grad_norm_((p for p in ()), 1.0))]
    )
    with pytest.warns(UserWarning, match="`parameters` is an empty generator"):
        utils.clip_grad_norm_((p for p in ()), 1.0)


def test_total_norm_and_scaling_by_it():
    def scenario(library):
        params = make_params(library)
        norm = library.nn.utils.get_total_norm([p.grad for p in params if p.grad is not None])
        one = library.nn.utils.get_total_norm(params[0].grad, 1)
        library.nn.utils.clip_grads_with_norm_(params, 0.5, norm)
        library.nn.utils.clip_grads_with_norm_(params[0], 0.25, library.tensor(1.0))
        library.nn.utils.clip_grads_with_norm_([], 0.25, norm)
        rounded = [g.round(5).tolist() for g in grads(params)]
        return round(norm.item(), 5), round(one.item(), 5), rounded, library.nn.utils.get_total_norm([])

    check_same(scenario)


def test_gradients_of_no_elements():
    def scenario(library, norm_type):
        param = library.nn.Parameter(library.zeros(0))
        param.grad = library.zeros(0)
        return library.nn.utils.clip_grad_norm_([param], 1.0, norm_type)

    for norm_type in (2.0, 1.0, 0.5, 0.0):
        check_same(lambda library, p=norm_type: scenario(library, p))
    check_same(lambda library: error_of(lambda: scenario(library, float("inf")))[0])
    with pytest.raises(RuntimeError, match="cannot compute the inf norm on an empty tensor"):
        scenario(ours, "inf")


def test_gradients_keep_their_memory_and_change_their_version():
    params = make_params(ours)
    memory, versions = [p.grad.array for p in params if p.grad is not None], [params[0].grad._version]
    utils.clip_grad_norm_(params, 0.1)
    versions.append(params[0].grad._version)
    utils.clip_grad_value_(params, 0.01)
    versions.append(params[0].grad._version)
    assert all(p is q for p, q in zip(memory, [p.grad.array for p in params if p.grad is not None]))
    assert versions == sorted(set(versions))


@pytest.mark.parametrize(
    "call",
    [
        lambda params: utils.clip_grad_norm_(params, 1.0, foreach=True),
        lambda params: utils.clip_grad_value_(params, 1.0, foreach=True),
        lambda params: utils.get_total_norm(params, foreach=True),
        lambda params: utils.clip_grads_with_norm_(params, 1.0, ours.tensor(1.0), foreach=True),
    ],
)
def test_foreach(call):
    with pytest.warns(UserWarning, match="foreach=True changes nothing"):
        call(make_params(ours))
    utils.clip_grad_norm_(make_params(ours), 1.0, foreach=False)


OWN = {"freeze", "parameter_groups", "unfreeze"}  # not in PyTorch
FUNCTIONS = [name for name in utils.__all__ if name not in OWN and not inspect.ismodule(getattr(utils, name))]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_signatures(name):
    def scenario(library):
        signature = inspect.signature(getattr(library.nn.utils, name))
        return [(p.name, p.kind.name, p.default) for p in signature.parameters.values()]

    check_same(scenario)


# ---- parameters as a vector -------------------------------------------------------------------------------------


def test_parameters_to_vector_and_back():
    def scenario(library):
        params = [library.nn.Parameter(library.ones(2, 3)), library.nn.Parameter(library.tensor(5.0))]
        vector = library.nn.utils.parameters_to_vector(iter(params))
        (vector * library.arange(7).to(library.float32)).sum().backward()
        new = library.arange(9).to(library.float32)
        library.nn.utils.vector_to_parameters(new, iter(params))
        new[0] = 50
        return vector.detach(), [p.grad for p in params], params, [type(p).__name__ for p in params]

    check_same(scenario)


@pytest.mark.parametrize(
    "call",
    [
        lambda lib: lib.nn.utils.parameters_to_vector([]),
        lambda lib: lib.nn.utils.vector_to_parameters([1.0], []),
        lambda lib: lib.nn.utils.vector_to_parameters(lib.ones(2), [lib.nn.Parameter(lib.ones(3))]),
    ],
)
def test_errors_of_vectors(call):
    check_same(lambda library: error_of(lambda: call(library))[0])
    with pytest.raises(TypeError, match=r"expected torch\.Tensor, but got: list"):
        utils.vector_to_parameters([1.0], [])


def test_the_old_name_of_clip_grad_norm():
    found = []
    for library in (ours, torch):
        params = make_params(library)
        with pytest.warns(FutureWarning, match=r"`torch.nn.utils.clip_grad_norm` is now deprecated"):
            total = library.nn.utils.clip_grad_norm(params, 0.5)
        found.append(total.item())
    assert found[0] == pytest.approx(found[1], rel=1e-5)
