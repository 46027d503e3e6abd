"""predict with an image: its most probable classes, printed and returned, from all kinds of images."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

import minitorch_cv as mt
from minitorch_cv import nn
from minitorch_cv.training import predict
from minitorch_cv.vision.models.imagenet_classes import IMAGENET_CLASSES
from minitorch_cv.vision.transforms import Compose, Resize, ToTensor
from minitorch_cv.vision.transforms.presets import ImageClassification
from tests.checks import check_error

PIXELS = np.random.default_rng(0).integers(0, 256, (20, 24, 3), dtype=np.uint8)
CLASSES = ["cat", "dog", "owl"]


class Means(nn.Module):
    """Scores from the means of the three channels; remembers what it was given, and in which mode it was."""

    def __init__(self, classes):
        super().__init__()
        self.head = nn.Linear(3, classes)
        self.dropout = nn.Dropout(0.9)

    def forward(self, x):
        self.given, self.mode = x, self.training
        return self.dropout(self.head(x.mean((2, 3))))


@pytest.fixture
def model():
    mt.manual_seed(0)
    return Means(3)


@pytest.fixture
def imagenet():
    mt.manual_seed(0)
    return Means(1000)


def expected_of(model, inputs):
    """Probabilities by PyTorch of an input (C, H, W)."""
    weight, bias, means = (
        torch.tensor(each.detach().numpy()) for each in (*model.head.parameters(), inputs.mean((1, 2)))
    )
    return (weight @ means + bias).softmax(0)


def test_the_most_probable_classes_are_printed_and_returned(imagenet, capsys):
    inputs = mt.randn(3, 5, 6)
    found = predict(imagenet, inputs)
    expected = expected_of(imagenet, inputs).topk(5)
    assert [each.number for each in found] == expected.indices.tolist()
    np.testing.assert_allclose([each.probability for each in found], expected.values, rtol=1e-5)
    assert [each.name for each in found] == [IMAGENET_CLASSES[number] for number in expected.indices]
    lines = [f"{each.probability:8.2%}  {each.name}" for each in found]
    assert capsys.readouterr().out.splitlines() == lines
    assert imagenet.training and not imagenet.mode and not imagenet.given.requires_grad


def test_an_image_of_any_kind_is_prepared_as_imagenets(imagenet, tmp_path, capsys):
    path = tmp_path / "owl.png"
    image = Image.fromarray(PIXELS)
    image.save(path)
    expected = ImageClassification(crop_size=224)(image).numpy()
    for given in (path, str(path), image, PIXELS, image.convert("RGBA")):
        predict(imagenet, given)
        np.testing.assert_array_equal(imagenet.given.numpy(), expected[None])
    assert [line for line in capsys.readouterr().out.splitlines() if "%" not in line] == ["owl.png"] * 2
    predict(imagenet, mt.tensor(PIXELS.transpose(2, 0, 1).copy()))  # bytes: an image, too
    assert imagenet.given.shape == (1, 3, 224, 224) and imagenet.given.dtype is mt.float32


def test_a_model_of_other_classes(model, capsys):
    transform = Compose([Resize(8), ToTensor()])
    found = predict(model, Image.fromarray(PIXELS), classes=CLASSES, transform=transform)
    assert sorted(each.name for each in found) == CLASSES and model.given.shape == (1, 3, 8, 9)
    assert sum(each.probability for each in found) == pytest.approx(1)
    best = predict(model, transform(Image.fromarray(PIXELS)).unsqueeze(0), topk=1)
    assert best == [(found[0].number, f"class {found[0].number}", found[0].probability)]
    assert capsys.readouterr().out.endswith(f"  class {found[0].number}\n")


def test_a_transform_is_applied_to_tensors_too(model):
    predict(model, mt.ones(3, 4, 4), transform=lambda image: image * 2)
    assert (model.given.numpy() == 2).all()


@pytest.mark.parametrize(
    ("error", "match", "image", "settings"),
    [
        (ValueError, "Means does not end in ImageNet's 1000 classes, .*give transform=", Image.fromarray(PIXELS), {}),
        (ValueError, "2 names of classes for a model with 3 classes", mt.zeros(3, 4, 4), {"classes": ["a", "b"]}),
        (ValueError, "topk=0; expected 1 or more", mt.zeros(3, 4, 4), {"topk": 0}),
        (ValueError, r"got shape \(2, 3, 4, 4\); for several, give a DataLoader", mt.zeros(2, 3, 4, 4), {}),
        (ValueError, r"expected one image .*got shape \(4, 4\)", mt.zeros(4, 4), {}),
        (TypeError, "a transform that gives a tensor, got Image; add ToTensor", PIXELS, {"transform": Resize(3)}),
        (TypeError, "classes, transform and topk are for a single image", [], {"classes": CLASSES}),
        (TypeError, "classes, transform and topk are for a single image", [], {"topk": 3}),
        (FileNotFoundError, "nowhere.png", "nowhere.png", {}),
    ],
)
def test_errors(error, match, image, settings, model):
    check_error(error, match, predict, model, image, **settings)


def test_models_that_give_no_scores_of_classes():
    match = r"expected scores of shape \(1, classes\) for an image, the model gave "
    check_error(ValueError, match + r"\(1, 3, 4, 4\)", predict, nn.Identity(), mt.zeros(3, 4, 4))
    check_error(ValueError, "Identity does not end in ImageNet's", predict, nn.Identity(), PIXELS)

    class Pair(nn.Module):
        def forward(self, x):
            return x, x

    check_error(ValueError, match + "tuple", predict, Pair(), mt.zeros(3, 4, 4))
