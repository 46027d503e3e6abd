"""Run folders written by hand, with the numbers of a believable training."""

from __future__ import annotations

import json

import numpy as np

CIFAR10 = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
VOC = [
    "aeroplane",
    "bicycle",
    "bird",
    "boat",
    "bottle",
    "bus",
    "car",
    "cat",
    "chair",
    "cow",
    "diningtable",
    "dog",
    "horse",
    "motorbike",
    "person",
    "pottedplant",
    "sheep",
    "sofa",
    "train",
    "tvmonitor",
]
SUMMARY = "\n".join(
    [
        f"{'layer':<28}{'output':<20}{'parameters':>12}",
        *(f"{f'features.{i} (Conv2d)':<28}{'(1, 64, 32, 32)':<20}{36_928:>12,}" for i in range(6)),
        "total 221,568",
    ]
)


def run_json(classes=CIFAR10, task="classification", **changes):
    """What begin_run writes."""
    return {
        "format": 1,
        "title": "ResNet-18 on CIFAR-10",
        "task": task,
        "classes": list(classes),
        "command": "python -m minitorch_cv train --data cifar10 --model resnet18 --epochs 20 --seed 7",
        "seed": 7,
        "started": "2026-03-14T09:26:53",
        "machine": {"processor": "Example CPU 9", "cores": 4, "memory_gb": 15.6, "system": "Linux 6.1"},
        "versions": {"minitorch_cv": "0.1.0", "python": "3.11.2", "numpy": "2.1.0", "numba": "0.60.0"},
        "settings": {"learning rate": 0.1, "augmentation": "flip, crop", "scheduler": None},
        "data": {"name": "CIFAR-10", "train": 45000, "val": 5000, "test": 10000},
        "model": {"name": "ResNet", "summary": SUMMARY, "parameters": 11173962, "trainable": 11173962},
        "notes": ["The validation images were split off the training images."],
    } | changes


def history_json(epochs=20, result="accuracy"):
    """What fit writes: losses that fall, results that rise, the best validation in the last but one epoch."""
    t = np.arange(1, epochs + 1)
    rise = 0.85 - 0.5 * np.exp(-t / 6)
    val = rise - 0.03
    val[-1] -= 0.2 if epochs > 1 else 0
    return {
        "train_loss": (0.2 + 2 * np.exp(-t / 5)).tolist(),
        f"train_{result}": rise.tolist(),
        "val_loss": (0.4 + 1.8 * np.exp(-t / 5)).tolist(),
        f"val_{result}": val.tolist(),
        "lr": (0.1 * 0.5 * (1 + np.cos(np.pi * t / epochs))).tolist(),
        "seconds": [31.5] * epochs,
    }


def scores_of(targets, classes, seed=0, right=0.7):
    """Logits that are right for a share of the samples, wrong ones mostly at the next class."""
    random = np.random.default_rng(seed)
    scores = random.standard_normal((len(targets), classes)).astype(np.float32)
    hit = random.random(len(targets)) < right
    said = np.where(hit, targets, (targets + random.integers(1, 3, len(targets))) % classes)
    scores[np.arange(len(targets)), said] += 6
    return scores


def thumbnails(count, channels=3, side=32, seed=0):
    """Smooth random pictures."""
    coarse = np.random.default_rng(seed).integers(0, 256, (count, 4, 4, channels), dtype=np.uint8)
    return coarse.repeat(side // 4, axis=1).repeat(side // 4, axis=2)


def classification_arrays(classes=10, count=200, seed=0, right=0.7):
    """What finish_run keeps of a classification."""
    random = np.random.default_rng(seed)
    targets = np.arange(count) % classes
    scores = scores_of(targets, classes, seed, right)
    wrong = np.flatnonzero(scores.argmax(1) != targets)
    drawn = random.permutation(count)[:8]
    index = np.unique(np.concatenate([wrong[:24], drawn]))
    features = np.eye(classes, 8)[targets % 8] * 4 + random.standard_normal((count, 8))
    return {
        "scores": scores,
        "targets": targets.astype(np.int64),
        "images": thumbnails(len(index), seed=seed),
        "image_index": index,
        "random_index": drawn,
        "features": features[:60].astype(np.float32),
        "feature_index": np.arange(min(count, 60)),
        "filters": random.standard_normal((16, 3, 3, 3)).astype(np.float32),
    }


def classification_metrics(arrays, classes):
    """What finish_run says of them, worked out in loops."""
    predicted = [int(np.argmax(row)) for row in arrays["scores"]]
    targets = arrays["targets"].tolist()
    per_class = {}
    for number, name in enumerate(classes):
        mine = [p == t for p, t in zip(predicted, targets, strict=True) if t == number]
        per_class[name] = sum(mine) / len(mine) if mine else None
    right = sum(p == t for p, t in zip(predicted, targets, strict=True))
    return {
        "split": "test",
        "samples": len(targets),
        "loss": 0.7312,
        "accuracy": right / len(targets),
        "per_class": per_class,
        "epochs": 20,
        "minutes": 10.5,
        "best_epoch": 19,
        "monitor": "val_accuracy",
    }


def multilabel_arrays(attributes, count=120, seed=0):
    """Scores and 0-1 targets of several attributes a sample, rarer ones towards the end."""
    random = np.random.default_rng(seed)
    share = np.linspace(0.6, 0.1, attributes)
    targets = (random.random((count, attributes)) < share).astype(np.float32)
    scores = (2.5 * targets - 1.2 + random.standard_normal((count, attributes))).astype(np.float32)
    index = np.arange(0, count, 4)
    return {
        "scores": scores,
        "targets": targets,
        "images": thumbnails(len(index), seed=seed),
        "image_index": index,
        "random_index": index[5:15],
        "features": random.standard_normal((50, 6)).astype(np.float32) + targets[:50, :1] * 3,
        "feature_index": np.arange(50),
    }


def write_run(folder, info=None, history=None, metrics=None, arrays=None):
    """A run folder of what is given."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in (("run", info), ("history", history), ("metrics", metrics)):
        if content is not None:
            (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    if arrays is not None:
        np.savez(folder / "predictions.npz", **arrays)
    return folder


def finished_run(folder, classes=CIFAR10, seed=0, right=0.7, count=200, epochs=20, without=(), **changes):
    """A whole classification run, or one without some arrays."""
    arrays = classification_arrays(len(classes), count, seed, right)
    metrics = classification_metrics(arrays, classes) | {"epochs": epochs, "best_epoch": max(1, epochs - 1)}
    arrays = {name: array for name, array in arrays.items() if name not in without}
    return write_run(folder, run_json(classes, **changes), history_json(epochs), metrics, arrays)
