"""What transforms draw: within torchvision's bounds, and distributed as there."""

import numpy as np
import pytest
import torch
import torchvision.transforms as theirs
from scipy import stats

import minitorch_cv as mt
from minitorch_cv.vision import transforms as ours
from minitorch_cv.vision.transforms import draws

N = 1000
IMAGE = (3, 40, 60)


def flat(params):
    """The numbers of what get_params gives."""
    if isinstance(params, (mt.Tensor, torch.Tensor)):
        return [float(v) for v in params.flatten()[:4].tolist()]
    if isinstance(params, (tuple, list)):
        return [number for part in params for number in flat(part)]
    return [np.nan if params is None else float(params)]


CASES = {
    "RandomCrop": lambda T, image: T.RandomCrop.get_params(image, (10, 20)),
    "RandomCrop of all": lambda T, image: T.RandomCrop.get_params(image, (40, 60)),
    "RandomResizedCrop": lambda T, image: T.RandomResizedCrop.get_params(image, (0.08, 1.0), (3 / 4, 4 / 3)),
    "RandomResizedCrop, wide": lambda T, image: T.RandomResizedCrop.get_params(image, [0.9, 1.0], [1.0, 5.0]),
    "RandomErasing": lambda T, image: T.RandomErasing.get_params(image, (0.02, 0.33), (0.3, 3.3), [0.5, 1.0, 2.0])[:4],
    "RandomErasing, large": lambda T, image: T.RandomErasing.get_params(image, (0.8, 1), (0.5, 2.0), [0.0])[:4],
    "RandomErasing's noise": lambda T, image: T.RandomErasing.get_params(image, (0.1, 0.2), (1, 1), None)[4],
    "RandomRotation": lambda T, image: T.RandomRotation.get_params([-10, 30]),
    "RandomAffine": lambda T, image: T.RandomAffine.get_params((-5, 7), (0.1, 0.3), (0.5, 2), (1, 2, 3, 4), [60, 40]),
    "RandomAffine, nothing": lambda T, image: T.RandomAffine.get_params((3, 3), None, None, None, [60, 40]),
    "RandomPerspective": lambda T, image: T.RandomPerspective.get_params(60, 40, 0.5),
    "GaussianBlur": lambda T, image: T.GaussianBlur.get_params(0.1, 2.0),
    "ColorJitter": lambda T, image: T.ColorJitter.get_params((0.5, 1.5), None, (0, 1), (-0.1, 0.2)),
    "ElasticTransform": lambda T, image: T.ElasticTransform.get_params([30.0, 50.0], [0.5, 0.5], [5, 6]),
    "ElasticTransform, rough": lambda T, image: T.ElasticTransform.get_params([30.0, 50.0], [0.0, 0.0], [5, 6]),
    "AutoAugment": lambda T, image: T.AutoAugment.get_params(25),
}


@pytest.mark.parametrize("name", CASES)
def test_distribution(name):
    mt.manual_seed(1)
    torch.manual_seed(1)
    count = 100 if name.startswith("ElasticTransform") else N
    found = np.array([flat(CASES[name](ours, mt.zeros(*IMAGE))) for _ in range(count)])
    reference = np.array([flat(CASES[name](theirs, torch.zeros(*IMAGE))) for _ in range(count)])
    assert found.shape == reference.shape
    for mine, expected in zip(found.T, reference.T):
        if np.isnan(expected).all():
            assert np.isnan(mine).all()
            continue
        low, high = expected.min(), expected.max()
        slack = 0.02 * (high - low) + (1 if (expected == np.rint(expected)).all() and high - low > 4 else 0)
        if "noise" not in name and "Elastic" not in name:
            assert low - slack <= mine.min() and mine.max() <= high + slack
        assert stats.ks_2samp(mine, expected).pvalue > 1e-3


def test_bounds_are_reached_and_kept():
    mt.manual_seed(0)
    image = mt.zeros(1, 5, 4)
    tops, lefts = zip(*(ours.RandomCrop.get_params(image, (3, 3))[:2] for _ in range(200)))
    assert set(tops) == {0, 1, 2} and set(lefts) == {0, 1}
    drawn = [draws.uniform(-1, 2) for _ in range(2000)]
    assert -1 <= min(drawn) < -0.98 and 1.98 < max(drawn) < 2
    assert stats.kstest(drawn, stats.uniform(-1, 3).cdf).pvalue > 1e-3
    numbers = np.bincount([draws.integer(2, 7) for _ in range(2000)])
    assert numbers[:2].sum() == 0 and stats.chisquare(numbers[2:]).pvalue > 1e-3


SOMETIMES = ["HorizontalFlip", "VerticalFlip", "Grayscale", "Invert", "Autocontrast", "Equalize", "Perspective"]


@pytest.mark.parametrize("name", SOMETIMES)
def test_probability(name):
    mt.manual_seed(0)
    transform = getattr(ours, f"Random{name}")(p=0.3)
    transform.transformed = lambda img: None
    share = np.mean([transform(1) is None for _ in range(3000)])
    assert abs(share - 0.3) < 4 * np.sqrt(0.3 * 0.7 / 3000)


def test_probability_of_containers():
    mt.manual_seed(0)
    apply = ours.RandomApply([lambda x: x + 1, lambda x: x + 1], 0.3)
    assert abs(np.mean([apply(0) for _ in range(3000)]) / 2 - 0.3) < 4 * np.sqrt(0.3 * 0.7 / 3000)
    pick = [lambda x, i=i: i for i in range(3)]
    counts = np.bincount([ours.RandomChoice(pick, [1, 0, 3])(0) for _ in range(2000)], minlength=3)
    assert counts[1] == 0 and stats.chisquare(counts[[0, 2]], [500, 1500]).pvalue > 1e-3
    counts = np.bincount([ours.RandomChoice(pick)(0) for _ in range(2000)], minlength=3)
    assert stats.chisquare(counts).pvalue > 1e-3
    digits = ours.RandomOrder([lambda x, i=i: x * 10 + i for i in range(3)])
    orders, counts = np.unique([digits(0) for _ in range(2000)], return_counts=True)
    assert len(orders) == 6 and stats.chisquare(counts).pvalue > 1e-3


def test_the_same_seed_gives_the_same_draws():
    jitter = ours.Compose(
        [ours.ColorJitter(0.5, 0.5, 0.5, 0.2), ours.RandomAffine(20), ours.RandomErasing(1, value="random")]
    )
    image = mt.rand(3, 12, 12)
    first, second, other = (mt.manual_seed(s) and jitter(image).numpy() for s in (4, 4, 5))
    assert np.array_equal(first, second) and not np.array_equal(first, other)


def test_erasing_nothing_that_fits():
    """A rectangle as large as the image is never erased: the image stays as it is."""
    image = mt.rand(3, 6, 6)
    erased = ours.RandomErasing(1.0, scale=(1, 1), ratio=(1, 1))(image)
    assert np.array_equal(erased.numpy(), image.numpy())


def test_a_range_upside_down():
    for T in (ours, theirs):
        with pytest.raises(RuntimeError, match=r"uniform_ expects to return a \[from, to\) range, but found from=1"):
            T.GaussianBlur.get_params(1.5, 0.5)
        with pytest.warns(UserWarning, match=r"Scale and ratio should be of kind \(min, max\)"):
            T.RandomResizedCrop(3, (1, 0.5))
        with pytest.warns(UserWarning, match=r"Scale and ratio should be of kind \(min, max\)"):
            T.RandomErasing(ratio=(2, 1))
