"""Datasets and random_split against torch's."""

import numpy as np
import pytest
import torch
import torch.utils.data as theirs

import minitorch_cv as mt
from minitorch_cv.utils import data as ours
from tests.utils.data.checks import listed, raises_alike, stream_of


def test_tensor_dataset_gives_rows():
    a, b = np.arange(12.0).reshape(4, 3), np.arange(4)
    found = ours.TensorDataset(mt.tensor(a), mt.tensor(b))
    reference = theirs.TensorDataset(torch.tensor(a), torch.tensor(b))
    assert len(found) == len(reference) == 4
    for index in (0, 3, -1, slice(1, 3)):
        for mine, other in zip(found[index], reference[index], strict=True):
            np.testing.assert_array_equal(mine.numpy(), other.numpy())


def test_tensor_dataset_of_tensors_of_other_lengths():
    raises_alike(
        lambda: ours.TensorDataset(mt.zeros(3), mt.zeros(2)),
        lambda: theirs.TensorDataset(torch.zeros(3), torch.zeros(2)),
        r"Size mismatch between tensors: their first dimensions are \[3, 2\]",
    )


def test_tensor_dataset_of_arrays():
    with pytest.raises(TypeError, match="argument 1 must be a Tensor, but got ndarray; convert it with as_tensor"):
        ours.TensorDataset(mt.zeros(3), np.zeros(3))


@pytest.mark.parametrize("module", [ours, theirs], ids=["ours", "torch"])
def test_subset_concat_stack_and_sums(module):
    first, second = listed(module, "abc"), listed(module, "de")
    assert [module.Subset(first, [2, 0])[i] for i in range(2)] == ["c", "a"]
    assert module.Subset(first, [2, 0]).__getitems__([1, 0]) == ["a", "c"]
    assert len(module.Subset(first, [2, 0])) == 2

    joined = first + second + first
    assert isinstance(joined, module.ConcatDataset) and len(joined) == 8
    assert "".join(joined[i] for i in range(8)) == "abcdeabc"
    assert [joined[-8], joined[-1]] == ["a", "c"]
    assert joined.cumulative_sizes == [5, 8]
    assert module.ConcatDataset.cumsum([first, second]) == [3, 5]

    pair = module.StackDataset(first, listed(module, "xyz"))
    assert pair[1] == ("b", "y") and len(pair) == 3
    assert pair.__getitems__([2, 0]) == [("c", "z"), ("a", "x")]
    named = module.StackDataset(left=first, right=listed(module, "xyz"))
    assert named[1] == {"left": "b", "right": "y"}
    assert named.__getitems__([2]) == [{"left": "c", "right": "z"}]


@pytest.mark.parametrize("module", [ours, theirs], ids=["ours", "torch"])
def test_batches_are_asked_for_at_once_where_the_dataset_can(module):
    class Batched(module.Dataset):
        def __getitems__(self, indices):
            return [10 * i for i in indices]

        def __getitem__(self, index):
            raise AssertionError("not one by one")

        def __len__(self):
            return 5

    assert module.Subset(Batched(), [4, 3]).__getitems__([0, 1]) == [40, 30]
    assert module.StackDataset(Batched(), listed(module, "abcde")).__getitems__([1, 2]) == [(10, "b"), (20, "c")]
    assert module.StackDataset(x=Batched()).__getitems__([1]) == [{"x": 10}]
    assert next(iter(module.DataLoader(Batched(), 2))).tolist() == [0, 10]
    assert next(iter(module.DataLoader(module.Subset(Batched(), [3, 1]), 2))).tolist() == [30, 10]


def test_subset_of_a_list_of_indices_asks_the_dataset_for_that_list():
    rows = mt.arange(6).reshape(3, 2)
    assert ours.Subset(rows, [2, 0, 1])[[0, 1]].tolist() == [[4, 5], [0, 1]]


@pytest.mark.parametrize("keywords", [False, True])
def test_stack_dataset_whose_part_gives_too_few(keywords):
    class Short(ours.Dataset):
        def __getitems__(self, indices):
            return []

        def __len__(self):
            return 3

    stacked = ours.StackDataset(x=Short()) if keywords else ours.StackDataset(Short())
    with pytest.raises(ValueError, match=r"Nested dataset's output size mismatch\. Expected 2, got 0"):
        stacked.__getitems__([0, 1])


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda m: m.ConcatDataset([]), "datasets should not be an empty iterable"),
        (lambda m: m.ConcatDataset([stream_of(m, [1])]), "ConcatDataset does not support IterableDataset"),
        (lambda m: m.ConcatDataset([listed(m, "ab")])[-3], "absolute value of index should not exceed dataset length"),
        (lambda m: m.ConcatDataset([listed(m, "ab")])[2], "out of range"),
        (lambda m: m.StackDataset(), "At least one dataset should be passed"),
        (lambda m: m.StackDataset(listed(m, "ab"), x=listed(m, "ab")), "but both types are given"),
        (lambda m: m.StackDataset(listed(m, "ab"), listed(m, "abc")), "Size mismatch between datasets"),
        (lambda m: m.StackDataset(x=listed(m, "ab"), y=listed(m, "abc")), "Size mismatch between datasets"),
        (lambda m: list(m.ChainDataset([listed(m, "ab")])), "ChainDataset only supports IterableDataset"),
        (lambda m: len(m.ChainDataset([listed(m, "ab")])), "ChainDataset only supports IterableDataset"),
        (lambda m: len(m.ChainDataset([stream_of(m, "ab", length=False)])), "len"),
        (lambda m: m.Dataset()[0], "Subclasses of Dataset should implement __getitem__"),
        (lambda m: m.IterableDataset(), "abstract"),
        (lambda m: m.random_split(range(5), [2, 2]), "Sum of input lengths does not equal the length"),
        (lambda m: m.random_split(range(5), [1.5, -0.5]), "Fraction at index 0 is not between 0 and 1"),
        (lambda m: m.random_split(range(5), [0.5, 0.4]), "Sum of input lengths does not equal the length"),
    ],
)
def test_errors_are_torchs(make, match):
    raises_alike(lambda: make(ours), lambda: make(theirs), match)


def test_subset_that_overrides_only_one_of_its_two_methods():
    def subclass(module):
        class Doubled(module.Subset):
            def __getitem__(self, idx):
                return 2 * super().__getitem__(idx)

        return Doubled(range(3), [0, 1])

    raises_alike(lambda: subclass(ours), lambda: subclass(theirs), "overrides __getitem__ but not __getitems__")


def test_chain_dataset():
    chained = stream_of(ours, "ab") + stream_of(ours, "c")
    assert isinstance(chained, ours.ChainDataset)
    assert list(chained) == ["a", "b", "c"] and len(chained) == 3


def test_datasets_can_be_subscripted_for_annotations():
    assert ours.Dataset[int] and ours.DataLoader[int] and ours.Sampler[int]


@pytest.mark.parametrize(
    "lengths", [[7, 3], [10], [0.5, 0.5], [0.3, 0.3, 0.4], [0.33, 0.33, 0.34], [1.0], [0.15, 0.85], [1, 0, 9]]
)
def test_random_split_has_torchs_sizes_and_parts_that_do_not_overlap(lengths):
    found = ours.random_split(range(10), lengths, generator=mt.Generator().manual_seed(1))
    reference = theirs.random_split(range(10), lengths)
    assert [len(part) for part in found] == [len(part) for part in reference]
    assert sorted(i for part in found for i in part.indices) == list(range(10))
    again = ours.random_split(range(10), lengths, generator=mt.Generator().manual_seed(1))
    assert [part.indices for part in found] == [part.indices for part in again]


def test_random_split_follows_manual_seed():
    def split(seed):
        mt.manual_seed(seed)
        return ours.random_split(range(20), [0.5, 0.5])[0].indices

    assert split(3) == split(3) != split(4)


def test_random_split_warns_of_an_empty_part():
    for module in (ours, theirs):
        with pytest.warns(UserWarning, match="Length of split at index 1 is 0. This might result in an empty dataset."):
            parts = module.random_split(range(3), [1.0, 0.0])
        assert [len(part) for part in parts] == [3, 0]
