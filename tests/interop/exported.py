"""A model exported to ONNX and run by onnxruntime, held against the model itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

import minitorch_cv as mt
from minitorch_cv.interop.onnx_export import export
from tests.checks import assert_close, normal, ours_of

TOLERANCE = 1e-4


def run_file(path: Path, *inputs: np.ndarray) -> list[np.ndarray]:
    """The outputs that onnxruntime computes."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    names = [given.name for given in session.get_inputs()]
    return session.run(None, dict(zip(names, inputs, strict=True)))


def check_export(model: Any, path: Path, *shapes: tuple[int, ...], batch: int = 3, **settings: Any) -> None:
    """Export a model with a sample of each shape, and run the file on it and on a batch of another size.

    Args:     shapes: of the inputs, the batch first.
              batch: the other size.
    """
    samples = [ours_of(normal(*shape, seed=i).astype(np.float32)) for i, shape in enumerate(shapes)]
    export(model, tuple(samples), path, **settings)
    model.eval()
    others = [normal(batch, *shape[1:], seed=7 + i).astype(np.float32) for i, shape in enumerate(shapes)]
    for arrays in ([sample.array for sample in samples], others):
        with mt.no_grad():
            expected = model(*[ours_of(array) for array in arrays])
        for ours, theirs in zip(
            expected if isinstance(expected, tuple) else (expected,), run_file(path, *arrays), strict=True
        ):
            assert_close(theirs, ours, TOLERANCE, f"{model}: onnxruntime, batch of {len(arrays[0])}")
