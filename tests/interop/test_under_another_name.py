"""Where `import torch` brings this library, comparing with PyTorch says so."""

import subprocess
import sys
import textwrap

import pytest


@pytest.mark.parametrize(
    "call", ["to_torch(nn.Linear(2, 3))", "compare_torch(nn.Linear(2, 3), None, torch.ones(4, 2))"]
)
def test_it_says_so(call):
    code = f"""
        import minitorch_cv
        minitorch_cv.as_torch()
        import torch
        from torch import nn
        from minitorch_cv.interop import compare_torch, to_torch
        try:
            {call}
        except RuntimeError as error:
            print(error)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=120)
    assert "run the script by plain `python`" in done.stdout, done.stderr
