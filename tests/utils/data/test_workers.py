"""Workers: that they load ahead, do not change what is drawn, and end whenever the loop does."""

import contextlib
import gc
import signal
import subprocess
import sys
import textwrap
import threading
import time

import pytest

import minitorch_cv as mt
from minitorch_cv.types.random_source import current_source
from minitorch_cv.utils import data as ours
from minitorch_cv.utils.data.worker import end_all

WORKERS = [0, 1, 2, 5]
PATIENCE = 20  # seconds after which a test takes something for hung


earlier = set()  # workers of other tests, whose errors may keep them


def workers_alive():
    return {thread for thread in threading.enumerate() if thread.name.startswith("DataLoader worker")} - earlier


def assert_workers_end():
    deadline = time.monotonic() + PATIENCE
    while workers_alive():
        assert time.monotonic() < deadline, "workers are still there"
        time.sleep(0.005)


@pytest.fixture(autouse=True)
def no_thread_is_left():
    earlier.update(workers_alive())
    yield
    gc.collect()
    assert_workers_end()


class Noisy(ours.Dataset):
    """Every sample is its index and a random number, as a random transform would draw it."""

    def __init__(self, length=12):
        self.length = length

    def __getitem__(self, index):
        time.sleep(0.001 * (index % 3))  # so that workers overtake one another
        return index, mt.rand(1).item(), mt.randn(2)

    def __len__(self):
        return self.length


def drawn(workers, seed=5, **options):
    generator = mt.Generator().manual_seed(seed)
    loader = ours.DataLoader(Noisy(), num_workers=workers, generator=generator, **{"batch_size": 4, **options})
    return [[[column.tolist() for column in batch] for batch in loader] for _ in range(2)]


@pytest.mark.parametrize("options", [{}, {"shuffle": True}, {"persistent_workers": True}], ids=str)
def test_what_is_drawn_does_not_depend_on_the_workers(options):
    one_thread = {name: value for name, value in options.items() if name != "persistent_workers"}
    expected = drawn(0, **one_thread)
    assert expected[0] != expected[1], "each epoch draws anew"
    values = [value for batch in expected[0] for value in batch[1]]
    assert len(set(values)) == len(values), "each sample draws its own"
    for workers in WORKERS[1:]:
        assert drawn(workers, **options) == expected
    assert drawn(0, seed=6, **one_thread) != expected


def test_what_is_drawn_does_not_depend_on_the_size_of_the_batches():
    def values(**options):
        return [value for batch in drawn(2, **options)[0] for value in batch[1]]

    assert values(batch_size=4) == values(batch_size=5) == values(batch_size=4, prefetch_factor=1)


def test_an_index_that_comes_twice_in_an_epoch_draws_twice():
    loader = ours.DataLoader(Noisy(), 4, sampler=[3, 3, 3, 3], num_workers=2)
    (batch,) = list(loader)
    assert batch[0].tolist() == [3, 3, 3, 3] and len(set(batch[1].tolist())) == 4


def test_parts_of_a_random_split_draw_for_each_sample():
    part, _ = ours.random_split(Noisy(), [0.5, 0.5])
    for workers in (0, 2):
        values = [value for batch in ours.DataLoader(part, 3, num_workers=workers) for value in batch[1].tolist()]
        assert len(set(values)) == 6


@pytest.mark.parametrize("workers", WORKERS)
def test_collating_draws_the_same_for_any_number_of_workers(workers):
    def mix(samples):
        return mt.rand(1).item(), samples

    def epoch(workers):
        generator = mt.Generator().manual_seed(1)
        return list(ours.DataLoader(range(9), 2, collate_fn=mix, num_workers=workers, generator=generator))

    mixed = epoch(workers)
    assert mixed == epoch(0) and len({value for value, _ in mixed}) == 5


def test_batched_datasets_draw_the_same_for_any_number_of_workers():
    class Batched(ours.Dataset):
        def __getitems__(self, indices):
            return [(index, mt.rand(1).item()) for index in indices]

        def __len__(self):
            return 8

    def epoch(workers):
        loader = ours.DataLoader(Batched(), 4, num_workers=workers, generator=mt.Generator().manual_seed(1))
        return [[column.tolist() for column in batch] for batch in loader]

    first = epoch(0)
    assert first == epoch(1) == epoch(3) and len({value for batch in first for value in batch[1]}) == 8


def test_streams_draw_from_one_source_a_worker():
    class Stream(ours.IterableDataset):
        def __iter__(self):
            return (mt.rand(1).item() for _ in range(4))

    def epoch(workers):
        generator = mt.Generator().manual_seed(1)
        return [batch.item() for batch in ours.DataLoader(Stream(), num_workers=workers, generator=generator)]

    assert epoch(0) == epoch(1) and len(set(epoch(0))) == 4
    assert len(set(epoch(2))) == 8 and set(epoch(0)) < set(epoch(2)), "a second worker draws others"


@pytest.mark.parametrize("workers", WORKERS)
def test_a_dataset_may_seed_its_samples(workers):
    class Seeded(ours.Dataset):
        def __getitem__(self, index):
            mt.manual_seed(index // 2)
            return mt.rand(1).item()

        def __len__(self):
            return 6

    values = [batch.item() for batch in ours.DataLoader(Seeded(), num_workers=workers)]
    expected = [mt.rand(1, generator=mt.Generator().manual_seed(seed)).item() for seed in range(3)]
    assert values[::2] == values[1::2] == expected


def test_the_users_own_source_is_left_alone():
    mt.manual_seed(3)
    next(iter(ours.DataLoader([1])))
    after = mt.rand(1).item()
    mt.manual_seed(3)
    list(ours.DataLoader(Noisy()))
    assert mt.rand(1).item() == after  # an epoch takes one seed, whatever its samples draw
    source = current_source()
    for _ in ours.DataLoader(Noisy(2)):
        assert current_source() is source


def test_workers_load_ahead_by_prefetch_factor_and_no_further():
    asked = []

    class Watched(ours.Dataset):
        def __getitem__(self, index):
            asked.append(index)
            return index

        def __len__(self):
            return 100

    iterator = iter(ours.DataLoader(Watched(), num_workers=2, prefetch_factor=3))
    deadline = time.monotonic() + PATIENCE
    while len(asked) < 6 and time.monotonic() < deadline:
        time.sleep(0.005)
    time.sleep(0.05)
    assert sorted(asked) == list(range(6))
    next(iterator)
    while len(asked) < 7 and time.monotonic() < deadline:
        time.sleep(0.005)
    time.sleep(0.05)
    assert sorted(asked) == list(range(7))


def test_workers_work_at_the_same_time():
    meeting = threading.Barrier(3, timeout=PATIENCE)

    class Meeting(ours.Dataset):
        def __getitem__(self, index):
            meeting.wait()
            return index

        def __len__(self):
            return 6

    assert len(list(ours.DataLoader(Meeting(), num_workers=3))) == 6


class FirstIsSlow(ours.Dataset):
    """Sample 0 waits until sample 5 has been loaded."""

    def __init__(self):
        self.release = threading.Event()

    def __getitem__(self, index):
        if index == 0:
            assert self.release.wait(PATIENCE)
        if index == 5:
            self.release.set()
        return index

    def __len__(self):
        return 8


def test_order_is_kept_unless_it_need_not_be():
    in_order = [batch.item() for batch in ours.DataLoader(FirstIsSlow(), num_workers=2, prefetch_factor=4)]
    assert in_order == list(range(8))
    as_ready = [
        batch.item() for batch in ours.DataLoader(FirstIsSlow(), num_workers=2, prefetch_factor=2, in_order=False)
    ]
    assert sorted(as_ready) == list(range(8)) and as_ready.index(5) < as_ready.index(0)


def test_in_order_off_over_streams():
    class Share(ours.IterableDataset):
        def __iter__(self):
            info = ours.get_worker_info()
            return iter(range(info.id, 11, info.num_workers))

    found = [batch.item() for batch in ours.DataLoader(Share(), num_workers=3, in_order=False)]
    assert sorted(found) == list(range(11))


def test_timeout():
    class Slow(ours.Dataset):
        def __init__(self):
            self.release = threading.Event()

        def __getitem__(self, index):
            self.release.wait(PATIENCE)
            return index

        def __len__(self):
            return 2

    dataset = Slow()
    iterator = iter(ours.DataLoader(dataset, num_workers=1, timeout=0.1))
    with pytest.raises(RuntimeError, match=r"DataLoader timed out after 0\.1 seconds"):
        next(iterator)
    dataset.release.set()
    assert [batch.item() for batch in iterator] == [0, 1]  # later is not never


def test_waiting_longer_than_the_workers_are_looked_after():
    class Slow(ours.Dataset):
        def __getitem__(self, index):
            time.sleep(0.7)
            return index

        def __len__(self):
            return 1

    assert [batch.item() for batch in ours.DataLoader(Slow(), num_workers=1)] == [0]


def test_leaving_the_loop_early_ends_the_workers():
    for number, _ in enumerate(ours.DataLoader(Noisy(1000), num_workers=3)):
        if number == 2:
            break
    assert_workers_end()
    with pytest.raises(ZeroDivisionError):
        for _ in ours.DataLoader(Noisy(1000), num_workers=3):
            1 / 0
    assert_workers_end()


def test_dropping_the_iterator_ends_the_workers_between_samples():
    begun = threading.Event()
    loaded = []

    class Long(ours.Dataset):
        def __getitem__(self, index):
            begun.set()
            time.sleep(0.05)
            loaded.append(index)
            return index

        def __len__(self):
            return 10000

    iterator = iter(ours.DataLoader(Long(), 1000, num_workers=1))
    assert begun.wait(PATIENCE)
    del iterator
    assert_workers_end()
    assert len(loaded) < 100  # not the whole batch


def test_dropping_the_iterator_of_a_stream_ends_the_workers_between_samples():
    begun = threading.Event()

    class Endless(ours.IterableDataset):
        def __iter__(self):
            while True:
                begun.set()
                time.sleep(0.01)
                yield 1

    iterator = iter(ours.DataLoader(Endless(), 100_000, num_workers=1))
    assert begun.wait(PATIENCE)
    del iterator
    assert_workers_end()


def test_at_exit_workers_end_though_their_iterator_lives():
    iterator = iter(ours.DataLoader(range(100), num_workers=2))
    next(iterator)
    end_all()
    assert not workers_alive()
    with pytest.raises(
        RuntimeError, match="DataLoader worker threads exited unexpectedly"
    ):  # rather than wait for ever
        list(iterator)


def test_an_error_ends_the_workers():
    class Failing(ours.Dataset):
        def __getitem__(self, index):
            raise ValueError("torn")

        def __len__(self):
            return 100

    with contextlib.suppress(ValueError):
        list(ours.DataLoader(Failing(), num_workers=3))
    assert_workers_end()  # without a collection of garbage: the error is in no cycle


def test_an_error_in_worker_init_fn():
    def refuse(worker):
        raise OSError("no room")

    iterator = iter(ours.DataLoader(range(4), num_workers=1, worker_init_fn=refuse))
    for _ in range(2):
        with pytest.raises(OSError, match="Caught OSError in DataLoader worker thread 0, worker_init_fn: no room"):
            next(iterator)


def test_worker_init_fn_has_a_random_source_of_its_own():
    found = []
    mt.manual_seed(0)
    list(ours.DataLoader(range(4), num_workers=2, worker_init_fn=lambda worker: found.append(mt.rand(1).item())))
    assert len(set(found)) == 2


def test_persistent_workers_stay_and_start_anew():
    started = []

    class Counted(ours.IterableDataset):
        def __init__(self):
            self.epochs = 0

        def __iter__(self):
            self.epochs += 1
            return iter([self.epochs] * 3)

    loader = ours.DataLoader(
        Counted(), num_workers=2, persistent_workers=True, worker_init_fn=lambda worker: started.append(worker)
    )
    assert [batch.item() for batch in loader] == [1] * 6
    first = workers_alive()
    assert [batch.item() for batch in loader] == [2] * 6  # the copies of the dataset live on
    assert workers_alive() == first and len(first) == 2 and sorted(started) == [0, 1]
    for _ in loader:
        break
    after = [batch.item() for batch in loader]  # the second worker may not have begun the epoch that was left
    assert after[::2] == [4] * 3 and after[1::2] in ([3] * 3, [4] * 3)
    assert iter(loader) is iter(loader)
    del loader
    gc.collect()
    assert_workers_end()


def test_persistent_workers_drop_what_the_last_epoch_left():
    loader = ours.DataLoader(Noisy(40), 4, num_workers=3, persistent_workers=True)
    for _ in range(5):
        for batch in loader:
            assert batch[0].tolist() == [0, 1, 2, 3]
            break
    assert [i for batch in loader for i in batch[0].tolist()] == list(range(40))


def test_two_epochs_at_once_do_not_mix():
    loader = ours.DataLoader(range(6), num_workers=2)
    assert [(a.item(), b.item()) for a, b in zip(loader, loader, strict=True)] == [(i, i) for i in range(6)]


def run(script, send=None):
    """Run a script; optionally send it a signal once it has printed "ready"."""
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        if send is not None:
            assert process.stdout.readline() == "ready\n"
            process.send_signal(send)
        out, err = process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    return process.returncode, out, err


SLOW = """
    import time
    from minitorch_cv.utils.data import DataLoader, Dataset

    class Slow(Dataset):
        def __getitem__(self, index):
            time.sleep(0.2)
            return index
        def __len__(self):
            return 1000
"""


def test_a_script_ends_with_its_iterators_alive():
    script = (
        SLOW
        + """
    loader = DataLoader(Slow(), num_workers=2, persistent_workers=True)
    kept, other = iter(loader), iter(DataLoader(Slow(), 100, num_workers=2))
    print(next(kept).item())
    """
    )
    start = time.monotonic()
    assert run(script) == (0, "0\n", "")
    assert time.monotonic() - start < 30


def test_control_c_ends_the_wait():
    script = (
        SLOW
        + """
    iterator = iter(DataLoader(Slow(), 1000, num_workers=1))
    try:
        print("ready", flush=True)
        next(iterator)
    except KeyboardInterrupt:
        print("interrupted")
    """
    )
    assert run(script, signal.SIGINT) == (0, "interrupted\n", "")


def test_a_fork_does_not_hang():
    script = """
    import os, warnings
    warnings.simplefilter("ignore")  # newer Pythons warn of forks with threads
    from minitorch_cv.utils.data import DataLoader
    iterator = iter(DataLoader(range(100), num_workers=2))
    next(iterator)
    child = os.fork()
    try:
        rest = len(list(iterator))
    except RuntimeError as error:
        rest = str(error)
    if child:
        os.waitpid(child, 0)
        print("parent", rest)
    else:
        print("child", rest, flush=True)
        print("child", len(list(DataLoader(range(10), num_workers=2))), flush=True)
    """
    code, out, err = run(script)
    lines = out.splitlines()
    assert (code, err) == (0, "")
    assert lines[0].startswith("child DataLoader worker threads exited unexpectedly. If this process was forked")
    assert lines[1:] == ["child 10", "parent 99"]
