"""The command line: `python -m minitorch_cv` or `minitorch-cv`."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from ._version import __version__
from .utils.command_line import positive_int


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
    demo.add_argument("--epochs", type=positive_int, default=20)
    demo.add_argument("--seed", type=int, default=0)
    demo.set_defaults(run=_demo)

    warmup = commands.add_parser("warmup", help="compile the kernels now rather than in the first training step")
    warmup.add_argument("--models", nargs="+", metavar="MODEL", help="only what these need, such as lenet5 resnet18")
    warmup.add_argument("--jobs", type=positive_int, help="processes at a time (default: one for each processor)")
    warmup.set_defaults(run=_warm_up)

    run = commands.add_parser("run", help="run a script that is written for PyTorch, unmodified")
    run.add_argument("-m", dest="module", action="store_true", help="SCRIPT is the name of a module, as in python -m")
    run.add_argument("script", metavar="SCRIPT", help="which imports torch and torchvision, and gets this library")
    run.add_argument("arguments", nargs=argparse.REMAINDER, metavar="...", help="for the script")
    run.set_defaults(run=_run)

    report = commands.add_parser("report", help="make a page of a run, or a comparison of several")
    report.add_argument("runs", nargs="+", type=Path, metavar="DIR", help="folders that training has written")
    report.add_argument(
        "--out", type=Path, help="the page (default: report.html in the run's folder, or comparison.html)"
    )
    report.add_argument("--title", default="", help="heading of a comparison")
    report.set_defaults(run=_report)

    summary = commands.add_parser("summary", help="a table of a model's layers, parameters and multiply-adds")
    summary.add_argument("model", metavar="MODEL", help="such as resnet18; an unknown name lists those there are")
    summary.add_argument("--input-size", nargs=3, type=positive_int, metavar=("C", "H", "W"), help="of one image")
    summary.add_argument("--batch", type=positive_int, default=1, help="images (default: 1)")
    summary.set_defaults(run=_summary)

    datasets = commands.add_parser("datasets", help="which data sets a folder holds, with a sheet of samples of each")
    datasets.add_argument(
        "--data", default=os.environ.get("MINITORCH_CV_DATA"), help="the folder (default: MINITORCH_CV_DATA)"
    )
    datasets.add_argument("--out", type=Path, help="folder for the sheets of samples; without it only the table")
    datasets.add_argument("--seed", type=int, default=0, help="of the choice of samples")
    datasets.set_defaults(run=_datasets)
    return main_parser


def main(arguments: list[str] | None = None) -> int:
    """Run a command; the exit status."""
    args = parser().parse_args(arguments)
    try:
        args.run(args)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    except (OSError, RuntimeError, ValueError) as error:
        if os.environ.get("MINITORCH_CV_TRACEBACK"):
            raise
        told = str(error).removeprefix(f"{args.command}: ")  # functions begin their errors with their name, too
        print(f"minitorch-cv {args.command}: {told}", file=sys.stderr)
        return 1
    return 0


def _demo(args: argparse.Namespace) -> None:
    from .training.demo import run_demo

    run_demo(args.out, args.epochs, args.seed)


def _warm_up(args: argparse.Namespace) -> None:
    from .training.warmup import describe, warm_up
    from .vision.models import list_models

    unknown = [name for name in args.models or [] if name.lower() not in list_models()]
    if unknown:
        parser().error(f"--models: no model {unknown[0]!r}; there are {', '.join(list_models())}")
    print(describe(warm_up(args.models, args.jobs)))


def _run(args: argparse.Namespace) -> None:
    from .scripts import run_module, run_script

    (run_module if args.module else run_script)(args.script, args.arguments)


def _report(args: argparse.Namespace) -> None:
    from .training import compare, report

    if len(args.runs) == 1:
        if args.title:
            parser().error("--title is of a comparison; the heading of one run is in its run.json")
        print(report(args.runs[0], args.out))
    else:
        print(compare(args.runs, args.out, args.title))


def _summary(args: argparse.Namespace) -> None:
    from .training import summary
    from .vision.models import get_model, input_size, list_models

    if args.model.lower() not in list_models():
        parser().error(f"no model {args.model!r}; there are {', '.join(list_models())}")
    shape = args.input_size or input_size(args.model)
    print(summary(get_model(args.model), (args.batch, *shape)))


def _datasets(args: argparse.Namespace) -> None:
    if not args.data:
        parser().error("--data: name the folder that holds the data sets, or set MINITORCH_CV_DATA to it")
    from .training.plots import contact_sheet
    from .vision.datasets.contents import describe, sample_images, survey

    found = survey(args.data)
    print(describe(found))
    for entry in found if args.out is not None else []:
        if entry.splits:  # there is one that can be read
            pairs = sample_images(args.data, entry.name, count=32, seed=args.seed)
            images, captions = [image for image, _ in pairs], [caption for _, caption in pairs]
            print(contact_sheet(images, captions, args.out / f"{entry.name}.png", title=entry.name))


if __name__ == "__main__":
    sys.exit(main())
