"""The v2 transforms of samples: what is transformed, what passes through, and that images share a draw."""

import inspect
from collections import OrderedDict, defaultdict, deque, namedtuple

import numpy as np
import pytest
import torch
import torchvision.transforms.v2 as theirs
import torchvision.tv_tensors as their_tensors
from PIL import Image as Pillow

import minitorch_cv as mt
from minitorch_cv.vision import tv_tensors
from minitorch_cv.vision.transforms import v2 as ours
from tests.vision.transforms.pictures import PIXELS

RGB = PIXELS[:, :, :3]
Pair = namedtuple("Pair", "image label")


def sample_of(kind, m, tensors):
    """Samples of all kinds, of numbers that tell whether the image was inverted."""
    pil, array = Pillow.fromarray(RGB[:2, :3]), RGB[:2, :3]
    tensor = m.tensor(array.transpose(2, 0, 1).copy())
    image = tensors.Image(tensor)
    label = m.tensor([1, 2])
    return {
        "image": tensor,
        "pair": (tensor, 3),
        "label first": (label.reshape(1, 1, 2), tensor),
        "PIL": (label, pil, "name", None, 2.5),
        "Image": [label, image, tensor],
        "two Images": {"left": image, "right": image, "label": label},
        "two PIL": (pil, (pil, label)),
        "two tensors": (tensor, tensor),
        "dict": OrderedDict(b=tensor, a=[label, {"c": 1}]),
        "named": Pair(tensor, label),
        "default": defaultdict(list, image=pil, label=[1, 2]),
        "deque": deque([tensor, label], maxlen=5),
        "label alone": "cat",
        "nothing": [],
        "array": (array, 1),
    }[kind]


KINDS = [
    *("image", "pair", "label first", "PIL", "Image", "two Images", "two PIL", "two tensors", "dict", "named"),
    *("default", "deque", "label alone", "nothing", "array"),
]


def described(value):
    """A sample as plain values, with what each part is."""
    if isinstance(value, (mt.Tensor, torch.Tensor)):
        return type(value).__name__, str(value.dtype), value.tolist()
    if isinstance(value, Pillow.Image):
        return value.mode, np.array(value).tolist()
    if isinstance(value, np.ndarray):
        return "array", value.tolist()
    if isinstance(value, dict):
        return type(value).__name__, [(key, described(item)) for key, item in value.items()]
    if isinstance(value, (list, tuple, deque)):
        return type(value).__name__, [described(item) for item in value]
    return value


TRANSFORMS = {
    "invert": lambda T, m: T.RandomInvert(1.0),
    "not": lambda T, m: T.RandomInvert(0.0),
    "crop": lambda T, m: T.CenterCrop((1, 2)),
    "to image": lambda T, m: T.ToImage(),
    "to tensor": lambda T, m: T.PILToTensor(),
    "to PIL": lambda T, m: T.ToPILImage(),
    "dtype": lambda T, m: T.ToDtype(m.float32, scale=True),
    "older dtype": lambda T, m: T.ConvertImageDtype(),
    "pure": lambda T, m: T.ToPureTensor(),
    "identity": lambda T, m: T.Identity(),
    "rgb": lambda T, m: T.RGB(),
    "resize": lambda T, m: T.Resize((4, 5)),
    "pipeline": lambda T, m: T.Compose([T.ToImage(), T.RandomHorizontalFlip(1.0), T.ToDtype(m.int32)]),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", TRANSFORMS)
def test_parts_of_samples(kind, name):
    mine = reference = None
    try:
        reference = TRANSFORMS[name](theirs, torch)(sample_of(kind, torch, their_tensors))
    except Exception as error:
        with pytest.raises(type(error)):
            TRANSFORMS[name](ours, mt)(sample_of(kind, mt, tv_tensors))
        return
    mine = TRANSFORMS[name](ours, mt)(sample_of(kind, mt, tv_tensors))
    if name in ("dtype", "older dtype"):
        assert _parts(described(mine), 6) == _parts(described(reference), 6)  # 1/255 rounds in its own way
    else:
        assert described(mine) == described(reference)
    if kind == "default":
        assert mine.default_factory is list
    if kind == "deque":
        assert mine.maxlen == 5


def _parts(value, digits):
    if isinstance(value, float):
        return round(value, digits)
    return [_parts(v, digits) for v in value] if isinstance(value, (list, tuple)) else value


@pytest.mark.parametrize("container", ["Compose", "RandomApply", "RandomOrder", "RandomChoice"])
def test_several_arguments(container):
    for T, m, tensors in ((ours, mt, tv_tensors), (theirs, torch, their_tensors)):
        steps = [T.RandomInvert(1.0), T.RandomHorizontalFlip(1.0)]
        options = {"RandomApply": {"p": 1.0}, "RandomChoice": {"p": [1.0, 0.0]}}.get(container, {})
        transform = getattr(T, container)(steps, **options)
        image, label, more = transform(sample_of("image", m, tensors), 7, {"name": "x"})
        assert (label, more) == (7, {"name": "x"})
        expected = 255 - RGB[:2, :3].transpose(2, 0, 1)
        expected = expected if container == "RandomChoice" else expected[:, :, ::-1]
        np.testing.assert_array_equal(image.numpy(), expected)
    never = ours.RandomApply([ours.RandomInvert(1.0)], p=0.0)
    assert never(image, 3) == (image, 3) and never(image) is image


def shared_draws():
    return [
        ours.RandomHorizontalFlip(), ours.RandomVerticalFlip(), ours.RandomCrop(9), ours.RandomCrop(9, padding=4),
        ours.RandomResizedCrop(8), ours.RandomRotation(40), ours.RandomAffine(30, (0.2, 0.2), (0.5, 2), 10),
        ours.RandomPerspective(0.5, 0.7), ours.ElasticTransform(20.0), ours.ColorJitter(0.5, 0.5, 0.5, 0.2),
        ours.GaussianBlur(3), ours.RandomErasing(0.6), ours.RandomErasing(1.0, value="random"),
        ours.RandomInvert(), ours.RandomPosterize(3), ours.RandomSolarize(99), ours.RandomAutocontrast(),
        ours.RandomEqualize(), ours.RandomAdjustSharpness(2.0), ours.RandomGrayscale(0.5),
        ours.RandomChoice([ours.RandomInvert(), ours.RandomHorizontalFlip()]),
        ours.RandomOrder([ours.RandomCrop(12), ours.RandomHorizontalFlip()]),
    ]  # fmt: skip


@pytest.mark.parametrize("transform", shared_draws(), ids=lambda t: type(t).__name__)
@pytest.mark.parametrize("form", ["PIL", "Image"])
def test_images_of_a_sample_share_the_draw(transform, form):
    mt.manual_seed(4)
    pixels = RGB // 2 + 30  # neither black nor white, so that contrast can change
    image = Pillow.fromarray(pixels) if form == "PIL" else ours.ToImage()(pixels)
    results = []
    for _ in range(6):
        one, label, (two, three) = transform(image, mt.tensor(3), [image, image])
        assert np.array_equal(np.array(one), np.array(two)) and np.array_equal(np.array(two), np.array(three))
        assert type(one) is type(image) or form == "PIL"
        assert label.item() == 3 and label.ndim == 0
        results.append(np.array(one).tobytes())
    assert len(set(results)) > 1  # and the next sample gets another


def test_a_single_image_is_drawn_as_in_transforms():
    """v2's classes draw what those of transforms draw, and nothing more."""
    from minitorch_cv.vision import transforms as v1

    image = Pillow.fromarray(RGB)
    for name, args in (("RandomCrop", (9,)), ("RandomRotation", (40,)), ("RandomHorizontalFlip", ())):
        found = []
        for module in (v1, ours):
            mt.manual_seed(1)
            transform = getattr(module, name)(*args)
            found.append([np.array(transform(image)).tobytes() for _ in range(5)] + [mt.rand(1).item()])
        assert found[0] == found[1]


def test_noise_is_every_images_own():
    one, two = ours.GaussianNoise()(ours.ToImage()(RGB), ours.ToImage()(RGB))
    assert not np.array_equal(one.numpy(), two.numpy())


def test_transforms_of_ones_own():
    class Twice(ours.Transform):
        def __init__(self, most):
            super().__init__()
            self.most = most

        def check_inputs(self, flat_inputs):
            if "bad" in flat_inputs:
                raise ValueError("bad sample")

        def make_params(self, flat_inputs):
            self.seen = len(flat_inputs)
            return {"factor": 2}

        def transform(self, inpt, params):
            return inpt * params["factor"]

    twice = Twice(3)
    image = tv_tensors.Image(mt.ones(1, 2, 2))
    one, label, two = twice(image, 5, image)
    assert one.sum() == two.sum() == 8 and label == 5 and twice.seen == 2
    assert repr(Twice(3)) == "Twice(most=3)"
    with pytest.raises(ValueError, match="bad sample"):
        twice(image, "bad")
    with pytest.raises(NotImplementedError, match=r"Transform does not define transform\(inpt, params\)"):
        ours.Transform()(image)
    with pytest.raises(
        TypeError, match=r"Transform\(\) takes a sample: an image, \(image, label\), a dict .*got nothing"
    ):
        ours.Transform()()


def test_lambda():
    add = ours.Lambda(lambda x: x + 1, int, float)
    assert add((1, "a", [2.5])) == theirs.Lambda(lambda x: x + 1, int, float)((1, "a", [2.5])) == (2, "a", [3.5])
    assert repr(ours.Lambda(abs)) == repr(theirs.Lambda(abs)) and ours.Lambda(abs)(-1) == 1
    assert repr(add) == repr(theirs.Lambda(lambda x: x + 1, int, float))


def test_dtypes_by_kind():
    for T, m, tensors in ((ours, mt, tv_tensors), (theirs, torch, their_tensors)):
        image, plain = tensors.Image(m.ones(1, 2, 2)), m.ones(2, 2)
        found = T.ToDtype({tensors.Image: m.float64, "others": None})((image, plain))
        assert [str(x.dtype) for x in found] == ["torch.float64", "torch.float32"]
        with pytest.warns(UserWarning, match="scale was set to True but no dtype was specified for images"):
            T.ToDtype({"others": None}, scale=True)(image)
        with pytest.raises(ValueError, match="No dtype was specified for type"):
            T.ToDtype({m.Tensor: m.float64})(image)
        with pytest.raises(ValueError, match=r"dtype must be a dict or a torch\.dtype, got <class 'str'> instead"):
            T.ToDtype("float32")


TEXTS = [
    lambda T: T.Resize(5), lambda T: T.Resize((5, 6), "bicubic", antialias=None), lambda T: T.Resize(None, max_size=9),
    lambda T: T.CenterCrop(3), lambda T: T.FiveCrop(3), lambda T: T.TenCrop((3, 4), True),
    lambda T: T.Grayscale(3), lambda T: T.RandomGrayscale(), lambda T: T.RandomInvert(0.2), lambda T: T.RGB(),
    lambda T: T.RandomPosterize(3), lambda T: T.RandomEqualize(), lambda T: T.RandomAutocontrast(0.1),
    lambda T: T.ColorJitter(0.5, hue=0.1), lambda T: T.GaussianBlur((3, 5), (0.1, 1.0)), lambda T: T.GaussianNoise(),
    lambda T: T.RandomHorizontalFlip(0.3), lambda T: T.RandomVerticalFlip(), lambda T: T.Normalize((0.5,), [0.2]),
    lambda T: T.ToImage(), lambda T: T.ToPILImage("L"), lambda T: T.Identity(), lambda T: T.ToPureTensor(),
    lambda T: T.Compose([T.ToImage(), T.Compose([T.Identity(), abs])]), lambda T: T.RandomApply([T.RGB()], 0.3),
    lambda T: T.Pad(4), lambda T: T.Pad((1, 2), 3, "edge"), lambda T: T.RandomCrop(5), lambda T: T.RandomCrop(5, 0),
    lambda T: T.RandomCrop((5, 6), padding=4), lambda T: T.RandomCrop([5], (1, 2), True, (1, 2, 3), "reflect"),
    lambda T: T.RandomCrop(5, [1, 2, 3, 4]), lambda T: T.RandomCrop([5], [3]), lambda T: T.RandomResizedCrop(5),
    lambda T: T.RandomResizedCrop((5, 6), (0.1, 0.2), [1, 2], "nearest", None), lambda T: T.RandomRotation(30),
    lambda T: T.RandomRotation((1, 30), "bilinear", True, [1, 2], (1, 2, 3)), lambda T: T.RandomPerspective(),
    lambda T: T.RandomRotation(30, T.InterpolationMode.BILINEAR, fill=None), lambda T: T.RandomAffine(30),
    lambda T: T.RandomAffine((1, 2), (0.1, 0.2), (1, 2), 4, "bilinear", 3, [1, 2]), lambda T: T.ElasticTransform(),
    lambda T: T.RandomAffine(0, None, [1, 2], [1, 2, 3, 4], fill=[1, 2]), lambda T: T.RandomErasing(value=3),
    lambda T: T.RandomPerspective(0.3, 0.2, "nearest", [1, 2, 3]), lambda T: T.RandomErasing(),
    lambda T: T.ElasticTransform(10.0, [1.0, 2.0], "nearest", (3, 4)), lambda T: T.RandomErasing(value=(1, 2, 3)),
    lambda T: T.RandomErasing(0.1, (0.1, 0.2), [1, 2], "random", True), lambda T: T.AutoAugment(),
    lambda T: T.AutoAugment(T.AutoAugmentPolicy.SVHN, "bilinear", 3), lambda T: T.RandAugment(),
    lambda T: T.RandAugment(3, 4, 5, "bilinear", (1, 2)), lambda T: T.TrivialAugmentWide(), lambda T: T.AugMix(),
    lambda T: T.TrivialAugmentWide(9, T.InterpolationMode.BILINEAR, 3), lambda T: T.RandomSolarize(0.5),
    lambda T: T.AugMix(4, 5, 2, 0.5, False, "nearest", 3), lambda T: T.RandomAdjustSharpness(2, 0.1),
    lambda T: T.RandomChoice([T.RGB(), T.RGB()], [1, 3]), lambda T: T.RandomOrder([T.RGB()]),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(TEXTS)))
def test_texts(number):
    assert repr(TEXTS[number](ours)) == repr(TEXTS[number](theirs))


CLASSES = [n for n in ours.__all__ if inspect.isclass(getattr(ours, n)) and n not in ("MixUp", "CutMix")]


@pytest.mark.parametrize("name", CLASSES)
def test_signatures(name):
    mine, reference = (list(inspect.signature(getattr(m, name)).parameters.values()) for m in (ours, theirs))
    found, expected = ([(p.name, str(p.default)) for p in of if "dtype" not in p.name] for of in (mine, reference))
    if not reference:  # Module's own signature is seen, and takes nothing
        with pytest.raises(TypeError):
            getattr(ours, name)(1)
        return
    assert found == expected


def test_old_to_tensor_warns():
    for T in (ours, theirs):
        with pytest.warns(UserWarning, match=r"The transform `ToTensor\(\)` is deprecated"):
            transform = T.ToTensor()
        image, label = transform(Pillow.fromarray(RGB), 4)
        assert str(image.dtype) == "torch.float32" and image.max() <= 1 and label == 4


@pytest.mark.parametrize(
    ("call", "kind", "match"),
    [
        (
            lambda T, m: T.Normalize([0.5], [0.5])(Pillow.fromarray(RGB)),
            TypeError,
            r"Normalize\(\) does not support PIL",
        ),
        (lambda T, m: T.RandomCrop(3)("label"), TypeError, "was found in the sample"),
        (lambda T, m: T.AutoAugment()("label"), TypeError, "(Found no image|no image was found) in the sample"),
        (lambda T, m: T.RandAugment()([Pillow.fromarray(RGB)] * 2), TypeError, "single image or video, but found 2"),
        (
            lambda T, m: T.RandomCrop(3)(Pillow.fromarray(RGB), Pillow.fromarray(RGB[:5])),
            ValueError,
            r"Found multiple HxW dimensions in the sample: .*\(5, 31\).*\(23, 31\)",
        ),
        (lambda T, m: T.RandomInvert(1.5), ValueError, r"`p` should be a floating point value in the interval"),
        (lambda T, m: T.Compose([]), ValueError, "Pass at least one transform"),
        (lambda T, m: T.Compose(abs), TypeError, "Argument transforms should be a sequence of callables"),
        (lambda T, m: T.RandomApply(abs), TypeError, "a sequence of callables or a `nn.ModuleList`"),
        (lambda T, m: T.RandomApply([abs], 2), ValueError, "`p` should be a floating point value"),
        (lambda T, m: T.RandomChoice([abs], [1, 2]), ValueError, "Length of p doesn't match the number of transforms"),
        (lambda T, m: T.Resize((1, 2, 3)), ValueError, "size can be an integer, a sequence of one or two integers"),
        (lambda T, m: T.Resize(None), ValueError, "max_size must be an integer when size is None, but got None"),
        (lambda T, m: T.RandomPerspective(2), ValueError, "distortion_scale value should be between 0 and 1"),
        (lambda T, m: T.GaussianNoise()(Pillow.fromarray(RGB)), ValueError, "not implemented for PIL images"),
    ],
)
def test_refused_by_both(call, kind, match):
    for T, m in ((ours, mt), (theirs, torch)):
        with pytest.raises(kind, match=match):
            call(T, m)


def test_refused_at_once():
    with pytest.raises(ValueError, match=r"RandomChoice: p should be numbers from 0 on with a sum above 0, got \[0\]"):
        ours.RandomChoice([abs], [0])
    with pytest.raises(
        ValueError, match=r"Invalid interpolation mode: 'cubic'\. Supported string values are: .*'bicubic'"
    ):
        ours.RandomRotation(3, "cubic")
