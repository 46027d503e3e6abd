"""A fully connected network on MNIST, with the training loop written out.

    python examples/mnist/fcn.py --data FOLDER        # FOLDER holds MNIST/raw/*-ubyte.gz

Two hidden layers with batch normalisation and dropout; Adam under a one-cycle learning rate. The last 5,000 training
images are for validation; the test images are looked at once, at the end. A run that was cut off goes on with the epoch
after its last when the command is given again.
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
    evaluate,
    finish_run,
    load_checkpoint,
    report,
    save_checkpoint,
)
from minitorch_cv.utils.command_line import positive_int
from minitorch_cv.utils.data import DataLoader, Subset
from minitorch_cv.vision import datasets, transforms

MEAN, STD = (0.1307,), (0.3081,)  # of MNIST's training images


class FCN(nn.Module):
    """28x28 grey images to 10 class scores, every pixel connected to every unit of the first layer."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Flatten(),  # (N, 1, 28, 28) -> (N, 784)
            nn.Linear(784, 512),
            nn.BatchNorm1d(512),
            nn.ReLU(),
            nn.Dropout(0.2),
            nn.Linear(512, 256),
            nn.BatchNorm1d(256),
            nn.ReLU(),
            nn.Dropout(0.2),
            nn.Linear(256, 10),
        )

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.layers(images)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=os.environ.get("MINITORCH_CV_DATA"), help="folder that holds MNIST/raw")
    parser.add_argument("--epochs", type=positive_int, default=5)
    parser.add_argument("--quick", action="store_true", help="a few images and one epoch, to see it run")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("runs/mnist-fcn"), help="folder of the run")
    args = parser.parse_args()
    folder = args.out.with_name(f"{args.out.name}-quick") if args.quick else args.out
    epochs = 1 if args.quick else args.epochs
    torch.manual_seed(args.seed)

    # ToTensor gives numbers in [0, 1]; Normalize brings them to mean 0 and deviation 1.
    transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize(MEAN, STD)])
    train_set = datasets.MNIST(args.data, train=True, transform=transform)
    test_set = datasets.MNIST(args.data, train=False, transform=transform)
    images = range(len(train_set))[:1000] if args.quick else range(len(train_set))
    held_out = len(images) // 12
    train_part, val_part = Subset(train_set, images[:-held_out]), Subset(train_set, images[-held_out:])
    test_part = Subset(test_set, range(len(test_set))[:500]) if args.quick else test_set
    train_loader = DataLoader(train_part, batch_size=128, shuffle=True, num_workers=1)
    val_loader = DataLoader(val_part, batch_size=500, num_workers=1)
    test_loader = DataLoader(test_part, batch_size=500, num_workers=1)

    model = FCN()
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=3e-3, epochs=epochs, steps_per_epoch=len(train_loader)
    )

    out = begin_run(
        folder,
        "Fully connected network on MNIST",
        [name[:1] for name in train_set.classes],
        model,
        (1, 1, 28, 28),
        seed=args.seed,
        settings={"optimizer": "Adam", "lr": 3e-3, "epochs": epochs},
        data={"name": "MNIST", "train": len(train_part), "val": len(val_part), "test": len(test_part)},
    )

    # What a run that was cut off has come to, to go on from there; else empty.
    history = load_checkpoint(out, model=model, optimizer=optimizer, scheduler=scheduler)
    for epoch in range(len(history.get("seconds", [])) + 1, epochs + 1):
        begin = time.perf_counter()
        model.train()
        loss_sum = right = seen = 0.0
        progress = tqdm(train_loader, desc=f"epoch {epoch}/{epochs}", leave=False, disable=None)
        for batch, labels in progress:
            scores = model(batch)  # forward: one score for each class
            loss = criterion(scores, labels)  # how wrong they are, as one number
            optimizer.zero_grad()  # forget the gradients of the last step
            loss.backward()  # how the loss changes with every parameter
            optimizer.step()  # move every parameter a little against its gradient
            scheduler.step()  # next step's learning rate

            loss_sum += loss.item() * len(labels)
            right += (scores.argmax(dim=1) == labels).sum().item()
            seen += len(labels)
            progress.set_postfix(loss=f"{loss_sum / seen:.4f}", accuracy=f"{right / seen:.4f}")
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
        print(
            f"epoch {epoch}: training accuracy {row['train_accuracy']:.2%}, "
            f"validation accuracy {row['val_accuracy']:.2%}, {row['seconds']:.1f} s"
        )
    result = finish_run(out, model, test_loader, criterion, mean=MEAN, std=STD, features="layers.8")
    print(f"test accuracy {result['accuracy']:.2%} after {epochs} epochs, page: {report(out)}")


if __name__ == "__main__":
    main()
