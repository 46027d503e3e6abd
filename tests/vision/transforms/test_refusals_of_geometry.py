"""Arguments of turning, moving and distorting that are refused, as torchvision refuses them."""

import pytest

from tests.vision.transforms.refusals import PICTURE, check_refused_by_both

BOTH = {
    "rotate-angle": (lambda m: m.F.rotate(PICTURE, "3"), TypeError, "Argument angle should be int or float"),
    "rotate-center": (lambda m: m.F.rotate(PICTURE, 3, center=3), TypeError, "Argument center should be a sequence"),
    "rotate-mode": (lambda m: m.F.rotate(PICTURE, 3, "nearest"), TypeError, "Argument interpolation should be a"),
    "rotate-bicubic": (
        lambda m: m.F.rotate(m.zeros(3, 4, 4), 3, 3),
        ValueError,
        "Interpolation mode 'bicubic' is unsupported with Tensor input",
    ),
    "rotate-fill": (
        lambda m: m.F.rotate(m.zeros(3, 4, 4), 3, fill=[1, 2]),
        ValueError,
        "number of elements in 'fill' cannot broadcast",
    ),
    "rotate-no-image": (lambda m: m.F.rotate([1], 3), TypeError, "img should be PIL Image. Got <class 'list'>"),
    "affine-angle": (
        lambda m: m.F.affine(PICTURE, "3", [0, 0], 1, 0),
        TypeError,
        "Argument angle should be int or float",
    ),
    "affine-translate": (
        lambda m: m.F.affine(PICTURE, 3, 1, 1, 0),
        TypeError,
        "Argument translate should be a sequence",
    ),
    "affine-translate-3": (
        lambda m: m.F.affine(PICTURE, 3, [1], 1, 0),
        ValueError,
        "translate should be a sequence of length 2",
    ),
    "affine-scale": (lambda m: m.F.affine(PICTURE, 3, [0, 0], 0, 0), ValueError, "Argument scale should be positive"),
    "affine-shear": (
        lambda m: m.F.affine(PICTURE, 3, [0, 0], 1, "1"),
        TypeError,
        "Shear should be either a single value or",
    ),
    "affine-shear-3": (
        lambda m: m.F.affine(PICTURE, 3, [0, 0], 1, (1, 2, 3)),
        ValueError,
        "Shear should be a sequence containing two",
    ),
    "affine-center": (
        lambda m: m.F.affine(PICTURE, 3, [0, 0], 1, 0, center=1),
        TypeError,
        "Argument center should be a sequence",
    ),
    "perspective-3": (
        lambda m: m.F.perspective(PICTURE, [[0, 0]], [[0, 0]]),
        ValueError,
        "Please provide exactly four corners, got 1",
    ),
    "elastic": (lambda m: m.F.elastic_transform(PICTURE, None), TypeError, "Argument displacement should be a Tensor"),
    "elastic-no-image": (
        lambda m: m.F.elastic_transform("a", m.zeros(1)),
        TypeError,
        "img should be PIL Image or Tensor",
    ),
    "elastic-shape": (
        lambda m: m.F.elastic_transform(m.zeros(1, 3, 4), m.zeros(1, 2)),
        ValueError,
        r"displacement shape should be torch.Size\(\[1, 3, 4, 2\]\), but given torch.Size\(\[1, 2\]\)",
    ),
    "RandomRotation": (
        lambda m: m.T.RandomRotation(-1),
        ValueError,
        "If degrees is a single number, it must be positive",
    ),
    "RandomRotation-3": (
        lambda m: m.T.RandomRotation((1, 2, 3)),
        ValueError,
        "degrees should be a sequence of length 2",
    ),
    "RandomRotation-type": (lambda m: m.T.RandomRotation({1}), TypeError, "degrees should be a sequence of length 2"),
    "RandomRotation-fill": (
        lambda m: m.T.RandomRotation(1, fill={1}),
        TypeError,
        "Fill should be either a sequence or a number",
    ),
    "RandomRotation-center": (
        lambda m: m.T.RandomRotation(1, center=[1]),
        ValueError,
        "center should be a sequence of length 2",
    ),
    "RandomAffine-translate": (
        lambda m: m.T.RandomAffine(1, (2, 0)),
        ValueError,
        "translation values should be between 0 and 1",
    ),
    "RandomAffine-translate-3": (
        lambda m: m.T.RandomAffine(1, 0.1),
        TypeError,
        "translate should be a sequence of length 2",
    ),
    "RandomAffine-scale": (lambda m: m.T.RandomAffine(1, scale=(0, 1)), ValueError, "scale values should be positive"),
    "RandomAffine-shear": (
        lambda m: m.T.RandomAffine(1, shear=(0, 1, 2)),
        ValueError,
        "shear should be a sequence of length 2 or 4",
    ),
    "RandomAffine-center": (
        lambda m: m.T.RandomAffine(1, center=(0,)),
        ValueError,
        "center should be a sequence of length 2",
    ),
    "RandomPerspective": (
        lambda m: m.T.RandomPerspective(fill={1}),
        TypeError,
        "Fill should be either a sequence or a number",
    ),
    "ElasticTransform-alpha": (
        lambda m: m.T.ElasticTransform(3),
        TypeError,
        "alpha should be float or a sequence of floats",
    ),
    "ElasticTransform-alpha-3": (
        lambda m: m.T.ElasticTransform([3.0]),
        ValueError,
        "If alpha is a sequence its length should be 2",
    ),
    "ElasticTransform-alpha-int": (
        lambda m: m.T.ElasticTransform([3.0, 1]),
        TypeError,
        "alpha should be a sequence of floats",
    ),
    "ElasticTransform-sigma": (
        lambda m: m.T.ElasticTransform(sigma=3),
        TypeError,
        "sigma should be float or a sequence of floats",
    ),
    "ElasticTransform-fill": (
        lambda m: m.T.ElasticTransform(fill="1"),
        TypeError,
        "fill should be int or float or a list or tuple",
    ),
}


@pytest.mark.parametrize("name", BOTH)
def test_refused_by_both(name):
    check_refused_by_both(*BOTH[name])
