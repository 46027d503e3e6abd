"""The table of the five course projects: what their reports say, and what these scripts reached.

    python examples/results.py --runs runs        # take in finished runs, and write docs/results.md anew

Of each run in the folder its settings and metrics are kept in docs/results/, a small file for each run and seed, so
that the table can be made from runs that were made at different times. Runs of another seed are expected in folders
whose name ends in -seed1, -seed2 and so on: `--seed 1 --out runs/mnist-fcn-seed1`. The table gives the mean over the
seeds. Runs with --quick, and others that no line of the table is about, are passed over, and named.
"""

from __future__ import annotations

import argparse
import json
import re
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from statistics import mean, median, stdev
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "docs" / "results"
PAGE = ROOT / "docs" / "results.md"


@dataclass(frozen=True)
class Row:
    """A line of a report.

    Args:     report: the report's figure on its test images, if it gives one; accuracies in percent.
              run: folder of our run, below the folder of runs.
              measure: of its metrics.json.
              training: the report's figure on its training images.
              stands_for: ours is another network than the report's, or begins with other weights: say which.
              versus: run of the line that this one is to be better than.
              needs: a file that its command needs and that is not at hand here.
    """

    name: str
    report: float | None
    run: str
    measure: str = "accuracy"
    training: float | None = None
    stands_for: bool = False
    versus: str | None = None
    needs: str | None = None


@dataclass(frozen=True)
class Project:
    """A table, with what has to be known about its data."""

    title: str
    note: str
    rows: list[Row]


SIMPLENET = "scenes15-simplenet/"
LENET, RESNET9 = "cinic10-lenet5/", "cinic10-resnet9/"
IMAGENETTE, FINE = "imagenette-ablation/", "imagenette-finetune/"
RESNET18 = "torchvision's resnet18.pth"
PROJECTS = [
    Project(
        "15-Scenes",
        "2,985 training and 1,500 test images of 15 classes, grey, at a shorter side of 128 pixels; the course's own "
        "split. A tenth of the training images is held out for validation. The report's second figure is of its "
        "validation images, which are our test images. SimpleNet sees 64×64 pixels, the fine-tuned networks 224×224. "
        "The test split has as many images of each class, the training split has not: that the fine-tuned network's "
        "loss weighs classes was decided after its test figures by class had been seen. 1,196 + 500 images have "
        "attributes; the accuracy is the mean over the seven.",
        [
            Row("SimpleNet", 47.0, SIMPLENET + "SimpleNet", training=84.0),
            Row("+ jitter", 53.7, SIMPLENET + "jitter", training=85.0, versus=SIMPLENET + "SimpleNet"),
            Row(
                "+ zero-centre, variance normalisation",
                54.2,
                SIMPLENET + "zero-centre-variance",
                training=94.6,
                versus=SIMPLENET + "jitter",
            ),
            Row(
                "+ dropout",
                58.9,
                SIMPLENET + "dropout",
                training=94.1,
                versus=SIMPLENET + "zero-centre-variance",
            ),
            Row("+ deeper", 59.9, SIMPLENET + "deeper", training=86.2, versus=SIMPLENET + "dropout"),
            Row("+ batch norm", 59.6, SIMPLENET + "batch-norm", training=87.8, versus=SIMPLENET + "deeper"),
            Row("all steps, the course's last network of 258,593 parameters", None, SIMPLENET + "SimpleNetFinal"),
            Row("ResNet-18, fine-tuned", 88.1, "scenes15-finetune/fine-tuned", training=87.2, stands_for=True),
            Row("ResNet-18, from random weights", None, "scenes15-finetune/random-weights", stands_for=True),
            Row("attributes, ResNet-18 fine-tuned", 90.4, "scenes15-multilabel", training=91.3, stands_for=True),
            Row(
                "attributes, ResNet-18 fine-tuned",
                90.4,
                "scenes15-multilabel-finetune",
                training=91.3,
                stands_for=True,
            ),
        ],
    ),
    Project(
        "CINIC-10",
        "20,000 images a split in CINIC-10's layout: only its CIFAR-10 half, re-encoded with loss; the report's "
        "figure is of the whole, which is harder and larger. ResNet-9 is validated on 4,000. The last three lines are "
        "not from a report: ResNet-9 from examples/cifar100/best.py moved to CINIC-10, with its batch norms frozen and "
        "free.",
        [
            Row("LeNet-5, base", 51.95, LENET + "base"),
            Row("LeNet-5, learning rate 0.01", None, LENET + "learning-rate-0.01"),
            Row("LeNet-5, SGD", None, LENET + "SGD"),
            Row("LeNet-5, batch norm", None, LENET + "batch-norm"),
            Row("LeNet-5, L2", None, LENET + "L2"),
            Row("ResNet-9, base", None, RESNET9 + "base"),
            Row("ResNet-9, learning rate 0.001", None, RESNET9 + "learning-rate-0.001"),
            Row("ResNet-9, SGD", None, RESNET9 + "SGD"),
            Row("ResNet-9, for as long as the next two", None, "cinic10-finetune/random-weights"),
            Row("ResNet-9 of CIFAR-100, batch norm frozen", None, "cinic10-finetune/batch-norm-frozen"),
            Row("ResNet-9 of CIFAR-100, batch norm free", None, "cinic10-finetune/batch-norm-free"),
        ],
    ),
    Project(
        "Imagenette",
        "9,469 training images, a tenth of them for validation, and 3,925 test images (Imagenette's val split) of "
        "10 classes; the files are at 128×128. The network of five layers sees them so, the small net of the own "
        "layers at 64×64, fine-tuned networks enlarged to 192×192. 3,791 of the test images have the names of "
        "ImageNet's training images: networks that were trained on ImageNet have seen most of them, the report's "
        "and ours.",
        [
            Row("own convolution and blur, a small net", None, "imagenette-own-conv"),
            Row("five layers, base", 51.31, IMAGENETTE + "base"),
            Row("batch norm", 66.27, IMAGENETTE + "batch-norm", versus=IMAGENETTE + "base"),
            Row("dropout", 62.50, IMAGENETTE + "dropout", versus=IMAGENETTE + "base"),
            Row("augmentation", 64.03, IMAGENETTE + "augmentation", versus=IMAGENETTE + "base"),
            Row("all", 75.67, IMAGENETTE + "all", versus=IMAGENETTE + "base"),
            Row("all, LeakyReLU", None, IMAGENETTE + "all-LeakyReLU"),
            Row("all, Sigmoid", None, IMAGENETTE + "all-Sigmoid"),
            Row("ResNet-18, fine-tuned, batch norm frozen", 96.82, FINE + "batch-norm-frozen", needs=RESNET18),
            Row("ResNet-18, fine-tuned, batch norm free", 97.96, FINE + "batch-norm-free", needs=RESNET18),
            Row("ResNet-18, fine-tuned", 97.96, FINE + "fine-tuned", stands_for=True),
            Row("ResNet-18, from random weights", None, FINE + "random-weights", stands_for=True),
        ],
    ),
    Project(
        "PASCAL VOC 2012",
        "A subset of 1,745 training and 873 test images at a shorter side of 160, mostly animals and people; the "
        "split is ours. The networks see 227×227. Mean average precision as scikit-learn computes it, over the kinds "
        "that occur in the test split. Some of them occur in a few images only: 7 birds, 4 motorbikes, 3 boats, 3 "
        "bicycles and 2 buses weigh as much in it as 294 dogs, and there is one bus to learn from. It is given as "
        "well without the bus, and over the kinds of which the test split has ten images at least. The pretrained "
        "network keeps ImageNet's last layer beside the new one, and sees each test image in three sizes and their "
        "mirror images; both were chosen by cross-validation in the training split, after simpler ways had been "
        "tested. The report has four figures of its own network and variants of it; ours are other variants.",
        [
            Row("simple classifier", 0.132, "voc-simple", "mAP"),
            Row("AlexNet, from scratch", 0.098, "voc-classify/AlexNet", "mAP"),
            Row("AlexNet, pretrained", 0.682, "voc-classify/pretrained", "mAP", stands_for=True),
            Row("own network", 0.17, "voc-classify/own", "mAP"),
            Row("a variant (ours: no batch norm)", 0.185, "voc-classify/own-no-batch-norm", "mAP"),
            Row("a variant (ours: shallower)", 0.16, "voc-classify/own-shallower", "mAP"),
            Row("a variant (ours: no augmentation)", 0.12, "voc-classify/own-no-augmentation", "mAP"),
        ],
    ),
    Project(
        "MNIST and CIFAR-100",
        "10,000 test images each; CIFAR-100 pixel for pixel, its images in another order than the official one. The "
        "best network on CIFAR-100, and those of its ablation, see each test image together with its mirror image. "
        "Two more steps that the script can leave out were not run: the biases' rate, and smaller images at first.",
        [
            Row("MNIST, fully connected", 94.54, "mnist-fcn"),
            Row("MNIST, CNN", 98.43, "mnist-cnn"),
            Row("CIFAR-100, fully connected", 31.72, "cifar100-fcn"),
            Row("CIFAR-100, CNN", 44.96, "cifar100-cnn"),
            Row("CIFAR-100, best", 61.54, "cifar100-best"),
            Row("ablation, narrower: all", None, "cifar100-ablation/all"),
            Row("ablation: no augmentation", None, "cifar100-ablation/no-augmentation"),
            Row("ablation: constant rate", None, "cifar100-ablation/constant-rate"),
            Row("ablation: no label smoothing", None, "cifar100-ablation/no-label-smoothing"),
            Row("ablation: default initialisation", None, "cifar100-ablation/default-initialisation"),
        ],
    ),
]
HEADER = ["row", "report", "ours", "seeds", "epochs", "minutes", "command"]
RULE = "| --- | --: | --: | --- | --: | --: | --- |"
_APART = 0.05  # seeds whose accuracies deviate by more are listed: a mean tells little of them
Kept = dict[str, Any]  # of a run: what run.json and metrics.json hold, and a little of its history


def take_in(runs: Path) -> tuple[list[str], list[str]]:
    """Keep settings and metrics of the finished runs below a folder that a line of the table is about.

    Returns:  names of the runs that were taken in, and of those that were passed over, with the reason.
    Raises:   ValueError: if a folder's name says another seed than the run.
    """
    wanted = {row.run for project in PROJECTS for row in project.rows}
    taken, passed_over = [], []
    for path in sorted(runs.glob("**/metrics.json")):
        folder = path.parent
        run, metrics = (read(folder / name) for name in ("run.json", "metrics.json"))
        first, *rest = folder.relative_to(runs).parts
        base, _, seed = first.partition("-seed")
        name = "/".join([base, *rest])
        begun_again = metrics.get("started", run["started"]) != run["started"]
        if name not in wanted or "--quick" in run["command"] or begun_again:
            why = (
                "no line is about it" if name not in wanted else "begun again, not finished" if begun_again else "quick"
            )
            passed_over.append(f"{folder.relative_to(runs)} ({why})")
            continue
        if seed and int(seed) != run["seed"]:
            raise ValueError(f"{folder}: its name says seed {seed}, the run seed {run['seed']}")
        run["model"].pop("summary", None)
        run["command"] = command({"run": run})
        stages = [read(history) for history in sorted(folder.glob("*/history.json"))]  # what came before it
        history = read(folder / "history.json")
        kept = {
            "run": run,
            "metrics": metrics,
            "epochs": [len(stage["seconds"]) for stage in (*stages, history)],
            "minutes": sum(minutes(stage) for stage in (*stages, history)),
            "training": (history.get("train_accuracy") or [None])[-1],
        }
        KEPT.mkdir(parents=True, exist_ok=True)
        target = KEPT / f"{name.replace('/', '--')}--seed{run['seed']}.json"
        target.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        taken.append(f"{name}, seed {run['seed']}")
    return taken, passed_over


def read(path: Path) -> Kept:
    """A JSON file."""
    content: Kept = json.loads(path.read_text(encoding="utf-8"))
    return content


def minutes(history: Kept) -> float:
    """Of all epochs; one of over three times the median's was interrupted, and counts as the median one."""
    usual = median(history["seconds"])
    return sum(s if s <= 3 * usual else usual for s in history["seconds"]) / 60


def kept_runs(run: str) -> list[Kept]:
    """What is kept of a run, one for each seed.

    Raises:   ValueError: if two of them differ in more than their seeds.
    """
    pattern = re.escape(run.replace("/", "--")) + r"--seed\d+\.json"
    found = [read(path) for path in sorted(KEPT.glob("*.json")) if re.fullmatch(pattern, path.name)]
    for kept in found[1:]:
        for what, now, then in [
            ("epochs", kept["epochs"], found[0]["epochs"]),
            *((what, kept["run"][what], found[0]["run"][what]) for what in ("settings", "data")),
        ]:
            if now != then:
                raise ValueError(
                    f"{run}: {what} of seed {kept['run']['seed']} are {now}, of seed {found[0]['run']['seed']} {then}: "
                    "no mean can be taken; run one of them again"
                )
    return found


def result(row: Row) -> float | None:
    """The mean of our runs, if there are any, as the report has it."""
    values = [kept["metrics"][row.measure] for kept in kept_runs(row.run)]
    return mean(values) * (1 if row.measure == "mAP" else 100) if values else None


def cells(row: Row) -> list[str]:
    """A line of the table."""
    found = kept_runs(row.run)
    percent = row.measure != "mAP"
    report = "–" if row.report is None else f"{row.report:.2f} %" if percent else f"{row.report:.3f}".rstrip("0")
    if row.training is not None:
        report = f"{row.training:.1f} / {row.report:.1f} %"
    if not found:
        return [row.name, report, f"needs {row.needs}" if row.needs else "not run yet", "", "", "", ""]
    name = f"{row.name} (ours: {description(found[0])})" if row.stands_for else row.name
    values = [kept["metrics"][row.measure] for kept in found]
    shown = f"{100 * mean(values):.2f}" if percent else f"{mean(values):.3f}"
    if len(values) > 1:
        shown += f" ± {100 * stdev(values):.2f}" if percent else f" ± {stdev(values):.3f}"
    if row.training is not None and all(kept["training"] is not None for kept in found):
        shown = f"{100 * mean(kept['training'] for kept in found):.1f} / {shown}"
    shown += " %" if percent else f" ({beside_the_map(found)})"
    if percent and len(values) > 1 and stdev(values) > _APART:
        shown += f" ({', '.join(f'{100 * value:.1f}' for value in values)})"
    seeds = ", ".join(str(kept["run"]["seed"]) for kept in found)
    epochs = " + ".join(map(str, found[0]["epochs"]))
    took = mean(kept["minutes"] for kept in found)
    return [name, report, shown, seeds, epochs, f"{took:.1f}", f"`{command(found[0])}`"]


LEARNT_FROM_ONE = {"bus"}  # kinds of VOC of which the training split has one image


def beside_the_map(found: list[Kept]) -> str:
    """What a constant score reaches, and the mAP over the kinds of which there is more than an image or two."""
    metrics = [kept["metrics"] for kept in found]
    counts = {name: rate * metrics[0]["samples"] for name, rate in metrics[0]["baseline"].items() if rate}
    learnable = [name for name in counts if name not in LEARNT_FROM_ONE]
    frequent = [name for name, count in counts.items() if count >= 9.5]
    constant = mean(m["baseline_mAP"] for m in metrics)

    def over(names: list[str]) -> str:
        return f"{mean(mean(m['average_precision'][name] for name in names) for m in metrics):.3f}"

    return (
        f"a constant score: {constant:.3f}; over {len(learnable)} kinds with two images to learn from: "
        f"{over(learnable)}; over {len(frequent)} kinds with ten test images: {over(frequent)}"
    )


def description(kept: Kept) -> str:
    """Which network was trained, and what it began with."""
    settings = kept["run"]["settings"]
    start = settings.get("start") or next(iter(kept["run"]["notes"]), "")
    return ", ".join(filter(None, [kept["run"]["model"]["name"], start[:1].lower() + start[1:].rstrip(".")]))


def command(kept: Kept) -> str:
    """The run's command, without the folders of the machine it ran on."""
    short = re.sub(r" --(data|out) \S+", "", kept["run"]["command"]).replace(
        " --weights runs/cifar100-best/best.pt", ""
    )
    return re.sub(r" --weights (\S*/)?([^/\s]+)", r" --weights \2", short)


def surprises(rows: list[Row]) -> list[str]:
    """Where a step helped in the report and not here, or the other way round, in runs of as many epochs."""
    of = {row.run: row for row in rows}
    said = []
    for row in rows:
        before = of.get(row.versus or "")
        if before is None or row.report is None or before.report is None:
            continue
        now, then = result(row), result(before)
        if now is None or then is None or (row.report > before.report) == (now > then):
            continue
        found, found_before = kept_runs(row.run), kept_runs(before.run)
        if found[0]["epochs"] != found_before[0]["epochs"]:
            continue
        images = found[0]["metrics"]["samples"]
        deviation = sqrt((now * (100 - now) + then * (100 - then)) / images)  # of the difference, in percent
        chance = " (within what chance does)" if abs(now - then) < 1.96 * deviation else ""
        helped, not_helped = ("in the report", "here") if row.report > before.report else ("here", "in the report")
        said.append(
            f"“{row.name}” helped {helped} and not {not_helped}: {before.report:.2f} to {row.report:.2f} % in the "
            f"report, {then:.2f} to {now:.2f} % here{chance}."
        )
    return said


def attributes() -> list[str]:
    """The accuracy of each attribute of the scenes; the report gives one of them."""
    runs = ("scenes15-multilabel", "scenes15-multilabel-finetune")
    columns = {description(found[0]): found for run in runs if (found := kept_runs(run))}
    if not columns:
        return []
    lines = ["", f"| attribute | report | the same answer always | {' | '.join(columns)} |"]
    lines.append("| --- | --: | --: |" + " --: |" * len(columns))
    frequency = next(iter(columns.values()))[0]["metrics"]["baseline"]
    table = {
        name: [
            max(frequency[name], 1 - frequency[name]),
            *(mean(kept["metrics"]["attribute_accuracy"][name] for kept in found) for found in columns.values()),
        ]
        for name in frequency
    }
    table["mean"] = [mean(values) for values in zip(*table.values(), strict=True)]
    for name, values in table.items():
        report = {"clouds": "76 %", "mean": "90.4 %"}.get(name, "–")
        lines.append(f"| {name} | {report} | {' | '.join(f'{value:.1%}'.replace('%', ' %') for value in values)} |")
    return lines


def text() -> str:
    """The page."""
    lines = [
        "# The five course projects",
        "",
        "What the courses' reports say, and what the scripts in `examples/` reached with this library. Every figure is",
        "of the test split, which picked no epoch, and is read from the run's own metrics by",
        "`python examples/results.py`; where there are two, the first is of the training images in the last epoch, as",
        "they were augmented. Settings were tried on validation images; some scripts were changed and run again after",
        "their figure on the test split had been seen. ± is the standard deviation over the seeds. Minutes are of the",
        "training alone, by the clock; the machine mostly had other work as well. The commands are for the folder of",
        "the repository, with the data's folder in MINITORCH_CV_DATA; for another seed N add --seed N --out",
        "runs/NAME-seedN. Files of weights stand without their folders.",
        "squeezenet1_0-imagenet.pth has the weights that SqueezeNet's authors published (compressed, BSD licence),",
        "under torchvision's names; torchvision's own file can be given in its place, and figures then differ.",
        "",
    ]
    for project in PROJECTS:
        lines += [f"## {project.title}", "", project.note, "", f"| {' | '.join(HEADER)} |", RULE]
        lines += [f"| {' | '.join(cells(row))} |" for row in project.rows]
        lines += attributes() if project.title == "15-Scenes" else []
        found = [kept for row in project.rows for kept in kept_runs(row.run)]
        left_out = sorted({name for kept in found for name in kept["metrics"].get("without_positives", [])})
        if left_out and "VOC" in project.title:
            lines += ["", f"Left out, not in the test split: {', '.join(left_out)}."]
        for sentence in surprises(project.rows):
            lines += ["", sentence]
        lines += ["", *machines(project.rows), ""]
    return "\n".join(lines).rstrip() + "\n"


def machines(rows: list[Row]) -> list[str]:
    """Where most of a table's runs were made, and, of each other machine, the lines that are from there."""
    lines: dict[str, list[str]] = {}
    for row in rows:
        for where in sorted({machine(kept["run"]) for kept in kept_runs(row.run)}):
            lines.setdefault(where, []).append(f"“{row.name}”")
    if not lines:
        return []
    usual, *others = sorted(lines, key=lambda where: -len(lines[where]))
    return [f"({usual})", *(f"({where}: {', '.join(lines[where])})" for where in others)]


def machine(run: Kept) -> str:
    """Processor, cores and versions."""
    versions = ", ".join(f"{name} {number}" for name, number in run["versions"].items())
    return f"{run['machine']['processor']}, {run['machine']['cores']} cores; {versions}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=Path, help="folder of finished runs to take in first")
    args = parser.parse_args()
    if args.runs is not None:
        taken, passed_over = take_in(args.runs)
        for name in taken:
            print(f"taken in: {name}")
        for name in passed_over:
            print(f"passed over: {name}")
    PAGE.write_text(text(), encoding="utf-8")
    print(f"written: {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
