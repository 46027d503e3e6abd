"""Arguments in the order of before PyTorch 1.5, as hand-written optimisers in old repositories have them."""

from __future__ import annotations

import warnings

import pytest
import torch

import minitorch_cv as mt

CALLS = [
    lambda x, y, z: x.add(2, y),
    lambda x, y, z: x.add_(-0.1, y),
    lambda x, y, z: x.sub(2, y),
    lambda x, y, z: x.sub_(0.5, y),
    lambda x, y, z: x.addcmul(2, y, z),
    lambda x, y, z: x.addcmul_(0.5, y, z),
    lambda x, y, z: x.addcdiv(2, y, z),
    lambda x, y, z: x.addcdiv_(-0.5, y, z),
]


@pytest.mark.parametrize("call", CALLS)
def test_the_factor_first(call):
    found = []
    for library in (mt, torch):
        x, y, z = (library.tensor([float(i), 2.0]) for i in (1, 2, 3))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # PyTorch warns of an overload once in a process
            found.append(call(x, y, z).tolist())
    assert found[0] == found[1]


def test_the_new_form_is_told():
    x = mt.ones(2)
    with pytest.warns(UserWarning, match=r"overload of add_ is deprecated:\n\tadd_\(Number alpha, Tensor other\)"):
        x.add_(2, x)
    with pytest.warns(UserWarning, match=r"addcmul\(Tensor tensor1, Tensor tensor2, \*, Number value\)"):
        x.addcmul(2, x, x)


@pytest.mark.parametrize(
    "call",
    [lambda x: x.add(x, x), lambda x: x.add(1, x, x), lambda x: x.addcmul(x, x, x), lambda x: x.add(2, x, alpha=5)],
)
def test_other_arguments_are_refused(call):
    for library in (mt, torch):
        with pytest.raises(TypeError):
            call(library.ones(2))
    with pytest.raises(TypeError, match=r"received an invalid combination of arguments"):
        call(mt.ones(2))
