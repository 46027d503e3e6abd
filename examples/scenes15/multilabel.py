"""Attributes of scenes: are there clouds, water, people, animals, vehicles; is the scene natural, is it man-made?

    python examples/scenes15/multilabel.py --data FOLDER      # holds scenes15/, scene_attributes_{train,test}.csv
    python examples/scenes15/multilabel.py --data FOLDER --model resnet18 --weights resnet18.pth    # torchvision's file

Several attributes may hold at once, so each gets a yes or no of its own: a score for each, BCEWithLogitsLoss on all.
The images that have attributes are too few to begin with: the network first learns the 15 scenes (of the training
images), then its last layer is exchanged and it learns the attributes. With --from-scratch it learns them at once. A
larger network that was trained on ImageNet (--weights) gets a new last layer (SqueezeNet a whole classifier) and learns
them at once, the layers before at a lower rate. The rate falls to nothing, so the weights of the last epoch
are tested, once. A run that was cut off goes on where it was when the command is given again.
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
from minitorch_cv.utils.command_line import existing_file, positive_int
from minitorch_cv.utils.data import DataLoader, Subset
from minitorch_cv.vision.datasets import SceneAttributes, Scenes15
from minitorch_cv.vision.models import FINE_TUNABLE, SimpleNetFinal, for_fine_tuning
from minitorch_cv.vision.transforms import BatchAugment, CenterCrop, Compose, Grayscale, ImageBatches, Resize

SIZE, LARGER = 64, 76  # pixels: what SimpleNetFinal sees, and what a random crop of that is taken from
FINE_SIZE, FINE_LARGER = 224, 248  # the same for a network from ImageNet
FINE_MEAN, FINE_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet, as its weights expect
FINE_BODY_RATE = 5e-5  # of the layers before it


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=os.environ.get("MINITORCH_CV_DATA"), help="folder that holds scenes15")
    parser.add_argument("--from-scratch", action="store_true", help="do not learn the scenes first")
    parser.add_argument("--model", choices=FINE_TUNABLE, help="the network to fine-tune: resnet18 by default")
    parser.add_argument("--weights", type=existing_file, help="torchvision's file of its weights")
    parser.add_argument("--epochs", type=positive_int, help="60, of the scenes and of the attributes; 15 to fine-tune")
    parser.add_argument("--quick", action="store_true", help="a few images and one epoch, to see it run")
    parser.add_argument("--out", type=Path, help="runs/scenes15-multilabel, with -finetune or -from-scratch")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    if args.from_scratch and args.weights:
        parser.error("--from-scratch and --weights: a network begins with the one or the other")
    if args.model and not args.weights:
        parser.error("--model: name the file of its weights with --weights")
    fine, name = args.weights is not None, args.model or "resnet18"
    epochs = 1 if args.quick else args.epochs or (15 if fine else 60)
    kind = "-finetune" if fine else "-from-scratch" if args.from_scratch else ""
    folder = args.out or Path(f"runs/scenes15-multilabel{kind}")
    folder = folder.with_name(f"{folder.name}-quick") if args.quick else folder
    size, larger = (FINE_SIZE, FINE_LARGER) if fine else (SIZE, LARGER)
    torch.manual_seed(args.seed)

    # The images are grey; a network from ImageNet takes three channels, so it gets three equal ones.
    to_size = Compose([Resize(larger), CenterCrop(larger), Grayscale(num_output_channels=3 if fine else 1)])
    train_set, test_set = (SceneAttributes(args.data, split, transform=to_size) for split in ("train", "test"))
    attributes = list(train_set.classes)
    scenes = None if args.from_scratch or fine else Scenes15(args.data, "train", transform=to_size)
    if args.quick:
        train_set, test_set = spread_subset(train_set, 200), spread_subset(test_set, 100)
        scenes = scenes and spread_subset(scenes, 200)
    images, test_images = (ImageBatches.from_dataset(dataset) for dataset in (train_set, test_set))
    indices = torch.randperm(len(images), generator=torch.Generator().manual_seed(0)).tolist()
    held_out = len(indices) // 10
    mean, std = FINE_MEAN, FINE_STD
    if not fine:
        pixels = images.data[indices[held_out:]] / 255
        mean, std = [float(pixels.mean())], [float(pixels.std())]
    augment = BatchAugment(size=size, flip=0.5, mean=mean, std=std)

    if fine:
        model, new, rate, features = for_fine_tuning(name, len(attributes), args.weights)
        start = f"from {args.weights.name}"
        groups = nn.utils.parameter_groups(model, {new: rate}, lr=FINE_BODY_RATE)
    else:
        model, features = SimpleNetFinal(num_classes=15), "fc_layers.1"
        start = "from scratch" if scenes is None else "after learning the scenes"
        if scenes is not None:
            loader = DataLoader(ImageBatches.from_dataset(scenes, augment), batch_size=32, shuffle=True)
            groups = [{"params": model.parameters(), "lr": 2e-3}]
            first = begin_run(
                folder / "scenes",
                "15-Scenes, before their attributes",
                Scenes15.known_classes,
                model,
                (1, 1, size, size),
                seed=args.seed,
                settings={"epochs": epochs, "lr": 2e-3},
                data={"name": f"15-Scenes, {size}×{size}", "train": len(scenes)},
            )
            learn(model, groups, loader, None, nn.CrossEntropyLoss(), epochs, None, first)
            print("the scenes are learnt; now the attributes")
        model.fc_layers[-1] = nn.Linear(128, len(attributes))
        groups = [{"params": model.parameters(), "lr": 2e-3}]

    train_loader = DataLoader(Subset(images.with_transform(augment), indices[held_out:]), batch_size=32, shuffle=True)
    val_loader = DataLoader(Subset(images.with_transform(augment.plain()), indices[:held_out]), batch_size=200)
    test_loader = DataLoader(test_images.with_transform(augment.plain()), batch_size=200)
    out = begin_run(
        folder,
        f"Attributes of scenes, {type(model).__name__} {start}",
        attributes,
        model,
        (1, len(mean), size, size),
        task="multilabel",
        seed=args.seed,
        settings={
            "start": start,
            "weights": args.weights,
            "epochs": epochs,
            "lr": groups[-1]["lr"],
            "lr before the last layer": groups[0]["lr"],
        },
        data={
            "name": f"15-Scenes attributes, {size}×{size}",
            "train": len(indices) - held_out,
            "val": held_out,
            "test": len(test_images),
        },
    )
    criterion = nn.BCEWithLogitsLoss()
    metrics = {"accuracy": lambda scores, targets: label_accuracy(scores, targets).mean()}
    learn(model, groups, train_loader, val_loader, criterion, epochs, metrics, out)
    result = finish_run(out, model, test_loader, criterion, mean=mean, std=std, features=features)
    kept = np.load(out / "predictions.npz")  # what the network said of the test images
    print(label_table(kept["scores"], kept["targets"], attributes))
    print(f"accuracy over all attributes {result['accuracy']:.3f}, page: {report(out)}")


def learn(
    model: nn.Module,
    groups: list[dict],
    train_loader: DataLoader,
    val_loader: DataLoader | None,
    criterion: nn.Module,
    epochs: int,
    metrics: dict | None,
    out: Path,
) -> None:
    """Train under a one-cycle learning rate that rises to each group's own."""
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=[group["lr"] for group in optimizer.param_groups], total_steps=epochs * len(train_loader)
    )
    fit(model, train_loader, val_loader, optimizer, criterion, epochs, scheduler, metrics, out=out)


if __name__ == "__main__":
    main()
