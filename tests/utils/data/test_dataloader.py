"""DataLoader against torch's: batches, lengths, options and errors, in one thread and with workers."""

import re
import sys
import traceback
import warnings

import numpy as np
import pytest
import torch
import torch.utils.data as theirs

import minitorch_cv as mt
from minitorch_cv.utils import data as ours
from tests.utils.data.checks import listed, plain, raises_alike, stream_of

WORKERS = [0, 1, 3]


def batches(loader):
    return [plain(batch) for batch in loader]


def pairs(m, n=10):
    return (ours if m is mt else theirs).TensorDataset(m.arange(n), m.arange(n) * 2.0)


@pytest.mark.parametrize("workers", WORKERS)
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"batch_size": 3},
        {"batch_size": 3, "drop_last": True},
        {"batch_size": 20},
        {"batch_size": None},
        {"sampler": [3, 1, 4, 1]},
        {"sampler": [3, 1, 4, 1], "batch_size": 3},
        {"sampler": [3, 1], "batch_size": None},
        {"batch_sampler": [[0, 1], [5], (2, 3, 4)]},
        {"collate_fn": len, "batch_size": 4},
        {"collate_fn": len, "batch_size": None},
        {"shuffle": False},
    ],
    ids=str,
)
def test_batches_are_torchs(options, workers):
    found = ours.DataLoader(pairs(mt), num_workers=workers, **options)
    reference = theirs.DataLoader(pairs(torch), **options)
    assert batches(found) == batches(reference)
    assert len(found) == len(reference)
    assert len(iter(found)) == len(reference)
    assert batches(found) == batches(reference)  # again: a loader may be used for any number of epochs


@pytest.mark.parametrize("workers", WORKERS)
def test_any_sequence_is_a_dataset(workers):
    assert batches(ours.DataLoader([5, 6, 7], 2, num_workers=workers)) == [("int64", [5, 6]), ("int64", [7])]
    rows = ours.DataLoader(np.arange(6.0).reshape(3, 2), 3, num_workers=workers)
    assert batches(rows) == [("float64", [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]])]
    keys = ours.DataLoader({"a": 1, "b": 2}, sampler=["b", "a"], batch_size=2, num_workers=workers)
    assert batches(keys) == [("int64", [2, 1])]


@pytest.mark.parametrize("workers", WORKERS)
@pytest.mark.parametrize("batch_size", [1, 4, None])
@pytest.mark.parametrize("drop_last", [False, True])
def test_streams_are_torchs(workers, batch_size, drop_last):
    if drop_last and batch_size is None:
        return
    options = {"batch_size": batch_size, "drop_last": drop_last}
    found = ours.DataLoader(stream_of(ours, range(10)), num_workers=min(workers, 1), **options)
    reference = theirs.DataLoader(stream_of(theirs, range(10)), **options)
    assert batches(found) == batches(reference)
    assert len(found) == len(reference)


@pytest.mark.parametrize("workers", [1, 2, 3, 5])
@pytest.mark.parametrize("batch_size", [1, 2])
def test_streams_are_shared_among_workers_as_in_torch(workers, batch_size):
    """Worker k streams its share (shares of different lengths); batches come in turn from those that have more."""

    class Share(ours.IterableDataset):
        def __iter__(self):
            info = ours.get_worker_info()
            return iter(range(info.id, 11, info.num_workers))

    shares = [list(range(worker, 11, workers)) for worker in range(workers)]
    queues = [[s[i : i + batch_size] for i in range(0, len(s), batch_size)] for s in shares]
    expected = []
    while any(queues):
        expected += [queue.pop(0) for queue in queues if queue]
    found = [batch.tolist() for batch in ours.DataLoader(Share(), batch_size, num_workers=workers)]
    assert found == expected


def test_worker_init_fn_may_change_its_workers_copy_of_the_dataset():
    class Numbers(ours.IterableDataset):
        def __init__(self):
            self.start, self.end = 3, 7

        def __iter__(self):
            return iter(range(self.start, self.end))

    def share(worker):
        info = ours.get_worker_info()
        assert info.id == worker and info.num_workers == 2 and info.worker_method == "thread"
        half = (info.dataset.end - info.dataset.start) // 2
        info.dataset.start += worker * half
        info.dataset.end = info.dataset.start + half

    dataset = Numbers()
    loader = ours.DataLoader(dataset, num_workers=2, worker_init_fn=share)
    assert [batch.item() for batch in loader] == [3, 5, 4, 6]
    assert (dataset.start, dataset.end) == (3, 7)
    assert [batch.item() for batch in loader] == [3, 5, 4, 6]
    assert ours.get_worker_info() is None


def test_seeds_of_workers_follow_the_generator():
    class Seeds(ours.Dataset):
        def __getitem__(self, index):
            return ours.get_worker_info().seed

        def __len__(self):
            return 4

    def seeds():
        loader = ours.DataLoader(Seeds(), num_workers=2, generator=mt.Generator().manual_seed(1))
        return [batch.item() for batch in loader]

    first = seeds()
    assert first == seeds() and first[1] == first[0] + 1 and first[2:] == first[:2]


def test_an_endless_stream_and_an_endless_sampler():
    class Endless(ours.IterableDataset):
        def __iter__(self):
            number = 0
            while True:
                yield number
                number += 1

    def endless():
        while True:
            yield 7

    for workers in WORKERS:
        iterator = iter(ours.DataLoader(Endless(), 2, num_workers=min(workers, 1)))
        assert [next(iterator).tolist() for _ in range(3)] == [[0, 1], [2, 3], [4, 5]]
        iterator = iter(ours.DataLoader(range(10), 2, sampler=endless(), num_workers=workers))
        assert [next(iterator).tolist() for _ in range(3)] == [[7, 7]] * 3


@pytest.mark.parametrize("workers", WORKERS)
def test_a_stream_longer_than_it_said_warns(workers):
    class Liar(ours.IterableDataset):
        def __iter__(self):
            return iter(range(3))

        def __len__(self):
            return 1

    loader = ours.DataLoader(Liar(), num_workers=min(workers, 1))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(list(loader)) == 3  # nobody asked for the length
    assert len(loader) == 1
    with pytest.warns(UserWarning, match="Length of IterableDataset .* was reported to be 1 .*but 2 samples"):
        found = iter(loader)
        assert [next(found).item() for _ in range(2)] == [0, 1]


@pytest.mark.parametrize("workers", WORKERS)
def test_shuffling_gives_each_once_in_a_new_order(workers):
    loader = ours.DataLoader(range(40), 7, shuffle=True, num_workers=workers)
    epochs = [[i for batch in loader for i in batch.tolist()] for _ in range(2)]
    assert all(sorted(epoch) == list(range(40)) for epoch in epochs)
    assert epochs[0] != epochs[1]


def test_a_seeded_generator_makes_epochs_repeatable_for_any_number_of_workers():
    def epochs(workers, seed=3):
        generator = mt.Generator().manual_seed(seed)
        loader = ours.DataLoader(range(30), 4, shuffle=True, num_workers=workers, generator=generator)
        return [batches(loader) for _ in range(3)]

    first = epochs(0)
    assert first[0] != first[1] != first[2]
    assert first == epochs(0) == epochs(1) == epochs(4) != epochs(0, seed=4)


@pytest.mark.parametrize("workers", WORKERS)
def test_manual_seed_makes_epochs_repeatable(workers):
    def epoch():
        mt.manual_seed(8)
        return batches(ours.DataLoader(range(30), 4, shuffle=True, num_workers=workers))

    assert epoch() == epoch()


@pytest.mark.parametrize(
    "options",
    [
        {"num_workers": -1},
        {"timeout": -1},
        {"prefetch_factor": 2},
        {"num_workers": 1, "prefetch_factor": -1},
        {"persistent_workers": True},
        {"multiprocessing_context": "fork"},
        {"num_workers": 1, "multiprocessing_context": "flying"},
        {"shuffle": True, "sampler": [1]},
        {"batch_sampler": [[1]], "batch_size": 2},
        {"batch_sampler": [[1]], "shuffle": True},
        {"batch_sampler": [[1]], "sampler": [1]},
        {"batch_sampler": [[1]], "drop_last": True},
        {"batch_size": None, "drop_last": True},
        {"batch_size": 0},
        {"batch_size": 1.5},
        {"drop_last": 1},
    ],
    ids=str,
)
def test_options_are_refused_as_in_torch(options):
    words = "|".join([*options, *(name.replace("_", ".") for name in options)])
    raises_alike(
        lambda: ours.DataLoader(range(4), **options), lambda: theirs.DataLoader(range(4), **options), f"({words})"
    )


@pytest.mark.parametrize("options", [{"shuffle": True}, {"sampler": [1]}, {"batch_sampler": [[1]]}], ids=str)
def test_streams_refuse_samplers_as_in_torch(options):
    (name,) = options
    raises_alike(
        lambda: ours.DataLoader(stream_of(ours, "ab"), **options),
        lambda: theirs.DataLoader(stream_of(theirs, "ab"), **options),
        f"DataLoader with IterableDataset: expected unspecified {name} option, but got {name}=",
    )


def test_shuffling_nothing_is_refused_as_in_torch():
    raises_alike(
        lambda: ours.DataLoader([], shuffle=True),
        lambda: theirs.DataLoader([], shuffle=True),
        "num_samples should be a positive integer value, but got num_samples=0",
    )
    assert list(ours.DataLoader([])) == [] and len(ours.DataLoader([])) == 0


def test_the_length_over_a_stream_without_length_is_refused_as_in_torch():
    raises_alike(
        lambda: len(ours.DataLoader(stream_of(ours, "ab", length=False))),
        lambda: len(theirs.DataLoader(stream_of(theirs, "ab", length=False))),
        "has no len",
    )


def test_a_timeout_needs_workers_as_in_torch():
    raises_alike(
        lambda: iter(ours.DataLoader([1], timeout=1)),
        lambda: iter(theirs.DataLoader([1], timeout=1)),
        "requires timeout == 0, but got timeout=1",
    )


def test_options_that_only_this_library_refuses():
    with pytest.raises(
        ValueError, match=r"multiprocessing_context='spawn' is not supported: .* threads, .*leave it None"
    ):
        ours.DataLoader([1], num_workers=1, multiprocessing_context="spawn")
    with pytest.raises(ValueError, match="prefetch_factor=0 would load nothing"):  # torch gives no batches at all
        ours.DataLoader([1], num_workers=1, prefetch_factor=0)
    with pytest.raises(TypeError, match=r"num_workers should be an integer, but got num_workers=1\.5"):
        ours.DataLoader([1], num_workers=1.5)


@pytest.mark.parametrize(
    "name", ["batch_size", "batch_sampler", "sampler", "drop_last", "dataset", "persistent_workers"]
)
def test_attributes_that_are_fixed_as_in_torch(name):
    def change(module):
        setattr(module.DataLoader([1, 2]), name, None)

    raises_alike(lambda: change(ours), lambda: change(theirs), f"{name} attribute should not be set after DataLoader")


def test_attributes_are_torchs():
    names = ["batch_size", "drop_last", "num_workers", "prefetch_factor", "timeout", "pin_memory", "persistent_workers"]
    names += ["worker_init_fn", "generator", "pin_memory_device", "in_order", "multiprocessing_context"]
    for options in ({}, {"num_workers": 1}, {"batch_sampler": [[1]]}, {"batch_size": None}):
        found, reference = ours.DataLoader([1], **options), theirs.DataLoader([1], **options)
        assert {n: getattr(found, n) for n in names} == {n: getattr(reference, n) for n in names}
        assert type(found.sampler).__name__ == type(reference.sampler).__name__
        assert found.collate_fn.__name__ == reference.collate_fn.__name__
    assert isinstance(ours.DataLoader([1]).batch_sampler, ours.BatchSampler)
    assert ours.DataLoader([1], batch_size=None).batch_sampler is None


def test_pinning_warns_as_in_torch_and_does_nothing():
    for module in (ours, theirs):
        with pytest.warns(UserWarning, match="'pin_memory' argument is set as true but no accelerator is found"):
            assert [b.tolist() for b in module.DataLoader([1, 2], pin_memory=True)] == [[1], [2]]
        with pytest.warns(UserWarning, match="pin_memory_device is deprecated"):
            with pytest.warns(UserWarning, match="no accelerator is found"):
                iter(module.DataLoader([1, 2], pin_memory=True, pin_memory_device="cuda"))


@pytest.mark.parametrize("workers", WORKERS)
def test_errors_name_the_item(workers):
    def load(index):
        if index == 6:
            raise ValueError("the picture is torn")
        return index

    class Torn(ours.Dataset):
        def __getitem__(self, index):
            return load(index)

        def __len__(self):
            return 10

    for dataset, options in [(Torn(), {}), (ours.Subset(Torn(), range(10)), {}), (Torn(), {"batch_size": None})]:
        loader = ours.DataLoader(dataset, **{"batch_size": 2, "num_workers": workers, **options})
        with pytest.raises(ValueError, match="the picture is torn") as found:
            list(loader)
        original = found.value
        if workers:
            whole = r"Caught ValueError in DataLoader worker thread \d, loading item 6: the picture is torn"
            assert re.fullmatch(whole, str(found.value))
            original = found.value.__cause__
        else:
            assert told(original, workers) == "DataLoader: loading item 6"
        assert type(original) is ValueError and str(original) == "the picture is torn"
        frames = traceback.extract_tb(original.__traceback__)
        assert frames[-1].name == "load"  # the original traceback is shown


@pytest.mark.parametrize("workers", WORKERS)
def test_after_an_error_the_loop_can_go_on_as_in_torch(workers):
    class Sevens(ours.Dataset):
        def __getitem__(self, index):
            if index == 2:
                raise KeyError("seven")
            return index

        def __len__(self):
            return 5

    iterator = iter(ours.DataLoader(Sevens(), num_workers=workers))
    assert [next(iterator).item() for _ in range(2)] == [0, 1]
    with pytest.raises(KeyError) as found:
        next(iterator)
    assert "loading item 2: 'seven'" in str(found.value) if workers else found.value.args == ("seven",)
    assert [batch.item() for batch in iterator] == [3, 4]


def told(error, workers):
    """Where the error was: in the message of a worker's, in a note to one of the loop's own thread."""
    if not workers and sys.version_info < (3, 11):
        pytest.skip("notes are of Python 3.11")
    return str(error) if workers else "\n".join(error.__notes__)


class Odd(Exception):
    """Cannot be made from a message."""

    def __init__(self, code, place):
        super().__init__(f"{code} at {place}")


@pytest.mark.parametrize("workers", WORKERS)
@pytest.mark.parametrize(
    ("make", "kind", "match"),
    [
        (
            lambda: FileNotFoundError(2, "No such file", "a.png"),
            FileNotFoundError,
            r"\[Errno 2\] No such file: 'a.png'",
        ),
        (lambda: KeyError("a\nb"), KeyError, r"a.*b"),
        (lambda: Odd(3, "x"), (Odd, RuntimeError), "3 at x"),
        (lambda: StopIteration(), RuntimeError, "Caught StopIteration .*item 0"),  # torch ends the loop without a word
        (lambda: SystemExit(3), SystemExit, "3"),
        (lambda: KeyboardInterrupt("now"), KeyboardInterrupt, "^now$"),
    ],
)
def test_errors_keep_their_type_where_that_can_be(make, kind, match, workers):
    class Failing(ours.Dataset):
        def __getitem__(self, index):
            raise make()

        def __len__(self):
            return 1

    with pytest.raises(kind, match=match) as found:
        list(ours.DataLoader(Failing(), num_workers=workers))
    if workers == 0 and kind is FileNotFoundError:
        assert (found.value.errno, found.value.filename) == (2, "a.png")  # it is the error itself
    if kind == (Odd, RuntimeError):
        assert type(found.value) is (RuntimeError if workers else Odd)


@pytest.mark.parametrize("workers", WORKERS)
def test_samples_of_other_shapes_are_named(workers):
    dataset = listed(ours, [mt.zeros(1, 4 + (i == 6)) for i in range(9)])
    loader = ours.DataLoader(dataset, batch_sampler=[[1, 3, 6, 7]], num_workers=workers)
    match = (
        r"default_collate: stack expects each tensor to be equal size, but got \[1, 4\] at entry 0 and \[1, 5\] at "
        r"entry 2; bring them to one size"
    )
    with pytest.raises(RuntimeError, match=match) as found:
        list(loader)
    where = "collating items 1, 3, 6, 7 (entry 0 is item 1, entry 2 is item 6)"
    assert where in told(found.value, workers)


@pytest.mark.parametrize("workers", WORKERS)
def test_long_batches_are_named_in_short(workers):
    def refuse(samples):
        raise ValueError("no")

    with pytest.raises(ValueError, match="no") as found:
        list(ours.DataLoader(range(12), 12, collate_fn=refuse, num_workers=workers))
    assert "collating items 0, 1, 2, 3, 4, 5, 6, 7, ... (12 items)" in told(found.value, workers)


@pytest.mark.parametrize("workers", [0, 1])
def test_errors_of_streams_and_of_batched_datasets(workers):
    class Stream(ours.IterableDataset):
        def __iter__(self):
            yield 1
            raise OSError("the line is dead")

    with pytest.raises(OSError, match="the line is dead") as found:
        list(ours.DataLoader(Stream(), 2, num_workers=workers))
    assert "loading item 1 of the stream" in told(found.value, workers)

    class Closed(ours.IterableDataset):
        def __iter__(self):
            raise OSError("closed")

    with pytest.raises(OSError, match="closed") as found:
        list(ours.DataLoader(Closed(), num_workers=workers))
    assert "starting the stream" in told(found.value, workers)
    with pytest.raises(TypeError, match="default_collate: batch must contain") as found:
        list(ours.DataLoader(stream_of(ours, [None, None]), 2, num_workers=workers))
    assert "collating items 0, 1 of the stream" in told(found.value, workers)

    class Batched(ours.Dataset):
        def __getitems__(self, indices):
            raise OSError("unplugged")

        def __len__(self):
            return 2

    with pytest.raises(OSError, match="unplugged") as found:
        list(ours.DataLoader(Batched(), 2, num_workers=workers))
    assert "loading items 0, 1" in told(found.value, workers)
