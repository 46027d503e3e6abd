"""What tensors tell about themselves, as PyTorch's do."""

import copy
import traceback

import pytest

import minitorch_cv as mt

from .both import assert_same, assert_same_error

SETUP = """
x = L.tensor([[1., 2., 3.], [4., 5., 6.]])
i = L.tensor([1, 2, 3])
b = L.tensor([True, False])
z = L.tensor(2.5)
e = L.zeros(0, 3)
r = L.tensor([1., 2.], requires_grad=True)
"""

EXPRESSIONS = """
x.size()
x.size(0)
x.size(-1)
x.size(dim=1)
z.size()
x.shape
z.shape
x.dim()
x.ndim
x.ndimension()
x.numel()
e.numel()
z.nelement()
x.element_size()
x.double().itemsize
x.nbytes
e.nbytes
x.stride()
x.stride(0)
x.stride(-1)
x.t().stride()
x[:, ::2].stride()
x.expand(4, 2, 3).stride()
e.stride()
L.zeros(3, 0).stride()
L.zeros(2, 0, 4).stride()
z.stride()
L.zeros(1, 3, 1).stride()
x.storage_offset()
x[1].storage_offset()
x[:, 1:].storage_offset()
x[1, 2].storage_offset()
x[1].expand(4, 3).storage_offset()
x[1].untyped_storage().nbytes()
x[1].untyped_storage().size()
len(x[1].untyped_storage())
x[1].untyped_storage().data_ptr() == x.data_ptr()
x[1].untyped_storage().device
x[1].untyped_storage().is_cuda
x.t().untyped_storage().tolist()
isinstance(x.untyped_storage(), L.UntypedStorage)
x.is_contiguous()
x.t().is_contiguous()
x[:, 1:].is_contiguous()
x[:1, 1:].is_contiguous()
L.zeros(1, 3).t().is_contiguous()
e.t().is_contiguous()
x.is_contiguous(memory_format=L.contiguous_format)
x.device
x.is_cuda
x.is_cpu
x.is_mps
x.is_xpu
x.is_meta
x.is_quantized
x.is_sparse
x.is_mkldnn
x.is_nested
x.is_pinned()
x.is_shared()
x.layout
x.get_device()
x.dtype
i.dtype
b.dtype
x.is_floating_point()
i.is_floating_point()
x.is_complex()
x.is_signed()
b.is_signed()
b.byte().is_signed()
x.is_same_size(x * 2)
x.is_same_size(z)
len(x)
len(e)
hash(x) == id(x)
x.data_ptr() == x.data.data_ptr()
x[1].data_ptr() - x.data_ptr()
x.data
r.data.requires_grad
r.detach()
r.requires_grad_() is r
r.requires_grad_(False).requires_grad
x.requires_grad_(requires_grad=True).requires_grad
L.is_tensor(x)
L.is_tensor([1])
L.numel(x)
L.is_floating_point(i)
"""


@pytest.mark.parametrize("expression", EXPRESSIONS.strip().split("\n"))
def test_attributes(expression):
    assert_same(SETUP, expression)


@pytest.mark.parametrize(
    "expression, error, match",
    [
        ("x.size(2)", IndexError, r"Dimension out of range \(expected to be in range of \[-2, 1\], but got 2\)"),
        ("z.size(0)", IndexError, "Dimension specified as 0 but tensor has no dimensions"),
        ("x.stride(5)", IndexError, r"Dimension out of range \(expected to be in range of \[-2, 1\], but got 5\)"),
        ("len(z)", TypeError, r"len\(\) of a 0-d tensor"),
        ("x.pin_memory()", RuntimeError, "CUDA|accelerator"),
        ("i.requires_grad_()", RuntimeError, "only Tensors of floating point"),
    ],
)
def test_errors(expression, error, match):
    assert_same_error(SETUP, expression, error, match)


def test_memory_formats_that_name_no_order():
    x = mt.ones(2, 3)
    with pytest.raises(RuntimeError, match=r"is_contiguous: memory format torch.preserve_format is not supported"):
        x.is_contiguous(memory_format=mt.preserve_format)
    with pytest.raises(
        TypeError, match=r"is_contiguous\(\): argument 'memory_format' must be torch.memory_format, not str"
    ):
        x.is_contiguous(memory_format="channels_last")


def test_missing_names():
    """The message of the library, not what Python guesses; and nothing is taken for there that is not."""
    x = mt.ones(2)
    with pytest.raises(AttributeError, match=r"^'Tensor' object has no attribute 'softmaxx'; nearest: softmax"):
        _ = x.softmaxx
    with pytest.raises(AttributeError, match=r"^'Parameter' object has no attribute 'zzz'. If it is one of PyTorch's"):
        _ = mt.nn.Parameter(x).zzz
    assert not hasattr(x, "iloc") and getattr(x, "zzz", 3) == 3
    with pytest.raises(AttributeError) as caught:
        _ = x.dott
    shown = "".join(traceback.format_exception_only(caught.value))
    assert shown == "AttributeError: 'Tensor' object has no attribute 'dott'; nearest: dot\n"
    error = copy.copy(caught.value)
    assert type(error) is AttributeError and str(error) == str(caught.value)
    assert repr(caught.value) == """AttributeError("'Tensor' object has no attribute 'dott'")"""
    with pytest.raises(TypeError, match=r"does not support deleting items; torch\.cat the parts"):
        del x[0]


def test_an_error_inside_a_property_is_told(monkeypatch):
    monkeypatch.setattr(mt.Tensor, "broken", property(lambda self: self.nothing_there), raising=False)
    with pytest.raises(AttributeError, match="no attribute 'nothing_there'"):
        _ = mt.ones(2).broken
