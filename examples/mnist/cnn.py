"""A convolutional network on MNIST, with the training loop written out.

    python examples/mnist/cnn.py --data FOLDER        # FOLDER holds MNIST/raw/*-ubyte.gz

Two convolutions with batch normalisation, max-pooling and dropout; SGD with momentum under a one-cycle learning rate.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

from tqdm import tqdm

import minitorch_cv as torch
from minitorch_cv import nn
from minitorch_cv.training import confusion_matrix, plot_confusion_matrix, plot_history
from minitorch_cv.utils.data import DataLoader
from minitorch_cv.vision import datasets, transforms


class CNN(nn.Module):
    """28x28 grey images to 10 class scores."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 32, kernel_size=5),  # (N, 1, 28, 28) -> (N, 32, 24, 24)
            nn.BatchNorm2d(32),
            nn.ReLU(),
            nn.MaxPool2d(2),  # -> (N, 32, 12, 12)
            nn.Conv2d(32, 64, kernel_size=5),  # -> (N, 64, 8, 8)
            nn.BatchNorm2d(64),
            nn.ReLU(),
            nn.MaxPool2d(2),  # -> (N, 64, 4, 4)
        )
        self.classifier = nn.Sequential(
            nn.Flatten(),
            nn.Dropout(0.25),
            nn.Linear(64 * 4 * 4, 256),
            nn.ReLU(),
            nn.Dropout(0.5),
            nn.Linear(256, 10),
        )

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.classifier(self.features(images))


def test(model: nn.Module, loader: DataLoader) -> tuple[float, list[int], list[int]]:
    """Accuracy on the loader's images, with the predicted and the true classes."""
    model.eval()  # dropout off; batch normalisation by its running statistics
    predicted: list[int] = []
    true: list[int] = []
    with torch.no_grad():  # nothing will be differentiated, so no graph is recorded
        for images, labels in loader:
            predicted += model(images).argmax(dim=1).tolist()
            true += labels.tolist()
    right = sum(p == t for p, t in zip(predicted, true))
    return right / len(true), predicted, true


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=os.environ.get("MINITORCH_CV_DATA"), help="folder that holds MNIST/raw")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("runs/mnist-cnn"), help="folder for the pictures")
    args = parser.parse_args()
    torch.manual_seed(args.seed)

    # ToTensor gives numbers in [0, 1]; Normalize brings them to mean 0 and deviation 1 (of MNIST's training images).
    transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))])
    train_set = datasets.MNIST(args.data, train=True, transform=transform)
    test_set = datasets.MNIST(args.data, train=False, transform=transform)
    train_loader = DataLoader(train_set, batch_size=128, shuffle=True, num_workers=1)
    test_loader = DataLoader(test_set, batch_size=500, num_workers=1)

    model = CNN()
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=5e-4)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=0.1, epochs=args.epochs, steps_per_epoch=len(train_loader)
    )

    history: dict[str, list[float]] = {"train_loss": [], "train_accuracy": [], "test_accuracy": []}
    begin = time.perf_counter()
    for epoch in range(args.epochs):
        model.train()
        loss_sum = right = seen = 0.0
        progress = tqdm(train_loader, desc=f"epoch {epoch + 1}/{args.epochs}")
        for images, labels in progress:
            scores = model(images)  # forward: one score for each class
            loss = criterion(scores, labels)  # how wrong they are, as one number
            optimizer.zero_grad()  # forget the gradients of the last step
            loss.backward()  # how the loss changes with every parameter
            optimizer.step()  # move every parameter a little against its gradient
            scheduler.step()  # next step's learning rate

            loss_sum += loss.item() * len(labels)
            right += (scores.argmax(dim=1) == labels).sum().item()
            seen += len(labels)
            progress.set_postfix(loss=f"{loss_sum / seen:.4f}", accuracy=f"{right / seen:.4f}")
        accuracy, predicted, true = test(model, test_loader)
        history["train_loss"].append(loss_sum / seen)
        history["train_accuracy"].append(right / seen)
        history["test_accuracy"].append(accuracy)
        print(f"epoch {epoch + 1}: train accuracy {right / seen:.4f}, test accuracy {accuracy:.4f}")
    print(f"test accuracy {accuracy:.2%} after {args.epochs} epochs, {time.perf_counter() - begin:.0f} s")

    curves = plot_history(history, args.out / "curves.png", f"CNN on MNIST: test accuracy {accuracy:.2%}")
    matrix = confusion_matrix(predicted, true, num_classes=10)
    print(f"pictures: {curves}, {plot_confusion_matrix(matrix, test_set.classes, args.out / 'confusion_matrix.png')}")


if __name__ == "__main__":
    main()
