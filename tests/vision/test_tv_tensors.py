"""tv_tensors.Image, beside torchvision's."""

import copy
import pickle

import numpy as np
import pytest
import torch
import torchvision.tv_tensors as theirs
from PIL import Image as Pillow

import minitorch_cv as mt
from minitorch_cv.utils.data import default_collate
from minitorch_cv.vision import tv_tensors as ours
from minitorch_cv.vision.transforms.v2 import RandomInvert

PIXELS = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)


@pytest.mark.parametrize("data", [Pillow.fromarray(PIXELS), PIXELS[..., 0], PIXELS, [[1.5, 2], [3, 4]]])
def test_making_one(data):
    mine, reference = ours.Image(data), theirs.Image(data)
    assert type(mine) is ours.Image and isinstance(mine, mt.Tensor) and not ours.is_pure_tensor(mine)
    np.testing.assert_array_equal(mine.numpy(), reference.numpy())
    assert str(mine.dtype) == str(reference.dtype) and mine.shape == reference.shape
    assert str(ours.Image(data, dtype=mt.float64).dtype) == "torch.float64"


def test_text():
    for data in (PIXELS, [[1.5, 2]], np.zeros((1, 0, 2), np.float32)):
        assert repr(ours.Image(data)) == repr(theirs.Image(data))


def test_memory_and_history_are_shared():
    x = mt.rand(1, 2, 3, requires_grad=True)
    image = ours.Image(x * 2)
    assert image.requires_grad
    image.sum().backward()
    assert (x.grad == 2).all() and type(x) is mt.Tensor
    plain = mt.zeros(1, 2, 2)
    ours.Image(plain)[0, 0, 0] = 5
    assert plain[0, 0, 0] == 5 and type(plain) is mt.Tensor
    assert ours.Image(plain, requires_grad=True).requires_grad and not plain.requires_grad


def test_what_is_computed_from_one_is_plain():
    mine, reference = ours.Image(PIXELS), theirs.Image(PIXELS)
    for operation in (lambda x: x + 1, lambda x: x.flip(-1), lambda x: x[0], lambda x: x.unsqueeze(0)):
        assert type(operation(mine)) is mt.Tensor and type(operation(reference)) is torch.Tensor
    assert type(default_collate([(mine, 1), (mine, 2)])[0]) is mt.Tensor
    with mt.no_grad():
        assert type(mt.nn.Sequential(mt.nn.Conv2d(2, 1, 1), mt.nn.ReLU())(ours.Image(mt.rand(1, 2, 3, 3)))) is mt.Tensor


KEPT = {
    "clone": lambda x, m: x.clone(),
    "to": lambda x, m: x.to(m.float64),
    "to itself": lambda x, m: x.to(m.float32),
    "to a device": lambda x, m: x.to("cpu"),
    "detach": lambda x, m: x.detach(),
    "requires_grad_": lambda x, m: x.requires_grad_(),
}
PLAIN = {
    "contiguous": lambda x, m: x.contiguous(),
    "cpu": lambda x, m: x.cpu(),
    "float": lambda x, m: x.float(),
    "double": lambda x, m: x.double(),
    "type": lambda x, m: x.type(m.float32),
    "function": lambda x, m: m.clone(x),
    "other": lambda x, m: m.zeros(2).to(x),
    "data": lambda x, m: x.data,
}


@pytest.mark.parametrize("name", [*KEPT, *PLAIN])
def test_which_methods_keep_the_class(name):
    call = KEPT.get(name) or PLAIN[name]
    mine, reference = call(ours.Image([[1.5, 2]]), mt), call(theirs.Image([[1.5, 2]]), torch)
    assert type(reference) is (theirs.Image if name in KEPT else torch.Tensor)
    assert type(mine) is (ours.Image if name in KEPT else mt.Tensor)
    assert mine.tolist() == reference.tolist() and mine.requires_grad is reference.requires_grad
    assert str(mine.dtype) == str(reference.dtype)


def test_what_keeps_the_class_keeps_memory_and_history():
    image = ours.Image([[1.5, 2]], requires_grad=True)
    (image.clone() * 2 + image.to(mt.float64)).sum().backward()
    assert (image.grad == 3).all()
    image.detach()[0, 0, 0] = 7
    image.detach().contiguous()[0, 0, 1] = 8
    assert image.tolist() == [[[7, 8]]]
    assert image.type() == "torch.FloatTensor"


def test_a_converted_image_is_still_the_image_of_its_sample():
    mask, image = mt.zeros(1, 2, 2, dtype=mt.uint8), ours.Image(mt.zeros(1, 2, 2, dtype=mt.uint8))
    for made in (image.clone(), image.to(mt.int32), image.detach()):
        same, inverted = RandomInvert(1.0)(mask, made)
        assert (same == 0).all() and (inverted > 0).all()


def test_copies():
    image = ours.Image(PIXELS)
    for again in (copy.copy(image), copy.deepcopy(image), pickle.loads(pickle.dumps(image))):
        assert type(again) is ours.Image and again.tolist() == image.tolist()


def test_wrap():
    image, plain = ours.Image(PIXELS), mt.zeros(1, 2, 2)
    assert type(ours.wrap(plain, like=image)) is ours.Image and ours.wrap(plain, like=plain) is plain
    assert [type(part) for part in ours.wrap((plain, plain), like=image)] == [ours.Image] * 2
    assert ours.wrap(image, like=image) is image and ours.wrap("text", like=image) == "text"


def test_what_is_not_here():
    with pytest.raises(ValueError, match=r"Image: expected \(\.\.\., C, H, W\) or \(H, W\), got shape \(3,\)"):
        ours.Image([1, 2, 3])
    with pytest.raises(AttributeError, match=r"tv_tensors\.Mask is not supported: of tv_tensors there is Image"):
        ours.Mask
    with pytest.raises(AttributeError, match="has no attribute 'Picture'; it has Image, TVTensor, wrap"):
        ours.Picture
