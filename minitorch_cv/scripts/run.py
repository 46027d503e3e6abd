"""run_script: a script as `python script.py` runs it, with this library for torch and torchvision."""

from __future__ import annotations

import builtins
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType, TracebackType

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
    sys.modules["__main__"] = main
    sys.argv = [os.fspath(path), *arguments]
    sys.path[0] = os.path.dirname(os.path.realpath(script))
    try:
        # dont_inherit: else this file's `from __future__ import annotations` would hold in the script as well
        exec(compile(script.read_bytes(), main.__dict__["__file__"], "exec", dont_inherit=True), main.__dict__)
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
    if file in (__file__, alias.__file__) or file.startswith("<frozen importlib"):
        return behind
    return TracebackType(behind, traceback.tb_frame, traceback.tb_lasti, traceback.tb_lineno)
