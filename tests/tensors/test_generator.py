"""Generators, seeds and states."""

import threading

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from minitorch_cv.types.random_source import RandomSource, current_source, use_source

SEEDS = [0, 1, 42, -1, -5, 2**63 - 1, 2**64 - 1, -(2**63)]


@pytest.fixture(autouse=True)
def seeded():
    mt.manual_seed(1234)


@pytest.mark.parametrize("seed", SEEDS)
def test_seeds_that_pytorch_takes(seed):
    assert mt.manual_seed(seed).initial_seed() == torch.manual_seed(seed).initial_seed() == mt.initial_seed()
    assert mt.Generator().manual_seed(seed).initial_seed() == torch.Generator().manual_seed(seed).initial_seed()


@pytest.mark.parametrize("seed", [2**64, -(2**63) - 1])
def test_seeds_out_of_range(seed):
    for L in (mt, torch):
        with pytest.raises(ValueError, match="Overflow when unpacking long long"):
            L.manual_seed(seed)


@pytest.mark.parametrize("seed", [1.5, "1", None])
def test_seeds_that_are_no_integers(seed):
    for L in (mt, torch):
        with pytest.raises(RuntimeError, match="manual_seed expected a long, but got"):
            L.Generator().manual_seed(seed)


@pytest.mark.parametrize("seed", [1.7, True, np.int64(7), "12"])
def test_manual_seed_converts(seed):
    assert mt.manual_seed(seed).initial_seed() == torch.manual_seed(seed).initial_seed() == int(seed)


def test_the_same_seed_gives_the_same_numbers():
    mt.manual_seed(3)
    first = mt.rand(5), mt.randn(5), mt.randint(100, (5,)), mt.randperm(5)
    mt.manual_seed(3)
    second = mt.rand(5), mt.randn(5), mt.randint(100, (5,)), mt.randperm(5)
    mt.manual_seed(4)
    third = mt.rand(5), mt.randn(5), mt.randint(100, (5,)), mt.randperm(5)
    for one, two, other in zip(first, second, third):
        assert one.tolist() == two.tolist() != other.tolist()
    assert mt.manual_seed(-1).initial_seed() != 1


def test_a_generator_of_ones_own_is_independent():
    own = mt.Generator().manual_seed(5)
    numbers = mt.rand(3, generator=own)
    mt.rand(100)
    more = mt.rand(3, generator=own)
    again = mt.Generator().manual_seed(5)
    assert mt.rand(6, generator=again).tolist() == [*numbers.tolist(), *more.tolist()]
    assert mt.default_generator.initial_seed() == 1234


def test_defaults():
    generator = mt.Generator()
    assert generator.device == mt.device("cpu") and mt.Generator("cpu").initial_seed() == generator.initial_seed()
    assert generator.initial_seed() == torch.Generator().initial_seed()
    assert mt.manual_seed(0) is mt.default_generator and generator.manual_seed(0) is generator


def test_seed_chooses_one():
    chosen = mt.seed()
    assert chosen == mt.initial_seed() and chosen != mt.seed()
    numbers = mt.rand(3)
    mt.manual_seed(mt.initial_seed())
    assert mt.rand(3).tolist() == numbers.tolist()


def test_states():
    state = mt.get_rng_state()
    assert state.dtype is mt.uint8 and state.ndim == 1
    numbers = mt.rand(3)
    mt.set_rng_state(state)
    assert mt.rand(3).tolist() == numbers.tolist() and mt.initial_seed() == 1234

    own = mt.Generator()
    assert own.set_state(state) is own and own.initial_seed() == 1234
    assert mt.rand(3, generator=own).tolist() == numbers.tolist()
    twin = own.clone_state()
    assert mt.rand(3, generator=own).tolist() == mt.rand(3, generator=twin).tolist()


def test_the_state_of_a_mixed_seed():
    source = RandomSource((1, 2, 3))
    generator = mt.Generator.of(source)
    again = mt.Generator().set_state(generator.get_state())
    assert again.source.initial_seed == (1, 2, 3)
    assert mt.rand(3, generator=again).tolist() == mt.rand(3, generator=generator).tolist()


@pytest.mark.parametrize(
    "make, error, match",
    [
        (lambda L: L.zeros(3), TypeError, "RNG state must be a torch.ByteTensor"),
        (lambda L: 3, TypeError, "expected a torch.ByteTensor, but got int"),
        (lambda L: L.zeros(3, dtype=L.uint8), RuntimeError, "not the state of a generator|of size 5056 but found"),
    ],
)
def test_states_that_are_none(make, error, match):
    for L in (mt, torch):
        with pytest.raises(error, match=match):
            L.Generator().set_state(make(L))


def test_fork_rng():
    state = mt.get_rng_state()
    with mt.random.fork_rng():
        mt.manual_seed(9)
        mt.rand(3)
    assert mt.get_rng_state().tolist() == state.tolist() and mt.initial_seed() == 1234
    with mt.random.fork_rng(enabled=False):
        mt.manual_seed(9)
    assert mt.initial_seed() == 9
    with pytest.raises(RuntimeError, match=r"fork_rng: devices=\[0\] are not available; this library runs on the CPU"):
        with mt.random.fork_rng(devices=[0]):
            pass


def test_fork_rng_after_an_exception():
    with pytest.raises(KeyError):
        with mt.random.fork_rng():
            mt.manual_seed(9)
            raise KeyError
    assert mt.initial_seed() == 1234


def test_names_of_torch_random():
    for name in (
        "manual_seed",
        "seed",
        "initial_seed",
        "get_rng_state",
        "set_rng_state",
        "fork_rng",
        "default_generator",
    ):
        assert hasattr(torch.random, name) and hasattr(mt.random, name)


def test_a_source_for_the_time_of_a_with():
    expected = mt.rand(3, generator=mt.Generator.of(RandomSource((1, 2))))
    with use_source(RandomSource((1, 2))) as source:
        assert current_source() is source
        seen = []
        thread = threading.Thread(target=lambda: seen.append(current_source() is source))
        thread.start()
        thread.join()
        got = mt.rand(3)
    assert got.tolist() == expected.tolist() and seen == [False]
    assert current_source() is mt.default_generator.source


@pytest.mark.parametrize("call", [lambda g: mt.rand(2, generator=g), lambda g: mt.ones(2).normal_(generator=g)])
def test_what_is_no_generator(call):
    with pytest.raises(TypeError, match=r"\w+\(\): argument 'generator' must be Generator, not int"):
        call(3)
