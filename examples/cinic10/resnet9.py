"""ResNet-9 on CINIC-10 in three variants.

    python examples/cinic10/resnet9.py --data FOLDER      # FOLDER holds CINIC-10/{train,valid,test}/CLASS/*.png

The base has Adam under a one-cycle learning rate of at most 0.01; the others a learning rate of 0.001, or SGD with
momentum, at a rate and a weight decay of its own. All have label smoothing and gradients clipped at 0.1. Images are
cropped and mirrored at random, and a square of them is cut out. Some 4,000 images of the valid split are looked at
after each epoch. The rate falls to nothing, so the weights of the last epoch are the ones that are tested, once, on the
test split. A run that was cut off goes on where it was when the command is given again.
"""

from __future__ import annotations

import argparse
import os
from functools import partial
from pathlib import Path

import minitorch_cv as torch
from minitorch_cv import nn
from minitorch_cv.training import GradientClipping, begin_run, compare, finish_run, fit, report, spread_subset
from minitorch_cv.utils.command_line import positive_int
from minitorch_cv.utils.data import DataLoader
from minitorch_cv.vision.datasets import CINIC10
from minitorch_cv.vision.models import ResNet9
from minitorch_cv.vision.transforms import BatchAugment, ImageBatches

MEAN, STD = (0.479, 0.472, 0.430), (0.242, 0.238, 0.259)  # of CINIC-10's training images, by channel

OPTIMIZERS = {
    "Adam": partial(torch.optim.Adam, weight_decay=1e-4),
    "SGD": partial(torch.optim.SGD, momentum=0.9, nesterov=True, weight_decay=5e-4),
}
VARIANTS = {
    "base": {"optimizer": "Adam", "lr": 0.01},
    "learning rate 0.001": {"optimizer": "Adam", "lr": 0.001},
    "SGD": {"optimizer": "SGD", "lr": 0.1},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=os.environ.get("MINITORCH_CV_DATA"), help="folder that holds CINIC-10")
    parser.add_argument("--variants", nargs="+", choices=VARIANTS, default=list(VARIANTS))
    parser.add_argument("--epochs", type=positive_int, default=14)
    parser.add_argument("--quick", action="store_true", help="a few images and one epoch, to see it run")
    parser.add_argument("--out", type=Path, default=Path("runs/cinic10-resnet9"))
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    folder = args.out.with_name(f"{args.out.name}-quick") if args.quick else args.out
    epochs = 1 if args.quick else args.epochs

    # All images are decoded once; a batch is then cropped, mirrored and normalised in one pass.
    train_set, val_set, test_set = (CINIC10(args.data, split) for split in ("train", "valid", "test"))
    classes = train_set.classes
    val_set = spread_subset(val_set, 4000)  # about 4,000: enough to see how it goes, and each epoch waits for it
    if args.quick:
        train_set, val_set, test_set = (
            spread_subset(train_set, 250),
            spread_subset(val_set, 100),
            spread_subset(test_set, 100),
        )
    augment = BatchAugment(padding=4, flip=0.5, cutout=8, mean=MEAN, std=STD)
    train_batches = ImageBatches.from_dataset(train_set, augment)
    val_batches, test_batches = (ImageBatches.from_dataset(s, augment.plain()) for s in (val_set, test_set))

    runs = []
    for variant in args.variants:
        torch.manual_seed(args.seed)
        chosen = VARIANTS[variant]
        train_loader = DataLoader(train_batches, batch_size=128, shuffle=True, num_workers=1)
        model = ResNet9(num_classes=10)
        optimizer = OPTIMIZERS[chosen["optimizer"]](model.parameters(), lr=chosen["lr"])
        scheduler = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, max_lr=chosen["lr"], epochs=epochs, steps_per_epoch=len(train_loader)
        )
        out = begin_run(
            folder / variant.replace(" ", "-"),
            f"ResNet-9 on CINIC-10: {variant}",
            classes,
            model,
            (1, 3, 32, 32),
            seed=args.seed,
            settings=chosen | {"epochs": epochs, "batch size": 128},
            data={"name": "CINIC-10", "train": len(train_batches), "val": len(val_batches), "test": len(test_batches)},
            notes=["The losses of training and validation are with smoothed labels, that of the test is not."],
        )
        fit(
            model,
            train_loader,
            DataLoader(val_batches, batch_size=500),
            optimizer,
            nn.CrossEntropyLoss(label_smoothing=0.1),
            epochs,
            scheduler,
            callbacks=[GradientClipping(max_value=0.1)],
            out=out,
        )
        test_loader = DataLoader(test_batches, batch_size=500)
        result = finish_run(out, model, test_loader, nn.CrossEntropyLoss(), mean=MEAN, std=STD, features="classifier.1")
        print(f"{variant}: test accuracy {result['accuracy']:.2%}, page: {report(out)}\n")
        runs.append(out)
    if len(runs) > 1:
        print(f"comparison: {compare(runs, folder / 'comparison.html', 'ResNet-9 on CINIC-10, three variants')}")


if __name__ == "__main__":
    main()
