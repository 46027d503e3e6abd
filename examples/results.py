"""The table of the five course projects: what their reports say, and what these scripts reached.

    python examples/results.py --runs runs        # take in finished runs, and write docs/results.md anew

Of each run in the folder its settings and metrics are kept in docs/results/, a small file for each run and seed, so
that the table can be made from runs that were made at different times. Runs of another seed are expected in folders
whose name ends in -seed1, -seed2 and so on: `--seed 1 --out runs/mnist-fcn-seed1`. The table gives the mean over the
seeds.
"""

from __future__ import annotations

import argparse
import json
import re
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median, stdev

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "docs" / "results"
PAGE = ROOT / "docs" / "results.md"


@dataclass(frozen=True)
class Row:
    """A line of a report.

    Args:     report: the report's figure, as it stands there.
              run: folder of our run, below the folder of runs.
              measure: of its metrics.json.
    """

    name: str
    report: str
    run: str
    measure: str = "accuracy"


PROJECTS: dict[str, tuple[str, list[Row]]] = {
    "15-Scenes": (
        "1,500 test images of 15 classes; the course's own split, at a shorter side of 128 pixels. The report's "
        "figures are of its validation split, which is our test split; ours picked nothing by it.",
        [
            Row("SimpleNet", "47.0 %", "scenes15-simplenet/SimpleNet"),
            Row("+ jitter", "53.7 %", "scenes15-simplenet/jitter"),
            Row("+ zero-centre, variance normalisation", "54.2 %", "scenes15-simplenet/zero-centre-variance"),
            Row("+ dropout", "58.9 %", "scenes15-simplenet/dropout"),
            Row("+ deeper", "59.9 %", "scenes15-simplenet/deeper"),
            Row("+ batch norm", "59.6 %", "scenes15-simplenet/batch-norm"),
            Row("SimpleNetFinal (all steps, 258,593 parameters)", "–", "scenes15-simplenet/SimpleNetFinal"),
            Row("ResNet-18, fine-tuned (ours: from random weights)", "88.1 %", "scenes15-finetune/random-weights"),
            Row("the same (ours: SqueezeNet 1.0, fine-tuned)", "88.1 %", "scenes15-finetune/fine-tuned"),
            Row("attributes, mean accuracy (ours: SimpleNetFinal)", "90.4 %", "scenes15-multilabel"),
            Row("the same (ours: SqueezeNet 1.0, fine-tuned)", "90.4 %", "scenes15-multilabel-finetune"),
        ],
    ),
    "CINIC-10": (
        "20,000 images a split in CINIC-10's layout: only its CIFAR-10 half, re-encoded with loss; the report's "
        "figures are of the whole, which is harder and larger.",
        [
            Row("LeNet-5, base", "51.95 %", "cinic10-lenet5/base"),
            Row("LeNet-5, learning rate 0.01", "–", "cinic10-lenet5/learning-rate-0.01"),
            Row("LeNet-5, SGD", "–", "cinic10-lenet5/SGD"),
            Row("LeNet-5, batch norm", "–", "cinic10-lenet5/batch-norm"),
            Row("LeNet-5, L2", "–", "cinic10-lenet5/L2"),
            Row("ResNet-9, base", "–", "cinic10-resnet9/base"),
            Row("ResNet-9, learning rate 0.001", "–", "cinic10-resnet9/learning-rate-0.001"),
            Row("ResNet-9, SGD", "–", "cinic10-resnet9/SGD"),
            Row("ResNet-9, 5 epochs from random weights", "–", "cinic10-finetune/random-weights"),
            Row("ResNet-9 of CIFAR-100 fine-tuned, batch norm frozen", "–", "cinic10-finetune/batch-norm-frozen"),
            Row("ResNet-9 of CIFAR-100 fine-tuned, batch norm free", "–", "cinic10-finetune/batch-norm-free"),
        ],
    ),
    "Imagenette": (
        "3,925 test images (Imagenette's val split) of 10 classes, at 128×128.",
        [
            Row("own convolution and blur, a small net", "–", "imagenette-own-conv"),
            Row("five layers, base", "51.31 %", "imagenette-ablation/base"),
            Row("batch norm", "66.27 %", "imagenette-ablation/batch-norm"),
            Row("dropout", "62.50 %", "imagenette-ablation/dropout"),
            Row("augmentation", "64.03 %", "imagenette-ablation/augmentation"),
            Row("all", "75.67 %", "imagenette-ablation/all"),
            Row("all, LeakyReLU", "–", "imagenette-ablation/all-LeakyReLU"),
            Row("all, Sigmoid", "–", "imagenette-ablation/all-Sigmoid"),
            Row("ResNet-18, fine-tuned, batch norm frozen", "96.82 %", "imagenette-finetune/batch-norm-frozen"),
            Row("ResNet-18, fine-tuned, batch norm free", "97.96 %", "imagenette-finetune/batch-norm-free"),
            Row("the same (ours: SqueezeNet 1.0, which has none)", "97.96 %", "imagenette-finetune/fine-tuned"),
            Row("the same (ours: from random weights)", "97.96 %", "imagenette-finetune/random-weights"),
        ],
    ),
    "PASCAL VOC 2012": (
        "873 test images of a subset, shorter side 160; mostly animals and people. mAP as scikit-learn computes it, "
        "over the kinds that occur in the test split; difficult objects do not count.",
        [
            Row("simple classifier", "0.132", "voc-classify/simple", "mAP"),
            Row("AlexNet, from scratch", "0.098", "voc-classify/AlexNet", "mAP"),
            Row("AlexNet, pretrained (ours: SqueezeNet 1.0)", "0.682", "voc-classify/pretrained", "mAP"),
            Row("own network", "0.17–0.185", "voc-classify/own", "mAP"),
            Row("own, no batch norm", "0.12–0.16", "voc-classify/own-no-batch-norm", "mAP"),
            Row("own, shallower", "0.12–0.16", "voc-classify/own-shallower", "mAP"),
            Row("own, no augmentation", "0.12–0.16", "voc-classify/own-no-augmentation", "mAP"),
        ],
    ),
    "MNIST and CIFAR-100": (
        "10,000 test images each; CIFAR-100 pixel for pixel, its images in another order than the official one.",
        [
            Row("MNIST, fully connected", "94.54 %", "mnist-fcn"),
            Row("MNIST, CNN", "98.43 %", "mnist-cnn"),
            Row("CIFAR-100, fully connected", "31.72 %", "cifar100-fcn"),
            Row("CIFAR-100, CNN", "44.96 %", "cifar100-cnn"),
            Row("CIFAR-100, best", "61.54 %", "cifar100-best"),
            Row("ablation: all (narrower, 8 epochs)", "–", "cifar100-ablation/all"),
            Row("ablation: no augmentation", "–", "cifar100-ablation/no-augmentation"),
            Row("ablation: constant rate", "–", "cifar100-ablation/constant-rate"),
            Row("ablation: no label smoothing", "–", "cifar100-ablation/no-label-smoothing"),
            Row("ablation: default initialisation", "–", "cifar100-ablation/default-initialisation"),
            Row("ablation: no average", "–", "cifar100-ablation/no-average"),
        ],
    ),
}
HEADER = ["row", "report", "ours", "seeds", "epochs", "minutes", "command"]
RULE = "| --- | --: | --: | --- | --: | --: | --- |"


def take_in(runs: Path) -> None:
    """Keep settings and metrics of every finished run below a folder."""
    for path in sorted(runs.glob("**/metrics.json")):
        run = json.loads((path.parent / "run.json").read_text(encoding="utf-8"))
        run["model"].pop("summary")
        parts = path.parent.relative_to(runs).parts
        base, _, seed = parts[0].partition("-seed")
        name = "--".join([base, *parts[1:]])
        metrics = json.loads(path.read_text(encoding="utf-8"))
        metrics["minutes"] = minutes(path.parent)
        kept = {"run": run, "metrics": metrics}
        KEPT.mkdir(parents=True, exist_ok=True)
        target = KEPT / f"{name}--seed{seed or run['seed']}.json"
        target.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def minutes(run: Path) -> float:
    """Of all epochs, as if each had taken as long as the median one: a run may have been stopped and continued."""
    seconds = json.loads((run / "history.json").read_text(encoding="utf-8"))["seconds"]
    return len(seconds) * median(seconds) / 60


def kept_runs(row: Row) -> list[dict]:
    """What is kept of a row's runs, one for each seed."""
    pattern = re.escape(row.run.replace("/", "--")) + r"--seed\d+\.json"
    paths = sorted(path for path in KEPT.glob("*.json") if re.fullmatch(pattern, path.name))
    return [json.loads(path.read_text(encoding="utf-8")) for path in paths]


def cells(row: Row) -> list[str]:
    """A line of the table."""
    found = kept_runs(row)
    if not found:
        return [row.name, row.report, "not run yet", "", "", "", ""]
    values = [run["metrics"][row.measure] for run in found]
    shown = f"{mean(values):.3f}" if row.measure == "mAP" else f"{mean(values):.2%}".replace("%", " %")
    if len(values) > 1:
        shown += f" ± {stdev(values):.3f}" if row.measure == "mAP" else f" ± {100 * stdev(values):.2f}"
    if row.measure == "mAP":
        shown += f" (constant score: {mean(run['metrics']['baseline_mAP'] for run in found):.3f})"
    seeds = ", ".join(str(run["run"]["seed"]) for run in found)
    took = mean(run["metrics"]["minutes"] for run in found)
    epochs = found[0]["metrics"].get("epochs", "")
    return [row.name, row.report, shown, seeds, str(epochs), f"{took:.1f}", f"`{command(found[0])}`"]


def command(kept: dict) -> str:
    """The run's command, without the folders of the machine it ran on."""
    return re.sub(r" --(data|out) \S+", "", kept["run"]["command"])


def text() -> str:
    """The page."""
    lines = [
        "# The five course projects",
        "",
        "What the courses' reports say, and what the scripts in `examples/` reached with this library. Every figure is",
        "of the test split, which picked neither epoch nor setting, and is read from the run's own metrics by",
        "`python examples/results.py`; ± is the standard deviation over the seeds. Minutes are of the training alone:",
        "the number of epochs times the median epoch's, by the clock; the machine mostly had other work as well.",
        "",
    ]
    for project, (note, rows) in PROJECTS.items():
        lines += [f"## {project}", "", note, "", f"| {' | '.join(HEADER)} |", RULE]
        lines += [f"| {' | '.join(cells(row))} |" for row in rows]
        found = [run for row in rows for run in kept_runs(row)]
        left_out = sorted({name for run in found for name in run["metrics"].get("without_positives", [])})
        if left_out:
            lines += ["", f"Left out, not in the test split: {', '.join(left_out)}."]
        machines = sorted({machine(run["run"]) for run in found})
        lines += ["", *machines, ""]
    return "\n".join(lines).rstrip() + "\n"


def machine(run: dict) -> str:
    """Processor, cores and versions."""
    versions = ", ".join(f"{name} {number}" for name, number in run["versions"].items())
    return f"({run['machine']['processor']}, {run['machine']['cores']} cores; {versions})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=Path, help="folder of finished runs to take in first")
    args = parser.parse_args()
    if args.runs is not None:
        take_in(args.runs)
    PAGE.write_text(text(), encoding="utf-8")
    print(f"written: {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
