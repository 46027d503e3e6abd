"""Imports of the package run downwards: a layer sees the layers below it, never those above."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "minitorch_cv"

# Lowest first. A file belongs to the layer whose name its path begins with; the front door is on top.
LAYERS = [
    "_version",
    "types",
    "kernels",
    "autograd",
    "ops",
    "tensors",
    "random",
    "nn",
    "optim",
    "utils",
    "serialization",
    "vision",
    "training",
    "interop",
    "linalg",  # namespaces of the front door: they only name what is below
    "special",
    "accelerator",
    "amp",
    "backends",
    "compiler",
    "cuda",
    "distributed",
    "jit",
    "onnx",
    "hub",
    "mps",
    "testing",
    "version",
    "xpu",
    "random",
    "scripts",  # finds the modules of the front door by their names
    "__init__",
    "__main__",
]
# torch is the reference of the tests and benchmarks only; the others are imported where they are used.
FORBIDDEN = {"torch", "torchvision", "tensorflow", "jax"}
# What one part is about; test_import_is_light sees that it is imported only when that is asked for.
ASKED_FOR = {"interop": {"torch"}}
HEAVY = {"matplotlib", "sklearn", "PIL", "tqdm", "scipy.special", "scipy.linalg", "scipy.stats", "safetensors", "onnx"}


def layer_of(parts: tuple[str, ...]) -> int:
    """The height of a module, given its path inside the package without the ending."""
    return LAYERS.index(parts[0])


def imported_modules(path: Path) -> list[tuple[int, str | None, tuple[str, ...]]]:
    """(line, third-party top-level name or None, path inside the package) of every import, at whatever depth."""
    here = path.relative_to(PACKAGE).with_suffix("").parts
    found: list[tuple[int, str | None, tuple[str, ...]]] = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            for name in node.names:
                parts = tuple(name.name.split("."))
                if parts[0] == "minitorch_cv":
                    found.append((node.lineno, None, parts[1:] or ("__init__",)))
                else:
                    found.append((node.lineno, parts[0], ()))
        elif isinstance(node, ast.ImportFrom):
            parts = tuple(node.module.split(".")) if node.module else ()
            if node.level:
                parts = (*here[: len(here) - node.level], *parts)
            elif parts[0] == "minitorch_cv":
                parts = parts[1:]
            else:
                found.append((node.lineno, parts[0], ()))
                continue
            if parts:
                found.append((node.lineno, None, parts))
            else:  # from . import a, b in the front door, or from minitorch_cv import ...
                found += [(node.lineno, None, (n.name if n.name in LAYERS else "__init__",)) for n in node.names]
    return found


FILES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=[str(p.relative_to(PACKAGE)) for p in FILES])
def test_imports_do_not_climb(path):
    here = path.relative_to(PACKAGE).with_suffix("").parts
    for line, third_party, parts in imported_modules(path):
        if third_party is None:
            assert layer_of(parts) <= layer_of(here), (
                f"{path.name}:{line} imports {'.'.join(parts)}: the layer {parts[0]} is above {here[0]}"
            )
        else:
            allowed = ASKED_FOR.get(here[0], set())
            assert third_party not in FORBIDDEN - allowed, f"{path.name}:{line} imports {third_party}"


def test_every_part_of_the_package_has_a_layer():
    parts = {p.relative_to(PACKAGE).with_suffix("").parts[0] for p in FILES}
    assert parts <= set(LAYERS)


def test_the_reader_of_imports_sees_all_forms(tmp_path, monkeypatch):
    """A climbing import in any form is seen."""
    root = tmp_path / "minitorch_cv"
    (root / "ops").mkdir(parents=True)
    module = root / "ops" / "bad.py"
    module.write_text(
        "from ..nn import Module\nfrom .. import tensors\nimport minitorch_cv.optim\nfrom minitorch_cv import Tensor\n"
        "def f():\n    from ..vision.models import LeNet5\n    import torch\n"
    )
    monkeypatch.setitem(globals(), "PACKAGE", root)
    found = {(parts[0] if parts else third) for _, third, parts in imported_modules(module)}
    assert found == {"nn", "tensors", "optim", "__init__", "vision", "torch"}


def test_import_is_light():
    """`import minitorch_cv` brings in none of the packages that only some functions need."""
    code = "import sys, minitorch_cv; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PACKAGE.parent)
    assert not (HEAVY | FORBIDDEN) & set(run.stdout.split())
