"""ToTensor, Normalize, Compose, Lambda and back to PIL: torchvision's rules, in torch's words and its own."""

import subprocess
import sys

import numpy as np
import pytest
import torch
import torchvision.transforms.functional as theirs
from PIL import Image

import minitorch_cv as mt
from minitorch_cv.vision import transforms as T
from minitorch_cv.vision.transforms import functional as F

RANDOM = np.random.default_rng(0)
PIXELS = RANDOM.integers(0, 256, (5, 7, 4), np.uint8)


def reference_to_tensor(pic):
    """What torchvision's to_tensor does."""
    if isinstance(pic, np.ndarray):
        image = torch.from_numpy((pic[:, :, None] if pic.ndim == 2 else pic).transpose(2, 0, 1)).contiguous()
    else:
        kinds = {"I": np.int32, "I;16": np.int16, "F": np.float32}
        image = torch.from_numpy(np.array(pic, kinds.get(pic.mode, np.uint8), copy=True))
        if pic.mode == "1":
            image = 255 * image
        image = image.view(pic.size[1], pic.size[0], len(pic.getbands())).permute(2, 0, 1).contiguous()
    return image.to(torch.get_default_dtype()).div(255) if image.dtype == torch.uint8 else image


PICTURES = {
    "L": Image.fromarray(PIXELS[:, :, 0]),
    "RGB": Image.fromarray(PIXELS[:, :, :3]),
    "RGBA": Image.fromarray(PIXELS),
    "LA": Image.fromarray(PIXELS[:, :, :2]),
    "CMYK": Image.fromarray(PIXELS[:, :, :3]).convert("CMYK"),
    "YCbCr": Image.fromarray(PIXELS[:, :, :3]).convert("YCbCr"),
    "P": Image.fromarray(PIXELS[:, :, :3]).quantize(8),
    "1": Image.fromarray(PIXELS[:, :, 0] > 127),
    "I": Image.fromarray(PIXELS[:, :, 0].astype(np.int32) * 1000),
    "I;16": Image.fromarray(PIXELS[:, :, 0].astype(np.uint16) * 200),
    "F": Image.fromarray(PIXELS[:, :, 0].astype(np.float32) / 7),
    "1x1": Image.fromarray(PIXELS[:1, :1, :3]),
    "grey array": PIXELS[:, :, 0],
    "array": PIXELS,
    "strided array": PIXELS[::-1, ::2, :3],
    "five channels": np.concatenate([PIXELS, PIXELS[:, :, :1]], axis=2),
    **{
        f"array of {t}": (PIXELS / 3).astype(t)
        for t in ("float32", "float64", "float16", "int8", "int16", "int32", "int64", "bool")
    },
    "empty array": np.zeros((0, 4, 3), np.uint8),
}


@pytest.mark.parametrize("name", PICTURES)
def test_to_tensor(name):
    pic = PICTURES[name]
    if isinstance(pic, np.ndarray) and name.startswith("strided"):
        reference = reference_to_tensor(pic.copy())  # torch has no negative strides
    else:
        reference = reference_to_tensor(pic)
    found = T.ToTensor()(pic)
    assert str(found.dtype) == str(reference.dtype) and tuple(found.shape) == tuple(reference.shape)
    np.testing.assert_array_equal(found.numpy(), reference.numpy())


def test_to_tensor_copies_8_bit_images_and_keeps_the_image():
    pixels = PIXELS[:, :, :1].copy()
    F.to_tensor(pixels).zero_()
    assert np.array_equal(pixels, PIXELS[:, :, :1])
    picture = Image.fromarray(PIXELS[:, :, 0]).convert("I")
    F.to_tensor(picture).zero_()
    assert np.array_equal(np.array(picture), PIXELS[:, :, 0])


def test_to_tensor_gives_the_default_dtype():
    mt.set_default_dtype(mt.float64)
    torch.set_default_dtype(torch.float64)
    try:
        found, reference = F.to_tensor(PIXELS), reference_to_tensor(PIXELS)
    finally:
        mt.set_default_dtype(mt.float32)
        torch.set_default_dtype(torch.float32)
    assert found.dtype is mt.float64
    np.testing.assert_array_equal(found.numpy(), reference.numpy())


@pytest.mark.parametrize("name", [n for n in PICTURES if not n.startswith(("I;16", "array", "strided", "empty"))])
def test_pil_to_tensor(name):
    pic = PICTURES[name]
    if isinstance(pic, np.ndarray):
        with pytest.raises(TypeError, match=r"pic should be PIL Image\. Got <class 'numpy.ndarray'>"):
            F.pil_to_tensor(pic)
        return
    reference = torch.as_tensor(np.array(pic)).view(pic.size[1], pic.size[0], len(pic.getbands())).permute(2, 0, 1)
    found = F.pil_to_tensor(pic)
    assert str(found.dtype) == str(reference.dtype)
    np.testing.assert_array_equal(found.numpy(), reference.numpy())


def test_pil_to_tensor_of_numbers_without_a_dtype():
    with pytest.raises(TypeError, match="uint16"):
        F.pil_to_tensor(PICTURES["I;16"])


@pytest.mark.parametrize("name", ["L", "RGB", "RGBA", "LA", "I", "I;16", "F"])
def test_there_and_back(name):
    picture = PICTURES[name]
    back = T.ToPILImage("F" if name == "F" else None)(F.to_tensor(picture))
    assert back.mode == picture.mode and np.array_equal(np.array(back), np.array(picture))


@pytest.mark.parametrize("mode", ["YCbCr", "HSV", "RGB"])
def test_back_to_a_named_mode(mode):
    assert F.to_pil_image(PIXELS[:, :, :3], mode).mode == mode
    assert F.to_pil_image(mt.tensor(PIXELS).permute(2, 0, 1), "CMYK").mode == "CMYK"


def test_to_pil_image_of_two_dimensions_and_of_gradients():
    assert np.array_equal(np.array(F.to_pil_image(PIXELS[:, :, 0])), PIXELS[:, :, 0])
    floats = mt.tensor([[0.0, 0.5], [0.999, 1.0]], requires_grad=True)
    assert np.array(F.to_pil_image(floats)).tolist() == [[0, 127], [254, 255]]


@pytest.mark.parametrize(
    ("pic", "mode", "kind", "match"),
    [
        ([1], None, TypeError, "pic should be Tensor or ndarray. Got <class 'list'>."),
        (np.zeros(3), None, ValueError, "pic should be 2/3 dimensional. Got 1 dimensions."),
        (np.zeros((1, 1, 1, 1)), None, ValueError, "pic should be 2/3 dimensional. Got 4 dimensions."),
        (np.zeros((2, 2, 5)), None, ValueError, "pic should not have > 4 channels. Got 5 channels."),
        (np.zeros((2, 2), np.uint8), "RGB", ValueError, r"Incorrect mode \(RGB\) supplied .* uint8. Should be L"),
        (np.zeros((2, 2, 3), np.uint8), "L", ValueError, r"Only modes \['RGB', 'YCbCr', 'HSV'\] are supported for 3D"),
        (np.zeros((2, 2, 2), np.uint8), "L", ValueError, r"Only modes \['LA'\] are supported for 2D inputs"),
        (np.zeros((2, 2, 4), np.uint8), "L", ValueError, r"Only modes \['RGBA', 'CMYK', 'RGBX'\] are supported for 4D"),
        (np.zeros((2, 2), np.int64), None, TypeError, "Input type int64 is not supported"),
        (np.zeros((2, 2, 3), np.int32), None, TypeError, "Input type int32 is not supported"),
    ],
)
def test_to_pil_image_refuses(pic, mode, kind, match):
    with pytest.raises(kind, match=match):
        F.to_pil_image(pic, mode)


@pytest.mark.parametrize(
    ("pic", "kind", "match"),
    [
        ([[1]], TypeError, "pic should be PIL Image or ndarray. Got <class 'list'>"),
        (mt.zeros(1, 2, 2), TypeError, "pic should be PIL Image or ndarray. Got <class '.*Tensor'>"),
        (np.zeros(3), ValueError, "pic should be 2/3 dimensional. Got 1 dimensions."),
        (np.zeros((1, 2, 3, 4)), ValueError, "pic should be 2/3 dimensional. Got 4 dimensions."),
        (np.zeros((2, 2), np.uint16), TypeError, "uint16"),
    ],
)
def test_to_tensor_refuses(pic, kind, match):
    with pytest.raises(kind, match=match):
        F.to_tensor(pic)


def test_to_tensor_without_pillow():
    """Arrays need no Pillow, and what is no image is refused without it, too."""
    script = (
        "import sys, numpy as np\n"
        "from minitorch_cv.vision.transforms import functional as F\n"
        "assert F.to_tensor(np.ones((2, 3), np.uint8)).shape == (1, 2, 3)\n"
        "try:\n    F.to_tensor('a.png')\n"
        "except TypeError as error:\n    print(error)\n"
        "assert not {'PIL', 'matplotlib', 'sklearn', 'tqdm'} & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("pic should be PIL Image or ndarray. Got <class 'str'>\n", "")


def reference_normalize(tensor, mean, std):
    """What torchvision's normalize does."""
    mean, std = (torch.as_tensor(value, dtype=tensor.dtype) for value in (mean, std))
    mean, std = (value.view(-1, 1, 1) if value.ndim == 1 else value for value in (mean, std))
    return tensor.clone().sub_(mean).div_(std)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    ("shape", "mean", "std"),
    [
        ((3, 4, 5), (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        ((1, 4, 5), (0.1307,), (0.3081,)),
        ((3, 2, 2), [0.5], [0.25]),
        ((3, 2, 2), 0.5, 0.25),
        ((2, 3, 4, 5), (0.1, 0.2, 0.3), (1, 2, 3)),
        ((3, 0, 5), (0.1, 0.2, 0.3), (1, 2, 3)),
    ],
)
def test_normalize(shape, mean, std, dtype):
    image = RANDOM.random(shape).astype(dtype)
    reference = reference_normalize(torch.tensor(image), mean, std).numpy()
    tensor = mt.tensor(image)
    found = T.Normalize(mean, std)(tensor)
    assert found.numpy().dtype == reference.dtype
    np.testing.assert_array_equal(found.numpy(), reference)
    np.testing.assert_array_equal(tensor.numpy(), image)
    written = T.Normalize(mean, std, inplace=True)(tensor)
    assert written is tensor
    np.testing.assert_array_equal(tensor.numpy(), reference)


def test_normalize_carries_gradient():
    image = mt.ones(2, 1, 1, requires_grad=True)
    F.normalize(image, (0.0, 0.0), (2.0, 4.0)).sum().backward()
    assert image.grad.flatten().tolist() == [0.5, 0.25]


@pytest.mark.parametrize(
    ("tensor", "mean", "std", "kind", "match"),
    [
        (np.zeros((1, 2, 2)), [0], [1], TypeError, "Tensor Image. Got <class 'numpy.ndarray'>. Put ToTensor"),
        (mt.zeros(1, 2, 2, dtype=mt.uint8), [0], [1], TypeError, "should be a float tensor. Got torch.uint8"),
        (mt.zeros(2, 2), [0], [1], ValueError, r"to be a tensor image of size \(..., C, H, W\).*\(2, 2\)"),
        (mt.zeros(1, 2, 2), [0], [0], ValueError, "std evaluated to zero after conversion to torch.float32"),
        (mt.zeros(3, 2, 2), [0] * 3, [1, 0, 1], ValueError, "std evaluated to zero"),
        (mt.zeros(1, 2, 2), [0] * 3, [1], RuntimeError, "match the broadcast shape: mean has 3 numbers, the image 1"),
        (mt.zeros(3, 2, 2), [0], [1, 1], RuntimeError, "std has 2 numbers, the image 3 channels; give one for each"),
    ],
)  # fmt: skip
def test_normalize_refuses(tensor, mean, std, kind, match):
    with pytest.raises(kind, match=match):
        F.normalize(tensor, mean, std)


def test_compose_and_lambda():
    both = T.Compose([T.ToTensor(), T.Lambda(lambda x: x * 2), T.Normalize((1.0,), (2.0,))])
    found = both(PIXELS[:, :, 0])
    np.testing.assert_allclose(found.numpy()[0], PIXELS[:, :, 0] / 255 - 0.5, atol=1e-6)
    assert T.Compose([])(3) == 3
    with pytest.raises(TypeError, match="Argument lambd should be callable, got 'int'"):
        T.Lambda(3)


def test_reprs():
    composed = T.Compose([T.ToTensor(), T.Normalize((0.5,), (0.25,)), T.Lambda(abs)])
    assert repr(composed) == "Compose(\n    ToTensor()\n    Normalize(mean=(0.5,), std=(0.25,))\n    Lambda()\n)"
    assert repr(T.Compose([])) == "Compose(\n)"
    assert repr(T.ToPILImage()) == "ToPILImage()" and repr(T.ToPILImage("L")) == "ToPILImage(mode=L)"


DTYPES = ["uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64", "bool"]


# float16 ends before the integers' range does: between it and int32 or int64 there is nothing to agree on
PAIRS = [(a, b) for a in DTYPES for b in DTYPES if {a, b} not in ({"float16", "int32"}, {"float16", "int64"})]


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_convert_image_dtype(source, target):
    """All pairs of dtypes: torchvision's numbers, or its error."""
    numbers = np.linspace(0, 1, 20)
    if source not in ("float16", "float32", "float64", "bool"):
        numbers = numbers * float(np.iinfo(source).max) * 0.999
    array = (numbers > 0.5) if source == "bool" else numbers.astype(source)
    try:
        expected = theirs.convert_image_dtype(torch.tensor(array), getattr(torch, target)).numpy()
    except RuntimeError as error:
        with pytest.raises(RuntimeError, match=f"The cast from torch.{source} to torch.{target} cannot be performed"):
            F.convert_image_dtype(mt.tensor(array), getattr(mt, target))
        assert "cannot be performed safely" in str(error)
        return
    found = T.ConvertImageDtype(getattr(mt, target))(mt.tensor(array)).numpy()
    assert found.dtype == expected.dtype
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("name", [n for n in PICTURES if not isinstance(PICTURES[n], np.ndarray) and n != "I;16"])
def test_against_torchvision(name):
    """The references above are torchvision's own."""
    picture = PICTURES[name]
    np.testing.assert_array_equal(T.ToTensor()(picture).numpy(), theirs.to_tensor(picture).numpy())
    np.testing.assert_array_equal(T.PILToTensor()(picture).numpy(), theirs.pil_to_tensor(picture).numpy())
