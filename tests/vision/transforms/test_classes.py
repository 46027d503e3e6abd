"""The classes: torchvision's parameters, texts and pictures."""

import copy
import inspect
import pickle

import numpy as np
import pytest
import torch
import torchvision.transforms as theirs
import torchvision.transforms.v2 as v2

import minitorch_cv as mt
from minitorch_cv.vision import transforms as ours
from tests.vision.transforms.pictures import (
    ARRAYS,
    PIL_IMAGES,
    assert_same_pictures,
    assert_same_tensors,
    their_form,
)

NAMES = [name for name in ours.__all__ if inspect.isclass(getattr(theirs, name, None)) and name != "InterpolationMode"]
BILINEAR = ours.InterpolationMode.BILINEAR


def parameters(function):
    return [(p.name, repr(p.default)) for p in inspect.signature(function).parameters.values()]


@pytest.mark.parametrize("name", NAMES)
def test_signatures(name):
    mine, reference = getattr(ours, name), getattr(theirs, name)
    if "Policy" not in name:
        assert parameters(mine) == parameters(reference)
    if hasattr(reference, "get_params"):
        assert parameters(mine.get_params) == parameters(reference.get_params)
    assert issubclass(mine, mt.nn.Module) is issubclass(reference, torch.nn.Module)


def test_signature_of_the_newer_one():
    assert parameters(ours.GaussianNoise) == parameters(v2.GaussianNoise)
    assert repr(ours.GaussianNoise(sigma=0.3)) == repr(v2.GaussianNoise(sigma=0.3))


FUNCTIONS = [
    name
    for name in dir(theirs.functional)
    if inspect.isfunction(getattr(theirs.functional, name)) and not name.startswith("_")
    and getattr(theirs.functional, name).__module__.endswith("transforms.functional")
]  # fmt: skip


@pytest.mark.parametrize("name", FUNCTIONS)
def test_signatures_of_functions(name):
    assert parameters(getattr(ours.functional, name)) == parameters(getattr(theirs.functional, name))


def test_nothing_is_missing():
    """Every transform of torchvision.transforms is here."""
    missing = {name for name in theirs.__dict__ if inspect.isclass(getattr(theirs, name)) and name[0].isupper()}
    assert missing - set(NAMES) == {"InterpolationMode"}
    assert [m.name for m in ours.InterpolationMode] == [m.name for m in theirs.InterpolationMode]


MADE = [
    ("Resize", (3,), {}), ("Resize", ((3, 4), BILINEAR), {}), ("Resize", ([5], 3, 9, None), {}),
    ("CenterCrop", (3,), {}), ("CenterCrop", ([3, 4],), {}), ("CenterCrop", ([3],), {}),
    ("Pad", (2,), {}), ("Pad", ([1, 2], (1, 2, 3), "constant"), {}), ("Pad", (1,), {"padding_mode": "edge"}),
    ("RandomCrop", (3,), {}), ("RandomCrop", ((3, 4), 2), {}),
    ("RandomResizedCrop", (3,), {}), ("RandomResizedCrop", ((3, 4), (0.123456, 1), (1, 2), 0, False), {}),
    ("FiveCrop", (3,), {}), ("TenCrop", ((3, 2), True), {}),
    ("RandomHorizontalFlip", (), {}), ("RandomVerticalFlip", (0.3,), {}),
    ("RandomRotation", (30,), {}), ("RandomRotation", ((3, 20), BILINEAR, True, (1, 2), (1, 2, 3)), {}),
    ("RandomRotation", (3,), {"fill": None}),
    ("RandomAffine", (30,), {}),
    ("RandomAffine", ((1, 2), (0.1, 0.2), (0.5, 2), 3, BILINEAR, 4, [5, 6]), {}),
    ("RandomAffine", (0,), {"shear": (1, 2, 3, 4), "fill": None}),
    ("RandomPerspective", (), {}), ("RandomPerspective", (0.2, 0.7), {}),
    ("ElasticTransform", (), {}), ("ElasticTransform", ([1.0, 2.0], 3.0, 0, (1, 2)), {}),
    ("ColorJitter", (), {}), ("ColorJitter", (0.2, (0.5, 1.5), [1, 1], 0.1), {}), ("ColorJitter", (2,), {}),
    ("Grayscale", (), {}), ("Grayscale", (3,), {}), ("RandomGrayscale", (), {}), ("RandomInvert", (), {}),
    ("RandomPosterize", (3,), {}), ("RandomSolarize", (128,), {}), ("RandomAutocontrast", (), {}),
    ("RandomEqualize", (0.1,), {}), ("RandomAdjustSharpness", (2,), {}),
    ("GaussianBlur", (3,), {}), ("GaussianBlur", ((3, 5), 0.7), {}), ("GaussianBlur", (3, [1, 2]), {}),
    ("RandomErasing", (), {}), ("RandomErasing", (1, (0.1, 0.2), [1, 2], "random", True), {}),
    ("AutoAugment", (), {}), ("RandAugment", (), {}), ("RandAugment", (3, 5, 11, BILINEAR, [1]), {}),
    ("TrivialAugmentWide", (), {}),
    ("ToTensor", (), {}), ("PILToTensor", (), {}), ("ToPILImage", (), {}), ("ToPILImage", ("L",), {}),
    ("Normalize", ([0.1], (0.2,)), {}),
]  # fmt: skip


def made(name, args, kwargs):
    """Our object and torchvision's."""
    return getattr(ours, name)(*args, **kwargs), getattr(theirs, name)(*map(their_form, args), **kwargs)


@pytest.mark.parametrize(("name", "args", "kwargs"), MADE, ids=[f"{n}-{i}" for i, (n, *_) in enumerate(MADE)])
def test_texts(name, args, kwargs):
    mine, reference = made(name, args, kwargs)
    assert repr(mine) == repr(reference)


def test_texts_of_containers():
    def build(T, identity):
        inner = [T.RandomCrop(3), T.RandomHorizontalFlip()]
        return [
            T.Compose([T.ToTensor(), T.Lambda(identity), T.ConvertImageDtype("float32")]),
            T.RandomApply(inner, 0.3),
            T.RandomOrder(inner),
            T.RandomChoice(inner, [0.2, 0.8]),
            T.RandomChoice(inner),
            T.Compose([]),
        ]

    assert [repr(t) for t in build(ours, abs)] == [repr(t) for t in build(theirs, abs)]


NOT_RANDOM = [
    ("Resize", (9,), {}), ("Resize", (12,), {"max_size": 15}), ("CenterCrop", (9,), {}), ("Pad", ((1, 2), 7), {}),
    ("FiveCrop", (9,), {}), ("TenCrop", ((9, 8), True), {}), ("Grayscale", (3,), {}),
    ("RandomHorizontalFlip", (1,), {}), ("RandomVerticalFlip", (1,), {}), ("RandomHorizontalFlip", (0,), {}),
    ("RandomInvert", (1,), {}), ("RandomPosterize", (3, 1), {}), ("RandomSolarize", (99, 1), {}),
    ("RandomAutocontrast", (1,), {}), ("RandomEqualize", (1,), {}), ("RandomAdjustSharpness", (2, 1), {}),
    ("RandomGrayscale", (1,), {}), ("RandomRotation", ((20, 20),), {"fill": 3}),
    ("RandomRotation", ((20, 20), BILINEAR, True, (1, 2)), {}),
    ("RandomAffine", ((5, 5), None, (1.5, 1.5), (3, 3, 4, 4)), {"fill": (7,), "center": (3, 4)}),
    ("RandomAffine", ((5, 5),), {"shear": (3, 3)}),
    ("ColorJitter", ((0.5, 0.5),), {}), ("ColorJitter", (0, (1.5, 1.5)), {}),
    ("ColorJitter", (0, 0, (0.2, 0.2)), {}), ("ColorJitter", (0, 0, 0, (0.2, 0.2)), {}), ("ColorJitter", (), {}),
    ("RandomCrop", ((40, 50),), {"pad_if_needed": True, "padding_mode": "edge"}),
    ("RandomCrop", ((40, 9),), {"pad_if_needed": True}), ("RandomCrop", ((9, 40),), {"pad_if_needed": True}),
    ("RandomCrop", ((23, 31),), {}), ("RandomResizedCrop", ((11, 9), (1, 1), (0.1, 0.1)), {}),
    ("RandomResizedCrop", ((11, 9), (1, 1), (9, 9)), {}),
]  # fmt: skip


@pytest.mark.parametrize("form", ["RGB", "L", "uint8", "grey uint8", "batch of uint8"])
@pytest.mark.parametrize(
    ("name", "args", "kwargs"), NOT_RANDOM, ids=[f"{n}-{i}" for i, (n, *_) in enumerate(NOT_RANDOM)]
)
def test_same_picture_where_nothing_is_random(name, args, kwargs, form):
    mine, reference = made(name, args, kwargs)
    if name == "RandomCrop" and kwargs:  # where the crop is from is random, what it is from is not
        mine.get_params = reference.get_params = lambda img, size: (0, 0, *size)
    if form in PIL_IMAGES:
        assert_same_pictures(mine(PIL_IMAGES[form]), reference(PIL_IMAGES[form]))
    elif not (name == "Grayscale" and form == "grey uint8"):  # three channels here; see the function's test
        assert_same_tensors(mine(mt.tensor(ARRAYS[form])), reference(torch.tensor(ARRAYS[form])), levels=1)


RANDOM = [
    ("RandomCrop", (9, 2), {}), ("RandomResizedCrop", (9,), {}), ("RandomRotation", (40, BILINEAR), {}),
    ("RandomAffine", (20, (0.1, 0.2), (0.7, 1.3), (1, 2, 3, 4)), {"fill": 1}),
    ("RandomPerspective", (0.4, 1), {}), ("GaussianBlur", (5,), {}), ("ElasticTransform", (40.0, 2.0), {}),
    ("ColorJitter", (0.4, 0.4, 0.4, 0.2), {}),
    ("RandomErasing", (1,), {}), ("RandomErasing", (1,), {"value": "random"}),
    ("RandomErasing", (1,), {"value": (1, 2, 3), "inplace": True}),
]  # fmt: skip


@pytest.mark.parametrize("form", ["RGB", "float32"])
@pytest.mark.parametrize(("name", "args", "kwargs"), RANDOM, ids=[f"{n}-{i}" for i, (n, *_) in enumerate(RANDOM)])
def test_same_picture_with_the_same_draws(name, args, kwargs, form):
    mine, reference = made(name, args, kwargs)
    draw, drawn = mine.get_params, []
    mine.get_params = lambda *a, **k: drawn.append(draw(*a, **k)) or drawn[-1]
    reference.get_params = lambda *a, **k: (
        tuple(map(their_form, drawn[-1])) if isinstance(drawn[-1], tuple) else their_form(drawn[-1])
    )
    mt.manual_seed(3)
    for _ in range(3):
        if form in PIL_IMAGES:
            if name == "RandomErasing":
                return
            found, expected = mine(PIL_IMAGES[form]), reference(PIL_IMAGES[form])
            if name == "GaussianBlur":
                np.testing.assert_allclose(np.array(found, int), np.array(expected, int), atol=1)
            else:
                assert_same_pictures(found, expected)
        else:
            image, their_image = mt.tensor(ARRAYS[form]), torch.tensor(ARRAYS[form])
            assert_same_tensors(mine(image), reference(their_image))
            assert_same_tensors(image, their_image)


def test_no_perspective_at_all():
    """Exactly the image; in torchvision Pillow rounds down what lies a hair beside its pixel."""
    assert_same_pictures(ours.RandomPerspective(0, 1)(PIL_IMAGES["RGB"]), PIL_IMAGES["RGB"])


def test_linear_transformation():
    rng = np.random.default_rng(0)
    matrix, mean, images = rng.random((12, 12)), rng.random(12), rng.random((4, 3, 2, 2))
    mine = ours.LinearTransformation(mt.tensor(matrix), mt.tensor(mean))
    reference = theirs.LinearTransformation(torch.tensor(matrix), torch.tensor(mean))
    assert repr(mine) == repr(reference)
    assert_same_tensors(mine(mt.tensor(images)), reference(torch.tensor(images)))
    single = images[0].astype(np.float32)
    mine = ours.LinearTransformation(mt.tensor(matrix).float(), mt.tensor(mean).float())
    reference = theirs.LinearTransformation(torch.tensor(matrix).float(), torch.tensor(mean).float())
    assert_same_tensors(mine(mt.tensor(single)), reference(torch.tensor(single)))


@pytest.mark.parametrize("dtype", ["float32", "uint8"])
@pytest.mark.parametrize("clip", [True, False])
def test_gaussian_noise(dtype, clip, monkeypatch):
    """With torchvision's noise."""
    noise = np.random.default_rng(0).standard_normal((3, 23, 31)).astype(np.float32)
    module = ours.functional.gaussian_noise.__globals__
    monkeypatch.setitem(module, "randn_like", lambda x, dtype=None: mt.tensor(noise))
    monkeypatch.setattr(torch, "randn_like", lambda x, dtype=None: torch.tensor(noise))
    args = (0.1, 0.3, clip)
    found = ours.GaussianNoise(*args)(mt.tensor(ARRAYS[dtype]))
    assert_same_tensors(found, v2.GaussianNoise(*args)(torch.tensor(ARRAYS[dtype])))


def test_containers():
    flip, invert = ours.RandomHorizontalFlip(1), ours.RandomInvert(1)
    image = PIL_IMAGES["RGB"]
    both = ours.functional.invert(ours.functional.hflip(image))
    for container in (
        ours.Compose([flip, invert]),
        ours.RandomApply([flip, invert], 1.0),
        ours.RandomApply(mt.nn.ModuleList([flip, invert]), 1.0),
        ours.RandomOrder([flip, invert]),
        mt.nn.Sequential(flip, invert),
    ):
        assert_same_pictures(container(image), both)
    assert ours.RandomApply([flip], 0.0)(image) is image
    assert_same_pictures(ours.RandomChoice([flip, invert], [0, 1])(image), ours.functional.invert(image))
    assert ours.RandomChoice([lambda a, b: a + b])(1, 2) == 3
    with pytest.raises(NotImplementedError, match="RandomTransforms does not define __call__"):
        ours.RandomTransforms([flip])(image)
    with pytest.raises(NotImplementedError, match="Nothing does not define transformed"):
        type("Nothing", (ours.RandomInvert.__bases__[0],), {})(1.0)(image)


def test_in_a_sequential_without_a_graph():
    """Where layers run on arrays, transforms among them are called as ever."""
    steps = mt.nn.Sequential(ours.CenterCrop(10), ours.Normalize([0.5] * 3, [0.25] * 3), ours.RandomHorizontalFlip(1.0))
    image = mt.tensor(ARRAYS["float32"])
    with mt.no_grad():
        found = steps(image)
    np.testing.assert_array_equal(found.numpy(), steps(image).numpy())


@pytest.mark.parametrize(("name", "args", "kwargs"), MADE, ids=[f"{n}-{i}" for i, (n, *_) in enumerate(MADE)])
def test_copies(name, args, kwargs):
    transform = getattr(ours, name)(*args, **kwargs)
    for again in (copy.deepcopy(transform), pickle.loads(pickle.dumps(transform))):
        assert type(again) is type(transform) and repr(again) == repr(transform)
