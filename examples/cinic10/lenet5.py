"""LeNet-5 on CINIC-10 in five variants, with the training loop written out.

    python examples/cinic10/lenet5.py --data FOLDER       # FOLDER holds CINIC-10/{train,valid,test}/CLASS/*.png

The base is LeNet-5 with Adam at 0.001; each variant changes one thing: the learning rate, the optimiser (SGD with
momentum, at a rate of its own), batch normalisation, or weight decay (L2). Every variant is trained for the same number
of epochs; the weights of the epoch that is best on the validation split are then tested, once, on the test split. A run
that was cut off goes on with the epoch after its last when the command is given again.
"""

from __future__ import annotations

import argparse
import os
import time
from functools import partial
from pathlib import Path

import numpy as np
from tqdm import tqdm

import minitorch_cv as torch
from minitorch_cv import nn
from minitorch_cv.training import (
    accuracy,
    begin_run,
    best_epoch,
    classification_table,
    compare,
    evaluate,
    finish_run,
    load_checkpoint,
    report,
    save_checkpoint,
    spread_subset,
)
from minitorch_cv.utils.command_line import positive_int
from minitorch_cv.utils.data import DataLoader
from minitorch_cv.vision.datasets import CINIC10
from minitorch_cv.vision.models import LeNet5
from minitorch_cv.vision.transforms import BatchAugment, ImageBatches

MEAN, STD = (0.479, 0.472, 0.430), (0.242, 0.238, 0.259)  # of CINIC-10's training images, by channel

OPTIMIZERS = {"Adam": torch.optim.Adam, "SGD": partial(torch.optim.SGD, momentum=0.9)}
BASE = {"optimizer": "Adam", "lr": 0.001, "weight_decay": 0.0, "batch_norm": False}
VARIANTS = {
    "base": BASE,
    "learning rate 0.01": BASE | {"lr": 0.01},
    "SGD": BASE | {"optimizer": "SGD", "lr": 0.01},  # with momentum 0.9
    "batch norm": BASE | {"batch_norm": True},
    "L2": BASE | {"weight_decay": 1e-3},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=os.environ.get("MINITORCH_CV_DATA"), help="folder that holds CINIC-10")
    parser.add_argument("--variants", nargs="+", choices=VARIANTS, default=list(VARIANTS))
    parser.add_argument("--epochs", type=positive_int, default=20)
    parser.add_argument("--quick", action="store_true", help="500 images of each split and one epoch, to see it run")
    parser.add_argument("--out", type=Path, default=Path("runs/cinic10-lenet5"))
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    folder = args.out.with_name(f"{args.out.name}-quick") if args.quick else args.out
    epochs = 1 if args.quick else args.epochs

    # All images are decoded once; a batch is then mirrored at random and normalised in one pass.
    train_set, val_set, test_set = (CINIC10(args.data, split) for split in ("train", "valid", "test"))
    classes = train_set.classes
    if args.quick:
        train_set, val_set, test_set = (spread_subset(dataset, 500) for dataset in (train_set, val_set, test_set))
    augment = BatchAugment(flip=0.5, mean=MEAN, std=STD)
    train_batches = ImageBatches.from_dataset(train_set, augment)
    val_batches, test_batches = (ImageBatches.from_dataset(s, augment.plain()) for s in (val_set, test_set))

    runs = []
    for variant in args.variants:
        torch.manual_seed(args.seed)
        chosen = VARIANTS[variant]
        model = LeNet5(num_classes=10, in_channels=3, image_size=32, batch_norm=chosen["batch_norm"])
        make_optimizer = OPTIMIZERS[chosen["optimizer"]]
        optimizer = make_optimizer(model.parameters(), lr=chosen["lr"], weight_decay=chosen["weight_decay"])
        out = begin_run(
            folder / variant.replace(" ", "-"),
            f"LeNet-5 on CINIC-10: {variant}",
            classes,
            model,
            (1, 3, 32, 32),
            seed=args.seed,
            settings=chosen | {"epochs": epochs, "batch size": 64},
            data={"name": "CINIC-10", "train": len(train_batches), "val": len(val_batches), "test": len(test_batches)},
        )
        train(
            model,
            optimizer,
            DataLoader(train_batches, batch_size=64, shuffle=True),
            DataLoader(val_batches, batch_size=500),
            epochs,
            out,
        )
        model.load_state_dict(torch.load(out / "best.pt"))
        test_loader = DataLoader(test_batches, batch_size=500)
        result = finish_run(
            out,
            model,
            test_loader,
            nn.CrossEntropyLoss(),
            mean=MEAN,
            std=STD,
            features="classifier.6" if chosen["batch_norm"] else "classifier.3",  # 84 numbers, before the scores
            monitor="val_accuracy",
        )
        kept = np.load(out / "predictions.npz")  # what the network said of the test images
        print(classification_table(kept["scores"].argmax(axis=1), kept["targets"], classes))
        print(f"{variant}: test accuracy {result['accuracy']:.2%}, page: {report(out)}\n")
        runs.append(out)
    if len(runs) > 1:
        print(f"comparison: {compare(runs, folder / 'comparison.html', 'LeNet-5 on CINIC-10, five variants')}")


def train(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    train_loader: DataLoader,
    val_loader: DataLoader,
    epochs: int,
    out: Path,
) -> None:
    """The training loop; keeps the weights of the epoch that is best on the validation split."""
    criterion = nn.CrossEntropyLoss()
    # What a run that was cut off has come to, to go on from there; else empty.
    history = load_checkpoint(out, model=model, optimizer=optimizer)
    for epoch in range(len(history.get("seconds", [])) + 1, epochs + 1):
        begin = time.perf_counter()
        model.train()
        loss_sum = right = seen = 0.0
        progress = tqdm(train_loader, desc=f"epoch {epoch}/{epochs}", leave=False, disable=None)
        for images, labels in progress:
            scores = model(images)  # forward: one score for each class
            loss = criterion(scores, labels)  # how wrong they are, as one number
            optimizer.zero_grad()  # forget the gradients of the last step
            loss.backward()  # how the loss changes with every parameter
            optimizer.step()  # move every parameter a little against its gradient

            loss_sum += loss.item() * len(labels)
            right += (scores.argmax(dim=1) == labels).sum().item()
            seen += len(labels)
            progress.set_postfix(loss=f"{loss_sum / seen:.3f}", accuracy=f"{right / seen:.1%}")
        validation = evaluate(model, val_loader, criterion, {"accuracy": accuracy})
        row = {
            "train_loss": loss_sum / seen,
            "train_accuracy": right / seen,
            "val_loss": validation["loss"],
            "val_accuracy": validation["accuracy"],
            "seconds": time.perf_counter() - begin,
        }
        for name, value in row.items():
            history.setdefault(name, []).append(value)
        if best_epoch(history, "val_accuracy") == epoch:
            torch.save(model.state_dict(), out / "best.pt")
        save_checkpoint(out, history, model=model, optimizer=optimizer)
        print(
            f"epoch {epoch:2d}: train loss {row['train_loss']:.4f}, accuracy {row['train_accuracy']:.2%}; "
            f"validation loss {row['val_loss']:.4f}, accuracy {row['val_accuracy']:.2%}; {row['seconds']:.1f} s"
        )


if __name__ == "__main__":
    main()
