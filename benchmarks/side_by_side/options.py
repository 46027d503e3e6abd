"""The options that the benchmarks share."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from .network import TORCH_MODES
from .report import RESULTS

ENOUGH_ROUNDS = 7


def read_options(
    doc: str,
    what: str,
    names: Iterable[str],
    modes: Sequence[str] = TORCH_MODES,
    rounds: int = ENOUGH_ROUNDS,
    data: bool = False,
) -> argparse.Namespace:
    """The command line.

    Args:     doc: the script's docstring; its first line is the help.
              what: --WHAT chooses among `names`.
              modes: PyTorch's modes unless --modes says otherwise; none, and there is no such option.
              rounds: their number unless --rounds or --quick says otherwise; 0, and there are no such options.
              data: whether there is --data, a folder of datasets; the one that MINITORCH_CV_DATA names by default.
    Returns:  names, modes, rounds, and `out`: the folder to write to, or None. Only a complete run goes into the
              results unless a folder is given.
    """
    names = list(names)
    parser = argparse.ArgumentParser(description=doc.splitlines()[0])
    parser.add_argument(f"--{what}", dest="names", nargs="+", choices=names, default=names, metavar="NAME")
    if modes:
        parser.add_argument("--modes", nargs="+", choices=TORCH_MODES, default=list(modes), help="of PyTorch")
    if rounds:
        parser.add_argument("--rounds", type=int, default=rounds)
        parser.add_argument("--quick", action="store_true", help="at most two rounds")
    if data:
        parser.add_argument(
            "--data", type=Path, default=os.environ.get("MINITORCH_CV_DATA") or None, help="folder of datasets"
        )
    parser.add_argument("--out", type=Path, help="folder for table and chart, of an incomplete run too")
    options = parser.parse_args()
    complete = options.names == names
    if modes:
        complete &= options.modes == list(modes)
    if rounds:
        options.rounds = min(2, options.rounds) if options.quick else options.rounds
        complete &= options.rounds >= rounds
    if options.out is None and complete:
        options.out = RESULTS
    return options
