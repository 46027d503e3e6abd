"""The demo: a small convolutional network learns to read the 1,797 scanned digits that come with scikit-learn."""

from __future__ import annotations

import time
from pathlib import Path

from .. import kernels, nn, optim
from ..tensors.generator import manual_seed
from ..tensors.tensor import Tensor
from ..utils.data import DataLoader
from ..vision.datasets import Digits
from ..vision.transforms import Compose, Normalize, ToTensor
from .evaluation import evaluate, predict
from .metrics import accuracy, confusion_matrix
from .plots import plot_confusion_matrix, plot_history
from .summary import summary


class DigitNet(nn.Module):
    """A LeNet for 8x8 images: two convolutions with max-pooling, then two linear layers."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, kernel_size=3, padding=1)
        self.conv2 = nn.Conv2d(32, 64, kernel_size=3, padding=1)
        self.fc1 = nn.Linear(64 * 2 * 2, 128)
        self.fc2 = nn.Linear(128, 10)
        self.dropout = nn.Dropout(0.3)

    def forward(self, images: Tensor) -> Tensor:
        """Class scores (N, 10) of images (N, 1, 8, 8)."""
        x = nn.functional.max_pool2d(nn.functional.relu(self.conv1(images)), 2)  # (N, 32, 4, 4)
        x = nn.functional.max_pool2d(nn.functional.relu(self.conv2(x)), 2)  # (N, 64, 2, 2)
        x = nn.functional.relu(self.fc1(self.dropout(x.flatten(1))))
        return self.fc2(self.dropout(x))


def run_demo(out: Path, epochs: int = 20, seed: int = 0) -> float:
    """Train, print accuracies by epoch, write pictures into `out`.

    Args:     out: folder for curves.png and confusion_matrix.png; made if need be.
    Returns:  the accuracy on the test split, in [0, 1].
    """
    from tqdm import tqdm

    begin = time.perf_counter()
    manual_seed(seed)
    transform = Compose([ToTensor(), Normalize((0.3,), (0.37,))])
    train_set = Digits(train=True, transform=transform)
    test_set = Digits(train=False, transform=transform)
    train_loader = DataLoader(train_set, batch_size=32, shuffle=True)
    test_loader = DataLoader(test_set, batch_size=256)
    print(f"scikit-learn's digits, 8x8 pixels: {len(train_set)} to train on, {len(test_set)} to test on")

    model = DigitNet()
    print(summary(model, (1, 1, 8, 8)))
    criterion = nn.CrossEntropyLoss()
    optimizer = optim.Adam(model.parameters(), lr=3e-3)
    scheduler = optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, epochs=epochs, steps_per_epoch=len(train_loader))
    names = ("train_loss", "test_loss", "train_accuracy", "test_accuracy")
    history: dict[str, list[float]] = {name: [] for name in names}
    print("The first step compiles the kernels, once for this machine; later runs take them from the disk.")
    for epoch in range(1, epochs + 1):
        model.train()
        for images, labels in tqdm(train_loader, desc=f"epoch {epoch:2d}/{epochs}", leave=False, disable=None):
            loss = criterion(model(images), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            scheduler.step()
        for split, loader in (("train", train_loader), ("test", test_loader)):
            for name, value in evaluate(model, loader, criterion, {"accuracy": accuracy}).items():
                history[f"{split}_{name}"].append(value)
        last = {name: values[-1] for name, values in history.items()}
        print(
            f"epoch {epoch:2d}: accuracy {last['train_accuracy']:7.2%} on train, {last['test_accuracy']:7.2%} on test"
        )
    found = predict(model, test_loader)
    test_accuracy = accuracy(found.scores, found.targets)
    matrix = confusion_matrix(found.scores.argmax(axis=1), found.targets, 10)
    compiling = kernels.compile_seconds()
    print(f"test accuracy {test_accuracy:.2%}")
    print(f"{time.perf_counter() - begin:.1f} s in all, of which {compiling:.1f} s compiling kernels")
    title = f"Digits: test accuracy {test_accuracy:.2%}"
    pictures = (
        plot_history(history, out / "curves.png", title),
        plot_confusion_matrix(matrix, test_set.classes, out / "confusion_matrix.png"),
    )
    for picture in pictures:
        print(f"picture: {picture}")
    return test_accuracy
