"""A network of five convolutions on Imagenette: what batch norm, dropout, augmentation and the activation each bring.

    python examples/imagenette/ablation.py --data FOLDER      # FOLDER holds imagenette2-160/{train,val}/WNID/*.JPEG

Every variant changes the base in one thing; "all" has everything. A tenth of the training images, drawn at random, is
for validation; Imagenette's val images are the test images here, looked at once for each variant. A run that was cut
off goes on where it was when the command is given again.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import minitorch_cv as torch
from minitorch_cv import nn
from minitorch_cv.training import begin_run, compare, finish_run, fit, report, spread_subset
from minitorch_cv.utils.command_line import positive_int
from minitorch_cv.utils.data import DataLoader, Subset
from minitorch_cv.vision.datasets import Imagenette
from minitorch_cv.vision.models import ImagenetteModel
from minitorch_cv.vision.transforms import BatchAugment, CenterCrop, Compose, ImageBatches, Resize

SIZE = 128
MEAN, STD = (0.462, 0.458, 0.430), (0.285, 0.280, 0.301)  # of the training images, by channel

BASE = {"batch_norm": False, "dropout": 0.0, "augmentation": False, "activation": "ReLU"}
ALL = {"batch_norm": True, "dropout": 0.3, "augmentation": True, "activation": "ReLU"}
VARIANTS = {
    "base": BASE,
    "batch norm": BASE | {"batch_norm": True},
    "dropout": BASE | {"dropout": 0.3},
    "augmentation": BASE | {"augmentation": True},
    "all": ALL,
    "all, LeakyReLU": ALL | {"activation": "LeakyReLU"},
    "all, Sigmoid": ALL | {"activation": "Sigmoid"},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=os.environ.get("MINITORCH_CV_DATA"), help="folder that holds imagenette2-160")
    parser.add_argument("--variants", nargs="+", choices=VARIANTS, default=list(VARIANTS))
    parser.add_argument("--epochs", type=positive_int, default=8)
    parser.add_argument("--quick", action="store_true", help="a few images, half their size, one epoch: to see it run")
    parser.add_argument("--out", type=Path, default=Path("runs/imagenette-ablation"))
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    folder = args.out.with_name(f"{args.out.name}-quick") if args.quick else args.out
    epochs, size = (1, SIZE // 2) if args.quick else (args.epochs, SIZE)

    # Every image is decoded and brought to one size once; the rest happens batch by batch.
    to_size = Compose([Resize(size), CenterCrop(size)])
    train_set, test_set = (Imagenette(args.data, split, "160px", transform=to_size) for split in ("train", "val"))
    classes = [names[0] for names in train_set.classes]
    if args.quick:
        train_set, test_set = spread_subset(train_set, 320), spread_subset(test_set, 100)
    images, test_images = (ImageBatches.from_dataset(dataset) for dataset in (train_set, test_set))
    indices = torch.randperm(len(images), generator=torch.Generator().manual_seed(0)).tolist()
    held_out = len(indices) // 10
    val_indices, train_indices = indices[:held_out], indices[held_out:]

    runs = []
    for variant in args.variants:
        torch.manual_seed(args.seed)
        chosen = VARIANTS[variant]
        augment = BatchAugment(
            padding=size // 8, padding_mode="reflect", flip=0.5, cutout=size // 4, mean=MEAN, std=STD
        )
        plain = augment.plain()
        train_batches = images.with_transform(augment if chosen["augmentation"] else plain)
        train_loader = DataLoader(Subset(train_batches, train_indices), batch_size=32, shuffle=True, num_workers=1)
        val_loader = DataLoader(Subset(images.with_transform(plain), val_indices), batch_size=100)
        test_loader = DataLoader(test_images.with_transform(plain), batch_size=100)

        model = ImagenetteModel(
            batch_norm=chosen["batch_norm"],
            dropout=chosen["dropout"],
            activation_layer=getattr(nn, chosen["activation"]),
        )
        optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.02)
        scheduler = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, max_lr=2e-3, epochs=epochs, steps_per_epoch=len(train_loader)
        )
        out = begin_run(
            folder / variant.replace(",", "").replace(" ", "-"),
            f"Imagenette: {variant}",
            classes,
            model,
            (1, 3, size, size),
            seed=args.seed,
            settings=chosen | {"epochs": epochs},
            data={
                "name": f"Imagenette, {size}×{size}",
                "train": len(train_indices),
                "val": len(val_indices),
                "test": len(test_images),
            },
        )
        fit(model, train_loader, val_loader, optimizer, nn.CrossEntropyLoss(), epochs, scheduler, out=out)
        result = finish_run(out, model, test_loader, nn.CrossEntropyLoss(), mean=MEAN, std=STD, features="features")
        print(f"{variant}: test accuracy {result['accuracy']:.2%}, page: {report(out)}\n")
        runs.append(out)
    if len(runs) > 1:
        print(f"comparison: {compare(runs, folder / 'comparison.html', 'Five convolutions on Imagenette')}")


if __name__ == "__main__":
    main()
