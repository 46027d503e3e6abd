"""MixUp and CutMix against torchvision.transforms.v2, under the same draws and by distribution."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats
import torch
from PIL import Image
from torchvision.transforms import v2

import minitorch_cv as mt
from minitorch_cv import nn
from minitorch_cv.utils.data import DataLoader, TensorDataset, default_collate
from minitorch_cv.vision import transforms
from minitorch_cv.vision.transforms import CutMix, MixUp
from tests.checks import normal, rng

IMAGES = normal(5, 3, 8, 6).astype(np.float32)
LABELS = np.array([0, 3, 1, 3, 2])
PROBABILITIES = rng().dirichlet(np.ones(4), 5).astype(np.float32)


def both(name, params, monkeypatch, **options):
    """The transforms of both libraries, which draw what they are told."""
    ours, theirs = {"MixUp": MixUp, "CutMix": CutMix}[name](**options), getattr(v2, name)(**options)
    monkeypatch.setattr(ours, "make_params", lambda images: params)
    monkeypatch.setattr(
        theirs,
        "make_params",
        lambda flat_inputs: {**params, "lam_adjusted": params["lam"]} if "box" in params else params,
    )
    return ours, theirs


def tensors(library, *arrays):
    """The arrays as tensors of a library."""
    return tuple(library.from_numpy(array.copy()) for array in arrays)


PARAMS = [
    ("MixUp", {"lam": 0.3}),
    ("MixUp", {"lam": 1.0}),
    ("CutMix", {"box": (1, 2, 4, 7), "lam": 1 - 15 / 48}),
    ("CutMix", {"box": (0, 0, 6, 8), "lam": 0.0}),
    ("CutMix", {"box": (3, 3, 3, 3), "lam": 1.0}),
]


@pytest.mark.parametrize("name, params", PARAMS, ids=str)
@pytest.mark.parametrize("labels, num_classes", [(LABELS, 4), (LABELS, 7), (PROBABILITIES, None), (PROBABILITIES, 4)])
def test_as_torchvision_with_the_same_draws(name, params, labels, num_classes, monkeypatch):
    ours, theirs = both(name, params, monkeypatch, num_classes=num_classes)
    given = tensors(mt, IMAGES, labels)
    found, expected = ours(*given), theirs(*tensors(torch, IMAGES, labels))
    for mine, reference in zip(found, expected, strict=True):
        assert str(mine.dtype) == str(reference.dtype)
        np.testing.assert_array_equal(mine.numpy(), reference.numpy())
    np.testing.assert_array_equal(given[0].numpy(), IMAGES)
    np.testing.assert_array_equal(given[1].numpy(), labels)


def test_channels_last_stays(monkeypatch):
    images = mt.from_numpy(np.ascontiguousarray(IMAGES.transpose(0, 2, 3, 1))).permute(0, 3, 1, 2)
    for name, params in PARAMS[1:3]:
        ours, theirs = both(name, params, monkeypatch, num_classes=4)
        found = ours(images, mt.from_numpy(LABELS))[0].array
        assert found.transpose(0, 2, 3, 1).flags.c_contiguous
        np.testing.assert_array_equal(found, theirs(*tensors(torch, IMAGES, LABELS))[0].numpy())


@pytest.mark.parametrize("name, params", [PARAMS[0], PARAMS[2]], ids=str)
@pytest.mark.parametrize(
    "structure",
    [
        lambda i, t: (i, t),
        lambda i, t: [i, t],
        lambda i, t: {"image": i, "labels": t},
        lambda i, t: {"image": i, "Some_Label": t, "name": "x"},
        lambda i, t: (i, {"labels": t, "other": [1, 2]}, "more"),
    ],
)
def test_structures_are_kept_as_torchvision_keeps_them(structure, name, params, monkeypatch):
    ours, theirs = both(name, params, monkeypatch, num_classes=4)
    found = ours(structure(*tensors(mt, IMAGES, LABELS)))
    expected = theirs(structure(*tensors(torch, IMAGES, LABELS)))

    def plain(value):
        if isinstance(value, dict):
            return {key: plain(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return type(value)(plain(item) for item in value)
        return value.tolist() if hasattr(value, "tolist") else value

    assert plain(found) == plain(expected)


def test_named_tuples_and_labels_elsewhere(monkeypatch):
    from collections import namedtuple

    Sample = namedtuple("Sample", "image extra target")
    ours, theirs = both(*PARAMS[0], monkeypatch, num_classes=4, labels_getter=lambda sample: sample.target)
    images, labels = tensors(mt, IMAGES, LABELS)
    found = ours(Sample(images, None, labels))
    expected = theirs(Sample(torch.from_numpy(IMAGES), None, torch.from_numpy(LABELS)))
    assert type(found) is Sample and found.extra is None
    np.testing.assert_array_equal(found.image.numpy(), expected.image.numpy())
    np.testing.assert_array_equal(found.target.numpy(), expected.target.numpy())


@pytest.mark.parametrize("alpha", [0.2, 1.0, 4.0])
def test_shares_are_beta_distributed(alpha):
    mt.manual_seed(0)
    mixup = MixUp(alpha=alpha, num_classes=2)
    shares = [mixup.make_params(None)["lam"] for _ in range(2000)]
    assert scipy.stats.kstest(shares, scipy.stats.beta(alpha, alpha).cdf).pvalue > 1e-3


@pytest.mark.parametrize("alpha", [0.3, 1.0])
def test_boxes_are_distributed_as_torchvisions(alpha):
    mt.manual_seed(0)
    torch.manual_seed(0)
    image = np.zeros((1, 1, 9, 14), np.float32)
    ours, theirs = CutMix(alpha=alpha, num_classes=2), v2.CutMix(alpha=alpha, num_classes=2)
    found = [ours.make_params(mt.from_numpy(image)) for _ in range(1500)]
    expected = [theirs.make_params([torch.from_numpy(image)]) for _ in range(1500)]
    for side in range(4):
        sides = [params["box"][side] for params in found], [params["box"][side] for params in expected]
        assert scipy.stats.ks_2samp(*sides).pvalue > 1e-3
    shares = [params["lam"] for params in found], [params["lam_adjusted"] for params in expected]
    assert scipy.stats.ks_2samp(*shares).pvalue > 1e-3
    for params in found:
        left, top, right, bottom = params["box"]
        assert 0 <= left <= right <= 14 and 0 <= top <= bottom <= 9
        assert params["lam"] == pytest.approx(1 - (right - left) * (bottom - top) / (14 * 9))


def test_the_same_seed_gives_the_same():
    given = tensors(mt, IMAGES, LABELS)
    for transform in (MixUp(num_classes=4), CutMix(num_classes=4)):
        mt.manual_seed(3)
        first, second = transform(*given)[1].tolist(), transform(*given)[1].tolist()
        mt.manual_seed(3)
        assert transform(*given)[1].tolist() == first != second


def test_workers_do_not_matter():
    mixes = [MixUp(alpha=0.5, num_classes=4), CutMix(num_classes=4)]
    dataset = TensorDataset(*tensors(mt, IMAGES, LABELS))

    def collate(batch):
        images, labels = default_collate(batch)
        return mixes[int(mt.randint(2, (1,)))](images, labels)

    def epoch(workers):
        mt.manual_seed(0)
        loader = DataLoader(dataset, 2, shuffle=True, num_workers=workers, collate_fn=collate)
        return [(images.numpy(), labels.numpy()) for _ in range(3) for images, labels in loader]

    alone = epoch(0)
    for workers in (1, 3):
        for found, expected in zip(epoch(workers), alone, strict=True):
            np.testing.assert_array_equal(found[0], expected[0])
            np.testing.assert_array_equal(found[1], expected[1])


def test_random_choice_chooses_between_both():
    from minitorch_cv.vision.transforms import RandomChoice

    mt.manual_seed(0)
    choose = RandomChoice([MixUp(num_classes=4), CutMix(num_classes=4)])
    images, labels = mt.stack([mt.zeros(1, 6, 6), mt.ones(1, 6, 6)]), mt.tensor([0, 1])
    kinds = set()
    for _ in range(20):
        mixed, soft = choose(images, labels)
        assert soft.shape == (2, 4)
        kinds.add(bool(set(mixed.reshape(-1).tolist()) <= {0.0, 1.0}))
    assert kinds == {True, False}


def test_cross_entropy_takes_the_labels(monkeypatch):
    ours, theirs = both(*PARAMS[0], monkeypatch, num_classes=4)
    logits = normal(5, 4).astype(np.float32)
    found = nn.CrossEntropyLoss()(mt.from_numpy(logits), ours(*tensors(mt, IMAGES, LABELS))[1])
    labels = theirs(*tensors(torch, IMAGES, LABELS))[1]
    assert found.item() == pytest.approx(torch.nn.CrossEntropyLoss()(torch.from_numpy(logits), labels).item(), rel=1e-6)


@pytest.mark.parametrize("options", [{}, {"alpha": 0.2, "num_classes": 10}])
def test_repr_and_base(options):
    for ours, theirs in ((MixUp, v2.MixUp), (CutMix, v2.CutMix)):
        assert repr(ours(**options)) == repr(theirs(**options))
        assert isinstance(ours(**options), nn.Module)


BATCH = tensors(mt, IMAGES, LABELS)
THEIRS = tensors(torch, IMAGES, LABELS)
WRONG = [
    (lambda i, t: (i[0], t), "Expected a batched input with 4 dims, but got 3 dimensions"),
    (lambda i, t: (i[:3], t), "batch size of the image or video does not match .* 3 != 5"),
    (lambda i, t: (i, t[:, None, None]), r"labels should be index based .* shape torch.Size\(\[5, 1, 1\]\)"),
    (lambda i, t: (i, t[:, None]), r"the number of elements in last dimension must match num_classes: 1 != 4"),
    (lambda i, t: (i, [0, 1, 2, 3, 0]), "the input passed to forward must be a dictionary or a two-tuple"),
    (lambda i, t: ({"image": i, "target": t},), "Could not infer where the labels are"),
]


@pytest.mark.parametrize("transform", ["MixUp", "CutMix"])
@pytest.mark.parametrize("change, message", WRONG, ids=[message[:30] for _, message in WRONG])
def test_wrong_input_as_torchvision(change, message, transform):
    for module, batch in ((transforms, BATCH), (v2, THEIRS)):
        with pytest.raises(ValueError, match=message):
            getattr(module, transform)(num_classes=4)(*change(*batch))


def test_own_errors():
    for transform in (MixUp, CutMix):
        with pytest.raises(ValueError, match="num_classes must be passed"):
            transform()(*BATCH)
        with pytest.raises(ValueError, match="alpha must be more than 0, got 0"):
            transform(alpha=0, num_classes=4)
        with pytest.raises(ValueError, match="labels_getter should either be 'default' or a callable, but got 3"):
            transform(labels_getter=3)
        with pytest.raises(ValueError, match="The labels must be a tensor, but got <class 'list'>"):
            transform(num_classes=4, labels_getter=lambda batch: [0])(*BATCH)
        with pytest.raises(ValueError, match="labels_getter gave a tensor that is not in the input"):
            transform(num_classes=4, labels_getter=lambda batch: batch[1] + 0)(*BATCH)
        with pytest.raises(ValueError, match=r"needs a tensor of images \(N, C, H, W\): put ToTensor\(\) before"):
            transform(num_classes=4)([Image.new("RGB", (3, 3))], BATCH[1])
    with pytest.raises(ValueError, match=r"MixUp\(\) needs images of a floating-point dtype, got torch.uint8"):
        MixUp(num_classes=4)(BATCH[0].to(mt.uint8), BATCH[1])
