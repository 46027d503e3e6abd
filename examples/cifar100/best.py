"""The best network on CIFAR-100 within an hour on two cores: a ResNet-9, and what each part of its training brings.

    python examples/cifar100/best.py --data FOLDER        # FOLDER holds cifar-100-python/{train,test,meta}
    python examples/cifar100/best.py --data FOLDER --ablation      # without each part in turn, shorter and narrower

The parts: augmentation (random crops and mirroring), a one-cycle learning rate, label smoothing, initialisation (in the
first layer filters that whiten patches of the images, in the others He's, the last batch norm of every block zero), a
higher rate for the biases of batch norms, and images of 24x24 pixels for the first half of the epochs, which then take
less time. A twentieth of the training images is for validation; the test images are looked at once, at the end, each
together with its mirror image: the scores of both are averaged. A run that was cut off goes on where it was when the
command is given again.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import numpy as np

import minitorch_cv as torch
import minitorch_cv.nn.functional as F
from minitorch_cv import nn
from minitorch_cv.training import Callback, Run, begin_run, compare, finish_run, fit, report
from minitorch_cv.utils.command_line import positive_int
from minitorch_cv.utils.data import DataLoader, Subset
from minitorch_cv.vision.datasets import CIFAR100
from minitorch_cv.vision.models import ResNet9
from minitorch_cv.vision.transforms import BatchAugment, ImageBatches

MEAN, STD = (0.507, 0.487, 0.441), (0.267, 0.256, 0.276)  # of CIFAR-100's training images, by channel
RATE = 0.1  # of learning: of the weights, at its highest

ALL = {
    "augmentation": True,
    "one cycle": True,
    "label smoothing": 0.1,
    "initialisation": "whitening, He",
    "bias rate": 16,  # times that of the weights
    "small first": True,
}
ABLATION = {
    "all": ALL,
    "no augmentation": ALL | {"augmentation": False},
    "constant rate": ALL | {"one cycle": False},
    "no label smoothing": ALL | {"label smoothing": 0.0},
    "default initialisation": ALL | {"initialisation": "default"},
    "one rate for all": ALL | {"bias rate": 1},
    "full size throughout": ALL | {"small first": False},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=os.environ.get("MINITORCH_CV_DATA"), help="folder of cifar-100-python")
    parser.add_argument(
        "--ablation", nargs="*", choices=ABLATION, metavar="CHANGE", help="leave out each part in turn, or those named"
    )
    parser.add_argument("--epochs", type=positive_int, help="24, or 8 for each run of the ablation")
    parser.add_argument("--width", type=positive_int, help="channels of the first layer: 48, or 32 in the ablation")
    parser.add_argument("--quick", action="store_true", help="a few images and one epoch, to see it run")
    parser.add_argument("--out", type=Path, help="runs/cifar100-best, or runs/cifar100-ablation")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    ablation = args.ablation is not None
    epochs = 1 if args.quick else args.epochs or (8 if ablation else 24)
    width = args.width or (32 if ablation else 48)
    folder = args.out or Path("runs/cifar100-ablation" if ablation else "runs/cifar100-best")
    folder = folder.with_name(f"{folder.name}-quick") if args.quick else folder

    train_set, test_set = CIFAR100(args.data, train=True), CIFAR100(args.data, train=False)
    augment = BatchAugment(padding=4, padding_mode="reflect", flip=0.5, mean=MEAN, std=STD)
    images, test_images = ImageBatches(train_set), ImageBatches(test_set, augment.plain())
    indices = torch.randperm(len(images), generator=torch.Generator().manual_seed(0)).tolist()
    test_indices = list(range(len(test_images)))
    if args.quick:
        indices, test_indices = indices[:400], test_indices[:200]
    held_out = len(indices) // 20
    val_part = Subset(images.with_transform(augment.plain()), indices[:held_out])
    test_part = Subset(test_images, test_indices)

    runs = []
    for variant in (args.ablation or ABLATION) if ablation else ["all"]:
        torch.manual_seed(args.seed)
        chosen = ABLATION[variant]
        batches = images.with_transform(augment if chosen["augmentation"] else augment.plain())
        train_loader = DataLoader(Subset(batches, indices[held_out:]), batch_size=128, shuffle=True, num_workers=1)
        model = ResNet9(num_classes=100, width=width, dropout=0.0)
        if chosen["initialisation"] != "default":
            plain = Subset(images.with_transform(augment.plain()), indices[held_out:])
            sample, _ = next(iter(DataLoader(plain, batch_size=2000)))
            initialise(model, sample)
        biases = [m.bias for m in model.modules() if isinstance(m, nn.BatchNorm2d)]
        weights = [p for p in model.parameters() if all(p is not bias for bias in biases)]
        # A step pulls a number to zero by rate x decay: the decay is divided by the factor, so the pull stays the same.
        factor = chosen["bias rate"]
        groups = [
            {"params": weights, "lr": RATE, "weight_decay": 5e-4},
            {"params": biases, "lr": RATE * factor, "weight_decay": 5e-4 / factor, "name": "biases"},
        ]
        optimizer = torch.optim.SGD(groups, lr=RATE, momentum=0.9, nesterov=True)
        scheduler = None
        if chosen["one cycle"]:
            scheduler = torch.optim.lr_scheduler.OneCycleLR(
                optimizer,
                max_lr=[RATE, RATE * factor],
                epochs=epochs,
                steps_per_epoch=len(train_loader),
                pct_start=0.2,
            )
        out = begin_run(
            folder / variant.replace(" ", "-") if ablation else folder,
            f"ResNet-9 on CIFAR-100{f': {variant}' if ablation else ''}",
            train_set.classes,
            model,
            (1, 3, 32, 32),
            seed=args.seed,
            settings=chosen | {"epochs": epochs, "width": width},
            data={"name": "CIFAR-100", "train": len(train_loader.dataset), "val": held_out, "test": len(test_part)},
            notes=["The losses of training and validation are with smoothed labels, that of the test is not."]
            if chosen["label smoothing"]
            else [],
        )
        criterion = nn.CrossEntropyLoss(label_smoothing=chosen["label smoothing"])
        callbacks = [ProgressiveResizing(24, (epochs + 1) // 2)] if chosen["small first"] else []
        val_loader = DataLoader(val_part, batch_size=500)
        fit(model, train_loader, val_loader, optimizer, criterion, epochs, scheduler, callbacks=callbacks, out=out)
        result = finish_run(
            out,
            model,
            DataLoader(test_part, batch_size=500),
            nn.CrossEntropyLoss(),
            mean=MEAN,
            std=STD,
            features="classifier.1",
            mirror=True,
        )
        print(f"{variant}: test accuracy {result['accuracy']:.2%}, top-5 {result['top5_accuracy']:.2%}, {report(out)}")
        runs.append(out)
    if len(runs) > 1:
        print(
            f"comparison: {compare(runs, folder / 'comparison.html', 'ResNet-9 on CIFAR-100: what each part brings')}"
        )
    show_ten(runs[0], train_set.classes)


class ProgressiveResizing(Callback):
    """Shows the network smaller images for the first epochs: what it learns of them holds for the larger ones.

    Source:   Howard 2018, "Training Imagenet in 3 hours for USD 25; and CIFAR10 for USD 0.26" (fast.ai).
    """

    def __init__(self, size: int, epochs: int) -> None:
        self.size, self.epochs = size, epochs

    def begin(self, run: Run) -> None:
        def shrink(model: nn.Module, inputs: tuple[torch.Tensor]) -> torch.Tensor:
            small = model.training and run.epoch <= self.epochs  # validation is at full size from the start
            return F.interpolate(inputs[0], size=(self.size, self.size), mode="bilinear") if small else inputs[0]

        self.hook = run.model.register_forward_pre_hook(shrink)

    def end(self, run: Run) -> None:
        self.hook.remove()


def initialise(model: nn.Module, images: torch.Tensor) -> None:
    """He's initialisation; the first layer whitens patches of the images; a block begins as the identity.

    Source:   He et al. 2015 (weights); Goyal et al. 2017 (last factors of zero); Page 2019, "How to train your ResNet
              8" (whitening).
    """
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
    for block in (model.res1, model.res2):
        norms = [module for module in block.modules() if isinstance(module, nn.BatchNorm2d)]
        nn.init.zeros_(norms[-1].weight)
    # The eigenvectors of the patches' covariance, divided by their deviations: what they give is uncorrelated. With
    # both signs, for ReLU drops one; the strongest first.
    patches = F.unfold(images, 3, stride=3)  # (N, 3*3*3, places)
    variances, vectors = np.linalg.eigh(np.cov(patches.numpy().transpose(1, 0, 2).reshape(27, -1)))
    filters = (vectors / np.sqrt(variances + 0.01)).T[::-1]
    filters = np.concatenate([filters, -filters])[: model.conv1[0].out_channels]
    with torch.no_grad():
        model.conv1[0].weight[: len(filters)] = torch.tensor(filters.reshape(-1, 3, 3, 3), dtype=torch.float32)


def show_ten(run: Path, classes: list[str]) -> None:
    """What the network says of the ten random test images that the report shows, and how sure it is."""
    with np.load(run / "predictions.npz") as kept:
        scores, targets, drawn = torch.from_numpy(kept["scores"]), kept["targets"], kept["random_index"][:10].tolist()
    print("ten random test images:")
    for index in drawn:
        p = scores[index].softmax(dim=0)
        best = int(p.argmax())
        mark = "right" if best == targets[index] else f"wrong, it is {classes[targets[index]]}"
        print(f"  image {index}: {classes[best]} ({p[best].item():.0%}), {mark}")


if __name__ == "__main__":
    main()
