"""The loading benchmark: both libraries load the same, and what is written by hand does what torchvision does."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import torchvision.transforms as tv
import torchvision.transforms.functional as tvf
from PIL import Image

from benchmarks.side_by_side import hand_transforms as hand
from benchmarks.side_by_side.images import choose_files, made_up, prepare_images
from benchmarks.side_by_side.loading import Loading, Transforms
from benchmarks.side_by_side.loading_cases import CASES, PIPELINES
from benchmarks.side_by_side.network import OURS
from benchmarks.side_by_side.options import RESULTS, read_options

PICTURES = [made_up(32, seed) for seed in range(3)]


@pytest.fixture(autouse=True)
def _threads_as_found():
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def files(tmp_path, monkeypatch):
    """A few synthetic images of each kind."""
    for name, pipeline in PIPELINES.items():
        monkeypatch.setitem(PIPELINES, name, replace(pipeline, count=6, batch=4))
    found, told = prepare_images(tmp_path, None)
    assert "synthetic" in told and [len(paths) for paths in found.values()] == [1, 6, 6]
    return found


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if not case.random])
def test_what_is_not_random_is_as_torchvision_has_it(name):
    case = CASES[name]
    for picture in PICTURES:
        image = tvf.to_tensor(picture) if case.of_tensors else picture
        found, expected = case.build(hand)(image), case.build(tv)(image)
        np.testing.assert_array_equal(np.asarray(found), np.asarray(expected))


def test_crops_by_hand_are_parts_of_the_padded_image():
    picture = PICTURES[0]
    padded = np.asarray(tvf.pad(picture, 4))
    windows = {padded[i : i + 32, j : j + 32].tobytes() for i in range(9) for j in range(9)}
    random.seed(0)
    made = {np.asarray(hand.RandomCrop(32, padding=4)(picture)).tobytes() for _ in range(50)}
    assert len(made) > 20 and made <= windows
    images = np.stack([np.asarray(picture)] * 50)
    torch.manual_seed(0)
    batch = hand.Batches(4, (0.0, 0.0, 0.0), (1.0, 1.0, 1.0))(images).mul(255).round().to(torch.uint8)
    mirrored = 0
    for image in batch.permute(0, 2, 3, 1).numpy():
        flipped = np.ascontiguousarray(image[:, ::-1])
        assert image.tobytes() in windows or flipped.tobytes() in windows
        mirrored += flipped.tobytes() in windows
    assert 10 < mirrored < 40


def test_colours_by_hand(monkeypatch):
    monkeypatch.setattr(random, "uniform", lambda low, high: high)
    monkeypatch.setattr(random, "sample", lambda steps, count: steps)
    for picture in PICTURES:
        found = hand.ColorJitter(0.4, 0.3, 0.2, 0.1)(picture)
        expected = tvf.adjust_saturation(tvf.adjust_contrast(tvf.adjust_brightness(picture, 1.4), 1.3), 1.2)
        np.testing.assert_array_equal(np.asarray(found), np.asarray(tvf.adjust_hue(expected, 0.1)))


def test_other_random_transforms_by_hand():
    random.seed(0)
    picture = PICTURES[0]
    turned = hand.RandomHorizontalFlip()
    assert {np.asarray(turned(picture)).tobytes() for _ in range(20)} == {
        np.asarray(image).tobytes() for image in (picture, tvf.hflip(picture))
    }
    assert hand.RandomResizedCrop(20)(picture).size == (20, 20)
    assert hand.RandomResizedCrop(20, scale=(5, 5))(picture).size == (20, 20)  # no box fits: the centre
    assert np.asarray(hand.RandomRotation(15)(picture)).shape == (32, 32, 3)
    ones = torch.ones(3, 32, 32)
    shares = [1 - hand.RandomErasing()(ones).mean().item() for _ in range(40)]
    assert 10 < sum(share > 0 for share in shares) < 30 and max(shares) < 0.35 and ones.min() == 1


@pytest.mark.parametrize("name", CASES)
def test_every_transform_is_timed(name, files):
    ours, theirs = (Transforms(library, files) for library in (OURS, "torch"))
    for job in (ours, theirs):
        assert len(job.time_case(name, 2)) == 2
    if not CASES[name].random:
        np.testing.assert_allclose(ours.results(name), theirs.results(name), rtol=1e-6)


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("pipeline", PIPELINES)
def test_pipelines_load_the_same(pipeline, workers, files):
    ours = Loading(OURS, pipeline, files, workers)
    assert len(ours.time_steps(2)) == 2
    found, expected = ours.summary(), Loading("torch", pipeline, files, 0).summary()
    assert found["shape"] == expected["shape"]
    assert found["mean"] == pytest.approx(expected["mean"], abs=0.4)  # of six images, augmented


def test_files_are_chosen_from_all_over(tmp_path):
    for i in range(10):
        Image.new("L", (2, 2)).save(tmp_path / f"{i}.png")
    assert choose_files(tmp_path, "*.png", 2) == [str(tmp_path / "0.png"), str(tmp_path / "5.png")]
    with pytest.raises(FileNotFoundError, match=r"\*\.png: 10 files, expected at least 11"):
        choose_files(tmp_path, "*.png", 11)


def test_the_folder_of_data(monkeypatch, tmp_path):
    for argv, variable, expected in (
        (["--data", "here"], str(tmp_path), Path("here")),
        ([], str(tmp_path), tmp_path),
        ([], "", None),
    ):
        monkeypatch.setattr("sys.argv", ["loading.py", *argv])
        monkeypatch.setenv("MINITORCH_CV_DATA", variable)
        options = read_options("Doc.", "parts", ["a"], modes=(), data=True)
        assert options.data == expected and options.out == RESULTS
