"""The demo: a small convolutional network learns to read the 1,797 scanned digits that come with scikit-learn."""

from __future__ import annotations

import time
from pathlib import Path

from .. import kernels, nn, optim
from ..autograd.grad_mode import no_grad
from ..tensors.generator import manual_seed
from ..tensors.tensor import Tensor
from ..utils.data import DataLoader
from ..vision.datasets import Digits
from ..vision.transforms import Compose, Normalize, ToTensor
from .metrics import confusion_matrix
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
        train_loss, train_accuracy, _, _ = evaluate(model, train_loader)
        test_loss, test_accuracy, predicted, true = evaluate(model, test_loader)
        for name, value in zip(names, (train_loss, test_loss, train_accuracy, test_accuracy)):
            history[name].append(value)
        print(f"epoch {epoch:2d}: accuracy {train_accuracy:7.2%} on train, {test_accuracy:7.2%} on test")
    compiling = kernels.compile_seconds()
    print(f"test accuracy {test_accuracy:.2%}")
    print(f"{time.perf_counter() - begin:.1f} s in all, of which {compiling:.1f} s compiling kernels")
    title = f"Digits: test accuracy {test_accuracy:.2%}"
    pictures = (
        plot_history(history, out / "curves.png", title),
        plot_confusion_matrix(confusion_matrix(predicted, true, 10), test_set.classes, out / "confusion_matrix.png"),
    )
    for picture in pictures:
        print(f"picture: {picture}")
    return test_accuracy


def evaluate(model: nn.Module, loader: DataLoader) -> tuple[float, float, list[int], list[int]]:
    """Mean loss, accuracy in [0, 1], predicted and true classes."""
    model.eval()
    loss = 0.0
    predicted: list[int] = []
    true: list[int] = []
    with no_grad():
        for images, labels in loader:
            scores = model(images)
            loss += nn.functional.cross_entropy(scores, labels, reduction="sum").item()
            predicted += scores.argmax(dim=1).tolist()
            true += labels.tolist()
    right = sum(p == t for p, t in zip(predicted, true))
    return loss / len(true), right / len(true), predicted, true
