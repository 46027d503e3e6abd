"""GradScaler beside PyTorch's: scales, steps left out, errors, state."""

import re
import warnings

import numpy as np
import pytest
import torch

import minitorch_cv as mt

BOTH = [mt, torch]
SETTINGS = {"init_scale": 8.0, "growth_interval": 2, "growth_factor": 4.0, "backoff_factor": 0.25}


def setting(library, **settings):
    """A scaler for the CPU, a parameter, its optimiser."""
    parameter = library.nn.Parameter(library.tensor([1.0, -2.0]))
    scaler = library.amp.GradScaler("cpu", **(settings or SETTINGS))
    return scaler, parameter, library.optim.SGD([parameter], lr=0.5)


def history(library, factors, clip=None, **settings):
    """What happens in steps with losses factor * sum(p ** 2): parameters, gradients, scale, result."""
    scaler, parameter, optimizer = setting(library, **settings)
    seen = []
    for factor in factors:
        optimizer.zero_grad()
        scaler.scale((parameter**2).sum() * factor).backward()
        if clip:
            scaler.unscale_(optimizer)
            library.nn.utils.clip_grad_norm_([parameter], clip)
        result = scaler.step(optimizer)
        scaler.update()
        seen.append((parameter.tolist(), parameter.grad.tolist(), scaler.get_scale(), result, scaler.state_dict()))
    return seen


def shown(history):
    """As text, numbers to six digits."""
    return re.sub(r"-?\d+\.[\de+-]+", lambda number: f"{float(number[0]):.6g}", repr(history))


@pytest.mark.parametrize("clip", [None, 0.1])
@pytest.mark.parametrize("factors", [[0.1] * 6, [0.1, np.inf, 0.1, 0.1, 0.1], [np.nan, 0.1]])
def test_steps(factors, clip):
    assert shown(history(mt, factors, clip)) == shown(history(torch, factors, clip))


def test_the_scale_does_not_overflow():
    settings = {"init_scale": 2.0**126, "growth_interval": 1}
    assert shown(history(mt, [1e-30] * 4, **settings)) == shown(history(torch, [1e-30] * 4, **settings))


@pytest.mark.parametrize("library", BOTH)
def test_what_can_be_scaled(library):
    scaler, _, _ = setting(library)
    half, whole = library.ones((), dtype=library.float16), library.ones(2, dtype=library.float64)
    assert scaler.scale(half).dtype is library.float32 and scaler.scale(whole).tolist() == [8.0, 8.0]
    scaled = scaler.scale([whole, (half,)])
    assert isinstance(scaled, list) and isinstance(scaled[1], tuple) and scaled[1][0].item() == 8.0
    assert [t.item() for t in scaler.scale(iter([half]))] == [8.0]
    with pytest.raises(ValueError, match="outputs must be a Tensor or an iterable of Tensors"):
        scaler.scale(3.0)


@pytest.mark.parametrize("library", BOTH)
def test_a_new_scale(library):
    scaler, parameter, _ = setting(library)
    scaler.scale(parameter)
    scaler.update(3.0)
    assert scaler.get_scale() == 3.0
    scaler.update(library.tensor(5.0))
    assert scaler.get_scale() == 5.0
    for wrong in (library.ones(2), library.ones(1, requires_grad=True)):
        with pytest.raises(AssertionError, match="new_scale should be a float or a 1-element"):
            scaler.update(wrong)


@pytest.mark.parametrize("library", BOTH)
def test_calls_in_the_wrong_order(library):
    scaler, parameter, optimizer = setting(library)
    for call in (scaler.unscale_, scaler.step, lambda _: scaler.update()):
        with pytest.raises(AssertionError, match=r"Attempted \w+ but _scale is None.  This may indicate"):
            call(optimizer)
    scaler.scale(parameter.sum()).backward()
    with pytest.raises(AssertionError, match="No inf checks were recorded prior to update"):
        scaler.update()
    scaler.unscale_(optimizer)
    with pytest.raises(RuntimeError, match=r"unscale_\(\) has already been called on this optimizer"):
        scaler.unscale_(optimizer)
    with pytest.raises(RuntimeError, match="Closure use is not currently supported"):
        scaler.step(optimizer, closure=lambda: None)
    scaler.step(optimizer)
    with pytest.raises(RuntimeError, match=r"unscale_\(\) is being called after step\(\)"):
        scaler.unscale_(optimizer)
    with pytest.raises(RuntimeError, match=r"step\(\) has already been called since the last update"):
        scaler.step(optimizer)


@pytest.mark.parametrize("library", BOTH)
def test_float16_gradients(library):
    scaler, _, _ = setting(library)
    parameter = library.nn.Parameter(library.ones(2, dtype=library.float16))
    unused = library.nn.Parameter(library.ones(1))
    optimizer = library.optim.SGD([unused, parameter], lr=0.1)
    scaler.scale(parameter.sum()).backward()
    with pytest.raises(ValueError, match="Attempting to unscale FP16 gradients"):
        scaler.unscale_(optimizer)


@pytest.mark.parametrize("library", BOTH)
@pytest.mark.parametrize("old", [False, True])
def test_without_a_gpu_it_is_disabled(library, old):
    with pytest.warns(
        UserWarning, match=r"torch.cuda.amp.GradScaler is enabled, but CUDA is not available.  Disabling"
    ):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            scaler = library.cuda.amp.GradScaler() if old else library.amp.GradScaler()
    _, parameter, optimizer = setting(library)
    loss = parameter.sum()
    assert scaler.scale(loss) is loss and not scaler.is_enabled() and scaler.get_scale() == 1.0
    loss.backward()
    scaler.unscale_(optimizer)
    scaler.step(optimizer)
    scaler.update()
    assert parameter.tolist() == [0.5, -2.5] and scaler.state_dict() == {}
    scaler.load_state_dict({"scale": 1})


def test_the_older_name_is_deprecated():
    texts = []
    for library in BOTH:
        with pytest.warns(FutureWarning) as caught:
            library.cuda.amp.GradScaler(enabled=False)
        texts.append((str(caught[0].message), caught[0].filename))
    assert texts[0] == texts[1]


def test_state():
    scaler, restored = mt.amp.GradScaler("cpu", **SETTINGS), mt.GradScaler("cpu")
    restored.load_state_dict(scaler.state_dict())
    assert restored.state_dict() == torch.amp.GradScaler("cpu", **SETTINGS).state_dict()
    with pytest.raises(RuntimeError, match="The source state dict is empty"):
        restored.load_state_dict({})
    for name in ("growth_factor", "backoff_factor", "growth_interval"):
        getattr(restored, f"set_{name}")(7)
        assert getattr(restored, f"get_{name}")() == 7


@pytest.mark.parametrize("library", BOTH)
def test_wrong_settings(library):
    with pytest.raises(AssertionError, match=r"The growth factor must be > 1\.0"):
        library.amp.GradScaler("cpu", growth_factor=1.0)
    with pytest.raises(AssertionError, match=r"The backoff factor must be < 1\.0"):
        library.amp.GradScaler("cpu", backoff_factor=1.0)


def test_another_device():
    with pytest.raises(ValueError, match="GradScaler: device must be 'cuda' or 'cpu', got 'tpu'"):
        mt.GradScaler("tpu")
