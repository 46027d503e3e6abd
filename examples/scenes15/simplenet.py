"""SimpleNet on the 15-Scenes images, made better step by step, with the training loop written out.

    python examples/scenes15/simplenet.py --data FOLDER       # FOLDER holds scenes15/{train,test}/CLASS/*.jpg

Each step keeps what the steps before it brought: jitter (random crops and mirroring), zero-centring with variance
normalisation, dropout, a third convolution, batch normalisation. A tenth of the training images, drawn at random, is
for validation; the test images are looked at once, when a network is finished. A run that was cut off goes on with the
epoch after its last when the command is given again.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

from tqdm import tqdm

import minitorch_cv as torch
from minitorch_cv import nn
from minitorch_cv.training import (
    accuracy,
    begin_run,
    compare,
    evaluate,
    finish_run,
    load_checkpoint,
    report,
    save_checkpoint,
    spread_subset,
)
from minitorch_cv.utils.command_line import positive_int
from minitorch_cv.utils.data import DataLoader, Subset
from minitorch_cv.vision.datasets import Scenes15
from minitorch_cv.vision.models import SimpleNet, SimpleNetFinal
from minitorch_cv.vision.transforms import BatchAugment, CenterCrop, Compose, ImageBatches, Resize

SIZE, LARGER = 64, 76  # pixels: what the networks see, and what jitter crops that from

# What each step adds: to the images (jitter, normalise), or to the network.
STEPS = {
    "SimpleNet": {"jitter": False, "normalise": False, "network": {}},
    "+ jitter": {"jitter": True, "normalise": False, "network": {}},
    "+ zero-centre, variance": {"jitter": True, "normalise": True, "network": {}},
    "+ dropout": {"jitter": True, "normalise": True, "network": {"dropout": 0.5}},
    "+ deeper": {"jitter": True, "normalise": True, "network": {"dropout": 0.5, "deeper": True}},
    "+ batch norm": {
        "jitter": True,
        "normalise": True,
        "network": {"dropout": 0.5, "deeper": True, "batch_norm": True},
    },
    "SimpleNetFinal": {"jitter": True, "normalise": True, "network": None},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=os.environ.get("MINITORCH_CV_DATA"), help="folder that holds scenes15")
    parser.add_argument("--steps", nargs="+", choices=STEPS, default=list(STEPS))
    parser.add_argument("--epochs", type=positive_int, default=60)
    parser.add_argument("--quick", action="store_true", help="a few images and one epoch, to see it run")
    parser.add_argument("--out", type=Path, default=Path("runs/scenes15-simplenet"))
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    folder = args.out.with_name(f"{args.out.name}-quick") if args.quick else args.out
    epochs = 1 if args.quick else args.epochs

    # Every image is decoded and brought to one size once; the rest happens batch by batch.
    to_size = Compose([Resize(LARGER), CenterCrop(LARGER)])
    train_set, test_set = (Scenes15(args.data, split, transform=to_size) for split in ("train", "test"))
    classes = train_set.classes
    if args.quick:
        train_set, test_set = spread_subset(train_set, 320), spread_subset(test_set, 100)
    images, test_images = (ImageBatches.from_dataset(dataset) for dataset in (train_set, test_set))
    indices = torch.randperm(len(images), generator=torch.Generator().manual_seed(0)).tolist()
    held_out = len(indices) // 10
    val_indices, train_indices = indices[:held_out], indices[held_out:]

    pixels = images.data[train_indices] / 255
    mean, std = float(pixels.mean()), float(pixels.std())
    print(f"training images: mean {mean:.3f}, deviation {std:.3f}")

    runs = []
    for step in args.steps:
        torch.manual_seed(args.seed)
        chosen = STEPS[step]
        normalise = {"mean": mean, "std": std} if chosen["normalise"] else {}
        augment = BatchAugment(size=SIZE, flip=0.5, **normalise)  # a random crop of 64 of the 76 pixels
        plain = augment.plain()  # the crop in the middle, not mirrored
        train_batches = images.with_transform(augment if chosen["jitter"] else plain)
        model = SimpleNetFinal() if chosen["network"] is None else SimpleNet(**chosen["network"])
        train_loader = DataLoader(Subset(train_batches, train_indices), batch_size=32, shuffle=True)
        val_loader = DataLoader(Subset(images.with_transform(plain), val_indices), batch_size=200)
        test_loader = DataLoader(test_images.with_transform(plain), batch_size=200)
        out = begin_run(
            folder / step.strip("+ ").replace(",", "").replace(" ", "-"),
            f"15-Scenes: {step}",
            classes,
            model,
            (1, 1, SIZE, SIZE),
            seed=args.seed,
            settings={"jitter": chosen["jitter"], "normalise": chosen["normalise"], **(chosen["network"] or {})},
            data={
                "name": "15-Scenes, grey, 64×64",
                "train": len(train_indices),
                "val": len(val_indices),
                "test": len(test_images),
            },
        )
        train(model, train_loader, val_loader, epochs, out)
        shown = {name: [value] for name, value in normalise.items()}
        result = finish_run(out, model, test_loader, nn.CrossEntropyLoss(), features="fc_layers.1", **shown)
        print(f"{step}: test accuracy {result['accuracy']:.2%}, page: {report(out)}\n")
        runs.append(out)
    if len(runs) > 1:
        print(f"comparison: {compare(runs, folder / 'comparison.html', 'SimpleNet on 15-Scenes, step by step')}")


def train(model: nn.Module, train_loader: DataLoader, val_loader: DataLoader, epochs: int, out: Path) -> None:
    """The training loop. The learning rate falls to nothing, so that the last epoch is the one to keep."""
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.01)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=2e-3, epochs=epochs, steps_per_epoch=len(train_loader)
    )
    # What a run that was cut off has come to, to go on from there; else empty.
    history = load_checkpoint(out, model=model, optimizer=optimizer, scheduler=scheduler)
    first = len(history.get("seconds", []))
    for epoch in tqdm(range(first, epochs), desc="epochs", initial=first, total=epochs, leave=False, disable=None):
        begin = time.perf_counter()
        model.train()
        loss_sum = right = seen = 0.0
        for images, labels in train_loader:
            scores = model(images)  # forward: one score for each class
            loss = criterion(scores, labels)  # how wrong they are, as one number
            optimizer.zero_grad()  # forget the gradients of the last step
            loss.backward()  # how the loss changes with every parameter
            optimizer.step()  # move every parameter a little against its gradient
            scheduler.step()  # next step's learning rate

            loss_sum += loss.item() * len(labels)
            right += (scores.argmax(dim=1) == labels).sum().item()
            seen += len(labels)
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
        save_checkpoint(out, history, model=model, optimizer=optimizer, scheduler=scheduler)
        if epoch % 10 == 9 or epoch == epochs - 1:
            tqdm.write(
                f"epoch {epoch + 1:3d}: training accuracy {row['train_accuracy']:.2%}, "
                f"validation accuracy {row['val_accuracy']:.2%}, {row['seconds']:.1f} s"
            )


if __name__ == "__main__":
    main()
