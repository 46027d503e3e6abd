"""PyTorch out of sight for a while, in a process that has imported it."""

import sys
from contextlib import contextmanager
from pathlib import Path

import minitorch_cv


def _is_torch(name):
    return name.partition(".")[0] in ("torch", "torchvision")


@contextmanager
def hidden_torch():
    """PyTorch's modules are as if they had never been imported; afterwards they are back, and as_torch() has ended."""
    hidden = {name: sys.modules.pop(name) for name in list(sys.modules) if _is_torch(name)}
    try:
        yield
    finally:
        for finder in [f for f in sys.meta_path if type(f).__module__ == minitorch_cv.scripts.alias.__name__]:
            sys.meta_path.remove(finder)
            for kind, module in finder.renamed:
                kind.__module__ = module
        for name in [name for name in sys.modules if _is_torch(name)]:
            del sys.modules[name]
        sys.modules.update(hidden)


@contextmanager
def kept_program(folder):
    """What a script in a folder changes as the program is put back: arguments, path, `__main__`, imports from there."""
    modules, argv, path = dict(sys.modules), sys.argv, list(sys.path)
    try:
        yield
    finally:
        sys.argv, sys.path[:] = argv, path
        sys.modules["__main__"] = modules["__main__"]
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None)
            if name not in modules and file and Path(file).is_relative_to(folder):
                del sys.modules[name]
