"""Attributes of scenes: are there clouds, water, people, animals, vehicles; is the scene natural, is it man-made?

    python examples/scenes15/multilabel.py --data FOLDER      # holds scenes15/, scene_attributes_{train,test}.csv

Several attributes may hold at once, so each gets a yes or no of its own: a score for each, BCEWithLogitsLoss on all.
The images that have attributes are too few to begin with: the network first learns the 15 scenes (of the training
images), then its last layer is exchanged and it learns the attributes. With --from-scratch it learns them at once. The
rate falls to nothing, so the weights of the last epoch are tested, once.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import numpy as np

import minitorch_cv as torch
from minitorch_cv import nn
from minitorch_cv.training import (
    begin_run,
    finish_run,
    fit,
    label_accuracy,
    label_table,
    report,
    spread_subset,
)
from minitorch_cv.utils.data import DataLoader, Subset
from minitorch_cv.vision.datasets import SceneAttributes, Scenes15
from minitorch_cv.vision.models import SimpleNetFinal
from minitorch_cv.vision.transforms import BatchAugment, CenterCrop, Compose, ImageBatches, Resize

SIZE, LARGER = 64, 76  # pixels: what the network sees, and what a random crop of that is taken from


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=os.environ.get("MINITORCH_CV_DATA"), help="folder that holds scenes15")
    parser.add_argument("--from-scratch", action="store_true", help="do not learn the scenes first")
    parser.add_argument("--epochs", type=int, default=60, help="of the scenes, and of the attributes")
    parser.add_argument("--quick", action="store_true", help="a few images and one epoch, to see it run")
    parser.add_argument("--out", type=Path, default=Path("runs/scenes15-multilabel"))
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    epochs = 1 if args.quick else args.epochs
    torch.manual_seed(args.seed)

    to_size = Compose([Resize(LARGER), CenterCrop(LARGER)])
    train_set, test_set = (SceneAttributes(args.data, split, transform=to_size) for split in ("train", "test"))
    attributes = list(train_set.classes)
    scenes = None if args.from_scratch else Scenes15(args.data, "train", transform=to_size)
    if args.quick:
        train_set, test_set = spread_subset(train_set, 200), spread_subset(test_set, 100)
        scenes = scenes and spread_subset(scenes, 200)
    images, test_images = (ImageBatches.from_dataset(dataset) for dataset in (train_set, test_set))
    pixels = images.data / 255
    mean, std = float(pixels.mean()), float(pixels.std())
    augment = BatchAugment(size=SIZE, flip=0.5, mean=mean, std=std)

    model = SimpleNetFinal(num_classes=15)
    if scenes is not None:
        loader = DataLoader(ImageBatches.from_dataset(scenes, augment), batch_size=32, shuffle=True)
        learn(model, loader, None, nn.CrossEntropyLoss(), epochs, None, args.out / "scenes")
        print("the scenes are learnt; now the attributes")
    model.fc_layers[-1] = nn.Linear(128, len(attributes))

    indices = torch.randperm(len(images), generator=torch.Generator().manual_seed(0)).tolist()
    held_out = len(indices) // 10
    train_loader = DataLoader(Subset(images.with_transform(augment), indices[held_out:]), batch_size=32, shuffle=True)
    val_loader = DataLoader(Subset(images.with_transform(augment.plain()), indices[:held_out]), batch_size=200)
    test_loader = DataLoader(test_images.with_transform(augment.plain()), batch_size=200)
    out = begin_run(
        args.out,
        f"Attributes of scenes, {'from scratch' if args.from_scratch else 'after learning the scenes'}",
        attributes,
        model,
        (1, 1, SIZE, SIZE),
        task="multilabel",
        seed=args.seed,
        settings={"scenes first": not args.from_scratch, "epochs": epochs},
        data={
            "name": "15-Scenes attributes, 64×64",
            "train": len(indices) - held_out,
            "val": held_out,
            "test": len(test_images),
        },
    )
    criterion = nn.BCEWithLogitsLoss()
    metrics = {"accuracy": lambda scores, targets: label_accuracy(scores, targets).mean()}
    learn(model, train_loader, val_loader, criterion, epochs, metrics, out)
    result = finish_run(out, model, test_loader, criterion, mean=[mean], std=[std])
    kept = np.load(out / "predictions.npz")  # what the network said of the test images
    print(label_table(kept["scores"], kept["targets"], attributes))
    print(f"accuracy over all attributes {result['accuracy']:.3f}, page: {report(out)}")


def learn(
    model: nn.Module,
    train_loader: DataLoader,
    val_loader: DataLoader | None,
    criterion: nn.Module,
    epochs: int,
    metrics: dict | None,
    out: Path,
) -> None:
    """Train under a one-cycle learning rate."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.01)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=2e-3, epochs=epochs, steps_per_epoch=len(train_loader)
    )
    fit(model, train_loader, val_loader, optimizer, criterion, epochs, scheduler, metrics, out=out)


if __name__ == "__main__":
    main()
