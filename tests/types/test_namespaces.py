"""cuda, accelerator, backends, version: they say that there is only the CPU, as PyTorch does without a GPU."""

import importlib

import pytest
import torch

import minitorch_cv as mt


@pytest.mark.parametrize(
    "expression",
    [
        "cuda.is_available()",
        "cuda.is_initialized()",
        "cuda.is_bf16_supported()",
        "cuda.device_count()",
        "cuda.manual_seed(0)",
        "cuda.manual_seed_all(0)",
        "cuda.seed()",
        "cuda.seed_all()",
        "cuda.get_rng_state_all()",
        "cuda.empty_cache()",
        "cuda.memory_allocated()",
        "cuda.max_memory_allocated()",
        "cuda.memory_reserved()",
        "cuda.max_memory_reserved()",
        "accelerator.is_available()",
        "accelerator.device_count()",
        "accelerator.current_accelerator()",
        "backends.cudnn.is_available()",
        "backends.cudnn.version()",
        "backends.cudnn.enabled",
        "backends.cudnn.benchmark",
        "backends.cudnn.deterministic",
        "backends.cudnn.allow_tf32",
        "backends.cuda.is_built()",
        "backends.cuda.matmul.allow_tf32",
        "backends.mps.is_available()",
        "backends.mps.is_built()",
        "version.cuda",
        "version.hip",
        "version.xpu",
        "are_deterministic_algorithms_enabled()",
        "is_deterministic_algorithms_warn_only_enabled()",
        "get_float32_matmul_precision()",
        "use_deterministic_algorithms(True, warn_only=True)",
        "are_deterministic_algorithms_enabled()",
        "is_deterministic_algorithms_warn_only_enabled()",
        "use_deterministic_algorithms(False)",
        "is_deterministic_algorithms_warn_only_enabled()",
        "set_float32_matmul_precision('high')",
        "get_float32_matmul_precision()",
        "set_float32_matmul_precision('highest')",
    ],
)
def test_as_pytorch_without_a_gpu(expression):
    assert repr(eval(f"L.{expression}", {"L": mt})) == repr(eval(f"L.{expression}", {"L": torch}))


def test_switches_may_be_set():
    cudnn = mt.backends.cudnn
    cudnn.benchmark = cudnn.deterministic = True
    assert cudnn.benchmark and cudnn.deterministic
    cudnn.benchmark = cudnn.deterministic = False
    mt.backends.cuda.matmul.allow_tf32 = True
    mt.backends.cuda.matmul.allow_tf32 = False
    assert mt.backends.mkldnn.is_available() is False


@pytest.mark.parametrize(
    "name",
    [
        "cuda",
        "accelerator",
        "random",
        "backends",
        "backends.cudnn",
        "backends.cuda",
        "backends.mps",
        "version",
        "autograd",
    ],
)
def test_they_can_be_imported(name):
    assert importlib.import_module(f"minitorch_cv.{name}") is eval(f"mt.{name}")


@pytest.mark.parametrize("name", ["nvtx", "Stream"])
def test_the_rest_of_cuda_says_why_it_is_missing(name):
    with pytest.raises(AttributeError, match=rf"cuda.{name}: this library runs on the CPU, there is no CUDA device"):
        getattr(mt.cuda, name)
    assert not hasattr(mt.cuda, name)


def test_the_rest_of_accelerator_says_why_it_is_missing():
    with pytest.raises(AttributeError, match=r"accelerator.nothing: this library runs on the CPU, there is no acc"):
        mt.accelerator.nothing()


@pytest.mark.parametrize(
    "call",
    [
        "L.cuda.synchronize()",
        "L.cuda.current_device()",
        "L.cuda.get_device_name(0)",
        "L.cuda.get_device_properties(0)",
        "L.cuda.mem_get_info()",
        "L.accelerator.synchronize()",
        "L.accelerator.current_device_index()",
        "L.distributed.get_rank()",
    ],
)
def test_what_needs_a_device_or_others_raises_when_it_is_called_as_in_pytorch(call):
    for library in (mt, torch):
        with pytest.raises((AssertionError, RuntimeError, ValueError)) as raised:
            eval(call, {"L": library})
        assert type(raised.value) is {"cuda": AssertionError, "acce": RuntimeError, "dist": ValueError}[call[2:6]]


def test_questions_of_scripts_for_either_device():
    for library in (mt, torch):
        assert issubclass(library.cuda.OutOfMemoryError, RuntimeError)
        assert library.distributed.is_initialized() is False
        assert library.jit.is_scripting() is False and library.jit.is_tracing() is False
    assert mt.distributed.is_available() is False
    with pytest.raises(ValueError, match="get_world_size: Default process group has not been initialized"):
        mt.distributed.get_world_size()
    assert mt.OutOfMemoryError is mt.cuda.OutOfMemoryError and torch.OutOfMemoryError is torch.cuda.OutOfMemoryError

    @mt.jit.unused
    @mt.jit.ignore
    @mt.jit.ignore(drop=True)
    @mt.jit.export
    def seven():
        return 7

    assert seven() == 7
    with pytest.raises(AttributeError, match=r"distributed\.all_reduce: training runs in one process here"):
        mt.distributed.all_reduce()
    with pytest.raises(AttributeError, match=r"jit\.script: models are not compiled to TorchScript here"):
        mt.jit.script(mt.nn.Linear(1, 1))


@pytest.mark.parametrize(
    "call, error, match",
    [
        (lambda: mt.use_deterministic_algorithms(1), TypeError, "argument 'mode' must be bool, not int"),
        (lambda: mt.set_float32_matmul_precision("low"), ValueError, "'low' is not one of highest, high, medium"),
        (
            lambda: mt.ones(1).cuda(),
            RuntimeError,
            r"runs on the CPU: there is no CUDA device \(cuda.is_available\(\) is False",
        ),
        (lambda: mt.nn.Linear(1, 1).cuda(), RuntimeError, "this library runs on the CPU: there is no CUDA device"),
    ],
)
def test_errors(call, error, match):
    with pytest.raises(error, match=match):
        call()
