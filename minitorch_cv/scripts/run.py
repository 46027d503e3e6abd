"""run_script, run_module: what `python script.py` and `python -m module` run, with this library for torch."""

from __future__ import annotations

import builtins
import importlib.util
import os
import runpy
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any

from . import alias


def run_script(path: str | os.PathLike, arguments: Sequence[str] = ()) -> None:
    """Run a script as the program of this process.

    It is the module `__main__`, its folder the first place of imports, and sys.argv has its path and the arguments. An
    error of the script's is shown as Python shows it.

    Args:     path: of the script.
              arguments: for the script.
    Raises:   FileNotFoundError: if there is no such file. RuntimeError: if PyTorch itself was imported before.
              SystemExit: with status 1 after an error in the script, or as the script raises it.
    """
    script = Path(path)
    if not script.is_file():
        raise FileNotFoundError(f"no script {script}")
    alias.as_torch()
    main = ModuleType("__main__")
    main.__dict__.update({"__file__": os.path.abspath(script), "__builtins__": builtins, "__cached__": None})
    sys.argv = [os.fspath(path), *arguments]
    sys.path[0] = os.path.dirname(os.path.realpath(script))

    def program() -> None:
        sys.modules["__main__"] = main
        # dont_inherit: else this file's `from __future__ import annotations` would hold in the script as well
        exec(compile(script.read_bytes(), main.__dict__["__file__"], "exec", dont_inherit=True), main.__dict__)

    _run(program)


def run_module(name: str, arguments: Sequence[str] = ()) -> None:
    """Run a module or package that can be imported from this folder as the program, as `python -m NAME` does.

    Args:     name: with dots, such as `homework.train`.
              arguments: for it, in sys.argv behind its file.
    Raises:   SystemExit: if there is no such module; else as run_script. RuntimeError: as run_script.
    """
    alias.as_torch()  # before the packages that the module is in are imported
    sys.path[0] = os.getcwd()
    sys.argv = [name, *arguments]  # runpy puts the file in the place of the name

    def program() -> None:
        if not _is_there(name):
            raise SystemExit(f"no module {name} in {os.getcwd()} or among the installed packages")
        runpy.run_module(name, run_name="__main__", alter_sys=True)

    _run(program)


def _is_there(name: str) -> bool:
    """Whether there is a module of that name; the packages that it is in are imported for this."""
    try:
        return not name.startswith(".") and importlib.util.find_spec(name) is not None
    except ModuleNotFoundError as error:
        if error.name is not None and f"{name}.".startswith(f"{error.name}."):
            return False
        raise  # one of these packages imports what is missing


def _run(program: Callable[[], Any]) -> None:
    try:
        program()
    except Exception as error:
        shown = error.with_traceback(_of_the_script(error.__traceback__))
        sys.excepthook(type(shown), shown, shown.__traceback__)
        raise SystemExit(1) from None


def _of_the_script(traceback: TracebackType | None) -> TracebackType | None:
    """The traceback without the functions that run the script and that find modules and names for it."""
    if traceback is None:
        return None
    behind = _of_the_script(traceback.tb_next)
    file = traceback.tb_frame.f_code.co_filename
    if file in (__file__, alias.__file__) or file.startswith(("<frozen importlib", "<frozen runpy")):
        return behind
    return TracebackType(behind, traceback.tb_frame, traceback.tb_lasti, traceback.tb_lineno)
