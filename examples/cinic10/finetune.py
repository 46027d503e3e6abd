"""A ResNet-9 that has learnt CIFAR-100, moved to CINIC-10 with its batch norms frozen, and with them free.

    python examples/cifar100/best.py --data FOLDER      # makes the weights, in the better part of an hour
    python examples/cinic10/finetune.py --data FOLDER --weights runs/cifar100-best/best.pt

The last layer is exchanged for one of ten classes; the layers before it learn at a tenth of its rate. A frozen batch
norm normalises by CIFAR-100's statistics and keeps its factors; a free one goes by the new images. A network of
the same width from random weights stands beside them. The rate falls to nothing, so the weights of the last epoch are
tested, once. A run that was cut off goes on where it was when the command is given again.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import minitorch_cv as torch
from minitorch_cv import nn
from minitorch_cv.training import begin_run, compare, finish_run, fit, report, spread_subset
from minitorch_cv.utils.command_line import positive_int
from minitorch_cv.utils.data import DataLoader
from minitorch_cv.vision.datasets import CINIC10
from minitorch_cv.vision.models import ResNet9
from minitorch_cv.vision.transforms import BatchAugment, ImageBatches

MEAN, STD = (0.507, 0.487, 0.441), (0.267, 0.256, 0.276)  # of CIFAR-100's training images, as the weights expect
VARIANTS = ("random weights", "batch norm frozen", "batch norm free")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=os.environ.get("MINITORCH_CV_DATA"), help="folder that holds CINIC-10")
    parser.add_argument("--weights", type=Path, default=Path("runs/cifar100-best/best.pt"), help="of cifar100/best.py")
    parser.add_argument("--variants", nargs="+", choices=VARIANTS, default=list(VARIANTS))
    parser.add_argument("--epochs", type=positive_int, default=5)
    parser.add_argument("--quick", action="store_true", help="a few images and one epoch, to see it run")
    parser.add_argument("--out", type=Path, default=Path("runs/cinic10-finetune"))
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    folder = args.out.with_name(f"{args.out.name}-quick") if args.quick else args.out
    epochs = 1 if args.quick else args.epochs
    if not args.weights.is_file():
        parser.error(f"there are no weights at {args.weights}; examples/cifar100/best.py makes them")
    learnt = torch.load(args.weights)
    if "conv1.0.weight" not in learnt or len(learnt["classifier.3.weight"]) != 100:
        parser.error(f"{args.weights} holds no ResNet-9 for 100 classes; examples/cifar100/best.py makes its weights")
    train_set, val_set, test_set = (CINIC10(args.data, split) for split in ("train", "valid", "test"))
    classes = train_set.classes
    val_set = spread_subset(val_set, 4000)  # about 4,000: enough to see how it goes, and each epoch waits for it
    if args.quick:
        train_set, val_set, test_set = (
            spread_subset(train_set, 250),
            spread_subset(val_set, 100),
            spread_subset(test_set, 100),
        )
    augment = BatchAugment(padding=4, padding_mode="reflect", flip=0.5, mean=MEAN, std=STD)
    train_batches = ImageBatches.from_dataset(train_set, augment)
    val_batches, test_batches = (ImageBatches.from_dataset(s, augment.plain()) for s in (val_set, test_set))

    runs = []
    for variant in args.variants:
        torch.manual_seed(args.seed)
        train_loader = DataLoader(train_batches, batch_size=128, shuffle=True, num_workers=1)
        model = ResNet9(num_classes=100, width=len(learnt["conv1.0.weight"]))
        if variant != "random weights":
            model.load_state_dict(learnt)
        model.classifier[-1] = nn.Linear(model.classifier[-1].in_features, len(classes))
        if variant == "batch norm frozen":
            for module in model.modules():
                if isinstance(module, nn.BatchNorm2d):
                    nn.utils.freeze(module)  # its statistics too, through model.train()
        rate = 0.1 if variant == "random weights" else 0.02
        body_rate = rate if variant == "random weights" else rate / 10
        groups = nn.utils.parameter_groups(model, {"classifier": rate}, lr=body_rate)
        optimizer = torch.optim.SGD(groups, momentum=0.9, nesterov=True, weight_decay=5e-4)
        scheduler = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, max_lr=[group["lr"] for group in optimizer.param_groups], total_steps=epochs * len(train_loader)
        )
        out = begin_run(
            folder / variant.replace(" ", "-"),
            f"ResNet-9 on CINIC-10: {variant}",
            classes,
            model,
            (1, 3, 32, 32),
            seed=args.seed,
            settings={"variant": variant, "weights": args.weights, "epochs": epochs, "lr": rate},
            data={"name": "CINIC-10", "train": len(train_batches), "val": len(val_batches), "test": len(test_batches)},
        )
        val_loader, test_loader = DataLoader(val_batches, batch_size=500), DataLoader(test_batches, batch_size=500)
        fit(model, train_loader, val_loader, optimizer, nn.CrossEntropyLoss(), epochs, scheduler, out=out)
        result = finish_run(out, model, test_loader, nn.CrossEntropyLoss(), mean=MEAN, std=STD, features="classifier.1")
        print(f"{variant}: test accuracy {result['accuracy']:.2%}, page: {report(out)}\n")
        runs.append(out)
    if len(runs) > 1:
        print(f"comparison: {compare(runs, folder / 'comparison.html', 'Batch norm frozen and free')}")


if __name__ == "__main__":
    main()
