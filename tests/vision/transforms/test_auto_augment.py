"""AutoAugment, RandAugment, TrivialAugmentWide and AugMix: torchvision's operations, strengths and policies."""

import numpy as np
import pytest
import torch
import torchvision.transforms as theirs
import torchvision.transforms.autoaugment as their_module
from scipy import stats

import minitorch_cv as mt
from minitorch_cv.vision import transforms as ours
from minitorch_cv.vision.transforms import aug_mix, auto_augment, draws
from minitorch_cv.vision.transforms import functional as F
from minitorch_cv.vision.transforms.augmentation_operations import OPERATIONS, SIGNED, strength
from tests.vision.transforms.pictures import ARRAYS, PIL_IMAGES, assert_same_pictures, assert_same_tensors

NEAREST, BILINEAR = ours.InterpolationMode.NEAREST, ours.InterpolationMode.BILINEAR
KINDS = {
    "AutoAugment": lambda bins: theirs.AutoAugment()._augmentation_space(bins, (23, 31)),
    "RandAugment": lambda bins: theirs.RandAugment()._augmentation_space(bins, (23, 31)),
    "TrivialAugmentWide": lambda bins: theirs.TrivialAugmentWide()._augmentation_space(bins),
    "AugMix": lambda bins: theirs.AugMix()._augmentation_space(bins, (23, 31)),
}
LIMITS = {"TrivialAugmentWide": auto_augment._WIDE_LIMITS, "AugMix": aug_mix._limits(mt.zeros(3, 23, 31))}


@pytest.mark.parametrize("bins", [10, 31, 7])
@pytest.mark.parametrize("kind", KINDS)
def test_strengths(kind, bins):
    space = KINDS[kind](bins)
    limits = LIMITS.get(kind) or auto_augment._limits(mt.zeros(3, 23, 31))
    left_out = {"AutoAugment": {"Identity"}, "AugMix": {"Identity", "Invert"}}.get(kind, {"Invert"})
    assert set(space) == set(OPERATIONS) - left_out
    for operation, (magnitudes, signed) in space.items():
        assert (operation in SIGNED) is signed
        for step in range(bins):
            expected = float(magnitudes[step]) if magnitudes.ndim else 0.0
            assert strength(operation, step, bins, limits) == expected, (operation, step)


@pytest.mark.parametrize("policy", list(ours.AutoAugmentPolicy))
def test_policies(policy):
    reference = theirs.AutoAugment(theirs.AutoAugmentPolicy(policy.value))
    assert ours.AutoAugment(policy).policies == reference.policies
    with pytest.raises(ValueError, match="The provided policy imagenet is not recognized"):
        ours.AutoAugment("imagenet")


MAGNITUDES = {"Posterize": 5.0, "Solarize": 120.0, "Rotate": -20.0, "TranslateX": -7.3, "TranslateY": 4.9}


@pytest.mark.parametrize("form", ["RGB", "L", "uint8"])
@pytest.mark.parametrize("mode", [NEAREST, BILINEAR])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_operations(operation, mode, form):
    magnitude = MAGNITUDES.get(operation, 0.27)
    their_mode = theirs.InterpolationMode(mode.value)
    if form in PIL_IMAGES:
        image, fill = PIL_IMAGES[form], 3
        found = OPERATIONS[operation](image, magnitude, mode, fill)
        assert_same_pictures(found, their_module._apply_op(image, operation, magnitude, their_mode, fill))
    else:
        fill = [1.0, 2.0, 3.0]
        found = OPERATIONS[operation](mt.tensor(ARRAYS[form]), magnitude, mode, fill)
        expected = their_module._apply_op(torch.tensor(ARRAYS[form]), operation, magnitude, their_mode, fill)
        assert_same_tensors(found, expected, levels=1)


@pytest.mark.parametrize("form", ["RGB", "uint8"])
@pytest.mark.parametrize("fill", [None, 3, [4.0, 5.0, 6.0]])
def test_auto_augment_with_the_same_draws(form, fill):
    mine, reference = ours.AutoAugment(fill=fill), theirs.AutoAugment(fill=fill)
    rng = np.random.default_rng(0)
    for which in range(25):
        chances, signs = rng.random(2).tolist(), rng.integers(0, 2, 2).tolist()
        mine.get_params = lambda n, w=which, c=chances, s=signs: (w, mt.tensor(c), mt.tensor(s))
        reference.get_params = lambda n, w=which, c=chances, s=signs: (w, torch.tensor(c), torch.tensor(s))
        if form == "RGB":
            assert_same_pictures(mine(PIL_IMAGES[form]), reference(PIL_IMAGES[form]))
        else:
            assert_same_tensors(mine(mt.tensor(ARRAYS[form])), reference(torch.tensor(ARRAYS[form])), levels=1)


@pytest.mark.parametrize("make", [ours.RandAugment, ours.TrivialAugmentWide], ids=["RandAugment", "TrivialAugmentWide"])
def test_all_operations_are_equally_likely_and_signs_too(make, monkeypatch):
    drawn = []
    for name in OPERATIONS:
        monkeypatch.setitem(OPERATIONS, name, lambda img, m, mode, fill, n=name: drawn.append((n, m)) or img)
    mt.manual_seed(0)
    transform = make()
    for _ in range(1400):
        transform(PIL_IMAGES["RGB"])
    names = sorted(set(OPERATIONS) - {"Invert"})
    counts = [sum(name == n for n, _ in drawn) for name in names]
    assert sum(counts) == len(drawn) == 1400 * (2 if make is ours.RandAugment else 1)
    assert stats.chisquare(counts).pvalue > 1e-3
    signs = [m > 0 for name, m in drawn if name in SIGNED and m]
    assert abs(np.mean(signs) - 0.5) < 4 * 0.5 / np.sqrt(len(signs))
    turns = {round(abs(m), 3) for name, m in drawn if name == "Rotate"}
    expected = theirs.RandAugment()._augmentation_space(31, (1, 1))["Rotate"][0][9].item()
    assert turns == {round(expected, 3)} if make is ours.RandAugment else len(turns) > 20


@pytest.mark.parametrize("form", ["RGB", "L", "uint8", "batch of uint8"])
def test_forms(form):
    """All three run on all forms, and change neither size nor type."""
    image = PIL_IMAGES[form] if form in PIL_IMAGES else mt.tensor(ARRAYS[form])
    mt.manual_seed(0)
    for transform in (
        ours.AutoAugment(),
        ours.RandAugment(3, interpolation=BILINEAR, fill=9),
        ours.TrivialAugmentWide(),
    ):
        for _ in range(6):
            found = transform(image)
            assert type(found) is type(image) or form in PIL_IMAGES
            assert ours.functional.get_dimensions(found) == ours.functional.get_dimensions(image)


@pytest.mark.parametrize("form", ["RGB", "L", "uint8", "batch of uint8"])
@pytest.mark.parametrize("kwargs", [{}, {"severity": 9, "chain_depth": 2, "all_ops": False, "fill": 5}])
def test_aug_mix_with_the_same_draws(form, kwargs, monkeypatch):
    mine, reference = ours.AugMix(**kwargs), theirs.AugMix(**kwargs)
    assert repr(mine) == repr(reference)
    for seed in range(4):
        drawn = {side: iter(np.random.default_rng(seed).integers(0, 1 << 20, 200)) for side in ("mine", "theirs")}
        shares = {side: np.random.default_rng(seed) for side in drawn}
        monkeypatch.setattr(draws, "integer", lambda low, high, d=drawn: low + int(next(d["mine"]) % (high - low)))
        monkeypatch.setattr(draws, "chance", lambda p, d=drawn: bool(next(d["mine"]) % 2))
        monkeypatch.setattr(aug_mix, "_shares", lambda a, k, n, s=shares: s["mine"].dirichlet([a] * k, n).astype("f4"))
        reference._sample_dirichlet = lambda p, s=shares: torch.tensor(
            s["theirs"].dirichlet(p[0].tolist(), len(p)).astype("f4")
        )

        def randint(*args, low=0, high=None, d=drawn, **_):
            high = args[0] if high is None else high
            return torch.tensor([low + int(next(d["theirs"]) % (high - low))])

        if form in PIL_IMAGES:
            found, image = mine(PIL_IMAGES[form]), PIL_IMAGES[form]
        else:
            found, image = mine(mt.tensor(ARRAYS[form])), torch.tensor(ARRAYS[form])
        with monkeypatch.context() as patch:
            patch.setattr(torch, "randint", randint)
            expected = reference(image)
        if form in PIL_IMAGES:
            found, expected = (
                F.pil_to_tensor(found),
                theirs.functional.pil_to_tensor(expected),
            )
        assert_same_tensors(found, expected, levels=1)
    assert next(drawn["mine"]) == next(drawn["theirs"])  # as many draws


def test_aug_mix_shares():
    """Beta and Dirichlet numbers; and the severity is checked."""
    mt.manual_seed(0)
    shares = aug_mix._shares(0.7, 3, 2000)
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-6)
    assert stats.kstest(shares[:, 1], stats.beta(0.7, 1.4).cdf).pvalue > 1e-3
    for T in (ours, theirs):
        with pytest.raises(ValueError, match=r"The severity must be between \[1, 10\]. Got 11 instead"):
            T.AugMix(11)
    mt.manual_seed(1)
    first = ours.AugMix()(PIL_IMAGES["RGB"])
    mt.manual_seed(1)
    assert_same_pictures(ours.AugMix()(PIL_IMAGES["RGB"]), first)
