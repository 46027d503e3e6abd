"""vision.io: images as tensors, beside Pillow."""

import inspect

import numpy as np
import pytest
import torchvision.io as theirs
from PIL import Image

import minitorch_cv as mt
from minitorch_cv.vision import io
from tests.vision.datasets.fixtures import picture

PIXELS = picture(3, 1, (6, 8))
IMAGES = {
    "RGB": Image.fromarray(PIXELS),
    "L": Image.fromarray(PIXELS[:, :, 0]),
    "LA": Image.fromarray(PIXELS[:, :, :2], "LA"),
    "RGBA": Image.fromarray(np.concatenate([PIXELS, PIXELS[:, :, :1]], axis=2), "RGBA"),
    "P": Image.fromarray(PIXELS).convert("P"),
    "1": Image.fromarray(PIXELS).convert("1"),
}
MODES = {"UNCHANGED": None, "GRAY": "L", "GRAY_ALPHA": "LA", "RGB": "RGB", "RGB_ALPHA": "RGBA", "rgb": "RGB"}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", IMAGES)
def test_reading(tmp_path, kind, mode):
    IMAGES[kind].save(tmp_path / "a.png")
    expected = IMAGES[kind].convert(MODES[mode] or {"P": "RGB", "1": "RGB"}.get(kind, kind))
    pixels = np.asarray(expected)
    pixels = pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1)
    for read in (io.read_image(tmp_path / "a.png", mode), io.decode_image(str(tmp_path / "a.png"), mode)):
        assert read.dtype is mt.uint8 and tuple(read.shape) == pixels.shape
        np.testing.assert_array_equal(read.numpy(), pixels)
    data = mt.tensor(np.frombuffer((tmp_path / "a.png").read_bytes(), np.uint8).copy())
    assert mt.equal(io.decode_image(data, io.ImageReadMode.UNCHANGED), io.read_image(tmp_path / "a.png"))


def test_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    IMAGES["RGB"].save(tmp_path / "a.jpg", exif=exif)
    assert io.read_image(tmp_path / "a.jpg").shape == (3, 6, 8)
    assert io.read_image(tmp_path / "a.jpg", apply_exif_orientation=True).shape == (3, 8, 6)


def test_writing(tmp_path):
    image = mt.tensor(PIXELS.transpose(2, 0, 1).copy())
    io.write_png(image, tmp_path / "a.png", compression_level=9)
    io.write_png(image[:1], str(tmp_path / "grey.png"))
    io.write_jpeg(image, tmp_path / "a.jpg", quality=95)
    assert mt.equal(io.read_image(tmp_path / "a.png"), image)
    assert mt.equal(io.read_image(tmp_path / "grey.png"), image[:1])
    assert (io.read_image(tmp_path / "a.jpg").float() - image.float()).abs().mean() < 10


@pytest.mark.parametrize("name", ["decode_image", "read_image", "write_png", "write_jpeg"])
def test_signatures_are_torchvisions(name):
    shapes = [inspect.signature(getattr(m, name)).parameters for m in (io, theirs)]
    assert list(shapes[0]) == list(shapes[1])
    defaults = [[getattr(p.default, "name", p.default) for p in shape.values()] for shape in shapes]
    assert defaults[0] == defaults[1]
    assert set(io.ImageReadMode.__members__) == set(theirs.ImageReadMode.__members__)


def test_errors(tmp_path):
    (tmp_path / "a.png").write_bytes(b"no image")
    with pytest.raises(OSError, match="cannot identify image file"):
        io.read_image(tmp_path / "a.png")
    with pytest.raises(FileNotFoundError, match=r"none\.png"):
        io.read_image(tmp_path / "none.png")
    with pytest.raises(ValueError, match="mode 'BLUE' is not one of UNCHANGED, GRAY"):
        io.read_image(tmp_path / "a.png", "BLUE")
    with pytest.raises(ValueError, match=r"decode_image: expected bytes, \(N,\) uint8, got \(2,\) torch.float32"):
        io.decode_image(mt.ones(2))
    with pytest.raises(ValueError, match=r"write_png: expected \(1 or 3, H, W\) uint8, got \(2, 4, 4\) torch.uint8"):
        io.write_png(mt.ones(2, 4, 4, dtype=mt.uint8), tmp_path / "b.png")
    with pytest.raises(AttributeError, match="has no attribute 'opss'; it has datasets, io, models"):
        mt.vision.opss
