"""The command line: `python -m minitorch_cv` or `minitorch-cv`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ._version import __version__


def parser() -> argparse.ArgumentParser:
    """The command line's grammar."""
    main_parser = argparse.ArgumentParser(
        prog="minitorch-cv", description="A deep-learning library for computer-vision courses."
    )
    main_parser.add_argument("--version", action="version", version=f"minitorch_cv {__version__}")
    commands = main_parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    demo = commands.add_parser("demo", help="train a small network on scanned digits and draw how it went")
    demo.add_argument(
        "--out", type=Path, default=Path("runs/demo"), help="folder for the pictures (default: runs/demo)"
    )
    demo.add_argument("--epochs", type=int, default=20)
    demo.add_argument("--seed", type=int, default=0)
    warmup = commands.add_parser("warmup", help="compile the kernels now rather than in the first training step")
    warmup.add_argument("--models", nargs="+", metavar="MODEL", help="only what these need, such as lenet5 resnet18")
    warmup.add_argument("--jobs", type=int, help="processes at a time (default: one for each processor)")
    return main_parser


def main(arguments: list[str] | None = None) -> int:
    """Run a command; the exit status."""
    args = parser().parse_args(arguments)
    try:
        if args.command == "warmup":
            _warm_up(args)
        else:
            _demo(args)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    return 0


def _demo(args: argparse.Namespace) -> None:
    if args.epochs < 1:
        parser().error(f"--epochs must be at least 1, got {args.epochs}")
    from .training.demo import run_demo

    run_demo(args.out, args.epochs, args.seed)


def _warm_up(args: argparse.Namespace) -> None:
    from .training.warmup import describe, model_names, warm_up

    unknown = [name for name in args.models or [] if name.lower() not in model_names()]
    if unknown:
        parser().error(f"--models: no model {unknown[0]!r}; there are {', '.join(model_names())}")
    if args.jobs is not None and args.jobs < 1:
        parser().error(f"--jobs must be at least 1, got {args.jobs}")
    print(describe(warm_up(args.models, args.jobs)))


if __name__ == "__main__":
    sys.exit(main())
