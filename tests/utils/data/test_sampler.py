"""Samplers against torch's: what they give, how often, and what they refuse. The random numbers are NumPy's."""

import numpy as np
import pytest
import torch
import torch.utils.data as theirs

import minitorch_cv as mt
from minitorch_cv.utils import data as ours
from tests.utils.data.checks import raises_alike


def seeded(seed=0):
    return mt.Generator().manual_seed(seed)


def test_sequential_sampler():
    assert list(ours.SequentialSampler("abc")) == [0, 1, 2] and len(ours.SequentialSampler("abc")) == 3


def test_random_sampler_permutes_anew_each_time():
    sampler = ours.RandomSampler(range(50), generator=seeded())
    first, second = list(sampler), list(sampler)
    assert sorted(first) == sorted(second) == list(range(50)) and first != second
    assert list(ours.RandomSampler(range(50), generator=seeded())) == first
    assert len(sampler) == 50


@pytest.mark.parametrize("num_samples", [1, 7, 10, 11, 25, 70])
@pytest.mark.parametrize("replacement", [False, True])
def test_random_sampler_gives_as_many_as_asked(num_samples, replacement):
    found = list(ours.RandomSampler(range(10), replacement, num_samples, seeded()))
    reference = list(theirs.RandomSampler(range(10), replacement, num_samples))
    assert len(found) == len(reference) == num_samples
    counts = np.bincount(found, minlength=10)
    if not replacement:  # every index as often as any other, but for the last, incomplete pass
        assert counts.max() - counts.min() <= 1
    assert len(counts) == 10


def test_random_sampler_with_replacement_is_uniform():
    counts = np.bincount(list(ours.RandomSampler(range(5), True, 5000, seeded())), minlength=5)
    assert np.all(abs(counts - 1000) < 5 * np.sqrt(800))  # five standard deviations


def test_random_samplers_without_generator_follow_manual_seed():
    samplers = [
        ours.RandomSampler(range(20)),
        ours.RandomSampler(range(20), True),
        ours.SubsetRandomSampler(range(20)),
        ours.WeightedRandomSampler([1.0] * 20, 20),
    ]
    for sampler in samplers:
        mt.manual_seed(5)
        first = list(sampler)
        second = list(sampler)
        mt.manual_seed(5)
        assert list(sampler) == first != second


def test_random_sampler_follows_a_dataset_that_grows():
    values = [1, 2]
    sampler = ours.RandomSampler(values)
    values.append(3)
    assert len(sampler) == 3 and sorted(sampler) == [0, 1, 2]


def test_subset_random_sampler():
    sampler = ours.SubsetRandomSampler([3, 5, 9], seeded())
    assert sorted(sampler) == [3, 5, 9] and len(sampler) == 3
    orders = {tuple(sampler) for _ in range(40)}
    assert len(orders) == 6


def test_weighted_sampler_draws_in_proportion():
    weights = [0.0, 1.0, 3.0, 0.0, 6.0, 0.0]
    counts = np.bincount(list(ours.WeightedRandomSampler(weights, 10000, generator=seeded())), minlength=6)
    assert counts[0] == counts[3] == counts[5] == 0
    expected = 10000 * np.array(weights) / 10
    assert np.all(abs(counts - expected) <= 5 * np.sqrt(expected))


def test_weighted_sampler_without_replacement_draws_each_once_and_heavy_ones_first():
    weights = np.array([1.0, 0.0, 2.0, 7.0])
    draws = [list(ours.WeightedRandomSampler(weights, 3, False, seeded(seed))) for seed in range(600)]
    assert all(sorted(draw) == [0, 2, 3] for draw in draws)
    firsts = np.bincount([draw[0] for draw in draws], minlength=4)
    expected = 600 * weights / 10
    assert np.all(abs(firsts - expected) <= 5 * np.sqrt(expected))
    seconds = np.bincount([draw[1] for draw in draws if draw[0] == 3], minlength=4)  # 0 or 2, one to two
    assert abs(seconds[2] - 2 * seconds[0]) < 5 * np.sqrt(2 * seconds.sum())


def test_weighted_sampler_without_replacement_takes_weights_of_0_last():
    for seed in range(10):
        for module, generator in ((ours, seeded(seed)), (theirs, torch.Generator().manual_seed(seed))):
            assert next(iter(module.WeightedRandomSampler([0.0, 1.0, 0.0], 3, False, generator))) == 1


def test_weighted_sampler_keeps_weights_in_float64():
    for weights in ([1, 2], np.array([1.0, 2.0], np.float32), mt.tensor([1.0, 2.0])):
        sampler = ours.WeightedRandomSampler(weights, 1)
        assert sampler.weights.dtype is mt.float64 and sampler.weights.tolist() == [1.0, 2.0]
        assert len(sampler) == 1


@pytest.mark.parametrize("drop_last", [False, True])
@pytest.mark.parametrize(("length", "size"), [(10, 3), (9, 3), (2, 3), (0, 3), (5, 1), (5, 5)])
def test_batch_sampler(length, size, drop_last):
    found = ours.BatchSampler(ours.SequentialSampler(range(length)), size, drop_last)
    reference = theirs.BatchSampler(theirs.SequentialSampler(range(length)), size, drop_last)
    assert list(found) == list(reference)
    assert len(found) == len(reference) == len(list(found))


def test_batch_sampler_of_any_iterable():
    assert list(ours.BatchSampler("abc", 2, False)) == [["a", "b"], ["c"]]


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda m: m.RandomSampler([1], replacement=1), "replacement should be a boolean value, but got replacement=1"),
        (lambda m: m.RandomSampler([1], num_samples=0), "num_samples should be a positive integer value"),
        (lambda m: m.RandomSampler([1], num_samples=1.5), "num_samples should be a positive integer value"),
        (lambda m: m.RandomSampler([]), "num_samples should be a positive integer value, but got num_samples=0"),
        (lambda m: m.WeightedRandomSampler([1], 0), "num_samples should be a positive integer value"),
        (lambda m: m.WeightedRandomSampler([1], True), "num_samples should be a positive integer value"),
        (lambda m: m.WeightedRandomSampler([1], 1, replacement=1), "replacement should be a boolean value"),
        (lambda m: m.WeightedRandomSampler([[1.0]], 1), r"weights should be a 1d sequence .* shape \(1, 1\)"),
        (lambda m: list(m.WeightedRandomSampler([1, -1], 1)), "contains either `inf`, `nan` or element < 0"),
        (lambda m: list(m.WeightedRandomSampler([1, np.nan], 1)), "contains either `inf`, `nan` or element < 0"),
        (lambda m: list(m.WeightedRandomSampler([1, np.inf], 1)), "contains either `inf`, `nan` or element < 0"),
        (lambda m: list(m.WeightedRandomSampler([0, 0], 1)), r"invalid multinomial distribution \(sum of prob"),
        (lambda m: list(m.WeightedRandomSampler([1, 1], 3, False)), "cannot sample n_sample > prob_dist.size"),
        (lambda m: list(m.RandomSampler([1], generator=3)), "argument 'generator' must be Generator, not int"),
        (lambda m: list(m.SubsetRandomSampler([1], 3)), "argument 'generator' must be Generator, not int"),
        (lambda m: list(m.WeightedRandomSampler([1], 1, True, 3)), "argument 'generator' must be Generator, not int"),
        (lambda m: m.random_split([1], [1], 3), "argument 'generator' must be Generator, not int"),
        (lambda m: list(m.DataLoader([1], generator=3)), "argument 'generator' must be Generator, not int"),
        (lambda m: m.BatchSampler([1], 0, False), "batch_size should be a positive integer value"),
        (lambda m: m.BatchSampler([1], True, False), "batch_size should be a positive integer value"),
        (lambda m: m.BatchSampler([1], 1.5, False), "batch_size should be a positive integer value"),
        (lambda m: m.BatchSampler([1], 1, 0), "drop_last should be a boolean value, but got drop_last=0"),
        (lambda m: iter(m.Sampler()), "^$"),
    ],
)
def test_errors_are_torchs(make, match):
    raises_alike(lambda: make(ours), lambda: make(theirs), match)
