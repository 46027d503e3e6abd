"""Permuting against PyTorch, loops and finite differences."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from tests.checks import check_error, normal, ours_of
from tests.ops.both import check_same, check_same_error


def permuted(x, dims):
    """Loops: result[i...] = x[j...] with j[dims[k]] = i[k]."""
    result = np.zeros([x.shape[d] for d in dims])
    for place in np.ndindex(result.shape):
        source = [0] * len(dims)
        for position, d in enumerate(dims):
            source[d] = place[position]
        result[place] = x[tuple(source)]
    return result


@pytest.mark.parametrize(
    "shape, dims",
    [((2, 3, 4), (2, 0, 1)), ((2, 3), (1, 0)), ((3,), (0,)), ((2, 0, 3), (2, 1, 0)), ((2, 3, 1, 2), (3, 1, 0, 2))],
)
def test_permute(shape, dims):
    check_same(lambda m, x: m.permute(x, dims), [normal(*shape)], reference=lambda x: permuted(x, dims))
    check_same(lambda m, x: x.permute(*dims), [normal(*shape)])
    check_same(lambda m, x: x.permute(dims=[d - len(dims) for d in dims]), [normal(*shape)])


def test_permute_nothing():
    check_same(lambda m, x: m.permute(x, ()), [normal()])


def test_permute_errors():
    x = normal(2, 3)
    match = r"number of dimensions in the tensor input does not match the length .*input.dim\(\) = 2 .*len\(dims\) = 1"
    check_same_error(RuntimeError, match, lambda m, x: x.permute(0), x)
    check_same_error(RuntimeError, r"permute\(\): duplicate dims are not allowed", lambda m, x: x.permute(0, -2), x)
    check_same_error(IndexError, "Dimension out of range .*got 5", lambda m, x: x.permute(0, 5), x)
    check_same_error(TypeError, 'missing 1 required positional arguments: "dims"', lambda m, x: x.permute(), x)


SAME = {
    "transpose": lambda m, x: m.transpose(x, 0, 2),
    "transpose method": lambda m, x: x.transpose(dim0=-1, dim1=0),
    "swapaxes": lambda m, x: m.swapaxes(x, 1, 2) + x.swapaxes(axis0=1, axis1=2),
    "swapdims": lambda m, x: m.swapdims(x, 1, 2) + x.swapdims(2, 1),
    "mT": lambda m, x: x.mT,
    "mH": lambda m, x: x.mH,
    "adjoint": lambda m, x: x.adjoint(),
    "movedim": lambda m, x: m.movedim(x, 0, -1),
    "movedim several": lambda m, x: x.movedim((0, 1), (2, 0)),
    "moveaxis": lambda m, x: m.moveaxis(x, [0], [1]) + x.moveaxis(0, 1),
    "t": lambda m, x: m.t(x[0]) + x[0].t(),
    "T": lambda m, x: x[0].T,
    "H": lambda m, x: x[0].H,
}


@pytest.mark.parametrize("name", SAME)
def test_reordering(name):
    check_same(SAME[name], [normal(2, 3, 4)])


def test_few_dimensions():
    check_same(lambda m, x: x.transpose(0, -1), [normal()])
    check_same(lambda m, x: x.t(), [normal()])
    check_same(lambda m, x: x.t(), [normal(3)])


@pytest.mark.parametrize("shape", [(), (3,), (2, 3, 4)])
def test_t_property_warns_off_matrices(shape):
    x = ours_of(normal(*shape))
    with pytest.warns(
        UserWarning, match=r"`x.T` on tensors of dimension other than 2 to reverse their shape is deprecated"
    ):
        assert x.T.shape == torch.zeros(shape).permute(tuple(reversed(range(len(shape))))).shape


def test_views_and_names():
    x = ours_of(normal(2, 3), requires_grad=True)
    for view, name in (
        (x.t(), "TBackward0"),
        (x.T, "PermuteBackward0"),
        (x.mT, "TransposeBackward0"),
        (x.transpose(0, 1), "TransposeBackward0"),
        (x.movedim(0, 1), "PermuteBackward0"),
    ):
        assert view.data_ptr() == x.data_ptr()
        assert view._is_view()
        assert view.grad_fn.name() == name


def test_errors():
    vector, cube = normal(3), normal(2, 3, 4)
    check_same_error(IndexError, "Dimension out of range .*got 5", lambda m, x: x.transpose(0, 5), cube)
    check_same_error(
        RuntimeError, r"t\(\) expects a tensor with <= 2 dimensions, but self is 3D", lambda m, x: x.t(), cube
    )
    check_same_error(
        RuntimeError,
        "tensor.mT is only supported on matrices or batches of matrices. Got 1-D",
        lambda m, x: x.mT,
        vector,
    )
    check_same_error(
        RuntimeError,
        "tensor.mH is only supported on matrices or batches of matrices. Got 1-D",
        lambda m, x: x.mH,
        vector,
    )
    check_same_error(
        RuntimeError, r"tensor.adjoint\(\) is only supported on matrices", lambda m, x: x.adjoint(), vector
    )
    check_same_error(
        RuntimeError, r"tensor.H is only supported on matrices \(2-D tensors\). Got 3-D", lambda m, x: x.H, cube
    )
    check_same_error(
        RuntimeError,
        r"Invalid source or destination dims: source \(\[0, 1\] dims\)",
        lambda m, x: x.movedim((0, 1), (2,)),
        cube,
    )
    check_same_error(
        RuntimeError, r"repeated dim in `source` \(\[0, 0\]\)", lambda m, x: x.movedim((0, 0), (2, 1)), cube
    )
    check_same_error(
        RuntimeError, r"repeated dim in `destination` \(\[2, 2\]\)", lambda m, x: x.moveaxis((0, 1), (2, 2)), cube
    )
    check_same_error(
        TypeError, "must both be int or both be tuple", lambda m, x: x.movedim(0, (2, 1)), cube, same_words=False
    )
    check_error(TypeError, r"transpose\(\): argument 'input' must be Tensor", mt.transpose, np.ones((2, 2)), 0, 1)
