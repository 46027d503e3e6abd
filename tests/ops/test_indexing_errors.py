"""What x[...] refuses, in PyTorch's words."""

from __future__ import annotations

import numpy as np

import minitorch_cv as mt
from tests.checks import check_error, normal, ours_of
from tests.ops.both import check_same_error


def test_index_errors():
    x, scalar = normal(2, 3), normal()

    def read(index):
        return lambda m, x: x[index(m) if callable(index) else index]

    def refused(error, match, index, array=x, **options):
        check_same_error(error, match, read(index), array, **options)

    refused(IndexError, "index 5 is out of bounds for dimension 0 with size 2", 5)
    refused(IndexError, "index -3 is out of bounds for dimension 0 with size 2", -3)
    refused(IndexError, "index 5 is out of bounds for dimension 1 with size 3", (0, 5))
    refused(IndexError, "index 0 is out of bounds for dimension 0 with size 0", 0, np.zeros((0, 3)))
    refused(IndexError, "too many indices for tensor of dimension 2", (0, 0, 0))
    refused(IndexError, "too many indices for tensor of dimension 2", (slice(None),) * 3)
    refused(IndexError, "too many indices for tensor of dimension 0", lambda m: m.tensor([0]), scalar)
    refused(IndexError, "invalid index of a 0-dim tensor", 0, scalar)
    refused(IndexError, "index 5 is out of bounds for dimension 0 with size 2", lambda m: m.tensor([0, 5]))
    refused(IndexError, "index -3 is out of bounds for dimension 0 with size 2", [-3])
    refused(IndexError, "index 7 is out of bounds for dimension . with size 3", (0, [7]))
    refused(
        IndexError,
        "index 4 is out of bounds for dimension 1 with size 3; valid are -3 to 2",
        (slice(None), [4]),
        same_words=False,
    )
    refused(IndexError, "size 0", [0], np.zeros((0, 3)))
    refused(
        IndexError,
        r"The shape of the mask \[3\] at index 0 does not match the shape of the indexed tensor \[2, 3\] at index 0",
        lambda m: m.tensor([True] * 3),
    )
    refused(
        IndexError,
        r"The shape of the mask \[2\] at index 0 does not match the shape of the indexed tensor \[2, 3\] at index 1",
        (slice(None), [True, True]),
    )
    refused(
        IndexError,
        r"The shape of the mask \[2, 2\] at index 1 does not match .* \[2, 3\] at index 1",
        lambda m: m.ones(2, 2, dtype=m.bool),
    )
    refused(
        IndexError,
        r"shape mismatch: indexing tensors could not be broadcast together with shapes \[2\], \[3\]",
        ([0, 1], [0, 1, 2]),
    )
    refused(IndexError, "tensors used as indices must be long, int, byte or bool tensors", lambda m: m.tensor([0.0]))
    refused(IndexError, "tensors used as indices must be long, int, byte or bool tensors", lambda m: m.tensor(0.0))
    refused(IndexError, "tensors used as indices must be long", lambda m: m.tensor([0], dtype=m.int16))
    refused(IndexError, r"only integers, slices .* are valid indices \(got float\)", 0.5)
    refused(IndexError, r"only integers, slices .* are valid indices \(got set\)", {0})
    refused(IndexError, r"only integers, slices .* are valid indices \(got numpy.bool\)", np.True_)
    refused(TypeError, r"only integers, slices .* are valid indices .*\(got str\)", "a", same_words=False)
    refused(ValueError, "step must be greater than zero", slice(None, None, -1))
    refused(ValueError, "slice step cannot be zero", slice(None, None, 0))
    refused(TypeError, "slice indices must be integers or None or have an __index__ method", slice("a", 2))
    refused(IndexError, "Dimension out of range", (..., ..., 0), same_words=False)
    refused(
        IndexError,
        "Dimension out of range",
        lambda m: (..., ..., 0, m.ones(2, 3, dtype=m.bool)),
        normal(4, 5, 2, 3, 1),
        same_words=False,
    )


def test_lists_must_hold_integers():
    check_error(TypeError, "a list must hold integers or bools", ours_of(normal(2)).__getitem__, ["a"])


def test_write_errors():
    def write(index, value):
        def run(m, x):
            x[index(m) if callable(index) else index] = value(m) if callable(value) else value

        return run

    def refused(error, match, index, value, array, **options):
        check_same_error(error, match, write(index, value), array, **options)

    x, whole, byte = normal(2, 3), np.arange(3), np.zeros(3, np.uint8)
    single = normal(2, 3).astype(np.float32)
    refused(TypeError, "can't assign a list to a torch.DoubleTensor", 0, [1, 2, 3], x)
    refused(TypeError, "can't assign a numpy.ndarray to a torch.DoubleTensor", 0, np.ones(3), x)
    refused(TypeError, "can't assign a numpy.float32 to a torch.DoubleTensor", 0, np.float32(1), x)
    refused(TypeError, "can't assign a str to a torch.DoubleTensor", [0], "a", x)
    refused(TypeError, "can't assign a NoneType to a torch.LongTensor", 0, None, whole)
    refused(
        RuntimeError,
        r"The expanded size of the tensor \(3\) must match the existing size \(2\) at non-singleton dimension 0",
        0,
        lambda m: m.ones(2),
        x,
    )
    refused(
        RuntimeError, "must be greater or equal to the number of dimensions in the tensor", 0, lambda m: m.ones(2, 3), x
    )
    refused(
        RuntimeError,
        r"shape mismatch: value tensor of shape \[2\] cannot be broadcast to indexing result of shape \[1, 3\]",
        [0],
        lambda m: m.ones(2, dtype=m.float64),
        x,
    )
    refused(
        RuntimeError,
        r"shape mismatch: value tensor of shape \[2, 1, 3\]",
        [0],
        lambda m: m.ones(2, 1, 3, dtype=m.float64),
        x,
    )
    refused(
        RuntimeError,
        "source and destination dtypes match, got Float for the destination and Double for the source",
        [0],
        lambda m: m.ones(3, dtype=m.float64),
        single,
    )
    refused(RuntimeError, "got Long for the destination and Float for the source", [0], lambda m: m.tensor(2.7), whole)
    refused(RuntimeError, "value cannot be converted to type int64.* without overflow", 0, float("nan"), whole)
    refused(RuntimeError, "value cannot be converted to type uint8.* without overflow", [0], 300, byte)
    refused(RuntimeError, "value cannot be converted to type uint8.* without overflow", 0, -1.5, byte)
    refused(RuntimeError, "value cannot be converted to type float.* without overflow", 0, 1e300, single)
    refused(ValueError, "Overflow when unpacking long long", 0, 2**70, x)
    refused(IndexError, "index 5 is out of bounds for dimension 0 with size 2", 5, 1, x)
    refused(IndexError, "index 5 is out of bounds for dimension 0 with size 2", [5], 1, x)
    refused(IndexError, "too many indices", (0, 0, 0), 1, x)
    check_error(
        RuntimeError, "more than one element of the written-to tensor", mt.zeros(1).expand(3).__setitem__, slice(2), 1
    )


def test_index_put_errors():
    x = normal(2, 3)
    check_same_error(
        TypeError,
        "argument 'indices'.* must be tuple of Tensors, not Tensor",
        lambda m, x: x.index_put_(m.tensor([0]), x),
        x,
    )
    check_same_error(
        TypeError,
        "expected Tensor as element 0 in argument .* but got NoneType",
        lambda m, x: x.index_put([None], x),
        x,
    )
    check_same_error(
        TypeError, r"argument 'values'.* must be Tensor, not float", lambda m, x: x.index_put_([m.tensor([0])], 5.0), x
    )
    check_same_error(
        IndexError,
        "index 2 is out of bounds for dimension 0 with size 2",
        lambda m, x: x.index_put([m.tensor([2])], x[0]),
        x,
    )
    check_same_error(
        RuntimeError,
        r"shape mismatch: value tensor of shape \[7\]",
        lambda m, x: x.index_put((m.tensor([0]),), m.zeros(7, dtype=m.float64)),
        x,
    )
    check_same_error(
        IndexError, "tensors used as indices must be long", lambda m, x: x.index_put((m.tensor([0.0]),), x[0]), x
    )
    check_error(IndexError, "at least one index tensor is needed", mt.index_put, ours_of(x), [], ours_of(x))
    check_error(
        IndexError, "a mask needs at least one dimension", mt.index_put, ours_of(x), [mt.tensor(True)], ours_of(x)
    )
